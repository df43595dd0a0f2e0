"""Counts from sources: an objective's past filled when it is first seen, then followed, through faults and restarts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.cli.pushing import reached
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.counts import Abilities, Answer, Counted, CountQuery, SourceFailed, Trouble
from roadbed.reliability.objectives import pulling, queries, store, usecases
from roadbed.reliability.objectives.models import Pull
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, SLO, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LAST = minute_of(NOW)


def counted_slo(name: str = "answered", *, bad: str = 'x{code="500"}', total: str = "x", window: str = "2h") -> str:
    text = SLO.format(
        name=name,
        title="Requests answered",
        service="checkout",
        kind="prometheus",
        good=f"{{query: 'sum({bad})'}}",
        total=f"{{query: 'sum({total})'}}",
        target="0.999",
    )
    return text.replace("good:", "bad:").replace("30d", window)


@dataclass
class Counter:
    """A source that knows what the test lets it know."""

    minutes: dict[int, tuple[int, int]] = field(default_factory=dict)
    abilities: Abilities = field(default_factory=lambda: Abilities(chunk=30, settles=120.0))
    fault: str = ""
    partial: bool = False
    ahead: float = 0.0
    now: float = NOW.timestamp()
    asked: list[tuple[int, int, int]] = field(default_factory=list)

    def read(self, asked: Sequence[CountQuery], *, first: int, until: int) -> Answer:
        self.asked.append((first, until, len(asked)))
        if self.fault:
            raise SourceFailed(self.fault, "Mend it.")
        if self.partial:
            part = Counted(trouble=Trouble("In part."), settled=False)
            return Answer({one.key: part for one in asked}, self.now)
        known = {minute: pair for minute, pair in self.minutes.items() if first <= minute < until}
        trouble = None if known else Trouble("It has no series.")
        return Answer({one.key: Counted(known, trouble) for one in asked}, self.now + self.ahead)

    def find(self, kind: str, *, name: str = "", url: str = "") -> Counter:
        assert (kind, name, url) == ("prometheus", "", "")
        return self


@pytest.fixture
def counter(house: House) -> Counter:
    one = Counter()
    board.provide("count_sources", lambda: one)
    return one


def define(text: str) -> None:
    usecases.apply(HANNE, "checkout", text=text, now=NOW)


def follow(house: House, counter: Counter, *, seconds: float = 0) -> pulling.Pulled:
    house.now += timedelta(seconds=seconds)
    counter.now = house.now.timestamp()
    done = pulling.follow(ROADBED, now=house.now)
    for job in Job.objects.filter(name="objectives.fill", state=Job.WAITING):
        pulling.fill(ROADBED, job.payload["series"], now=house.now)
        job.delete()
    house.tick(0)
    return done


def only(house: House) -> queries.ObjectiveView:
    (view,) = queries.objectives_of(house.checkout)
    return view


def stored() -> dict[int, tuple[int, int]]:
    """What each measured minute holds by itself, from the sums."""
    ((series, head),) = store.heads().items()
    minutes = range(head.head.first, head.head.minute + 1)
    held = store.until({series: head}, [head.head.first - 1, *minutes])[series]
    own = {minute: held[minute] - held[minute - 1] for minute in minutes}
    return {minute: (one.good, one.total) for minute, one in own.items() if one.measured}


def test_the_past_is_filled_in_pieces_and_then_followed(house: Any, counter: Any):
    counter.minutes = {LAST - back: (9, 10) for back in range(1, 121)}
    define(counted_slo())
    assert follow(house, counter).filling == 1
    pull = Pull.objects.using("samples").get()
    assert (pull.first, pull.cursor, pull.filled_at) == (LAST - 120, LAST - 30, NOW)
    assert [until - first for first, until, _ in counter.asked] == [30, 30, 30]
    assert follow(house, counter).followed == 1
    assert stored() == {minute: pair for minute, pair in counter.minutes.items() if minute >= LAST - 120}
    view = only(house)
    assert (view.total, view.bad, view.problem) == (1190, 119, "")
    assert view.measured_by == (
        'Counted by prometheus: sum(increase(x)), of which sum(increase(x{code="500"})) is bad.'
    )


def test_the_newest_minutes_are_read_again_until_they_stand(house: Any, counter: Any):
    counter.minutes = {LAST: (1, 1)}
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    assert stored() == {LAST: (1, 1)}
    counter.minutes = {LAST: (4, 5), LAST + 1: (2, 2)}
    follow(house, counter, seconds=60)
    assert stored() == counter.minutes
    follow(house, counter, seconds=180)
    counter.minutes = {LAST: (9, 9), LAST + 1: (2, 2)}
    follow(house, counter, seconds=30)
    assert stored() == {LAST: (4, 5), LAST + 1: (2, 2)}


def test_a_minute_that_is_not_known_any_more_does_not_stay(house: Any, counter: Any):
    counter.minutes = {LAST - 1: (1, 1), LAST: (1, 1)}
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    counter.minutes = {LAST - 1: (1, 1)}
    follow(house, counter)
    assert stored() == counter.minutes


def test_a_source_that_fails_says_why_and_loses_nothing(house: Any, counter: Any):
    counter.fault = "main at http://127.0.0.1:9 does not answer."
    define(counted_slo())
    follow(house, counter)
    assert only(house).problem == "main at http://127.0.0.1:9 does not answer. Mend it."
    assert only(house).standing == "unmeasured"
    counter.fault = ""
    counter.minutes = {LAST - back: (10, 10) for back in range(-5, 121)}
    follow(house, counter, seconds=120)
    follow(house, counter, seconds=30)
    assert only(house).problem == ""
    assert sum(total for _, total in stored().values()) == 10 * len(stored()) >= 1200


def test_what_is_answered_in_part_is_not_counted_and_asked_again(house: Any, counter: Any):
    counter.minutes = {LAST - back: (10, 10) for back in range(121)}
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    before = stored()
    counter.partial = True
    counter.minutes |= {LAST + 1: (1, 1), LAST + 2: (1, 1), LAST + 3: (1, 1)}
    follow(house, counter, seconds=240)
    assert stored() == before
    assert only(house).problem == "In part."
    counter.partial = False
    follow(house, counter)
    assert stored()[LAST + 1] == (1, 1)


def test_a_source_whose_clock_is_behind_loses_no_minute(house: Any, counter: Any):
    counter.minutes, counter.ahead = {LAST - 30: (1, 1)}, -1800.0
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    counter.minutes[LAST - 29] = (7, 7)
    follow(house, counter, seconds=60)
    assert stored() == counter.minutes


def test_many_objectives_are_asked_for_together(house: Any, counter: Any):
    define("---\n".join(counted_slo(f"o{n}") for n in range(7)))
    follow(house, counter)
    counter.asked.clear()
    follow(house, counter)
    assert [number for _, _, number in counter.asked] == [7]


def test_a_run_that_is_killed_goes_on_where_it_was(house: Any, counter: Any):
    counter.minutes = {LAST - back: (back, back) for back in range(121)}
    define(counted_slo())
    read, pieces = counter.read, []

    def dies(asked: Any, **span: int) -> Answer:
        pieces.append(span)
        if len(pieces) == 2:
            raise RuntimeError
        return read(asked, **span)

    counter.read = dies
    with pytest.raises(RuntimeError):
        follow(house, counter)
    assert Pull.objects.using("samples").get().cursor == LAST - 90
    follow(house, counter)
    follow(house, counter)
    assert stored() == counter.minutes


def test_page_api_and_command_say_how_far_it_is(house: Any, counter: Any, web: Any):
    counter.minutes = {LAST - back: (10, 10) for back in range(121)}
    define(counted_slo())
    counter.now = house.now.timestamp()
    pulling.follow(ROADBED, now=house.now)
    one = only(house)
    Pull.objects.using("samples").update(cursor=LAST - 90)
    shown = web.get(f"/api/v1/objectives/{one.uid}").json()["counts"]
    assert (shown["share"], shown["filled_at"]) == (0.25, None)
    assert reached(shown) == "Its past is being read: 25% of its window so far.\n"
    signed_in = Client()
    signed_in.force_login(Person.objects.get(email="hanne@example.org"))
    page = signed_in.get(f"/objectives/{one.uid}").content.decode()
    assert "Its past is being read from the source" in page
    assert "25.0% of its window so far" in page


def test_a_refill_takes_up_what_the_source_learnt_since(house: Any, counter: Any, web: Any):
    counter.minutes = {LAST - back: (10, 10) for back in range(0, 121, 2)}
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    counter.minutes |= {LAST - back: (5, 6) for back in range(1, 121, 2)}
    follow(house, counter)
    assert LAST - 61 not in stored()
    assert web.post(f"/api/v1/objectives/{only(house).uid}/refill").status_code == 202
    follow(house, counter)
    follow(house, counter)
    assert stored() == counter.minutes


def test_the_silence_of_a_source_is_a_fact_once_and_ends(house: Any, counter: Any):
    counter.minutes = {LAST - back: (10, 10) for back in range(-20, 121)}
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    counter.fault = "main does not answer."
    follow(house, counter, seconds=60)
    follow(house, counter, seconds=60)
    follow(house, counter, seconds=60)
    lost = Fact.objects.filter(kind="measurement.lost")
    assert [fact.data["reason"] for fact in lost] == ["main does not answer."]
    counter.fault = ""
    follow(house, counter, seconds=30)
    assert Fact.objects.filter(kind="measurement.regained").count() == 1


@pytest.mark.parametrize("seed", range(6))
def test_however_it_is_read_the_sums_are_those_of_a_recount(house: Any, counter: Any, seed: int):
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    counter.abilities = Abilities(chunk=chance.choice([7, 30, 200]))
    truth = {LAST - back: (n := chance.randrange(50), n + chance.randrange(3)) for back in range(-40, 121)}
    for minute in chance.sample(sorted(truth), 25):
        del truth[minute]
    define(counted_slo())
    at = 0.0
    while at < 2400:
        step = chance.choice([0, 30, 60, 300])
        at += step
        known = LAST + int(at) // 60
        counter.minutes = {minute: pair for minute, pair in truth.items() if minute < known}
        if chance.random() < 0.8:  # else this minute's counts come late
            counter.minutes |= {known: truth[known]} if known in truth else {}
        counter.fault = "away" if chance.random() < 0.2 else ""
        follow(house, counter, seconds=step)
    counter.fault, counter.minutes = "", truth
    follow(house, counter, seconds=200)
    follow(house, counter, seconds=30)
    first = Pull.objects.using("samples").get().first
    assert {m: p for m, p in stored().items() if m >= first} == {m: p for m, p in truth.items() if m >= first}


@pytest.mark.parametrize("window", ["3h", "1d"])
def test_a_longer_window_reads_the_past_it_lacks_and_keeps_what_the_source_forgot(
    house: Any, counter: Any, window: str
):
    every = {LAST - back: (back % 7, 7 + back % 3) for back in range(-30, 400) if back % 11}
    counter.minutes = dict(every)
    define(counted_slo())
    follow(house, counter)
    follow(house, counter)
    # The source forgets what lies before, and learns of what is older still.
    counter.minutes = {minute: pair for minute, pair in every.items() if minute < LAST - 125 or minute > LAST - 20}
    define(counted_slo(window=window))
    follow(house, counter)
    house.now += timedelta(seconds=240)
    follow(house, counter)
    reached = LAST - (180 if window == "3h" else 400)
    known = {minute: pair for minute, pair in every.items() if reached <= minute <= LAST + 6}
    missing = range(LAST - 125, LAST - 120)
    found = {minute: pair for minute, pair in stored().items() if minute >= reached}
    assert {m: p for m, p in found.items() if m <= LAST} == {
        m: p for m, p in known.items() if m not in missing and m <= LAST
    }
    assert Pull.objects.using("samples").get().first == LAST - (180 if window == "3h" else 1440)
    assert follow(house, counter).filling == 0
