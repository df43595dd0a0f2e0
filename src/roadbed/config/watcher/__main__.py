"""The watcher's process: look, remember, tell, wait; it ends when it is told to, and knows no Roadbed but by HTTP."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import httpx

from roadbed.config.watcher.reading import Watch, read
from roadbed.config.watcher.rules import PARTS, Part, Seen, news, seen_of, stepped, told
from roadbed.config.watcher.sending import send
from roadbed.ground.errors import Refusal

LARGEST: Final = 64 * 1024
ONCE_DOWN: Final = 1


class Watcher:
    """One watcher with its memory."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.parts = _remembered(watch.state)

    def look(self) -> dict[str, Seen]:
        """One look at every part."""
        try:
            with httpx.Client(timeout=self.watch.timeout, trust_env=False) as client:
                answer = client.get(f"{self.watch.url}/vitals", headers={"Accept": "application/json"})
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            return seen_of(None, None, f"nothing answered ({type(fault).__name__})")
        try:
            told_by_it = json.loads(answer.content[:LARGEST])
        except ValueError:
            told_by_it = None
        return seen_of(answer.status_code, told_by_it if isinstance(told_by_it, dict) else None, "")

    def round(self, *, now: float) -> dict[str, Seen]:
        """Look, tell what is new, and remember that it was told; answers what was seen."""
        seen, limits = self.look(), self.watch.limits
        self.parts = {name: stepped(self.parts[name], seen[name], now=now, limits=limits) for name in PARTS}
        # Kept before anybody is told: a watcher that dies in between tells it again rather than never.
        self._remember()
        found = [one for name in PARTS if (one := news(name, self.parts[name], now=now, limits=limits)) is not None]
        if found:
            faults = send(self.watch, found, now=now)
            for fault in faults:
                _say(f"could not tell: {fault}")
            if len(faults) < len(self.watch.ways):
                for one in found:
                    self.parts[one.part] = told(self.parts[one.part], now=now)
                    _say(f"told that {one.part} is {one.what}")
                self._remember()
        self._beat()
        return seen

    def _beat(self) -> None:
        if self.watch.beat:
            try:
                httpx.post(self.watch.beat, timeout=self.watch.timeout, trust_env=False)
            except (httpx.HTTPError, OSError) as fault:
                _say(f"could not send its own heartbeat ({type(fault).__name__})")

    def _remember(self) -> None:
        file = self.watch.state
        part = file.with_suffix(".part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w") as writing:
                json.dump({name: asdict(one) for name, one in self.parts.items()}, writing)
                writing.flush()
                os.fsync(writing.fileno())
            part.replace(file)
        except OSError as fault:
            # A full disk must not keep it from telling.
            _say(f"cannot remember in {file}: {fault.strerror}")


def _remembered(file: Path) -> dict[str, Part]:
    try:
        kept: Any = json.loads(file.read_text())
        return {name: Part(**kept[name]) for name in PARTS}
    except (OSError, ValueError, TypeError, KeyError):
        return {name: Part() for name in PARTS}


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")
    sys.stderr.flush()


def main() -> int:
    """Watch until told to stop; with --once look once and print what was seen."""
    arguments = argparse.ArgumentParser(prog="roadbed watch")
    arguments.add_argument("--config", type=Path, required=True)
    arguments.add_argument("--once", action="store_true")
    arguments.add_argument("--json", action="store_true")
    asked = arguments.parse_args()
    try:
        watch = read(asked.config)
    except Refusal as refusal:
        sys.stderr.write(f"error: {refusal.detail}\n  at {refusal.place}\n  remedy: {refusal.remedy}\n")
        return 1
    watcher = Watcher(watch)
    if asked.once:
        return _once(watcher, as_json=asked.json)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _say(f"watching {watch.url} every {watch.every:g} s")
    while not stopping.is_set():
        watcher.round(now=time.time())
        stopping.wait(watch.every)
    return 0


def _once(watcher: Watcher, *, as_json: bool) -> int:
    seen = watcher.look()
    if as_json:
        sys.stdout.write(json.dumps({name: asdict(one) for name, one in seen.items()}, indent=2) + "\n")
    else:
        words = {True: "up", False: "down", None: "unknown"}
        for name, one in seen.items():
            sys.stdout.write(f"{name}: {words[one.alive]}{f', {one.reason}' if one.reason else ''}\n")
    return 0 if all(one.alive for one in seen.values()) else ONCE_DOWN


if __name__ == "__main__":
    sys.exit(main())
