"""`roadbed team`, `roadbed person` and `roadbed token`: who there is, and what opens the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table

team = typer.Typer(help="Teams and their charters.", no_args_is_help=True)
person = typer.Typer(help="People.", no_args_is_help=True)
token = typer.Typer(help="Your tokens for the API.", no_args_is_help=True)

Layer = Annotated[str, typer.Option(help="product, delivery, reliability or platform.")]
Customers = Annotated[str, typer.Option(help="Whom the team works for.")]
Measured = Annotated[str, typer.Option("--measured-on", help="What the team is measured on.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(team, name="team")
    root.add_typer(person, name="person")
    root.add_typer(token, name="token")


@team.command("create")
def create_team(
    name: str,
    title: str = "",
    layer: Layer = "",
    customers: Customers = "",
    measured_on: Measured = "",
    *,
    json: Json = False,
) -> None:
    """Make a team."""
    body = {"name": name, "title": title, "layer": layer, "customers": customers, "measured_on": measured_on}
    done = api().post("/teams", body)
    show(done, json, say(f"The team {done['name']} is made. `roadbed team add-member {done['name']} EMAIL` fills it."))


@team.command("list")
def list_teams(*, json: Json = False) -> None:
    """List teams with their layer and size."""
    rows = api().get("/teams")
    shown = [(row["name"], row["title"], row["layer"] or None, len(row["members"])) for row in rows]
    empty = "There is no team yet. `roadbed team create NAME` makes one."
    show(rows, json, table(("Team", "Title", "Layer", "Members"), shown, empty=empty))


@team.command("show")
def show_team(name: str, *, json: Json = False) -> None:
    """Show a team's charter and members."""
    found = api().get(f"/teams/{name}")
    rows = [
        ("Team", found["name"]),
        ("Layer", found["layer"] or None),
        ("Customers", found["customers"] or None),
        ("Measured on", found["measured_on"] or None),
        *(("Member", _member(member)) for member in found["members"]),
    ]
    show(found, json, table(("", ""), rows, empty=""))


def _member(member: dict[str, Any]) -> str:
    return f"{member['name']} <{member['email']}>" + (", lead" if member["lead"] else "")


@team.command("charter")
def charter(
    name: str, layer: Layer = "", customers: Customers = "", measured_on: Measured = "", *, json: Json = False
) -> None:
    """Write a team's charter; what is left out stays as it is."""
    reach = api()
    now = reach.get(f"/teams/{name}")
    given = {"layer": layer, "customers": customers, "measured_on": measured_on}
    done = reach.put(f"/teams/{name}/charter", {field: value or now[field] for field, value in given.items()})
    show(done, json, say(f"The charter of {done['name']} is written."))


@team.command("add-member")
def add_member(
    name: str, email: str, *, lead: Annotated[bool, typer.Option("--lead")] = False, json: Json = False
) -> None:
    """Put a person in a team."""
    done = api().put(f"/teams/{name}/members/{email}", {"lead": lead})
    show(done, json, say(f"{email} is in {done['name']}."))


@team.command("remove-member")
def remove_member(name: str, email: str, *, json: Json = False) -> None:
    """Take a person out of a team."""
    done = api().delete(f"/teams/{name}/members/{email}")
    show(done, json, say(f"{email} is not in {done['name']}."))


@team.command("archive")
def archive(name: str, *, json: Json = False) -> None:
    """Take a team out of use that owns nothing any more; its past stays, and `create` brings it back."""
    api().post(f"/teams/{name}/archive")
    show({"archived": name}, json, say(f"{name} is archived."))


@person.command("invite")
def invite(
    email: str,
    name: str = "",
    role: Annotated[str, typer.Option(help="admin, member or viewer.")] = "member",
    *,
    json: Json = False,
) -> None:
    """Invite somebody, and print the link that signs them in once, within 15 minutes."""
    reach = api()
    done = reach.post("/people", {"email": email, "name": name, "role": role})
    link = reach.post("/sign-in-links", {"email": email})
    show(
        {**done, **link}, json, say(f"Give this link to {done['name']}; it works once, for 15 minutes:\n{link['url']}")
    )


@person.command("list")
def list_people(*, json: Json = False) -> None:
    """List people with role and teams."""
    rows = api().get("/people")
    shown = [
        (
            row["name"],
            row["email"],
            row["role"] if row["active"] else f"{row['role']}, may not sign in",
            ", ".join(row["teams"]),
        )
        for row in rows
    ]
    show(rows, json, table(("Name", "E-mail", "Role", "Teams"), shown, empty="Nobody is here yet."))


@token.command("create")
def create_token(
    name: str,
    scope: Annotated[
        list[str] | None, typer.Option(help="A verb it is limited to; may be given several times.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="Days until it expires; without, it does not.", min=1, max=3650)
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Make a token; its secret is printed this once."""
    body: dict[str, Any] = {"name": name, "scopes": scope or None}
    if days:
        body["expires_at"] = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    done = api().post("/tokens", body)
    show(done, json, say(f"{done['secret']}\nIt is shown this once. `roadbed token revoke {done['uid']}` ends it."))


@token.command("list")
def list_tokens(*, json: Json = False) -> None:
    """List your tokens."""
    rows = api().get("/tokens")
    shown = [(row["name"], f"{row['prefix']}…", _scopes(row), _state(row), row["uid"]) for row in rows]
    show(rows, json, table(("Name", "Begins", "Scopes", "State", "Uid"), shown, empty="You have no token."))


def _scopes(row: dict[str, Any]) -> str:
    return "all of its maker's" if row["scopes"] is None else ", ".join(row["scopes"])


def _state(row: dict[str, Any]) -> str:
    if row["revoked_at"]:
        return "revoked"
    return f"until {row['expires_at'][:10]}" if row["expires_at"] else "no end"


@token.command("revoke")
def revoke(uid: str) -> None:
    """End a token."""
    api().delete(f"/tokens/{uid}")
    show({"revoked": uid}, False, say(f"The token {uid} opens nothing any more."))
