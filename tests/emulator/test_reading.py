"""Fields, edges, paging, filters, labels and effective statuses read as Meta's do."""

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.emulator import launches
from tests.emulator.launches import SG, US, Launch
from tests.emulator.refusals import assert_broken
from tests.emulator.server import TOKEN, EmulatorProcess, Graph


def _ids(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["data"]]


def _status(graph: Graph, node: str) -> str:
    return str(graph.get(node, fields="effective_status")["effective_status"])


def test_a_node_shows_only_its_id_unless_asked(graph: Graph, launch: Launch) -> None:
    assert graph.get(launch.campaign) == {"id": launch.campaign}


def test_fields_reach_through_edges_and_references(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    text = "name,adsets.limit(1){name,ads{creative{body},adset{campaign{name}}}}"
    tree = graph.get(launch.campaign, fields=text)
    ad = tree["adsets"]["data"][0]["ads"]["data"][0]
    assert ad["creative"] == {"body": "Everything new", "id": launch.creative}
    assert ad["adset"]["campaign"]["name"] == tree["name"] == "Spring"


def test_a_field_meta_does_not_have_is_refused_by_name(graph: Graph, launch: Launch) -> None:
    error = graph.error("GET", launch.campaign, fields="name,budget")
    assert_broken("nonexisting_field", error)
    assert error["message"].endswith("(budget) on node type (Campaign)")
    error = graph.error("GET", f"{SG}/campaigns", fields="adsets{colour}")
    assert_broken("nonexisting_field", error)


def test_the_emulators_own_fields_are_never_shown(graph: Graph, launch: Launch) -> None:
    error = graph.error("GET", launch.ad, fields="_creative")
    assert_broken("nonexisting_field", error)


@pytest.mark.parametrize("text", ["adsets{id", "name}", "adsets.limit(1", "{id}"])
def test_malformed_fields_are_refused(graph: Graph, launch: Launch, text: str) -> None:
    assert_broken("bad_fields", graph.error("GET", launch.campaign, fields=text))


def test_money_is_text_and_times_are_in_the_accounts_zone(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, start_time="2031-05-01T00:00:00Z")
    shown = graph.get(launch.ad_set, fields="start_time,created_time")
    assert shown["start_time"] == "2031-05-01T08:00:00+0800"
    assert shown["created_time"].endswith("+0800")
    shown = graph.get(launch.campaign, fields="daily_budget,budget_remaining,bid_strategy")
    assert shown["daily_budget"] == shown["budget_remaining"] == "5000"


def test_pages_follow_each_other_on_the_servers_own_host(
    emulator: EmulatorProcess, graph: Graph
) -> None:
    made = [
        graph.post(f"{SG}/campaigns", **launches.campaign(name=f"C{n}"))["id"] for n in range(5)
    ]
    page = graph.get(f"{SG}/campaigns", limit=2, fields="name", summary="true")
    assert page["summary"] == {"total_count": 5}
    seen = _ids(page)
    while following := page["paging"].get("next"):
        assert f"http://{urlsplit(following).netloc}" == emulator.url
        assert TOKEN not in following, "a token sent as a header must not come back in a link"
        answer = httpx.get(following, headers={"Authorization": f"OAuth {TOKEN}"}, trust_env=False)
        page = answer.json()
        seen += _ids(page)
    assert seen == list(reversed(made)), "newest first, each once"
    assert _ids(graph.get(f"{SG}/campaigns", limit=2, before=page["paging"]["cursors"]["before"]))


def test_pages_of_rows_without_ids_also_come_to_an_end(graph: Graph) -> None:
    currencies: list[str] = []
    after: dict[str, str] = {}
    while len(currencies) < 500:
        page = graph.get(f"{SG}/minimum_budgets", limit=8, **after)
        currencies += [row["currency"] for row in page["data"]]
        if "next" not in page["paging"]:
            break
        after = {"after": page["paging"]["cursors"]["after"]}
    assert len(currencies) == len(set(currencies)) == 55


def test_a_row_deleted_between_pages_neither_hides_nor_repeats_others(graph: Graph) -> None:
    made = [graph.post(f"{SG}/campaigns", **launches.campaign())["id"] for _ in range(4)]
    page = graph.get(f"{SG}/campaigns", limit=2)
    graph.delete(made[2])  # the cursor's own row
    rest = graph.get(f"{SG}/campaigns", after=page["paging"]["cursors"]["after"])
    assert _ids(rest) == [made[1], made[0]]


def test_an_invented_cursor_is_refused(graph: Graph, launch: Launch) -> None:
    assert launch.campaign
    assert_broken("bad_cursor", graph.error("GET", f"{SG}/campaigns", after="elsewhere"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "name", "operator": "CONTAIN", "value": "spring"}, {"Spring 1", "Spring 2"}),
        ({"field": "name", "operator": "EQUAL", "value": "Spring 1"}, {"Spring 1"}),
        ({"field": "campaign.name", "operator": "IN", "value": ["Autumn"]}, {"Autumn"}),
        ({"field": "name", "operator": "NOT_IN", "value": ["Autumn", "Spring 1"]}, {"Spring 2"}),
        ({"field": "daily_budget", "operator": "GREATER_THAN", "value": 5001}, {"Autumn"}),
        (
            {"field": "daily_budget", "operator": "LESS_THAN", "value": 5001},
            {"Spring 1", "Spring 2"},
        ),
        ({"field": "campaign.delivery_info", "operator": "IN", "value": ["inactive"]}, {"Autumn"}),
        (
            {"field": "campaign.updated_time", "operator": "GREATER_THAN", "value": 0},
            {"Spring 1", "Spring 2", "Autumn"},
        ),
    ],
)
def test_filtering_keeps_what_fits(
    graph: Graph, condition: dict[str, Any], expected: set[str]
) -> None:
    for name, budget, status in (
        ("Spring 1", 5000, "ACTIVE"),
        ("Spring 2", 5000, "ACTIVE"),
        ("Autumn", 9000, "PAUSED"),
    ):
        params = launches.campaign(name=name, daily_budget=budget, status=status)
        graph.post(f"{SG}/campaigns", **params)
    graph.server.pass_time()
    answer = graph.get(f"{SG}/campaigns", fields="name", filtering=[condition])
    assert {row["name"] for row in answer["data"]} == expected


