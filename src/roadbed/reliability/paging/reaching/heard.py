"""Signed requests are obeyed once: the same one again, within the time in which its signature holds, is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction

from roadbed.reliability.paging.models import Heard

KEPT: Final = timedelta(minutes=30)
"""Longer than any signature holds, whichever way two clocks differ."""


def is_new(proof: str, *, now: datetime) -> bool:
    """Note a proof; answers False for one that was there before, also when two come at once."""
    Heard.objects.filter(at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            Heard.objects.create(digest=sha256(proof.encode()).hexdigest(), at=now)
    except IntegrityError:
        return False
    return True
