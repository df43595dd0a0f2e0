"""Kestrel Parcels, the demo: its company as data, its history through the rooms' own verbs, and what of it runs."""
