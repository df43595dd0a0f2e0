"""The shapes of digests over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

PLAIN = r"^[^\x00]*$"


class DigestIn(Schema):
    """Whether and when one wants digests: on, off, or as the own teams have it."""

    wanted: Annotated[str, Field(max_length=10)]
    day: Annotated[str, Field(max_length=10)] = "monday"
    hour: int = 8
    zone: Annotated[str, Field(max_length=60, pattern=PLAIN)] = "UTC"


class DigestTeamIn(Schema):
    """Whether a team's members get digests unless they say otherwise."""

    wanted: bool


class DigestTeam(Schema):
    """A team with that."""

    team: str
    wanted: bool


class DigestIssue(Schema):
    """One digest: waiting, sending, sent, empty, failed or unknown."""

    week: str
    due_at: datetime
    state: str
    subject: str
    error: str
    ended_at: datetime | None


class DigestSettings(Schema):
    """What one wants; `sends` is whether that comes to digests, `next_at` when the next one is due."""

    wanted: str
    day: str
    hour: int
    zone: str
    sends: bool
    next_at: datetime | None
    teams: list[DigestTeam]
    issues: list[DigestIssue]


class DigestMoved(Schema):
    """A figure that moved by more than chance explains, four weeks against the four before."""

    metric: str
    title: str
    before: str
    now: str
    better: bool
    url: str


class DigestLine(Schema):
    """One line; `tone` is good, warn, bad or plain, `news` whether it is worth a mail by itself."""

    text: str
    url: str
    tone: str
    news: bool


class DigestSection(Schema):
    """Lines of one kind; `failed` where they could not be told."""

    key: str
    title: str
    lines: list[DigestLine]
    failed: bool


class DigestPart(Schema):
    """One team's part; `compared` is how many figures could be compared."""

    team: str
    compared: int
    moved: list[DigestMoved]
    sections: list[DigestSection]


class DigestPreview(Schema):
    """The digest as it would be sent now. An empty one is not sent."""

    subject: str
    empty: bool
    since: datetime
    until: datetime
    parts: list[DigestPart]
    text: str
