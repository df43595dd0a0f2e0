"""Alertmanager under the same kills: what it answered, what of that came, and what it still knows."""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from faults.kills.people import until_answered
from faults.kills.provider import Provider
from roadbed.adapters.smtp.tests.sink import free_port

BINARY: Final = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG: Final = """\
route: {{receiver: all, group_by: [service], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}}
receivers: [{{name: all, webhook_configs: [{{url: "{url}/all", send_resolved: false}}]}}]
"""


@dataclass
class Peer:
    """One Alertmanager with its data folder."""

    folder: Path
    url: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        config = self.folder / "alertmanager.yml"
        config.write_text(CONFIG.format(url=self.url))
        assert BINARY is not None
        with (self.folder / "log").open("ab") as log:
            command = [
                BINARY,
                f"--config.file={config}",
                f"--storage.path={self.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
            ]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.kills += 1

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            text = json.dumps(body) if body is not None else None
            connection.request(method, f"/api/v2/{path}", text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        status, said = until_answered(partial(self.request, method, path, body), threading.Event())
        assert status == 200, (status, said)
        return said


@dataclass(frozen=True)
class Fate:
    """What became of it.

    Attributes:
        lost: alerts that were answered, each once, and of which nothing came.
        duplicates: notifications of an alert beyond its first one, within its repeat interval.
        silences_lost: of those that were answered.
        silenced_paged: alerts that came although a silence had been answered before they began.
    """

    kills: int
    answered: int
    lost: int
    duplicates: int
    silences: int
    silences_lost: int
    silenced_paged: int


def suffer(folder: Path, provider: Provider, *, kills: int, seed: int, again: bool) -> Fate:
    """Kill it so often while alerts come, two between kills.

    Args:
        folder: an empty one.
        provider: where it sends.
        kills: how many.
        seed: of the moments.
        again: whether all alerts are posted again after every kill, as Prometheus repeats what still fires within a
            minute; without, each is posted until it is answered, and then no more.
    """
    chance = random.Random(seed)  # noqa: S311 - it chooses moments, not secrets
    peer = Peer(folder, provider.url)
    peer.start()
    silenced = [f"quiet-{number}" for number in range(4)]
    made = [_silence(peer, service) for service in silenced]
    fired: list[str] = []
    for number in range(kills):
        fresh = [f"alert-{2 * number}", f"alert-{2 * number + 1}", silenced[number % len(silenced)]]
        fired += [one for one in fresh if one not in fired]
        peer.ask("POST", "alerts", [_alert(one) for one in (fired if again else fresh)])
        time.sleep(chance.uniform(0.0, 0.4))
        peer.kill()
        peer.start()
    if again:
        peer.ask("POST", "alerts", [_alert(one) for one in fired])
    wanted = {one for one in fired if one not in silenced}
    provider.await_(lambda: wanted <= _came(provider).keys(), seconds=20)
    kept = {one["id"] for one in peer.ask("GET", "silences")}
    peer.kill()
    came = _came(provider)
    return Fate(
        kills=kills,
        answered=len(wanted),
        lost=len(wanted - came.keys()),
        duplicates=sum(many - 1 for one, many in came.items() if one in wanted),
        silences=len(made),
        silences_lost=len(set(made) - kept),
        silenced_paged=len(came.keys() & set(silenced)),
    )


def _came(provider: Provider) -> dict[str, int]:
    found: dict[str, int] = {}
    for call in provider.taken():
        for alert in call.data.get("alerts", []):
            service = alert["labels"]["service"]
            found[service] = found.get(service, 0) + 1
    return found


def _alert(service: str) -> dict[str, Any]:
    ends = datetime.now(UTC) + timedelta(hours=1)
    return {"labels": {"alertname": "Down", "service": service}, "endsAt": ends.isoformat()}


def _silence(peer: Peer, service: str) -> str:
    now = datetime.now(UTC)
    body = {
        "matchers": [{"name": "service", "value": service, "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "hanne",
        "comment": "it is being moved",
    }
    return str(peer.ask("POST", "silences", body)["silenceID"])
