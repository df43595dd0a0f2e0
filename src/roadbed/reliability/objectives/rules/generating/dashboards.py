"""A Grafana dashboard for one objective: what is left, how fast it burns, what was counted, what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.generating.naming import file_name, identity, matching, plain
from roadbed.reliability.objectives.rules.promql.durations import written
from roadbed.reliability.objectives.rules.thresholds import PAIRS, Pair, applicable

_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH: Final = 24
_RED, _YELLOW, _GREEN = "red", "yellow", "green"
_LONGEST_UID: Final = 40


def dashboard_of(definition: Definition, style: str, table: tuple[Pair, ...] = ()) -> dict[str, Any]:
    """The dashboard as Grafana imports it; `table` are the alert windows of its period, if not the usual ones."""
    names = _Names(definition, style, definition.alerting.pairs or table or PAIRS)
    uid = file_name(f"slo-{definition.service}-{definition.name}")[:_LONGEST_UID].strip("-")
    return {
        "uid": uid,
        "title": f"SLO: {definition.service}/{definition.name}",
        "description": f"{definition.percent_text()}% over {names.period}: {definition.title}",
        "tags": ["slo", "roadbed", definition.service],
        "timezone": "browser",
        "editable": True,
        "graphTooltip": 1,
        "schemaVersion": 39,
        "version": 1,
        "refresh": "1m",
        "time": {"from": f"now-{names.period}", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"}]
        },
        "annotations": {"list": []},
        "panels": [{"id": number, **panel} for number, panel in enumerate(_panels(definition, names), start=1)],
    }


class _Names:
    """The recorded series of one style."""

    def __init__(self, definition: Definition, style: str, table: tuple[Pair, ...]) -> None:
        self.period = written(definition.window_minutes)
        self.sloth = style == "sloth"
        minutes = sorted({p for pair in applicable(definition.window_minutes, table) for p in (pair.short, pair.long)})
        self.windows = [written(one) for one in minutes] or [self.period]
        conditions = definition.alerting.conditions
        if conditions and not self.sloth:
            self.windows = [written(one) for one in sorted({c.lookback_minutes for c in conditions})]
        if self.sloth:
            slo = definition.name.replace(".", "-")
            self.at = matching((("sloth_service", definition.service), ("sloth_slo", slo)))
        else:
            self.at = matching(identity(definition))
        self.spare = plain(definition.spare)

    @property
    def remaining(self) -> str:
        name = "slo:period_error_budget_remaining:ratio" if self.sloth else "roadbed:slo_budget_remaining:ratio"
        return f"{name}{self.at}"

    def burn(self, window: str) -> str:
        if self.sloth:
            return f"slo:sli_error:ratio_rate{window}{self.at} / {self.spare}"
        return f"roadbed:slo_burn_rate:ratio{window}{self.at}"

    def counted(self, name: str, window: str) -> str:
        return f"roadbed:slo_{name}:increase{window}{self.at}"


def _panels(definition: Definition, names: _Names) -> Iterator[dict[str, Any]]:
    limits = ((_RED, None), (_YELLOW, 0.25), (_GREEN, 0.5))
    yield _panel("stat", "Budget left", (0, 0, 6, 5), [(names.remaining, "left")], unit="percentunit", limits=limits)
    fast = names.windows[0]
    burning = ((_GREEN, None), (_YELLOW, 1), (_RED, 6))
    yield _panel("stat", f"Burn rate, {fast}", (6, 0, 6, 5), [(names.burn(fast), fast)], limits=burning)
    if not names.sloth:
        bad, total = names.counted("bad", names.period), names.counted("total", names.period)
        yield _panel("stat", "Good", (12, 0, 6, 5), [(f"1 - {bad} / ({total} > 0)", "good")], unit="percentunit")
        shares = ((_RED, None), (_YELLOW, 0.9), (_GREEN, 0.995))
        coverage = f"roadbed:slo_coverage:ratio{names.at}"
        yield _panel("stat", "Measured", (18, 0, 6, 5), [(coverage, "measured")], unit="percentunit", limits=shares)
    down = [(names.remaining, "left")]
    text = "What is left of the budget. A gap is time without traffic, or without measurement: see Measured."
    yield _panel("timeseries", "Burn-down", (0, 5, _WIDTH, 8), down, unit="percentunit", text=text)
    burns = [(names.burn(window), window) for window in names.windows]
    text = f"How many times faster than {definition.percent_text()}% allows. An alert needs both windows of a pair."
    yield _panel("timeseries", "Burn rate by window", (0, 13, _WIDTH, 8), burns, text=text)
    if names.sloth:
        return
    events = [(names.counted("total", "1m"), "all"), (names.counted("bad", "1m"), "bad")]
    yield _panel("timeseries", "Events a minute", (0, 21, 12, 8), events, unit="short")
    coverage = f"count_over_time({names.counted('total', '1m')}[59m59s]) / 60 or on () vector(0)"
    text = "The share of each hour's minutes that was measured. Nothing is known of the rest."
    yield _panel("timeseries", "Measured", (12, 21, 12, 8), [(coverage, "measured")], unit="percentunit", text=text)


def _panel(
    kind: str,
    title: str,
    place: tuple[int, int, int, int],
    queries: list[tuple[str, str]],
    *,
    unit: str = "none",
    limits: tuple[tuple[str, float | None], ...] = ((_GREEN, None),),
    text: str = "",
) -> dict[str, Any]:
    x, y, width, height = place
    steps = [{"color": color, "value": value} for color, value in limits]
    panel: dict[str, Any] = {
        "type": kind,
        "title": title,
        "datasource": _SOURCE,
        "gridPos": {"x": x, "y": y, "w": width, "h": height},
        "targets": [
            {"refId": chr(65 + number), "datasource": _SOURCE, "expr": expr, "legendFormat": legend}
            for number, (expr, legend) in enumerate(queries)
        ],
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "decimals": 2,
                "noValue": "No data",
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}},
    }
    if kind == "timeseries":
        panel["fieldConfig"]["defaults"]["custom"] = {"lineWidth": 1, "spanNulls": False, "showPoints": "never"}
        panel["options"] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    if text:
        panel["description"] = text
    return panel
