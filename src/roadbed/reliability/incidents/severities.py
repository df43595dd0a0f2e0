"""What the organization means by each severity, and how soon stakeholders hear again; editable, with built-in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.models import SeverityWords

LONGEST_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class SeverityView:
    """A severity as the organization words it. `update_minutes` is None where stakeholders expect no word."""

    number: int
    title: str
    definition: str
    update_minutes: int | None
    holds_features: bool


def severities() -> tuple[SeverityView, ...]:
    """All four, the worst first."""
    rows = {row.number: row for row in SeverityWords.objects.all()}
    return tuple(_view(number, rows.get(number)) for number in rules.SEVERITIES)


def minutes_of(severity: int) -> int | None:
    """How soon stakeholders hear again."""
    row = SeverityWords.objects.filter(number=severity).first()
    return row.update_minutes if row is not None else rules.UPDATE_MINUTES[severity]


def _view(number: int, row: SeverityWords | None) -> SeverityView:
    holds = number <= rules.SEVERE
    if row is None:
        return SeverityView(number, rules.SEVERITIES[number], "", rules.UPDATE_MINUTES[number], holds)
    return SeverityView(number, row.title, row.definition, row.update_minutes, holds)


def define(
    caller: Caller, severity: int, *, title: str, definition: str = "", update_minutes: int | None = None, now: datetime
) -> None:
    """Say what a severity means here. What the gate makes of its number stays.

    Raises:
        Invalid: naming the field.
    """
    authorise(caller, "policy.write")
    rules.checked_severity(severity)
    title = rules.checked_short(title, "title", longest=120)
    if definition.strip():
        definition = rules.checked_note(definition)
    if update_minutes is not None and not 1 <= update_minutes <= LONGEST_MINUTES:
        raise Invalid(
            f"{update_minutes} minutes is no rhythm for updates.",
            remedy=f"1 to {LONGEST_MINUTES}, or leave it empty where nobody waits for word.",
            place=Place(field="update_minutes"),
        )
    with unit(caller, now=now) as writing:
        values = {"title": title, "definition": definition.strip(), "update_minutes": update_minutes}
        SeverityWords.objects.update_or_create(number=severity, defaults=values)
        writing.record("severity.defined", f"severity-{severity}", data={"severity": severity, **values})
