"""What people decided on ordinary days, as data: flags, freezes, overrides, engagements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Switch:
    """A flag set so many days ago."""

    days: float
    state: str
    by: str
    reason: str
    environment: str = "production"


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag with what it was set to, oldest first."""

    service: str
    key: str
    kind: str
    description: str
    switches: tuple[Switch, ...]


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze of a team. Days are ago; one that is to come has a negative `starts`."""

    team: str
    reason: str
    declared: float
    starts: float
    hours: int
    by: str
    lifted: float | None = None


@dataclass(frozen=True, slots=True)
class Engaged:
    """The reliability team's engagement on a service."""

    service: str
    days: float
    review: str
    objectives: tuple[str, ...]
    hand_back: tuple[str, ...]
    ended: float | None = None
    reason: str = ""


SHARE, PLAIN = "percentage", "boolean"

FLAGS: Final = (
    Flag(
        "parcel-tracking",
        "eta-v2",
        SHARE,
        "Arrival times from eta-predictor v2 instead of the table",
        (
            Switch(9, "100%", "Tomasz Wierzba", "Try it where nobody waits", "staging"),
            Switch(3, "10%", "Tomasz Wierzba", "First tenth"),
            Switch(1, "25%", "Tomasz Wierzba", "Lookups answered unchanged for 20 h"),
        ),
    ),
    Flag(
        "parcel-tracking",
        "depot-names-cache",
        SHARE,
        "Keep depot names for 10 minutes",
        (Switch(12, "50%", "Ines Carvalho", "Half of the lookups"), Switch(8.5, "100%", "Ines Carvalho", "Settled")),
    ),
    Flag(
        "parcel-tracking",
        "batch-reads",
        SHARE,
        "Read scans in batches",
        (
            Switch(15, "100%", "Dele Akande", "With its release"),
            Switch(13.9, "0%", "Mara Lindqvist", "Off after the retry storm"),
        ),
    ),
    Flag(
        "parcel-tracking",
        "eta-v1-cache",
        PLAIN,
        "Keep arrival times of the first model",
        (Switch(45, "off", "Tomasz Wierzba", "Made with its release"),),
    ),
    Flag(
        "scan-ingest",
        "two-number-merge",
        SHARE,
        "Join parcels that have two numbers",
        (
            Switch(20, "100%", "Dele Akande", "Every scan of staging", "staging"),
            Switch(6, "20%", "Dele Akande", "A fifth of the depots"),
            Switch(3, "40%", "Dele Akande", "No complaints"),
        ),
    ),
    Flag(
        "notify-recipient",
        "sms-provider-b",
        SHARE,
        "A second way to send messages",
        (
            Switch(25, "50%", "Mara Lindqvist", "Half of staging", "staging"),
            Switch(9, "15%", "Mara Lindqvist", "Kept on purpose, so that both ways are used"),
        ),
    ),
    Flag(
        "proof-of-delivery",
        "photo-webp",
        PLAIN,
        "Smaller photos",
        (Switch(58, "on", "Dele Akande", "Photos a third of the size"),),
    ),
    Flag(
        "checkout-web",
        "last-depot",
        PLAIN,
        "Offer the depot of the last order first",
        (
            Switch(27, "on", "Piet Haan", "With its release"),
            Switch(25.9, "off", "Yuki Tanabe", "Until senders without one can pay"),
        ),
    ),
    Flag(
        "checkout-web",
        "pickup-in-cart",
        SHARE,
        "Pickup as an option in the cart",
        (Switch(5, "5%", "Amara Obi", "First twentieth"), Switch(2, "50%", "Amara Obi", "More are bought")),
    ),
    Flag(
        "label-api",
        "two-labels",
        PLAIN,
        "Two labels on one sheet",
        (Switch(4, "on", "Amara Obi", "Ready"), Switch(2.9, "off", "Piet Haan", "Returns have one label")),
    ),
    Flag(
        "rate-quote",
        "bulky-prices",
        PLAIN,
        "Prices above 20 kg",
        (Switch(31, "on", "Yuki Tanabe", "Sales asks for it"),),
    ),
    Flag(
        "route-planner",
        "bridge-list",
        PLAIN,
        "Plan around closed bridges",
        (
            Switch(8, "on", "Emil Strand", "With its release"),
            Switch(7.9, "off", "Sunita Rao", "The list is empty in production"),
        ),
    ),
    Flag(
        "eta-predictor",
        "stop-times",
        SHARE,
        "Stop times of last week",
        (Switch(6.2, "25%", "Rafael Moreno", "A quarter of the rounds"),),
    ),
    Flag(
        "depot-board",
        "quiet-nights",
        PLAIN,
        "Dim the board at night",
        (Switch(22, "on", "Noor Aziz", "Staff asked for it"),),
    ),
    Flag(
        "locker-gateway",
        "vendor-link-retry",
        PLAIN,
        "Open the vendor's link again when it is lost",
        (Switch(33, "on", "Luis Ferrer", "Every restart by hand is one too many"),),
    ),
    Flag(
        "payment-hooks",
        "card-refunds",
        SHARE,
        "Refunds from the card processor",
        (Switch(11, "10%", "Jonas Feld", "Refunds under 20 euros"),),
    ),
)

FREEZES: Final = (
    Freeze("storefront", "Campaign day: twice the senders, so nothing new in the shop", 20, 16, 34, "Yuki Tanabe"),
    Freeze("billing", "Month end: invoices are being built", 29, 28.5, 60, "Jonas Feld", lifted=27),
    Freeze(
        "tracking",
        "Peak week: three times the parcels. Fixes and rollbacks go out as always",
        4,
        -6,
        96,
        "Mara Lindqvist",
    ),
    Freeze("depot", "Peak week: all docks are manned", 3, -6, 96, "Luis Ferrer"),
)

OVERRIDES: Final = (
    "Promised to sales for Friday; we watch it for an hour.",
    "A partner changes its interface at noon, and this follows it.",
    "The text on the page is wrong, and everybody reads it.",
)

ENGAGED: Final = Engaged(
    "scan-ingest",
    24,
    "Rollback rehearsed in staging, runbook read by both teams. Open: one queue for all depots.",
    ("Scans stored: 99.9% over 30 days",),
    ("Two months within budget", "Each depot has a queue of its own", "Tracking has rehearsed the rollback twice"),
)
ENDED: Final = Engaged(
    "locker-gateway",
    56,
    "Restarts counted, runbook for the vendor's link written, second on call missing.",
    ("Lockers opened: 99.9% over 30 days",),
    ("A month within budget", "A second is on call"),
    ended=32,
    reason="A month within budget; Noor Aziz is second on call.",
)
