"""How the incidents of a demo leave: those on its services, with what the status page shows of them."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.incidents.models import Component, Incident, Mailing, Maintenance, Update


def forget(held: Belongings) -> Gone:
    """Delete them; their facts are about themselves and follow."""
    found = Incident.objects.filter(service_uid__in=held.entities)
    subjects = frozenset(found.values_list("uid", flat=True))
    shown = Component.objects.filter(service_uid__in=held.entities)
    uids = set(shown.values_list("uid", flat=True))
    # Work that is planned on the demo's components alone goes with them.
    planned = [row for row in Maintenance.objects.all() if row.components and uids.issuperset(row.components)]
    works = Maintenance.objects.filter(pk__in=[row.pk for row in planned])
    subjects |= frozenset(works.values_list("uid", flat=True))
    updates = Update.objects.filter(incident__in=found).values_list("uid", flat=True)
    gone = Mailing.objects.filter(about__in=list(updates)).delete()[0] + works.delete()[0] + shown.delete()[0]
    return Gone(gone + found.delete()[0], subjects)
