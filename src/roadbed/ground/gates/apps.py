"""The room gates: what is asked before a change goes out, and what was answered."""

from django.apps import AppConfig


class GatesConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.gates"
    label = "gates"
    default_auto_field = "django.db.models.BigAutoField"
