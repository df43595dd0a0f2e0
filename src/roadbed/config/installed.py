"""Whether what is installed is what the last start ran: told by names, sizes and times of its files, without Django."""

from __future__ import annotations

import hashlib
from pathlib import Path

import roadbed
from roadbed.config.folder import Folder

PATTERNS = ("**/static/**/*", "**/*.py", "**/*.html")


def stamp() -> str:
    """What the installed files come to."""
    root = Path(roadbed.__file__).parent
    digest = hashlib.sha256(roadbed.__version__.encode())
    for path in sorted(path for pattern in PATTERNS for path in root.glob(pattern)):
        stat = path.stat()
        digest.update(f"{path}{stat.st_size}{stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def mark(folder: Folder) -> Path:
    """Where the stamp of the last start is kept."""
    return folder.run / "installed"


def is_unchanged(folder: Folder) -> bool:
    """Whether the last start ran these very files."""
    path = mark(folder)
    return path.is_file() and path.read_text() == stamp()
