"""Owners are told of gaps in the coming days, each 72, 24 and 2 hours ahead."""
