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
from tests.integration.launches import Launch, plan
from tests.web.people import ROLES, FakeAirflow, signed_in

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


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['route']} {row.get('action', '')}")
def test_each_visitor_gets_what_the_table_says(
    client: TestClient, launch: Launch, row: dict[str, Any]
) -> None:
    wanted = plan(activates_in=timedelta(days=2), approval_required=True)
    launch.create(wanted)
    method, path = row["route"].split()
    path = path.format(campaign_id="spring", name="page.css", action=row.get("action", ""))
    said = {"THE PLAN": wanted.hash, "THE STEP": wanted.steps[0].key}
    body = {key: said.get(str(value), value) for key, value in row.get("body", {}).items()}
    got = {}
    for who in ("nobody", *ROLES):
        headers = signed_in(who) if who != "nobody" else {"x-adlaunch": "1"}
        answer = client.request(
            method, f"/campaigns{path}", headers=headers, json=body if method == "POST" else None
        )
        got[who] = answer.status_code
    assert got == {who: row[who] for who in ("nobody", *ROLES)}, row.get("reason")


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
