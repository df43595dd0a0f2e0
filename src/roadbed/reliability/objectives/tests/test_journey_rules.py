"""The algebra of a journey's minutes against a recount one by one, and the faults of its file."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.journeys.cycles import cycle_of
from roadbed.reliability.objectives.rules.journeys.minutes import (
    WHEN_UNMEASURED,
    Bits,
    Part,
    bits_of_spans,
    bits_of_sums,
    joined,
    runs,
)
from roadbed.reliability.objectives.rules.journeys.weights import proof, reduced
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read, read_all
from roadbed.reliability.objectives.tests.conftest import slo
from roadbed.reliability.objectives.tests.journeys import journey

LETTERS = {"g": (1, 0, 0), "b": (1, 0, 1), "i": (1, 1, 0), "u": (0, 0, 0)}


def bits_of(text: str) -> Bits:
    """A step's minutes from letters: good, bad, idle, unmeasured; a capital is excluded."""
    sums, before = [(0, 0, 0)], (0, 0, 0)
    for letter in text.lower():
        before = tuple(a + b for a, b in zip(before, LETTERS[letter], strict=True))
        sums.append(before)
    spans = [(place, place + 1) for place, letter in enumerate(text) if letter.isupper()]
    return bits_of_sums(sums)._replace(excluded=bits_of_spans(spans, first=0, length=len(text)))


def recount(steps: list[tuple[str, bool, str]], length: int) -> tuple[dict[str, int], int, list[int]]:
    """The journey's minutes judged one by one, as the explanation says in words."""
    found, degraded, spent = dict.fromkeys(("good", "bad", "idle", "unmeasured", "excluded"), 0), 0, [0] * len(steps)
    for minute in range(length):
        each = []
        for text, required, rule in steps:
            letter = text[minute]
            state = "excluded" if letter.isupper() else letter
            known = letter.lower()
            if known == "u" and rule != "unmeasured":
                known = "b" if rule == "bad" else "-"
            each.append((state, known, required))
        needed = [one for one in each if one[2]]
        if any(state == "excluded" for state, _, _ in needed):
            found["excluded"] += 1
            continue
        if any(known == "b" for _, known, _ in needed):
            found["bad"] += 1
            spent[next(i for i, (_, known, required) in enumerate(each) if required and known == "b")] += 1
            continue
        if any(state != "excluded" and known == "b" and not required for state, known, required in each):
            degraded += 1
        kinds = {known for _, known, _ in needed}
        found["unmeasured" if "u" in kinds or kinds == {"-"} else "good" if "g" in kinds else "idle"] += 1
    return found, degraded, spent


LINE = st.lists(st.sampled_from("gbiuGBIU"), min_size=12, max_size=12).map("".join)
STEP = st.tuples(LINE, st.booleans(), st.sampled_from(WHEN_UNMEASURED))


@given(first=st.tuples(LINE, st.just(True), st.sampled_from(WHEN_UNMEASURED)),
       others=st.lists(STEP, max_size=3))  # fmt: skip
@settings(max_examples=150)
def test_joined_minutes_are_those_of_a_recount(first: tuple[str, bool, str], others: list[tuple[str, bool, str]]):
    steps = [*others, first]
    made = joined([Part(bits_of(text), required, rule) for text, required, rule in steps], 12)
    found, degraded, spent = recount(steps, 12)
    counts = made.counts()
    assert counts.by_state() == found
    assert sum(counts.by_state().values()) == 12
    assert made.degraded.bit_count() == degraded
    given_to = made.contributions(0, 12)
    assert [one.spent for one in given_to] == spent
    assert sum(one.spent for one in given_to) == counts.bad_minutes
    assert all(one.alone <= one.bad for one in given_to)
    # Counts of stretches that lie side by side add up, whatever the cut.
    parts = [made.between(0, 5), made.between(5, 12)]
    assert {state: sum(part.by_state()[state] for part in parts) for state in found} == found


