"""A clone's figures as one page of HTML that stands alone: to read, to print, to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final

from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.drawing import Series, bars, lines
from roadbed.delivery.metrics.rules.windows import Window
from roadbed.delivery.metrics.rules.words import rate, shares
from roadbed.ground.shell import words

MOST_BARS: Final = 60
SHOWN: Final = 60
"""Deployments listed; all are in --json."""
WEEK: Final = timedelta(days=7)
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1a1d21;--soft:#5b6470;--line:#dfe3e8;--paper:#fff;--good:#4f7d5f;--warn:#b9862a;
--bad:#b1433a;--second:#8a94a0}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3acb7;--line:#353b43;--paper:#16191d;--good:#7fb08f;
--warn:#d9ae5f;--bad:#df7d74;--second:#7f8996}}
*{box-sizing:border-box}body{margin:0 auto;max-width:62rem;padding:2rem 1.25rem 4rem;background:var(--paper);
color:var(--ink);font:16px/1.5 system-ui,sans-serif}h1{font-size:1.6rem;margin:0}
h2{font-size:1.1rem;margin:2.2rem 0 .5rem}
p{margin:.4rem 0}.soft,.axis,figcaption,th{color:var(--soft)}.five{display:grid;gap:1rem;
grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));margin:1.5rem 0}.five div{border-top:2px solid var(--ink);
padding-top:.5rem}.five b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}.five span{font-size:.85rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
figure{margin:0;overflow-x:auto}svg{width:100%;min-width:36rem;height:auto}.grid{stroke:var(--line)}.axis{font-size:11px;fill:var(--soft)}
.good{fill:var(--good)}.warn{fill:var(--warn)}.bad{fill:var(--bad)}.ink{fill:var(--ink);stroke:var(--ink)}
.second{fill:var(--second);stroke:var(--second)}.line{fill:none;stroke-width:2}.key i{display:inline-block;width:.7rem;
height:.7rem;margin:0 .3rem 0 .9rem}.key .good{background:var(--good)}.key .warn{background:var(--warn)}
.key .bad{background:var(--bad)}.key .ink{background:var(--ink)}.key .second{background:var(--second)}
@media print{body{max-width:none;padding:0;font-size:11pt}h2{break-after:avoid}figure,tr{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What the page tells: the command's data, over the windows that were asked for."""

    data: Mapping[str, Any]
    windows: Sequence[Window]

    @staticmethod
    def of(data: Mapping[str, Any], windows: Sequence[Window]) -> Report:
        """The report of a clone's data."""
        return Report(data, windows)


