"""What charts of an objective carry beside their lines: deployments, incidents, and time that tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.shell import words
from roadbed.reliability.objectives.burn_down import BurnDown
from roadbed.reliability.objectives.marking import Deployed, Incident, deployments_between, incidents_between

BANDS: Final = {"unmeasured": "unknown-mark", "excluded": "idle-mark"}
SAID: Final = {"excluded": "Grey: excluded. ", "unmeasured": "Purple: unmeasured, the budget stands still. "}
MOST_LABELS: Final = 8
"""More would hide one another; the others stay lines."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Deployments, newest first, and incidents, oldest first, of a service."""

    deployments: tuple[Deployed, ...] = ()
    incidents: tuple[Incident, ...] = ()

    @classmethod
    def of(cls, service_uid: str, *, since: datetime, until: datetime) -> Marks:
        """Those between two instants."""
        return cls(
            deployments_between(service_uid, since=since, until=until),
            incidents_between(service_uid, since=since, until=until),
        )

    def triangles(self, since: datetime, height: float) -> list[dict[str, Any]]:
        """Deployments as a series of triangles at a height; no series where there are none."""
        values = [[words.utc(one.at), height] for one in reversed(self.deployments) if one.at >= since]
        if not values:
            return []
        return [
            {"name": "Deployments", "type": "scatter", "symbol": "triangle", "size": 7, "tone": "info-mark",
             "silent": True, "values": values}
        ]  # fmt: skip

    def lines(self, since: datetime) -> list[dict[str, Any]]:
        """Incidents as labelled lines where they began; one that was open before begins with the chart."""
        shown = self._lasting(since)
        return [
            {"at": words.utc(max(one.began, since)), "label": one.name if place < MOST_LABELS else "", "tone": "bad"}
            for place, one in enumerate(reversed(shown))
        ]

    def legend(self, since: datetime) -> str:
        """What the triangles and lines are, in words; empty where there are none."""
        deployed = sum(one.at >= since for one in self.deployments)
        burnt = len(self._lasting(since))
        return "".join(
            (
                f"▲ {words.plural(deployed, 'deployment')}. " if deployed else "",
                f"Red lines: {words.plural(burnt, 'incident')}. " if burnt else "",
            )
        )

    def _lasting(self, since: datetime) -> list[Incident]:
        return [one for one in self.incidents if one.over is None or one.over >= since]


def bands(drawn: BurnDown | None) -> list[dict[str, str]]:
    """Time that is excluded or was not measured."""
    return [
        {
            "from": words.utc(one.start),
            "to": words.utc(one.start + timedelta(minutes=one.minutes)),
            "tone": BANDS[one.state],
        }
        for one in (drawn.stretches if drawn else ())
        if one.state in BANDS
    ]


def bands_in_words(drawn: BurnDown | None) -> str:
    """What the bands are, as far as there are any."""
    states = {one.state for one in drawn.stretches} if drawn else set()
    return "".join(said for state, said in SAID.items() if state in states)
