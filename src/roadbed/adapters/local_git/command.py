"""Owns how Git is run: no configuration, hook or prompt of anybody's, a time limit, bounded output."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from roadbed.ground.ports.code_host import CodeUnavailable

SECONDS = 60.0
CLONE_SECONDS = 300.0
CONFIGURATION = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.symlinks": "true",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "protocol.http.allow": "always",
    "protocol.ssh.allow": "always",
    "protocol.file.allow": "always",
    "transfer.fsckObjects": "true",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    # Repositories belong to whoever made them; what is run from them is nothing, since hooks are off.
    "safe.directory": "*",
    "safe.bareRepository": "all",
}
KEPT = ("PATH", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "no_proxy")


def environment() -> dict[str, str]:
    """Nothing of the user's own Git settings reaches the child."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    settings: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(CONFIGURATION))}
    for place, (key, value) in enumerate(CONFIGURATION.items()):
        settings[f"GIT_CONFIG_KEY_{place}"] = key
        settings[f"GIT_CONFIG_VALUE_{place}"] = value
    return {
        **kept,
        **settings,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C.UTF-8",
    }


def git(folder: Path | None, *arguments: str, seconds: float = SECONDS, most: int = 0) -> bytes:
    """What Git prints; at most `most` bytes where that is not 0.

    Raises:
        CodeUnavailable: with the last line that Git said.
    """
    place = ["-C", str(folder)] if folder is not None else []
    try:
        done = subprocess.run(
            ["git", *place, *arguments],
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CodeUnavailable(f"git {arguments[0]} took longer than {seconds:g} s.") from None
    except FileNotFoundError:
        raise CodeUnavailable("git is not installed. Remedy: apt-get install -y git") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise CodeUnavailable(said[-1] if said else f"git {arguments[0]} ended with {done.returncode}.")
    if most and len(done.stdout) > most:
        raise CodeUnavailable(f"git {arguments[0]} printed more than {most} bytes.")
    return done.stdout
