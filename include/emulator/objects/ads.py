"""Ads: their rules, writes, review, and readable fields."""

import re
from typing import Any

from emulator.calls import schema
from emulator.calls.execution_options import check_options, tried
from emulator.calls.kinds import Edge, Json, Kind, Row
from emulator.calls.param_types import check, require
from emulator.calls.protocol import Call
from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.insights.edge import INSIGHTS
from emulator.objects import creatives, labels, reviews, statuses
from emulator.objects.accounts import check_open
from emulator.objects.campaigns import COMMON_FIELDS, LABEL_EDGE, check_name, delete
from emulator.policy import stories
from emulator.policy.rules import broken
from emulator.state import Object

_DOMAIN = re.compile(r"^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$", re.IGNORECASE)
# A first and second level domain has two labels, or three where the suffix itself has two.
_MOST_LABELS = 3
_MOST_ADS_IN_AD_SET = 50


def create(emulator: Emulator, call: Call, account: Object) -> Json:
    """Create an ad under one of the account's ad sets."""
    check_options(call)
    check_open(account)
    params = check(schema.operation("AdAccount", "create_ad"), call.params)
    require(params, ["name", "adset_id", "creative"])
    check_name(params)
    ad_set = emulator.find(params["adset_id"], "adset", account.id)
    if ad_set is None:
        raise broken("unknown_node", verb="post", id=params["adset_id"])
    if statuses.effective_status(emulator, ad_set) in statuses.FINAL:
        raise broken("parent_is_gone", blame="adset_id", kind="ad set", id=ad_set.id)
    statuses.check_new_status(params)
    _check_domain(params.get("conversion_domain"))
    _check_room(emulator, ad_set)
    if not account.fields.get("funding_source"):
        raise broken("no_payment_method", blame="account_id")
    creative, new_objects = _creative(emulator, account, params["creative"])
    _check_fits(ad_set, creative)
    if call.validate_only:
        return tried(emulator, call, "ad", params, creatives.forbidden_word(emulator, creative))

    params["adlabels"], new_labels = labels.resolve(emulator, account, params.get("adlabels"))
    fields = {
        **_stored(params),
        "status": params.get("status", "ACTIVE"),
        "adset_id": ad_set.id,
        "campaign_id": ad_set.fields["campaign_id"],
        **content(emulator, creative),
    }
    parents = [ad_set.fields["campaign_id"], ad_set.id]
    ad = emulator.new_object("ad", account, fields, parents)
    emulator.commit(call, "create", ad, *new_labels, *new_objects)
    return {"id": ad.id}


def update(emulator: Emulator, call: Call, ad: Object) -> Json:
    """Change an ad's fields, its status included; another creative means another review."""
    check_options(call)
    params = check(schema.operation("Ad", "api_update"), call.params)
    account = emulator.account_of(ad)
    statuses.check_editable(emulator, ad, params)
    reviews.check_rejected(emulator, ad, params)
    ad_set = emulator.state.objects[ad.parents[-1]]
    _check_running(emulator, ad_set, params)
    check_name(params)
    _check_domain(params.get("conversion_domain"))
    new_objects: list[Object] = []
    shown: dict[str, Any] = {}
    if params.get("creative") is not None:
        creative, new_objects = _creative(emulator, account, params["creative"])
        _check_fits(ad_set, creative)
        shown = content(emulator, creative)
    if call.validate_only:
        return tried(emulator, call, "ad", params, shown.get("_rejected_for"))

    if "adlabels" in params:
        params["adlabels"], new_labels = labels.resolve(emulator, account, params["adlabels"])
        new_objects = [*new_objects, *new_labels]
    if "status" in params and any(True for _ in statuses.delivering_ads(emulator, ad)):
        shown["_delivered"] = True
    changed = ad.with_fields({**_stored(params), **shown}, emulator.clock.now())
    change = "delete" if params.get("status") == "DELETED" else "update"
    emulator.commit(call, change, changed, *new_objects)
    return {"success": True}


