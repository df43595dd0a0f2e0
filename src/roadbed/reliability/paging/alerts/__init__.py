"""Alerts of other systems: their integrations, the door, silences, and what was decided about each."""
