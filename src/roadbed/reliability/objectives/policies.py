"""Budget policies as they are read: which one decides for a service, what each says, how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from roadbed.ground.errors import NotFound
from roadbed.ground.prepared import Prepared
from roadbed.reliability.objectives import shipped
from roadbed.reliability.objectives.models import BudgetPolicy
from roadbed.reliability.objectives.rules.policy.deciding import Plan
from roadbed.reliability.objectives.rules.policy.documents import Policy, Service, read_policies, selector_of_data
from roadbed.reliability.objectives.rules.policy.wording import in_words

SHIPPED_BY: Final = "Roadbed"


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule as people read it; `words` is its condition as a sentence, or as it was written."""

    name: str
    when: str
    words: str
    outcome: str
    says: str
    clears: str
    source: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One version of a policy. `applied_at` is None for the one that ships; `current` says whether it decides now."""

    name: str
    number: int
    description: str
    source: str
    selects: str
    is_default: bool
    digest: str
    text: str
    rules: tuple[RuleView, ...]
    by: str
    why: str
    applied_at: datetime | None
    current: bool
    ended_at: datetime | None = None
    ended_by: str = ""


def plan_for(service: Service) -> Plan:
    """The policy that decides for a service: the narrowest that names it, else the default."""
    rows = _CURRENT.rows()
    if not rows:
        return shipped.plan()
    found = []
    for name, number, digest, selector in rows:
        chosen = selector_of_data(selector)
        if chosen.fits(service):
            found.append((chosen.rank, name, number, digest))
    if not found:
        return shipped.plan()
    _, name, number, digest = min(found)
    return _compiled(name, number, digest)


def has_any() -> bool:
    """Whether somebody applied a policy, so that a service's tier, owner and labels matter."""
    return bool(_CURRENT.rows())


@lru_cache(maxsize=256)
def _compiled(name: str, number: int, digest: str) -> Plan:
    text = BudgetPolicy.objects.values_list("text", flat=True).get(name=name, number=number, digest=digest)
    (policy,), _ = read_policies(text, file=f"{name}/{number}")
    return Plan.of(policy, number)


def policies() -> tuple[PolicyView, ...]:
    """Those that decide now, by name; the shipped one is among them unless another is the default."""
    rows = [_view(row) for row in BudgetPolicy.objects.filter(current=True).order_by("name")]
    if not any(one.is_default for one in rows):
        rows.append(shipped_view(current=True))
    return tuple(sorted(rows, key=lambda one: one.name))


def history(name: str) -> tuple[PolicyView, ...]:
    """All versions of a policy, newest first.

    Raises:
        NotFound: when there never was one of this name.
    """
    rows = [_view(row) for row in BudgetPolicy.objects.filter(name=name[:63]).order_by("-number")]
    if name == shipped.NAME:
        rows.append(shipped_view(current=not BudgetPolicy.objects.filter(current=True, is_default=True).exists()))
    if not rows:
        raise NotFound(f"There is no policy {name[:63]}.", remedy="`roadbed slo policy list` names all of them.")
    return tuple(rows)


def policy(name: str, number: int | None = None) -> PolicyView:
    """One version of a policy; without a number the current one, or the last that there was.

    Raises:
        NotFound: when there is none.
    """
    found = history(name)
    wanted = [one for one in found if one.number == number] if number is not None else [
        one for one in found if one.current
    ] or list(found)  # fmt: skip
    if not wanted:
        known = ", ".join(str(one.number) for one in found)
        raise NotFound(f"{name} has no version {number}.", remedy=f"It has {known}.")
    return wanted[0]


def shipped_view(*, current: bool) -> PolicyView:
    """The policy that ships."""
    plan = shipped.plan()
    return _shown(plan.policy, plan.version, shipped.text(), by=SHIPPED_BY, why="It ships with Roadbed.",
                  applied_at=None, current=current)  # fmt: skip


def _view(row: BudgetPolicy) -> PolicyView:
    plan = _compiled(row.name, row.number, row.digest)
    return _shown(plan.policy, row.number, row.text, by=row.by, why=row.why, applied_at=row.applied_at,
                  current=row.current, ended_at=row.ended_at, ended_by=row.ended_by)  # fmt: skip


def _shown(policy: Policy, number: int, text: str, **told: Any) -> PolicyView:
    return PolicyView(
        name=policy.name,
        number=number,
        description=policy.description,
        source=policy.source,
        selects=policy.selector.in_words(),
        is_default=policy.selector.default,
        digest=policy.digest,
        text=text,
        rules=tuple(
            RuleView(rule.name, rule.when.text, in_words(rule.when), rule.outcome, rule.said, rule.cleared, rule.source)
            for rule in policy.rules
        ),
        **told,
    )


_CURRENT: Final = Prepared(
    lambda: BudgetPolicy.objects.filter(current=True).values_list("name", "number", "digest", "selector")
)
