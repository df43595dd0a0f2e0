"""Making, setting and archiving flags: who may, what the ledger keeps, what a faster one does."""

from __future__ import annotations

import pytest

from roadbed.delivery.flags import queries, usecases
from roadbed.delivery.flags.tests.conftest import HANNE, MARA, NOW
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.ledger.models import Fact

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def eta(checkout: str) -> str:
    usecases.create_flag(HANNE, "checkout", "eta-v2", kind="percentage", description="Arrival times", now=NOW)
    return "eta-v2"


def put(state: str, *, key: str = "eta-v2", environment: str = "production", **more: str) -> bool:
    return usecases.change_flag(
        HANNE, "checkout", key, state=state, reason="canary was quiet", environment=environment, now=NOW, **more
    )


def kinds() -> list[str]:
    return list(Fact.objects.filter(kind__startswith="flag.").order_by("position").values_list("kind", flat=True))


def test_a_new_flag_is_at_the_codes_default_everywhere(eta: str):
    view = queries.flag("checkout", eta)
    assert [(one.environment, one.state, one.share) for one in view.states] == [("production", "default", None)]
    assert view.algorithm == "fractional-v2"
    assert kinds() == ["flag.created"]


def test_a_change_is_a_fact_of_the_service_with_from_to_and_reason(eta: str, checkout: str):
    assert put("25%")
    assert put("100%")
    fact = Fact.objects.filter(kind="flag.changed").latest("position")
    assert (fact.subject, fact.environment, fact.actor_name) == (checkout, "production", "Hanne Brandt")
    assert fact.data == {
        "service": "checkout",
        "flag": eta,
        "from": "25%",
        "to": "100%",
        "reason": "canary was quiet",
        "version": 2,
    }
    assert [fact.data.get("to") for fact in queries.history_of(queries.flag("checkout", eta))] == ["100%", "25%", None]


def test_setting_what_is_set_already_changes_nothing(eta: str, checkout: str):
    put("25%")
    version = queries.version_of(checkout, "production")
    assert not put("25.00 %")
    assert queries.version_of(checkout, "production") == version
    assert kinds().count("flag.changed") == 1


def test_environments_are_set_apart_and_have_versions_of_their_own(eta: str, checkout: str):
    production = queries.version_of(checkout, "production")
    put("on", environment="staging")
    assert queries.version_of(checkout, "production") == production
    assert queries.version_of(checkout, "staging") == production + 1
    assert queries.flag("checkout", eta).state_in("production").share is None


def test_whoever_saw_something_else_is_refused(eta: str):
    put("25%", expected="default")
    with pytest.raises(Conflict, match="is set to 25% in production by now, not to default"):
        put("100%", expected="default")
    assert queries.flag("checkout", eta).state_in("production").state == "25%"


def test_only_the_owning_team_writes(eta: str):
    doing = (
        lambda: usecases.create_flag(MARA, "checkout", "other", now=NOW),
        lambda: usecases.change_flag(MARA, "checkout", eta, state="on", reason="mine", now=NOW),
        lambda: usecases.archive_flag(MARA, "checkout", eta, reason="mine", now=NOW),
    )
    for one in doing:
        with pytest.raises(Forbidden):
            one()
    assert kinds() == ["flag.created"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b"])
def test_a_change_without_a_reason_is_refused(eta: str, reason: str):
    with pytest.raises(Invalid, match="needs a reason"):
        usecases.change_flag(HANNE, "checkout", eta, state="on", reason=reason, now=NOW)


def test_a_key_is_given_once_even_after_it_is_archived(eta: str):
    with pytest.raises(Conflict, match="has a flag eta-v2 already"):
        usecases.create_flag(HANNE, "checkout", eta, now=NOW)
    usecases.archive_flag(HANNE, "checkout", eta, reason="it is settled", now=NOW)
    with pytest.raises(Conflict, match="which is archived"):
        usecases.create_flag(HANNE, "checkout", eta, now=NOW)
    with pytest.raises(Conflict, match="is archived"):
        put("on")
    assert usecases.create_flag(MARA, "routing", eta, now=NOW)


def test_archiving_keeps_what_it_was_set_to_in_the_fact(eta: str, checkout: str):
    put("25%")
    usecases.archive_flag(HANNE, "checkout", eta, reason="it is settled", now=NOW)
    fact = Fact.objects.get(kind="flag.archived")
    assert fact.data["from"] == {"production": "25%"}
    assert queries.flags_of(checkout) == ()
    assert [view.key for view in queries.flags_of(checkout, archived=True)] == [eta]
    assert queries.definitions(checkout, "production") == ()


def test_an_unknown_flag_is_refused_by_name(eta: str):
    with pytest.raises(NotFound, match="checkout has no flag nope"):
        put("on", key="nope")


def test_the_list_of_all_pages_and_filters_by_text_service_and_team(eta: str):
    for number in range(3):
        usecases.create_flag(MARA, "routing", f"route-{number}", now=NOW)
    first = queries.flags(limit=2)
    rest = queries.flags(limit=2, cursor=first.next_cursor or "")
    assert [view.key for view in (*first.items, *rest.items)] == ["eta-v2", "route-0", "route-1", "route-2"]
    assert rest.next_cursor is None
    assert [view.service for view in queries.flags(q="checkout").items] == ["checkout"]
    assert [view.key for view in queries.flags(q="ROUTE-2").items] == ["route-2"]
    assert {view.service for view in queries.flags(owner="team-routing").items} == {"routing"}
