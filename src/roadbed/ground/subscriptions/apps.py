"""The room subscriptions: facts that leave the house."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.subscriptions"
    label = "subscriptions"
    default_auto_field = "django.db.models.BigAutoField"
