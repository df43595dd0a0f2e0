"""The rows behind a figure of flow: changes, pushes to the trunk, builds, red times, open branches; never persons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db.models import Q, QuerySet

from roadbed.delivery.metrics.flow import digesting
from roadbed.delivery.metrics.flow.models import FlowBranch, FlowBuild, FlowChange, FlowPush, FlowRed, FlowRepository
from roadbed.delivery.metrics.flow.queries import DAYS, Where, span_of, where_of
from roadbed.delivery.metrics.flow.rules import figures
from roadbed.delivery.metrics.flow.rules.changes import TRUNKS, is_trunk
from roadbed.delivery.metrics.flow.rules.days import DAY
from roadbed.delivery.metrics.flow.rules.reds import FAILED, PASSED
from roadbed.delivery.metrics.histories import scope_of
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, Place

OPEN: Final = "open_branches"
DIRECT: Final = "integrations_direct"
NAMES: Final[Mapping[str, str]] = {
    **figures.NAMES,
    DIRECT: "Pushed to the trunk without a change",
    OPEN: "Open branches",
}


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One row.

    Attributes:
        what: change, push, build, red or branch.
        title: of a change, else the pipeline's or the branch's name.
        value: what it adds to the figure, in its unit; None where it is not known, or where the figure is a share.
        counts: whether it is one of a share's hits; True for every row of other figures.
        open: whether it goes on.
    """

    what: str
    repository: str
    title: str
    number: str
    at: datetime
    value: float | None
    unit: str
    counts: bool
    open: bool
    url: str
    key: str


@dataclass(frozen=True, slots=True)
class _Asked:
    figure: str
    where: Where
    begin: datetime
    end: datetime
    hours: Hours | None
    before: tuple[datetime, str] | None
    now: datetime


def behind(
    figure: str,
    *,
    service: str = "",
    team: str = "",
    system: str = "",
    days: int = DAYS,
    until: datetime | None = None,
    working_hours: str = "",
    holidays: str = "",
    cursor: str = "",
    limit: int = 50,
    now: datetime,
) -> Page[FlowRow]:
    """The rows behind a figure, newest first.

    Raises:
        Invalid: for a figure, window or cursor that there is not.
    """
    if figure not in NAMES:
        raise Invalid(
            f"There is no figure {figure[:40]!r}.", remedy=f"One of {', '.join(NAMES)}.", place=Place(field="figure")
        )
    limit = checked_limit(limit)
    since, last = span_of(days, until, now)
    hours = hours_of(working_hours, holidays.split(","))
    asked = _Asked(
        figure, where_of(scope_of(service, team, system)), digesting.bounds(since)[0], digesting.bounds(last)[1], hours,
        _after(cursor) if cursor else None, now,
    )  # fmt: skip
    rows = list(islice(_READERS.get(figure, _changes)(asked), limit + 1))
    return page_of(rows, limit, lambda row: (row.at.isoformat(), row.key))


def _after(cursor: str) -> tuple[datetime, str]:
    at, key = decode_cursor(cursor, 2)
    try:
        when = datetime.fromisoformat(str(at))
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or not isinstance(key, str) or "\x00" in key:
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return when, key


def _within(rows: QuerySet[Any], asked: _Asked, at: str, key: str) -> QuerySet[Any]:
    """Rows of the scope, in the window and after the cursor, newest first."""
    if asked.where.digests is not None:
        rows = rows.filter(repository__in=asked.where.digests)
    rows = rows.filter(**{f"{at}__gte": asked.begin, f"{at}__lt": asked.end})
    if asked.before is not None:
        when, name = asked.before
        if key == "id" and not (name.isdecimal() and len(name) <= 18):  # noqa: PLR2004 - a database's whole number
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(Q(**{f"{at}__lt": when}) | Q(**{at: when, f"{key}__lt": name}))
    return rows.order_by(f"-{at}", f"-{key}")


def _homes(asked: _Asked) -> dict[str, FlowRepository]:
    rows = FlowRepository.objects.all()
    if asked.where.digests is not None:
        rows = rows.filter(digest__in=asked.where.digests)
    return {row.digest: row for row in rows}


def _changes(asked: _Asked) -> Iterator[FlowRow]:
    homes = _homes(asked)
    rows = _within(FlowChange.objects.filter(bot=False), asked, "merged_at", "id")
    for row in rows.iterator(chunk_size=200):
        home = homes.get(row.repository)
        if home is None or (row.base and not is_trunk(row.base, home.trunk)):
            continue
        known, value, counts = _of_change(row, asked, home)
        if known:
            title, url = (str(row.said[name][1]) if name in row.said else "" for name in ("title", "url"))
            yield FlowRow(
                "change", home.name, title, row.number, row.merged_at, value, _UNITS.get(asked.figure, ""), counts,
                open=False, url=url, key=str(row.pk),
            )  # fmt: skip


