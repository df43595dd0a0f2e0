"""What Roadbed does for itself: forget finished jobs, old sessions, kept replies and links, and bound its logs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.utils import timezone

from roadbed.config import logs
from roadbed.config.folder import Folder
from roadbed.ground.api.models import KeptReply
from roadbed.ground.jobs import registry, usecases
from roadbed.ground.people.models import SignInLink
from roadbed.ground.ports import board

log = structlog.get_logger(__name__)

KEEP_JOBS = timedelta(hours=6)
KEEP_REPLIES = timedelta(days=1)


def register(folder: Folder) -> None:
    """Register the schedules."""

    @registry.job("house.keep_runtime", attempts=1, every=15, time_limit=600)
    def keep_runtime(run: Any, payload: dict[str, Any]) -> None:
        """Start the runtime's daemon or edge again where one of them was killed; what runs is adopted."""
        del run, payload
        for line in board.runtime().reconcile():
            log.warning("runtime.reconciled", what=line)

    @registry.job("house.tidy", every=600)
    def tidy(run: Any, payload: dict[str, Any]) -> None:
        del run, payload
        now = timezone.now()
        usecases.forget_finished(before=now - KEEP_JOBS)
        KeptReply.objects.filter(created_at__lt=now - KEEP_REPLIES).delete()
        Session.objects.filter(expire_date__lt=now).delete()
        SignInLink.objects.filter(expires_at__lt=now - KEEP_REPLIES).delete()
        logs.bound(folder.logs)
