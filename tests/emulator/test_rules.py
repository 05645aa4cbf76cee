"""Every rule of the table: the right call passes, the wrong one gets that rule's numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.rules import Rule, all_rules
from tests.emulator import launches
from tests.emulator.launches import CLOSED, DE, JP, SG, TW, US, Launch
from tests.emulator.server import Graph

Params = dict[str, Any]


@dataclass(frozen=True)
class Wrong:
    """A call that breaks one rule; ``change`` spoils the parameters of a correct call."""

    rule: str
    reason: str
    change: Params
    account: str = SG

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


def _in(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


def _targeting(country: str = "SG", **changes: Any) -> Params:
    audience = {"targeting_automation": {"advantage_audience": 1}}
    return {"geo_locations": {"countries": [country]}, **audience, **changes}


CAMPAIGNS = (
    Wrong("unknown_param", "a field Meta does not have", {"placement_type": "auto"}),
    Wrong("wrong_type", "money is whole minor units", {"daily_budget": "50.00"}),
    Wrong("wrong_type", "money is not negative", {"daily_budget": -5000}),
    Wrong("wrong_type", "a list, not a word", {"special_ad_categories": "HOUSING"}),
    Wrong("not_in_enum", "no such objective", {"objective": "SALES"}),
    Wrong("not_in_enum", "no such bid strategy", {"bid_strategy": "CHEAP"}),
    Wrong("missing_param", "no name", {"name": None}),
    Wrong("missing_param", "no objective", {"objective": None}),
    Wrong("account_disabled", "the account is disabled", {}, CLOSED),
    Wrong("name_too_long", "401 characters", {"name": "x" * 401}),
    Wrong("status_on_create", "born deleted", {"status": "DELETED"}),
    Wrong("too_many_labels", "51 labels", {"adlabels": [{"name": str(n)} for n in range(51)]}),
    Wrong("special_ad_categories_missing", "not declared", {"special_ad_categories": None}),
    Wrong(
        "special_ad_category_none",
        "NONE and HOUSING",
        {"special_ad_categories": ["NONE", "HOUSING"], "special_ad_category_country": ["SG"]},
    ),
    Wrong("special_ad_category_country", "where?", {"special_ad_categories": ["HOUSING"]}),
    Wrong("legacy_objective", "an objective of before 2022", {"objective": "CONVERSIONS"}),
    Wrong(
        "legacy_advantage_campaign",
        "banned since v25",
        {"smart_promotion_type": "AUTOMATED_SHOPPING_ADS"},
    ),
    Wrong("daily_and_lifetime_budget", "both kinds", {"lifetime_budget": 90000}),
    Wrong("budget_sharing_missing", "no budget, no flag", {"daily_budget": None}),
    Wrong(
        "budget_sharing_under_cbo",
        "flag beside a campaign budget",
        {"is_adset_budget_sharing_enabled": False},
    ),
    Wrong(
        "bid_strategy_without_budget",
        "strategy without budget",
        {"daily_budget": None, "is_adset_budget_sharing_enabled": False},
    ),
    Wrong("daily_budget_too_low", "S$1.99", {"daily_budget": 199}),
    Wrong("daily_budget_too_low", "149 yen: no hundredths", {"daily_budget": 149}, JP),
    Wrong("daily_budget_too_low", "NT$39", {"daily_budget": 39}, TW),
)
AD_SETS = (
    Wrong("unknown_param", "not a targeting key", {"targeting": _targeting(advantage_audience=1)}),
    Wrong("unknown_param", "a promoted key of nobody", {"promoted_object": {"pixel": "1"}}),
    Wrong("missing_param", "no billing event", {"billing_event": None}),
    Wrong("missing_param", "no goal", {"optimization_goal": None}),
    Wrong("missing_param", "no targeting", {"targeting": None}),
    Wrong("missing_param", "no campaign", {"campaign_id": None}),
    Wrong("not_in_enum", "no such event", {"billing_event": "VIEWS"}),
    Wrong(
        "not_in_enum",
        "a word the SDK knows only by number",
        {"regional_regulated_categories": ["SINGAPORE"]},
    ),
    Wrong("unknown_node", "no such campaign", {"campaign_id": "23859999999999999"}),
    Wrong("two_budgets", "one here, one on the campaign", {"daily_budget": 5000}),
    Wrong("bid_strategy_under_cbo", "belongs above", {"bid_strategy": "COST_CAP"}),
    Wrong("bid_amount_without_cap", "no cap wanted", {"bid_amount": 100}),
    Wrong("start_in_past", "yesterday", {"start_time": _in(-24)}),
    Wrong("end_before_start", "ends first", {"start_time": _in(48), "end_time": _in(24)}),
    Wrong("goal_not_for_objective", "a lead goal", {"optimization_goal": "LEAD_GENERATION"}),
    Wrong("billing_not_for_goal", "clicks", {"billing_event": "LINK_CLICKS"}),
    Wrong("promoted_object_missing", "nothing", {"promoted_object": None}),
    Wrong(
        "promoted_object_missing",
        "which event?",
        {"promoted_object": {"pixel_id": "300000000000101"}},
    ),
    Wrong(
        "unknown_pixel",
        "another account's",
        {"promoted_object": {"pixel_id": "300000000000202", "custom_event_type": "PURCHASE"}},
    ),
    Wrong("location_missing", "nowhere", {"targeting": _targeting(geo_locations={})}),
    Wrong("unknown_country", "a name", {"targeting": _targeting("Singapore")}),
    Wrong("age_range", "older than the oldest", {"targeting": _targeting(age_min=70)}),
    Wrong(
        "advantage_audience_flag",
        "2",
        {"targeting": _targeting(targeting_automation={"advantage_audience": 2})},
    ),
    Wrong(
        "advantage_audience_missing",
        "narrowed, not said",
        {"targeting": _targeting(targeting_automation={}, genders=[1])},
    ),
    Wrong("advantage_age_min", "26", {"targeting": _targeting(age_min=26)}),
    Wrong("advantage_age_max", "64", {"targeting": _targeting(age_max=64)}),
    Wrong(
        "instagram_explore_gone",
        "explore",
        {"targeting": _targeting(instagram_positions=["explore"])},
    ),
    Wrong("regional_declaration_missing", "Singapore", {"regional_regulated_categories": None}),
    Wrong(
        "regional_declaration_missing",
        "Singapore's payer",
        {"regional_regulation_identities": {"singapore_universal_beneficiary": "400000000000101"}},
    ),
    Wrong(
        "regional_declaration_missing",
        "Taiwan",
        {"targeting": _targeting("TW"), "regional_regulated_categories": None},
        TW,
    ),
    Wrong("regional_declaration_missing", "Thailand", {"targeting": _targeting("TH")}, US),
    Wrong("regional_declaration_missing", "Brazil", {"targeting": _targeting("BR")}, US),
    Wrong(
        "identity_not_an_id",
        "a name",
        {
            "regional_regulation_identities": {
                "singapore_universal_beneficiary": "Sunrise",
                "singapore_universal_payer": "Sunrise",
            }
        },
    ),
    Wrong(
        "identity_not_verified",
        "another account's",
        {
            "regional_regulation_identities": {
                "singapore_universal_beneficiary": "400000000000505",
                "singapore_universal_payer": "400000000000505",
            }
        },
    ),
    Wrong("dsa_beneficiary_missing", "EU", {"dsa_beneficiary": None}, DE),
    Wrong("dsa_payor_missing", "EU", {"dsa_payor": None}, DE),
    Wrong("dsa_too_long", "513 characters", {"dsa_payor": "x" * 513}, DE),
)
_AD_SET_BUDGET = {"daily_budget": 5000}
PLAIN_AD_SETS = (
    Wrong("budget_missing", "neither level has one", {"daily_budget": None}),
    Wrong("daily_budget_too_low", "S$1.99", {"daily_budget": 199}),
    Wrong(
        "lifetime_budget_too_low",
        "ten days",
        {"daily_budget": None, "lifetime_budget": 1000, "end_time": _in(240)},
    ),
    Wrong(
        "lifetime_budget_without_end",
        "until when?",
        {"daily_budget": None, "lifetime_budget": 90000},
    ),
    Wrong("daily_and_lifetime_budget", "both", {"lifetime_budget": 90000, "end_time": _in(240)}),
    Wrong("bid_amount_required", "a cap of what?", {"bid_strategy": "COST_CAP"}),
    Wrong("roas_floor_required", "a floor of what?", {"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}),
    Wrong("flight_too_short", "three hours", {"end_time": _in(3)}),
)
CREATIVES: tuple[tuple[str, str, Callable[[Params], None]], ...] = (
    ("creative_without_content", "nothing to show", lambda p: p.pop("object_story_spec")),
    ("unknown_param", "an old Instagram key", lambda p: _story(p).update(instagram_actor_id="1")),
    ("unknown_param", "a video_data key", lambda p: _clip(p).update(headline="Sale")),
    ("unknown_param", "a CTA key", lambda p: _clip(p)["call_to_action"].update(url="x")),
    ("unknown_param", "a CTA value key", lambda p: _action(p).update(url="x")),
    ("not_in_enum", "no such button", lambda p: _clip(p)["call_to_action"].update(type="GO")),
    ("missing_param", "no page", lambda p: _story(p).pop("page_id")),
    ("missing_param", "no video", lambda p: _clip(p).pop("video_id")),
    ("unknown_page", "another account's", lambda p: _story(p).update(page_id="200000000000202")),
    ("unknown_video", "no such video", lambda p: _clip(p).update(video_id="1")),
    ("unknown_image", "no such image", lambda p: _clip(p).update(image_hash="ab" * 16)),
    ("thumbnail_missing", "no picture", lambda p: _clip(p).pop("image_hash")),
    (
        "one_story_only",
        "two stories",
        lambda p: _story(p).update(link_data={"link": "https://example.com"}),
    ),
    ("call_to_action_link", "leads nowhere", lambda p: _clip(p)["call_to_action"].pop("value")),
    ("bad_link", "no web address", lambda p: _action(p).update(link="example.com")),
    (
        "standard_enhancements_gone",
        "the old bundle",
        lambda p: p.update(_features("standard_enhancements", "OPT_OUT")),
    ),
    ("not_in_enum", "neither in nor out", lambda p: p.update(_features("image_touchups", "NO"))),
    ("unknown_param", "no such feature", lambda p: p.update(_features("sparkles", "OPT_IN"))),
)
ADS = (
    Wrong("missing_param", "no name", {"name": None}),
    Wrong("missing_param", "no ad set", {"adset_id": None}),
    Wrong("missing_param", "no creative", {"creative": None}),
    Wrong("unknown_node", "no such ad set", {"adset_id": "23859999999999999"}),
    Wrong("unknown_creative", "no such creative", {"creative": {"creative_id": "1"}}),
    Wrong("unknown_param", "a creative key", {"creative": {"creativeid": "1"}}),
    Wrong("conversion_domain", "a scheme", {"conversion_domain": "https://example.com"}),
    Wrong("conversion_domain", "a path", {"conversion_domain": "example.com/shop"}),
    Wrong("status_on_create", "born archived", {"status": "ARCHIVED"}),
)


def _story(params: Params) -> Params:
    return params["object_story_spec"]


def _clip(params: Params) -> Params:
    return params["object_story_spec"]["video_data"]


def _action(params: Params) -> Params:
    return _clip(params)["call_to_action"]["value"]


def _features(name: str, status: str) -> Params:
    features = {name: {"enroll_status": status}}
    return {"degrees_of_freedom_spec": {"creative_features_spec": features}}


def assert_broken(rule_name: str, error: Params) -> None:
    """Assert that an error is that rule's: its numbers, and its words where it has any."""
    rule: Rule = all_rules()[rule_name]
    assert (error["code"], error.get("error_subcode")) == (rule.code, rule.subcode), error
    if rule.title:
        assert error["error_user_title"] == rule.title, error
    else:
        assert error["message"].startswith(rule.message.partition("{")[0]), error
    assert error["fbtrace_id"]


