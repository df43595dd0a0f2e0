"""Scaffolding, whole or not at all, with a code host on Git itself."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.usecases import register
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.platform.paths import queries, usecases
from roadbed.platform.paths.git import git_text
from roadbed.platform.paths.models import Scaffold

from .conftest import HANNE, NOW, TOMASZ, GitFolder, Makes

pytestmark = [
    pytest.mark.django_db(databases=["default", "samples"]),
    pytest.mark.usefixtures("teams", "shelf_folder"),
]
ENTRY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout}
spec: {type: service, lifecycle: production, owner: team-routing}
"""


def scaffold(
    caller: Caller = HANNE,
    *,
    name: str = "checkout",
    path: str = "node-http-service",
    now: Any = NOW,
    **answers: dict[str, Any],
):
    return usecases.scaffold_service(
        caller, path=path, name=name, answers={"owner": "team-payments", **answers}, now=now
    )


def nothing_is_left(host: GitFolder):
    assert list(host.folder.iterdir()) == []
    assert catalog.service("checkout") is None
    assert not Fact.objects.filter(kind="path.scaffolded").exists()
    assert not Scaffold.objects.exclude(state=Scaffold.UNDONE).exists()


def test_a_service_is_a_repository_with_one_commit_and_an_entry_in_the_catalogue(host: GitFolder):
    made = scaffold(description="Takes the money.")
    service = catalog.require_service("checkout")
    assert (service.uid, service.owner, service.location) == (made.entity_uid, "team-payments", made.location)
    assert service.description == "Takes the money."
    assert service.annotations["roadbed.dev/slo"] == "slo.yaml"
    assert git_text("log", "--format=%H %an %s", "main", cwd=host.folder / "checkout.git") == (
        f"{made.commit} Hanne Brandt Begin checkout from the golden path node-http-service {made.version}"
    )
    listed = git_text("ls-tree", "-r", "--name-only", "main", cwd=host.folder / "checkout.git").splitlines()
    assert sorted(listed) == sorted(made.files)
    assert {"slo.yaml", "runbook.md", "secrets.yaml", "flags.json", ".github/workflows/delivery.yml"} <= set(listed)


def test_what_was_made_is_what_was_previewed(host: GitFolder):
    made = scaffold()
    shown = queries.preview("node-http-service", {"service_name": "checkout", "owner": "team-payments"}, now=NOW)
    for file in shown:
        assert host.read(made.location, file.path, made.commit) == file.text.encode()
    assert sorted(file.path for file in shown) == sorted(made.files)


def test_it_is_a_fact_with_path_and_version_and_counts_as_use(host: GitFolder):
    made = scaffold()
    fact = Fact.objects.get(kind="path.scaffolded")
    assert (fact.subject, fact.actor, fact.data["path"]) == (made.entity_uid, HANNE.uid, "node-http-service")
    assert {path.name: path.services for path in queries.paths(now=NOW)} == {
        "node-http-service": 1,
        "python-http-service": 0,
    }
    origin = queries.origin_of(made.entity_uid)
    assert (origin.path, origin.version, origin.newest) == ("node-http-service", made.version, made.version)


def test_each_published_version_is_one_fact_however_often_it_is_published(
    host: GitFolder, settings: Any, tmp_path: Path
):
    queries.paths(now=NOW)
    from roadbed.platform.paths import shelf

    shelf._published.clear()
    queries.paths(now=NOW)
    assert sorted(Fact.objects.filter(kind="path.published").values_list("subject", flat=True)) == [
        "node-http-service",
        "python-http-service",
    ]


def test_the_owner_is_written_as_the_catalogue_spells_it(host: GitFolder):
    assert scaffold(owner="group:default/Team-Payments").owner == "team-payments"
    assert catalog.require_service("checkout").owner == "team-payments"


@pytest.mark.parametrize(
    ("caller", "fault"),
    [
        (TOMASZ, "not a member of team-payments"),
        (Caller(uid="v", name="Viewer", role="viewer"), "does not include path.scaffold"),
        (Caller(uid="t", name="token", role="admin", scopes=frozenset({"read"})), "lacks the scope"),
    ],
)
def test_only_the_owning_team_may(host: GitFolder, caller: Caller, fault: str):
    with pytest.raises(Forbidden, match=fault):
        scaffold(caller)
    nothing_is_left(host)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"name": "../x"}, Invalid, "name"),
        ({"name": "Checkout"}, Invalid, "name"),
        ({"path": "cobol-service"}, NotFound, "path"),
        ({"owner": "team-nobody"}, Invalid, "answers.owner"),
        ({"owner": "{{7*7}}"}, Invalid, "owner"),
        ({"colour": "red"}, Invalid, "answers.colour"),
        ({"description": "two\nlines"}, Invalid, "answers.description"),
        ({"description": "x" * 201}, Invalid, "answers.description"),
        ({"latency_ms": 301}, Invalid, "answers.latency_ms"),
        ({"service_name": "another"}, Invalid, "answers.service_name"),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_made(
    host: GitFolder, changes: dict[str, str], refusal: type[Refusal], field: str
):
    with pytest.raises(refusal) as caught:
        scaffold(**changes)
    assert caught.value.place.field == field
    assert caught.value.remedy
    nothing_is_left(host)


