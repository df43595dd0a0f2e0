"""The API under /api/v1: each room's router, one set of manners."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

import roadbed
from roadbed.ground.api import openapi, problems
from roadbed.ground.api.doors import AUTH


class Documented(NinjaAPI):
    """The API, whose OpenAPI document says on every operation how it refuses."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        openapi.complete(document)
        return document


api = Documented(
    title="Roadbed",
    version=roadbed.__version__,
    description="Delivery, reliability and platform in one system.",
    auth=AUTH,
    docs_url=None,
    urls_namespace="api",
)
problems.install(api)


def mount() -> None:
    """Add every installed room's router."""
    for room in apps.get_app_configs():
        if room.name.startswith("roadbed.") and find_spec(f"{room.name}.api"):
            api.add_router("", import_module(f"{room.name}.api").router)


mount()
