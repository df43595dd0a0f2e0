"""A report as one HTML file that stands by itself: no script, no address, printed on A4 as it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from roadbed.reliability.objectives.rules.rollup import ORGANIZATION
from roadbed.reliability.objectives.rules.words import share

NO_DATA: Final = "No data"
MOST_CAUSES: Final = 30
_STATES: Final = (
    ("good", "Good", "#1a7f6b"),
    ("bad", "Bad", "#c2410c"),
    ("idle", "Idle", "#9ca3af"),
    ("unmeasured", "Unmeasured", "#7c5cbf"),
    ("excluded", "Excluded", "#d6d3cd"),
)
_ANSWERS: Final = (
    ("allow", "allowed"), ("warn", "warned"), ("deny", "refused"), ("unknown", "unknown"), ("overridden", "overridden"),
)  # fmt: skip
_HOW: Final = (
    "Events are added up over the whole period and divided once; nothing is an average of averages. Excluded time is "
    "taken out of every figure that is not named raw. Minutes outside are those before counting began, or of which no "
    "counts are kept."
)
_STYLE: Final = """
:root{color-scheme:light}
body{font:13px/1.45 Inter,system-ui,sans-serif;color:#1c1b1a;background:#fff}
body{margin:32px auto;max-width:1080px;padding:0 24px}
h1{font-size:22px;font-weight:650;margin:0}h2{font-size:15px;font-weight:620;margin:28px 0 8px;break-after:avoid}
p{margin:4px 0}.sub{color:#5c5955}.note{color:#6b6862;font-size:12px}
.figures{display:flex;flex-wrap:wrap;gap:8px 40px;margin:16px 0}
.figures{border:1px solid #e4e1db;border-radius:10px;padding:14px 16px}
.figures b{display:block;font-size:22px;font-weight:620;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:6px 8px;text-align:left;border-bottom:1px solid #e4e1db;vertical-align:top}
th{font-size:12px;color:#6b6862;font-weight:560}td.n,th.n{text-align:right;white-space:nowrap}
tr{break-inside:avoid}.bad{color:#b4330b;font-weight:600}.good{color:#14685a}.none{color:#6b4fb0}
svg{display:block}.key span{margin-right:16px}.key svg{display:inline-block;vertical-align:-1px;margin-right:4px}
@media print{body{margin:0;max-width:none;padding:0;font-size:11px}@page{size:A4 landscape;margin:14mm}}
"""


def html_of(report: Mapping[str, Any]) -> str:
    """The report of `roadbed slo report --json`, or of the API, as a page."""
    scope, period = report["scope"], report["period"]
    title = f"{scope['title']}: {period['label']}"
    kind = "" if scope["kind"] == ORGANIZATION else f" ({scope['kind']} {scope['name']})"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="sub">{escape(report["says"])}</p>',
        _of_when(report, kind),
        _figures(report),
        _kinds(report["kinds"]),
        _lines("Objectives", report["lines"], report["before"]["minutes"]),
        _lines("Journeys", report["journeys"], report["before"]["minutes"]),
        _steps(report["journeys"]),
        _causes(report),
        _decisions(report["decisions"]),
        f'<p class="note">{_HOW}</p>',
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body>\n{''.join(part + chr(10) for part in parts if part)}</body></html>\n"
    )


def _of_when(report: Mapping[str, Any], kind: str) -> str:
    period, before = report["period"], report["before"]
    return (
        f'<p class="note">Objectives{escape(kind)}, {_at(period["start"])} to {_at(period["end"])}, '
        f"{escape(period['zone'])}. As of {_at(report['as_of'])}.{_to_come(period)} "
        f"Compared with {_at(before['start'])} to {_at(before['end'])}.</p>"
    )


def _at(text: str) -> str:
    return escape(text[:16].replace("T", " "))


def _to_come(period: Mapping[str, Any]) -> str:
    return f" {period['to_come']:,} min of the period are to come." if period["to_come"] else ""


def _figures(report: Mapping[str, Any]) -> str:
    totals = report["totals"]
    shown = (
        ("Kept their target", f"{totals['kept']} of {totals['objectives']}"),
        ("Missed it", str(totals["missed"])),
        ("Cannot be told", str(totals["untold"])),
        ("Coverage", _share(totals["coverage"])),
    )
    cells = "".join(f"<div>{escape(label)}<b>{escape(value)}</b></div>" for label, value in shown)
    key = "".join(
        f'<span><svg width="10" height="10"><rect width="10" height="10" fill="{colour}"/></svg>{word} '
        f"{totals['minutes'][state]:,} min</span>"
        for state, word, colour in _STATES
    )
    outside = f"<span>Outside {totals['outside']:,} min</span>" if totals["outside"] else ""
    return f'<div class="figures">{cells}</div><p class="note key">{key}{outside}</p>'


def _table(title: str, head: str, rows: Iterable[str], empty: str = "") -> str:
    """A table. In `head` columns are parted by commas, and a number's column ends with a star."""
    body = "".join(rows)
    if not body:
        return f"<h2>{escape(title)}</h2><p>{escape(empty)}</p>" if empty else ""
    names = [name.strip() for name in head.split(",")]
    heads = "".join(
        f'<th scope="col"{_class("n" if name.endswith("*") else "")}>{escape(name.rstrip("*"))}</th>' for name in names
    )
    return f"<h2>{escape(title)}</h2><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _class(names: str) -> str:
    return f' class="{names.strip()}"' if names.strip() else ""


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _text(text: object, note: str = "") -> str:
    more = f'<br><span class="note">{escape(note)}</span>' if note else ""
    return f"<td>{escape(str(text))}{more}</td>"


def _figure(text: str, *, note: str = "", tone: str = "") -> str:
    more = f'<br><span class="note">{escape(note)}</span>' if note else ""
    return f"<td{_class(f'n {tone}')}>{escape(text)}{more}</td>"


def _number(value: float, unit: str = "") -> str:
    return _figure(f"{value:,} {unit}".strip())


def _kinds(kinds: Iterable[Mapping[str, Any]]) -> str:
    rows = (
        _row(
            _text(one["kind"].capitalize()),
            _number(one["objectives"]),
            _number(one["total"], one["unit"]),
            _number(one["bad"]),
            _figure(_exact(one["attainment"])),
            _figure(_exact(one["before"])),
        )
        for one in kinds
    )
    return _table("By kind", "Kind, Objectives*, Counted*, Bad*, Attained*, Before*", rows)


def _lines(title: str, lines: Iterable[Mapping[str, Any]], whole: int) -> str:
    head = "Promise, Target*, Attained*, Before*, Budget spent*, Before*, Bad*, Of*, Coverage*, Minutes"
    empty = "No objective was promised in this period." if title == "Objectives" else ""
    return _table(title, head, (_line(one, whole) for one in lines), empty)


def _part(before: Mapping[str, Any], whole: int) -> str:
    """How much of the period before is known, where that is not all of it."""
    return f"of {share(1 - before['outside'] / whole)}" if before["has_data"] and before["outside"] else ""


def _line(one: Mapping[str, Any], whole: int) -> str:
    raw, before = one["raw"], one["before"]
    tone = {True: "good", False: "bad", None: "none"}[one["kept"]]
    return _row(
        _text(one["title"], one.get("service") or one["owner"]),
        _figure(one["target_text"]),
        _figure(_exact(one["attainment"]), note="" if raw is None else f"raw {_exact(raw['attainment'])}", tone=tone),
        _figure(_exact(before["attainment"]), note=_part(before, whole)),
        _figure(
            _share(one["share"]),
            note="" if raw is None else f"raw {_share(raw['share'])}",
            tone="bad" if one["kept"] is False else "",
        ),
        _figure(_share(before["share"])),
        _number(one["bad"]),
        _number(one["total"], one["unit"]),
        _figure(_share(one["coverage"])),
        f"<td>{_bar(one)}</td>",
    )


def _bar(one: Mapping[str, Any]) -> str:
    whole = sum(one["minutes"].values()) + one["outside"] + one["to_come"]
    said = ", ".join(f"{one['minutes'][state]:,} {state}" for state, _, _ in _STATES if one["minutes"][state])
    said += f", {one['outside']:,} outside" if one["outside"] else ""
    bars, left = [], 0.0
    for state, _, colour in _STATES:
        width = 120 * one["minutes"][state] / whole if whole else 0
        if width:
            bars.append(f'<rect x="{left:.2f}" width="{max(width, 0.6):.2f}" height="10" fill="{colour}"/>')
        left += width
    label = escape(said or "nothing was counted")
    return f'<svg width="120" height="10" role="img" aria-label="{label}">{"".join(bars)}</svg>'


def _steps(journeys: Iterable[Mapping[str, Any]]) -> str:
    rows = (
        _row(
            _text(one["title"]), _text(step["name"]), _text(step["of"]), _number(step["spent"], one["unit"]),
            _figure(_share(step["share"])),
        )
        for one in journeys
        for step in one["steps"]
        if step["required"]
    )  # fmt: skip
    return _table("Which step spent it", "Journey, Step, Of, Spent*, Of the budget*", rows)


def _causes(report: Mapping[str, Any]) -> str:
    shown, rest = report["causes"][:MOST_CAUSES], report["causes"][MOST_CAUSES:]
    rows = [
        _row(_text(one["title"]), _text(one["service"]), _text(_at(one["start"])), _number(one["bad"], one["unit"]))
        for one in shown
    ]
    for unit, number in report["unattributed"].items():
        others = sum(one["bad"] for one in rest if one["unit"] == unit)
        if others:
            rows.append(_row(_text(f"{len(rest)} more"), _text(""), _text(""), _number(others, unit)))
        if number:
            said = _text("Outside of incidents and deployments")
            rows.append(_row(said, _text(""), _text(""), _number(number, unit)))
    return _table("What spent it", "What, Service, Since, Bad*", rows)


def _decisions(decisions: Mapping[str, Any] | None) -> str:
    if decisions is None or not decisions["asked"]:
        return ""
    refused = ", ".join(f"{escape(one['service'])} {one['times']}" for one in decisions["refused"])
    answers = ((decisions[outcome], word) for outcome, word in _ANSWERS)
    said = f"The gate was asked {decisions['asked']:,} times: {', '.join(f'{n:,} {word}' for n, word in answers)}."
    return f"<h2>Decisions of the gate</h2><p>{said}</p>" + (f"<p>Refused: {refused}.</p>" if refused else "")


def _share(value: float | None) -> str:
    return NO_DATA if value is None else share(value)


def _exact(value: float | None) -> str:
    """An attainment with as many digits as tell three nines from two, never rounded up to all."""
    if value is None:
        return NO_DATA
    text = f"{value * 100:.3f}"
    return "99.999%" if text == "100.000" and value < 1 else f"{text.rstrip('0').rstrip('.')}%"
