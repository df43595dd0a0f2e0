"""Over the three layers: what is needed at which size, and who is accountable for what."""
