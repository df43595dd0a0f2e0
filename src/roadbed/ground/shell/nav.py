"""The sidebar's entries: shown in the order they were added, each only while the page it leads to exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

Course = Literal["", "delivery", "reliability", "platform"]
TITLES: dict[Course, str] = {"": "", "delivery": "Delivery", "reliability": "Reliability", "platform": "Platform"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the sidebar.

    Attributes:
        page: the url name it leads to; the entry is hidden where no room offers that name.
        under: further beginnings of addresses that belong to it, for the mark of the present page.
        rank: where it stands in its course; those of one rank stand in the order in which they were added.
        count: how many things wait there, asked at each page; zero and None show nothing.
        shown: whether this visitor is shown the entry; without it everybody is.
    """

    label: str
    icon: str
    page: str
    course: Course = ""
    under: tuple[str, ...] = ()
    count: Callable[[HttpRequest], int | None] | None = None
    rank: int = 0
    shown: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as it is drawn on one page."""

    label: str
    icon: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one course of the road."""

    course: Course
    title: str
    places: tuple[Place, ...] = field(default=())


_entries: list[Entry] = []


def add(*entries: Entry) -> None:
    """Hang entries into the sidebar; one that is there already keeps its place."""
    _entries.extend(entry for entry in entries if entry not in _entries)


def groups(request: HttpRequest) -> tuple[Group, ...]:
    """The sidebar for this page, without the groups that have no page yet."""
    ordered = sorted(_entries, key=lambda entry: entry.rank)
    drawn = [(entry.course, place) for entry in ordered if (place := _place(entry, request))]
    grouped = (
        Group(course, title, tuple(place for of, place in drawn if of == course)) for course, title in TITLES.items()
    )
    return tuple(group for group in grouped if group.places)


def _place(entry: Entry, request: HttpRequest) -> Place | None:
    try:
        url = reverse(entry.page)
    except NoReverseMatch:
        return None
    if entry.shown is not None and not entry.shown(request):
        return None
    path = request.path
    current = path == url or (url != "/" and path.startswith((f"{url}/", *entry.under)))
    return Place(entry.label, entry.icon, url, current, entry.count(request) if entry.count else None)
