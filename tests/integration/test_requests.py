"""The state of a request on real Postgres: what moves it, what is refused, what is remembered."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from meta_ads.errors import InvalidCampaign, NotAllowedToActivate, Problem, Severity
from meta_ads.launching.requests import (
    Happening,
    NewRequest,
    RequestKey,
    RequestState,
    Told,
    begin,
    failed,
    path,
    pinned,
)
from meta_ads.store.database import Database
from meta_ads.store.queries import queries
from meta_ads.store.request_ledger import PostgresRequestLedger
from tests.docs.documents import PACKAGE
from tests.integration.launches import Launch, plan

PAIR = re.compile(r"\('(\w+)', '(\w+)'\)")
KEY = RequestKey("spring", "manual__1")
LATER = RequestKey("spring", "manual__2")


@pytest.fixture
def launch(database: Database) -> Launch:
    return Launch(database)


@pytest.fixture
def requests(database: Database) -> PostgresRequestLedger:
    return PostgresRequestLedger(database)


def asked(key: RequestKey = KEY) -> NewRequest:
    return NewRequest(key, "ada", "for the sale", "d" * 64)


def history(requests: PostgresRequestLedger, number: int = 0) -> list[str]:
    found = requests.requests("spring")[number]
    return [row["state"] for row in requests.history(found["id"])]


def allowed() -> set[tuple[str, str]]:
    schema = (PACKAGE / "store/sql/schema.sql").read_text()
    body = schema.split("FUNCTION meta_ads.guard_request()")[1].split("END $$")[0]
    return set(PAIR.findall(body))


@pytest.mark.parametrize("happening", Happening)
def test_every_path_is_one_that_postgres_allows(happening: Happening) -> None:
    for state in RequestState:
        steps = itertools.pairwise([state, *path(state, happening)])
        assert {step for step in steps if step[0] is not step[1]} <= allowed()


def test_a_trigger_is_written_once_with_who_asked_for_which_file(
    requests: PostgresRequestLedger,
) -> None:
    begin(requests, asked())
    begin(requests, replace(asked(), file_digest="e" * 64))
    [row] = requests.requests("spring")
    assert (row["requested_by"], row["note"], row["file_digest"]) == (
        "ada",
        "for the sale",
        "d" * 64,
    )
    assert history(requests) == ["DRAFT", "QA_TESTING"]


def test_a_failed_check_keeps_what_was_found_until_the_run_is_cleared(
    requests: PostgresRequestLedger,
) -> None:
    begin(requests, asked())
    wrong = Problem("a.yaml", "is wrong", "Mend it.", "name", severity=Severity.WARNING)
    error = InvalidCampaign([wrong])
    failed(requests, KEY, error, checks=True)
    failed(requests, KEY, error, checks=True)
    [row] = requests.requests("spring")
    assert row["state"] == "QA_FAILED"
    assert row["reason"].startswith("0 problems found")
    assert [(one["path"], one["severity"]) for one in row["findings"]] == [("name", "warning")]
    begin(requests, asked())
    [row] = requests.requests("spring")
    assert (row["state"], row["reason"], row["findings"]) == ("QA_TESTING", None, [])
    assert history(requests) == ["DRAFT", "QA_TESTING", "QA_FAILED", "QA_TESTING"]


def test_what_stays_paused_is_trafficked_when_all_of_it_exists(
    launch: Launch, requests: PostgresRequestLedger
) -> None:
    paused = plan(activates_in=None)
    begin(requests, asked())
    launch.launches.pin(paused)
    pinned(requests, KEY, paused.hash)
    pinned(requests, KEY, paused.hash)
    assert history(requests) == ["DRAFT", "QA_TESTING", "READY_FOR_API"]
    launch.create(paused)
    requests.settle("spring")
    requests.settle()
    assert history(requests)[-2:] == ["READY_FOR_API", "TRAFFICKED_SUCCESS"]


def test_what_goes_live_is_trafficked_only_when_it_was_verified(
    launch: Launch, requests: PostgresRequestLedger, database: Database
) -> None:
    live = plan()
    begin(requests, asked())
    launch.create(live)
    pinned(requests, KEY, live.hash)
    for state, expected in (
        ("ACTIVATING", "READY_FOR_API"),
        ("ACTIVE", "READY_FOR_API"),
        ("VERIFIED", "TRAFFICKED_SUCCESS"),
    ):
        database.rows(queries("launches")["advance"], {"campaign_id": "spring", "state": state})
        requests.settle()
        assert requests.requests()[0]["state"] == expected


def test_a_failed_launch_says_why_and_may_still_be_completed(
    launch: Launch, requests: PostgresRequestLedger
) -> None:
    paused = plan(activates_in=None)
    begin(requests, asked())
    launch.launches.pin(paused)
    pinned(requests, KEY, paused.hash)
    failed(requests, KEY, NotAllowedToActivate("Meta said no."), checks=False)
    failed(requests, KEY, NotAllowedToActivate("Meta said no."), checks=False)
    assert requests.requests()[0]["reason"] == "Meta said no."
    launch.create(paused)
    requests.settle()
    assert history(requests)[2:] == ["READY_FOR_API", "TRAFFICKED_FAILED", "TRAFFICKED_SUCCESS"]


def test_a_withdrawn_launch_fails_its_open_request(
    launch: Launch, requests: PostgresRequestLedger
) -> None:
    begin(requests, asked())
    launch.create(plan())
    pinned(requests, KEY, launch.launches.launch("spring").plan.hash)
    launch.launches.withdraw("spring", "bo")
    requests.settle()
    [row] = requests.requests()
    assert (row["state"], row["reason"]) == ("TRAFFICKED_FAILED", "withdrawn by bo")


def test_a_run_that_died_fails_once_another_plan_took_its_place(
    launch: Launch, requests: PostgresRequestLedger
) -> None:
    first, second = plan(activates_in=None), plan(activates_in=None, budget=6000)
    begin(requests, asked())
    launch.launches.pin(first)
    pinned(requests, KEY, first.hash)
    begin(requests, asked(LATER))
    requests.settle()
    assert [row["state"] for row in requests.requests()] == ["QA_TESTING", "READY_FOR_API"]
    launch.create(second)
    pinned(requests, LATER, second.hash)
    assert [row["state"] for row in requests.requests()] == [
        "TRAFFICKED_SUCCESS",
        "TRAFFICKED_FAILED",
    ]
    assert "manual__2" in requests.requests()[1]["reason"]


def test_a_failed_request_that_was_asked_for_again_stays_failed(
    launch: Launch, requests: PostgresRequestLedger
) -> None:
    paused = plan(activates_in=None)
    begin(requests, asked())
    launch.launches.pin(paused)
    pinned(requests, KEY, paused.hash)
    failed(requests, KEY, NotAllowedToActivate("Meta said no."), checks=False)
    begin(requests, asked(LATER))
    launch.create(paused)
    pinned(requests, LATER, paused.hash)
    assert [row["state"] for row in requests.requests()] == [
        "TRAFFICKED_SUCCESS",
        "TRAFFICKED_FAILED",
    ]


def test_a_run_that_asked_for_nothing_has_no_request(requests: PostgresRequestLedger) -> None:
    requests.record(KEY, Happening.FAILED, Told(reason="no"))
    assert requests.requests() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meta_ads.request SET state = 'READY_FOR_API', plan_hash = %(hash)s",
        "UPDATE meta_ads.request SET state = 'TRAFFICKED_SUCCESS', plan_hash = %(hash)s",
        "UPDATE meta_ads.request SET requested_by = 'bo'",
        "UPDATE meta_ads.request SET file_digest = NULL",
        "DELETE FROM meta_ads.request",
        "UPDATE meta_ads.request_event SET reason = 'bo'",
        "DELETE FROM meta_ads.request_event",
        "INSERT INTO meta_ads.request (campaign_id, run_id, requested_by, state)"
        " VALUES ('x', 'x', 'bo', 'QA_TESTING')",
    ],
)
def test_postgres_refuses_what_no_run_may_do(
    launch: Launch, requests: PostgresRequestLedger, database: Database, statement: Any
) -> None:
    requests.open(asked())
    stored = launch.launches.pin(plan()).plan
    with pytest.raises(psycopg.errors.RaiseException):
        database.rows(statement, {"hash": stored.hash} if "hash" in statement else None)


def test_postgres_takes_nothing_for_trafficked_that_is_not_at_meta(
    launch: Launch, requests: PostgresRequestLedger, database: Database
) -> None:
    begin(requests, asked())
    pinned(requests, KEY, launch.launches.pin(plan(activates_in=None)).plan.hash)
    with pytest.raises(psycopg.errors.RaiseException, match="not at Meta yet"):
        database.rows("UPDATE meta_ads.request SET state = 'TRAFFICKED_SUCCESS'")
