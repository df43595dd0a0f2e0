"""A rebuild: old figures stand until the new are whole, also where it breaks off, and parts share the work."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from roadbed.delivery.metrics import settling, sharing
from roadbed.delivery.metrics.models import Rollup, Stale, Told, Trouble, Verdict
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.delivery.metrics.rules.reading import OF_DEPLOYMENTS
from roadbed.delivery.metrics.settling import facts_waiting, settle
from roadbed.delivery.metrics.tests.history import NOW, at
from roadbed.delivery.metrics.tests.telling_facts import tell
from roadbed.delivery.metrics.tests.test_projection import FACTS, commits, fact, tables
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.models import Fact, ProjectionCursor
from roadbed.ground.ledger.plain import corrected_among, lengths_of, plain_facts_of, subjects_of

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def kept() -> list[Any]:
    """The tables as they are, with the numbers of their rows."""
    return [list(table.objects.order_by("id").values_list()) for table in (Verdict, Trouble, Rollup)]


def test_old_figures_stand_while_everything_is_judged_anew_and_what_is_the_same_is_not_written():
    tell(*FACTS)
    expected = tables()
    before = [[[bytes(one) if isinstance(one, memoryview) else one for one in row] for row in rows] for rows in kept()]
    projections.rebuild(METRICS.name, now=NOW)
    assert Stale.objects.count() == 3
    assert tables() == expected
    after = [[[bytes(one) if isinstance(one, memoryview) else one for one in row] for row in rows] for rows in kept()]
    assert after == before


def test_a_rebuild_that_breaks_off_leaves_the_old_figures_and_goes_on():
    tell(*FACTS)
    expected = tables()
    # Another meaning of the rows, so that all of them are written again, and a row that is in the way of one.
    Rollup.objects.update(digest="")
    stray = Verdict.objects.get(uid="d9")
    Verdict.objects.filter(id=stray.id).update(at=at(9000))
    before = tables_unsettled()
    projections.rebuild(METRICS.name, now=NOW)
    with pytest.raises(IntegrityError):
        settle()
    assert (tables_unsettled(), Stale.objects.count()) == (before, 3)
    Verdict.objects.filter(id=stray.id).delete()
    assert tables() == expected


def tables_unsettled() -> list[Any]:
    """What readers see now."""
    rows = [list(table.objects.order_by("service_uid", "uid").values_list("uid", "at" if table is Verdict else "why"))
            for table in (Verdict, Trouble)]  # fmt: skip
    return [*rows, list(Rollup.objects.order_by("service_uid", "block").values_list("service_uid", "digest"))]


def test_a_service_of_which_nothing_is_told_any_more_goes():
    tell(*FACTS)
    settle()
    Fact.objects.filter(subject="s-1").delete()
    projections.rebuild(METRICS.name, now=NOW)
    settle()
    assert set(Verdict.objects.values_list("service_uid", flat=True)) == {"s-2"}


def test_a_new_version_keeps_the_figures_of_the_old_until_all_is_read():
    tell(*FACTS)
    expected = tables()
    ProjectionCursor.objects.filter(name=METRICS.name).update(version=1)
    projections.advance(METRICS, now=NOW, batch=3)
    assert projections.is_rebuilding(METRICS.name)
    assert projections.settle() == 0
    assert Verdict.objects.count() == 5
    while projections.advance(METRICS, now=NOW):
        pass
    assert not projections.is_rebuilding(METRICS.name)
    assert tables() == expected
    assert set(Told.objects.values_list("kind", flat=True)).isdisjoint(OF_DEPLOYMENTS)


def test_an_incident_marks_the_service_whose_deployment_it_names_judged_or_not():
    tell(fact("f1", "service.deployed", "s-1", 200, deployment="d0"))
    tell(fact("f2", "service.upgraded", "s-1", 90, deployment="d1", commits=commits("c1")))
    mark = Stale.objects.get(service_uid="s-1").mark
    # It is being judged right now, and nobody knows yet whose deployment that is.
    tell(fact("f3", "incident.detected", "i-1", 89, incident=1, service_uid="s-2", deployment="d1"))
    assert Stale.objects.get(service_uid="s-1").mark != mark
    settle()
    assert Verdict.objects.get(uid="d1").failed_by == "caused INC-1"
    tell(fact("f4", "incident.detected", "i-2", 88, incident=2, service_uid="s-2", deployment="d0"))
    settle()
    assert Verdict.objects.get(uid="d0").failed_by == "caused INC-2"


def test_parts_share_what_waits_and_none_takes_another_s():
    tell(*(fact(f"f{number}", "service.deployed", f"s-{number}", 9, deployment="d") for number in range(9)))
    assert facts_waiting(at_least=5) == 9
    first = settle(part=(0, 2), most=2)
    assert first == 2
    first += settle(part=(0, 2))
    assert settle(part=(0, 2)) == 0
    assert 0 < first < 9
    assert settle(part=(1, 2)) == 9 - first
    assert not Stale.objects.exists()


def test_few_facts_are_judged_without_another_process():
    tell(*FACTS)
    sharing.settle_all()
    assert (Stale.objects.count(), Verdict.objects.count()) == (0, 5)


def test_many_that_wait_are_left_to_the_job(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settling, "MANY", 3)
    tell(*FACTS)
    assert (settling.settle_some(), Stale.objects.count()) == (0, 3)


def test_the_ledger_tells_a_subject_s_facts_and_what_corrects_them():
    tell(*FACTS)
    kinds = METRICS.kinds
    assert sorted(subjects_of(OF_DEPLOYMENTS)) == ["s-1", "s-2"]
    assert subjects_of({"budget.burn.started"}) == ["s-2"]
    told = plain_facts_of("s-2", kinds=OF_DEPLOYMENTS)
    assert [(one.uid, one.kind, one.environment) for one in told] == [("fa", "service.upgraded", "production")]
    assert corrected_among(["f7", "f8", "f9"], kinds=kinds) == {"f7", "f9"}
    assert corrected_among(["f7", "f9"], kinds=OF_DEPLOYMENTS) == {"f9"}
    assert lengths_of(["s-2", "s-9"]) == {"s-2": 2}
    assert lengths_of([]) == {}
