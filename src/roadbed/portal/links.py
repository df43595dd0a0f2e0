"""Addresses that come from a catalogue entry: only what a browser may open safely becomes a link."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.shell.components import Link

SOURCE = "backstage.io/source-location"
VIEW = "backstage.io/view-url"
RUNBOOK = "roadbed.dev/runbook"


def is_web(address: str) -> bool:
    """Whether the address is a web page; `javascript:` and its kin are text, never a link."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def code_of(service: ServiceView) -> Link | None:
    """Where its code can be looked at."""
    for address in (service.annotations.get(VIEW, ""), _bare(service.annotations.get(SOURCE, "")), service.location):
        if is_web(address):
            return Link("Code", address, "git-merge")
    return None


def runbook_of(service: ServiceView) -> Link | None:
    """Its runbook: a page on the web, or a path in its repository, which is no link."""
    stated = service.annotations.get(RUNBOOK, "")
    if not stated:
        return None
    return Link("Runbook", stated if is_web(stated) else "", "book-2") if is_web(stated) else Link(stated, "", "book-2")


def links_of(stated: tuple[Mapping[str, str], ...]) -> tuple[Link, ...]:
    """The entry's own links."""
    return tuple(
        Link(link.get("title") or link["url"], link["url"], "link") for link in stated if is_web(link.get("url", ""))
    )


def _bare(location: str) -> str:
    return location.removeprefix("url:")
