"""How many entities of each kind there are, for headlines and tabs."""

from __future__ import annotations

from django.db.models import Count

from roadbed.ground.catalog.models import Entity


def tally() -> dict[str, int]:
    """By kind; a kind without entities is left out."""
    rows = Entity.objects.order_by().values_list("kind").annotate(number=Count("id"))
    return dict(rows)
