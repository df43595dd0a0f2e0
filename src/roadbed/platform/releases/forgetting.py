"""How the services of a demo end: their processes, releases and deployments, ours and reported."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ports import board
from roadbed.platform.releases.models import Deployment, DeploymentLine, Release, Workload, WorkloadHealth


def forget(held: Belongings) -> Gone:
    """Stop what runs and remove it from the machine, then delete the rows.

    Raises:
        RuntimeFailure: when the machine does not let go; the rows stay, so that it can be tried again.
    """
    workloads = Workload.objects.filter(service_uid__in=held.entities)
    for name in list(workloads.values_list("name", flat=True)):
        board.runtime().remove(name)
    deployments = Deployment.objects.filter(service_uid__in=held.entities)
    subjects = frozenset(deployments.values_list("uid", flat=True))
    rows = WorkloadHealth.objects.filter(service_uid__in=held.entities).delete()[0]
    rows += DeploymentLine.objects.filter(deployment__in=deployments).delete()[0]
    rows += deployments.delete()[0]
    rows += Release.objects.filter(workload__in=workloads).delete()[0]
    return Gone(rows + workloads.delete()[0], subjects)
