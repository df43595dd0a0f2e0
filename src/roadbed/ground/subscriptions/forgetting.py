"""How a demo leaves subscriptions: those to its services end, and the log lets go of what its facts became."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ledger.models import Fact
from roadbed.ground.subscriptions.models import Delivery, Subscription


def forget(held: Belongings) -> Gone:
    """Delete them. Facts went before, so that a delivery without its fact is one of the demo's."""
    rows = Subscription.objects.filter(service_uid__in=held.entities).delete()[0]
    kept = Fact.objects.filter(uid=OuterRef("fact"))
    orphans = Delivery.objects.exclude(fact="").exclude(Exists(kept)).exclude(state=Delivery.SENDING)
    return Gone(rows + orphans.delete()[0])
