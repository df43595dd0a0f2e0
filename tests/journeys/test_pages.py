"""The portal in a real Chromium: from the sign-in link to a rollback, with and without script, in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from journeys.browsing import Visitor, chromium, visit
from journeys.running import Running, eventually

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PASSWORD = "kestrel-parcels-1"
PATH = "node-http-service"
SERVICE = "checkout"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def link(roadbed: Running) -> str:
    return roadbed.up()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What one test found and a later one needs: the session, the objective's address."""
    return {}


@pytest.fixture
def visitor(browser: Browser, roadbed: Running, kept: dict[str, Any]) -> Iterator[Visitor]:
    with visit(browser, roadbed.url, state=kept.get("session")) as opened:
        yield opened
        assert opened.heard == [], "the console stays silent under the content policy"


def outcome(visitor: Visitor) -> str:
    """How the deployment on the page came out, once it has."""
    badge = visitor.page.locator("h1 + span")
    expect(badge).not_to_have_text(re.compile("Waiting|Under way"), timeout=90_000)
    return badge.inner_text()


def drive(roadbed: Running, number: int) -> list[int]:
    with httpx.Client(base_url=f"http://127.0.0.1:{roadbed.edge}", headers={"Host": f"{SERVICE}.localhost"}) as client:
        return [client.get("/").status_code for _ in range(number)]


def test_the_link_shows_a_page_and_its_button_signs_in(visitor: Visitor, link: str, kept: dict[str, Any]):
    visitor.page.goto(link)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Sign in to Roadbed")
    assert visitor.page.context.cookies(visitor.url) == [] or "sessionid" not in {
        cookie["name"] for cookie in visitor.page.context.cookies(visitor.url)
    }
    visitor.press("Sign in with this link")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Roadbed is running. Lay the first course")
    kept["session"] = visitor.page.context.storage_state()


def test_a_password_is_set_and_signs_in_again(visitor: Visitor, kept: dict[str, Any]):
    visitor.go("/account")
    email = re.search(r"\S+@\S+?(?=,)", visitor.page.locator(".sub").inner_text())[0]
    visitor.page.get_by_label("New password").fill(PASSWORD)
    visitor.press("Set the password")
    visitor.press("Sign out")
    visitor.page.get_by_label("Email").fill(email)
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Sign in")
    expect(visitor.page).to_have_url(f"{visitor.url}/")
    kept["session"] = visitor.page.context.storage_state()


def test_a_token_is_shown_once(visitor: Visitor):
    visitor.go("/account")
    visitor.page.get_by_label("What it is for").fill("checkout's pipeline")
    visitor.press("Make the token")
    secret = visitor.page.locator(".rb-secret").inner_text()
    answer = httpx.get(f"{visitor.url}/api/v1/objectives", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    visitor.go("/account")
    assert secret not in visitor.page.content()


def test_a_team_is_made(visitor: Visitor):
    visitor.go("/teams")
    visitor.page.get_by_label("Name", exact=True).fill("team-payments")
    visitor.press("Make the team")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("team-payments")


def test_the_wizard_makes_a_service_and_deploys_it(visitor: Visitor, roadbed: Running):
    visitor.go(f"/paths/{PATH}/new")
    visitor.page.get_by_label("Name", exact=True).fill(SERVICE)
    visitor.page.get_by_label("Owner").select_option("team-payments")
    visitor.press("Go on to the promise")
    visitor.press("Review the files")
    expect(visitor.page.locator(".rb-diff")).to_contain_text(f"service: {SERVICE}")
    assert visitor.faults() == []
    visitor.press(f"Create {SERVICE}")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(f"{SERVICE} is made")
    assert visitor.faults() == []
    visitor.press("Deploy it now")
    assert outcome(visitor) == "Succeeded"
    assert set(drive(roadbed, 20)) == {200}


def test_the_objective_shows_the_traffic_with_its_chart(visitor: Visitor, roadbed: Running, kept: dict[str, Any]):
    def seen() -> str:
        drive(roadbed, 20)
        visitor.go(f"/services/{SERVICE}")
        return visitor.page.locator("table").first.get_by_role("link").first.get_attribute("href") or ""

    kept["objective"] = eventually("the objective on the service's page", seen)

    def counted() -> bool:
        visitor.go(kept["objective"])
        return "100" in visitor.page.locator(".rb-stat").nth(1).inner_text()

    eventually("the budget on the objective's page", counted, seconds=90)
    expect(visitor.page.locator(".rb-chart svg").first).to_be_visible()
    visitor.page.get_by_text("Show as a table").first.click()
    expect(visitor.page.get_by_role("columnheader", name="Budget left at its end")).to_be_visible()


def test_the_dialog_rolls_back_what_a_second_deployment_brought(visitor: Visitor):
    visitor.go(f"/services/{SERVICE}/deploy")
    visitor.page.get_by_label("Kind of change").select_option("fix")
    visitor.press("Deploy")
    assert outcome(visitor) == "Succeeded"
    visitor.go(f"/services/{SERVICE}")
    visitor.press("Roll back…")
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog).to_contain_text("v2 → v1")
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    visitor.press("Roll back…")
    dialog.get_by_label("A word for the timeline").fill("tried it")
    dialog.get_by_role("button", name="Roll back to v1").click()
    assert outcome(visitor) == "Rolled back"


def test_the_palette_is_driven_by_keys(visitor: Visitor):
    visitor.go("/")
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type(f"ship {SERVICE}")
    first = visitor.page.locator("#palette [role=option]").first
    expect(first).to_have_text(re.compile(f"Deploy {SERVICE}"))
    expect(first).to_have_attribute("aria-selected", "true")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page).to_have_url(re.compile(f"/services/{SERVICE}/deploy$"))


