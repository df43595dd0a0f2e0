"""The verbs of budget policies: apply one as a new version, and take one away. Versions stay as a record."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.db.models import Max

from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.objectives import policies, shipped
from roadbed.reliability.objectives.defining import refusal_of
from roadbed.reliability.objectives.models import BudgetPolicy
from roadbed.reliability.objectives.rules.policy.documents import Policy, errors_of, read_policies, selector_as_data

LONGEST_WHY: Final = 500


def apply_policy(
    caller: Caller, *, text: str, why: str, file: str = "policy.yaml", now: datetime
) -> tuple[policies.PolicyView, bool]:
    """Let a policy decide from now on; answers it, and whether anything changed: the same text makes no new version.

    Raises:
        Invalid: naming every fault with its line; then nothing is changed.
        Conflict: when another policy is the default.
    """
    authorise(caller, "policy.write")
    made = _read(text, file)
    _checked_why(why)
    standing = BudgetPolicy.objects.filter(name=made.name, current=True).first()
    if made.digest == (standing.digest if standing else _shipped_digest(made.name)):
        return policies.policy(made.name), False
    try:
        with unit(caller, now=now) as writing:
            former = _end(made.name, caller, now)
            row = BudgetPolicy.objects.create(
                name=made.name,
                number=_next(made.name),
                text=text,
                digest=made.digest,
                description=made.description,
                selector=selector_as_data(made.selector),
                is_default=made.selector.default,
                by=caller.name[:160],
                why=why.strip(),
                applied_at=now,
            )
            said = _said(row) | {"replaces": former}
            writing.record("policy.applied", made.name, data=said)
    except IntegrityError:
        raise _taken(made) from None
    return policies.policy(made.name, row.number), True


def remove_policy(caller: Caller, name: str, *, why: str, now: datetime) -> None:
    """Let a policy decide no longer: the next one that fits does, at last the one that ships."""
    authorise(caller, "policy.write")
    _checked_why(why)
    row = BudgetPolicy.objects.filter(name=name[:63], current=True).first()
    if row is None:
        policies.policy(name)
        if name == shipped.NAME:
            raise Conflict(
                f"{name} ships with Roadbed and decides where no other does.",
                remedy="Apply a policy with `default: true` in its place.",
            )
        raise Conflict(f"{name} was removed already.", remedy="`roadbed slo policy list` names those that decide.")
    with unit(caller, now=now) as writing:
        if _end(row.name, caller, now) != row.number:
            raise Conflict(f"{name} changed at this moment.", remedy="Look at it again before you remove it.")
        writing.record("policy.removed", row.name, data=_said(row) | {"why": why.strip()})


def _read(text: str, file: str) -> Policy:
    found, findings = read_policies(text, file=file)
    if errors := errors_of(findings):
        raise refusal_of(errors)
    if len(found) != 1:
        raise Invalid(
            f"The file has {len(found)} policies.", remedy="Apply them one by one.", place=Place(file=file, line=1)
        )
    made = found[0]
    if made.name == shipped.NAME and not made.selector.default:
        raise Invalid(
            f"{shipped.NAME} is the name of the default.",
            remedy="Give the policy another name, or `default: true`.",
            place=Place(file=file, line=1, field="metadata.name"),
        )
    return made


def _checked_why(why: str) -> None:
    if not 0 < len(why.strip()) <= LONGEST_WHY or "\x00" in why:
        raise Invalid(
            "A change of policy needs a reason.", remedy="Say why, in up to 500 signs.", place=Place(field="why")
        )


def _shipped_digest(name: str) -> str:
    """The shipped policy's digest where it is meant and nobody applied another default."""
    if name != shipped.NAME or BudgetPolicy.objects.filter(current=True, is_default=True).exists():
        return ""
    return shipped.plan().policy.digest


def _end(name: str, caller: Caller, now: datetime) -> int | None:
    """End the current version, and answer its number."""
    row = BudgetPolicy.objects.filter(name=name, current=True).first()
    if row is None:
        return None
    changed = BudgetPolicy.objects.filter(pk=row.pk, current=True).update(
        current=False, ended_at=now, ended_by=caller.name[:160]
    )
    return row.number if changed else None


def _next(name: str) -> int:
    last = BudgetPolicy.objects.filter(name=name).aggregate(last=Max("number"))["last"]
    return 1 + (last or (shipped.VERSION if name == shipped.NAME else 0))


def _taken(made: Policy) -> Conflict:
    other = BudgetPolicy.objects.filter(current=True, is_default=True).exclude(name=made.name).first()
    if made.selector.default and other is not None:
        return Conflict(
            f"{other.name} is the default already.",
            remedy=f"Remove it first: `roadbed slo policy remove {other.name}`, or choose services in spec.selector.",
        )
    return Conflict(f"Somebody applied {made.name} at the same moment.", remedy="Look at it, and apply again.")


def _said(row: BudgetPolicy) -> dict[str, object]:
    return {
        "policy": row.name,
        "version": row.number,
        "digest": row.digest,
        "selector": row.selector,
        "why": row.why,
    }
