"""Bringing alerts into pages: one page per service and environment, or per team where there is no service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.paging.alerts import deciding
from roadbed.reliability.paging.alerts.looking import WHAT, View
from roadbed.reliability.paging.alerts.models import Decision, Signal
from roadbed.reliability.paging.alerts.storms import Storms
from roadbed.reliability.paging.escalating import drop_waiting, locked, said, subject_of, take_step
from roadbed.reliability.paging.intake import close_locked
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.opening import Opening, open_into
from roadbed.reliability.paging.outbox import Outbox
from roadbed.reliability.paging.policies.renewing import begin_anew
from roadbed.reliability.paging.routing import Route
from roadbed.reliability.paging.rules.alerts.placing import listed
from roadbed.reliability.paging.rules.alerts.storming import Joining
from roadbed.reliability.paging.rules.alerts.values import SEVERITIES
from roadbed.reliability.paging.rules.methods import HIGH, urgency_of

Group = tuple[str, str, str]


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


def gather(signals: Iterable[Signal], view: View, writing: Unit, *, after: Alert | None = None) -> list[Decision]:
    """Put alerts that page into their pages, opening what is not open; answers the decisions, not saved yet.

    With `after`, they come out of a storm that is over, so that they are no storm again.
    """
    groups: dict[Group, list[Signal]] = {}
    for signal in signals:
        groups.setdefault(group_of(signal), []).append(signal)
    if not groups:
        return []
    here = frozenset(service for service, _, _ in groups)
    gathering = _Gathering(view, writing, Storms(view, writing), _open_pages(groups), after)

    def order(members: list[Signal]) -> tuple[int, int]:
        return view.needed(members[0].service_uid, here), min(signal.severity for signal in members)

    # What others depend on first, so that its page holds them back although they came in the same message.
    for members in sorted(groups.values(), key=order):
        gathering.put(members)
    return gathering.write()


@dataclass
class _Gathering:
    """Groups of alerts on their way into pages, which are written all at once."""

    view: View
    writing: Unit
    storms: Storms
    open: dict[Group, str]
    after: Alert | None
    outbox: Outbox = field(init=False)
    made: list[Decision] = field(default_factory=list)
    worse: list[tuple[Alert, Signal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.writing.now)

    def put(self, members: Sequence[Signal]) -> None:
        """One group into its page."""
        first = min(members, key=lambda one: one.severity)
        self.made += _released(members, self.view)
        members = [one for one in members if one.stance == Signal.PAGES]
        if not members:
            return
        page = self._open_page(first)
        if page is not None:
            self._join(page, members, "")
            return
        route = self._route(first)
        found = Joining(joins=False) if self.after else self.storms.joining(first, route.team)
        if found.joins:
            self.storms.take(route, members, found.said)
            return
        page = open_into(
            self.outbox, _opening(first, len(members), found.said, self.writing.now), route, self.writing,
            taken_with=self.after,
        )  # fmt: skip
        self.view.opened(page)
        self._decide(page, members, opener=first)

    def write(self) -> list[Decision]:
        """Insert what was opened, page again what became worse; answers what was decided, not saved yet."""
        for page, members, reason in self.storms.settle(self.outbox):
            self._join(page, members, reason)
        self.outbox.write()
        for page, signal in self.worse:
            if signal.severity < page.severity:
                worsen(page, signal.severity, signal.title, self.writing)
        return self.made

    def _open_page(self, signal: Signal) -> Alert | None:
        uid = self.open.get(group_of(signal))
        page = locked(uid) if uid else None
        return page if page is not None and page.closed_at is None else None

    def _route(self, signal: Signal) -> Route:
        service = self.view.service(signal.service_uid) if signal.service_uid else None
        return self.view.route(service, signal.integration, signal.labels)

    def _join(self, page: Alert, members: Sequence[Signal], reason: str) -> None:
        worst = min(members, key=lambda one: one.severity)
        if worst.severity < page.severity:
            self.worse.append((page, worst))
        self._decide(page, members, reason=reason)

    def _decide(
        self, page: Alert, members: Sequence[Signal], *, opener: Signal | None = None, reason: str = ""
    ) -> None:
        on_call = page.policy["steps"][0]["people"]
        known = reason or f"It joined the page of {page.service or page.team}, which is open: {page.title}."
        for one in members:
            one.page = page
            outcome, text = (Decision.PAGED, "It opened a page.") if one is opener else (Decision.JOINED, known)
            reasons = [text] if reason else [text, *page.why[1:]]
            self.made.append(deciding.of_signal(outcome, one, reasons, on_call=on_call, now=self.writing.now))


def group_of(signal: Signal) -> Group:
    """What an alert has its page with: its service and environment, or its team and integration."""
    own = "" if signal.service_uid else f"{signal.team}:{signal.integration.name}"
    return signal.service_uid, signal.environment, own


def _open_pages(groups: Iterable[Group]) -> dict[Group, str]:
    """The uids of the pages that groups have open, whatever opened them; of several the severest."""
    wanted = list(groups)
    named = [service for service, _, _ in wanted if service]
    others = {_what(environment, own): ("", environment, own) for service, environment, own in wanted if not service}
    found: dict[Group, str] = {}
    rows = Alert.objects.filter(closed_at=None).order_by("-severity", "-pk")
    if named:
        known = rows.filter(service_uid__in=named).values_list("service_uid", "environment", "uid")
        found |= {(service, environment, ""): uid for service, environment, uid in known}
    if others:
        without = rows.filter(service_uid="", what__in=list(others)).values_list("what", "uid")
        found |= {others[what]: uid for what, uid in without}
    return found


def _released(members: Sequence[Signal], view: View) -> list[Decision]:
    """Hold back what meanwhile has a reason to wait, as a page of the same message on which its service depends."""
    made = []
    for one in members:
        withheld = view.withheld(one, one.integration.name)
        if withheld is not None:
            one.stance, one.held_by = Signal.HELD, withheld.by
            made.append(deciding.of_signal(Decision.HELD, one, [withheld.said], now=view.now))
    return made


def _what(environment: str, own: str) -> str:
    return f"{WHAT}{environment}:{own}"[:200]


def _opening(signal: Signal, count: int, said: str, now: datetime) -> Opening:
    others = f" With {count - 1} more of the same group." if count > 1 else ""
    text = f"{signal.integration.name} says: {signal.title} ({SEVERITIES[signal.severity]}).{others} {said}".rstrip()
    title = signal.title
    if signal.service and signal.service.lower() not in title.lower():
        title = f"{signal.service}: {title}"
    return Opening(
        service_uid=signal.service_uid,
        service=signal.service,
        environment=signal.environment,
        what=_what(signal.environment, group_of(signal)[2]),
        title=title[:200],
        severity=signal.severity,
        started_at=min(signal.began_at or now, now),
        text=text,
    )


def worsen(page: Alert, severity: int, title: str, writing: Unit) -> None:
    """Page again from the first step, since what joined is worse than what was known; who had it has it no more."""
    before = page.severity
    page.severity = severity
    if urgency_of(severity) == HIGH:
        page.policy = page.policy.get("urgent", page.policy)
    text = f"{title}: {SEVERITIES[severity]}, worse than before, so it is paged again."
    page.why = [*page.why, text]
    begin_anew(page, now=writing.now)
    deciding.of_page(Decision.WORSENED, page, [text], now=writing.now).save()
    data = said(page) | {"severity": severity, "before": before}
    writing.record("alert.worsened", subject_of(page), environment=page.environment, data=data)
    # What nobody has read yet is told by the new one.
    drop_waiting(page, "Not sent: it became worse and is paged anew.", now=writing.now)
    take_step(page, writing, because=text)


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
            deciding.of_page(Decision.RESOLVED, page, [f"It is closed: {reason}."], now=writing.now).save()
