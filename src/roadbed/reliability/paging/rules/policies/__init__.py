"""A team's own escalation: its steps, read from a file, walked through and linted."""
