"""What there is: services, APIs, resources, systems, who owns them, and which SRE team is engaged on them."""
