"""Calendars by URL, behind the calendar-source port."""

from roadbed.adapters.ical_url.source import IcalUrl

__all__ = ["IcalUrl"]
