"""Kestrel Parcels as data: its teams, its people, its services with what they promise and how they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

ORGANIZATION: Final = "Kestrel Parcels"
DOMAIN: Final = "kestrel.invalid"
"""No mail server and no host can have this name, so nothing that is sent to it leaves the machine."""

PLATFORM: Final = "platform"
RELIABILITY: Final = "reliability"
ZONE: Final = "Europe/Stockholm"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the company. `channel` is whether a page would reach them."""

    name: str
    team: str
    lead: bool = False
    channel: bool = True

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its charter. `rotates` names who is on call, in order; nobody for a team without a rotation."""

    name: str
    title: str
    layer: str
    customers: str
    measured_on: str
    rotates: tuple[str, ...] = ()
    weekday: str = "monday"


@dataclass(frozen=True, slots=True)
class Promise:
    """An objective. `left` is the share of its budget that is left when the demo is made; None for idle."""

    name: str
    title: str
    target: str
    left: float | None
    within_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service.

    Attributes:
        rate: requests a minute, on average over a day.
        deployed: how often in 28 days; `version` is the newest one's number, `hours_ago` when that was.
        fails: the share of deployments that need a remedy; `lead_hours` is the median way of a commit.
        path: the golden path that made it, empty for none.
    """

    name: str
    description: str
    team: str
    tier: str
    system: str
    rate: int
    promises: tuple[Promise, ...]
    deployed: int = 0
    version: int = 0
    hours_ago: float = 24.0
    fails: float = 0.12
    lead_hours: float = 20.0
    path: str = ""
    calls: tuple[str, ...] = ()
    silent: bool = field(default=False)


TEAMS: Final = (
    Team(
        "storefront", "Storefront", "product", "Senders who buy postage", "Labels bought, checkout's objectives",
        ("Yuki Tanabe", "Piet Haan", "Amara Obi"),
    ),
    Team(
        "tracking", "Tracking", "product", "Recipients who wait for a parcel", "Lookups answered, scans stored",
        ("Mara Lindqvist", "Dele Akande", "Ines Carvalho", "Tomasz Wierzba"), "friday",
    ),
    Team(
        "routing", "Routing", "product", "Drivers and their vans", "Rounds planned by 05:00, arrival times",
        ("Sunita Rao", "Emil Strand", "Rafael Moreno"),
    ),
    Team(
        "depot", "Depot", "product", "31 depots and their staff", "Docks and lockers that answer",
        ("Luis Ferrer", "Noor Aziz"),
    ),
    Team(
        "billing", "Billing", "product", "Business senders", "Invoices out on time, card events received",
        ("Jonas Feld",),
    ),
    Team(
        RELIABILITY, "Reliability", "reliability", "The teams whose services it is engaged on",
        "Budgets kept on its engagements, actions closed in time", ("Hanne Brandt", "Kofi Mensah"),
    ),
)  # fmt: skip

PEOPLE: Final = (
    Person("Yuki Tanabe", "storefront", lead=True),
    Person("Piet Haan", "storefront"),
    Person("Amara Obi", "storefront"),
    Person("Mara Lindqvist", "tracking", lead=True),
    Person("Dele Akande", "tracking"),
    Person("Ines Carvalho", "tracking"),
    Person("Tomasz Wierzba", "tracking"),
    Person("Sunita Rao", "routing", lead=True),
    Person("Emil Strand", "routing"),
    Person("Rafael Moreno", "routing"),
    Person("Luis Ferrer", "depot", lead=True),
    Person("Noor Aziz", "depot"),
    Person("Lena Vogt", "depot", channel=False),
    Person("Jonas Feld", "billing", lead=True),
    Person("Agnes Toth", "billing", channel=False),
    Person("Hanne Brandt", RELIABILITY, lead=True),
    Person("Kofi Mensah", RELIABILITY),
    Person("Priya Raman", PLATFORM, lead=True),
    Person("Oskar Lind", PLATFORM),
    Person("Wei Chen", PLATFORM),
)

SYSTEMS: Final = (
    ("buying-postage", "Buying postage", "storefront"),
    ("customer-tracking", "Customer tracking", "tracking"),
    ("planning-rounds", "Planning rounds", "routing"),
    ("labels-and-returns", "Labels and returns", "storefront"),
    ("depots", "Depots and lockers", "depot"),
    ("invoicing", "Invoicing", "billing"),
)
RESOURCES: Final = (("scan-store", "Every scan of the last 90 days", "tracking"), ("ledger-db", "Bookings", "billing"))

PYTHON, NODE = "python-http-service", "node-http-service"

