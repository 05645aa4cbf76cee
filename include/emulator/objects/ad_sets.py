"""Ad sets: their rules, writes and readable fields."""

from collections.abc import Mapping
from typing import Any

from emulator.calls import schema
from emulator.calls.execution_options import check_options, tried
from emulator.calls.kinds import Edge, Json, Kind, Row
from emulator.calls.param_types import check, require
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.insights.edge import INSIGHTS
from emulator.insights.spending import budget_remaining
from emulator.objects import activities, labels, reviews, statuses
from emulator.objects.accounts import check_open, check_room, children_of
from emulator.objects.advantage import advantage_audience, is_broad
from emulator.objects.campaigns import (
    COMMON_FIELDS,
    LABEL_EDGE,
    check_name,
    delete,
    regulated_categories,
)
from emulator.objects.learning import learning_stage
from emulator.policy import budgets, schedules
from emulator.policy.attribution import check_attribution, default_attribution
from emulator.policy.goals import check_goal
from emulator.policy.placements import without_dropped
from emulator.policy.regulations import check_regulations, stored_dsa
from emulator.policy.rules import broken
from emulator.policy.targeting import check_targeting
from emulator.state import Object

# From here on a constrained targeting must say whether Advantage+ audience is on.
_EXPLICIT_AUDIENCE_VERSION = (23, 0)
#: What Meta does not let change once an ad of the set has delivered.
_IMMUTABLE_ONCE_PUBLISHED = ("promoted_object", "optimization_goal", "destination_type")


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create an ad set under one of the account's campaigns."""
    check_options(call)
    check_open(account)
    check_room(emulator, account, "adset")
    params = check(schema.operation("AdAccount", "create_ad_set"), call.params)
    require(params, ["name", "campaign_id"])
    campaign = emulator.find(params["campaign_id"], "campaign", account.id)
    if campaign is None:
        raise broken("unknown_node", verb="post", id=params["campaign_id"])
    if statuses.configured_status(campaign) in statuses.FINAL:
        raise broken("parent_is_gone", blame="campaign_id", kind="campaign", id=campaign.id)
    require(params, ["billing_event", "optimization_goal", "targeting"])
    check_name(params)
    statuses.check_new_status(params)
    schedules.rename_old_times(params)
    if call.version < _EXPLICIT_AUDIENCE_VERSION:
        params["targeting"] = _with_old_default(params["targeting"])
    schedules.check_times(emulator, account, params, params)
    check_whole(emulator, account, campaign, params, new=True)
    budgets.check_campaign_covers(
        emulator, account, campaign, campaign.fields.get("daily_budget"), 1
    )
    if call.validate_only:
        return tried(emulator, call, "adset", params)

    params.setdefault("status", "ACTIVE")
    params.setdefault("start_time", emulator.clock.now())
    _set_defaults(campaign, params)
    params["adlabels"], new_labels = labels.resolve(emulator, account, params.get("adlabels"))
    params |= stored_dsa(account, params)
    fields = _stored(account, params)
    ad_set = emulator.new_object("adset", account, fields, [campaign.id])
    emulator.commit(call, "create", ad_set, *new_labels)
    return {"id": ad_set.id}


def update(emulator: Emulator, call: Call, ad_set: Object) -> Json:
    """Change an ad set's fields, its status included."""
    check_options(call)
    params = check(schema.operation("AdSet", "api_update"), call.params)
    account = emulator.account_of(ad_set)
    campaign = emulator.state.objects[ad_set.parents[-1]]
    statuses.check_editable(emulator, ad_set, params)
    check_name(params)
    schedules.rename_old_times(params)
    after = {**ad_set.fields, **params}
    _check_fixed(emulator, ad_set, params)
    schedules.check_times(emulator, account, after, params)
    if set(params) - {"name", "status", "adlabels"}:
        check_whole(emulator, account, campaign, after)
    if call.validate_only:
        return tried(emulator, call, "adset", after)

    params |= stored_dsa(account, after)
    new_labels: list[Object] = []
    if "adlabels" in params:
        params["adlabels"], new_labels = labels.resolve(emulator, account, params["adlabels"])
    marked = statuses.marked_as_delivered(emulator, ad_set) if "status" in params else []
    reviewed = []
    if reviews.AD_SET_TRIGGERS & set(params):
        params["_significant_edit"] = emulator.clock.now()
        reviewed = reviews.back_to_review(emulator, ad_set, {row.id for row in marked})
    changed = ad_set.with_fields(_stored(account, params), emulator.clock.now())
    change = "delete" if params.get("status") == "DELETED" else "update"
    emulator.commit(call, change, changed, *new_labels, *marked, *reviewed)
    return {"success": True}


