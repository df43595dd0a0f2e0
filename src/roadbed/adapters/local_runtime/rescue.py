"""Owns the rollback that needs nothing of Roadbed alive: the release manifests on disk and this machine suffice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime.layout import Layout
from roadbed.adapters.local_runtime.runtime import LocalRuntime

if TYPE_CHECKING:
    from pathlib import Path

    from roadbed.ground.ports.runtime import Report, Switch


def local_rollback(
    data: Path, workload: str, *, to: int | None, actor: str, reason: str, report: Report = lambda _step, _line: None
) -> Switch:
    """Bring back release `to`, or the last good one; supervisord and HAProxy are started when they are dead too."""
    runtime = LocalRuntime(Layout.load(data))
    return runtime.roll_back(workload, to=to, actor=actor, reason=reason, report=report, local=True)
