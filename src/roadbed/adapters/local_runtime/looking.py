"""Owns the answer to how a workload is: asked of the machine at that moment, not of what was once written down."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import accounts, processes, programs
from roadbed.ground.ports.runtime import WorkloadStatus

if TYPE_CHECKING:
    from roadbed.adapters.local_runtime.daemon import Daemon
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.adapters.local_runtime.records import Records

CRASH_LOOP = 3
CONNECT_SECONDS = 0.5


def status(layout: Layout, daemon: Daemon, records: Records, workload: str) -> WorkloadStatus:
    """How the workload is now."""
    state = records.state(workload)
    known = layout.workload(workload).is_dir()
    account = (accounts.find(workload, layout.home(workload)) if layout.isolates else None) or accounts.own()
    empty = WorkloadStatus(
        workload=workload,
        state="stopped" if state.stopped else "absent",
        number=state.serving,
        commit="",
        url=layout.url_of(workload),
        pid=None,
        started_at=None,
        restarts=0,
        user=account.name,
        adopted=False,
        detail="" if known else "it was never deployed here",
    )
    if state.serving is None:
        return empty
    supervised = daemon.pid_of(programs.name_of(workload, state.serving))
    running = processes.look(layout.release(workload, state.serving), supervised=supervised)
    how, detail = _condition(running, programs.port_of(layout, workload, state.serving) or 0)
    if supervised is None and running.pid is not None:
        detail = detail or "supervisord is not watching it; `roadbed up` adopts it"
    return replace(
        empty,
        state=how,
        commit=records.release(workload, state.serving).commit,
        pid=running.pid,
        started_at=running.started_at,
        restarts=max(0, running.starts - 1),
        adopted=running.adopted,
        detail=detail,
    )


def _condition(running: processes.Running, port: int) -> tuple[str, str]:
    """State and explanation of a release that is meant to run."""
    if running.quick >= CRASH_LOOP:
        return "failing", f"it keeps ending within seconds of its start, {running.quick} times in a row"
    if running.pid is None:
        return "failing", "its process has ended and is started again"
    with contextlib.closing(socket.socket()) as link:
        link.settimeout(CONNECT_SECONDS)
        if link.connect_ex((programs.HOST, port)):
            return "starting", f"it does not listen on port {port} yet"
    return "running", ""
