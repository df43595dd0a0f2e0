"""Alerts in Roadbed's style: two windows that burn, proof that it is no chance, and words for whoever is woken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from roadbed.reliability.objectives.rules.definitions import AlertOf, Condition, Definition, Labels
from roadbed.reliability.objectives.rules.generating.guarding import NORMAL_95
from roadbed.reliability.objectives.rules.generating.naming import (
    identity,
    label_pairs,
    literal,
    owner_of,
    plain,
    runbook_of,
)
from roadbed.reliability.objectives.rules.generating.values import Rule, Wishes
from roadbed.reliability.objectives.rules.promql.durations import written
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import PAGE, TICKET, Pair, reachable

NAME = "RoadbedErrorBudgetBurn"
UNMEASURED = "RoadbedUnmeasured"
BROKEN = "RoadbedBrokenIndicator"
BLACKOUT = "10m"
_OPERATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(frozen=True, slots=True)
class Alerts:
    """Makes the alerts of one objective."""

    definition: Definition
    pairs: tuple[Pair, ...]
    wishes: Wishes
    at: str
    events: bool

    def rules(self, *, measured: bool) -> Iterator[Rule]:
        """All of them; `measured` says whether a minute without traffic is still measured."""
        alerting = self.definition.alerting
        for severity, one in ((PAGE, alerting.page), (TICKET, alerting.ticket)):
            if not one.disabled and (burning := self._burning(severity, one)):
                yield burning
        for condition in alerting.conditions:
            yield self._of_condition(condition)
        if alerting.page.disabled and alerting.ticket.disabled:
            return
        if alerting.absent:
            yield from self._unmeasured(measured=measured)
        yield self._broken()

    def limit(self, pair: Pair) -> Fraction | None:
        """The share of bad events at which a pair's factor is reached; None where even a total loss does not."""
        target = Target.exactly(self.definition.target)
        factor = pair.factor(self.definition.window_minutes)
        return factor * target.spare / target.of if reachable(target, factor) else None

    def _factor(self, pair: Pair) -> str:
        factor = pair.factor(self.definition.window_minutes)
        return format(Decimal(factor.numerator) / Decimal(factor.denominator), ".12g")

    def _burning(self, severity: str, one: AlertOf) -> Rule | None:
        pairs = [pair for pair in self.pairs if pair.severity == severity and self.limit(pair) is not None]
        if not pairs:
            return None
        parts = [self._of_pair(pair) for pair in pairs]
        expr = parts[0] if len(parts) == 1 else "\nor\n".join(f"(\n  {_indented(part)}\n)" for part in parts)
        needs = ", or ".join(f"{self._factor(p)} over {written(p.short)} and {written(p.long)}" for p in pairs)
        words = (
            f"Promised are {self.definition.percent_text()}% over {written(self.definition.window_minutes)}. "
            f'The budget burns {{{{ $value | printf "%.1f" }}}} times too fast over the short window. It takes {needs}'
            f"{self._guard_words(pairs)}. It stops when the short window burns slower than that."
        )
        return self._alert(self.definition.alerting.name or NAME, severity, expr, words, one)

    def _guard_words(self, pairs: list[Pair]) -> str:
        if not self.events:
            return ""
        least = max(pair.minimum_bad for pair in pairs)
        return f", with {least} bad events or more, and more than chance explains"

    def _of_pair(self, pair: Pair) -> str:
        burns = [
            f"roadbed:slo_burn_rate:ratio{written(minutes)}{self.at} > {self._factor(pair)}"
            for minutes in (pair.short, pair.long)
        ]
        if self.events:
            long = written(pair.long)
            burns.append(f"roadbed:slo_bad:increase{long}{self.at} >= {pair.minimum_bad}")
            burns.append(f"roadbed:slo_burn_proof:score{long}{self.at} > {NORMAL_95}")
        return "\nand ".join(burns)

    def _of_condition(self, condition: Condition) -> Rule:
        window, factor = written(condition.lookback_minutes), plain(condition.threshold)
        sign = _OPERATORS.get(condition.operator, ">")
        expr = f"roadbed:slo_burn_rate:ratio{window}{self.at} {sign} {factor}"
        least = 10 if condition.severity == PAGE else 1
        if self.events and sign in (">", ">="):
            expr += f"\nand roadbed:slo_bad:increase{window}{self.at} >= {least}"
        words = (
            f'Over {window} the budget burns {{{{ $value | printf "%.1f" }}}} times too fast; the condition is '
            f"{sign} {factor}. {literal(condition.description)}"
        ).strip()
        after = written(condition.after_minutes) if condition.after_minutes else ""
        name = self.definition.alerting.name or NAME
        labels = (("condition", condition.name),) if condition.name else ()
        return self._alert(name, condition.severity, expr, words, AlertOf(labels=labels), after=after)

    def _unmeasured(self, *, measured: bool) -> Iterator[Rule]:
        series = f"roadbed:slo_total:increase1m{self.at}"
        title = "is not measured any more"
        if measured:
            words = (
                f"Nothing was counted for {BLACKOUT}, and something within the day: the target or its series is gone."
            )
            expr = f"absent_over_time({series}[{BLACKOUT}])\nand on ()\nlast_over_time({series}[1d])"
            severity = TICKET if self.definition.alerting.page.disabled else PAGE
            yield self._alert(UNMEASURED, severity, expr, words, AlertOf(), title=title, after="5m")
        words = "Nothing was counted for a day: what is left of the budget says nothing about that time."
        expr = f"absent_over_time({series}[1d])"
        yield self._alert(UNMEASURED, TICKET, expr, words, AlertOf(), title=title, after="15m")

    def _broken(self) -> Rule:
        window = written(max((pair.short for pair in self.pairs), default=self.definition.window_minutes))
        bad, total = (f"roadbed:slo_{name}:increase{window}{self.at}" for name in ("bad", "total"))
        words = f"Over {window} more is counted as good or bad than there were events, so no figure can be trusted."
        expr = f"{bad} < 0\nor\n{bad} > {total}"
        return self._alert(BROKEN, TICKET, expr, words, AlertOf(), title="has a broken indicator", after="5m")

    def _alert(
        self, name: str, severity: str, expr: str, words: str, one: AlertOf, *, title: str = "", after: str = ""
    ) -> Rule:
        definition = self.definition
        owner, runbook = owner_of(definition, self.wishes), runbook_of(definition, self.wishes)
        said = title or "burns its error budget too fast"
        annotations = {
            "summary": f"{literal(definition.service)}/{literal(definition.name)} {said}: {literal(definition.title)}",
            "description": words,
        }
        if runbook:
            annotations["runbook_url"] = runbook
        if not title:
            annotations |= dict(definition.alerting.annotations) | dict(one.annotations)
        # A severity of the whole objective would make tickets of pages; one of the alert itself is meant.
        labels: dict[str, str] = {
            **dict(label_pairs(definition.labels)),
            **({"owner": owner} if owner else {}),
            **dict(label_pairs(self.wishes.labels)),
            "severity": severity,
            **dict(label_pairs(definition.alerting.labels)),
            **dict(label_pairs(one.labels)),
            **dict(identity(definition)),
        }
        return Rule(expr, alert=name, labels=_pairs(labels), annotations=_pairs(annotations), after=after)


def _pairs(held: dict[str, str]) -> Labels:
    return tuple(held.items())


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
