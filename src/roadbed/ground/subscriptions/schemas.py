"""What the API of subscriptions takes and answers; OpenAPI is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant
from roadbed.ground.subscriptions.usecases import Wish

PLAIN = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=500, pattern=PLAIN)]
Format = Literal["roadbed", "cdevents"]


class SubscriptionIn(Schema):
    """Who is sent what."""

    name: Annotated[str, Field(description="Lower-case letters, digits and hyphens.", max_length=80, pattern=PLAIN)]
    url: Annotated[Text, Field(description="Where each fact is posted to; http or https.")]
    kinds: Annotated[
        list[Annotated[str, Field(max_length=80, pattern=PLAIN)]],
        Field(description="Kinds of facts, beginnings like `incident.*`, or `*`.", max_length=200),
    ]
    format: Annotated[Format, Field(description="Roadbed's own JSON, or CloudEvents that carry CDEvents.")] = "roadbed"
    environment: Annotated[str, Field(description="Only facts of this environment.", max_length=40, pattern=PLAIN)] = ""
    service: Annotated[str, Field(description="Only facts about this service.", max_length=130, pattern=PLAIN)] = ""
    team: Annotated[
        str, Field(description="Only facts about services that this team owns.", max_length=63, pattern=PLAIN)
    ] = ""

    def wish(self) -> Wish:
        """The same as the use-case takes it."""
        return Wish(
            name=self.name, url=self.url, kinds=tuple(self.kinds), form=self.format,
            environment=self.environment, service=self.service, team=self.team,
        )  # fmt: skip


class SubscriptionOut(Schema):
    """One subscription and how it is; `behind` counts positions of the ledger that it has not read yet."""

    uid: str
    name: str
    url: str
    format: str
    kinds: list[str]
    environment: str
    service: str
    team: str
    state: str
    paused_at: datetime | None
    paused_by: str
    paused_for: str
    both_sign_until: datetime | None
    behind: int
    waiting: int
    given_up: int
    oldest_waiting_at: datetime | None
    failures: int
    failing_since: datetime | None
    quiet_until: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    created_by: str


class SubscriptionList(Schema):
    """All subscriptions, by name."""

    items: list[SubscriptionOut]


class SubscriptionMade(SubscriptionOut):
    """A subscription with the secret that signs its deliveries from now on, shown this once."""

    secret: str


class SubscriptionKindOut(Schema):
    """A kind that can be asked for, the type under which it leaves as a CloudEvent, and whether CDEvents has it."""

    kind: str
    type: str
    cdevents: bool


class SubscriptionKindList(Schema):
    """All kinds, in order of the alphabet."""

    items: list[SubscriptionKindOut]


class PauseIn(Schema):
    """Why nothing is sent for a while."""

    reason: Annotated[str, Field(max_length=400, pattern=PLAIN)] = ""


class ResumeIn(Schema):
    """Whether what happened meanwhile is left out."""

    skip: bool = False


class RotateIn(Schema):
    """For how long the former secret signs as well."""

    overlap_hours: Annotated[float, Field(description="0 to 168.", allow_inf_nan=False, ge=-1e6, le=1e6)] = 24.0


class ReplayIn(Schema):
    """Which past is sent: one fact, or all since an instant."""

    fact: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    since: Instant | None = None


class ReplayOut(Schema):
    """How many facts are sent at most; the other filters of the subscription still apply."""

    facts: int


class EventOut(Schema):
    """One line of the delivery log; `id` is the identity that receivers see, the same at every try."""

    uid: str
    id: str
    fact: str
    kind: str
    state: str
    tries: int
    status: int | None
    seconds: float | None
    reason: str
    queued_at: datetime
    tried_at: datetime | None
    next_at: datetime | None
    ended_at: datetime | None
    given_up_at: datetime | None


class EventPage(Schema):
    """Deliveries, and where the next ones begin."""

    items: list[EventOut]
    next_cursor: str | None


class EventWhole(EventOut):
    """One delivery with what was sent; empty before the first try. The signature is never kept."""

    body: str
    content_type: str
