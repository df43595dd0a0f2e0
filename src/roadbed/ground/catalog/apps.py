"""The room catalog: what there is, who owns it, who is engaged on it."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Django's handle on the room."""

    name = "roadbed.ground.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
