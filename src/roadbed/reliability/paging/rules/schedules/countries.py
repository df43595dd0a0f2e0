"""Public holidays of countries and their parts, by the library `holidays`."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache
from typing import Final

EXAMPLES: Final = "Write an ISO 3166 code like SE, or with its part like DE-BY."
LAST: Final = 2100
"""The last year that is looked up. What a law will say then is as the library knows it today."""


@lru_cache(maxsize=128)
def days_of(code: str, first: int) -> tuple[date, ...] | None:
    """Holidays from the year `first` until LAST; None for a code that is not known.

    Args:
        code: ISO 3166-1 alpha-2, and after a hyphen a subdivision as ISO 3166-2 has it: `SE`, `DE-BY`, `US-CA`.
        first: a year.
    """
    # The library is large, and most schedules name no country.
    import holidays

    country, _, part = code.partition("-")
    known = holidays.list_supported_countries()
    if country not in known or (part and part not in known[country]):
        return None
    with warnings.catch_warnings():
        # It warns of countries whose moving feasts it knows for fewer years; it gives those that it knows.
        warnings.simplefilter("ignore")
        return tuple(sorted(holidays.country_holidays(country, subdiv=part or None, years=range(first, LAST + 1))))
