"""What every test stands on: sockets closed but for loopback, a wired house, no process left behind."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import source_hash
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import typer.testing
from _pytest.assertion import rewrite
from hypothesis import HealthCheck, settings

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}


REWRITTEN = Path(__file__).parent / ".pytest_cache" / "rewritten"


Rewriting = Callable[[Path, Any], tuple[bytes, CodeType]]


def remembered(rewritten: Rewriting) -> Rewriting:
    """Rewrite the assertions of a file once for both workers and all runs: it takes each of them ten seconds and more.

    pytest would keep it beside the file, where the suite lets nothing be written.
    """

    def found(path: Path, config: Any) -> tuple[bytes, CodeType]:
        text = path.read_bytes()
        stamp = hashlib.sha256(f"{pytest.__version__}\0{sys.version}\0".encode() + text).digest()
        kept = REWRITTEN / hashlib.sha256(str(path).encode()).hexdigest()
        with contextlib.suppress(OSError):
            known = kept.read_bytes()
            if known.startswith(stamp):
                return source_hash(text), marshal.loads(known[len(stamp) :])  # noqa: S302 - its own file
        digest, code = rewritten(path, config)
        with contextlib.suppress(OSError):
            REWRITTEN.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(f".{os.getpid()}")
            part.write_bytes(stamp + marshal.dumps(code))
            part.replace(kept)
        return digest, code

    return found


def pytest_configure(config: pytest.Config) -> None:
    rewrite._rewrite_test = remembered(rewrite._rewrite_test)  # noqa: SLF001 - it has no other door
    # A busy machine is no fault of the code. The suite tries the same examples each time; soaking tries new ones.
    settings.register_profile(
        "suite",
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=config.getoption("markexpr") != "soak",
    )
    settings.load_profile("suite")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings_test")
    # Each command that a test runs would make the whole command line anew, which takes longer than the command.
    typer.testing._get_command = cache(typer.main.get_command)  # noqa: SLF001 - it has no other door
    # A worker of xdist is told its terminal's width, which the tables of the command line would keep for good.
    os.environ.pop("COLUMNS", None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "ROADBED_TEST_DATABASE" in os.environ:
        # What asks no database anything has the same answer on each; it is tried in the run on SQLite.
        config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
        items[:] = filter(_asks_a_database, items)
    for item in items:
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="needs root: it makes Unix users"))
        item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


def _asks_a_database(item: pytest.Item) -> bool:
    """Whether a test may: pytest-django refuses every connection to one without this mark or one of these fixtures."""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    return bool(marked) or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def wired() -> None:
    """The house with its ports, gates, asks and jobs connected, before any test puts something else in their place."""
    from roadbed.config.wiring import wire

    wire()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:  # noqa: ARG001 - it is set up before this
    """On PostgreSQL both aliases are one database, which cannot be dropped while the second one is connected."""
    yield
    from django.db import connections

    connections["samples"].close()