def test_a_filter_must_be_a_list_of_whole_conditions(graph: Graph) -> None:
    error = graph.error("GET", f"{SG}/campaigns", filtering="name")
    assert_broken("filtering_no_array", error)
    error = graph.error("GET", f"{SG}/campaigns", filtering=[{"field": "name"}])
    assert_broken("missing_param", error)
    assert "filtering[0][operator]" in error["message"]


def test_a_page_in_the_middle_of_hidden_rows_holds_only_shown_ones(graph: Graph) -> None:
    made = [graph.post(f"{SG}/campaigns", **launches.campaign())["id"] for _ in range(9)]
    for gone in (made[8], made[5], made[4], made[0]):
        graph.delete(gone)
    shown = [made[place] for place in (7, 6, 3, 2, 1)]
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = graph.get(f"{SG}/campaigns", limit=2, summary=["total_count"], **after)
        assert page["summary"] == {"total_count": 5}
        assert ("previous" in page["paging"]) is bool(seen)
        seen += _ids(page)
        if "next" not in page["paging"]:
            break
        after = {"after": page["paging"]["cursors"]["after"]}
    assert seen == shown
    back = graph.get(f"{SG}/campaigns", limit=3, before=page["paging"]["cursors"]["before"])
    assert _ids(back) == shown[1:4]
    assert "previous" in back["paging"]
    assert "next" in back["paging"]


