"""The demo company for real: up with it, looked at, measured, left alone, and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from journeys.browsing import Visitor, chromium, visit
from journeys.running import Running, eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

RUNNING = "return-label"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def up(roadbed: Running) -> str:
    return roadbed.run("up", "--demo", "--address", f"127.0.0.1:{roadbed.port}", "--edge", f"127.0.0.1:{roadbed.edge}")


@pytest.fixture(scope="module")
def said(roadbed: Running) -> str:
    return up(roadbed)


@pytest.fixture(scope="module")
def session(browser: Browser, roadbed: Running, said: str) -> Any:
    """The first admin's, signed in by the link."""
    with visit(browser, roadbed.url) as opened:
        opened.page.goto(said.strip().splitlines()[-1])
        assert "Demo" in opened.page.locator(".rb-demo").inner_text()
        opened.press("Sign in with this link")
        expect(opened.page.get_by_role("heading", name="Look around")).to_be_visible()
        return opened.page.context.storage_state()


@pytest.fixture
def visitor(browser: Browser, roadbed: Running, session: Any) -> Iterator[Visitor]:
    with visit(browser, roadbed.url, state=session) as opened:
        yield opened
        assert opened.heard == []


def requests(roadbed: Running) -> int:
    """How many the objectives of the running service have counted."""
    return sum(objective["total"] for objective in roadbed.json("slo", "list", "--service", RUNNING))


def test_it_is_said_what_was_made_and_the_link_comes_last(said: str):
    assert "Kestrel Parcels" in said
    assert re.search(r"/sign-in/\S+$", said.strip())


LIGHT = (
    "/", "/catalogue", "/services/eta-predictor", "/incidents", "/reviews", "/objectives", "/on-call", "/flags",
    "/services/depot-board/exclusions", "/services/parcel-tracking/exclusions/new",
    "/objectives/journeys/follow-a-parcel", "/objectives/rollup/team/tracking", "/runbooks", "/goals",
    "/incidents/status", "/on-call/teams/tracking/load?weeks=13", "/on-call/teams/tracking/schedule",
    "/delivery/flow?team=tracking",
)  # fmt: skip
DARK = (
    "/", "/catalogue", "/delivery", "/layers", "/gate", "/freezes", "/objectives?group=needs-a-look",
    "/objectives/policies/error-budget", "/objectives/rollup", "/objectives/report", "/on-call/silences",
    "/reviews/patterns", "/on-call/integrations", "/on-call/teams/tracking/pay", "/delivery/tests", "/toil",
    "/incidents/INC-11",
)  # fmt: skip


@pytest.mark.parametrize(("theme", "pages"), [("light", LIGHT), ("dark", DARK)])
def test_every_page_is_alive_sound_and_marked(
    browser: Browser, roadbed: Running, session: Any, theme: str, pages: tuple[str, ...]
):
    wrong: dict[str, Any] = {}
    with visit(browser, roadbed.url, theme=theme, state=session) as opened:
        for address in pages:
            opened.go(address)
            marked = opened.page.locator(".rb-demo").count()
            empty = opened.page.locator(".rb-empty").count()
            found = (marked, empty, opened.faults(), opened.overhang())
            if found != (1, 0, [], 0):
                wrong[address] = found
        assert opened.heard == []
    assert wrong == {}


def test_an_incident_shows_what_changed_just_before(visitor: Visitor):
    visitor.go("/incidents")
    visitor.page.get_by_role("link", name=re.compile("INC-")).first.click()
    expect(visitor.page.get_by_role("heading", name=re.compile("Suspects|suspect"))).to_be_visible()
    assert visitor.faults() == []
    assert visitor.overhang() == 0


def test_a_spent_objective_shows_its_charts(visitor: Visitor):
    visitor.go("/objectives?standing=spent")
    visitor.page.get_by_role("link", name="Lookups answered").click()
    expect(visitor.page.locator("[data-chart] svg")).to_have_count(4)
    assert (visitor.faults(), visitor.overhang()) == ([], 0)


def test_time_is_excluded_after_a_look_on_a_phone_in_the_dark(browser: Browser, roadbed: Running, session: Any):
    with visit(browser, roadbed.url, theme="dark", width=390, state=session) as opened:
        page = opened.page
        opened.go("/objectives?standing=spent")
        page.get_by_role("link", name="Lookups answered").click()
        assert (opened.faults(), opened.overhang()) == ([], 0)
        page.get_by_role("link", name="Exclude a period").click()
        page.get_by_label("From").fill("2020-01-01T10:00")
        page.get_by_label("Until").fill("2020-01-01T09:00")
        page.get_by_label("Reason").fill("The scan store was moved")
        opened.press("Show what it would change")
        expect(page.locator("#ends_at-e")).to_contain_text("ends before it begins")
        page.get_by_label("Until").fill("2020-01-01T11:00")
        opened.press("Show what it would change")
        expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
        assert (opened.faults(), opened.overhang()) == ([], 0)


def test_a_service_really_runs_and_its_traffic_is_measured(roadbed: Running):
    eventually("the running service", lambda: roadbed.service(RUNNING).status_code == 200, seconds=60)
    eventually("its requests counted at the edge", lambda: requests(roadbed) > 0, seconds=30)


def test_up_again_adds_nothing(roadbed: Running):
    def held() -> Any:
        return roadbed.json("demo", "status"), len(roadbed.json("catalog", "list")), roadbed.json("team", "list")

    before = held()
    assert "Making the demo" not in up(roadbed)
    assert held() == before


def test_doctor_and_status_say_so(roadbed: Running):
    assert roadbed.json("demo", "status")["state"] == "standing"
    assert "demo" in roadbed.command("doctor").stdout.lower()


def test_removed_by_one_command_and_ones_own_stays(roadbed: Running, visitor: Visitor):
    roadbed.run("team", "create", "team-mine")
    assert roadbed.command("demo", "remove").returncode != 0, "it asks, and nobody answered"
    roadbed.json("demo", "remove", "--yes")
    assert roadbed.json("demo", "status")["state"] == "none"
    assert {item["name"] for item in roadbed.json("catalog", "list")} == {"roadbed"}
    assert {item["name"] for item in roadbed.json("team", "list")} == {"platform", "team-mine"}
    assert httpx.get(f"{roadbed.url}/api/v1").headers.get("Roadbed-Demo") is None

    def unmarked() -> bool:
        visitor.go("/")
        return visitor.page.locator(".rb-demo").count() == 0

    eventually("a home without the banner", unmarked, seconds=10)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(re.compile("Lay the first course"))
    assert roadbed.service(RUNNING).status_code in (404, 503)


def test_a_used_folder_is_never_filled(roadbed: Running):
    assert "left out" in up(roadbed)
    assert roadbed.json("demo", "status")["state"] == "none"
