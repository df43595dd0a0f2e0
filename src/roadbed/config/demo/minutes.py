"""The minutes that the company's promises were counted from, imported as an objective's past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from roadbed.config.demo import company, traffic
from roadbed.config.demo.company import Promise, Service
from roadbed.config.demo.stories import Story
from roadbed.config.demo.traffic import Flow, Harm
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import usecases as objectives
from roadbed.reliability.objectives.importing import Counted, Silence
from roadbed.reliability.objectives.queries import objectives_of

WINDOW: Final = 30 * traffic.DAY
SLOW: Final = (("parcel-tracking", 0, 7, 3 * traffic.DAY, 0.0031),)
"""Burns that no page tells of: the service, which promise, since how many days, for how many minutes, what fails."""

SILENT_FOR: Final = 92
"""Minutes since one target's scrapes were last answered, and with them the whole service's counts."""

SILENCE: Final = "pod-2:9102 answers no scrapes"


def day_of(service: Service) -> tuple[int, ...]:
    """The service's day."""
    return traffic.day_of(service.name, service.rate)


def flow_of(
    service: Service, promise: Promise, stories: Sequence[Story], *, made_at: datetime, window: int = WINDOW
) -> Flow:
    """An objective's events, in the past and from now on; `window` is how many minutes of it are counted."""
    last = traffic.minute_of(made_at) - 1
    place = service.promises.index(promise)
    harms = [
        Harm(traffic.minute_of(story.begins(made_at)), story.minutes, story.fails)
        for story in stories
        if story.service == service.name and story.promise == place and not story.seen_by
    ]
    harms += [
        Harm(last - days * traffic.DAY, minutes, fails)
        for name, number, days, minutes, fails in SLOW
        if name == service.name and number == place
    ]
    spare = float(1 - Decimal(promise.target))
    left = 1.0 if promise.left is None else promise.left
    return traffic.flow(day_of(service), last=last, window=window, spare=spare, left=left, harms=harms)


def bring_in(service: Service, uid: str, stories: Sequence[Story], *, now: datetime, minutes: int) -> None:
    """Import what a service's objectives counted until now."""
    last = traffic.minute_of(now) - 1
    known = {view.name: view for view in objectives_of(uid)}
    for promise in service.promises:
        flow = flow_of(service, promise, stories, made_at=now, window=min(WINDOW, minutes))
        holes = _holes(service, last)
        end = last - SILENT_FOR if service.silent else last
        silence = Silence(f"scrape:{service.name}", SILENCE) if service.silent else None
        objectives.import_minutes(
            ROADBED, known[promise.name].uid, _counted(flow, last - minutes + 1, end, holes),
            read_at=now - timedelta(minutes=SILENT_FOR) if service.silent else now, silence=silence, now=now,
        )  # fmt: skip


def _counted(flow: Flow, first: int, last: int, holes: Sequence[range]) -> Iterator[Counted]:
    return map(Counted._make, flow.minutes(first, last, but=holes))


def _holes(service: Service, last: int) -> tuple[range, ...]:
    """Spans in which nobody counted: two of three targets of one service answered no scrapes for a night."""
    if service.name == "parcel-tracking":
        begin = last - 2 * traffic.DAY - 410
        return (range(begin, begin + 1123),)
    if service.silent:
        return (range(last - 540, last - 300),)
    return ()


def silent_services() -> tuple[Service, ...]:
    """Those whose source does not answer."""
    return tuple(one for one in company.SERVICES if one.silent)
