"""Hostile repositories: nothing of theirs runs here, nothing leads out of them, nothing blocks."""

from __future__ import annotations

import os
import subprocess
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from roadbed.adapters.local_git import LocalGit, files, mirrors, process
from roadbed.adapters.local_git.tests.test_local_git import git, host, work
from roadbed.ground.ports.code_host import CodeUnavailable

__all__ = ["host", "work"]


def use_everything(host: LocalGit, location: Path, into: Path) -> None:
    host.resolve(str(location))
    host.read(str(location), "docs/a.md")
    host.commits(str(location), since=None, until="HEAD")
    host.export(str(location), "HEAD", into)


def test_nothing_that_a_repository_configures_is_run(host: LocalGit, work: Path, tmp_path: Path):
    trap, fired = tmp_path / "trap", tmp_path / "fired"
    trap.write_text(f"#!/bin/sh\ntouch {fired}\ncat\n")
    trap.chmod(0o755)
    (work / ".gitattributes").write_text("* filter=evil diff=evil\n")
    git(work, "add", ".gitattributes")
    git(work, "commit", "--quiet", "--message", "Attributes")
    (tmp_path / "more.config").write_text(f"[core]\n\tfsmonitor = {trap}\n")
    for name in ("filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "core.fsmonitor", "core.sshCommand",
                 "core.pager", "core.alternateRefsCommand", "uploadpack.packObjectsHook", "gpg.program",
                 "diff.external"):  # fmt: skip
        git(work, "config", name, str(trap))
    git(work, "config", "log.showSignature", "true")
    git(work, "config", "include.path", str(tmp_path / "more.config"))
    git(work, "config", "extensions.partialClone", "origin")
    git(work, "config", "remote.origin.url", f"ext::{trap}")
    git(work, "config", "remote.origin.promisor", "true")
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
        (work / ".git" / "hooks" / hook).write_text(trap.read_text())
        (work / ".git" / "hooks" / hook).chmod(0o755)
    use_everything(host, work, tmp_path / "out")
    assert not fired.exists()


def test_a_repository_with_a_broken_configuration_is_read_all_the_same(host: LocalGit, work: Path, tmp_path: Path):
    (work / ".git" / "config").write_text("[core\n\tworktree = /etc\n\x00")
    use_everything(host, work, tmp_path / "out")


def test_a_repository_of_another_user_is_read_as_root_or_whoever_may(host: LocalGit, work: Path, tmp_path: Path):
    if os.geteuid() == 0:
        for path in (work, *work.rglob("*")):
            os.chown(path, 65534, 65534, follow_symlinks=False)
    use_everything(host, work, tmp_path / "out")
    assert (tmp_path / "out" / "serve").stat().st_uid == os.geteuid()


def test_a_missing_object_is_not_fetched_from_anywhere(host: LocalGit, work: Path):
    blob = git(work, "rev-parse", "HEAD:docs/a.md")
    (work / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(work, "config", "extensions.partialClone", "origin")
    git(work, "config", "remote.origin.url", "https://127.0.0.1:1/x")
    with pytest.raises(CodeUnavailable):
        host.read(str(work), "docs/a.md")


@pytest.mark.parametrize("part", ["objects", "refs"])
def test_links_out_of_a_repository_are_refused(host: LocalGit, work: Path, tmp_path: Path, part: str):
    secret = tmp_path / "secret"
    git(tmp_path, "clone", "--quiet", str(work), str(secret))
    inner = work / ".git" / part
    inner.rename(tmp_path / f"former-{part}")
    inner.symlink_to(secret / ".git" / part)
    with pytest.raises(CodeUnavailable, match="leads out"):
        host.resolve(str(work))


def test_a_git_file_that_points_elsewhere_is_refused(host: LocalGit, work: Path, tmp_path: Path):
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / ".git").write_text(f"gitdir: {work / '.git'}\n")
    with pytest.raises(CodeUnavailable, match="another folder"):
        host.resolve(str(trap))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a file of another user")
def test_objects_borrowed_from_another_user_are_refused(host: LocalGit, work: Path, tmp_path: Path):
    git(tmp_path, "clone", "--quiet", "--shared", str(work), "borrower")
    assert host.resolve(str(tmp_path / "borrower"))
    os.chown(work / ".git" / "objects", 65534, 65534)
    with pytest.raises(CodeUnavailable, match="another user"):
        host.resolve(str(tmp_path / "borrower"))


