"""An objective's target as an exact fraction."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Target:
    """The share of good events that is promised: `good` of `of`, exactly, below the whole.

    Whole numbers keep every comparison exact and every quotient rounded once.
    """

    good: int
    of: int

    def __post_init__(self) -> None:
        if not 0 < self.good < self.of:
            raise ValueError(f"a target lies between 0 and 100 %, both left out; this is {self.good} of {self.of}")

    @classmethod
    def exactly(cls, share: Decimal | Fraction) -> Target:
        """The target of a share such as Decimal("0.999")."""
        whole = Fraction(share)
        return cls(good=whole.numerator, of=whole.denominator)

    @property
    def spare(self) -> int:
        """How many of `of` events may be bad."""
        return self.of - self.good

    @property
    def share(self) -> float:
        return self.good / self.of

    def percent(self) -> str:
        """The target as people write it: 99.9%."""
        value = Decimal(self.good * 100) / Decimal(self.of)
        return f"{value:.6f}".rstrip("0").rstrip(".") + "%"
