"""`roadbed metrics git`: the five metrics of any clone, from its tags and commits, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from roadbed.cli.git_clones import Clone, Tick, open_clone, read_graph
from roadbed.cli.metrics_files import At, Holidays, Length, Since, Until, Working, figures, working_hours_of
from roadbed.cli.output import Json, err, out, show, table
from roadbed.delivery.metrics.rules.events import reporting
from roadbed.delivery.metrics.rules.git.branches import Integration, as_data, integration, share_of, spread
from roadbed.delivery.metrics.rules.git.graph import Graph
from roadbed.delivery.metrics.rules.git.history import Cloned, Told, cloned
from roadbed.delivery.metrics.rules.git.log import instant
from roadbed.delivery.metrics.rules.git.report import Report, html
from roadbed.delivery.metrics.rules.git.tags import Chosen, Release, chosen, releases_of
from roadbed.delivery.metrics.rules.windows import Window, instant_of, length_of, windows_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.shell import words

USUAL_FOLDERS = ("", "services/", "apps/", "packages/", "cmd/", "libs/", "components/", "src/")
SHOWN = 10


def register(app: typer.Typer) -> None:
    """Add the command to `roadbed metrics`."""
    app.command("git")(measure_clone)


def measure_clone(
    path: Annotated[Path, typer.Argument(help="The folder of a clone, bare or not.")] = Path(),
    *,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tags", "-t", help="Which tags are deployments: v*, deploy/*, {service}/v*. Else the usual."),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option("--service", "-s", help="Where a service's files are in a monorepo: NAME=PATH[,PATH]."),
    ] = None,
    window: Length = "",
    since: Since = "",
    until: Until = "",
    at: At = "",
    by: Annotated[str, typer.Option(help="service or organization.")] = reporting.SERVICE,
    working_hours: Working = "",
    holiday: Holidays = None,
    report: Annotated[
        Path | None, typer.Option("--html", help="Write a report to this file, to read or print.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure a clone: its tags are deployments, and what lies between two of them is what one carried.

    An annotated tag says when it was made; a plain one has no time but its commit's. Reverts, hotfixes and older
    versions tagged again are told from commits, with the evidence; Git knows no incidents, so what fails otherwise is
    not seen. Exit codes: 0 measured, also where no tag is a deployment and figures have no data; 1 no repository, or
    one without commits.
    """
    if by not in (reporting.SERVICE, reporting.ORGANIZATION):
        raise Invalid(
            f"Clones are not told by {by[:20]!r}.", remedy="service or organization.", place=Place(field="by")
        )
    hours, length = working_hours_of(working_hours, holiday), length_of(window)
    start, stop, as_of = instant_of(since, "from"), instant_of(until, "to"), instant_of(at, "at")
    paths = _paths(service or [])
    clone = open_clone(path)
    found = chosen(clone.tags, tags or [])
    named = {service for _, service in found.matched if service}
    places = {**_guessed(clone, named - set(paths)), **paths}
    with _progress(quiet=json) as tick:
        # Which files a commit touched costs Git most of the time, and matters where there are several services.
        graph = read_graph(clone, with_paths=bool(places), tick=tick)
    releases, lost = _releases(graph, found, clone.name, paths if not named else {}, as_of)
    told = cloned(graph, releases, places, end=as_of or _newest(graph))
    windows = windows_of(
        begin=told.gathered.begin, end=told.gathered.end, since=start, until=stop, at=as_of, length=length
    )
    rows = reporting.rows_of(told.gathered, windows, by=by, hours=hours, at=as_of)
    notes = _notes(clone, found, lost, told, {name: places[name] for name in set(places) - set(paths)})
    notes += _plain(releases)
    data = _data(clone, graph, found, told) | {"figures": rows, "notes": notes} | _work(clone, graph, told, windows)
    if report is not None:
        _write(report, html(Report.of(data, windows)))
    show(data, json, lambda console: _print(console, data))
    if report is not None and not json:
        out.print(escape(f"The report is in {report}."))
    if json:
        for note in notes:
            err.print(escape(note))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Tick]:
    """A bar on standard error while a clone is read."""
    columns = (TextColumn("Reading commits"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=quiet and not err.is_terminal) as bar:
        task = bar.add_task("commits", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _paths(told: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in told:
        name, equals, paths = one.partition("=")
        listed = tuple(each.strip().strip("/") + "/" for each in paths.split(",") if each.strip().strip("/"))
        if not (name.strip() and equals and listed):
            raise Invalid(
                f"{one[:60]!r} names no service with its files.",
                remedy="Write it like checkout=services/checkout,libs/money.",
                place=Place(field="service"),
            )
        found[name.strip()] = listed
    return found


def _guessed(clone: Clone, services: set[str]) -> dict[str, tuple[str, ...]]:
    """Services in the folders of their names, where those usually are."""
    found: dict[str, tuple[str, ...]] = {}
    for service in sorted(services):
        folder = next((f"{place}{service}" for place in USUAL_FOLDERS if f"{place}{service}" in clone.folders), "")
        if folder:
            found[service] = (f"{folder}/",)
    return found


def _releases(
    graph: Graph, found: Chosen, name: str, paths: dict[str, tuple[str, ...]], as_of: datetime | None
) -> tuple[list[Release], int]:
    """Deployments oldest first; a tag that names no service deploys all of `paths`."""
    committed = {one.sha: one.committed for one in graph.commits}
    releases, lost = releases_of(found, committed, service=name)
    releases = [one for one in releases if as_of is None or one.at <= as_of]
    if paths:
        releases = [replace(one, service=service) for one in releases for service in paths]
    return releases, lost


def _newest(graph: Graph) -> datetime | None:
    return max((at for one in graph.commits if (at := instant(one.committed)) is not None), default=None)


def _span(windows: list[Window], graph: Graph) -> Window | None:
    """All windows together; without any deployment the year before the last commit."""
    if windows:
        return Window(windows[0].start, windows[-1].end)
    year = windows_of(begin=None, end=_newest(graph), length=length_of("52w"))
    return year[0] if year else None


def _notes(clone: Clone, found: Chosen, lost: int, told: Cloned, guessed: dict[str, tuple[str, ...]]) -> list[str]:
    notes = []
    if not found.matched:
        there = ", ".join(tag.name for tag in clone.tags[-5:])
        known = f"There are {len(clone.tags)} others, like {there}; --tags says which." if there else "It has no tags."
        notes.append(f"No tag is a deployment by {found.by}, so deployments have no data. {known}")
    if clone.shallow:
        notes.append(
            "The clone is shallow: what is older than its history is missing, and lead times may be too short. "
            "`git fetch --unshallow --tags` brings all of it."
        )
    if lost:
        notes.append(f"{words.plural(lost, 'tag')} left out: the commit is not here, or has no time.")
    if guessed:
        said = ", ".join(f"{name} in {' and '.join(place)}" for name, place in sorted(guessed.items()))
        notes.append(f"Services by the folders of their names: {said}. --service says otherwise.")
    backwards = sum(each.seconds is None for one in told.told for each in one.judged.carried)
    if backwards:
        notes.append(f"{words.plural(backwards, 'commit')} from after their deployments by their clocks: no lead time.")
    return notes


def _plain(releases: list[Release]) -> list[str]:
    plain = sum(one.by_commit for one in releases)
    if not plain:
        return []
    said = words.plural(plain, "deployment")
    return [f"{said} by plain tags, which have no time of their own: the commit's is taken."]


def _data(clone: Clone, graph: Graph, found: Chosen, told: Cloned) -> dict[str, Any]:
    return {
        "repository": clone.name,
        "head": clone.head,
        "commits": len(graph.commits),
        "tags": len(clone.tags),
        "deployments_by": found.by,
        "shallow": clone.shallow,
        "services": [one.name for one in told.gathered.histories],
    }


def _work(clone: Clone, graph: Graph, told: Cloned, windows: list[Window]) -> dict[str, Any]:
    """How work is integrated, and the deployments themselves."""
    span = _span(windows, graph)
    if span is None:
        raise Invalid("No commit has a time.", place=Place(file=str(clone.path)))
    tip = graph.index.get(clone.head, len(graph.commits) - 1)
    within = [one for one in told.told if span.start <= one.judged.at < span.end]
    sizes = [float(one.commits) for one in within if one.commits is not None]
    return {
        "window": {"start": span.start.isoformat(), "end": span.end.isoformat()},
        "integration": _integration(integration(graph, tip, since=span.start, until=span.end)),
        "commits_per_deployment": as_data(spread(sizes)),
        "deployments": [_deployment(one) for one in within],
    }


def _integration(work: Integration) -> dict[str, Any]:
    return {
        "merged_branches": work.merges,
        "branch_age_seconds": as_data(work.branch_age),
        "branch_commits": as_data(work.branch_commits),
        "branch_files": as_data(work.branch_files),
        "merged_within_a_day": share_of(work.within_a_day, work.aged),
        "integrations_per_day": (work.merges + work.direct) / work.lived_days if work.merges + work.direct else None,
        "direct_commits": work.direct,
        "days_with_integration": work.days,
        "days": work.of_days,
        "people": work.people,
        "bots": work.bots,
        "bot_share": work.bot_share,
    }


def _deployment(one: Told) -> dict[str, Any]:
    judged = one.judged
    leads = sorted(each.seconds for each in judged.carried if each.seconds is not None and not each.bot)
    return {
        "service": judged.service,
        "tag": one.tag,
        "commit": judged.commit,
        "at": judged.at.isoformat(),
        "kind": judged.label,
        "evidence": judged.label_by,
        "failed": judged.failed,
        "failed_by": judged.failed_by,
        "restored_at": judged.restored_at.isoformat() if judged.restored_at else None,
        "first": judged.first,
        "commits": one.commits,
        "lead_seconds": leads,
    }


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise NotFound(f"{file}: {fault.strerror}.", place=Place(file=str(file))) from None


def _print(console: Console, data: dict[str, Any]) -> None:
    console.print(
        escape(
            f"{data['repository']}: {words.count(data['commits'])} commits, "
            f"{words.plural(len(data['deployments']), 'deployment')} by {data['deployments_by']}."
        )
    )
    figures(data["figures"], "No deployments.")(console)
    _print_work(console, data["integration"], data["commits_per_deployment"])
    odd = [one for one in data["deployments"] if one["kind"] != "ordinary" or one["failed"]][-SHOWN:]
    rows = [
        (one["at"][:10], one["service"], one["tag"], one["kind"], one["failed_by"] or one["evidence"]) for one in odd
    ]
    if rows:
        console.print(f"The last {words.plural(len(rows), 'deployment')} that failed or mended:")
        table(("At", "Service", "Tag", "Kind", "Why"), rows, empty="")(console)
    for note in data["notes"]:
        console.print(escape(note))


def _print_work(console: Console, work: dict[str, Any], size: dict[str, Any]) -> None:
    aged, branch = work["branch_age_seconds"], work["branch_commits"]
    if aged["n"]:
        ages = f"median age {words.duration(aged['p50'])}, p90 {words.duration(aged['p90'])}"
        console.print(f"Merged branches: {aged['n']}, {ages}; median {branch['p50']:g} commits.")
    if size["n"]:
        console.print(f"Commits in a deployment: median {size['p50']:g}, p90 {size['p90']:g}, most {size['max']:g}.")
    if (within := work["merged_within_a_day"])["value"] is not None:
        console.print(f"Merged within a day: {words.percent(within['value'])}, {within['hits']} of {within['n']}.")
    people = words.plural(work["people"], "person", "people")
    machines = f"; {words.percent(work['bot_share'])} of commits by machines" if work["bots"] else ""
    console.print(f"Integrated on {work['days_with_integration']} of {work['days']} days by {people}{machines}.")
