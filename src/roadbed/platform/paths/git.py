"""Git as a child process that asks nobody anything and takes no configuration, hook or attribute of the user."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_QUIET_CONFIG = (
    ("core.hooksPath", "/dev/null"),
    ("core.excludesFile", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("core.autocrlf", "false"),
    ("core.fsmonitor", "false"),
    ("protocol.allow", "never"),
    ("protocol.https.allow", "always"),
    ("protocol.http.allow", "always"),
    ("protocol.ssh.allow", "always"),
    ("protocol.git.allow", "always"),
    ("protocol.file.allow", "always"),
    # Repositories belong to whoever made them; nothing of theirs is run, since hooks are off.
    ("safe.directory", "*"),
    ("init.defaultBranch", "main"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
)


class GitFailed(Exception):  # noqa: N818 - mapped to a refusal by whoever asked
    """Git ended with an error; the message is the last thing it said."""


def isolated_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without anything that changes what Git does."""
    kept = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in kept}
    env |= {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_COUNT": str(len(_QUIET_CONFIG)),
    }
    for number, (key, value) in enumerate(_QUIET_CONFIG):
        env[f"GIT_CONFIG_KEY_{number}"] = key
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env | dict(extra or {})


def git(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, seconds: float = 60, given: bytes = b""
) -> bytes:
    """What Git prints.

    Raises:
        GitFailed: when it fails or takes longer than `seconds`.
    """
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd,
            env=isolated_environment(env),
            input=given,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise GitFailed(f"git {arguments[0]} took longer than {seconds:g} s") from None
    except FileNotFoundError:
        raise GitFailed("git is not installed" if cwd.is_dir() else f"there is no folder {cwd}") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitFailed(said[-1] if said else f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout


def git_text(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, seconds: float = 60) -> str:
    """The same as text, without the last line break."""
    return git(*arguments, cwd=cwd, env=env, seconds=seconds).decode(errors="replace").rstrip("\n")


def blobs(repository: Path, names: Sequence[str]) -> list[bytes]:
    """The contents of these blobs, by one Git."""
    answer = git("cat-file", "--batch", cwd=repository, given="".join(f"{name}\n" for name in names).encode())
    contents: list[bytes] = []
    at = 0
    for _ in names:
        # Each answer is `<name> blob <size>`, a line break, the bytes, a line break.
        end = answer.index(b"\n", at)
        size = int(answer[at:end].rsplit(b" ", 1)[1])
        contents.append(answer[end + 1 : end + 1 + size])
        at = end + size + 2
    return contents
