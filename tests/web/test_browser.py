"""Every button and view in a real browser, on a real ledger; Airflow's REST API is a fake.

`tests/e2e/test_page.py` does the same in real Airflow. The pictures are in `test-results/page`.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from meta_ads.launching.pausing import pause
from meta_ads.planning.step import Step, StepKind, step_key
from tests.conftest import PROJECT
from tests.e2e.browser import CHROMIUM
from tests.fakes.platform import ACCOUNT
from tests.integration.launches import Launch, log, plan
from tests.web.figures import spent
from tests.web.people import FakeAirflow

PICTURES = PROJECT / "test-results" / "page"
SAMPLE = "creatives/samples/thumbnail.jpg"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def address(client: TestClient) -> Iterator[str]:
    """The app of `client` on a port of its own."""
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = uvicorn.Config(client.app, port=port, log_level="error", ws="none")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(address: str, theme: str) -> Iterator[Page]:
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 1360, "height": 900}, color_scheme=theme, base_url=address
        )
        context.add_cookies([{"name": "_token", "value": "user", "url": address}])
        page = context.new_page()
        page.on("console", lambda line: said.append(complaint(line)))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        browser.close()
    assert [line for line in said if line and "409" not in line] == []


def complaint(line: ConsoleMessage) -> str:
    """Return what our own pages complain of, such as something their policy forbids."""
    ours = line.type == "error" and "/campaigns/" in line.location["url"]
    return line.text if ours else ""


def click(page: Page, name: str, theme: str) -> str:
    page.get_by_role("button", name=name, exact=True).first.click()
    picture(page, f"confirm-{name.lower().replace(' ', '-')}", theme)
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
    toast = page.locator("#toast.shown")
    expect(toast).to_be_visible()
    return toast.inner_text()


def picture(page: Page, name: str, theme: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}-{theme}.png"
    page.screenshot(path=path, full_page=True)
    return path


def live(launch: Launch) -> None:
    launch.create(plan())
    launch.activate()
    launch.verify()


def test_a_live_launch_is_paused_synced_and_withdrawn(
    page: Page, launch: Launch, airflow: FakeAirflow, theme: str
) -> None:
    live(launch)
    spent(launch.database, "spring", 40, swing=23)
    page.goto("/campaigns/")
    picture(page, "list-live", theme)
    page.get_by_role("link", name="Spring", exact=True).click()
    picture(page, "campaign-live", theme)
    assert "read from Meta" in click(page, "Sync now", theme)
    assert "is paused" in click(page, "Pause", theme)
    assert launch.launches.launch("spring").paused
    page.goto("/campaigns/c/spring")
    assert "being switched on" in click(page, "Resume", theme)
    assert "is withdrawn" in click(page, "Withdraw", theme)
    page.goto("/campaigns/c/spring")
    assert "It was taken back for ever" in page.inner_text("main")
    assert [asked[1].split("/")[1] for asked in airflow.asked] == [
        "sync_statuses",
        "pause_launch",
        "resume_launch",
        "withdraw_launch",
    ]


def test_a_plan_is_read_and_decided(page: Page, launch: Launch, theme: str) -> None:
    launch.create(plan(activates_in=timedelta(days=2), approval_required=True))
    page.goto("/campaigns/c/spring")
    picture(page, "waits-for-approval", theme)
    assert "is rejected" in click(page, "Reject", theme)
    page.goto("/campaigns/c/spring")
    assert "is approved" in click(page, "Approve", theme)
    decision = launch.launches.launch("spring").decision
    assert decision is not None
    assert (decision.approved, decision.by) == (True, "a_user")


def test_a_launch_is_tried_and_triggered(page: Page, airflow: FakeAirflow, theme: str) -> None:
    page.goto("/campaigns/c/spring")
    assert "sends nothing" in click(page, "Dry run", theme)
    page.goto("/campaigns/c/spring")
    assert "has begun" in click(page, "Launch", theme)
    assert [asked[2]["conf"] for asked in airflow.asked] == [{"dry_run": True}, {}]


def test_what_is_refused_is_said_in_the_dialog(page: Page, launch: Launch, theme: str) -> None:
    live(launch)
    page.goto("/campaigns/c/spring")
    pause("spring", "ann", launch.platform, launch.launches, launch.steps, log.info)
    launch.withdraw()
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#confirm-error")).to_contain_text("not live")
    picture(page, "refused", theme)


def test_a_held_step_is_released_with_the_id_that_was_found(
    page: Page, launch: Launch, theme: str
) -> None:
    wanted = plan()
    launch.launches.pin(wanted)
    with launch.steps.lease(wanted.steps[0], wanted.account_id, "worker") as lease:
        launch.steps.record_held(launch.steps.begin(lease), "five attempts left no trace of it")
    page.goto("/campaigns/c/spring")
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_role("dialog").locator("[name=object]").fill("120001")
    picture(page, "held", theme)
    page.get_by_role("dialog").get_by_role("button", name="Release", exact=True).click()
    expect(page.locator("#toast.shown")).to_contain_text("is object 120001")


def test_every_view_opens_on_a_small_screen_too(page: Page, launch: Launch, theme: str) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    for name in ("calendar", "accounts", "requests"):
        page.goto(f"/campaigns/{name}")
        picture(page, name, theme)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/campaigns/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "list-small", theme)


def test_a_button_is_reached_and_pressed_with_the_keyboard_alone(
    page: Page, launch: Launch, airflow: FakeAirflow, theme: str
) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    page.goto("/campaigns/")
    page.get_by_role("link", name="Spring", exact=True).press("Enter")
    page.get_by_role("button", name="Sync now", exact=True).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert airflow.asked == []
    page.get_by_role("button", name="Sync now", exact=True).press("Enter")
    dialog.get_by_role("button", name="Sync now", exact=True).press("Enter")
    expect(page.locator("#toast.shown")).to_contain_text("read from Meta")


def test_the_countdown_goes_on_by_itself(page: Page, launch: Launch, theme: str) -> None:
    launch.create(plan(activates_in=timedelta(hours=2)))
    page.clock.install()
    page.goto("/campaigns/c/spring")
    countdown = page.locator(".facts .ticking")
    expect(countdown).to_contain_text("in 1 h 59 min")
    page.clock.fast_forward("01:00:00")
    expect(countdown).to_contain_text("in 59 min")


def test_a_picture_that_cannot_be_shown_is_told_in_words(
    page: Page, launch: Launch, theme: str
) -> None:
    page.route("**/picture/*", lambda route: route.fulfill(body=b"", content_type="image/jpeg"))
    digest = hashlib.sha256((PROJECT / SAMPLE).read_bytes()).hexdigest()
    wanted = plan(activates_in=timedelta(days=2))
    key = step_key(ACCOUNT, "media", StepKind.IMAGE, digest)
    source = SAMPLE.removeprefix("creatives/")
    step = Step(key=key, kind=StepKind.IMAGE, params={"sha256": digest}, source=source)
    launch.launches.pin(replace(wanted, steps=(step, *wanted.steps)))
    page.goto("/campaigns/c/spring")
    expect(page.locator(".pictures .none")).to_contain_text(f"No picture: {SAMPLE}")
    page.unroute("**/picture/*")
    page.reload()
    shown = page.locator(".pictures img")
    expect(shown).to_have_js_property("naturalWidth", 202)
    picture(page, "plan-with-picture", theme)
