"""The room changes: which deployment carried what, read from the facts."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.delivery.changes"
    label = "changes"
    default_auto_field = "django.db.models.BigAutoField"
