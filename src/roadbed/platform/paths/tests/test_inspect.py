"""Reading repositories from a folder or a URL, and writing into somebody's work tree as one commit of theirs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from roadbed.ground.errors import Conflict, Invalid, Refusal, Unavailable
from roadbed.platform.paths import inspect, work_tree
from roadbed.platform.paths.adopting import ProposedFile
from roadbed.platform.paths.git import git, git_text

from .conftest import Makes


@pytest.fixture(autouse=True)
def own_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Git configuration of a person who has one."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Mara Lindqvist\n\temail = mara@kestrel.example\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    for variable in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.delenv(f"GIT_{variable}", raising=False)


def seen(location: str) -> inspect.Listing:
    with inspect.opened(location) as repository:
        return inspect.read(repository)


def test_committed_files_are_read_and_nothing_else(repository: Makes):
    folder = repository({"app.py": "x = 1\n", "src/deep/main.go": "package main\n", "logo.png": "no text"})
    (folder / "app.py").write_text("x = 2\n")
    (folder / "secret.py").write_text("not committed\n")
    listing = seen(str(folder))
    assert listing.files == ("app.py", "logo.png", "src/deep/main.go")
    assert listing.contents == {"app.py": "x = 1\n", "src/deep/main.go": "package main\n"}
    assert [(author.email, author.commits) for author in listing.authors] == [("hanne@kestrel.example", 1)]


def test_a_folder_inside_the_repository_is_enough(repository: Makes):
    folder = repository({"src/app.py": "x"})
    with inspect.opened(str(folder / "src")) as opened:
        assert (opened.folder, opened.name) == (folder, "parcel-api")


def test_a_url_is_cloned_and_the_clone_goes_afterwards(repository: Makes):
    url = f"file://{repository({'app.py': 'x'})}"
    with inspect.opened(url) as opened:
        assert (opened.name, opened.origin) == ("parcel-api", url)
        assert (opened.folder / "app.py").is_file()
    assert not opened.folder.exists()


def test_large_binary_linked_and_generated_files_are_not_read(repository: Makes):
    folder = repository(
        {"a.py": "x" * (inspect.FILE_LIMIT + 1), "b.py": "nul\0", "node_modules/x.js": "x", "c.py": "y"}
    )
    (folder / "link.py").symlink_to("/etc/passwd")
    repository({})
    listing = seen(str(folder))
    assert listing.contents == {"c.py": "y"}
    assert "link.py" not in listing.files


@pytest.mark.parametrize(
    ("given", "refusal", "words"),
    [("gone", Invalid, "no folder"), ("plain", Invalid, "not a Git work tree"), ("empty", Invalid, "no commit yet")],
)
def test_what_is_no_repository_is_refused(tmp_path: Path, given: str, refusal: type[Refusal], words: str):
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git("init", "--quiet", cwd=tmp_path / "empty")
    with pytest.raises(refusal, match=words), inspect.opened(str(tmp_path / given)):
        pass


def test_a_url_that_cannot_be_cloned_is_said_without_its_password(tmp_path: Path):
    with (
        pytest.raises(Unavailable) as refusal,
        inspect.opened(f"file://hanne:hunter2@{tmp_path}/gone"),
    ):
        pass
    assert "hunter2" not in refusal.value.detail
    assert refusal.value.remedy


def test_commands_in_urls_are_not_run(tmp_path: Path):
    with pytest.raises((Invalid, Unavailable)), inspect.opened(f"ext::sh -c touch% {tmp_path}/ran"):
        pass
    assert not (tmp_path / "ran").exists()


def test_hooks_and_monitors_of_a_foreign_repository_do_not_run(repository: Makes, tmp_path: Path):
    folder = repository({"app.py": "x"})
    hook = folder / ".git" / "evil"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook), cwd=folder)
    seen(str(folder))
    work_tree.check_free(folder, [ProposedFile("slo.yaml", "x")])
    assert not (tmp_path / "ran").exists()


FILES = (ProposedFile("catalog-info.yaml", "new\n", "old\n"), ProposedFile("docs/slo.yaml", "objectives\n"))


def test_writing_is_one_commit_of_the_person_and_of_those_files_alone(repository: Makes):
    folder = repository({"catalog-info.yaml": "old\n", "app.py": "x"})
    (folder / "app.py").write_text("being changed\n")
    git("add", "app.py", cwd=folder)
    done = work_tree.commit(folder, FILES, message="Describe it")
    changed = git_text("show", "--name-only", "--format=%an", "HEAD", cwd=folder).split()
    assert changed == ["Mara", "Lindqvist", "catalog-info.yaml", "docs/slo.yaml"]
    assert git_text("status", "--porcelain", cwd=folder) == "M  app.py"
    assert (folder / "catalog-info.yaml").read_text() == "new\n"
    assert work_tree.take_back(done)
    assert git_text("rev-parse", "HEAD", cwd=folder) == done.former
    assert git_text("status", "--porcelain", cwd=folder) == "M  app.py"
    assert (folder / "catalog-info.yaml").read_text() == "old\n"
    assert not (folder / "docs" / "slo.yaml").exists()


@pytest.mark.parametrize("dirty", ["catalog-info.yaml", "docs/slo.yaml"])
def test_uncommitted_work_in_the_way_is_left_and_named(repository: Makes, dirty: str):
    folder = repository({"catalog-info.yaml": "old\n"})
    (folder / dirty).parent.mkdir(exist_ok=True)
    (folder / dirty).write_text("precious\n")
    with pytest.raises(Conflict, match=dirty):
        work_tree.commit(folder, FILES, message="Describe it")
    assert (folder / dirty).read_text() == "precious\n"


def test_when_a_hook_refuses_the_commit_nothing_stays(repository: Makes):
    folder = repository({"catalog-info.yaml": "old\n"})
    hook = folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(Unavailable, match="not today"):
        work_tree.commit(folder, FILES, message="Describe it")
    assert git_text("status", "--porcelain", cwd=folder) == ""
    assert (folder / "catalog-info.yaml").read_text() == "old\n"


def test_a_commit_on_top_is_never_taken_back(repository: Makes):
    folder = repository({"catalog-info.yaml": "old\n"})
    done = work_tree.commit(folder, FILES, message="Describe it")
    subprocess.run(["git", "commit", "--quiet", "--allow-empty", "-m", "on top"], cwd=folder, check=True)
    assert not work_tree.take_back(done)
    assert (folder / "catalog-info.yaml").read_text() == "new\n"


def test_a_person_without_a_name_is_told_how_to_get_one(
    repository: Makes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    for variable in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    folder = repository({"catalog-info.yaml": "old\n"})
    with pytest.raises(Unavailable) as refusal:
        work_tree.commit(folder, FILES, message="Describe it")
    assert refusal.value.remedy
    assert git_text("status", "--porcelain", cwd=folder) == ""
