"""`roadbed ci`: report what tests said, see which flake and which are slow, put one in quarantine until a day."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import api
from roadbed.cli.output import Json, say, show, table
from roadbed.delivery.metrics.flow.rules.junit import read
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.shell import words

app = typer.Typer(help="What the CI's tests say: reports, flaky and slow tests, quarantine.", no_args_is_help=True)
Service = Annotated[str, typer.Option("--service", "-s", help="Of one service.")]
TeamName = Annotated[str, typer.Option("--team", "-t", help="Of one team's services.")]
Weeks = Annotated[int, typer.Option(help="Weeks from Monday, this one included; 13 at most.")]
COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILDKITE_COMMIT", "CIRCLE_SHA1")
BUILDS = ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_TAG", "BUILDKITE_BUILD_ID", "CIRCLE_WORKFLOW_ID")
ATTEMPTS = ("GITHUB_RUN_ATTEMPT",)
BRANCHES = ("GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME", "BUILDKITE_BRANCH", "CIRCLE_BRANCH")
STOPS = 10
"""The exit code of --check: a test failed that is in no quarantine."""


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="ci")


def _from_environment(given: str, names: tuple[str, ...]) -> str:
    return given or next((os.environ[name] for name in names if os.environ.get(name)), "")


@app.command()
def report(
    files: Annotated[list[Path], typer.Argument(help="JUnit XML files, or folders of them.")],
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="Whose tests.")],
    commit: Annotated[str, typer.Option(help="What was tested; else what the CI's environment says.")] = "",
    build: Annotated[str, typer.Option(help="The build's identity; else what the CI's environment says.")] = "",
    attempt: Annotated[int, typer.Option(help="Which attempt of the build it was; 0 asks the environment.")] = 0,
    shard: Annotated[str, typer.Option(help="Which part of the build's tests these are, like 2/5.")] = "",
    branch: Annotated[str, typer.Option(help="The branch; else what the CI's environment says.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 10 where a test failed that is in no quarantine.")
    ] = False,
    json: Json = False,
) -> None:
    """Send reports of tests; each file is one part of the build's tests. The same file twice is told once.

    Exit codes: 0 all were taken; 1 a file cannot be read or was refused; with --check 10 where a test failed that is
    in no quarantine; 12 no Roadbed answers.
    """
    sha = _from_environment(commit, COMMITS)
    if not sha:
        raise Invalid("No commit is named.", remedy="Give --commit with its full name.", place=Place(field="commit"))
    said = _from_environment("", ATTEMPTS)
    tried = attempt or (int(said) if said.isascii() and said.isdecimal() else 1)
    name = _from_environment(build, BUILDS) or sha
    found = _found(files)
    # All are read before the first is sent, so that a broken one leaves nothing half told.
    packed = [(file, gzip.compress(_checked(file), mtime=0)) for file in found]
    told = []
    for file, body in packed:
        part = "/".join(filter(None, (shard, file.name if len(found) > 1 else "")))[:100]
        query = {"service": service, "commit": sha, "attempt": tried, "shard": part,
                 "branch": _from_environment(branch, BRANCHES)}  # fmt: skip
        told.append(api().send(f"/builds/{quote(name, safe='')}/tests", body, params=query))
    blocking = sum(one["blocking"] for one in told)
    show({"reports": told, "blocking": blocking}, json, lambda console: _print(console, told, blocking))
    if check and blocking:
        raise typer.Exit(STOPS)


def _found(files: list[Path]) -> list[Path]:
    found = [each for one in files for each in (sorted(one.rglob("*.xml")) if one.is_dir() else [one])]
    missing = next((one for one in found if not one.is_file()), None)
    if missing is not None or not found:
        named = str(missing or files[0])
        raise NotFound(f"{named} holds no report.", remedy="Run the tests first.", place=Place(file=named))
    return found


def _checked(file: Path) -> bytes:
    body = file.read_bytes()
    read(body, file=str(file))
    return body


def _print(console: Console, told: list[dict[str, Any]], blocking: int) -> None:
    sums = {name: sum(one[name] for one in told) for name in ("tests", "passed", "failed", "skipped", "flaked")}
    console.print(
        f"{words.plural(len(told), 'report')} taken: {words.plural(sums['tests'], 'test')}, {sums['passed']} passed,"
        f" {sums['failed']} failed, {sums['skipped']} skipped, {sums['flaked']} passed when repeated."
    )
    for one in (each for report in told for each in report["failures"]):
        until = one["quarantined_until"]
        console.print(escape(f"  {one['test']}" + (f" (in quarantine until {until[:10]})" if until else "")))
    if sums["failed"]:
        console.print(f"{blocking} of them in no quarantine.")


@app.command()
def flaky(
    *,
    service: Service = "",
    team: TeamName = "",
    weeks: Weeks = 4,
    limit: Annotated[int, typer.Option(help="At most so many, the costliest first.")] = 50,
    json: Json = False,
) -> None:
    """List tests that failed and passed on the same commit, the costliest first."""
    page = api().get("/tests/flaky", service=service, team=team, weeks=weeks, limit=limit)
    rows = [
        (one["test"], one["service"], one["owner"], words.duration(one["lost_seconds"]),
         f"{words.percent(one['share'])} ({words.percent(one['low'])} to {words.percent(one['high'])})",
         f"{one['flaked']} of {one['commits']}", one["last_at"][:10], _quarantine(one["quarantine"]))
        for one in page["items"]
    ]  # fmt: skip
    head = ("Test", "Service", "Owner", "Cost", "Flaked, 95% CI", "Commits", "Last seen", "Quarantine")
    show(page, json, table(head, rows, empty="No test that was reported failed and passed on the same commit."))


def _quarantine(one: dict[str, Any] | None) -> str:
    if one is None:
        return "none"
    return f"{'until' if one['state'] == 'now' else one['state'] + ' since'} {one['ends_at'][:10]}, {one['uid']}"


@app.command()
def slowest(
    *,
    service: Service = "",
    team: TeamName = "",
    weeks: Weeks = 4,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List the slowest tests by the average of their runs."""
    found = api().get("/tests/slowest", service=service, team=team, weeks=weeks, limit=limit)
    rows = [
        (one["test"], one["service"], words.duration(one["seconds"]), words.duration(one["total_seconds"]), one["runs"])
        for one in found["items"]
    ]
    show(found, json, table(("Test", "Service", "A run", "Altogether", "Runs"), rows, empty="No test told its time."))


@app.command()
def quarantine(
    test: Annotated[str, typer.Argument(help="The test, as the lists write it.")],
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="Whose test it is.")],
    reason: Annotated[str, typer.Option(help="Why, and what mends it.")],
    days: Annotated[int, typer.Option(help="For so many days; 90 at most.")] = 14,
    json: Json = False,
) -> None:
    """Decide that a test's failures stop nobody until a day."""
    sent = {"service": service, "test": test, "reason": reason, "days": days}
    made = api().post("/tests/quarantine", sent)
    show(made, json, say(f"In quarantine until {made['ends_at'][:10]}. Quarantine {made['uid']}"))


@app.command()
def release(
    quarantine: Annotated[str, typer.Argument(help="The quarantine's identity; `roadbed ci flaky` shows it.")],
    *,
    json: Json = False,
) -> None:
    """End a quarantine before its day."""
    done = api().post(f"/tests/quarantine/{quote(quarantine, safe='')}/release")
    show(done, json, say("Released. Its failures count again."))
