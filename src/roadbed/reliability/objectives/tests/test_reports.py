"""Roll-ups and reports over HTTP, on pages and on the command line, against a recount of what was imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner

from roadbed.cli import client as cli
from roadbed.cli.main import app
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import store, usecases
from roadbed.reliability.objectives.evaluating import evaluate_all
from roadbed.reliability.objectives.importing import Counted, import_minutes
from roadbed.reliability.objectives.live import live_objectives
from roadbed.reliability.objectives.models import Objective
from roadbed.reliability.objectives.queries import objectives_of
from roadbed.reliability.objectives.reports.queries import Wish, report
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo
from roadbed.reliability.objectives.tests.journeys import journey

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
FIRST = minute_of(datetime(2026, 11, 20, tzinfo=UTC))
LAST = minute_of(NOW) - 1
Counts = dict[int, tuple[int, int]]


@pytest.fixture
def counts() -> dict[str, Counts]:
    """What was counted of each service since 20 November: quiet hours, holes, and a bad stretch of labels."""
    checkout: Counts = {}
    parcels: Counts = {}
    for minute in range(FIRST, LAST + 1):
        if minute % 97:
            checkout[minute] = (10 - (minute % 211 == 0), 10) if minute // 60 % 7 else (0, 0)
        if not 300 <= minute - FIRST < 420:
            parcels[minute] = (15, 20) if 1000 <= minute - FIRST < 1030 else (20, 20)
    return {"checkout": checkout, "parcels": parcels}


@pytest.fixture
def past(house: House, counts: dict[str, Counts]) -> House:
    """Both services with that past, evaluated now, and a journey over them."""
    for name in ("checkout", "parcels"):
        usecases.apply(HANNE, name, text=slo(service=name), now=NOW - timedelta(days=40))
        (view,) = objectives_of(house.uids[name])
        own = (Counted(minute, *pair) for minute, pair in counts[name].items())
        import_minutes(HANNE, view.uid, own, read_at=NOW, now=NOW)
    usecases.apply_journeys(HANNE, text=journey(), now=NOW)
    evaluate_all(live_objectives(), at=NOW)
    usecases.follow_journeys(HANNE, now=NOW)
    return house


def recount(own: Counts, first: int, until: int) -> tuple[int, int, int]:
    held = [pair for minute, pair in own.items() if first <= minute < until]
    return sum(total - good for good, total in held), sum(total for _, total in held), len(held)


def test_a_month_is_what_was_counted_and_its_days_add_up(past: House, counts: dict[str, Counts]):
    whole = report(Wish(), now=NOW)
    assert whole["period"]["label"] == "November 2026"
    assert [line["service"] for line in whole["lines"]] == ["checkout", "parcels"]
    for line in whole["lines"]:
        bad, total, measured = recount(counts[line["service"]], FIRST, LAST + 1)
        assert (line["bad"], line["total"]) == (bad, total)
        assert sum(line["minutes"].values()) + line["outside"] + line["to_come"] == 43_200
        assert line["minutes"]["good"] + line["minutes"]["bad"] + line["minutes"]["idle"] == measured
        assert (line["before"]["has_data"], line["before"]["attainment"]) == (False, None)
    days = [report(Wish(start=f"2026-11-{day:02}", end=f"2026-11-{day:02}"), now=NOW) for day in range(18, 24)]
    for place in range(2):
        one = whole["lines"][place]
        parts = [day["lines"][place] for day in days if day["lines"]]
        assert sum(part["bad"] for part in parts) == one["bad"]
        for state, number in one["minutes"].items():
            assert sum(part["minutes"][state] for part in parts) == number
    minutes = [day["journeys"][0]["minutes"] for day in days]
    assert sum(one["bad"] for one in minutes) == whole["journeys"][0]["minutes"]["bad"] > 0
    assert sum(one["unmeasured"] for one in minutes) == whole["journeys"][0]["minutes"]["unmeasured"]
    assert sum(step["spent"] for step in whole["journeys"][0]["steps"]) == whole["journeys"][0]["bad"]
    assert "NaN" not in json.dumps(whole)


def test_causes_and_the_rest_add_up_to_what_was_bad(past: House):
    with unit(ROADBED, now=NOW) as writing:
        at = datetime.fromtimestamp((FIRST + 990) * 60, tz=UTC)
        data = {"version": "v7"}
        writing.record("service.deployed", past.uids["parcels"], environment="production", occurred_at=at, data=data)
        asked = {"outcome": "deny", "reasons": []}
        writing.record("gate.asked", past.checkout, occurred_at=NOW - timedelta(days=1), data=asked)
    found = report(Wish(scope="team", name="team-payments"), now=NOW)
    assert [(one["title"], one["service"], one["bad"]) for one in found["causes"]] == [("Deployed v7", "parcels", 150)]
    spent = sum(one["bad"] for one in found["causes"]) + found["unattributed"]["events"]
    assert spent == sum(line["bad"] for line in found["lines"])
    assert found["decisions"]["refused"] == [{"service": "checkout", "times": 1}]
    assert "The furthest over is parcels" in found["says"]


def test_excluded_time_stands_beside_the_raw_figures(past: House):
    begins = datetime.fromtimestamp((FIRST + 1000) * 60, tz=UTC)
    usecases.exclude(
        HANNE, "parcels", starts_at=begins, ends_at=begins + timedelta(minutes=30), reason="Disks moved", now=NOW
    )
    (line,) = report(Wish(scope="service", name="parcels"), now=NOW)["lines"]
    assert (line["bad"], line["raw"]["bad"]) == (0, 150)
    assert (line["minutes"]["excluded"], line["raw"]["minutes"]["excluded"]) == (30, 0)
    assert (line["kept"], line["raw"]["kept"]) == (True, False)


def test_what_is_kept_no_more_lies_outside(past: House, counts: dict[str, Counts]):
    store.forget(before=FIRST + 2000)
    (line,) = report(Wish(scope="service", name="parcels"), now=NOW)["lines"]
    bad, total, _ = recount(counts["parcels"], FIRST + 2001, LAST + 1)
    assert (line["bad"], line["total"]) == (bad, total)
    assert line["outside"] == FIRST + 2001 - minute_of(datetime(2026, 11, 1, tzinfo=UTC))


def test_an_edit_leaves_the_past_as_it_was(past: House):
    usecases.apply(HANNE, "parcels", text=slo(service="parcels", target="0.5"), now=NOW)
    (line,) = report(Wish(scope="service", name="parcels", start="2026-11-20", end="2026-11-21"), now=NOW)["lines"]
    assert (line["target_text"], line["kept"]) == ("99.9%", False)
    Objective.objects.filter(service_name="parcels").update(removed_at=NOW - timedelta(days=1))
    (line,) = report(Wish(scope="service", name="parcels"), now=NOW)["lines"]
    assert line["outside"] >= 1440


def test_reports_and_rollups_over_http(past: House, web: Client):
    found = web.get("/api/v1/reports", {"scope": "team", "name": "team-payments", "at": NOW.isoformat()}).json()
    assert [found["scope"]["kind"], len(found["lines"]), len(found["journeys"])] == ["team", 2, 1]
    refused = web.get("/api/v1/reports", {"period": "fortnight"})
    assert (refused.status_code, refused.json()["field"]) == (422, "period")
    for zone in ("", "Mars/Base"):
        refused = web.get("/api/v1/reports", {"period": "year", "zone": zone})
        assert (refused.status_code, refused.json()["field"]) == (422, "zone")
    assert web.get("/api/v1/reports", {"scope": "team", "name": "nobody"}).status_code == 404
    (team,) = web.get("/api/v1/rollups", {"by": "team"}).json()["items"]
    assert (team["objectives"], sum(team["states"].values()), team["worst"]["service"]) == (2, 2, "parcels")
    (kind,) = team["kinds"]
    assert kind["total"] == sum(line["total"] for line in found["lines"])
    page = web.get("/api/v1/rollups/organization/all", {"state": "spent"}).json()
    assert [line["service"] for line in page["lines"]] == ["parcels"]
    assert web.get("/api/v1/rollups", {"by": "planet"}).status_code == 422
    assert web.get("/api/v1/rollups/system/nothing").status_code == 404


@pytest.fixture
def page(client: Client, past: House) -> Callable[[str], str]:
    client.force_login(Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=NOW))

    def ask(address: str, status: int = 200) -> str:
        response = client.get(address)
        assert response.status_code == status, address
        return response.content.decode()

    return ask


def test_the_pages_show_what_stands_and_lead_to_the_rows(page: Callable[..., str]):
    html = page("/objectives/journeys")
    assert "Send a parcel" in html
    assert "pay → label" in html
    html = page("/objectives/journeys/send-a-parcel")
    assert "checkout/answered" in html
    assert "there the journey broke" in html
    html = page("/objectives/rollup")
    assert "/objectives/rollup/team/team-payments" in html
    assert "?state=spent" in html
    html = page("/objectives/rollup/team/team-payments?state=spent")
    assert html.count("Requests answered") == 1
    html = page("/objectives/report?scope=team&name=team-payments&at=2026-11-20")
    assert "November 2026" in html
    assert "Missed" in html
    assert "no date" in page("/objectives/report?at=yesterday", 422)
    file = page("/objectives/report.html?scope=journey&name=send-a-parcel&at=2026-11-20")
    assert file.startswith("<!doctype html>")
    assert "Which step spent it" in file
    assert json.loads(page("/objectives/report.json?at=2026-11-20"))["totals"]["objectives"] == 2
    assert "There is no journey" in page("/objectives/journeys/nowhere", 404)


@pytest.fixture
def run(
    past: House, token: str, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", token)
    made: list[cli.Api] = []
    original = cli.api
    for module in ("journeys", "reports"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda **given: made.append(original(**given)) or made[-1])

    def invoke(*words: object) -> str:
        done = CliRunner().invoke(app, ["slo", *map(str, words)])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    yield invoke
    for one in made:
        one._http.close()


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_the_command_line_rolls_up_reports_and_applies(run: Callable[..., str], tmp_path: Path):
    file, html = tmp_path / "journey.yaml", tmp_path / "report.html"
    file.write_text(journey("again"))
    assert json.loads(run("journey", "apply", file, "--json"))["defined"] == ["again"]
    assert [one["name"] for one in json.loads(run("journey", "list", "--json"))] == ["again", "send-a-parcel"]
    assert "send-a-parcel" in run("journey", "list")
    assert "label" in run("journey", "show", "send-a-parcel")
    assert "Hanne Brandt" in run("journey", "history", "again")
    assert "has ended" in run("journey", "remove", "again")
    assert "team-payments" in run("rollup")
    assert "Requests" not in run("rollup", "team-payments", "--state", "idle")
    assert json.loads(run("rollup", "--by", "organization", "--json"))[0]["objectives"] == 2
    span = ("--from", "2026-11-20", "--to", "2026-11-22")
    said = run("report", "--team", "team-payments", *span, "--html", html)
    assert "parcels/answered" in said
    assert "Written to" in said
    assert html.read_text().startswith("<!doctype html>")
    assert json.loads(run("report", *span, "--json"))["totals"]["objectives"] == 2
