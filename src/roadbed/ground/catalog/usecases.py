"""The verbs of the catalogue: register a file, read it again, take an entity out, engage SREs and end it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from roadbed.ground.catalog.documents import decode
from roadbed.ground.catalog.engaging import end_engagement, start_engagement
from roadbed.ground.catalog.ingest import Ingest, RegisteredEntity, orphan
from roadbed.ground.catalog.models import Entity, IngestError, Location, Relation
from roadbed.ground.catalog.queries import require_entity
from roadbed.ground.catalog.rules import Reading, one_refusal
from roadbed.ground.catalog.schedule import next_check
from roadbed.ground.catalog.sources import ENTITY_PATH, checked_location, may_name, read_file, read_text
from roadbed.ground.catalog.targets import target_of
from roadbed.ground.errors import Conflict, NotFound, Place, Refusal
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise

__all__ = [
    "Refreshed",
    "Registered",
    "RegisteredEntity",
    "end_engagement",
    "refresh",
    "refresh_due",
    "register",
    "register_location",
    "start_engagement",
    "unregister",
]


@dataclass(frozen=True, slots=True)
class Registered:
    """What a file's registration came to."""

    entities: tuple[RegisteredEntity, ...]
    location_uid: str

    @property
    def uid_of_component(self) -> str:
        """The uid of the file's first Component; empty where it has none."""
        return next((entity.uid for entity in self.entities if entity.kind == "Component"), "")

    def uid_of(self, name: str, kind: str = "Component") -> str | None:
        """The uid of an entity by its name."""
        matches = (e.uid for e in self.entities if e.kind == kind and e.name.lower() == name.lower())
        return next(matches, None)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What reading a file again came to."""

    location: str
    path: str
    changed: bool
    errors: tuple[Refusal, ...]


def register(
    caller: Caller, *, text: str, location: str, path: str = ENTITY_PATH, commit: str = "", now: datetime
) -> Registered:
    """Register all entities of a file, all or none. The same file again changes nothing and keeps every uid.

    Raises:
        Invalid: with every error of the file in `others`.
        Conflict: when a name is registered from another place.
        Forbidden: when an entity belongs to a team that the caller does not.
    """
    authorise(caller, "catalog.register")
    checked_location(location, path)
    may_name(caller, location)
    reading = read_text(text, location=location, path=path, ref=commit or "HEAD")
    if reading.errors:
        raise one_refusal(reading.errors)
    targets = [(line, *target_of(target, location=location, path=path)) for line, target in _targets(reading)]
    for _, target, _ in targets:
        may_name(caller, target)
    try:
        with unit(caller, now=now) as writing:
            home = _home(caller, location, path, now)
            home.digest, home.commit = _digest(text), commit or home.commit
            done = Ingest(caller, writing, home, reading.entities, now).run()
            home.active, home.failures, home.checked_at = True, 0, now
            home.next_check_at = next_check(location, path, failures=0, now=now)
            home.save()
            IngestError.objects.filter(location=home).delete()
            _follow(caller, home, [(target, where) for _, target, where in targets], now)
    except IntegrityError as fault:
        raise Conflict(
            "Somebody registered the same name at the same moment.", remedy="Try again.", place=Place(path)
        ) from fault
    return Registered(done, home.uid)


def register_location(caller: Caller, *, location: str, path: str = ENTITY_PATH, now: datetime) -> Registered:
    """Register a repository's file as it is at HEAD."""
    authorise(caller, "catalog.register")
    checked_location(location, path)
    may_name(caller, location)
    commit, raw = read_file(location, path)
    assert raw is not None  # noqa: S101 - it is only for a commit that is known already
    return register(caller, text=decode(raw, path), location=location, path=path, commit=commit, now=now)


def unregister(caller: Caller, ref: str, *, whole_location: bool = False, now: datetime) -> tuple[str, ...]:
    """Take an entity out, or everything that its file holds; answers the references that went.

    Raises:
        Conflict: when its file still holds it beside others, since the next reading would bring it back.
    """
    with unit(caller, now=now) as writing:
        entity = Entity.objects.select_related("location").get(uid=require_entity(ref).uid)
        home = entity.location
        beside = list(Entity.objects.filter(location=home).exclude(pk=entity.pk).select_related("location"))
        if beside and not whole_location and entity.orphaned_at is None:
            raise Conflict(
                f"{entity.ref} stands in {home.location} {home.path} beside {len(beside)} more, "
                "which would bring it back.",
                remedy="Take it out of the file and refresh, or remove the whole location with --location.",
                place=Place(home.path, entity.line),
            )
        going = [entity, *beside] if whole_location else [entity]
        for row in going:
            authorise(caller, "catalog.remove", team=row.owner or None)
        for row in going:
            data = {"ref": row.ref, "kind": row.kind, "name": row.name, "owner": row.owner}
            writing.record("catalog.entity.removed", row.uid, data=data)
        Relation.objects.filter(source__in=[row.pk for row in going]).delete()
        Entity.objects.filter(pk__in=[row.pk for row in going]).delete()
        if len(going) > len(beside):
            home.delete()
    return tuple(row.ref for row in going)


