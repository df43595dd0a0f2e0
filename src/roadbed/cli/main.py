"""The root command `roadbed`: collects the nouns, answers refusals with an exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated

import typer

import roadbed
from roadbed.cli import client, output
from roadbed.ground.errors import Refusal

MODULES = (
    "server",
    "demo",
    "tour",
    "paths",
    "releases",
    "catalog",
    "people",
    "slo",
    "oncall",
    "incidents",
    "flags",
    "metrics",
    "layers",
    "diagnose",
    "diagnostic",
    "gate",
    "freezes",
    "secrets",
    "subscriptions",
    "ledger",
)

app = typer.Typer(
    name="roadbed",
    help="Delivery, reliability and platform in one system.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        output.out.print(f"roadbed {roadbed.__version__}")
        raise typer.Exit


@app.callback()
def root(
    data: Annotated[
        str | None, typer.Option("--data", envvar="ROADBED_DATA", help="The data folder of the Roadbed to talk to.")
    ] = None,
    version: Annotated[  # noqa: ARG001, FBT002 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 10 to 12 as `roadbed gate check` says."""
    client.choose_data(data)


for _name in MODULES:
    try:
        import_module(f"roadbed.cli.{_name}").register(app)
    except ModuleNotFoundError as _missing:
        if _missing.name != f"roadbed.cli.{_name}":
            raise


def run() -> None:
    """The console script."""
    try:
        app()
    except client.Unreachable as refusal:
        output.print_refusal(refusal, json_mode="--json" in sys.argv)
        sys.exit(output.EXIT_UNREACHABLE)
    except Refusal as refusal:
        output.print_refusal(refusal, json_mode="--json" in sys.argv)
        sys.exit(output.EXIT_REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
