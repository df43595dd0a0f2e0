"""Reading what was entered about the organization: circumstances, open roles, the stage that was noted last."""

from __future__ import annotations

from datetime import datetime

from roadbed.organization.layers.models import Entered, OpenRole, StageNoted
from roadbed.organization.layers.rules.known import Circumstances, Role


def circumstances() -> Circumstances:
    """As entered last; all unknown before."""
    row = Entered.objects.first()
    if row is None:
        return Circumstances()
    return Circumstances(row.engineers, row.contractual_uptime, row.consumer_scale, row.divergent_ci)


def roles() -> tuple[Role, ...] | None:
    """Every vacancy, the newest first; None where none was ever entered."""
    rows = OpenRole.objects.select_related("team").order_by("-opened_at", "-pk")[:200]
    found = tuple(
        Role(row.uid, row.title, row.team.name if row.team else "", row.opened_by, row.opened_at, row.closed_at)
        for row in rows
    )
    return found or None


def previous_stage() -> str:
    """The stage that was noted last; empty before any was."""
    return StageNoted.objects.order_by("-pk").values_list("stage", flat=True).first() or ""


def noted_since() -> datetime | None:
    """Since when the present stage stands."""
    return StageNoted.objects.order_by("-pk").values_list("noted_at", flat=True).first()
