"""Rules and groups as values, before they are written as any file."""

from __future__ import annotations

from dataclasses import dataclass, field

from roadbed.reliability.objectives.rules.definitions import Labels


@dataclass(frozen=True, slots=True)
class Rule:
    """A recording rule (`record`) or an alert (`alert`)."""

    expr: str
    record: str = ""
    alert: str = ""
    labels: Labels = ()
    annotations: Labels = ()
    after: str = ""

    def as_data(self) -> dict[str, object]:
        """The rule as Prometheus reads it."""
        data: dict[str, object] = {"record": self.record} if self.record else {"alert": self.alert}
        data["expr"] = self.expr
        if self.after:
            data["for"] = self.after
        if self.labels:
            data["labels"] = dict(self.labels)
        if self.annotations:
            data["annotations"] = dict(self.annotations)
        return data


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated one after another."""

    name: str
    rules: tuple[Rule, ...]
    interval: str = ""
    document: int = 0
    file: str = ""

    def as_data(self) -> dict[str, object]:
        """The group as Prometheus reads it."""
        data: dict[str, object] = {"name": self.name}
        if self.interval:
            data["interval"] = self.interval
        data["rules"] = [rule.as_data() for rule in self.rules]
        return data


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asks for beside the definitions.

    Attributes:
        labels: more labels on every rule.
        runbook: an address with {service} and {slo} for the alerts' runbook link.
        owner: who owns what no label of the file assigns.
        full_query: Sloth's rule of the whole period from the query itself instead of from the recorded ratios.
    """

    labels: Labels = ()
    runbook: str = ""
    owner: str = ""
    recordings: bool = True
    alerts: bool = True
    full_query: bool = False
    version: str = field(default="")
