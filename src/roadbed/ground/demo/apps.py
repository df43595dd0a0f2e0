"""The room demo: a company that is not real, marked as such and removed as a whole."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
