"""How long names and titles of objectives may be: what the database keeps."""

from __future__ import annotations

from typing import Final

NAME_LIMIT: Final = 130
TITLE_LIMIT: Final = 200
