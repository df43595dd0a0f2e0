"""Version tags of a path: which one a content gets, and which is newest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_TAG = re.compile(r"v(\d{1,6})\.(\d{1,6})\.(\d{1,6})")

Version = tuple[int, int, int]


def parse(tag: str) -> Version | None:
    """The version of `v1.2.3`; None for any other tag."""
    found = _TAG.fullmatch(tag)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def newest(tags: Iterable[str]) -> str | None:
    """The highest version among the tags."""
    versions = [version for tag in tags if (version := parse(tag))]
    return text(max(versions)) if versions else None


def text(version: Version) -> str:
    return "v{}.{}.{}".format(*version)


def tag_for(tree: str, *, wanted: str, existing: Mapping[str, str]) -> tuple[str, bool]:
    """The tag of a content, and whether it is new.

    Content that is tagged keeps its tag. New content gets the version that its author wrote; where that is taken or
    not above what exists, the next patch version, since a published version never changes.

    Args:
        tree: Git's name of the content.
        wanted: the version its author wrote, `v1.2.3`.
        existing: tag to tree, of every version tag.
    """
    versions = {tag: version for tag in existing if (version := parse(tag))}
    known = [version for tag, version in versions.items() if existing[tag] == tree]
    if known:
        return text(max(known)), False
    asked = parse(wanted)
    highest = max(versions.values(), default=None)
    if asked and (highest is None or asked > highest):
        return text(asked), True
    major, minor, patch = highest or (1, 0, -1)
    return text((major, minor, patch + 1)), True
