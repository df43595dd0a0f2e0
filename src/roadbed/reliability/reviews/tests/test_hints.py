"""Hints where they are shown: on the review's page, over HTTP, and offline by `roadbed review check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Invalid
from roadbed.ground.people.models import Person
from roadbed.reliability.reviews import factoring, usecases
from roadbed.reliability.reviews.tests.conftest import ACTION, NOW, Cast

REVIEW = """\
# INC-7

## Timeline
- 10:02 Mara Lindqvist restarted the wrong broker.

## Causes
The broker lost its lease. Root cause: human error.

## Actions
- The deploy tool shows the target.
"""


def check(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["review", "check", *map(str, words)], input=text)


@pytest.mark.django_db(databases=["default", "samples"])
def test_a_draft_shows_hints_and_is_published_all_the_same(cast: Cast, client: Client):
    cast.drafted()
    cast.ready()
    sense = "The plan had worked. Mara Lindqvist broke it; she should have known."
    usecases.write_sections(cast.mara, "214", sections={"sense": sense}, now=NOW)
    factoring.name_factor(cast.mara, "214", text="Somebody was careless", kind="process", now=NOW)
    weak = {"text": "Cap the queue at 10,000", "evidence": "Looks fine"}
    usecases.add_action(cast.mara, "214", **(ACTION | weak), now=NOW)
    found = door_of("dele@kestrel.example", "viewer").get("/reviews/INC-214/hints").body
    assert [(one["where"], one["kind"]) for one in found] == [
        ("sense", "names_person"), ("F3", "judgement"), ("A2", "no_evidence"),
    ]  # fmt: skip
    assert found[0]["words"] == "Mara Lindqvist"
    client.force_login(Person.objects.get(uid=cast.mara.uid))
    main = client.get("/reviews/INC-214").content.decode()
    assert "3 hints" in main
    assert found[0]["hint"] in main
    usecases.publish(cast.mara, "214", now=NOW)
    assert "Wording and actions" not in client.get("/reviews/INC-214").content.decode()


def test_a_review_is_checked_offline_by_line_and_part(tmp_path: Path):
    file = tmp_path / "review.md"
    file.write_text(REVIEW)
    done = check(file, "--json")
    assert done.exit_code == 0
    (row,) = json.loads(done.stdout)
    assert (row["line"], row["section"], row["kind"]) == (7, "causes", "human_error_leaf")
    assert row["text"] == "Root cause: human error."
    assert "what let it through" in row["hint"]
    assert check(file, "--strict").exit_code == 1
    assert len(json.loads(check(file, "--all", "--json").stdout)) == 4
    assert "review.md:7" in check(file).stdout.replace("\n", "")


def test_lines_of_json_are_sentences_or_actions(tmp_path: Path):
    file, people = tmp_path / "cases.jsonl", tmp_path / "people.json"
    people.write_text('["Mara Lindqvist"]')
    rows = [
        {"id": "a", "text": "Mara broke it.", "section": "causes"},
        {"id": "b", "action": "Be careful", "owner": "Mara Lindqvist", "evidence": None, "factor": {"text": "x"}},
        {"id": "c", "action": "Cap it at 10", "owner": "Nobody Known", "evidence": "Load test", "factor": "x"},
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    found = json.loads(check(file, "--people", people, "--json").stdout)
    assert [(row["id"], row["check"], row["kind"]) for row in found] == [
        ("a", "blame", "names_person"), ("b", "action", "train_or_be_careful"), ("c", "action", "no_owner"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"), [("[1]", "no JSON object"), ('{"a": 1}', "neither"), ("{", "no JSON object")]
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, said: str):
    file = tmp_path / "cases.jsonl"
    file.write_text(f'{{"text": "Fine."}}\n{text}\n')
    fault = check(file).exception
    assert isinstance(fault, Invalid)
    assert said in fault.detail
    assert str(fault.place) == f"{file}:2"
