"""What speaks for and against a change having done harm, as signals with words; pure. What each weighs is fitted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.rules.weights import WEIGHTS

GRACE: Final = timedelta(seconds=90)
"""Harm is counted by the minute, so a change may come a little after the minute in which it began."""
KNOTS: Final = (0, 2, 10, 40, 120, 480, 1440)
"""Minutes between which the weight of nearness runs straight over the logarithm of time."""
SLOW: Final = (timedelta(minutes=20), timedelta(minutes=120))
"""From the first to the second of these between beginning and detection, harm counts more and more as a slow burn."""
SOON: Final = timedelta(minutes=15)
"""How soon after an undoing harm has to end for the undoing to have ended it."""
RELEASES: Final = frozenset({"service.deployed", "service.upgraded", "service.rolledback"})
_NATURES: Final = (
    ("schema", re.compile(r"\b(?:migrat\w*|schema|alter table|add column|drop (?:column|table)|backfill\w*)\b")),
    ("dependency", re.compile(r"\b(?:bump\w*|upgrad\w*|update (?:dependenc\w+|\S+ (?:from|to) v?\d)|deps?)\b")),
    ("configuration", re.compile(r"\b(?:config\w*|settings?|timeouts?|limits?|pool size|env(?:ironment)? var\w*)\b")),
    ("texts and tests only", re.compile(r"\b(?:docs?|readme|typos?|comments?|tests?|lint\w*)\b")),
)
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known around an incident when somebody is suspected.

    Attributes:
        below: what the harmed service depends on by uid, with the way there in names.
        above: what depends on it by uid, with its name.
        ended_at: when harm ended; None while it goes on or nobody knows.
        record: earlier verdicts, (confirmed, dismissed) by `track_of` a change.
        service_uid: where it was seen first, which is what its page rolls back; empty where only one is harmed.
    """

    started_at: datetime
    detected_at: datetime
    below: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
    ended_at: datetime | None = None
    now: datetime | None = None
    record: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    service_uid: str = ""

    @property
    def slowness(self) -> float:
        """0 for harm that was seen at once, 1 for harm that crept in for hours."""
        quick, slow = SLOW
        return min(1.0, max(0.0, (self.detected_at - self.started_at - quick) / (slow - quick)))


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks: its share of each fitted weight, and its words."""

    words: str
    shares: tuple[tuple[str, float], ...]

    @property
    def weight(self) -> float:
        """For or against, as the logarithm of how many times likelier it makes the change than no change at all."""
        return sum(WEIGHTS.get(name, 0.0) * share for name, share in self.shares)


def track_of(fact: FactView) -> str:
    """Under which name verdicts on changes like this one are counted."""
    if fact.kind in RELEASES:
        return f"release:{fact.subject}"
    return f"flag:{fact.subject}:{fact.data.get('flag') or fact.data.get('key') or ''}"


def signals(fact: FactView, known: Sequence[FactView], scene: Scene, *, undone_at: datetime | None) -> list[Signal]:
    """All that speaks for or against one change."""
    found = [_nearness(fact, scene), _place(fact, scene), _nature(fact), _size(fact), _step(fact)]
    found += [_gate(fact, known), _undoing(scene, undone_at), _replaced(fact, known, scene), _before(fact, scene)]
    return [one for one in found if one is not None]


def _nearness(fact: FactView, scene: Scene) -> Signal:
    before = (scene.started_at - fact.occurred_at).total_seconds()
    family = "release" if fact.kind in RELEASES else "flag"
    began = _instant(fact.data.get("started_at"))
    if before <= 0 and began is not None and began <= scene.started_at:
        return Signal("was going out when harm began", ((f"{family} while it went out", 1.0),))
    if -before > GRACE.total_seconds():
        return Signal(f"{in_words(-before)} after harm began, before it was seen", (("after harm began", 1.0),))
    minutes = max(before, 0.0) / 60
    shares = [(f"{family} {knot} min before", share) for knot, share in hats(minutes)]
    if scene.slowness:
        shares += [(f"slow burn, {knot} min before", share * scene.slowness) for knot, share in hats(minutes)]
    return Signal(nearness(before), tuple(shares))


def hats(minutes: float) -> list[tuple[int, float]]:
    """The two knots around a distance with their shares, or the last alone."""
    at = math.log1p(minutes)
    for low, high in pairwise(KNOTS):
        if minutes <= high:
            share = (at - math.log1p(low)) / (math.log1p(high) - math.log1p(low))
            return [(low, 1 - share), (high, share)]
    return [(KNOTS[-1], 1.0)]


def nearness(before: float) -> str:
    """How long before harm began, in words."""
    if before > 0:
        return f"{in_words(before)} before harm began"
    return "in the minute in which harm began"


def _place(fact: FactView, scene: Scene) -> Signal | None:
    if way := scene.below.get(fact.subject):
        deep = min(way.count(", then ") + 1, 3)
        return Signal(f"in what it depends on: {way}", ((f"dependency, {deep} away", 1.0),))
    if name := scene.above.get(fact.subject):
        return Signal(f"in what calls it: {name}", (("dependant", 1.0),))
    return None


def _nature(fact: FactView) -> Signal | None:
    if fact.kind not in RELEASES:
        return None
    kind = str(fact.data.get("kind") or "")
    if kind == "rollback":
        return Signal("a rollback", (("rollback", 1.0),))
    nature = nature_of(fact.data.get("commits") or ())
    if nature:
        return Signal(f"a change of {nature}", ((f"nature: {nature}", 1.0),))
    return Signal(f"a {kind} change", ((f"kind: {kind}", 1.0),)) if kind else None


def nature_of(commits: Sequence[Mapping[str, object]]) -> str:
    """Of what kind all that was carried is, by its subjects; the riskier word first, empty where they do not say."""
    subjects = [str(one.get("subject") or "").lower() for one in commits]
    for nature, words in _NATURES[:1]:
        if any(words.search(one) for one in subjects):
            return nature
    return next((nature for nature, words in _NATURES[1:] if subjects and all(map(words.search, subjects))), "")


def _size(fact: FactView) -> Signal | None:
    count = fact.data.get("commit_count")
    if fact.kind not in RELEASES or not isinstance(count, int) or count < 1:
        return None
    share = min(math.log2(count), 6.0)
    return Signal(f"it carried {count} commit{'s' if count > 1 else ''}", (("size is known", 1.0), ("size", share)))


def _step(fact: FactView) -> Signal | None:
    if fact.kind in RELEASES:
        return None
    former, new = _share(fact.data.get("from")), _share(fact.data.get("to"))
    if former is None or new is None:
        return None
    if new <= former:
        return Signal("for fewer people than before", (("flag for fewer", 1.0),))
    return Signal(f"for {round((new - former) * 100)}% more of the people", (("flag for more", new - former),))


def _share(said: object) -> float | None:
    """The share of people for whom a flag was on, as its fact says it."""
    if isinstance(said, Mapping):
        said = said.get("percentage", said.get("share")) if said.get("enabled", said.get("on")) else 0
    if isinstance(said, bool) or said in ("on", "off"):
        return float(said in (True, "on"))
    found = _PERCENT.search(str(said))
    if found is None and isinstance(said, int | float):
        return min(1.0, said / 100)
    return min(1.0, float(found[1]) / 100) if found else None


def _gate(fact: FactView, known: Sequence[FactView]) -> Signal | None:
    commit = fact.data.get("commit")
    overridden = (one for one in known if one.kind == "gate.overridden" and one.subject == fact.subject)
    if any(timedelta() <= fact.occurred_at - one.occurred_at <= timedelta(hours=4) for one in overridden):
        return Signal("the gate was overridden for it", (("gate overridden", 1.0),))
    asked = next(
        (one for one in known if commit and one.kind == "gate.asked" and one.data.get("commit") == commit), None
    )
    if asked is None:
        return None
    outcome = str(asked.data.get("outcome") or "nothing")
    return Signal(f"the gate said {outcome}", ((f"gate said {outcome}", 1.0),))


def _undoing(scene: Scene, undone_at: datetime | None) -> Signal | None:
    if undone_at is None:
        return None
    if undone_at < scene.started_at:
        return Signal("undone before harm began", (("undone before", 1.0),))
    if undone_at < scene.detected_at:
        return None
    if scene.ended_at is not None and undone_at <= scene.ended_at + GRACE and scene.ended_at - undone_at <= SOON:
        return Signal("harm ended when it was undone", (("its undoing ended harm", 1.0),))
    went_on = scene.ended_at or scene.now
    if went_on is not None and went_on - undone_at > SOON:
        return Signal("harm went on after it was undone", (("harm outlived its undoing", 1.0),))
    return None


def _replaced(fact: FactView, known: Sequence[FactView], scene: Scene) -> Signal | None:
    if fact.kind not in RELEASES:
        return None
    later = [one for one in known if one.kind in RELEASES and one.subject == fact.subject]
    if any(fact.occurred_at < one.occurred_at <= scene.started_at + GRACE for one in later):
        return Signal("a newer release was live when harm began", (("replaced before", 1.0),))
    return None


def _before(fact: FactView, scene: Scene) -> Signal | None:
    confirmed, dismissed = scene.record.get(track_of(fact), (0, 0))
    if not confirmed and not dismissed:
        return None
    what = "changes of this flag" if fact.kind not in RELEASES else "releases of this service"
    said = f"{what} were the cause {confirmed} of {confirmed + dismissed} times before"
    family = "releases" if fact.kind in RELEASES else "flags"
    return Signal(said, ((f"earlier verdicts on {family}", math.log((confirmed + 1) / (dismissed + 1))),))


def _instant(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said))
    except ValueError:
        return None


def in_words(seconds: float) -> str:
    """A nearness as people say it."""
    minute, hour = 60, 3600
    if seconds < minute:
        return f"{seconds:.0f} s"
    return f"{seconds / minute:.0f} min" if seconds < hour else f"{seconds / hour:.1f} h"
