"""The real pager process killed with SIGKILL at any moment: no page is lost, and one sent again has the same key."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import roadbed
from roadbed.adapters.smtp.tests.sink import free_port, hang_after_data, smtp_sink, talking

HOUSE = """
import sys
import time
from datetime import UTC, datetime
import django
django.setup()
from roadbed.config.wiring import wire
wire()
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
NOW = datetime.now(UTC)
NAMES = [f"service-{number}" for number in range(8)]
TEXT = '''apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    roadbed.dev/run: ./serve
spec:
  type: service
  lifecycle: production
  owner: team-payments
'''

def prepare():
    from roadbed.config import schema
    schema.migrate()
    from roadbed.ground.catalog import usecases as catalog
    from roadbed.ground.ledger import reactions
    from roadbed.ground.people import usecases as people
    from roadbed.reliability.paging import usecases as paging
    people.create_team(ROADBED, name="team-payments", now=NOW)
    for name in ("hanne", "ines"):
        email = f"{name}@kestrel.example"
        people.invite_person(ROADBED, email=email, name=name.title(), now=NOW)
        people.join_team(ROADBED, team="team-payments", email=email, now=NOW)
        paging.add_channel(ROADBED, kind="smtp", address=email, email=email, now=NOW)
    paging.set_rotation(ROADBED, "team-payments", emails=("hanne@kestrel.example", "ines@kestrel.example"), now=NOW)
    for name in NAMES:
        catalog.register(ROADBED, text=TEXT.format(name=name), location=f"/srv/git/{name}.git", now=NOW)
    from roadbed.ground.jobs.models import Job
    from roadbed.reliability.paging.models import Channel
    Channel.objects.update(verified_at=NOW)
    Job.objects.all().delete()
    reactions.begin(now=NOW)

def burn(count):
    from roadbed.ground.catalog.queries import require_service
    for name in NAMES[:count]:
        with unit(ROADBED, now=datetime.now(UTC)) as writing:
            data = {"objective": f"objective-of-{name}", "title": "Requests answered"}
            writing.record("budget.burn.started", require_service(name).uid, data=data)
        print(time.time())

def tell():
    import json
    from roadbed.ground.ledger.models import Fact
    from roadbed.reliability.paging.models import Alert, Delivery
    print(json.dumps({
        "alerts": list(Alert.objects.values_list("uid", flat=True)),
        "states": list(Delivery.objects.order_by("pk").values_list("state", flat=True)),
        "keys": list(Delivery.objects.order_by("pk").values_list("key", flat=True)),
        "tries": list(Delivery.objects.order_by("pk").values_list("tries", flat=True)),
        "sent": Fact.objects.filter(kind="page.sent").count(),
        "opened": Fact.objects.filter(kind="alert.opened").count(),
    }))

{"prepare": prepare, "burn": lambda: burn(int(sys.argv[2])), "tell": tell}[sys.argv[1]]()
"""


@dataclass
class Stage:
    """A data folder with a pager that can be killed."""

    folder: Path
    port: int
    pagers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
        return kept | {
            "ROADBED_DATA": str(self.folder),
            "ROADBED_SMTP": f"smtp://127.0.0.1:{self.port}",
            "DJANGO_SETTINGS_MODULE": "roadbed.config.settings",
            "PYTHONPATH": str(Path(roadbed.__file__).parents[1]),
        }

    def house(self, *arguments: str) -> str:
        command = [sys.executable, "-c", HOUSE, *arguments]
        return subprocess.run(
            command, env=self.environment(), check=True, timeout=120, stdout=subprocess.PIPE, text=True
        ).stdout

    def tell(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = json.loads(self.house("tell"))
        return told

    def start(self) -> subprocess.Popen[bytes]:
        self.pagers.append(subprocess.Popen([sys.executable, "-m", "roadbed.config.pager"], env=self.environment()))
        return self.pagers[-1]

    def kill(self) -> None:
        self.pagers[-1].kill()
        self.pagers[-1].wait(30)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "data", free_port())
    made.house("prepare")
    yield made
    for pager in made.pagers:
        if pager.poll() is None:
            pager.terminate()
        pager.wait(30)


def test_a_page_goes_out_within_five_seconds_of_its_fact(stage: Stage):
    with smtp_sink(port=stage.port) as sink:
        stage.start()
        stage.house("burn", "1")
        sink.wait_for(1)
        recorded = [float(line) for line in stage.house("burn", "8").split()]
        sink.wait_for(8)
        assert {mail["To"] for mail in sink.mails} == {"hanne@kestrel.example"}
        assert max(sink.at) - min(recorded[1:]) < 5


def test_killed_in_the_middle_of_a_delivery_the_page_is_sent_again_with_the_same_key(stage: Stage):
    taken: list[bool] = []

    def take_and_say_nothing(connection: object, over: object) -> None:
        taken.append(True)
        hang_after_data(connection, over)  # type: ignore[arg-type]

    with talking(take_and_say_nothing, port=stage.port):
        stage.start()
        stage.house("burn", "1")
        deadline = time.monotonic() + 30
        while not taken:
            assert time.monotonic() < deadline, "nothing was sent"
            time.sleep(0.01)
        stage.kill()
    before = stage.tell()
    assert before["states"] == ["sending"]
    with smtp_sink(port=stage.port) as sink:
        stage.start()
        (mail,) = sink.wait_for(1)
        assert mail["X-Roadbed-Key"] == before["keys"][0]
        stage.kill()
    after = stage.tell()
    assert (after["alerts"], after["opened"]) == (before["alerts"], 1)
    assert after["tries"] == [2]


def test_a_pager_that_is_killed_again_and_again_loses_no_page(stage: Stage):
    chance = random.Random(20261123)  # noqa: S311 - it chooses moments, not secrets
    with smtp_sink(port=stage.port) as sink:
        stage.start()
        stage.house("burn", "4")
        for _ in range(5):
            time.sleep(chance.uniform(0.2, 2.5))
            stage.kill()
            stage.start()
        stage.house("burn", "8")
        time.sleep(chance.uniform(0.0, 0.3))
        stage.kill()
        stage.start()
        deadline = time.monotonic() + 60
        while len({mail["X-Roadbed-Key"] for mail in sink.mails}) < 8:
            assert time.monotonic() < deadline, f"{len(sink.mails)} mails came"
            time.sleep(0.05)
        deadline = time.monotonic() + 30
        while (told := stage.tell())["sent"] != 8:
            assert time.monotonic() < deadline, told
    assert len(told["alerts"]) == told["opened"] == 8
    assert told["states"] == ["sent"] * 8
    assert {mail["X-Roadbed-Key"] for mail in sink.mails} == set(told["keys"])
