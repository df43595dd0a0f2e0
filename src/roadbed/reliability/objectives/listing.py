"""The list of all objectives: one read of their few columns, then filters, order, counts and pages of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, encode_cursor
from roadbed.ground.catalog.queries import systems_and_tiers
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.answers import ObjectiveView
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.rules.evaluation import BURNING, IDLE, STANDINGS, UNMEASURED, WITHIN
from roadbed.reliability.objectives.rules.kept import burn_kept
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.words import NEARLY_ALL
from roadbed.reliability.objectives.viewing import views_of

SORTS: Final = ("worst", "name", "left", "coverage")
NEEDS, BURNS, UNCOVERED, MINE = "needs-a-look", "burning-now", "low-coverage", "mine"
HOUR: Final = 60
GROUPS: Final = (NEEDS, BURNS, UNCOVERED, MINE)


class Row(NamedTuple):
    """One objective as filters, order and the map need it; the figures are None where they cannot be had."""

    uid: str
    service_uid: str
    service: str
    owner: str
    name: str
    title: str
    standing: str = UNMEASURED
    remaining: float | None = None
    coverage: float | None = None
    paging: bool = False
    as_of: datetime | None = None
    system: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objectives are asked for, and in which order.

    Attributes:
        text: part of a service's or objective's name or title, or of its team.
        owner, tier, system: exactly; empty for any.
        standing: one of STANDINGS, empty for any; `group` one of GROUPS, empty for all.
        sort: one of SORTS: what needs a person most, by name, the least budget, the least coverage.
        teams: whose objectives the group `mine` holds.
    """

    text: str = ""
    owner: str = ""
    tier: str = ""
    system: str = ""
    standing: str = ""
    group: str = ""
    sort: str = "worst"
    teams: frozenset[str] = frozenset()

    def checked(self) -> Wanted:
        """Itself.

        Raises:
            Invalid: naming the filter that is none.
        """
        for field, value, known in (
            ("standing", self.standing, ("", *STANDINGS)),
            ("group", self.group, ("", *GROUPS)),
            ("sort", self.sort, SORTS),
        ):
            if value not in known:
                raise Invalid(
                    f"{value[:40]!r} is not a {field}.",
                    remedy=f"One of {', '.join(filter(None, known))}.",
                    place=Place(field=field),
                )
        return self


@dataclass(frozen=True, slots=True)
class Listed:
    """A row with what the list shows beside it: no more than that, for a page has fifty.

    Attributes:
        burn: over an hour; None where nothing was counted in it.
    """

    row: Row
    target_text: str
    attainment: float | None
    burn: float | None
    measured_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of rows of `found` that fit, the first of them being the `first`th, counted from 1."""

    rows: tuple[Row, ...]
    found: int
    first: int
    next_cursor: str | None
    previous_cursor: str | None


def rows(placed: Mapping[str, tuple[str, str]] | None = None) -> list[Row]:
    """Every objective that stands, in three queries; `placed` is each service's system and tier, where it is known."""
    placed = systems_and_tiers() if placed is None else placed
    columns = ("objective", "standing", "remaining", "coverage", "paging", "as_of")
    evaluated = {uid: rest for uid, *rest in Evaluated.objects.values_list(*columns)}
    never = [UNMEASURED, None, None, False, None]
    promised = Objective.objects.filter(removed_at=None).values_list(
        "uid", "service_uid", "service_name", "owner", "name", "title"
    )
    return [Row._make((*row, *evaluated.get(row[0], never), *placed.get(row[1], ("", "")))) for row in promised]


def filtered(held: Iterable[Row], wanted: Wanted, *, grouped: bool = True) -> list[Row]:
    """Those that fit; without `grouped` whatever their standing and group, for the counts beside each group."""
    text = wanted.text.casefold().strip()
    exact = [(place, value) for place, value in ((3, wanted.owner), (12, wanted.tier), (11, wanted.system)) if value]
    return [
        row
        for row in held
        if all(row[place] == value for place, value in exact)
        and (not text or any(text in part.casefold() for part in (row.service, row.name, row.title, row.owner)))
        and (not grouped or (wanted.standing in ("", row.standing) and in_group(row, wanted.group, wanted.teams)))
    ]


