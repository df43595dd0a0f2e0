"""`roadbed runbook`: find one, look whether it is right, run it step by step, say what was done by hand."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from roadbed.cli import local_steps
from roadbed.cli.client import Api, api
from roadbed.cli.output import EXIT_REFUSED, Json, out, say, show, table
from roadbed.ground.errors import Invalid, NotFound, Place

app = typer.Typer(help="What to do when something pages, run step by step.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(help="SERVICE/NAME, or its uid.", metavar="RUNBOOK")]
Step = Annotated[int, typer.Option("--step", "-s", min=1, help="Which step.")]
Environment = Annotated[str, typer.Option("--environment", "-e", help="Where.")]
Incident = Annotated[str, typer.Option(help="INC-7; without it the one that is open there, `none` for none.")]
UNDER_WAY = ("waiting", "running")
GOOD = ("succeeded", "done", "shown")


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="runbook")


@app.command(name="list")
def list_(
    *,
    service: Annotated[str, typer.Option(help="One service's.")] = "",
    owner: Annotated[str, typer.Option(help="One team's.")] = "",
    state: Annotated[str, typer.Option(help="fresh, stale or broken.")] = "",
    gaps: Annotated[bool, typer.Option("--gaps", help="Objectives and alerts that have none, instead.")] = False,
    json: Json = False,
) -> None:
    """List runbooks, and whether they can be trusted."""
    if gaps:
        found = api().get("/runbooks/coverage", service=service, owner=owner)
        bare = [(one["service"], one["owner"], one["kind"], one["name"]) for one in found["uncovered"]]
        gap_head = ("Service", "Owner", "", "Without a runbook")
        show(found, json, table(gap_head, bare, empty=f"All {found['whole']} that can page have one."))
        return
    found_rows = api().all("/runbooks", service=service, owner=owner, state=state)
    shown = [
        (f"{row['service']}/{row['slug']}", row["title"], row["state"], f"{row['runnable']} of {row['steps']}",
         (row["run_at"] or "never")[:16].replace("T", " "), " ".join(doubt["text"] for doubt in row["doubts"]))
        for row in found_rows
    ]  # fmt: skip
    head = ("Runbook", "Title", "State", "Steps that run", "Last run (UTC)", "")
    show(found_rows, json, table(head, shown, empty="There is no runbook."))


@app.command()
def reminders(
    *,
    wanted: Annotated[bool | None, typer.Option("--on/--off", help="Get such mails, or none.")] = None,
    json: Json = False,
) -> None:
    """Show or say whether you get a mail when runbooks of your teams go stale."""
    address = "/me/runbook-reminders"
    found = api().get(address) if wanted is None else api().put(address, {"wanted": wanted})
    show(found, json, say("A mail comes when one goes stale." if found["wanted"] else "No such mails come to you."))


@app.command(name="show")
def show_(
    runbook: Reference,
    version: Annotated[int | None, typer.Option(min=1, help="An earlier version.")] = None,
    *,
    json: Json = False,
) -> None:
    """Show one: its text, its steps, and what was run."""
    client = api()
    found = client.get(f"/runbooks/{_uid(client, runbook)}", version=version)
    if json:
        show(found, json, say(""))
        return
    out.print(found["text"], markup=False)
    rows = [
        (one["number"], one["title"], "by hand" if one["by_hand"] else one["needs"], ", ".join(one["parameters"]))
        for one in found["step_list"]
    ]
    table(("Step", "", "Needs", "Parameters"), rows, empty="It has no step.")(out)
    for doubt in found["doubts"]:
        out.print(f"{doubt['text']} {doubt['clears']}", markup=False)


@app.command()
def lint(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.", metavar="PATH...")], *, json: Json = False
) -> None:
    """Find what is wrong with files, offline. Exits with 1 when there is an error; warnings leave it at 0."""
    found = [one for path in paths for one in local_steps.lint(path)]
    rows = [
        (f"{one['file']}:{one['line']}", one["severity"], one["rule"], f"{one['detail']} {one['remedy']}")
        for one in found
    ]
    show(found, json, table(("Where", "", "Rule", ""), rows, empty="Nothing is wrong."))
    if any(one["severity"] == "error" for one in found):
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def put(
    service: Annotated[str, typer.Argument(help="The service.")],
    name: Annotated[str, typer.Argument(help="Its name, like lookups-return-503.")],
    file: Annotated[Path, typer.Argument(help="The Markdown file.")],
    *,
    json: Json = False,
) -> None:
    """Keep a file as a runbook of a service whose repository Roadbed does not read."""
    done = api().put(f"/services/{service}/runbooks/{name}", {"text": local_steps.text_of(file)})
    wrong = f" {len(done['findings'])} findings: `roadbed runbook lint {file}`." if done["findings"] else ""
    show(done, json, say(f"{service}/{name} is {done['change']}, version {done['version']}.{wrong}"))


@app.command()
def remove(service: str, name: str, *, json: Json = False) -> None:
    """Take away a runbook that was put; its runs stay on record."""
    api().delete(f"/services/{service}/runbooks/{name}")
    show({"removed": f"{service}/{name}"}, json, say(f"{service}/{name} is taken away."))


@app.command()
def read(
    service: Annotated[str, typer.Argument(help="The service.")],
    ref: Annotated[str, typer.Option(help="A branch, tag or commit; without it the commit that serves.")] = "",
    *,
    json: Json = False,
) -> None:
    """Read a service's repository now. Exits with 1 when a file could not be read."""
    done = api().post(f"/services/{service}/runbooks/read", {"ref": ref})
    rows: list[tuple[object, ...]] = [
        (one["slug"], one["version"], one["change"], len(one["findings"])) for one in done["taken"]
    ]
    rows += [(one["file"], None, f"{one['detail']} {one['remedy']}", None) for one in done["faults"]]
    show(done, json, table(("Runbook", "Version", "", "Findings"), rows, empty="Its repository has no runbook."))
    if done["faults"]:
        raise typer.Exit(EXIT_REFUSED)


