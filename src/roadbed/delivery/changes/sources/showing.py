"""Sources in the words, badges and confirmations of their pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

from roadbed.delivery.changes.quality.rules import Finding
from roadbed.delivery.changes.sources.queries import SourceView
from roadbed.ground.shell.components import Badge, Confirmation, Fact

_DELIVERIES: Final[Mapping[str, Badge]] = {
    "received": Badge("idle", "Waits to be read"),
    "read": Badge("good", "Read"),
    "failed": Badge("bad", "Could not be read"),
}
_FINDINGS: Final[Mapping[str, Badge]] = {
    "good": Badge("good", "Good"),
    "warn": Badge("warn", "Look at it"),
    "bad": Badge("bad", "Mend it"),
    "unknown": Badge("unknown", "No data"),
}


def badge(view: SourceView) -> Badge:
    """How a source is."""
    if view.archived_at is not None:
        return Badge("idle", "Archived")
    if view.last_delivery_at is None:
        return Badge("unknown", "Nothing yet")
    if view.silent_since is not None:
        return Badge("bad", "Silent")
    return Badge("warn", "Some unread") if view.unreadable else Badge("good", "Delivers")


def delivery_badge(state: str) -> Badge:
    """How a delivery is."""
    return _DELIVERIES[state]


def finding_badge(finding: Finding) -> Badge:
    """How grave a finding is."""
    return _FINDINGS[finding.level]


def passport(view: SourceView) -> tuple[Fact, ...]:
    """What it is and what opens it."""
    return (
        Fact("Address", view.address),
        Fact("Proof", view.proof),
        Fact("Pipelines that deploy", ", ".join(view.deploys), absent="None by name"),
        Fact("They deploy to", view.environment if view.deploys else "", absent="Where each says"),
        Fact("Made by", view.created_by),
    )


def rotating(view: SourceView) -> Confirmation:
    """What a new secret means, before the button."""
    return Confirmation(
        id="rotate",
        title=f"New secret for {view.name}",
        url=reverse("changes:rotate-source", args=[view.name]),
        submit="Make a new secret",
        keep="Keep the present one",
        rows=(("For 24 h", "either secret opens the door"),),
        note="The new one is shown once. Give it to the sender before the 24 h are over.",
        icon="key",
        stop=False,
    )


def archiving(view: SourceView) -> Confirmation:
    """What archiving means, before the button."""
    return Confirmation(
        id="archive",
        title=f"Archive {view.name}",
        url=reverse("changes:archive-source", args=[view.name]),
        submit="Close the door",
        keep="Keep it open",
        rows=(("Address", view.address), ("In 7 days", f"{view.deliveries} deliveries")),
        note="What came through it stays, and it can be opened again with the secret that it had.",
        icon="x",
    )
