"""A person at the Campaigns page, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from local_stack.airflow_settings import PASSWORD, USER
from tests.conftest import PROJECT
from tests.e2e.conftest import wait_for

# Git ignores it; whoever runs the tests looks at them there.
PICTURES = PROJECT / "test-results" / "page"
PATIENCE = 60_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Visitor:
    """Somebody signed in to Airflow, in the words of a test."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.said: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _heard(self, line: ConsoleMessage) -> None:
        """Keep what our own pages complain of, such as something their policy forbids."""
        if "/campaigns/" in line.location["url"] and line.type in ("error", "warning"):
            self.said.append(line.text)

    def sign_in(self) -> None:
        """Sign in as Airflow asks for it."""
        self.page.goto(self.address)
        self.page.get_by_role("textbox", name="Username").fill(USER)
        self.page.get_by_role("textbox", name="Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/auth/login" not in url)

    def open(self, path: str = "/") -> Page:
        """Open a page of ours by itself."""
        self.page.goto(f"{self.address}/campaigns{path}")
        return self.page

    def click(self, name: str, **fields: str) -> str:
        """Click a button, fill the confirmation's fields, confirm; return what the page answers."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        dialog = self.page.get_by_role("dialog")
        for label, text in fields.items():
            dialog.locator(f"[name={label}]").fill(text)
        self.picture(f"confirm-{name.lower().replace(' ', '-')}")
        dialog.get_by_role("button", name=name, exact=True).click()
        toast = self.page.locator("#toast.shown")
        expect(toast).to_be_visible(timeout=PATIENCE)
        return toast.inner_text()

    def sees(self, words: str, path: str) -> None:
        """Open a page again and again until it shows the words."""

        def shown() -> bool:
            self.open(path)
            return self.page.get_by_text(words, exact=False).count() > 0

        wait_for(f"“{words}” at {path}", shown)

    def picture(self, name: str) -> None:
        """Keep what the person sees."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Yield a browser; skips where there is none. Only one at a time can be there in a process."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def at_the_page(browser: Browser, address: str, **options: Any) -> Iterator[Visitor]:
    """Yield a visitor who is signed in."""
    context = browser.new_context(viewport={"width": 1360, "height": 900}, **options)
    visitor = Visitor(context.new_page(), address)
    visitor.sign_in()
    yield visitor
    context.close()
