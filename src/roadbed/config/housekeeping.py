"""What Roadbed does for itself: forget finished jobs, old sessions, kept replies and links, and bound its logs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone

from roadbed.config import logs
from roadbed.config.folder import Folder
from roadbed.ground.api.models import KeptReply
from roadbed.ground.jobs import registry, usecases
from roadbed.ground.people.models import SignInLink

KEEP_JOBS = timedelta(hours=6)
KEEP_REPLIES = timedelta(days=1)


def register(folder: Folder) -> None:
    """Register the schedules."""

    @registry.job("house.tidy", every=600)
    def tidy(run: Any, payload: dict[str, Any]) -> None:
        del run, payload
        now = timezone.now()
        usecases.forget_finished(before=now - KEEP_JOBS)
        KeptReply.objects.filter(created_at__lt=now - KEEP_REPLIES).delete()
        Session.objects.filter(expire_date__lt=now).delete()
        SignInLink.objects.filter(expires_at__lt=now - KEEP_REPLIES).delete()
        logs.bound(folder.logs)
