"""An incident's values as the shell's components draw them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Confirmation, Fact
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.rules.suspects import Suspect
from roadbed.reliability.incidents.rules.timeline import Entry
from roadbed.reliability.incidents.rules.times import NAMES, TIMES
from roadbed.reliability.incidents.values import IncidentPage, IncidentView


@dataclass(frozen=True, slots=True)
class SuspectCard:
    """A suspect as it is drawn: where its undoing is, what the button says, what people found out, what speaks."""

    view: Suspect
    icon: str
    word: str
    evidence: str
    url: str
    button: str
    deployed: str = ""
    reasons: tuple[tuple[str, str, str], ...] = ()


def badge(view: IncidentView) -> Badge:
    """How it stands: what goes on is bad, what is held is a warning, what is over is good."""
    if view.status == "resolved":
        return Badge("good", "Resolved")
    return Badge("warn", "Mitigated") if view.status == "mitigated" else Badge("bad", "Open")


def lasted(view: IncidentView, now: datetime) -> str:
    """How long customers were harmed, as far as it went."""
    return words.duration(((view.harm_ended_at or now) - view.started_at).total_seconds())


def facts(page: IncidentPage, now: datetime) -> tuple[Fact, ...]:
    """The passport: who leads, since when, how it was found."""
    view = page.view
    found = (view.detected_at - view.started_at).total_seconds()
    acknowledged = page.acknowledged_at
    answered = "" if acknowledged is None else words.duration((acknowledged - view.detected_at).total_seconds())
    held = {role.role: role.person for role in view.roles}
    return (
        *(
            Fact(title, held.get(role, ""), absent="Nobody yet" if view.status != "resolved" else "Nobody")
            for role, title in rules.ROLES.items()
            if role != "scribe" or role in held
        ),
        Fact("Harm to customers", lasted(view, now), note="so far" if view.harm_ended_at is None else "ended"),
        Fact(
            "Found after",
            words.duration(found) if found >= 1 else "At once",
            note="by a page" if view.alerts else f"by {view.opened_by}",
        ),
        Fact("Acknowledged after", answered, absent="Not yet" if view.alerts else "Nobody was paged"),
        *_next_update(view, now),
    )


def _next_update(view: IncidentView, now: datetime) -> tuple[Fact, ...]:
    at = view.next_update_at
    if at is None or view.status == "resolved":
        return ()
    late = at < now
    word = words.duration(abs((at - now).total_seconds()))
    badge = Badge("bad", f"{word} late") if late else None
    return (Fact("Next update", f"in {word}", badge=badge),)


def suspects(page: IncidentPage) -> tuple[SuspectCard, ...]:
    """The suspects with their buttons."""
    return tuple(_card(one, page.view) for one in page.suspects)


def _card(one: Suspect, view: IncidentView) -> SuspectCard:
    evidence = f"{likely(one.share)}. " if one.share is not None else ""
    evidence += f"By {one.by}, " if one.by else ""
    evidence += ", ".join(one.evidence) + "."
    url = button = ""
    if view.status != "resolved" and one.undo == "rollback":
        url, button = resolve_url("incidents:roll-back", view.name), f"Roll back to {one.former}…"
    elif one.undo == "flag":
        url, button = url_of("flags:list"), "To its switch"
        url += f"?{urlencode({'q': one.what})}" if url else ""
    release = one.kind == "release"
    icon, word = ("rocket", "Release") if release else ("flag", "Flag")
    deployed = url_of("portal:deployment", one.deployment) if one.deployment else ""
    reasons = tuple((reason.words, speaking(reason.weight), f"{reason.weight:+.1f}") for reason in one.reasons)
    return SuspectCard(one, icon, word, evidence, url, button if url else "", deployed, reasons)


def likely(share: float) -> str:
    """How likely, in whole percent, never quite certain."""
    percent = round(share * 100)
    if percent < 1:
        return "Under 1% likely"
    return f"{percent}% likely" if percent < 100 else "Over 99% likely"  # noqa: PLR2004 - a whole


def speaking(weight: float) -> str:
    """What a weight says, in words; 2 is about seven times likelier."""
    side = "for it" if weight > 0 else "against it"
    if abs(weight) < 0.3:  # noqa: PLR2004 - up to a third likelier or unlikelier
        return "says little"
    return f"strongly {side}" if abs(weight) >= 2 else side  # noqa: PLR2004 - as above


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline as it is drawn, with where its deployment is."""

    view: Entry
    title: str
    detail: str
    url: str


def lines(shown: Iterable[Entry]) -> tuple[Line, ...]:
    """The timeline's lines."""
    return tuple(
        Line(
            line,
            line.title + (" (suspect)" if line.suspect else ""),
            _detail(line),
            url_of("portal:deployment", line.deployment) if line.deployment else "",
        )
        for line in shown
    )


def _detail(line: Entry) -> str:
    times = f"{line.times} times in a row" if line.times > 1 else ""
    return ". ".join(part for part in (line.detail, times) if part)


def groups(known: Iterable[tuple[str, str]], group: str, zone: str) -> list[dict[str, object]]:
    """The timeline's filters, which keep a time zone that was chosen."""
    kept = {"zone": zone} if zone else {}
    return [
        {
            "url": "?" + urlencode(({"show": value} if value else {}) | kept),
            "label": label,
            "current": value == group,
        }
        for value, label in known
    ]


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the incident as it is drawn, with who corrected it and how they know."""

    name: str
    label: str
    at: datetime | None
    said: str


def times(page: IncidentPage) -> tuple[Time, ...]:
    """When harm began and ended apart from when it was detected, acknowledged, mitigated and resolved."""
    view, shown = page.view, []
    known = {name: getattr(view, name) for name in TIMES} | {"acknowledged_at": page.acknowledged_at}
    for name, field in NAMES.items():
        held = view.times.get(field)
        held = held if isinstance(held, dict) else {}
        said = f"{held['by']}: {held['evidence']}" if held.get("evidence") else ""
        at = known[field] or (view.harm_ended_at if field == "ended_at" else None)
        shown.append(Time(name, TIMES[field], at, said))
    return tuple(shown)


def review_url(view: IncidentView) -> str:
    """Where its review is; nowhere while it goes on, and nowhere for a private one."""
    over = view.status == "resolved" and not view.private and not view.merged_into
    return url_of("reviews:review", view.name) if over else ""


def rollback(page: IncidentPage) -> Confirmation | None:
    """What the rollback of the first suspect that can be rolled back changes; None where there is none."""
    view = page.view
    one = next((one for one in page.suspects if one.undo == "rollback"), None)
    if one is None or view.status == "resolved":
        return None
    return Confirmation(
        id="roll-back",
        title=f"Roll {view.service} back to {one.former}",
        url=resolve_url("incidents:roll-back", view.name),
        submit=f"Roll back to {one.former}",
        keep=f"Keep {one.what}",
        rows=(("Code and configuration", f"{one.what} → {one.former}"), ("Secrets", "stay current")),
        note=f"Takes about 20 s. {one.former} takes traffic before {one.what} leaves, so no request is lost. "
        "The gate is not asked: a rollback is never refused.",
        ask="A word for the timeline, if you like",
        hint="503 since 13:41",
        told=f"{view.owner} sees it on this page" if view.owner else "",
    )


def url_of(name: str, *args: str) -> str:
    """The address of a page of another room, empty where no room offers it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
