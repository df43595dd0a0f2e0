"""What pages, the API and the gate read of objectives; each list and gate reads one precomputed row per objective."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.prepared import Prepared, columns, instances
from roadbed.reliability.objectives.answers import (
    INTERVAL,
    ForecastView,
    ObjectivePage,
    ObjectiveView,
    ReadErrorView,
    VersionView,
    WindowView,
)
from roadbed.reliability.objectives.burn_down import BurnDown, Point, Stretch, burn_down
from roadbed.reliability.objectives.models import Evaluated, Objective, ObjectiveVersion, ReadError
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.evaluation import STANDINGS, UNMEASURED
from roadbed.reliability.objectives.rules.figures import pairs_from
from roadbed.reliability.objectives.rules.indicators import indicator_of, needs
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import minutes_of, name_of
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

__all__ = [
    "INTERVAL",
    "BurnDown",
    "ForecastView",
    "ObjectivePage",
    "ObjectiveView",
    "Point",
    "ReadErrorView",
    "Stretch",
    "VersionView",
    "WindowView",
    "burn_down",
    "objective",
    "objectives",
    "objectives_of",
    "read_error",
    "require_objective",
    "standings",
    "worst_standing",
]

NEVER: Final = "No data: it was not evaluated yet."


def objectives_of(service_uid: str) -> tuple[ObjectiveView, ...]:
    """A service's objectives, by name."""
    rows = instances(Objective, _OF_SERVICE.rows(service=service_uid))
    evaluated = instances(Evaluated, _EVALUATED.rows(service=service_uid)) if rows else []
    by_uid = {one.objective: one for one in evaluated}
    return tuple(_view(row, by_uid.get(row.uid)) for row in rows)


def objective(uid: str) -> ObjectivePage | None:
    """One objective with all its figures; a removed one is still shown."""
    row = Objective.objects.filter(uid=uid).first() if uid.isalnum() else None
    if row is None:
        return None
    evaluated = Evaluated.objects.filter(objective=uid).first()
    figures = evaluated.figures if evaluated else {}
    return ObjectivePage(
        view=_view(row, evaluated),
        windows=tuple(WindowView(window=name, **window) for name, window in _windows(figures)),
        pairs=pairs_from(figures),
        forecast=_forecast(figures, evaluated),
        returns_at=_returns_at(figures, evaluated),
        versions=tuple(_version(version) for version in row.versions.order_by("-number")),
        origin=row.origin,
        source_file=row.source_file,
        source_line=row.source_line,
        source_commit=row.source_commit,
        source_location=row.source_location,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )


def require_objective(uid: str) -> ObjectivePage:
    """One objective.

    Raises:
        NotFound: with where to find it.
    """
    found = objective(uid)
    if found is None:
        raise NotFound(f"There is no objective {uid}.", remedy="`roadbed slo list` names all of them.")
    return found


def objectives(
    *,
    text: str = "",
    owner: str = "",
    standing: str = "",
    sort: str = "worst",
    cursor: str = "",
    limit: int = 50,
) -> Page[ObjectiveView]:
    """Objectives of all services, those that need a person first (`worst`), or by service and `name`.

    `text` is part of a service's or objective's name or title, `standing` one of STANDINGS.
    """
    if standing and standing not in STANDINGS:
        raise Invalid(
            f"{standing!r} is not a standing.", remedy=f"One of {', '.join(STANDINGS)}.", place=Place(field="standing")
        )
    if sort not in ("worst", "name"):
        raise Invalid(f"Objectives are not sorted by {sort!r}.", remedy="worst or name.", place=Place(field="sort"))
    checked_limit(limit)
    keyed = sorted(_keys(text, owner, standing, worst=sort == "worst"))
    if cursor:
        after = _after(cursor)
        keyed = [key for key in keyed if key > after]
    wanted = page_of(keyed, limit, lambda key: key)
    rows = {row.uid: row for row in Objective.objects.filter(uid__in=[key[-1] for key in wanted.items])}
    views = {view.uid: view for view in _views(list(rows.values()))}
    return Page(tuple(views[key[-1]] for key in wanted.items if key[-1] in views), wanted.next_cursor)


_Key = tuple[int, float, str, str, str]


def _after(cursor: str) -> _Key:
    rank, left, *names = decode_cursor(cursor, 5)
    if not (isinstance(rank, int) and isinstance(left, int | float) and all(isinstance(name, str) for name in names)):
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return rank, left, names[0], names[1], names[2]


def _keys(text: str, owner: str, standing: str, *, worst: bool) -> Iterable[_Key]:
    evaluated = {
        uid: (how, remaining)
        for uid, how, remaining in Evaluated.objects.values_list("objective", "standing", "remaining")
    }
    rows = Objective.objects.filter(removed_at=None)
    if owner:
        rows = rows.filter(owner=owner.replace("\x00", ""))
    wanted = text.casefold().strip()
    for uid, service, name, title in rows.values_list("uid", "service_name", "name", "title"):
        how, remaining = evaluated.get(uid, (UNMEASURED, None))
        if standing and how != standing:
            continue
        if wanted and not any(wanted in part.casefold() for part in (service, name, title)):
            continue
        rank = STANDINGS.index(how) if worst else 0
        yield rank, (1.0 if remaining is None else remaining) if worst else 0.0, service, name, uid


