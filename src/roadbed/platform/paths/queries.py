"""Reading the golden paths: which there are, what they ask, what they would make, and what was made from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadbed.ground.catalog import queries as catalog
from roadbed.platform.paths import rendering, shelf
from roadbed.platform.paths.materialise import PathRepository
from roadbed.platform.paths.models import Scaffold
from roadbed.platform.paths.rendering import PreviewFile
from roadbed.platform.paths.rules import PathDescription, Question, check_answers

__all__ = ["Origin", "PathView", "PreviewFile", "origin_of", "path", "paths", "preview"]


@dataclass(frozen=True, slots=True)
class PathView:
    """A golden path with its newest version. `services` counts those made from it that the catalogue still has."""

    name: str
    title: str
    language: str
    description: str
    version: str
    commit: str
    questions: tuple[Question, ...]
    services: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Which path and version a service was made from, and the newest version there is; None where the path is gone."""

    path: str
    version: str
    newest: str | None
    made_at: datetime


def paths(*, now: datetime) -> tuple[PathView, ...]:
    """Every golden path, by name."""
    shelf.publish_bundled(now)
    counted = _services_by_path()
    return tuple(_view(each, shelf.description_of(each), counted[each.name]) for each in shelf.all_paths())


def path(name: str, *, now: datetime) -> PathView:
    """One golden path.

    Raises:
        NotFound: naming those there are.
    """
    shelf.publish_bundled(now)
    found = shelf.require_path(name)
    return _view(found, shelf.description_of(found), _services_by_path()[name])


def preview(name: str, answers: Mapping[str, Any], *, now: datetime) -> tuple[PreviewFile, ...]:
    """The files that the path would make for these answers; nothing is made.

    Raises:
        Invalid: with every answer that the path does not take.
    """
    shelf.publish_bundled(now)
    found = shelf.require_path(name)
    taken = check_answers(shelf.description_of(found).questions, answers)
    return rendering.preview(found, taken)


def origin_of(service_uid: str) -> Origin | None:
    """What a service was made from; None for one that was adopted or registered."""
    row = Scaffold.objects.filter(service_uid=service_uid, state=Scaffold.DONE).order_by("-started_at").first()
    if row is None:
        return None
    newest = next((each.version for each in shelf.all_paths() if each.name == row.path), None)
    return Origin(row.path, row.version, newest, row.started_at)


def _services_by_path() -> Counter[str]:
    made = list(Scaffold.objects.filter(state=Scaffold.DONE).values_list("path", "service_uid"))
    there = catalog.service_names(uid for _, uid in made)
    return Counter(path for path, uid in made if uid in there)


def _view(found: PathRepository, described: PathDescription, services: int) -> PathView:
    return PathView(
        name=found.name,
        title=described.title,
        language=described.language,
        description=described.description,
        version=found.version,
        commit=found.commit,
        questions=described.questions,
        services=services,
    )
