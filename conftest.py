"""What every test stands on: sockets closed but for loopback, a wired house, no process left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pytest
import typer.testing
from hypothesis import HealthCheck, settings

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_configure(config: pytest.Config) -> None:
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="needs root: it makes Unix users"))
        item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


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
