"""The shapes of budgets over HTTP: what may be bad, and of what that is said."""

from __future__ import annotations

from ninja import Schema


class AllowanceOut(Schema):
    """What may be bad.

    `basis` is `the whole window`, `elapsed only` (of a period that goes on) or `projected to the period's end` (all
    slices of a period). The projected figures are those of the period's end, if traffic goes on as measured.
    """

    basis: str
    allowed: int
    remaining: float | None
    projected_allowed: int | None
    projected_remaining: float | None


class SlicesOut(Schema):
    """Slices of a window: `total` of the budget, `spent` of them, and all of the `whole` by what they are."""

    total: int
    bad: int
    spent: float
    whole: int
    good: int
    idle: int
    unmeasured: int
    excluded: int
    before: int
    to_come: int
