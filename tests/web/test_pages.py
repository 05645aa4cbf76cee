"""The pages show what is in the ledger, in plain words, and nothing that could run."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from meta_ads.launching.ports import LaunchState
from tests.integration.launches import Launch, plan
from tests.web.people import PeopleAccess, signed_in

PAGES = ("/", "/requests", "/calendar", "/accounts", "/c/summer", "/static/page.css")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens(client: TestClient, path: str) -> None:
    answer = client.get("/campaigns" + path, headers=signed_in("viewer"))
    assert answer.status_code == 200, answer.text


def test_a_launch_is_shown_with_its_plan_steps_and_history(
    client: TestClient, launch: Launch
) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    text = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    assert "Scheduled" in text
    assert "in 1 d 23 h" in text
    assert "The plan" in text
    assert "Found at Meta" not in text
    assert "History" in text


def test_names_are_text_wherever_they_come_from(client: TestClient, launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    evil = "<script>alert(1)</script>{{ 7 * 7 }}"
    launch.launches.record_error("spring", evil, stopped=True)
    for path in ("/", "/c/spring"):
        text = client.get("/campaigns" + path, headers=signed_in("viewer")).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in text


def test_a_failed_launch_says_why_and_what_to_do(client: TestClient, launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    launch.launches.record_error("spring", "Meta refused: the budget is too low.", stopped=True)
    text = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    assert "Failed" in text
    assert "the budget is too low" in text
    assert "Repair what the error names" in text


def test_who_may_only_look_gets_no_buttons(client: TestClient, launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    page = "/campaigns/c/spring"
    assert "data-action" not in client.get(page, headers=signed_in("viewer")).text
    assert 'data-action="withdraw"' in client.get(page, headers=signed_in("user")).text


def test_pages_carry_a_policy_and_are_kept_by_nobody(client: TestClient) -> None:
    headers = client.get("/campaigns/", headers=signed_in("viewer")).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_page_of_nobody_says_where_to_sign_in(client: TestClient) -> None:
    answer = client.get("/campaigns/")
    assert answer.status_code == 401
    assert "/auth/login?next=/campaigns/" in answer.text


@pytest.mark.parametrize(
    ("state", "words"),
    [(LaunchState.WITHDRAWN, "Withdrawn"), (LaunchState.PAUSED, "Waits for approval")],
)
def test_the_list_says_where_each_launch_stands(
    client: TestClient, launch: Launch, state: LaunchState, words: str
) -> None:
    launch.create(plan(approval_required=True))
    if state is LaunchState.WITHDRAWN:
        launch.withdraw()
    assert words in client.get("/campaigns/", headers=signed_in("viewer")).text


def test_bad_campaign_files_are_told_where_people_look_for_campaigns(
    client: TestClient, access: PeopleAccess
) -> None:
    access.problems = "1 problem found:\n  - include/campaigns/a.yaml:3:1: it is <b>no</b> text"
    text = client.get("/campaigns/", headers=signed_in("viewer")).text
    assert "include/campaigns/a.yaml:3:1: it is &lt;b&gt;no&lt;/b&gt; text" in text
    assert "a.yaml" not in client.get("/campaigns/", headers=signed_in("some")).text


def test_a_column_is_sorted_by_its_name_and_keeps_the_filters(
    client: TestClient, launch: Launch
) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    page = "/campaigns/?text=spring&sort=budget"
    text = client.get(page, headers=signed_in("viewer")).text
    assert 'href="/campaigns/?text=spring&amp;sort=name"' in text
    assert text.count("aria-sort") == 1


def test_only_the_newest_of_a_long_history_is_open(client: TestClient, launch: Launch) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    for number in range(20):
        launch.launches.note("spring", "planned", f"number {number}")
    text = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    newest, _, earlier = text.partition("earlier</summary>")
    assert "number 19" in newest
    assert "number 0" not in newest
    assert "number 0" in earlier


def test_styles_and_scripts_are_kept_until_they_change(client: TestClient) -> None:
    text = client.get("/campaigns/", headers=signed_in("viewer")).text
    [address] = re.findall(r'href="(/campaigns/static/page\.css\?[0-9a-f]{12})"', text)
    headers = client.get(address, headers=signed_in("viewer")).headers
    assert "immutable" in headers["cache-control"]


def test_what_the_checks_found_is_told_once_with_place_and_remedy(
    client: TestClient, launch: Launch
) -> None:
    finding = {
        "file": "include/campaigns/spring.yaml",
        "line": 5,
        "column": 20,
        "path": "video.file_path",
        "value": "'gone.mp4'",
        "message": "there is no such file",
        "remedy": "Put the file below creatives/",
        "severity": "error",
    }
    launch.database.rows(
        "INSERT INTO meta_ads.request (campaign_id, run_id, requested_by)"
        " VALUES ('spring', 'manual__1', 'ann') RETURNING id"
    )
    launch.database.rows("UPDATE meta_ads.request SET state = 'QA_TESTING' RETURNING id")
    launch.database.rows(
        "UPDATE meta_ads.request SET state = 'QA_FAILED', reason = 'nothing was sent',"
        " findings = %(findings)s RETURNING id",
        {"findings": Jsonb([finding])},
    )
    text = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    card = text[text.index('aria-label="What is going on"') : text.index("</section>")]
    assert "include/campaigns/spring.yaml:5:20" in card
    assert "Put the file below creatives/" in card
    assert text.count("there is no such file") == 1
