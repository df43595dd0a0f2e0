"""Replaying an objective and a policy over the past: what would have paged, ticketed and refused, minute by minute."""
