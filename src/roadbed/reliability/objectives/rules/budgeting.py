"""How a budget is counted: in events, in slices of time that are good or bad, or in the shares of slices."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from roadbed.reliability.objectives.rules.targets import Target

OCCURRENCES: Final = "Occurrences"
TIMESLICES: Final = "Timeslices"
RATIO_TIMESLICES: Final = "RatioTimeslices"
LONGEST_SLICE: Final = 1440


@dataclass(frozen=True, slots=True)
class Budgeting:
    """A method with what it needs.

    Attributes:
        slice_minutes: length of a slice.
        slice_target: the share of good events from which a slice is good; of Timeslices alone.
    """

    method: str = OCCURRENCES
    slice_minutes: int = 1
    slice_target: Decimal | None = None

    @property
    def sliced(self) -> bool:
        return self.method != OCCURRENCES

    @property
    def longer(self) -> bool:
        """Whether its slices are judged by themselves: every one that is not simply a good or bad minute."""
        return self.sliced and (self.method != TIMESLICES or self.slice_minutes > 1)

    def judges_by(self, target: Target) -> Target | None:
        """What a minute or a slice by itself is held against; None where all of it must be good."""
        if self.method != TIMESLICES or self.slice_target is None:
            return target
        return Target.exactly(self.slice_target) if self.slice_target < 1 else None

    def in_words(self) -> str:
        """As a sentence says it."""
        if not self.sliced:
            return "Counted in events."
        length = "a minute" if self.slice_minutes == 1 else f"{self.slice_minutes} minutes"
        if self.method == RATIO_TIMESLICES:
            return f"Counted as the average share of good events in slices of {length}."
        share = f"{(self.slice_target or 1) * 100:f}"
        share = share.rstrip("0").rstrip(".") if "." in share else share
        return f"Counted in slices of {length}; one is good from {share}% good events on."


PLAIN: Final = Budgeting()


def budgeting_as_data(budgeting: Budgeting) -> dict[str, Any]:
    """The method as JSON; nothing for occurrences."""
    if not budgeting.sliced:
        return {}
    data: dict[str, Any] = {"method": budgeting.method, "minutes": budgeting.slice_minutes}
    if budgeting.slice_target is not None:
        data["target"] = str(budgeting.slice_target)
    return data


def budgeting_from_data(data: dict[str, Any]) -> Budgeting:
    """The method of such JSON."""
    if not data:
        return PLAIN
    target = data.get("target")
    return Budgeting(data["method"], data["minutes"], None if target is None else Decimal(target))
