"""The benchmark editions that come with Roadbed, read from their data file once."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final

from roadbed.delivery.metrics.rules.benchmarks import Edition, edition_of
from roadbed.ground.errors import Invalid, Place

DEFAULT: Final = "2019"
NONE: Final = "none"


@cache
def editions() -> dict[str, Edition]:
    """All editions by name."""
    file = resources.files("roadbed.delivery.metrics") / "benchmarks" / "editions.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    return {name: edition_of(name, told) for name, told in data["editions"].items()}


def edition(name: str) -> Edition | None:
    """One edition; None where none is wanted.

    Raises:
        Invalid: naming those there are.
    """
    if name == NONE:
        return None
    found = editions().get(name)
    if found is None:
        raise Invalid(
            f"There is no benchmark edition {name[:20]!r}.",
            remedy=f"One of {', '.join((*editions(), NONE))}.",
            place=Place(field="benchmark"),
        )
    return found
