"""The services that benchmarks register: an entry of the catalogue and an objective that the edge counts."""

from __future__ import annotations

ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}, annotations: {{roadbed.dev/run: ./serve{more}}}}}
spec: {{type: service, lifecycle: production, owner: {owner}}}
"""
SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered}}
spec:
  service: {name}
  indicator:
    metadata: {{name: edge}}
    spec:
      ratioMetric:
        counter: true
        good: {{metricSource: {{type: roadbed-edge, spec: {{measure: availability}}}}}}
        total: {{metricSource: {{type: roadbed-edge, spec: {{measure: requests}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: {target}}}]
"""

PUSHED = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: in-time}}
spec:
  service: {name}
  indicator:
    metadata: {{name: pushed}}
    spec:
      ratioMetric:
        good: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
        total: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.99}}]
"""


def entry(name: str, *, owner: str = "team-bench", external: bool = False) -> str:
    """The catalogue's entry of a service that runs here, or that another CD deploys."""
    return ENTITY.format(name=name, owner=owner, more=", roadbed.dev/deployed-by: external" if external else "")


def slo(name: str, *, target: float = 0.999) -> str:
    """An objective: so many requests are answered."""
    return SLO.format(name=name, target=target)


def pushed_slo(name: str) -> str:
    """Another one, of which somebody else pushes the counts."""
    return PUSHED.format(name=name)
