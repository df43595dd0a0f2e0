"""Bringing alerts into pages: one page per service and environment, or per team where there is no service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.paging.alerts import deciding
from roadbed.reliability.paging.alerts.looking import View
from roadbed.reliability.paging.alerts.models import Decision, Signal
from roadbed.reliability.paging.escalating import locked, said, subject_of, take_step
from roadbed.reliability.paging.intake import close_locked
from roadbed.reliability.paging.models import Alert, Delivery
from roadbed.reliability.paging.opening import Opening, open_page
from roadbed.reliability.paging.rules.alerts.placing import listed
from roadbed.reliability.paging.rules.alerts.values import SEVERITIES

WHAT = "alerts:"
"""What the pages of alerts are about begins with it; others are of facts, and end with those."""
NAMED = 5


def weigh(signal: Signal, view: View, integration_name: str, pages_at: int) -> tuple[str, str]:
    """Give an alert its stance; answers the outcome and the reason."""
    quiet = listed(
        severity=signal.severity, pages_at=pages_at, environment=signal.environment, integration=integration_name
    )
    if quiet:
        signal.stance, signal.held_by = Signal.LISTED, ""
        return Decision.LISTED, quiet
    withheld = view.withheld(signal, integration_name)
    if withheld is not None:
        signal.stance, signal.held_by = Signal.HELD, withheld.by
        return Decision.HELD, withheld.said
    signal.stance, signal.held_by = Signal.PAGES, ""
    return Decision.PAGED, ""


def gather(signals: Iterable[Signal], view: View, writing: Unit) -> list[Decision]:
    """Put alerts that page into their pages, opening what is not open; answers the decisions, not saved yet."""
    groups: dict[tuple[str, str, str], list[Signal]] = {}
    for signal in signals:
        groups.setdefault(_group_of(signal), []).append(signal)
    made: list[Decision] = []
    here = frozenset(service for service, _, _ in groups)

    def order(members: list[Signal]) -> tuple[int, int]:
        return view.needed(members[0].service_uid, here), min(signal.severity for signal in members)

    # What others depend on first, so that its page holds them back although they came in the same message.
    for members in sorted(groups.values(), key=order):
        made += _gathered(members, view, writing)
    return made


def _group_of(signal: Signal) -> tuple[str, str, str]:
    own = "" if signal.service_uid else f"{signal.team}:{signal.integration.name}"
    return signal.service_uid, signal.environment, own


def _gathered(members: Sequence[Signal], view: View, writing: Unit) -> list[Decision]:
    first = min(members, key=lambda one: one.severity)
    reason = _released(members, view)
    members = [one for one in members if one.stance == Signal.PAGES]
    if not members:
        return reason
    page, joined = _page_of(first), True
    if page is None:
        page, joined = _open(first, len(members), view, writing), False
    worst = min(one.severity for one in members)
    if joined and worst < page.severity:
        worsen(page, worst, first.title, writing)
    on_call = page.policy["steps"][0]["people"]
    for one in members:
        one.page = page
        outcome = Decision.JOINED if joined or one is not first else Decision.PAGED
        text = (
            f"It joined the page of {page.service or page.team}, which is open: {page.title}."
            if outcome == Decision.JOINED
            else "It opened a page."
        )
        reason.append(deciding.of_signal(outcome, one, [text, *page.why[1:]], on_call=on_call, now=writing.now))
    return reason


def _released(members: Sequence[Signal], view: View) -> list[Decision]:
    """Hold back what meanwhile has a reason to wait, as a page of the same message on which its service depends."""
    made = []
    for one in members:
        withheld = view.withheld(one, one.integration.name)
        if withheld is not None:
            one.stance, one.held_by = Signal.HELD, withheld.by
            made.append(deciding.of_signal(Decision.HELD, one, [withheld.said], now=view.now))
    return made


def _page_of(signal: Signal) -> Alert | None:
    """The open page that an alert belongs to, whatever opened it, locked."""
    service_uid, environment, own = _group_of(signal)
    rows = Alert.objects.filter(closed_at=None, service_uid=service_uid, environment=environment)
    if not service_uid:
        rows = rows.filter(what=_what(environment, own))
    uid = rows.order_by("severity", "pk").values_list("uid", flat=True).first()
    page = locked(uid) if uid else None
    return page if page is not None and page.closed_at is None else None


def _what(environment: str, own: str) -> str:
    return f"{WHAT}{environment}:{own}"[:200]


def _open(signal: Signal, count: int, view: View, writing: Unit) -> Alert:
    service = view.service(signal.service_uid) if signal.service_uid else None
    route = view.route(service, signal.integration, signal.labels)
    others = f" With {count - 1} more of the same group." if count > 1 else ""
    said_severity = SEVERITIES[signal.severity]
    text = f"{signal.integration.name} says: {signal.title} ({said_severity}).{others}"
    title = signal.title
    if signal.service and signal.service.lower() not in title.lower():
        title = f"{signal.service}: {title}"
    opening = Opening(
        service_uid=signal.service_uid,
        service=signal.service,
        environment=signal.environment,
        what=_what(signal.environment, _group_of(signal)[2]),
        title=title[:200],
        severity=signal.severity,
        started_at=min(signal.began_at or writing.now, writing.now),
        text=text,
    )
    page = open_page(opening, route, writing)
    view.opened(page)
    return page


def worsen(page: Alert, severity: int, title: str, writing: Unit) -> None:
    """Page again from the first step, since what joined is worse than what was known; who had it has it no more."""
    before = page.severity
    page.severity, page.cycle, page.step = severity, page.cycle + 1, -1
    page.state, page.acknowledged_at, page.acknowledged_by, page.acknowledged_name = Alert.PAGING, None, "", ""
    text = f"{title}: {SEVERITIES[severity]}, worse than before, so it is paged again."
    page.why = [*page.why, text]
    deciding.of_page(Decision.WORSENED, page, [text], now=writing.now)
    data = said(page) | {"severity": severity, "before": before}
    writing.record("alert.worsened", subject_of(page), environment=page.environment, data=data)
    # What nobody has read yet is told by the new one.
    superseded = "Not sent: it became worse and is paged anew."
    waiting = Delivery.objects.filter(alert=page, state=Delivery.WAITING)
    waiting.update(state=Delivery.DROPPED, error=superseded, ended_at=writing.now)
    take_step(page, writing)


def close_where_over(pages: Iterable[int], writing: Unit, *, reason: str = "its alerts are over") -> None:
    """Close pages of alerts in which nothing pages any more."""
    wanted = set(pages)
    if not wanted:
        return
    busy = set(
        Signal.objects.filter(page__in=wanted, resolved_at=None, stance=Signal.PAGES).values_list("page_id", flat=True)
    )
    rows = Alert.objects.filter(Q(what__startswith=WHAT), pk__in=wanted - busy, closed_at=None)
    for uid in rows.order_by("pk").values_list("uid", flat=True):
        page = locked(uid)
        if page is not None and page.closed_at is None:
            close_locked(page, reason, writing)
            deciding.of_page(Decision.RESOLVED, page, [f"It is closed: {reason}."], now=writing.now)
