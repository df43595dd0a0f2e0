"""Alerts, silences and integrations in the words, badges and confirmations of their pages."""

from __future__ import annotations

from django.urls import reverse

from roadbed.ground.ledger.listings import ItemView
from roadbed.ground.shell.components import Badge, Confirmation, Fact, Tab
from roadbed.reliability.paging.alerts.answers import IntegrationView, SignalView, SilenceView
from roadbed.reliability.paging.rules.alerts.explaining import PAGED
from roadbed.reliability.paging.rules.alerts.values import SEVERITIES

_OUTCOMES: dict[str, Badge] = {
    "paged": Badge("bad", "Paged", "bell-ringing"),
    "joined": Badge("info", "Joined a page"),
    "held": Badge("idle", "Held back"),
    "listed": Badge("idle", "Listed"),
    "released": Badge("bad", "Paged after it waited", "bell-ringing"),
    "worsened": Badge("bad", "Paged again", "bell-ringing"),
    "resolved": Badge("good", "Over"),
    "acknowledged": Badge("warn", "Somebody has it"),
}


def tabs(current: str) -> tuple[Tab, ...]:
    """The pages about paging."""
    pages = (
        ("On-call", "paging:on-call"),
        ("Alerts", "paging:alerts"),
        ("Silences", "paging:silences"),
        ("Integrations", "paging:integrations"),
        ("Why", "paging:why"),
    )
    return tuple(Tab(label, reverse(name), current=name == f"paging:{current}") for label, name in pages)


def signal_badge(one: SignalView) -> Badge:
    """How an alert is."""
    if one.state == "resolved":
        return Badge("good", "Over")
    if one.stance == "held":
        return Badge("idle", "Held back")
    if one.stance == "listed":
        return Badge("warn", "Listed") if one.severity < 4 else Badge("idle", "Listed")  # noqa: PLR2004 - info
    return Badge("warn", "Somebody has it") if one.state == "acknowledged" else Badge("bad", "Fires")


def by_urgency(found: tuple[SignalView, ...]) -> tuple[SignalView, ...]:
    """What fires before what somebody has, is listed or is held back, the severest first, the newest of those first."""
    order = {"firing": 0, "acknowledged": 1, "listed": 2, "held": 3}

    def rank(one: SignalView) -> tuple[int, int, float]:
        how = one.stance if one.stance in ("held", "listed") else one.state
        return order.get(how, 0), one.severity, -one.last_at.timestamp()

    return tuple(sorted(found, key=rank))


def outcome_badge(outcome: str) -> Badge:
    """What was decided."""
    return _OUTCOMES.get(outcome, Badge("info", outcome.title()))


def answer_badge(outcome: str) -> Badge:
    """Whether somebody was paged."""
    return Badge("bad", "Paged", "bell-ringing") if outcome == PAGED else Badge("idle", "Not paged")


def silence_badge(one: SilenceView) -> Badge:
    """How a silence is."""
    return {
        "active": Badge("warn", "In force"),
        "coming": Badge("info", "Comes"),
        "over": Badge("idle", "Over"),
        "ended": Badge("idle", "Ended"),
    }[one.state]


def integration_badge(one: IntegrationView) -> Badge:
    """How an integration is."""
    if one.archived_at is not None:
        return Badge("idle", "Archived")
    if one.confirm_url:
        return Badge("warn", "To be confirmed")
    if one.silent_since is not None:
        return Badge("bad", "Silent")
    if one.unreadable:
        return Badge("bad", "Some unread")
    return Badge("good", "Speaks") if one.last_seen_at else Badge("unknown", "Nothing yet")


def delivery_badge(one: ItemView) -> Badge:
    """How a message is."""
    return {
        "received": Badge("idle", "Waits to be read"),
        "read": Badge("good", "Read"),
        "failed": Badge("bad", "Could not be read"),
    }[one.state]


def passport(one: IntegrationView) -> tuple[Fact, ...]:
    """What an integration is and does."""
    return (
        Fact("For", one.team or one.service),
        Fact("Address", one.address),
        Fact("Key", f"{one.hint}…"),
        Fact("Pages from", SEVERITIES[one.pages_at], note="and lists what is less"),
        Fact("Over when not repeated for", _length(one.quiet_seconds), absent="Only when its sender says so"),
        Fact("Silent after", _length(one.silent_seconds), absent="Never"),
        Fact("Made by", one.created_by),
    )


def _length(seconds: int | None) -> str:
    if not seconds:
        return ""
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"


def rotating(one: IntegrationView) -> Confirmation:
    """What a new key means, before the button."""
    return Confirmation(
        id="rotate", title=f"New key for {one.name}", url=reverse("paging:rotate-integration", args=[one.name]),
        submit="Make a new key", keep="Keep the present one", rows=(("For 24 h", "either key opens the door"),),
        note="The new one is shown once. Give it to the sender before the 24 h are over.", icon="key", stop=False,
    )  # fmt: skip


def archiving(one: IntegrationView) -> Confirmation:
    """What archiving means, before the button."""
    return Confirmation(
        id="archive", title=f"Archive {one.name}", url=reverse("paging:archive-integration", args=[one.name]),
        submit="Close the door", keep="Keep it open",
        rows=(("Its key", "opens nothing"), ("What came", "stays, and its open alerts stay open")),
        note="It can be opened again.", icon="x",
    )  # fmt: skip
