"""Which fields each OpenSLO kind has, and the check of an object against them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.shapes import (
    ANY,
    MAP,
    NUMBER,
    Check,
    Field,
    anything,
    flag,
    listing,
    mapping,
    needed,
    number,
    text,
)

_OPERATOR = Field(one_of=("lt", "lte", "gt", "gte"))
_METADATA: Final = mapping(True, name=needed, displayName=text, labels=Field(MAP), annotations=Field(MAP))
_SOURCE = mapping(
    True,
    metricSource=mapping(True, metricSourceRef=text, type=text, spec=Field(ANY, required=True)),
)
_SIDE = Field(MAP, fields=_SOURCE.fields)
_SLI_SPEC = {
    "description": text,
    "thresholdMetric": _SIDE,
    "ratioMetric": mapping(
        counter=flag,
        good=_SIDE,
        bad=_SIDE,
        total=_SIDE,
        raw=_SIDE,
        rawType=Field(one_of=("success", "failure")),
    ),
}
_INLINE_METADATA = mapping(name=text, displayName=text, labels=Field(MAP), annotations=Field(MAP))
_INLINE_SLI = mapping(kind=text, apiVersion=text, metadata=_INLINE_METADATA, spec=mapping(True, **_SLI_SPEC))
_CONDITION_SPEC = {
    "description": text,
    "severity": needed,
    "condition": mapping(
        True,
        kind=Field(one_of=("burnrate",)),
        op=_OPERATOR,
        threshold=Field(NUMBER, required=True),
        lookbackWindow=needed,
        alertAfter=text,
    ),
}
_TARGET_SPEC = {"description": text, "target": needed}


def _inline(ref: str, spec: Mapping[str, Field]) -> Field:
    fields = {ref: text, "kind": text, "apiVersion": text, "metadata": _INLINE_METADATA}
    return Field(MAP, fields={**fields, "spec": Field(MAP, fields=spec)})


_POLICY_SPEC = {
    "description": text,
    "alertWhenNoData": flag,
    "alertWhenResolved": flag,
    "alertWhenBreaching": flag,
    "conditions": listing(_inline("conditionRef", _CONDITION_SPEC), True),
    "notificationTargets": listing(_inline("targetRef", _TARGET_SPEC)),
}
_OBJECTIVE = mapping(
    displayName=text,
    op=_OPERATOR,
    value=number,
    target=number,
    targetPercent=number,
    timeSliceTarget=number,
    timeSliceWindow=anything,
    indicator=_INLINE_SLI,
    indicatorRef=text,
    compositeWeight=number,
)
_WINDOW = mapping(
    duration=needed,
    isRolling=flag,
    calendar=mapping(startTime=needed, timeZone=needed),
)
SPECS: Final[Mapping[str, Mapping[str, Field]]] = {
    "SLO": {
        "description": text,
        "service": needed,
        "indicator": _INLINE_SLI,
        "indicatorRef": text,
        "timeWindow": listing(_WINDOW),
        "budgetingMethod": Field(required=True, one_of=("Occurrences", "Timeslices", "RatioTimeslices")),
        "objectives": listing(_OBJECTIVE, True),
        "alertPolicies": listing(_inline("alertPolicyRef", _POLICY_SPEC)),
    },
    "SLI": _SLI_SPEC,
    "Service": {"description": text},
    "DataSource": {"description": text, "type": needed, "connectionDetails": Field(ANY)},
    "AlertPolicy": _POLICY_SPEC,
    "AlertCondition": _CONDITION_SPEC,
    "AlertNotificationTarget": _TARGET_SPEC,
}
VERSION: Final = "openslo/v1"
ALPHA: Final = "openslo/v1alpha"
_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_LONGEST_NAME: Final = 63

_QUERY = mapping(True, source=text, queryType=text, query=needed, metadata=Field(MAP))
_ALPHA_WINDOW = mapping(
    unit=Field(required=True, one_of=("Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter", "Year")),
    count=Field(NUMBER, required=True),
    isRolling=flag,
    calendar=mapping(startTime=needed, timeZone=needed),
)
_ALPHA_OBJECTIVE = mapping(
    displayName=text,
    op=_OPERATOR,
    value=number,
    target=Field(NUMBER, required=True),
    timeSliceTarget=number,
    ratioMetrics=mapping(good=_QUERY, total=_QUERY, incremental=flag, counter=flag),
)
ALPHA_SPECS: Final[Mapping[str, Mapping[str, Field]]] = {
    "SLO": {
        "description": text,
        "service": needed,
        "indicator": mapping(thresholdMetric=_QUERY),
        "timeWindows": listing(_ALPHA_WINDOW, True),
        "budgetingMethod": Field(required=True, one_of=("Occurrences", "Timeslices")),
        "objectives": listing(_ALPHA_OBJECTIVE, True),
    },
    "Service": {"description": text},
}


def check_object(node: Node, findings: Findings) -> bool:
    """Check one object; answers whether its kind is known, so that reading it makes sense."""
    if not isinstance(node.value, dict):
        findings.error(node.line, "object", f"An object is a mapping; this is {node.kind}.", "Begin with apiVersion.")
        return False
    version, kind = node.get("apiVersion"), node.get("kind")
    specs = {VERSION: SPECS, ALPHA: ALPHA_SPECS}.get(version.text)
    if specs is None:
        findings.error(
            version.line, "api-version", f"apiVersion is {version.value!r}.", f"Roadbed reads {VERSION}: write that."
        )
        return False
    if kind.text not in specs:
        known = ", ".join(specs)
        findings.error(kind.line, "kind", f"kind {kind.value!r} is none of {version.text}.", f"It is one of {known}.")
        return False
    shape = mapping(
        True,
        apiVersion=needed,
        kind=needed,
        metadata=_METADATA,
        spec=Field(MAP, kind.text != "Service", specs[kind.text]),
    )
    Check(findings, version.text).check(node, shape)
    _check_name(node.get("metadata", "name"), findings)
    return True


def _check_name(name: Node, findings: Findings) -> None:
    if name.text and (len(name.text) > _LONGEST_NAME or not _NAME.fullmatch(name.text)):
        findings.error(
            name.line,
            "name",
            f"The name {name.text[:80]!r} is no label of RFC 1123, which OpenSLO asks for.",
            "Use at most 63 of a to z, 0 to 9 and -, with a letter or digit at both ends; displayName is free.",
            column=name.column,
        )
