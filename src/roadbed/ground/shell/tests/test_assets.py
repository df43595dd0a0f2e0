"""What is vendored is what its manifest says, with a licence beside it; what is ours refers to nothing outside."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

STATIC = Path(__file__).resolve().parents[1] / "static/shell"
MANIFEST = json.loads((STATIC / "vendor/manifest.json").read_text())


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_of_its_manifest(entry: dict[str, Any]):
    content = (STATIC / "vendor" / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    for licence in entry["licences"]:
        assert (STATIC / "vendor" / licence).stat().st_size > 100


def test_every_vendored_file_is_in_the_manifest():
    files = {path.name for path in (STATIC / "vendor").iterdir() if path.is_file()} - {"manifest.json"}
    assert files == {entry["file"] for entry in MANIFEST}


@pytest.mark.parametrize("name", ["roadbed.css", "portal.js", "charts.js", "emblem.svg"])
def test_our_own_files_fetch_nothing_from_elsewhere(name: str):
    text = (STATIC / name).read_text().replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in text
    assert "https://" not in text


def test_every_file_that_the_stylesheet_names_is_there():
    for name in re.findall(r'url\("?\./([^")]+)"?\)', (STATIC / "roadbed.css").read_text()):
        assert (STATIC / name).is_file(), name
