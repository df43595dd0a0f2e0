"""What is wrong with a file: where, by which rule, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. An error refuses the file; a warning is taken over and said. Column 0 is a whole line."""

    file: str
    line: int
    rule: str
    severity: str
    text: str
    remedy: str
    column: int = 0

    def __str__(self) -> str:
        at = f"{self.line}:{self.column}" if self.column else f"{self.line}"
        return f"{self.file}:{at}: {self.severity}: {self.text} [{self.rule}]"


@dataclass
class Findings:
    """Collects the faults of one file, so that one run names them all."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def error(self, line: int, rule: str, text: str, remedy: str, *, column: int = 0) -> None:
        """Note what refuses the file."""
        self.found.append(Finding(self.file, line, rule, ERROR, text, remedy, column))

    def warn(self, line: int, rule: str, text: str, remedy: str, *, column: int = 0) -> None:
        """Note what is doubtful."""
        self.found.append(Finding(self.file, line, rule, WARNING, text, remedy, column))

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.found if finding.severity == ERROR)

    def sorted(self) -> tuple[Finding, ...]:
        """All of them in the order of the file, each once."""
        unique = dict.fromkeys(self.found)
        return tuple(sorted(unique, key=lambda finding: (finding.line, finding.column, finding.severity, finding.rule)))
