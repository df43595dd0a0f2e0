"""The report as one HTML file that needs nothing else: to read, to print, to hand on."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from roadbed.organization.diagnostic.rules.aggregating import FEWEST
from roadbed.organization.diagnostic.rules.reporting import DimensionResult, QuestionResult, Report

STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#161b1f,#e8ebed);--soft:light-dark(#57626b,#9aa5ad);
--line:light-dark(#dde2e5,#2b3338);--ground:light-dark(#fff,#14191d);--mark:light-dark(#1f2a33,#dfe5e9)}
body{font:14px/1.45 Inter,system-ui,sans-serif;color:var(--ink);background:var(--ground);max-width:820px;
margin:32px auto;padding:0 20px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}p{margin:4px 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 8px;border-top:1px solid var(--line);
vertical-align:top}th{font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums}.soft{color:var(--soft)}
svg{display:block}svg line{stroke:var(--line);stroke-width:2}svg .r{stroke:var(--soft);stroke-width:4}
svg circle{fill:var(--mark)}ol{padding-left:20px}li{margin:6px 0}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}
tr,li{break-inside:avoid}}
"""


def page(report: Report, *, many: bool) -> str:
    """The whole page."""
    title = f"Your weakest side is {report.weakest_names}" if report.weakest else "No dimension has a score yet"
    overall = "No data" if report.overall is None else f"{report.overall:.1f} of 10"
    people = f"{report.people} people answered. " if many else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="soft">{people}Overall {overall}. {escape(report.why)} Edition {escape(report.edition)}.</p>',
        "<h2>Five dimensions, 0 to 10</h2>",
        _table(("Dimension", "", "Score", "Confidence"), (_dimension(one) for one in report.dimensions)),
        "<h2>On their own</h2>",
        _table(("", "Answer", "Points"), (_alone(one) for one in report.alone)),
        _first(report),
        _advice(report),
        "<h2>The twenty questions</h2>",
        _table(("", "Question", "Answer", "Points"), (_question(one) for one in report.questions)),
        (
            f'<p class="soft">Overall is the mean of the five dimensions. A dimension needs 60% of its questions '
            f"answered; “don't know” lowers the confidence, never the score. Values of many people are medians, "
            f"hidden under {FEWEST} answers.</p>"
        ),
    ]
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Roadbed diagnostic</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _table(head: Iterable[str], rows: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _points(value: float | None) -> str:
    return "No data" if value is None else f"{value:.1f}"


def _dimension(one: DimensionResult) -> str:
    sure = escape(one.why) if one.score is None else f"{one.confidence}" + ("" if one.low is None else f", n = {one.n}")
    return (
        f'<tr><th scope="row">{escape(one.name)}</th><td>{_whisker(one)}</td>'
        f'<td class="n">{_points(one.score)}</td><td class="soft">{sure}</td></tr>'
    )


def _whisker(one: DimensionResult) -> str:
    if one.score is None:
        return ""
    among = (
        ""
        if one.low is None or one.high is None
        else f'<line class="r" x1="{one.low * 10:.1f}%" x2="{one.high * 10:.1f}%" y1="6" y2="6"/>'
    )
    return (
        f'<svg width="320" height="12" role="img" aria-label="{escape(one.name)} {one.score:.1f} of 10">'
        f'<line x1="0" x2="100%" y1="6" y2="6"/>{among}<circle cx="{one.score * 10:.1f}%" cy="6" r="5"/></svg>'
    )


def _alone(one: QuestionResult) -> str:
    name, said = escape(one.question.short), escape(one.said)
    return f'<tr><th scope="row">{name}</th><td>{said}</td><td class="n">{_points(one.score)}</td></tr>'


def _question(one: QuestionResult) -> str:
    question = one.question
    return (
        f'<tr><td class="n">{question.number}</td><th scope="row">{escape(question.text)}</th>'
        f'<td>{escape(one.said)}</td><td class="n">{_points(one.score)}</td></tr>'
    )


def _first(report: Report) -> str:
    if not report.first:
        return ""
    items = "".join(
        f"<li><b>{escape(one.title)}</b> "
        f'<span class="soft">{escape(one.question.dimension)} +{one.gain:.1f}, {one.effort}</span><br>'
        f"{escape(one.how)}</li>"
        for one in report.first
    )
    return f"<h2>What to do first</h2><ol>{items}</ol>"


def _advice(report: Report) -> str:
    advice = report.advice
    stage = advice.stage
    says = "No data: the number of engineers is unknown." if stage is None else f"{stage.says} ({stage.rule})"
    evidence = [] if stage is None else list(stage.evidence)
    lines = [f"<p><b>{escape(says)}</b></p>", *(f'<p class="soft">{escape(one)}</p>' for one in evidence)]
    hiring = f"Whom to hire: {advice.hiring.says} ({advice.hiring.rule}). {' '.join(advice.hiring.reasons)}"
    lines.append(f"<p>{escape(hiring)}</p><p>{escape(advice.quadrant.says)}</p>")
    found = "".join(
        f"<li><b>{escape(one.title)}</b> ({one.rule}): {escape(one.evidence)}. {escape(one.remedy)}</li>"
        for one in advice.patterns
    )
    return f"<h2>Advice for your stage</h2>{''.join(lines)}" + (f"<ul>{found}</ul>" if found else "")
