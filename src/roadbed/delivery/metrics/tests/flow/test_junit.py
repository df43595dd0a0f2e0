"""JUnit XML of many writers, hostile files, and which tests flaked on a commit."""

from __future__ import annotations

import gzip
import itertools
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.metrics.flow.rules.flaking import Told, key_of, of_commit
from roadbed.delivery.metrics.flow.rules.junit import Case, read
from roadbed.delivery.metrics.flow.testing.rules import LARGEST, cases_of, packed, unpacked
from roadbed.ground.errors import Invalid

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
PYTEST = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="0" failures="1" tests="4" time="3.1" timestamp="2026-11-28T08:00:00+01:00">
<testcase classname="tests.test_cart" name="test_price[1 &amp; 2]" file="tests/test_cart.py" time="0.5"/>
<testcase classname="tests.test_cart" name="test_total" time="1.25"><failure message="x">1 == 2</failure></testcase>
<testcase classname="tests.test_cart" name="test_later"><skipped/></testcase>
<testcase classname="tests.test_cart" name="test_db" time="1,200.5"><error/></testcase>
</testsuite></testsuites>"""
SUREFIRE = b"""<testsuite name="CartTest" time="2"><testcase name="adds" classname="shop.CartTest" time="0.1">
<flakyFailure message="once"><stackTrace>x</stackTrace></flakyFailure><flakyError/></testcase>
<testcase name="pays" classname="shop.CartTest" time="0.2"><failure/><rerunFailure/></testcase></testsuite>"""
RETRIED = b"""<testsuites><testsuite name="e2e"><testcase name="opens" time="4"><failure/></testcase>
<testcase name="opens" time="3"/></testsuite></testsuites>"""


def test_reports_of_pytest_surefire_and_retrying_runners_are_read():
    told = read(PYTEST)
    assert told.ran_at == datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
    assert told.cases == (
        Case("tests.test_cart::test_price[1 & 2]", 0, 1, 0.5, "tests/test_cart.py"),
        Case("tests.test_cart::test_total", 1, 0, 1.25),
        Case("tests.test_cart::test_later", 0, 0, None),
        Case("tests.test_cart::test_db", 1, 0, 1200.5),
    )
    assert [(one.failures, one.passes) for one in read(SUREFIRE).cases] == [(2, 1), (2, 0)]
    assert read(RETRIED).cases == (Case("e2e::opens", 1, 1, 7.0),)


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><testsuites>&b;</testsuites>"""
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><testsuites><testcase name="&a;"/></testsuites>"""


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        (BOMB, 1, "document type"),
        (OUTSIDE, 1, "document type"),
        (b"<html></html>", 1, "begins with <html>"),
        (b"<testsuites>\n<testcase name='a'></testsuites>", 2, "no well-formed XML"),
        (b"", 1, "no well-formed XML"),
        (b"\x00\x01", 1, "no well-formed XML"),
        (b"<?xml version='1.0' encoding='no-such'?><testsuites/>", 1, "no well-formed XML"),
        (b"<testsuite>\n\n<testcase name='a' time='NaN'/></testsuite>", 3, "NaN"),
        (b"<testsuite><testcase name='a' time='soon'/></testsuite>", 1, "no number"),
        (b"<testsuite><testcase name=' '/></testsuite>", 1, "no name"),
        (b"<testsuite>" + b"<a>" * 30 + b"</a>" * 30 + b"</testsuite>", 1, "deep"),
        (b"<testsuite>" + b"<testcase name='a'/>" * 50_001 + b"</testsuite>", 1, "50,000"),
    ],
)
def test_what_is_no_report_or_hostile_is_refused_by_its_line(body: bytes, line: int, said: str):
    with pytest.raises(Invalid, match=said) as refused:
        read(body, file="junit.xml")
    assert (refused.value.place.file, refused.value.place.line) == ("junit.xml", line)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes):
    with suppress(Invalid):
        assert read(body).cases is not None


def test_a_packed_report_is_unpacked_within_bounds():
    assert unpacked(gzip.compress(PYTEST)) == PYTEST
    for body, said in ((PYTEST, "not what"), (gzip.compress(PYTEST)[:-9], "ends before"),
                       (gzip.compress(bytes(LARGEST + 1)), "larger than 32 MiB")):  # fmt: skip
        with pytest.raises(Invalid, match=said):
            unpacked(body)


def told(uid: str, minutes: int, *cases: Case, part: str = "") -> Told:
    return Told(uid, NOW + timedelta(minutes=minutes), part, cases)


def one(name: str, failures: int, passes: int, seconds: float | None = 1.0) -> Case:
    return Case(name, failures, passes, seconds)


def test_a_test_flaked_when_the_same_commit_saw_it_fail_and_pass():
    first = told("1", 0, one("a", 1, 0, 2), one("b", 1, 0), one("c", 0, 1), one("d", 0, 0))
    again = told("2", 9, one("a", 0, 1, 2), one("b", 1, 0), one("c", 0, 1, 3))
    week, added = of_commit([again, first])
    assert str(week) == "2026-11-23"
    assert {name: (added[key_of(name)].failed, added[key_of(name)].flaked) for name in "abc"} == {
        "a": (1, 1), "b": (1, 0), "c": (0, 0),
    }  # fmt: skip
    # The suite ran again, for 6 seconds, because of one test; what was skipped did not run.
    assert (added[key_of("a")].lost, added[key_of("b")].lost) == (6.0, 0.0)
    assert key_of("d") not in added


def test_another_shard_is_no_repetition_and_a_retry_within_a_report_costs_itself():
    shards = (told("1", 0, one("a", 2, 1, 9), part="x"), told("2", 0, one("b", 0, 1, 50), part="y"))
    added = of_commit(shards)[1]
    assert (added[key_of("a")].flaked, added[key_of("a")].lost, added[key_of("a")].runs) == (1, 6.0, 3)


def test_the_order_of_reports_does_not_matter_and_tests_are_kept_as_they_were():
    reports = [told(str(at), at, one("a", at % 2, 1 - at % 2), one("b", 0, 1, None)) for at in range(4)]
    assert len({repr(of_commit(order)) for order in itertools.permutations(reports)}) == 1
    assert cases_of(packed(read(PYTEST).cases)) == read(PYTEST).cases
    assert cases_of(b"") == ()
