"""A PostgreSQL of a test's own, which can be stopped, killed and started again."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgres() -> Iterator[Any]:
    """Started; gone at the end."""
    spec = importlib.util.spec_from_file_location("postgres", Path(__file__).parents[3] / "tools" / "postgres.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.Server()
    try:
        server.start()
        yield server
    finally:
        server.close()
