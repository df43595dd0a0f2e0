"""What people may say against the gate: override a refusal for a while, confirm a kind that another declared."""

from __future__ import annotations

from datetime import datetime, timedelta

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound, Place
from roadbed.ground.gates import rules
from roadbed.ground.gates.models import KindDispute, Override
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise


def override(
    caller: Caller,
    service: str,
    *,
    commit: str,
    reason: str,
    lasts: timedelta,
    environment: str = "production",
    decision: str = "",
    now: datetime,
) -> str:
    """Let one refused commit out until the time runs out; it is a fact, shown in each verdict, and counted."""
    known = require_service(service)
    authorise(caller, "gate.override", team=known.owner)
    reason = " ".join(reason.split())
    _check_override(commit, reason, lasts)
    with unit(caller, now=now) as writing:
        row = Override.objects.create(
            service_uid=known.uid,
            service_name=known.name,
            environment=environment,
            commit=commit,
            decision=decision[:32],
            reason=reason,
            person_uid=caller.uid,
            person=caller.name[:160],
            created_at=now,
            expires_at=now + lasts,
            seconds=max(1, round(lasts.total_seconds())),
        )
        writing.record(
            "gate.overridden",
            known.uid,
            environment=environment,
            source_id=f"override:{row.uid}",
            data={
                "service": known.name,
                "commit": commit,
                "reason": reason,
                "person": caller.name,
                "expires_at": row.expires_at.isoformat(),
                "decision": decision,
                "override": row.uid,
            },
        )
    return row.uid


def _check_override(commit: str, reason: str, lasts: timedelta) -> None:
    if len(reason) < rules.SHORTEST_REASON or len(reason) > 1000:  # noqa: PLR2004 - the column's length
        raise Invalid(
            f"The reason has {len(reason)} characters.",
            remedy=f"Say in {rules.SHORTEST_REASON} to 1000 why it must go out now; everybody can read it.",
            place=Place(field="reason"),
        )
    if not timedelta() < lasts <= rules.LONGEST_OVERRIDE:
        raise Invalid(
            f"An override of {lasts.total_seconds() / 3600:g} h is not possible.",
            remedy="It lasts more than nothing and at most 4 h.",
            place=Place(field="hours"),
        )
    if len(commit) < rules.SHORTEST_COMMIT:
        raise Invalid(
            f"An override covers one commit, and {commit!r} names none.",
            remedy="Give its name with --commit, at least 7 digits of it.",
            place=Place(field="commit"),
        )


def confirm_kind(caller: Caller, service: str, *, commit: str, kind: str, now: datetime) -> None:
    """Confirm, as a second person, that a change is what another one declared."""
    authorise(caller, "change.confirm")
    known = require_service(service)
    with unit(caller, now=now) as writing:
        rows = KindDispute.objects.filter(service_uid=known.uid, declared=kind).order_by("-declared_at")
        row = next((one for one in rows if rules.same_commit(one.commit, commit)), None)
        if row is None:
            raise NotFound(
                f"Nobody declared {commit[:12]} of {known.name} {kind} against what it reads as.",
                remedy="Ask the gate first: `roadbed gate check --kind KIND --commit COMMIT --title …`.",
            )
        if row.declared_by_uid == caller.uid:
            raise Forbidden("You declared it yourself.", remedy="Let another person confirm it.")
        if row.confirmed_at is not None:
            raise Conflict(f"{row.confirmed_by} confirmed it already.")
        row.confirmed_by_uid, row.confirmed_by, row.confirmed_at = caller.uid, caller.name[:160], now
        row.save()
        writing.record(
            "change.kind.confirmed",
            known.uid,
            source_id=f"kind:{row.uid}",
            data={
                "service": known.name,
                "commit": commit,
                "declared": row.declared,
                "derived": row.derived,
                "declared_by": row.declared_by,
                "confirmed_by": caller.name,
            },
        )
