"""Who gets what from every route: the table is `rights.yaml`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from meta_ads.web import actions, api, pages
from meta_ads.web.situations import Action
from tests.fakes.platform import ACCOUNT
from tests.integration.launches import Launch, plan
from tests.web.figures import spent
from tests.web.people import WHO, FakeAirflow, PeopleAccess, signed_in

TABLE: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("rights.yaml").read_text())


def routes() -> set[str]:
    return {
        f"{method} {route.path}"
        for router in (actions.router, api.router, pages.router)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def test_the_table_has_every_route_and_every_action() -> None:
    assert {row["route"] for row in TABLE} == routes()
    assert {row["action"] for row in TABLE if "action" in row} == set(Action)


def test_no_route_that_reads_takes_anything_but_get() -> None:
    assert {route.split()[0] for route in routes()} == {"GET", "POST"}


def named(row: dict[str, Any]) -> str:
    return " ".join(str(row.get(key, "")) for key in ("route", "action", "campaign"))


@pytest.mark.parametrize("row", TABLE, ids=named)
def test_each_visitor_gets_what_the_table_says(
    client: TestClient, launch: Launch, row: dict[str, Any]
) -> None:
    wanted = plan(activates_in=timedelta(days=2), approval_required=True)
    launch.create(wanted)
    method, path = row["route"].split()
    path = path.format(
        campaign_id=row.get("campaign", "spring"),
        name="page.css",
        action=row.get("action", ""),
        digest="0" * 64,
    )
    said = {"THE PLAN": wanted.hash, "THE STEP": wanted.steps[0].key}
    body = {key: said.get(str(value), value) for key, value in row.get("body", {}).items()}
    got = {}
    for who in ("nobody", *WHO):
        headers = signed_in(who) if who != "nobody" else {"x-adlaunch": "1"}
        answer = client.request(
            method, f"/campaigns{path}", headers=headers, json=body if method == "POST" else None
        )
        got[who] = answer.status_code
    assert got == {who: row[who] for who in ("nobody", *WHO)}, row.get("reason")


LISTS = ("/", "/requests", "/calendar", "/accounts")
JSON_LISTS = ("/api/campaigns", "/api/requests", "/api/calendar", "/api/accounts")


def autumn(launch: Launch, access: PeopleAccess) -> None:
    """Launch a campaign of the same account that `some` may not read, and ask for it."""
    access.campaign_ids.append("autumn")
    launch.create(plan("autumn", activates_in=timedelta(days=2), budget=7_777))
    launch.database.rows(
        "INSERT INTO meta_ads.request (campaign_id, run_id, requested_by)"
        " VALUES ('autumn', 'manual__1', 'ann') RETURNING id"
    )


@pytest.mark.parametrize("path", [*LISTS, *JSON_LISTS])
def test_who_may_read_one_campaign_learns_nothing_of_another(
    client: TestClient, launch: Launch, access: PeopleAccess, path: str
) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    autumn(launch, access)
    theirs = client.get(f"/campaigns{path}", headers=signed_in("some")).text.lower()
    everything = client.get(f"/campaigns{path}", headers=signed_in("viewer")).text.lower()
    assert "autumn" not in theirs
    assert ("autumn" in everything) is not path.endswith("/accounts")


def test_who_may_read_one_campaign_sees_what_that_one_spends(
    client: TestClient, launch: Launch, access: PeopleAccess
) -> None:
    launch.create(plan())
    launch.activate()
    autumn(launch, access)
    spent(launch.database, "spring", 30)
    spent(launch.database, "autumn", 500)

    def shown(who: str) -> dict[str, Any]:
        said = client.get("/campaigns/api/accounts", headers=signed_in(who)).json()["accounts"]
        [account] = [one for one in said if one["account_id"] == ACCOUNT]
        return {key: account[key] for key in ("whole", "live", "per_day")}

    assert shown("viewer") == {"whole": True, "live": 1, "per_day": "530"}
    assert shown("some") == {"whole": False, "live": 1, "per_day": "30"}


def test_who_is_refused_changes_nothing(
    client: TestClient, launch: Launch, airflow: FakeAirflow
) -> None:
    wanted = plan(activates_in=timedelta(days=2), approval_required=True)
    launch.create(wanted)
    before = launch.database.rows("SELECT * FROM meta_ads.launch_event ORDER BY id")
    for action in Action:
        for headers in (signed_in("viewer"), {"x-adlaunch": "1"}):
            client.post(
                f"/campaigns/api/campaigns/spring/{action}",
                headers=headers,
                json={"plan": wanted.hash, "step_key": wanted.steps[0].key},
            )
    assert airflow.asked == []
    assert launch.database.rows("SELECT * FROM meta_ads.launch_event ORDER BY id") == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"x-adlaunch": "1"}, 200),
        ({"x-adlaunch": "1", "sec-fetch-site": "same-origin"}, 200),
        ({"x-adlaunch": "1", "sec-fetch-site": "cross-site"}, 403),
        ({"x-adlaunch": "1", "sec-fetch-site": "same-site"}, 403),
        ({"x-adlaunch": "1", "origin": "http://testserver"}, 200),
        ({"x-adlaunch": "1", "origin": "https://evil.example"}, 403),
        ({"x-adlaunch": "1", "origin": "null"}, 403),
        ({"authorization": "Basic eDp5"}, 403),
        ({"authorization": "Bearer nobody"}, 401),
    ],
)
def test_a_cookie_alone_lets_no_other_site_act(
    client: TestClient, launch: Launch, headers: dict[str, str], status: int
) -> None:
    launch.create(plan(activates_in=timedelta(days=2)))
    client.cookies.set("_token", "admin")
    answer = client.post("/campaigns/api/campaigns/spring/sync", headers=headers, json={})
    assert answer.status_code == status, answer.text
