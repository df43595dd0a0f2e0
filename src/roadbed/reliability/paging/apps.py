"""The room paging: who is on call, what they are paged about, and the delivery of pages."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.reliability.paging"
    label = "paging"
    default_auto_field = "django.db.models.BigAutoField"
