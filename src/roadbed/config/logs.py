"""How Roadbed's processes log: one JSON object a line, secrets never among them, files bounded."""

from __future__ import annotations

import contextlib
import logging
import sys
from pathlib import Path
from typing import TextIO, cast

import structlog
import structlog.tracebacks

MAX_BYTES = 20 * 1024 * 1024


class Steadfast:
    """A stream whose writer goes on when nothing can be written, as on a full disk: a pager must not die of its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or lose it."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or leave it for the next time."""
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure() -> None:
    """Send structlog and the standard library's warnings to this process's output as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: those hold passwords, tokens and the values of secrets.
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", Steadfast(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def bound(folder: Path) -> int:
    """Halve log files that have grown too large, keeping their newest part; answers how many were cut.

    The writers append, so a file that is cut in place goes on being written at its new end.
    """
    cut = 0
    for path in folder.glob("*.log"):
        if path.stat().st_size > MAX_BYTES:
            with path.open("r+b") as file:
                file.seek(-MAX_BYTES // 2, 2)
                newest = file.read()
                file.seek(0)
                file.truncate()
                file.write(newest[newest.find(b"\n") + 1 :])
            cut += 1
    return cut
