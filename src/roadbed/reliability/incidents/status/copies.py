"""The status page as files, so that its last state can be served while Roadbed is down."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from roadbed.reliability.incidents.models import Component
from roadbed.reliability.incidents.status import drawing, feeds, queries

FOLDER: Final = "status"
SHEET: Final = Path(__file__).parents[1] / "static" / "incidents" / "status.css"


def files(*, now: datetime) -> dict[str, bytes]:
    """Name and content of each file; the pages name each other relatively, so that any web server will do."""
    board = queries.board(now=now)
    page = str(settings.PUBLIC_URL).rstrip("/") + "/status"
    return {
        "index.html": drawing.page(board, css="status.css", root="", alive=False).encode(),
        "status.css": SHEET.read_bytes(),
        "status.json": (json.dumps(feeds.as_json(board), indent=1) + "\n").encode(),
        "status.atom": feeds.as_atom(board, page=page, feed=f"{page}.atom"),
    }


def write(folder: Path, *, now: datetime) -> tuple[str, ...]:
    """Write the files, each at once, so that whoever serves them never sees half of one; answers their names."""
    folder.mkdir(parents=True, exist_ok=True)
    # Whatever the process masks: a web server of another user reads it.
    folder.chmod(0o755)
    made = files(now=now)
    for name, content in made.items():
        handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(path).chmod(0o644)
        Path(path).replace(folder / name)
    return tuple(made)


def keep(*, now: datetime) -> tuple[str, ...]:
    """The copy in the data folder; nothing where nothing was put on the page yet."""
    if not Component.objects.exists():
        return ()
    return write(settings.FOLDER.root / FOLDER, now=now)
