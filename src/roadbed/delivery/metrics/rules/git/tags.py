"""Which tags are deployments, of which service, and when: by patterns that are given, or by what tags usually say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.delivery.metrics.rules.git.log import instant
from roadbed.ground.errors import Invalid, Place

SERVICE: Final = "{service}"
_DEPLOYED: Final = re.compile(
    r"(?:(?P<service>[\w.-]+)[/@])?(?:deploy(?:ed|ment|s)?|prod(?:uction)?|live)[/_-].+", re.IGNORECASE
)
_RELEASED: Final = re.compile(
    r"(?:(?P<service>[A-Za-z][\w.-]*(?:/[\w.-]+)*?)[/@_-])?(?:releases?[/_-])?v?\d+(?:\.\d+){1,3}(?:\+[\w.]+)?",
)
_CALENDAR: Final = re.compile(r"(?:(?P<service>[A-Za-z][\w.-]*)[/@_-])?(?:release[/_-])?\d{4}-?\d\d-?\d\d(?:[._-]\d+)?")
USUAL: Final = (("deploy/* and the like", _DEPLOYED), ("versions", _RELEASED), ("dates", _CALENDAR))
_GENERIC: Final = frozenset({"release", "releases", "version", "ver", "v", "rel", "tag", "tags", "build"})


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag. `target` is the commit, `tagged` when an annotated one was made, in seconds; 0 for a plain one."""

    name: str
    target: str
    tagged: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """A tag that is a deployment. `by_commit`: a plain tag has no time of its own, so its commit's is taken."""

    tag: str
    service: str
    target: str
    at: datetime
    by_commit: bool


def tags_of(lines: Iterable[str]) -> list[Tag]:
    """Tags from `git for-each-ref`, with the fields of FIELDS divided by unit separators."""
    found = []
    for line in lines:
        name, kind, own, peeled_kind, peeled, tagged = line.rstrip("\n").split("\x1f")
        target = peeled if kind == "tag" else own
        if (peeled_kind if kind == "tag" else kind) == "commit":
            seconds = tagged.partition(" ")[0]
            found.append(Tag(name, target, int(seconds) if seconds.lstrip("-").isdecimal() else 0))
    return found


FIELDS: Final = "%1f".join(
    (
        "%(refname:strip=2)", "%(objecttype)", "%(objectname)", "%(*objecttype)", "%(*objectname)",
        "%(taggerdate:unix)",
    )
)  # fmt: skip


def pattern_of(text: str) -> re.Pattern[str]:
    """A pattern like v*, deploy/* or {service}/v* as an expression.

    Raises:
        Invalid: for an empty one, or one that names the service twice.
    """
    if not text or text.count(SERVICE) > 1:
        raise Invalid(
            f"{text!r} is no pattern of tags.",
            remedy="Write it like v*, deploy/* or {service}/v*, with {service} once at most.",
            place=Place(field="tags"),
        )
    parts = [re.escape(part).replace(r"\*", ".*").replace(r"\?", ".") for part in text.split(SERVICE)]
    return re.compile(r"(?P<service>[^\s]+?)".join(parts) if len(parts) > 1 else parts[0])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tags that are deployments, by what they were chosen, and the pre-releases that were left out."""

    matched: tuple[tuple[Tag, str], ...]
    by: str


def chosen(tags: Sequence[Tag], patterns: Sequence[str]) -> Chosen:
    """Tags with the service that each names; without patterns the most telling kind of tag that there is."""
    if patterns:
        compiled = [pattern_of(one) for one in patterns]
        return Chosen(_matching(tags, compiled), ", ".join(patterns))
    for name, usual in USUAL:
        if found := _matching(tags, [usual]):
            return Chosen(found, name)
    return Chosen((), ", ".join(name for name, _ in USUAL))


def _matching(tags: Sequence[Tag], patterns: Sequence[re.Pattern[str]]) -> tuple[tuple[Tag, str], ...]:
    found = []
    for tag in tags:
        hit = next((match for one in patterns if (match := one.fullmatch(tag.name))), None)
        if hit is not None:
            service = (hit.groupdict().get("service") or "") if "service" in hit.re.groupindex else ""
            found.append((tag, "" if service.lower() in _GENERIC else service))
    return tuple(found)


def releases_of(found: Chosen, committed: dict[str, int], *, service: str) -> tuple[list[Release], int]:
    """Deployments oldest first, and how many tags name a commit that is not here or has no time.

    Args:
        found: the tags.
        committed: when commits entered, in seconds, by full name.
        service: whose a tag is that names none.
    """
    releases: list[Release] = []
    lost = 0
    for tag, named in found.matched:
        at = instant(tag.tagged) or instant(committed.get(tag.target, 0))
        if tag.target not in committed or at is None:
            lost += 1
            continue
        releases.append(Release(tag.name, named or service, tag.target, at, by_commit=not instant(tag.tagged)))
    # Of two plain tags on one commit the order of their names is that of their versions.
    releases.sort(key=lambda one: (one.at, _natural(one.tag)))
    return releases, lost


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]
