"""A file of OpenSLO objects as definitions of objectives, with everything that is wrong or doubtful in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.budgeting import PLAIN, TIMESLICES, Budgeting
from roadbed.reliability.objectives.rules.indicators import ELSEWHERE, Indicator
from roadbed.reliability.objectives.rules.openslo.alerting import check_alerts
from roadbed.reliability.objectives.rules.openslo.findings import ERROR, Finding, Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node, objects_of, read_documents
from roadbed.reliability.objectives.rules.openslo.schema import check_object
from roadbed.reliability.objectives.rules.openslo.sources import indicator_of_sli
from roadbed.reliability.objectives.rules.openslo.timing import alerts_of, budgeting_of, window_of_slo
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.tables import ROADBED
from roadbed.reliability.objectives.rules.targets import Target

UNSUPPORTED: Final = "not-evaluated-yet"
_NAME_LIMIT: Final = 130
_TITLE_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Definition:
    """One objective as a file defines it; `window_minutes` is about its length where it follows the calendar."""

    name: str
    title: str
    description: str
    service: str
    target: Decimal
    window_minutes: int
    indicator: Indicator
    line: int
    window: Window = field(default_factory=lambda: Window.rolling(30 * 1440))
    budgeting: Budgeting = PLAIN
    alerts: str = ROADBED.name


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says. Definitions with an error are left out; the file is taken over only where there is none."""

    definitions: tuple[Definition, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == ERROR)


def read(text: str, *, file: str) -> Read:
    """Read a file and check it; every fault is found in one go."""
    findings = Findings(file)
    objects = [node for node in objects_of(read_documents(text, findings)) if check_object(node, findings)]
    if not objects and not findings.errors:
        findings.error(1, "empty", "The file has no objects.", "Add an SLO; `roadbed new` writes a first one.")
    _refuse_duplicates(objects, findings)
    index = {(node.get("kind").text, node.get("metadata", "name").text): node for node in objects}
    definitions: list[Definition] = []
    for node in objects:
        kind = node.get("kind").text
        if kind == "SLO":
            definitions.extend(_Slo(node, index, findings).definitions())
        elif kind == "SLI":
            indicator_of_sli(node.get("spec"), _source_types(index), findings)
    check_alerts(objects, index, findings)
    return Read(tuple(definitions), findings.sorted())


def _source_types(index: dict[tuple[str, str], Node]) -> dict[str, str]:
    return {name: node.get("spec", "type").text for (kind, name), node in index.items() if kind == "DataSource"}


def _refuse_duplicates(objects: list[Node], findings: Findings) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for node in objects:
        name = node.get("metadata", "name")
        key = (node.get("kind").text, name.text)
        seen[key] += 1
        if name.text and seen[key] > 1:
            text = f"There is another {key[0]} named {name.text!r}."
            if key[0] in ("SLO", "SLI"):
                findings.error(name.line, "duplicate-name", text, "Give each its own name.")
            else:
                findings.warn(name.line, "duplicate-name", text, "Give each its own name.")


