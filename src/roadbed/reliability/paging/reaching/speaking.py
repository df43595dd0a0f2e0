"""Who speaks to Roadbed from a chat, and which pages they mean."""

from __future__ import annotations

from roadbed.ground.errors import Conflict, NotFound
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import Caller
from roadbed.reliability.paging.links import token_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery

SHORTEST = 6
"""Characters of a page's uid that name it."""


def caller_in_chat(kind: str, address: str) -> Caller | None:
    """The person who verified that address of a chat; None for anybody else, whatever name they show."""
    rows = Channel.objects.select_related("person").filter(
        kind=kind, address=address, removed_at=None, person__is_active=True
    ).exclude(verified_at=None)  # fmt: skip
    found = rows.order_by("pk").first()
    return caller_of_person(found.person) if found else None


def waiting(caller: Caller) -> list[Alert]:
    """Pages that were made out to somebody and that nobody has, the newest first."""
    rows = Alert.objects.filter(recipients__person__uid=caller.uid, state__in=[Alert.PAGING, Alert.EXHAUSTED])
    return list(rows.distinct().order_by("-pk")[:10])


def held(caller: Caller) -> list[Alert]:
    """Open pages that somebody has, the newest first."""
    rows = Alert.objects.filter(acknowledged_by=caller.uid, state=Alert.ACKNOWLEDGED)
    return list(rows.order_by("-pk")[:10])


def named(text: str) -> Alert | None:
    """The open page that a word names by the beginning of its uid; None where it names none.

    Raises:
        Conflict: when it names several.
    """
    word = text.strip().strip("`").lower()
    if len(word) < SHORTEST or not word.isalnum():
        return None
    rows = list(Alert.objects.filter(uid__startswith=word, closed_at=None)[:2])
    if len(rows) > 1:
        raise Conflict(f"{word} names several pages.", remedy="Write more of it.")
    return rows[0] if rows else None


def one_of(pages: list[Alert], what: str) -> Alert:
    """The only one. Raises NotFound for none, Conflict for several."""
    if not pages:
        raise NotFound(what, remedy="`/roadbed ack PAGE` and `/roadbed resolve PAGE REASON` name one by its uid.")
    if len(pages) > 1:
        names = ", ".join(f"{page.uid[:8]} ({page.title[:60]})" for page in pages)
        raise Conflict(f"{len(pages)} pages are meant: {names}.", remedy="Name one by its uid.")
    return pages[0]


def token_for(page: Alert, kind: str, address: str) -> str:
    """What a button that acknowledges holds; empty where no message of the page went to that address."""
    rows = Delivery.objects.filter(alert=page, channel__kind=kind, channel__address=address, answered_at=None)
    uid = rows.order_by("-pk").values_list("uid", flat=True).first()
    return token_of(uid) if uid else ""
