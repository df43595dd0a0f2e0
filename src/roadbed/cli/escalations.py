"""`roadbed oncall escalation`: a team's own steps, applied, shown, tried out and looked through; also offline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import EXIT_REFUSED, Json, say, show, table
from roadbed.cli.schedules import instant_of, schedule_of, stamp, text_of

if TYPE_CHECKING:
    from roadbed.reliability.paging.rules.policies.values import ChainStep, Target
    from roadbed.reliability.paging.rules.schedules.values import Schedule

escalation = typer.Typer(help="Who is paged after whom, by a team's own steps.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A policy's YAML file, or - for standard input.")]
OfTeam = Annotated[str, typer.Option("--team", help="Whose, asking the server; offline without.")]
With = Annotated[list[Path], typer.Option("--schedule", help="Offline: the schedule's file of the team.")]
At = Annotated[str, typer.Option("--at", help="When the page opens, in UTC where no offset is said; now if left out.")]
Severity = Annotated[int, typer.Option(min=1, max=4, help="1 and 2 are urgent.")]


def register(oncall: typer.Typer) -> None:
    """Add the commands to `roadbed oncall`."""
    for command in (apply, end, preview, lint):
        escalation.command()(command)
    escalation.command("show")(show_policy)
    oncall.add_typer(escalation, name="escalation")


def apply(team: str, file: File, *, json: Json = False) -> None:
    """Give a team the steps of a file; pages that are open keep those they began with."""
    done = api().put(f"/teams/{team}/escalation", {"document": text_of(file), "file": str(file)[-300:]})
    said = f"{done['team']} follows {file}, version {done['version']}: {done['words']}."
    show(done, json, say(said))


def show_policy(team: str, *, json: Json = False) -> None:
    """Show a team's own steps as they were written."""
    found = api().get(f"/teams/{team}/escalation")
    usual = f"{found['team']} has Roadbed's steps: on call, second, the whole team, the administrators."
    show(found, json, say(found["document"].rstrip() or usual))


def end(team: str, *, json: Json = False) -> None:
    """Take a team's own steps away; it has Roadbed's then."""
    api().delete(f"/teams/{team}/escalation")
    show({"team": team, "version": 0}, json, say(f"{team} has Roadbed's steps now."))


def preview(
    file: Annotated[
        str, typer.Argument(help="A policy's YAML file, or - for standard input; the team's without.")
    ] = "",
    *,
    team: OfTeam = "",
    schedule: With = [],  # noqa: B006 - typer makes a new list of it
    at: At = "",
    severity: Severity = 2,
    json: Json = False,
) -> None:
    """Show whom a page would reach and when, while nobody acknowledges."""
    opened = instant_of(at, "--at") if at else datetime.now(UTC).replace(microsecond=0)
    if team:
        body = {"at": opened.isoformat(), "severity": severity, **_document(file)}
        rows = api().post(f"/teams/{team}/escalation/preview", body)
    elif file:
        rows = _offline(Path(file), schedule, opened, urgent=severity <= 2)  # noqa: PLR2004 - as urgency_of has it
    else:
        raise typer.BadParameter("Name a file, or --team TEAM for what it has.")
    shown = [(row["at"][:16].replace("T", " "), _whom(row), row["name"], row["round"]) for row in rows]
    show(rows, json, table(("At (UTC)", "Pages", "Step", "Round"), shown, empty="Nobody."))


def lint(
    file: Annotated[
        str, typer.Argument(help="A policy's YAML file, or - for standard input; the team's without.")
    ] = "",
    *,
    team: OfTeam = "",
    schedule: With = [],  # noqa: B006
    json: Json = False,
) -> None:
    """Find steps that nobody holds, people without a verified channel and steps that end too soon; exit 1 then."""
    if team:
        rows = api().post(f"/teams/{team}/escalation/lint", _document(file))
    elif file:
        rows = _linted(Path(file), schedule)
    else:
        raise typer.BadParameter("Name a file, or --team TEAM for what it has.")
    shown = [
        (row["rule"], row["step"] or "all", f"{row['person']} {row['why']}".strip(), row["remedy"]) for row in rows
    ]
    show(rows, json, table(("Rule", "Step", "What", "Remedy"), shown, empty="Nothing to mend."))
    if rows:
        raise typer.Exit(EXIT_REFUSED)


def _document(file: str) -> dict[str, str]:
    return {"document": text_of(Path(file)), "file": file[-300:]} if file else {}


def _whom(row: dict[str, Any]) -> str:
    reached = ", ".join(row["people"]) or ("nobody" if row["fallback"] else "nobody, passed at once")
    return f"{reached} (unreachable: {', '.join(row['unreachable'])})" if row["unreachable"] else reached


def _offline(file: Path, schedules: list[Path], opened: datetime, *, urgent: bool) -> list[dict[str, Any]]:
    from roadbed.reliability.paging.rules.escalation import own_policy
    from roadbed.reliability.paging.rules.policies.reading import read
    from roadbed.reliability.paging.rules.policies.walking import to_the_fallback

    chain = read(text_of(file), str(file)).chain(urgent=urgent)
    known = schedule_of(schedules[0]) if schedules else None
    behind = [_named(step, known, opened) for step in chain.steps]
    policy = own_policy(chain, behind, ("the administrators",), version=0)
    return [
        {
            "at": stamp(one.at), "round": one.cycle, "step": one.step, "name": one.name, "people": list(one.people),
            "unreachable": [], "fallback": one.fallback,
        }
        for one in to_the_fallback(policy, opened)
    ]  # fmt: skip


def _linted(file: Path, schedules: list[Path]) -> list[dict[str, Any]]:
    from roadbed.reliability.paging.rules.policies.reading import read
    from roadbed.reliability.paging.rules.policies.walking import lint as found_in

    now, known = datetime.now(UTC).replace(microsecond=0), schedule_of(schedules[0]) if schedules else None
    instants = [now + timedelta(hours=hours) for hours in range(72)]
    found = found_in(read(text_of(file), str(file)), instants, lambda step, at: _named(step, known, at))
    return [
        {
            "rule": one.rule, "urgency": one.urgency, "step": one.step, "person": one.person,
            "at": stamp(one.at) if one.at else None, "why": one.why, "remedy": one.remedy,
        }
        for one in found
    ]  # fmt: skip


def _named(step: ChainStep, schedule: Schedule | None, at: datetime) -> tuple[str, ...]:
    """Whom a step pages by the team's schedule; by the step's own words where that says nothing."""
    return tuple(dict.fromkeys(who for target in step.targets for who in _of_target(target, schedule, at)))


def _of_target(target: Target, schedule: Schedule | None, at: datetime) -> tuple[str, ...]:
    from roadbed.reliability.paging.rules.policies.values import EVERYBODY, ON_CALL, SECOND
    from roadbed.reliability.paging.rules.schedules.following import order_of

    if schedule is None or target.team or target.kind not in (ON_CALL, SECOND, EVERYBODY):
        return (target.name,)
    if target.kind == EVERYBODY:
        return schedule.people
    order = order_of(schedule, at)
    place = int(bool(order.person))
    return order.people[:place] if target.kind == ON_CALL else order.people[place : place + 1]
