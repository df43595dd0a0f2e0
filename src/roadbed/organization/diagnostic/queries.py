"""Reading sheets and rounds: how far one is, one's own report, a round's report of what came out, the standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from roadbed.ground import asks
from roadbed.ground.asks.advice import (
    Advice,
    AdviseOrganization,
    DiagnosticStanding,
    Hiring,
    KnownSignals,
    Quadrant,
    Signals,
    Standing,
)
from roadbed.ground.errors import NotFound, Unavailable
from roadbed.ground.people.queries import digest
from roadbed.organization.diagnostic.models import Round, Sheet
from roadbed.organization.diagnostic.rules.aggregating import of_dimensions, of_questions
from roadbed.organization.diagnostic.rules.measured import Measured
from roadbed.organization.diagnostic.rules.publishing import Shown, shown, together
from roadbed.organization.diagnostic.rules.questions import OF_DIMENSION
from roadbed.organization.diagnostic.rules.reporting import Report, of_many, of_one
from roadbed.organization.diagnostic.rules.scoring import Answers
from roadbed.organization.diagnostic.rules.values import DIMENSIONS

NOT_ADVISED = Advice(
    engineers=None, stage=None, hiring=Hiring(None, "hire.unknown", "No data", ("Nothing here advises.",)),
    quadrant=Quadrant(None, "No data", None, None), patterns=(), undetermined=(),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetView:
    """Somebody's own sheet. `team` is whose round it is in, `everybody` where that is the whole organization."""

    answers: Answers
    about: Mapping[str, Any]
    submitted: bool
    in_round: bool
    team: str
    title: str
    shared: bool

    @property
    def answered(self) -> int:
        return len(self.answers)

    def of_dimension(self, dimension: str) -> tuple[int, int]:
        """How many questions of a dimension were answered, of how many."""
        asked = OF_DIMENSION[dimension]
        return sum(one.key in self.answers for one in asked), len(asked)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round. `handed_in` counts answers, `out` those that came out; `team` is empty where everybody is asked."""

    uid: str
    team: str
    title: str
    members: int
    handed_in: int
    out: int
    opened_by: str
    opened_at: datetime
    published_at: datetime | None
    closed_at: datetime | None

    @property
    def waiting(self) -> int:
        return self.handed_in - self.out


def sheet(secret: str) -> SheetView | None:
    """One's own sheet; None where it is not kept."""
    row = Sheet.objects.select_related("round__team").filter(digest=digest(secret)).first() if secret else None
    if row is None:
        return None
    team = row.round.team if row.round else None
    return SheetView(
        answers=row.answers,
        about=row.about,
        submitted=row.submitted,
        in_round=row.round_id is not None,
        team=team.name if team else "",
        title=(team.title or team.name) if team else "everybody" if row.round_id else "",
        shared=bool(row.share),
    )


def shared(secret: str) -> SheetView | None:
    """The sheet that somebody shared by a read-only link."""
    row = Sheet.objects.filter(share=digest(secret), submitted=True).first() if secret else None
    if row is None:
        return None
    return SheetView(row.answers, row.about, submitted=True, in_round=False, team="", title="", shared=True)


def round_by_link(secret: str) -> RoundView | None:
    """The round behind a link."""
    row = _counted().filter(digest=digest(secret)).first() if secret else None
    return None if row is None else _view(row)


def rounds() -> tuple[RoundView, ...]:
    """All rounds, the newest first."""
    return tuple(_view(row) for row in _counted().order_by("-opened_at", "-pk")[:200])


def require_round(uid: str) -> RoundView:
    """One round.

    Raises:
        NotFound: with where they are listed.
    """
    row = _counted().filter(uid=uid[:32]).first()
    if row is None:
        raise NotFound(f"There is no round {uid[:40]}.", remedy="`roadbed diagnostic list` shows them.")
    return _view(row)


def _counted() -> Any:
    handed_in = Count("sheets", filter=Q(sheets__submitted=True))
    return Round.objects.select_related("team").annotate(handed_in=handed_in)


def _view(row: Any) -> RoundView:
    team = row.team
    return RoundView(
        uid=row.uid,
        team=team.name if team else "",
        title=(team.title or team.name) if team else "Everybody",
        members=row.members,
        handed_in=row.handed_in,
        out=row.out,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        published_at=row.published_at,
        closed_at=row.closed_at,
    )


def own_report(found: SheetView, *, measured: Sequence[Measured] = ()) -> Report:
    """The report of one sheet; measured figures are for the eyes of signed-in people, which the door sees to."""
    return of_one(found.answers, found.about, advising, measured=measured)


def round_report(uid: str, *, now: datetime, measured: Sequence[Measured] = ()) -> Report:
    """What came out of a round. The advice rests on what is recorded, with the answers beside it."""
    return of_many(_shown([uid])[uid], {}, _with_records(now), measured=measured)


def previous_round(found: RoundView) -> RoundView | None:
    """The round of the same people before, if answers of it came out."""
    rows = _counted().filter(opened_at__lt=found.opened_at, out__gt=0)
    rows = rows.filter(team__name=found.team) if found.team else rows.filter(team=None)
    row = rows.order_by("-opened_at").first()
    return None if row is None else _view(row)


def advising(signals: Signals) -> Advice:
    """Advice by the room that gives it; nothing claimed where none does."""
    try:
        return asks.put(AdviseOrganization(signals))
    except Unavailable:
        return NOT_ADVISED


def _with_records(now: datetime) -> Callable[[Signals], Advice]:
    """For a round nobody tells size and names: what is recorded here counts, and the answers fill in what is not."""

    def advise(answered: Signals) -> Advice:
        try:
            return asks.put(AdviseOrganization(asks.put(KnownSignals(now))))
        except Unavailable:
            return advising(answered)

    return advise


def _shown(uids: Sequence[str]) -> dict[str, Shown]:
    rows = Sheet.objects.filter(round__uid__in=uids, batch__isnull=False).order_by("round_id", "batch", "digest")
    batches: dict[str, dict[int, list[Answers]]] = defaultdict(lambda: defaultdict(list))
    for uid, batch, answers in rows.values_list("round__uid", "batch", "answers"):
        batches[uid][batch or 0].append(answers)
    return {uid: shown(batches[uid].values()) for uid in uids}


def standing(asked: DiagnosticStanding) -> Standing:
    """The newest answers: the last round of everybody, or the teams' together where all of these are newer."""
    del asked
    newest: dict[str | None, Round] = {}
    for row in Round.objects.filter(out__gt=0).order_by("opened_at", "pk"):
        newest[row.team_id] = row
    everybody = newest.pop(None, None)
    teams = [row for row in newest.values() if everybody is None or row.opened_at > everybody.opened_at]
    chosen = teams if teams and (everybody is None or len(teams) == len(newest)) else [everybody] if everybody else []
    found = together(_shown([row.uid for row in chosen]).values())
    sides = {one.dimension: one.scores for one in of_dimensions(found)}
    return Standing(
        people=found.people,
        asked=sum(row.members for row in chosen),
        scores={key: sides[key].median if sides[key] else None for key in DIMENSIONS},  # type: ignore[union-attr]
        spread={key: (middle.low, middle.high) for key, middle in sides.items() if middle},
        questions={one.question.key: one.scores.median if one.scores else None for one in of_questions(found)},
        since=min((row.opened_at for row in chosen), default=None),
        until=max((row.published_at for row in chosen if row.published_at), default=None),
    )
