"""Where files come from: which locations may be named, by whom, and what the code host reads there."""

from __future__ import annotations

import re
from typing import Final

from roadbed.ground.catalog.placeholders import KEYS
from roadbed.ground.catalog.rules import Reading, read_entities
from roadbed.ground.errors import Forbidden, Invalid, NotFound, Place, Unavailable
from roadbed.ground.people.rules import MEMBER, Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable

_ADDRESS: Final = re.compile(r"://|^[^/]+@[^/]+:")
ENTITY_PATH: Final = "catalog-info.yaml"


def read_file(location: str, path: str, *, known: str = "") -> tuple[str, bytes | None]:
    """The commit at HEAD, and the file there; no file when that commit is known already.

    Raises:
        Unavailable: when the repository cannot be had.
        NotFound: when it holds no such file.
    """
    try:
        commit = board.code_host().resolve(location)
        if commit == known:
            return commit, None
        raw = board.code_host().read(location, path, commit)
    except CodeUnavailable as fault:
        raise Unavailable(str(fault), place=Place(location)) from fault
    if raw is None:
        raise NotFound(
            f"{location} holds no {path} at {commit[:12]}.",
            remedy="Add the file and commit it, or name another with --path.",
            place=Place(path),
        )
    return commit, raw


def read_text(text: str, *, location: str, path: str, ref: str) -> Reading:
    """The file's entities, with placeholders filled from the same repository."""

    def fetch(where: str) -> bytes | None:
        try:
            return board.code_host().read(location, where, ref)
        except CodeUnavailable as fault:
            raise Unavailable(str(fault), place=Place(where)) from fault

    wants = any(key in text for key in KEYS)
    return read_entities(text, file=path, fetch=fetch if wants else None, location=location)


def checked_location(location: str, path: str) -> None:
    """Refuse what cannot name a file of a repository."""
    if not location or len(location) > 500 or any(sign < " " for sign in location):  # noqa: PLR2004 - the column's length
        raise Invalid(f"{location!r} is no repository.", remedy="Give its path or URL.", place=Place(field="location"))
    parts = path.split("/")
    if len(path) > 300 or not all(parts) or ".." in parts or "\x00" in path:  # noqa: PLR2004 - the column's length
        raise Invalid(
            f"{path!r} is no path in a repository.",
            remedy="Write it like catalog-info.yaml.",
            place=Place(field="path"),
        )


def may_name(caller: Caller, location: str) -> None:
    """Refuse a member who names a folder of the server: Roadbed may read what the member may not."""
    folder = location.startswith(("/", ".", "~", "file:")) or not _ADDRESS.search(location)
    if caller.role != MEMBER or not folder:
        return
    if not board.code_host().hosts(location):
        raise Forbidden(
            f"{location} is a folder of the server, outside Roadbed's own repositories.",
            remedy="Give the repository's URL, or ask an admin to register the folder.",
            place=Place(field="location"),
        )
