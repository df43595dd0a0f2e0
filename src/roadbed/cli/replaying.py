"""`roadbed slo replay`: what an objective and a policy would have paged, ticketed and refused in the past."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import EXIT_GATE_DENIED, Json, show, table
from roadbed.cli.slo_inputs import definitions_of, text_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.reliability.objectives import shipped
from roadbed.reliability.objectives.rules.counts_file import counts_of_text, exclusions_of_text
from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.offline import Asked as Recording
from roadbed.reliability.objectives.rules.offline import asked_of
from roadbed.reliability.objectives.rules.policy.deciding import Change, Plan
from roadbed.reliability.objectives.rules.policy.documents import DRAFT, Service, errors_of, read_policies
from roadbed.reliability.objectives.rules.replay.deciding import Asked
from roadbed.reliability.objectives.rules.replay.judging import Promise, ReplayError
from roadbed.reliability.objectives.rules.replay.reporting import KINDS, replay
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.words import figure, share

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """What is replayed, as it was typed; `policy` is a document, empty for the one in force."""

    policy: str
    file: str
    since: str
    until: str
    change: Change
    tier: str
    owner: str


def register(app: typer.Typer) -> None:
    """Add the command to `roadbed slo`."""
    app.command("replay")(replay_past)


def replay_past(
    spec: Annotated[Path | None, typer.Argument(help="A file of objectives; without it the server's past.")] = None,
    *,
    counts: Annotated[
        Path | None, typer.Option(help="CSV of measured minutes: timestamp,good,total. - reads standard input.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy to try; else the one in force, or that ships.")] = None,
    since: Annotated[str, typer.Option("--from", help="From this instant; else the first row, or 30 days.")] = "",
    until: Annotated[str, typer.Option("--to", help="Up to this instant; else the last row, or now.")] = "",
    exclude: Annotated[Path | None, typer.Option(help="CSV of time that does not count: start,end,reason.")] = None,
    objective: Annotated[str, typer.Option(help="Only this objective; on the server it has to be named.")] = "",
    service: Annotated[str, typer.Option("--service", "-s", help="Whose objective of the server it is.")] = "",
    kind: Annotated[str, typer.Option(help="The kind of change that would have asked.")] = "feature",
    environment: Annotated[str, typer.Option("--env", help="Where it would have gone.")] = "production",
    tier: Annotated[str, typer.Option(help="Offline: the service's tier, for policies that ask.")] = "",
    owner: Annotated[str, typer.Option(help="Offline: the service's owner, likewise.")] = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 10 when anything would have paged or refused.")
    ] = False,
    json: Json = False,
) -> None:
    """List the pages, tickets, refusals and warnings that an objective and a policy would have produced.

    With a file and --counts it is offline. Else it is over the server's stored past, beside what really happened.
    """
    document = text_of(policy) if policy else ""
    wish = Wish(document, str(policy or ""), since, until, Change(kind, environment), tier, owner)
    if spec is None:
        found = [_on_server(wish, service, objective)]
    elif counts is None:
        raise typer.BadParameter("a file needs its counts", param_hint="--counts")
    else:
        found = _offline(wish, definitions_of(spec, objective), counts, exclude)
    show(found[0] if spec is None else found, json, lambda console: _print(console, found))
    if exit_code and any(one["totals"][bad]["times"] for one in found for bad in ("page", "refused")):
        raise typer.Exit(EXIT_GATE_DENIED)


def _on_server(wish: Wish, service: str, objective: str) -> dict[str, Any]:
    if not (service and objective):
        raise typer.BadParameter("give a file with --counts, or --service and --objective", param_hint="SPEC")
    held = api().get(f"/services/{service}/objectives")["items"]
    uid = next((one["uid"] for one in held if one["name"] == objective), None)
    if uid is None:
        raise NotFound(
            f"{service} has no objective {objective}.", remedy=f"`roadbed slo list -s {service}` names them."
        )
    body = {
        "since": wish.since or None,
        "until": wish.until or None,
        "policy": wish.policy,
        "file": wish.file[-300:] or "policy.yaml",
        "kind": wish.change.kind,
        "environment": wish.change.environment,
    }
    found: dict[str, Any] = api().post(f"/objectives/{uid}/replay", body)
    return found


def _offline(wish: Wish, definitions: list[Definition], counts: Path, exclude: Path | None) -> list[dict[str, Any]]:
    recorded = counts_of_text(text_of(counts), file=str(counts))
    excluded = exclusions_of_text(text_of(exclude), file=str(exclude)) if exclude else ()
    asked = asked_of(recorded, file=str(counts), at=wish.until, begins=wish.since, exclusions=excluded)
    if asked.end < asked.begins:
        raise Invalid("The replay ends before it begins.", remedy="Give --to after --from.", place=Place(field="--to"))
    plan = _plan(wish)
    return [_replayed(one, asked, plan, wish) for one in definitions]


def _plan(wish: Wish) -> Plan:
    if not wish.policy:
        return shipped.plan()
    found, findings = read_policies(wish.policy, file=wish.file)
    if errors := errors_of(findings):
        one = errors[0]
        raise Invalid(
            f"{one.text} [{one.rule}]",
            remedy=f"{one.remedy} `roadbed slo policy lint` names all faults.",
            place=Place(one.file, one.line),
        )
    return Plan.of(found[0], DRAFT)


def _replayed(definition: Definition, recording: Recording, plan: Plan, wish: Wish) -> dict[str, Any]:
    try:
        promise = Promise(
            name=definition.name,
            target=Target.exactly(definition.target),
            window=definition.window,
            budgeting=definition.budgeting,
            table=table_of(definition.alerts),
        )
    except ReplayError as fault:
        raise Invalid(f"{fault}.", remedy="Only budgets of events and of minutes are replayed.") from None
    # What was recorded before the first minute of the replay fills its windows.
    history = History(promise.judged, recording.recorded.own, min(recording.recorded.own, default=recording.begins))
    history.exclude(one.span for one in recording.exclusions)
    service = Service(definition.service, wish.owner, wish.tier)
    asked = Asked(plan, wish.change, service)
    return replay(promise, history, asked, first=recording.begins, last=recording.end).as_data() | {"recorded": None}


def _print(console: Console, found: list[dict[str, Any]]) -> None:
    for one in found:
        policy, change = one["policy"], one["change"]
        version = f"/{policy['version']}" if policy["version"] else ", a draft"
        console.print(
            f"[bold]{escape(one['objective'])}[/], {share(one['target'])} over {one['window']}, "
            f"with the policy {policy['name']}{version}: {one['start']} to {one['end']}."
        )
        totals = one["totals"]
        words = ", ".join(f"{totals[kind]['times']} {_WORDS[kind]} ({totals[kind]['minutes']:,} min)" for kind in KINDS)
        console.print(f"For a {change['kind']} change to {change['environment']}: {words}.")
        rows = [_row(interval, one["recorded"]) for interval in one["intervals"][:SHOWN]]
        head = (
            "What",
            "By",
            "From",
            "Minutes",
            "Peak 1h burn",
            "Least left",
            *(("Happened",) if one["recorded"] else ()),
        )
        table(head, rows, empty="Nothing would have paged, ticketed, refused or warned.")(console)
        if len(one["intervals"]) > SHOWN:
            console.print(f"{len(one['intervals']) - SHOWN} more; --json lists all of them.")
        if one["recorded"]:
            told = one["recorded"]
            console.print(
                f"The ledger has {len(told['pages'])} pages and {len(told['refusals'])} refusals of that time."
            )


_WORDS = {
    "page": "pages",
    "ticket": "tickets",
    "refused": "times refused",
    "warned": "times warned",
    "unknown": "times unknown",
}


def _row(one: dict[str, Any], recorded: object) -> tuple[object, ...]:
    burn, left, happened = one["peak_burn"], one["lowest_remaining"], one["happened"]
    return (
        one["kind"],
        ", ".join(one["names"]),
        one["start"][:16].replace("T", " "),
        f"{one['minutes']:,}",
        None if burn is None else figure(burn),
        None if left is None else share(left),
        *(() if recorded is None else ("" if happened is None else "yes" if happened else "no",)),
    )
