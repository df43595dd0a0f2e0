"""Rules in Sloth's style, expression for expression, for those who move to Roadbed and keep their dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from roadbed.reliability.objectives.rules.definitions import (
    OPENSLO_ALPHA,
    SLOTH_KUBERNETES,
    AlertOf,
    Definition,
    Labels,
)
from roadbed.reliability.objectives.rules.generating.naming import go_float, label_pairs, matching
from roadbed.reliability.objectives.rules.generating.values import Group, Rule, Wishes
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.promql.durations import written
from roadbed.reliability.objectives.rules.promql.queries import with_window
from roadbed.reliability.objectives.rules.specs.counting import has_window
from roadbed.reliability.objectives.rules.thresholds import PAGE, TICKET, Pair

Tables = Mapping[int, tuple[Pair, ...]]
_SOURCE: Final = "Sloth, default alert windows"
_DEFAULT: Final = (
    Pair("Page, fast", PAGE, 5, 60, Fraction(2, 100), 1, _SOURCE),
    Pair("Page, slow", PAGE, 30, 360, Fraction(5, 100), 1, _SOURCE),
    Pair("Ticket, fast", TICKET, 120, 1440, Fraction(10, 100), 1, _SOURCE),
    Pair("Ticket, slow", TICKET, 360, 4320, Fraction(10, 100), 1, _SOURCE),
)
TABLES: Final[Tables] = {28 * 1440: _DEFAULT, 30 * 1440: _DEFAULT}
_MODES: Final = {OPENSLO_ALPHA: "cli-gen-openslo", SLOTH_KUBERNETES: "cli-gen-k8s"}
_ON: Final = "on(sloth_id, sloth_slo, sloth_service)"


def groups_of(definition: Definition, wishes: Wishes, tables: Tables, findings: Findings) -> list[Group]:
    """The groups that Sloth makes of one objective: indicators, meta, alerts."""
    queries = definition.queries
    whole = queries is not None and queries.error_ratio and not has_window(queries.error_ratio)
    if queries is None or not (queries.total or queries.error_ratio) or queries.fraction_below or whole:
        text = f"Sloth's rules know no indicator like that of {definition.name}."
        findings.warn(definition.line, "not-carried", text, "Use --style roadbed for it.")
        return []
    pairs = {**TABLES, **tables}.get(definition.window_minutes)
    if pairs is None or len(pairs) != len(_DEFAULT):
        text = f"Sloth has no alert windows for a period of {written(definition.window_minutes)}."
        findings.error(definition.line, "alert-windows", text, "Give a file of kind AlertWindows for it too.")
        return []
    return [group for group in _Rules(definition, pairs, wishes).groups() if group.rules]


class _Rules:
    """Makes the groups of one objective."""

    def __init__(self, definition: Definition, pairs: tuple[Pair, ...], wishes: Wishes) -> None:
        self.definition, self.pairs, self.wishes = definition, pairs, wishes
        self.slo = definition.name.replace(".", "-") if definition.format not in _PLAIN else definition.name
        self.id = f"{definition.service}-{self.slo}"
        own = (("sloth_id", self.id), ("sloth_service", definition.service), ("sloth_slo", self.slo))
        self.at = matching(own)
        labels = (*label_pairs(definition.labels), *wishes.labels, *own)
        self.labels: Labels = tuple(dict(labels).items())
        self.period = definition.window_minutes

    def groups(self) -> Iterator[Group]:
        wanted = self.wishes
        named = (
            ("sli-recordings", self._indicators() if wanted.recordings else ()),
            ("meta-recordings", self._meta() if wanted.recordings else ()),
            ("alerts", self._alerts() if wanted.alerts else ()),
        )
        for name, rules in named:
            yield Group(
                f"sloth-slo-{name}-{self.id}",
                tuple(rules),
                document=self.definition.document,
                file=self.definition.file,
            )

    def _record(self, name: str, expr: str, **labels: str) -> Rule:
        return Rule(expr, record=name, labels=(*self.labels, *labels.items()))

    def _indicators(self) -> Iterator[Rule]:
        for window in sorted({minutes for pair in self.pairs for minutes in (pair.short, pair.long)}):
            name = written(window)
            yield self._record(f"slo:sli_error:ratio_rate{name}", self._ratio(name), sloth_window=name)
        period = written(self.period)
        yield self._record(f"slo:sli_error:ratio_rate{period}", self._whole(period), sloth_window=period)

    def _ratio(self, window: str) -> str:
        queries = self.definition.queries
        if queries is None:
            return ""
        if queries.error_ratio:
            return f"({with_window(queries.error_ratio, window)})"
        part, total = (with_window(query, window) for query in (queries.bad or queries.good, queries.total))
        if queries.bad:
            return f"({part})\n/\n({total})\n"
        return f"(\n  1 - (\n    (\n      {part}\n    )\n    /\n    (\n      {total}\n    )\n  )\n)"

    def _whole(self, period: str) -> str:
        if self.wishes.full_query:
            return self._ratio(period)
        ratio = f"slo:sli_error:ratio_rate{written(min(p.short for p in self.pairs))}{self.at}[{period}]"
        return f"sum_over_time({ratio})\n/ ignoring (sloth_window)\ncount_over_time({ratio})\n"

    def _meta(self) -> Iterator[Rule]:
        objective = go_float(self.definition.percent / 100)
        yield self._record("slo:objective:ratio", f"vector({objective})")
        yield self._record("slo:error_budget:ratio", f"vector(1-{objective})")
        yield self._record("slo:time_period:days", f"vector({go_float(self.period / 1440)})")
        shortest, period = written(min(p.short for p in self.pairs)), written(self.period)
        for name, window in (("current", shortest), ("period", period)):
            ratio = f"slo:sli_error:ratio_rate{window}{self.at}\n/ {_ON} group_left\nslo:error_budget:ratio{self.at}\n"
            yield self._record(f"slo:{name}_burn_rate:ratio", ratio)
        yield self._record("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{self.at}")
        yield self._record(
            "sloth_slo_info",
            "vector(1)",
            sloth_mode=_MODES.get(self.definition.format, "cli-gen-prom"),
            sloth_objective=go_float(self.definition.percent),
            sloth_spec=self.definition.format,
            sloth_version=self.wishes.version,
        )

    def _alerts(self) -> Iterator[Rule]:
        alerting = self.definition.alerting
        if self.definition.format not in _PLAIN and not alerting.name:
            return
        for severity, one in ((PAGE, alerting.page), (TICKET, alerting.ticket)):
            if not one.disabled:
                yield self._alert(severity, one)

    def _alert(self, severity: str, one: AlertOf) -> Rule:
        alerting = self.definition.alerting
        budget = go_float((100 - self.definition.percent) / 100)
        parts = [self._pair(pair, budget) for pair in self.pairs if pair.severity == severity]
        named = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is"
        annotations = {
            "summary": f"{named} over expected.",
            "title": f"({severity}) {named} too fast.",
            **dict(alerting.annotations),
            **dict(one.annotations),
        }
        labels = {"sloth_severity": severity, **dict(alerting.labels), **dict(one.labels)}
        name = alerting.name or f"{self.id} error budget"
        return Rule("or\n".join(parts), alert=name, labels=_pairs(labels), annotations=_pairs(annotations))

    def _pair(self, pair: Pair, budget: str) -> str:
        # Sloth computes in floats, and in this order: its rules have all of their digits.
        percent = float(pair.spends * 100)
        factor = go_float(percent * (self.period / 60) / 100 / (pair.long / 60))
        ratios = [f"slo:sli_error:ratio_rate{written(minutes)}{self.at}" for minutes in (pair.short, pair.long)]
        sides = [f"    max({ratio} > ({factor} * {budget})) without (sloth_window)\n" for ratio in ratios]
        return "(\n" + "    and\n".join(sides) + ")\n"


_PLAIN: Final = ("prometheus/v1", SLOTH_KUBERNETES)


def _pairs(held: dict[str, str]) -> Labels:
    return tuple(sorted(held.items()))
