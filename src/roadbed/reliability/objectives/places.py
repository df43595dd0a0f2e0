"""How far each series was read from its source of counts, as it is kept beside the minutes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connections

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.models import Pull
from roadbed.reliability.objectives.putting import put


def unmoved(objectives: Iterable[Live], pulls: Mapping[int, Pull]) -> list[Live]:
    """Those whose place is as it was when their source was asked; others were read otherwise meanwhile."""
    standing = {
        series: place
        for series, *place in Pull.objects.using(store.ALIAS)
        .filter(series__in=[one.series for one in objectives])
        .values_list("series", "first", "cursor", "held")
    }
    known = {one.series: pulls[one.series] for one in objectives}
    return [
        one
        for one in objectives
        if standing.get(one.series) == [known[one.series].first, known[one.series].cursor, known[one.series].held]
    ]


def keep(pulls: Iterable[Pull]) -> None:
    """Write places as they are."""
    adapt = connections[store.ALIAS].ops.adapt_datetimefield_value
    rows = [
        (
            one.series, one.objective, one.first, one.cursor, one.held, adapt(one.begun_at),
            adapt(one.filled_at) if one.filled_at else None, adapt(one.tried_at) if one.tried_at else None,
            one.problem, one.remedy,
        )
        for one in pulls
    ]  # fmt: skip
    put(_TABLE, _COLUMNS, rows, key=1)


_TABLE: Final = Pull._meta.db_table  # noqa: SLF001 - _meta is Django's public way to a model's table
_COLUMNS: Final = {
    "series": "int4", "objective": "text", "first": "int4", "cursor": "int4", "held": "text",
    "begun_at": "timestamptz", "filled_at": "timestamptz", "tried_at": "timestamptz", "problem": "text",
    "remedy": "text",
}  # fmt: skip
