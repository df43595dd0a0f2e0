"""Commands that run Roadbed on this machine: up, down, doctor, sign-in-link, backup, restore."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from roadbed.cli.client import data_folder
from roadbed.cli.output import Json
from roadbed.ground.errors import Unavailable

Data = Annotated[str | None, typer.Option("--data", help="The data folder.")]


def register(root: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, down, doctor, backup, restore):
        root.command()(command)
    root.command("sign-in-link")(sign_in_link)


def _serve(module: str, *arguments: str) -> None:
    # The server's code imports Django; it runs in a process of its own so that the client never does.
    if find_spec("django") is None or find_spec("granian") is None:
        raise Unavailable(
            "Only the client is installed here.", remedy="Install the server too: pip install 'roadbed[server]'"
        )
    code = subprocess.call([sys.executable, "-m", f"roadbed.config.{module}", *arguments])
    if code:
        raise typer.Exit(code)


def _folder(data: str | None) -> list[str]:
    return ["--data", data or str(data_folder())]


def up(  # noqa: PLR0917 - options, which typer reads by name
    data: Data = None,
    address: Annotated[str, typer.Option(help="Where the portal and API listen, HOST:PORT.")] = "",
    edge: Annotated[str, typer.Option(help="Where the edge serves the services, HOST:PORT.")] = "",
    database: Annotated[str, typer.Option(help="postgresql://… instead of SQLite.")] = "",
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay, and stop when told to.")] = False,  # noqa: FBT002
    demo: Annotated[  # noqa: FBT002
        bool, typer.Option("--demo", help="Fill a fresh data folder with a demo company; any other is left as it is.")
    ] = False,
) -> None:
    """Start Roadbed, or what of it is not running, and print a one-time sign-in link."""
    options = [
        *(["--address", address] if address else []),
        *(["--edge", edge] if edge else []),
        *(["--database", database] if database else []),
        *(["--foreground"] if foreground else []),
        *(["--demo"] if demo else []),
    ]
    _serve("up", *_folder(data), *options)


def down(
    data: Data = None,
    keep_services: Annotated[  # noqa: FBT002
        bool, typer.Option("--keep-services", help="Leave the released services and the edge running.")
    ] = False,
) -> None:
    """Stop everything that Roadbed started."""
    _serve("down", *_folder(data), *(["--keep-services"] if keep_services else []))


def doctor(data: Data = None, json_mode: Json = False) -> None:  # noqa: FBT002
    """Say what is missing or broken, and the command that mends it. Exit 1 when something is broken."""
    _serve("doctor", *_folder(data), *(["--json"] if json_mode else []))


def sign_in_link(
    email: Annotated[str, typer.Argument(help="Whose link; the first admin's when left out.")] = "",
    data: Data = None,
) -> None:
    """Print a link that signs one person in, once, for 15 minutes."""
    _serve("sign_in_link", *_folder(data), *([email] if email else []))


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, like roadbed-2026-11-23.tar.gz.")],
    data: Data = None,
) -> None:
    """Write a consistent copy of everything into one archive, while Roadbed runs."""
    _serve("backup", *_folder(data), "make", str(file.absolute()))


def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `roadbed backup` wrote.")],
    data: Data = None,
) -> None:
    """Put a backup into an empty data folder."""
    _serve("backup", *_folder(data), "restore", str(file.absolute()))
