"""Owns the change of traffic: one release gets all of it, the former one finishes and is stopped; the journal."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import claims, disk, processes, programs
from roadbed.adapters.local_runtime.records import entry_of
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from roadbed.adapters.local_runtime.daemon import Daemon
    from roadbed.adapters.local_runtime.edge import Edge
    from roadbed.adapters.local_runtime.haproxy import Route
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.adapters.local_runtime.records import Actor, Records
    from roadbed.ground.ports.runtime import ReleaseSpec, Report

STOP_DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Promotion:
    """A release that has just been given all traffic, and what it took it from."""

    at: datetime
    former: int | None
    route: Route | None


class Traffic:
    """What happens to a workload's traffic; the caller holds the workload's lock, except while something drains."""

    def __init__(self, layout: Layout, daemon: Daemon, edge: Edge, records: Records) -> None:
        self.layout = layout
        self.daemon = daemon
        self.edge = edge
        self.records = records

    def promote(self, spec: ReleaseSpec, verb: str, actor: Actor) -> Promotion:
        """Give the release all traffic: the wish on disk first, so that a crash at any point is mended by reconcile."""
        workload, folder = spec.workload, self.layout.workload(spec.workload)
        port = programs.port_of(self.layout, workload, spec.number)
        if port is None or processes.look(self.layout.release(workload, spec.number)).pid is None:
            raise RuntimeFailure("switch", f"{spec.label} does not run", remedy="start it before giving it traffic")
        state = self.records.state(workload)
        at = datetime.now(tz=UTC)
        entry = entry_of(spec, verb, at=at, former=state.serving, actor=actor)
        promotion = Promotion(at, state.serving, self.edge.plan().routes.get(workload))
        with disk.writing("switch", folder):
            self.records.save_state(workload, state.promoted(spec.number, service_uid=spec.service_uid, entry=entry))
        try:
            self.edge.serve(workload, f"v{spec.number}-{port}", port, timeout_ms=self.layout.server_timeout_ms)
        except RuntimeFailure:
            with disk.writing("switch", folder):
                self.records.save_state(workload, state)
            raise
        self._mark(spec, state.serving)
        self.settle(workload)
        return promotion

    def refuse_overtaken(self, spec: ReleaseSpec) -> None:
        """A rollback that somebody made while this release was starting is the later word, and stands."""
        begun = claims.rollbacks_at(self.layout, spec)
        if begun is not None and begun != self.records.state(spec.workload).rollbacks:
            raise RuntimeFailure(
                "switch",
                f"{spec.workload} was rolled back while {spec.label} was starting, so {spec.label} gets no traffic",
                remedy=f"deploy again if it is still wanted: roadbed deploy {spec.workload}",
            )

    def _mark(self, spec: ReleaseSpec, former: int | None) -> None:
        """From now on the former release is the one at work on, until it has drained."""
        if former is not None and former != spec.number:
            with contextlib.suppress(RuntimeFailure):
                leaving = self.records.release(spec.workload, former)
                seconds = spec.drain_seconds + claims.SPARE_SECONDS
                claims.claim(self.layout, leaving, seconds=seconds, rollbacks=claims.DRAINING)
        claims.drop(self.layout, spec)

    def drain(self, spec: ReleaseSpec, promotion: Promotion, report: Report) -> bool:
        """Let the former release finish, without the lock: a rollback must not wait for it, and may want it back."""
        workload, former = spec.workload, promotion.former
        if former is None or former == spec.number:
            return True
        report("drain", f"v{former} finishes what it has begun")
        drained = True
        if promotion.route:
            drained = self.edge.retire(
                f"slot{promotion.route.slot}",
                promotion.route.server,
                seconds=spec.drain_seconds,
                wanted_again=lambda: self.records.state(workload).serving == former,
            )
        with self.working_on(workload, "drain"):
            if self.records.state(workload).serving == former:
                return drained
            self.take_down(workload, former)
        report("drain", f"v{former} is stopped" + ("" if drained else "; requests that took too long were cut"))
        return drained

    def stop(self, workload: str, actor: Actor) -> None:
        """Take the workload off the edge and stop all of its releases."""
        state = self.records.state(workload)
        if state.serving is not None:
            spec = self.records.release(workload, state.serving)
            self.note(spec, "stopped", actor)
        with disk.writing("drain", self.layout.data):
            self.records.save_state(workload, replace(state, serving=None, stopped=True))
        route = self.edge.forget(workload)
        if route:
            self.edge.retire(f"slot{route.slot}", route.server, seconds=STOP_DRAIN_SECONDS, wanted_again=lambda: False)
        for number in self.records.numbers(workload):
            if programs.name_of(workload, number) in self.daemon.names():
                self.take_down(workload, number)

    def take_down(self, workload: str, number: int) -> None:
        """Stop one release, the whole of it."""
        folder = self.layout.release(workload, number)
        self.daemon.take_away(programs.name_of(workload, number), folder)
        claims.drop_at(folder)

    def note(self, spec: ReleaseSpec, verb: str, actor: Actor) -> None:
        """Journal what changed no traffic; a full disk must not hide the failure that is being noted."""
        former = self.records.state(spec.workload).serving
        entry = entry_of(spec, verb, at=datetime.now(tz=UTC), former=former, actor=actor)
        with contextlib.suppress(OSError), self.journalling():
            self.records.note(entry)

    def settle(self, workload: str) -> None:
        """A full disk must not undo a switch that has happened; the entry stays in the state until there is room."""
        with contextlib.suppress(OSError), self.journalling():
            self.records.settle(workload)

    def journalling(self) -> contextlib.AbstractContextManager[None]:
        return disk.locked(self.layout.lock("journal"), step="switch", what="the journal")

    def working_on(self, workload: str, step: str) -> contextlib.AbstractContextManager[None]:
        """Hold the workload's lock; also where a name from outside is first looked at."""
        self.layout.workload(workload)
        return disk.locked(self.layout.lock(f"workload-{workload}"), step=step, what=workload)
