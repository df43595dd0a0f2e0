"""Rules of sources and of data quality: names, silence, and shares that are of something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.changes.quality.rules import Counted, findings
from roadbed.delivery.changes.sources.rules import checked_name, checked_secret, silent_since
from roadbed.ground.errors import Invalid

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def arrivals(*hours: float) -> list[datetime]:
    return [NOW - timedelta(hours=one) for one in hours]


@pytest.mark.parametrize(
    ("hours", "silent"),
    [
        ((), False),  # what never came has not fallen silent
        ((23,), False),
        ((25,), False),  # once tells no pace
        ((24 * 11,), True),
        ((20, 20.1, 20.2), False),  # a day of silence is nobody's fault
        ((30, 30.1, 30.2), True),
        ((100, 124, 148), False),  # once a day: ten days of patience
        ((24 * 11, 24 * 12, 24 * 13), True),
        ((24 * 15, 24 * 45, 24 * 75), True),  # once a month: fourteen days at most
    ],
)
def test_silence_is_ten_usual_pauses(hours: tuple[float, ...], silent: bool):  # noqa: FBT001 - drawn
    assert silent_since(arrivals(*hours), now=NOW) == (arrivals(*hours)[0] if silent else None)


@given(st.text(max_size=50))
def test_a_name_that_passes_can_stand_in_an_address(name: str):
    try:
        assert checked_name(name) == name
    except Invalid:
        return
    assert name.isascii()
    assert not set(name) & set("/?#%. \n")


def test_a_secret_is_never_repeated_by_its_refusal():
    with pytest.raises(Invalid) as refused:
        checked_secret("geheim")
    assert "geheim" not in str(refused.value.as_problem())


COUNTS = st.integers(0, 50)


@given(data=st.data())
def test_findings_show_no_share_of_nothing_and_each_bad_one_has_a_remedy(data: st.DataObject):
    asked = data.draw(COUNTS)
    linked = data.draw(st.integers(0, asked))
    services = data.draw(st.integers(0, 5))
    changes = data.draw(COUNTS)
    counted = Counted(
        services=services,
        silent=tuple(f"s{n}" for n in range(data.draw(st.integers(0, services)))),
        deployments=asked,
        asked=asked,
        linked=linked,
        doubtful=data.draw(st.integers(0, linked)),
        empty=data.draw(st.integers(0, linked)),
        by_hand=0,
        changes=changes,
        bots=data.draw(st.integers(0, changes)),
        unread=data.draw(COUNTS),
        waiting=data.draw(COUNTS),
        sources=2,
        quiet=(("acme", NOW),) if data.draw(st.booleans()) else (),
        never=(),
        ahead=(("lab", 90.0),) if data.draw(st.booleans()) else (),
    )
    found = findings(counted)
    assert len({one.key for one in found}) == len(found) == 7
    for one in found:
        assert one.share is None or 0 <= one.share <= 1
        assert one.level in ("good", "unknown") or one.remedy
        assert one.value and one.detail  # noqa: PT018 - both are words
    by_key = {one.key: one for one in found}
    assert (by_key["unlinked"].share is None) == (asked == 0)
    assert (by_key["bots"].share is None) == (changes == 0)
