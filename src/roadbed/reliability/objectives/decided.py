"""What the gate decided by an objective's budget, read from the ledger: each answer with its rule and policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.ground.api.paging import Page, checked_limit, encode_cursor
from roadbed.ground.gates import queries as gates
from roadbed.ground.ledger.queries import fact

AT_ONCE: Final = 100
MOST_READ: Final = 1000
"""Decisions of the service that are looked at for one page: an objective may be younger than all of them."""


@dataclass(frozen=True, slots=True)
class DecidedView:
    """A decision of the gate in which the objective's policy answered.

    Attributes:
        uid: the decision's; `outcome` and `passes` are of the decision as a whole, whatever else was asked.
        answer: what the policy answered by its `rule`, in the version that was current then.
        own: whether this objective's budget decided; else a rule that speaks of no objective did, as for a fix.
    """

    uid: str
    asked_at: datetime
    asked_by: str
    environment: str
    kind: str
    commit: str
    outcome: str
    passes: bool
    overridden: bool
    answer: str
    rule: str
    policy: str
    policy_version: int | None
    text: str
    own: bool


def decisions_of(uid: str, service_uid: str, *, cursor: str = "", limit: int = 50) -> Page[DecidedView]:
    """Decisions about the objective's service in which its policy answered, newest first."""
    checked_limit(limit)
    found: list[DecidedView] = []
    following: str | None = cursor
    for _ in range(MOST_READ // AT_ONCE):
        page = gates.decisions(service_uid, cursor=following or "", limit=AT_ONCE)
        for place, decision in enumerate(page.items):
            if (view := _decided(decision, uid)) is not None:
                found.append(view)
            if len(found) == limit:
                more = place + 1 < len(page.items) or page.next_cursor is not None
                return Page(tuple(found), _after(decision.uid) if more else None)
        following = page.next_cursor
        if following is None:
            break
    return Page(tuple(found), following)


def _after(decision: str) -> str | None:
    held = fact(decision)
    return None if held is None else encode_cursor(held.position)


def _decided(decision: gates.Decision, uid: str) -> DecidedView | None:
    reason = _reason(decision.data.get("reasons", ()), uid)
    if reason is None:
        return None
    figures = reason["figures"]
    version = figures.get("policy_version")
    return DecidedView(
        uid=decision.uid,
        asked_at=decision.asked_at,
        asked_by=decision.asked_by,
        environment=decision.environment,
        kind=decision.kind,
        commit=decision.commit,
        outcome=decision.outcome,
        passes=decision.passes,
        overridden=bool(decision.overridden),
        answer=str(reason.get("outcome", "unknown")),
        rule=str(reason.get("rule", "")).partition(": ")[2],
        policy=str(figures.get("policy", "")),
        policy_version=version if isinstance(version, int) else None,
        text=str(reason.get("text", "")),
        own="objective" in figures,
    )


def _reason(reasons: Any, uid: str) -> Mapping[str, Any] | None:
    """The objective's own reason, else the policy's for the service as a whole."""
    of_policy = [reason for reason in reasons if (reason.get("figures") or {}).get("policy")]
    own = (reason for reason in of_policy if reason["figures"].get("objective") == uid)
    whole = (reason for reason in of_policy if "objective" not in reason["figures"])
    return next(own, None) or next(whole, None)
