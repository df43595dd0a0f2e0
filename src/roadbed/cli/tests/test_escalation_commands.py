"""`roadbed oncall escalation preview` and `lint`, offline: the files of the docs, and what is wrong with one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.ground.errors import Invalid
from roadbed.reliability.paging.rules.policies.reading import read

DOCS = Path(__file__).parents[4] / "docs"
PAGES = (DOCS / "reference" / "escalation-policies.md", DOCS / "how-to" / "write-an-escalation-policy.md")
EXAMPLES = [text for page in PAGES for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), flags=re.DOTALL)]
SCHEDULE = """\
zone: UTC
layers: [{name: week, starts: 2026-06-01, people: [mara@kestrel.example, dele@kestrel.example]}]
"""


def escalation(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["oncall", "escalation", *map(str, words)], input=text)


def test_every_example_of_the_docs_is_read():
    assert len(EXAMPLES) > 2
    assert all(read(text).high.steps for text in EXAMPLES)


def test_preview_names_people_by_the_schedules_file(tmp_path: Path):
    file = tmp_path / "schedule.yaml"
    file.write_text(SCHEDULE)
    text = "steps: [{page: on-call, wait: 5 min}, {page: [second, lead]}]\nrepeat: 0\n"
    done = escalation("preview", "-", "--schedule", file, "--at", "2026-06-03T02:10", "--json", text=text)
    rows = json.loads(done.stdout)
    assert [(row["at"], row["people"]) for row in rows[:3]] == [
        ("2026-06-03T02:10:00Z", ["mara@kestrel.example"]),
        ("2026-06-03T02:15:00Z", ["dele@kestrel.example", "team lead"]),
        ("2026-06-03T02:20:00Z", ["the administrators"]),
    ]
    assert "Pages" in escalation("preview", "-", text=text).stdout


def test_lint_ends_with_1_where_something_is_to_mend_and_names_line_and_remedy_of_faults():
    found = escalation("lint", "-", "--json", text="steps: [{page: on-call, wait: 5 min}]\nrepeat: 0\n")
    assert found.exit_code == 1
    assert [row["rule"] for row in json.loads(found.stdout)] == ["ends-early"]
    assert escalation("lint", "-", text=EXAMPLES[0]).exit_code == 0
    refused = escalation("lint", "-", text="steps:\n  - {page: on-call, wait: soon}\n")
    assert isinstance(refused.exception, Invalid)
    assert (refused.exception.place.line, "like 90 s" in refused.exception.remedy) == (2, True)
    assert escalation("preview").exit_code == 2


@pytest.mark.parametrize("text", ["steps: 3", "steps: [{page: []}]", "- a", "steps: [{page: on-call}]\nrepeat: true"])
def test_what_is_no_policy_is_refused(text: str):
    with pytest.raises(Invalid):
        read(text)
