"""What we need of whatever reaches people and machines: deliver one message, say how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        key: the same for every attempt at the same message, so that a provider can drop a second one.
        address: an e-mail address, a webhook's URL, whatever the channel takes.
        subject: one line.
        text: plain text, lines of any length.
        link: where the reader acts; shown, never acted on by a GET.
        data: for machines, as JSON.
        server: a mail server of the channel's own, as smtp://host:port; empty for the one that is set for all.
        secret: signs a webhook; empty for channels that sign nothing. Never logged.
        former_secret: the secret before it, while receivers change over; it signs as well.
        body: sent as it stands instead of what the fields above make; `content_type` says what it is.
        headers: sent besides the channel's own.
        short: what fits a text message or is spoken; the subject where it is empty.
        urgent: whether it may wake somebody; a channel that knows loud and quiet chooses by it.
        token: proves, when it comes back by a button, a reply or a key press, that its sender got this message.
        answers: the address under which such answers arrive; empty where nothing can be answered.
        reply_to: the mail address at which a reply acknowledges.
        html: the text once more as a page, for mail programs that show one; channels without such a thing leave it.
    """

    key: str
    address: str
    subject: str
    text: str
    link: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    server: str = ""
    former_secret: str = field(default="", repr=False)
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    short: str = ""
    urgent: bool = True
    token: str = field(default="", repr=False)
    answers: str = ""
    reply_to: str = field(default="", repr=False)
    html: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The provider took it. `provider_id` is its own name for the message, `status` what an HTTP answer said."""

    provider_id: str
    status: int | None = None


class NotDelivered(Exception):  # noqa: N818 - an outcome that decides about another attempt
    """It did not arrive, as far as is known.

    Attributes:
        reason: what the provider said, for the delivery log.
        permanent: another attempt with the same address is of no use.
        unknown: it may have arrived all the same (time-out after sending); it is sent again with the same key.
        status: what an HTTP answer said; None without one.
        after: seconds that the provider asks to wait before the next attempt; None when it did not say.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        status: int | None = None,
        after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason
        self.permanent = permanent
        self.unknown = unknown
        self.status = status


class Notifier(Protocol):
    """One channel."""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
