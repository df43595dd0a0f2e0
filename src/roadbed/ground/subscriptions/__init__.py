"""Facts leaving the house: who asked for which, what was sent to them, and how that ended."""
