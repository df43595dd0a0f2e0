"""Bundled paths become versioned repositories, once, whoever starts at the same time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roadbed.platform.paths.git import git_text
from roadbed.platform.paths.materialise import BUNDLED, kept, materialise, materialise_bundled, opened, read

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source" / "tiny"
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text("_subdirectory: template\nservice_name: {type: str}\n")
    (folder / "path.yaml").write_text("version: 1.0.0\n")
    (folder / "template" / "README.md").write_text("first\n")
    return folder


def tags(repository: Path) -> list[str]:
    return git_text("tag", "--list", cwd=repository).splitlines()


def test_all_bundled_paths_are_kept_as_repositories_with_a_version(tmp_path: Path):
    made = materialise_bundled(tmp_path, now=NOW)
    assert [path.name for path in made] == ["node-http-service", "python-http-service"]
    assert kept(tmp_path) == made
    for path in made:
        assert tags(path.repository) == [path.version]
        assert git_text("describe", "--tags", "main", cwd=path.repository) == path.version


def test_repeating_changes_nothing(tmp_path: Path):
    first = materialise_bundled(tmp_path, now=NOW)
    assert materialise_bundled(tmp_path, now=NOW) == first


def test_new_content_is_a_new_version_and_old_versions_stay(source: Path, tmp_path: Path):
    first = materialise(source, tmp_path / "paths", now=NOW)
    (source / "template" / "README.md").write_text("second\n")
    second = materialise(source, tmp_path / "paths", now=NOW)
    (source / "path.yaml").write_text("version: 2.0.0\n")
    third = materialise(source, tmp_path / "paths", now=NOW)
    assert [first.version, second.version, third.version] == ["v1.0.0", "v1.0.1", "v2.0.0"]
    assert read(opened(first.repository, "v1.0.0"), "template/README.md") == "first"
    assert git_text("rev-list", "--count", "main", cwd=third.repository) == "3"


def test_an_older_roadbed_takes_nothing_back(source: Path, tmp_path: Path):
    materialise(source, tmp_path / "paths", now=NOW)
    (source / "template" / "README.md").write_text("second\n")
    newer = materialise(source, tmp_path / "paths", now=NOW)
    (source / "template" / "README.md").write_text("first\n")
    assert materialise(source, tmp_path / "paths", now=NOW) == newer


def test_what_lies_about_in_the_template_is_left_out(tmp_path: Path):
    copy = tmp_path / "python-http-service"
    shutil.copytree(BUNDLED / "python-http-service", copy)
    before = materialise(copy, tmp_path / "paths", now=NOW)
    (copy / "template" / "service" / "__pycache__").mkdir(exist_ok=True)
    (copy / "template" / "service" / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"x")
    assert materialise(copy, tmp_path / "paths", now=NOW) == before


def test_four_processes_at_once_make_one_version(source: Path, tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from roadbed.platform.paths.materialise import materialise;"
        "print(materialise(Path(sys.argv[1]), Path(sys.argv[2]), now=datetime.now(UTC)).commit)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(source), str(tmp_path / "paths")], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    printed = {process.communicate(timeout=60)[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert len(printed) == 1
    assert tags(tmp_path / "paths" / "tiny.git") == ["v1.0.0"]


def test_a_repository_without_a_version_is_no_path(tmp_path: Path):
    git_text("init", "--bare", str(tmp_path / "empty.git"), cwd=tmp_path)
    assert kept(tmp_path) == ()
    with pytest.raises(LookupError):
        opened(tmp_path / "empty.git")
