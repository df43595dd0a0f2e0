"""Sloth's `prometheus/v1` and its Kubernetes form PrometheusServiceLevel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.definitions import (
    SLOTH,
    SLOTH_KUBERNETES,
    Alerting,
    AlertOf,
    Definition,
    Labels,
    Queries,
)
from roadbed.reliability.objectives.rules.generating.naming import label_name
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.linting.thresholds import check_silent, check_usual
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.limits import TITLE_LIMIT
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.objects import labels_of
from roadbed.reliability.objectives.rules.openslo.shapes import (
    MAP,
    NUMBER,
    Check,
    Field,
    anything,
    flag,
    free,
    listing,
    mapping,
    needed,
    text,
)
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.specs.context import Context
from roadbed.reliability.objectives.rules.specs.counting import canonical
from roadbed.reliability.objectives.rules.targets import Target

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_REASON: Final = "It is measured by the source Prometheus, which is not connected to Roadbed."
_CAMEL: Final = re.compile(r"_([a-z])")


def _camel(name: str) -> str:
    return _CAMEL.sub(lambda found: found[1].upper(), name)


def _shape(*, camel: bool) -> Field:
    """The fields of a service's objectives; Kubernetes writes them in camel case."""

    def named(**fields: Field) -> dict[str, Field]:
        return {(_camel(name) if camel else name): field for name, field in fields.items()}

    alert = Field(MAP, fields=named(disable=flag, labels=free, annotations=free))
    sli = Field(
        MAP,
        required=True,
        fields=named(
            events=Field(MAP, fields=named(error_query=needed, total_query=needed)),
            raw=Field(MAP, fields=named(error_ratio_query=needed)),
            plugin=Field(MAP, fields=named(id=needed, options=free)),
        ),
    )
    alerting = named(name=text, labels=free, annotations=free, page_alert=alert, ticket_alert=alert)
    slo = named(
        name=needed,
        objective=Field(NUMBER, required=True),
        description=text,
        labels=free,
        sli=sli,
        alerting=Field(MAP, fields=alerting),
        plugins=anything,
    )
    top = named(service=needed, labels=free, slos=listing(Field(MAP, required=True, fields=slo), True))
    return Field(MAP, required=True, fields={**top, _camel("slo_plugins") if camel else "slo_plugins": anything})


PLAIN: Final = mapping(True, version=needed, **_shape(camel=False).fields)
KUBERNETES: Final = mapping(
    True, apiVersion=needed, kind=needed, metadata=free, spec=_shape(camel=True), status=anything
)


def definitions_of_sloth(node: Node, findings: Findings, context: Context, *, document: int) -> Iterator[Definition]:
    """The objectives of one document, in either form."""
    camel = node.get("apiVersion").text != ""
    version = node.get("apiVersion" if camel else "version")
    known = SLOTH_KUBERNETES if camel else SLOTH
    if version.text != known:
        findings.error(version.line, "api-version", f"The version is {version.value!r}.", f"Write {known}.")
        return
    # Sloth passes over fields that it does not know, so a file with one is not refused.
    Check(findings, known, strict=False).check(node, KUBERNETES if camel else PLAIN)
    reader = _Reader(node.get("spec") if camel else node, findings, context, document, camel=camel)
    yield from reader.definitions()


