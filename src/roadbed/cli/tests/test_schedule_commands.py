"""`roadbed oncall preview` and `lint`: a file and a span in, an exact partition or a clear refusal out, offline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from roadbed.cli.main import app
from roadbed.ground.errors import Invalid, NotFound
from roadbed.reliability.paging.rules.schedules.reading import read

DOCS = Path(__file__).parents[4] / "docs"
PAGES = (DOCS / "reference" / "on-call-schedules.md", DOCS / "how-to" / "write-an-on-call-schedule.md")
EXAMPLES = [text for page in PAGES for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), flags=re.DOTALL)]
SPAN = ("--from", "2026-06-12", "--to", "2026-06-15")
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
DTSTAMP:20260601T000000Z
DTSTART;VALUE=DATE:20260612
DTEND;VALUE=DATE:20260613
SUMMARY:@Mara@Kestrel.example
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260601T000000Z
DTSTART:20260613T100000Z
DTEND:20260613T110000Z
SUMMARY:Team lunch
END:VEVENT
END:VCALENDAR
"""


def oncall(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["oncall", *map(str, words)], input=text)


def test_preview_prints_an_exact_partition_in_utc():
    done = oncall("preview", "-", *SPAN, "--json", text=EXAMPLES[0])
    rows = json.loads(done.stdout)
    assert rows[0] == {
        "start": "2026-06-12T00:00:00Z", "end": "2026-06-12T07:00:00Z",
        "person": "dele@kestrel.example", "layer": "week",
    }  # fmt: skip
    assert rows[-1]["end"] == "2026-06-15T00:00:00Z"
    assert [row["start"] for row in rows[1:]] == [row["end"] for row in rows[:-1]]
    assert "override" in {row["layer"] for row in rows}
    early = json.loads(
        oncall("preview", "-", "--from", "2026-01-01", "--to", "2026-01-02", "--json", text=EXAMPLES[0]).stdout
    )
    assert early == [{"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "person": None, "layer": None}]


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_schedule_of_the_docs_is_sound_and_covers_its_summer(text: str):
    assert read(text, "docs.yaml").layers
    assert oncall("lint", "-", "--from", "2026-06-08T09:00Z", text=text).exit_code == 0


def test_lint_ends_with_1_and_names_what_is_wrong(tmp_path: Path):
    file = tmp_path / "s.yaml"
    file.write_text(EXAMPLES[1])
    leave = tmp_path / "leave.ics"
    leave.write_text(CALENDAR)
    done = oncall(
        "lint", file, "--from", "2026-06-11", "--leave", leave, "--reachable", "dele@kestrel.example", "--json"
    )
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert [(row["rule"], row["person"], row["start"]) for row in found] == [
        ("no-verified-channel", "mara@kestrel.example", "2026-06-11T00:00:00Z"),
        ("leave-clash", "mara@kestrel.example", "2026-06-11T22:00:00Z"),
    ]
    assert "Team lunch" in done.stderr


def test_a_calendar_comes_out_as_events_in_utc_and_is_read_again(tmp_path: Path):
    done = oncall("preview", "-", *SPAN, "--ical", text=EXAMPLES[0])
    rows = json.loads(oncall("preview", "-", *SPAN, "--json", text=EXAMPLES[0]).stdout)
    assert done.stdout.count("BEGIN:VEVENT") == len(rows)
    assert "DTSTART:20260613T070000Z" in done.stdout
    again = tmp_path / "again.ics"
    again.write_text(done.stdout.replace(r"\, on call for tracking", ""))
    read_again = json.loads(oncall("preview", "-", *SPAN, "--json", "--overrides", again, text=EXAMPLES[0]).stdout)
    assert [(row["start"], row["person"]) for row in read_again] == [(row["start"], row["person"]) for row in rows]
    assert {row["layer"] for row in read_again} == {"override"}


def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path):
    file = tmp_path / "s.yaml"
    file.write_text(EXAMPLES[1].replace("fri 09:00", "mon 09:00"))
    for words, kind, place in (
        (("preview", file), Invalid, f"{file}:4, field layers[0].starts"),
        (("preview", tmp_path / "none.yaml"), NotFound, str(tmp_path / "none.yaml")),
        (("preview", file, "--from", "noon"), Invalid, "field --from"),
        (("preview", file, "--from", "2026-06-02", "--to", "2026-06-01"), Invalid, "field --to"),
    ):
        caught = oncall(*words).exception
        assert isinstance(caught, kind)
        assert place in str(caught.place)
        assert caught.remedy
    file.write_text(EXAMPLES[1])
    calendar = tmp_path / "c.ics"
    calendar.write_text("no calendar")
    caught = oncall("preview", file, "--leave", calendar).exception
    assert isinstance(caught, Invalid)
    assert caught.place.file == str(calendar)
