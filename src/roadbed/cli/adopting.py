"""`roadbed adopt`: reads an existing repository, shows what it would write, writes and registers on confirmation."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.client import Unreachable, access, api
from roadbed.cli.output import Json, err, out, show
from roadbed.ground.errors import Conflict, Invalid, Place, Refusal
from roadbed.platform.paths import inspect, work_tree
from roadbed.platform.paths.adopting import Adoption, Evidence, Group, Wishes, propose
from roadbed.platform.paths.git import git

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ENTRIES = ("catalog-info.yaml", "catalog-info.yml")
_TONE = {"high": "green", "medium": "yellow", "low": "red"}


def adopt(
    location: Annotated[str, typer.Argument(metavar="PATH|URL", help="A Git work tree here, or a repository's URL.")],
    *,
    owner: Annotated[str, typer.Option(help="The team that answers for it.")] = "",
    name: Annotated[str, typer.Option(help="The service's name.")] = "",
    build: Annotated[str, typer.Option(help="Shell line that builds it.")] = "",
    run: Annotated[str, typer.Option(help="Shell line that runs it on $HOST:$PORT.")] = "",
    health: Annotated[str, typer.Option(help="Path that answers 2xx when it can take traffic.")] = "",
    external: Annotated[
        bool | None, typer.Option("--external/--here", help="Deployed by another CD, or by Roadbed on this machine.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="For a URL: where to clone it; ./NAME unless told otherwise.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write, commit and register without asking.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show the proposal and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Take an existing repository in: owner, commands, health path and objectives are proposed as a diff.

    With --json nothing is asked: give --yes to write.
    """
    only_shows = preview or (json and not yes)
    groups = _groups(may_be_away=only_shows)
    wishes = Wishes(name=name, owner=owner, build=build, run=run, health=health, is_external=external)
    if only_shows:
        with inspect.opened(location) as repository:
            adoption = propose(inspect.read(repository, groups), wishes)
        show(_as_data(adoption), json, lambda console: _tell(adoption, console))
        raise typer.Exit(1 if adoption.is_blocked else 0)
    with _work_tree(location, into) as repository:
        adoption = propose(inspect.read(repository, groups), wishes)
        if not json:
            _tell(adoption, out)
        _refuse_blocked(adoption)
        registers_as = _location(location, repository)
        _check_free(adoption, repository, registers_as)
        if not yes and not typer.confirm(_question(adoption), err=True):
            err.print("Nothing was written.")
            raise typer.Exit(1)
        registered = _write_and_register(adoption, repository, registers_as)
    show(
        {**_as_data(adoption), "folder": str(repository.folder), "registered": registered},
        json,
        lambda console: _told(registered, location, repository, console),
    )


def _groups(*, may_be_away: bool) -> tuple[Group, ...]:
    try:
        teams = api().get("/teams")
    except Unreachable:
        if not may_be_away:
            raise
        err.print("No Roadbed answers, so owners are not compared with its teams.")
        return ()
    return tuple(
        Group(team["name"], frozenset(member["email"] for member in team["members"]), frozenset({team["title"]}))
        for team in teams
    )


@contextmanager
def _work_tree(location: str, into: Path | None) -> Iterator[inspect.Repository]:
    """The local work tree, or a clone that stays when everything comes out and goes when not."""
    if not inspect.is_url(location):
        with inspect.opened(location) as repository:
            yield repository
        return
    name = re.split(r"[/:]", location.rstrip("/"))[-1].removesuffix(".git")
    target = (into or Path(name)).absolute()
    if target.exists():
        raise Conflict(f"{target} exists.", remedy="Name another folder with --into.", place=Place(file=str(target)))
    try:
        work_tree.clone(location, target)
        with inspect.opened(str(target)) as repository:
            yield repository
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _location(given: str, repository: inspect.Repository) -> str:
    """How the server reaches it: as a folder where both are on this machine, else by a URL, which is pushed to."""
    if inspect.is_url(given):
        return given
    if urlsplit(access().url).hostname in LOOPBACK:
        return str(repository.folder)
    if inspect.is_url(repository.origin):
        return repository.origin
    raise Invalid(
        f"Roadbed runs elsewhere, and {repository.folder} has no remote that it could read.",
        remedy="Push the repository to a code host and add it as the remote origin.",
        place=Place(file=str(repository.folder)),
    )


def _refuse_blocked(adoption: Adoption) -> None:
    faults = [
        Invalid(problem.detail, remedy=problem.remedy, place=_place(problem.evidence))
        for problem in adoption.problems
        if problem.is_blocking
    ]
    if faults:
        first = faults[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))


