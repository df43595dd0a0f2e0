"""`roadbed oncall preview` and `lint`: a schedule's file rendered and checked offline."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roadbed.cli.output import EXIT_REFUSED, Json, err, show, table
from roadbed.ground.errors import Invalid, NotFound, Place

if TYPE_CHECKING:
    from roadbed.reliability.paging.rules.schedules.calendars import Event
    from roadbed.reliability.paging.rules.schedules.covering import Gap
    from roadbed.reliability.paging.rules.schedules.values import Schedule, Slot

SHOWN = timedelta(days=28)
File = Annotated[Path, typer.Argument(help="A schedule's YAML file, or - for standard input.")]
From = Annotated[
    str,
    typer.Option("--from", help="The instant or day it begins with, in UTC where no offset is said; now if left out."),
]
Leave = Annotated[
    list[Path],
    typer.Option("--leave", help="An iCal file whose events are leave; each names a person of the schedule."),
]
Overrides = Annotated[list[Path], typer.Option("--overrides", help="An iCal file whose events are overrides.")]


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    oncall.command()(preview)
    oncall.command()(lint)


def preview(
    file: File,
    *,
    from_: From = "",
    to: Annotated[str, typer.Option("--to", help="The instant or day it ends before; 28 days later if left out.")] = "",
    leave: Leave = [],  # noqa: B006 - typer makes a new list of it
    overrides: Overrides = [],  # noqa: B006
    second: Annotated[bool, typer.Option("--second", help="Show who stands by instead of who is on call.")] = False,
    ical: Annotated[bool, typer.Option("--ical", help="Print a calendar (iCal) instead.")] = False,
    json: Json = False,
) -> None:
    """Show who is on call when, by a schedule's file, offline.

    The slots partition the span in UTC: each begins where the one before ends. Where nobody is on call, person and
    layer are null.
    """
    from roadbed.reliability.paging.rules.schedules.calendars import calendar_of
    from roadbed.reliability.paging.rules.schedules.rendering import render

    begins = instant_of(from_, "--from") if from_ else datetime.now(UTC).replace(microsecond=0)
    ends = instant_of(to, "--to") if to else begins + SHOWN
    if ends <= begins:
        raise Invalid(
            f"The span ends at {stamp(ends)}, before it begins at {stamp(begins)}.", remedy="Give --to after --from.",
            place=Place(field="--to"),
        )  # fmt: skip
    schedule = _with_calendars(schedule_of(file), begins, ends, leave, overrides)
    if second and not schedule.second:
        raise Invalid(
            f"{file} has nobody who stands by.",
            remedy="Write layers under `second`.",
            place=Place(str(file), field="second"),
        )
    slots = render((schedule.standing_by if second else None) or schedule, begins, ends).slots
    if ical:
        name = schedule.name or file.stem
        sys.stdout.write(calendar_of(slots, name=name, now=datetime.now(UTC)).decode())
        return
    rows = [slot_as_data(slot) for slot in slots]
    head = ("From (UTC)", "To (UTC)", "Person", "Layer")
    shown = [(row["start"], row["end"], row["person"] or "nobody", row["layer"] or "") for row in rows]
    show(rows, json, table(head, shown, empty="Nothing."))


def lint(
    file: File,
    *,
    from_: From = "",
    hours: Annotated[int, typer.Option(min=1, max=24 * 366, help="How far to look.")] = 72,
    leave: Leave = [],  # noqa: B006 - typer makes a new list of it
    overrides: Overrides = [],  # noqa: B006
    reachable: Annotated[
        list[str], typer.Option("--reachable", help="Who has a verified channel; said of nobody if left out.")
    ] = [],  # noqa: B006
    json: Json = False,
) -> None:
    """Find shifts that are empty, on leave or unreachable in the coming hours; exit 1 when there are any."""
    from roadbed.reliability.paging.rules.schedules.covering import gaps

    begins = instant_of(from_, "--from") if from_ else datetime.now(UTC).replace(microsecond=0)
    ahead = timedelta(hours=hours)
    schedule = _with_calendars(schedule_of(file), begins, begins + ahead, leave, overrides)
    found = gaps(schedule, begins, ahead=ahead, reachable=frozenset(reachable) if reachable else None)
    rows = [gap_as_data(gap) for gap in found]
    head = ("Rule", "From (UTC)", "To (UTC)", "What")
    shown = [(row["rule"], row["start"], row["end"], f"{row['person'] or ''} {row['why']}".strip()) for row in rows]
    show(rows, json, table(head, shown, empty=f"Covered for {hours} hours from {stamp(begins)}."))
    if found:
        raise typer.Exit(EXIT_REFUSED)


def schedule_of(file: Path) -> Schedule:
    """The schedule of a file."""
    from roadbed.reliability.paging.rules.schedules.reading import read

    return read(text_of(file), str(file))


def text_of(file: Path) -> str:
    """A file's text, or standard input's for -.

    Raises:
        NotFound: when it cannot be read.
        Invalid: when it is no text.
    """
    from roadbed.ground.catalog.documents import decode

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as fault:
        remedy = "Name a file that is there, or - for standard input."
        raise NotFound(f"{file}: {fault.strerror}.", remedy=remedy, place=Place(file=str(file))) from None
    return decode(raw, str(file))


def instant_of(said: str, option: str) -> datetime:
    """A day or an instant; UTC where no offset is said, as the API has it.

    Raises:
        Invalid: naming the option.
    """
    try:
        if len(said) == len("2026-06-05"):
            return datetime.combine(date.fromisoformat(said), time(0, 0), UTC)
        found = datetime.fromisoformat(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            f"{said[:40]!r} is no instant.", remedy="Write 2026-06-05 or 2026-06-05T09:00Z.", place=Place(field=option)
        ) from None


def stamp(at: datetime) -> str:
    """An instant as it is printed, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def slot_as_data(slot: Slot) -> dict[str, Any]:
    """A slot as JSON has it."""
    return {"start": stamp(slot.start), "end": stamp(slot.end), "person": slot.person, "layer": slot.layer}


def gap_as_data(gap: Gap) -> dict[str, Any]:
    """A gap as JSON has it."""
    return {
        "rule": gap.rule, "start": stamp(gap.start), "end": stamp(gap.end), "person": gap.person or None,
        "layer": gap.layer or None, "why": gap.why,
    }  # fmt: skip


def _with_calendars(
    schedule: Schedule, begins: datetime, ends: datetime, leave: Iterable[Path], overrides: Iterable[Path]
) -> Schedule:
    """The schedule with what calendars say. Events of nobody it knows are left out, and told of."""
    from roadbed.reliability.paging.rules.schedules.values import Away, Cover

    away = [Away(person, one.start, one.end) for person, one in _named(schedule, leave, begins, ends)]
    covers = [Cover(person, one.start, one.end) for person, one in _named(schedule, overrides, begins, ends)]
    return replace(schedule, away=(*schedule.away, *away), covers=(*schedule.covers, *covers))


def _named(schedule: Schedule, files: Iterable[Path], begins: datetime, ends: datetime) -> Iterable[tuple[str, Event]]:
    from roadbed.reliability.paging.rules.schedules.calendars import events_of, person_of

    for file in files:
        for event in events_of(text_of(file), begins, ends, zone=schedule.zone, file=str(file)):
            person = person_of(event.summary, schedule.people)
            if person is None:
                err.print(f"passed over: {event.summary!r} at {stamp(event.start)} names nobody of the schedule")
            else:
                yield person, event
