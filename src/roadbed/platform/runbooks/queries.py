"""Reading runbooks: lists with what is in doubt, one with its text, its versions and its runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from statistics import median
from typing import Final

from roadbed.ground import asks
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks.runbooks import Promises, RunbookOffered, RunbooksFor
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.platform.runbooks.models import Run, Runbook, Version
from roadbed.platform.runbooks.rules import linting, matching, reading, trusting
from roadbed.platform.runbooks.values import RunbookRow, RunbookView, RunView, VersionView

FRESH, STALE, BROKEN = "fresh", "stale", "broken"
STATES: Final = (FRESH, STALE, BROKEN)
MEDIAN_OF: Final = 50
LAST: Final = 2**31 - 1


def known_of(row: Runbook, *, now: datetime) -> trusting.Known:
    """What is known of it, for the rules that judge whether it can be trusted."""
    stated = datetime.combine(row.stated_review, time(), UTC) if row.stated_review else None
    reviews = [at for at in (row.reviewed_at, stated if stated and stated <= now else None) if at is not None]
    unread = str(row.unread.get("detail", "")) if row.unread else ""
    return trusting.Known(
        row.written_at, max(reviews, default=None), row.run_at, row.run_failed, row.deployments, tuple(row.gone), unread
    )


def row_view(row: Runbook, *, now: datetime) -> RunbookRow:
    """The row as a value."""
    known = known_of(row, now=now)
    doubts = trusting.doubts(known, now=now)
    state = BROKEN if any(one.severity == "bad" for one in doubts) else STALE if doubts else FRESH
    alerts, objectives, fingerprints = (
        tuple(row.serves.get(key, ())) for key in ("alerts", "objectives", "fingerprints")
    )
    return RunbookRow(
        uid=row.uid, service_uid=row.service_uid, service=row.service, owner=row.owner, slug=row.slug, title=row.title,
        origin=row.origin, path=row.path, version=row.version, alerts=alerts, objectives=objectives,
        fingerprints=fingerprints, steps=row.steps, runnable=row.runnable, errors=row.errors, warnings=row.warnings,
        written_at=row.written_at, reviewed_at=known.reviewed_at, reviewed_by=row.reviewed_by, run_at=row.run_at,
        state=state, doubts=doubts,
    )  # fmt: skip


def runbooks(
    *, service_uid: str = "", owner: str = "", state: str = "", q: str = "", cursor: str | None = None, limit: int = 50,
    now: datetime,
) -> Page[RunbookRow]:  # fmt: skip
    """Runbooks by service and name; `state` is fresh, stale (with those that are broken) or broken."""
    if state and state not in STATES:
        raise Invalid(f"{state[:40]!r} is no state.", remedy=f"One of {', '.join(STATES)}.", place=Place(field="state"))
    rows = Runbook.objects.filter(removed_at=None).order_by("service", "slug", "id")
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    if owner:
        rows = rows.filter(owner=owner.replace("\x00", ""))
    if q := q.replace("\x00", ""):
        rows = rows.filter(title__icontains=q) | rows.filter(service__icontains=q)
    after = tuple(decode_cursor(cursor, 3)) if cursor else None
    found: list[tuple[RunbookRow, int]] = []
    # Whether it is in doubt depends on the clock, so it is judged here; all of 1,000 are judged in some milliseconds.
    for row in rows.iterator(chunk_size=200):
        if after is not None and (row.service, row.slug, row.pk) <= after:
            continue
        view = row_view(row, now=now)
        if not state or view.state == state or (state == STALE and view.state == BROKEN):
            found.append((view, row.pk))
        if len(found) > checked_limit(limit):
            break
    page = page_of(found, limit, lambda one: (one[0].service, one[0].slug, one[1]))
    return Page(tuple(view for view, _ in page.items), page.next_cursor)


def of_service(service_uid: str, *, now: datetime) -> tuple[RunbookRow, ...]:
    """All of a service."""
    rows = Runbook.objects.filter(service_uid=service_uid, removed_at=None).order_by("slug")
    return tuple(row_view(row, now=now) for row in rows)


def of_owner(team: str, *, now: datetime) -> tuple[RunbookRow, ...]:
    """All of a team's services."""
    rows = Runbook.objects.filter(owner=team, removed_at=None).order_by("service", "slug")
    return tuple(row_view(row, now=now) for row in rows)


def require_row(reference: str) -> Runbook:
    """The row of a uid or `service/name`.

    Raises:
        NotFound: with where to find it.
    """
    said = reference.replace("\x00", "")
    service, slash, slug = said.partition("/")
    rows = Runbook.objects.filter(removed_at=None)
    found = rows.filter(service=service, slug=slug).first() if slash else rows.filter(uid=said).first()
    if found is None:
        raise NotFound(
            f"There is no runbook {reference[:120]}.",
            remedy="`roadbed runbook list` names all of them.",
            place=Place(field="runbook"),
        )
    return found


def runbook(reference: str, *, version: int | None = None, now: datetime) -> RunbookView:
    """One with its text, of an earlier version where that is asked for."""
    row = require_row(reference)
    text = version_of(row, version)
    read = reading.read(text.text)
    spent = list(
        Run.objects.filter(runbook=row, dry_run=False, finished_at__isnull=False)
        .order_by("-asked_at")
        .values_list("started_at", "finished_at", "minutes")[:MEDIAN_OF]
    )
    took = [float(minutes) for _, _, minutes in spent if minutes is not None]
    took += [
        (ended - began).total_seconds() / 60 for began, ended, minutes in spent if minutes is None and began and ended
    ]
    return RunbookView(
        row=row_view(row, now=now), text=text.text, digest=text.digest, commit=text.commit, read=read,
        findings=linting.findings(read, text.text, path=row.path or "runbook.md"),
        runs=len(spent), median_minutes=median(took) if took else None,
    )  # fmt: skip


