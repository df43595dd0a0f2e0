"""`roadbed metrics events`: the five metrics of any file of CDEvents or facts, offline, by the server's rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.markup import escape

from roadbed.cli.output import EXIT_REFUSED, Json, err, show, table
from roadbed.delivery.metrics.rules.events import reporting
from roadbed.delivery.metrics.rules.events.assembling import Gathered, Owned, gather
from roadbed.delivery.metrics.rules.events.reading import Read, read
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.delivery.metrics.rules.windows import instant_of, length_of, windows_of
from roadbed.delivery.metrics.rules.words import rate, shares
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.shell import words

EXIT_PARTLY = 3
FAULTS_SHOWN = 20

Since = Annotated[str, typer.Option("--from", help="From this instant or day (UTC) on; else from the first event.")]
Until = Annotated[str, typer.Option("--to", help="Up to, not including, this instant or day; else the last event.")]
At = Annotated[str, typer.Option("--at", help="As of this instant: what came later is not known, a window ends here.")]
Length = Annotated[str, typer.Option("--window", help="A window's length, like 28d or 4w; with --from a row of them.")]
Working = Annotated[
    str, typer.Option("--working-hours", help='Count lead time in these, like "Mon-Fri 09:00-17:00 Europe/Berlin".')
]
Holidays = Annotated[
    list[str] | None, typer.Option("--holiday", help="A day without work, like 2026-12-25, or a file of such lines.")
]


def register(app: typer.Typer) -> None:
    """Add the command to `roadbed metrics`."""
    app.command("events")(measure_events)


def measure_events(
    file: Annotated[Path, typer.Argument(help="JSON lines, or arrays; - reads standard input.")],
    *,
    window: Length = "",
    since: Since = "",
    until: Until = "",
    at: At = "",
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", "-e", help="Which are production, as patterns; else those called so."),
    ] = None,
    by: Annotated[str, typer.Option(help="service, team, system or organization.")] = reporting.SERVICE,
    catalog: Annotated[
        Path | None, typer.Option(help="Owners and systems: a catalog-info.yaml, or several documents in one file.")
    ] = None,
    blame_within: Annotated[
        int,
        typer.Option(min=0, max=1440, help="Minutes before an incident in which time alone blames; 0 for never."),
    ] = 60,
    working_hours: Working = "",
    holiday: Holidays = None,
    json: Json = False,
) -> None:
    """Measure a file of CDEvents or of Roadbed's facts, without a server.

    Neither the order of its lines nor a repeated one changes the figures. Exit codes: 0 all was read, 1 nothing could
    be read, 3 figures were printed and some lines could not be read; those are named on standard error.
    """
    if by not in reporting.GROUPINGS:
        raise Invalid(
            f"Figures are not told by {by[:20]!r}.",
            remedy=f"One of {', '.join(reporting.GROUPINGS)}.",
            place=Place(field="by"),
        )
    hours, length = working_hours_of(working_hours, holiday), length_of(window)
    start, stop, as_of = instant_of(since, "from"), instant_of(until, "to"), instant_of(at, "at")
    owners = _owners(catalog) if catalog else {}
    found = read(_lines(file))
    _tell_faults(file, found)
    heard = [one for one in found.heard if as_of is None or one.at <= as_of]
    gathered = gather(
        heard, environments=tuple(environment or ()), within=reporting.within_of(blame_within), owners=owners
    )
    windows = windows_of(begin=gathered.begin, end=gathered.end, since=start, until=stop, at=as_of, length=length)
    rows = reporting.rows_of(gathered, windows, by=by, hours=hours, at=as_of)
    show(rows, json, lambda console: _print(console, rows, gathered, found, hours))
    if found.faults:
        raise typer.Exit(EXIT_PARTLY if found.heard else EXIT_REFUSED)


def working_hours_of(text: str, holidays: list[str] | None) -> Hours | None:
    """Working hours from the command's options; a holiday may be a file of days."""
    days: list[str] = []
    for one in holidays or ():
        path = Path(one)
        listed = path.read_text(encoding="utf-8").splitlines() if path.is_file() else [one]
        days += [line.partition("#")[0].strip() for line in listed]
    if days and not text:
        raise Invalid(
            "Holidays count only in working hours.", remedy="Give --working-hours too.", place=Place(field="holiday")
        )
    return hours_of(text, days)


