"""The room runbooks: what to do when something pages, kept with the service, run step by step and recorded."""

from django.apps import AppConfig


class RunbooksConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.platform.runbooks"
    label = "runbooks"
    default_auto_field = "django.db.models.BigAutoField"
