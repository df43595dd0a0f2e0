"""What the repository's own catalogue entry already says; it is kept, and comes before anything guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from roadbed.platform.paths.adopting.documents import component_in
from roadbed.platform.paths.adopting.findings import HIGH, Evidence, Listing, Problem, Proposal

CATALOGUE_FILES = ("catalog-info.yaml", "catalog-info.yml")
_PREFIX = "roadbed.dev/"


@dataclass(frozen=True, slots=True)
class ExistingEntry:
    """The entry as found. `path` is where it is or would be, `stated` what it says, by field."""

    path: str
    is_there: bool = False
    stated: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    def kept(self, wanted: str) -> Proposal | None:
        """What the entry says about a field, as a proposal to leave it so."""
        value = self.stated.get(wanted)
        if not value:
            return None
        return Proposal(wanted, value, HIGH, "the catalogue entry says so", (Evidence(self.path, 0, ""),))


def read_entry(listing: Listing, wanted: str) -> ExistingEntry:
    """The Component with the wanted name, else the first one; a fault in the file is a blocking problem."""
    path = next((each for each in CATALOGUE_FILES if each in listing.files), CATALOGUE_FILES[0])
    if path not in listing.files:
        return ExistingEntry(path)
    if path not in listing.contents:
        return _faulty(path, f"{path} is too large or no text.", "Make it smaller and try again.")
    try:
        entry = component_in(listing.contents[path], wanted)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        at = Evidence(path, mark.line + 1 if mark else 0, str(getattr(fault, "problem", None) or "not YAML"))
        return _faulty(path, f"{at} cannot be read: {at.text}.", "Mend the line and try again.", at)
    if entry is None or not all(isinstance(entry.get(part), dict) for part in ("metadata", "spec")):
        remedy = "Add metadata and spec of a Component to it, or remove the file."
        return _faulty(path, f"{path} has no complete Component.", remedy)
    if not isinstance(entry["metadata"].get("name"), str):
        return _faulty(path, f"The Component in {path} has no name.", "Add metadata.name to it.")
    return ExistingEntry(path, is_there=True, stated=_stated(entry["metadata"], entry["spec"]))


def _faulty(path: str, detail: str, remedy: str, at: Evidence | None = None) -> ExistingEntry:
    problem = Problem(detail, remedy, (at or Evidence(path, 0, ""),), is_blocking=True)
    return ExistingEntry(path, problem=problem)


def _stated(metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, str]:
    annotations = metadata.get("annotations")
    stated = {
        str(key).removeprefix(_PREFIX): str(value)
        for key, value in (annotations if isinstance(annotations, dict) else {}).items()
        if str(key).startswith(_PREFIX)
    }
    plain = {"name": metadata.get("name"), "owner": spec.get("owner"), "description": metadata.get("description")}
    return stated | {name: value for name, value in plain.items() if isinstance(value, str)}
