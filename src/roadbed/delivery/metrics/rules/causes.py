"""Which deployment caused an incident: what somebody said, then the artifact, then what its text names, then time.

Never forced: where a cause outside is named, or nothing finished shortly before, the incident has no deployment.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.values import Deployment

WITHIN: Final = timedelta(minutes=60)
"""How long before an incident a deployment may have finished to be blamed by time alone."""

SHORT: Final = 7
"""Digits of a commit's name; the fewest that anybody writes."""
_NUMBER: Final = re.compile(r"[#!](\d+)\b")
_SHA: Final = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b")
_TURN: Final = re.compile(
    r"\b(?:but|turned out|in fact|actually|(?:root )?cause (?:was|is|were)|really|instead|it was"
    r"|correction|update)\b:?",
    re.IGNORECASE,
)
_CLEARED: Final = re.compile(
    r"(?:\bnot (?:caused by |because of |due to |from )?|\b(?:rul(?:ed|ing) out|unrelated to"
    r"|independent of|excluded|cleared"
    r"|first (?:blamed|suspected|guess(?:ed)?|thought)(?: on| it was)?|(?:initially|wrongly) (?:blamed"
    r"|suspected)(?: on)?"
    r"|suspected) )(?:the )?(?:release (?:with |of )?|deployment (?:of )?|PR |pull request "
    r"|flag )?(?P<thing>[\w#!./-]+)"
    r"|(?P<other>[#!]\d+|\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b)[,:]? (?:is|was|has been) (?:innocent|ruled out|cleared|fine"
    r"|not (?:it|the cause|to blame)|unrelated)",
    re.IGNORECASE,
)
_OUTSIDE: Final = re.compile(
    r"\b(?:external|infrastructure|third[- ]part(?:y|ies)|upstream provider|provider|vendor|supplier|acquirer|carrier"
    r"|registrar|status ?page|fib(?:re|er)|power (?:cut|dip|loss|outage|failure)|disk (?:failure|full)|hardware"
    r"|expired? (?:certificate|token|licen[cs]e|domain)|certificate (?:of .{1,40} )?expired|ddos|attack(?:ed)? from"
    r"|traffic (?:spike|surge|from)|times the usual (?:peak|traffic)|data ?cent(?:re|er)|region outage"
    r"|availability zone"
    r"|(?:network|power|storage) (?:outage|partition|failure|event|disruption|maintenance)"
    r"|(?:aws|azure|gcp|google cloud|cloudflare|fastly|akamai|hetzner|ovh)\b.{0,40}\b(?:outage|event|incident"
    r"|degradation|unavailable|down)|dns|bgp|ntp|leap second|cooling|flood|storm|lightning|cable)\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:staging|pre-?prod(?:uction)?|test (?:environment|system)|sandbox|qa environment)\b.*"
    r"|\bproduction (?:is|was) (?:not|un)\b|\bnot in production\b",
    re.IGNORECASE | re.DOTALL,
)
_FLAGGED: Final = re.compile(
    r"\b(?:flag|toggle|feature switch) [\"'`]?(?P<named>[\w.-]+)"
    r"|\b(?P<turned>[\w.-]+) (?:flag )?(?:was|is|has been|had been|got|were) (?:turned|switched|toggled"
    r"|flipped|enabled|rolled out to)"
    r"|\b(?:without|turning off|turned off|disabling|switched off) (?:the )?(?:flag )?(?P<off>[\w.-]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an incident whose cause is looked for. `cause` is what somebody said, in any words."""

    started_at: datetime
    service_uid: str = ""
    text: str = ""
    cause: str = ""
    artifact: str = ""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag that was changed."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """What came out: a deployment, a flag, something else that was named, or nothing; `why` is the evidence."""

    deployment: str = ""
    flag: str = ""
    elsewhere: str = ""
    why: str = ""


@dataclass(slots=True)
class Suspects:
    """Deployments to production by whatever an incident may name, each list by when they went live."""

    ordered: list[Deployment] = field(default_factory=list)
    by_service: dict[str, list[Deployment]] = field(default_factory=lambda: defaultdict(list))
    by_artifact: dict[str, list[Deployment]] = field(default_factory=lambda: defaultdict(list))
    flags: Sequence[Flagged] = ()
    _by_name: dict[str, list[Deployment]] | None = None

    def last(self, asked: Asked) -> Deployment | None:
        """The last before an incident: of its service, or of any where it names none."""
        of = self.by_service.get(asked.service_uid, []) if asked.service_uid else self.ordered
        return _last(of, asked.started_at)

    def of_artifact(self, asked: Asked) -> Deployment | None:
        """The last deployment of exactly this artifact, of its own service first."""
        return self._own_first(self.by_artifact.get(asked.artifact, []), asked)

    def carrying(self, asked: Asked, thing: str) -> Deployment | None:
        """The last before the incident that is, or carried, what is named, of its own service first."""
        by_name = self._named()
        named = by_name.get(thing, [])
        if _SHA.fullmatch(thing):
            near = by_name.get(thing[:SHORT], [])
            named = [*named, *(one for one in near if any(_same(sha, thing) for sha in _shas(one)))]
        return self._own_first(named, asked)

    def _named(self) -> dict[str, list[Deployment]]:
        # Few incidents name anything, and there are many names.
        if self._by_name is None:
            self._by_name = {}
            for one in self.ordered:
                for name in _names(one):
                    self._by_name.setdefault(name, []).append(one)
        return self._by_name

    def _own_first(self, named: Sequence[Deployment], asked: Asked) -> Deployment | None:
        own = [one for one in named if one.service_uid == asked.service_uid]
        return _last(own, asked.started_at) or _last(named, asked.started_at)


def suspects_of(deployments: Iterable[Deployment], flags: Sequence[Flagged] = ()) -> Suspects:
    """The index of deployments, in whatever order they come."""
    found = Suspects(flags=flags)
    for one in sorted(deployments, key=lambda one: (one.at, one.uid)):
        found.ordered.append(one)
        found.by_service[one.service_uid].append(one)
        if one.artifact:
            found.by_artifact[one.artifact].append(one)
    return found


def _names(one: Deployment) -> set[str]:
    numbers = {
        number for each in one.commits or () for number in (each.change, texts.number_of(each.subject)) if number
    }
    names = {one.uid, one.version, one.version.removeprefix("v"), *(sha[:SHORT] for sha in _shas(one))}
    return (names | {f"#{number.lstrip('#!')}" for number in numbers}) - {""}


def _shas(one: Deployment) -> list[str]:
    return [sha for sha in (one.commit, *(each.sha for each in one.commits or ())) if sha]


def _last(ordered: Sequence[Deployment], at: datetime) -> Deployment | None:
    number = bisect_right(ordered, at, key=lambda one: one.at)
    return ordered[number - 1] if number else None


def cause_of(asked: Asked, suspects: Suspects, *, burns: Sequence[datetime] = (), within: timedelta = WITHIN) -> Cause:
    """The cause of an incident.

    Args:
        asked: the incident.
        suspects: deployments to production, of the services that may have caused it.
        burns: when error budgets of its service began to burn; they are evidence, and blame nobody alone.
        within: how long before the incident a deployment may have finished to be blamed by time alone.
    """
    if asked.cause:
        return _said(asked, suspects)
    if asked.artifact and (one := suspects.of_artifact(asked)):
        return Cause(deployment=one.uid, why=f"it runs {asked.artifact}"[:160])
    return _in_text(asked, suspects) or _by_time(asked, suspects, burns, within)


def _same(sha: str, told: str) -> bool:
    # Names are shortened to different lengths.
    length = min(len(sha), len(told), 12)
    return length >= SHORT and sha[:length] == told[:length]


def _said(asked: Asked, known: Suspects) -> Cause:
    """What somebody named as the cause outweighs everything else; what is no deployment is a cause elsewhere."""
    for thing in _things(asked.cause):
        if found := known.carrying(asked, thing):
            return Cause(deployment=found.uid, why=f"{thing} was named as its cause")
    flag = _flag_in(asked.cause, known.flags)
    if flag or asked.cause.lower().startswith("flag "):
        return Cause(flag=flag or asked.cause.split()[1], why="a flag was named as its cause")
    return Cause(elsewhere=asked.cause[:160], why="something else was named as its cause")


def _in_text(asked: Asked, known: Suspects) -> Cause | None:
    """What the text names; of a first guess that it takes back, what it says afterwards."""
    if _ELSEWHERE.search(asked.text):
        return Cause(elsewhere="not production", why="its text says that it is not production's")
    cleared = {(one["thing"] or one["other"]).rstrip(".,;:") for one in _CLEARED.finditer(asked.text)}
    parts = _TURN.split(asked.text)
    for part in (*reversed(parts[1:]), parts[0]):
        for thing in _things(part):
            if thing not in cleared and (found := known.carrying(asked, thing)):
                return Cause(deployment=found.uid, why=f"its text names {thing}")
        if flag := _flag_in(part, known.flags):
            return Cause(flag=flag, why=f"its text names the flag {flag}")
        if outside := _OUTSIDE.search(part):
            return Cause(elsewhere=outside.group(0), why=f"its text names {outside.group(0)}")
    return None


def _things(text: str) -> list[str]:
    """Changes, commits, versions and deployments that a text may name, in its order."""
    words = [word.strip(".,;:()'\"") for word in text.split()]
    found = [f"#{one}" for one in _NUMBER.findall(text)] + _SHA.findall(text)
    return found + [word for word in words if word and word not in found and any(letter.isdigit() for letter in word)]


def _flag_in(text: str, flags: Sequence[Flagged]) -> str:
    """A flag that is known, or that the text calls one."""
    known = next((one.key for one in flags if re.search(rf"(?<![\w-]){re.escape(one.key)}(?![\w-])", text)), "")
    if known:
        return known
    found = _FLAGGED.search(text)
    named = (found["named"] or found["turned"] or found["off"]) if found else ""
    # An ordinary word is no flag's key.
    return named if named and re.search(r"[-_.\d]", named) else ""


def _by_time(asked: Asked, known: Suspects, burns: Sequence[datetime], within: timedelta) -> Cause:
    last = known.last(asked)
    if last is None or asked.started_at - last.at > within:
        return Cause()
    minutes = round((asked.started_at - last.at).total_seconds() / 60)
    burned = any(last.at <= burn <= asked.started_at + within for burn in burns)
    said = f"finished {minutes} min before" + (", and the error budget burned from then on" if burned else "")
    return Cause(deployment=last.uid, why=said)
