"""Blocks that rooms hang into pages which are not theirs: drawn by the room, with its own template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.utils.safestring import SafeString

TEAM, SERVICE = "team", "service"
PAGES: Final = (TEAM, SERVICE)

_blocks: dict[tuple[str, str], Callable[[HttpRequest, str], SafeString]] = {}


def add(page: str, key: str, draw: Callable[[HttpRequest, str], SafeString]) -> None:
    """Hang a block into a page; `draw` gets the request and the team's name or the service's uid."""
    _blocks[page, key] = draw


def drawn(page: str, request: HttpRequest, name: str) -> tuple[SafeString, ...]:
    """The blocks of one page, those that have nothing to say left out."""
    shown = (draw(request, name) for (of, _), draw in _blocks.items() if of == page)
    return tuple(one for one in shown if one)
