"""The room diagnostic: twenty questions, scored by published rules, aggregated so that nobody's answers are seen."""

from django.apps import AppConfig


class DiagnosticConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.organization.diagnostic"
    label = "diagnostic"
    default_auto_field = "django.db.models.BigAutoField"
