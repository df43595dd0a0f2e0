"""Secrets that are derived from the installation's key and never stored: links, and what signs a webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings


def derived(purpose: str, uid: str) -> str:
    """The secret of one thing for one purpose; whoever lacks the installation's key cannot tell it."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"roadbed.{purpose}:{uid}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")
