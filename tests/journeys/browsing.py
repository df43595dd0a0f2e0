"""A real Chromium that visits a running Roadbed, writes down what its console says, and asks axe about each page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = (Path(__file__).parent / "axe/axe.min.js").read_text()
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SERIOUS = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with a fresh profile, closed at the end."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("the pages are looked at in Debian's Chromium: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """One person at one window."""

    page: Page
    url: str
    heard: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Write down what the console complains about: a breach of the content policy is such a complaint."""
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.heard.append(said.text))
        self.page.on("pageerror", lambda fault: self.heard.append(str(fault)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def press(self, name: str) -> None:
        """Press the first button of that name."""
        self.page.get_by_role("button", name=name).first.click()

    def faults(self) -> list[str]:
        """What axe finds serious or worse on the page."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
            for violation in found["violations"]
            if violation["impact"] in SERIOUS
        ]

    def overhang(self) -> int:
        """How many pixels the page is wider than its window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width


@contextmanager
def visit(
    browser: Browser, url: str, *, theme: str = "light", width: int = 1440, script: bool = True, state: object = None
) -> Iterator[Visitor]:
    """A window with its own cookies, or with those of a former one."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
        storage_state=state,
    )
    visitor = Visitor(context.new_page(), url)
    visitor.listen()
    try:
        yield visitor
    finally:
        context.close()