def version_of(row: Runbook, number: int | None = None) -> Version:
    """A version of a runbook, the present one where none is named."""
    found = Version.objects.filter(runbook=row, number=row.version if number is None else min(number, LAST)).first()
    if found is None:
        raise NotFound(f"{row.title} has no version {number}.", remedy=f"It has 1 to {row.version}.")
    return found


def versions(reference: str) -> tuple[VersionView, ...]:
    """Its versions, newest first."""
    rows = Version.objects.filter(runbook=require_row(reference)).defer("text").order_by("-number")
    return tuple(VersionView(row.number, row.digest, row.commit, row.at, row.by) for row in rows)


def run_view(row: Run) -> RunView:
    """The row as a value."""
    began, ended = row.started_at, row.finished_at
    return RunView(
        uid=row.uid, runbook=row.runbook.uid, runbook_title=row.runbook.title, service=row.runbook.service,
        service_uid=row.service_uid, environment=row.environment, version=row.version, step=row.step, title=row.title,
        needs=row.needs, state=row.state, dry_run=row.dry_run, by_hand=row.by_hand, local=row.local,
        person_uid=row.person_uid, person=row.person, parameters=row.parameters, command=row.command,
        incident=row.incident, asked_at=row.asked_at, started_at=began, finished_at=ended,
        seconds=(ended - began).total_seconds() if began and ended else None, minutes=row.minutes,
        exit_code=row.exit_code, note=row.note, output=row.output, output_bytes=row.output_bytes,
        truncated=row.truncated, kill_asked_by=row.kill_asked_by,
    )  # fmt: skip


def require_run(uid: str) -> Run:
    """The row of a run.

    Raises:
        NotFound: when there is none.
    """
    row = Run.objects.select_related("runbook").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no run {uid[:40]}.", remedy="`roadbed runbook show` lists the runs of one.")
    return row


def runs(
    *, runbook: str = "", service_uid: str = "", incident: str = "", cursor: str | None = None, limit: int = 50
) -> Page[RunView]:
    """Runs, newest first: of a runbook, a service or an incident by its uid."""
    rows = Run.objects.select_related("runbook").order_by("-asked_at", "-id")
    if runbook:
        rows = rows.filter(runbook=require_row(runbook))
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    if incident:
        rows = rows.filter(incident_uid=incident)
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int):
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        before = Run.objects.filter(pk=last).values_list("asked_at", flat=True).first()
        if before is not None:
            rows = rows.filter(asked_at__lt=before) | rows.filter(asked_at=before, pk__lt=last)
    found = list(rows[: checked_limit(limit) + 1])
    page = page_of(found, limit, lambda row: (row.pk,))
    return Page(tuple(run_view(row) for row in page.items), page.next_cursor)


def newest_runs(runbook_uid: str, version: int) -> dict[int, RunView]:
    """The newest run of each step of a version that was more than shown."""
    found: dict[int, RunView] = {}
    rows = Run.objects.select_related("runbook").filter(runbook__uid=runbook_uid, version=version)
    for row in rows.exclude(state=Run.SHOWN).order_by("-asked_at", "-id")[:200]:
        found.setdefault(row.step, run_view(row))
    return found


def offered(asked: RunbooksFor) -> tuple[RunbookOffered, ...]:
    """The runbooks that serve a trouble, for a page of another room."""
    now = asked.now or datetime.now(UTC)
    rows = of_service(asked.service_uid, now=now)
    if not rows:
        return ()
    trouble = matching.Trouble(asked.names, _all_names(asked), asked.fingerprint, asked.address)
    known = {row.uid: row for row in rows}
    tail = f"?incident={asked.incident}" if asked.incident else ""
    return tuple(
        RunbookOffered(
            uid=one.uid, title=known[one.uid].title, url=f"/runbooks/{one.uid}{tail}", by=matching.WORDS[one.by],
            state=STATE_TONES[known[one.uid].state], word=STATE_WORDS[known[one.uid].state], steps=known[one.uid].steps,
        )
        for one in matching.match(trouble, serves(rows))
    )  # fmt: skip


def _all_names(asked: RunbooksFor) -> tuple[str, ...]:
    """Objectives by every name of theirs: an alert knows the uid, a runbook says the name or the title."""
    names = list(asked.objectives)
    for one in asks.put(Promises(asked.service_uid)) if names else ():
        if not {one.uid, one.name, one.title}.isdisjoint(asked.objectives):
            names += [one.name, one.title]
    return tuple(names)


STATE_TONES: Final = {FRESH: "good", STALE: "warn", BROKEN: "bad"}
STATE_WORDS: Final = {FRESH: "Fresh", STALE: "Stale", BROKEN: "Broken"}


def serves(rows: Iterable[RunbookRow]) -> tuple[matching.Serves, ...]:
    """What they say they serve, for the rules that match."""
    return tuple(
        matching.Serves(row.uid, row.slug, row.path, row.alerts, row.objectives, row.fingerprints) for row in rows
    )
