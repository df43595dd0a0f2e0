"""Roll-ups: columns give the figures that rows give, at every edge of a window, and follow what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics import queries, rows, settling
from roadbed.delivery.metrics.models import Rollup, Stale, Verdict
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.delivery.metrics.rollups import reading
from roadbed.delivery.metrics.rollups.blocks import blocks_of
from roadbed.delivery.metrics.rollups.columns import Columns, columns_of, instant, joined, packed, unpacked, within
from roadbed.delivery.metrics.rollups.counting import added_up, weeks_of
from roadbed.delivery.metrics.rules.figures import measure, measured
from roadbed.delivery.metrics.rules.hours import hours_of
from roadbed.delivery.metrics.rules.trends import by_week
from roadbed.delivery.metrics.rules.values import LABELS, Carried, Incident, Judged
from roadbed.delivery.metrics.settling import settle
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.delivery.metrics.tests.history import NOW, at
from roadbed.delivery.metrics.tests.telling_facts import tell
from roadbed.delivery.metrics.tests.test_projection import commits, fact
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import ProjectionCursor

spans = st.none() | st.floats(0, 5e6).map(lambda one: round(one, 6))
# Whole hours and weeks, so that instants lie on the edges of windows and of four weeks, and next to them.
hours_ago = st.builds(
    lambda hours, near: hours + near / 3.6e9, st.integers(-30, 3000) | st.integers(0, 18).map(lambda week: week * 168),
    st.sampled_from((-1, 0, 0, 1)),
)  # fmt: skip
changes = st.builds(
    Carried, sha=st.sampled_from("abcdefgh"), subject=st.just(""), seconds=spans, reviewed=spans, merged=spans,
    started=spans, bot=st.booleans(),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Judged], list[Incident]]:
    judged, incidents = [], []
    # Of two that finish at one instant either may bring a change last, so no two do here.
    for number, ago in enumerate(draw(st.lists(hours_ago, max_size=14, unique_by=at))):
        service = draw(st.sampled_from(("s-1", "s-2", "s-3")))
        carried = draw(st.lists(changes, max_size=4, unique_by=lambda one: one.sha))
        judged.append(
            Judged(
                uid=f"d{number}",
                service_uid=service,
                service=service,
                at=at(ago),
                version="",
                commit="",
                by="",
                label=draw(st.sampled_from(LABELS)),
                failed_by=draw(st.sampled_from(("", "broke"))),
                restored_at=draw(st.none() | st.floats(-50, 3000).map(at)),
                first=draw(st.booleans()),
                linked=draw(st.sampled_from((None, True, False))),
                partial=draw(st.booleans()),
                carried=tuple(replace(each, reviewed=None) if each.seconds is None else each for each in carried),
            )
        )
    for number in range(draw(st.integers(0, 5))):
        began = draw(hours_ago)
        ended = draw(st.none() | st.floats(-40, began).map(at))
        named = draw(st.sampled_from(("", "d1")))
        incidents.append(Incident(f"i{number}", 1, draw(st.sampled_from(("s-1", "s-2"))), "", at(began), ended, named))
    return judged, incidents


def columns(judged: list[Judged], incidents: list[Incident]) -> list[Columns]:
    """As they come from the database: packed four weeks of each service, in time."""
    parts = []
    judged, incidents = sorted(judged, key=lambda one: one.at), sorted(incidents, key=lambda one: one.started_at)
    for number, service in enumerate(("s-1", "s-2", "s-3")):
        own = [one for one in judged if one.service_uid == service]
        blocks = blocks_of(own, [one for one in incidents if one.service_uid == service])
        parts += [unpacked(packed(columns_of(one.judged, one.incidents)), number) for one in blocks.values()]
    return parts


@settings(max_examples=60)
@given(history=histories(), days=st.integers(1, 120), back=st.integers(0, 40), once=st.booleans(), office=st.booleans())
def test_columns_give_the_figures_that_rows_give(
    history: tuple[list[Judged], list[Incident]],
    days: int,
    back: int,
    once: bool,  # noqa: FBT001 - drawn
    office: bool,  # noqa: FBT001 - drawn
):
    until = NOW - timedelta(days=back)
    since = until - timedelta(days=days)
    hours = hours_of("Mon-Fri 09:00-17:00 Europe/Berlin", ["2026-11-19"]) if office else None
    expected = measure(*history, since=since, until=until, onboarded=at(1000), once=once, hours=hours, known_until=NOW)
    window = joined(within(one, instant(since), instant(until)) for one in columns(*history))
    sums = added_up(window, until=until, known_until=NOW, once=once, hours=hours)
    assert measured(sums, since=since, until=until, onboarded=at(1000)) == expected
    assert weeks_of(columns(*history), until=until) == by_week(history[0], until=until)


@pytest.mark.django_db(databases=["default", "samples"])
def test_only_four_weeks_that_changed_are_written_again():
    tell(
        fact("f1", "service.deployed", "s-1", 2000, deployment="d0"),
        fact("f2", "service.deployed", "s-1", 9, deployment="d1"),
    )
    settle()
    before = dict(Rollup.objects.values_list("block", "id"))
    kept = set(Verdict.objects.values_list("uid", "id"))
    tell(fact("f3", "service.upgraded", "s-1", 8, deployment="d2", commits=commits("c1")))
    settle()
    after = dict(Rollup.objects.values_list("block", "id"))
    assert [block for block in after if after[block] != before.get(block)] == [max(before)]
    assert {(uid, number) for uid, number in kept if uid == "d0"} < set(Verdict.objects.values_list("uid", "id"))


@pytest.mark.django_db(databases=["default", "samples"])
def test_what_is_told_while_a_service_is_judged_is_not_lost():
    tell(fact("f1", "service.deployed", "s-1", 10, deployment="d0"))
    mark = Stale.objects.get().mark
    early = settling._judged("s-1")
    tell(fact("f2", "service.upgraded", "s-1", 9, deployment="d1"))
    assert Stale.objects.get().mark != mark
    assert settling._write([(("s-1", mark), early)]) == 1
    assert (Verdict.objects.count(), Stale.objects.count()) == (2, 0)


@pytest.mark.django_db(databases=["default", "samples"])
def test_a_page_does_not_wait_for_a_long_history_that_has_news(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "SHORT", 2)
    for number in range(3):
        house.record("service.upgraded", house.checkout, at(50 - number), deployment=f"d{number}")
    house.record("service.deployed", house.tracking, at(40), deployment="e0")
    house.catch_up()
    view = queries.delivery(now=NOW)
    assert (view.pending, view.measured.deployments) == (1, 1)
    assert projections.settle() == 2
    settled = queries.delivery(now=NOW)
    assert (settled.pending, settled.measured.deployments) == (0, 4)


@pytest.mark.django_db(databases=["default", "samples"])
def test_nothing_is_judged_while_the_facts_are_read_anew(house: House):
    house.record("service.deployed", house.checkout, at(40), deployment="d0")
    house.catch_up()
    ProjectionCursor.objects.filter(name=METRICS.name).update(rebuilding_to=10)
    assert (projections.settle(), Stale.objects.count()) == (0, 1)
    projections.rebuild(METRICS.name, now=NOW)
    assert (projections.settle(), Rollup.objects.count()) == (1, 1)


@pytest.mark.django_db(databases=["default", "samples"])
@pytest.mark.parametrize("metric", ["lead_time", "fail_rate"])
@pytest.mark.parametrize("settled", [True, False])
def test_rows_come_page_by_page_each_once_also_those_of_one_instant(house: House, metric: str, settled: bool):  # noqa: FBT001 - drawn
    for service, name in ((house.checkout, "c"), (house.tracking, "t")):
        house.record("service.deployed", service, at(200), deployment=f"{name}0")
        for number in (1, 2, 3):
            told = commits(f"{name}-{number}-b", f"{name}-{number}-a")
            house.record("service.upgraded", service, at(30), deployment=f"{name}{number}", commits=told)
        # One change goes to both services, and arrives last where its name says so.
        ago = 20 if service == house.tracking else 25
        house.record("service.upgraded", service, at(ago), deployment=f"{name}9", commits=commits("shared"))
    house.catch_up()
    if settled:
        assert settle() == 2
    found, cursor = [], ""
    while cursor is not None:
        page = rows.behind(metric, cursor=cursor, limit=2, now=NOW)
        found += [(one.at, one.uid, one.commit) for one in page.items]
        cursor = page.next_cursor
    assert found == sorted(set(found), reverse=True)
    assert len(found) == (13 if metric == "lead_time" else 10)
    if metric == "lead_time":
        assert [uid for _, uid, sha in found if sha == "shared"] == ["t9"]
        assert queries.delivery(now=NOW).measured.lead_time.n == 13
