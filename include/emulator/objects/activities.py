"""The audit trail of an account, told from the journal as Meta's ``activities`` edge tells it."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from emulator.calls import schema
from emulator.calls.kinds import Json, Row
from emulator.calls.protocol import Call
from emulator.clock import parse_moment, zone
from emulator.emulator import Emulator
from emulator.objects.reviews import is_rejected, review_end
from emulator.policy.rules import broken
from emulator.state import Object

_WEEK = 7 * 86400
_OBJECT_TYPES = {"campaign": "CAMPAIGN_GROUP", "adset": "CAMPAIGN", "ad": "ADGROUP"}
_CREATED = {"campaign": "create_campaign_group", "adset": "create_ad_set", "ad": "create_ad"}
# Changed parameter: the event it makes on a campaign, an ad set and an ad ("" for none).
_CHANGED = {
    "status": ("update_campaign_run_status", "update_ad_set_run_status", "update_ad_run_status"),
    "name": ("update_campaign_name", "update_ad_set_name", "update_ad_friendly_name"),
    "daily_budget": ("update_campaign_budget", "update_ad_set_budget", ""),
    "lifetime_budget": ("update_campaign_budget", "update_ad_set_budget", ""),
    "spend_cap": ("update_campaign_group_spend_cap", "", ""),
    "bid_strategy": ("", "update_ad_set_bid_strategy", ""),
    "bid_amount": ("", "update_ad_set_bidding", "update_ad_bid_info"),
    "targeting": ("", "update_ad_set_target_spec", ""),
    "optimization_goal": ("", "update_ad_set_optimization_goal", ""),
    "start_time": ("update_campaign_schedule", "update_ad_set_duration", ""),
    "end_time": ("", "update_ad_set_duration", ""),
    "creative": ("", "", "update_ad_creative"),
    "adlabels": ("", "", "update_ad_labels"),
}
_LEVELS = tuple(_OBJECT_TYPES)
# Part of an event's name: the category it can be asked for by, the first that fits.
_CATEGORIES = (
    ("run_status", "STATUS"),
    ("budget", "BUDGET"),
    ("spend_cap", "BUDGET"),
    ("bid", "BID"),
    ("target_spec", "TARGETING"),
    ("duration", "DATE"),
    ("schedule", "DATE"),
    ("campaign", "CAMPAIGN"),
    ("ad_set", "AD_SET"),
    ("ad", "AD"),
)


def rows(emulator: Emulator, call: Call, node: Object) -> Sequence[Row]:
    """List what happened to campaigns, ad sets and ads in the last week, newest first.

    ``node`` is the account, or an ad set to be told about alone.
    """
    now = emulator.clock.now()
    since = _moment(call, "since", now - _WEEK)
    until = _moment(call, "until", now)
    wanted = node.id if node.kind == "adset" else call.params.get("oid")
    category, user = _category(call), call.params.get("uid")
    found = [
        (when, row)
        for when, row in (*_written(emulator, node), *_reviewed(emulator, node, now))
        if since <= when <= until
        and wanted in (None, "", row["object_id"])
        and user in (None, "", row["actor_id"])
        and category in (None, _category_of(str(row["event_type"])))
    ]
    # The journal's own order breaks ties, so that two events of one second never swap.
    found.reverse()
    return [row for _, row in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _written(emulator: Emulator, node: Object) -> Iterable[tuple[float, Json]]:
    account = emulator.account_of(node)
    for entry in emulator.state.journal():
        if entry["account"] != account.id or entry["object_kind"] not in _OBJECT_TYPES:
            continue
        when = parse_moment(entry["time"], "UTC")
        for event, details in _events(entry):
            row = _row(emulator, account, when, event, str(entry["object_id"]))
            row |= {
                "object_name": entry["name"],
                "object_type": _OBJECT_TYPES[entry["object_kind"]],
            }
            yield when, row | {"extra_data": json.dumps(details)}


def _events(entry: Json) -> Iterable[tuple[str, Json]]:
    kind = str(entry["object_kind"])
    if entry["kind"] == "create":
        yield _CREATED[kind], {"type": "create"}
    elif entry["kind"] == "delete":
        yield _CHANGED["status"][_LEVELS.index(kind)], {"new_value": "DELETED"}
    else:
        for name, events in _CHANGED.items():
            event = events[_LEVELS.index(kind)]
            if event and name in entry["params"]:
                yield event, {"new_value": entry["params"][name]}


def _reviewed(emulator: Emulator, node: Object, now: float) -> Iterable[tuple[float, Json]]:
    account = emulator.account_of(node)
    for ad in emulator.state.children(account.id, "ad"):
        end = review_end(emulator, ad)
        if end > now:
            continue
        event = "ad_review_declined" if is_rejected(emulator, ad) else "ad_review_approved"
        row = _row(emulator, account, end, event, ad.id)
        row |= {"object_name": ad.fields["name"], "object_type": "ADGROUP", "extra_data": "{}"}
        yield end, row | {"actor_id": "0", "actor_name": "Meta"}


def _row(emulator: Emulator, account: Object, when: float, event: str, identity: str) -> Json:
    local = datetime.fromtimestamp(when, zone(account.fields["timezone_name"]))
    return {
        "actor_id": emulator.world.user["id"],
        "actor_name": emulator.world.user["name"],
        "application_id": emulator.world.app["id"],
        "application_name": emulator.world.app["name"],
        "date_time_in_timezone": f"{local:%m/%d/%Y} at {local:%I:%M %p}",
        "event_time": emulator.moment_text(account, when),
        "event_type": event,
        "object_id": identity,
        "translated_event_type": event.replace("_", " ").capitalize(),
    }


def _category_of(event: str) -> str:
    return next(category for part, category in _CATEGORIES if part in event)


def _category(call: Call) -> str | None:
    raw = call.params.get("category")
    if raw in (None, ""):
        return None
    allowed = schema.enum_of("AdActivity", "Category")
    if raw not in allowed:
        words = ", ".join(sorted(allowed))
        raise broken("not_in_enum", blame="category", param="category", allowed=words)
    return str(raw)


def _moment(call: Call, name: str, otherwise: float) -> float:
    raw = call.params.get(name)
    try:
        return parse_moment(raw, "UTC") if raw not in (None, "") else otherwise
    except ValueError:
        raise broken("wrong_type", param=name, expected="a valid time") from None
