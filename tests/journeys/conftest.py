"""A Roadbed that the tests of one file share."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.running import COMMAND, Running, eventually


@pytest.fixture(scope="module")
def roadbed() -> Iterator[Running]:
    # Services run as users of their own, who cannot pass through pytest's private folders.
    home = Path(tempfile.mkdtemp(prefix="roadbed-journey-", dir="/var/tmp"))
    home.chmod(0o711)
    running = Running(home)
    try:
        yield running
        running.down()
        eventually("the end of every process", lambda: running.leftovers() == [], seconds=15)
    finally:
        subprocess.run([COMMAND, "down"], env=running.environment(), capture_output=True, check=False, timeout=60)
        shutil.rmtree(home, ignore_errors=True)
