"""Takes in the past of a repository, some at a time, each piece with how far it got: what is sent twice counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.delivery.changes.models import Backfill
from roadbed.delivery.changes.sources.recording import Recorder
from roadbed.delivery.changes.sources.rules import KINDS
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.ports import events
from roadbed.ground.ports.payloads import repository_name

MOST_COMMITS: Final = 500
WAYS: Final = ("git", "github", "gitlab")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill is: where it goes on, and how much was taken in of how much."""

    cursor: str
    done: int
    total: int | None
    finished: bool


def progress_of(way: str, repository: str) -> Progress:
    """How far it is; an empty cursor where it has not begun."""
    row = Backfill.objects.filter(way=way, repository=repository_name(repository)).first()
    return Progress("", 0, None, False) if row is None else Progress(row.cursor, row.done, row.total, row.finished)


def take_in(
    caller: Caller,
    way: str,
    repository: str,
    told: Sequence[events.Event],
    *,
    services: Sequence[str] = (),
    cursor: str,
    total: int | None = None,
    finished: bool = False,
    now: datetime,
) -> tuple[str, ...]:
    """Record a piece of the past and remember how far that got; answers what could not be recorded, each once.

    Args:
        caller: who may add sources.
        way: how it is read: git, github or gitlab.
        repository: its address or name.
        told: commits, changes and deployments of it.
        services: that live in it, beside those of which the catalogue says so.
        cursor: where the next piece begins, as the reader of that way calls it.
        total: how many there are, None where that is not known.
        finished: whether this was the last piece.
        now: as of when.
    """
    authorise(caller, "source.write")
    name = repository_name(repository)
    if way not in WAYS or not name:
        raise Invalid(f"{repository[:100]!r} names no repository.", place=Place(field="repository"))
    uids = tuple(require_service(service).uid for service in services)
    with unit(caller, now=now) as writing:
        recorder = Recorder(writing, system=way if way in KINDS else "git", received_at=now, services=uids)
        problems = tuple(dict.fromkeys(said for event in told if (said := recorder.record(event))))
        row, made = Backfill.objects.select_for_update().get_or_create(
            way=way, repository=name, defaults={"updated_at": now}
        )
        row.done += sum(_count(event) for event in told) if cursor != row.cursor or made else 0
        row.cursor, row.finished, row.updated_at = cursor[:400], finished, now
        row.trouble = problems[0][:400] if problems else row.trouble
        row.total = total if total is not None else row.total
        row.save()
        if finished or made:
            data = {"repository": name, "way": way, "done": row.done, "finished": finished, "services": list(uids)}
            writing.record("source.backfilled", digest_of_repository(name), data=data)
    return problems


def _count(event: events.Event) -> int:
    return len(event.commits) if isinstance(event, events.Pushed) else 1


def begin_again(caller: Caller, way: str, repository: str) -> None:
    """Forget how far a backfill got, so that the next one reads everything; what was recorded stays and counts once."""
    authorise(caller, "source.write")
    Backfill.objects.filter(way=way, repository=repository_name(repository)).delete()
