"""`roadbed new` and `roadbed paths`: a service from a golden path, into a folder here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli import adopting
from roadbed.cli.client import api
from roadbed.cli.output import Json, show, table
from roadbed.ground.errors import Conflict, Invalid, Place, Unavailable
from roadbed.platform.paths import work_tree
from roadbed.platform.paths.rules import check_name, owner_name

paths = typer.Typer(help="Golden paths: what new services are made from.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("new")(new)
    app.command("adopt")(adopting.adopt)
    app.add_typer(paths, name="paths")


@paths.command("list")
def list_paths(*, json: Json = False) -> None:
    """List the golden paths."""
    items = api().get("/paths")["items"]
    rows = [(item["name"], item["version"], item["title"], item["services"]) for item in items]
    show(items, json, table(("Path", "Version", "Makes", "Services"), rows, empty="There is no golden path."))


@paths.command("show")
def show_path(name: Annotated[str, typer.Argument(help="The path.")], *, json: Json = False) -> None:
    """Show what a golden path asks; give answers to `roadbed new` as --data NAME=VALUE."""
    item = api().get(f"/paths/{name}")
    rows = [
        (question["name"], question["help"], _default(question), _offered(question)) for question in item["questions"]
    ]
    show(item, json, table(("Question", "Meaning", "Default", "Choices"), rows, empty="It asks nothing."))


def new(
    path: Annotated[str, typer.Argument(help="The golden path, such as python-http-service.")],
    name: Annotated[str, typer.Argument(help="The service's name: lower-case letters, digits, hyphens.")],
    *,
    owner: Annotated[str, typer.Option(help="The team that answers for it.")],
    data: Annotated[
        list[str] | None, typer.Option("--data", metavar="NAME=VALUE", help="An answer; may be given several times.")
    ] = None,
    into: Annotated[Path | None, typer.Option(help="Where to clone it; ./NAME unless told otherwise.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the files and make nothing.")] = False,
    json: Json = False,
) -> None:
    """Make a service from a golden path: repository, catalogue entry, and a clone here."""
    check_name(name)
    owner_name(owner)
    answers = {**_answers(data or []), "owner": owner}
    if preview:
        _preview(path, {**answers, "service_name": name}, json=json)
        return
    target = (into or Path(name)).absolute()
    _check_target(target)
    # Answers come within seconds; the limit is for a machine under load.
    made = api(timeout=120.0).post(f"/paths/{path}/services", {"name": name, "answers": answers}, key=uuid.uuid4().hex)
    try:
        work_tree.clone(made["location"], target)
    except Unavailable as fault:
        raise Unavailable(
            f"{name} is made and registered, but could not be cloned here: {fault.detail}",
            remedy=f"Clone it where you may read it: git clone {made['location']}",
            place=Place(file=str(target)),
        ) from None
    show({**made, "folder": str(target)}, json, _told(made, target))


def _told(made: dict[str, Any], target: Path) -> Callable[[Console], None]:
    def tell(console: Console) -> None:
        console.print(
            f"[bold]{escape(made['name'])}[/] is made from {escape(made['path'])} {escape(made['version'])}, "
            f"{len(made['files'])} files, owned by {escape(made['owner'])}."
        )
        console.print(f"  cd {escape(_short(target))}")
        console.print("  make test")
        console.print(f"  roadbed deploy {escape(made['name'])}")

    return tell


def _preview(path: str, answers: dict[str, str], *, json: bool) -> None:
    shown = api().post(f"/paths/{path}/preview", {"answers": answers})

    def tell(console: Console) -> None:
        for file in shown["files"]:
            console.print(f"[bold]{escape(file['path'])}[/] {file['size']} bytes")
        console.print(f"{len(shown['files'])} files of {escape(path)} {escape(shown['version'])}. Nothing was made.")

    show(shown, json, tell)


def _answers(given: list[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for pair in given:
        question, separator, value = pair.partition("=")
        if not separator or not question:
            raise Invalid(f"{pair!r} is no answer.", remedy="Write --data NAME=VALUE.", place=Place(field="data"))
        if question in ("owner", "service_name"):
            raise Invalid(
                f"{question} is not given with --data.",
                remedy="Use --owner and the argument NAME.",
                place=Place(field="data"),
            )
        answers[question] = value
    return answers


def _check_target(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(
            f"{target} exists and is not empty.",
            remedy="Name another folder with --into. Nothing was made.",
            place=Place(file=str(target)),
        )
    if not target.parent.is_dir():
        raise Conflict(
            f"There is no folder {target.parent}.",
            remedy="Make it, or name another with --into. Nothing was made.",
            place=Place(file=str(target.parent)),
        )


def _short(target: Path) -> str:
    here = Path.cwd()
    return str(target.relative_to(here)) if target.is_relative_to(here) else str(target)


def _default(question: dict[str, Any]) -> str:
    if question["is_required"]:
        return "(required)"
    return "(made from others)" if question["default"] is None else str(question["default"])


def _offered(question: dict[str, Any]) -> str:
    return ", ".join(str(choice["value"]) for choice in question["choices"])
