"""Plays how the company's work reached its trunks: branches, reviews, builds, and what their tests said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from roadbed.config.demo import company
from roadbed.config.demo.catalogue import Listed
from roadbed.config.demo.days import REVIEWED_AFTER
from roadbed.config.demo.plans import Change
from roadbed.config.demo.playing import Player
from roadbed.delivery.changes.sources.recording import Recorder
from roadbed.delivery.metrics.flow.testing import usecases as tests
from roadbed.delivery.metrics.flow.testing.rules import placed
from roadbed.ground import asks
from roadbed.ground.asks.homes import ServiceHomes
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import events

TRUNK: Final = "main"
REPORTED_FOR: Final = timedelta(days=24)
"""Since so long ago the company's pipelines send what their tests said."""
TESTED: Final = {
    "checkout-web": (("cart", "adds a parcel"), ("cart", "prices above 20 kg"), ("label", "prints two on a sheet")),
    "parcel-tracking": (("scans", "come out of order"), ("scans", "without a depot"), ("page", "shows the locker")),
    "route-planner": (("round", "gives each van its break"), ("round", "charges at noon"), ("map", "closed bridges")),
}  # fmt: skip
FLAKY: Final = {"checkout-web": (2, 3), "parcel-tracking": (0, 5)}
"""Which test of a service flakes, and at every how many-th change."""
OPEN: Final = (("checkout-web", "spike/new-cart", 12.0), ("parcel-tracking", "locker-photo", 0.2),
               ("route-planner", "van-breaks", 2.4))  # fmt: skip
"""Branches that are open when the demo is made, and since how many days."""


def schedule(player: Player, *, days: int) -> None:
    """All of it, at its instants."""
    homes = {one.service_uid: one.repository for one in asks.put(ServiceHomes())}
    since = player.now - timedelta(days=days)
    for name, listed in sorted(player.listed.items()):
        repository = homes.get(listed.uid, "")
        changes = sorted({one for each in listed.deployments for one in each.changes}, key=lambda one: one.committed_at)
        for number, change in enumerate(changes, 1):
            for event in _events(repository, listed, change, number):
                if event.at > since:
                    player.at(event.at, partial(_tell, event))
            if name in TESTED and change.committed_at > max(since, player.now - REPORTED_FOR):
                _report(player, listed, change, number)
    _leave_open(player, homes)
    player.at(player.now - timedelta(days=2), partial(_quarantine, player))


def _tell(event: events.Event, at: datetime) -> None:
    with unit(ROADBED, now=at) as writing:
        Recorder(writing, "github", at).record(event)


def _events(repository: str, listed: Listed, change: Change, number: int) -> Iterator[events.Event]:
    """A branch is pushed, opened as a pull request, reviewed, merged; each push is built."""
    branch, began, merged = f"work-{number}", change.authored_at, change.committed_at
    sha, took = listed.commits[change], change.committed_at - change.authored_at
    head = f"{number:04x}{listed.uid}"[:40].ljust(40, "0")
    commit = events.Commit(head, change.subject, change.body, change.author, began, began)
    pushed = began + took * 0.2
    yield events.Pushed(f"{repository}:{branch}", pushed, repository, branch, "", head, (commit,), trunk=TRUNK)
    opened = began + took * 0.3
    told = events.Change(
        f"{repository}:{number}:opened", opened, repository, str(number), events.OPENED, title=change.subject,
        author=change.author, base=TRUNK, branch=branch, head=head, opened_at=opened, trunk=TRUNK,
    )  # fmt: skip
    yield told
    if number % 7:
        other = "Hanne Brandt" if change.author != "Hanne Brandt" else "Priya Raman"
        at = began + took * REVIEWED_AFTER
        yield events.Change(f"{repository}:{number}:reviewed", at, repository, str(number), "reviewed", author=other)
    large = 1 + len(listed.service.name) % 4
    yield replace(
        told, key=f"{repository}:{number}:merged", at=merged, state=events.MERGED, merge=sha,
        additions=(6 + number * 37 % 210) * large,
        deletions=number * 23 % 90, files=1 + number * 5 % 9, commits=1 + number % 4,
    )  # fmt: skip
    yield _build(repository, branch, head, pushed + timedelta(minutes=9), number, outcome="success")
    broken = number % 11 == 4  # noqa: PLR2004 - now and then
    ended = merged + timedelta(minutes=12)
    yield _build(repository, TRUNK, sha, ended, number, outcome="failure" if broken else "success")
    if broken:
        yield _build(repository, TRUNK, sha, ended + timedelta(minutes=20 + number % 60), number, outcome="success")


def _build(repository: str, branch: str, sha: str, at: datetime, number: int, *, outcome: str) -> events.Build:
    seconds, waited = 230 + number * 53 % 300, 4 + number * 17 % 55
    return events.Build(
        f"{repository}:{branch}:{sha}:{at.isoformat()}", at, repository, "ci", sha, outcome,
        started_at=at - timedelta(seconds=seconds), branch=branch, queued_seconds=float(waited),
    )  # fmt: skip


def _report(player: Player, listed: Listed, change: Change, number: int) -> None:
    name = listed.service.name
    which, every = FLAKY.get(name, (0, 0))
    fails = which if every and number % every == 0 else None
    first = change.committed_at + timedelta(minutes=12)
    player.at(first, partial(_send, player, listed, change, 1, fails))
    if fails is not None:
        player.at(first + timedelta(minutes=14), partial(_send, player, listed, change, 2, None))


def _send(player: Player, listed: Listed, change: Change, attempt: int, fails: int | None, at: datetime) -> None:  # noqa: PLR0917 - an act of the player
    lead = next(one.name for one in company.PEOPLE if one.team == listed.service.team and one.lead)
    cases = "".join(
        f'<testcase classname="{group}" name="{test}" file="tests/{group}.py" time="{14 + index * 31 + attempt}">'
        f"{'<failure/>' if index == fails else ''}</testcase>"
        for index, (group, test) in enumerate(TESTED[listed.service.name])
    )
    belongs = placed(
        commit=listed.commits[change], build=f"ci-{change.committed_at:%m%d%H%M}", attempt=attempt, shard="",
        branch=TRUNK,
    )  # fmt: skip
    body = f'<testsuites><testsuite name="unit">{cases}</testsuite></testsuites>'.encode()
    tests.report(player.cast.people[lead], service=listed.service.name, belongs=belongs, body=body, now=at)


def _leave_open(player: Player, homes: dict[str, str]) -> None:
    for name, branch, ago in OPEN:
        at = player.now - timedelta(days=ago)
        sha = f"{len(branch):02x}" * 20
        lead = next(one.name for one in company.PEOPLE if one.team == player.listed[name].service.team and one.lead)
        commit = events.Commit(sha, "Begin", "", lead, at, at)
        repository = homes.get(player.listed[name].uid, "")
        event = events.Pushed(f"{repository}:{branch}", at, repository, branch, "", sha, (commit,), trunk=TRUNK)
        player.at(at, partial(_tell, event))


def _quarantine(player: Player, at: datetime) -> None:
    group, test = TESTED["checkout-web"][FLAKY["checkout-web"][0]]
    lead = next(one.name for one in company.PEOPLE if one.team == "storefront" and one.lead)
    tests.quarantine(
        player.cast.people[lead], service="checkout-web", test=f"{group}::{test}",
        reason="The printer’s double answers late; a fake of it is on its way", days=10, now=at,
    )  # fmt: skip
