"""Reading JSON of one's own by a mapping: safe paths, no code, tried on a sample before it is kept.

A path is names with dots between them and places in brackets, `host.tags[0].name`; a quoted text stands for itself;
`|` takes the first of several that is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import clean, instant_of
from roadbed.reliability.paging.rules.alerts.alertmanager import fingerprint
from roadbed.reliability.paging.rules.alerts.naming import labels_of, severity_in, severity_of, titled
from roadbed.reliability.paging.rules.alerts.values import (
    ACKNOWLEDGE,
    MOST,
    RESOLVE,
    SEVERITIES,
    TRIGGER,
    Signal,
    Told,
)

PATHS: Final[Mapping[str, str]] = {
    "title": "what is wrong, in a line",
    "key": "what is the same in every message about one alert; without it title and labels are",
    "status": "whether it began or ended, read by `resolved` and `acknowledged`",
    "severity": "how bad, read by `severities`",
    "service": "the service's name",
    "environment": "where",
    "started_at": "when this episode began",
    "link": "where its sender shows it",
    "labels": "an object whose values become labels",
    "alerts": "the list in a message of several; the other paths are then read in each",
}
LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "resolved": ("resolved", "ok", "recovered", "closed", "normal", "up", "inactive", "false", "0"),
    "acknowledged": ("acknowledged", "ack"),
}
LONGEST: Final = 300
_STEP: Final = re.compile(r"([^.\[\]|'\"]+)|\[(\d{1,4})\]|\.")
_TEXT: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def checked(document: object) -> dict[str, Any]:
    """A mapping as it is kept.

    Raises:
        Invalid: naming every field at fault.
    """
    if not isinstance(document, dict):
        raise Invalid(
            "A mapping is an object.", remedy='Like {"title": "summary", "key": "id"}.', place=Place(field="mapping")
        )
    faults = [fault for name, value in document.items() if (fault := _fault(str(name), value)) is not None]
    if not faults and "title" not in document:
        remedy = 'Name the path of what is wrong, like {"title": "summary"}.'
        faults.append(Invalid("A mapping needs a title.", remedy=remedy, place=Place(field="mapping.title")))
    if faults:
        raise Invalid(faults[0].detail, remedy=faults[0].remedy, place=faults[0].place, others=tuple(faults[1:]))
    return dict(document)


def _fault(name: str, value: object) -> Invalid | None:
    place = Place(field=f"mapping.{name[:60]}")
    if name in PATHS:
        try:
            _alternatives(value)
        except ValueError as fault:
            remedy = "Write it like host.tags[0].name, 'a text', or several with | between them."
            return Invalid(f"The path of {name} {fault}.", remedy=remedy, place=place)
        return None
    if name in LISTS:
        good = isinstance(value, list) and len(value) <= 50 and all(isinstance(one, str) for one in value)  # noqa: PLR2004
        return None if good else Invalid(f"{name} is no list of texts.", remedy='Like ["ok"].', place=place)
    if name == "severities":
        good = isinstance(value, dict) and all(severity_of(one) is not None for one in value.values())
        names = ", ".join(SEVERITIES.values())
        return None if good else Invalid("severities names a severity that is none.", remedy=f"{names}.", place=place)
    known = ", ".join([*PATHS, *LISTS, "severities"])
    return Invalid(f"A mapping has no field {name[:60]}.", remedy=f"There are {known}.", place=place)


def _alternatives(value: object) -> list[list[str | int]]:
    """Each alternative as steps; one that stands for itself is [None-free text] behind an empty first step."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("is no text")
    if len(value) > LONGEST:
        raise ValueError(f"has {len(value)} characters, and {LONGEST} are the most")
    found: list[list[str | int]] = []
    for part in value.split("|"):
        written = part.strip()
        if literal := _TEXT.fullmatch(written):
            found.append(["", literal[1] if literal[1] is not None else literal[2]])
            continue
        found.append(_steps(written))
    return found


def _steps(written: str) -> list[str | int]:
    steps: list[str | int] = []
    at = 0
    while at < len(written):
        match = _STEP.match(written, at)
        if match is None:
            raise ValueError(f"breaks at {written[at : at + 10]!r}")
        if match[1] is not None:
            steps.append(match[1].strip())
        elif match[2] is not None:
            steps.append(int(match[2]))
        at = match.end()
    if not steps:
        raise ValueError("has an empty alternative")
    return steps


def found_at(payload: Any, path: object) -> Any:
    """What the first alternative that leads somewhere leads to; None where none does."""
    if path is None:
        return None
    for steps in _alternatives(path):
        if steps[0] == "":
            return steps[1]
        here = payload
        for step in steps:
            if isinstance(step, int):
                here = here[step] if isinstance(here, list) and step < len(here) else None
            else:
                here = here.get(step) if isinstance(here, dict) else None
        if here is not None and here != "":
            return here
    return None


def read(payload: Any, mapping: Mapping[str, Any]) -> Told:
    """A message by a mapping.

    Raises:
        Unreadable: naming the path that leads nowhere.
    """
    if "alerts" not in mapping:
        return Told((_signal(payload, mapping, ""),))
    listed = found_at(payload, mapping["alerts"])
    if not isinstance(listed, list):
        raise Unreadable(f"{mapping['alerts']} leads to no list.")
    if len(listed) > MOST:
        raise Unreadable(f"{mapping['alerts']} holds {len(listed):,} alerts; {MOST:,} are the most.")
    return Told(tuple(_signal(one, mapping, f"[{number}]") for number, one in enumerate(listed)))


def _signal(payload: Any, mapping: Mapping[str, Any], where: str) -> Signal:
    title = _text(payload, mapping.get("title"))
    if not title:
        raise Unreadable(f"{mapping.get('title')}{where} leads to no title.")
    labelled = found_at(payload, mapping.get("labels"))
    labels = labels_of(labelled) if isinstance(labelled, dict) else {}
    for name in ("service", "environment"):
        if said := _text(payload, mapping.get(name)):
            labels[name] = said
    severity = _text(payload, mapping.get("severity"))
    named = mapping.get("severities") or {}
    began = found_at(payload, mapping.get("started_at"))
    link = _text(payload, mapping.get("link"), most=500)
    return Signal(
        key=_text(payload, mapping.get("key"), most=255) or fingerprint({"title": title, **labels}),
        action=_action(payload, mapping),
        title=titled(title, labels),
        severity=severity_of(named.get(severity, severity)) if severity else severity_in(labels),
        labels=labels,
        started_at=None if began is None else instant_of(began),
        service=labels.get("service", ""),
        link=link if link.startswith(("https://", "http://")) else "",
    )


def _action(payload: Any, mapping: Mapping[str, Any]) -> str:
    said = _text(payload, mapping.get("status")).strip().lower()
    for name, action in (("resolved", RESOLVE), ("acknowledged", ACKNOWLEDGE)):
        if said and said in [one.lower() for one in mapping.get(name, LISTS[name])]:
            return action
    return TRIGGER


def _text(payload: Any, path: object, *, most: int = 1000) -> str:
    found = found_at(payload, path)
    if found is None or isinstance(found, dict | list):
        return ""
    if isinstance(found, bool):
        return str(found).lower()
    return clean(str(found))[:most]
