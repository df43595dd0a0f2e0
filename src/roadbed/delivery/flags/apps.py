"""The room flags: what of a service is on, for whom, in which environment."""

from django.apps import AppConfig


class FlagsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.delivery.flags"
    label = "flags"
    default_auto_field = "django.db.models.BigAutoField"
