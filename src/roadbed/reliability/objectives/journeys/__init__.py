"""Journeys in this room: defined by files, evaluated from the minutes of their steps, shown and paged."""
