"""The tour on a real Roadbed: every step seen, the page by real mail, and nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from journeys.browsing import Visitor, chromium, visit
from journeys.running import Running

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

STEPS = [
    *("scaffold", "deploy", "traffic", "break", "burn", "page", "incident"),
    *("gate", "rollback", "stopped", "review", "metrics", "tidy"),
]
LONGEST = 150


@pytest.fixture(scope="module")
def told(roadbed: Running) -> dict[str, Any]:
    """What the tour says, on a Roadbed that has no mail server set."""
    link = roadbed.up()
    done = roadbed.command("tour", "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout) | {"exit": done.returncode, "link": link}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_every_step_is_seen_in_time(told: dict[str, Any]):
    missed = {one["step"]: one["text"] for one in told["steps"] if one["outcome"] != "seen"}
    assert missed == {}
    assert [one["step"] for one in told["steps"]] == STEPS
    assert told["exit"] == 0
    assert told["seconds"] <= LONGEST


def test_the_page_comes_by_mail_soon_after_the_sample(told: dict[str, Any]):
    figures = next(one["figures"] for one in told["steps"] if one["step"] == "page")
    assert figures["channel"] == "smtp"
    assert 0 <= figures["after_sample_s"] <= 10


def test_nothing_of_it_is_left(roadbed: Running, told: dict[str, Any]):
    assert roadbed.command("catalog", "show", told["service"]).returncode == 1
    assert roadbed.service(told["service"]).status_code in (404, 503)
    assert roadbed.command("team", "show", "roadbed-tour").returncode == 1
    assert roadbed.json("channel", "list", "--everybody") == []
    assert roadbed.json("page", "list") == []


def test_without_a_roadbed_it_says_so(roadbed: Running, told: dict[str, Any]):
    done = roadbed.command("--data", str(roadbed.home / "nowhere"), "tour")
    assert done.returncode == 12
    assert told["seen"]


def test_its_pages_can_be_read(roadbed: Running, told: dict[str, Any], browser: Browser):
    name = next(one["figures"]["incident"] for one in told["steps"] if one["step"] == "incident")
    with visit(browser, roadbed.url) as visitor:
        visitor.page.goto(told["link"])
        visitor.press("Sign in")
        for path, text in ((f"/incidents/{name}", name), (f"/reviews/{name}", name)):
            look(visitor, path, text)
        assert visitor.heard == []


def look(visitor: Visitor, path: str, text: str) -> None:
    visitor.go(path)
    assert text in visitor.page.inner_text("main")
    assert visitor.faults() == []
    assert visitor.overhang() == 0