class _Slo:
    """Reads one SLO object; each of its objectives becomes a definition."""

    def __init__(self, node: Node, index: dict[tuple[str, str], Node], findings: Findings) -> None:
        self.node, self.index, self.findings = node, index, findings
        self.spec = node.get("spec")

    def definitions(self) -> Iterator[Definition]:
        sli = self._sli()
        indicator = indicator_of_sli(sli, _source_types(self.index), self.findings) if sli else None
        window = window_of_slo(self.spec, self.findings)
        alerts = alerts_of(self.node, self.findings)
        method = self.spec.get("budgetingMethod")
        objectives = self.spec.get("objectives").items
        for number, objective in enumerate(objectives):
            target = self._target(objective)
            self._check_operator(objective, sli)
            budgeting = budgeting_of(method, objective, window, self.findings) if window else None
            if target is None or indicator is None or window is None or budgeting is None:
                continue
            counted = self._counted_here(indicator, budgeting, method)
            name, title = self._named(objective, number, of=len(objectives))
            yield Definition(
                name=name,
                title=title,
                description=self.spec.get("description").text,
                service=self.spec.get("service").text,
                target=target,
                window_minutes=window.nominal,
                indicator=counted,
                line=self.node.get("metadata", "name").line,
                window=window,
                budgeting=budgeting,
                alerts=alerts,
            )

    def _counted_here(self, indicator: Indicator, budgeting: Budgeting, method: Node) -> Indicator:
        if not budgeting.sliced or (budgeting.method == TIMESLICES and budgeting.slice_minutes == 1):
            return indicator
        what = "Slices longer than a minute" if budgeting.method == TIMESLICES else "RatioTimeslices"
        text = f"{what} are evaluated by `roadbed slo evaluate`, and by the server not yet."
        self.findings.warn(method.line, UNSUPPORTED, text, "Occurrences are, and Timeslices of 1m.")
        return Indicator(ELSEWHERE, reason=text)

    def _named(self, objective: Node, number: int, *, of: int) -> tuple[str, str]:
        name = self.node.get("metadata", "name").text
        title = self.node.get("metadata", "displayName").text
        own = objective.get("displayName").text
        if of > 1:
            title = f"{title or name}: {own or number + 1}"
        return (name if of == 1 else f"{name}.{number + 1}")[:_NAME_LIMIT], (title or own or name)[:_TITLE_LIMIT]

    def _sli(self) -> Node | None:
        inline, ref = self.spec.get("indicator"), self.spec.get("indicatorRef")
        if (inline.value is None) == (not ref.text):
            objectives = self.spec.get("objectives").items
            own = [o for o in objectives if o.get("indicator").value or o.get("indicatorRef").value]
            if own:
                self.findings.warn(
                    own[0].line,
                    UNSUPPORTED,
                    "Composite objectives are read, but not evaluated yet.",
                    "One indicator is.",
                )
            else:
                self.findings.error(
                    self.spec.line, "reference", "An SLO has either an indicator or an indicatorRef.", "Give one."
                )
            return None
        if inline.value is not None:
            return inline.get("spec")
        found = self.index.get(("SLI", ref.text))
        if found is None:
            self.findings.error(
                ref.line,
                "reference",
                f"There is no SLI named {ref.text!r} in this file.",
                "Add it, or write it inline.",
            )
            return None
        return found.get("spec")

    def _target(self, objective: Node) -> Decimal | None:
        share, percent = objective.get("target"), objective.get("targetPercent")
        given = share if share.number is not None else percent
        value = given.number
        if value is None or (share.number is not None and percent.number is not None):
            self.findings.error(
                objective.line, "target", "An objective has either a target or a targetPercent.", "Give one of them."
            )
            return None
        exact = value if given is share else value / 100
        if given is share and 1 < value < 100:  # noqa: PLR2004 - a percentage by its looks
            remedy = f"Write target: {value / 100} or targetPercent: {value}."
            self.findings.error(given.line, "target", f"target {value} is a share, and shares are below 1.", remedy)
            return None
        if exact == 1:
            self.findings.error(
                given.line,
                "target",
                "A target of 100% has no error budget: nothing could ever be spent.",
                "Promise less than everything, like 0.999.",
            )
            return None
        if not 0 < exact < 1 or exact != round(exact, 10):
            self.findings.error(
                given.line, "target", f"{value} is not between 0 and 1 with at most ten decimals.", "Like 0.999."
            )
            return None
        Target.exactly(exact)
        return exact

    def _check_operator(self, objective: Node, sli: Node | None) -> None:
        operator = objective.get("op")
        if sli is None or operator.value is None:
            return
        if sli.get("ratioMetric").value is not None:
            self.findings.warn(
                operator.line, "operator", "op has no meaning for a ratio, where more good is better.", "Leave it out."
            )
