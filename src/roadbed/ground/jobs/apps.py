"""The room jobs: durable work in the background."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