SERVICES: Final = (
    Service(
        "checkout-web", "Buy postage in the browser", "storefront", "1", "buying-postage", 320,
        (Promise("pages-answered", "Pages answered", "0.999", 0.642),), deployed=52, version=806, hours_ago=2.1,
        fails=0.08, lead_hours=11, path=NODE, calls=("label-api", "rate-quote", "payment-hooks"),
    ),
    Service(
        "label-api", "Create, price and void labels", "storefront", "1", "labels-and-returns", 410,
        (
            Promise("labels-created", "Labels created", "0.999", 0.529),
            Promise("labels-in-time", "Created within 500 ms", "0.99", 0.701, 500),
        ),
        deployed=49, version=655, hours_ago=0.7, fails=0.09, lead_hours=11, path=PYTHON, calls=("rate-quote",),
    ),
    Service(
        "rate-quote", "Prices a parcel in 80 ms", "storefront", "2", "labels-and-returns", 900,
        (Promise("quotes-answered", "Quotes answered", "0.999", 0.904),), deployed=40, version=512, hours_ago=2.6,
        fails=0.08, lead_hours=10,
    ),
    Service(
        "parcel-tracking", "Tells anyone with a tracking number where the parcel is", "tracking", "1",
        "customer-tracking", 843,
        (
            Promise("lookups-answered", "Lookups answered", "0.999", -0.023),
            Promise("lookups-in-time", "Answered within 300 ms", "0.99", 0.421, 300),
        ),
        deployed=31, version=412, hours_ago=0.45, fails=0.13, lead_hours=14,
        calls=("scan-ingest", "eta-predictor", "proof-of-delivery"),
    ),
    Service(
        "scan-ingest", "Scanner events from 31 depots", "tracking", "1", "customer-tracking", 1500,
        (Promise("scans-stored", "Scans stored", "0.999", 0.184),), deployed=22, version=268, hours_ago=22,
        fails=0.14, lead_hours=16,
    ),
    Service(
        "notify-recipient", "Mail and SMS to recipients", "tracking", "2", "customer-tracking", 240,
        (Promise("messages-sent", "Messages sent", "0.995", 0.81),), deployed=18, version=97, hours_ago=75,
        fails=0.11, lead_hours=13, path=PYTHON, calls=("parcel-tracking",),
    ),
    Service(
        "proof-of-delivery", "Photos and signatures", "tracking", "2", "customer-tracking", 200,
        (Promise("photos-stored", "Photos stored", "0.995", 0.62),), deployed=7, version=31, hours_ago=216,
        fails=0.14, lead_hours=20, silent=True,
    ),
    Service(
        "eta-predictor", "Arrival times from scans and roads", "routing", "2", "planning-rounds", 500,
        (Promise("estimates-answered", "Estimates answered", "0.995", 0.117),), deployed=32, version=340, hours_ago=5.2,
        fails=0.15, lead_hours=27, calls=("scan-ingest",),
    ),
    Service(
        "route-planner", "Van rounds for tomorrow", "routing", "1", "planning-rounds", 60,
        (Promise("plans-answered", "Plans answered", "0.995", 0.388),), deployed=40, version=421, hours_ago=7.3,
        fails=0.13, lead_hours=26, calls=("eta-predictor",),
    ),
    Service(
        "depot-board", "Dock and belt status for depots", "depot", "2", "depots", 90,
        (Promise("boards-answered", "Boards answered", "0.995", 0.88),), deployed=34, version=231, hours_ago=25,
        fails=0.16, lead_hours=33, calls=("scan-ingest",),
    ),
    Service(
        "locker-gateway", "Opens parcel lockers", "depot", "1", "depots", 120,
        (Promise("lockers-opened", "Lockers opened", "0.999", 0.435),), deployed=20, version=144, hours_ago=73,
        fails=0.17, lead_hours=34,
    ),
    Service(
        "payment-hooks", "Receives card processor events", "billing", "1", "invoicing", 150,
        (Promise("events-received", "Events received", "0.999", 0.713),), deployed=29, version=188, hours_ago=26,
        fails=0.13, lead_hours=68,
    ),
    Service(
        "invoice-runner", "Monthly invoices for business senders", "billing", "2", "invoicing", 0,
        (Promise("invoices-built", "Invoices built", "0.99", None),), calls=("payment-hooks",),
    ),
)  # fmt: skip

RUNNING: Final = "return-label"
"""The one service that really runs: on a golden path, deployed by this Roadbed, asked through its edge."""
RUNNING_TEAM: Final = "storefront"


def service(name: str) -> Service:
    """A service by its name."""
    return next(one for one in SERVICES if one.name == name)


def team_of(name: str) -> str:
    """The team of a person."""
    return next(one.team for one in PEOPLE if one.name == name)
