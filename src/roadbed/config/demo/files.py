"""The files by which the company's services enter the catalogue and promise something."""

from __future__ import annotations

from typing import Any

import yaml

from roadbed.config.demo.company import RESOURCES, SYSTEMS, Promise, Service

COUNTER, BUCKET, COUNT = "requests_total", "request_seconds_bucket", "request_seconds_count"


def catalog_info(service: Service) -> str:
    """A service's catalog-info.yaml: deployed by the company's own CD, which reports."""
    known = {name for name, _, _ in RESOURCES}
    depends = [f"resource:{name}" if name in known else f"component:{name}" for name in service.calls]
    if service.name == "parcel-tracking":
        depends.append("resource:scan-store")
    spec: dict[str, Any] = {
        "type": "service", "lifecycle": "production", "owner": service.team, "system": service.system,
    }  # fmt: skip
    if depends:
        spec["dependsOn"] = depends
    annotations = {
        "roadbed.dev/deployed-by": "external",
        "roadbed.dev/slo": "slo.yaml",
        "roadbed.dev/tier": service.tier,
    }
    metadata = {"name": service.name, "description": service.description, "annotations": annotations}
    return _yaml("Component", metadata, spec)


def systems() -> str:
    """The company's systems and the resources that its services stand on."""
    parts = [_yaml("System", {"name": name, "title": title}, {"owner": owner}) for name, title, owner in SYSTEMS]
    parts += [
        _yaml("Resource", {"name": name, "description": said}, {"type": "database", "owner": owner})
        for name, said, owner in RESOURCES
    ]
    return "---\n".join(parts)


def _yaml(kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> str:
    document = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def slo(service: Service) -> str:
    """A service's slo.yaml: what it promises, counted from its metrics page."""
    return "---\n".join(_slo(service, promise) for promise in service.promises)


def _slo(service: Service, promise: Promise) -> str:
    if promise.within_ms is None:
        good, total = f'{COUNTER}{{status_class!="5xx"}}', COUNTER
    else:
        good, total = f'{BUCKET}{{le="{promise.within_ms / 1000:g}"}}', COUNT
    ratio = {
        "counter": True,
        "good": {"metricSource": {"type": "roadbed-metrics", "spec": {"series": good}}},
        "total": {"metricSource": {"type": "roadbed-metrics", "spec": {"series": total}}},
    }
    spec = {
        "service": service.name,
        "description": f"{promise.title}, of all that {service.name} is asked.",
        "indicator": {"metadata": {"name": promise.name}, "spec": {"ratioMetric": ratio}},
        "timeWindow": [{"duration": "30d", "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": promise.title, "target": float(promise.target)}],
    }
    document = {
        "apiVersion": "openslo/v1", "kind": "SLO",
        "metadata": {"name": promise.name, "displayName": promise.title}, "spec": spec,
    }  # fmt: skip
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
