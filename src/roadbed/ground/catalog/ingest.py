"""How a file's entities become rows: matched to what is there, checked all at once, written with their facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from roadbed.ground.catalog.models import Entity, Location, Relation
from roadbed.ground.catalog.rules import EntityRead
from roadbed.ground.errors import Conflict, Invalid, Place, Refusal
from roadbed.ground.ledger.unit import Unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.people.usecases import create_team

CREATED: Final = "created"
CHANGED: Final = "changed"
RENAMED: Final = "renamed"
MOVED: Final = "moved"
UNCHANGED: Final = "unchanged"
_WRITTEN: Final = [
    "ref", "namespace", "name", "key", "title", "description", "type", "lifecycle", "system", "tier", "owner",
    "owner_team", "tags", "search", "metadata", "spec", "location", "line", "digest", "changed_at", "orphaned_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegisteredEntity:
    """One entity as it now stands. `change` is created, changed, renamed, moved or unchanged."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    change: str


@dataclass(slots=True)
class Ingest:
    """One file's way into the tables, inside an open unit."""

    caller: Caller
    writing: Unit
    home: Location
    entities: tuple[EntityRead, ...]
    now: datetime
    known: dict[str, Entity] = field(default_factory=dict)
    vanished: dict[str, Entity] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    shifted: list[Entity] = field(default_factory=list)

    def run(self) -> tuple[RegisteredEntity, ...]:
        """Write everything, or refuse with everything that is wrong."""
        self._match()
        self._groups()
        self._refuse_faults()
        written = [self._row(entity) for entity in self.entities]
        self._authorise(written)
        self._save(written)
        self._orphan()
        return tuple(
            RegisteredEntity(row.uid, row.ref, row.kind, row.namespace, row.name, change) for row, change, _ in written
        )

    def _match(self) -> None:
        refs = [entity.reference.key for entity in self.entities]
        mine = Entity.objects.filter(location=self.home) if self.home.pk else Entity.objects.none()
        rows = {row.ref: row for row in mine}
        rows |= {row.ref: row for row in Entity.objects.filter(ref__in=refs).select_related("location")}
        self.known = {ref: rows[ref] for ref in refs if ref in rows}
        self.vanished = {ref: row for ref, row in rows.items() if ref not in self.known}
        for kind in {entity.reference.kind for entity in self.entities}:
            gone = [row for row in self.vanished.values() if row.kind == kind and row.orphaned_at is None]
            new = [e for e in self.entities if e.reference.kind == kind and e.reference.key not in self.known]
            # One gone and one new of a kind in the same file is a renamed entity: it keeps its uid and its history.
            if len(gone) == len(new) == 1:
                self.known[new[0].reference.key] = self.vanished.pop(gone[0].ref)

    def _groups(self) -> None:
        names = {entity.owner.target.name for entity in self.entities if entity.owner}
        names |= {entity.reference.name for entity in self.entities if entity.reference.kind == "Group"}
        wanted = [name.lower() for name in names]
        self.teams = {team.name.lower(): team for team in Team.objects.filter(archived_at=None, name__in=wanted)}
        for missing in set(wanted) - set(self.teams):
            team = Team.objects.filter(archived_at=None, name__iexact=missing).first()
            if team is not None:
                self.teams[missing] = team
        for entity in self.entities:
            name = entity.reference.name.lower()
            if entity.reference.kind == "Group" and name not in self.teams:
                profile = entity.spec.get("profile") or {}
                title = str(entity.metadata.get("title") or profile.get("displayName") or "")[:120]
                create_team(self.caller, name=name, title=title, now=self.now)
                self.teams[name] = Team.objects.get(name=name)

    def _refuse_faults(self) -> None:
        faults: list[Refusal] = [fault for entity in self.entities if (fault := self._owner_fault(entity))]
        faults += [fault for entity in self.entities if (fault := self._conflict(entity))]
        if faults:
            first = faults[0]
            raise type(first)(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))

    def _place(self, line: int, name: str) -> Place:
        return Place(self.home.path, line, name)

    def _owner_fault(self, entity: EntityRead) -> Refusal | None:
        owner = entity.owner
        if owner is None:
            return None
        place = self._place(owner.line, owner.field)
        if owner.target.kind == "User":
            if entity.reference.kind != "Component":
                return None
            return Invalid(
                f"{entity.reference.name} names a person, {owner.target.name}, as its owner. People leave and sleep; "
                "a service is owned by exactly one team.",
                remedy="Name a team; one person can be a team.",
                place=place,
            )
        if owner.target.name.lower() in self.teams:
            return None
        return Invalid(
            f"The owner {owner.target.name} of {entity.reference.name} is no team.",
            remedy=f"Make it with `roadbed team create {owner.target.name.lower()}`, or name a team that there is.",
            place=place,
        )

    def _conflict(self, entity: EntityRead) -> Refusal | None:
        row = self.known.get(entity.reference.key)
        if row is None or row.location_id == self.home.pk or row.orphaned_at is not None:
            return None
        return Conflict(
            f"{entity.reference} is registered already, from {row.location.location} {row.location.path} "
            f"line {row.line}; now it comes from {self.home.location} {self.home.path} line {entity.line}.",
            remedy=f"Rename one; or, if it moved, `roadbed catalog remove {row.ref}` first.",
            place=self._place(entity.line, "metadata.name"),
        )

    def _row(self, entity: EntityRead) -> tuple[Entity, str, str]:
        row = self.known.get(entity.reference.key)
        former = row.owner if row else ""
        if row is None:
            row, change = Entity(kind=entity.reference.kind, registered_at=self.now), CREATED
        elif row.location_id != self.home.pk:
            change = MOVED
        elif row.ref != entity.reference.key:
            change = RENAMED
        elif row.digest != entity.digest or row.orphaned_at is not None or row.name != entity.reference.name:
            change = CHANGED
        else:
            change = UNCHANGED
        if change != UNCHANGED:
            self._fill(row, entity)
        if row.line != entity.line:
            row.line = entity.line
            self.shifted.append(row)
        return row, change, former

    def _fill(self, row: Entity, entity: EntityRead) -> None:
        metadata, spec, reference = entity.metadata, entity.spec, entity.reference
        owner = entity.owner.target if entity.owner else None
        team = self.teams.get(owner.name.lower()) if owner and owner.kind == "Group" else None
        system = next((link.target for link in entity.links if link.field == "spec.system"), None)
        profile = spec.get("profile") or {}
        tags = metadata.get("tags") or []
        row.ref, row.namespace, row.name = reference.key, reference.namespace, reference.name
        row.key = reference.name.lower()
        row.title = str(metadata.get("title") or profile.get("displayName") or "")
        row.description = str(metadata.get("description") or "")
        row.type, row.lifecycle = str(spec.get("type") or ""), str(spec.get("lifecycle") or "")
        row.system = "" if system is None else _short(system.namespace, system.name)
        row.tier = str((metadata.get("annotations") or {}).get("roadbed.dev/tier", ""))
        row.owner = team.name if team else str(owner) if owner else ""
        row.owner_team = team
        row.tags = f" {' '.join(tags)} " if tags else ""
        row.search = " ".join((row.key, row.title, row.description, *tags)).lower()
        row.metadata, row.spec = dict(metadata), dict(spec)
        row.location, row.digest, row.changed_at, row.orphaned_at = self.home, entity.digest, self.now, None

    def _authorise(self, written: list[tuple[Entity, str, str]]) -> None:
        """Whoever takes or gives away ownership needs the right on both sides; nothing changed needs none."""
        authorise(self.caller, "catalog.register")
        asked = {row.owner for row in self.vanished.values() if row.orphaned_at is None}
        for row, change, former in written:
            if change != UNCHANGED:
                asked |= {former, row.owner, row.key if row.kind == "Group" else ""}
        for team in sorted(asked - {""}):
            authorise(self.caller, "catalog.register", team=team)

    def _save(self, written: list[tuple[Entity, str, str]]) -> None:
        if self.home._state.adding:  # noqa: SLF001 - Django's own word for a row not yet saved
            self.home.save(force_insert=True)
        changed = [(row, change) for row, change, _ in written if change != UNCHANGED]
        for row, _ in changed:
            row.location = self.home
        Entity.objects.bulk_create([row for row, change in changed if change == CREATED], batch_size=200)
        for row, change in changed:
            if change != CREATED:
                # One by one is four times as fast as bulk_update, whose CASE over twenty columns grows with the square.
                row.save(update_fields=_WRITTEN)
        Entity.objects.bulk_update([row for row in self.shifted if row.pk], ["line"], batch_size=400)
        Relation.objects.filter(source__in=[row.pk for row, change in changed if change != CREATED]).delete()
        links = {row.ref: row.pk for row, _ in changed}
        Relation.objects.bulk_create(
            [
                Relation(
                    source_id=links[entity.reference.key],
                    type=link.relation,
                    target=link.target.key,
                    field=link.field,
                    line=link.line,
                )
                for entity in self.entities
                if entity.reference.key in links
                for link in entity.links
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
        for row, change in changed:
            self.writing.record("catalog.entity.registered", row.uid, data=self._said(row, change))

    def _said(self, row: Entity, change: str) -> dict[str, Any]:
        return {
            "ref": row.ref, "kind": row.kind, "name": row.name, "change": change, "owner": row.owner,
            "location": self.home.location, "path": self.home.path, "digest": row.digest,
        }  # fmt: skip

    def _orphan(self) -> None:
        orphan(self.writing, self.home, self.vanished.values(), now=self.now)


def orphan(writing: Unit, home: Location, rows: Iterable[Entity], *, now: datetime) -> tuple[str, ...]:
    """Mark entities that their file no longer holds; they stay, shown as orphaned, until somebody removes them."""
    gone = [row for row in rows if row.orphaned_at is None]
    Entity.objects.filter(pk__in=[row.pk for row in gone]).update(orphaned_at=now)
    for row in gone:
        data = {"ref": row.ref, "kind": row.kind, "name": row.name, "owner": row.owner}
        data |= {"location": home.location, "path": home.path}
        writing.record("catalog.entity.orphaned", row.uid, data=data)
    return tuple(row.ref for row in gone)


def _short(namespace: str, name: str) -> str:
    return name if namespace == "default" else f"{namespace}/{name}"
