"""The bad commit: on each golden path, one that answers every second request with an error and stays healthy."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roadbed.ground.errors import Unavailable
from roadbed.platform.paths import work_tree

PATH: Final = "/usr/local/bin:/usr/bin:/bin"
TITLE: Final = "feat: count parcels in the greeting"


@dataclass(frozen=True, slots=True)
class Break:
    """What is put behind a line of a file."""

    file: str
    after: str
    lines: str


BREAKS: Final = {
    "node-http-service": Break(
        "src/app.js",
        "async function greet(app) {\n",
        "  app.parcels = (app.parcels ?? 0) + 1;\n"
        '  if (app.parcels % 2 === 0) return problem(500, "The till has no such parcel");\n',
    ),
    "python-http-service": Break(
        "service/app.py",
        "    def greet() -> Response:\n",
        '        app.config["PARCELS"] = app.config.get("PARCELS", 0) + 1\n'
        '        if app.config["PARCELS"] % 2 == 0:\n'
        '            raise LookupError("the till has no such parcel")\n',
    ),
}


def path_for() -> str:
    """The golden path that starts fastest here: Node's needs nothing downloaded, where services find Node."""
    return "node-http-service" if shutil.which("node", path=PATH) else "python-http-service"


def break_it(folder: Path, path: str) -> str:
    """Commit and push the bad change; answers the commit."""
    how = BREAKS[path]
    file = folder / how.file
    text = file.read_text()
    if how.after not in text:
        raise Unavailable(f"{how.file} of {path} is not as the tour knows it.", remedy="Update Roadbed and its paths.")
    file.write_text(text.replace(how.after, how.after + how.lines, 1))
    _git(folder, "commit", "--quiet", "-am", TITLE)
    commit = _git(folder, "rev-parse", "HEAD").strip()
    work_tree.push(folder)
    return commit


def _git(folder: Path, *arguments: str) -> str:
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Roadbed's tour"), ("EMAIL", "tour@roadbed.invalid"))
    }
    done = subprocess.run(
        ["git", "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null", *arguments],
        cwd=folder,
        env=os.environ | who,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"git {arguments[0]} was refused: {done.stderr.strip()[-300:]}")
    return done.stdout
