"""`roadbed review check`: the wording of a review and the fitness of its actions, looked at offline."""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from roadbed.cli.output import EXIT_REFUSED, Json, show
from roadbed.cli.schedules import text_of
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.reviews.rules.blame.checking import check as blamed
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.fitness import unfit
from roadbed.reliability.reviews.rules.reading import sentences

Row = dict[str, Any]


def check(
    file: Annotated[Path, typer.Argument(help="Markdown, plain text, or .jsonl; - for standard input.")],
    *,
    people: Annotated[
        Path | None, typer.Option(help="Who can be named: a JSON list of names, or a text with one a line.")
    ] = None,
    section: Annotated[str, typer.Option(help="What the text is of before its first heading, like causes.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also print what nothing is said of.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when there is any warning.")] = False,
    json: Json = False,
) -> None:
    """Find sentences that blame, each with a hint how to write it, and actions that are not fit to be tracked.

    In a .jsonl file each line is an object: `text` with `section` is a sentence; `action` with `factor`, `owner` and
    `evidence` is an action. Warnings never block: they are wrong at times, as docs/explanation/reviews.md says.
    """
    names = _names(people) if people else []
    rows = list(_lines(file, names) if file.suffix == ".jsonl" else _prose(file, section, names))
    found = [row for row in rows if row["kind"]]
    show(rows if every else found, json, lambda console: _print(file, rows, found, console))
    if strict and found:
        raise typer.Exit(EXIT_REFUSED)


def _prose(file: Path, section: str, names: list[str]) -> Iterator[Row]:
    directory = Directory(names)
    for one in sentences(text_of(file), section=section):
        yield _row("blame", one.line, one.section, one.text) | _blame(one.text, one.section, directory)


def _lines(file: Path, names: list[str]) -> Iterator[Row]:
    directory = Directory(names)
    for number, line in enumerate(text_of(file).splitlines(), 1):
        if not line.strip():
            continue
        said = _object(file, number, line)
        if "action" in said:
            given = said.get("factor")
            factor = given.get("text", "") if isinstance(given, dict) else given or ""
            owner, evidence = (said.get(name) and str(said[name]) for name in ("owner", "evidence"))
            found = unfit(str(said["action"]), factor=str(factor), owner=owner, evidence=evidence, people=names)
            row = _row("action", number, "actions", str(said["action"]), said.get("id"))
            yield row | {"kind": found and found.reason, "words": None, "hint": found and found.hint}
        elif "text" in said:
            part = str(said.get("section") or "")
            row = _row("blame", number, part, str(said["text"]), said.get("id"))
            yield row | _blame(row["text"], part, directory)
        else:
            raise Invalid(
                "This line has neither `text` nor `action`.", remedy="Give one of them.", place=Place(str(file), number)
            )


def _object(file: Path, number: int, line: str) -> Row:
    try:
        said = loads(line)
    except (JSONDecodeError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Invalid(
            "This line is no JSON object.", remedy="Write one object on each line.", place=Place(str(file), number)
        )
    return said


def _row(of: str, line: int, section: str, text: str, uid: object = None) -> Row:
    named = {"id": uid} if uid is not None else {}
    return {**named, "check": of, "line": line, "section": section, "text": text}


def _blame(text: str, section: str, directory: Directory) -> Row:
    found = blamed(text, section=section, people=directory)
    return {"kind": found and found.kind, "words": found and found.words, "hint": found and found.hint}


def _names(file: Path) -> list[str]:
    text = text_of(file)
    if not text.lstrip().startswith("["):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        names = loads(text)
    except (JSONDecodeError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid("This is no list of names.", remedy='Write ["Mara Lindqvist", …].', place=Place(str(file)))
    return names


def _print(file: Path, rows: list[Row], found: list[Row], console: Console) -> None:
    for row in found:
        said = row["kind"].replace("_", " ")
        console.print(f"[bold]{escape(str(file))}:{row['line']}[/] {said}: {escape(row['text'])}")
        console.print(f"  [bold]instead[/]: {escape(row['hint'])}")
    many = f"{len(rows)} sentence{'s' if len(rows) != 1 else ''} or actions looked at"
    console.print(f"{many}, {len(found)} with a hint." if found else f"{many}; no hint.")
