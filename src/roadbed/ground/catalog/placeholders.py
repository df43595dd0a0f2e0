"""`$text`, `$json` and `$yaml`: another file of the same repository, put where the placeholder stands."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from typing import Any, Final

from roadbed.ground.catalog.documents import Path, read_documents

KEYS: Final = ("$text", "$json", "$yaml")
LONGEST: Final = 1_048_576
_BLOB: Final = re.compile(r"/(?:-/)?(?:blob|raw|tree)/[^/]+/(.+)")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


class Elsewhere(ValueError):  # noqa: N818 - a reason, worded by whoever refuses
    """Why a path does not lie in the repository; the message is a sentence without its subject."""


def path_in_repository(target: str, *, beside: str, location: str) -> str:
    """The path, from the repository's root, of a file named beside another one.

    Raises:
        Elsewhere: when it leaves the repository.
    """
    if "\x00" in target or "\\" in target:
        raise Elsewhere("is not a path with forward slashes")
    if _SCHEME.match(target):
        home = location.removesuffix("/").removesuffix(".git")
        rest = _BLOB.fullmatch(target.removeprefix(home)) if home and target.startswith(f"{home}/") else None
        if rest is None:
            raise Elsewhere("is an address outside this repository")
        target = f"/{rest[1]}"
    elif target.startswith("/"):
        raise Elsewhere("is absolute")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(beside), target) if target[0:1] != "/" else target[1:])
    if joined.startswith("../") or joined in ("..", ".", ""):
        raise Elsewhere("leaves the repository")
    if ".git" in joined.split("/"):
        raise Elsewhere("lies in .git")
    return joined


def resolve(
    value: Any,
    path: Path,
    *,
    refuse: Callable[[Path, str, str], None],
    fetch: Callable[[str], bytes | None] | None,
    file: str,
    location: str,
) -> Any:
    """The value with its placeholders filled; what cannot be filled is refused with its place."""

    def fill(inner: Any, at: Path) -> Any:
        if isinstance(inner, list):
            return [fill(item, (*at, index)) for index, item in enumerate(inner)]
        if not isinstance(inner, dict):
            return inner
        keys = [key for key in inner if key in KEYS]
        if not keys:
            return {key: fill(item, (*at, key)) for key, item in inner.items()}
        if len(inner) != 1:
            refuse(at, f"{keys[0]} stands beside other keys.", "Let it stand alone.")
            return inner
        return _filled(keys[0], inner[keys[0]], (*at, keys[0]))

    def _filled(key: str, target: Any, at: Path) -> Any:
        if not isinstance(target, str) or not target:
            refuse(at, f"{key} needs the path of a file.", f"Write {key}: ./file")
            return ""
        try:
            where = path_in_repository(target, beside=file, location=location)
        except Elsewhere as fault:
            refuse(at, f"{target!r} {fault}.", "Name a file of this repository, relative to this one.")
            return ""
        if fetch is None:
            return f"{key} {where}"
        content = fetch(where)
        if content is None or len(content) > LONGEST:
            what = "does not exist" if content is None else f"has more than {LONGEST:,} bytes"
            refuse(at, f"{where} {what} in this repository.", "Add the file, or mend the path.")
            return ""
        return _parsed(key, content, where, at)

    def _parsed(key: str, content: bytes, where: str, at: Path) -> Any:
        try:
            text = content.decode("utf-8-sig")
            if "\x00" in text:
                raise ValueError("it holds a NUL character")
            return text if key == "$text" else json.loads(text) if key == "$json" else _one_document(text, where)
        except (ValueError, RecursionError) as fault:
            refuse(at, f"{where} is not {key[1:].upper()}: {fault}.", "Mend that file.")
            return ""

    return fill(value, path)


def _one_document(text: str, where: str) -> Any:
    read = read_documents(text, where)
    if read.errors:
        raise ValueError(f"line {read.errors[0].place.line}: {read.errors[0].detail}")
    if len(read.documents) != 1:
        raise ValueError(f"it holds {len(read.documents)} documents, not one")
    return read.documents[0].value