def standings(service_uids: Iterable[str] | None = None) -> dict[str, int]:
    """How many objectives stand how; every standing is named, those of none with 0."""
    found = dict.fromkeys(STANDINGS, 0)
    rows = Objective.objects.filter(removed_at=None)
    if service_uids is not None:
        rows = rows.filter(service_uid__in=list(service_uids))
    evaluated = dict(Evaluated.objects.values_list("objective", "standing"))
    for uid in rows.values_list("uid", flat=True):
        found[evaluated.get(uid, UNMEASURED)] += 1
    return found


def worst_standing(service_uids: Iterable[str]) -> dict[str, str]:
    """The standing of each service's objective that needs a person most; services without objectives are left out."""
    evaluated = dict(Evaluated.objects.values_list("objective", "standing"))
    found: dict[str, str] = {}
    rows = Objective.objects.filter(removed_at=None, service_uid__in=list(service_uids))
    for uid, service_uid in rows.values_list("uid", "service_uid"):
        standing = evaluated.get(uid, UNMEASURED)
        if service_uid not in found or STANDINGS.index(standing) < STANDINGS.index(found[service_uid]):
            found[service_uid] = standing
    return found


def read_error(service_uid: str) -> ReadErrorView | None:
    """What is wrong with the service's objectives file, None when it was read well."""
    row = ReadError.objects.filter(service_uid=service_uid).first()
    return None if row is None else ReadErrorView(row.file, row.commit, tuple(row.errors), row.at)


def _views(rows: list[Objective]) -> tuple[ObjectiveView, ...]:
    evaluated = {row.objective: row for row in Evaluated.objects.filter(objective__in=[row.uid for row in rows])}
    return tuple(_view(row, evaluated.get(row.uid)) for row in rows)


def _view(row: Objective, evaluated: Evaluated | None) -> ObjectiveView:
    figures = evaluated.figures if evaluated else {}
    standing = evaluated.standing if evaluated else UNMEASURED
    minutes = figures.get("minutes") or {
        "good": 0,
        "bad": 0,
        "idle": 0,
        "unmeasured": row.window_minutes,
        "excluded": 0,
    }
    return ObjectiveView(
        uid=row.uid,
        service_uid=row.service_uid,
        service_name=row.service_name,
        owner=row.owner,
        name=row.name,
        title=row.title,
        description=row.description,
        target=row.target.normalize(),
        target_text=Target.exactly(row.target).percent(),
        window=name_of(row.window_minutes),
        window_minutes=row.window_minutes,
        standing=standing,
        standing_word=STANDING_WORDS[standing],
        remaining=evaluated.remaining if evaluated else None,
        attainment=evaluated.attainment if evaluated else None,
        coverage=evaluated.coverage if evaluated else None,
        good=figures.get("good", 0),
        bad=figures.get("bad", 0),
        total=figures.get("total", 0),
        allowed=figures.get("allowed", 0),
        minutes=minutes,
        burns=tuple((name, window["burn"]) for name, window in _windows(figures)),
        paging=bool(evaluated and evaluated.paging),
        top_line=figures.get("top_line", NEVER),
        measured_by=needs(indicator_of(row.indicator)),
        problem=figures.get("problem", ""),
        as_of=evaluated.as_of if evaluated else None,
        measured_at=evaluated.measured_at if evaluated else None,
        version=row.version,
        changed_at=row.changed_at,
    )


def _windows(figures: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    # PostgreSQL keeps JSON's fields in an order of its own.
    return sorted(figures.get("windows", {}).items(), key=lambda window: minutes_of(window[0]) or 0)


def _version(row: ObjectiveVersion) -> VersionView:
    return VersionView(
        number=row.number,
        title=row.title,
        target=row.target.normalize(),
        target_text=Target.exactly(row.target).percent(),
        window=name_of(row.window_minutes),
        measured_by=needs(indicator_of(row.indicator)),
        source_commit=row.source_commit,
        by=row.by,
        since=row.since,
    )


def _forecast(figures: Mapping[str, Any], evaluated: Evaluated | None) -> ForecastView | None:
    known = figures.get("forecast")
    if evaluated is None or known is None:
        return None

    def at(minutes: float) -> datetime:
        return evaluated.as_of + timedelta(minutes=minutes)

    latest = known["latest"]
    return ForecastView(
        at=at(known["minutes"]),
        earliest=at(known["earliest"]),
        latest=None if latest is None else at(latest),
        basis=name_of(known["basis"]),
    )


def _returns_at(figures: Mapping[str, Any], evaluated: Evaluated | None) -> datetime | None:
    minutes = figures.get("returns_after")
    if evaluated is None or minutes is None:
        return None
    return instant(evaluated.minute + minutes)


_OF_SERVICE: Final = Prepared(
    lambda service: (
        Objective.objects.filter(service_uid=service, removed_at=None).order_by("name").values_list(*columns(Objective))
    ),
    service=str,
)
_EVALUATED: Final = Prepared(
    lambda service: Evaluated.objects.filter(service_uid=service).values_list(*columns(Evaluated)), service=str
)
