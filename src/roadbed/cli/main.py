"""The root command `roadbed`: collects the nouns, answers refusals with an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated, Final

import typer

import roadbed
from roadbed.cli import client, output
from roadbed.ground.errors import Refusal

NOUNS: Final = {
    "server": ("up", "down", "doctor", "backup", "restore", "sign-in-link"),
    "demo": ("demo",),
    "tour": ("tour",),
    "paths": ("new", "adopt", "paths"),
    "releases": ("rollback", "status", "releases", "logs", "stop", "deploy"),
    "catalog": ("catalog", "engagement"),
    "people": ("team", "person", "token"),
    "slo": ("slo",),
    "oncall": ("oncall", "page", "channel"),
    "me": ("me",),
    "heartbeats": ("heartbeat", "canary"),
    "watch": ("watch",),
    "alerts": ("alerts",),
    "incidents": ("incident", "review"),
    "statuspage": ("statuspage",),
    "toil": ("toil",),
    "flags": ("flags",),
    "metrics": ("metrics",),
    "layers": ("layers",),
    "goals": ("goal",),
    "digest": ("digest",),
    "diagnose": ("diagnose",),
    "diagnostic": ("diagnostic",),
    "gate": ("gate",),
    "freezes": ("freezes",),
    "ci": ("ci",),
    "secrets": ("secrets",),
    "runbooks": ("runbook",),
    "subscriptions": ("subscription",),
    "sources": ("source",),
    "ledger": ("ledger", "jobs"),
}
"""Which module has which of the first words, so that a command imports no more than it needs; a test holds it so."""


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        output.out.print(f"roadbed {roadbed.__version__}")
        raise typer.Exit


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


def application(modules: Iterable[str]) -> typer.Typer:
    """The root command with the nouns of some modules; one that is not installed is left out."""
    made = typer.Typer(
        name="roadbed",
        help="Delivery, reliability and platform in one system.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=root,
    )
    for name in modules:
        try:
            import_module(f"roadbed.cli.{name}").register(made)
        except ModuleNotFoundError as missing:
            if missing.name != f"roadbed.cli.{name}":
                raise
    return made


def needed(words: Sequence[str]) -> tuple[str, ...]:
    """The modules that a command line needs: the one of its noun, or all, for help, completion or a slip of the pen."""
    given = iter(words)
    for word in given:
        if word == "--data":
            next(given, None)
        elif word == "--version":
            return ()
        elif not word.startswith("-"):
            of_noun = tuple(name for name, nouns in NOUNS.items() if word in nouns)
            return of_noun or tuple(NOUNS)
        elif not word.startswith("--data="):
            break
    return tuple(NOUNS)


def __getattr__(name: str) -> typer.Typer:
    """`app` is the whole command, made when somebody asks for it."""
    if name != "app":
        raise AttributeError(name)
    globals()[name] = made = application(NOUNS)
    return made


def run() -> None:
    """The console script."""
    # A shell that completes names no command line of its own.
    modules = tuple(NOUNS) if "_ROADBED_COMPLETE" in os.environ else needed(sys.argv[1:])
    try:
        application(modules)()
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
