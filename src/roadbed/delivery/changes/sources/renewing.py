"""Sealing sources' secrets anew when the master key is rotated."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.models import Source
from roadbed.ground.asks.sealed import Kept, Renew

_COLUMNS: Final = ("sealed", "former_sealed")


def _renew(renew: Renew) -> int:
    """Each column under the condition that it holds what was read: a source that rotates meanwhile keeps its own."""
    done = 0
    for pk, *held in Source.objects.values_list("pk", *_COLUMNS):
        for column, old in zip(_COLUMNS, held, strict=True):
            if old is not None:
                fresh = renew(bytes(old))
                done += Source.objects.filter(pk=pk, **{column: old}).update(**{column: fresh})
    return done


SOURCES: Final = Kept(Source.objects.exists, _renew)