def test_an_unknown_owner_is_told_which_teams_there_are(host: GitFolder):
    with pytest.raises(Invalid) as refusal:
        scaffold(owner="team-nobody")
    assert "team-payments, team-routing" in refusal.value.remedy


def test_a_name_that_the_catalogue_has_is_taken(host: GitFolder):
    register(ROADBED, text=ENTRY, location="https://git.example/checkout", now=NOW)
    with pytest.raises(Conflict, match="already has a service checkout"):
        scaffold()
    assert list(host.folder.iterdir()) == []
    assert catalog.require_service("checkout").owner == "team-routing"


def test_a_repository_that_is_there_is_left_alone(host: GitFolder):
    where = host.create("checkout")
    with pytest.raises(Conflict, match="there is a repository checkout already"):
        scaffold()
    assert host.hosts(where)
    assert (host.folder / "checkout.git" / "HEAD").is_file()


def test_when_the_push_fails_the_repository_is_taken_back(host: GitFolder):
    host.refuses_push = True
    with pytest.raises(Unavailable, match="could not be made"):
        scaffold()
    nothing_is_left(host)
    host.refuses_push = False
    assert scaffold().name == "checkout"


def test_when_registering_fails_the_repository_is_taken_back(host: GitFolder, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: Any, **_options: Any):
        raise Conflict("Somebody registered the same name at the same moment.")

    monkeypatch.setattr(usecases, "register", refuse)
    with pytest.raises(Conflict):
        scaffold()
    nothing_is_left(host)


def test_a_name_is_made_by_one_at_a_time(host: GitFolder):
    Scaffold.objects.create(
        path="node-http-service", version="v1.0.0", name="checkout", owner="team-payments", actor="x", started_at=NOW
    )
    with pytest.raises(Conflict, match="being made right now"):
        scaffold(now=NOW + timedelta(minutes=1))


def test_what_was_cut_off_is_undone_by_the_next(host: GitFolder):
    left = host.create("checkout")
    Scaffold.objects.create(
        path="node-http-service", version="v1.0.0", name="checkout", owner="team-payments", actor="x",
        started_at=NOW, location=left,
    )  # fmt: skip
    made = scaffold(now=NOW + timedelta(minutes=11))
    assert made.location == left
    assert sorted(Scaffold.objects.values_list("state", flat=True)) == ["done", "undone"]


def test_what_was_undone_while_it_was_still_being_made_is_not_registered(
    host: GitFolder, monkeypatch: pytest.MonkeyPatch
):
    create = host.create

    def slowly(name: str):
        location = create(name)
        Scaffold.objects.filter(name=name).update(state=Scaffold.UNDONE)
        return location

    monkeypatch.setattr(host, "create", slowly)
    with pytest.raises(Conflict, match="took so long"):
        scaffold()
    nothing_is_left(host)


def test_paths_come_back_when_their_folder_was_emptied(shelf_folder: Path):
    assert len(queries.paths(now=NOW)) == 2
    shutil.rmtree(shelf_folder)
    assert len(queries.paths(now=NOW)) == 2


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_no_transaction_is_open_while_git_works(host: GitFolder, monkeypatch: pytest.MonkeyPatch):
    seen = []
    create = host.create
    monkeypatch.setattr(host, "create", lambda name: seen.append(connection.in_atomic_block) or create(name))
    scaffold()
    assert seen == [False]


def test_an_existing_repository_is_adopted_once(host: GitFolder, repository: Makes):
    folder = repository({"catalog-info.yaml": ENTRY.replace("team-routing", "team-payments")})
    admin = Caller(uid="p-ada", name="Ada Ek", role="admin")
    first = usecases.adopt_service(admin, location=str(folder), now=NOW)
    again = usecases.adopt_service(admin, location=str(folder), now=NOW + timedelta(days=1))
    assert first == again
    assert (first.name, first.owner, first.deployed_by) == ("checkout", "team-payments", "roadbed")
    assert Fact.objects.filter(kind="service.adopted").count() == 1


def test_a_repository_without_an_entry_cannot_be_adopted(host: GitFolder, repository: Makes):
    folder = repository({"README.md": "hello"})
    with pytest.raises(Refusal) as refusal:
        usecases.adopt_service(ROADBED, location=str(folder), now=NOW)
    assert "catalog-info.yaml" in refusal.value.detail
    assert not Fact.objects.filter(kind="service.adopted").exists()
