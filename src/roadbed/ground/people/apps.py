"""The room people: who there is, in which teams, with which rights."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