_UNITS: Final = {
    figures.AGE: "s", figures.WITHIN: "s", figures.REVIEW: "s", figures.LINES: "lines", figures.FILES: "files",
    figures.COMMITS: "commits",
}  # fmt: skip


def _of_change(row: FlowChange, asked: _Asked, home: FlowRepository) -> tuple[bool, float | None, bool]:
    """Whether the figure knows a change at all, what it adds, and whether it counts."""
    figure = asked.figure
    if figure in (figures.AGE, figures.WITHIN):
        age = _seconds(row.began_at, row.merged_at)
        return age is not None, age, figure == figures.AGE or (age or 0) <= DAY
    if figure == figures.REVIEW:
        waited = _seconds(row.opened_at, row.reviewed_at)
        if waited is not None and asked.hours is not None and row.opened_at and row.reviewed_at:
            waited = asked.hours.seconds(row.opened_at, row.reviewed_at)
        return waited is not None, waited, True
    if figure == figures.UNREVIEWED:
        return home.reviews_told, None, row.reviewed_at is None
    sizes = {figures.LINES: row.lines, figures.FILES: row.files, figures.COMMITS: row.commits}
    if figure in sizes:
        return sizes[figure] is not None, sizes[figure], True
    return True, None, True


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    known = begin is not None and end is not None and end >= begin
    return (end - begin).total_seconds() if known and begin and end else None


def _direct(asked: _Asked) -> Iterator[FlowRow]:
    homes = _homes(asked)
    pushed = FlowPush.objects.filter(kind="pushed", bot=False, first_at__isnull=False)
    known = {home.trunk for home in homes.values()} | TRUNKS
    rows = _within(pushed.filter(branch__in=known - {""}), asked, "at", "uid")
    for row in rows.iterator(chunk_size=200):
        home = homes.get(row.repository)
        if home is None or not is_trunk(row.branch, home.trunk):
            continue
        moment = timedelta(microseconds=1)
        if any(one.pk == row.pk for one in digesting.direct_pushes(home, row.at, row.at + moment)):
            yield FlowRow(
                "push", home.name, row.branch, row.head[:12], row.at, None, "", counts=True, open=False, url="",
                key=row.pk,
            )  # fmt: skip


def _builds(asked: _Asked) -> Iterator[FlowRow]:
    homes = _homes(asked)
    rows = _within(FlowBuild.objects.filter(part="", outcome__in=FAILED | PASSED), asked, "finished_at", "run")
    for row in rows.iterator(chunk_size=200):
        known = digesting.built(row)
        value = known.queued if asked.figure == figures.QUEUE else known.seconds
        if value is None and asked.figure != figures.BROKEN:
            continue
        home = homes.get(row.repository)
        yield FlowRow(
            "build", home.name if home else "", row.name, row.commit[:12], row.finished_at, value, "s",
            asked.figure != figures.BROKEN or row.outcome in FAILED, open=False, url=row.url, key=row.run,
        )  # fmt: skip


def _reds(asked: _Asked) -> Iterator[FlowRow]:
    homes = _homes(asked)
    for row in _within(FlowRed.objects.all(), asked, "since", "run").iterator(chunk_size=200):
        home = homes.get(row.repository)
        lasted = max(0.0, ((row.until or asked.now) - row.since).total_seconds())
        yield FlowRow(
            "red", home.name if home else "", row.name, "", row.since, lasted, "s", counts=True,
            open=row.until is None, url="", key=row.run,
        )  # fmt: skip


def _open(asked: _Asked) -> Iterator[FlowRow]:
    """Whenever they began: what is open is open now."""
    homes = _homes(asked)
    ever = _Asked(
        asked.figure, asked.where, asked.begin - timedelta(days=36500), asked.now, asked.hours, asked.before, asked.now
    )
    for row in _within(FlowBranch.objects.all(), ever, "began_at", "id").iterator(chunk_size=200):
        home = homes.get(row.repository)
        age = max(0.0, (asked.now - row.began_at).total_seconds())
        yield FlowRow(
            "branch", home.name if home else "", row.branch, row.number, row.began_at, age, "s", counts=True,
            open=True, url="", key=str(row.pk),
        )  # fmt: skip


_READERS: Final[Mapping[str, Callable[[_Asked], Iterator[FlowRow]]]] = {
    figures.BUILD: _builds,
    figures.QUEUE: _builds,
    figures.BROKEN: _builds,
    figures.RED: _reds,
    OPEN: _open,
    DIRECT: _direct,
}
