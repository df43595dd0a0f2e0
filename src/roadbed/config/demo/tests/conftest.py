"""The company, made once for the tests of a file and removed after them, with a count of every table around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.apps import apps

from roadbed.adapters.local_git import LocalGit
from roadbed.ground.ports import board

NOW: Final = datetime(2026, 6, 11, 13, 52, tzinfo=UTC)
"""A Thursday, as in the company's own pictures."""

DAYS, COUNTED = 11, 10
ON_A_PATH: Final = "checkout-web"
ADMIN: Final = "root@localhost"
LEFT_OUT: Final = frozenset({"contenttypes.ContentType", "auth.Permission"})


def rows() -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    for model in apps.get_models():
        if model._meta.label not in LEFT_OUT:
            found[model._meta.label] = model.objects.using(getattr(model, "database", "default")).count()
    return found


@pytest.fixture(scope="module")
def kestrel(
    django_db_setup: None, django_db_blocker: Any, wired: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    """Kestrel Parcels with a short history; answers the rows that each table had before."""
    from django.conf import settings

    from roadbed.config.demo import company, making
    from roadbed.ground.demo import usecases
    from roadbed.ground.people.rules import ADMIN as ADMINISTRATOR
    from roadbed.ground.people.rules import ROADBED
    from roadbed.ground.people.usecases import create_team, invite_person

    folder = tmp_path_factory.mktemp("kestrel")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "FOLDER", type(settings.FOLDER)(folder))
        patch.setitem(board._makers, "code_host", lambda: LocalGit(folder / "repositories"))
        patch.delitem(board._made, "code_host", raising=False)
        # One golden path shows how they are made; each takes a second that the others need not.
        services = tuple(
            one if one.name == ON_A_PATH else dataclasses.replace(one, path="") for one in company.SERVICES
        )
        patch.setattr(company, "SERVICES", services)
        invite_person(ROADBED, email=ADMIN, name="Root", role=ADMINISTRATOR, now=NOW)
        create_team(ROADBED, name="platform", title="Platform", layer="platform", now=NOW)
        before = rows()
        making.make(first_admin=ADMIN, now=NOW, days=DAYS, counted=COUNTED)
        yield before
        usecases.remove(ROADBED, now=NOW)
        after = rows()
        forget_everything()
    board._made.pop("code_host", None)
    # The removal itself is one fact, and rebuilding leaves each projection's mark.
    changed = {name: after[name] - number for name, number in before.items() if after[name] != number}
    assert changed == {"ledger.Fact": 1} | {
        name: more for name, more in changed.items() if name == "ledger.ProjectionCursor"
    }


def forget_everything() -> None:
    """Leave the tables as other tests expect them: empty."""
    from roadbed.ground.ledger.models import Fact, ProjectionCursor
    from roadbed.ground.people.models import Person, Team

    for model in (Fact, Person, Team):
        model.objects.all().delete()
    ProjectionCursor.objects.using("samples").all().delete()
