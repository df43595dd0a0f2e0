"""`roadbed goal`: what a team, a system or everybody means to reach, and how it stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.ground.errors import Invalid

app = typer.Typer(
    help="Goals: what a team, a system or everybody means to reach, and how it stands.", no_args_is_help=True
)
Team = Annotated[str, typer.Option(help="A team's.")]
System = Annotated[str, typer.Option(help="A system's.")]
Everybody = Annotated[bool, typer.Option("--everybody", help="The organization's.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="goal")


@app.command("set")
def set_goal(
    metric: Annotated[str, typer.Argument(help="As `roadbed goal metrics` calls it.")],
    target: Annotated[str, typer.Argument(help="Like 10%, 4h or 5.")],
    *,
    due: Annotated[str, typer.Option(help="The day it is due, like 2027-06-30.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    team: Team = "",
    system: System = "",
    everybody: Everybody = False,
    owner: Annotated[str, typer.Option(help="Who looks after it, by mail address; you, if not said.")] = "",
    quarter: Annotated[bool, typer.Option("--quarter", help="Measure over 91 days instead of 28.")] = False,
    json: Json = False,
) -> None:
    """Set a goal; where it begins is measured at once."""
    scope, name = _whose(team, system, everybody=everybody)
    if not scope:
        raise Invalid("Say whose goal it is.", remedy="One of --team NAME, --system NAME and --everybody.")
    body = {
        "scope": scope, "name": name, "metric": metric, "target": target, "due": due, "owner": owner,
        "reason": reason, "days": 91 if quarter else 28,
    }  # fmt: skip
    made = api().post("/goals", body)
    said = f"{made['title']} {made['direction']} {made['target_said']} by {made['due']}. It begins with "
    said += (
        _figure(made["baseline"], made["unit"]) if made["baseline"] is not None else f"no data: {made['baseline_why']}"
    )
    show(made, json, say("\n".join(filter(None, (f"{said}. Goal {made['uid']}", made["warning"])))))


@app.command("list")
def list_goals(
    *,
    team: Team = "",
    system: System = "",
    everybody: Everybody = False,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are closed.")] = False,
    json: Json = False,
) -> None:
    """Show goals with how each stands."""
    scope, name = _whose(team, system, everybody=everybody)
    items = api().all("/goals", scope=scope, name=name, state="closed" if closed else "open")
    rows = [
        (one["name"] or "everybody", f"{one['title']} {one['direction']} {one['target_said']}",
         _figure((one["today"] or {}).get("value"), one["unit"]), one["due"], one["standing"], one["uid"])
        for one in items
    ]  # fmt: skip
    head = ("Whose", "Goal", "Now", "Due", "Standing", "Uid")
    show({"items": items}, json, table(head, rows, empty="No goal here."))


@app.command("show")
def show_goal(goal: str, *, json: Json = False) -> None:
    """Show one goal: how it stands and why, what it tempts to, how it was worded."""
    found = api().get(f"/goals/{goal}")
    show(found, json, lambda console: _print(console, found))


@app.command()
def change(
    goal: str,
    *,
    why: Annotated[str, typer.Option(help="Why it changes.")],
    target: Annotated[str, typer.Option(help="Like 10%, 4h or 5.")] = "",
    due: Annotated[str, typer.Option(help="The day it is due.")] = "",
    owner: Annotated[str, typer.Option(help="Who looks after it, by mail address.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is there.")] = "",
    json: Json = False,
) -> None:
    """Word a goal anew; the wording before stays on record."""
    body = {"why": why, "target": target, "due": due or None, "owner": owner, "reason": reason}
    found = api().patch(f"/goals/{goal}", body)
    show(found, json, say(f"{found['title']} {found['direction']} {found['target_said']} by {found['due']}."))


@app.command()
def close(
    goal: str,
    *,
    note: Annotated[str, typer.Option(help="What came of it.")],
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Neither reached nor missed.")] = False,
    json: Json = False,
) -> None:
    """Close a goal with a note; how it came out is read from its figure of now."""
    found = api().post(f"/goals/{goal}/close", {"note": note, "withdrawn": withdrawn})
    show(found, json, say(f"Closed: {found['outcome']}."))


@app.command()
def metrics(*, team: Team = "", system: System = "", json: Json = False) -> None:
    """Show what a goal can be set on, with the figures of now."""
    found = api().get("/goals/metrics", team=team or None, system=system or None)
    rows = [(one["key"], one["name"], one["direction"], one["said"], one["why"]) for one in found["items"]]
    show(found, json, table(("Metric", "Name", "Goals are", "Now", "Why not"), rows, empty="Nothing is measured."))


def _whose(team: str, system: str, *, everybody: bool) -> tuple[str, str]:
    if sum(map(bool, (team, system, everybody))) > 1:
        raise Invalid("Name one of --team, --system and --everybody.", remedy="Leave the others out.")
    return ("team", team) if team else ("system", system) if system else ("organization" if everybody else "", "")


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "No data"
    return {"s": f"{value / 3600:,.2f} h", "share": f"{value:.1%}"}.get(unit, f"{value:,.1f} a week")


def _print(console: Console, found: dict[str, Any]) -> None:
    goal = found["goal"]
    say(f"{goal['title']} {goal['direction']} {goal['target_said']}, {goal['name'] or 'everybody'}, by {goal['due']}")(
        console
    )
    say(f"{goal['standing']}: {goal['today']['says'] if goal['today'] else 'not measured yet'}")(console)
    say(f"began with {_figure(goal['baseline'], goal['unit'])}, n = {goal['baseline_n']}; {goal['reason']}")(console)
    if goal["warning"]:
        say(goal["warning"])(console)
    rows = [(one["title"], one["said"], "yes" if one["goal"] else "no") for one in found["beside"]]
    table(("Look at beside it", "Now", "Has a goal"), rows, empty="It tempts to nothing that is measured.")(console)
    told = [(one["number"], one["target"], one["due"], one["changed_by"], one["why"]) for one in found["wordings"]]
    table(("Wording", "Target", "Due", "By", "Why"), told, empty="")(console)
