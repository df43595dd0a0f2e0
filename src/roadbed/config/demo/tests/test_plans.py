"""What the company's history is planned from: pure, the same for the same seed, and plausible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.config.demo import company, meter, minutes, plans, rota, traffic
from roadbed.config.demo.stories import STORIES
from roadbed.config.demo.traffic import Harm
from roadbed.reliability.paging.rules.shifts import order_at

NOW = datetime(2026, 6, 11, 13, 52, tzinfo=UTC)
WINDOW = 4 * traffic.DAY
CREW = ("Mara Lindqvist", "Dele Akande")


def planned(service: company.Service, now: datetime = NOW) -> tuple[plans.Planned, ...]:
    ordinary = plans.plan(service, CREW, now=now, days=60)
    return plans.with_stories(ordinary, [one for one in STORIES if one.service == service.name], service, now=now)


@pytest.mark.parametrize("service", [one for one in company.SERVICES if one.deployed], ids=lambda one: one.name)
def test_deployments_are_the_same_each_time_in_order_and_end_with_the_companys_version(service: company.Service):
    found = planned(service)
    assert found == planned(service)
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert found[-1].version == service.version
    assert all(one.at <= NOW for one in found)
    changes = [change for one in found for change in one.changes]
    assert len({change.subject for change in changes}) == len(changes)
    assert all(change.authored_at <= change.committed_at for change in changes)


def test_a_rollback_brings_back_what_was_live_before():
    found = planned(company.service("parcel-tracking"))
    for place, one in enumerate(found):
        if one.outcome == plans.ROLLED_BACK:
            assert one.version < found[place - 1].version


@settings(max_examples=40)
@given(st.integers(0, 10**8), st.integers(1, 2 * traffic.DAY), st.floats(0, 0.2))
def test_minutes_add_up_to_the_counters(first: int, length: int, share: float):
    day = traffic.day_of("parcel-tracking", 300)
    flow = traffic.Flow(day, share, {})
    counted = list(flow.minutes(first, first + length - 1))
    total = sum(one[2] for one in counted)
    assert total == traffic.until(day, first + length) - traffic.until(day, first)
    bad = sum(one[2] - one[1] for one in counted)
    assert bad == traffic.failures_until(day, first + length, share) - traffic.failures_until(day, first, share)
    assert [flow.minute(one[0]) for one in counted[:50]] == [one[1:] for one in counted[:50]]


@settings(max_examples=25)
@given(st.floats(-0.5, 0.95), st.integers(1, 600), st.floats(0.001, 0.4))
def test_the_budget_that_is_left_is_the_one_that_was_asked_for(left: float, length: int, fails: float):
    day, last, spare = traffic.day_of("label-api", 400), 29_000_000, 0.001
    harm = Harm(last - length + 1, length, fails)
    flow = traffic.flow(day, last=last, window=WINDOW, spare=spare, left=left, harms=[harm])
    total = traffic.until(day, last + 1) - traffic.until(day, last + 1 - WINDOW)
    bad = sum(all_ - good for _, good, all_ in flow.minutes(last + 1 - WINDOW, last))
    wanted = (1 - left) * total * spare
    assert bad == pytest.approx(max(wanted, sum(harm.by_minute(day).values())), abs=2 * traffic.handful(day) + 3)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_counters_never_go_back(one: int, other: int):
    flow = minutes.flow_of(
        company.service("checkout-web"), company.service("checkout-web").promises[0], STORIES, made_at=NOW
    )
    sooner, later = sorted((one, other))
    before = meter.counted(flow, NOW, NOW + timedelta(seconds=sooner), mended=None)
    after = meter.counted(flow, NOW, NOW + timedelta(seconds=later), mended=None)
    assert before[0] <= after[0]
    assert before[1] <= after[1]
    assert before[1] - before[0] <= after[1] - after[0] + 1


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_the_first_name_of_each_rotation_has_the_shift_of_today(now: datetime):
    began = now - timedelta(days=60, hours=7)
    for team in company.TEAMS:
        names = rota.names_for(team, began=began, now=now)
        assert sorted(names) == sorted(team.rotates)
        assert order_at(rota.rotation_of(team, names, began), now)[0] == team.rotates[0]


def test_whoever_a_story_names_is_of_the_company():
    names = {one.name for one in company.PEOPLE}
    for story in STORIES:
        people = {story.lead, story.by, story.seen_by, story.communications, *(note[1] for note in story.notes)} - {""}
        assert people <= names
        if story.cause:
            assert company.team_of(story.by) == company.service(story.service).team
