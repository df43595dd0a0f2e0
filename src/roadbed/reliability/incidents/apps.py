"""The room incidents: harm to customers, from the page that told of it to its end."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.reliability.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"
