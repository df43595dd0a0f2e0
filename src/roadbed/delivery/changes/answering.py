"""Answers what kind of change something is, for whoever asks through the ground."""

from __future__ import annotations

from roadbed.delivery.changes.kinds.spans import derive_together
from roadbed.delivery.changes.kinds.values import Evidence
from roadbed.delivery.changes.linking.catalogue import owned
from roadbed.delivery.changes.linking.keeping import digest_of_repository
from roadbed.ground.asks import DerivedKind, DeriveKind
from roadbed.ground.asks.homes import Home, ServiceHomes

MOST_SHOWN = 5
PLACES = {
    "title": "in the title",
    "body": "in the body",
    "commit type": "in the title",
    "labels": "by its label",
    "revert": "in the title",
    "versions": "by its versions",
    "paths": "by its files",
    "author": "by its author",
    "diff": "by its size",
    "whole": "taken together",
}
"""Where a signal stands, as people say it."""


def derive_kind(asked: DeriveKind) -> DerivedKind | None:
    """The kind with its evidence in words; None where nothing was told of the change."""
    found = derive_together(
        asked.commits,
        labels=asked.labels,
        branch=asked.branch,
        paths=asked.paths,
        author_is_bot=asked.author_is_bot,
    )
    if found is None:
        return None
    said = tuple(in_words(one) for one in found.evidence[:MOST_SHOWN])
    return DerivedKind(kind=found.kind, confidence=found.confidence, evidence=said)


def in_words(one: Evidence) -> str:
    """A signal as people read it."""
    if not one.where:
        return "nothing says that it is anything else"
    return f"{one.cue}, {PLACES[one.where]}: “{one.words[:80]}”" if one.words else one.cue


def service_homes(asked: ServiceHomes) -> tuple[Home, ...]:
    """Where services live."""
    del asked
    return tuple(
        Home(one.uid, repository, digest_of_repository(repository), paths)
        for one in owned()
        for repository, paths in one.paths.items()
    )
