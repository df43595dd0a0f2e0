"""The doors of runbooks: pages that a person reads and confirms on, the API, and the command line at a real server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from roadbed.cli import client, journal, local_steps
from roadbed.cli.client import ServerRefused, Unreachable
from roadbed.cli.main import application
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.runbooks import executing, repository
from roadbed.platform.runbooks.models import Run, Runbook
from roadbed.platform.runbooks.tests.conftest import Stage
from roadbed.platform.runbooks.tests.stage import NOW, TEXT

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def ines(promised: Stage) -> Client:
    repository.read_repository(ROADBED, promised.cast.uid, now=NOW)
    browser = Client()
    browser.force_login(Person.objects.get(email="ines@kestrel.example"))
    return browser


def page(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.content[-2000:]
    return str(answer.content.decode())


def fields(html: str, action: str) -> dict[str, str]:
    """What a form of the page would send."""
    (form,) = re.findall(rf'<form[^>]*action="[^"]*{action}".*?</form>', html, flags=re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_a_step_is_read_confirmed_followed_and_reviewed_on_pages(ines: Client, stage: Stage):
    row = Runbook.objects.get(slug="lookups")
    listed = page(ines, "/runbooks")
    assert "Lookups return 503" in listed
    assert "Stock is right" in listed
    assert "1 of 3 objectives and alerts have one" in listed
    one = page(ines, f"/runbooks/{row.uid}")
    assert "<em>Try again later</em>" in one
    other = Runbook.objects.get(slug="slow")
    assert f'href="/runbooks/{other.uid}"' in one
    assert "kill -HUP" in one
    shown = page(ines, f"/runbooks/{row.uid}/steps/2?p-shard=eu-1")
    assert "kill -HUP &quot;eu-1&quot;" in shown
    assert "rb-checkout-steps" in shown
    given = fields(shown, "/steps/2/run")
    assert not Run.objects.exists()
    assert ines.post(f"/runbooks/{row.uid}/steps/2/run", given).status_code == 422
    assert ines.post(f"/runbooks/{row.uid}/steps/2/run", given | {"sure": "on", "p-shard": "eu-2"}).status_code == 409
    started = ines.post(f"/runbooks/{row.uid}/steps/2/run", given | {"sure": "on"})
    run = Run.objects.get()
    assert (started.status_code, started["Location"]) == (302, f"/runbooks/runs/{run.uid}")
    assert 'hx-trigger="every 1s"' in page(ines, f"/runbooks/runs/{run.uid}")
    stage.clock.at = timezone.now()
    executing.execute(run.uid, worker="w", clock=stage.clock)
    ended = page(ines, f"/runbooks/runs/{run.uid}")
    assert "Came out" in ended
    assert "every 1s" not in ended
    ticked = ines.post(f"/runbooks/{row.uid}/steps/3/done", {"minutes": "9", "note": "They know"})
    assert ticked.status_code == 302
    assert ines.post(f"/runbooks/{row.uid}/reviewed", {"note": "Right"}).status_code == 302
    kinds = set(Fact.objects.filter(kind__startswith="runbook.r").values_list("kind", flat=True))
    assert kinds == {"runbook.run", "runbook.reviewed"}


def test_what_cannot_be_run_says_why_and_hostile_words_stay_words(ines: Client, stage: Stage):
    hostile = TEXT.replace(
        "More lookups fail than allowed.",
        "<script>alert(1)</script> ![x](http://x.example/a.png) [y](javascript:alert(1)) [z](../../etc/passwd)",
    )
    stage.code.push(runbooks__lookups=hostile)
    repository.read_repository(ROADBED, stage.cast.uid, now=NOW)
    row = Runbook.objects.get(slug="lookups")
    html = page(ines, f"/runbooks/{row.uid}")
    assert not re.search(r"<script>alert|<img|href=\"javascript|etc/passwd\"", html)
    stage.where = None
    assert "Roadbed cannot run it" in page(ines, f"/runbooks/{row.uid}/steps/1")
    assert "out of its range" in page(ines, f"/runbooks/{row.uid}/steps/1?p-minutes=999", 422)
    stage.duty = "hanne"
    stage.where = None
    assert "is on call" in page(ines, f"/runbooks/{row.uid}/steps/2?p-shard=a")
    assert "There is no runbook" in page(ines, "/runbooks/nothing", 404)
    page(ines, f"/runbooks/{row.uid}/steps/9", 404)


def test_a_link_with_an_incident_that_is_not_open_there_still_shows_the_step(ines: Client, stage: Stage):
    row = Runbook.objects.get(slug="lookups")
    shown = page(ines, f"/runbooks/{row.uid}/steps/2?p-shard=eu-1&incident=INC-404")
    assert "INC-404 is not open on checkout" in shown
    assert "kill -HUP &quot;eu-1&quot;" in shown
    assert fields(shown, "/steps/2/run")["incident"] in ("none", *(one.name for one in stage.incidents))


def test_the_api_shows_runs_and_refuses_with_reasons(ines: Client, stage: Stage):
    door, other = door_of("ines@kestrel.example", "member"), door_of("olga@kestrel.example", "member")
    (row,) = [one for one in door.get("/runbooks?service=checkout").body["items"] if one["slug"] == "lookups"]
    assert (row["state"], row["steps"], row["runnable"]) == ("fresh", 3, 2)
    uid = row["uid"]
    assert door.get(f"/runbooks/{uid}").body["step_list"][1]["confirm"] is True
    refused = door.post(f"/runbooks/{uid}/steps/1/plan", {"parameters": {"minutes": "0"}})
    assert (refused.status, refused.body["field"]) == (422, "parameters.minutes")
    plan = door.post(f"/runbooks/{uid}/steps/1/plan", {}).body
    assert (plan["allowed"], plan["command"], plan["obstacle"]) == (True, "echo 15", "")
    assert other.post(f"/runbooks/{uid}/steps/1/runs", {"shown": plan["shown"]}).status == 403
    assert door.post(f"/runbooks/{uid}/steps/1/runs", {"shown": "x"}).status == 409
    started = door.post(f"/runbooks/{uid}/steps/1/runs", {"shown": plan["shown"]}, idempotency_key="once-1")
    again = door.post(f"/runbooks/{uid}/steps/1/runs", {"shown": plan["shown"]}, idempotency_key="once-1")
    assert (started.status, again.body) == (201, started.body)
    run = started.body["uid"]
    assert door.post(f"/runbook-runs/{run}/kill").status == 202
    assert door.get(f"/runbook-runs/{run}").body["state"] == "killed"
    assert [one["uid"] for one in door.get("/runbook-runs?service=checkout&limit=1").body["items"]] == [run]
    assert door.post("/runbooks/lint", {"text": "x"}).body[0]["remedy"]
    assert door.get("/runbooks?state=odd").status == 422
    read = door.post("/services/checkout/runbooks/read", {}).body
    assert [one["change"] for one in read["taken"]] == ["unchanged"] * 2
    assert door.get("/runbooks/coverage").body["whole"] == 3


class Server:
    """The command line's way to the API of this process; cut off, nothing answers."""

    url = "http://roadbed.example"

    def __init__(self, door: Door) -> None:
        self.door = door
        self.cut = False

    def send(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        if self.cut:
            raise Unreachable("No Roadbed answers.")
        query = "&".join(f"{key}={value}" for key, value in params.items() if value is not None)
        answer = self.door.call(method, f"{path}?{query}" if query else path, body)
        if answer.status >= 400:
            raise ServerRefused(answer.body)
        return answer.body

    def get(self, path: str, **params: Any) -> Any:
        return self.send("GET", path, **params)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, {} if body is None else body)

    def all(self, path: str, **params: Any) -> Any:
        return self.get(path, **params)["items"]


