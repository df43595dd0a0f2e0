"""What the fault tests share."""

from __future__ import annotations

import pytest

from faults.kills.tables import Tables, kept


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return kept(tmp_path_factory.getbasetemp())
