"""Which fields each OpenSLO v1 kind has, and the check of an object against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

TEXT, NUMBER, FLAG, MAP, LIST, ANY = "text", "a number", "a yes or no", "a mapping", "a list", "any"


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold. A mapping without `fields` is free; a list's items follow `each`."""

    kind: str = TEXT
    required: bool = False
    fields: Mapping[str, Field] = field(default_factory=dict)
    each: Field | None = None
    one_of: tuple[str, ...] = ()


def _map(required: bool = False, /, **fields: Field) -> Field:  # noqa: FBT001, FBT002 - a declaration reads better so
    return Field(MAP, required, fields)


def _list(each: Field, required: bool = False) -> Field:  # noqa: FBT001, FBT002 - a declaration reads better so
    return Field(LIST, required, each=each)


_text, _needed, _number, _flag, _any = Field(), Field(required=True), Field(NUMBER), Field(FLAG), Field(ANY)
_OPERATOR = Field(one_of=("lt", "lte", "gt", "gte"))
_METADATA: Final = _map(True, name=_needed, displayName=_text, labels=Field(MAP), annotations=Field(MAP))
_SOURCE = _map(
    True,
    metricSource=_map(True, metricSourceRef=_text, type=_text, spec=Field(ANY, required=True)),
)
_SIDE = Field(MAP, fields=_SOURCE.fields)
_SLI_SPEC = {
    "description": _text,
    "thresholdMetric": _SIDE,
    "ratioMetric": _map(
        counter=_flag,
        good=_SIDE,
        bad=_SIDE,
        total=_SIDE,
        raw=_SIDE,
        rawType=Field(one_of=("success", "failure")),
    ),
}
_INLINE_METADATA = _map(name=_text, displayName=_text, labels=Field(MAP), annotations=Field(MAP))
_INLINE_SLI = _map(kind=_text, apiVersion=_text, metadata=_INLINE_METADATA, spec=_map(True, **_SLI_SPEC))
_CONDITION_SPEC = {
    "description": _text,
    "severity": _needed,
    "condition": _map(
        True,
        kind=Field(one_of=("burnrate",)),
        op=_OPERATOR,
        threshold=Field(NUMBER, required=True),
        lookbackWindow=_needed,
        alertAfter=_text,
    ),
}
_TARGET_SPEC = {"description": _text, "target": _needed}


def _inline(ref: str, spec: Mapping[str, Field]) -> Field:
    fields = {ref: _text, "kind": _text, "apiVersion": _text, "metadata": _INLINE_METADATA}
    return Field(MAP, fields={**fields, "spec": Field(MAP, fields=spec)})


_POLICY_SPEC = {
    "description": _text,
    "alertWhenNoData": _flag,
    "alertWhenResolved": _flag,
    "alertWhenBreaching": _flag,
    "conditions": _list(_inline("conditionRef", _CONDITION_SPEC), True),
    "notificationTargets": _list(_inline("targetRef", _TARGET_SPEC)),
}
_OBJECTIVE = _map(
    displayName=_text,
    op=_OPERATOR,
    value=_number,
    target=_number,
    targetPercent=_number,
    timeSliceTarget=_number,
    timeSliceWindow=_any,
    indicator=_INLINE_SLI,
    indicatorRef=_text,
    compositeWeight=_number,
)
_WINDOW = _map(
    duration=_needed,
    isRolling=_flag,
    calendar=_map(startTime=_needed, timeZone=_needed),
)
SPECS: Final[Mapping[str, Mapping[str, Field]]] = {
    "SLO": {
        "description": _text,
        "service": _needed,
        "indicator": _INLINE_SLI,
        "indicatorRef": _text,
        "timeWindow": _list(_WINDOW),
        "budgetingMethod": Field(required=True, one_of=("Occurrences", "Timeslices", "RatioTimeslices")),
        "objectives": _list(_OBJECTIVE, True),
        "alertPolicies": _list(_inline("alertPolicyRef", _POLICY_SPEC)),
    },
    "SLI": _SLI_SPEC,
    "Service": {"description": _text},
    "DataSource": {"description": _text, "type": _needed, "connectionDetails": Field(ANY)},
    "AlertPolicy": _POLICY_SPEC,
    "AlertCondition": _CONDITION_SPEC,
    "AlertNotificationTarget": _TARGET_SPEC,
}
VERSION: Final = "openslo/v1"


def check_object(node: Node, findings: Findings) -> bool:
    """Check one object; answers whether its kind is known, so that reading it makes sense."""
    if not isinstance(node.value, dict):
        findings.error(node.line, "object", f"An object is a mapping; this is {node.kind}.", "Begin with apiVersion.")
        return False
    version, kind = node.get("apiVersion"), node.get("kind")
    if version.text != VERSION:
        findings.error(
            version.line, "api-version", f"apiVersion is {version.value!r}.", f"Roadbed reads {VERSION}: write that."
        )
        return False
    if kind.text not in SPECS:
        known = ", ".join(SPECS)
        findings.error(kind.line, "kind", f"kind {kind.value!r} is none of OpenSLO's.", f"It is one of {known}.")
        return False
    shape = _map(
        True,
        apiVersion=_needed,
        kind=_needed,
        metadata=_METADATA,
        spec=Field(MAP, kind.text != "Service", SPECS[kind.text]),
    )
    _check(node, shape, "", findings)
    return True


def _check(node: Node, shape: Field, path: str, findings: Findings) -> None:
    if node.value is None:
        if shape.required:
            findings.error(node.line, "missing-field", f"{path or 'The object'} is empty.", "Fill it in.")
        return
    if shape.kind not in (ANY, node.kind):
        findings.error(
            node.line, "wrong-type", f"{path} is {node.kind}, and should be {shape.kind}.", f"Write {shape.kind}."
        )
        return
    if shape.one_of and node.text not in shape.one_of:
        findings.error(
            node.line, "unknown-value", f"{path} is {node.text!r}.", f"It is one of {', '.join(shape.one_of)}."
        )
    if shape.each is not None:
        if shape.required and not node.items:
            findings.error(node.line, "missing-field", f"{path} has no items.", "Give at least one.")
        for number, item in enumerate(node.items):
            _check(item, shape.each, f"{path}[{number}]", findings)
    elif shape.fields:
        _check_fields(node, shape, path, findings)


def _check_fields(node: Node, shape: Field, path: str, findings: Findings) -> None:
    for name, inner in node.fields.items():
        where = f"{path}.{name}" if path else name
        known = shape.fields.get(name)
        if known is None:
            near = get_close_matches(name, shape.fields, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(shape.fields)}."
            findings.error(inner.line, "unknown-field", f"{where} is no field of OpenSLO v1.", remedy)
        else:
            _check(inner, known, where, findings)
    for name, known in shape.fields.items():
        if known.required and name not in node.fields:
            where = f"{path}.{name}" if path else name
            findings.error(node.line, "missing-field", f"{where} is missing.", f"Add {name}.")
