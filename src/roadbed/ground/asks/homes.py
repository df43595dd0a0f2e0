"""The question in which repositories services live, put by whoever counts by repository."""

from __future__ import annotations

from dataclasses import dataclass

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class ServiceHomes(Ask["tuple[Home, ...]"]):
    """Where every service lives, by the catalogue and by what was told of repositories."""


@dataclass(frozen=True, slots=True)
class Home:
    """A service's place in a repository.

    Attributes:
        repository: its name, like github.com/acme/shop; `digest` is the subject of facts about it.
        paths: the folders that are the service's own there, each ending in a slash; none is the whole repository.
    """

    service_uid: str
    repository: str
    digest: str
    paths: tuple[str, ...]