def test_a_terminal_lints_runs_and_is_believed_later(
    ines: Client, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    server = Server(door_of("ines@kestrel.example", "member"))
    for module in ("runbooks", "local_steps"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: server)
    monkeypatch.setattr(local_steps, "access", lambda: client.Access(server.url, ""))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "runbooks" / "lookups.md"
    file.parent.mkdir()
    file.write_text(TEXT)
    (file.parent / "slow.md").write_text("# Nothing\n")
    command = application(("runbooks",))

    def roadbed(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(command, ["runbook", *words, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout[done.stdout.index("[" if done.stdout.lstrip()[0] == "[" else "{") :])

    assert {one["file"] for one in roadbed("lint", str(file.parent), code=1)} == {str(file.parent / "slow.md")}
    assert roadbed("lint", str(file)) == []
    words = ("run", str(file), "--step", "1", "--local", "--yes", "--service", "checkout", "--set", "minutes=7")
    done = roadbed(*words)
    assert (done["exit_code"], done["output"], done["recorded"][:14]) == (0, "7\n", "It is recorded")
    server.cut = True
    assert "kept here" in roadbed(*words)["recorded"]
    assert (Run.objects.count(), len(journal.waiting(server.url, journal.STEPS))) == (1, 1)
    server.cut = False
    assert journal.report_steps(server.url, lambda step: server.post(step["path"], step["body"])) == 1
    assert journal.report_steps(server.url, lambda step: server.post(step["path"], step["body"])) == 0
    runs = roadbed("runs", "checkout/lookups")
    assert [(one["state"], one["local"], one["person"]) for one in runs] == [("succeeded", True, "Ines")] * 2
    assert roadbed("done", "checkout/lookups", "--step", "3", "--minutes", "4")["uid"]
    stage.where = None
    refused = CliRunner().invoke(command, ["runbook", "run", "checkout/lookups", "--step", "1"])
    assert (refused.exit_code, "Run it?" in refused.output, "checkout" in refused.output) == (1, False, True)
    assert [one["name"] for one in roadbed("list", "--gaps")["uncovered"]] == ["DiskFull", "Stock is right"]
