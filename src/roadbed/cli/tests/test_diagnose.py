"""`roadbed diagnose` without a server: from files, in the terminal with a way back and out, as JSON and on paper."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from roadbed.cli.main import app
from roadbed.ground.errors import Invalid
from roadbed.organization.diagnostic.rules.questions import QUESTIONS
from roadbed.organization.diagnostic.rules.values import STEPS

BEST = [str(len(one.options)) if one.kind == STEPS else "0" if one.kind == "failures" else "100" for one in QUESTIONS]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["diagnose", *arguments], input=typed)


def written(home: Path, text: str, name: str = "answers.yaml") -> str:
    path = home / name
    path.write_text(text)
    return str(path)


def test_a_file_is_scored_as_the_reference_says(home: Path):
    text = "about: {engineers: 74, platform_heads: 6}\nanswers:\n  1: 5\n  2: daily\n  3: 5\n  5: 12.5\n  6: 5\n"
    done = run("--answers", written(home, text), "--json")
    told = json.loads(done.stdout)
    sides = {one["key"]: (one["score"], one["confidence"]) for one in told["dimensions"]}
    assert done.exit_code == 0
    assert sides["throughput"] == (8.0, "medium")
    assert sides["stability"] == (7.88, "low")
    assert sides["sre"] == (None, None)
    assert told["overall"] == {"score": None, "why": "No score of Cognitive load, SRE, Platform"}
    assert told["weakest"] == {"dimensions": ["stability"], "name": "Stability"}
    assert (told["change_fail_rate"]["value"], told["change_fail_rate"]["score"]) == (12.5, 6.75)
    assert told["deployment_frequency"]["answer"] == "About once a day"
    assert told["advice"]["stage"]["rule"] == "stage.40-80"
    assert [one["number"] for one in told["questions"]] == list(range(1, 21))


def test_the_example_of_the_page_that_tells_how_is_scored(home: Path):
    page = Path(__file__).parents[4] / "docs/how-to/take-the-diagnostic.md"
    example = page.read_text().split("```yaml\n")[1].split("```")[0]
    told = json.loads(run("--answers", written(home, example), "--json").stdout)
    values = {one["key"]: one["value"] for one in told["questions"]}
    assert (values["lead_time"], values["deployment_frequency"], values["change_fail_rate"], values["toil"]) == (
        "hour-to-day", "daily", 12.5, None,
    )  # fmt: skip


def test_a_previous_stage_holds_at_an_edge(home: Path):
    file = written(home, "about: {engineers: 85}\nanswers: {}\n")

    def stage(*more: str) -> str:
        return json.loads(run("--answers", file, "--json", *more).stdout)["advice"]["stage"]["stage"]

    assert (stage(), stage("--previous-stage", "40-80")) == ("80-150", "40-80")


def test_five_files_show_medians_and_four_show_nothing(home: Path):
    files = [written(home, f"answers: {{5: {percent}}}", f"{percent}.yaml") for percent in (5, 10, 15, 20, 30)]

    def rate(many: list[str]) -> dict[str, object]:
        arguments = [part for file in many for part in ("--answers", file)]
        return json.loads(run(*arguments, "--json").stdout)["change_fail_rate"]

    five = rate(files)
    assert (five["value"], five["score"], five["low"], five["high"], five["n"]) == (15, 6.0, 5.0, 7.5, 5)
    four = rate(files[:4])
    assert (four["value"], four["score"], four["n"], four["answer"]) == (None, None, None, "Under 5 answers")


def test_a_fault_names_file_line_and_question(home: Path):
    done = run("--answers", written(home, "answers:\n  toil: 70\n"))
    assert isinstance(done.exception, Invalid)
    assert done.exception.place.line == 2
    assert "Question 15, toil" in done.exception.detail


def test_the_template_is_a_file_of_answers(home: Path):
    file = written(home, run("--template").stdout)
    told = json.loads(run("--answers", file, "--json").stdout)
    assert told["weakest"]["name"] is None


def test_it_asks_keeps_what_was_answered_and_goes_on(home: Path):
    left = run(typed="\n".join([*BEST[:3], "", "b", "6", "q"]))
    assert left.exit_code == 1
    kept = home / "state/roadbed/diagnostic.json"
    assert kept.stat().st_mode & 0o077 == 0
    assert list(json.loads(kept.read_text())["answers"]) == ["lead_time", "deployment_frequency", "recovery_time"]
    assert "Write a number from 0 to 100." in left.stderr
    rest = [*BEST[3:], "74", "?", "Storefront, DevOps", "0", "-", "n", "6", "y", "y", "n", "80", "y"]
    done = run("--json", typed="\n".join(rest) + "\n")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["overall"]["score"], told["first"]) == (10.0, [])
    assert [one["rule"] for one in told["advice"]["patterns"]] == ["wall.devops-team"]
    again = run("--restart", typed="q\n")
    assert "question 1 of 20" in again.stderr


def test_the_input_that_ends_early_loses_nothing(home: Path):
    done = run(typed="5\n")
    assert done.exit_code == 1
    assert "Go on with the same command" in done.stderr
    assert "question 2 of 20" in run(typed="q\n").stderr


def test_the_report_on_paper_stands_alone_and_escapes_what_was_told(home: Path):
    text = "about: {engineers: 60, open_roles: ['<b>DevOps</b>']}\nanswers: {18: 20}\n"
    paper = home / "report.html"
    done = run("--answers", written(home, text), "--html", str(paper))
    assert done.exit_code == 0, done.stderr
    html = paper.read_text()
    assert "&lt;b&gt;DevOps&lt;/b&gt;" in html
    assert "<b>DevOps</b>" not in html
    assert re.findall(r"(?:src|href)=|<script|url\(", html) == []
    assert "No data" in html
    assert "Written to" in done.stderr
    refused = run("--answers", written(home, text), "--html", str(home / "nowhere" / "report.html"))
    assert isinstance(refused.exception, Invalid)


def test_the_terminal_shows_the_weakest_side_and_what_to_do(home: Path):
    text = "answers: {13: 10, 14: nothing, 15: over-50, 16: 0, 5: 2, 6: 2, 7: always}\nabout: {engineers: 8}\n"
    shown = run("--answers", written(home, text)).stdout
    assert "Your weakest side is SRE." in shown
    assert "Let a spent budget change the plan" in shown
    assert "stage.under-15" in shown
    assert "Unknown" not in shown.split("What to do first")[0]
