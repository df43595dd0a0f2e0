"""`roadbed layers`: who answers for delivery, reliability and platform, today's figures, and what they ask for."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.ground.errors import Invalid

app = typer.Typer(help="The three layers side by side, and advice for the organization.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="layers")


@app.command("show")
def show_layers(*, json: Json = False) -> None:
    """Who is accountable, today's figures, the gaps and the advice; for a handful of people, of one team."""
    told = api().get("/layers")
    show(told, json, lambda console: _print(console, told))


@app.command()
def enter(
    *,
    engineers: Annotated[int | None, typer.Option(help="Engineers, where not all are people of this Roadbed.")] = None,
    contractual_uptime: Annotated[
        bool | None, typer.Option("--contractual-uptime/--no-contractual-uptime", help="Uptime is in contracts.")
    ] = None,
    consumer_scale: Annotated[
        bool | None, typer.Option("--consumer-scale/--no-consumer-scale", help="Millions use the product.")
    ] = None,
    divergent_ci: Annotated[
        bool | None, typer.Option("--divergent-ci/--no-divergent-ci", help="Teams deploy each in their own way.")
    ] = None,
    forget: Annotated[list[str], typer.Option("--forget", help="Make one of these unknown again.")] = [],  # noqa: B006
    json: Json = False,
) -> None:
    """Enter what nobody can measure; what is not named stays as it is."""
    given = {"engineers": engineers, "contractual_uptime": contractual_uptime, "consumer_scale": consumer_scale,
             "divergent_ci": divergent_ci}  # fmt: skip
    unknown = [name for name in forget if name.replace("-", "_") not in given]
    if unknown:
        raise Invalid(f"There is no {unknown[0]!r} to forget.", remedy=f"One of {', '.join(given)}.")
    body: dict[str, int | bool | None] = {name: value for name, value in given.items() if value is not None}
    body |= dict.fromkeys((name.replace("-", "_") for name in forget), None)
    if not body:
        raise Invalid("Nothing was entered.", remedy="Name something, like --engineers 74.")
    kept = api().patch("/organization", body)
    said = ", ".join(f"{name.replace('_', ' ')} {_word(value)}" for name, value in kept.items())
    show(kept, json, say(f"Kept: {said}."))


def _word(value: object) -> str:
    return "unknown" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@app.command()
def roles(*, json: Json = False) -> None:
    """Show vacancies, the newest first."""
    page = api().get("/organization/roles")
    rows = [
        (one["title"], one["team"], one["opened_at"], "closed" if one["closed_at"] else "open", one["uid"])
        for one in page["items"]
    ]
    show(page, json, table(("Title", "Team", "Since", "State", "Role"), rows, empty="No role was ever entered."))


@app.command("open-role")
def open_role(
    title: str, *, team: Annotated[str, typer.Option(help="For which team.")] = "", json: Json = False
) -> None:
    """Enter a vacancy, by the title in its advert."""
    made = api().post("/organization/roles", {"title": title, "team": team})
    show(made, json, say(f"“{made['title']}” is open. Role {made['uid']}"))


@app.command("close-role")
def close_role(uid: Annotated[str, typer.Argument(metavar="ROLE")], *, json: Json = False) -> None:
    """Somebody was hired, or the search ended."""
    closed = api().post(f"/organization/roles/{uid}/close")
    show(closed, json, say(f"“{closed['title']}” is closed."))


def _print(console: Console, told: dict[str, Any]) -> None:
    if told["small"]:
        console.print(f"One team: {told['people']} people, {told['services']} services. No layers are needed yet.")
        measures = [one for layer in told["layers"] for one in layer["measures"] if not one["supplier"]]
        _measures(console, measures)
        return
    for layer in told["layers"]:
        console.print(f"[bold]{layer['name']}[/]: {escape(layer['accountable'])}")
        if layer["teams"]:
            console.print(f"  teams: {escape(', '.join(layer['teams']))}")
        _measures(console, layer["measures"])
        for gap in layer["gaps"]:
            console.print(f"  {gap['state']}: {escape(gap['text'])}")
    _advice(console, told["advice"])


def _advice(console: Console, advice: dict[str, Any]) -> None:
    if stage := advice["stage"]:
        console.print(f"[bold]Advice[/]: {escape(stage['says'])} ({stage['rule']})")
        for said in stage["evidence"]:
            console.print(f"  {escape(said)}")
    console.print(f"[bold]Hire[/]: {advice['hiring']['says']} ({advice['hiring']['rule']})")
    for said in advice["hiring"]["reasons"]:
        console.print(f"  {escape(said)}")
    console.print(f"[bold]Quadrant[/]: {escape(advice['quadrant']['says'])}")
    for one in advice["patterns"]:
        console.print(f"  {one['state']}: {escape(one['title'])} ({one['rule']}). {escape(one['evidence'])}.")


def _measures(console: Console, measures: list[dict[str, Any]]) -> None:
    rows = [
        (one["name"], one["value"], f"Would come from {one['supplier']}." if one["supplier"] else one["note"])
        for one in measures
    ]
    table(("Measure", "Today", "Note"), rows, empty="No data")(console)
