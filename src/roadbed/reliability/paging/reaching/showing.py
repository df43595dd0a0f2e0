"""Addresses as others may see them: what opens a door by itself is never shown whole."""

from __future__ import annotations

from typing import Final

SECRET: Final = frozenset({"slack_hook", "push"})


def shown_address(kind: str, address: str) -> str:
    """An address for pages, the API and logs: of one that is a secret, its service and its last four characters."""
    if kind not in SECRET:
        return address
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2] if kind == "slack_hook" else ""
    return f"{scheme}://{host}…{address[-4:]}" if len(rest) > 12 else f"{scheme}://…"  # noqa: PLR2004 - four of fewer would tell much
