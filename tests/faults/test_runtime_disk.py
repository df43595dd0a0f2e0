"""A full disk: it is named, with what to do, and the release that serves goes on serving."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts

from roadbed.adapters.local_runtime.tests.stage import Stage
from roadbed.ground.ports.runtime import RuntimeFailure

pytestmark = pytest.mark.root


@pytest.fixture
def small() -> Iterator[Stage]:
    """A runtime on a disk of 6 MB."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-small-", dir="/tmp"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m,mode=755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    stage = Stage(folder)
    try:
        yield stage
        (folder / "ballast").unlink(missing_ok=True)
        stage.close()
    finally:
        stage.runtime.shut_down()
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(stage: Stage) -> Path:
    ballast = stage.layout.data / "ballast"
    subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], capture_output=True, check=False)
    return ballast


def test_a_deployment_on_a_full_disk_changes_nothing(small: Stage):
    small.deploy(1)
    spec = small.build(small.spec(2))
    ballast = fill(small)
    with pytest.raises(RuntimeFailure, match="is full") as refused:
        small.runtime.start(spec, report=small.report)
    assert "df -h" in refused.value.remedy
    assert small.get() == (200, "v1")
    assert small.runtime.status(small.name).number == 1
    ballast.unlink()
    small.runtime.start(spec, report=small.report)
    small.runtime.switch(spec, actor="asha", report=small.report)
    assert small.get() == (200, "v2")


def test_a_switch_on_a_full_disk_leaves_the_old_release_serving(small: Stage):
    small.deploy(1)
    spec = small.start(small.spec(2))
    ballast = fill(small)
    with pytest.raises(RuntimeFailure, match="is full"):
        small.runtime.switch(spec, actor="asha", report=small.report)
    assert small.get() == (200, "v1")
    assert small.runtime.records.state(small.name).serving == 1
    ballast.unlink()
    assert small.runtime.switch(spec, actor="asha", report=small.report).former == 1
    assert [entry.number for entry in small.runtime.journal()] == [1, 2]


def test_a_build_that_fills_the_disk_says_so(small: Stage):
    small.deploy(1)
    with pytest.raises(RuntimeFailure, match="full"):
        small.build(small.spec(2, build="dd if=/dev/zero of=big bs=1M count=100"))
    small.runtime.discard(small.name, 2)
    assert small.get() == (200, "v1")


def test_requests_are_counted_on_a_full_disk(small: Stage):
    small.deploy(1)
    small.get()
    small.counted(requests=1)
    fill(small)
    for _ in range(10):
        assert small.get()[0] == 200
    assert small.counted(requests=11).requests == 11


def test_a_journal_that_cannot_grow_keeps_its_entries_elsewhere(small: Stage, monkeypatch: pytest.MonkeyPatch):
    import errno

    from roadbed.adapters.local_runtime import disk

    small.deploy(1)

    def full(path: Path, line: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(disk, "append", full)
        small.deploy(2)
    assert [entry.number for entry in small.runtime.journal()] == [1, 2]
    assert len(small.layout.journal.read_text().splitlines()) == 1
    small.runtime.reconcile()
    assert [json.loads(line)["number"] for line in small.layout.journal.read_text().splitlines()] == [1, 2]
