"""Reports of a past period: what was promised, counted, spent and decided in it."""
