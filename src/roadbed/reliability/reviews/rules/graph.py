"""How factors led to one another and to the harm: no circle, and where each is drawn; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

HARM: Final = "harm"
"""What stands at the end of every line."""

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 230, 56, 60, 22, 10
WRAP: Final = 30
MOST_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A factor as it is drawn: its place, its words in one or two lines, and how it is marked."""

    key: str
    x: int
    y: int
    lines: tuple[str, ...]
    word: str
    mark: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one node to another as the path of an SVG, its head as another, and whether it limited harm."""

    cause: str
    effect: str
    path: str
    head: str
    less: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph on a sheet of this size."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn of a factor: `mark` is act where an action works on it, luck where it limited harm, end for it."""

    key: str
    text: str
    word: str
    mark: str = ""


def circle(links: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The factors of a circle, the first one again at its end; empty where there is none."""
    after: dict[str, list[str]] = {}
    for cause, effect in links:
        after.setdefault(cause, []).append(effect)
    done: set[str] = set()
    for start, first in after.items():
        way, waiting = [start], [iter(first)]
        while way:
            following = next(waiting[-1], None)
            if following is None:
                done.add(way.pop())
                waiting.pop()
            elif following in way:
                return (*way[way.index(following) :], following)
            elif following not in done:
                way.append(following)
                waiting.append(iter(after.get(following, ())))
    return ()


def whole(keys: Sequence[str], links: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The links with the harm as the end of every factor that is said to lead to nothing else."""
    said = list(dict.fromkeys(links))
    begun = {cause for cause, _ in said}
    return (*said, *((key, HARM) for key in keys if key not in begun))


def depths(keys: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many steps each factor is before the harm, by the longest way; the harm is 0."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    for cause, effect in links:
        after[cause].append(effect)
    found = {HARM: 0}
    while len(found) <= len(keys):
        ready = [key for key in keys if key not in found and all(effect in found for effect in after[key])]
        if not ready:
            break
        found |= {key: 1 + max((found[effect] for effect in after[key]), default=0) for key in ready}
    return found


def drawing(factors: Sequence[Drawn], links: Iterable[tuple[str, str]], harm: Drawn) -> Drawing:
    """The graph from left to right, the harm at its right end."""
    joined = whole([one.key for one in factors], links)
    deep = depths([one.key for one in factors], joined)
    most = max(deep.values())
    columns: dict[int, list[Drawn]] = {}
    for one in factors:
        columns.setdefault(most - deep.get(one.key, 1), []).append(one)
    tall = max(len(column) for column in columns.values()) if columns else 1
    height = EDGE * 2 + tall * (HEIGHT + DOWN) - DOWN
    placed = {HARM: _node(harm, most, (height - HEIGHT) // 2)}
    for across, column in columns.items():
        used = len(column) * (HEIGHT + DOWN) - DOWN
        for row, one in enumerate(column):
            placed[one.key] = _node(one, across, (height - used) // 2 + row * (HEIGHT + DOWN))
    limits = {one.key for one in factors if one.mark == "luck"}
    edges = tuple(_edge(placed[cause], placed[effect], less=cause in limits) for cause, effect in joined)
    width = EDGE * 2 + most * (WIDTH + ACROSS) + WIDTH
    return Drawing(width, height, tuple(placed.values()), edges)


def _node(one: Drawn, across: int, y: int) -> Node:
    return Node(one.key, EDGE + across * (WIDTH + ACROSS), y, wrapped(one.text), one.word, one.mark)


def _edge(cause: Node, effect: Node, *, less: bool) -> Edge:
    x1, y1, x2, y2 = cause.x + WIDTH, cause.y + HEIGHT // 2, effect.x, effect.y + HEIGHT // 2
    bend = ACROSS // 2
    path = f"M{x1} {y1}H{x2 - 8}" if y1 == y2 else f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend - 8} {y2} {x2 - 8} {y2}"
    return Edge(cause.key, effect.key, path, f"M{x2} {y2}l-8 -4v8z", less)


def wrapped(text: str) -> tuple[str, ...]:
    """Words in at most two short lines, the rest an ellipsis."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WRAP:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    kept = [line if len(line) <= WRAP else f"{line[: WRAP - 1]}…" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        kept[-1] = f"{kept[-1][: WRAP - 1]}…"
    return tuple(kept)


def told(links: Iterable[tuple[str, str]], words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The links in words, for whoever does not see the drawing."""
    return tuple((words[cause], words[effect]) for cause, effect in links)
