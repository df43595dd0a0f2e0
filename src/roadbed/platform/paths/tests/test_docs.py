"""What the docs say of golden paths is what the code does, and the example path in them works."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import yaml

from roadbed.platform.paths.materialise import materialise, read
from roadbed.platform.paths.rendering import preview

from .conftest import Paths

DOCS = Path(__file__).parents[5] / "docs"
REFERENCE = (DOCS / "reference" / "golden-paths.md").read_text()
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_reference_lists_every_question_and_no_other(bundled: Paths):
    asked = {
        name
        for path in bundled.values()
        for name, question in yaml.safe_load(read(path, "copier.yml")).items()
        if not name.startswith("_") and question.get("when") is not False
    }
    section = REFERENCE.split("## Questions")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == asked


def test_the_reference_lists_every_annotation_that_the_paths_write(bundled: Paths):
    answers = {"service_name": "checkout", "owner": "team-payments"}
    written = set()
    for path in bundled.values():
        entry = next(file.text for file in preview(path, answers) if file.path == "catalog-info.yaml")
        written |= set(yaml.safe_load(entry)["metadata"]["annotations"])
    section = REFERENCE.split("## Annotations")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(roadbed\.dev/[\w-]+)` \|", section, re.MULTILINE)) == written


def test_the_reference_lists_every_file_that_both_paths_make_around_the_code(bundled: Paths):
    answers = {"service_name": "checkout", "owner": "team-payments"}
    section = REFERENCE.split("| File | Holds |")[1].split("What the code does")[0]
    listed = [name for name in re.findall(r"^\| `([^`]+)`", section, re.MULTILINE) if not name.startswith("flags")]
    for path in bundled.values():
        made = {file.path for file in preview(path, answers)}
        assert set(listed) <= made


def test_the_example_of_the_how_to_is_a_path_that_renders(tmp_path: Path):
    page = (DOCS / "how-to" / "add-a-golden-path.md").read_text()
    described, configured = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    source = tmp_path / "my-path"
    (source / "template").mkdir(parents=True)
    (source / "path.yaml").write_text(described)
    (source / "copier.yml").write_text(configured)
    (source / "template" / "run.yml.jinja").write_text("name: [[ service_name ]]\ntoken: ${{ secrets.TOKEN }}\n")
    path = materialise(source, tmp_path / "paths", now=NOW)
    (file,) = preview(path, {"service_name": "try", "owner": "team-a"})
    assert (path.version, file.path) == ("v1.0.0", "run.yml")
    assert file.text == "name: try\ntoken: ${{ secrets.TOKEN }}\n"
