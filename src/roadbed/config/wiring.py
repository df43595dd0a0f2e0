"""The one place that hangs adapters behind ports and lets rooms register gates, asks, jobs and reactions."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

_wired = False


def wire() -> None:
    """Wire everything, once per process. Every door calls it before it opens."""
    global _wired
    if _wired:
        return
    _wired = True
    from roadbed.config import ports

    ports.provide()
    for room in apps.get_app_configs():
        if room.name.startswith("roadbed."):
            for part in ("jobs", "wiring"):
                # ground.jobs is a package of its own; a room's jobs.py registers handlers as it is imported.
                name = f"{room.name}.{part}"
                if find_spec(name):
                    module = import_module(name)
                    if part == "wiring":
                        module.wire()
    from roadbed.config import dogfood

    dogfood.measure()
    from roadbed.config.demo import wiring as demo

    demo.wire()
