"""The stage that the tests of the local runtime play on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roadbed.adapters.local_runtime.tests.stage import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Services run as the user of the tests."""
    with staged() as made:
        yield made


@pytest.fixture
def isolated() -> Iterator[Stage]:
    """Each workload has a Unix user of its own."""
    with staged(isolate=True) as made:
        yield made


@pytest.fixture
def impatient() -> Iterator[Stage]:
    """The edge gives a silent service 0.4 s."""
    with staged(server_timeout_ms=400) as made:
        yield made