@pytest.fixture
def untouched(graph: Graph) -> Iterator[Callable[[], None]]:
    """A call that notes the journal now; at the test's end it must not have grown since."""
    noted: list[int] = []
    yield lambda: noted.append(len(graph.server.journal()))
    assert len(graph.server.journal()) == noted[-1], "a refused call was committed"


@pytest.mark.parametrize("wrong", CAMPAIGNS, ids=str)
def test_a_wrong_campaign_is_refused(
    graph: Graph, wrong: Wrong, untouched: Callable[[], None]
) -> None:
    untouched()
    params = launches.campaign(**wrong.change)
    assert_broken(wrong.rule, graph.error("POST", f"{wrong.account}/campaigns", **params))


@pytest.mark.parametrize("account", [SG, US, DE, JP, TW])
def test_a_right_launch_passes_on_every_account(
    graph: Graph, video: bytes, image: bytes, account: str
) -> None:
    assert Launch(graph, account, video, image).ad.isdigit()


@pytest.mark.parametrize("wrong", AD_SETS, ids=str)
def test_a_wrong_ad_set_is_refused(
    graph: Graph, wrong: Wrong, untouched: Callable[[], None]
) -> None:
    campaign = graph.post(f"{wrong.account}/campaigns", **launches.campaign())["id"]
    untouched()
    params = launches.changed(launches.ad_set(wrong.account, campaign), wrong.change)
    assert_broken(wrong.rule, graph.error("POST", f"{wrong.account}/adsets", **params))


