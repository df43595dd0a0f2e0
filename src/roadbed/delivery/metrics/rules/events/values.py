"""What events tell, whatever format they came in: lines about deployments and incidents, changes, artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.delivery.metrics.rules.changes import ChangeTold, Ref
from roadbed.delivery.metrics.rules.reading import Line
from roadbed.delivery.metrics.rules.values import Commit


class Unreadable(Exception):  # noqa: N818 - it says what an event is
    """An event that cannot be read: why, and what to do about it."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text = text
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Packaged:
    """An artifact and the change that it was made from."""

    artifact: str
    at: datetime
    changes: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """One event. Exactly one of `line`, `change` and `packaged` is there, none in an event of no interest.

    Attributes:
        identity: equal for the same event told twice.
        chain: the chain of events that it belongs to; empty where it names none.
        changes, commits: what a deployment says it carried; `commits` is None where it does not say.
        context: the event's own id; `linked` are the ids of events that it points at.
        team, system: of the service, where the event says them.
        environment: as the event names it.
    """

    identity: str
    at: datetime
    chain: str = ""
    context: str = ""
    linked: tuple[str, ...] = ()
    line: Line | None = None
    change: ChangeTold | None = None
    packaged: Packaged | None = None
    changes: tuple[Ref, ...] = ()
    commits: tuple[Commit, ...] | None = None
    team: str = ""
    system: str = ""
    environment: str = ""
