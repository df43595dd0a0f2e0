"""A file of events read as deployments, changes and incidents, offline and by the server's own rules."""
