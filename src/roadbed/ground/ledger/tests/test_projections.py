"""Projections: the same facts in any order give the same tables, a rebuild gives them again, progress is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import Fact, ProjectionCursor
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Latest:
    """The latest version of each service: a projection kept by a test."""

    def __init__(self) -> None:
        self.table: dict[str, tuple[datetime, str]] = {}
        self.batches = 0

    def apply(self, facts: tuple[FactView, ...]) -> None:
        self.batches += 1
        for fact in facts:
            known = self.table.get(fact.subject)
            new = (fact.occurred_at, str(fact.data["version"]))
            self.table[fact.subject] = max(known, new) if known else new

    def projection(self, version: int = 1) -> Projection:
        kinds = frozenset({"service.deployed", "service.upgraded"})
        return Projection("latest", version, kinds, self.apply, self.table.clear)


@pytest.fixture
def latest(monkeypatch: pytest.MonkeyPatch) -> Latest:
    made = Latest()
    monkeypatch.setattr(projections, "_registered", {"latest": made.projection()})
    return made


def deployed(subject: str, version: str, minutes: int = 0) -> None:
    with unit(ROADBED, now=NOW) as writing:
        writing.record(
            "service.deployed", subject, occurred_at=NOW + timedelta(minutes=minutes), data={"version": version}
        )
        writing.record("gate.asked", subject)


@given(
    st.permutations([("a", "v1", 1), ("a", "v2", 5), ("a", "v3", 3), ("b", "v1", 2), ("b", "v2", 2)]), st.integers(1, 5)
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_batches_give_the_same_table(
    latest: Latest, arrivals: list[tuple[str, str, int]], batch: int
):
    latest.table.clear()
    Fact.objects.all().delete()
    ProjectionCursor.objects.using("samples").all().delete()
    for arrival in arrivals:
        deployed(*arrival)
    while projections.advance(projections.registered()[0], now=NOW, batch=batch):
        pass
    assert latest.table == {"a": (NOW + timedelta(minutes=5), "v2"), "b": (NOW + timedelta(minutes=2), "v2")}


def test_each_fact_is_read_once_and_progress_says_how_far(latest: Latest):
    deployed("a", "v1")
    deployed("b", "v1")
    (before,) = projections.progress()
    assert (before.behind, before.as_of) == (2, None)
    assert projections.catch_up(now=NOW) == 2
    assert projections.catch_up(now=NOW) == 0
    (after,) = projections.progress()
    assert (after.behind, after.rebuilding, after.as_of) == (0, False, NOW)
    assert latest.batches == 1


def test_a_rebuild_gives_the_same_table_from_the_first_fact(latest: Latest):
    for number in range(7):
        deployed(f"svc-{number}", "v1")
    projections.catch_up(now=NOW)
    kept = dict(latest.table)
    latest.table["ghost"] = (NOW, "never happened")
    assert projections.rebuild("latest", now=NOW) == 7
    assert latest.table == kept
    assert not projections.progress()[0].rebuilding


def test_a_new_version_rebuilds_by_itself(latest: Latest, monkeypatch: pytest.MonkeyPatch):
    deployed("a", "v1")
    projections.catch_up(now=NOW)
    monkeypatch.setattr(projections, "_registered", {"latest": latest.projection(version=2)})
    latest.table["ghost"] = (NOW, "old meaning")
    assert projections.catch_up(now=NOW) == 1
    assert set(latest.table) == {"a"}
    assert ProjectionCursor.objects.using("samples").get().version == 2


def test_a_projection_that_breaks_moves_no_cursor(latest: Latest, monkeypatch: pytest.MonkeyPatch):
    deployed("a", "v1")

    def broken(facts: tuple[FactView, ...]) -> None:
        raise RuntimeError(str(facts[0].position))

    once = Projection("latest", 1, frozenset({"service.deployed"}), broken, latest.table.clear)
    monkeypatch.setattr(projections, "_registered", {"latest": once})
    with pytest.raises(RuntimeError):
        projections.catch_up(now=NOW)
    monkeypatch.setattr(projections, "_registered", {"latest": latest.projection()})
    assert projections.catch_up(now=NOW) == 1
