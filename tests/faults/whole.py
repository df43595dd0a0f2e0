"""A whole Roadbed for the fault tests, with one small service whose every step a test can hold up."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from journeys.running import COMMAND, Running, eventually

ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    roadbed.dev/build: "{build}"
    roadbed.dev/run: exec /usr/bin/python3 service.py
spec:
  type: service
  lifecycle: production
  owner: team-payments
"""
SERVICE = """\
import http.server, os, time
time.sleep({before_ready})
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        while self.path == "/slow" and os.path.exists("{held}"):
            time.sleep(0.05)
        body = b"{answer}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
"""


@dataclass
class Whole:
    """One Roadbed and its service."""

    running: Running
    name: str

    @property
    def repository(self) -> Path:
        return self.running.home / self.name

    @property
    def held(self) -> Path:
        """While it exists, a request for /slow is not answered."""
        return self.running.home / "held"

    def commit(self, answer: str, *, build: str = "true", before_ready: float = 0.0) -> None:
        self.repository.mkdir(exist_ok=True)
        (self.repository / "catalog-info.yaml").write_text(ENTITY.format(name=self.name, build=build))
        (self.repository / "service.py").write_text(
            SERVICE.format(answer=answer, before_ready=before_ready, held=self.held)
        )
        if not (self.repository / ".git").exists():
            self.running.git("init", "-q", "-b", "main", cwd=self.repository)
        self.running.git("add", ".", cwd=self.repository)
        self.running.git("commit", "-qm", f"Answer {answer}", cwd=self.repository)

    def register(self) -> None:
        self.running.run("team", "create", "team-payments")
        self.commit("one")
        self.running.run("catalog", "add", str(self.repository))
        self.running.run("deploy", self.name)

    def get(self, path: str) -> Any:
        known = json.loads((self.running.data / "client.json").read_text())
        answer = httpx.get(f"{known['url']}/api/v1{path}", headers={"Authorization": f"Bearer {known['token']}"})
        answer.raise_for_status()
        return answer.json()

    def deploy_detached(self) -> str:
        return self.running.json("deploy", self.name, "--detach")["uid"]

    def await_step(self, uid: str, step: str) -> None:
        def reached() -> bool:
            seen = self.get(f"/deployments/{uid}")
            assert seen["exit_code"] is None, f"it ended before {step}: {seen['failure']}"
            return bool(seen["step"] == step)

        deadline = time.monotonic() + 30
        while not reached():
            assert time.monotonic() < deadline, f"the deployment never came to {step}"
            time.sleep(0.01)

    def await_end(self, uid: str, *, seconds: float = 90.0) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            seen: dict[str, Any] = self.get(f"/deployments/{uid}")
            return seen if seen["exit_code"] is not None else None

        found: dict[str, Any] = eventually(f"the end of deployment {uid}", ended, seconds=seconds)
        return found

    def kill_worker(self) -> int:
        """kill -9; the process tree starts another."""
        pid = int(json.loads((self.running.data / "run" / "worker.pid").read_text())["pid"])
        process = psutil.Process(pid)
        process.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            process.wait(10)
        return pid

    def serving_processes(self) -> int:
        """Processes of the service itself, of whichever release."""
        folder = str(self.running.data / "runtime" / "workloads" / self.name / "releases")
        found = 0
        for process in psutil.process_iter(["cwd", "cmdline"]):
            found += str(process.info["cwd"] or "").startswith(folder) and "service.py" in (
                process.info["cmdline"] or []
            )
        return found


@contextlib.contextmanager
def whole() -> Iterator[Whole]:
    """A Roadbed with its service live, gone at the end with every process."""
    # Services run as users of their own, who cannot pass through pytest's private folders.
    home = Path(tempfile.mkdtemp(prefix="roadbed-faults-", dir="/var/tmp"))
    home.chmod(0o711)
    made = Whole(Running(home), f"till-{uuid.uuid4().hex[:6]}")
    try:
        made.running.up()
        made.register()
        yield made
        made.running.down()
        eventually("the end of every process", lambda: made.running.leftovers() == [], seconds=15)
    finally:
        subprocess.run([COMMAND, "down"], env=made.running.environment(), capture_output=True, check=False, timeout=60)
        shutil.rmtree(home, ignore_errors=True)
        if os.geteuid() == 0:
            subprocess.run(["userdel", f"rb-{made.name}"], capture_output=True, check=False)
