"""An objective of a file, counted by a real Prometheus from its past on: the integers on its page are the truth's."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from roadbed.adapters.promql.tests.stage import needs_prometheus, prometheus
from roadbed.config.count_sources import ConfiguredSources
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team, create_token, invite_person, join_team
from roadbed.ground.ports import board
from roadbed.reliability.objectives import pulling, usecases
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.clock import instant, minute_of

pytestmark = [needs_prometheus, pytest.mark.django_db(databases=["default", "samples"])]
DOCS = Path(__file__).parents[2] / "docs"
ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout}
spec: {type: service, lifecycle: production, owner: team-payments}
"""
DAY = 1440


@pytest.fixture
def web(db: Any, wired: None) -> Client:
    now = datetime.now(UTC)
    create_team(ROADBED, name="team-payments", now=now)
    catalog.register(ROADBED, text=ENTITY, location="/srv/git/checkout.git", now=now)
    invite_person(ROADBED, email="hanne@example.org", name="Hanne Brandt", now=now)
    join_team(ROADBED, team="team-payments", email="hanne@example.org", now=now)
    person = caller_of_person(Person.objects.get(email="hanne@example.org"))
    return Client(headers={"Authorization": f"Bearer {create_token(person, name='test', now=now)[1]}"})


def test_the_page_shows_what_happened(web: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = instant(int(time.time()) // 60)
    last = minute_of(now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    lines, truth, total, bad = ["# TYPE http_requests counter"], {}, 0, 0
    for minute in range(last - DAY, last + 1):
        total, bad = total + 1 + minute % 7, bad + (minute % 350 == 0)
        if minute % 360 < 20:
            continue
        truth[minute] = (total, bad)
    for code, pick in (("200", lambda pair: pair[0] - pair[1]), ("500", lambda pair: pair[1])):
        labels = f'job="checkout",instance="a",code="{code}"'
        lines += [f"http_requests_total{{{labels}}} {pick(pair)} {minute * 60}" for minute, pair in truth.items()]
    text = (DOCS / "how-to" / "count-from-prometheus.md").read_text().split("```yaml\n")[1].split("```")[0]
    with prometheus(tmp_path, openmetrics="\n".join([*lines, "# EOF\n"])) as server:
        (tmp_path / "sources.toml").write_text(f'[main]\nurl = "{server.url}"\n')
        monkeypatch.setitem(board._makers, "count_sources", lambda: ConfiguredSources(tmp_path / "sources.toml"))
        board._made.pop("count_sources", None)
        body = {"text": text.replace("30d", "1d")}
        defined = web.post("/api/v1/services/checkout/objectives", json.dumps(body), content_type="application/json")
        assert defined.status_code == 200, defined.content
        series = Objective.objects.get().series
        assert pulling.follow(ROADBED, now=now).filling == 1
        assert pulling.fill(ROADBED, series, now=now)
        assert pulling.follow(ROADBED, now=now).failed == 0
        usecases.sample(ROADBED, now=now)
        (one,) = web.get("/api/v1/objectives").json()["items"]
        shown = web.get(f"/api/v1/objectives/{one['uid']}").json()
    board._made.pop("count_sources", None)
    inside = [minute for minute in truth if minute > last - DAY]
    first = truth.get(last - DAY) or truth[min(truth)]
    assert (shown["total"], shown["bad"]) == (truth[last][0] - first[0], truth[last][1] - first[1])
    assert shown["minutes"]["unmeasured"] + shown["minutes_before"] == DAY - len(inside)
    assert shown["minutes_before"] == max(0, min(truth) + 1 - (last + 1 - DAY))
    assert shown["counts"]["share"] == 1.0
    assert shown["counts"]["problem"] == ""
    assert shown["standing"] != "unmeasured"
