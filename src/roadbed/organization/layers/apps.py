"""The room layers: delivery, reliability and platform side by side."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.organization.layers"
    label = "layers"
    default_auto_field = "django.db.models.BigAutoField"
