"""The verbs of flags: make one, set it in an environment, archive it. Each is a fact with its reason."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from roadbed.delivery.flags import rules
from roadbed.delivery.flags.models import Flag, FlagState, FlagVersion
from roadbed.delivery.flags.queries import missing
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise


def create_flag(
    caller: Caller, service: str, key: str, *, kind: str = rules.BOOLEAN, description: str = "", now: datetime
) -> str:
    """Make a flag; until it is set, the code's default stands everywhere. Answers its uid."""
    known = catalog.require_service(service)
    authorise(caller, "flag.write", team=known.owner)
    key, kind, description = rules.checked_key(key), rules.checked_kind(kind), rules.checked_description(description)
    with unit(caller, now=now) as writing:
        flag, made = Flag.objects.get_or_create(
            service_uid=known.uid,
            key=key,
            defaults={"kind": kind, "description": description, "created_at": now, "created_by": caller.name[:160]},
        )
        if not made:
            raise _taken(flag, known.name)
        _count(known.uid, "")
        writing.record(
            "flag.created",
            known.uid,
            data={"service": known.name, "flag": key, "kind": kind, "algorithm": flag.algorithm},
        )
    return flag.uid


def _taken(flag: Flag, service: str) -> Conflict:
    if flag.archived_at is None:
        return Conflict(f"{service} has a flag {flag.key} already.", place=Place(field="key"))
    return Conflict(
        f"{service} had a flag {flag.key}, which is archived.",
        remedy="Choose another key: code that was not cleaned up may still ask for this one.",
        place=Place(field="key"),
    )


def change_flag(
    caller: Caller,
    service: str,
    key: str,
    *,
    state: str,
    reason: str,
    environment: str = rules.PRODUCTION,
    expected: str | None = None,
    now: datetime,
) -> bool:
    """Set a flag in one environment to on, off, a share, or the code's default. Answers whether that changed anything.

    `expected` is what the caller saw it set to: where somebody else was faster, nothing is changed.
    """
    known = catalog.require_service(service)
    authorise(caller, "flag.write", team=known.owner)
    environment, reason = rules.checked_environment(environment), rules.checked_reason(reason)
    with unit(caller, now=now) as writing:
        flag = _standing(known.uid, known.name, key)
        setting = rules.setting_of(state, flag.kind)
        row = FlagState.objects.filter(flag=flag, environment=environment).first()
        former = rules.UNSET if row is None else rules.Setting(row.enabled, row.share)
        if expected is not None and rules.setting_of(expected, flag.kind) != former:
            raise Conflict(
                f"{key} is set to {rules.said(former, flag.kind)} in {environment} by now, not to {expected}.",
                remedy="Look at its history, then change it again.",
                place=Place(field="expected"),
            )
        if setting == former:
            return False
        FlagState.objects.update_or_create(
            flag=flag,
            environment=environment,
            defaults={
                "enabled": setting.enabled,
                "share": setting.share,
                "changed_at": now,
                "changed_by": caller.name[:160],
                "reason": reason,
            },
        )
        version = _count(known.uid, environment)
        words = {"from": rules.said(former, flag.kind), "to": rules.said(setting, flag.kind)}
        writing.record(
            "flag.changed",
            known.uid,
            environment=environment,
            data={"service": known.name, "flag": key, **words, "reason": reason, "version": version},
        )
    return True


def archive_flag(caller: Caller, service: str, key: str, *, reason: str, now: datetime) -> None:
    """End a flag: it is not found any more, so that the code's default stands. Its history and its key stay."""
    known = catalog.require_service(service)
    authorise(caller, "flag.write", team=known.owner)
    reason = rules.checked_reason(reason)
    with unit(caller, now=now) as writing:
        flag = _standing(known.uid, known.name, key)
        former = {
            row.environment: rules.said(rules.Setting(row.enabled, row.share), flag.kind)
            for row in FlagState.objects.filter(flag=flag).order_by("environment")
        }
        Flag.objects.filter(pk=flag.pk).update(archived_at=now)
        _count(known.uid, "")
        writing.record(
            "flag.archived",
            known.uid,
            data={"service": known.name, "flag": key, "from": former, "to": "archived", "reason": reason},
        )


def _standing(service_uid: str, service: str, key: str) -> Flag:
    # The lock lets two who change the same flag at once see one another's change; SQLite's writers queue anyway.
    flag = Flag.objects.select_for_update().filter(service_uid=service_uid, key=key).first()
    if flag is None:
        raise missing(service, key)
    if flag.archived_at is not None:
        raise Conflict(f"{key} is archived.", remedy="Make a new flag with a key of its own.", place=Place(field="key"))
    return flag


def _count(service_uid: str, environment: str) -> int:
    row, _ = FlagVersion.objects.get_or_create(service_uid=service_uid, environment=environment)
    FlagVersion.objects.filter(pk=row.pk).update(number=F("number") + 1)
    row.refresh_from_db()
    return row.number
