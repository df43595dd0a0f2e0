"""What reading needs to know beside the text, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.journeys.values import Journey
from roadbed.reliability.objectives.rules.openslo.findings import ERROR, Finding
from roadbed.reliability.objectives.rules.thresholds import Pair

MONTH: Final = 30 * 1440


@dataclass(frozen=True, slots=True)
class Context:
    """How to read.

    Attributes:
        complete: whether all files are here, so that a reference to nothing is an error.
        period: the window of formats that name none, such as Sloth's.
        lenient: whether documents of no known format are passed over with a warning, as in a folder of many things.
    """

    complete: bool = False
    period: int = MONTH
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read."""

    file: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """What files say. Definitions with an error are left out; a file is taken over only where there is none.

    `catalogues` are tables of alert windows that stood among the files, by period in minutes.
    """

    definitions: tuple[Definition, ...]
    findings: tuple[Finding, ...]
    catalogues: Mapping[int, tuple[Pair, ...]] = field(default_factory=dict)
    journeys: tuple[Journey, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == ERROR)
