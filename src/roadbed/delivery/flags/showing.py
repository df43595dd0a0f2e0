"""Flags as the pages draw them: a setting as a word and a share, a change as a dialog, a fact as an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from roadbed.delivery.flags import rules
from roadbed.delivery.flags.queries import FlagView, StateView
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.shell.components import Badge, Confirmation, Event

KIND_WORDS: Final = (
    (rules.BOOLEAN, "Boolean: on or off for everybody"),
    (rules.PERCENTAGE, "Percentage: on for a share of users"),
)
EVERYBODY: Final = 100.0


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to set a flag."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting with what its form needs."""

    view: StateView
    badge: Badge
    word: str
    id: str
    modes: tuple[Mode, ...]
    percent: str
    reason: str
    width: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A flag as a line of the list."""

    flag: FlagView
    production: Shown
    others: tuple[StateView, ...]
    last: StateView | None


def words(state: StateView) -> str:
    """A setting in words."""
    if state.share is None:
        return "at the code's default"
    return state.state if state.state in ("on", "off") else f"on for {state.state}"


def badge(state: StateView) -> Badge:
    """A setting as it is shown."""
    if state.share is None:
        return Badge("idle", "Code default", "circle-dashed", plain=True)
    if state.share == 0:
        return Badge("idle", "Off", "power", plain=True)
    if state.share == EVERYBODY:
        return Badge("good", "On", plain=True)
    return Badge("info", "Rolling out", plain=True)


NOTHING: Final[Mapping[str, str]] = {}


def state(flag: FlagView, view: StateView, *, given: Mapping[str, str] = NOTHING) -> Shown:
    """A setting, and the form that changes it with what was given already."""
    share = "" if view.share is None else f"{view.share:g}"
    return Shown(
        view=view,
        badge=badge(view),
        word="No value" if view.share is None else f"{share}%",
        id=f"change-{view.environment}",
        modes=_modes(flag, given.get("mode") or _mode(flag, view)),
        percent=given.get("percent") or share,
        reason=given.get("reason", ""),
        width=share or "0",
        label=f"{flag.key} is {words(view)} in {view.environment}",
    )


def _mode(flag: FlagView, view: StateView) -> str:
    if view.share is None:
        return "default"
    return "share" if flag.kind == rules.PERCENTAGE else view.state


def _modes(flag: FlagView, chosen: str) -> tuple[Mode, ...]:
    named = (("share", "On for a share"),) if flag.kind == rules.PERCENTAGE else (("on", "On"), ("off", "Off"))
    return tuple(Mode(value, label, value == chosen) for value, label in (*named, ("default", "The code's default")))


def row(flag: FlagView) -> Row:
    """A flag as a line of the list."""
    production, *others = flag.states
    changed = [one for one in flag.states if one.changed_at is not None]
    last = max(changed, key=lambda one: one.changed_at or flag.created_at, default=None)
    return Row(flag, state(flag, production), tuple(others), last)


def events(facts: Iterable[FactView]) -> tuple[Event, ...]:
    """The history as a timeline."""
    return tuple(_event(fact) for fact in facts)


def _event(fact: FactView) -> Event:
    data, who = fact.data, fact.actor_name
    if fact.kind == "flag.created":
        return Event(fact.occurred_at, "plus", f"{who} made it, at the code's default everywhere")
    reason = f"“{data.get('reason', '')}”"
    if fact.kind == "flag.archived":
        return Event(fact.occurred_at, "x", f"{who} archived it", reason)
    former, present = (_said(str(data.get(end, ""))) for end in ("from", "to"))
    title = f"{who} from {former} to {present} in {fact.environment}"
    return Event(fact.occurred_at, "flag", title, reason)


def _said(setting: str) -> str:
    return "the code's default" if setting == "default" else setting


def turning_off(flag: FlagView) -> Confirmation | None:
    """The way out in a hurry; None where production has nothing that could be turned off."""
    production = flag.state_in(rules.PRODUCTION)
    if not production.share:
        return None
    mode = {"mode": "share", "percent": "0"} if flag.kind == rules.PERCENTAGE else {"mode": "off"}
    return Confirmation(
        id="turn-off",
        title=f"Turn {flag.key} off in production",
        url=reverse("flags:change", args=[flag.uid]),
        submit="Turn off in production",
        keep="Leave it on",
        rows=(("Now", words(production)), ("Then", "off for everybody")),
        note="Services get it within 1 s of their next question.",
        ask="Why",
        hint="Errors on arrival times",
        icon="power",
        hidden={"environment": rules.PRODUCTION, "expected": production.state, **mode},
    )


def archiving(flag: FlagView) -> Confirmation:
    """What archiving means, before the button."""
    return Confirmation(
        id="archive",
        title=f"Archive {flag.key}",
        url=reverse("flags:archive", args=[flag.uid]),
        submit="Archive the flag",
        keep="Keep it",
        rows=tuple((one.environment.capitalize(), words(one)) for one in flag.states),
        note="Services that still ask for it get the code's default. The key is not given again.",
        ask="Why",
        hint="On for everybody since June; the old path is deleted",
        icon="x",
    )
