"""The watcher's mind: when it pages, again, and what one answer tells it; and its file with everything wrong in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.adapters.webhook.tests.receiver import receiver
from roadbed.config.watcher.__main__ import Watcher
from roadbed.config.watcher.reading import read
from roadbed.config.watcher.rules import Limits, Part, Seen, news, seen_of, stepped, told
from roadbed.ground.errors import Invalid

LIMITS = Limits(failures=3, recoveries=2, repeat=900)
GOOD, BAD, DARK = Seen(alive=True), Seen(alive=False, reason="silent"), Seen(None)


def lived(looks: list[Seen], *, every: float = 30.0) -> list[tuple[float, str]]:
    """What is told when, over looks at a regular distance, when everything told arrives."""
    part, said = Part(), []
    for number, seen in enumerate(looks):
        now = number * every
        part = stepped(part, seen, now=now, limits=LIMITS)
        if (one := news("pager", part, now=now, limits=LIMITS)) is not None:
            said.append((now, one.what))
            part = told(part, now=now)
    return said


def test_it_pages_after_failures_in_a_row_again_while_it_lasts_and_once_when_it_is_over():
    assert lived([GOOD, BAD, BAD, GOOD, BAD, BAD, BAD]) == [(180, "down")]
    assert lived([BAD] * 40 + [GOOD] * 4) == [(60, "down"), (960, "still down"), (1230, "up again")]


def test_what_cannot_be_seen_changes_nothing():
    assert lived([BAD, BAD, DARK, DARK, BAD]) == [(120, "down")]
    assert lived([BAD] * 3 + [GOOD, DARK, GOOD]) == [(60, "down"), (150, "up again")]


def test_what_nobody_could_be_told_is_told_again():
    part = Part()
    for number in range(5):
        part = stepped(part, BAD, now=number, limits=LIMITS)
    assert news("web", part, now=5, limits=LIMITS).what == "down"
    assert news("web", part, now=6, limits=LIMITS).what == "down"
    assert news("web", told(part, now=6), now=7, limits=LIMITS) is None


def test_a_clock_that_is_set_back_silences_nothing():
    part = replace(Part(), down=True, since=10_000.0, paged_at=10_000.0, owes=True)
    assert news("web", part, now=9_000, limits=LIMITS).what == "still down"


@given(st.lists(st.sampled_from([GOOD, BAD, DARK]), max_size=60))
def test_downs_and_ups_take_turns(looks: list[Seen]):
    words = [what for _, what in lived(looks) if what != "still down"]
    assert words == [("down", "up again")[place % 2] for place in range(len(words))]


def test_one_answer_tells_of_every_part():
    def alive(*asked: object) -> dict[str, bool | None]:
        return {name: seen.alive for name, seen in seen_of(*asked).items()}  # type: ignore[arg-type]

    assert alive(None, None, "refused") == {"web": False, "database": None, "pager": None}
    assert alive(500, None, "") == {"web": False, "database": None, "pager": None}
    down = {"parts": {"database": {"status": "down", "what": "OperationalError"}}}
    assert alive(503, down, "") == {"web": True, "database": False, "pager": None}
    silent = {"parts": {"database": {"status": "ok"}, "pager": {"status": "silent", "age_seconds": 61.0}}}
    assert alive(503, silent, "") == {"web": True, "database": True, "pager": False}
    assert "61 s" in seen_of(503, silent, "")["pager"].reason


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "roadbed"),
        ('[roadbed]\nurl = "http://127.0.0.1:1"', "page"),
        ('[roadbed]\nurl = "nowhere"\n[[page]]\nkind = "webhook"\naddress = "http://h/"', "url"),
        ('[roadbed]\nurl = "http://h"\nevery = 0\n[[page]]\nkind = "webhook"\naddress = "http://h/"', "every"),
        ('[roadbed]\nurl = "http://h"\nevry = 1\n[[page]]\nkind = "webhook"\naddress = "http://h/"', "evry"),
        ('[roadbed]\nurl = "http://h"\n[[page]]\nkind = "pigeon"', "page 1"),
        ('[roadbed]\nurl = "http://h"\n[[page]]\nkind = "smtp"\naddress = "a@b"', "page 1, server"),
        ("[roadbed", ""),
    ],
)
def test_a_file_with_a_fault_is_refused_where_it_is(tmp_path: Path, text: str, field: str):
    file = tmp_path / "watch.toml"
    file.write_text(text)
    with pytest.raises(Invalid) as caught:
        read(file)
    assert caught.value.place.field == field
    assert caught.value.remedy


def test_one_way_that_works_suffices_and_a_new_process_remembers(tmp_path: Path):
    file = tmp_path / "watch.toml"
    with receiver() as hook:
        file.write_text(
            f'[roadbed]\nurl = "http://127.0.0.1:9"\nfailures = 1\n[[page]]\nkind = "webhook"\naddress = "{hook.url}"\n'
            'secret = "shh"\n[[page]]\nkind = "webhook"\naddress = "http://127.0.0.1:9/"\n'
        )
        Watcher(read(file)).round(now=1000)
        Watcher(read(file)).round(now=1030)
        (page,) = hook.requests
    assert page.signed_by("shh")
    assert page.json["subject"] == "Roadbed: web is down"
    assert page.json["data"]["parts"] == {"web": "down"}