@pytest.mark.parametrize("wrong", PLAIN_AD_SETS, ids=str)
def test_a_wrong_ad_set_with_its_own_budget_is_refused(
    graph: Graph, launch: Launch, wrong: Wrong, untouched: Callable[[], None]
) -> None:
    campaign = launch.plain_campaign
    untouched()
    params = launches.ad_set(SG, campaign, **{**_AD_SET_BUDGET, **wrong.change})
    assert_broken(wrong.rule, graph.error("POST", f"{SG}/adsets", **params))


def test_a_right_ad_set_with_its_own_budget_passes(graph: Graph, launch: Launch) -> None:
    graph.post(f"{SG}/adsets", **launches.ad_set(SG, launch.plain_campaign, **_AD_SET_BUDGET))


@pytest.mark.parametrize(("rule", "reason", "spoil"), CREATIVES)
def test_a_wrong_creative_is_refused(
    graph: Graph,
    launch: Launch,
    untouched: Callable[[], None],
    rule: str,
    reason: str,
    spoil: Callable[[Params], None],
) -> None:
    params = launches.creative(SG, launch.video, launch.image)
    untouched()
    spoil(params)
    assert_broken(rule, graph.error("POST", f"{SG}/adcreatives", **params))


def test_a_creative_before_its_video_is_ready_is_refused(graph: Graph, launch: Launch) -> None:
    params = launches.creative(SG, launch.fresh_video, launch.image)
    assert_broken("video_not_ready", graph.error("POST", f"{SG}/adcreatives", **params))
    graph.server.pass_time()
    graph.post(f"{SG}/adcreatives", **params)


