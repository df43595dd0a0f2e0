"""A review as Markdown that stands alone: people's words bring no markup into lines of ours; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from roadbed.reliability.reviews import rules
from roadbed.reliability.reviews.rules.telling import KNOWN
from roadbed.reliability.reviews.values import ActionView, FactorView, ReviewPage

_MARKS: Final = re.compile(r"([\\`*_\[\]<>#|~&])")
_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")
_SHOWN: Final = 0.0005
"""The least share that is not written as 0.0%: what spent something is not nothing."""
_CODE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_UNSAFE: Final = re.compile(
    r"(\]\(\s*<?\s*|^\s*\[[^\]]+\]:\s*<?\s*)(?!https?:|mailto:|#|/)([a-z][a-z0-9+.-]*):", re.IGNORECASE | re.MULTILINE
)


def markdown(page: ReviewPage, *, made_at: datetime) -> str:
    """The whole review: figures, timeline, sections, factors with what they led to, actions, risks."""
    view = page.view
    parts = [
        f"# Review of {view.name}: {line(view.title)}",
        _passport(page, made_at),
        "## Timeline",
        *_timeline(page.timeline),
        *_sections(page.sections),
        "## Contributing factors",
        *_factors(page.factors),
        "## Actions",
        *_actions(page.actions),
    ]
    if page.acceptances:
        parts += ["## Accepted risks", "\n".join(
            f"- Until {_day(one.expires_on)}: {line(one.reason)} (signed by {line(one.signed_by)})"
            for one in page.acceptances
        )]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def line(text: str) -> str:
    """One line of people's words with no mark that means something."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def prose(text: str) -> str:
    """People's own Markdown: HTML is shown and not run, links lead to the web or to mail, headings stay below ours."""
    kept, fence = [], ""
    for row in text.replace("\r\n", "\n").split("\n"):
        mark = _CODE.match(row)
        if mark and not fence:
            fence = mark[1][0] * 3
        elif mark and row.strip().startswith(fence):
            fence = ""
        elif not fence:
            row = re.sub(r"^(\s{0,3})(#{1,6})(?=\s)", r"\1####", _TAG.sub("&lt;", row))  # noqa: PLW2901
            row = re.sub(r"^ {0,3}(=+|-{2,})\s*$", r"\\\1", row)  # noqa: PLW2901
        kept.append(row)
    if fence:
        kept.append(fence)
    return _UNSAFE.sub(r"\1unsafe-\2:", "\n".join(kept).strip())


def _passport(page: ReviewPage, made_at: datetime) -> str:
    view = page.view
    told = [
        ("Service", line(view.service)),
        ("Owner", line(view.owner) or "none"),
        ("Environment", line(page.environment)),
        ("Severity", str(view.severity)),
        ("State", view.state),
        ("Harm", f"{view.impact_minutes} min, {_instant(view.started_at)} to {_instant(view.ended_at)}"),
        ("Found", _instant(page.detected_at)),
        ("Acknowledged", _instant(page.acknowledged_at) if page.acknowledged_at else "no page"),
        ("Resolved", _instant(page.resolved_at)),
        ("Led by", line(page.lead) or "nobody named"),
    ]
    told += [(f"Budget of {line(str(one['title']))}", _spent(one)) for one in page.budget]
    told.append(("Written down", _instant(made_at)))
    return "\n".join(f"- {name}: {value}" for name, value in told)


def _spent(one: Mapping[str, Any]) -> str:
    if one["share"] is None:
        return "no data"
    share = f"{one['share']:.1%}" if one["share"] >= _SHOWN or not one["bad"] else "under 0.1%"
    return f"{share} spent, {one['bad']:,} bad of {one['total']:,}"


def _timeline(entries: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if not entries:
        return ["No entry."]
    rows = ["| When (UTC) | Side | What | Evidence |", "|---|---|---|---|"]
    for one in entries:
        at = datetime.fromisoformat(one["at"])
        what = line(": ".join(part for part in (one["title"], one["detail"]) if part))
        rows.append(f"| {at:%Y-%m-%d %H:%M:%S} | {KNOWN[one['known']]} | {what} | {line(one['evidence'])} |")
    return ["\n".join(rows)]


def _sections(sections: Mapping[str, str]) -> Iterable[str]:
    for name, (title, _) in rules.SECTIONS.items():
        if sections.get(name, "").strip():
            yield f"## {title}"
            yield prose(sections[name])


def _factors(factors: Sequence[FactorView]) -> Iterable[str]:
    if not factors:
        return ["None is named."]
    rows = ["| Factor | Kind | Led to | Evidence | Worked on by |", "|---|---|---|---|---|"]
    rows += [
        f"| {one.key} {line(one.text)} | {one.kind_word} | {', '.join(one.leads_to)} | {line(one.evidence)} | "
        f"{', '.join(one.actions) or 'no action'} |"
        for one in factors
    ]
    return ["\n".join(rows)]


def _actions(actions: Sequence[ActionView]) -> Iterable[str]:
    if not actions:
        return ["None."]
    return ["\n".join(
        f"- [{'x' if one.closed_at else ' '}] {one.key} {line(one.text)}: {one.lever_word.lower()}, on {one.factor}, "
        f"{line(one.owner)}, due {_day(one.due)}. "
        + (f"Shown by {line(one.closing_evidence)}." if one.closed_at else f"Closes with: {line(one.evidence)}.")
        for one in actions
    )]  # fmt: skip


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _day(day: date) -> str:
    return day.isoformat()
