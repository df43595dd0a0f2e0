"""The labelled alerts judged by the rules that page: whom each goes to, and what it is to what is known already."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from roadbed.ground.catalog.hours import hours_of, within
from roadbed.reliability.paging.rules.alerts import alertmanager, placing
from roadbed.reliability.paging.rules.alerts.naming import environment_in, services_in
from roadbed.reliability.paging.rules.alerts.placing import Open
from roadbed.reliability.paging.rules.owning import Side, decide, decide_unknown

DATA = Path(__file__).parents[3] / "shared" / "labelled"
HOURS = hours_of("Mon-Fri 08:00-18:00 UTC")
Catalog = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what the rules say."""

    case: dict[str, Any]
    owner: str
    grouping: str
    into: str | None

    @property
    def owner_right(self) -> bool:
        return self.owner == self.case["expected"]["owner"]

    @property
    def grouping_right(self) -> bool:
        expected = self.case["expected"]
        return (self.grouping, self.into) == (expected["grouping"], expected["into"])


def judged() -> Iterator[Judged]:
    """Every case that is not ambiguous."""
    catalog: Catalog = json.loads((DATA / "alerts-catalog.json").read_text())
    for line in (DATA / "alerts.jsonl").read_text().splitlines():
        case = json.loads(line)
        if not case.get("ambiguous"):
            grouping, into = _grouping(case, catalog)
            yield Judged(case, _owner(case, catalog), grouping, into)


def _labels(case: dict[str, Any]) -> dict[str, str]:
    return {**case["group"]["alerts"][0]["labels"], **case["group"]["commonLabels"]}


def _service(labels: dict[str, str], catalog: Catalog) -> str:
    return next((name for name in services_in(labels) if name in catalog), "")


def _owner(case: dict[str, Any], catalog: Catalog) -> str:
    labels = _labels(case)
    name, at = _service(labels, catalog), datetime.fromisoformat(case["received_at"])
    if not name:
        teams = {one["owner"] for one in catalog.values()}
        named = labels.get("team", "")
        return decide_unknown(
            named=named, named_known=named in teams, door="platform", integration="cases", said_service=""
        ).team
    service = catalog[name]
    owner = Side(service["owner"], "platform" if service["owner"] == "platform" else "product")
    if service["sre_engagement"] == "none":
        return decide(name, owner=owner).team
    kind = service["sre_engagement"]
    sre = Side("sre", "reliability")
    return decide(name, owner=owner, engaged=sre, kind=kind, hours="hours", owners_turn=within(HOURS, at)).team


def _grouping(case: dict[str, Any], catalog: Catalog) -> tuple[str, str | None]:
    told = alertmanager.read(case["group"], {})
    known = case["known"]
    opened = [one for one in known if one["state"] != "resolved"]
    found = []
    for signal in told.signals:
        mine = next((one for one in opened if signal.key in one["fingerprints"]), None)
        ended = next((one for one in known if one not in opened and signal.key in one["fingerprints"]), None)
        step = placing.step(signal, is_open=mine is not None, began=_instant(mine), ended_began=_instant(ended))
        found.append((step.kind, mine["id"] if mine else None))
    by_kind = dict(reversed(found))
    if placing.APPEND in by_kind:
        return placing.APPEND, by_kind[placing.APPEND]
    if placing.EPISODE in by_kind:
        return placing.EPISODE, None
    if placing.NEW in by_kind:
        return _merged(case, catalog, opened)
    return placing.RESOLVED, by_kind.get(placing.RESOLVED)


def _instant(one: dict[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(one["startsAt"]) if one else None


def _title(case: dict[str, Any]) -> str:
    """As it stands on the page; the cases name annotations of the group alone, which Alertmanager repeats in each."""
    return (
        f"{alertmanager.read(case['group'], {}).signals[0].title} {case['group']['commonAnnotations'].get('summary')}"
    )


def _merged(case: dict[str, Any], catalog: Catalog, opened: list[dict[str, Any]]) -> tuple[str, str | None]:
    labels = _labels(case)
    name, environment = _service(labels, catalog), environment_in(labels)
    pages = [
        Open(one["id"], _service(one["labels"], catalog), "", environment_in(one["labels"]), 1, "") for one in opened
    ]
    same = next((one.uid for one in pages if name and (one.service_uid, one.environment) == (name, environment)), None)
    if same:
        return "merge", same
    held = placing.held_back(
        service=name, environment=environment, severity=1, needs=_needs(name, catalog), others=pages,
        now=datetime.fromisoformat(case["received_at"]), text=_title(case),
    )  # fmt: skip
    return ("merge", held.by.partition(":")[2]) if held else (placing.NEW, None)


def _needs(name: str, catalog: Catalog) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        for one in catalog.get(waiting.pop(), {"depends_on": ()})["depends_on"]:
            if one not in found:
                found[one] = one
                waiting.append(one)
    return found
