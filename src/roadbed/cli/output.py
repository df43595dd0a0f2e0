"""What commands print: JSON on demand, tables and sentences otherwise, refusals always alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from roadbed.ground.errors import Refusal

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_GATE_DENIED = 10
EXIT_GATE_UNKNOWN = 11
EXIT_UNREACHABLE = 12

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show(data: Any, json_mode: bool, human: Callable[[Console], None]) -> None:  # noqa: FBT001 - the flag is the point
    """Print `data` as JSON, or let `human` print to the console."""
    if json_mode:
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")
    else:
        human(out)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> Callable[[Console], None]:
    """A printer of a plain table, or of the sentence `empty` where there are no rows."""
    drawn = [[("No data" if cell is None else escape(str(cell))) for cell in row] for row in rows]

    def printing(console: Console) -> None:
        if not drawn:
            console.print(empty)
            return
        grid = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        for title in head:
            grid.add_column(title, overflow="fold")
        for row in drawn:
            grid.add_row(*row)
        console.print(grid)

    return printing


def say(text: str) -> Callable[[Console], None]:
    """A printer of one sentence."""
    return lambda console: console.print(escape(text))


def print_refusal(refusal: Refusal, *, json_mode: bool) -> None:
    """A refusal with its place and remedy on standard error; for --json also a problem document on standard output."""
    if json_mode:
        sys.stdout.write(json.dumps(refusal.as_problem(), indent=2, ensure_ascii=False, default=str) + "\n")
    many = refusal.others
    err.print(f"[bold red]error[/]: {escape(refusal.detail)}")
    _print_place(refusal)
    for other in many:
        if other.detail != refusal.detail or str(other.place) != str(refusal.place):
            err.print(f"[bold red]error[/]: {escape(other.detail)}")
            _print_place(other)


def _print_place(refusal: Refusal) -> None:
    if str(refusal.place):
        err.print(f"  at {escape(str(refusal.place))}")
    if refusal.remedy:
        err.print(f"  [bold]remedy[/]: {escape(refusal.remedy)}")