class _Reader:
    """Reads the objectives of one service."""

    def __init__(self, top: Node, findings: Findings, context: Context, document: int, *, camel: bool) -> None:
        self.top, self.findings, self.context, self.document, self.camel = top, findings, context, document, camel

    def _get(self, node: Node, *path: str) -> Node:
        return node.get(*(_camel(name) if self.camel else name for name in path))

    def definitions(self) -> Iterator[Definition]:
        seen: set[str] = set()
        for at in (self._get(self.top, "slo_plugins"), *(self._get(s, "plugins") for s in self._slos())):
            if at.value:
                self._not_carried(at, "SLO plugins are Go code that Sloth runs")
        for slo in self._slos():
            name = slo.get("name")
            if name.text and name.text in seen:
                text = f"There is another SLO named {name.text!r} of this service."
                self.findings.error(name.line, "duplicate-name", text, "Give each its own name.", column=name.column)
            seen.add(name.text)
            found = self._definition(slo)
            if found is not None:
                yield found

    def _slos(self) -> tuple[Node, ...]:
        return tuple(slo for slo in self._get(self.top, "slos").items if isinstance(slo.value, dict))

    def _definition(self, slo: Node) -> Definition | None:
        self._check_name(self.top.get("service"))
        self._check_name(slo.get("name"))
        objective = slo.get("objective")
        number = objective.number
        target = share_of(number, objective, self.findings, percent=True) if number is not None else None
        self._check_labels(slo)
        queries = self._queries(slo)
        alerting = self._alerting(slo, target, objective)
        if target is None or queries is None or number is None:
            return None
        title = (slo.get("description").text.strip() or slo.get("name").text).partition("\n")[0]
        return Definition(
            name=slo.get("name").text,
            title=title.rstrip(".")[:TITLE_LIMIT],
            description=slo.get("description").text,
            service=self.top.get("service").text,
            target=target,
            window_minutes=self.context.period,
            indicator=Indicator(ELSEWHERE, reason=_REASON),
            line=slo.get("name").line,
            file=self.findings.file,
            format=SLOTH_KUBERNETES if self.camel else SLOTH,
            document=self.document,
            queries=queries,
            alerting=alerting,
            labels=_merged(self.top.get("labels"), slo.get("labels")),
            percent=float(number),
        )

    def _check_name(self, name: Node) -> None:
        if name.text and not _NAME.fullmatch(name.text):
            text = f"The name {name.text[:80]!r} cannot be part of a label value that Sloth makes."
            self.findings.error(name.line, "name", text, "Use letters, digits, -, _ and dots.", column=name.column)

    def _check_labels(self, slo: Node) -> None:
        alerting = slo.get("alerting")
        alerts = [self._get(alerting, f"{name}_alert").get("labels") for name in ("page", "ticket")]
        for labels in (self.top.get("labels"), slo.get("labels"), alerting.get("labels"), *alerts):
            for name, value in labels.fields.items():
                if label_name(name) != name:
                    text = f"{name!r} is no label name of Prometheus."
                    remedy = f"Write {label_name(name)}."
                    self.findings.error(value.line, "label-name", text, remedy, column=value.column)

    def _queries(self, slo: Node) -> Queries | None:
        sli = slo.get("sli")
        kinds = [kind for kind in ("events", "raw", "plugin") if sli.get(kind).value is not None]
        if len(kinds) != 1:
            text = "An SLI is one of events, raw and plugin; this has " + (" and ".join(kinds) or "none of them") + "."
            self.findings.error(sli.line, "source", text, "Give events with both queries.", column=sli.column)
            return None
        if kinds == ["plugin"]:
            self._not_carried(sli.get("plugin"), "An SLI plugin is Go code that Sloth runs")
            return None
        if kinds == ["raw"]:
            ratio = self._get(sli, "raw", "error_ratio_query")
            return Queries(error_ratio=canonical(ratio.text), lines=(("error_ratio", ratio.line),))
        bad, total = self._get(sli, "events", "error_query"), self._get(sli, "events", "total_query")
        lines = (("bad", bad.line), ("total", total.line))
        return Queries(bad=canonical(bad.text), total=canonical(total.text), lines=lines)

    def _not_carried(self, at: Node, what: str) -> None:
        remedy = "Write the query that it makes as raw or events."
        self.findings.warn(at.line, "not-carried", f"{what}; it is not taken over.", remedy, column=at.column)

    def _alerting(self, slo: Node, target: Decimal | None, objective: Node) -> Alerting:
        alerting = slo.get("alerting")
        kinds = {name: self._alert(self._get(alerting, f"{name}_alert")) for name in ("page", "ticket")}
        enabled = alerting.value is not None and not all(one.disabled for one in kinds.values())
        if enabled and not alerting.get("name").text:
            text = "alerting.name is missing, and an alert is not disabled."
            self.findings.error(alerting.line, "missing-field", text, "Add name, or disable both alerts.")
        if target is not None:
            exact, period = Target.exactly(target), self.context.period
            for severity, one in kinds.items():
                if not one.disabled:
                    check_silent(objective, exact, period, self.findings, severity=severity)
            if not kinds["page"].disabled:
                check_usual(objective, exact, period, self.findings)
        return Alerting(
            name=alerting.get("name").text,
            labels=labels_of(alerting.get("labels")),
            annotations=labels_of(alerting.get("annotations")),
            page=kinds["page"],
            ticket=kinds["ticket"],
        )

    def _alert(self, node: Node) -> AlertOf:
        return AlertOf(
            disabled=node.get("disable").value is True,
            labels=labels_of(node.get("labels")),
            annotations=labels_of(node.get("annotations")),
        )


def _merged(*nodes: Node) -> Labels:
    merged: dict[str, str] = {}
    for node in nodes:
        merged.update(labels_of(node))
    return tuple(merged.items())
