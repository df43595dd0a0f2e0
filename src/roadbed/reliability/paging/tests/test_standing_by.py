"""Who stands by, and holidays of countries: read from the file, followed by pages, told of when missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roadbed.cli.main import app
from roadbed.ground.errors import Invalid
from roadbed.reliability.paging.rules.schedules.covering import CLASH, NO_SECOND, TWICE, UNREACHABLE, gaps
from roadbed.reliability.paging.rules.schedules.following import order_of
from roadbed.reliability.paging.rules.schedules.reading import read
from roadbed.reliability.paging.rules.schedules.renaming import renamed
from roadbed.reliability.paging.rules.schedules.rendering import render

FILE = """\
zone: Europe/Stockholm
layers:
  - {name: first, starts: 2026-06-01, people: [mara@x.example, dele@x.example, ines@x.example]}
second:
  - {name: stand-by, starts: 2026-06-01, people: [dele@x.example, hanne@x.example]}
leave:
  - {person: hanne@x.example, from: 2026-06-10, to: 2026-06-10}
"""
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)
WEEK = timedelta(days=7)


def test_whoever_stands_by_is_paged_before_the_turns_to_come():
    schedule = read(FILE)
    assert order_of(schedule, MONDAY, fewest=3).people == ("mara@x.example", "dele@x.example", "ines@x.example")
    assert order_of(schedule, MONDAY + WEEK, fewest=3).people == (
        "dele@x.example", "hanne@x.example", "ines@x.example", "mara@x.example",
    )  # fmt: skip
    without = read(FILE.replace("second:", "overrides: []\nlayers2:").split("layers2")[0])
    assert order_of(without, MONDAY + WEEK).people[1] == "ines@x.example"


def test_it_partitions_time_on_its_own_and_shares_leave():
    standing = read(FILE).standing_by
    assert standing is not None
    slots = render(standing, MONDAY, MONDAY + 4 * WEEK).slots
    assert all(one.end == two.start for one, two in pairwise(slots))
    assert (slots[0].start, slots[-1].end) == (MONDAY, MONDAY + 4 * WEEK)
    away = datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert [slot.person for slot in slots if slot.start <= away < slot.end] == [None]
    assert read(FILE.split("second:", maxsplit=1)[0]).standing_by is None


def test_a_lint_tells_of_nobody_of_the_same_person_and_of_whoever_is_unreachable():
    found = gaps(read(FILE), MONDAY, ahead=3 * WEEK, reachable={"mara@x.example", "dele@x.example", "ines@x.example"})
    assert {gap.rule for gap in found} == {NO_SECOND, UNREACHABLE}
    assert {gap.person for gap in found if gap.rule == UNREACHABLE} == {"hanne@x.example"}
    twice = gaps(read(FILE.replace("people: [dele@x.example, hanne", "people: [mara@x.example, hanne")), MONDAY)
    assert [(gap.rule, gap.person) for gap in twice] == [(TWICE, "mara@x.example")]
    assert CLASH not in {gap.rule for gap in found}


def test_it_is_renamed_with_the_rest_and_counted_among_its_people():
    schedule = renamed(read(FILE), {"hanne@x.example": "H"})
    assert "H" in schedule.people
    assert schedule.second[0].people == ("dele@x.example", "H")


def test_two_layers_of_one_name_are_told_with_the_line_of_the_second():
    with pytest.raises(Invalid) as refusal:
        read(FILE.replace("stand-by", "first"), "rota.yaml")
    assert (refusal.value.place.line, "Two layers" in refusal.value.detail) == (5, True)


def test_holidays_of_a_country_and_of_a_part_of_one():
    base = "layers:\n  - {starts: 2026-06-01, people: [a@x.example], on_holidays: false}\n"
    swedish, bavarian = (read(f"{base}country: {code}\n").holidays for code in ("SE", "DE-BY"))
    assert date(2026, 6, 6) in swedish
    assert {date(2026, 6, 4), date(2027, 1, 6)} <= set(bavarian)
    both = read(f"{base}country: [SE, DE-BY]\nholidays: [2026-07-01]\n").holidays
    assert set(both) == {*swedish, *bavarian, date(2026, 7, 1)}
    slots = render(read(f"{base}country: SE\n"), datetime(2026, 6, 5, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC))
    assert [slot.person for slot in slots.slots] == ["a@x.example", None, "a@x.example"]


@pytest.mark.parametrize("code", ["XX", "DE-XX", "Sweden!", "1"])
def test_a_country_that_is_not_known_is_refused_with_its_line(code: str):
    with pytest.raises(Invalid) as refusal:
        read(f"layers:\n  - {{starts: 2026-06-01, people: [a@x.example]}}\ncountry: {code}\n", "rota.yaml")
    assert (refusal.value.place.line, "ISO 3166" in refusal.value.remedy) == (3, True)


def test_the_command_shows_who_stands_by(tmp_path: Path):
    file = tmp_path / "rota.yaml"
    file.write_text(FILE)
    said = ["oncall", "preview", str(file), "--from", "2026-06-02", "--to", "2026-06-03", "--second", "--json"]
    assert [row["person"] for row in json.loads(CliRunner().invoke(app, said).stdout)] == ["dele@x.example"]
    file.write_text(FILE.split("second:", maxsplit=1)[0])
    assert isinstance(CliRunner().invoke(app, said).exception, Invalid)
