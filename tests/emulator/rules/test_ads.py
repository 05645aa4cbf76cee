"""Rules of ads."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, Launch
from tests.emulator.refusals import Case, assert_broken
from tests.emulator.rules.conftest import Refuses
from tests.emulator.server import Graph

CASES = (
    Case("missing_param", "no name", {"name": None}),
    Case("missing_param", "no ad set", {"adset_id": None}),
    Case("missing_param", "no creative", {"creative": None}),
    Case("unknown_node", "no such ad set", {"adset_id": "23859999999999999"}),
    Case("unknown_creative", "no such creative", {"creative": {"creative_id": "1"}}),
    Case("unknown_param", "a creative key", {"creative": {"creativeid": "1"}}),
    Case("conversion_domain", "a scheme", {"conversion_domain": "https://example.com"}),
    Case(
        "conversion_domain",
        "a path",
        {"conversion_domain": "example.com/shop"},
        {"conversion_domain": "example.co.uk"},
    ),
    Case("status_on_create", "born archived", {"status": "ARCHIVED"}, {"status": "ACTIVE"}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_ad(launch: Launch, case: Case, refuses: Refuses) -> None:
    refuses(case, "ads", launches.ad(launch.ad_set, launch.creative))


def test_an_account_nobody_pays_for_takes_no_ads(graph: Graph, launch: Launch) -> None:
    params = launches.ad(launch.ad_set, launch.creative)
    graph.server.control("POST", f"meta_edits/{SG}", {"kind": "remove_funding"})
    assert_broken("no_payment_method", graph.error("POST", f"{SG}/ads", **params))
    graph.server.control("POST", f"meta_edits/{SG}", {"kind": "restore_account"})
    graph.post(f"{SG}/ads", **params)


def test_an_ad_set_holds_fifty_ads(graph: Graph, launch: Launch) -> None:
    params = launches.ad(launch.ad_set, launch.creative)
    calls = [
        {"method": "POST", "relative_url": f"v26.0/{SG}/ads", "body": urlencode(_texts(params))}
    ] * 50
    made = graph.post("", batch=calls)
    assert [row["code"] for row in made] == [200] * 50
    assert_broken("too_many_ads", graph.error("POST", f"{SG}/ads", **params))
    graph.post(json.loads(made[0]["body"])["id"], status="ARCHIVED")
    graph.post(f"{SG}/ads", **params)


def _texts(params: dict[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
    }
