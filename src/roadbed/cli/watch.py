"""`roadbed watch`: the watcher from outside, which pages when web, database or pager are dead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from roadbed.cli.output import Json


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command("watch")(watch)


def watch(
    config: Annotated[Path, typer.Option("--config", help="The watcher's file.")],
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Look once, print what is seen, tell nobody; exit 1 unless all is up.")
    ] = False,
    json: Json = False,
) -> None:
    """Watch a Roadbed from elsewhere, and page by ways of its own when its web, database or pager dies."""
    options = [*(["--once"] if once else []), *(["--json"] if json else [])]
    # A process of its own: it holds credentials that the client has no business with.
    command = [sys.executable, "-m", "roadbed.config.watcher", "--config", str(config), *options]
    code = subprocess.call(command)
    if code:
        raise typer.Exit(code)
