"""A real Alertmanager sends to both doors: what it posts opens one alert, told twice, and its end ends it."""

from __future__ import annotations

import http.server
import json
import queue
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roadbed.adapters.smtp.tests.sink import free_port
from roadbed.ground.ledger import inbox
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.alerts import door, integrating
from roadbed.reliability.paging.models import Alert, Signal

BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = [
    pytest.mark.skipif(BINARY is None, reason="no Alertmanager is installed; tools/setup.sh dev installs one"),
    pytest.mark.django_db(databases=["default", "samples"]),
]
CONFIG = """\
route:
  receiver: roadbed
  group_by: [service]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
- name: roadbed
  webhook_configs:
  - url: http://127.0.0.1:{port}/alerts/in/{webhook}
    send_resolved: true
  pagerduty_configs:
  - routing_key: {events}
    url: http://127.0.0.1:{port}/v2/enqueue
    send_resolved: true
"""


class Door(http.server.BaseHTTPRequestHandler):
    """Keeps what came; the test hands it on, since only its thread has the database."""

    came: queue.Queue[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.came.put((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        said = b'{"status": "success", "message": "Event processed", "dedup_key": "x"}'
        self.send_response(202 if self.path.startswith("/v2") else 200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing is printed for each message."""


@pytest.fixture
def standing(tmp_path: Path, wired: None) -> Iterator[tuple[int, queue.Queue[tuple[str, bytes]]]]:
    door.forget()
    now = datetime.now(UTC)
    people.create_team(ROADBED, name="team-payments", now=now)
    keys = {kind: integrating.add(ROADBED, kind, kind, team="team-payments", now=now).key
            for kind in ("alertmanager", "pagerduty")}  # fmt: skip
    Door.came = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config, port = tmp_path / "alertmanager.yml", free_port()
    text = CONFIG.format(port=server.server_port, webhook=keys["alertmanager"], events=keys["pagerduty"])
    config.write_text(text)
    storage = f"--storage.path={tmp_path / 'data'}"
    command = [str(BINARY), f"--config.file={config}", storage, "--cluster.listen-address=",
               f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _answers(port)
            yield port, Door.came
        finally:
            process.terminate()
            process.wait(20)
            server.shutdown()
            server.server_close()


def _answers(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            threading.Event().wait(0.1)
    raise TimeoutError("Alertmanager did not come up")


def _tell(port: int, *, ends: datetime | None = None) -> None:
    alert: dict[str, Any] = {
        "labels": {"alertname": "Down", "service": "checkout", "severity": "critical"},
        "annotations": {"summary": "Nothing answers"},
        "startsAt": BEGAN.isoformat(),
    }
    if ends:
        alert["endsAt"] = ends.isoformat()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps([alert]).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


BEGAN = datetime.now(UTC) - timedelta(minutes=5)


def _take(came: queue.Queue[tuple[str, bytes]], count: int) -> list[int]:
    statuses = []
    for _ in range(count):
        path, body = came.get(timeout=30)
        statuses.append(door.accept(path, {"content-type": "application/json"}, body, now=datetime.now(UTC)).status)
        while inbox.read_pending(now=datetime.now(UTC), accepts=lambda reader: reader == "alerts"):
            pass
    return sorted(statuses)


def test_what_it_posts_is_taken_at_both_doors(standing: tuple[int, queue.Queue[tuple[str, bytes]]]):
    port, came = standing
    _tell(port)
    assert _take(came, 2) == [200, 202]
    webhook = Signal.objects.get(integration__kind="alertmanager")
    assert (webhook.title, webhook.severity, webhook.state) == ("Nothing answers", 1, "firing")
    assert webhook.began_at == BEGAN.replace(microsecond=BEGAN.microsecond // 1000 * 1000) or webhook.began_at == BEGAN
    event = Signal.objects.get(integration__kind="pagerduty")
    # Alertmanager calls every event an error unless it is told otherwise, and pages all the same.
    assert (event.severity, event.state, event.stance) == (2, "firing", "pages")
    assert Alert.objects.filter(closed_at=None).count() == 2
    _tell(port, ends=datetime.now(UTC))
    assert _take(came, 2) == [200, 202]
    assert set(Signal.objects.values_list("state", "resolved_by")) == {("resolved", "sender")}
    assert Alert.objects.filter(closed_at=None).count() == 0
