"""The local Git code host on real repositories: what it reads, makes, removes, and says when it cannot."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roadbed.adapters.local_git import LocalGit
from roadbed.ground.ports.code_host import CodeUnavailable

WHO = {f"GIT_{who}_{what}": "h@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *arguments: str, **env: str) -> str:
    command = ["git", "-C", str(folder), "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **WHO, **env}
    ).stdout.strip()


@pytest.fixture
def host(tmp_path: Path) -> LocalGit:
    return LocalGit(tmp_path / "repositories")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "docs").mkdir()
    (folder / "docs" / "a.md").write_text("words\n")
    (folder / "serve").write_text("#!/bin/sh\n")
    (folder / "serve").chmod(0o755)
    (folder / "link").symlink_to("docs/a.md")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "First", GIT_AUTHOR_DATE="2026-11-01T10:00:00+02:00")
    return folder


def test_references_of_every_form_stand_for_the_same_commit(host: LocalGit, work: Path):
    git(work, "tag", "--annotate", "--message", "v1", "v1")
    git(work, "branch", "feature/x")
    head = git(work, "rev-parse", "HEAD")
    for ref in ("HEAD", "main", "refs/heads/main", "heads/main", "v1", "feature/x", head, head[:8], "HEAD~0", "v1^0"):
        assert host.resolve(str(work), ref) == head, ref
    git(work, "pack-refs", "--all")
    git(work, "gc", "--quiet")
    for ref in ("HEAD", "main", "v1", "feature/x", head[:8]):
        assert host.resolve(str(work), ref) == head, ref


@pytest.mark.parametrize(
    "ref", ["none", "-x", "--help", "a..b", "HEAD:docs", "@{1}", "", "a b", "refs/../x", "dead", "^"]
)
def test_what_is_no_reference_is_unavailable(host: LocalGit, work: Path, ref: str):
    with pytest.raises(CodeUnavailable):
        host.resolve(str(work), ref)


def test_a_detached_head_and_a_worktree_are_read(host: LocalGit, work: Path, tmp_path: Path):
    head = git(work, "rev-parse", "HEAD")
    git(work, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "new").write_text("n")
    git(tmp_path / "side", "add", "new")
    git(tmp_path / "side", "commit", "--quiet", "--message", "Side")
    assert host.read(str(tmp_path / "side"), "new") == b"n"
    git(work, "checkout", "--quiet", "--detach", head)
    assert host.resolve(str(work)) == head


def test_a_file_is_read_at_a_commit_and_missing_is_none(host: LocalGit, work: Path):
    first = git(work, "rev-parse", "HEAD")
    (work / "docs" / "a.md").write_text("more\n")
    git(work, "commit", "--all", "--quiet", "--message", "Second")
    assert host.read(str(work), "docs/a.md") == b"more\n"
    assert host.read(str(work), "docs/a.md", first) == b"words\n"
    for missing in ("docs", "docs/b.md", "serve/x", "none"):
        assert host.read(str(work), missing) is None


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "docs/../serve", "", "a//b", "a\nb", "a\x00", "."])
def test_paths_that_leave_the_repository_are_refused(host: LocalGit, work: Path, path: str):
    with pytest.raises(CodeUnavailable, match="no path"):
        host.read(str(work), path)


def test_a_link_and_a_large_file_are_not_read(host: LocalGit, work: Path):
    with pytest.raises(CodeUnavailable, match="symbolic link"):
        host.read(str(work), "link")
    (work / "large").write_bytes(b"x" * 1_048_577)
    (work / "limit").write_bytes(b"x" * 1_048_576)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message", "Large")
    with pytest.raises(CodeUnavailable, match="limit"):
        host.read(str(work), "large")
    assert len(host.read(str(work), "limit") or b"") == 1_048_576


def test_a_tree_is_exported_as_committed(host: LocalGit, work: Path, tmp_path: Path):
    (work / ".gitattributes").write_text("docs export-ignore\nserve text eol=crlf\n")
    git(work, "add", ".gitattributes")
    git(work, "commit", "--quiet", "--message", "Attributes")
    into = tmp_path / "out"
    host.export(str(work), "main", into)
    assert (into / "docs" / "a.md").read_text() == "words\n"
    assert (into / "serve").read_bytes() == b"#!/bin/sh\n"
    assert (into / "serve").stat().st_mode & 0o111
    assert (into / "link").readlink() == Path("docs/a.md")
    assert not (into / ".git").exists()


def test_an_export_wants_an_empty_folder_and_leaves_it_so_when_it_fails(host: LocalGit, work: Path, tmp_path: Path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").write_text("kept")
    with pytest.raises(CodeUnavailable, match="not empty"):
        host.export(str(work), "main", full)
    assert (full / "mine").read_text() == "kept"
    (work / "out").symlink_to("/etc")
    git(work, "add", "out")
    git(work, "commit", "--quiet", "--message", "Escape")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CodeUnavailable, match="leads out"):
        host.export(str(work), "main", empty)
    assert list(empty.iterdir()) == []


def test_commits_come_newest_first_between_two_points(host: LocalGit, work: Path):
    first = git(work, "rev-parse", "HEAD")
    for subject in ("Zweiter: ümlaut", "Third\n\nwith a body\n"):
        git(work, "commit", "--allow-empty", "--quiet", "--message", subject)
    found = host.commits(str(work), since=None, until="HEAD")
    assert [commit.subject for commit in found] == ["Third", "Zweiter: ümlaut", "First"]
    assert found[-1].authored_at == datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    assert found[0].parents == (found[1].sha,)
    assert [commit.subject for commit in host.commits(str(work), since=first, until="main")] == [
        "Third",
        "Zweiter: ümlaut",
    ]
    assert len(host.commits(str(work), since=None, until="HEAD", limit=1)) == 1
    assert host.commits(str(work), since="HEAD", until="HEAD") == ()


def test_a_commit_with_an_impossible_date_is_still_listed(host: LocalGit, work: Path):
    tree = git(work, "rev-parse", "HEAD^{tree}")
    body = f"tree {tree}\nauthor A <a@b> 99999999999999999 +0000\ncommitter A <a@b> 0 +9999\n\nodd\n"
    name = subprocess.run(
        ["git", "-C", str(work), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        input=body.encode(), capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    (commit,) = host.commits(str(work), since=None, until=name)
    assert commit.subject == "odd"
    assert commit.authored_at.tzinfo is UTC


def test_a_repository_is_made_pushed_to_and_removed(host: LocalGit, work: Path):
    home = host.create("checkout")
    assert host.hosts(home)
    with pytest.raises(CodeUnavailable, match="no commit yet"):
        host.resolve(home)
    git(work, "push", "--quiet", home, "main")
    assert host.resolve(home) == git(work, "rev-parse", "HEAD")
    with pytest.raises(CodeUnavailable, match="already"):
        host.create("checkout")
    host.remove(home)
    assert not Path(home).exists()
    assert host.create("checkout") == home


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", ".hidden", "x.git", "x.lock", "-x", "a" * 64, "A", "a.b", "a\n", "é", "a "]
)
def test_names_that_are_no_names_make_nothing(host: LocalGit, name: str):
    with pytest.raises(CodeUnavailable, match="cannot name"):
        host.create(name)
    assert not host.folder.exists() or not any(host.folder.glob("*.git"))


def test_only_its_own_repositories_are_removed(host: LocalGit, work: Path, tmp_path: Path):
    host.create("checkout")
    (host.folder / "trap.git").symlink_to(work)
    for location in (
        str(work),
        str(host.folder / "trap.git"),
        f"{host.folder}/x/../../checkout",
        "https://a/b.git",
        "/",
    ):
        assert not host.hosts(location)
        with pytest.raises(CodeUnavailable, match="not made by"):
            host.remove(location)
    assert (work / "serve").exists()


@pytest.mark.parametrize(
    "location", ["relative", "", "file://relative", "/nowhere/at/all", "/etc/passwd", "/tmp", "a\x00b"]
)
def test_what_is_no_repository_says_so(host: LocalGit, location: str):
    with pytest.raises(CodeUnavailable):
        host.resolve(location)


def test_a_shallow_clone_lists_what_it_has(host: LocalGit, work: Path, tmp_path: Path):
    git(work, "commit", "--allow-empty", "--quiet", "--message", "Second")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{work}", "shallow")
    assert [commit.subject for commit in host.commits(str(tmp_path / "shallow"), since=None, until="HEAD")] == [
        "Second"
    ]


def test_a_file_address_is_its_path(host: LocalGit, work: Path):
    assert host.read(f"file://{work}", "docs/a.md") == b"words\n"


def test_commits_of_some_paths_are_those_that_touch_them(host: LocalGit, tmp_path: Path):
    repository = tmp_path / "mono"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    for path in ("a/x.py", "b/[y].py", "a/z.py"):
        (repository / path).parent.mkdir(exist_ok=True)
        (repository / path).write_text("x")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", path)
    found = host.commits(str(repository), since=None, until="HEAD", paths=("a/",))
    assert [one.subject for one in found] == ["a/z.py", "a/x.py"]
    assert [one.subject for one in host.commits(str(repository), since=None, until="HEAD", paths=("b/[y].py",))] == [
        "b/[y].py"
    ]
