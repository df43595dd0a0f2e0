"""Owns the build of a release: its command run as the service's user, within its time, with every line shown."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from typing import IO, TYPE_CHECKING

from roadbed.adapters.local_runtime import disk, launcher, programs
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from roadbed.adapters.local_runtime.accounts import Account
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.ground.ports.runtime import ReleaseSpec, Report

LOG_BYTES = 10 * 1024 * 1024
SHOWN_LINES = 40
LONGEST_LINE = 8192
LINGER_SECONDS = 1.0


def build(layout: Layout, spec: ReleaseSpec, account: Account, *, python: Path, report: Report) -> None:
    """Run the build command in the release's folder; raises RuntimeFailure with what it printed last."""
    folder = layout.release(spec.workload, spec.number) / "build"
    log = layout.workload(spec.workload) / "logs" / f"build-v{spec.number}.log"
    environment = programs.build_environment(layout, spec)
    with disk.writing("build", folder):
        disk.make_folder(folder, 0o700)
        program = programs.describe(layout, spec, account, command=spec.build, environment=environment, log=None)
        # A compiler may need more memory than the service that it makes.
        program["limits"].pop("data")
        program["marker"] += "/build"
        program["environment"]["ROADBED_RELEASE"] = program["marker"]
        disk.save(folder / "program.json", program)
    began = time.monotonic()
    lines: list[str] = []
    try:
        with disk.writing("build", log), log.open("wb") as kept:
            code = _run(python, folder, spec, lambda line: _take(line, kept, lines, report))
    finally:
        launcher.kill_marked(program["marker"])
        disk.clear(folder)
    if code is None:
        raise RuntimeFailure(
            "build",
            f"the build of {spec.label} took longer than {spec.build_seconds:g} s and was stopped",
            remedy=f"look for what waits in `{spec.build}`, or allow more time",
            log=tuple(lines),
        )
    if code:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        full = any("No space left on device" in line or "ENOSPC" in line for line in lines)
        raise RuntimeFailure(
            "build",
            f"the build command of {spec.label} {how}" + ("; the disk is full" if full else ""),
            remedy=f"free space (`df -h {layout.data}`)" if full else f"run `{spec.build}` in a checkout of the commit",
            log=tuple(lines),
        )
    report("build", f"Built {spec.label} in {time.monotonic() - began:.1f} s")


def _take(line: bytes, kept: IO[bytes], lines: list[str], report: Report) -> None:
    if kept.tell() < LOG_BYTES:
        kept.write(line + b"\n")
        kept.flush()
    text = line.decode("utf-8", "replace").rstrip("\r")
    lines.append(text)
    del lines[:-SHOWN_LINES]
    report("build", text)


def _run(python: Path, folder: Path, spec: ReleaseSpec, take: Callable[[bytes], None]) -> int | None:
    """The build's exit code, None when its time ran out. Its whole group ends with it either way."""
    process = subprocess.Popen(
        [str(python), "-I", "-S", launcher.__file__, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - for the type checker: a pipe was asked for
    deadline = time.monotonic() + spec.build_seconds
    try:
        for line in _lines(process, process.stdout, deadline):
            take(line)
        expired = time.monotonic() >= deadline and process.poll() is None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        code = process.wait()
    return None if expired else code


def _lines(process: subprocess.Popen[bytes], output: IO[bytes], deadline: float) -> Iterator[bytes]:
    """Lines until the command has ended; what it left running may hold the pipe only a moment longer."""
    os.set_blocking(output.fileno(), False)
    rest = b""
    lingering = deadline
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while time.monotonic() < min(deadline, lingering):
            if process.poll() is not None and lingering == deadline:
                lingering = time.monotonic() + LINGER_SECONDS
            if not selector.select(0.05):
                continue
            data = output.read(1 << 16)
            if not data:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
                break
            *whole, rest = (rest + data).split(b"\n")
            yield from whole
            if len(rest) > LONGEST_LINE:
                yield rest
                rest = b""
    if rest:
        yield rest