def _lines(file: Path) -> Iterator[str]:
    try:
        if str(file) == "-":
            yield from (_decoded(line, number, file) for number, line in enumerate(sys.stdin.buffer, 1))
            return
        with file.open("rb") as opened:
            yield from (_decoded(line, number, file) for number, line in enumerate(opened, 1))
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None


def _decoded(line: bytes, number: int, file: Path) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise Invalid(
            f"{file} is not UTF-8 text.", remedy="Convert it, or unpack it.", place=Place(str(file), number)
        ) from None


def _tell_faults(file: Path, found: Read) -> None:
    for one in found.faults[:FAULTS_SHOWN]:
        err.print(f"[bold red]error[/]: {escape(f'{file}:{one.line}: {one.text}')}")
        err.print(f"  [bold]remedy[/]: {escape(one.remedy)}")
    if len(found.faults) > FAULTS_SHOWN:
        err.print(f"{len(found.faults) - FAULTS_SHOWN} more like these.")
    if found.faults:
        err.print(f"{words.plural(len(found.faults), 'fault')}; {words.plural(found.items, 'event')} read.")


def _owners(file: Path) -> dict[str, Owned]:
    """Owner and system of each component."""
    try:
        documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        raise Invalid(
            f"{file} is no YAML.", remedy="Mend it.", place=Place(str(file), mark.line + 1 if mark else None)
        ) from None
    found: dict[str, Owned] = {}
    for one in documents:
        if isinstance(one, dict) and one.get("kind") == "Component":
            spec, metadata = one.get("spec") or {}, one.get("metadata") or {}
            owner = str(spec.get("owner") or "").rpartition("/")[2].rpartition(":")[2]
            found[str(metadata.get("name") or "")] = Owned(owner, str(spec.get("system") or "").rpartition("/")[2])
    return found


def _print(console: Console, rows: list[dict[str, Any]], gathered: Gathered, found: Read, hours: Hours | None) -> None:
    figures(rows, "There is no deployment to production and no incident in it.")(console)
    if hours:
        console.print(escape(f"Lead time in working hours: {hours.words}."))
    for name, number in gathered.elsewhere.items():
        console.print(
            escape(
                f"{words.plural(number, 'deployment')} to {name or 'no named environment'} not counted: no production."
            )
        )
    if found.repeated or found.other:
        console.print(
            f"{words.plural(found.items, 'event')}, {found.repeated} told more than once, {found.other} of no use here."
        )


def figures(rows: list[dict[str, Any]], empty: str) -> Callable[[Console], None]:
    """A printer of rows of figures; one window that they share stands above them, several stand in them."""
    windows = {(row["window"]["start"][:10], row["window"]["end"][:10]) for row in rows}
    shared = len(windows) == 1
    head = ("Deployed", "A week", "Lead time", "Fail rate, 95%", "Recovery", "Rework", "Open")
    drawn = [(_name(row), *(() if shared else (row["window"]["start"][:10],)), *_cells(row)) for row in rows]
    printing = table(("Of", *(() if shared else ("From",)), *head), drawn, empty=empty)

    def both(console: Console) -> None:
        if shared:
            begin, end = windows.pop()
            console.print(f"From {begin} to {end}:")
        printing(console)

    return both


def _name(row: dict[str, Any]) -> str:
    name = next((row[key] for key in ("service", "team", "system") if row.get(key)), None)
    return name or ("all" if "organization" in row else "nobody's")


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    lead, fails = row["lead_time_seconds"]["p50"], row["change_fail_rate"]
    share = None
    if fails["value"] is not None:
        share = f"{words.percent(fails['value'])}, {shares(fails['low'], fails['high'])}"
    weekly, recovery = row["deployment_frequency_per_week"], row["failed_deployment_recovery_seconds"]
    return (
        row["deployments"],
        None if weekly is None else rate(weekly),
        None if lead is None else words.duration(lead),
        share,
        None if recovery is None else words.duration(recovery),
        None if row["rework_rate"] is None else words.percent(row["rework_rate"]),
        row["open_incidents"],
    )
