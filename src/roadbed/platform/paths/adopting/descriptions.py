"""One sentence about the repository, from its manifest or README."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable

from roadbed.platform.paths.adopting.findings import LOW, MEDIUM, Evidence, Listing, Proposal

LIMIT = 200
_SENTENCE = re.compile(r"^(.{8,200}?[.!?])(?:\s|$)")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_NO_PROSE = ("#", "[!", "![", "<", "- ", "* ", "=", "```", "|", ">", ":", "..")


def propose_description(listing: Listing) -> Proposal:
    """The first file that describes it; a plain statement of its name where none does."""
    for path, reader in _READERS:
        if text := " ".join(reader(listing.contents.get(path, "")).split()):
            first = _SENTENCE.match(text)
            sentence = first[1] if first else text[:LIMIT]
            return Proposal("description", sentence, MEDIUM, f"{path} says so", (Evidence(path, 0, ""),))
    return Proposal("description", f"The {listing.name} service.", LOW, "nothing describes it")


def _from_package(text: str) -> str:
    try:
        manifest = json.loads(text)
    except ValueError:
        return ""
    return str(manifest.get("description") or "") if isinstance(manifest, dict) else ""


def _from_pyproject(text: str) -> str:
    try:
        project = tomllib.loads(text).get("project")
    except tomllib.TOMLDecodeError:
        return ""
    return str(project.get("description") or "") if isinstance(project, dict) else ""


def _from_readme(text: str) -> str:
    for paragraph in re.split(r"\n\s*\n", text):
        plain = paragraph.strip()
        # Headings, badges, markup and lists are no description.
        if plain and not plain.startswith(_NO_PROSE):
            return _LINK.sub(r"\1", plain).replace("`", "").replace("**", "")
    return ""


_READERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("package.json", _from_package),
    ("pyproject.toml", _from_pyproject),
    ("README.md", _from_readme),
)
