"""The room objectives: service level indicators, objectives, error budgets and burn rates."""

from django.apps import AppConfig


class ObjectivesConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.reliability.objectives"
    label = "objectives"
    default_auto_field = "django.db.models.BigAutoField"
