"""The room api: the common manners of every room's API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
