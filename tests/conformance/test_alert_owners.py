"""Whom alerts go to, against the labelled cases: engagement, then owner, never the platform for others products."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.labelled_alerts import judged
from roadbed.reliability.paging.rules.owning import Side, decide

DATA = Path(__file__).parents[3] / "shared" / "labelled"
WHOLE_OR_NOT = ("full", "consult", "none")
"""An engagement by hours, `shared` in the cases, is none that the catalogue keeps."""

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not beside this checkout")


def test_every_alert_of_a_known_service_goes_to_whom_the_cases_say():
    catalog: dict[str, dict[str, Any]] = json.loads((DATA / "alerts-catalog.json").read_text())
    judged = 0
    for line in (DATA / "alerts.jsonl").read_text().splitlines():
        case = json.loads(line)
        name = case["group"]["commonLabels"].get("service", "")
        service = catalog.get(name)
        if service is None or service["sre_engagement"] not in WHOLE_OR_NOT or case.get("ambiguous"):
            continue
        owner = Side(service["owner"], "platform" if service["owner"] == "platform" else "product")
        engaged = Side("sre", "reliability") if service["sre_engagement"] == "full" else None
        assert decide(name, owner=owner, engaged=engaged).team == case["expected"]["owner"], case["id"]
        judged += 1
    assert judged >= 60


def test_hours_labels_and_unknown_services_go_where_the_cases_say():
    wrong = [one.case["id"] for one in judged() if not one.owner_right]
    assert wrong == []


def test_what_is_known_already_is_told_from_what_is_new():
    cases = list(judged())
    right = sum(one.grouping_right for one in cases)
    assert len(cases) >= 90
    # What is missed hangs together by what a text says, or by a cluster that no relation names.
    assert right / len(cases) >= 0.94
