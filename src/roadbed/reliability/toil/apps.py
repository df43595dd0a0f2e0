"""The room toil: manual work that comes back, its share of people's time, and what to automate first."""

from django.apps import AppConfig


class ToilConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.reliability.toil"
    label = "toil"
    default_auto_field = "django.db.models.BigAutoField"
