"""Rules in Roadbed's style: whole counts of bad and total events each minute, and every window a sum of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from roadbed.reliability.objectives.rules.definitions import ALERTS, Definition, Labels
from roadbed.reliability.objectives.rules.generating.alerts import Alerts
from roadbed.reliability.objectives.rules.generating.counting import Minute, is_sliced, minute_of, slice_of
from roadbed.reliability.objectives.rules.generating.guarding import score
from roadbed.reliability.objectives.rules.generating.naming import (
    identity,
    label_pairs,
    matching,
    owner_of,
    plain,
)
from roadbed.reliability.objectives.rules.generating.values import Group, Rule, Wishes
from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.promql.durations import just_under, written
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.thresholds import PAIRS, Pair, applicable

INTERVAL = "1m"
BAD, TOTAL = "roadbed:slo_bad", "roadbed:slo_total"
EVENTS_BAD, EVENTS_TOTAL = "roadbed:slo_events_bad", "roadbed:slo_events_total"
Tables = Mapping[int, tuple[Pair, ...]]


def group_of(definition: Definition, wishes: Wishes, tables: Tables, findings: Findings) -> Group | None:
    """The rules of one objective; None, with the reason, where Prometheus cannot measure it."""
    labels = (*identity(definition), *label_pairs(wishes.labels))
    minute = minute_of(definition, ", ".join(name for name, _ in labels))
    if minute is None:
        text = f"{definition.name} is not measured by Prometheus, so no rules are made of it."
        findings.warn(definition.line, "not-carried", text, "Measure it by PromQL queries, or leave it to Roadbed.")
        return None
    if definition.calendar is not None:
        text = f"Prometheus has no calendar; the last {written(definition.window_minutes)} are taken instead."
        findings.warn(definition.line, "calendar-window", text, "Evaluate calendar windows with Roadbed itself.")
    made = _Rules(definition, minute, labels, wishes, tables)
    return Group(
        f"roadbed-slo-{definition.service}/{definition.name}",
        tuple(made.rules()),
        INTERVAL,
        definition.document,
        definition.file,
    )


class _Rules:
    """Makes the rules of one objective."""

    def __init__(self, definition: Definition, minute: Minute, labels: Labels, wishes: Wishes, tables: Tables) -> None:
        named = definition.annotation(ALERTS)
        if named:
            # A table that somebody wrote beside the file's own conditions is meant in their place.
            definition = replace(definition, alerting=replace(definition.alerting, conditions=()))
        self.definition, self.minute, self.labels, self.wishes = definition, minute, labels, wishes
        self.period = definition.window_minutes
        self.at = matching(labels)
        alerting = definition.alerting
        table = table_of(named).of(self.period) if named else alerting.pairs or tables.get(self.period) or PAIRS
        self.pairs = () if alerting.conditions else applicable(self.period, table)
        self.events = minute.events and not is_sliced(definition)
        self.alerts = Alerts(definition, self.pairs, wishes, self.at, events=self.events)

    def rules(self) -> Iterator[Rule]:
        if self.wishes.recordings:
            yield from self._minutes()
            yield from self._windows()
            yield from self._period()
            yield from self._proofs()
        if self.wishes.alerts:
            yield from self.alerts.rules(measured=self.minute.events or not self._from_ratio())

    def _from_ratio(self) -> bool:
        return bool(self.definition.queries and self.definition.queries.error_ratio)

    def _record(self, name: str, expr: str, *, labels: Labels = ()) -> Rule:
        return Rule(expr, record=name, labels=(*self.labels, *labels))

    def _series(self, name: str, window: int) -> str:
        return f"{name}:increase{written(window)}{self.at}"

    def _minutes(self) -> Iterator[Rule]:
        sliced = is_sliced(self.definition)
        bad, total = (EVENTS_BAD, EVENTS_TOTAL) if sliced else (BAD, TOTAL)
        names = {"bad": self._series(bad, 1), "total": self._series(total, 1)}
        made = {
            "bad": self._record(f"{bad}:increase1m", self.minute.bad.replace("{total}", names["total"])),
            "total": self._record(f"{total}:increase1m", self.minute.total.replace("{bad}", names["bad"])),
        }
        second = "bad" if self.minute.first == "total" else "total"
        yield made[self.minute.first]
        yield made[second]
        if sliced:
            whole, lost = slice_of(
                self.definition, bad=f"{bad}:increase1m{self.at}", total=f"{total}:increase1m{self.at}"
            )
            yield self._record(f"{TOTAL}:increase1m", whole)
            yield self._record(f"{BAD}:increase1m", lost)

    def _all_windows(self) -> list[int]:
        looked = {minutes for pair in self.pairs for minutes in (pair.short, pair.long)}
        looked |= {one.lookback_minutes for one in self.definition.alerting.conditions}
        return sorted(looked - {self.period})

    def _windows(self) -> Iterator[Rule]:
        for window in [*self._all_windows(), self.period]:
            for name in (BAD, TOTAL) if window > 1 else ():
                summed = f"sum_over_time({self._series(name, 1)}[{just_under(window)}])"
                yield self._record(f"{name}:increase{written(window)}", summed)
            # Without events there is nothing to divide by: no series, and never NaN.
            share = f"{self._series(BAD, window)}\n/\n({self._series(TOTAL, window)} > 0)"
            ratio = f"{share}\n/\n{plain(self.definition.spare)}"
            yield self._record(f"roadbed:slo_burn_rate:ratio{written(window)}", ratio)

    def _period(self) -> Iterator[Rule]:
        burn = f"roadbed:slo_burn_rate:ratio{written(self.period)}{self.at}"
        yield self._record("roadbed:slo_budget_remaining:ratio", f"1 - {burn}")
        counted = f"count_over_time({self._series(TOTAL, 1)}[{just_under(self.period)}])"
        yield self._record("roadbed:slo_coverage:ratio", f"{counted} / {self.period}")
        yield self._record("roadbed:slo_target:ratio", f"vector({plain(self.definition.target)})")
        info = (
            ("target", self.definition.percent_text()),
            ("window", written(self.period)),
            ("budgeting", self.definition.method.lower()),
            ("weighed_by", "events" if self.events else "minutes"),
            ("spec", self.definition.format),
        )
        owner = owner_of(self.definition, self.wishes)
        yield self._record("roadbed_slo_info", "vector(1)", labels=(*info, *((("owner", owner),) if owner else ())))

    def _proofs(self) -> Iterator[Rule]:
        if not self.events:
            return
        for pair in self.pairs:
            limit = self.alerts.limit(pair)
            if limit is None:
                continue
            bad, total = self._series(BAD, pair.long), self._series(TOTAL, pair.long)
            yield self._record(f"roadbed:slo_burn_proof:score{written(pair.long)}", score(f"({bad} > 0)", total, limit))
