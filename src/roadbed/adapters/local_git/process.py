"""Running git on what may be hostile: nobody's configuration, no prompts, no hooks, bounded in time and size."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Final

from roadbed.ground.ports.code_host import CodeUnavailable

PROTOCOLS: Final = "https:http:ssh"
LARGEST_FILE: Final = 2 * 1024**3
SECONDS: Final = 30.0
_SETTINGS: Final = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.commitGraph=false", "core.alternateRefsCommand=",
    "credential.helper=", "fetch.recurseSubmodules=no", "gc.auto=0", "maintenance.auto=false", "init.templateDir=",
    "log.showSignature=false", "protocol.version=2", "http.lowSpeedLimit=1000", "http.lowSpeedTime=30",
)  # fmt: skip
_SSH: Final = "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=10"


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """What git sees: only what it needs, so that no variable of ours changes what it does."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SSH_AUTH_SOCK", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "/bin/false",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        "GIT_SSH_COMMAND": _SSH,
        **extra,
    }


@contextmanager
def running(
    arguments: tuple[str, ...], env: Mapping[str, str], *, seconds: float, errors: IO[bytes], feed: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A git process in a session of its own, killed whole when its time is up or the block ends early."""
    words = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = ["git", *words, *arguments]
    if limiter := shutil.which("prlimit"):
        command = [limiter, f"--fsize={LARGEST_FILE}", "--core=0", *command]
    process = subprocess.Popen(
        command,
        env=environment(env),
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd="/",
        start_new_session=True,
    )
    overran = threading.Event()

    def end() -> None:
        overran.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        _kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)
        process.wait()
    if overran.is_set():
        raise CodeUnavailable(f"git {arguments[0]} took longer than {seconds:g} s and was stopped. Try again later.")


def run(
    *arguments: str, env: Mapping[str, str], seconds: float = SECONDS, limit: int = 16 * 1024**2
) -> tuple[int, bytes, str]:
    """Exit code, output and complaint of one git command.

    Raises:
        CodeUnavailable: when it takes too long, prints too much, or git is missing.
    """
    try:
        with tempfile.TemporaryFile() as errors:
            with running(arguments, env, seconds=seconds, errors=errors) as process:
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                output = process.stdout.read(limit + 1)
                if len(output) > limit:
                    raise CodeUnavailable(f"git {arguments[0]} printed more than {limit:,} bytes and was stopped.")
                code = process.wait()
            errors.seek(0)
            return code, output, errors.read(4000).decode("utf-8", "replace").strip()
    except FileNotFoundError as fault:
        raise CodeUnavailable("git is not installed. `apt install git` installs it.") from fault


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return
