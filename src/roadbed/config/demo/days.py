"""Plays the ordinary days: deployments asked at the gate and reported, flags, freezes, engagements."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from roadbed.config.demo import company, plans
from roadbed.config.demo.catalogue import Listed
from roadbed.config.demo.planned import ENDED, ENGAGED, FLAGS, FREEZES, OVERRIDES, Engaged, Flag, Freeze, Switch
from roadbed.config.demo.plans import Planned
from roadbed.config.demo.playing import Player
from roadbed.delivery.flags import usecases as flags
from roadbed.delivery.freezes import usecases as freezes
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.gates import overriding
from roadbed.ground.gates.checking import check
from roadbed.ground.gates.schemas import CheckIn, CommitIn
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.platform.releases.reporting import CarriedCommit, report_deployment

ASKED_FOR: Final = timedelta(days=21)
"""The company's pipelines ask the gate since so long ago; before that they only reported."""
REVIEWED_AFTER: Final = 0.6
"""Of the way from writing a commit to merging it."""


class Days:
    """Schedules what happens on any day."""

    def __init__(self, player: Player, *, days: int) -> None:
        self.player = player
        self._since = player.now - timedelta(days=days)
        self._refused = 0

    def schedule(self) -> None:
        """All of it."""
        for listed in self.player.listed.values():
            for one in listed.deployments:
                self.player.at(one.at - timedelta(seconds=one.seconds), partial(self._begin, listed, one))
        for flag in FLAGS:
            self._flag(flag)
        for freeze in FREEZES:
            self.player.at(self._ago(freeze.declared), partial(self._freeze, freeze))
        for engaged in (ENDED, ENGAGED):
            self._engage(engaged)
        self._ask_today()

    def _ago(self, days: float) -> datetime:
        return max(self._since, (self.player.now - timedelta(days=days)).replace(microsecond=0))

    def _caller(self, name: str) -> Caller:
        return self.player.cast.people[name]

    # --- deployments

    def _begin(self, listed: Listed, one: Planned, at: datetime) -> None:
        commit = listed.commits[one.changes[0]] if one.changes else listed.head_of(one.version)
        asks = one.changes and one.at > self.player.now - ASKED_FOR
        if not asks or self._passes(listed, one, commit, at):
            self.player.at(one.at, partial(self._report, listed, one, commit, at))

    def _report(self, listed: Listed, one: Planned, commit: str, started: datetime, at: datetime) -> None:
        caller, service = self._caller(one.by), listed.service
        carried = [
            CarriedCommit(
                listed.commits[each],
                each.subject,
                each.authored_at,
                each.committed_at,
                each.body,
                each.author,
                reviewed_at=each.authored_at + (each.committed_at - each.authored_at) * REVIEWED_AFTER,
                merged_at=each.committed_at,
            )
            for each in one.changes
        ]
        report_deployment(
            caller, service.name, commit=commit, outcome=one.outcome, version=f"v{one.version}", source="github",
            source_id=f"{service.name}/{at:%Y%m%d%H%M%S}", started_at=started, finished_at=at,
            kind="feature" if one.outcome == plans.ROLLED_BACK else one.kind, commits=carried or None, now=at,
        )  # fmt: skip

    def _passes(self, listed: Listed, one: Planned, commit: str, at: datetime) -> bool:
        """Ask the gate as the pipeline does; every second refusal is overridden, and that of the newest release."""
        name, caller = listed.service.name, self._caller(one.by)
        self.player.evaluate(name, at)
        asked = CheckIn(
            service=name, commit=commit, changes=[CommitIn(title=each.subject, body=each.body) for each in one.changes]
        )
        verdict = check(caller, asked, now=at)
        if verdict["passes"]:
            return True
        self._refused += 1
        if self._refused % 2 and one is not listed.deployments[-1]:
            return False
        reason = OVERRIDES[(self._refused // 2) % len(OVERRIDES)]
        overriding.override(
            caller, name, commit=commit, reason=reason, lasts=timedelta(hours=1), decision=verdict["decision"], now=at
        )
        return bool(check(caller, asked, now=at)["passes"])

    def _ask_today(self) -> None:
        """The next release of the service that has no budget left, and a fix that reads like a feature."""

        def refused(at: datetime) -> None:
            self.player.evaluate("parcel-tracking", at)
            changes = [CommitIn(title="feat: show the locker photo on the tracking page (#1891)")]
            check(
                self._caller("Tomasz Wierzba"),
                CheckIn(service="parcel-tracking", commit="4be19c7", changes=changes),
                now=at,
            )

        def disputed(at: datetime) -> None:
            self.player.evaluate("depot-board", at)
            changes = [CommitIn(title="feat: show belts that stand still (#962)")]
            asked = CheckIn(service="depot-board", commit="91d3f07", kind="fix", changes=changes)
            check(self._caller("Noor Aziz"), asked, now=at)

        self.player.at(self.player.now - timedelta(minutes=2), refused)
        self.player.at(self.player.now - timedelta(hours=4), disputed)

    # --- flags, freezes, engagements

    def _flag(self, flag: Flag) -> None:
        first = flag.switches[0]
        self.player.at(self._ago(first.days) - timedelta(hours=1), partial(self._create, flag, first.by))
        for switch in flag.switches:
            self.player.at(self._ago(switch.days), partial(self._switch, flag, switch))

    def _create(self, flag: Flag, by: str, at: datetime) -> None:
        caller = self._caller(by)
        flags.create_flag(caller, flag.service, flag.key, kind=flag.kind, description=flag.description, now=at)

    def _switch(self, flag: Flag, switch: Switch, at: datetime) -> None:
        flags.change_flag(
            self._caller(switch.by), flag.service, flag.key, state=switch.state, reason=switch.reason,
            environment=switch.environment, now=at,
        )  # fmt: skip

    def _freeze(self, freeze: Freeze, at: datetime) -> None:
        caller = self._caller(freeze.by)
        starts = (self.player.now - timedelta(days=freeze.starts)).replace(minute=0, second=0, microsecond=0)
        ends = starts + timedelta(hours=freeze.hours)
        if ends <= at:
            return
        uid = freezes.declare(
            caller, scope="team", target=freeze.team, reason=freeze.reason, starts_at=starts, ends_at=ends, now=at
        )
        if freeze.lifted is not None:
            self.player.at(self._ago(freeze.lifted), lambda when: freezes.lift(caller, uid, now=when))

    def _engage(self, engaged: Engaged) -> None:
        began = self._ago(engaged.days)
        self.player.at(began, partial(self._start, engaged))
        if engaged.ended is not None:
            self.player.at(max(self._ago(engaged.ended), began + timedelta(days=1)), partial(self._end, engaged))

    def _start(self, engaged: Engaged, at: datetime) -> None:
        catalog.start_engagement(
            ROADBED, engaged.service, team=company.RELIABILITY, started_on=at.date(), entry_review=engaged.review,
            objectives=engaged.objectives, hand_back=engaged.hand_back, now=at,
        )  # fmt: skip

    def _end(self, engaged: Engaged, at: datetime) -> None:
        catalog.end_engagement(ROADBED, engaged.service, ended_on=at.date(), reason=engaged.reason, now=at)