def test_a_creative_of_a_broken_video_is_refused(graph: Graph, launch: Launch) -> None:
    video = graph.upload(SG, b"this is no video " * 100)
    graph.server.pass_time()
    params = launches.creative(SG, video, launch.image)
    assert_broken("video_failed", graph.error("POST", f"{SG}/adcreatives", **params))


@pytest.mark.parametrize("wrong", ADS, ids=str)
def test_a_wrong_ad_is_refused(
    graph: Graph, launch: Launch, wrong: Wrong, untouched: Callable[[], None]
) -> None:
    params = launches.changed(launches.ad(launch.ad_set, launch.creative), wrong.change)
    untouched()
    assert_broken(wrong.rule, graph.error("POST", f"{SG}/ads", **params))


def test_children_of_another_account_are_refused(graph: Graph, launch: Launch) -> None:
    params = launches.ad_set(US, launch.campaign)
    assert_broken("unknown_node", graph.error("POST", f"{US}/adsets", **params))


def test_a_deleted_parent_takes_no_children(graph: Graph, launch: Launch) -> None:
    params = launches.ad_set(SG, launch.campaign)
    graph.delete(launch.campaign)
    assert_broken("parent_is_gone", graph.error("POST", f"{SG}/adsets", **params))


def test_a_campaign_budget_must_cover_all_ad_sets(graph: Graph) -> None:
    campaign = graph.post(f"{SG}/campaigns", **launches.campaign(daily_budget=250))["id"]
    graph.post(f"{SG}/adsets", **launches.ad_set(SG, campaign))
    error = graph.error("POST", f"{SG}/adsets", **launches.ad_set(SG, campaign))
    assert_broken("campaign_budget_does_not_cover_ad_sets", error)


