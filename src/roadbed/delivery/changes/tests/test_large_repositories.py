"""Linking where much was told: deployments of long ago, histories longer than what is looked at, each read once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from roadbed.delivery.changes.linking import graphs, usecases
from roadbed.delivery.changes.linking.keeping import CHANGES, apply, digest_of_repository
from roadbed.delivery.changes.linking.rules.walking import between
from roadbed.delivery.changes.models import Deployed, SeenCommit, ToLink
from roadbed.delivery.changes.tests.conftest import now
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.rules import FactView

HOME = "github.com/acme/checkout"
pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def sha(number: int) -> str:
    return f"{number:07x}" + "0" * 33


def pushed(
    position: int, numbers: Sequence[int], at: datetime, *, parents: dict[int, list[int]] | None = None
) -> FactView:
    """Commits as Git tells them, each after the one before it."""
    before = parents or {}
    commits = [
        {
            "sha": sha(number), "subject": f"Change {number}", "authored_at": at.isoformat(), "paths": ["a.py"],
            "parents": [sha(one) for one in before.get(number, [number - 1] if number else [])],
        }
        for number in numbers
    ]  # fmt: skip
    data: dict[str, Any] = {"repository": HOME, "exact": True, "commits": commits}
    uid = f"{position:032x}"
    return FactView(position, uid, "change.pushed", digest_of_repository(HOME), "", at, at, "p", "", "", uid, "", data)


def live(uid: str, service: str, number: int, at: datetime, **more: Any) -> Deployed:
    return Deployed(
        uid=uid, service_uid=service, service="checkout", environment="production", outcome="succeeded", by="external",
        commit=sha(number), repository=HOME, at=at, **more,
    )  # fmt: skip


def told(uid: str) -> tuple[str, list[str]]:
    """How a deployment was linked, and to which commits: what the fact says, as the projection takes it."""
    data = Fact.objects.filter(kind="deployment.linked", data__deployment=uid).order_by("-position")[0].data
    return data["method"], [one["subject"] for one in data["commits"] or ()]


def test_a_deployment_before_those_that_are_looked_at_says_what_was_live(
    shop: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(usecases, "NEWEST", 2)
    monkeypatch.setattr(usecases, "BEFORE", 1)
    apply((pushed(1, range(6), now()),))
    Deployed.objects.bulk_create(
        live(f"d{number}", shop["checkout"], number, now() - timedelta(hours=9 - number)) for number in range(1, 6)
    )
    ToLink.objects.create(what=f"service:{shop['checkout']}")
    usecases.link_waiting(now=now())
    assert [told(f"d{number}") for number in (4, 5)] == [("git", ["Change 4"]), ("git", ["Change 5"])]


def test_what_is_told_of_the_past_reaches_the_oldest_deployments(shop: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(usecases, "NEWEST", 2)
    apply((pushed(1, range(8), now()),))
    Deployed.objects.bulk_create(
        live(f"d{number}", shop["checkout"], number, now() - timedelta(days=90 - number)) for number in range(1, 8)
    )
    ToLink.objects.update_or_create(what=f"past-service:{shop['checkout']}")
    usecases.link_waiting(now=now())
    assert told("d1") == ("first", [])
    assert [told(f"d{number}") for number in range(2, 8)] == [("git", [f"Change {number}"]) for number in range(2, 8)]


def test_a_commit_older_than_all_that_was_told_lately_links(shop: dict[str, str]):
    last = 2_000
    SeenCommit.objects.bulk_create(
        SeenCommit(
            repository=digest_of_repository(HOME), sha=sha(number), rank="0", subject=f"Change {number}",
            authored_at=now() - timedelta(minutes=last - number), committed_at=now() - timedelta(minutes=last - number),
            parents=[sha(number - 1)] if number else [], paths=[], position=1,
        )
        for number in range(last)
    )  # fmt: skip
    Deployed.objects.bulk_create(
        [
            live("d1", shop["checkout"], 10, now() - timedelta(hours=3)),
            live("d2", shop["checkout"], 13, now() - timedelta(hours=2)),
            live("d3", shop["checkout"], 15, now() - timedelta(hours=1)),
        ]
    )
    ToLink.objects.create(what=f"service:{shop['checkout']}")
    usecases.link_waiting(now=now())
    assert [told(uid)[1] for uid in ("d2", "d3")] == [
        ["Change 13", "Change 12", "Change 11"],
        ["Change 15", "Change 14"],
    ]
    # What came later is read, and nothing of what is known; words and files only of what was deployed.
    apply((pushed(2, [last], now()),))
    with CaptureQueriesContext(connections["samples"]) as asked:
        graph = graphs.graph_of(HOME)
    assert graph.before(sha(last)) == (sha(last - 1),)
    assert len(graph.known) == last + 1
    assert len(asked) <= 5


def test_a_graph_that_grows_below_what_is_known_is_walked_right():
    # The newer half first, as pushes tell it; Git's own word of what lies below comes later, with a merge.
    apply((pushed(1, range(10, 15), now()), pushed(2, range(16, 20), now())))
    assert between(graphs.graph_of(HOME), old=sha(10), new=sha(19)) is not None
    apply((pushed(3, range(10), now()), pushed(4, [30, 15], now(), parents={30: [2], 15: [14, 30]})))
    walk = between(graphs.graph_of(HOME), old=sha(14), new=sha(19))
    assert walk is not None
    assert set(walk.shas) == {sha(number) for number in (15, 16, 17, 18, 19, 30)}
    CHANGES.clear()
    assert len(graphs.graph_of(HOME).known) == 0
