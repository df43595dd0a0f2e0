"""A report of a period: each promise with its figures, what spent them, what was decided, and the period before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.shell.words import plural
from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.edges import Sums
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.reports import causes as of_causes
from roadbed.reliability.objectives.reports.journeys import journey_lines
from roadbed.reliability.objectives.reports.scope import Promised, journeys_of, named, promised, title_of
from roadbed.reliability.objectives.rules.attribution import Cause
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.periods import WindowError, zone_of
from roadbed.reliability.objectives.rules.reporting.lines import EVENTS, MINUTES, Tally, as_data, judged, kinds_of
from roadbed.reliability.objectives.rules.reporting.spans import Span, SpanError, between, by_calendar
from roadbed.reliability.objectives.rules.spans import Cut
from roadbed.reliability.objectives.rules.states import STATES
from roadbed.reliability.objectives.rules.words import share


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants reported: a scope, and either a kind of period with a day in it, or a start and an end."""

    scope: str = "organization"
    name: str = ""
    period: str = "month"
    at: datetime | None = None
    start: str = ""
    end: str = ""
    zone: str = "UTC"


def report(wish: Wish, *, now: datetime) -> dict[str, Any]:
    """The report. A period that goes on is reported up to now; what is to come is named and counts for nothing.

    Raises:
        Invalid: for a period or scope that there is not.
        NotFound: for a name that there is not.
    """
    title = title_of(wish.scope, wish.name)
    span = span_of(wish, now)
    until = max(span.first, min(span.end, minute_of(now)))
    promises = promised(wish.scope, wish.name, first=span.before[0], until=until)
    reading = _Reading.of(promises, span, until)
    lines = [reading.line(one) for one in promises]
    services = {one.service_uid: one.service for one in promises}
    rows = journeys_of(wish.scope, wish.name, set(services.values()))
    told = journey_lines(rows, span, until)
    return {
        "scope": {"kind": wish.scope, "name": named(wish.scope, wish.name), "title": title},
        "period": {
            "kind": span.kind,
            "label": span.label,
            "zone": span.zone,
            "start": _iso(span.first, span),
            "end": _iso(span.end, span),
            "minutes": span.minutes,
            "to_come": span.end - until,
        },
        "before": {
            "start": _iso(span.before[0], span),
            "end": _iso(span.before[1], span),
            "minutes": span.before[1] - span.before[0],
        },
        "as_of": now.astimezone(zone_of(span.zone)).isoformat(),
        "totals": _totals(lines),
        "kinds": kinds_of(reading.kinds),
        "lines": lines,
        "journeys": told,
        "causes": reading.causes(),
        "unattributed": reading.unattributed,
        "decisions": of_causes.decisions(services, first=span.first, until=until) if until > span.first else None,
        "says": _says(lines, told, title, span),
    }


def span_of(wish: Wish, now: datetime) -> Span:
    """The stretch that is wished for.

    Raises:
        Invalid: saying which field is at fault.
    """
    try:
        zone_of(wish.zone)
    except WindowError as fault:
        raise Invalid(f"{fault}.", remedy="Name one like Europe/Berlin, or UTC.", place=Place(field="zone")) from None
    try:
        if wish.start or wish.end:
            return between(wish.start, wish.end, wish.zone)
        return by_calendar(wish.period, wish.zone, at=wish.at or now)
    except SpanError as fault:
        text = str(fault)
        raise Invalid(
            f"{text[:1].upper()}{text[1:]}.",
            remedy="Give a period (week, month, quarter, year) with a zone, or a start and an end.",
            place=Place(field="period"),
        ) from None


def _iso(minute: int, span: Span) -> str:
    """A minute on the wall of the report's zone."""
    return instant(minute).astimezone(zone_of(span.zone)).isoformat()


