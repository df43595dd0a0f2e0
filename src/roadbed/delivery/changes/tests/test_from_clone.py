"""Where no webhook told of commits, the service's own clone does, for the paths that the service owns."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadbed.adapters.local_git import LocalGit
from roadbed.delivery.changes.linking.usecases import SETTLED
from roadbed.delivery.changes.tests.conftest import COMPONENT, Door, ago, deployed, now, settle
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.ports import board

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
WHO = {f"GIT_{who}_{what}": "h@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
PATHS = ("services/cart/a.py", "services/search/b.py", "services/cart/c.py", "README.md")


@pytest.fixture
def clone(tmp_path: Path, wired: None) -> Iterator[tuple[Path, list[str]]]:
    folder, names = tmp_path / "mono", []

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], check=True, env={**os.environ, **WHO}, capture_output=True
        )
        return done.stdout.decode().strip()

    folder.mkdir()
    git("init", "-q", "-b", "main")
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")
        git("add", ".")
        git("commit", "-q", "-m", f"Add {path}")
        names.append(git("rev-parse", "HEAD"))
    board.provide("code_host", lambda: LocalGit(tmp_path / "repositories"))
    yield folder, names
    from roadbed.config import ports

    ports.provide()


def test_a_deployment_is_linked_from_the_clone_by_the_paths_of_its_service(way_in: Door, clone: tuple[Path, list[str]]):
    folder, names = clone
    create_team(ROADBED, name="team-payments", now=now())
    text = COMPONENT.format(name="cart", annotations="")
    done = catalog.register(ROADBED, text=text, location=str(folder), path="services/cart/catalog-info.yaml", now=now())
    way_in.open("plain", "scripts")
    told = [
        {"type": "deployment", "at": ago(minutes), "service": "cart", "outcome": "success", "commit": sha}
        for minutes, sha in ((60, names[0]), (30, names[3]))
    ]
    way_in.bearer("scripts", told)
    settle()
    _, second = deployed(done.uid_of_component)
    assert (second.method, second.confidence) == ("git", 1.0)
    assert [one["subject"] for one in second.commits or ()] == ["Add services/cart/c.py"]
    links = Fact.objects.filter(kind="deployment.linked").count()
    way_in.bearer("scripts", [{**told[1], "commit": names[1], "at": ago(20)}])
    settle()
    assert Fact.objects.filter(kind="deployment.linked").count() == links + 1


def test_links_of_long_ago_change_only_when_the_past_is_told(way_in: Door, shop: dict[str, str]):
    way_in.open("plain", "scripts")
    days = SETTLED.total_seconds() / 60
    names = ["a" * 40, "b" * 40]
    told = [
        {
            "type": "deployment",
            "at": ago(days + 100 - n),
            "service": "checkout",
            "outcome": "success",
            "commit": names[n],
        }
        for n in (0, 1)
    ]
    way_in.bearer("scripts", told)
    settle()
    assert [one.method for one in deployed(shop["checkout"])] == ["first", ""]
    # Told late, an earlier deployment takes the first one's place.
    way_in.bearer("scripts", {**told[0], "at": ago(days + 200), "commit": "c" * 40})
    settle()
    assert [one.method for one in deployed(shop["checkout"])] == ["first", "", ""]
