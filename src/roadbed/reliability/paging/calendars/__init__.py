"""Calendars that leave the house and come into it."""
