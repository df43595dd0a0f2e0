"""Objectives over HTTP and by command, the gate, and the work that runs in the background."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from roadbed.ground.errors import Refusal
from roadbed.ground.gates.rules import Question
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import reactions
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import jobs, queries, usecases
from roadbed.reliability.objectives.gate import error_budget
from roadbed.reliability.objectives.tests.conftest import NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def post(web: Client, path: str, body: dict[str, Any]):
    return web.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_apply_list_look_chart_and_end(house: Any, web: Any):
    done = post(web, "/services/checkout/objectives", {"text": slo()})
    assert (done.status_code, done.json()["defined"]) == (200, ["answered"])
    house.deploy()
    house.edge.serve(good=999, bad=1)
    house.tick()
    listed = web.get("/api/v1/objectives").json()
    (one,) = listed["items"]
    assert (one["good"], one["total"], one["standing"], one["remaining"]) == (999, 1000, "spent", 0.0)
    shown = web.get(f"/api/v1/objectives/{one['uid']}").json()
    assert [window["window"] for window in shown["windows"]] == ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"]
    assert [pair["factor"] for pair in shown["pairs"]] == [14.4, 6.0, 3.0, 1.0]
    assert shown["versions"][0]["target"] == "0.999"
    assert (shown["coverage"], shown["minutes_before"]) == (1.0, 43199)
    assert [window["before"] for window in shown["windows"]] == [4, 29, 59, 119, 359, 1439, 4319, 43199]
    chart = web.get(f"/api/v1/objectives/{one['uid']}/burn-down").json()
    assert sum(stretch["minutes"] for stretch in chart["stretches"]) == 43200
    assert (chart["stretches"][0]["state"], chart["minutes_before"]) == ("before", 43199)
    assert chart["points"][-1]["remaining"] == 0.0
    of_service = web.get("/api/v1/services/checkout/objectives").json()
    assert (len(of_service["items"]), of_service["error"]) == (1, None)
    assert web.delete(f"/api/v1/objectives/{one['uid']}").status_code == 204
    assert web.get("/api/v1/objectives").json()["items"] == []


def test_a_broken_file_is_a_problem_with_every_fault(web: Any):
    done = post(web, "/services/checkout/objectives", {"text": slo(target="1", latency=7), "file": "ops/slo.yaml"})
    problem = done.json()
    assert done.status_code == 422
    assert (problem["file"], problem["line"]) == ("ops/slo.yaml", 17)
    assert [one["line"] for one in problem["errors"]] == [27]
    assert problem["remedy"]


def test_what_is_not_there_is_said(web: Any):
    assert web.get("/api/v1/objectives/nothing").status_code == 404
    assert web.get("/api/v1/objectives/nothing/burn-down").status_code == 404
    assert web.get("/api/v1/objectives?standing=fine").status_code == 422
    assert web.get("/api/v1/objectives?cursor=%00").status_code == 422
    assert Client().get("/api/v1/objectives").status_code == 401
    post(web, "/services/checkout/objectives", {"text": slo()})
    (one,) = web.get("/api/v1/objectives").json()["items"]
    assert (one["standing"], one["as_of"]) == ("unmeasured", None)
    assert web.get(f"/api/v1/objectives/{one['uid']}/burn-down").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/objectives/%00",
        "/objectives/a%00b/burn-down",
        "/objectives?owner=%00",
        "/objectives?q=%00%ff",
        "/objectives?cursor=WzEsMiwzLDQsNV0",
        "/objectives?cursor=W251bGwsMCwiYSIsImIiLCJjIl0",
        "/objectives?limit=0",
        "/objectives?limit=x",
    ],
)
def test_no_address_breaks_it(web: Any, address: Any):
    post(web, "/services/checkout/objectives", {"text": slo()})
    assert web.get(f"/api/v1{address}").status_code in (200, 404, 422)


@pytest.mark.parametrize(
    "body",
    [{"text": slo().replace("Requests answered", '"a\\0b"')}, {"text": slo(), "file": "a\x00"},
     {"text": slo().replace("Requests answered", '"\\ud800"')}, {"text": "\x00"}, {"text": 7}, {}],
)  # fmt: skip
def test_no_text_breaks_it(web: Any, body: Any):
    assert post(web, "/services/checkout/objectives", body).status_code == 422


# The gate.


def ask(house: House, kind: str = "feature", *, now: datetime | None = None):
    question = Question(house.checkout, "checkout", "production", kind)
    return error_budget(question, now or house.now)


def test_the_gate_says_unknown_where_nothing_is_known(house: Any):
    (none,) = ask(house)
    assert (none.outcome, "has no objectives" in none.text) == ("unknown", True)
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    (never,) = ask(house)
    assert (never.outcome, never.as_of) == ("unknown", None)
    house.tick()
    (unmeasured,) = ask(house)
    assert (unmeasured.outcome, unmeasured.as_of) == ("unknown", house.now)
    assert "Nothing of it is deployed here" in unmeasured.text


def test_an_idle_service_and_another_environment_spend_nothing(house: Any):
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.deploy()
    house.tick()
    (idle,) = ask(house)
    assert (idle.outcome, "Idle" in idle.text) == ("allow", True)
    house.edge.serve(bad=100)
    house.tick()
    assert ask(house)[0].outcome == "deny"
    (staging,) = error_budget(Question(house.checkout, "checkout", "staging", "feature"), house.now)
    assert staging.outcome == "allow"


def test_the_gate_allows_warns_and_refuses_by_the_budget(house: Any):
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.deploy()
    house.edge.serve(good=100_000)
    house.tick()
    assert ask(house)[0].outcome == "allow"
    house.edge.serve(bad=80)
    house.tick()
    (warned,) = ask(house)
    assert (warned.outcome, warned.figures["total"]) == ("warn", 100_080)
    house.edge.serve(bad=40)
    house.tick()
    for kind in ("feature", "config"):
        assert ask(house, kind)[0].outcome == "deny"
    for kind in ("fix", "reliability", "security", "rollback"):
        assert ask(house, kind)[0].outcome == "allow"
    (stale,) = ask(house, now=house.now + timedelta(seconds=21))
    assert (stale.outcome, "21 s old" in stale.text, stale.as_of) == ("unknown", True, house.now)


def test_a_burn_at_page_level_refuses_features_before_the_budget_is_spent(house: Any):
    usecases.apply(ROADBED, "checkout", text=slo(target="0.99"), now=NOW)
    house.deploy()
    house.edge.serve(good=100_000)
    house.tick()
    house.tick(2 * 3600)
    house.edge.serve(bad=100)
    house.tick()
    (refused,) = ask(house)
    assert refused.outcome == "deny"
    assert "times too fast" in refused.text
    assert refused.clears == "Stop the burn: a rollback or a fix passes."


# Background work.


def run_of(name: str) -> JobRun:
    return JobRun(uid="j", name=name, payload={}, attempt=1, last_attempt=False, lease_by="w")


def test_a_registered_service_has_its_file_read_and_a_removed_one_its_objectives_ended(house: Any, wired: Any):
    for reaction in (jobs.READ, jobs.RETIRE):
        reactions.register(reaction)
    reactions.begin(now=NOW)
    from roadbed.ground.ledger.unit import unit

    with unit(ROADBED, now=NOW) as writing:
        writing.record("service.upgraded", house.checkout, environment="production", data={"commit": "c1"})
    house.repository.files["c1"] = {"slo.yaml": slo().encode()}
    reactions.advance(now=NOW)
    job = Job.objects.get(name="objectives.read")
    jobs.read_one(run_of(job.name), job.payload)
    assert len(queries.objectives_of(house.checkout)) == 1
    jobs.retire_one(run_of("objectives.retire"), {"subject": house.checkout})
    assert queries.objectives_of(house.checkout) == ()


def test_the_schedules_run(house: Any):
    usecases.apply(ROADBED, "checkout", text=slo(), now=NOW)
    house.deploy()
    jobs.sample_all(run_of("objectives.sample"), {})
    jobs.forget_old(run_of("objectives.forget"), {})
    assert queries.objectives_of(house.checkout)[0].as_of is not None


# The command, offline.


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    definition, counts = tmp_path / "slo.yaml", tmp_path / "counts.csv"
    definition.write_text(slo())
    rows = [f"2026-11-23T09:{minute:02}:00Z,99,100" for minute in range(10)]
    counts.write_text("\n".join(["timestamp,good,total", *rows, rows[0]]) + "\n")
    return definition, counts


def roadbed(*words: object):
    from roadbed.cli.main import app

    return CliRunner().invoke(app, ["slo", *(str(word) for word in words)], catch_exceptions=True)


def test_lint_prints_every_fault_and_exits_1(files: Any):
    assert roadbed("lint", files[0]).exit_code == 0
    files[0].write_text(slo(target="1", latency=7))
    done = roadbed("lint", files[0], "--json")
    assert done.exit_code == 1
    assert [(one["line"], one["rule"]) for one in json.loads(done.stdout)] == [(17, "latency-bound"), (27, "target")]


def test_evaluate_counts_what_the_rows_say(files: Any):
    done = roadbed("evaluate", files[0], "--counts", files[1], "--json")
    (one,) = json.loads(done.stdout)
    assert (one["good"], one["total"], one["target"]) == (990, 1000, 0.999)
    assert one["remaining"] == -9.0
    assert one["minutes"] == {"good": 0, "bad": 10, "idle": 0, "unmeasured": 0, "excluded": 0}
    assert one["history"]["replaced"] == 1
    assert one["period"]["end"] == "2026-11-23T09:10:00Z"
    earlier = roadbed("evaluate", files[0], "--counts", files[1], "--at", "2026-11-23T09:05:59Z", "--json")
    assert json.loads(earlier.stdout)[0]["total"] == 500
    assert "Good" in roadbed("evaluate", files[0], "--counts", files[1]).stdout


def test_a_broken_row_prints_nothing_and_names_its_place(files: Any):
    files[1].write_text("timestamp,good,total\n2026-11-23T09:00:00Z,1,1\nyesterday,1,1\n2026-11-23T09:01:00Z,-1,1\n")
    done = roadbed("evaluate", files[0], "--counts", files[1], "--json")
    refusal = done.exception
    assert (done.exit_code, done.stdout) == (1, "")
    assert isinstance(refusal, Refusal)
    places = [(one.place.line, one.place.field) for one in (refusal, *refusal.others)]
    assert places == [(3, "timestamp"), (4, "good")]
