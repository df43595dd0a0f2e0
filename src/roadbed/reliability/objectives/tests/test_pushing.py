"""Pushed counts over HTTP and by command: late, again, in any order, with the sums of an exact recount."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.usecases import create_token
from roadbed.reliability.objectives import pushing, queries, usecases
from roadbed.reliability.objectives.columns import all_counts
from roadbed.reliability.objectives.live import live_objectives
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.store import heads
from roadbed.reliability.objectives.tests.conftest import HANNE, MARA, NOW, SLO, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LAST = minute_of(NOW)


def pushed_slo(name: str = "answered", window: str = "2h") -> str:
    sides = {"good": "{}", "total": "{}"}
    text = SLO.format(name=name, title="Orders kept", service="checkout", kind="roadbed-push", target="0.999", **sides)
    return text.replace("30d", window)


@pytest.fixture
def uid(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("django.utils.timezone.now", lambda: house.now)
    usecases.apply(HANNE, "checkout", text=pushed_slo(), now=NOW)
    return queries.objectives_of(house.checkout)[0].uid


def row(back: int, good: int = 9, total: int = 10) -> dict[str, Any]:
    return {"timestamp": instant(LAST - back).isoformat(), "good": good, "total": total}


def post(web: Client, uid: str, rows: Any, **headers: str) -> Any:
    return web.post(
        f"/api/v1/objectives/{uid}/counts", json.dumps(rows), content_type="application/json", headers=headers
    )


def test_minutes_are_taken_replaced_and_told_apart(house: Any, web: Any, uid: Any):
    house.tick(0)
    assert queries.objectives_of(house.checkout)[0].problem == "No counts have come yet."
    done = post(web, uid, [row(2), row(1), row(5)])
    assert (done.status_code, done.json()) == (200, {"rows": 3, "new": 3, "replaced": 0, "unchanged": 0})
    again = post(web, uid, [row(2), {"minute": instant(LAST - 1).isoformat(), "good": 4, "total": 4}])
    assert again.json() == {"rows": 2, "new": 0, "replaced": 1, "unchanged": 1}
    house.tick(0)
    (view,) = queries.objectives_of(house.checkout)
    assert (view.good, view.total, view.problem) == (22, 24, "")
    assert view.minutes == {"good": 1, "bad": 2, "idle": 0, "unmeasured": 3, "excluded": 0}
    assert view.minutes_before == 114
    assert view.measured_by == "Pushed to Roadbed, minute by minute."


def test_a_repeated_request_is_answered_once(web: Any, uid: Any):
    headers = {"Idempotency-Key": "push-1"}
    first = post(web, uid, [row(1)], **headers)
    again = post(web, uid, [row(1)], **headers)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"good": 11}, "good", "Row 2: good is 11 of a total of 10."),
        ({"timestamp": "2026-11-23T08:59:30Z"}, "timestamp", "Row 2: 2026-11-23T08:59:30+00:00 is no start"),
        ({"timestamp": "2026-11-23T09:03:00Z"}, "timestamp", "lies in the future"),
        ({"timestamp": "2026-11-23T06:59:00Z"}, "timestamp", "lies before the objective's window"),
    ],
)
def test_a_row_at_fault_is_named_and_nothing_is_taken(web: Any, uid: Any, wrong: Any, field: str, text: str):
    done = post(web, uid, [row(1), row(2) | wrong])
    problem = done.json()
    assert (done.status_code, problem["line"], problem["field"]) == (422, 2, field)
    assert text in problem["detail"]
    assert problem["remedy"]
    assert heads() == {}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        {},
        [{}],
        [row(1) | {"good": 1.5}],
        [row(1) | {"good": -1}],
        [row(1) | {"total": "7"}],
        [7],
        [row(1)] * 10_001,
    ],
)
def test_what_is_no_list_of_rows_is_refused(web: Any, uid: Any, rows: Any):
    assert post(web, uid, rows).status_code == 422
    assert heads() == {}


def test_only_owners_with_the_scope_push_and_only_where_counts_are_pushed(house: Any, web: Any, uid: Any):
    person = caller_of_person(Person.objects.get(email="hanne@example.org"))
    for scopes, status in (({"read"}, 403), ({"counts.push"}, 200)):
        secret = create_token(person, name="t", scopes=scopes, now=NOW)[1]
        limited = Client(headers={"Authorization": f"Bearer {secret}"})
        assert post(limited, uid, [row(1)]).status_code == status
    with pytest.raises(Exception, match="not a member"):
        pushing.push(MARA, uid, [], now=NOW)
    assert post(web, "nothing", [row(1)]).status_code == 404
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    (other,) = queries.objectives_of(house.checkout)
    refused = post(web, other.uid, [row(1)])
    assert (refused.status_code, "counted otherwise" in refused.json()["detail"]) == (409, True)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_when_every_window_is_that_of_a_recount(house: Any, uid: Any, seed: int):
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    (live,) = live_objectives(uid=uid)
    history, series = History(target=live.judged), live.series
    for _ in range(12):
        size = chance.choice([1, 3, 30, 90])
        minutes = chance.sample(range(LAST - 120, LAST + 1), size)
        rows = []
        for minute in minutes:
            total = chance.choice([0, 5, 50])
            good = total - min(total, chance.choice([0, 0, 1]))
            rows.append(usecases.CountRow(instant(minute), good, total))
            history.count(minute, good=good, total=total)
        done = usecases.push(HANNE, uid, rows, now=NOW)
        assert done.rows == done.new + done.replaced + done.unchanged
        known, history.begins = heads(), min(LAST, *history.own)
        for end in (LAST, LAST - 7, LAST - 60):
            windows = (1, 5, 30, 60, 119)
            found = all_counts(known, end=end, windows={series: windows}, since={series: live.since})[series]
            for window in windows:
                assert found[window] == history.counts(end, window)


def test_the_command_sends_a_file_and_names_a_bad_line(uid: Any, web: Any, tmp_path: Path, monkeypatch: Any):
    from roadbed.cli import pushing as command
    from roadbed.cli.main import app

    sent: list[Any] = []

    class Server:
        def get(self, path: str, **_: Any) -> Any:
            return web.get(f"/api/v1{path}").json()

        def post(self, path: str, body: Any = None) -> Any:
            sent.append(len(body))
            return post(web, path.split("/")[2], body).json()

    monkeypatch.setattr(command, "api", lambda **_: Server())
    monkeypatch.setattr(command, "AT_ONCE", 50)
    file = tmp_path / "counts.csv"
    lines = [f"{instant(LAST - back):%Y-%m-%dT%H:%M:%SZ},9,10" for back in range(1, 121)]
    file.write_text("timestamp,good,total\n" + "\n".join(lines) + "\n")
    done = CliRunner().invoke(app, ["slo", "push", str(file), "--objective", uid, "--json"])
    assert (done.exit_code, json.loads(done.output)["new"], sent) == (0, 120, [50, 50, 20])
    file.write_text("timestamp,good,total\n2026-11-23T08:59:00Z,11,10\n")
    bad = CliRunner().invoke(app, ["slo", "push", str(file), "--objective", uid])
    assert bad.exit_code != 0
    assert len(sent) == 3


def test_a_push_in_time_makes_it_measured_now(house: Any, uid: Any):
    usecases.push(HANNE, uid, [usecases.CountRow(instant(LAST), 5, 5)], now=NOW)
    house.tick(10)
    assert queries.objectives_of(house.checkout)[0].standing == "within"
    house.now += timedelta(minutes=5)
    house.tick(0)
    assert queries.objectives_of(house.checkout)[0].standing == "unmeasured"
