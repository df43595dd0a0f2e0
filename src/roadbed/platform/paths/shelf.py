"""The paths of this Roadbed: the bundled ones, published once per process, beside whatever else is kept."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import yaml
from django.conf import settings

from roadbed.ground.errors import NotFound, Place, Unavailable
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.paths.git import GitFailed
from roadbed.platform.paths.materialise import PathRepository, kept, materialise_bundled, read
from roadbed.platform.paths.rules import PathDescription, describe

_published: set[Path] = set()
_descriptions: dict[tuple[str, str], PathDescription] = {}
"""By path and commit: a commit's description never changes."""
_guard = threading.Lock()


def folder() -> Path:
    """Where paths are kept."""
    where: Path = settings.FOLDER.paths
    return where


def publish_bundled(now: datetime) -> None:
    """Bring the bundled paths of this version of Roadbed onto the shelf; each version is recorded once.

    Raises:
        Unavailable: Git or the folder fails.
    """
    paths = folder()
    with _guard:
        # A restored or emptied data folder begins anew, also under a process that has published already.
        if paths in _published and paths.is_dir() and any(paths.glob("*.git")):
            return
        try:
            bundled = materialise_bundled(paths, now=now)
        except (GitFailed, OSError) as fault:
            raise Unavailable(
                f"The golden paths could not be written to {paths}: {fault}.",
                remedy="`roadbed doctor` says what is missing.",
            ) from fault
        with unit(ROADBED, now=now) as writing:
            for path in bundled:
                data = {"version": path.version, "commit": path.commit}
                # The same version again has the same source id, so that it stays one fact.
                source_id = f"{path.name}@{path.version}"
                writing.record("path.published", path.name, source="paths", source_id=source_id, data=data)
        _published.add(paths)


def all_paths() -> tuple[PathRepository, ...]:
    """Every path, by name."""
    return kept(folder())


def require_path(name: str) -> PathRepository:
    """A path by name, at its newest version.

    Raises:
        NotFound: naming those there are.
    """
    known = {path.name: path for path in all_paths()}
    if name not in known:
        raise NotFound(
            f"There is no golden path {name[:80]!r}.",
            remedy=f"There are: {', '.join(known) or 'none'}.",
            place=Place(field="path"),
        )
    return known[name]


def description_of(path: PathRepository) -> PathDescription:
    """What the path says of itself and asks.

    Raises:
        Unavailable: its own files cannot be read.
    """
    known = _descriptions.get((path.name, path.commit))
    if known is None:
        known = describe(_yaml(path, "path.yaml"), _yaml(path, "copier.yml"), name=path.name)
        _descriptions[path.name, path.commit] = known
    return known


def _yaml(path: PathRepository, file: str) -> dict[str, object]:
    try:
        content = yaml.safe_load(read(path, file))
    except (yaml.YAMLError, GitFailed) as fault:
        raise Unavailable(
            f"The path {path.name} {path.version} cannot be read: {' '.join(str(fault).split())}.",
            remedy=f"Mend its {file} and publish a new version.",
            place=Place(file=file),
        ) from fault
    return content if isinstance(content, dict) else {}
