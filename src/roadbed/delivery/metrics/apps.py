"""The room metrics: the five DORA metrics of services, teams and the organization."""

from django.apps import AppConfig


class MetricsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.delivery.metrics"
    label = "metrics"
    default_auto_field = "django.db.models.BigAutoField"
