"""What a Location's target names: a repository, and a file in it."""

from __future__ import annotations

import re
from typing import Final

from roadbed.ground.catalog.placeholders import Elsewhere, path_in_repository
from roadbed.ground.errors import Invalid, Place

_IN_REPOSITORY: Final = re.compile(r"(https?://[^/]+/.+?)/(?:-/)?(?:blob|raw|tree)/[^/]+/(.+\.ya?ml)")
DEFAULT_PATH: Final = "catalog-info.yaml"


def target_of(target: str, *, location: str, path: str) -> tuple[str, str]:
    """The repository and path that a target means: relative to its own file, a file's URL, or a repository.

    Raises:
        Invalid: for patterns and paths that leave the repository.
    """
    place = Place(path, field="spec.targets")
    if any(sign in target for sign in "*?[{"):
        raise Invalid(f"{target!r} is a pattern.", remedy="Name each file; patterns are not read.", place=place)
    whole = _IN_REPOSITORY.fullmatch(target)
    if whole:
        return whole[1], whole[2]
    if "://" in target or target.startswith(("/", "git@")):
        return target, DEFAULT_PATH
    try:
        return location, path_in_repository(target, beside=path, location=location)
    except Elsewhere as fault:
        raise Invalid(
            f"The target {target!r} {fault}.", remedy="Name a file of this repository, or a URL.", place=place
        ) from None
