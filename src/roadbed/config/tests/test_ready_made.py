"""The tables that an empty SQLite gets in one pass, beside those that every migration together gives."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections

from roadbed.config import ready_made, schema

pytestmark = [
    pytest.mark.django_db(databases=["default", "samples"]),
    pytest.mark.skipif("sqlite3" not in settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL is migrated"),
]
FILES = {"default": "roadbed.db", "samples": "samples.db"}
TABLES = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
START = """
import sys, pathlib, django
django.setup()
from roadbed.config import ready_made, schema
ready_made.WRITTEN = pathlib.Path(sys.argv[1])
print(schema.migrate(), schema.migrate())
"""


def start(folder: Path, written: Path = ready_made.WRITTEN) -> str:
    """What a first start and a second one do to the databases of a data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "ROADBED"))}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "roadbed.config.settings", "ROADBED_DATA": str(folder)}
    command = [sys.executable, "-c", START, str(written)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start."""
    made = tmp_path_factory.mktemp("ready")
    both = 2 * len(ready_made.on_disk())
    assert start(made) == f"{both} 0"
    return made


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start, with tables written down before sessions had any."""
    written = tmp_path_factory.mktemp("written")
    for path in ready_made.WRITTEN.iterdir():
        kept = re.sub(r'(?m)^(-- covers sessions |CREATE [A-Z]+ [^(]*"django_session).*\n', "", path.read_text())
        (written / path.name).write_text(kept)
    made = tmp_path_factory.mktemp("behind")
    assert start(made, written) == f"{2 * len(ready_made.on_disk())} 0"
    return made


def rows(path: Path | str, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return sorted(database.execute(query).fetchall())


@pytest.mark.parametrize("alias", schema.ALIASES)
def test_they_are_those_of_the_migrations(folder: Path, alias: str):
    # The test database was made by every migration since the first.
    migrated = rows(connections[alias].settings_dict["NAME"], TABLES)
    made = rows(folder / FILES[alias], TABLES)
    assert len(made) > 10
    assert made == migrated


def test_django_finds_every_kind_of_row_and_permission_noted(folder: Path):
    models = [model for model in apps.get_models() if model._meta.managed]
    noted = rows(folder / "roadbed.db", "SELECT app_label, model FROM django_content_type")
    assert {(model._meta.app_label, str(model._meta.model_name)) for model in models} <= set(noted)
    permissions = rows(
        folder / "roadbed.db",
        "SELECT app_label, codename FROM auth_permission JOIN django_content_type AS kind ON kind.id = content_type_id",
    )
    assert {(model._meta.app_label, f"view_{model._meta.model_name}") for model in models} <= set(permissions)


def test_a_database_with_anything_in_it_is_left_to_its_migrations():
    assert [ready_made.fits(alias) for alias in schema.ALIASES] == [False, False]
    assert ready_made.fill("default") == 0


def test_what_was_written_down_for_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ready_made, "_is_empty", lambda alias: alias == "default")
    assert ready_made.fits("default")
    monkeypatch.setattr(ready_made, "on_disk", lambda: set(ready_made.covered("default")[1:]))
    assert not ready_made.fits("default")


def test_the_names_of_files_tell_what_loading_them_tells():
    executors = schema._executors()
    assert ready_made.on_disk() == set(executors["default"].loader.disk_migrations)


@pytest.mark.parametrize("alias", schema.ALIASES)
def test_migrations_that_came_later_are_applied_on_top(folder: Path, behind: Path, alias: str):
    assert rows(behind / FILES[alias], TABLES) == rows(folder / FILES[alias], TABLES)
    assert not (behind / f"{FILES[alias]}.before-upgrade").exists()  # nothing was in it that could be lost
