"""Made-up incidents whose cause is known: plain ones, and hard ones, for fitting and for measuring suspects.

A hard history has a service, what it depends on and what calls it, each deployed and switched at its own pace. One
change, or none, begins to do harm: at once, after minutes, or creeping for hours. What is known at the time may hold a
rollback that ended it, or one that did not. Chance comes from a seed; no share of real incidents follows from it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.rules.beginning import began
from roadbed.reliability.incidents.rules.evidence import RELEASES, Scene, track_of
from roadbed.reliability.incidents.rules.suspects import CHANGES

NIGHT = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BELOW = {"d1": "store", "d2": "prices", "e1": "store, then disks"}
ABOVE = {"u1": "shop", "u2": "app"}
SUBJECTS = {
    "schema migration of orders": 2.2,
    "Bump client from 2.1 to 2.2": 1.1,
    "config: raise pool size": 1.6,
    "docs: correct a typo": 0.1,
    "Show totals by day": 1.0,
    "Let people sort the list": 1.0,
}
"""Subjects of commits, and how much more harm such a change does."""
CASES = {
    "own release": 40, "own flag": 14, "dependency": 13, "dependency's flag": 3, "dependant": 3, "slow burn": 11,
    "no change": 16,
}  # fmt: skip
"""How many of a hundred hard histories have which cause."""


@dataclass(slots=True)
class History:
    """What is known when somebody looks, and what was the cause; empty where it was no change."""

    facts: list[FactView]
    scene: Scene
    cause: str
    case: str


def fact(number: int, kind: str, subject: str, at: datetime, data: dict[str, Any]) -> FactView:
    """A fact of production."""
    return FactView(
        position=number, uid=f"c{number}", kind=kind, subject=subject, environment="production", occurred_at=at,
        recorded_at=at, actor="p", actor_name="p", source="roadbed", source_id=f"c{number}", supersedes="", data=data,
    )  # fmt: skip


def plain(chance: random.Random) -> History:
    """A service that is deployed and switched all day, one change of which fails requests after a delay."""
    hours, made = chance.uniform(0.2, 2.5), []
    at = NIGHT + timedelta(hours=2)
    while at < NIGHT + timedelta(hours=20):
        at += timedelta(hours=chance.expovariate(1 / hours))
        number = len(made) + 1
        flag = chance.random() < 0.4
        data = {"flag": f"f{number}", "from": "off", "to": "on"} if flag else {"version": f"v{number}"}
        made.append(fact(number, "flag.changed" if flag else "service.upgraded", "svc", at, data))
    cause = chance.choice(made[:-1] or made)
    harm = cause.occurred_at + timedelta(minutes=chance.choice((0, 0, 0, 0.5, 1, 2, 5, 15, 40)))
    alert = harm + timedelta(minutes=chance.choice((2, 4, 6, 10, 20, 45)))
    bad = _minutes(harm, alert) | {NIGHT + chance.randrange(1440) * MINUTE for _ in range(8)}
    known = [one for one in made if one.occurred_at <= alert]
    start = began(alert, is_bad=bad.__contains__, changes=[one.occurred_at for one in known])
    return History(known, Scene(start, alert, BELOW, ABOVE), cause.uid, "plain")


def _minutes(first: datetime, last: datetime) -> set[datetime]:
    first = first.replace(second=0, microsecond=0)
    return {first + number * MINUTE for number in range(int((last - first) / MINUTE) + 1)}


def hard(chance: random.Random) -> History:
    """One of the cases, with unrelated changes all around."""
    while True:
        case = chance.choices([*CASES], [*CASES.values()])[0]
        made, risk = _day(chance)
        found = _harmed(chance, case, made, risk)
        if found is not None:
            return found


def _day(chance: random.Random) -> tuple[list[FactView], dict[str, float]]:
    made: list[tuple[datetime, str, str, dict[str, Any], float]] = []
    for subject, quickest in (("svc", 0.4), *((one, 2.0) for one in (*BELOW, *ABOVE))):
        at, hours = NIGHT - timedelta(hours=26), chance.uniform(quickest, 10)
        care = chance.choice((0.5, 1.0, 2.5))
        while (at := at + timedelta(hours=chance.expovariate(1 / hours))) < NIGHT:
            for kind, data, risk in _change(chance, subject, at, len(made)):
                made.append((at, kind, subject, data, risk * care))
    made.sort(key=lambda one: one[0])
    facts = [fact(number, kind, subject, at, data) for number, (at, kind, subject, data, _) in enumerate(made, 1)]
    return facts, {one.uid: each[-1] for one, each in zip(facts, made, strict=True) if one.kind in CHANGES}


def _change(
    chance: random.Random, subject: str, at: datetime, number: int
) -> Iterable[tuple[str, dict[str, Any], float]]:
    if chance.random() < 0.3:
        steps = [0.0, 5.0, 10.0, 25.0, 50.0, 100.0]
        low, high = sorted(chance.sample(steps, 2))
        former, new = (high, low) if chance.random() < 0.25 else (low, high)
        risk = 0.25 if new < former else 0.5 + 1.5 * (new - former) / 100
        key = f"{subject}-{chance.randrange(4)}"
        risk *= 3.0 if key.endswith("-0") else 1.0
        yield "flag.changed", {"flag": key, "from": f"{former:g}%", "to": f"{new:g}%"}, risk
        return
    data: dict[str, Any] = {"version": f"v{number}", "commit": f"c0ffee{number:04}"}
    if chance.random() < 0.08:
        yield "service.rolledback", data | {"kind": "rollback"}, 0.15
        return
    count = max(1, round(chance.lognormvariate(0.7, 0.9)))
    alike = chance.random() < 0.5
    subjects = chance.choices([*SUBJECTS]) * count if alike else chance.choices([*SUBJECTS], k=count)
    risk = max(SUBJECTS[one] for one in subjects) * (1 + 0.5 * (count - 1) ** 0.5)
    data |= {"kind": chance.choice(("feature", "reliability", "maintenance"))}
    if chance.random() < 0.8:
        data |= {"commit_count": count, "commits": [{"subject": one} for one in subjects]}
    if chance.random() < 0.6:
        data |= {"started_at": (at - timedelta(minutes=chance.uniform(1, 15))).isoformat()}
    lot = chance.random()
    if lot < 0.06:
        risk *= 2.0
        yield "gate.overridden", {"reason": "x"}, 0.0
    elif lot < 0.5:
        said, more = chance.choice((("allow", 1.0), ("allow", 1.0), ("warn", 1.5), ("deny", 2.0)))
        risk *= more
        yield "gate.asked", {"commit": data["commit"], "outcome": said}, 0.0
    yield "service.upgraded", data, risk


def _harmed(chance: random.Random, case: str, made: list[FactView], risk: dict[str, float]) -> History | None:
    cause, harm = None, NIGHT - timedelta(hours=chance.uniform(0, 2))
    if case != "no change":
        able = [one for one in made if _may(case, one) and one.occurred_at > NIGHT - timedelta(hours=16)]
        if not able:
            return None
        cause = chance.choices(able, [risk[one.uid] for one in able])[0]
        harm = _hit(chance, case, cause)
        if _undone_meanwhile(made, cause, harm):
            return None
    alert = harm + timedelta(minutes=chance.uniform(40, 300) if case == "slow burn" else _seen(chance))
    bad = _minutes(harm, alert)
    if case == "slow burn":
        # It creeps in: few of its minutes are bad at first.
        bad = {one for one in bad if chance.random() < 0.3 + 0.75 * (one - harm) / (alert - harm)}
    bad |= {NIGHT - chance.randrange(1600) * MINUTE for _ in range(8)}
    known = [one for one in made if one.occurred_at <= alert]
    own = [one.occurred_at for one in known if one.subject == "svc" and one.kind in CHANGES]
    start = began(alert, is_bad=bad.__contains__, changes=own)
    record = _record(chance, known, risk)
    scene = Scene(start, alert, BELOW, ABOVE, record=record, now=alert)
    found = History(known, scene, cause.uid if cause is not None else "", case)
    return _undone(chance, found, cause) if chance.random() < 0.4 else found


def _seen(chance: random.Random) -> float:
    return chance.choice((2, 4, 6, 10, 20, 45)) if chance.random() < 0.95 else chance.uniform(45, 180)


def _may(case: str, one: FactView) -> bool:
    release = one.kind in RELEASES
    if one.kind not in CHANGES:
        return False
    return {
        "own release": one.subject == "svc" and release,
        "own flag": one.subject == "svc" and not release,
        "dependency": one.subject in BELOW and release,
        "dependency's flag": one.subject in BELOW and not release,
        "dependant": one.subject in ABOVE,
        "slow burn": one.subject == "svc",
    }[case]


def _hit(chance: random.Random, case: str, cause: FactView) -> datetime:
    """When the cause began to do harm."""
    if case == "slow burn":
        return cause.occurred_at + timedelta(minutes=chance.uniform(30, 600))
    flag, lot = cause.kind == "flag.changed", chance.random()
    began_at = cause.data.get("started_at")
    if began_at and lot < 0.3:
        # Its first instances served already while the last were still to come.
        return cause.occurred_at - chance.random() * (cause.occurred_at - datetime.fromisoformat(began_at))
    if lot < (0.7 if flag else 0.55):
        return cause.occurred_at + timedelta(minutes=chance.uniform(0, 1))
    return cause.occurred_at + timedelta(minutes=chance.expovariate(1 / 5 if flag or lot < 0.8 else 1 / 40))


def _undone_meanwhile(made: list[FactView], cause: FactView, harm: datetime) -> bool:
    between = [one for one in made if one.subject == cause.subject and cause.occurred_at < one.occurred_at <= harm]
    if cause.kind == "flag.changed":
        return any(one.data.get("flag") == cause.data["flag"] for one in between if one.kind == cause.kind)
    return any(one.kind == "service.rolledback" for one in between)


def _record(chance: random.Random, known: list[FactView], risk: dict[str, float]) -> dict[str, tuple[int, int]]:
    """What earlier incidents said of changes like these: of risky ones more often that they were the cause."""
    risks: dict[str, list[float]] = {}
    for one in known:
        if one.kind in CHANGES:
            risks.setdefault(track_of(one), []).append(risk[one.uid])
    found = {}
    for track, each in risks.items():
        if chance.random() < 0.3:
            tries, share = chance.randint(1, 6), min(0.9, sum(each) / len(each) / 4)
            hits = sum(chance.random() < share for _ in range(tries))
            found[track] = (hits, tries - hits)
    return found


def _undone(chance: random.Random, found: History, cause: FactView | None) -> History:
    """Somebody took a change back after the alert: the cause, or by mistake another one."""
    scene, latest = found.scene, {}
    for one in found.facts:
        if one.subject == "svc" and one.kind in CHANGES - {"service.rolledback"}:
            latest["release" if one.kind in RELEASES else one.data["flag"]] = one
    right = [one for one in latest.values() if cause is not None and one.uid == cause.uid]
    back = right[0] if right and chance.random() < 0.8 else chance.choice([*latest.values()] or [None])
    if back is None:
        return found
    at = scene.detected_at + timedelta(minutes=chance.uniform(4, 40))
    by_chance = chance.random() < 0.1
    healed = back in right or by_chance
    ended = at + timedelta(minutes=chance.uniform(0.5, 9 if healed else 240) if healed else chance.uniform(20, 240))
    release = back.kind in RELEASES
    data = {"version": "old"} if release else {"flag": back.data["flag"], "from": back.data["to"], "to": "0%"}
    kind = "service.rolledback" if release else "flag.changed"
    undoing = fact(len(found.facts) + 10_000, kind, "svc", at, data)
    facts = [*found.facts, undoing]
    again = Scene(scene.started_at, scene.detected_at, BELOW, ABOVE, ended, ended, scene.record)
    return History(facts, again, found.cause, found.case)
