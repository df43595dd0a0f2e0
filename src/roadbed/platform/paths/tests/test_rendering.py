"""A preview is what Copier itself would make, quickly; hostile answers stay text or are refused."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.platform.paths import fast_rendering
from roadbed.platform.paths.materialise import BUNDLED, materialise, read
from roadbed.platform.paths.rendering import preview, read_files, render
from roadbed.platform.paths.rules import check_answers
from roadbed.platform.paths.rules import describe as described

from .conftest import Paths

PATHS = ("python-http-service", "node-http-service")
ANSWERS = {"service_name": "checkout", "owner": "team-payments"}
HOSTILE = [
    "{{7*7}} [[ 7*7 ]] [% raw %] ${{ secrets.TOKEN }}",
    "'; DROP TABLE services; --",
    "quotes \" and ' and \\ and `backticks` $(id)",
    "key: value # no comment",
    "- a list? [x] {y} & *anchor !tag |",
    "Größe ≠ Länge, 日本語 🚚",
    "]] %] #]",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_preview_is_byte_for_byte_what_copier_makes(bundled: Paths, name: str, tmp_path: Path):
    path = bundled[name]
    answers = {**ANSWERS, "description": HOSTILE[0], "latency_ms": 1000}
    copier.run_copy(
        str(path.repository), tmp_path / "plain", data=answers, vcs_ref=path.version, defaults=True, quiet=True
    )
    assert preview(path, answers) == read_files(tmp_path / "plain")


@pytest.mark.parametrize("name", PATHS)
def test_the_same_answers_are_previewed_from_memory_and_others_within_half_a_second(bundled: Paths, name: str):
    preview(bundled[name], {**ANSWERS, "service_name": "warm-up"})
    began = time.perf_counter()
    first = preview(bundled[name], ANSWERS)
    assert time.perf_counter() - began < 0.5
    began = time.perf_counter()
    assert preview(bundled[name], dict(reversed(ANSWERS.items()))) is first
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("name", PATHS)
def test_the_bundled_paths_are_rendered_in_memory(bundled: Paths, name: str):
    assert len(fast_rendering.render(bundled[name], {**ANSWERS, "service_name": "in-memory"})) > 20


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("description", HOSTILE)
def test_a_hostile_description_stays_text(bundled: Paths, name: str, description: str):
    files = {file.path: file.text for file in preview(bundled[name], {**ANSWERS, "description": description})}
    entry = yaml.safe_load(files["catalog-info.yaml"])
    assert entry["metadata"]["description"] == description
    assert entry["metadata"]["name"] == "checkout"
    assert description in files["README.md"]
    assert yaml.safe_load(files[".roadbed-answers.yml"])["description"] == description


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("service_name", "../x"),
        ("service_name", "checkout\n"),
        ("service_name", "null"),
        ("owner", "a\nlifecycle: b"),
        ("owner", "{{7*7}}"),
        ("system", "a: b"),
        ("system", "shop\n"),
        ("description", "two\nlines"),
        ("description", "x" * 201),
        ("code_org", "a/../b"),
    ],
)
@pytest.mark.parametrize("name", PATHS)
def test_the_path_itself_refuses_what_would_break_its_files(bundled: Paths, name: str, question: str, answer: Any):
    with pytest.raises(Invalid) as refusal:
        preview(bundled[name], {**ANSWERS, question: answer})
    assert refusal.value.place.field == f"answers.{question}"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_description_is_refused_or_comes_back_from_yaml_unchanged(bundled: Paths, description: str):
    path = bundled["node-http-service"]
    try:
        files = {file.path: file.text for file in preview(path, {**ANSWERS, "description": description})}
    except Invalid:
        return
    assert yaml.safe_load(files["catalog-info.yaml"])["metadata"]["description"] == description


def test_rendering_leaves_the_answers_and_version_that_upgrading_needs(bundled: Paths, tmp_path: Path):
    path = bundled["python-http-service"]
    render(path, ANSWERS, tmp_path)
    remembered = yaml.safe_load((tmp_path / ".roadbed-answers.yml").read_text())
    assert (remembered["_commit"], remembered["_src_path"]) == (path.version, str(path.repository))
    assert (remembered["service_name"], remembered["workers"]) == ("checkout", 4)


@pytest.mark.parametrize("name", PATHS)
def test_every_question_of_a_path_reads_as_a_form_field(bundled: Paths, name: str):
    configured = yaml.safe_load(read(bundled[name], "copier.yml"))
    questions = described({}, configured, name=name).questions
    assert [question.name for question in questions][:3] == ["service_name", "owner", "description"]
    assert all(question.help.endswith((".", "?")) for question in questions)
    assert check_answers(questions, ANSWERS) == ANSWERS
    assert "availability_target" not in {question.name for question in questions}


# Copier leaves its listing of the folder open when a template breaks; the collector closes it.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("text", "words"),
    [("one\n[[ service_name\n", "cannot be rendered"), ("[[ nobody_asked ]]\n", "'nobody_asked' is undefined")],
)
def test_a_broken_template_is_refused_with_its_file(tmp_path: Path, text: str, words: str):
    source = tmp_path / "broken"
    (source / "template").mkdir(parents=True)
    shutil.copy(BUNDLED / "node-http-service" / "copier.yml", source)
    (source / "path.yaml").write_text("version: 1.0.0\n")
    (source / "template" / "README.md.jinja").write_text(text)
    path = materialise(source, tmp_path / "paths", now=datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(Invalid, match=words) as refusal:
        preview(path, ANSWERS)
    assert refusal.value.place.field == "path"


def test_a_template_in_conflict_with_itself_is_refused_with_the_file(tmp_path: Path):
    source = tmp_path / "twice"
    (source / "template").mkdir(parents=True)
    shutil.copy(BUNDLED / "node-http-service" / "copier.yml", source)
    (source / "path.yaml").write_text("version: 1.0.0\n")
    (source / "template" / "README.md").write_text("one\n")
    (source / "template" / "README.md.jinja").write_text("two\n")
    path = materialise(source, tmp_path / "paths", now=datetime(2026, 11, 23, tzinfo=UTC))
    for attempt in (lambda: preview(path, ANSWERS), lambda: render(path, ANSWERS, tmp_path / "out")):
        with pytest.raises(Invalid, match=r"makes README\.md twice") as refusal:
            attempt()
        assert refusal.value.place.file == "README.md"


def test_a_path_that_wants_to_run_something_is_refused(tmp_path: Path):
    source = tmp_path / "sly"
    (source / "template").mkdir(parents=True)
    (source / "copier.yml").write_text(f"_subdirectory: template\n_tasks: ['touch {tmp_path}/ran']\n")
    (source / "path.yaml").write_text("version: 1.0.0\n")
    (source / "template" / "README.md").write_text("hello\n")
    path = materialise(source, tmp_path / "paths", now=datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(Invalid, match="unsafe feature: tasks"):
        preview(path, {})
    assert not Path(tmp_path / "ran").exists()
