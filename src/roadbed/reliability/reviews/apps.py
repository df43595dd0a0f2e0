"""The room reviews: what is learned from an incident, and the actions that follow."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.reliability.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
