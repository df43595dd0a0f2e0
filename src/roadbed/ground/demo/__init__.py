"""Demo data: that it is there, what belongs to it, and how everything of it leaves again."""
