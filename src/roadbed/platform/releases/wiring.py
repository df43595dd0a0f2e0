"""What releases answers to other rooms."""

from __future__ import annotations

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import DeploymentsSince, RunsHere
from roadbed.ground.demo import forgetting
from roadbed.platform.releases import queries, reporting, usecases, whereabouts
from roadbed.platform.releases.forgetting import forget


def wire() -> None:
    """Say which workloads the edge counts; roll back, and take reports, for who asks."""
    forgetting.register("releases", forget)
    asks.answer_with(asks.MeasuredWorkloads, lambda _: queries.measured_workloads())
    asks.answer_with(asks.RollBack, _roll_back)
    asks.answer_with(asks.ReportDeployment, reporting.answer)
    asks.answer_with(RunsHere, whereabouts.runs_here)
    asks.answer_with(DeploymentsSince, whereabouts.deployments_since)


def _roll_back(asked: asks.RollBack) -> str:
    return usecases.request_rollback(
        asked.asked_by, asked.service_uid, environment=asked.environment, reason=asked.reason, now=asked.now
    )
