"""Finding a deployment's own switch in the runtime's journal, by which its fact is told once."""

from __future__ import annotations

from roadbed.ground.ports.runtime import JournalEntry, Runtime
from roadbed.platform.releases import rules
from roadbed.platform.releases.running import Track


def last_entry(runtime: Runtime) -> str:
    """The newest entry of the runtime's journal."""
    entries = runtime.journal()
    return entries[-1].uid if entries else ""


def entry_of(runtime: Runtime, track: Track, *, after: str) -> JournalEntry | None:
    """The journal's entry of this deployment's own switch."""
    began = track.row.started_at
    verb = "rolledback" if track.row.verb == rules.ROLLBACK else "switched"
    for entry in reversed(runtime.journal(after=after)):
        ours = entry.workload == track.row.workload and entry.number == track.row.number and not entry.local
        if ours and entry.verb == verb and (began is None or entry.at >= began):
            return entry
    return None
