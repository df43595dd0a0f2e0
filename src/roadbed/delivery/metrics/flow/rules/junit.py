"""Reads JUnit XML as its many writers write it: tests with their outcomes, repetitions and files, and nothing else.

Whatever the file declares, no entity is expanded and nothing outside of it is read: a document type is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from xml.parsers import expat

from roadbed.ground.errors import Invalid, Place

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
MOST_TESTS: Final = 50_000
DEEPEST: Final = 20
LONGEST: Final = 500
DAY: Final = 86400.0
_BAD: Final = frozenset({"failure", "error"})
_FLAKED: Final = frozenset({"flakyFailure", "flakyError"})
_RERUN: Final = frozenset({"rerunFailure", "rerunError"})
"""Surefire's and Bazel's words: a test that passed when it was repeated, and one that failed again."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a report.

    Attributes:
        name: with its class before it, `::` between.
        failures: how often it failed, earlier tries within the same run included.
        passes: how often it passed.
        seconds: how long it ran altogether; None where not told.
        file: where its code is, empty where not told.
    """

    name: str
    failures: int
    passes: int
    seconds: float | None
    file: str = ""

    @property
    def skipped(self) -> bool:
        """Neither passed nor failed."""
        return not self.failures and not self.passes


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says. `ran_at` is its suites' earliest instant, None where they tell none with a time zone."""

    cases: tuple[Case, ...]
    ran_at: datetime | None


@dataclass(slots=True)
class _Open:
    name: str
    file: str
    seconds: float | None
    line: int
    outcome: str = PASSED
    earlier: int = 0


@dataclass(slots=True)
class _Reader:
    parser: expat.XMLParserType
    file: str
    depth: int = 0
    root: str = ""
    case: _Open | None = None
    suites: list[tuple[str, str]] = field(default_factory=list)
    held: dict[str, list[Case]] = field(default_factory=dict)
    count: int = 0
    ran_at: datetime | None = None

    def refuse(self, detail: str, remedy: str = "") -> Invalid:
        return Invalid(detail, remedy=remedy, place=Place(file=self.file, line=self.parser.CurrentLineNumber))

    def declared(self, *_: object) -> None:
        raise self.refuse("The report declares a document type.", "Write it without <!DOCTYPE …>.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        tag = tag.rpartition(":")[2]
        if self.depth > DEEPEST:
            raise self.refuse(f"Elements lie more than {DEEPEST} deep.")
        if not self.root:
            self.root = tag
            if tag not in ("testsuites", "testsuite"):
                raise self.refuse(f"The report begins with <{tag[:40]}>.", "JUnit XML begins with <testsuites>.")
        if tag == "testsuite":
            self.suites.append((attributes.get("name", ""), attributes.get("file", "")))
            self._dated(attributes.get("timestamp", ""))
        elif tag == "testcase":
            self._begin(attributes)
        elif self.case is not None:
            self._happened(tag)

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self.count += 1
        if self.count > MOST_TESTS:
            raise self.refuse(f"More than {MOST_TESTS:,} tests in one report.", "Report each shard by itself.")
        suite, file = self.suites[-1] if self.suites else ("", "")
        name, group = attributes.get("name", "").strip(), attributes.get("classname", "").strip() or suite.strip()
        if not name:
            raise self.refuse("A testcase has no name.", "Give each one a name.")
        whole = f"{group}::{name}" if group else name
        said = attributes.get("file", "") or file
        self.case = _Open(_plain(whole)[:LONGEST], _plain(said)[:300], self._seconds(attributes), self._line())

    def _line(self) -> int:
        return self.parser.CurrentLineNumber

    def _seconds(self, attributes: Mapping[str, str]) -> float | None:
        text = attributes.get("time", "").replace(",", "").strip()
        if not text:
            return None
        try:
            seconds = float(text)
        except ValueError:
            raise self.refuse(f"time is {text[:40]!r}, which is no number.", "Write seconds like 0.25.") from None
        # NaN compares with nothing.
        if not 0 <= seconds <= DAY:
            raise self.refuse(f"time is {text[:40]!r}.", "A test takes between 0 and 86,400 seconds.")
        return seconds

    def _happened(self, tag: str) -> None:
        case = self.case
        if case is None:
            return
        if tag in _BAD:
            case.outcome = FAILED
        elif tag == "skipped" and case.outcome == PASSED:
            case.outcome = SKIPPED
        elif tag in _FLAKED | _RERUN:
            case.earlier += 1

    def _dated(self, text: str) -> None:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return
        # A time without its zone is no instant.
        if at.tzinfo is not None:
            at = at.astimezone(UTC)
            self.ran_at = min(at, self.ran_at or at)

    def end(self, tag: str) -> None:
        self.depth -= 1
        tag = tag.rpartition(":")[2]
        if tag == "testsuite" and self.suites:
            self.suites.pop()
        if tag != "testcase" or self.case is None:
            return
        one, self.case = self.case, None
        failed, skipped = one.outcome == FAILED, one.outcome == SKIPPED
        self.held.setdefault(one.name, []).append(
            Case(one.name, one.earlier + failed, int(not failed and not skipped), one.seconds, one.file)
        )


def _plain(text: str) -> str:
    """Without what cannot be shown or kept: control characters, lone surrogates."""
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.encode("utf-8", "replace").decode().split())


def read(body: bytes, *, file: str = "") -> Report:
    """The tests of a report; one that stands in it several times was repeated, and is told once.

    Raises:
        Invalid: naming the line, for what is no JUnit XML, declares a document type, or is beyond the limits.
    """
    parser = expat.ParserCreate()
    reader = _Reader(parser, file)
    parser.StartDoctypeDeclHandler = reader.declared
    parser.EntityDeclHandler = reader.declared
    parser.ExternalEntityRefHandler = lambda *_: 0
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        line = getattr(fault, "lineno", None) or parser.CurrentLineNumber
        said = expat.ErrorString(fault.code) if isinstance(fault, expat.ExpatError) else str(fault)
        raise Invalid(
            f"This is no well-formed XML: {said}.",
            remedy="Send the file as the test runner wrote it.",
            place=Place(file=file, line=line),
        ) from None
    return Report(tuple(_once(cases) for cases in reader.held.values()), reader.ran_at)


def _once(cases: list[Case]) -> Case:
    """A test that was written down several times ran several times."""
    if len(cases) == 1:
        return cases[0]
    told = [one.seconds for one in cases if one.seconds is not None]
    return Case(
        cases[0].name, sum(one.failures for one in cases), sum(one.passes for one in cases),
        sum(told) if told else None, next((one.file for one in cases if one.file), ""),
    )  # fmt: skip
