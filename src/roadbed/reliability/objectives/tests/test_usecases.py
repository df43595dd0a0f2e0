"""Defining objectives and sampling them: exact counts through crashes, restarts, silence and clocks that jump."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from roadbed.ground.errors import Conflict, Forbidden, Invalid, Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.objectives import listing, queries, sampling, store, usecases
from roadbed.reliability.objectives.jobs import forget
from roadbed.reliability.objectives.models import Minute, Objective
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.tests.conftest import HANNE, MARA, NOW, House, scraped_slo, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def define(text: str, *, service: str = "checkout", caller: Caller = HANNE):
    return usecases.apply(caller, service, text=text, now=NOW)


def only(house: House, service: str = "checkout") -> queries.ObjectiveView:
    (view,) = queries.objectives_of(house.uids[service])
    return view


def kinds() -> list[str]:
    return list(
        Fact.objects.exclude(kind__startswith="catalog")
        .exclude(kind__startswith="team")
        .order_by("position")
        .values_list("kind", flat=True)
    )


# Defining.


def test_an_applied_file_defines_objectives_and_says_so(house: Any):
    applied = define(slo() + "---\n" + slo("in-time", latency=300))
    assert applied.defined == ("answered", "in-time")
    assert [view.name for view in queries.objectives_of(house.checkout)] == ["answered", "in-time"]
    fact = Fact.objects.filter(kind="objective.defined").first()
    assert fact is not None
    assert (fact.subject, fact.data["target"], fact.actor_name) == (house.checkout, "0.999", "Hanne Brandt")


def test_applying_again_changes_nothing_and_an_edit_keeps_the_past(house: Any):
    define(slo())
    again = define("# moved down a line\n" + slo())
    assert again.unchanged == ("answered",)
    changed = define(slo(target="0.99"))
    assert changed.changed == ("answered",)
    view = only(house)
    page = queries.require_objective(view.uid)
    assert [(one.number, one.target) for one in page.versions] == [(2, Decimal("0.99")), (1, Decimal("0.999"))]
    assert Objective.objects.get(uid=view.uid).series == page_series(view.uid, 1)


def page_series(uid: str, number: int) -> int:
    return Objective.objects.get(uid=uid).versions.get(number=number).series


def test_another_indicator_begins_another_series(house: Any):
    define(slo(latency=300))
    define(slo(latency=500))
    uid = only(house).uid
    assert page_series(uid, 1) != page_series(uid, 2)


def test_what_a_file_leaves_out_ends_and_its_past_is_still_shown(house: Any):
    define(slo() + "---\n" + slo("in-time", latency=300))
    gone = queries.objectives_of(house.checkout)[1]
    applied = define(slo())
    assert applied.removed == ("in-time",)
    assert queries.require_objective(gone.uid).removed_at == NOW
    assert kinds()[-1] == "objective.removed"


def test_only_owners_define(house: Any):
    with pytest.raises(Forbidden):
        define(slo(), caller=MARA)
    assert not Objective.objects.exists()


def test_a_broken_file_names_every_fault_with_its_line_and_changes_nothing(house: Any):
    define(slo())
    broken = slo(target="1") + "---\n" + slo("in-time", latency=301)
    with pytest.raises(Invalid) as caught:
        define(broken)
    refusal = caught.value
    faults = [refusal, *refusal.others]
    assert [str(fault.place) for fault in faults] == ["slo.yaml:27", "slo.yaml:45"]
    assert "100%" in faults[0].detail
    assert "300 or 400" in faults[1].remedy
    assert only(house).target == Decimal("0.999")


def test_a_file_for_another_service_is_refused(house: Any):
    with pytest.raises(Invalid, match="for 'parcels'"):
        define(slo(service="parcels"))


def test_an_applied_objective_can_be_ended_but_one_of_the_repository_only_there(house: Any):
    define(slo())
    usecases.remove(HANNE, only(house).uid, now=NOW)
    assert queries.objectives_of(house.checkout) == ()
    house.repository.files["c1"] = {"slo.yaml": slo().encode()}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    with pytest.raises(Conflict, match="repository"):
        usecases.remove(HANNE, only(house).uid, now=NOW)
    with pytest.raises(Conflict, match="repository"):
        define(slo(target="0.9"))


# From the repository.


def test_the_file_is_read_at_the_commit_that_serves(house: Any):
    house.repository.files = {
        "c1": {"slo.yaml": slo(target="0.99").encode()},
        "c2": {"slo.yaml": slo(target="0.999").encode()},
    }
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    assert only(house).target == Decimal("0.999")
    with unit(ROADBED, now=NOW) as writing:
        writing.record("service.deployed", house.checkout, environment="production", data={"commit": "c1"})
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    page = queries.require_objective(only(house).uid)
    assert (page.view.target, page.source_commit, page.origin) == (Decimal("0.99"), "c1", "repository")


def test_a_broken_file_leaves_the_former_objectives_and_shows_why(house: Any):
    house.repository.files["c1"] = {"slo.yaml": slo().encode()}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    house.repository.files["c2"] = {"slo.yaml": slo(target="100").encode()}
    assert usecases.read_repository(ROADBED, house.checkout, now=NOW) is None
    assert only(house).target == Decimal("0.999")
    error = queries.read_error(house.checkout)
    assert error is not None
    assert (error.file, error.errors[0]["line"]) == ("slo.yaml", 27)
    house.repository.files["c3"] = {"slo.yaml": slo().encode()}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    assert queries.read_error(house.checkout) is None


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: [", b"", b"&a [*a, *a]", b"kind: SLO"])
def test_a_file_of_anything_is_an_error_and_no_crash(house: Any, content: Any):
    house.repository.files["c1"] = {"slo.yaml": content}
    assert usecases.read_repository(ROADBED, house.checkout, now=NOW) is None
    assert queries.read_error(house.checkout) is not None


def test_no_file_is_no_objectives_and_a_file_taken_out_ends_them(house: Any):
    house.repository.files["c1"] = {}
    assert usecases.read_repository(ROADBED, house.checkout, now=NOW) is None
    assert queries.read_error(house.checkout) is None
    house.repository.files["c2"] = {"slo.yaml": slo().encode()}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    house.repository.files["c3"] = {}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    assert queries.objectives_of(house.checkout) == ()


def test_a_repository_that_cannot_be_reached_is_tried_again(house: Any):
    house.repository.down = True
    with pytest.raises(Unavailable):
        usecases.read_repository(ROADBED, house.checkout, now=NOW)


# Sampling.


def test_what_the_edge_counted_is_what_the_objective_says(house: Any):
    define(slo() + "---\n" + slo("in-time", latency=300))
    house.deploy()
    house.edge.serve(good=100)
    house.tick()
    house.edge.serve(good=880, bad=2)
    house.edge.serve(good=18, ms=900)
    house.tick()
    answered, in_time = queries.objectives_of(house.checkout)
    assert (answered.good, answered.total) == (998, 1000)
    assert (in_time.good, in_time.total) == (980, 1000)
    assert answered.remaining == pytest.approx(-1.0)
    assert answered.standing == "spent"
    assert sum(answered.minutes.values()) + answered.minutes_before == 30 * 24 * 60
    assert answered.as_of == house.now


def test_a_counter_read_twice_counts_once_and_a_restart_loses_nothing(house: Any):
    define(slo())
    house.deploy()
    house.edge.serve(good=500)
    house.tick()
    house.tick(0)
    house.tick()
    assert only(house).total == 500
    house.edge.restart()
    house.edge.serve(good=7, bad=3)
    house.tick()
    view = only(house)
    assert (view.good, view.total) == (507, 510)


def test_a_crash_between_reading_and_keeping_neither_loses_nor_doubles(house: Any, monkeypatch: Any):
    define(slo())
    house.deploy()
    house.edge.serve(good=100)
    house.tick()

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    house.edge.serve(good=50)
    with monkeypatch.context() as patched:
        patched.setattr(sampling.store, "write", fail)
        with pytest.raises(KeyboardInterrupt):
            house.tick()
    house.tick()
    assert only(house).total == 150
    house.edge.serve(good=5)
    with monkeypatch.context() as patched:
        patched.setattr(sampling, "evaluate_all", fail)
        with pytest.raises(KeyboardInterrupt):
            house.tick()
    house.tick()
    assert only(house).total == 155


def test_a_stopped_or_hung_service_spends_budget_when_clients_come(house: Any):
    define(slo())
    house.deploy()
    house.edge.serve(good=1000)
    house.tick()
    for _ in range(8):
        house.edge.serve(bad=5)
        house.tick()
    view = only(house)
    assert view.bad == 40
    assert view.standing == "spent"
    assert view.minutes["bad"] >= 1
    assert sorted(kinds()[-2:]) == ["budget.burn.started", "budget.exhausted"]


def test_an_idle_service_is_idle_and_not_unmeasured(house: Any):
    define(slo())
    house.deploy()
    for _ in range(7):
        house.tick()
    view = only(house)
    assert view.standing == "idle"
    assert view.minutes["idle"] == 2
    assert view.remaining is None


def test_a_service_never_deployed_here_is_unmeasured_and_says_why(house: Any):
    define(slo())
    house.tick()
    view = only(house)
    assert (view.standing, view.remaining, view.coverage) == ("unmeasured", None, 0.0)
    assert view.problem == "Nothing of it is deployed here."
    assert "measurement.lost" not in kinds()


def test_a_silent_edge_is_unmeasured_time_and_a_fact_once(house: Any):
    define(slo())
    house.deploy()
    house.edge.serve(good=100)
    house.tick()
    house.edge.down = "HAProxy does not answer"
    for _ in range(30):
        house.tick()
    view = only(house)
    assert view.standing == "unmeasured"
    assert view.problem.startswith("The edge does not answer: HAProxy")
    assert kinds().count("measurement.lost") == 1
    house.edge.down = ""
    house.edge.serve(good=300, bad=1)
    house.tick()
    view = only(house)
    assert (view.good, view.total) == (400, 401)
    assert (view.minutes["unmeasured"], view.minutes_before) == (4, 30 * 24 * 60 - 6)
    assert kinds()[-3:] == ["measurement.lost", "budget.exhausted", "measurement.regained"]


def test_a_short_gap_is_measured_and_a_long_one_is_not(house: Any):
    define(slo())
    house.deploy()
    house.edge.serve(good=1)
    house.tick()
    house.tick(85)
    assert only(house).minutes["unmeasured"] == 0
    house.tick(600)
    assert only(house).minutes["unmeasured"] == 9


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(hours=3), timedelta(seconds=-95)])
def test_a_clock_that_jumps_there_and_back_neither_loses_nor_invents(house: Any, jump: Any):
    define(slo())
    house.deploy()
    for _ in range(7):
        house.edge.serve(good=10)
        house.tick()
    house.now += jump
    house.edge.serve(good=10, bad=1)
    house.tick()
    house.now -= jump
    for _ in range(13):
        house.edge.serve(good=10)
        house.tick()
    view = only(house)
    reached = 0 if jump > timedelta(0) else 11
    assert view.total == 200 + reached
    house.tick(4 * 3600)
    view = only(house)
    assert (view.good, view.total) == (210, 211)
    assert sum(view.minutes.values()) + view.minutes_before == 30 * 24 * 60


def test_burning_and_stopping_are_facts_once_each(house: Any):
    define(slo(target="0.9"))
    house.deploy()
    house.edge.serve(good=100_000)
    house.tick()
    for _ in range(30 * 6):
        house.edge.serve(good=1000)
        house.tick()
    for _ in range(70 * 6):
        house.edge.serve(bad=1000, good=10)
        house.tick()
    for _ in range(6 * 6):
        house.edge.serve(good=100)
        house.tick()
    assert [kind for kind in kinds() if kind.startswith("budget.burn")] == []
    define(slo(target="0.99"))
    for _ in range(12):
        house.edge.serve(bad=1000)
        house.tick()
    started = Fact.objects.get(kind="budget.burn.started")
    assert started.data["pairs"][0]["name"] in ("Page, fast", "Page, slow")
    house.tick(6 * 3600)
    for _ in range(6):
        house.edge.serve(good=1000)
        house.tick()
    assert [kind for kind in kinds() if kind.startswith("budget.burn")] == [
        "budget.burn.started",
        "budget.burn.stopped",
    ]


# The second source.


def test_a_metrics_page_is_counted_from_its_first_reading_unless_its_process_is_young(house: Any):
    define(scraped_slo('hits_total{code="200"}', "hits_total"))
    house.deploy(port=9001)
    house.pages.started_at = NOW - timedelta(days=9)
    house.pages.held[9001] = {'hits_total{code="200"}': 5000, 'hits_total{code="500"}': 40}
    house.tick()
    assert only(house).total == 0
    house.pages.held[9001] = {'hits_total{code="200"}': 5090, 'hits_total{code="500"}': 41}
    house.tick()
    assert (only(house).good, only(house).total) == (90, 91)
    house.pages.started_at = house.now
    house.pages.held[9001] = {'hits_total{code="200"}': 9, 'hits_total{code="500"}': 600}
    house.tick()
    assert (only(house).good, only(house).total) == (99, 700)


def test_a_missing_good_series_is_unmeasured_and_a_bad_page_says_why(house: Any):
    define(scraped_slo('hits_total{code="200"}', "hits_total"))
    house.deploy(port=9001)
    house.pages.held[9001] = {'hits_total{code="500"}': 4}
    house.tick()
    assert only(house).problem == 'The page has no hits_total{code="200"}.'
    house.pages.held[9001] = "it is larger than 5 MiB"
    house.tick()
    assert only(house).problem == "Its metrics page: it is larger than 5 MiB"
    house.pages.held[9001] = {'hits_total{code="200"}': 1.5}
    house.tick()
    assert "no count" in only(house).problem
    assert only(house).minutes == {"good": 0, "bad": 0, "idle": 0, "unmeasured": 1, "excluded": 0}


def test_a_missing_bad_series_is_no_bad_event(house: Any):
    text = scraped_slo("hits_failed_total", "hits_total").replace("good:", "bad:")
    define(text)
    house.deploy(port=9001)
    house.pages.started_at = NOW
    house.pages.held[9001] = {"hits_total": 12}
    house.tick()
    assert (only(house).good, only(house).total) == (12, 12)


def test_more_good_than_total_is_flagged(house: Any):
    define(scraped_slo("hits_ok_total", "hits_total"))
    house.deploy(port=9001)
    house.pages.started_at = NOW
    house.pages.held[9001] = {"hits_total": 12, "hits_ok_total": 13}
    house.tick()
    view = only(house)
    assert (view.standing, view.remaining) == ("broken", None)
    assert "more good events than events" in view.top_line


# Reading back.


def test_the_list_puts_first_what_needs_a_person_and_pages_through(house: Any):
    define(slo() + "---\n" + slo("in-time", latency=300))
    define(slo(service="parcels"), service="parcels", caller=ROADBED)
    house.deploy()
    house.edge.serve(good=100_000, ms=900)
    house.tick()
    first = queries.objectives(limit=2)
    assert [(view.service_name, view.name, view.standing) for view in first.items] == [
        ("checkout", "in-time", "spent"),
        ("parcels", "answered", "unmeasured"),
    ]
    rest = queries.objectives(limit=2, cursor=first.next_cursor or "")
    assert [view.standing for view in rest.items] == ["within"]
    assert rest.next_cursor is None
    assert [view.name for view in queries.objectives(text="IN TIME").items] == ["in-time"]
    assert [view.service_name for view in queries.objectives(standing="unmeasured").items] == ["parcels"]
    assert listing.by_standing(listing.rows())["within"] == 1
    assert queries.worst_standing([house.checkout, "nobody"]) == {house.checkout: "spent"}
    with pytest.raises(Invalid, match="standing"):
        queries.objectives(standing="fine")


def test_the_chart_ends_at_the_budget_that_is_left_and_its_strip_adds_up(house: Any):
    define(slo(target="0.99"))
    house.deploy()
    for _ in range(60):
        house.edge.serve(good=100)
        house.tick(60)
    house.edge.serve(good=50, bad=2)
    house.tick(60)
    house.tick(3600)
    chart = queries.burn_down(only(house).uid)
    assert chart is not None
    view = only(house)
    assert chart.points[0].remaining == 1.0
    assert chart.points[-1].remaining == view.remaining
    assert len(chart.points) <= 400
    assert sum(stretch.minutes for stretch in chart.stretches) == chart.window_minutes
    by_state = dict.fromkeys((*chart.minutes, "before"), 0)
    for stretch in chart.stretches:
        by_state[stretch.state] += stretch.minutes
    assert by_state.pop("before") == chart.minutes_before == view.minutes_before
    assert by_state == chart.minutes == view.minutes
    assert (chart.stretches[0].state, chart.stretches[0].start) == ("before", chart.start)
    assert [stretch.state for stretch in chart.stretches][1:] == ["unmeasured", "good", "bad", "unmeasured", "idle"]
    assert queries.burn_down(only(house).uid, points=10) is not None


def test_a_spent_budget_says_when_it_returns(house: Any):
    define(slo(target="0.99"))
    house.deploy()
    house.edge.serve(bad=50)
    house.tick()
    bad_minute = minute_of(house.now)
    for _ in range(20):
        house.edge.serve(good=100)
        house.tick(60)
    page = queries.require_objective(only(house).uid)
    assert page.view.standing == "spent"
    assert page.returns_at is not None
    assert minute_of(page.returns_at) == bad_minute + 30 * 24 * 60


def test_forgetting_keeps_every_window_as_it_was(house: Any):
    define(slo())
    house.deploy()
    for _ in range(5):
        house.edge.serve(good=10)
        house.tick(60)
    house.tick(20 * 86400)
    house.edge.serve(good=90)
    house.tick()
    before = only(house).total
    assert before == 140
    house.tick(12 * 86400)
    forget(now=house.now)
    house.tick()
    assert only(house).total == 90
    assert Minute.objects.filter(minute__lt=minute_of(NOW) + 5).count() == 0
    house.tick(25 * 86400)
    forget(now=house.now)
    house.tick()
    assert only(house).total == 0
    assert store.heads() != {}
