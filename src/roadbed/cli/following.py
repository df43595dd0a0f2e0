"""Following a deployment from outside: what it does now, its last lines, and how it ended."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.text import Text

from roadbed.cli import client, output

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 60.0
"""How long the server may be away (a restart, an upgrade) while the deployment goes on in the worker."""

LINES_SHOWN = 6
MARKS = {"done": "✓", "failed": "✗", "waiting": "·"}


class Follower:
    """Polls one deployment until it is over, showing what is new."""

    def __init__(self, api: client.Api, uid: str, *, quiet: bool, until_switched: bool = False) -> None:
        self.api = api
        self.uid = uid
        self.quiet = quiet
        self.until_switched = until_switched
        self.seen = 0
        self.tail: list[str] = []
        self.step = ""

    def follow(self) -> dict[str, Any]:
        """The deployment as it ended, or as soon as its traffic has moved where that was asked for."""
        console = output.err
        if self.quiet:
            return self._poll(lambda _: None)
        if not console.is_terminal:
            return self._poll(lambda deployment: self._print(console, deployment))
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            return self._poll(lambda deployment: live.update(self._drawn(deployment)))

    def _poll(self, show: Any) -> dict[str, Any]:
        away_since: float | None = None
        while True:
            try:
                deployment: dict[str, Any] = self.api.get(f"/deployments/{self.uid}")
                if not self.quiet:
                    self._take_lines()
            except client.Unreachable:
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > PATIENCE_SECONDS:
                    raise
            else:
                away_since = None
                show(deployment)
                if self._is_over(deployment):
                    return deployment
            time.sleep(POLL_SECONDS)

    def _is_over(self, deployment: dict[str, Any]) -> bool:
        switched = self.until_switched and deployment["step"] == "drain"
        return switched or deployment["exit_code"] is not None

    def _take_lines(self) -> None:
        for line in self.api.get(f"/deployments/{self.uid}/lines", after=self.seen)["items"]:
            self.seen = line["id"]
            self.tail.append(f"{line['step']}: {line['text']}")

    def _print(self, console: Console, deployment: dict[str, Any]) -> None:
        for line in self.tail:
            console.print(escape(line))
        self.tail.clear()
        if deployment["state"] == "requested" and self.step != "requested":
            console.print("waiting for the worker")
            self.step = "requested"

    def _drawn(self, deployment: dict[str, Any]) -> Group:
        self.tail = self.tail[-LINES_SHOWN:]
        rows: list[Any] = []
        if deployment["state"] == "requested":
            rows.append(Spinner("dots", text="waiting for the worker"))
        for step in deployment["steps"]:
            if step["state"] == "running":
                rows.append(Spinner("dots", text=step["name"]))
                continue
            took = "" if step["seconds"] is None else f"  {step['seconds']:.1f} s"
            style = {"failed": "red", "waiting": "dim"}.get(step["state"], "")
            rows.append(Text(f"{MARKS[step['state']]} {step['name']}{took}", style=style))
        rows += [Text(f"  {line}", style="dim", overflow="ellipsis", no_wrap=True) for line in self.tail]
        return Group(*rows)


def tell_failure(deployment: dict[str, Any]) -> None:
    """Why it did not come out, with the place, the remedy and the last lines, on standard error."""
    failure = deployment["failure"] or {"detail": "It did not come out.", "remedy": "", "log": [], "file": ""}
    console = output.err
    word = "refused" if deployment["state"] == "refused" else "failed"
    at = f" at {failure['step']}" if failure.get("step") else ""
    console.print(f"[bold red]{word}[/]{at}: {escape(failure['detail'])}")
    place = f"{failure['file']}:{failure['line']}" if failure.get("line") else failure.get("file", "")
    if place:
        console.print(f"  at {escape(place)}")
    if failure["remedy"]:
        console.print(f"  [bold]remedy[/]: {escape(failure['remedy'])}")
    if failure["log"]:
        console.print("  last lines:")
        for line in failure["log"][-20:]:
            console.print(f"  [dim]|[/] {escape(line)}")
    if deployment["state"] == "failed" and deployment["former"]:
        console.print(f"  {escape(deployment['former'])} still serves; nothing changed for its users.")


def tell_verdict(deployment: dict[str, Any]) -> None:
    """What the gate said, where it said more than yes."""
    verdict = deployment["verdict"] or {}
    for reason in verdict.get("reasons", ()):
        if reason["outcome"] in ("warn", "unknown"):
            output.err.print(
                f"[yellow]{reason['outcome']}[/]: {escape(reason['text'])} [dim]({escape(reason['rule'])})[/]"
            )
