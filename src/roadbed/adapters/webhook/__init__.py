"""Signed webhooks, behind the notifier port."""

from roadbed.adapters.webhook.notifier import SIGNATURE, TIMESTAMP, WebhookNotifier
from roadbed.adapters.webhook.signing import is_signed, signature_of

__all__ = ["SIGNATURE", "TIMESTAMP", "WebhookNotifier", "is_signed", "signature_of"]
