"""The room freezes: times in which changes wait."""

from django.apps import AppConfig


class FreezesConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.delivery.freezes"
    label = "freezes"
    default_auto_field = "django.db.models.BigAutoField"