def in_group(row: Row, group: str, teams: frozenset[str]) -> bool:
    """Whether an objective is one of a group."""
    if group == NEEDS:
        return row.standing not in (WITHIN, IDLE)
    if group == BURNS:
        return row.paging or row.standing == BURNING
    if group == UNCOVERED:
        return row.coverage is None or row.coverage < NEARLY_ALL
    return group != MINE or row.owner in teams


def counted(held: Sequence[Row], teams: frozenset[str]) -> dict[str, int]:
    """How many objectives each group holds."""
    return {group: sum(in_group(row, group, teams) for row in held) for group in GROUPS}


def by_standing(held: Iterable[Row]) -> dict[str, int]:
    """How many objectives stand how; every standing is named, those of none with 0."""
    found = Counter(row.standing for row in held)
    return {standing: found[standing] for standing in STANDINGS}


_Key = tuple[int, float, str, str, str]


def shown(held: Iterable[Row], wanted: Wanted, *, cursor: str = "", limit: int = 50) -> Shown:
    """A page of what fits, in the order that is wanted."""
    checked_limit(limit)
    keyed = sorted((_key(row, wanted.sort), row) for row in filtered(held, wanted.checked()))
    begin = 0
    if cursor:
        after = _after(cursor)
        begin = next((place for place, (key, _) in enumerate(keyed) if key > after), len(keyed))
    page = keyed[begin : begin + limit]
    before = max(0, begin - limit)
    return Shown(
        rows=tuple(row for _, row in page),
        found=len(keyed),
        first=begin + 1,
        next_cursor=encode_cursor(*page[-1][0]) if page and begin + limit < len(keyed) else None,
        previous_cursor=None if not begin else encode_cursor(*keyed[before - 1][0]) if before else "",
    )


def objectives(*, cursor: str = "", limit: int = 50, **filters: str) -> Page[ObjectiveView]:
    """Objectives of all services with their figures, those that need a person first; `filters` as in Wanted."""
    wanted = Wanted(**filters)  # type: ignore[arg-type] # teams have no name as a filter
    page = shown(rows(), wanted, cursor=cursor, limit=limit)
    return Page(views(page.rows), page.next_cursor)


def views(listed: Iterable[Row]) -> tuple[ObjectiveView, ...]:
    """The figures of some objectives, in their order."""
    order = [row.uid for row in listed]
    found = {view.uid: view for view in views_of(Objective.objects.filter(uid__in=order))}
    return tuple(found[uid] for uid in order if uid in found)


def listed(shown_rows: Sequence[Row]) -> tuple[Listed, ...]:
    """Rows with what the list shows beside them, in two queries and without evaluating anything again."""
    uids = [row.uid for row in shown_rows]
    targets = dict(Objective.objects.filter(uid__in=uids).values_list("uid", "target"))
    columns = ("objective", "attainment", "measured_at", "kept")
    held = {uid: rest for uid, *rest in Evaluated.objects.filter(objective__in=uids).values_list(*columns)}
    found = []
    for row in shown_rows:
        attainment, measured_at, kept = held.get(row.uid, (None, None, ""))
        target = targets.get(row.uid)
        if target is not None:
            text = Target.exactly(target).percent()
            found.append(Listed(row, text, attainment, burn_kept(kept, HOUR), measured_at))
    return tuple(found)


def _key(row: Row, sort: str) -> _Key:
    rank, value = 0, 0.0
    if sort == "worst":
        rank, value = STANDINGS.index(row.standing), 1.0 if row.remaining is None else row.remaining
    elif sort in ("left", "coverage"):
        figure = row.remaining if sort == "left" else row.coverage
        # What cannot be told is neither the least nor the most: it stands at the end.
        rank, value = (1, 0.0) if figure is None else (0, figure)
    return rank, value, row.service, row.name, row.uid


def _after(cursor: str) -> _Key:
    rank, left, *names = decode_cursor(cursor, 5)
    if not (isinstance(rank, int) and isinstance(left, int | float) and all(isinstance(name, str) for name in names)):
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return rank, left, names[0], names[1], names[2]
