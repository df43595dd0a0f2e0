"""The share of services that a golden path made, as goals measure it."""

from __future__ import annotations

from typing import Final

from roadbed.ground.asks import measures
from roadbed.ground.asks.counted import GoldenPaths
from roadbed.ground.asks.measures import SHARE, SYSTEM, TEAM, UP, Asked, Metric, Reading
from roadbed.ground.catalog import queries as catalog
from roadbed.platform.paths.today import made_on_paths

ON_PATH: Final = Metric(
    "golden_path", "Services on a golden path", SHARE, UP, ("lead_time",),
    "It is easily had by making many small services.", page="paths:list",
)  # fmt: skip
ITSELF: Final = "roadbed"


def supply() -> None:
    """Hang it in."""
    measures.supply(ON_PATH, on_path)


def on_path(asked: Asked) -> Reading:
    """All services are counted, so that the figure is its own interval; Roadbed itself is none of them."""
    place = {TEAM: 1, SYSTEM: 2}.get(asked.scope)
    rows = catalog.owners_and_systems().items()
    meant = [uid for uid, one in rows if one[0] != ITSELF and (place is None or one[place] == asked.name)]
    if not meant:
        return Reading(None, why="There is no service.")
    made = made_on_paths(GoldenPaths()).services
    share = sum(uid in made for uid in meant) / len(meant)
    return Reading(share, len(meant), share, share)
