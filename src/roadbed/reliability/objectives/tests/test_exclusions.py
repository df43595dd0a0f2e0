"""Exclusions: times that come again against a walk through the days, and every stored figure against a recount."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.recurring import DAYS, RuleError, occurrences, rule_of
from roadbed.reliability.objectives import evaluating, late, queries, store, usecases
from roadbed.reliability.objectives.burn_down import burn_down
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.importing import Counted
from roadbed.reliability.objectives.live import live_objectives
from roadbed.reliability.objectives.models import Late, Objective, Series, Standing
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.minutes import Increment
from roadbed.reliability.objectives.rules.spans import Cut
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.tests.conftest import HANNE, MARA, NOW, House, slo

BERLIN = ZoneInfo("Europe/Berlin")


def begun(text: str, start: datetime, *, days: int, zone: ZoneInfo = BERLIN) -> list[datetime]:
    """When a rule's occurrences begin, on the wall's clock."""
    found = occurrences(
        start, timedelta(hours=2), zone, rule_of(text), after=start, before=start + timedelta(days=days)
    )
    return [one[0].astimezone(zone) for one in found]


# Times that come again.


@given(
    weekdays=st.sets(st.sampled_from(DAYS), min_size=1),
    every=st.integers(1, 4),
    first=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    count=st.integers(1, 12) | st.none(),
)
def test_a_weekly_rule_names_the_days_that_a_walk_through_the_calendar_finds(
    weekdays: Any, every: int, first: date, count: int | None
):
    text = f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(sorted(weekdays))}" + (f";COUNT={count}" if count else "")
    start = datetime(first.year, first.month, first.day, 2, 30, tzinfo=UTC)
    monday = first - timedelta(days=first.weekday())
    walked = [
        day
        for day in (first + timedelta(days=n) for n in range(200))
        if DAYS[day.weekday()] in weekdays and (day - monday).days // 7 % every == 0
    ]
    found = begun(text, start, days=199, zone=ZoneInfo("UTC"))
    assert [one.date() for one in found] == [day for day in walked[:count] if day < first + timedelta(days=199)]


def test_the_wall_clock_is_kept_when_the_zone_changes_it():
    found = begun("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 3, 22, 1, 0, tzinfo=UTC), days=20)
    # On the 29th the wall goes from two to three, so what begins at two begins where it jumps.
    assert [one.strftime("%d %H:%M %z") for one in found] == ["22 02:00 +0100", "29 03:00 +0200", "05 02:00 +0200"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=1SU", ["2026-01-04", "2026-02-01", "2026-03-01"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("FREQ=MONTHLY;BYDAY=5TH", ["2026-01-29", "2026-04-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-01-31", "2026-03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("FREQ=MONTHLY;INTERVAL=2", ["2026-01-01", "2026-03-01"]),
        ("FREQ=DAILY;UNTIL=20260103", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;INTERVAL=40", ["2026-01-01", "2026-02-10", "2026-03-22"]),
        ("RRULE:FREQ=DAILY;BYDAY=MO;COUNT=2", ["2026-01-05", "2026-01-12"]),
    ],
)
def test_rules_name_their_days(text: str, days: list[str]):
    found = begun(text, datetime(2026, 1, 1, 3, 0, tzinfo=UTC), days=120, zone=ZoneInfo("UTC"))
    assert [one.date().isoformat() for one in found][: len(days)] == days


@pytest.mark.parametrize(
    "text",
    ["", "FREQ=YEARLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;COUNT=0",
     "FREQ=DAILY;COUNT=1;UNTIL=20260101", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;BYMONTHDAY=1",
     "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;INTERVAL=99999"],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(RuleError):
        rule_of(text)


# Stored sums, with late counts and exclusions, against a history in memory.


@pytest.mark.django_db(databases=["default", "samples"])
@pytest.mark.parametrize("seed", range(6))
def test_stored_counts_without_exclusions_are_what_a_recount_finds_also_after_late_ones_settled(seed: int):
    chance, target = Random(seed), Target.exactly(Decimal("0.9"))  # noqa: S311 - a history that can be had again
    oracle = History(target)
    told: dict[int, tuple[int, int]] = {}
    minute = since = 29_000_000
    since += chance.randint(-300, 60)
    for _ in range(90):
        minute += chance.choice([0, 1, 1, 1, 3, -1, -30, -200])
        total = chance.randint(0, 9)
        good = chance.randint(0, total)
        before = told.get(minute, (0, 0))
        told[minute] = (before[0] + good, before[1] + total)
        oracle.count(minute, good=told[minute][0], total=told[minute][1])
        with transaction.atomic(using=store.ALIAS):
            increment = Increment(minute, good=good, total=total, measured=True)
            head, rows = store.grow(store.heads([7]).get(7), increment, target, series=7)
            store.write({7: store.StoredHead(head, None, "")}, {7: rows})
        if chance.random() < 0.1:
            late.settle(most=chance.randint(0, 3))
    spans = [(first, first + chance.randint(1, 40)) for first in (minute + chance.randint(-300, 60) for _ in range(4))]
    oracle.exclude(spans)
    oracle.begins = min(since, *told)
    reader = Reader(7, store.heads([7])[7], since, Cut.of(spans))
    for _ in range(40):
        end, length = minute + chance.randint(-200, 60), chance.randint(1, 300)
        found, expected = reader.between(end - length, end), oracle.counts(end, length)
        assert found == expected
    late.settle(most=0)
    assert not Late.objects.exists()
    again = Reader(7, store.heads([7])[7], since, Cut.of(spans))
    assert again.between(minute - 300, minute) == reader.between(minute - 300, minute)


@pytest.mark.django_db(databases=["default", "samples"])
def test_a_month_in_a_zone_and_slices_are_evaluated_as_offline():
    end = minute_of(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    target, judged = Target.exactly(Decimal("0.99")), Target.exactly(Decimal("0.5"))
    one = Objective.objects.create(
        service_uid="s", service_name="checkout", name="answered", title="Answered", target="0.99", digest="",
        window_minutes=43200, indicator={"source": "edge"}, series=Series.objects.create(created_at=NOW).pk,
        window={"duration": "1M", "zone": "America/New_York", "start": "2026-01-01 00:00:00"},
        budgeting={"method": "Timeslices", "minutes": 1, "target": "0.5"}, created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    Standing.objects.create(objective=one)
    oracle, former = History(judged, begins=end - 300), None
    with transaction.atomic(using=store.ALIAS):
        for minute in range(end - 300, end + 1):
            good = 1 if minute % 50 == 0 else 9
            oracle.count(minute, good=good, total=10)
            increment = Increment(minute, good=good, total=10, measured=True)
            head, rows = store.grow(former, increment, judged, series=one.series)
            former = store.StoredHead(head, instant(end), "")
            store.write({one.series: former}, {one.series: rows})
    evaluating.evaluate_all(live_objectives(), at=instant(end))
    page = queries.require_objective(one.uid)
    begins = minute_of(datetime(2026, 3, 1, 5, 0, tzinfo=UTC))
    counts = oracle.counts(end, end - begins + 1)
    assert (page.view.good, page.view.total, dict(page.view.minutes)) == (counts.good, counts.total, counts.by_state())
    assert (page.view.unit, page.view.spent, page.view.window) == ("slices", counts.bad_minutes, "1M")
    assert page.view.remaining == (44_580 * target.spare - counts.bad_minutes * target.of) / (44_580 * target.spare)
    chart = burn_down(one.uid)
    assert chart is not None
    assert chart.points[-1].remaining == page.view.remaining
    assert sum(stretch.minutes for stretch in chart.stretches) == end - begins + 1


# The verbs.

during = pytest.mark.django_db(databases=["default", "samples"])


def outage(house: House) -> tuple[datetime, datetime]:
    """Ten good minutes, five bad ones, ten good ones; answers when the bad ones were."""
    usecases.apply(HANNE, "checkout", text=slo(target="0.99"), now=NOW)
    house.deploy()
    bad: list[datetime] = []
    for minute in range(25):
        for _ in range(6):
            house.edge.serve(good=0 if 10 <= minute < 15 else 10, bad=10 if 10 <= minute < 15 else 0)
            house.tick()
        if minute in (10, 14):
            bad.append(house.now)
    return bad[0].replace(second=0) - timedelta(minutes=1), bad[1].replace(second=0) + timedelta(minutes=1)


def bring_in(house: House, *, days: int) -> None:
    """One idle minute so many days ago, with which the promise begins."""
    counted = [Counted(minute_of(NOW) - days * 1440, 0, 0)]
    usecases.import_minutes(HANNE, only(house).view.uid, counted, read_at=NOW, now=NOW)


def only(house: House) -> queries.ObjectivePage:
    return queries.require_objective(queries.objectives_of(house.checkout)[0].uid)


@during
def test_excluding_after_the_fact_takes_the_outage_out_and_withdrawing_puts_it_back(house: Any):
    start, end = outage(house)
    house.tick()
    before = only(house)
    assert before.view.standing == "spent"
    uid = usecases.exclude(
        HANNE, "checkout", objective="answered", starts_at=start, ends_at=end, reason="Disks were moved", now=house.now
    )
    house.tick()
    page = only(house)
    assert (page.view.bad, page.view.remaining, page.view.standing) == (0, 1.0, "within")
    assert page.view.minutes["excluded"] == (end - start).total_seconds() / 60
    assert page.raw is not None
    assert (page.raw.bad, page.raw.remaining) == (before.view.bad, before.view.remaining)
    assert [(one.reason, one.by) for one in page.exclusions] == [("Disks were moved", "Hanne Brandt")]
    chart = queries.burn_down(page.view.uid)
    assert chart is not None
    (hole,) = [one for one in chart.stretches if one.state == "excluded"]
    assert (hole.start, hole.minutes) == (start, page.view.minutes["excluded"])
    assert (chart.minutes, chart.points[-1].remaining) == (page.view.minutes, 1.0)
    usecases.withdraw(HANNE, uid, now=house.now)
    house.tick()
    assert (only(house).view.bad, only(house).raw, only(house).exclusions) == (before.view.bad, None, ())
    kinds = Fact.objects.filter(kind__startswith="exclusion").order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["exclusion.declared", "exclusion.withdrawn"]
    with pytest.raises(Conflict):
        usecases.withdraw(HANNE, uid, now=house.now)


@during
def test_a_window_that_comes_again_is_excluded_each_time_from_all_objectives(house: Any):
    outage(house)
    bring_in(house, days=20)
    start = NOW - timedelta(days=14)
    usecases.exclude(
        HANNE, "checkout", starts_at=start, ends_at=start + timedelta(hours=2), rrule="FREQ=WEEKLY", reason="Patches",
        now=NOW,
    )  # fmt: skip
    house.tick()
    page = only(house)
    # Monday 09:00 to 11:00, of which the third has run for 25 minutes and the one that ticks.
    assert page.view.minutes["excluded"] == 120 + 120 + 26
    assert (page.view.total, page.view.remaining, page.view.minutes_before) == (0, None, 10 * 1440 - 26)


@during
@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"ends_at": NOW}, "ends_at"),
        ({"ends_at": NOW + timedelta(days=40)}, "ends_at"),
        ({"reason": " "}, "reason"),
        ({"zone": "Mars"}, "zone"),
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=SU"}, "starts_at"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=UTC)}, "starts_at"),
    ],
)
def test_an_exclusion_that_cannot_be_is_refused_with_its_field(house: Any, given_: Any, field: str):
    asked = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "reason": "x"} | given_
    with pytest.raises(Invalid) as refused:
        usecases.exclude(ROADBED, "checkout", **asked, now=NOW)
    assert refused.value.place.field == field


@during
def test_only_owners_exclude(house: Any):
    with pytest.raises(Forbidden):
        usecases.exclude(
            MARA, "checkout", starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="A quiet month", now=NOW
        )


@during
def test_the_api_and_the_page_show_both_figures(house: Any, web: Client):
    start, end = outage(house)
    body = {"starts_at": start.isoformat(), "ends_at": end.isoformat(), "reason": "Disks were moved"}
    made = web.post("/api/v1/services/checkout/exclusions", body, content_type="application/json")
    assert (made.status_code, made.json()["by"]) == (201, "Hanne Brandt")
    house.tick()
    uid = only(house).view.uid
    detail = web.get(f"/api/v1/objectives/{uid}").json()
    assert (detail["bad"], detail["raw"]["bad"]) == (0, 300)
    assert detail["exclusions"] == web.get("/api/v1/services/checkout/exclusions").json()["items"]
    assert web.delete(f"/api/v1/exclusions/{made.json()['uid']}").status_code == 204
    assert web.get("/api/v1/services/checkout/exclusions").json()["items"] == []
    assert len(web.get("/api/v1/services/checkout/exclusions?withdrawn=true").json()["items"]) == 1
