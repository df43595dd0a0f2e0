"""Which published cluster a figure lies in, by the edition that says so; no threshold is ours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cluster:
    """What an edition published of one cluster for one metric. `high` is open: infinity where nothing was said."""

    name: str
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One year's report.

    Attributes:
        metrics: the clusters by metric; a metric that the edition does not have is missing.
        secondary: its figures are known from others' accounts of it, not from the report.
        note: what it says beside, or why it has no clusters.
    """

    name: str
    title: str
    source: str
    retrieved: str
    secondary: bool
    note: str
    metrics: Mapping[str, tuple[Cluster, ...]]


def edition_of(name: str, data: Mapping[str, Any]) -> Edition:
    """An edition from its data file's part."""
    return Edition(
        name=name,
        title=str(data["title"]),
        source=str(data["source"]),
        retrieved=str(data["retrieved"]),
        secondary=bool(data["secondary"]),
        note=str(data["note"]),
        metrics={metric: tuple(map(_cluster, clusters)) for metric, clusters in data["metrics"].items()},
    )


def _cluster(data: Mapping[str, Any]) -> Cluster:
    high = data["high"]
    return Cluster(data["name"], float(data["low"]), math.inf if high is None else float(high), data["words"])


def clusters_of(edition: Edition, metric: str, value: float | None) -> tuple[str, ...]:
    """The clusters whose published range holds a value: of nested ranges the narrowest, of equal ones all."""
    holding = [one for one in edition.metrics.get(metric, ()) if value is not None and one.low <= value < one.high]
    narrowest = min((one.high - one.low for one in holding), default=0.0)
    return tuple(one.name for one in holding if one.high - one.low == narrowest)


def in_words(names: Sequence[str]) -> str:
    """Clusters as a sentence's part."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
