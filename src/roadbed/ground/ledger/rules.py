"""What a fact is and which kinds there are, apart from where it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

KINDS: Final = frozenset({
    # CDEvents has a word for these.
    "change.merged", "service.deployed", "service.upgraded", "service.rolledback", "service.removed",
    "service.published",
    "incident.detected", "incident.reported", "incident.resolved", "environment.created", "artifact.published",
    # Ours beside them.
    "change.created", "change.abandoned", "change.reviewed", "change.pushed", "build.finished", "deployment.linked",
    "branch.created", "branch.deleted", "build.started", "tests.reported", "test.quarantined", "test.released",
    "source.changed", "source.backfilled", "release.published",
    "deployment.started", "deployment.failed", "service.stopped", "service.health.changed", "runtime.reconciled",
    "catalog.entity.registered", "catalog.entity.orphaned", "catalog.entity.removed", "catalog.ingest.failed",
    "engagement.started", "engagement.ended",
    "person.invited", "person.changed", "team.created", "team.changed", "team.archived", "team.joined", "team.left",
    "token.created", "token.revoked", "signed.in",
    "path.published", "path.scaffolded", "service.adopted",
    "objective.defined", "objective.removed", "budget.burn.started", "budget.burn.stopped", "budget.exhausted",
    "journey.defined", "journey.removed",
    "measurement.lost", "measurement.regained", "exclusion.declared", "exclusion.withdrawn",
    "policy.applied", "policy.removed",
    "gate.asked",
    "freeze.declared", "freeze.lifted", "change.kind.confirmed",
    "notifications.changed", "canary.changed", "canary.failed", "canary.recovered",
    "heartbeat.changed", "heartbeat.missed", "heartbeat.resumed",
    "toil.logged", "toil.request.done", "toil.left-out", "toil.estimated", "toil.planned", "toil.automated",
    "alert.opened", "alert.closed", "alert.worsened", "integration.changed", "silence.changed", "change.announced",
    "page.sent", "page.acknowledged", "page.snoozed", "page.escalated", "page.exhausted", "page.failed",
    "rotation.changed", "escalation.changed", "schedule.changed", "shift.covered", "shift.requested",
    "shift.request.closed", "leave.changed", "shift.corrected", "calendar.changed",
    "pay.signed", "pay.rules.changed", "channel.verified", "channel.changed",
    "incident.changed", "incident.noted", "incident.updated", "incident.merged", "severity.defined",
    "status.component.changed", "maintenance.planned", "maintenance.cancelled",
    "review.drafted", "review.changed", "review.published", "action.changed", "risk.accepted", "review.recurrence",
    "flag.created", "flag.changed", "flag.archived",
    "subscription.changed", "gate.overridden", "gate.unreachable", "secret.written", "secret.removed",
    "secret.key.changed",
    "runbook.written", "runbook.removed", "runbook.unreadable", "runbook.reviewed", "runbook.run", "runbook.stale",
    "diagnostic.opened", "diagnostic.published", "diagnostic.closed",
    "organization.changed", "stage.changed", "role.opened", "role.closed",
    "goal.set", "goal.changed", "goal.moved", "goal.closed", "digest.changed", "digest.sent", "digest.failed",
    "demo.made", "demo.removed", "measurement.imported",
    "job.failed", "job.retried", "projection.rebuild.requested", "projection.rebuilt", "backup.made",
})  # fmt: skip
"""Every kind that a room records; a fact of another kind is a programming error and is refused."""


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact as readers get it."""

    position: int
    uid: str
    kind: str
    subject: str
    environment: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    actor_name: str
    source: str
    source_id: str
    supersedes: str
    data: Mapping[str, Any] = field(default_factory=dict)


def effective(facts: tuple[FactView, ...]) -> tuple[FactView, ...]:
    """The facts that stand: those that a later correction supersedes are left out, chains included."""
    replaced = {fact.supersedes for fact in facts if fact.supersedes}
    return tuple(fact for fact in facts if fact.uid not in replaced)