def _check_fixed(emulator: Emulator, ad_set: Object, changes: dict[str, Any]) -> None:
    """Raise for a change of what is fixed at creation, or since an ad of the set delivered."""
    changed = {name for name, value in changes.items() if value != ad_set.fields.get(name)}
    if "attribution_spec" in changed:
        raise broken("attribution_immutable", blame="attribution_spec")
    for name in _IMMUTABLE_ONCE_PUBLISHED:
        if name in changed and statuses.has_delivered(emulator, ad_set):
            raise broken("published_is_immutable", blame=name, field=name)


def check_whole(
    emulator: Emulator,
    account: Object,
    campaign: Object,
    fields: dict[str, Any],
    *,
    new: bool = False,
) -> None:
    """Check everything that depends on more than one field of the ad set as it would be."""
    budgets.check_ad_set_budget(emulator, account, campaign, fields)
    budgets.check_spend_targets(campaign, fields)
    check_goal(emulator, account, campaign, fields)
    check_attribution(fields["optimization_goal"], fields.get("attribution_spec"))
    check_targeting(emulator, fields["targeting"], regulated_categories(campaign), new=new)
    check_regulations(account, fields)


def moved(
    emulator: Emulator,
    account: Object,
    fields: Mapping[str, Any],
    campaign: Object,
    times: dict[str, Any],
) -> dict[str, Any]:
    """Return a copied ad set's fields under its campaign, with other times where given.

    Under a campaign budget its own budget and bid strategy go.
    """
    kept = dict(fields)
    if budgets.has_budget(campaign.fields):
        for name in ("daily_budget", "lifetime_budget", "bid_strategy"):
            kept.pop(name, None)
    sent = schedules.times_of_copy(emulator, account, kept, times)
    after = {**kept, **sent}
    schedules.check_times(emulator, account, after, sent)
    stored = _stored(account, {**after, **sent})
    return {name: value for name, value in stored.items() if value is not None}


def _with_old_default(targeting: dict[str, Any]) -> dict[str, Any]:
    """Say the flag as it was understood when left out of a constrained targeting."""
    if advantage_audience(targeting) is not None or is_broad(targeting):
        return targeting
    automation = targeting.get("targeting_automation") or {}
    return {**targeting, "targeting_automation": {**automation, "advantage_audience": 0}}


def _set_defaults(campaign: Object, params: dict[str, Any]) -> None:
    params.setdefault("destination_type", "UNDEFINED")
    params.setdefault("attribution_spec", default_attribution(params["optimization_goal"]))
    params["targeting"] = {"age_min": 18, "age_max": 65, **params["targeting"]}
    if not budgets.has_budget(campaign.fields):
        params.setdefault("bid_strategy", budgets.own_bid_strategy(params))


def _stored(account: Object, params: dict[str, Any]) -> dict[str, Any]:
    stored = budgets.as_stored(params)
    stored.pop("execution_options", None)
    if stored.get("targeting"):
        stored["targeting"] = without_dropped(stored["targeting"])
    return schedules.stored_times(account, stored)


def _creatives(emulator: Emulator, call: Call, ad_set: Object) -> list[Row]:
    ads = emulator.state.children(ad_set.id, "ad")
    ids = dict.fromkeys(ad.fields["_creative"] for ad in ads)
    return [emulator.state.objects[identity] for identity in ids]


KIND = Kind(
    name="adset",
    title="AdSet",
    sdk_class="AdSet",
    computed={
        **COMMON_FIELDS,
        "budget_remaining": budget_remaining,
        "learning_stage_info": learning_stage,
    },
    references={"campaign": "campaign_id"},
    edges={
        "activities": Edge(None, activities.rows),
        "ads": Edge("ad", children_of("ad"), statuses=True),
        "adcreatives": Edge("creative", _creatives),
        "insights": INSIGHTS,
        "adlabels": LABEL_EDGE,
    },
    update=update,
    delete=delete,
)
