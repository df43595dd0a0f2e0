"""What a policy would do if nobody answered, and what is wrong with one: pure, for previews and lint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.escalation import Policy, Turn, ahead, following, is_fallback
from roadbed.reliability.paging.rules.policies.values import ChainStep, Policies
from roadbed.reliability.paging.rules.policies.wording import spoken

MOST: Final = 500
EARLIEST_END: Final = timedelta(minutes=30)
"""A team has this long to answer before its own steps are over, at least."""

EMPTY, UNREACHABLE, ENDS_EARLY = "empty-step", "no-verified-channel", "ends-early"


@dataclass(frozen=True, slots=True)
class Stop:
    """A step at its time: whom it would page, and who of it cannot be reached. Nobody is passed at once.

    `step` counts from 1, as does `cycle`; `fallback` is the step after all of them.
    """

    at: datetime
    cycle: int
    step: int
    name: str
    people: tuple[str, ...]
    unreachable: tuple[str, ...]
    fallback: bool


def walk(policy: Policy, opened_at: datetime, reachable: Collection[str] | None = None) -> Iterator[Stop]:
    """Every step that would be taken while nobody acknowledges. Where `reachable` is None, everybody is."""
    turn, at, told, anybody = Turn(0, -1), opened_at, 0, False
    while told < MOST:
        for after in ahead(policy, turn):
            turn = after
            step = policy.steps[turn.step]
            reached = tuple(one for one in step.people if reachable is None or one in reachable)
            others = tuple(one for one in step.people if one not in reached)
            told += 1
            yield Stop(
                at, turn.cycle + 1, turn.step + 1, step.name, reached, others, is_fallback(policy, turn)
            )  # fmt: skip
            anybody = anybody or bool(reached)
            if reached:
                break
        # Where nobody can be reached at all, more rounds tell nothing.
        if not anybody or following(policy, turn) is None:
            return
        at += timedelta(seconds=policy.seconds(turn.step))


def to_the_fallback(policy: Policy, opened_at: datetime, reachable: Collection[str] | None = None) -> list[Stop]:
    """The same up to the first time that the administrators are paged; what follows says it all again."""
    found: list[Stop] = []
    for stop in walk(policy, opened_at, reachable):
        found.append(stop)
        if stop.fallback:
            break
    return found


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend. `step` counts from 1; 0 where it is about all of them. `at` is when it shows first."""

    rule: str
    urgency: str
    step: int
    person: str
    at: datetime | None
    why: str
    remedy: str


def lint(
    policies: Policies,
    instants: Sequence[datetime],
    people_of: Callable[[ChainStep, datetime], tuple[str, ...] | None],
    reachable: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a policy at some instants.

    Args:
        policies: as it was read.
        instants: when it is looked at, in order.
        people_of: whom a step would page then; None where that is not known.
        reachable: who has a verified channel; nothing is said of that where it is None.
    """
    found: list[Finding] = []
    for urgency, chain in zip(("high", "low"), policies.chains, strict=False):
        if timedelta(seconds=chain.seconds) < EARLIEST_END:
            found.append(
                Finding(
                    ENDS_EARLY, urgency, 0, "", None,
                    f"after {spoken(chain.seconds)} the steps are over, and only the administrators are paged",
                    "Wait longer, or repeat more often: 30 min at least.",
                )
            )  # fmt: skip
        for number, step in enumerate(chain.steps, 1):
            behind = [(at, people_of(step, at)) for at in instants]
            found += _of_step(step, (urgency, number), behind, reachable)
    return tuple(found)


def _of_step(
    step: ChainStep,
    place: tuple[str, int],
    behind: Sequence[tuple[datetime, tuple[str, ...] | None]],
    reachable: Collection[str] | None,
) -> Iterator[Finding]:
    """What is wrong with one step, each fault once, when it shows first. Nothing where nobody knows who is behind."""
    empty = next((at for at, people in behind if people == ()), None)
    if empty is not None:
        why = f"{step.name}: nobody is behind it then, so it is passed at once"
        yield Finding(EMPTY, *place, "", empty, why, "Name somebody else in it, or leave it out.")
    told = dict[str, datetime]()
    for at, people in behind:
        for one in people or ():
            if reachable is not None and one not in reachable:
                told.setdefault(one, at)
    for one, at in told.items():
        why = "has no verified channel, so no page reaches them"
        remedy = "`roadbed me channel add smtp ADDRESS`, then `roadbed me channel verify CODE`."
        yield Finding(UNREACHABLE, *place, one, at, why, remedy)
