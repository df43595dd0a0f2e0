"""Real repositories, hostile ones among them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from roadbed.adapters.local_git import LocalGit
from roadbed.ground.ports.code_host import CodeUnavailable

WHO = {
    "GIT_AUTHOR_NAME": "Mara",
    "GIT_AUTHOR_EMAIL": "m@x.io",
    "GIT_COMMITTER_NAME": "Mara",
    "GIT_COMMITTER_EMAIL": "m@x.io",
}


def git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def host(tmp_path: Path) -> LocalGit:
    return LocalGit(tmp_path / "repositories")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "app.py").write_text("one\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "First")
    (folder / "app.py").write_text("two\n")
    git(folder, "commit", "-qam", "Second, with a | and a \x1d sign")
    return folder


def test_a_file_is_read_as_it_was_at_a_commit(host: LocalGit, repository: Path):
    first = git(repository, "rev-parse", "HEAD~1")
    assert host.read(str(repository), "app.py", first) == b"one\n"
    assert host.read(str(repository), "app.py") == b"two\n"
    assert host.read(str(repository), "none.py") is None


def test_commits_are_listed_newest_first_between_two(host: LocalGit, repository: Path):
    first, second = git(repository, "rev-parse", "HEAD~1"), git(repository, "rev-parse", "HEAD")
    assert [one.sha for one in host.commits(str(repository), since=None, until=second)] == [second, first]
    (only,) = host.commits(str(repository), since=first, until=second)
    assert only.subject.startswith("Second")
    assert only.parents == (first,)
    assert only.authored_at.tzinfo is not None


def test_an_export_has_the_files_and_not_the_history(host: LocalGit, repository: Path, tmp_path: Path):
    into = tmp_path / "release"
    into.mkdir()
    host.export(str(repository), host.resolve(str(repository)), into)
    assert (into / "app.py").read_text() == "two\n"
    assert not (into / ".git").exists()


@pytest.mark.parametrize("ref", ["--output=/tmp/x", "-h", "", "a b", "main..dev", "$(id)", "refs/heads/\x00"])
def test_what_git_could_read_as_an_option_is_no_ref(host: LocalGit, repository: Path, ref: str):
    with pytest.raises(CodeUnavailable):
        host.resolve(str(repository), ref)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b", "--", ":(top)x", ""])
def test_a_path_stays_in_its_repository(host: LocalGit, repository: Path, path: str):
    with pytest.raises(CodeUnavailable):
        host.read(str(repository), path)


def test_a_link_that_leaves_the_release_is_refused(host: LocalGit, repository: Path, tmp_path: Path):
    (repository / "out").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "Point outside")
    into = tmp_path / "release"
    into.mkdir()
    with pytest.raises(CodeUnavailable, match="leaves the release"):
        host.export(str(repository), host.resolve(str(repository)), into)
    assert host.read(str(repository), "out") is None, "a link is no file"


def test_hooks_and_settings_of_a_repository_are_not_run(host: LocalGit, repository: Path, tmp_path: Path):
    mark = tmp_path / "ran"
    git(repository, "config", "filter.evil.smudge", f"touch {mark}; cat")
    (repository / ".gitattributes").write_text("*.py filter=evil\n")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "-qm", "Filter")
    git(repository, "config", "core.fsmonitor", f"touch {mark}")
    git(repository, "config", "core.sshCommand", f"touch {mark}")
    hook = repository / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    into = tmp_path / "release"
    into.mkdir()
    host.export(str(repository), host.resolve(str(repository)), into)
    host.read(f"file://{repository}", "app.py")
    assert not mark.exists()


def test_a_url_is_mirrored_and_fetched_again_for_a_new_commit(host: LocalGit, repository: Path):
    url = f"file://{repository}"
    assert host.read(url, "app.py") == b"two\n"
    (repository / "app.py").write_text("three\n")
    git(repository, "commit", "-qam", "Third")
    newest = git(repository, "rev-parse", "HEAD")
    for mark in (host.folder / ".mirrors").glob("*/fetched"):
        os.utime(mark, (0, 0))
    assert host.resolve(url, newest) == newest
    assert host.read(url, "app.py", newest) == b"three\n"


def test_a_repository_is_made_once_and_only_its_own_are_removed(host: LocalGit, repository: Path):
    location = host.create("labels")
    with pytest.raises(CodeUnavailable, match="already"):
        host.create("labels")
    with pytest.raises(CodeUnavailable, match="not made here"):
        host.remove(str(repository))
    host.remove(location)
    assert not Path(location).exists()


@pytest.mark.parametrize("name", ["../x", "A", "", "a/b", "-a", "a" * 64])
def test_a_name_that_is_no_label_makes_no_repository(host: LocalGit, name: str):
    with pytest.raises(CodeUnavailable):
        host.create(name)


def test_what_is_no_repository_is_named_with_the_remedy(host: LocalGit, tmp_path: Path):
    with pytest.raises(CodeUnavailable, match="git init"):
        host.resolve(str(tmp_path))
    with pytest.raises(CodeUnavailable, match="does not exist"):
        host.resolve(str(tmp_path / "nowhere"))
    with pytest.raises(CodeUnavailable, match="absolute path"):
        host.resolve("relative/path")


def test_a_password_in_a_url_is_never_repeated(host: LocalGit):
    with pytest.raises(CodeUnavailable) as told:
        host.resolve("http://user:hunter2@127.0.0.1:9/x.git")
    assert "hunter2" not in str(told.value)
