"""Subscriptions in the words, badges and confirmations of their pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone

from roadbed.ground.shell import words
from roadbed.ground.shell.components import Badge, Confirmation, Fact
from roadbed.ground.subscriptions.queries import DeliveryView, SubscriptionView

FORMAT_WORDS: Final[Mapping[str, str]] = {
    "roadbed": "Signed JSON of the fact",
    "cdevents": "CDEvents in CloudEvents",
}
_STATES: Final[Mapping[str, Badge]] = {
    "waiting": Badge("idle", "Waits"),
    "sending": Badge("info", "Being sent"),
    "delivered": Badge("good", "Arrived"),
    "failed": Badge("bad", "Given up"),
}


def badge(view: SubscriptionView) -> Badge:
    """How a subscription is."""
    if view.state == "paused":
        return Badge("idle", "Paused") if view.paused_by != "Roadbed" else Badge("bad", "Paused by Roadbed")
    if view.failures:
        return Badge("warn", "Failing")
    return Badge("good", "Arrives") if view.delivered_at else Badge("unknown", "Nothing sent yet")


def delivery_badge(view: DeliveryView, *, of: SubscriptionView) -> Badge:
    """How a delivery is; one that waits after a failed try is not merely waiting."""
    if view.state == "waiting" and of.state == "paused":
        return Badge("idle", "Held while paused")
    if view.state == "waiting" and view.tries:
        return Badge("warn", "Tried again later")
    return _STATES[view.state]


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands under the header while something is not as it should be."""

    title: str
    detail: str


def notice(view: SubscriptionView, *, now: datetime) -> Notice | None:
    """Why nothing is sent, or why nothing arrives; and what to do next."""
    if view.state == "paused":
        why = view.paused_for or "No reason was given."
        mend = "Mend the receiver, send a test message, then send again. " if view.paused_by == "Roadbed" else ""
        return Notice(
            f"Paused by {view.paused_by}, nothing is sent", f"{why} {mend}What happens meanwhile is sent then."
        )
    if view.failures and view.failing_since:
        since = words.moment(timezone.localtime(view.failing_since), now=now)
        said = "The last try failed" if view.failures == 1 else f"The last {view.failures} tries failed"
        return Notice(said, f"Since {since}. The log says why. Tried again by itself, paused after three days.")
    return None


def passport(view: SubscriptionView) -> tuple[Fact, ...]:
    """What it asks for and where it goes."""
    return (
        Fact("Address", view.url),
        Fact("Format", FORMAT_WORDS[view.format]),
        Fact("Asks for", ", ".join(view.kinds)),
        Fact("Environment", view.environment, absent="Any"),
        Fact("Service", view.service, absent="Any"),
        Fact("Team", view.team, absent="Any"),
        Fact("Made by", view.created_by),
    )


def removing(view: SubscriptionView) -> Confirmation:
    """What removal means, before the button."""
    waiting = f"{view.waiting} {'delivery is' if view.waiting == 1 else 'deliveries are'} not sent"
    return Confirmation(
        id="remove",
        title=f"Remove {view.name}",
        url=reverse("subscriptions:remove", args=[view.uid]),
        submit="Remove the subscription",
        keep="Keep it",
        rows=(("Address", view.url), ("Waits", waiting)),
        note="Its delivery log goes with it. The facts stay in the ledger. To stop for a while, pause it.",
        icon="x",
    )


def rotating(view: SubscriptionView) -> Confirmation:
    """What a new secret means, before the button."""
    return Confirmation(
        id="rotate",
        title=f"New secret for {view.name}",
        url=reverse("subscriptions:rotate", args=[view.uid]),
        submit="Make a new secret",
        keep="Keep the present one",
        rows=(("For 24 h", "each delivery carries a signature by both secrets"),),
        note="The new one is shown once. Give it to the receiver before the 24 h are over.",
        icon="key",
        stop=False,
    )
