"""Backups: what comes back, what is refused, and that nothing half-done stays."""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
from pathlib import Path

import pytest

from roadbed.config import backup
from roadbed.config.folder import Folder
from roadbed.ground.errors import Conflict, Invalid, NotFound


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.delenv("ROADBED_DATABASE", raising=False)
    made = Folder(tmp_path / "data")
    made.secret_key()
    for path in (made.records, made.samples):
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE fact (what TEXT)")
            connection.execute("INSERT INTO fact VALUES (?)", [path.name])
        connection.close()
    (made.repositories / "checkout.git").mkdir()
    (made.repositories / "checkout.git" / "HEAD").write_text("ref: refs/heads/main\n")
    (made.root / "runtime" / "workloads" / "checkout").mkdir(parents=True)
    (made.root / "runtime" / "workloads" / "checkout" / "python").symlink_to("/usr/bin/python3")
    return made


def rows(path: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT what FROM fact").fetchall()
    finally:
        connection.close()


def test_a_backup_gives_everything_back(folder: Folder, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    backup.make(folder, archive)
    assert archive.stat().st_mode & 0o077 == 0, "it holds the secret key"
    there = Folder(tmp_path / "there")
    backup.restore(there, archive)
    assert rows(there.records) == [("roadbed.db",)]
    assert rows(there.samples) == [("samples.db",)]
    assert there.secret_key() == folder.secret_key()
    assert (there.repositories / "checkout.git" / "HEAD").read_text() == "ref: refs/heads/main\n"
    assert (there.root / "runtime" / "workloads" / "checkout" / "python").readlink() == Path("/usr/bin/python3")


def test_a_folder_restored_elsewhere_names_its_new_place(folder: Folder, tmp_path: Path):
    with sqlite3.connect(folder.records) as connection:
        connection.execute("UPDATE fact SET what = ?", [f"{folder.repositories}/checkout.git"])
        connection.execute("CREATE TABLE ledger_fact (what TEXT)")
        connection.execute("INSERT INTO ledger_fact SELECT what FROM fact")
    connection.close()
    backup.make(folder, tmp_path / "backup.tar.gz")
    there = Folder(tmp_path / "there")
    backup.restore(there, tmp_path / "backup.tar.gz")
    assert rows(there.records) == [(f"{there.repositories}/checkout.git",)]
    history = sqlite3.connect(there.records)
    assert history.execute("SELECT what FROM ledger_fact").fetchall() == [(f"{folder.repositories}/checkout.git",)]
    history.close()


def test_a_backup_is_consistent_while_somebody_writes(folder: Folder, tmp_path: Path):
    writer = sqlite3.connect(folder.records)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO fact VALUES ('not committed')")
    backup.make(folder, tmp_path / "backup.tar.gz")
    writer.rollback()
    writer.close()
    there = Folder(tmp_path / "there")
    backup.restore(there, tmp_path / "backup.tar.gz")
    assert rows(there.records) == [("roadbed.db",)]


def test_a_folder_that_has_a_roadbed_is_left_alone(folder: Folder, tmp_path: Path):
    backup.make(folder, tmp_path / "backup.tar.gz")
    with pytest.raises(Conflict):
        backup.restore(folder, tmp_path / "backup.tar.gz")
    assert rows(folder.records) == [("roadbed.db",)]


def test_a_damaged_archive_changes_nothing(folder: Folder, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    backup.make(folder, archive)
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    there = Folder(tmp_path / "there")
    with pytest.raises(Invalid, match="damaged"):
        backup.restore(there, archive)
    assert list(tmp_path.glob("there*")) == []


def test_an_archive_that_reaches_out_of_the_folder_is_refused(tmp_path: Path):
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as writing:
        link = tarfile.TarInfo("way")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        writing.addfile(link)
        entry = tarfile.TarInfo("way/planted")
        entry.size = 4
        writing.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(Invalid, match="leave the folder"):
        backup.restore(Folder(tmp_path / "there"), archive)
    assert not (tmp_path / "planted").exists()


@pytest.mark.postgres
@pytest.mark.skipif("ROADBED_TEST_DATABASE" not in os.environ, reason="needs a PostgreSQL: tools/postgres.py gives one")
def test_a_backup_of_a_postgresql_holds_its_dump(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROADBED_DATABASE", os.environ["ROADBED_TEST_DATABASE"])
    manifest = backup.make(folder, tmp_path / "backup.tar.gz")
    assert manifest["database"] == "postgresql"
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        names = archive.getnames()
        dump = archive.extractfile("roadbed.pgdump")
        assert dump is not None
        assert dump.read(5) == b"PGDMP"
    assert "roadbed.db" not in names


def test_what_is_no_backup_and_what_is_no_roadbed_are_named(tmp_path: Path):
    other = tmp_path / "other.tar.gz"
    tarfile.open(other, "w:gz").close()
    with pytest.raises(Invalid, match="not a backup"):
        backup.restore(Folder(tmp_path / "there"), other)
    with pytest.raises(NotFound):
        backup.make(Folder(tmp_path / "nowhere"), tmp_path / "x.tar.gz")
