"""Which objectives stand, by name, for a room that has something to say about each."""

from __future__ import annotations

from roadbed.ground.asks.runbooks import Promised, Promises
from roadbed.reliability.objectives.models import Objective


def promises(asked: Promises) -> tuple[Promised, ...]:
    """Those of one service or of all, by service and name; one query on columns alone."""
    rows = Objective.objects.filter(removed_at=None)
    if asked.service_uid:
        rows = rows.filter(service_uid=asked.service_uid)
    columns = rows.order_by("service_uid", "name").values_list("service_uid", "uid", "name", "title")
    return tuple(Promised(*row) for row in columns)
