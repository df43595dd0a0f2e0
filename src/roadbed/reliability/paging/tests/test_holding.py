"""Silences and pages of burning budgets: held back, told of, paged when the silence is over, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import intake
from roadbed.reliability.paging.alerts import silencing, sweeping, why
from roadbed.reliability.paging.models import Alert, Decision, HeldTrouble
from roadbed.reliability.paging.tests.conftest import BURN, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
HOUR = timedelta(hours=1)


def silence(house: House, *matchers: str, hours: int = 1) -> str:
    asked = silencing.Asked(matchers, house.now, house.now + hours * HOUR, "the database moves")
    return silencing.silence(ROADBED, asked, now=house.now)


def burn(house: House) -> str | None:
    return intake.react(house.record("budget.burn.started"), now=house.now)


def sweep(house: House, seconds: int = 0) -> None:
    house.now += timedelta(seconds=seconds)
    assert sweeping.has_work(house.now)
    sweeping.sweep(now=house.now)


def test_a_silence_of_a_service_holds_back_the_page_of_its_burning_budget_and_says_so(house: House):
    house.rotate("hanne", "ines")
    silence(house, "service=checkout")
    assert burn(house) is None
    assert not Alert.objects.exists()
    found = why.why_person("hanne@kestrel.example", at=house.now + timedelta(seconds=1))
    (entry,) = found.entries
    assert (entry.outcome, entry.team, entry.own) == ("not paged", "team-payments", True)
    assert entry.reasons[0].startswith("A silence of Roadbed fits until")
    assert entry.reasons[0].endswith("the database moves. Its budget burns on.")


def test_what_outlasts_the_silence_is_paged_and_what_ended_in_it_is_not(house: House):
    house.rotate("hanne", "ines")
    silence(house, "service=checkout")
    fact = house.record("budget.burn.started")
    intake.react(fact, now=house.now)
    assert intake.react(fact, now=house.now) is None
    sweep(house, 3599)
    assert not Alert.objects.exists()
    sweep(house, 1)
    page = Alert.objects.get()
    assert (page.state, page.objective_uid, page.fact) == (Alert.PAGING, "objective-1", fact)
    outcomes = list(Decision.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == [Decision.HELD, Decision.RELEASED, Decision.PAGED]
    assert not sweeping.has_work(house.now)


def test_what_ends_while_it_is_silenced_pages_nobody(house: House):
    house.rotate("hanne", "ines")
    silence(house, "alertname=ErrorBudgetBurn", "objective=answered")
    burn(house)
    intake.react(house.record("budget.burn.stopped"), now=house.now)
    assert HeldTrouble.objects.get().ended_at == house.now
    house.now += 2 * HOUR
    sweeping.sweep(now=house.now)
    assert not Alert.objects.exists()


def test_a_silence_closes_the_page_that_is_open_and_its_end_pages_again(house: House):
    house.rotate("hanne", "ines")
    first = house.burn()
    assert silencing.preview(["service=checkout"], now=house.now).pages == (first.title,)
    uid = silence(house, "service=checkout")
    first.refresh_from_db()
    assert (first.state, first.closed_for) == (Alert.CLOSED, "silenced by Roadbed: the database moves")
    silencing.end(ROADBED, uid, now=house.now + timedelta(minutes=5))
    sweep(house, 301)
    again = Alert.objects.get(closed_at=None)
    assert again.pk != first.pk
    silence(house, "service=checkout")
    assert not Alert.objects.filter(closed_at=None).exists()
    assert HeldTrouble.objects.get().ended_at is None


@pytest.mark.parametrize(
    "matchers",
    [
        ("service=checkout", "integration!=roadbed"),
        ("service=checkout", "alertname!=ErrorBudgetBurn"),
        ("service=checkout", "severity!~critical|error"),
        ("service=edge-proxy",),
        ("team=team-sre",),
    ],
)
def test_a_matcher_leaves_burning_budgets_out(house: House, matchers: tuple[str, ...]):
    house.rotate("hanne", "ines")
    silence(house, *matchers)
    assert burn(house) is not None


def test_a_heartbeat_and_a_lost_measurement_are_held_back_as_well(house: House):
    house.rotate("hanne", "ines")
    silence(house, "team=team-payments", "alertname=~HeartbeatMissed|MeasurementLost")
    missed = house.record("heartbeat.missed", {"heartbeat": "b1", "name": "nightly", "severity": 1})
    assert intake.react(missed, now=house.now) is None
    assert HeldTrouble.objects.get().labels["heartbeat"] == "nightly"
    assert intake.react(house.record("budget.burn.started", BURN), now=house.now) is not None
