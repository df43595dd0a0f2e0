"""Numbers are handed out once, edits taken once, also when all of it happens at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from roadbed.ground.errors import Conflict
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents import reacting, telling, usecases
from roadbed.reliability.incidents.models import Incident

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def alert(number: int) -> FactView:
    data: dict[str, Any] = {"alert": f"a{number}", "service_uid": f"svc-{number % 6}", "service": f"s{number % 6}"}
    return FactView(
        position=number,
        uid=f"f{number}",
        kind="alert.opened",
        subject=f"svc-{number % 6}",
        environment="production",
        occurred_at=NOW,
        recorded_at=NOW,
        actor="system",
        actor_name="Roadbed",
        source="roadbed",
        source_id=f"f{number}",
        supersedes="",
        data=data,
    )


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
@pytest.mark.usefixtures("wired")
def test_alerts_of_six_services_at_once_open_six_incidents_with_numbers_in_a_row():
    def opened(number: int) -> None:
        try:
            reacting.alert_opened(alert(number), now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(opened, range(12)))
    assert sorted(Incident.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert sorted(len(row.alerts) for row in Incident.objects.all()) == [2] * 6


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
@pytest.mark.usefixtures("wired")
def test_of_six_who_edit_the_same_version_at_the_same_moment_one_is_taken_and_reminders_go_out_once():
    reacting.alert_opened(alert(1), now=NOW)
    read = Incident.objects.get().version

    def changed(number: int) -> str:
        try:
            usecases.change(ROADBED, "INC-1", title=f"Title {number}", version=read, now=NOW)
        except Conflict:
            return "told"
        finally:
            connections.close_all()
        return "taken"

    def reminded(_: int) -> int:
        try:
            return len(telling.remind(now=NOW + timedelta(hours=2)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(changed, range(6))) == ["taken", *["told"] * 5]
        assert sum(pool.map(reminded, range(6))) == 1
    assert Incident.objects.get().version == read + 1