def test_updated_since_leaves_older_ones_out(graph: Graph, launch: Launch) -> None:
    assert launch.ad_set
    graph.server.pass_time(1000)
    now = graph.server.control("GET", "clock")["timestamp"]
    assert _ids(graph.get(f"{SG}/adsets", updated_since=int(now) - 500)) == []
    graph.post(launch.ad_set, name="Touched")
    assert _ids(graph.get(f"{SG}/adsets", updated_since=int(now) - 500)) == [launch.ad_set]


def test_deleted_ones_leave_the_edges_and_stay_readable(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    graph.delete(launch.ad)
    everything = ["ACTIVE", "PAUSED", "DELETED", "ARCHIVED"]
    assert _ids(graph.get(f"{SG}/ads")) == []
    assert _ids(graph.get(f"{SG}/ads", effective_status=everything)) == []
    assert _status(graph, launch.ad) == "DELETED"


def test_archived_ones_show_only_when_named(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, status="ARCHIVED")
    assert _ids(graph.get(f"{launch.campaign}/adsets")) == []
    answer = graph.get(f"{launch.campaign}/adsets", effective_status=["ARCHIVED"])
    assert _ids(answer) == [launch.ad_set]


def test_children_show_which_parent_holds_them_back(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    graph.server.pass_time()
    assert [_status(graph, node) for node in (launch.campaign, launch.ad_set, launch.ad)] == [
        "PAUSED"
    ] * 3
    graph.post(launch.ad, status="ACTIVE")
    assert _status(graph, launch.ad) == "ADSET_PAUSED"
    graph.post(launch.ad_set, status="ACTIVE")
    assert _status(graph, launch.ad_set) == "CAMPAIGN_PAUSED"
    assert _status(graph, launch.ad) == "CAMPAIGN_PAUSED"
    graph.post(launch.campaign, status="ACTIVE")
    assert [_status(graph, node) for node in (launch.campaign, launch.ad_set, launch.ad)] == [
        "ACTIVE"
    ] * 3
    assert graph.get(launch.ad, fields="configured_status")["configured_status"] == "ACTIVE"


def test_an_unfinished_review_shows_and_another_creative_starts_it_again(
    graph: Graph, launch: Launch
) -> None:
    assert launch.ad
    assert _status(graph, launch.ad) == "IN_PROCESS"
    graph.server.pass_time(3)
    assert _status(graph, launch.ad) == "PENDING_REVIEW"
    graph.server.pass_time()
    assert _status(graph, launch.ad) == "PAUSED"
    graph.post(launch.ad, creative={"creative_id": launch.creative})
    assert _status(graph, launch.ad) == "PENDING_REVIEW"


def test_a_forbidden_word_is_disapproved_after_review(graph: Graph, launch: Launch) -> None:
    params = launches.creative(SG, launch.video, launch.image)
    params["object_story_spec"]["video_data"]["message"] = "A Forbidden offer"
    creative = graph.post(f"{SG}/adcreatives", **params)["id"]
    ad = graph.post(f"{SG}/ads", **launches.ad(launch.ad_set, creative))["id"]
    assert "ad_review_feedback" not in graph.get(ad, fields="ad_review_feedback")
    graph.server.pass_time()
    shown = graph.get(ad, fields="effective_status,ad_review_feedback")
    assert shown["effective_status"] == "DISAPPROVED"
    assert "forbidden" in str(shown["ad_review_feedback"]["global"])


@pytest.mark.parametrize(
    ("campaign", "ad_set", "lever"),
    [
        ({}, {}, None),
        (
            {"daily_budget": None, "bid_strategy": None, "is_adset_budget_sharing_enabled": False},
            {"daily_budget": 5000},
            "advantage_budget_state",
        ),
        ({}, {"publisher_platforms": ["facebook"]}, "advantage_placement_state"),
        ({}, {"targeting_automation": {"advantage_audience": 0}}, "advantage_audience_state"),
    ],
)
def test_each_lever_switches_the_advantage_state(
    graph: Graph, campaign: dict[str, Any], ad_set: dict[str, Any], lever: str | None
) -> None:
    node = graph.post(f"{SG}/campaigns", **launches.campaign(**campaign))["id"]
    params = launches.ad_set(SG, node)
    for name, value in ad_set.items():
        place = params if name == "daily_budget" else params["targeting"]
        place[name] = value
    graph.post(f"{SG}/adsets", **params)
    state = graph.get(node, fields="advantage_state_info")["advantage_state_info"]
    whole = state.pop("advantage_state")
    assert whole == ("DISABLED" if lever else "ADVANTAGE_PLUS_SALES")
    assert {name for name, value in state.items() if value == "DISABLED"} == (
        {lever} if lever else set()
    )


def test_labels_made_inline_find_their_objects(graph: Graph) -> None:
    both = {"adlabels": [{"name": "lk:a"}, {"name": "lk:b"}]}
    first = graph.post(f"{SG}/campaigns", **launches.campaign(**both))["id"]
    one = {"adlabels": [{"name": "lk:a"}]}
    second = graph.post(f"{SG}/campaigns", **launches.campaign(**one))["id"]
    labels = {row["name"]: row["id"] for row in graph.get(f"{SG}/adlabels")["data"]}
    assert set(labels) == {"lk:a", "lk:b"}, "a label of the same name is the same label"
    wanted = list(labels.values())

    def found(**params: Any) -> list[str]:
        return _ids(graph.get(f"{SG}/campaignsbylabels", ad_label_ids=wanted, **params))

    assert found(operator="ANY") == [second, first]
    assert found(operator="ALL") == [first]
    shown = graph.get(second, fields="adlabels{name}")["adlabels"]
    assert shown == [{"name": "lk:a"}]
    assert graph.error("GET", f"{SG}/campaignsbylabels")["code"] == 100


def test_a_label_can_be_put_on_and_taken_off_later(graph: Graph, launch: Launch) -> None:
    graph.post(f"{launch.campaign}/adlabels", adlabels=[{"name": "late"}])
    label = graph.get(f"{SG}/adlabels")["data"][0]["id"]
    assert _ids(graph.get(f"{label}/campaigns")) == [launch.campaign]
    graph.delete(f"{launch.campaign}/adlabels", adlabels=[{"id": label}])
    assert _ids(graph.get(f"{label}/campaigns")) == []


def test_an_account_tells_what_a_launch_must_know(graph: Graph) -> None:
    fields = "name,currency,timezone_name,account_status,min_daily_budget,funding_source,business"
    account = graph.get(US, fields=fields)
    assert account["currency"] == "USD"
    assert account["timezone_name"] == "America/New_York"
    assert account["account_status"] == 1
    assert account["business"]["id"] == "700000000000001"
    minimums = graph.get(f"{US}/minimum_budgets", limit=100)["data"]
    dollars = next(row for row in minimums if row["currency"] == "USD")
    assert dollars["min_daily_budget_imp"] == account["min_daily_budget"] == 100
    assert _ids(graph.get(f"{US}/adspixels")) == ["300000000000202"]


def test_insights_are_empty_rather_than_invented(graph: Graph, launch: Launch) -> None:
    for node in (SG, launch.campaign, launch.ad_set, launch.ad):
        assert graph.get(f"{node}/insights", fields="spend")["data"] == []


def test_fields_on_a_write_return_the_object(graph: Graph) -> None:
    answer = graph.post(f"{SG}/campaigns", **launches.campaign(), fields="name,daily_budget")
    assert answer["name"] == "Spring"
    assert answer["daily_budget"] == "5000"


def test_a_wrong_field_on_a_write_is_refused_before_the_write(graph: Graph) -> None:
    error = graph.error("POST", f"{SG}/campaigns", **launches.campaign(), fields="budget")
    assert_broken("nonexisting_field", error)
    assert graph.server.journal() == []
