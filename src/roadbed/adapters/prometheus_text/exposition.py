"""Owns the reading of one exposition: text in, samples out, and a reason for every page that lies."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from roadbed.ground.ports.metrics import Sample, Scrape, ScrapeFailed

_SAMPLE: Final = re.compile(
    r'([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]*'
    r"([^ \t#]+)(?:[ \t]+(-?[0-9.eE+]+))?[ \t]*(?:#.*)?"
)
_LABEL: Final = re.compile(r'[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,|$)')
_TYPE: Final = re.compile(r"#[ \t]+TYPE[ \t]+(\S+)[ \t]+(\S+)")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?[Ii]nf(?:inity)?|[Nn]a[Nn]")
_ESCAPES: Final = {"n": "\n", '"': '"', "\\": "\\"}
_COUNTING: Final = ("_total", "_count", "_bucket")
_START: Final = "process_start_time_seconds"
AHEAD: Final = 60.0
STALE: Final = 300.0
"""Seconds. A sample stamped further ahead is a lie; one stamped further back is left out, as Prometheus does."""


@dataclass
class _Page:
    at: datetime
    most: int
    stamp_unit: float
    types: dict[str, str] = field(default_factory=dict)
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = field(default_factory=dict)

    def counts(self, name: str) -> bool:
        """Whether a sample of this name is a counter, by its family's type, else by its ending."""
        family = re.sub(r"_(?:total|count|bucket|sum)$", "", name)
        kind = self.types.get(name) or self.types.get(family) or ""
        if kind in ("counter", "histogram", "summary"):
            return kind == "counter" or name.endswith(("_count", "_bucket"))
        return kind in ("", "untyped", "unknown") and name.endswith(_COUNTING)

    def take(self, name: str, labels: tuple[tuple[str, str], ...], value: float, stamp: str | None) -> None:
        if stamp is not None and not self._present(name, stamp):
            return
        if self.counts(name) and not (math.isfinite(value) and value >= 0):
            raise ScrapeFailed(f"the counter {name} is {value:g}")
        if not math.isfinite(value):
            return
        key = (name, tuple(sorted(labels)))
        if key in self.found:
            raise ScrapeFailed(f"{name} stands there twice with the same labels")
        if len(self.found) >= self.most:
            raise ScrapeFailed(f"it has more than {self.most:,} samples")
        self.found[key] = value

    def _present(self, name: str, stamp: str) -> bool:
        try:
            age = self.at.timestamp() - float(stamp) * self.stamp_unit
        except ValueError:
            raise ScrapeFailed(f"the time of {name} is no number") from None
        if not age > -AHEAD:
            raise ScrapeFailed(f"{name} is stamped with a time in the future")
        return age <= STALE


def parse(text: str, *, at: datetime, most: int, openmetrics: bool) -> Scrape:
    """Read a page.

    Raises:
        ScrapeFailed: naming the line that is no sample, or the sample that cannot be true.
    """
    page = _Page(at, most, stamp_unit=1.0 if openmetrics else 0.001)
    ended = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        if ended:
            raise ScrapeFailed(f"line {number} comes after its end")
        if line.startswith("#"):
            ended = openmetrics and line == "# EOF"
            if declared := _TYPE.match(line):
                page.types[declared[1]] = declared[2].lower()
        elif not line.startswith('{"'):
            # Quoted names cannot be selected by an objective, so such samples are passed over.
            _take_line(page, line, number)
    if openmetrics and not ended:
        raise ScrapeFailed("it ends early, without # EOF")
    samples = tuple(Sample(name, labels, value) for (name, labels), value in page.found.items())
    return Scrape(at=at, samples=samples, started_at=_started(page))


def _take_line(page: _Page, line: str, number: int) -> None:
    found = _SAMPLE.fullmatch(line)
    if found is None or _NUMBER.fullmatch(found[3]) is None:
        raise ScrapeFailed(f"line {number} is no sample: {line[:60]!r}")
    page.take(found[1], _labels(found[2] or "", number), float(found[3]), found[4])


def _labels(text: str, number: int) -> tuple[tuple[str, str], ...]:
    labels: dict[str, str] = {}
    place = 0
    while text[place:].strip():
        one = _LABEL.match(text, place)
        if one is None or one[1] in labels:
            raise ScrapeFailed(f"the labels of line {number} cannot be read: {text[:60]!r}")
        value = one[2]
        if "\\" in value:
            value = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), value)
        labels[one[1]] = value
        place = one.end()
    return tuple(labels.items())


def _started(page: _Page) -> datetime | None:
    starts = [value for (name, _), value in page.found.items() if name == _START]
    if len(starts) != 1 or not 0 < starts[0] <= page.at.timestamp() + AHEAD:
        return None
    return datetime.fromtimestamp(starts[0], tz=UTC)
