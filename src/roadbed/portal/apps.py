"""The pages made of several rooms: home, catalogue, service, search."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Django's handle on the portal."""

    name = "roadbed.portal"
    label = "portal"
