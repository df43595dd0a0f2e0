"""`roadbed alerts`: doors for monitoring systems, what came through them, silences, and mail piped in."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.markup import escape

from roadbed.cli import silences
from roadbed.cli.client import Unreachable, access, api
from roadbed.cli.output import Json, say, show, table
from roadbed.cli.spelling import does, instant, length
from roadbed.ground.errors import Invalid, Place

app = typer.Typer(help="Alerts of other systems, and silences.", no_args_is_help=True)
integration = typer.Typer(help="Doors for monitoring systems, each with a key.", no_args_is_help=True)
mapping = typer.Typer(help="What the fields of JSON of one's own mean.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The integration's name.")]
LARGEST_MAIL = 1024 * 1024


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="alerts")


app.add_typer(integration, name="integration")
app.add_typer(mapping, name="map")
silences.register(app)


@integration.command("new")
def new(
    kind: Annotated[str, typer.Argument(help="alertmanager, grafana, pagerduty, cloudwatch, json or mail.")],
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")],
    *,
    team: Annotated[str, typer.Option(help="Who is paged about what is of no service in the catalogue.")] = "",
    service: Annotated[str, typer.Option(help="The one service that everything of it is about.")] = "",
    pages_at: Annotated[int | None, typer.Option(help="The least severity that pages, 1 (worst) to 4.")] = None,
    quiet: Annotated[str, typer.Option(help="An alert not repeated for so long is over, like 6h.")] = "",
    silent: Annotated[str, typer.Option(help="It counts as silent after so long without a message, like 1d.")] = "",
    map_file: Annotated[Path | None, typer.Option("--map", help="Of JSON: a YAML file with the mapping.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Of CloudWatch: the PEM behind SigningCertURL.")] = None,
    json: Json = False,
) -> None:
    """Open a door for a monitoring system; prints its key, this once."""
    sent: dict[str, Any] = {"kind": kind, "name": name, "team": team, "service": service, "pages_at": pages_at}
    sent |= _settings(quiet, silent, map_file, certificate)
    opened = api().post("/alerts/integrations", sent)
    show(opened, json, lambda console: _print_key(opened, console))


def _settings(quiet: str, silent: str, map_file: Path | None, certificate: Path | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, said in (("quiet_seconds", quiet), ("silent_seconds", silent)):
        if said:
            found[name] = int(length(said).total_seconds()) if said != "0" else 0
    if map_file is not None:
        found["mapping"] = _read(map_file)
    if certificate is not None:
        found["certificate"] = certificate.read_text()
    return found


def _read(path: Path) -> Any:
    """JSON or YAML of a file, or of standard input for `-`."""
    try:
        return yaml.safe_load(sys.stdin.read() if str(path) == "-" else path.read_text())
    except (OSError, UnicodeDecodeError) as fault:
        raise Invalid(f"{path} cannot be read: {fault}.", remedy="Name a file.", place=Place(str(path))) from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = Place(str(path), mark.line + 1 if mark else None)
        raise Invalid("It is neither JSON nor YAML.", remedy="Mend it there.", place=place) from None


def _print_key(opened: dict[str, Any], console: Console) -> None:
    console.print(f"Key, shown this once: [bold]{escape(opened['key'])}[/]")
    console.print(f"Address: [bold]{escape(opened['address'].replace('KEY', opened['key']))}[/]")
    if opened["both_open_until"]:
        console.print(f"Until {escape(opened['both_open_until'][:19])} the former key opens the door as well.")
    console.print(f"At the sender: {escape(opened['setting'])}")


@integration.command("list")
def list_integrations(*, json: Json = False) -> None:
    """List integrations: when each was last heard, what is open, what could not be read."""
    found = api().get("/alerts/integrations")
    rows = [
        (one["name"], one["title"], one["team"] or one["service"], _standing(one), one["open"], one["unreadable"],
         instant(one["last_seen_at"]))
        for one in found["items"]
    ]  # fmt: skip
    head = ("Name", "Sender", "For", "State", "Open", "Unreadable", "Last message")
    show(found, json, table(head, rows, empty="No system sends alerts. `roadbed alerts integration new` opens a door."))


def _standing(one: dict[str, Any]) -> str:
    if one["archived_at"]:
        return "archived"
    if one["confirm_url"]:
        return "waits to be confirmed"
    if one["silent_since"]:
        return f"silent since {instant(one['silent_since'])}"
    return "speaks" if one["last_seen_at"] else "nothing yet"


@integration.command("show")
def show_integration(name: Name, *, json: Json = False) -> None:
    """Show one: its address, what it does with what comes, how it is."""
    one = api().get(f"/alerts/integrations/{name}")
    rows = [
        ("Name", one["name"]), ("Sender", one["title"]), ("For", one["team"] or one["service"]),
        ("Address", one["address"]), ("Key", f"{one['hint']}…"), ("Pages from severity", one["pages_at"]),
        ("Over when not repeated for", _seconds(one["quiet_seconds"])),
        ("Silent after", _seconds(one["silent_seconds"])), ("State", _standing(one)), ("Open alerts", one["open"]),
        ("Unreadable", one["unreadable"]), ("At the sender", one["setting"]),
    ]  # fmt: skip
    if one["confirm_url"]:
        rows.append(("Confirm the subscription at", one["confirm_url"]))
    show(one, json, table(("", ""), rows, empty=""))


def _seconds(said: int | None) -> str:
    return f"{said} s" if said else "never"


@integration.command("change")
def change(
    name: Name,
    *,
    pages_at: Annotated[int | None, typer.Option(help="The least severity that pages, 1 (worst) to 4.")] = None,
    quiet: Annotated[str, typer.Option(help="An alert not repeated for so long is over, like 6h; 0 for never.")] = "",
    silent: Annotated[str, typer.Option(help="It counts as silent after so long, like 1d; 0 for never.")] = "",
    map_file: Annotated[Path | None, typer.Option("--map", help="Of JSON: a YAML file with the mapping.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="Of CloudWatch: the PEM behind SigningCertURL.")] = None,
    json: Json = False,
) -> None:
    """Change what it does with what comes from now on; what is left out stays."""
    sent = {"pages_at": pages_at, **_settings(quiet, silent, map_file, certificate)}
    show(api().patch(f"/alerts/integrations/{name}", sent), json, say(f"{name} is changed."))


@integration.command("rotate")
def rotate(
    name: Name,
    overlap: Annotated[float, typer.Option(help="Hours for which the former key opens too; 0 to 168.")] = 24.0,
    *,
    json: Json = False,
) -> None:
    """Make a new key; prints it, this once."""
    opened = api().post(f"/alerts/integrations/{name}/rotate", {"overlap_hours": overlap})
    show(opened, json, lambda console: _print_key(opened, console))


@integration.command("archive")
def archive(name: Name, *, json: Json = False) -> None:
    """Close the door; what came through it stays."""
    done = api().post(f"/alerts/integrations/{name}/archive")
    show(done, json, say(f"{name} is archived; its key opens nothing."))


@integration.command("restore")
def restore(name: Name, *, json: Json = False) -> None:
    """Open it again, with the key that it had."""
    show(api().post(f"/alerts/integrations/{name}/restore"), json, say(f"{name} takes alerts again."))


@integration.command("replay")
def replay(name: Name, *, json: Json = False) -> None:
    """Read again what could not be read, as after its mapping was mended."""
    done = api().post(f"/alerts/integrations/{name}/replay")
    show(done, json, say(f"{done['deliveries']} deliveries are read again."))


@mapping.command("try")
def try_mapping(
    map_file: Annotated[Path, typer.Argument(help="A YAML or JSON file with the mapping.")],
    sample: Annotated[Path, typer.Argument(help="A file with a message; - for standard input.")],
    *,
    json: Json = False,
) -> None:
    """Read a message by a mapping, offline; nothing is kept."""
    from roadbed.ground.ports.events import Unreadable
    from roadbed.ground.ports.payloads import parsed
    from roadbed.reliability.paging.rules.alerts import mapping as rules

    checked = rules.checked(_read(map_file))
    try:
        raw = sys.stdin.buffer.read() if str(sample) == "-" else sample.read_bytes()
        told = rules.read(parsed(raw), checked)
    except (OSError, Unreadable) as fault:
        remedy = "Mend the path, or the sample."
        raise Invalid(str(fault), remedy=remedy, place=Place(str(sample))) from None
    found = [
        {"key": one.key, "action": one.action, "title": one.title, "severity": one.severity, "service": one.service,
         "labels": dict(one.labels), "started_at": one.started_at, "link": one.link}
        for one in told.signals
    ]  # fmt: skip
    rows = [
        (one["action"], one["severity"], one["title"], one["service"] or "by its labels", one["key"]) for one in found
    ]
    show(found, json, table(("Does", "Severity", "Title", "Service", "Key"), rows, empty="It holds no alert."))


@app.command("list")
def list_alerts(
    state: Annotated[str, typer.Option(help="open, firing, acknowledged, held, listed, resolved; all.")] = "open",
    service: Annotated[str, typer.Option(help="One service's.")] = "",
    team: Annotated[str, typer.Option(help="One team's.")] = "",
    integration_name: Annotated[str, typer.Option("--integration", help="One integration's.")] = "",
    *,
    json: Json = False,
) -> None:
    """List alerts, newest first; by default the open ones."""
    wanted = "" if state == "all" else state
    found = api().get("/alerts", state=wanted, service=service, team=team, integration=integration_name)["items"]
    rows = [
        (one["uid"], one["title"], one["service"] or one["team"], one["severity"], does(one), one["times"])
        for one in found
    ]
    show(
        found, json, table(("Alert", "What", "Of", "Severity", "State", "Times"), rows, empty="There is no such alert.")
    )


@app.command("show")
def show_alert(uid: str, *, json: Json = False) -> None:
    """Show one alert with everything that was decided about it."""
    found = api().get(f"/alerts/{uid}")
    one = found["alert"]

    def printing(console: Console) -> None:
        console.print(f"[bold]{escape(one['title'])}[/], {escape(does(one))}")
        print_decisions(found["decisions"], console)

    show(found, json, printing)


def print_decisions(decisions: list[dict[str, Any]], console: Console) -> None:
    """Decisions with their reasons, oldest first."""
    for one in decisions:
        console.print(f"{instant(one['at'])}  [bold]{escape(one['outcome'])}[/]")
        for reason in one["reasons"]:
            console.print(f"  {escape(reason)}")
        if one["on_call"]:
            console.print(f"  On call: {escape(', '.join(one['on_call']))}.")


@app.command("mail")
def mail(
    key: Annotated[str, typer.Argument(help="The key, or an address like alerts+KEY@host.")],
    *,
    json: Json = False,
) -> None:
    """Hand in a mail from standard input, as a mail server's pipe does; ends with 75 where it should try again."""
    import httpx

    raw = sys.stdin.buffer.read(LARGEST_MAIL + 1)
    found = re.search(r"\+([0-9a-fA-F]{8,100})@", key)
    try:
        sent = httpx.post(
            f"{access().url}/alerts/in/{found[1] if found else key}", content=raw, timeout=30, trust_env=False,
            headers={"content-type": "message/rfc822"},
        )  # fmt: skip
    except (httpx.HTTPError, Unreachable):
        sys.stderr.write("Roadbed does not answer; hand it in again later.\n")
        raise typer.Exit(75) from None  # EX_TEMPFAIL: the mail server keeps it and tries again
    told = sent.json()
    if sent.status_code >= 500:  # noqa: PLR2004 - its fault
        raise typer.Exit(75)
    if sent.status_code >= 400:  # noqa: PLR2004 - ours
        raise Invalid(str(told.get("detail", "It was refused.")), remedy=str(told.get("remedy", "")))
    show(told, json, say("It is stored, and read by the pager."))
