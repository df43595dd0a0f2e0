"""Owns what is remembered of workloads and releases on disk: manifests, the state of each workload, and the journal."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roadbed.adapters.local_runtime import disk
from roadbed.ground.ports.runtime import JournalEntry, ReleaseSpec, Resources, RuntimeFailure

if TYPE_CHECKING:
    from pathlib import Path

    from roadbed.adapters.local_runtime.layout import Layout


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes traffic, why, and whether by the runtime's own command."""

    name: str
    reason: str = ""
    local: bool = False


@dataclass(frozen=True, slots=True)
class WorkloadState:
    """What a workload is meant to be.

    Attributes:
        service_uid: the catalogue's uid of the service.
        serving: the release that is to have all traffic; None before the first and after a stop.
        good: releases that were ready and had traffic once, in the order in which they first did.
        withdrawn: those of them that a rollback took out of service.
        stopped: somebody stopped it on purpose.
        rollbacks: how often it was rolled back.
        pending: journal entries that the journal itself could not take yet.
    """

    service_uid: str = ""
    serving: int | None = None
    good: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    stopped: bool = False
    rollbacks: int = 0
    pending: tuple[dict[str, Any], ...] = ()

    def promoted(self, number: int, *, service_uid: str, entry: JournalEntry) -> WorkloadState:
        """After the release has been given all traffic."""
        withdrawn = set(self.withdrawn) - {number}
        if entry.verb == "rolledback" and entry.former is not None:
            withdrawn.add(entry.former)
        return WorkloadState(
            service_uid=service_uid,
            serving=number,
            good=self.good if number in self.good else (*self.good, number),
            withdrawn=tuple(sorted(withdrawn)),
            rollbacks=self.rollbacks + (entry.verb == "rolledback"),
            pending=(*self.pending, as_line(entry)),
        )

    def before_serving(self) -> int | None:
        """The last good release before the one that serves; after a stop, the one that served last."""
        candidates = [number for number in self.good if number not in self.withdrawn and number != self.serving]
        if self.serving is not None and self.serving in self.good:
            earlier = self.good[: self.good.index(self.serving)]
            candidates = [number for number in candidates if number in earlier]
        return candidates[-1] if candidates else None

    def worth_keeping(self, keep: int) -> set[int]:
        """Releases that pruning spares: the one that serves, and the newest good ones with and without withdrawn."""
        sound = [number for number in self.good if number not in self.withdrawn]
        serving = {self.serving} if self.serving is not None else set()
        return serving | set(sound[-keep:]) | set(self.good[-keep:])


class Records:
    """The files."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    # --- workloads

    def workloads(self) -> tuple[str, ...]:
        if not self.layout.workloads.is_dir():
            return ()
        return tuple(sorted(path.name for path in self.layout.workloads.iterdir() if (path / "releases").is_dir()))

    def state(self, workload: str) -> WorkloadState:
        kept = disk.load(self.layout.workload(workload) / "state.json")
        if kept is None:
            return WorkloadState()
        for name in ("good", "withdrawn", "pending"):
            kept[name] = tuple(kept[name])
        return WorkloadState(**kept)

    def save_state(self, workload: str, state: WorkloadState) -> None:
        disk.save(self.layout.workload(workload) / "state.json", asdict(state))

    # --- releases

    def save_release(self, spec: ReleaseSpec) -> None:
        """The manifest, and apart from it the environment, which holds secrets."""
        folder = self.layout.release(spec.workload, spec.number)
        manifest = asdict(spec)
        environment = manifest.pop("environment")
        disk.save(folder / "environment.json", dict(environment), mode=0o400)
        disk.save(folder / "manifest.json", manifest)

    def release(self, workload: str, number: int) -> ReleaseSpec:
        folder = self.layout.release(workload, number)
        manifest = disk.load(folder / "manifest.json")
        if manifest is None:
            raise RuntimeFailure(
                "start",
                f"there is no release v{number} of {workload} on this machine",
                remedy=f"see which there are with `roadbed releases {workload}`",
            )
        manifest["resources"] = Resources(**manifest["resources"])
        return ReleaseSpec(**manifest, environment=disk.load(folder / "environment.json") or {})

    def numbers(self, workload: str) -> tuple[int, ...]:
        """Releases on disk, newest first."""
        folder = self.layout.workload(workload) / "releases"
        if not folder.is_dir():
            return ()
        found = [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
        return tuple(sorted(found, reverse=True))

    # --- journal

    def settle(self, workload: str) -> None:
        """Bring what waits in the workload's state into the journal; each entry once."""
        state = self.state(workload)
        if not state.pending:
            return
        known = {entry["uid"] for entry in self._lines()}
        for line in state.pending:
            if line["uid"] not in known:
                disk.append(self.layout.journal, json.dumps(line, ensure_ascii=False))
        self.save_state(workload, replace(state, pending=()))

    def note(self, entry: JournalEntry) -> None:
        """Add an entry that goes with no change of state."""
        disk.append(self.layout.journal, json.dumps(as_line(entry), ensure_ascii=False))

    def journal(self, *, after: str = "") -> tuple[JournalEntry, ...]:
        entries = {line["uid"]: line for line in self._lines()}
        for workload in self.workloads():
            for line in self.state(workload).pending:
                entries.setdefault(line["uid"], line)
        found = tuple(JournalEntry(**line | {"at": datetime.fromisoformat(line["at"])}) for line in entries.values())
        position = next((index for index, entry in enumerate(found) if entry.uid == after), -1)
        return found[position + 1 :]

    def _lines(self) -> list[dict[str, Any]]:
        try:
            text = self.layout.journal.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        lines = []
        for line in text.splitlines():
            try:
                value = json.loads(line)
            except ValueError:
                # The part of a line that a power loss left behind; its entry waits in the workload's state.
                continue
            if isinstance(value, dict) and "uid" in value:
                lines.append(value)
        return lines


def entry_of(spec: ReleaseSpec, verb: str, *, at: datetime, former: int | None, actor: Actor) -> JournalEntry:
    """A new line of the journal."""
    return JournalEntry(
        uid=uuid.uuid4().hex,
        at=at,
        workload=spec.workload,
        service_uid=spec.service_uid,
        verb=verb,
        number=spec.number,
        former=former,
        commit=spec.commit,
        actor=actor.name,
        local=actor.local,
        reason=actor.reason,
    )


def as_line(entry: JournalEntry) -> dict[str, Any]:
    """The entry as the journal keeps it."""
    return asdict(entry) | {"at": entry.at.isoformat()}


def tail(path: Path, lines: int, *, since: int = 0) -> tuple[str, ...]:
    """The last lines of a log, read from its end."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(min(since, size), size - 256 * lines - 4096))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(text.splitlines()[-lines:]) if lines > 0 else ()
