"""What a local Git checkout says of the change that is about to go out, for the gate to derive its kind from."""

from __future__ import annotations

import subprocess
from typing import Any

from roadbed.ground.errors import Invalid, Place

MOST_COMMITS, MOST_PATHS = 200, 2000
LONGEST = {"title": 4000, "body": 20000}


def change_since(base: str) -> dict[str, Any]:
    """The commits and files between `base` and HEAD of the checkout that the command runs in."""
    if base.startswith("-"):
        raise Invalid(f"{base!r} is no commit.", place=Place(field="--since"))
    span = f"{base}..HEAD"
    told = _git("log", "-z", f"--max-count={MOST_COMMITS}", "--format=%s%x01%b", "--end-of-options", span, "--")
    changes = []
    for entry in filter(None, told.split("\0")):
        title, _, body = entry.partition("\x01")
        changes.append({"title": title[: LONGEST["title"]], "body": body.strip()[: LONGEST["body"]]})
    paths = _git("diff", "-z", "--name-only", "--no-renames", "--end-of-options", span, "--").split("\0")
    found = [path[:400] for path in paths if path][:MOST_PATHS]
    return {"changes": changes, "paths": found, "commit": _git("rev-parse", "HEAD").strip()}


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], check=False, capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Invalid(f"Git did not answer: {fault}.", remedy="Ask without --since.") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = lines[0] if lines else f"exit {done.returncode}"
        raise Invalid(
            f"Git does not know the change: {said}",
            remedy="Run it in the checkout, with the history fetched (fetch-depth: 0 in GitHub Actions).",
            place=Place(field="--since"),
        )
    return done.stdout.decode("utf-8", "replace")
