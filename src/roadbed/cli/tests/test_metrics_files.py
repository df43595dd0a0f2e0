"""`roadbed metrics events` as it is typed: what it prints, what it refuses, with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.ground.errors import Invalid, NotFound

PRODUCTION = {"environment": {"id": "production"}, "artifactId": "pkg:oci/shop@1"}


def deployed(day: int, service: str = "shop") -> str:
    context = {
        "id": f"{service}{day}", "source": "/ci", "type": "dev.cdevents.service.deployed.0.1.1",
        "timestamp": f"2026-03-{day:02}T10:00:00Z",
    }  # fmt: skip
    return json.dumps({"context": context, "subject": {"id": service, "content": PRODUCTION}})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    told = tmp_path / "events.jsonl"
    told.write_text("\n".join([deployed(2), deployed(9), deployed(9), deployed(29)]))
    return told


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["metrics", "events", *words])


def test_figures_are_printed_for_people_and_machines(file: Path):
    shown = run(str(file))
    assert shown.exit_code == 0, shown.output
    assert "From 2026-03-02 to 2026-03-30" in shown.stdout
    assert "4 events, 1 told more than once" in shown.stdout
    (row,) = json.loads(run(str(file), "--json").stdout)
    assert (row["service"], row["deployments"], row["deployment_frequency_per_week"]) == ("shop", 3, 0.75)
    assert run("-", "--json").stdout == "[]\n"


def test_windows_in_a_row_and_as_of_an_instant(file: Path):
    weeks = json.loads(run(str(file), "--from", "2026-03-02", "--window", "1w", "--json").stdout)
    assert [one["deployments"] for one in weeks] == [1, 1, 0, 1]
    assert weeks[2]["deployment_frequency_per_week"] is None
    (past,) = json.loads(run(str(file), "--at", "2026-03-16T00:00:00Z", "--json").stdout)
    assert (past["deployments"], past["window"]["end"]) == (2, "2026-03-16T00:00:00Z")


def test_figures_were_printed_and_a_line_was_not_read(file: Path):
    file.write_text(file.read_text() + "\noops\n")
    shown = run(str(file), "--json")
    assert shown.exit_code == 3
    assert json.loads(shown.stdout)[0]["deployments"] == 3
    assert f"{file}:5: no JSON" in shown.stderr
    assert "remedy: Write one whole JSON object a line." in shown.stderr
    file.write_text("oops")
    assert run(str(file)).exit_code == 1


def test_owners_come_from_a_catalogue(file: Path, tmp_path: Path):
    catalog = tmp_path / "catalog-info.yaml"
    catalog.write_text(
        "kind: Component\nmetadata: {name: shop}\nspec: {owner: group:default/payments, system: checkout}\n"
        "---\nkind: API\n"
    )
    for by, name in (("team", "payments"), ("system", "checkout")):
        (row,) = json.loads(run(str(file), "--by", by, "--catalog", str(catalog), "--json").stdout)
        assert (row["service"], row[by], row["deployments"]) == (None, name, 3)
    catalog.write_text("a: [")
    assert isinstance(run(str(file), "--catalog", str(catalog)).exception, Invalid)


def test_holidays_may_be_a_file_and_need_working_hours(file: Path, tmp_path: Path):
    days = tmp_path / "days"
    days.write_text("2026-12-25 # a day off\n\n")
    hours = ["--working-hours", "09:00-17:00", "--holiday", str(days)]
    assert "in working hours: 09:00-17:00" in run(str(file), *hours).stdout
    assert isinstance(run(str(file), "--holiday", "2026-12-25").exception, Invalid)


@pytest.mark.parametrize("words", [("--by", "person"), ("--window", "long"), ("--working-hours", "all day")])
def test_what_is_no_option_is_refused_with_a_remedy(file: Path, words: tuple[str, ...]):
    refused = run(str(file), *words).exception
    assert isinstance(refused, Invalid)
    assert refused.remedy


def test_what_is_no_text_is_refused(tmp_path: Path):
    assert isinstance(run(str(tmp_path / "nowhere")).exception, NotFound)
    file = tmp_path / "packed"
    file.write_bytes(b"\x1f\x8b\x08\x00\xff\xfe")
    assert isinstance(run(str(file)).exception, Invalid)
