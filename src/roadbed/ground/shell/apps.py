"""The shell: the base page, the components and the static files that every room's pages stand on."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """Django's handle on the shell."""

    name = "roadbed.ground.shell"
    label = "shell"
