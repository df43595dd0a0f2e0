"""Journeys from file to fact: defined, evaluated from minutes that change, excluded, weighted, told and ended."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.ledger.models import Fact
from roadbed.reliability.objectives import store, usecases
from roadbed.reliability.objectives.importing import Counted, import_minutes
from roadbed.reliability.objectives.journeys import queries
from roadbed.reliability.objectives.journeys.chart import journey_burn_down
from roadbed.reliability.objectives.journeys.models import MinuteStates
from roadbed.reliability.objectives.journeys.states import states
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.queries import objectives_of
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.journeys.minutes import Bits, runs
from roadbed.reliability.objectives.rules.minutes import Increment
from roadbed.reliability.objectives.tests.conftest import HANNE, MARA, NOW, SLO, House, slo
from roadbed.reliability.objectives.tests.journeys import journey

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def both(house: House) -> House:
    """Two services, each with an objective that is counted for an hour."""
    for name in ("checkout", "parcels"):
        usecases.apply(HANNE, name, text=slo(service=name), now=NOW)
        house.deploy(name)
    house.tick()
    return house


def serve(
    house: House, minutes: int, *, checkout: tuple[int, int] = (20, 0), parcels: tuple[int, int] = (20, 0)
) -> None:
    for _ in range(minutes):
        house.edge.serve("checkout", good=checkout[0], bad=checkout[1])
        house.edge.serve("parcels", good=parcels[0], bad=parcels[1])
        house.tick(60)


def test_a_journey_is_bad_where_a_step_is_and_says_which(both: House):
    usecases.apply_journeys(HANNE, text=journey(), now=both.now)
    serve(both, 5)
    serve(both, 3, parcels=(10, 10))
    serve(both, 2, checkout=(0, 20), parcels=(10, 10))
    usecases.follow_journeys(HANNE, now=both.now)
    view = queries.journey("send-a-parcel")
    assert (view.minutes["bad"], view.spent, view.unit) == (5, 5, "minutes")
    assert view.allowed == (43200 - view.before) // 100 == 0
    assert [(step["name"], step["spent"], step["alone"], step["bad_minutes"]) for step in view.steps] == [
        ("pay", 2, 0, 2),
        ("label", 3, 3, 5),
    ]
    assert sum(view.minutes.values()) + view.before == 43200
    over = journey("again").replace("service: parcels, objective: answered", "journey: send-a-parcel")
    usecases.apply_journeys(HANNE, text=over, now=both.now)
    usecases.follow_journeys(HANNE, now=both.now)
    outer = queries.journey("again")
    assert (outer.minutes, outer.spent) == (view.minutes, 5)
    assert [(step["name"], step["spent"]) for step in outer.steps] == [("pay", 2), ("label", 3)]
    assert view.remaining == pytest.approx(1 - 5 / ((43200 - view.before) * 0.01))
    assert "Most of it at label" in view.top_line


def test_weighted_events_add_up(both: House):
    usecases.apply_journeys(
        HANNE, text=journey(method="Events", target="0.9", first=", weight: 30", second=", weight: 10"), now=both.now
    )
    serve(both, 10, checkout=(19, 1), parcels=(10, 10))
    usecases.follow_journeys(HANNE, now=both.now)
    view = queries.journey("send-a-parcel")
    assert [(step["weight"], step["spent"]) for step in view.steps] == [(3, 30), (1, 100)]
    assert (view.spent, view.unit) == (130, "weighted events")
    assert view.attainment == pytest.approx(1 - 130 / 800)
    chart = journey_burn_down(view.uid)
    assert chart is not None
    assert (chart.points[-1].remaining, sum(point.bad for point in chart.points)) == (view.remaining, 130)
    assert view.standing == "spent"


def test_a_burn_names_the_service_at_fault_and_the_owner_and_ends(both: House):
    usecases.apply_journeys(HANNE, text=journey(target="0.999"), now=both.now)
    serve(both, 60)
    serve(both, 20, parcels=(10, 10))
    usecases.follow_journeys(HANNE, now=both.now)
    fact = Fact.objects.get(kind="budget.burn.started", data__journey="send-a-parcel")
    assert (fact.subject, fact.data["team"]) == (both.uids["parcels"], "team-payments")
    assert fact.data["steps"][1]["spent"] == 20
    usecases.follow_journeys(HANNE, now=both.now)
    assert Fact.objects.filter(kind="budget.burn.started", data__journey="send-a-parcel").count() == 1
    usecases.remove_journey(HANNE, "send-a-parcel", now=both.now)
    stopped = Fact.objects.get(kind="budget.burn.stopped", data__journey="send-a-parcel")
    assert (stopped.subject, stopped.data["uid"]) == (fact.subject, fact.data["uid"])


def test_excluded_time_of_a_step_leaves_the_journey_also_after_the_fact(both: House):
    usecases.apply_journeys(HANNE, text=journey(), now=both.now)
    serve(both, 5)
    begun = both.now
    serve(both, 4, parcels=(0, 20))
    usecases.exclude(HANNE, "parcels", starts_at=begun, ends_at=both.now, reason="Disks moved", now=both.now)
    usecases.follow_journeys(HANNE, now=both.now)
    view = queries.journey("send-a-parcel")
    assert view.raw is not None
    assert view.raw["minutes"]["bad"] - view.minutes["bad"] == 4 - view.minutes["bad"] > 0
    assert view.minutes["excluded"] >= 4


def test_a_past_that_changes_changes_the_states_that_were_kept(both: House):
    """Days and hours are kept once; what comes late, is imported or excluded is seen in the next evaluation."""
    (view,) = objectives_of(both.checkout)
    last = minute_of(NOW) - 1
    past = [Counted(minute, 10, 10) for minute in range(last - 3000, last + 1)]
    usecases.apply_journeys(HANNE, text=journey(second=", required: false"), now=both.now)
    serve(both, 3)
    usecases.follow_journeys(HANNE, now=both.now)
    before = queries.journey("send-a-parcel").minutes
    import_minutes(HANNE, view.uid, past, read_at=NOW, now=both.now)
    usecases.follow_journeys(HANNE, now=both.now)
    after = queries.journey("send-a-parcel").minutes
    assert after["good"] - before["good"] == 3001
    assert MinuteStates.objects.exists()


def test_kept_states_are_those_of_the_sums_after_any_change(both: House):
    row = Objective.objects.get(service_name="checkout")
    view = objectives_of(both.checkout)[0]
    last = minute_of(NOW) - 1
    past = [Counted(minute, 10, 10) for minute in range(last - 4000, last + 1) if minute % 7]
    import_minutes(HANNE, view.uid, past, read_at=NOW, now=both.now)

    def now_and_anew() -> tuple[Bits, Bits]:
        known, stretch = store.heads([row.series]), {"first": last - 4100, "until": last + 2}
        kept = states(known, **stretch)[row.series]
        MinuteStates.objects.all().delete()
        return kept, states(known, **stretch)[row.series]

    kept, anew = now_and_anew()
    assert kept == anew
    assert kept.measured.bit_count() == len(past) + 1
    at = next(minute for minute in range(last - 2000, last) if minute % 7 == 0)
    with transaction.atomic(using=store.ALIAS):
        store.lock()
        stored = store.heads([row.series])[row.series]
        head, rows = store.grow(stored, Increment(at, good=0, total=5, measured=True), None, series=row.series)
        store.write({row.series: stored._replace(head=head)}, {row.series: rows})
    kept, anew = now_and_anew()
    assert kept == anew
    assert kept.bad.bit_count() == 1


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_pushed_late_or_again_the_states_are_those_of_a_recount(house: House, seed: int):
    text = SLO.format(
        name="answered",
        title="Orders kept",
        service="checkout",
        kind="roadbed-push",
        target="0.9",
        good="{}",
        total="{}",
    )
    usecases.apply(HANNE, "checkout", text=text, now=NOW)
    row, chance = Objective.objects.get(service_name="checkout"), random.Random(seed)  # noqa: S311 - a history
    last, own = minute_of(NOW), dict[int, tuple[int, int]]()
    for size in (400, 3, 60, 1, 25, 200):
        minutes = chance.sample(range(last - 3000, last + 1), size)
        counts = {minute: (chance.choice((0, 9, 10)), 10) if chance.random() < 0.9 else (0, 0) for minute in minutes}
        own |= counts
        rows = [usecases.CountRow(instant(minute), *pair) for minute, pair in counts.items()]
        usecases.push(HANNE, row.uid, rows, now=NOW)
        found = states(store.heads([row.series]), first=last - 3100, until=last + 1)[row.series]
        for name, wanted in (
            ("measured", own),
            ("idle", [minute for minute, (_, total) in own.items() if not total]),
            ("bad", [minute for minute, (good, total) in own.items() if good < 0.9 * total]),
        ):
            held = {last - 3100 + place for first, until in runs(getattr(found, name)) for place in range(first, until)}
            assert held == set(wanted), (size, name)
    assert MinuteStates.objects.exists()


@pytest.mark.usefixtures("both")
def test_only_its_team_defines_a_journey_and_only_over_what_is_promised():
    with pytest.raises(Forbidden):
        usecases.apply_journeys(MARA, text=journey(), now=NOW)
    with pytest.raises(Invalid) as refused:
        usecases.apply_journeys(HANNE, text=journey().replace("objective: answered", "objective: other"), now=NOW)
    assert [one.detail for one in (refused.value, *refused.value.others)] == [
        "There is no objective checkout/other.",
        "There is no objective parcels/other.",
    ]
    usecases.apply_journeys(HANNE, text=journey(), now=NOW)
    circle = journey("again").replace("service: parcels, objective: answered", "journey: send-a-parcel")
    usecases.apply_journeys(HANNE, text=circle, now=NOW)
    with pytest.raises(Invalid, match="leads back to itself"):
        usecases.apply_journeys(
            HANNE, text=journey().replace("service: parcels, objective: answered", "journey: again"), now=NOW
        )


def test_a_repository_defines_journeys_of_its_own_team(both: House):
    text = f"{slo(service='checkout')}---\n{journey()}"
    both.repository.files = {"c1": {"slo.yaml": text.encode()}}
    usecases.read_repository(HANNE, both.checkout, now=NOW)
    with pytest.raises(Conflict, match="is defined by"):
        usecases.apply_journeys(HANNE, text=journey(target="0.9"), now=NOW)
    assert queries.journey("send-a-parcel").origin == "repository"
    both.repository.files["c2"] = {"slo.yaml": slo(service="checkout").encode()}
    usecases.read_repository(HANNE, both.checkout, now=NOW + timedelta(minutes=1))
    assert queries.journeys() == ()


def test_journeys_over_http(both: House, web: Client):
    body = {"text": journey(), "file": "journey.yaml"}
    made = web.post("/api/v1/journeys", body, content_type="application/json")
    assert (made.status_code, made.json()["defined"]) == (200, ["send-a-parcel"])
    again = web.post("/api/v1/journeys", body, content_type="application/json").json()
    assert again["unchanged"] == ["send-a-parcel"]
    serve(both, 2)
    usecases.follow_journeys(HANNE, now=both.now)
    (listed,) = web.get("/api/v1/journeys").json()["items"]
    assert (listed["standing"], [step["name"] for step in listed["steps"]]) == ("within", ["pay", "label"])
    chart = web.get("/api/v1/journeys/send-a-parcel/burn-down").json()
    assert chart["points"][-1]["remaining"] == listed["remaining"]
    assert sum(point["bad"] for point in chart["points"]) == listed["spent"]
    assert len(web.get("/api/v1/journeys/send-a-parcel/versions").json()["items"]) == 1
    assert web.get("/api/v1/journeys/nothing").status_code == 404
    assert web.delete("/api/v1/journeys/send-a-parcel").status_code == 204
    assert web.get("/api/v1/journeys").json()["items"] == []