def _place(evidence: tuple[Evidence, ...]) -> Place:
    return Place(file=evidence[0].file, line=evidence[0].line or None) if evidence else Place()


def _check_free(adoption: Adoption, repository: inspect.Repository, registers_as: str) -> None:
    work_tree.check_free(repository.folder, adoption.files)
    try:
        known = api().get(f"/catalog/services/{adoption.name}")
    except Refusal as refusal:
        if getattr(refusal, "http_status", 0) == 404:  # noqa: PLR2004 - free
            return
        raise
    if known["location"] != registers_as:
        raise Conflict(
            f"The catalogue has a service {adoption.name} from {known['location']}.",
            remedy="Give this one another name with --name.",
            place=Place(field="name"),
        )


def _write_and_register(adoption: Adoption, repository: inspect.Repository, registers_as: str) -> dict[str, Any]:
    done = None
    if adoption.files:
        message = f"Describe {adoption.name} for the catalogue"
        done = work_tree.commit(repository.folder, adoption.files, message=message)
    is_pushed = inspect.is_url(registers_as)
    try:
        if is_pushed and done:
            work_tree.push(repository.folder)
        entry = next(path for path in ENTRIES if (repository.folder / path).is_file())
        registered: dict[str, Any] = api(timeout=120.0).post("/adoptions", {"location": registers_as, "path": entry})
    except BaseException:
        # What is pushed is other people's too: it stays, and registering again goes on from there.
        if done and not (is_pushed and _has_arrived(repository)):
            work_tree.take_back(done)
        raise
    return registered


def _has_arrived(repository: inspect.Repository) -> bool:
    head = git("rev-parse", "HEAD", cwd=repository.folder).strip()
    return bool(git("branch", "--remotes", "--contains", head.decode(), cwd=repository.folder).strip())


def _question(adoption: Adoption) -> str:
    count = len(adoption.files)
    files = "1 file" if count == 1 else f"{count} files"
    return f"Write {files}, commit, and register {adoption.name}?" if count else f"Register {adoption.name}?"


def _tell(adoption: Adoption, console: Console) -> None:
    for proposal in adoption.proposals:
        tone = _TONE[proposal.confidence]
        where = " ".join(str(each) for each in proposal.evidence)
        console.print(f"[bold]{proposal.field:<12}[/] {escape(proposal.value)}")
        console.print(f"{'':<12} [{tone}]{proposal.confidence}[/]: {escape(proposal.why)} [dim]{escape(where)}[/]")
    for problem in adoption.problems:
        word = "[bold red]must be settled[/]" if problem.is_blocking else "[yellow]to note[/]"
        console.print(f"{word}: {escape(problem.detail)} {escape(problem.remedy)}")
    for line in adoption.diff.splitlines():
        tone = "green" if line.startswith("+") else "red" if line.startswith("-") else ""
        console.print(f"[{tone}]{escape(line)}[/]" if tone else escape(line))


def _told(registered: dict[str, Any], given: str, repository: inspect.Repository, console: Console) -> None:
    console.print(f"[bold]{escape(registered['name'])}[/] is in the catalogue, owned by {escape(registered['owner'])}.")
    if registered["deployed_by"] == "external":
        console.print(f"  roadbed gate check {escape(registered['name'])}       before its pipeline deploys")
        console.print(f"  roadbed deploy report {escape(registered['name'])}    after it")
    else:
        console.print(f"  roadbed deploy {escape(registered['name'])}")
    if inspect.is_url(given):
        console.print(f"  cloned into {escape(str(repository.folder))}")


def _as_data(adoption: Adoption) -> dict[str, Any]:
    return {
        "name": adoption.name,
        "owner": adoption.owner,
        "blocked": adoption.is_blocked,
        "proposals": [
            {
                "field": proposal.field,
                "value": proposal.value,
                "confidence": proposal.confidence,
                "why": proposal.why,
                "evidence": [_evidence(each) for each in proposal.evidence],
            }
            for proposal in adoption.proposals
        ],
        "problems": [
            {
                "detail": problem.detail,
                "remedy": problem.remedy,
                "blocking": problem.is_blocking,
                "evidence": [_evidence(each) for each in problem.evidence],
            }
            for problem in adoption.problems
        ],
        "files": [{"path": file.path, "diff": file.diff, "text": file.text} for file in adoption.files],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"file": evidence.file, "line": evidence.line or None, "text": evidence.text}
