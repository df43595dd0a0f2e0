"""Minutes that changed after their slices were judged: noted by whoever writes them, taken up when evaluating."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connections

from roadbed.reliability.objectives.models import SliceDue, SliceHead
from roadbed.reliability.objectives.rules.spans import Span

ALIAS: Final = "samples"
FOR_EVER: Final = 2**31 - 1
_HEADS: Final = SliceHead._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_DUE: Final = SliceDue._meta.db_table  # noqa: SLF001 - as above


def mark(series: int, first: int, until: int = FOR_EVER) -> None:
    """Say that minutes changed. Nothing is noted of a series without slices, or of minutes that were not judged yet."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_DUE} (series, first, until) SELECT series, %s, %s FROM {_HEADS} "  # noqa: S608 - constants
            "WHERE series = %s AND judged > %s",
            [first, until, series, first],
        )


def due() -> dict[int, list[tuple[int, Span]]]:
    """What changed since it was judged, with the number of each note; nothing as a rule."""
    found: dict[int, list[tuple[int, Span]]] = {}
    for number, series, first, until in SliceDue.objects.using(ALIAS).values_list("pk", "series", "first", "until"):
        found.setdefault(series, []).append((number, (first, until)))
    return found


def done(numbers: Iterable[int]) -> None:
    """Forget notes once their slices were judged anew."""
    SliceDue.objects.using(ALIAS).filter(pk__in=list(numbers)).delete()
