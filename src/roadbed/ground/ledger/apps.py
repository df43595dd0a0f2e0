"""The room ledger: what happened, in order, and who reads it."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