def test_an_enter_before_the_list_has_caught_up_waits_for_it(visitor: Visitor):
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    visitor.go("/")
    visitor.page.route("**/search?palette=1*", hold_the_first)
    with visitor.page.expect_request("**/search?palette=1*"):
        visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type(f"ship {SERVICE}")
    visitor.page.keyboard.press("Enter")
    held[0].continue_()
    expect(visitor.page).to_have_url(re.compile(f"/services/{SERVICE}/deploy$"))


def test_filters_swap_the_rows_and_change_the_address(visitor: Visitor):
    visitor.go("/catalogue")
    rows = visitor.page.locator("#rows tbody tr")
    expect(rows).to_have_count(2)
    visitor.page.locator("#q").press_sequentially("check")
    expect(rows).to_have_count(1)
    expect(visitor.page).to_have_url(re.compile("q=check"))


def test_the_theme_is_kept(visitor: Visitor):
    visitor.go("/")
    before = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    visitor.press("Switch between light and dark")
    visitor.page.reload()
    assert visitor.page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert visitor.page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_first_tab_leads_past_the_sidebar(visitor: Visitor):
    visitor.go("/catalogue")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(":focus")).to_have_text("Skip to content")


def test_the_main_ways_need_no_script(browser: Browser, roadbed: Running, kept: dict[str, Any]):
    with visit(browser, roadbed.url, script=False, state=kept["session"]) as plain:
        plain.go("/catalogue")
        plain.page.locator("#q").fill("check")
        plain.press("Filter")
        expect(plain.page.locator("#rows tbody tr")).to_have_count(1)
        plain.page.get_by_role("link", name=SERVICE).click()
        plain.press("Deploy…")
        plain.page.get_by_label("Kind of change").select_option("fix")
        plain.press("Deploy")
        expect(plain.page.locator("h1 + span")).to_have_text("Succeeded", timeout=60_000)
        plain.go(f"/services/{SERVICE}")
        plain.press("Roll back…")
        plain.press("Roll back to")
        expect(plain.page.locator("h1 + span")).to_have_text("Rolled back", timeout=60_000)
        plain.go(kept["objective"])
        plain.page.get_by_text("Show as a table").click()
        expect(plain.page.get_by_role("columnheader", name="Budget left at its end")).to_be_visible()


PAGES = (
    "/", "/catalogue", f"/services/{SERVICE}", f"/services/{SERVICE}/rollback?to=v2", f"/services/{SERVICE}/deploy",
    "/objectives", "{objective}", "/paths", f"/paths/{PATH}/new", "/teams", "/teams/team-payments", "/account",
    "/search?q=check", "/_components", "/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_sound(browser: Browser, roadbed: Running, kept: dict[str, Any], theme: str, width: int):
    found: dict[str, Any] = {}
    with visit(browser, roadbed.url, theme=theme, width=width, state=kept["session"]) as visitor:
        for address in PAGES:
            visitor.heard.clear()
            visitor.go(address.format(**kept))
            heard = [text for text in visitor.heard if "404" not in text]
            wrong = (visitor.faults(), visitor.overhang(), heard)
            if wrong != ([], 0, []):
                found[address] = wrong
    assert found == {}


ROOMS = (
    "/on-call", "/incidents", "/reviews", "/delivery", "/delivery/rows?metric=frequency", "/layers", "/gate",
    "/diagnostic", "/diagnostic/rounds",
    "/freezes", "/flags", "/flags/new", "/search?q=inc",
)  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_other_rooms_are_sound_on_a_phone(browser: Browser, roadbed: Running, kept: dict[str, Any], theme: str):
    found: dict[str, Any] = {}
    with visit(browser, roadbed.url, theme=theme, width=390, state=kept["session"]) as visitor:
        for address in ROOMS:
            visitor.go(address)
            wrong = (visitor.page.title().startswith("404"), visitor.faults(), visitor.overhang(), list(visitor.heard))
            if wrong != (False, [], 0, []):
                found[address] = wrong
            visitor.heard.clear()
    assert found == {}


def test_a_stranger_takes_the_diagnostic_without_script_and_with_it(browser: Browser, roadbed: Running):
    with visit(browser, roadbed.url, width=390, script=False) as stranger:
        stranger.go("/diagnostic")
        stranger.press("Begin")
        stranger.page.get_by_label("An hour to a day").check()
        stranger.press("Next: Deployments per service")
        stranger.go("/diagnostic/questions/5")
        stranger.page.get_by_label("Percent").fill("12")
        stranger.press("Back")
        expect(stranger.page).to_have_url(f"{roadbed.url}/diagnostic/questions/4")
        stranger.go("/diagnostic/finish")
        stranger.press("Show the result")
        expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Too little was answered for a score")
        state = stranger.page.context.storage_state()
    with visit(browser, roadbed.url, width=390, state=state) as stranger:
        for address in ("/diagnostic", "/diagnostic/result"):
            stranger.go(address)
            assert (address, stranger.faults(), stranger.overhang(), stranger.heard) == (address, [], 0, [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_door_is_sound(browser: Browser, roadbed: Running, theme: str):
    with visit(browser, roadbed.url, theme=theme, width=390) as stranger:
        stranger.go("/catalogue")
        expect(stranger.page).to_have_url(f"{roadbed.url}/sign-in?next=/catalogue")
        assert (stranger.faults(), stranger.overhang(), stranger.heard) == ([], 0, [])
