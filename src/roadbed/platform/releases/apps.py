"""The room releases: what is built, started, switched to and rolled back, and what others deployed."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.platform.releases"
    label = "releases"
    default_auto_field = "django.db.models.BigAutoField"
