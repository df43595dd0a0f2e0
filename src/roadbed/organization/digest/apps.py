"""The room digest: what changed for one's teams in a week, by mail, at an hour of one's own."""

from django.apps import AppConfig


class DigestConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.organization.digest"
    label = "digest"
    default_auto_field = "django.db.models.BigAutoField"
