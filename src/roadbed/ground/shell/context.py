"""What every page of the shell knows: the sidebar, who looks, which theme, what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

import roadbed
from roadbed.ground.shell import nav, preferences

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at the page."""

    name: str

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper() or "?"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Django's context processor; what costs a query is asked for only where it is drawn."""
    chosen = preferences.chosen(request)
    return {
        "nav_groups": SimpleLazyObject(lambda: nav.groups(request)),
        "viewer": SimpleLazyObject(lambda: Viewer(getattr(request.user, "name", "") or "")),
        "theme": chosen.theme,
        "narrow_sidebar": chosen.narrow_sidebar,
        "roadbed_version": roadbed.__version__,
        "demo": getattr(request, "demo", None),
        "organization": getattr(settings, "ORGANIZATION", ""),
        "now": timezone.now(),
        "viewers_zone": timezone.get_current_timezone_name(),
    }
