"""OpenSLO v1 objects as definitions of objectives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.budgeting import OCCURRENCES
from roadbed.reliability.objectives.rules.definitions import (
    ALERTS,
    OPENSLO,
    Alerting,
    Calendar,
    Definition,
    Labels,
    Queries,
)
from roadbed.reliability.objectives.rules.indicators import Indicator
from roadbed.reliability.objectives.rules.linting.thresholds import check_conditions, check_table, check_usual
from roadbed.reliability.objectives.rules.openslo.alerting import alerting_of, check_alerts
from roadbed.reliability.objectives.rules.openslo.index import Index, Object, refuse_duplicates
from roadbed.reliability.objectives.rules.openslo.limits import NAME_LIMIT, TITLE_LIMIT
from roadbed.reliability.objectives.rules.openslo.nodes import Node
from roadbed.reliability.objectives.rules.openslo.sources import (
    check_sources,
    connected,
    indicator_of_sli,
    queries_of_sli,
)
from roadbed.reliability.objectives.rules.openslo.targets import share_of
from roadbed.reliability.objectives.rules.openslo.unevaluated import UNSUPPORTED
from roadbed.reliability.objectives.rules.openslo.windows import slices_of, window_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import minutes_of

USUAL_WINDOW: Final = "30d"


def definitions_of(objects: list[Object], *, complete: bool) -> Iterator[Definition]:
    """The definitions of all SLOs among the objects; every object is checked."""
    refuse_duplicates(objects)
    index = Index.of(objects, complete=complete)
    for one in objects:
        if one.kind == "SLO":
            yield from _Slo(one, index).definitions()
        elif one.kind == "SLI":
            indicator_of_sli(one.spec, index.source_types(), one.findings)
            check_sources(one.spec, index, one.findings)
    check_alerts(objects, index)


def labels_of(node: Node) -> Labels:
    """A mapping of texts as pairs; of a list of values, the first."""
    pairs = []
    for name, value in node.fields.items():
        first = value.items[0] if value.items else value
        if isinstance(first.value, (str, Decimal, bool)):
            said = str(first.value).lower() if isinstance(first.value, bool) else str(first.value)
            pairs.append((name, said))
    return tuple(pairs)


class _Slo:
    """Reads one SLO object; each of its objectives becomes a definition."""

    def __init__(self, one: Object, index: Index) -> None:
        self.one, self.node, self.index, self.findings = one, one.node, index, one.findings
        self.spec = one.spec

    def definitions(self) -> Iterator[Definition]:
        sli = self._sli()
        types = self.index.source_types()
        found = indicator_of_sli(sli, types, self.findings) if sli else None
        if sli:
            check_sources(sli, self.index, self.findings)
        window = self._window()
        method = self.spec.get("budgetingMethod")
        alerting, conditions = alerting_of(self.node, self.index, self.findings)
        objectives = self.spec.get("objectives").items
        for number, objective in enumerate(objectives):
            target = self._target(objective)
            self._check_operator(objective, sli)
            slices = slices_of(objective, method.text or OCCURRENCES, self.findings)
            if target is not None:
                check_conditions(conditions, Target.exactly(target[0]))
            if target is None or found is None or window is None or sli is None:
                continue
            pairs = check_table(self.node.get("metadata", "annotations", ALERTS), self.findings).of(window[0])
            exact = Target.exactly(target[0])
            check_usual(self.spec.get("objectives"), exact, window[0], self.findings, pairs)
            queries = queries_of_sli(sli, objective, types, self.findings)
            indicator = connected(found, queries, sli, self.index)
            named = self._named(objective, number, of=len(objectives))
            yield self._definition(
                named, target, window, slices, indicator=indicator, alerting=alerting, queries=queries
            )

    def _definition(
        self,
        named: tuple[str, str],
        target: tuple[Decimal, float],
        window: tuple[int, Calendar | None],
        slices: tuple[Decimal | None, int | None],
        *,
        indicator: Indicator,
        alerting: Alerting,
        queries: Queries | None,
    ) -> Definition:
        metadata = self.node.get("metadata")
        return Definition(
            name=named[0],
            title=named[1],
            description=self.spec.get("description").text,
            service=self.spec.get("service").text,
            target=target[0],
            window_minutes=window[0],
            indicator=indicator,
            line=metadata.get("name").line,
            file=self.findings.file,
            format=OPENSLO,
            document=self.one.document,
            method=self.spec.get("budgetingMethod").text or OCCURRENCES,
            slice_target=slices[0],
            slice_minutes=slices[1],
            calendar=window[1],
            queries=queries,
            alerting=alerting,
            labels=labels_of(metadata.get("labels")),
            annotations=labels_of(metadata.get("annotations")),
            percent=target[1],
        )

    def _named(self, objective: Node, number: int, *, of: int) -> tuple[str, str]:
        name = self.node.get("metadata", "name").text
        title = self.node.get("metadata", "displayName").text
        own = objective.get("displayName").text
        if of > 1:
            title = f"{title or name}: {own or number + 1}"
        return (name if of == 1 else f"{name}.{number + 1}")[:NAME_LIMIT], (title or own or name)[:TITLE_LIMIT]

    def _sli(self) -> Node | None:
        inline, ref = self.spec.get("indicator"), self.spec.get("indicatorRef")
        if (inline.value is None) == (not ref.text):
            objectives = self.spec.get("objectives").items
            own = [o for o in objectives if o.get("indicator").value or o.get("indicatorRef").value]
            if own:
                text = "Composite objectives are read, but not evaluated yet."
                self.findings.warn(own[0].line, UNSUPPORTED, text, "One indicator is.")
            else:
                text = "An SLO has either an indicator or an indicatorRef."
                self.findings.error(self.spec.line, "reference", text, "Give one.")
            return None
        if inline.value is not None:
            return inline.get("spec")
        found = self.index.find("SLI", ref.text)
        if found is None:
            where = "any of the files" if self.index.complete else "this file"
            self.findings.error(
                ref.line,
                "reference",
                f"There is no SLI named {ref.text!r} in {where}.",
                "Add it, or write it inline.",
                column=ref.column,
            )
            return None
        return found.spec

    def _target(self, objective: Node) -> tuple[Decimal, float] | None:
        share, percent = objective.get("target"), objective.get("targetPercent")
        given = share if share.number is not None else percent
        value = given.number
        if value is None or (share.number is not None and percent.number is not None):
            text = "An objective has either a target or a targetPercent."
            self.findings.error(objective.line, "target", text, "Give one of them.", column=objective.column)
            return None
        exact = share_of(value, given, self.findings, percent=given is percent)
        if exact is None:
            return None
        return exact, float(value) if given is percent else float(value) * 100

    def _window(self) -> tuple[int, Calendar | None] | None:
        windows = self.spec.get("timeWindow").items
        if not windows:
            text = "No timeWindow is given; 30 days rolling are taken."
            self.findings.warn(self.spec.line, "window", text, "Say it in the file.")
            return minutes_of(USUAL_WINDOW) or 0, None
        if len(windows) > 1:
            self.findings.error(windows[1].line, "window", "There is more than one timeWindow.", "Keep one.")
            return None
        return window_of(windows[0], self.findings)

    def _check_operator(self, objective: Node, sli: Node | None) -> None:
        operator = objective.get("op")
        if sli is None or operator.value is None:
            return
        if sli.get("ratioMetric").value is not None:
            text = "op has no meaning for a ratio, where more good is better."
            self.findings.warn(operator.line, "operator", text, "Leave it out.", column=operator.column)
