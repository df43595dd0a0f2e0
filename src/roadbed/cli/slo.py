"""`roadbed slo`: objectives of the server, and evaluating files offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import budget_policies, exclusions, journeys, pushing, replaying, reports, slo_files
from roadbed.cli.client import api
from roadbed.cli.output import Json, err, say, show, table
from roadbed.cli.slo_inputs import definitions_of, text_of
from roadbed.ground.errors import NotFound
from roadbed.reliability.objectives.pausing import collector_paused
from roadbed.reliability.objectives.rules.counts_file import counts_of_text, exclusions_of_text
from roadbed.reliability.objectives.rules.offline import USUAL_WINDOWS, Outcome, asked_of, assess
from roadbed.reliability.objectives.rules.words import figure, share

app = typer.Typer(
    help="Objectives: what services promise, and what is left of their error budgets.", no_args_is_help=True
)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    slo_files.register(app)
    pushing.register(app, _uid_of)
    replaying.register(app)
    reports.register(app)
    root.add_typer(app, name="slo")


app.add_typer(exclusions.app, name="exclusion")
app.add_typer(budget_policies.app, name="policy")
app.add_typer(journeys.app, name="journey")


@app.command("list")
def list_objectives(
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="Of one service only.")] = "",
    query: Annotated[str, typer.Option("--query", "-q", help="Part of a service's or objective's name.")] = "",
    owner: Annotated[str, typer.Option(help="The owning team.")] = "",
    standing: Annotated[str, typer.Option(help="within, at-risk, burning, spent, idle, unmeasured, broken.")] = "",
    tier: Annotated[str, typer.Option(help="The service's tier.")] = "",
    system: Annotated[str, typer.Option(help="The service's system.")] = "",
    sort: Annotated[str, typer.Option(help="worst, name, left or coverage.")] = "worst",
    json: Json = False,
) -> None:
    """Objectives of all services, those that need a person first."""
    if service:
        found = [one for one in _of_service(service) if standing in ("", one["standing"])]
    else:
        found = api().all(
            "/objectives", q=query, owner=owner, standing=standing, tier=tier, system=system, sort=sort, limit=200
        )
    rows = [(one["service_name"], one["name"], one["target_text"], one["window"], *_state(one)) for one in found]
    head = ("Service", "Objective", "Target", "Window", "State", "Budget left", "Measured")
    show(found, json, table(head, rows, empty="No service has objectives. `roadbed slo apply SERVICE FILE` adds some."))


def _of_service(service: str) -> list[dict[str, Any]]:
    held = api().get(f"/services/{service}/objectives")
    if held["error"]:
        err.print(escape(f"{held['error']['file']} was not taken over, and the objectives before it stand:"))
        for fault in held["error"]["errors"]:
            err.print(escape(f"  line {fault.get('line', '?')}: {fault['detail']} {fault.get('remedy', '')}"))
    return list(held["items"])


def _state(one: dict[str, Any]) -> tuple[str, str | None, str | None]:
    remaining, coverage = one["remaining"], one["coverage"]
    return (
        one["standing_word"],
        None if remaining is None else share(remaining),
        None if coverage is None else share(coverage),
    )


@app.command("show")
def show_objective(
    objective: Annotated[str, typer.Argument(help="An objective's uid, or SERVICE/NAME.")], *, json: Json = False
) -> None:
    """One objective: its budget, its windows, its alerts in words."""
    found = api().get(f"/objectives/{_uid_of(objective)}")
    show(found, json, lambda console: _print_objective(console, found))


@app.command("decisions")
def list_decisions(
    objective: Annotated[str, typer.Argument(help="An objective's uid, or SERVICE/NAME.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """What the gate decided by an objective's budget: each answer with its rule and the policy's version."""
    found = api().get(f"/objectives/{_uid_of(objective)}/decisions", limit=limit)
    rows = [
        (one["asked_at"][:16], one["kind"], one["answer"], f"{one['policy']}/{one['policy_version']}: {one['rule']}")
        for one in found["items"]
    ]
    head = ("Asked", "Kind", "Answer", "Rule")
    show(found, json, table(head, rows, empty="The gate was not asked about its service since it is there."))


def _uid_of(objective: str) -> str:
    if "/" not in objective:
        return objective
    service, _, name = objective.partition("/")
    for one in _of_service(service):
        if one["name"] == name:
            return str(one["uid"])
    raise NotFound(f"{service} has no objective {name}.", remedy=f"`roadbed slo list -q {service}` names them.")


def _print_objective(console: Console, found: dict[str, Any]) -> None:
    console.print(f"[bold]{escape(found['title'])}[/], {escape(found['service_name'])}: {escape(found['top_line'])}")
    console.print(f"{found['target_text']} over {found['window']}. {escape(found['measured_by'])}")
    if found["problem"]:
        console.print(f"Not counted now: {escape(found['problem'])}")
    console.print(f"As of {found['as_of'] or 'never'}, version {found['version']}.")
    console.print(pushing.reached(found["counts"]))
    rows = [_window_row(window) for window in found["windows"]]
    table(("Window", "Good", "Total", "Burn", "Measured"), rows, empty="It was not evaluated yet.")(console)
    for pair in found["pairs"]:
        console.print(f"{pair['name']} ({pair['factor']:g}): {escape(pair['words'])}")


def _window_row(window: dict[str, Any]) -> tuple[object, ...]:
    burn, coverage = window["burn"], window["coverage"]
    return (
        window["window"],
        window["good"],
        window["total"],
        None if burn is None else figure(burn),
        None if coverage is None else share(coverage),
    )


@app.command()
def spent(
    objective: Annotated[str, typer.Argument(help="An objective's uid, or SERVICE/NAME.")], *, json: Json = False
) -> None:
    """What spent an objective's budget: incidents, deployments and the rest, adding up exactly."""
    found = api().get(f"/objectives/{_uid_of(objective)}/attribution")
    rows = [(one["title"], one["start"], one["bad"], _share(one["share"])) for one in found["causes"]]
    rows.append(("Unattributed", "", found["unattributed"], _share(found["unattributed_share"])))
    head = ("What", "Since", f"Bad {found['unit']}", "Of the budget")
    show(found, json, table(head, rows, empty="Nothing was spent."))


