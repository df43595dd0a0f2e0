"""Reading files again from real Git repositories: what changed, what broke, what was mended."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from roadbed.adapters.local_git import LocalGit
from roadbed.ground.catalog import queries, usecases
from roadbed.ground.catalog.models import Location
from roadbed.ground.catalog.schedule import EVERY, next_check
from roadbed.ground.catalog.tests.cast import CHECKOUT, HANNE, NOW
from roadbed.ground.errors import Forbidden, Invalid, NotFound, Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.ports import board

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
WHO = {f"GIT_{who}_{what}": "h@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ALL = """\
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: all}
spec: {targets: [./a/catalog-info.yaml, ./b/catalog-info.yaml]}
"""
PAY = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: pay}
spec: {type: openapi, lifecycle: production, owner: team-payments, definition: {$text: ./openapi.yaml}}
"""


class Repository:
    """A real repository that a test commits to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)

    def commit(self, **files: str | None) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        git = ["git", "-C", str(self.folder)]
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", "change"], check=True, env={**os.environ, **WHO})

    def describe(self, text: str | None) -> None:
        self.commit(**{"catalog-info.yaml": text})


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    board.provide("code_host", lambda: LocalGit(tmp_path / "repositories"))
    for name in ("team-payments", "team-routing"):
        create_team(ROADBED, name=name, now=NOW)
    made = Repository(tmp_path / "checkout")
    made.describe(CHECKOUT)
    return made


def add(repository: Repository):
    return usecases.register_location(ROADBED, location=str(repository.folder), now=NOW)


def again(*, after: timedelta = EVERY * 2):
    return usecases.refresh_due(now=NOW + after, until=lambda: False)


def test_a_repository_is_registered_at_head(repository: Repository):
    done = add(repository)
    assert queries.require_service("checkout").uid == done.uid_of_component
    (location,) = queries.locations()
    assert len(location.commit) == 40


def test_an_unchanged_repository_costs_nothing_and_a_changed_one_is_read(repository: Repository):
    uid = add(repository).uid_of_component
    assert [one.changed for one in again()] == [False]
    repository.describe(CHECKOUT.replace("production", "deprecated"))
    assert [one.changed for one in again(after=EVERY * 4)] == [True]
    service = queries.require_service(uid)
    assert service.lifecycle == "deprecated"
    repository.commit(README="words")
    assert [one.changed for one in again(after=EVERY * 6)] == [False]


def test_nothing_is_read_before_its_time(repository: Repository):
    add(repository)
    assert again(after=timedelta(minutes=1)) == ()


def test_a_broken_file_keeps_what_stood_and_shows_since_when_it_is_broken(repository: Repository):
    add(repository)
    repository.describe(CHECKOUT.replace("type: service", "type: 5"))
    again()
    again(after=EVERY * 20)
    service = queries.require_service("checkout")
    assert service.type == "service"
    ((line, field, since),) = [(fault.line, fault.field, fault.since) for fault in service.errors]
    assert (line, field, since) == (11, "spec.type", NOW + EVERY * 2)
    assert Fact.objects.filter(kind="catalog.ingest.failed").count() == 1
    repository.describe(CHECKOUT)
    again(after=timedelta(days=1))
    assert queries.ingest_errors() == ()
    assert queries.require_service("checkout").errors == ()


def test_a_file_that_is_gone_orphans_what_it_held(repository: Repository):
    add(repository)
    repository.describe(None)
    again()
    service = queries.require_service("checkout")
    assert service.orphaned_at == NOW + EVERY * 2
    assert "holds no catalog-info.yaml" in service.errors[0].message


def test_a_repository_that_is_gone_is_an_error_and_orphans_nothing(repository: Repository):
    add(repository)
    repository.folder.rename(repository.folder.with_name("elsewhere"))
    again()
    service = queries.require_service("checkout")
    assert service.orphaned_at is None
    assert "no folder" in service.errors[0].message


def test_reading_again_has_the_rights_of_whoever_registered(repository: Repository):
    host = board.code_host()
    home = host.create("checkout")
    usecases.register(HANNE, text=CHECKOUT, location=home, now=NOW)
    repository.describe(CHECKOUT.replace("team-payments", "team-routing"))
    subprocess.run(["git", "-C", str(repository.folder), "push", "--quiet", home, "main"], check=True)
    again()
    service = queries.require_service("checkout")
    assert service.owner == "team-payments"
    assert "Not allowed" in service.errors[0].message


def test_members_name_no_folder_of_the_server(repository: Repository):
    for location in (str(repository.folder), f"file://{repository.folder}", "relative", "~/x"):
        with pytest.raises(Forbidden, match="folder of the server"):
            usecases.register_location(HANNE, location=location, now=NOW)


def test_locations_of_several_targets_are_read_and_let_go(repository: Repository):
    a, b = (CHECKOUT.replace("name: checkout", f"name: {name}") for name in ("a", "b"))
    repository.commit(**{"a/catalog-info.yaml": a, "b/catalog-info.yaml": b, "catalog-info.yaml": ALL})
    add(repository)
    assert {one.path for one in again(after=timedelta(seconds=1))} == {"a/catalog-info.yaml", "b/catalog-info.yaml"}
    assert [row.name for row in queries.entities(kind="Component").items] == ["a", "b"]
    repository.describe(ALL.replace(", ./b/catalog-info.yaml", ""))
    again(after=EVERY * 2)
    again(after=EVERY * 2)
    assert {row.name: row.orphaned for row in queries.entities(kind="Component").items} == {"a": False, "b": True}
    assert not Location.objects.get(path="b/catalog-info.yaml").active


def test_a_definition_comes_from_the_same_commit(repository: Repository):
    repository.commit(**{"catalog-info.yaml": PAY, "openapi.yaml": "openapi: 3.1.0\n"})
    add(repository)
    assert queries.require_entity("api:pay").spec["definition"] == "openapi: 3.1.0\n"


def test_what_cannot_be_registered_is_refused_whole(repository: Repository, tmp_path: Path):
    with pytest.raises(NotFound, match="holds no other"):
        usecases.register_location(ROADBED, location=str(repository.folder), path="other.yaml", now=NOW)
    with pytest.raises(Unavailable, match="no folder"):
        usecases.register_location(ROADBED, location=str(tmp_path / "nowhere"), now=NOW)
    for path in ("../x", "/etc/passwd", "", "a//b"):
        with pytest.raises(Invalid, match="path"):
            usecases.register_location(ROADBED, location=str(repository.folder), path=path, now=NOW)
    assert queries.locations() == ()


def test_one_file_is_read_again_on_demand(repository: Repository):
    add(repository)
    repository.describe("kind: [\n")
    done = usecases.refresh(ROADBED, location=str(repository.folder), now=NOW)
    assert done.errors
    with pytest.raises(NotFound):
        usecases.refresh(ROADBED, location="/nowhere", now=NOW)


def test_readings_drift_apart_and_back_off():
    times = {next_check(f"/srv/{index}", "c", failures=0, now=NOW) - NOW for index in range(100)}
    assert len(times) > 90
    assert all(EVERY * 0.9 <= wait <= EVERY * 1.1 for wait in times)
    waits = [next_check("/srv/a", "c", failures=failures, now=NOW) - NOW for failures in (1, 2, 3, 50)]
    assert waits[0] > EVERY * 1.7
    assert waits[2] > timedelta(minutes=35)
    assert waits[3] <= timedelta(minutes=66)
