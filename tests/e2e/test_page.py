"""The Campaigns page in real Airflow: every button and view, by a person with a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import PATIENCE, Visitor, a_browser, at_the_page
from tests.e2e.conftest import Stack, wait_for
from tests.e2e.held_launch import HeldLaunch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]
NORTHWIND = {
    "client_account_id": "northwind_us",
    "destination_url": "https://www.northwind.example/",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def visitor(airflow: Stack, browser: Browser) -> Iterator[Visitor]:
    with at_the_page(browser, airflow.stack.settings.url) as visitor:
        yield visitor
        assert visitor.said == []


def states(airflow: Stack, campaign_id: str, state: str) -> None:
    def there() -> bool:
        rows = airflow.rows("SELECT state FROM meta_ads.launch WHERE campaign_id = %s", campaign_id)
        return bool(rows) and rows[0]["state"] == state

    wait_for(f"{campaign_id} {state}", there)


def test_a_launch_from_the_first_look_to_the_withdrawal(airflow: Stack, visitor: Visitor) -> None:
    airflow.commit("page_first", timedelta(hours=1), **NORTHWIND)
    airflow.dag("page_first")
    here = "/c/page_first"

    visitor.sees("Not launched yet", here)
    visitor.picture("not-launched")
    assert "sends nothing" in visitor.click("Dry run")
    visitor.open(here)
    assert "has begun" in visitor.click("Launch", note="for the fair")
    visitor.sees("Waits for approval", here)
    visitor.picture("waits-for-approval")
    assert "is approved" in visitor.click("Approve")
    visitor.sees("It goes live by itself at its time", here)
    visitor.picture("scheduled")
    # However slow this machine is: the hour is over, and the second activator does the rest.
    airflow.rows(
        "UPDATE meta_ads.launch SET activate_at = now() WHERE campaign_id = 'page_first'"
        " RETURNING campaign_id"
    )
    states(airflow, "page_first", "VERIFIED")
    visitor.sees("The campaign is on, and Meta shows what was planned", here)
    assert airflow.statuses("page_first")["campaign"] == "ACTIVE"
    assert "read from Meta" in visitor.click("Sync now")
    visitor.sees("approved by admin", here)
    visitor.picture("live")

    visitor.open(here)
    assert "is paused" in visitor.click("Pause")
    wait_for("the pause at Meta", lambda: airflow.statuses("page_first")["campaign"] == "PAUSED")
    visitor.sees("a person paused it", here)
    visitor.picture("paused")
    assert "being switched on" in visitor.click("Resume")
    wait_for("it is on", lambda: airflow.statuses("page_first")["campaign"] == "ACTIVE")
    visitor.sees("The campaign is on, and Meta shows what was planned", here)

    assert "is withdrawn" in visitor.click("Withdraw")
    wait_for("the pause at Meta", lambda: airflow.statuses("page_first")["campaign"] == "PAUSED")
    visitor.sees("It was taken back for ever", here)
    visitor.picture("withdrawn")
    assert airflow.launch_row("page_first")["withdrawn_by"] == "admin"
    [request] = airflow.rows("SELECT note, requested_by FROM meta_ads.request")[-1:]
    assert request["requested_by"] == "admin"


def test_a_rejected_plan_stays_paused(airflow: Stack, visitor: Visitor) -> None:
    airflow.commit("page_no", timedelta(hours=1), **NORTHWIND)
    run = airflow.trigger("page_no")
    airflow.wait_for_task("page_no", run, "approve", "awaiting_input")
    visitor.sees("Waits for approval", "/c/page_no")
    assert "is rejected" in visitor.click("Reject")
    visitor.sees("A person said no to this plan", "/c/page_no")
    visitor.picture("rejected")


def test_someone_finds_why_a_launch_failed_and_mends_it(airflow: Stack, visitor: Visitor) -> None:
    """From the list alone: nobody opens a log of Airflow."""
    airflow.commit("page_broken", video="{file_path: samples/not_there.mp4}")
    airflow.finish("page_broken", airflow.trigger("page_broken"))

    visitor.open("/?state=attention")
    visitor.page.get_by_role("link", name="Page Broken").click()
    text = visitor.page.inner_text("main")
    # The file with line and column, what it says there, what is wrong, and the remedy.
    assert re.search(r"include/campaigns/page_broken\.yaml:\d+:\d+", text)
    assert "video.file_path = 'samples/not_there.mp4'" in text
    assert "there is no such file" in text
    assert "Put the file below creatives/" in text
    assert "What to do: Correct the lines" in text
    visitor.picture("checks-failed")

    airflow.commit("page_broken")
    visitor.open("/c/page_broken")
    visitor.click("Launch")
    visitor.sees("Built, no start time", "/c/page_broken")


def test_a_file_that_is_no_campaign_is_told_on_the_page(airflow: Stack, visitor: Visitor) -> None:
    """It has no DAG, so that it is in no list."""
    file = airflow.commit("page_misspelled", headlin="x")
    # Other tests' files may stand there, too.
    visitor.sees("include/campaigns/page_misspelled.yaml:", "/")
    visitor.page.get_by_text("Some campaign files cannot be launched").click()
    problems = visitor.page.locator(".problems .error").filter(has_text="page_misspelled")
    expect(problems).to_be_visible()
    expect(problems).to_contain_text("headlin")
    expect(problems).not_to_contain_text("Traceback")
    visitor.picture("file-problems")
    file.unlink()


def test_somebody_finds_why_a_launch_stands_and_releases_it(
    airflow: Stack, visitor: Visitor
) -> None:
    """From the page alone: no log, no command, no database."""
    held = HeldLaunch(airflow, "page_held", "Stuck")
    here = "/c/page_held"

    visitor.open("/?state=attention")
    visitor.page.get_by_role("link", name="Stuck", exact=True).click()
    text = visitor.page.inner_text("main")
    assert "Needs you: find an object" in text
    assert f"Search Ads Manager for “{held.step()['marker']}”" in text
    assert "What to do: Search its name in Ads Manager, then release it" in text
    visitor.picture("held")

    assert "may be created again" in visitor.click("Release")
    visitor.open(here)
    text = visitor.page.inner_text("main")
    assert "admin looked at Meta" in text
    assert "trigger the launch again" in text
    visitor.picture("held-released")
    assert "has begun" in visitor.click("Launch")
    visitor.sees("Built, no start time", here)
    assert "Released by a person by admin" in visitor.page.inner_text("main")
    visitor.picture("held-completed")
    assert airflow.creates("page_held") == ["ad", "adset", "campaign", "creative"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_opens_in_both_themes(airflow: Stack, browser: Browser, scheme: str) -> None:
    airflow.commit(f"page_{scheme}", timedelta(days=3))
    with at_the_page(browser, airflow.stack.settings.url, color_scheme=scheme) as visitor:
        for name, path in (
            ("list", "/"),
            ("requests", "/requests"),
            ("calendar", "/calendar"),
            ("accounts", "/accounts"),
        ):
            visitor.open(path)
            assert visitor.page.locator("h1").count() == 1
            visitor.picture(f"{name}-{scheme}")
        visitor.page.goto(f"{visitor.address}/plugin/campaigns")
        frame = visitor.page.frame_locator("iframe")
        frame.get_by_role("heading", name="All campaigns").wait_for(timeout=PATIENCE)
        visitor.picture(f"in-airflow-{scheme}")