class _Reading:
    """Reads the sums of all promises at once and makes a line of each."""

    def __init__(self, sums: Sums, span: Span, until: int, cuts: Mapping[str, Cut]) -> None:
        self.sums, self.span, self.until, self.cuts = sums, span, until, cuts
        self.kinds: list[tuple[str, str, Tally, Tally]] = []
        self.spent: dict[str, tuple[Cause, str, int, str]] = {}
        self.unattributed: dict[str, int] = {EVENTS: 0, MINUTES: 0}
        self.of_services: Mapping[str, tuple[Cause, ...]] = {}

    @classmethod
    def of(cls, promises: Iterable[Promised], span: Span, until: int) -> _Reading:
        held = list(promises)
        first, (begin, end) = span.first, span.before
        edges = {begin - 1, end - 1, first - 1, until - 1}
        sums = Sums.of(store.heads({one.series for one in held}), edges)
        excluded = Excluded.now({one.service_uid for one in held})
        cuts = {
            one.uid: excluded.cut(one.service_uid, one.uid, first=begin, until=until) if excluded.rows else NOTHING
            for one in held
        }
        found = cls(sums, span, until, cuts)
        if until > first:
            found.of_services = of_causes.causes({one.service_uid for one in held}, first=first, until=until)
        return found

    def line(self, one: Promised) -> dict[str, Any]:
        """One promise."""
        span, until = self.span, self.until
        now = self._tally(one, span.first, until, to_come=span.end - until)
        before = self._tally(one, *span.before)
        self.kinds.append((one.kind, EVENTS if not one.sliced else MINUTES, now, before))
        if now.told and now.bad:
            self._attribute(one)
        former = judged(before, one.target)
        cut = self.cuts[one.uid]
        raw = self._tally(one, span.first, until, raw=True) if cut.between(span.first, until) else None
        return {
            "uid": one.uid,
            "name": one.name,
            "title": one.title,
            "service": one.service,
            "owner": one.owner,
            "system": one.system,
            "kind": one.kind,
            "target": one.target.share,
            "target_text": one.target.percent(),
            "unit": MINUTES if one.sliced else EVENTS,
            **as_data(now, one.target),
            "raw": None if raw is None else as_data(raw, one.target),
            "before": {
                "attainment": former.attainment,
                "share": former.share,
                "coverage": former.coverage,
                "has_data": former.has_data,
                "outside": before.outside,
            },
        }

    def _tally(self, one: Promised, first: int, until: int, *, to_come: int = 0, raw: bool = False) -> Tally:
        end = until if one.ended is None else max(first, min(until, one.ended))
        cut = NOTHING if raw else self.cuts[one.uid]
        counts = self.sums.counts(one.series, first, end, cut)
        counts = counts._replace(minutes=counts.minutes + until - end, before=counts.before + until - end)
        return Tally.of(counts, unit=MINUTES if one.sliced else EVENTS, to_come=to_come)

    def _attribute(self, one: Promised) -> None:
        first = self.span.first
        until = self.until if one.ended is None else max(first, min(self.until, one.ended))
        own, cut = self.of_services.get(one.service_uid, ()), self.cuts[one.uid]
        self.sums.fetch(one.series, of_causes.edges(own, first=first, until=until))

        def bad_between(start: int, end: int) -> int:
            held = self.sums.counts(one.series, start, end, cut)
            return held.bad_minutes if one.sliced else held.bad

        unit = MINUTES if one.sliced else EVENTS
        found = of_causes.attributed(own, first=first, until=until, bad_between=bad_between)
        self.unattributed[unit] += found.unattributed
        for share_of in found.shares:
            key = f"{unit}:{share_of.cause.uid}"
            bad = share_of.bad + (self.spent[key][2] if key in self.spent else 0)
            self.spent[key] = (share_of.cause, one.service, bad, unit)

    def causes(self) -> list[dict[str, Any]]:
        """What spent most, over all promises; with `unattributed` all causes add up to the lines' bad ones."""
        ranked = sorted(self.spent.values(), key=lambda one: (-one[2], one[0].first, one[0].uid))
        return [
            {
                "kind": cause.kind,
                "uid": cause.uid,
                "title": cause.title,
                "service": service,
                "start": _iso(cause.first, self.span),
                "end": _iso(cause.until, self.span),
                "unit": unit,
                "bad": bad,
            }
            for cause, service, bad, unit in ranked
            if bad
        ]


def _totals(lines: list[dict[str, Any]]) -> dict[str, Any]:
    minutes = {state: sum(line["minutes"][state] for line in lines) for state in STATES}
    counting = sum(number for state, number in minutes.items() if state != "excluded")
    return {
        "objectives": len(lines),
        "kept": sum(line["kept"] is True for line in lines),
        "missed": sum(line["kept"] is False for line in lines),
        "untold": sum(line["kept"] is None for line in lines),
        "minutes": minutes,
        "outside": sum(line["outside"] for line in lines),
        "coverage": (counting - minutes["unmeasured"]) / counting if counting else None,
    }


def _says(lines: list[dict[str, Any]], journeys: list[dict[str, Any]], title: str, span: Span) -> str:
    """The report in a sentence or two."""
    every = [*lines, *journeys]
    if not any(line["has_data"] for line in every):
        return f"No data: nothing of {title} was measured in {span.label}."
    missed = [line for line in every if line["kept"] is False]
    kept = sum(line["kept"] is True for line in every)
    untold = len(every) - kept - len(missed)
    text = f"All {kept} promises kept their target." if kept == len(every) > 1 else ""
    if not text:
        parts = [f"{kept} of {len(every)} {'promise' if len(every) == 1 else 'promises'} kept the target"]
        parts += [f"{len(missed)} missed it"] if missed else []
        parts += [f"{untold} cannot be told"] if untold else []
        text = f"{', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"{parts[0]}."
    if lines and journeys:
        text += f" That is of {plural(len(lines), 'objective')} and {plural(len(journeys), 'journey')}."
    if missed:
        worst = max(missed, key=lambda line: line["share"])
        where = f"{worst['service']}, " if worst.get("service") else ""
        text += f" The furthest over is {where}{worst['title']}: {share(worst['share'])} of its budget was spent."
    return text
