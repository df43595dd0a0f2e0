"""Replays: each minute as evaluating it from scratch says, offline and over the server's past, and quick."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.cli.tests.test_ground_commands import Shell, roadbed
from roadbed.ground.errors import NotFound, Refusal
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import Question as Asking
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import queries, replaying, shipped, store, usecases
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.rules.budgeting import PLAIN, RATIO_TIMESLICES, TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.rules.evaluation import Question, evaluate, needed_windows
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.kept import sliced_of
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.policy.deciding import Change, Plan, decide, of_objective, values_of_question
from roadbed.reliability.objectives.rules.policy.documents import Service, read_policies
from roadbed.reliability.objectives.rules.policy.facts import ObjectiveFacts
from roadbed.reliability.objectives.rules.replay.deciding import Asked, answers, windows_read
from roadbed.reliability.objectives.rules.replay.judging import Promise, ReplayError, judge_past
from roadbed.reliability.objectives.rules.replay.reporting import replay
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAGE
from roadbed.reliability.objectives.rules.windows import name_of
from roadbed.reliability.objectives.tests.conftest import NOW, House, slo

__all__ = ["roadbed"]
START = minute_of(datetime(2026, 3, 28, 20, 0, tzinfo=UTC))
"""A few hours before the clocks of Berlin jump."""

STRICT = """\
apiVersion: roadbed.dev/v1
kind: ErrorBudgetPolicy
metadata: {name: strict, description: For what must not fail.}
spec:
  selector: {tiers: ["1"]}
  rules:
    - {name: repairs, when: 'change.kind == "fix"', outcome: allow, says: "Repairs pass."}
    - {name: none, when: objectives == 0, outcome: unknown, says: "No objectives."}
    - {name: hour, when: 'has(burn["1h"]) && burn["1h"] > 3 && budget.spent * 2 > 0.1', outcome: deny,
       says: 'burns {burn["1h"]} times too fast.', clears: "Stop the burn."}
    - {name: blind, when: 'coverage < 0.9 && service.tier == "1"', outcome: warn, says: "{coverage} was measured."}
    - {name: half, when: budget.remaining < 0.5, outcome: warn, says: "{budget.remaining} is left."}
    - {name: rest, when: "true", outcome: allow, says: "{budget.remaining} is left."}
