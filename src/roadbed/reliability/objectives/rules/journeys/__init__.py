"""Journeys: promises over several services at once, and the algebra of their minutes."""
