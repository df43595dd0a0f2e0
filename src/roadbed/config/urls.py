"""All addresses: health, the API, and every room's pages."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import include, path

from roadbed.config import health
from roadbed.config.api import api
from roadbed.config.wiring import wire

wire()

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("vitals", health.vitals),
    path("metrics", health.metrics),
    path("api/v1/", api.urls),
    *[
        path("", include(f"{room.name}.urls"))
        for room in apps.get_app_configs()
        if room.name.startswith("roadbed.") and find_spec(f"{room.name}.urls") and import_module(f"{room.name}.urls")
    ],
]
handler400 = "roadbed.ground.shell.views.bad_request"
handler403 = "roadbed.ground.shell.views.forbidden"
handler404 = "roadbed.ground.shell.views.not_found"
handler500 = "roadbed.ground.shell.views.fault"
