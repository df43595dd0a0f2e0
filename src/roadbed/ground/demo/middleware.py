"""Lets pages ask whether there is a demo, and every answer of the API says so in a header."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError

from roadbed.ground.demo import queries
from roadbed.ground.demo.queries import DemoView

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HEADER: Final = "Roadbed-Demo"
SECONDS: Final = 1.0
"""How long an answer is taken for true: flags are read without the database, and this must not change that."""


class MarkDemo:
    """Sets `request.demo`, which answers the demo or None, and the header where there is one.

    Who needs neither pays nothing: liveness, flags, the description of the API.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._known: DemoView | None = None
        self._until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.demo = self._present  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.path.startswith("/api/") and not request.path.endswith("/openapi.json"):
            found = self._present()
            if found is not None:
                response.headers.setdefault(HEADER, found.organization)
        return response

    def _present(self) -> DemoView | None:
        now = time.monotonic()
        if now >= self._until:
            try:
                self._known = queries.present()
            except DatabaseError:
                # A database that is away is told by whatever was asked for, not by this mark.
                return self._known
            self._until = now + SECONDS
        return self._known
