"""Checks of the parts that every entity has: texts, lists, labels, annotations, tags and links."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from roadbed.ground.catalog.documents import Document, Path, cut, dotted
from roadbed.ground.catalog.references import is_absolute_url, is_key, is_tag
from roadbed.ground.errors import Invalid, Place

NAME_RULE: Final = "1 to 63 letters and digits, with - _ . between them"


class Checks:
    """Notes what is wrong with one document; checking goes on, so that one run shows everything."""

    def __init__(self, document: Document, file: str, errors: list[Invalid]) -> None:
        self.document = document
        self.file = file
        self.errors = errors
        self.before = len(errors)

    def refuse(self, path: Path, detail: str, remedy: str = "") -> None:
        place = Place(self.file, self.document.line_of(path), cut(dotted(path), 300))
        self.errors.append(Invalid(cut(detail), remedy=cut(remedy), place=place))

    def pairs(self, metadata: dict[str, Any], section: str, good: Callable[[str], bool], rule: str) -> None:
        pairs = metadata.get(section)
        path: Path = ("metadata", section)
        if pairs is None:
            return
        if not isinstance(pairs, dict):
            self.refuse(path, f"{section} is {form_of(pairs)}, not a mapping.", "Write `key: value` lines below it.")
            return
        for key, value in pairs.items():
            if not is_key(key):
                self.refuse(
                    (*path, key), f"The key {key!r} is not allowed.", f"Use [dns-prefix/]name; a name is {NAME_RULE}."
                )
            if not isinstance(value, str):
                self.refuse(
                    (*path, key), f"The value is {form_of(value)}, not text.", f"Quote it: {key}: {quoted(value)}"
                )
            elif not good(value):
                self.refuse((*path, key), f"The value {value!r} is not allowed.", f"Use {rule}, or nothing.")

    def tags(self, metadata: dict[str, Any]) -> None:
        for path, tag in self.texts(metadata, ("metadata", "tags")):
            if not is_tag(tag):
                self.refuse(
                    path, f"The tag {tag!r} is not allowed.", "Use 1 to 63 of a-z 0-9 : + #, with hyphens between."
                )

    def links(self, metadata: dict[str, Any]) -> None:
        links = metadata.get("links")
        if links is None:
            return
        if not isinstance(links, list):
            self.refuse(("metadata", "links"), f"links is {form_of(links)}, not a list.", "Begin each with `- url:`.")
            return
        for index, link in enumerate(links):
            path: Path = ("metadata", "links", index)
            if not isinstance(link, dict):
                self.refuse(path, f"A link is {form_of(link)}, not a mapping.", "Write `- url: https://…`.")
                continue
            url = link.get("url")
            if not isinstance(url, str) or not is_absolute_url(url):
                shown = "is missing" if url is None else f"{url!r} is not absolute"
                self.refuse((*path, "url"), f"The link's url {shown}.", "Write it whole: https://host/page.")
            for key in ("title", "icon", "type"):
                self.text(link, (*path, key))

    def text(self, section: dict[str, Any], path: Path, *, required: bool = False) -> str | None:
        name = path[-1]
        value = section.get(str(name))
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or required or name in section:
            shown = (
                "is missing" if name not in section else "is empty" if value in ("", None) else f"is {form_of(value)}"
            )
            if required or not (name == "description" and value == ""):
                self.refuse(path, f"{dotted(path)} {shown}.", f"Give it text{quote(value)}.")
        return None

    def texts(self, section: dict[str, Any], path: Path, *, required: bool = False) -> list[tuple[Path, str]]:
        name = str(path[-1])
        value = section.get(name)
        if value is None:
            if required:
                self.refuse(path, f"{dotted(path)} is missing.", f"Write `{name}: []` when there are none.")
            return []
        if not isinstance(value, list):
            self.refuse(path, f"{dotted(path)} is {form_of(value)}, not a list.", "Begin each item with a hyphen.")
            return []
        found = []
        for index, item in enumerate(value):
            if isinstance(item, str) and item:
                found.append(((*path, index), item))
            else:
                self.refuse((*path, index), f"This item is {form_of(item)}, not text.", f"Give it text{quote(item)}.")
        return found


def form_of(value: Any) -> str:
    forms = ((bool, "true or false"), (int, "a number"), (float, "a number"), (dict, "a mapping"), (list, "a list"))
    return next((name for form, name in forms if isinstance(value, form)), "empty" if not value else "text")


def quoted(value: Any) -> str:
    return json.dumps("true" if value is True else "false" if value is False else "" if value is None else str(value))


def quote(value: Any) -> str:
    """A hint for numbers and booleans that were meant as text."""
    return f", quoted: {quoted(value)}" if isinstance(value, bool | int | float) else ""
