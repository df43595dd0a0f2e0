"""What a story is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Act:
    """An action of a review. Days are from today; a day that has passed is negative."""

    text: str
    factor: int
    lever: str
    owner: str
    due: int
    evidence: str
    closed: int | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """A review: its sections, factors and actions, and how many days ago it was published; None for a draft.

    Attributes:
        links: which factor contributed to which, by their keys.
        limits: what limited harm, or was luck, by role.
    """

    sections: dict[str, str]
    factors: tuple[tuple[str, str, str], ...] = ()
    acts: tuple[Act, ...] = ()
    published: int | None = None
    links: tuple[tuple[str, str], ...] = ()
    limits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One harm to customers.

    Attributes:
        days, clock: when it began, so many days ago at that time (UTC); with `ago` so many minutes ago instead.
        minutes: how long it lasted; for one that goes on, how long it would without anybody.
        fails: the share of requests that failed.
        cause: what was deployed or switched shortly before: a commit's subject, or a flag with its change.
        remedy: rollback, flag, hotfix, or nothing.
        answered: seconds until the page was acknowledged; `escalates` leaves the first person's time run out.
        seen_by: who opened it by hand, for harm that no measurement told of.
        goes_on: whether it is open today.
    """

    service: str
    title: str
    days: int = 0
    clock: tuple[int, int] = (10, 0)
    ago: int = 0
    minutes: int = 30
    fails: float = 0.1
    promise: int = 0
    severity: int = 2
    lead: str = ""
    communications: str = ""
    cause: str = ""
    by: str = ""
    flag: tuple[str, str, str] | None = None
    remedy: str = ""
    answered: int = 50
    escalates: bool = False
    seen_by: str = ""
    notes: tuple[tuple[int, str, str], ...] = ()
    resolved_after: int = 25
    summary: str = ""
    learned: Learned | None = None
    goes_on: bool = False

    def begins(self, now: datetime) -> datetime:
        """When harm began, on a whole minute."""
        if self.ago:
            return (now - timedelta(minutes=self.ago)).replace(second=0, microsecond=0)
        day = now - timedelta(days=self.days)
        return day.replace(hour=self.clock[0], minute=self.clock[1], second=0, microsecond=0)

    def ends(self, now: datetime) -> datetime:
        """When harm ended, or will."""
        return self.begins(now) + timedelta(minutes=self.minutes)
