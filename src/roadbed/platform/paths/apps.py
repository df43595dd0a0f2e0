"""The room paths: golden paths, what was made from them, and adopting."""

from django.apps import AppConfig


class PathsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.platform.paths"
    label = "paths"
    default_auto_field = "django.db.models.BigAutoField"
