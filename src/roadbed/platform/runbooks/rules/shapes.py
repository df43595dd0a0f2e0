"""What a runbook is once it is read: sections, parameters, steps, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

MEANING, IMPACT, DIAGNOSIS, MITIGATION = "meaning", "impact", "diagnosis", "mitigation"
SECTIONS: Final = {MEANING: "Meaning", IMPACT: "Impact", DIAGNOSIS: "Diagnosis", MITIGATION: "Mitigation"}
"""The four that every runbook has; others may stand beside them."""

READ, OPERATE = "read", "operate"
NEEDS: Final = (READ, OPERATE)

ERROR, WARNING = "error", "warning"

LONGEST_FILE: Final = 256 * 1024
MOST_STEPS: Final = 60
MOST_PARAMETERS: Final = 30
LONGEST_VALUE: Final = 200
DEFAULT_TIMEOUT: Final = 60
LONGEST_TIMEOUT: Final = 600
"""Seconds. What takes longer is a job of the service's own, which a step may start."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a line; an error keeps a runbook from being taken over only where it cannot be read at all."""

    rule: str
    severity: str
    line: int
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that whoever runs a step gives.

    Attributes:
        kind: text, integer or choice.
        pattern: what a text must match in whole; empty for the usual careful one.
        default: None where a value must be given.
    """

    name: str
    kind: str = "text"
    description: str = ""
    pattern: str = ""
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    default: str | None = None
    line: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, run by Roadbed or done by hand.

    Attributes:
        number: counts from 1 through the file.
        language: sh or bash; by-hand for what a person does.
        command: the script as it is written, or the words of a step by hand.
        rehearsal: what a dry run runs instead; empty where it only shows.
        needs: read or operate.
        timeout: seconds.
        secrets: names of the service's secrets that it is given.
        scopes: verbs that the token may do which it is given to talk to Roadbed; none without.
        parameters: names that it uses.
        minutes: how long a step by hand usually takes; None where nobody says.
    """

    number: int
    title: str
    section: str
    language: str
    command: str
    line: int
    rehearsal: str = ""
    needs: str = READ
    confirm: bool = False
    timeout: int = DEFAULT_TIMEOUT
    secrets: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    minutes: int | None = None

    @property
    def by_hand(self) -> bool:
        return self.language == BY_HAND


BY_HAND: Final = "by-hand"
SHELLS: Final = ("sh", "bash")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level with what follows: stretches of Markdown and steps, in order."""

    key: str
    title: str
    line: int
    parts: tuple[str | Step, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """What the front matter says, and what the objectives, alerts and fingerprints are that it serves."""

    title: str = ""
    service: str = ""
    owner: str = ""
    reviewed: date | None = None
    alerts: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Runbook:
    """A file that was read.

    Attributes:
        lead: the Markdown between the title and the first section.
        links: addresses of links with their lines.
        scripts: paths of the repository that commands name, with their lines.
    """

    title: str
    front: Front
    lead: str
    sections: tuple[Section, ...]
    links: tuple[tuple[str, int], ...] = ()
    scripts: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(part for section in self.sections for part in section.parts if isinstance(part, Step))

    def parameter(self, name: str) -> Parameter | None:
        """The declared parameter of that name."""
        return next((one for one in self.front.parameters if one.name == name), None)
