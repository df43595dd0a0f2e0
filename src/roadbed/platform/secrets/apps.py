"""The room secrets: values that services need and nobody reads."""

from django.apps import AppConfig


class SecretsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.platform.secrets"
    label = "secrets"
    default_auto_field = "django.db.models.BigAutoField"