def _stored(params: dict[str, Any]) -> dict[str, Any]:
    left_out = ("creative", "execution_options", "include_demolink_hashes")
    return {name: value for name, value in params.items() if name not in left_out}


def _creative(
    emulator: Emulator, account: Object, wanted: dict[str, Any]
) -> tuple[Object, list[Object]]:
    """Return the creative named or described, and what must be written with the ad."""
    identity = wanted.get("creative_id") or wanted.get("id")
    if not identity:
        creatives.check_placing(wanted)
        creative, new_labels = creatives.build(emulator, account, dict(wanted))
        return creative, [creative, *new_labels]
    found = emulator.find(identity, "creative", account.id)
    if found is None or found.fields["status"] == "DELETED":
        raise broken("unknown_creative", blame="creative", id=identity)
    return found, []


def content(emulator: Emulator, creative: Object) -> dict[str, Any]:
    """Return the fields of an ad that shows this creative from now on: its review starts."""
    return {
        "_creative": creative.id,
        "_review_started": emulator.clock.now(),
        "_rejected_for": creatives.forbidden_word(emulator, creative),
        "_rejection": None,
        "_rejected_policy": None,
        "_preapproved": None,
    }


def _check_room(emulator: Emulator, ad_set: Object) -> None:
    kept = sum(
        statuses.configured_status(ad) not in statuses.FINAL
        for ad in emulator.state.children(ad_set.id, "ad")
    )
    if kept >= _MOST_ADS_IN_AD_SET:
        raise broken("too_many_ads", blame="adset_id", limit=_MOST_ADS_IN_AD_SET)


def _check_fits(ad_set: Object, creative: Object) -> None:
    """Raise when the creative shows another page or leads elsewhere than its ad set says."""
    spec = creative.fields.get("object_story_spec")
    if spec is None:
        return
    page = (ad_set.fields.get("promoted_object") or {}).get("page_id")
    if page and str(page) != str(spec["page_id"]):
        raise broken("creative_of_another_page", blame="creative", page=page)
    destination = ad_set.fields.get("destination_type")
    if destination == "WEBSITE" and not creatives.leads_to(creative):
        raise broken("creative_without_website", blame="creative")
    whatsapp = stories.call_to_action_type(spec) == "WHATSAPP_MESSAGE"
    if whatsapp and "WHATSAPP" not in str(destination):
        raise broken("whatsapp_elsewhere", blame="creative", destination=destination)


def _check_running(emulator: Emulator, ad_set: Object, changes: dict[str, Any]) -> None:
    """Raise when an ad is edited or switched on after its ad set's schedule has ended."""
    end, zone = ad_set.fields.get("end_time"), emulator.zone_of(ad_set)
    if end is None or parse_moment(end, zone) > emulator.clock.now():
        return
    if changes.get("status") == "ACTIVE" or set(changes) - {"name", "status", "adlabels"}:
        raise broken("ad_set_ended", blame="adset_id", end=end)


def _check_domain(domain: str | None) -> None:
    if domain and (not _DOMAIN.match(domain) or len(domain.split(".")) > _MOST_LABELS):
        raise broken("conversion_domain", blame="conversion_domain", domain=domain)


def _creatives(emulator: Emulator, call: Call, ad: Object) -> list[Row]:
    return [emulator.state.objects[ad.fields["_creative"]]]


KIND = Kind(
    name="ad",
    title="Ad",
    sdk_class="Ad",
    computed={
        **COMMON_FIELDS,
        "ad_review_feedback": reviews.review_feedback,
    },
    references={"campaign": "campaign_id", "adset": "adset_id", "creative": "_creative"},
    edges={
        "adcreatives": Edge("creative", _creatives),
        "insights": INSIGHTS,
        "adlabels": LABEL_EDGE,
    },
    update=update,
    delete=delete,
)