def test_special_categories_forbid_narrowing(graph: Graph) -> None:
    category = {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]}
    campaign = graph.post(f"{US}/campaigns", **launches.campaign(**category))["id"]
    params = launches.ad_set(US, campaign, targeting=_targeting("US", genders=[1]))
    assert_broken("special_category_targeting", graph.error("POST", f"{US}/adsets", **params))
    graph.post(f"{US}/adsets", **launches.ad_set(US, campaign))


def test_what_is_deleted_or_archived_stays_so(graph: Graph, launch: Launch) -> None:
    graph.post(launch.ad_set, status="ARCHIVED")
    error = graph.error("POST", launch.ad_set, status="ACTIVE")
    assert_broken("archived_is_final", error)
    graph.post(launch.ad_set, name="Renamed")
    graph.delete(launch.ad_set)
    assert_broken("deleted_is_final", graph.error("POST", launch.ad_set, name="Again"))
    assert_broken("deleted_is_final", graph.error("DELETE", launch.ad_set))


def test_what_meta_fixes_at_creation_cannot_change(graph: Graph, launch: Launch) -> None:
    error = graph.error("POST", launch.campaign, objective="OUTCOME_TRAFFIC")
    assert_broken("objective_immutable", error)
    spec = [{"event_type": "CLICK_THROUGH", "window_days": 1}]
    error = graph.error("POST", launch.ad_set, attribution_spec=spec)
    assert_broken("attribution_immutable", error)


def test_a_published_ad_set_keeps_its_promoted_object(graph: Graph, launch: Launch) -> None:
    other = {"pixel_id": "300000000000101", "custom_event_type": "ADD_TO_CART"}
    wanted = {"pixel_id": "300000000000101", "custom_event_type": "PURCHASE"}
    assert launch.ad
    graph.post(launch.ad_set, promoted_object=other)
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    graph.server.pass_time()
    error = graph.error("POST", launch.ad_set, promoted_object=wanted)
    assert_broken("published_is_immutable", error)
    graph.post(launch.campaign, status="PAUSED")
    error = graph.error("POST", launch.ad_set, promoted_object=wanted)
    assert_broken("published_is_immutable", error)


def test_a_creative_in_use_cannot_be_deleted(graph: Graph, launch: Launch) -> None:
    assert launch.ad
    assert_broken("creative_in_use", graph.error("DELETE", launch.creative))
    graph.delete(launch.ad)
    graph.delete(launch.creative)