def test_a_pipe_in_place_of_a_reference_does_not_block(host: LocalGit, work: Path):
    (work / ".git" / "refs" / "heads" / "main").unlink()
    os.mkfifo(work / ".git" / "refs" / "heads" / "main")
    began = time.monotonic()
    with pytest.raises(CodeUnavailable):
        host.resolve(str(work))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "text", ["ref: refs/heads/main\n", "ref: ../../etc/passwd\n", "ref: -x\n", "f" * 64, "junk", "x" * 9999]
)
def test_odd_references_are_unavailable_and_say_nothing_of_their_content(host: LocalGit, work: Path, text: str):
    (work / ".git" / "refs" / "heads" / "main").write_text(text)
    with pytest.raises(CodeUnavailable) as refusal:
        host.resolve(str(work))
    assert "passwd" not in str(refusal.value)


def hostile_tree(work: Path, listing: str) -> str:
    tree = subprocess.run(
        ["git", "-C", str(work), "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        input=listing.encode("latin-1"), capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    return git(work, "commit-tree", tree, "-m", "hostile")


@pytest.mark.parametrize("name", ["..", ".git", ".GIT", "a\x00b"])
def test_a_tree_with_a_path_out_of_it_is_not_exported(host: LocalGit, work: Path, tmp_path: Path, name: str):
    blob = bytes.fromhex(git(work, "rev-parse", "HEAD:docs/a.md")).decode("latin-1")
    with pytest.raises((CodeUnavailable, subprocess.CalledProcessError)):
        host.export(str(work), hostile_tree(work, f"100644 {name}\0{blob}"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_below_a_link_is_not_exported(host: LocalGit, work: Path, tmp_path: Path):
    blob = bytes.fromhex(git(work, "rev-parse", "HEAD:link")).decode("latin-1")
    tree = bytes.fromhex(git(work, "rev-parse", "HEAD:docs")).decode("latin-1")
    commit = hostile_tree(work, f"120000 docs\0{blob}40000 docs\0{tree}")
    with pytest.raises(CodeUnavailable, match="below a symbolic link"):
        host.export(str(work), commit, tmp_path / "out")


def test_too_many_files_are_not_exported(host: LocalGit, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    with pytest.raises(CodeUnavailable, match="more than 2 files"):
        host.export(str(work), "HEAD", tmp_path / "out")


def test_git_is_stopped_when_it_prints_too_much_or_takes_too_long(work: Path):
    env = {"GIT_DIR": str(work / ".git")}
    with pytest.raises(CodeUnavailable, match="more than 5 bytes"):
        process.run("log", env=env, limit=5)
    began = time.monotonic()
    with pytest.raises(CodeUnavailable, match="took longer"):
        process.run("-c", "alias.wait=!sleep 60", "wait", env=env, seconds=0.3)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "location",
    ["ext::sh -c touch% /tmp/x", "file://127.0.0.1/etc", "git://127.0.0.1/x", "https://", "ftp://127.0.0.1/x",
     "-oProxyCommand=x@h:y",
     "https://127.0.0.1/a b", "fd::17/foo", "ssh://-oProxyCommand=x/y", "a@b:-x", "http://[::1"],
)  # fmt: skip
def test_addresses_that_git_would_run_or_read_are_refused(host: LocalGit, location: str):
    with pytest.raises(CodeUnavailable):
        host.resolve(location)
    assert list(host.folder.glob(".mirrors/*.git")) == []


def test_an_address_that_does_not_answer_is_named_without_its_password(host: LocalGit):
    with pytest.raises(CodeUnavailable) as refusal:
        host.resolve("http://mara:hunter2@127.0.0.1:1/x")
    assert "127.0.0.1:1" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


class _Dumb(BaseHTTPRequestHandler):
    """Serves a bare repository by Git's plain HTTP protocol."""

    root: Path

    def do_GET(self) -> None:
        path = self.root / self.path.split("?")[0].removeprefix("/repo.git/")
        self.send_response(200 if path.is_file() else 404)
        self.end_headers()
        if path.is_file():
            self.wfile.write(path.read_bytes())

    def log_message(self, *args: object) -> None:
        """Tests print nothing."""


def test_a_repository_elsewhere_is_fetched_read_and_followed(
    host: LocalGit, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mirrors, "FRESH_SECONDS", 0.0)
    bare = tmp_path / "served.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    git(bare, "update-server-info")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (_Dumb,), {"root": bare}))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        location = f"http://127.0.0.1:{server.server_port}/repo.git"
        assert host.resolve(location) == git(work, "rev-parse", "HEAD")
        assert host.read(location, "docs/a.md", "main") == b"words\n"
        git(work, "commit", "--allow-empty", "--quiet", "--message", "Second")
        git(work, "push", "--quiet", str(bare), "main")
        git(bare, "update-server-info")
        assert host.commits(location, since=None, until="HEAD")[0].subject == "Second"
        host.export(location, "main", tmp_path / "out")
        assert (tmp_path / "out" / "serve").exists()
    finally:
        server.shutdown()
        server.server_close()
