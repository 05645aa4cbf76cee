"""Campaigns: their rules, writes and readable fields."""

from typing import Any

from emulator.calls import schema
from emulator.calls.execution_options import check_options, tried
from emulator.calls.kinds import Edge, Json, Kind
from emulator.calls.param_types import check, decode_json, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.insights.edge import INSIGHTS
from emulator.insights.spending import budget_remaining
from emulator.objects import labels, statuses
from emulator.objects.accounts import check_open, check_room, children_of
from emulator.objects.advantage import advantage_state
from emulator.objects.issues import issues_info
from emulator.policy import budgets
from emulator.policy.budget_switch import moved_budgets
from emulator.policy.rules import broken
from emulator.policy.special_categories import REGULATED
from emulator.state import Object

LONGEST_NAME = 400
OBJECTIVES = (
    "OUTCOME_APP_PROMOTION",
    "OUTCOME_AWARENESS",
    "OUTCOME_ENGAGEMENT",
    "OUTCOME_LEADS",
    "OUTCOME_SALES",
    "OUTCOME_TRAFFIC",
)


def check_name(params: dict[str, Any]) -> None:
    """Raise for a name longer than Meta keeps."""
    if len(params.get("name") or "") > LONGEST_NAME:
        raise broken("name_too_long", blame="name", limit=LONGEST_NAME)


def regulated_categories(campaign: Object) -> list[str]:
    """Return the campaign's special categories whose targeting Meta restricts."""
    return [name for name in campaign.fields["special_ad_categories"] if name in REGULATED]


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create a campaign on an account."""
    check_options(call)
    check_open(account)
    check_room(emulator, account, "campaign")
    _check_promotion_type(call)
    params = check(schema.operation("AdAccount", "create_campaign"), call.params)
    require(params, ["name", "objective"])
    if params.get("special_ad_categories") is None:
        raise broken("special_ad_categories_missing", blame="special_ad_categories")
    check_name(params)
    statuses.check_new_status(params)
    _check_objective(params["objective"])
    if params.setdefault("buying_type", "AUCTION") not in ("AUCTION", "RESERVED"):
        raise broken("not_in_enum", blame="buying_type", param="buying_type", allowed="AUCTION")
    _check_categories(params)
    budgets.check_spend_cap(emulator, account, params.get("spend_cap"))
    budgets.check_campaign_budget(emulator, account, params, params, call.version[0])
    if budgets.has_budget(params):
        params.setdefault("bid_strategy", budgets.DEFAULT_BID_STRATEGY)
    if call.validate_only:
        return tried(emulator, call, "campaign", params)

    params.setdefault("status", "ACTIVE")
    params["special_ad_categories"] = _without_none(params["special_ad_categories"])
    params.setdefault("smart_promotion_type", "GUIDED_CREATION")
    params["adlabels"], new_labels = labels.resolve(emulator, account, params.get("adlabels"))
    campaign = emulator.new_object("campaign", account, _stored(params))
    emulator.commit(call, "create", campaign, *new_labels)
    return {"id": campaign.id}


def update(emulator: Emulator, call: Call, campaign: Object) -> Json:
    """Change a campaign's fields, its status included."""
    check_options(call)
    _check_promotion_type(call)
    params = check(schema.operation("Campaign", "api_update"), call.params)
    account = emulator.account_of(campaign)
    statuses.check_editable(emulator, campaign, params)
    check_name(params)
    if params.get("objective", campaign.fields["objective"]) != campaign.fields["objective"]:
        raise broken("objective_immutable", blame="objective")
    if params.get("special_ad_categories") is not None:
        _check_categories({**campaign.fields, **params})
        params["special_ad_categories"] = _without_none(params["special_ad_categories"])
    budgets.check_spend_cap(emulator, account, params.get("spend_cap"))
    changes, moved = moved_budgets(emulator, account, campaign, params)
    params |= changes
    if not changes:
        _check_budget_change(emulator, call, account, campaign, params)
    if call.validate_only:
        return tried(emulator, call, "campaign", {**campaign.fields, **params})

    new_labels: list[Object] = []
    if "adlabels" in params:
        params["adlabels"], new_labels = labels.resolve(emulator, account, params["adlabels"])
    marked = statuses.marked_as_delivered(emulator, campaign) if "status" in params else []
    changed = campaign.with_fields(_stored(params), emulator.clock.now())
    change = "delete" if params.get("status") == "DELETED" else "update"
    emulator.commit(call, change, changed, *new_labels, *marked, *moved)
    return {"success": True}