def refresh(caller: Caller, *, location: str, path: str = ENTITY_PATH, now: datetime) -> Refreshed:
    """Read one registered file again now; its faults are kept and shown, and what stood before stays."""
    authorise(caller, "catalog.register")
    home = Location.objects.filter(location=location, path=path).first()
    if home is None:
        raise NotFound(
            f"{location} {path} is not registered.",
            remedy=f"`roadbed catalog add {location}` registers it.",
            place=Place(field="location"),
        )
    return _read_again(home, now=now)


def refresh_due(*, now: datetime, until: Callable[[], bool], limit: int = 200) -> tuple[Refreshed, ...]:
    """Read again every file whose time has come, until told that time is up; the rest stays due."""
    done = []
    due = Location.objects.filter(next_check_at__lte=now).order_by("next_check_at", "id")
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        if until():
            break
        # Reading one file can end another's registration, so each is looked at when its turn comes.
        home = Location.objects.filter(pk=pk, next_check_at__lte=now).first()
        if home is not None:
            done.append(_read_again(home, now=now))
    return tuple(done)


def _read_again(home: Location, *, now: datetime) -> Refreshed:
    # The file may have been changed by anybody with access to the repository,
    # so it gets the rights of whoever registered it, never more.
    reader = Caller(uid="system", name="Roadbed", role=home.role, teams=frozenset(home.teams))
    if not home.active:
        return _let_go(home, reader, now=now)
    try:
        commit, raw = read_file(home.location, home.path, known=home.commit if home.failures == 0 else "")
        text = None if raw is None else decode(raw, home.path)
        if text is None or (home.failures == 0 and home.digest == _digest(text)):
            after = next_check(home.location, home.path, failures=0, now=now)
            Location.objects.filter(pk=home.pk).update(commit=commit, checked_at=now, next_check_at=after)
            return Refreshed(home.location, home.path, changed=False, errors=())
        register(reader, text=text, location=home.location, path=home.path, commit=commit, now=now)
    except Refusal as refusal:
        return _keep_errors(home, reader, refusal, now=now)
    return Refreshed(home.location, home.path, changed=True, errors=())


def _keep_errors(home: Location, reader: Caller, refusal: Refusal, *, now: datetime) -> Refreshed:
    faults = (refusal, *refusal.others)
    with unit(reader, now=now) as writing:
        failures = home.failures + 1
        after = next_check(home.location, home.path, failures=failures, now=now)
        Location.objects.filter(pk=home.pk).update(failures=failures, checked_at=now, next_check_at=after)
        before = {(row.line, row.field, row.message): row for row in IngestError.objects.filter(location=home)}
        kept: set[int] = set()
        fresh = []
        for fault in faults[:100]:
            row = before.get((fault.place.line, fault.place.field, fault.detail))
            if row is None:
                fresh.append(
                    IngestError(
                        location=home, line=fault.place.line, field=fault.place.field[:300], message=fault.detail,
                        remedy=fault.remedy, since=now,
                    )
                )  # fmt: skip
            else:
                kept.add(row.pk)
        mended = IngestError.objects.filter(location=home).exclude(pk__in=kept).delete()[0]
        IngestError.objects.bulk_create(fresh)
        if isinstance(refusal, NotFound):
            orphan(writing, home, Entity.objects.filter(location=home), now=now)
        if fresh or mended:
            said = [{"line": fault.place.line, "detail": fault.detail} for fault in faults[:20]]
            data = {"location": home.location, "path": home.path, "errors": said}
            writing.record("catalog.ingest.failed", home.uid, data=data)
    return Refreshed(home.location, home.path, changed=False, errors=faults)


def _let_go(home: Location, reader: Caller, *, now: datetime) -> Refreshed:
    """A file that nothing names any more: what it held is orphaned, and it is read no more."""
    with unit(reader, now=now) as writing:
        gone = orphan(writing, home, Entity.objects.filter(location=home), now=now)
        Location.objects.filter(pk=home.pk).update(next_check_at=now + timedelta(days=3650))
        IngestError.objects.filter(location=home).delete()
    return Refreshed(home.location, home.path, changed=bool(gone), errors=())


def _home(caller: Caller, location: str, path: str, now: datetime) -> Location:
    home = Location.objects.filter(location=location, path=path).first()
    if home is None:
        home = Location(
            location=location, path=path, added_at=now, next_check_at=next_check(location, path, failures=0, now=now)
        )
    home.role, home.teams = caller.role, sorted(caller.teams)
    return home


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _targets(reading: Reading) -> list[tuple[int, str]]:
    found = []
    for entity in reading.entities:
        if entity.reference.kind == "Location":
            found += [(entity.line, target) for target in entity.targets]
    return found


def _follow(caller: Caller, home: Location, targets: list[tuple[str, str]], now: datetime) -> None:
    """Begin to read what the file's Locations name; stop reading what they no longer name."""
    wanted = set(targets) - {(home.location, home.path)}
    for child in Location.objects.filter(parent=home, active=True):
        if (child.location, child.path) not in wanted:
            # Its next reading orphans what it holds; then it is read no more.
            Location.objects.filter(pk=child.pk).update(parent=None, active=False, next_check_at=now)
    for location, path in sorted(wanted):
        child, made = Location.objects.get_or_create(
            location=location,
            path=path,
            defaults={
                "parent": home,
                "role": caller.role,
                "teams": sorted(caller.teams),
                "added_at": now,
                "next_check_at": now,
            },
        )
        if not made and not child.active:
            Location.objects.filter(pk=child.pk).update(parent=home, active=True, next_check_at=now)
