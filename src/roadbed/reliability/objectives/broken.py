"""Minutes in which an indicator claims more good events than events: few as a rule, kept as spans beside the sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connections

from roadbed.reliability.objectives.models import Broken
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.spans import Cut, Span

ALIAS: Final = "samples"
_TABLE: Final = Broken._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table


def spans(series: Iterable[int]) -> dict[int, Cut]:
    """The broken minutes of some series; nothing as a rule."""
    wanted, found = set(series), dict[int, list[Span]]()
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT series, first, until FROM {_TABLE}")  # noqa: S608 - constants
        for number, first, until in cursor.fetchall():
            if number in wanted:
                found.setdefault(number, []).append((first, until))
    return {number: Cut.of(held) for number, held in found.items()}


def note(series: int, minute: int) -> None:
    """Say that a minute is broken; said again it changes nothing."""
    rows = Broken.objects.using(ALIAS).filter(series=series)
    if rows.filter(first__lte=minute, until__gt=minute).exists():
        return
    if not rows.filter(until=minute).update(until=minute + 1):
        Broken.objects.using(ALIAS).create(series=series, first=minute, until=minute + 1)


def rewrite(series: int, minutes: Iterable[int], *, first: int, until: int) -> None:
    """Say which minutes of a stretch that was written anew are broken; all others of it are not."""
    broken = sorted(minute for minute in minutes if first <= minute < until)
    for row in Broken.objects.using(ALIAS).filter(series=series, first__lt=until, until__gt=first):
        left = [(row.first, first), (until, row.until)]
        row.delete(using=ALIAS)
        Broken.objects.using(ALIAS).bulk_create(Broken(series=series, first=a, until=b) for a, b in left if a < b)
    for minute in broken:
        note(series, minute)


def counted(windows: Mapping[int, Counts], broken: Cut, *, end: int, excluded: Cut = NOTHING) -> dict[int, Counts]:
    """Windows that end with a minute, with the broken minutes that count in them."""
    inside = [span for first, until in excluded.spans for span in _parts(broken, first, until)]
    cut = Cut.of(inside)

    def of(length: int) -> int:
        return broken.between(end + 1 - length, end + 1) - cut.between(end + 1 - length, end + 1)

    return {length: counts._replace(broken_minutes=of(length)) for length, counts in windows.items()}


def _parts(broken: Cut, first: int, until: int) -> Iterable[Span]:
    return ((max(a, first), min(b, until)) for a, b in broken.spans if a < until and b > first)


def forget(*, before: int) -> None:
    """Drop what no window reaches any more."""
    Broken.objects.using(ALIAS).filter(until__lte=before).delete()
