"""Escalation policies of teams: written, kept, previewed, linted; whom their steps page at an instant."""