"""
PLANS = (shipped.plan(), Plan.of(read_policies(STRICT, file="strict.yaml")[0][0], 4))
WINDOWS = (
    Window.rolling(600), Window.rolling(4321), Window(1, "d", "Europe/Berlin"), Window(1, "w", "Europe/Berlin"),
    Window(1, "M"),
)  # fmt: skip


def history(promise: Promise, seed: int, *, minutes: int, begins: int | None, excluded: bool) -> History:
    """Minutes with outages, gaps, idle times and now and then a broken indicator."""
    chance, own = Random(seed), {}  # noqa: S311 - a history
    for minute in range(START - 700, START + minutes):
        if chance.random() < 0.1:
            continue
        total = chance.choice([0, 1, 20, 300])
        share = 0.3 if (minute // 40) % 7 == seed % 7 else 0.001
        bad = sum(chance.random() < share for _ in range(total))
        own[minute] = (total - bad, total)
        if chance.random() < 0.0005:
            own[minute] = (total + 1, total)
    held = History(promise.judged, own, begins)
    if excluded:
        at = START + chance.randrange(minutes)
        held.exclude([(at - 90, at), (at - 100, at - 70), (START - 300, START - 280)])
    return held


def scratch(promise: Promise, held: History, minute: int, plan: Plan, service: Service) -> tuple[Any, ...]:
    """One minute evaluated as `slo evaluate` and the gate do it."""
    period = promise.window.at(minute)
    lengths = needed_windows(period.elapsed, promise.table, length=period.length)
    windows = {length: held.counts(minute, length) for length in lengths}
    asked = Question(
        promise.target, period.elapsed, period.length, measured_now=minute in held.own, table=promise.table
    )
    sliced = sliced_of(windows, asked, minute_slices=promise.budgeting.sliced)
    found = evaluate(windows, asked, sliced=sliced)
    named = {name_of(minutes): found.burns.get(minutes) for minutes in windows_read(plan)}
    facts = ObjectiveFacts(
        name=promise.name, title="", target=promise.target.share, window=promise.window.name,
        window_minutes=period.elapsed, standing=found.standing, paging=found.paging,
        remaining=found.budget.remaining, bad=found.budget.bad, allowed=found.budget.allowed,
        coverage=found.verdict.coverage, burns=tuple(named.items()), top_line="", why="",
    )  # fmt: skip
    values = values_of_question(Change("feature"), service, 1)
    decision = decide(plan.early, values) or of_objective(plan, {**values, **facts.values()})
    pages = tuple(pair.name for pair in found.pairs if pair.firing and pair.severity == PAGE)
    tickets = tuple(pair.name for pair in found.pairs if pair.firing and pair.severity != PAGE)
    left = found.budget
    return (found.standing, pages, tickets, left.remaining, left.allowed, found.verdict.coverage, period.elapsed,
            (decision.rule, decision.outcome))  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    window=st.sampled_from(WINDOWS),
    budgeting=st.sampled_from([PLAIN, Budgeting(TIMESLICES, 1, Decimal("0.95")), Budgeting(TIMESLICES, 1)]),
    table=st.sampled_from(["roadbed", "pyrra", "page 14.4 5m/1h, ticket 2 30m/2h"]),
    target=st.sampled_from(["0.999", "0.99", "0.9"]),
    begins=st.none() | st.integers(-200, 200),
    excluded=st.booleans(),
    plan=st.sampled_from(PLANS),
)
def test_each_minute_stands_as_evaluating_it_from_scratch_says(
    *, seed: int, window: Window, budgeting: Budgeting, table: str, target: str, begins: int | None, excluded: bool,
    plan: Plan,
):  # fmt: skip
    promise = Promise("answered", Target.exactly(Decimal(target)), window, budgeting, table_of(table))
    since = None if begins is None else START + begins
    held = history(promise, seed, minutes=420, begins=since, excluded=excluded)
    service = Service("checkout", tier="1")
    past = judge_past(promise, held, first=START, last=START + 419, burns=windows_read(plan))
    decided = answers(Asked(plan, Change("feature"), service), promise, past)
    columns = (
        past.standing,
        past.pages,
        past.tickets,
        past.remaining,
        past.allowed,
        past.coverage,
        past.elapsed,
        decided,
    )
    rows = list(zip(*columns, strict=True))
    for place in (*range(0, 420, 7), 419):
        assert rows[place] == scratch(promise, held, START + place, plan, service), (seed, place)


def test_thirty_days_of_minutes_are_replayed_in_under_two_seconds():
    promise = Promise("answered", Target.exactly(Decimal("0.999")), Window.rolling(43200))
    chance = Random(3)  # noqa: S311 - a history
    own = {}
    for minute in range(START - 43200, START + 43200):
        total = chance.randrange(50, 300)
        own[minute] = (total - (chance.random() < 0.2) - 9 * ((minute // 3000) % 9 == 0), total)
    began = time.process_time()
    done = replay(
        promise, History(promise.judged, own), Asked(shipped.plan(), Change("feature"), Service("checkout")),
        first=START, last=START + 43199,
    )  # fmt: skip
    assert time.process_time() - began < 2
    totals = done.totals()
    assert totals["page"]["times"] > 0
    assert all(one.minutes > 0 for one in done.intervals)
    assert sum(one.minutes for one in done.intervals if one.kind == "refused") == totals["refused"]["minutes"]


def test_what_cannot_be_replayed_is_refused():
    with pytest.raises(ReplayError):
        Promise("a", Target(9, 10), Window.rolling(600), Budgeting(RATIO_TIMESLICES, 5))


# Offline.


def offline(*words: object) -> Result:
    return CliRunner().invoke(app, ["slo", "replay", *map(str, words)])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(slo(target="0.99"))
    rows = ["timestamp,good,total"]
    for minute in range(600):
        at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
        rows.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{100 if not 300 <= minute < 330 else 20},100")
    (tmp_path / "counts.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "strict.yaml").write_text(STRICT)
    return tmp_path


def test_a_file_s_past_lists_what_would_have_paged_and_been_refused(files: Path):
    done = offline(files / "slo.yaml", "--counts", files / "counts.csv", "--json")
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)
    page = next(one for one in found["intervals"] if one["kind"] == "page")
    # Eleven minutes of 80 bad in 100 pass 14.4%, and the twelfth, over at 05:12, proves it.
    assert (page["start"], page["names"][0], page["happened"]) == ("2026-11-23T05:12:00Z", "Page, fast", None)
    refused = next(one for one in found["intervals"] if one["kind"] == "refused")
    assert refused["names"] == ["budget-spent"]
    assert refused["lowest_remaining"] < 0
    assert found["totals"]["refused"]["minutes"] == sum(
        one["minutes"] for one in found["intervals"] if one["kind"] == "refused"
    )
    assert found["policy"]["name"] == "error-budget"
    assert "NaN" not in done.stdout
    said = offline(files / "slo.yaml", "--counts", files / "counts.csv", "--exit-code")
    assert said.exit_code == 10
    assert "with the policy error-budget/1" in said.stdout
    assert offline(files / "slo.yaml", "--counts", files / "counts.csv", "--kind", "fix", "--exit-code", "--to",
                   "2026-11-23T04:00:00Z").exit_code == 0  # fmt: skip


def test_a_draft_is_tried_over_a_part_of_the_past(files: Path):
    done = offline(files / "slo.yaml", "--counts", files / "counts.csv", "--policy", files / "strict.yaml", "--from",
                   "2026-11-23T04:30:00Z", "--to", "2026-11-23T05:30:00Z", "--tier", "1", "--json")  # fmt: skip
    (found,) = json.loads(done.stdout)
    assert (found["policy"]["version"], found["minutes"]) == (0, 60)
    assert found["intervals"][1]["names"] == ["hour"]
    assert (
        "strict, a draft"
        in offline(files / "slo.yaml", "--counts", files / "counts.csv", "--policy", files / "strict.yaml").stdout
    )


def test_a_draft_with_a_fault_is_named_with_its_line_and_nothing_is_replayed(files: Path):
    (files / "strict.yaml").write_text(STRICT.replace("budget.remaining < 0.5", "budget.left < 0.5"))
    done = offline(files / "slo.yaml", "--counts", files / "counts.csv", "--policy", files / "strict.yaml")
    fault = done.exception
    assert isinstance(fault, Refusal)
    assert str(fault.place).endswith("strict.yaml:12")
    assert "budget.left" in fault.detail
    assert offline(files / "slo.yaml").exit_code == 2
    assert offline().exit_code == 2


# On the server.


@pytest.mark.django_db(databases=["default", "samples"])
def test_the_stored_past_is_replayed_beside_what_the_ledger_tells(house: House, web: Client):
    usecases.apply(ROADBED, "checkout", text=slo(target="0.99"), now=NOW)
    house.deploy()
    for _ in range(20):
        house.edge.serve(good=500)
        house.tick(60)
    for _ in range(5):
        house.edge.serve(good=10, bad=490)
        house.tick(60)
    gates.ask(ROADBED, Asking(house.checkout, "checkout", "production", "feature"), now=house.now)
    for _ in range(20):
        house.edge.serve(good=500)
        house.tick(60)
    (view,) = queries.objectives_of(house.checkout)
    body = {"since": NOW.isoformat(), "until": house.now.isoformat()}
    answer = web.post(f"/api/v1/objectives/{view.uid}/replay", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    page = next(one for one in found["intervals"] if one["kind"] == "page")
    refused = next(one for one in found["intervals"] if one["kind"] == "refused")
    assert (page["happened"], refused["happened"]) == (True, True)
    assert len(found["recorded"]["pages"]) == 1
    assert len(found["recorded"]["refusals"]) == 1
    assert (found["service"], found["policy"]["version"]) == ("checkout", 1)
    draft = body | {"policy": STRICT.replace("budget.spent * 2", "1")}
    tried = web.post(f"/api/v1/objectives/{view.uid}/replay", draft, content_type="application/json").json()
    assert any(one["names"] == ["hour"] for one in tried["intervals"])
    for wrong, status in (
        ({"since": (NOW - timedelta(days=40)).isoformat()}, 422),
        ({"policy": "kind: x"}, 422),
    ):
        refusal = web.post(f"/api/v1/objectives/{view.uid}/replay", wrong, content_type="application/json")
        assert refusal.status_code == status
        assert refusal.json()["remedy"]
    assert web.post("/api/v1/objectives/none/replay", {}, content_type="application/json").status_code == 404


@pytest.mark.django_db(databases=["default", "samples"])
def test_the_server_reads_the_same_minutes_as_were_counted(house: House):
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.deploy()
    chance, own = Random(5), {}  # noqa: S311 - a history
    house.tick()
    for _ in range(30):
        good, bad = chance.randrange(50), chance.randrange(3)
        house.edge.serve(good=good, bad=bad)
        house.tick(60)
        own[minute_of(house.now)] = (good, good + bad)
    row = Objective.objects.get()
    stored = store.heads([row.series])[row.series]
    promise = Promise("a", Target(999, 1000), Window.rolling(43200))
    last = minute_of(house.now)
    held = replaying._history(row, Reader(row.series, stored, minute_of(NOW)), promise, last - 100, last)
    assert held.begins == minute_of(NOW)
    assert {minute: held.own[minute] for minute in own} == own


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_the_command_replays_the_server_s_past_and_a_draft(house: House, roadbed: Shell, tmp_path: Path):
    usecases.apply(ROADBED, "checkout", text=slo(target="0.99"), now=NOW)
    house.deploy()
    for bad in (0, 490, 490, 490):
        house.edge.serve(good=500 - bad, bad=bad)
        house.tick(60)
    where = ("slo", "replay", "--service", "checkout", "--objective", "answered", "--from", NOW.isoformat(), "--to",
             house.now.isoformat())  # fmt: skip
    said = roadbed(*where)
    assert "with the policy error-budget/1" in said
    assert "The ledger has 1 pages and 0 refusals" in said
    (page,) = [one for one in roadbed.data(*where)["intervals"] if one["kind"] == "page"]  # type: ignore[index]
    assert page["happened"] is True
    assert roadbed.code(*where, "--exit-code") == 10
    (tmp_path / "strict.yaml").write_text(STRICT)
    assert "strict, a draft" in roadbed(*where, "--policy", str(tmp_path / "strict.yaml"))
    with pytest.raises(NotFound):
        roadbed("slo", "replay", "--service", "checkout", "--objective", "other")
    assert roadbed.code("slo", "replay", "--service", "checkout") == 2