def _share(value: float | None) -> str | None:
    return None if value is None else share(value)


@app.command()
def apply(
    service: Annotated[str, typer.Argument(help="The service's name.")],
    file: Annotated[Path, typer.Argument(help="An OpenSLO file.")],
    *,
    json: Json = False,
) -> None:
    """Make a service's applied objectives what the file says."""
    done = api().post(f"/services/{service}/objectives", {"text": text_of(file), "file": str(file)[-300:]})
    changes = [(word, name) for word in ("defined", "changed", "unchanged", "removed") for name in done[word]]
    for warning in done["warnings"]:
        err.print(escape(f"{warning['file']}:{warning['line']}: warning: {warning['text']} {warning['remedy']}"))
    show(done, json, table(("", "Objective"), changes, empty="Nothing changed."))


@app.command()
def remove(
    objective: Annotated[str, typer.Argument(help="An objective's uid, or SERVICE/NAME.")], *, json: Json = False
) -> None:
    """End an applied objective; its past stays."""
    uid = _uid_of(objective)
    api().delete(f"/objectives/{uid}")
    show({"removed": uid}, json, say(f"{objective} has ended."))


@app.command()
def evaluate(
    spec: Annotated[Path, typer.Argument(help="An OpenSLO file.")],
    counts: Annotated[
        Path, typer.Option(help="CSV of measured minutes: timestamp,good,total. - reads standard input.")
    ],
    *,
    at: Annotated[str, typer.Option(help="Evaluate the minutes before this instant; else all of them.")] = "",
    begins: Annotated[str, typer.Option("--from", help="When the history begins; else with the first row.")] = "",
    exclude: Annotated[Path | None, typer.Option(help="CSV of time that does not count: start,end,reason.")] = None,
    windows: Annotated[str, typer.Option(help="Windows to print.")] = ",".join(USUAL_WINDOWS),
    alerts: Annotated[str, typer.Option(help="A table of alerts instead of the file's.")] = "",
    objective: Annotated[str, typer.Option(help="Only the objective of this name.")] = "",
    json: Json = False,
) -> None:
    """Evaluate a file's objectives over recorded minutes, offline and by the server's own arithmetic.

    A minute without a row is unmeasured; one with a total of 0 is idle; a later row of a minute replaces the former.
    """
    definitions = definitions_of(spec, objective)
    with collector_paused():
        recorded = counts_of_text(text_of(counts), file=str(counts))
        asked = asked_of(
            recorded,
            file=str(counts),
            at=at,
            begins=begins,
            exclusions=exclusions_of_text(text_of(exclude), file=str(exclude)) if exclude else (),
            windows=[name.strip() for name in windows.split(",") if name.strip()],
            alerts=alerts,
        )
        outcomes = assess(definitions, asked)
    if recorded.broken:
        err.print(escape(f"{counts}:{recorded.broken}: warning: good is more than total; the indicator is broken."))
    show([one.data for one in outcomes], json, lambda console: _print_outcomes(console, outcomes))


def _print_outcomes(console: Console, outcomes: tuple[Outcome, ...]) -> None:
    for one in outcomes:
        console.print(f"[bold]{escape(one.name)}[/]: {escape(one.top_line)}")
        period, history = one.data["period"], one.data["history"]
        console.print(f"{period['start']} to {period['end']}, as of {one.data['as_of']}; begun {history['start']}.")
        minutes = ", ".join(f"{number:,} {state}" for state, number in one.data["minutes"].items())
        console.print(f"Minutes: {minutes}.")
        rows = [_window_row({"window": name, **window}) for name, window in one.data["windows"].items()]
        table(("Window", "Good", "Total", "Burn", "Measured"), rows, empty="No windows.")(console)
        for alert in one.data["alerts"]:
            console.print(escape(f"{alert['name']} ({alert['factor']:g}): {alert['reason']}"))