def test_validate_only_runs_the_rules_and_writes_nothing(graph: Graph, launch: Launch) -> None:
    options = {"execution_options": ["validate_only"]}
    creative_params = launches.creative(SG, launch.video, launch.image)
    calls = (
        ("campaigns", launches.campaign()),
        ("adsets", launches.ad_set(SG, launch.campaign)),
        ("adcreatives", creative_params),
        ("ads", launches.ad(launch.ad_set, launch.creative)),
    )
    before = len(graph.server.journal())
    for edge, params in calls:
        assert graph.post(f"{SG}/{edge}", **params, **options) == {"success": True}
        error = graph.error("POST", f"{SG}/{edge}", **params, **options, nonsense=1)
        assert_broken("unknown_param", error)
    assert len(graph.server.journal()) == before


def test_the_budget_flag_is_only_asked_for_since_v24(graph: Graph) -> None:
    plain = launches.campaign(daily_budget=None, bid_strategy=None)
    Graph(graph.server, version="v23.0").post(f"{SG}/campaigns", **plain)


@pytest.mark.parametrize(
    ("status", "rule"),
    [("ADSET_PAUSED", "status_filter"), ("SLEEPING", "status_filter")],
)
def test_a_status_of_another_level_cannot_be_filtered_on(
    graph: Graph, status: str, rule: str
) -> None:
    error = graph.error("GET", f"{SG}/campaigns", effective_status=[status])
    assert_broken(rule, error)


@pytest.mark.parametrize(
    "filtering",
    [
        [{"field": "name", "operator": "LOOKS_LIKE", "value": "x"}],
        [{"field": "id", "operator": "IN", "value": "1"}],
        [{"field": "daily_budget", "operator": "GREATER_THAN", "value": "much"}],
        [{"field": "daily_budget", "operator": "IN_RANGE", "value": [1]}],
        [{"field": "ad.name", "operator": "EQUAL", "value": "x"}],
    ],
)
def test_a_wrong_filter_is_refused(graph: Graph, launch: Launch, filtering: Any) -> None:
    assert launch.campaign
    error = graph.error("GET", f"{SG}/campaigns", filtering=filtering)
    assert_broken("bad_filter", error)


# Rules of the protocol and of uploads, each with its test in another file.
ELSEWHERE = {
    "bad_cursor": "test_reading",
    "bad_fields": "test_reading",
    "bad_json": "test_protocol",
    "bad_proof": "test_protocol",
    "bad_token": "test_protocol",
    "batch_malformed": "test_protocol",
    "batch_too_large": "test_protocol",
    "chunk_too_long": "test_uploads",
    "date_format_gone": "test_protocol",
    "deprecated_version": "test_protocol",
    "expired_token": "test_protocol",
    "file_url_unreachable": "test_uploads",
    "filtering_no_array": "test_reading",
    "ids_gone": "test_protocol",
    "no_permission": "test_protocol",
    "no_token": "test_protocol",
    "nonexisting_field": "test_reading",
    "not_an_image": "test_uploads",
    "unknown_alias": "test_protocol",
    "unknown_path": "test_protocol",
    "unknown_upload_session": "test_uploads",
    "unsupported_method": "test_protocol",
    "upload_incomplete": "test_uploads",
    "wrong_offset": "test_uploads",
}


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_every_rule_is_proved_by_a_test(rule: str, request: pytest.FixtureRequest) -> None:
    folder = request.path.parent
    file = folder / f"{ELSEWHERE.get(rule, 'test_rules')}.py"
    text = file.read_text().partition("ELSEWHERE = ")[0]
    assert f'"{rule}"' in text, f"{file.name} must break {rule}"


def test_every_rule_names_its_source() -> None:
    known = (
        "SDK",
        "documented",
        "reported",
        "inferred",
        "rule documented",
        "limit documented",
        "this server's own",
    )
    for rule in all_rules().values():
        assert rule.source.startswith(known), rule
