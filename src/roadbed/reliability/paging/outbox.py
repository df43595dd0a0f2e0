"""What steps of pages write: pages, recipients and deliveries, gathered and inserted together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from roadbed.ground.people.models import Person
from roadbed.reliability.paging.links import page_digest
from roadbed.reliability.paging.models import Alert, Channel, Decision, Delivery, Recipient, new_uid
from roadbed.reliability.paging.reaching.wishes import plan_for, wishes_of
from roadbed.reliability.paging.rules.escalation import Step
from roadbed.reliability.paging.rules.methods import Wishes, urgency_of


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody who may sign in, the verified channels to them and what they wish of those."""

    person: Person
    channels: tuple[Channel, ...]
    wishes: Wishes


@dataclass
class Outbox:
    """A batch of pages takes few statements, however many there are.

    Attributes:
        pages, decisions: rows that are to be written before what points at them.
    """

    now: datetime
    pages: list[Alert] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    _recipients: list[Recipient] = field(default_factory=list)
    _deliveries: list[Delivery] = field(default_factory=list)
    _reach: dict[str, Reach | None] = field(default_factory=dict)

    def reachable(self, uids: Iterable[str]) -> list[Reach]:
        """Those of some people who may sign in, in their order."""
        wanted = list(uids)
        fresh = [uid for uid in wanted if uid not in self._reach]
        if fresh:
            people = list(Person.objects.filter(uid__in=fresh, is_active=True))
            wishes, channels = wishes_of(people), _verified(people)
            self._reach |= dict.fromkeys(fresh)
            self._reach |= {one.uid: Reach(one, tuple(channels.get(one.pk, ())), wishes[one.pk]) for one in people}
        return [found for uid in wanted if (found := self._reach[uid]) is not None]

    def fill(self, alert: Alert, reach: Reach, step: Step) -> datetime | None:
        """A page to one person as they wish it; answers when its first message is due, None where no channel is."""
        urgency = urgency_of(alert.severity)
        plan = plan_for(reach.wishes, list(reach.channels), urgency=urgency, now=self.now)
        if not plan:
            return None
        recipient = self._recipient(alert, reach.person, step)
        self._deliveries += [
            Delivery(
                alert=alert, recipient=recipient, channel=channel, cycle=alert.cycle, step=alert.step, turn=one.turn,
                key=new_uid(), queued_at=self.now, due_at=one.at,
            )
            for channel, one in plan
        ]  # fmt: skip
        return min(one.at for _, one in plan)

    def _recipient(self, alert: Alert, person: Person, step: Step) -> Recipient:
        # A page that is not written yet has reached nobody.
        known = Recipient.objects.filter(alert=alert, person=person).first() if alert.pk else None
        if known is not None:
            return known
        uid = new_uid()
        made = Recipient(
            uid=uid, alert=alert, person=person, digest=page_digest(uid), paged_at=self.now, reason=step.name
        )
        self._recipients.append(made)
        return made

    def write(self) -> None:
        """Insert everything in the open transaction."""
        Alert.objects.bulk_create(self.pages)
        Recipient.objects.bulk_create(self._recipients)
        Delivery.objects.bulk_create(self._deliveries)
        for one in self.decisions:
            # Made before its page had a row.
            one.page = one.page
        Decision.objects.bulk_create(self.decisions)
        self.pages, self.decisions, self._recipients, self._deliveries = [], [], [], []


def _verified(people: Iterable[Person]) -> dict[int, list[Channel]]:
    found: dict[int, list[Channel]] = {}
    rows = Channel.objects.filter(person__in=list(people), removed_at=None).exclude(verified_at=None)
    for channel in rows.order_by("pk"):
        found.setdefault(channel.person_id, []).append(channel)
    return found