def delete(emulator: Emulator, call: Call, obj: Object) -> Json:
    """Mark a campaign, ad set or ad as deleted: it leaves the edges and stays readable by id."""
    if statuses.configured_status(obj) == "DELETED":
        raise broken("deleted_is_final", id=obj.id)
    marked = statuses.marked_as_delivered(emulator, obj)
    changed = obj.with_fields({"status": "DELETED"}, emulator.clock.now())
    emulator.commit(call, "delete", changed, *marked)
    return {"success": True}


def overridden(
    emulator: Emulator, call: Call, account: Object, copy: Object, overrides: dict[str, Any]
) -> Object:
    """Return a campaign's copy with other values, checked as a new campaign would be."""
    params = check(schema.operation("AdAccount", "create_campaign"), overrides)
    after = {**copy.fields, **params}
    check_name(after)
    _check_objective(after["objective"])
    _check_categories(after)
    budgets.check_campaign_budget(emulator, account, after, params, call.version[0])
    return copy.with_fields(_stored(params), copy.updated)


def _check_objective(objective: str) -> None:
    if objective not in OBJECTIVES:
        allowed = ", ".join(OBJECTIVES)
        raise broken("legacy_objective", blame="objective", objective=objective, allowed=allowed)


def _stored(params: dict[str, Any]) -> dict[str, Any]:
    stored = budgets.as_stored(params)
    for name in ("execution_options", "adset_budgets", "adset_bid_amounts"):
        stored.pop(name, None)
    return stored


def _without_none(categories: list[str]) -> list[str]:
    return [name for name in categories if name != "NONE"]


def _check_promotion_type(call: Call) -> None:
    if decode_json(call.params.get("smart_promotion_type")) not in (None, "", "GUIDED_CREATION"):
        raise broken("legacy_advantage_campaign", blame="smart_promotion_type")


def _check_categories(params: dict[str, Any]) -> None:
    categories = params["special_ad_categories"]
    if "NONE" in categories and len(categories) > 1:
        raise broken("special_ad_category_none", blame="special_ad_categories")
    if _without_none(categories) and not params.get("special_ad_category_country"):
        raise broken("special_ad_category_country", blame="special_ad_category_country")


def _check_budget_change(
    emulator: Emulator, call: Call, account: Object, campaign: Object, params: dict[str, Any]
) -> None:
    if not {"daily_budget", "lifetime_budget", "bid_strategy"} & set(params):
        return
    after = {**campaign.fields, **params}
    budgets.check_campaign_budget(emulator, account, after, params, call.version[0])
    if budgets.has_budget(after) and any(
        budgets.has_budget(row.fields) for row in budgets.living_ad_sets(emulator, campaign)
    ):
        raise broken("two_budgets", blame="daily_budget")
    budgets.check_campaign_covers(emulator, account, campaign, after.get("daily_budget"), 0)


def _start_time(emulator: Emulator, campaign: Object) -> str:
    """Return when the campaign starts: as set, else when it was made."""
    return str(
        campaign.fields.get("start_time") or emulator.moment_text(campaign, campaign.created)
    )


COMMON_FIELDS = {
    "effective_status": statuses.effective_status,
    "issues_info": issues_info,
    "configured_status": lambda emulator, obj: statuses.configured_status(obj),
    "status": lambda emulator, obj: statuses.configured_status(obj),
}
LABEL_EDGE = Edge(create=labels.attach, delete=labels.detach)
KIND = Kind(
    name="campaign",
    title="Campaign",
    sdk_class="Campaign",
    computed={
        **COMMON_FIELDS,
        "advantage_state_info": advantage_state,
        "budget_remaining": budget_remaining,
        "start_time": _start_time,
    },
    edges={
        "adsets": Edge("adset", children_of("adset"), statuses=True),
        "ads": Edge("ad", children_of("ad"), statuses=True),
        "insights": INSIGHTS,
        "adlabels": LABEL_EDGE,
    },
    update=update,
    delete=delete,
)