@app.command()
def reviewed(
    runbook: Reference, note: Annotated[str, typer.Option(help="A word on it.")] = "", *, json: Json = False
) -> None:
    """Say that you read it and that it is still right."""
    client = api()
    client.post(f"/runbooks/{_uid(client, runbook)}/reviewed", {"note": note})
    show({"reviewed": runbook}, json, say(f"{runbook} is reviewed."))


@app.command()
def run(
    runbook: Annotated[str, typer.Argument(help="SERVICE/NAME or its uid; with --local the FILE.", metavar="RUNBOOK")],
    step: Step,
    *,
    given: Annotated[list[str], typer.Option("--set", help="A parameter, as name=value.")] = [],  # noqa: B006 - typer's
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Run its dry run, or only show it.")] = False,
    local: Annotated[bool, typer.Option("--local", help="Here, as yourself; recorded now or later.")] = False,
    service: Annotated[str, typer.Option(help="With --local: whose it is.")] = "",
    environment: Environment = "production",
    incident: Incident = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Run one step after showing the exact command. Exits with 0 when it came out, 1 when refused or failed."""
    values = _values(given)
    if local:
        asked = local_steps.Asked(Path(runbook), step, values, service, environment, incident, dry_run=dry_run)
        done = local_steps.run(asked, confirm=lambda text: yes or _agreed(text), quiet=json)
        show(done, json, say(_recorded(done)))
        raise typer.Exit(EXIT_REFUSED if done["exit_code"] else 0)
    client = api()
    uid = _uid(client, runbook)
    body = {"parameters": values, "environment": environment, "incident": incident, "dry_run": dry_run}
    plan = client.post(f"/runbooks/{uid}/steps/{step}/plan", body)
    if not yes and not _stands_open(plan):
        out.print(_shown(plan), markup=False)
        raise typer.Exit(EXIT_REFUSED)
    if not yes and not _agreed(_shown(plan)):
        raise typer.Exit(EXIT_REFUSED)
    started = client.post(f"/runbooks/{uid}/steps/{step}/runs", body | {"shown": plan["shown"]})
    done = _follow(client, started["uid"], quiet=json)
    show(done, json, say(_ended(done)))
    raise typer.Exit(0 if done["state"] in GOOD else EXIT_REFUSED)


@app.command()
def done(
    runbook: Reference,
    step: Step,
    minutes: Annotated[int, typer.Option("--minutes", "-m", min=1, max=1440, help="How long it took.")],
    *,
    failed: Annotated[bool, typer.Option("--failed", help="It did not come out.")] = False,
    note: Annotated[str, typer.Option(help="What came of it.")] = "",
    environment: Environment = "production",
    incident: Incident = "",
    json: Json = False,
) -> None:
    """Tick off a step that you did by hand."""
    client = api()
    body = {"minutes": minutes, "came_out": not failed, "note": note, "environment": environment, "incident": incident}
    made = client.post(f"/runbooks/{_uid(client, runbook)}/steps/{step}/done", body)
    show(made, json, say(f"Step {step} is ticked off, {minutes} min."))


@app.command()
def runs(
    runbook: Annotated[str, typer.Argument(help="SERVICE/NAME or its uid; all without.")] = "",
    *,
    service: Annotated[str, typer.Option(help="One service's.")] = "",
    json: Json = False,
) -> None:
    """List the newest runs."""
    client = api()
    uid = _uid(client, runbook) if runbook else ""
    rows = client.get("/runbook-runs", runbook=uid, service=service)["items"]
    shown = [
        (row["uid"], row["asked_at"][:16], row["service"], f"{row['step']} {row['title']}", row["state"], row["person"],
         row["incident"])
        for row in rows
    ]  # fmt: skip
    head = ("Run", "When (UTC)", "Service", "Step", "State", "Who", "Incident")
    show(rows, json, table(head, shown, empty="No step was run yet."))


@app.command()
def stop(uid: Annotated[str, typer.Argument(help="The run's uid.")], *, json: Json = False) -> None:
    """Stop a run. What it did already stays done."""
    client = api()
    client.post(f"/runbook-runs/{uid}/kill")
    ended = _follow(client, uid, quiet=True)
    show(ended, json, say(_ended(ended)))


def _uid(client: Api, reference: str) -> str:
    service, slash, slug = reference.partition("/")
    if not slash:
        return reference
    for row in client.all("/runbooks", service=service):
        if row["slug"] == slug:
            return str(row["uid"])
    raise NotFound(
        f"There is no runbook {reference}.", remedy=f"`roadbed runbook list --service {service}` lists them."
    )


def _values(given: list[str]) -> dict[str, str]:
    values = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise Invalid(f"{one!r} is no parameter.", remedy="Write --set name=value.", place=Place(field="--set"))
        values[name] = value
    return values


def _shown(plan: dict[str, Any]) -> str:
    stands = "" if plan["allowed"] else f"\nNot allowed: {plan['reason']}."
    stands += f"\nIt cannot run: {plan['obstacle']}" if plan["obstacle"] else ""
    where = f"{plan['service']}, {plan['environment']}" + (f", as {plan['user']}" if plan["user"] else "")
    on = f", recorded on {plan['incident']}" if plan["incident"] else ""
    return f"{plan['command']}\n\nStep {plan['step']}, {plan['title']}: {where}{on}.{stands}"


def _stands_open(plan: dict[str, Any]) -> bool:
    """Whether a yes would run it; nobody is asked for one that leads nowhere."""
    return bool(plan["allowed"]) and not plan["obstacle"]


def _agreed(text: str) -> bool:
    out.print(text, markup=False)
    return typer.confirm("Run it?", default=False)


def _follow(client: Api, uid: str, *, quiet: bool) -> dict[str, Any]:
    """Wait until it is over; what it prints is shown as it comes."""
    seen = 0
    while True:
        row: dict[str, Any] = client.get(f"/runbook-runs/{uid}")
        if not quiet and len(row["output"]) > seen:
            out.print(row["output"][seen:], markup=False, end="")
            seen = len(row["output"])
        if row["state"] not in UNDER_WAY:
            return row
        time.sleep(0.5)


def _ended(row: dict[str, Any]) -> str:
    code = "" if row["exit_code"] is None else f", exit code {row['exit_code']}"
    cut = " The output is cut after 64 KiB." if row["truncated"] else ""
    return f"Step {row['step']}: {row['state']}{code}. {row['note']}{cut}".strip()


def _recorded(done: dict[str, Any]) -> str:
    return f"Step {done['step']} ended with {done['exit_code']}. {done['recorded']}"