def html(report: Report) -> str:
    """The whole page; nothing in it is loaded from elsewhere."""
    data = report.data
    name = escape(str(data["repository"]))
    span = f"{data['window']['start'][:10]} to {data['window']['end'][:10]}"
    parts = [
        f"<h1>Delivery of {name}</h1>",
        _about(data, span),
        *(f"<p><strong>Note.</strong> {escape(note)}</p>" for note in data["notes"]),
        _figures(data["figures"]),
        *_charts(data),
        _work(data),
        _deployments(data["deployments"]),
        _reading(),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Delivery of {name}</title><style>{_STYLE}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def _about(data: Mapping[str, Any], span: str) -> str:
    said = words.plural(len(data["deployments"]), "deployment")
    return (
        f'<p class="soft">{span}. {words.count(data["commits"])} commits, {said} by tags'
        f" ({escape(data['deployments_by'])}), as of commit {escape(data['head'][:12])}.</p>"
    )


def _figures(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<h2>The five metrics</h2><p>No data: no tag is a deployment.</p>"
    five = _five(rows[0]) if len(rows) == 1 else ""
    head = ("Of", "From", "Deployments", "A week", "Lead time", "p75", "p90", "Fail rate, 95%", "Recovery", "Rework")
    lines = [[_name(row), row["window"]["start"][:10], *(_cells(row))] for row in rows]
    # One row would only say again what stands above it.
    return f"<h2>The five metrics</h2>{five or _table(head, lines, numbers=frozenset(range(2, 10)))}"


def _five(row: Mapping[str, Any]) -> str:
    weekly, lead, fails = row["deployment_frequency_per_week"], row["lead_time_seconds"], row["change_fail_rate"]
    recovery, rework = row["failed_deployment_recovery_seconds"], row["rework_rate"]
    shown = (
        ("Deployment frequency", None if weekly is None else f"{rate(weekly)} a week", f"{row['deployments']} in all"),
        (
            "Change lead time",
            _span(lead["p50"]),
            f"median of {words.count(row['lead_time']['n'])}; p90 {_span(lead['p90']) or '–'}",
        ),
        ("Change fail rate", _percent(fails["value"]), _interval(fails)),
        ("Failed deployment recovery", _span(recovery), f"median of {words.count(row['recovery']['n'])}"),
        ("Rework rate", _percent(rework), _interval(row["rework"])),
    )
    cards = "".join(
        f"<div>{escape(name)}<b>{escape(value or 'No data')}</b><span class=soft>{escape(said)}</span></div>"
        for name, value, said in shown
    )
    return f'<div class="five">{cards}</div>'


def _name(row: Mapping[str, Any]) -> str:
    return str(row["service"] or "all")


def _cells(row: Mapping[str, Any]) -> list[str]:
    weekly, lead, fails = row["deployment_frequency_per_week"], row["lead_time_seconds"], row["change_fail_rate"]
    return [
        str(row["deployments"]),
        rate(weekly) if weekly is not None else "",
        *((_span(lead[share]) or "") for share in ("p50", "p75", "p90")),
        f"{_percent(fails['value'])} {_interval(fails)}" if fails["value"] is not None else "",
        _span(row["failed_deployment_recovery_seconds"]) or "",
        _percent(row["rework_rate"]) or "",
    ]


def _span(seconds: float | None) -> str | None:
    return None if seconds is None else words.duration(seconds)


def _percent(share: float | None) -> str | None:
    return None if share is None else words.percent(share)


def _interval(one: Mapping[str, Any]) -> str:
    if one["low"] is None:
        return ""
    return f"{shares(one['low'], one['high'])} of {words.count(one['n'])}"


def _charts(data: Mapping[str, Any]) -> list[str]:
    deployments = data["deployments"]
    if not deployments:
        return []
    begin, end = (datetime.fromisoformat(data["window"][edge]) for edge in ("start", "end"))
    weeks = 1
    while (end - begin) / (weeks * WEEK) > MOST_BARS:
        weeks = 4 if weeks == 1 else weeks + 4
    step = weeks * WEEK
    number = max(1, -(-(end - begin) // step))
    held: list[list[Mapping[str, Any]]] = [[] for _ in range(number)]
    for one in deployments:
        held[min(number - 1, int((datetime.fromisoformat(one["at"]) - begin) / step))].append(one)
    labels = [(begin + at * step).strftime("%Y-%m-%d") for at in range(number)]
    unit = "week" if weeks == 1 else f"{weeks} weeks"
    return [_outcomes(held, labels, unit), _leads(held, labels, unit)]


def _outcomes(held: Sequence[Sequence[Mapping[str, Any]]], labels: Sequence[str], unit: str) -> str:
    failed = [float(sum(one["failed"] for one in of)) for of in held]
    rework = [float(sum(one["kind"] != "ordinary" and not one["failed"] for one in of)) for of in held]
    healthy = [len(of) - failed[at] - rework[at] for at, of in enumerate(held)]
    series = (
        Series("healthy", "good", healthy), Series("rework", "warn", rework), Series("failed", "bad", failed),
    )  # fmt: skip
    drawn = bars(series, labels, f"Deployments by outcome, each {unit} from {labels[0]} on")
    table = [
        (label, f"{a:g}", f"{b:g}", f"{c:g}") for label, a, b, c in zip(labels, healthy, rework, failed, strict=True)
    ]
    return _figure(
        f"Deployments each {unit}, by outcome", drawn, series, ("From", "Healthy", "Rework", "Failed"), table
    )


def _leads(held: Sequence[Sequence[Mapping[str, Any]]], labels: Sequence[str], unit: str) -> str:
    leads = [sorted(seconds / 3600 for one in of for seconds in one["lead_seconds"]) for of in held]
    median = [estimates.quantile(one, 0.5) for one in leads]
    upper = [estimates.quantile(one, 0.9) for one in leads]
    if not any(value is not None for value in median):
        return ""
    series = (Series("p90", "second", upper), Series("median", "ink", median))
    drawn = lines(series, labels, f"Change lead time in hours, each {unit} from {labels[0]} on")
    table = [(label, _hours(a), _hours(b)) for label, a, b in zip(labels, median, upper, strict=True)]
    return _figure(f"Change lead time in hours, each {unit}", drawn, series, ("From", "Median", "p90"), table)


def _hours(value: float | None) -> str:
    return "no data" if value is None else f"{value:.1f}"


def _figure(
    title: str, drawn: str, series: Sequence[Series], head: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    key = "".join(f'<i class="{one.tone}"></i>{escape(one.name)}' for one in series)
    table = _table(head, rows, numbers=frozenset(range(1, len(head))))
    return (
        f'<h2>{escape(title)}</h2><figure>{drawn}<figcaption class="key">{key}</figcaption></figure>'
        f"<details><summary>The same as a table</summary>{table}</details>"
    )


def _work(data: Mapping[str, Any]) -> str:
    work, size = data["integration"], data["commits_per_deployment"]
    aged, branch = work["branch_age_seconds"], work["branch_commits"]
    rows = [
        ("Age of merged branches", str(aged["n"]), *(_span(aged[one]) or "" for one in ("p50", "p75", "p90", "max"))),
        (
            "Commits of a merged branch",
            str(branch["n"]),
            *(_number(branch[one]) for one in ("p50", "p75", "p90", "max")),
        ),
        ("Commits in a deployment", str(size["n"]), *(_number(size[one]) for one in ("p50", "p75", "p90", "max"))),
    ]
    head = ("How work comes in", "Of", "Median", "p75", "p90", "Most")
    machines = f", {words.percent(work['bot_share'])} of commits by machines" if work["bots"] else ""
    people = words.plural(work["people"], "person", "people")
    said = f"Integrated on {work['days_with_integration']} of {work['days']} days by {people}{machines}."
    return f"<h2>Branches and batches</h2>{_table(head, rows, numbers=frozenset(range(1, 6)))}<p>{escape(said)}</p>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _deployments(deployments: Sequence[Mapping[str, Any]]) -> str:
    newest = list(reversed(deployments))[:SHOWN]
    if not newest:
        return ""
    rows = [
        (
            one["at"][:16].replace("T", " "), one["service"], one["tag"],
            "first" if one["commits"] is None and one["first"] else str(one["commits"] or 0),
            f"{one['kind']}, failed" if one["failed"] else one["kind"],
            "; ".join(part for part in (one["failed_by"], one["evidence"]) if part) or "–",
        )
        for one in newest
    ]  # fmt: skip
    older = len(deployments) - len(newest)
    left = f"<p class=soft>{words.count(older)} older ones are in --json.</p>" if older else ""
    head = ("At", "Service", "Tag", "Commits", "Kind", "Evidence")
    return f"<h2>Deployments, newest first</h2>{_table(head, rows, numbers=frozenset({3}))}{left}"


def _reading() -> str:
    return (
        "<h2>How to read this</h2><p class=soft>A tag is a deployment that went live when it was made. Lead time runs"
        " from the writing of a commit to the deployment that carried it; merges, reverts, rollbacks and the first"
        " deployment have none. A deployment failed if a later one took it back, reverted it, or names it as the origin"
        " of a hotfix; Git knows no incidents, so the fail rate is a lower bound. Intervals are Wilson's at 95%. Where"
        " nothing is known it says so: no data is not zero.</p>"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: frozenset[int]) -> str:
    def cell(at: int, text: str, tag: str) -> str:
        kind = ' class="n"' if at in numbers else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{kind}{scope}>{escape(text) or '<span class=soft>no data</span>'}</{tag}>"

    top = "".join(cell(at, text, "th") for at, text in enumerate(head))
    body = "".join(f"<tr>{''.join(cell(at, text, 'td') for at, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
