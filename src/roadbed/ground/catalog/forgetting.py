"""How the entities of a demo leave the catalogue, with their files, relations, engagements and repositories."""

from __future__ import annotations

import contextlib

from roadbed.ground.catalog.models import Engagement, Entity, Location
from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable


def forget(held: Belongings) -> Gone:
    """Delete what was read from the demo's repositories, then the repositories."""
    rows = Engagement.objects.filter(service__uid__in=held.entities).delete()[0]
    found = Entity.objects.filter(uid__in=held.entities) | Entity.objects.filter(
        location__location__in=held.repositories
    )
    subjects = frozenset(found.values_list("uid", flat=True))
    rows += found.delete()[0]
    rows += Location.objects.filter(location__in=held.repositories).delete()[0]
    for location in sorted(held.repositories):
        with contextlib.suppress(CodeUnavailable, FileNotFoundError):
            board.code_host().remove(location)
    return Gone(rows, subjects)
