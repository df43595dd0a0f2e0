"""The room goals: what a team, a system or everybody means to reach, and how it stands."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.organization.goals"
    label = "goals"
    default_auto_field = "django.db.models.BigAutoField"
