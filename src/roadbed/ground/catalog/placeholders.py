"""`$text`, `$json` and `$yaml`: another file of the same repository, put where the placeholder stands."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills the placeholders of one file.

    Attributes:
        refuse: told the field, what is wrong and the remedy; reading goes on.
        fetch: brings a file of the repository; without it a placeholder stands for the text it would bring.
    """

    refuse: Callable[[Path, str, str], None]
    fetch: Callable[[str], bytes | None] | None
    file: str
    location: str

    def fill(self, value: Any, at: Path) -> Any:
        """The value with its placeholders filled."""
        if isinstance(value, list):
            return [self.fill(item, (*at, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        keys = [key for key in value if key in KEYS]
        if not keys:
            return {key: self.fill(item, (*at, key)) for key, item in value.items()}
        if len(value) != 1:
            self.refuse(at, f"{keys[0]} stands beside other keys.", "Let it stand alone.")
            return value
        return self._filled(keys[0], value[keys[0]], (*at, keys[0]))

    def _filled(self, key: str, target: Any, at: Path) -> Any:
        if not isinstance(target, str) or not target:
            self.refuse(at, f"{key} needs the path of a file.", f"Write {key}: ./file")
            return f"{key} …"  # text, so that one fault is told once
        try:
            where = path_in_repository(target, beside=self.file, location=self.location)
        except Elsewhere as fault:
            self.refuse(at, f"{target!r} {fault}.", "Name a file of this repository, relative to this one.")
            return f"{key} …"  # text, so that one fault is told once
        if self.fetch is None:
            return f"{key} {where}"
        content = self.fetch(where)
        if content is None or len(content) > LONGEST:
            what = "does not exist" if content is None else f"has more than {LONGEST:,} bytes"
            self.refuse(at, f"{where} {what} in this repository.", "Add the file, or mend the path.")
            return f"{key} …"  # text, so that one fault is told once
        try:
            return _parsed(key, content, where)
        except (ValueError, RecursionError) as fault:
            self.refuse(at, f"{where} is not {key[1:].upper()}: {fault}.", "Mend that file.")
            return f"{key} …"  # text, so that one fault is told once


def _parsed(key: str, content: bytes, where: str) -> Any:
    text = content.decode("utf-8-sig")
    if "\x00" in text:
        raise ValueError("it holds a NUL character")
    if key == "$text":
        return text
    value = json.loads(text, parse_constant=_no_constant) if key == "$json" else _one_document(text, where)
    # What JSON escapes can hide (a NUL, half of a pair) cannot be stored either.
    json.dumps(value, ensure_ascii=False).encode()
    if "\\u0000" in json.dumps(value):
        raise ValueError("it holds a NUL character")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _one_document(text: str, where: str) -> Any:
    read = read_documents(text, where)
    if read.errors:
        raise ValueError(f"line {read.errors[0].place.line}: {read.errors[0].detail}")
    if len(read.documents) != 1:
        raise ValueError(f"it holds {len(read.documents)} documents, not one")
    return read.documents[0].value
