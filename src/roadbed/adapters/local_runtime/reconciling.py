"""Owns the way back to what is desired after anything died: adopt what runs, start what should, end what should not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import claims, disk, processes, programs
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from roadbed.adapters.local_runtime.daemon import Daemon
    from roadbed.adapters.local_runtime.edge import Edge
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.adapters.local_runtime.records import Records
    from roadbed.adapters.local_runtime.traffic import Traffic

BUSY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Parts:
    """What of the runtime is put in order."""

    layout: Layout
    daemon: Daemon
    edge: Edge
    records: Records
    traffic: Traffic


def lost(layout: Layout, records: Records) -> dict[str, bool]:
    """Workloads that should serve and do not run, and whether another process has their port."""
    # Asked before supervisord starts, since it starts what it knows at once.
    found: dict[str, bool] = {}
    for workload in records.workloads():
        serving = records.state(workload).serving
        port = None if serving is None else programs.port_of(layout, workload, serving)
        if serving is not None and port is not None and processes.look(layout.release(workload, serving)).pid is None:
            found[workload] = not programs.is_free(port)
    return found


def reconcile(runtime: Parts, *, done: tuple[str, ...], dead: dict[str, bool]) -> tuple[str, ...]:
    """Everything that was not as desired, and what was done about it; nothing when all was well.

    `done` is what it took to have daemon and edge running.
    """
    fresh = "started supervisord" in done
    lines = list(done)
    for workload in runtime.records.workloads():
        lock = runtime.layout.lock(f"workload-{workload}")
        try:
            with disk.locked(lock, step="start", what=workload, seconds=BUSY_SECONDS):
                lines += _workload(runtime, workload, fresh=fresh, dead=dead)
        except RuntimeFailure as failure:
            lines.append(f"{workload}: {failure.detail}")
    lines += _edge(runtime)
    return tuple(lines)


def _workload(runtime: Parts, workload: str, *, fresh: bool, dead: dict[str, bool]) -> list[str]:
    done: list[str] = []
    runtime.traffic.settle(workload)
    serving = runtime.records.state(workload).serving
    if serving is not None:
        done += _serving(runtime, workload, serving, fresh=fresh, dead=dead)
    for number in runtime.records.numbers(workload):
        folder = runtime.layout.release(workload, number)
        name = programs.name_of(workload, number)
        runs = name in runtime.daemon.names() or processes.look(folder).pid is not None
        if number != serving and runs and not claims.is_claimed(folder) and not _drains(runtime, workload, number):
            runtime.traffic.take_down(workload, number)
            done.append(f"stopped {workload} v{number}, which nobody needs any more")
    return done


def _drains(runtime: Parts, workload: str, number: int) -> bool:
    """Whether whoever switched died while the release still answers what it had begun; it is looked at again later."""
    if not claims.may_drain(runtime.layout.release(workload, number)):
        return False
    port = programs.port_of(runtime.layout, workload, number)
    servers = runtime.edge.admin.servers()
    mine = [pair for pair in runtime.edge.leftovers() if servers.get(pair[0], {}).get(pair[1]) == str(port)]
    return any(runtime.edge.admin.sessions(slot, server) for slot, server in mine)


def _serving(runtime: Parts, workload: str, number: int, *, fresh: bool, dead: dict[str, bool]) -> list[str]:
    done = []
    folder = runtime.layout.release(workload, number)
    port = programs.port_of(runtime.layout, workload, number)
    if port is None:
        return [f"{workload} v{number} has no program on disk; deploy it again"]
    running = processes.look(folder)
    if dead.get(workload) or (running.pid is None and not programs.is_free(port)):
        port = _another_port(runtime, workload, number)
        done.append(f"gave {workload} v{number} port {port}, since another process has taken its own")
    name = programs.name_of(workload, number)
    if running.pid is None or workload in dead:
        done.append(f"started {workload} v{number}")
    elif fresh or name not in runtime.daemon.names():
        done.append(f"adopted {workload} v{number} (pid {running.pid})")
    if name not in runtime.daemon.names() or runtime.daemon.pid_of(name) is None:
        runtime.daemon.add(name, folder)
    route = runtime.edge.plan().routes.get(workload)
    if route is None or route.port != port:
        runtime.edge.serve(workload, f"v{number}-{port}", port, timeout_ms=runtime.layout.server_timeout_ms)
        done.append(f"gave {workload} v{number} its traffic")
    return done


def _another_port(runtime: Parts, workload: str, number: int) -> int:
    spec = runtime.records.release(workload, number)
    runtime.daemon.take_away(programs.name_of(workload, number), runtime.layout.release(workload, number))
    return programs.write_program(runtime.layout, spec, programs.account_for(runtime.layout, workload))


def _edge(runtime: Parts) -> list[str]:
    """Servers whose program is gone have nothing to finish."""
    done = []
    for slot, server in runtime.edge.leftovers():
        port = runtime.edge.admin.servers().get(slot, {}).get(server)
        if port is not None and not _answers_for(runtime, int(port)):
            runtime.edge.retire(slot, server, seconds=0, wanted_again=lambda: False)
            done.append(f"took {server} off the edge")
    return done


def _answers_for(runtime: Parts, port: int) -> bool:
    for workload in runtime.records.workloads():
        for number in runtime.records.numbers(workload):
            if programs.port_of(runtime.layout, workload, number) == port:
                folder = runtime.layout.release(workload, number)
                return processes.look(folder).pid is not None
    return False
