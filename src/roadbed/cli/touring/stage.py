"""What the steps share: the service, the person who is paged, waiting until something is seen, and tidying up."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from roadbed.cli.client import Api
from roadbed.cli.touring.receiving import SmtpSink, Webhook
from roadbed.ground.errors import Refusal

TEAM: Final = "roadbed-tour"
EMAIL: Final = "tour@roadbed.invalid"
PERSON: Final = "Tour on call"
POLL: Final = 0.25
CODE: Final = re.compile(r"the code ([0-9]{6})")
CODE_SECONDS: Final = 60.0
Seen = TypeVar("Seen")


class Missed(Exception):  # noqa: N818 - an outcome of a step, not a fault of the program
    """What a step waited for did not happen."""


@dataclass
class Stage:
    """One tour's things; what is empty was not reached."""

    api: Api
    receiver: SmtpSink | Webhook
    path: str
    deadline: float
    service: str = field(default_factory=lambda: f"tour-{time.strftime('%m%d-%H%M%S', time.gmtime())}")
    work: tempfile.TemporaryDirectory[str] = field(default_factory=lambda: tempfile.TemporaryDirectory(prefix="tour-"))
    found: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the service is cloned."""
        return Path(self.work.name) / self.service

    def until(self, what: str, look: Callable[[], Seen | None], *, seconds: float) -> Seen:
        """What is looked for, as soon as it is there.

        Raises:
            Missed: when it did not come in time, or the tour's own time is over.
        """
        began = time.monotonic()
        end = min(began + seconds, self.deadline)
        while True:
            seen = look()
            if seen:
                return seen
            if time.monotonic() > end:
                raise Missed(f"{what} was not seen within {time.monotonic() - began:.0f} s.")
            time.sleep(POLL)

    def objective(self) -> dict[str, Any]:
        """The availability objective, as it stands."""
        items = self.api.get(f"/services/{self.service}/objectives")["items"]
        found = next((one for one in items if one["name"].endswith("availability")), None)
        if found is None:
            raise Missed(f"{self.service} has no availability objective.")
        whole: dict[str, Any] = self.api.get(f"/objectives/{found['uid']}")
        return whole

    def deployed(self, uid: str) -> dict[str, Any]:
        """A deployment once it is over, or its rollback's traffic has moved."""

        def look() -> dict[str, Any] | None:
            one: dict[str, Any] = self.api.get(f"/deployments/{uid}")
            switched = one["verb"] == "rollback" and one["step"] == "drain"
            return one if switched or one["exit_code"] is not None else None

        one = self.until(f"the end of deployment {uid}", look, seconds=90)
        if one["state"] in ("failed", "refused"):
            failure = one["failure"] or {}
            raise Missed(f"{one['verb']} {one['state']}: {failure.get('detail', 'without a reason')}")
        return one

    def prepare(self) -> None:
        """A team with one person on call whose only channel is the tour's own receiver: nobody real is paged."""
        names = {team["name"] for team in self.api.get("/teams")}
        if TEAM not in names:
            self.api.post("/teams", {"name": TEAM, "title": "Roadbed's tour"})
        known = {person["email"] for person in self.api.get("/people")}
        self.done.append("person")
        if EMAIL not in known:
            self.api.post("/people", {"email": EMAIL, "name": PERSON, "role": "member"})
        self.api.patch(f"/people/{EMAIL}", {"role": "member", "active": True})
        self.api.put(f"/teams/{TEAM}/members/{EMAIL}", {"lead": False})
        self._forget_channels()
        body = {"kind": self.receiver.kind, "address": self.receiver.address(EMAIL), "email": EMAIL}
        body["server"] = self.receiver.server
        channel = self.api.post("/channels", body)
        self.receiver.trust(channel["secret"])
        self._verify(channel["uid"])
        self.api.put(f"/teams/{TEAM}/rotation", {"people": [EMAIL], "step_seconds": 300})

    def _verify(self, channel: str) -> None:
        """Enter the code that a mail brings; a webhook is verified by its answer."""
        if self.receiver.kind != "smtp":
            return
        mail = self.receiver.inbox.about(channel, seconds=CODE_SECONDS)
        if mail is None or (code := CODE.search(mail.text)) is None:
            raise Missed(f"no code of the tour's channel came within {CODE_SECONDS:g} s")
        self.api.post(f"/channels/{channel}/verify", {"code": code[1]})

    def _forget_channels(self) -> None:
        for channel in self.api.get("/channels", everybody=True):
            if channel["email"] == EMAIL:
                self.api.delete(f"/channels/{channel['uid']}")

    def tidy(self, *, keep: bool) -> list[str]:
        """Take back what the tour made; answers what could not be taken back."""
        faults: list[str] = []
        steps: list[tuple[str, Callable[[], Any]]] = []
        if "incident" in self.found:
            resolve = {"summary": "The tour is over.", "cause_deployment": None}
            steps.append(
                ("resolve", lambda: self.api.post(f"/incidents/{self.found['incident']['name']}/resolve", resolve))
            )
        if "deployed" in self.done and not keep:
            steps.append(("stop", self._stop))
        if "registered" in self.done and not keep:
            ref = f"/catalog/entities/component:{self.service}?whole_location=true"
            steps.append(("catalogue", lambda: self.api.delete(ref)))
        if "person" in self.done:
            steps += [
                ("rotation", lambda: self.api.delete(f"/teams/{TEAM}/rotation")),
                ("channel", self._forget_channels),
                ("team", lambda: self.api.delete(f"/teams/{TEAM}/members/{EMAIL}")),
                ("person", lambda: self.api.patch(f"/people/{EMAIL}", {"role": "member", "active": False})),
            ]
            if not keep:
                steps.append(("the team", lambda: self.api.post(f"/teams/{TEAM}/archive")))
        for what, take_back in steps:
            try:
                take_back()
            except (Refusal, Missed) as fault:
                faults.append(f"{what}: {fault.detail if isinstance(fault, Refusal) else fault}")
        self.receiver.stop()
        self.work.cleanup()
        return faults

    def _stop(self) -> None:
        self.api.post(f"/services/{self.service}/stop", {"environment": "production"})
        self.deadline = time.monotonic() + 30

        def look() -> bool:
            return all(one["active"] is None for one in self.api.get(f"/services/{self.service}/status")["workloads"])

        self.until("the end of the service's processes", look, seconds=20)
