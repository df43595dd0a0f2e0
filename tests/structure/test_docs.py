"""Docs that keep up: the generated reference is what the code says, and every link leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


def page_name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def test_the_generated_reference_is_what_the_code_says():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "ROADBED"))}
    command = [sys.executable, "tools/reference.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_every_link_of_a_page_leads_somewhere(path: Path):
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=page_name)
def test_every_command_that_a_page_shows_exists(path: Path):
    reference = (REPOSITORY / "docs" / "reference" / "commands.md").read_text()
    known = set(re.findall(r"^## roadbed (.+)$", reference, flags=re.MULTILINE))
    starts = {name.split()[0] for name in known}
    shown = re.findall(
        r"(?:^|`|\| |&& )roadbed ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", path.read_text(), flags=re.MULTILINE
    )
    unknown = [f"{first} {second}".strip() for first, second in shown if first not in starts]
    nouns = {name.split()[0] for name in known if " " in name}
    # A noun may have a noun under it, as in `roadbed slo exclusion add`.
    pairs = {" ".join(name.split()[:2]) for name in known}
    unknown += [f"{a} {b}" for a, b in shown if a in nouns and b and f"{a} {b}" not in pairs and a not in known]
    assert unknown == []
