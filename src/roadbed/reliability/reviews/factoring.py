"""The verbs of factors: name, word anew, take out, and say which contributed to which; the graph has no circle."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.models import Contribution, Factor
from roadbed.reliability.reviews.rules import graph
from roadbed.reliability.reviews.writing import changed, factor_of, locked

MOST_FACTORS = 40


def name_factor(
    caller: Caller,
    reference: str,
    *,
    text: str,
    kind: str = "",
    evidence: str = "",
    role: str = Factor.CONTRIBUTED,
    leads_to: str = "",
    now: datetime,
) -> str:
    """Name a factor; answers its key. `leads_to` is another one's key, `harm` or nothing yet.

    One that limited harm, or was luck, needs no kind and leads to no other.
    """
    authorise(caller, "review.write")
    said = rules.checked_text(text, "text")
    role = rules.checked_choice(role, rules.ROLES, "role")
    if role == Factor.CONTRIBUTED or kind:
        kind = rules.checked_choice(kind, rules.KINDS, "kind")
    shown = rules.checked_text(evidence, "evidence", needed=False)
    with unit(caller, now=now) as writing:
        row = locked(reference)
        numbers = [int(key[1:]) for key in row.factors.values_list("key", flat=True)]
        if len(numbers) >= MOST_FACTORS:
            raise Conflict(f"It names {MOST_FACTORS} factors already.", remedy="Join those that are one.")
        key = f"{'F' if role == Factor.CONTRIBUTED else 'L'}{max(numbers, default=0) + 1}"
        made = Factor.objects.create(review=row, key=key, text=said, kind=kind, evidence=shown, role=role)
        if leads_to and role == Factor.CONTRIBUTED:
            effect = (
                None if leads_to.lower() == graph.HARM else _contributing(factor_of(row, leads_to, field="leads_to"))
            )
            Contribution.objects.create(review=row, cause=made, effect=effect)
        changed(writing, row, "factor", factor=key, kind=kind, role=role)
        return key


def reword_factor(
    caller: Caller,
    reference: str,
    key: str,
    *,
    text: str = "",
    kind: str = "",
    evidence: str | None = None,
    now: datetime,
) -> None:
    """Word a factor anew; what is not given stays."""
    authorise(caller, "review.write")
    values: dict[str, str] = {}
    if text:
        values["text"] = rules.checked_text(text, "text")
    if kind:
        values["kind"] = rules.checked_choice(kind, rules.KINDS, "kind")
    if evidence is not None:
        values["evidence"] = rules.checked_text(evidence, "evidence", needed=False)
    with unit(caller, now=now) as writing:
        row = locked(reference)
        made = factor_of(row, key)
        if any(getattr(made, name) != value for name, value in values.items()):
            Factor.objects.filter(pk=made.pk).update(**values)
            changed(writing, row, "factor", factor=made.key, reworded=sorted(values))


def drop_factor(caller: Caller, reference: str, key: str, *, now: datetime) -> None:
    """Take a factor out with its links.

    Raises:
        Conflict: while an action works on it.
    """
    authorise(caller, "review.write")
    with unit(caller, now=now) as writing:
        row = locked(reference)
        made = factor_of(row, key)
        if made.actions.exists():
            raise Conflict(f"An action works on {made.key}.", remedy="A factor with an action stays.")
        made.delete()
        changed(writing, row, "factor", factor=made.key, dropped=True)


def link(caller: Caller, reference: str, *, cause: str, effect: str, now: datetime) -> None:
    """Say that a factor contributed to another, or to the `harm`; saying it again changes nothing.

    Raises:
        Invalid: when the links would go round in a circle.
    """
    authorise(caller, "review.write")
    with unit(caller, now=now) as writing:
        row = locked(reference)
        from_ = _contributing(factor_of(row, cause, field="cause"))
        to = None if effect.strip().lower() == graph.HARM else _contributing(factor_of(row, effect, field="effect"))
        known = [
            (one.cause.key, one.effect.key if one.effect else graph.HARM)
            for one in row.contributions.select_related("cause", "effect")
        ]
        added = (from_.key, to.key if to else graph.HARM)
        if added in known:
            return
        if round_ := graph.circle([*known, added]):
            raise Invalid(
                f"That goes round in a circle: {' → '.join(round_)}.",
                remedy="What came first contributed to what came later. Name the step between them, if there is one.",
                place=Place(field="effect"),
            )
        Contribution.objects.create(review=row, cause=from_, effect=to)
        changed(writing, row, "link", cause=added[0], effect=added[1])


def unlink(caller: Caller, reference: str, *, cause: str, effect: str, now: datetime) -> None:
    """Take a link back."""
    authorise(caller, "review.write")
    with unit(caller, now=now) as writing:
        row = locked(reference)
        from_ = factor_of(row, cause, field="cause")
        to = None if effect.strip().lower() == graph.HARM else factor_of(row, effect, field="effect")
        if not row.contributions.filter(cause=from_, effect=to).delete()[0]:
            raise NotFound(f"{from_.key} is not said to have led to {effect[:20]}.", place=Place(field="effect"))
        changed(writing, row, "link", cause=from_.key, effect=to.key if to else graph.HARM, taken_back=True)


def _contributing(one: Factor) -> Factor:
    if one.role != Factor.CONTRIBUTED:
        raise Invalid(
            f"{one.key} limited the harm, so it leads to no factor and none leads to it.", place=Place(field="effect")
        )
    return one
