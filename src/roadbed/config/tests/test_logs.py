"""A process's log: what cannot be written is lost, and ends nobody."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

import pytest
import structlog

from roadbed.config import logs

FULL = Path("/dev/full")
"""Every write to it fails as on a full disk."""


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kept, handlers = structlog.get_config(), list(logging.root.handlers)
    # Unbuffered below, so that nothing is left that closing it would write.
    with TextIOWrapper(FULL.open("wb", buffering=0), write_through=True) as stream:  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stderr", stream)
        logs.configure()
        yield
        structlog.configure(**kept)
        logging.root.handlers[:] = handlers


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.usefixtures("full_disk")
def test_a_log_on_a_full_disk_ends_nobody():
    log = structlog.get_logger("pager")
    log.warning("page.record_waits", seconds=1)
    log.error("worker.turn_failed")
