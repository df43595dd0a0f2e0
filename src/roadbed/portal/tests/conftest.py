"""The cast of the portal's tests: people who are signed in, over the stage of the releases' tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import join_team
from roadbed.platform.releases.tests.conftest import stage
from roadbed.platform.releases.tests.stage import NOW, Stage

__all__ = ["hanne", "page", "stage", "tomasz"]

Page = Callable[..., str]


def _person(name: str, email: str, *, team: str) -> Person:
    person = Person.objects.create(email=email, name=name, role="member", password=make_password(None), created_at=NOW)
    join_team(ROADBED, team=team, email=email, now=NOW)
    return person


@pytest.fixture
def hanne(stage: Stage) -> Person:
    """Of the team that owns checkout."""
    return _person("Hanne Brandt", "hanne@kestrel.example", team="team-payments")


@pytest.fixture
def tomasz(stage: Stage) -> Person:
    """Of another team."""
    return _person("Tomasz Zielinski", "tomasz@kestrel.example", team="team-routing")


@pytest.fixture
def page(client: Client, hanne: Person) -> Page:
    """Ask for a page as Hanne and take its text; fails on another status than the one expected."""
    client.force_login(hanne)

    def ask(address: str, status: int = 200, **headers: str) -> str:
        response = client.get(address, headers=headers)
        assert response.status_code == status, f"{address} → {response.status_code}"
        return response.content.decode()

    return ask
