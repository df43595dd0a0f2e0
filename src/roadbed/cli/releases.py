"""Deploy, roll back, look and stop: `roadbed deploy|rollback|status|releases|logs|stop`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from roadbed.cli import client, output
from roadbed.cli.following import Follower, tell_failure, tell_verdict
from roadbed.cli.output import Json
from roadbed.ground.errors import Invalid, Place
from roadbed.platform.releases import rules

Service = Annotated[str, typer.Argument(help="The service's name in the catalogue.")]
Environment = Annotated[str, typer.Option("--environment", "-e", help="Where; production unless told otherwise.")]
STOP_SECONDS = 60.0


class ServiceFirst(TyperGroup):
    """`deploy checkout` deploys; `deploy report checkout` reports: what is no verb is a service."""

    default = "service"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the hidden verb in front where none is given."""
        if not args or args[0] not in self.commands:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


deploying = typer.Typer(cls=ServiceFirst, help="Make a commit of a service live, or report what another CD deployed.")


@deploying.command("service", hidden=True)
def deploy(  # noqa: PLR0917 - a command takes its options as typer gives them
    service: Service,
    ref: Annotated[str, typer.Option("--ref", help="A branch, tag or commit; the default branch unless told.")] = "",
    commit: Annotated[str, typer.Option("--commit", help="The same, for a commit.")] = "",
    environment: Environment = rules.PRODUCTION,
    kind: Annotated[
        str, typer.Option("--kind", help=f"One of {', '.join(rules.CHANGE_KINDS)}; else as its commits say.")
    ] = "",
    detach: Annotated[bool, typer.Option("--detach", help="Do not wait for it.")] = False,  # noqa: FBT002 - typer's form
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """Build a commit into a release and make it live, through the gate.

    Exit codes: 0 live, 1 failed, 10 denied by the gate, 11 unknown and refused, 12 Roadbed does not answer.
    `roadbed deploy report SERVICE` records what another CD deployed.
    """
    rules.checked_environment(environment)
    if ref and commit and ref != commit:
        raise Invalid("Both --ref and --commit are given.", remedy="Give one of them.", place=Place(field="commit"))
    api = client.api()
    body = {"ref": commit or ref or "HEAD", "environment": environment, "kind": rules.checked_kind(kind)}
    asked = api.post(f"/services/{service}/deployments", body, key=uuid.uuid4().hex)
    if detach:
        output.show(asked, json, output.say(f"Asked for it: deployment {asked['uid']}."))
        return
    done = Follower(api, asked["uid"], quiet=json).follow()
    output.show(done, json, lambda console: _tell_deployed(console, done))
    raise typer.Exit(done["exit_code"])


def _tell_deployed(console: Console, done: dict[str, Any]) -> None:
    if done["state"] != rules.SUCCEEDED:
        tell_failure(done)
        return
    tell_verdict(done)
    took = "" if done["seconds"] is None else f" after {done['seconds']:.1f} s"
    console.print(f"{done['service']} {done['version']} ({done['commit'][:8]}) is live at {done['url']}{took}")


@deploying.command("report")
def report(  # noqa: PLR0917 - a command takes its options as typer gives them
    service: Service,
    commit: Annotated[str, typer.Option("--commit", help="The commit that was deployed.")],
    outcome: Annotated[str, typer.Option("--outcome", help="success, failure, cancelled or rolledback.")],
    version: Annotated[str, typer.Option("--version", help="Your own name of the version.")] = "",
    environment: Environment = rules.PRODUCTION,
    source: Annotated[str, typer.Option("--source", help="Which CD it was, like argo-cd.")] = "",
    source_id: Annotated[str, typer.Option("--id", help="Its id of the deployment; again, nothing changes.")] = "",
    started_at: Annotated[str | None, typer.Option("--started-at", help="When, like 2026-11-23T09:00:00Z.")] = None,
    finished_at: Annotated[str | None, typer.Option("--finished-at", help="When; now unless told.")] = None,
    url: Annotated[str, typer.Option("--url", help="Where it can be looked at.")] = "",
    kind: Annotated[str, typer.Option("--kind", help=f"One of {', '.join(rules.CHANGE_KINDS)}.")] = "feature",
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """Record what another CD deployed, once per source and id."""
    rules.outcome_of(outcome)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        source = source or "github"
        run, attempt = os.environ.get("GITHUB_RUN_ID", ""), os.environ.get("GITHUB_RUN_ATTEMPT", "1")
        source_id = source_id or (f"{run}.{attempt}.{service}.{environment}" if run else "")
    body = {
        "commit": commit,
        "outcome": outcome,
        "version": version,
        "environment": environment,
        "source": source,
        "id": source_id,
        "started_at": started_at,
        "finished_at": finished_at,
        "url": url,
        "kind": kind,
    }
    reported = client.api().post(f"/services/{service}/deployment-reports", body)
    words = "was on record already" if reported["known"] else "is recorded"
    output.show(reported, json, output.say(f"Deployment {reported['deployment']} {words}."))


def rollback(  # noqa: PLR0917 - a command takes its options as typer gives them
    service: Service,
    to: Annotated[str, typer.Option("--to", help="A release like v12; the last good one unless told.")] = "",
    environment: Environment = rules.PRODUCTION,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the ledger.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Say what would change, and change nothing.")] = False,  # noqa: FBT002
    local: Annotated[bool, typer.Option("--local", help="On this machine, with nothing of Roadbed alive.")] = False,  # noqa: FBT002
    data: Annotated[str | None, typer.Option("--data", help="The data folder, for --local.")] = None,
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """Bring a former release back: its code and configuration. Secrets stay as they are. No gate is asked."""
    rules.checked_environment(environment)
    number = rules.number_of(to) if to else None
    if local:
        if data is not None:
            client.choose_data(data)
        raise typer.Exit(_roll_back_here(service, number, environment=environment, reason=reason, json=json))
    try:
        api = client.api()
        if preview:
            shown = api.get(f"/services/{service}/rollback", environment=environment, to=to or None)
            output.show(shown, json, lambda console: _tell_preview(console, shown))
            return
        body = {"environment": environment, "to": to or None, "reason": reason}
        asked = api.post(f"/services/{service}/rollback", body, key=uuid.uuid4().hex)
    except client.Unreachable as gone:
        remedy = f"On the machine itself: `roadbed rollback {service} --local`. {gone.remedy}"
        raise client.Unreachable(gone.detail, remedy=remedy) from None
    done = Follower(api, asked["uid"], quiet=json, until_switched=True).follow()
    failed = done["state"] in (rules.FAILED, rules.REFUSED)
    output.show(done, json, lambda console: tell_failure(done) if failed else _tell_rolled_back(console, done))
    raise typer.Exit(1 if failed else 0)


def _roll_back_here(service: str, number: int | None, *, environment: str, reason: str, json: bool) -> int:
    workload = rules.workload_name(service, environment)
    arguments = ["rollback", workload, "--data", str(client.data_folder())]
    arguments += ["--to", str(number)] if number is not None else []
    arguments += ["--reason", reason] if reason else []
    arguments += ["--json"] if json else []
    done = subprocess.run([sys.executable, "-m", "roadbed.adapters.local_runtime", *arguments], check=False)
    if done.returncode == 0 and not json:
        output.err.print("The ledger is told when Roadbed runs again.")
    return done.returncode


def _tell_rolled_back(console: Console, done: dict[str, Any]) -> None:
    note = f"; {done['former']} finishes what it has begun" if done["state"] == rules.RUNNING else ""
    console.print(f"{done['service']} is back on {done['version']} ({done['commit'][:8]}){note}.")


def _tell_preview(console: Console, shown: dict[str, Any]) -> None:
    console.print(f"{shown['service']} in {shown['environment']}: {shown['serving']} → {shown['target']}")
    for words, commits in (("takes out", shown["commits"]), ("brings in", shown["brings_in"])):
        if commits is None or commits:
            console.print(f"  {words}: " + ("No data" if commits is None else _counted(len(commits), "commit")))
        for line in commits or ():
            console.print(f"    {escape(line)}")
    for change in shown["configuration"]:
        console.print(f"  configuration {change['key']} {change['how']}")
    kept = ", ".join(shown["secrets"]) or "none"
    console.print(f"  stays: secrets ({escape(kept)})")
    if shown["cancels"]:
        console.print(f"  cancels: deployment {shown['cancels']}")


def status(service: Service, json: Json = False) -> None:  # noqa: FBT002 - typer's form
    """How a service is in each environment, and its newest deployments."""
    shown = client.api().get(f"/services/{service}/status")
    output.show(shown, json, lambda console: _tell_status(console, shown))


def _tell_status(console: Console, shown: dict[str, Any]) -> None:
    if not shown["workloads"]:
        external = shown["deployed_by"] == "external"
        console.print(f"{shown['service']} {'is deployed by another CD' if external else 'has never run here'}.")
    for one in shown["workloads"]:
        version = f" {one['version']}" if one["version"] else ""
        since = f" since {_when(one['since'])}" if one["since"] else ""
        console.print(f"[bold]{one['environment']}[/]: {one['state']}{version}{since}")
        if one["url"] and one["version"]:
            console.print(f"  {one['url']}")
        if one["as_of"]:
            restarts = f"{one['restarts']} restarts, runs as {escape(one['user'])}, seen {_when(one['as_of'])}"
            console.print(f"  [dim]{restarts}[/]")
        if one["detail"]:
            console.print(f"  {escape(one['detail'])}")
        if one["active"]:
            console.print(f"  deployment {one['active']} is under way")
    if shown["newest"]:
        console.print()
        head = ("when", "what", "release", "commit", "state", "by")
        output.table(head, [_deployment_row(one) for one in shown["newest"]], empty="")(console)


def _deployment_row(one: dict[str, Any]) -> tuple[object, ...]:
    what = f"{one['verb']} (on the machine)" if one["local"] else one["verb"]
    return _when(one["requested_at"]), what, one["version"], one["commit"][:8], one["state"], one["requested_by"]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _when(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone():%d %b %H:%M:%S}"


def releases(
    service: Service,
    environment: Annotated[str | None, typer.Option("--environment", "-e", help="Only there.")] = None,
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """The releases of a service, newest first."""
    shown = client.api().get(f"/services/{service}/releases", environment=environment)
    rows = [
        (
            one["environment"],
            one["version"],
            "serving" if one["serving"] else one["state"],
            one["commit"][:8],
            one["subject"],
            _when(one["created_at"]),
            one["created_by"],
        )
        for one in shown["items"]
    ]
    head = ("environment", "release", "state", "commit", "subject", "made", "by")
    output.show(shown, json, output.table(head, rows, empty=f"No release yet: `roadbed deploy {service}`."))


def logs(
    service: Service,
    environment: Environment = rules.PRODUCTION,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=1000, help="How many.")] = 50,
    deployment: Annotated[str, typer.Option("--deployment", help="The log of this deployment instead.")] = "",
    json: Json = False,  # noqa: FBT002 - typer's form
) -> None:
    """The newest lines that the serving release printed, or what a deployment printed."""
    api = client.api()
    if deployment:
        shown = api.get(f"/deployments/{deployment}/lines", limit=1000)
        texts = [f"{line['step']}: {line['text']}" for line in shown["items"]]
    else:
        shown = api.get(f"/services/{service}/logs", environment=environment, lines=lines)
        texts = shown["lines"]
    output.show(shown, json, lambda console: console.print("\n".join(texts), markup=False) if texts else None)


def stop(service: Service, environment: Environment = rules.PRODUCTION, json: Json = False) -> None:  # noqa: FBT002
    """Stop a service. Its releases stay; `roadbed rollback` or `roadbed deploy` starts it again."""
    api = client.api()
    api.post(f"/services/{service}/stop", {"environment": environment})
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until:
        known = {one["environment"]: one for one in api.get(f"/services/{service}/status")["workloads"]}
        if known[environment]["version"] == "":
            output.show(known[environment], json, output.say(f"{service} is stopped in {environment}."))
            return
        time.sleep(0.25)
    output.err.print(
        f"{service} has not stopped within {STOP_SECONDS:g} s; `roadbed status {service}` shows how it is."
    )
    raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Hang the commands into the root."""
    app.add_typer(deploying, name="deploy")
    for command in (rollback, status, releases, logs, stop):
        app.command()(command)
