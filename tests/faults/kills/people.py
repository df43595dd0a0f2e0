"""What goes on outside while processes die: monitoring that sends until it is answered, people who answer pages."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from faults.kills.provider import Call
from faults.kills.stage import Stage

PAUSE = 0.05
BEGINNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
NOBODY = (OSError, http.client.HTTPException, ValueError)
"""What a request meets whose server is dead or dying."""


def until_answered(ask: Callable[[], tuple[int, Any]], stopping: threading.Event) -> tuple[int, Any]:
    """Ask again until an answer comes that is neither a server's fault nor a "not now"; (0, None) if stopped."""
    while not stopping.is_set():
        try:
            status, said = ask()
            if status < 500 and status not in (408, 425, 429):
                return status, said
        except NOBODY:
            pass
        stopping.wait(PAUSE)
    return 0, None


@dataclass
class Monitoring:
    """Sends as Alertmanager does: every message again until it is answered with 2xx.

    Attributes:
        answered: fingerprints of alerts that fire, by when they were answered.
        ended: those whose end was answered.
        on_answer: told the service and the status of every message that was answered.
    """

    stage: Stage
    answered: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    on_answer: Callable[[str, str], None] = lambda *_: None
    episodes: Counter[str] = field(default_factory=Counter)
    work: queue.Queue[tuple[str, str, int]] = field(default_factory=queue.Queue)
    stopping: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, many: int = 3) -> None:
        self.threads = [threading.Thread(target=self._send, daemon=True) for _ in range(many)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def fire(self, service: str) -> None:
        """Begin a new episode."""
        self.episodes[service] += 1
        self.work.put((service, "firing", self.episodes[service]))

    def repeat(self, service: str) -> None:
        """Say again that it fires, as a monitoring system does; late perhaps."""
        self.work.put((service, "firing", self.episodes[service]))

    def end(self, service: str) -> None:
        """End the episode."""
        self.work.put((service, "resolved", self.episodes[service]))

    def all_answered(self) -> bool:
        return self.work.unfinished_tasks == 0

    def _send(self) -> None:
        while not self.stopping.is_set():
            try:
                service, status, episode = self.work.get(timeout=0.1)
            except queue.Empty:
                continue
            body = message(service, status, episode)
            code, _ = until_answered(partial(self._post, body), self.stopping)
            if code == 200:
                (self.answered if status == "firing" else self.ended)[fingerprint(service, episode)] = time.time()
                self.on_answer(service, status)
            elif code:
                self.faults.append(f"{service} {status}: {code}")
            self.work.task_done()

    def _post(self, body: bytes) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=10)
        try:
            connection.request("POST", f"/alerts/in/{self.stage.key}", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def fingerprint(service: str, episode: int) -> str:
    """What tells one alert from all others."""
    return f"{service}#{episode}"


def message(service: str, status: str, episode: int) -> bytes:
    """One alert of one service, in a group of its own."""
    labels = {"alertname": "Down", "service": service, "severity": "critical"}
    begins = BEGINNING + timedelta(minutes=2 * episode)
    alert = {
        "status": status,
        "labels": labels,
        "annotations": {"summary": f"{service} is down"},
        "startsAt": begins.isoformat(),
        "fingerprint": fingerprint(service, episode),
    }
    if status == "resolved":
        alert["endsAt"] = (begins + timedelta(minutes=1)).isoformat()
    group = fingerprint(service, episode)
    told = {"version": "4", "groupKey": group, "truncatedAlerts": 0, "status": status, "alerts": [alert]}
    return json.dumps(told).encode()


@dataclass
class OnCall:
    """Acknowledges pages that come, and asks again until that is answered.

    Attributes:
        patience: with which message about a page, by its service, it is acknowledged: 0 never, 1 at once, 2 after the
            next step.
        acknowledged: pages whose acknowledgement was answered, by when; some of them are snoozed then.
        snoozed: pages whose snooze was answered.
        on_answer: told the service of every page about which somebody did what they do.
    """

    stage: Stage
    patience: Callable[[str], int]
    on_answer: Callable[[str], None] = lambda _: None
    acknowledged: dict[str, float] = field(default_factory=dict)
    snoozed: set[str] = field(default_factory=set)
    work: queue.Queue[tuple[str, str]] = field(default_factory=queue.Queue)
    seen: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def on_call(self, call: Call) -> None:
        page = call.data.get("alert", "")
        if not (call.taken and page):
            return
        self.seen[page] += 1
        service = call.data.get("service", "")
        if self.seen[page] == self.patience(service):
            self.work.put((page, service))

    def start(self) -> None:
        self.thread = threading.Thread(target=self._answer, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.thread is not None:
            self.thread.join()

    def all_answered(self) -> bool:
        return self.work.unfinished_tasks == 0

    def _answer(self) -> None:
        while not self.stopping.is_set():
            try:
                page, service = self.work.get(timeout=0.1)
            except queue.Empty:
                continue
            path = f"/api/v1/pages/{page}/acknowledge"
            code, _ = until_answered(partial(self.stage.request, "POST", path), self.stopping)
            if code == 200:
                self.acknowledged[page] = time.time()
                if len(self.acknowledged) % 2:
                    self._snooze(page)
            self.on_answer(service)
            self.work.task_done()

    def _snooze(self, page: str) -> None:
        path = f"/api/v1/pages/{page}/snooze"
        code, _ = until_answered(partial(self.stage.request, "POST", path, {"minutes": 600}), self.stopping)
        if code == 200:
            self.snoozed.add(page)


def silence(stage: Stage, service: str) -> str:
    """Silence one service for an hour; answers the silence's uid once it was answered."""
    ends = datetime.now(UTC) + timedelta(hours=1)
    body = {"matchers": [f'service="{service}"'], "ends_at": ends.isoformat(), "reason": "it is being moved"}
    code, said = until_answered(lambda: stage.request("POST", "/api/v1/alerts/silences", body), threading.Event())
    assert code == 201, (code, said)
    return str(said["uid"])
