"""`roadbed review`: what is learned from an incident, and what is done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import checking, reviews_learning, spelling
from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

app = typer.Typer(help="Reviews of incidents, and their actions.", no_args_is_help=True)
app.command()(checking.check)
for _learning in (
    reviews_learning.search, reviews_learning.patterns, reviews_learning.recurrences, reviews_learning.similar,
    reviews_learning.export,
):  # fmt: skip
    app.command()(_learning)


@app.command(name="list")
def list_(
    state: Annotated[str, typer.Option(help="draft or published.")] = "",
    *,
    json: Json = False,
) -> None:
    """Reviews, newest first."""
    rows = api().get("/reviews", state=state or None, limit=100)["items"]
    head = ("Review", "Service", "State", "Harm", "Actions", "Due", "Title")
    drawn = [
        (
            one["name"],
            one["service"],
            one["state"],
            f"{one['impact_minutes']} min",
            f"{one['actions_open']} open of {one['actions_count']}" if one["actions_count"] else "none named",
            one["due"],
            one["title"],
        )
        for one in rows
    ]
    show(rows, json, table(head, drawn, empty="No review. One is drafted when an incident is resolved."))


@app.command(name="show")
def show_(reference: str, *, json: Json = False) -> None:
    """One review, by its incident: INC-7."""
    one = api().get(f"/reviews/{reference}")
    show(one, json, lambda console: _print(one, console))


@app.command()
def factor(
    reference: str,
    text: str,
    *,
    kind: Annotated[str, typer.Option(help="change, latent-design, dependency, capacity, observability, …")] = "",
    evidence: Annotated[str, typer.Option(help="What shows it.")] = "",
    role: Annotated[
        str, typer.Option(help="contributed, limited (harm) or luck; the last two need no kind.")
    ] = "contributed",
    leads_to: Annotated[str, typer.Option(help="The factor that it contributed to, such as F2, or harm.")] = "",
    json: Json = False,
) -> None:
    """Name a factor that contributed, or one that limited harm."""
    body = {"text": text, "kind": kind, "evidence": evidence, "role": role, "leads_to": leads_to}
    one = api().post(f"/reviews/{reference}/factors", body)
    show(one, json, say(f"{one['key']} is named."))


@app.command()
def link(
    reference: str,
    cause: str,
    effect: Annotated[str, typer.Argument(help="The factor that it contributed to, or harm.")],
    *,
    take_back: Annotated[bool, typer.Option("--take-back", help="It did not.")] = False,
    json: Json = False,
) -> None:
    """Say that a factor contributed to another, or to the harm; a circle is refused."""
    if take_back:
        one = api().delete(f"/reviews/{reference}/links/{cause}/{effect}")
    else:
        one = api().post(f"/reviews/{reference}/links", {"cause": cause, "effect": effect})
    show(one, json, say(f"{cause} {'did not lead' if take_back else 'led'} to {effect}."))


@app.command()
def rewrite(
    reference: str,
    sentence: Annotated[str, typer.Argument(help="The sentence as it stands there.")],
    where: Annotated[str, typer.Option(help="The section or the factor: sense, F1, …")],
    *,
    json: Json = False,
) -> None:
    """Replace a sentence that blames by the rewrite that its hint offers."""
    one = api().post(f"/reviews/{reference}/rewrites", {"where": where, "sentence": sentence})
    show(one, json, say(f"{one['where']} now says: {one['text']}"))


@app.command()
def action(
    reference: str,
    text: str,
    *,
    factor: Annotated[str, typer.Option(help="The factor that it works on, such as F1.")],
    lever: Annotated[str, typer.Option(help="remove, less-likely, detect-sooner, smaller-blast or faster-recovery.")],
    owner: Annotated[str, typer.Option(help="One person, by mail address or name.")],
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day by which it is done.")],
    evidence: Annotated[str, typer.Option(help="What will show that it is done.")],
    json: Json = False,
) -> None:
    """Add an action: what changes, by which lever, who does it, until when, and what will show it."""
    body = {
        "text": text,
        "factor": factor,
        "lever": lever,
        "owner": owner,
        "due": due.date().isoformat(),
        "evidence": evidence,
    }
    one = api().post(f"/reviews/{reference}/actions", body)
    show(one, json, say(f"{one['key']} is {one['owner']}'s, due {one['due']}."))


@app.command()
def close(
    reference: str,
    key: str,
    evidence: Annotated[
        str, typer.Option(help="What shows it: an address, deployment:ID, fact:ID or objective:SERVICE/NAME.")
    ],
    *,
    json: Json = False,
) -> None:
    """Close an action with its evidence."""
    one = api().post(f"/reviews/{reference}/actions/{key}/close", {"evidence": evidence})
    said = "is closed" if one["closed_at"] else "waits for somebody else's look: `roadbed review look`"
    show(one, json, say(f"{one['key']} {said}."))


@app.command()
def look(
    reference: str,
    key: str,
    *,
    send_back: Annotated[str, typer.Option("--send-back", help="Why the evidence does not show it.")] = "",
    json: Json = False,
) -> None:
    """Look a second time at an action's evidence: close it, or send it back."""
    body = {"agrees": not send_back, "why": send_back}
    one = api().post(f"/reviews/{reference}/actions/{key}/look", body)
    show(one, json, say(f"{one['key']} is {'sent back' if send_back else 'closed'}."))


@app.command(name="accept-risk")
def accept_risk(
    reference: str,
    reason: str,
    *,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it is borne.")],
    json: Json = False,
) -> None:
    """Accept the risk until a day, signed by you: for leads of the owning team and admins."""
    body = {"reason": reason, "expires_on": until.date().isoformat()}
    one = api().post(f"/reviews/{reference}/acceptances", body)
    show(one, json, say(f"The risk of {one['name']} is accepted until {body['expires_on']}."))


@app.command()
def publish(reference: str, *, json: Json = False) -> None:
    """Publish it; what is missing is named."""
    one = api().post(f"/reviews/{reference}/publish")
    show(one, json, say(f"The review of {one['name']} is published."))


def _print(one: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]Review of {one['name']}[/] {escape(one['title'])}, {one['state']}")
    console.print(f"{escape(one['service'])}: {one['impact_minutes']} min of harm, severity {one['severity']}.")
    for spent in one["budget"]:
        share = spelling.share(spent["share"])
        console.print(
            f"  {escape(spent['title'])}: {share} of its budget, {spent['bad']:,} bad of {spent['total']:,} in "
            f"{spent['measured_minutes']} measured min"
        )
    for factor_ in one["factors"]:
        console.print(
            f"  [bold]{factor_['key']}[/] {escape(factor_['text'])} ({escape(factor_['kind_word'])}){_led_to(factor_)}"
        )
    for action_ in one["actions"]:
        state = f"closed: {action_['closing_evidence']}" if action_["closed_at"] else f"due {action_['due']}"
        said = f"{action_['text']}, on {action_['factor']}: {action_['lever_word']}, {action_['owner']}, {state}"
        console.print(f"  [bold]{action_['key']}[/] {escape(said)}")
    if one["missing"]:
        console.print("[bold]Before it can be published[/]")
        for line in one["missing"]:
            console.print(f"  {escape(line)}")


def _led_to(factor_: dict[str, Any]) -> str:
    return f", led to {', '.join(factor_['leads_to'])}" if factor_["leads_to"] else ""
