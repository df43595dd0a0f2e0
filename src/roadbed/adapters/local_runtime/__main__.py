"""Owns the runtime's own commands, which need nothing of Roadbed alive: rollback, status, reconcile, journal, stop."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from roadbed.adapters.local_runtime import disk
from roadbed.adapters.local_runtime.layout import Layout
from roadbed.adapters.local_runtime.rescue import local_rollback
from roadbed.adapters.local_runtime.runtime import LocalRuntime
from roadbed.ground.ports.runtime import RuntimeFailure

PROGRAM = "python -m roadbed.adapters.local_runtime"


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog=PROGRAM, description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    for verb, text in (
        ("rollback", "bring back the last good release, or the one named"),
        ("status", "say how every workload is"),
        ("reconcile", "make actual what is desired"),
        ("journal", "print what the runtime did"),
        ("down", "stop the services, the edge and the daemon"),
    ):
        command = verbs.add_parser(verb, help=text, description=text)
        command.add_argument("--data", type=Path, required=True, help="Roadbed's data folder")
        command.add_argument("--json", action="store_true", help="answer as one JSON document")
        if verb == "rollback":
            command.add_argument("workload")
            command.add_argument("--to", type=int, help="number of the release, 12 for v12")
            command.add_argument("--reason", default="")
            command.add_argument("--actor", default="")
        if verb == "journal":
            command.add_argument("--after", default="", help="uid of the last entry that is known already")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command: 0 when it came out, 1 with the reason and the remedy when it did not."""
    options = parser().parse_args(arguments)
    try:
        with disk.writing("start", options.data):
            answer = _answer(options)
    except RuntimeFailure as failure:
        fault = {"step": failure.step, "detail": failure.detail, "remedy": failure.remedy, "log": list(failure.log)}
        _print({"error": fault}) if options.json else _complain(failure)
        return 1
    _print(answer) if options.json else _tell(answer)
    return 0


def _answer(options: argparse.Namespace) -> dict[str, Any]:
    if not (options.data / "runtime").is_dir():
        raise RuntimeFailure(
            "start", f"nothing was ever run below {options.data}", remedy="name the data folder that `roadbed up` uses"
        )
    if options.verb == "rollback":
        switch = local_rollback(
            options.data,
            options.workload,
            to=options.to,
            actor=options.actor or getpass.getuser(),
            reason=options.reason,
            report=_silent if options.json else _show,
        )
        return {"switch": asdict(switch)}
    runtime = LocalRuntime(Layout.load(options.data))
    if options.verb == "status":
        return {"workloads": [asdict(status) for status in runtime.statuses()]}
    if options.verb == "reconcile":
        return {"done": list(runtime.reconcile())}
    if options.verb == "journal":
        return {"entries": [asdict(entry) for entry in runtime.journal(after=options.after)]}
    runtime.shut_down()
    return {"done": ["stopped the services, the edge and the daemon"]}


def _silent(_step: str, _line: str) -> None:
    return None


def _show(_step: str, line: str) -> None:
    sys.stdout.write(line + "\n")


def _print(answer: dict[str, Any]) -> None:
    text = json.dumps(answer, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))
    sys.stdout.write(text + "\n")


def _complain(failure: RuntimeFailure) -> None:
    sys.stderr.write(f"{failure.step}: {failure.detail}\n")
    if failure.remedy:
        sys.stderr.write(f"remedy: {failure.remedy}\n")
    for line in failure.log:
        sys.stderr.write(f"  | {line}\n")


def _tell(answer: dict[str, Any]) -> None:
    for line in answer.get("done", ()):
        sys.stdout.write(f"{line}\n")
    for status in answer.get("workloads", ()):
        number = "-" if status["number"] is None else f"v{status['number']}"
        rest = f"  {status['detail']}" if status["detail"] else ""
        sys.stdout.write(f"{status['workload']}  {status['state']}  {number}  {status['url']}{rest}\n")
    for entry in answer.get("entries", ()):
        sys.stdout.write(f"{entry['at']:%Y-%m-%d %H:%M:%S}  {entry['workload']}  {entry['verb']}  v{entry['number']}\n")
    if "switch" in answer:
        switch = answer["switch"]
        sys.stdout.write(f"{switch['workload']} is back on v{switch['number']} after {switch['seconds']:.2f} s\n")


if __name__ == "__main__":
    sys.exit(main())