def test_the_table_of_the_docs():
    whole = {"gg": "good", "gi": "good", "gb": "bad", "ub": "bad", "gu": "unmeasured", "ii": "idle", "iu": "unmeasured",
             "Gb": "excluded", "uu": "unmeasured"}  # fmt: skip
    for letters, state in whole.items():
        made = joined([Part(bits_of(letters[0])), Part(bits_of(letters[1]))], 1)
        assert {name for name, number in made.counts().by_state().items() if number} == {state}, letters


def test_what_lies_before_a_journey_is_of_no_state():
    made = joined([Part(bits_of("uubg"))], 4, begins=2)
    counts = made.counts()
    assert (counts.before, counts.bad_minutes, counts.unmeasured, counts.counting) == (2, 1, 0, 2)


def test_a_journey_of_journeys_has_the_minutes_of_its_steps():
    inner = joined([Part(bits_of("gbiG")), Part(bits_of("ggig"))], 4)
    outer = joined([inner.as_part(required=True, when_unmeasured="unmeasured"), Part(bits_of("gggg"))], 4)
    assert outer.counts().by_state() == {"good": 2, "bad": 1, "idle": 0, "unmeasured": 0, "excluded": 1}


def test_a_forgotten_past_is_not_measured():
    assert bits_of_sums([(0, 0, 0), (500, 3, 7), (501, 3, 8)]) == Bits(measured=2, idle=0, bad=2)


@given(places=st.sets(st.integers(0, 200)))
def test_runs_are_the_set_again(places: set[int]):
    found = runs(sum(1 << place for place in places))
    assert {place for start, until in found for place in range(start, until)} == places
    assert all(before[1] < after[0] for before, after in pairwise(found))


def test_what_proves_a_burn_is_never_more_than_there_were():
    counts = Counts(5, 0, 0, 5, 0, 0)
    found = proof(counts, Basis(100 * 1 + 1 * 7, 100 * 20 + 1 * 50), 100)
    assert (found.bad, found.total) == (1, 21)
    assert found.bad / found.total == pytest.approx(107 / 2050, abs=0.01)
    assert proof(counts, Basis(0, 0), 3).total == 0
    assert proof(counts, Basis(1, 5, broken=True), 3).broken


def test_weights_are_reduced_and_circles_found():
    assert reduced((20, 10, 10)) == (2, 1, 1)
    assert reduced(()) == ()
    assert cycle_of("a", {"a": ("b",), "b": ("c",), "c": ("a",)}) == ("a", "b", "c", "a")
    assert cycle_of("a", {"a": ("b",), "b": ("c",), "c": ("b",)}) == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("0.99", "1"), "target"),
        (("0.99", "99.9"), "target"),
        (("team-payments", ""), "missing-field"),
        (("Minutes", "Slices"), "unknown-value"),
        (("objective: answered", "promise: answered"), "unknown-field"),
        (("service: parcels", "service: checkout"), "duplicate-name"),
        (("name: label", "name: pay"), "duplicate-name"),
        (("service: parcels, ", ""), "journey-step"),
        (("service: parcels, objective: answered", "journey: send-a-parcel"), "journey-cycle"),
        (("objective: answered}\n    - {name: label", "objective: answered, weight: 0.5}\n    - {name: label"),
         "journey-step"),
    ],
)  # fmt: skip
def test_each_fault_of_a_file_is_named(change: tuple[str, str], rule: str):
    found = read(journey().replace(*change), file="journey.yaml")
    assert rule in [one.rule for one in found.errors]
    assert all(one.line > 1 and one.remedy for one in found.errors)


def test_a_journey_needs_a_required_step():
    found = read(journey(first=", required: false", second=", required: false"), file="j.yaml")
    assert [one.rule for one in found.errors] == ["journey-step"]


def test_files_are_held_against_one_another():
    files = [Source("j.yaml", journey().encode()), Source("slo.yaml", slo(name="other").encode())]
    found = read_all(files, Context(complete=True))
    said = [(one.rule, one.severity, one.text) for one in found.findings if one.file == "j.yaml"]
    assert said == [
        ("reference", "error", "checkout/answered is in none of the files."),
        ("reference", "warning", "parcels/answered is in none of the files."),
    ]
    twice = read_all([Source("a.yaml", journey().encode()), Source("b.yaml", journey().encode())], Context())
    assert [one.rule for one in twice.errors] == ["duplicate-name"]
