"""A whole Roadbed in a data folder of its own, started and stopped by its commands, driven from outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

COMMAND = Path(sys.executable).parent / "roadbed"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: str, check: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """Ask again until the answer is true; the answer, or a failure that says what was waited for."""
    deadline = time.monotonic() + seconds
    last: Any = None
    while time.monotonic() < deadline:
        try:
            last = check()
            if last:
                return last
        except (httpx.HTTPError, KeyError, IndexError, TypeError) as fault:
            last = fault
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen within {seconds:g} s; last seen: {last!r}")


@dataclass
class Running:
    """One Roadbed under test."""

    home: Path
    port: int = field(default_factory=free_port)
    edge: int = field(default_factory=free_port)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "Mara Lindqvist"), ("EMAIL", "mara@example.org"))
        }
        own = {"XDG_CONFIG_HOME": str(self.home / "config"), "ROADBED_DATA": str(self.data), "COLUMNS": "160"}
        return {**kept, **who, **own}

    def command(self, *arguments: str, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command line, however it ends."""
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=cwd or self.home,
            env=self.environment(),
            input=stdin,
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )

    def run(self, *arguments: str, code: int = 0, cwd: Path | None = None, stdin: str = "") -> str:
        """Run the command line; its standard output. Fails the test on another exit code."""
        done = self.command(*arguments, cwd=cwd, stdin=stdin)
        shown = f"roadbed {' '.join(arguments)} → {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == code, shown
        return done.stdout

    def json(self, *arguments: str, **options: Any) -> Any:
        return json.loads(self.run(*arguments, "--json", **options))

    def up(self) -> str:
        """Start; answers the sign-in link, which is printed last."""
        out = self.run("up", "--address", f"127.0.0.1:{self.port}", "--edge", f"127.0.0.1:{self.edge}")
        return out.strip().splitlines()[-1]

    def down(self) -> None:
        self.run("down")

    def git(self, *arguments: str, cwd: Path) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd, env=self.environment(), text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def service(self, name: str, path: str = "/", **options: Any) -> httpx.Response:
        """A request through the edge."""
        return httpx.get(
            f"http://127.0.0.1:{self.edge}{path}", headers={"Host": f"{name}.localhost"}, timeout=10, **options
        )

    def leftovers(self) -> list[str]:
        """Processes that belong to this Roadbed's folder still."""
        found = []
        for process in psutil.process_iter(["pid", "cmdline", "environ", "cwd"]):
            info = process.info
            texts = [*(info["cmdline"] or ()), info["cwd"] or "", (info["environ"] or {}).get("ROADBED_DATA", "")]
            if process.pid != os.getpid() and any(str(self.data) in text for text in texts):
                found.append(f"{process.pid} {' '.join(info['cmdline'] or ())}")
        return found
