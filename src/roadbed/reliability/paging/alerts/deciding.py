"""Writing down what was decided, and why, beside what it was decided about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble, Signal
from roadbed.reliability.paging.models import Alert


def of_signal(
    outcome: str, signal: Signal, reasons: Sequence[str], *, on_call: Sequence[str] = (), now: datetime
) -> Decision:
    """A decision about an alert, not saved yet."""
    return Decision(
        at=now, outcome=outcome, signal=signal, page=signal.page, service=signal.service, title=signal.title,
        team=signal.team, reasons=list(reasons), on_call=list(on_call),
    )  # fmt: skip


def of_page(outcome: str, page: Alert, reasons: Sequence[str], *, now: datetime) -> Decision:
    """A decision about a page itself, with who was on call by its frozen policy, not saved yet."""
    steps = page.policy["steps"]
    return Decision(
        at=now, outcome=outcome, page=page, service=page.service, title=page.title, team=page.team,
        reasons=list(reasons), on_call=list(steps[0]["people"]) if steps else [],
    )  # fmt: skip


def of_trouble(outcome: str, row: HeldTrouble, title: str, reasons: Sequence[str], *, now: datetime) -> Decision:
    """A decision about a trouble that a silence holds back, not saved yet."""
    return Decision(
        at=now, outcome=outcome, trouble=row, service=row.service, title=title[:200],
        team=row.labels.get("team", ""), reasons=list(reasons), on_call=[],
    )  # fmt: skip
