"""A team leaves when it owns nothing any more, and comes back under its name with its history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from roadbed.ground.catalog import archiving, usecases
from roadbed.ground.catalog.engaging import end_engagement, start_engagement
from roadbed.ground.errors import Conflict, Forbidden, NotFound
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people import queries
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, invite_person, join_team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout, annotations: {roadbed.dev/run: ./serve}}
spec: {type: service, lifecycle: production, owner: team-payments}
"""


@pytest.fixture(autouse=True)
def house() -> None:
    for name in ("team-payments", "sre"):
        create_team(ROADBED, name=name, now=NOW)
    usecases.register(ROADBED, text=CHECKOUT, location="https://git.example/checkout", now=NOW)


def test_what_it_owns_stands_in_the_way_by_name():
    with pytest.raises(Conflict, match="team-payments still answers for checkout"):
        archiving.archive_team(ROADBED, "team-payments", now=NOW)
    assert queries.team("team-payments") is not None


def test_an_engagement_stands_in_the_way_until_it_ends():
    start_engagement(
        ROADBED, "checkout", team="sre", started_on=date(2026, 11, 1), entry_review="https://wiki.example/entry",
        objectives=("availability",), hand_back=("two quarters over budget",), now=NOW,
    )  # fmt: skip
    with pytest.raises(Conflict, match="sre still answers for checkout"):
        archiving.archive_team(ROADBED, "sre", now=NOW)
    end_engagement(ROADBED, "checkout", ended_on=NOW.date(), reason="Handed back as agreed.", now=NOW)
    with pytest.raises(Conflict):  # the last day is still theirs
        archiving.archive_team(ROADBED, "sre", now=NOW)
    archiving.archive_team(ROADBED, "sre", now=NOW + timedelta(days=1))
    assert queries.team("sre") is None


def test_it_leaves_every_list_and_comes_back_under_its_name_without_its_people():
    invite_person(ROADBED, email="mara@kestrel.example", name="Mara", now=NOW)
    join_team(ROADBED, team="sre", email="mara@kestrel.example", now=NOW)
    uid = Team.objects.get(name="sre").uid
    archiving.archive_team(ROADBED, "SRE", now=NOW)
    assert "sre" not in {team.name for team in queries.teams()}
    with pytest.raises(NotFound):
        archiving.archive_team(ROADBED, "sre", now=NOW)
    assert create_team(ROADBED, name="sre", layer="reliability", now=NOW) == uid
    again = queries.team("sre")
    assert again is not None
    assert (again.layer, again.members) == ("reliability", ())
    kinds = Fact.objects.filter(subject=uid).order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["team.created", "team.joined", "team.archived", "team.created"]


def test_only_who_writes_teams_archives_one():
    with pytest.raises(Forbidden):
        archiving.archive_team(Caller(uid="m", name="M", role="member"), "sre", now=NOW)
