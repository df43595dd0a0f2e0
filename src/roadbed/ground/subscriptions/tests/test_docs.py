"""The example that the how-to gives to receivers, run against what is really sent."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from roadbed.ground.subscriptions.secrets import secret_of
from roadbed.ground.subscriptions.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
GUIDE = Path(__file__).parents[5] / "docs" / "how-to" / "send-events-to-other-systems.md"


@pytest.fixture
def is_ours() -> Any:
    (code,) = re.findall(r"```python\n(.+?)```", GUIDE.read_text(), flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    return names["is_ours"]


def test_a_receiver_that_does_as_the_guide_says_takes_ours_and_nothing_else(house: House, is_ours: Any):
    row = house.subscribe()
    house.record()
    house.run(row)
    (one,) = house.hook.requests
    secret, now = secret_of(row), time.time()
    assert is_ours(secret, one.headers, one.body, now)
    assert is_ours(
        secret, {**one.headers, "Roadbed-Signature": f"v1=ab, {one.headers['Roadbed-Signature']}"}, one.body, now
    )
    assert not is_ours(secret, one.headers, one.body + b" ", now)
    assert not is_ours(secret, one.headers, one.body, now + 301)
    assert not is_ours("another", one.headers, one.body, now)
    assert not is_ours(secret, {}, one.body, now)
    assert not is_ours(secret, {**one.headers, "Roadbed-Signature": "v1=é"}, one.body, now)


def test_the_guide_names_every_header_that_is_sent(house: House):
    row = house.subscribe()
    house.record()
    house.run(row)
    sent = {name for name in house.hook.requests[0].headers if name.startswith("Roadbed-")}
    guide = GUIDE.read_text()
    assert [name for name in sent if f"`{name}`" not in guide] == []
