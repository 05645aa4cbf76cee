"""Copies of campaigns, ad sets and ads: ``POST`` and ``GET`` on their ``copies`` edges."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Edge, Json, ListRows, Row
from emulator.calls.param_types import check
from emulator.calls.protocol import Call
from emulator.calls.schema import Signature
from emulator.emulator import Emulator
from emulator.objects import ad_sets, ads, campaigns, creatives, statuses
from emulator.objects.accounts import check_open
from emulator.policy.rules import broken
from emulator.state import Object

#: More ads than this need an asynchronous call, which this server does not have.
MOST_ADS = 3
# What belongs to the source alone. Names with `_` are this server's own notes.
_LEFT_BEHIND = ("issues_info", "source_campaign_id", "source_adset_id", "source_ad_id")
_STRATEGIES = ("DEEP_RENAME", "ONLY_TOP_LEVEL_RENAME", "NO_RENAME")
_RENAME_KEYS = frozenset(("rename_strategy", "rename_prefix", "rename_suffix"))
_SOURCE_FIELD = {"campaign": "source_campaign_id", "adset": "source_adset_id", "ad": "source_ad_id"}
# How an answer's `ad_object_ids` calls the kinds.
_TYPES = {"campaign": "campaign", "adset": "ad_set", "ad": "ad"}


def copy_campaign(emulator: Emulator, call: Call, campaign: Object) -> Json:
    """Copy a campaign, with ``deep_copy`` also its ad sets and ads."""
    params = _params("Campaign", call)
    account = _open_account(emulator, campaign)
    if campaign.fields.get("smart_promotion_type") not in (None, "GUIDED_CREATION"):
        raise broken("legacy_advantage_campaign", blame="campaign_id")
    sources = _children(emulator, campaign, "adset", params)
    _check_size(emulator, sources, params)
    copy = _copy(emulator, account, campaign, params, [], top=True)
    overrides = params.get("parameter_overrides") or {}
    copy = campaigns.overridden(emulator, call, account, copy, overrides)
    copies = [copy]
    for ad_set in sources:
        copies += _copied_ad_set(emulator, account, ad_set, copy, params, top=False)
    return _commit(emulator, call, "copied_campaign_id", copies)


def copy_ad_set(emulator: Emulator, call: Call, ad_set: Object) -> Json:
    """Copy an ad set into its own or another campaign, with ``deep_copy`` also its ads."""
    params = _params("AdSet", call)
    account = _open_account(emulator, ad_set)
    target = params.get("campaign_id") or ad_set.fields["campaign_id"]
    campaign = _parent(emulator, account, target, "campaign", "campaign_id")
    _check_size(emulator, [ad_set], params)
    copies = _copied_ad_set(emulator, account, ad_set, campaign, params, top=True)
    return _commit(emulator, call, "copied_adset_id", copies)


def copy_ad(emulator: Emulator, call: Call, ad: Object) -> Json:
    """Copy an ad into its own or another ad set."""
    params = _params("Ad", call)
    account = _open_account(emulator, ad)
    target = params.get("adset_id") or ad.fields["adset_id"]
    ad_set = _parent(emulator, account, target, "adset", "adset_id")
    copy = _copied_ad(emulator, account, ad, ad_set, params, top=True)
    new: list[Object] = []
    if params.get("creative_parameters"):
        creative, new = _changed_creative(emulator, account, ad, params["creative_parameters"])
        copy = copy.with_fields(ads.content(emulator, creative), copy.updated)
    return _commit(emulator, call, "copied_ad_id", [copy], new)


def copies_edge(kind: str) -> Edge:
    """Return the ``copies`` edge of campaigns, ad sets or ads."""
    make = {"campaign": copy_campaign, "adset": copy_ad_set, "ad": copy_ad}[kind]
    return Edge(kind, _copies_of(kind), make, statuses=True)


def _copies_of(kind: str) -> ListRows:
    def rows(emulator: Emulator, call: Call, source: Object) -> list[Row]:
        return [
            obj
            for obj in emulator.state.children(source.account, kind)
            if obj.fields.get(_SOURCE_FIELD[kind]) == source.id
        ]

    return rows


def _params(sdk_class: str, call: Call) -> Json:
    signature = schema.operation(sdk_class, "create_copy")
    params = check(Signature(signature.types, signature.enums), call.params)
    rename = params.get("rename_options") or {}
    for key in sorted(set(rename) - _RENAME_KEYS):
        raise broken("unknown_param", blame="rename_options", param=f"rename_options[{key}]")
    if rename.get("rename_strategy", _STRATEGIES[0]) not in _STRATEGIES:
        name = "rename_options[rename_strategy]"
        raise broken("not_in_enum", blame=name, param=name, allowed=", ".join(_STRATEGIES))
    return params


def _open_account(emulator: Emulator, source: Object) -> Object:
    account = emulator.account_of(source)
    check_open(account)
    if statuses.final_status(emulator, source) == "DELETED":
        raise broken("deleted_is_final", id=source.id)
    return account


def _parent(emulator: Emulator, account: Object, identity: Any, kind: str, blame: str) -> Object:
    found = emulator.find(identity, kind, account.id)
    if found is None:
        raise broken("unknown_node", verb="post", id=identity)
    if statuses.final_status(emulator, found):
        noun = {"campaign": "campaign", "adset": "ad set"}[kind]
        raise broken("parent_is_gone", blame=blame, kind=noun, id=found.id)
    return found


def _children(emulator: Emulator, parent: Object, kind: str, params: Json) -> list[Object]:
    """Return what a deep copy takes along, oldest first; archived and deleted ones stay behind."""
    if not params.get("deep_copy"):
        return []
    living = [
        child
        for child in emulator.state.children(parent.id, kind)
        if statuses.final_status(emulator, child) is None
    ]
    return living[::-1]


def _check_size(emulator: Emulator, sources: Iterable[Object], params: Json) -> None:
    count = sum(len(_children(emulator, ad_set, "ad", params)) for ad_set in sources)
    if count > MOST_ADS:
        raise broken("copy_too_large", blame="deep_copy", limit=MOST_ADS, count=count)


def _copied_ad_set(
    emulator: Emulator,
    account: Object,
    source: Object,
    campaign: Object,
    params: Json,
    *,
    top: bool,
) -> list[Object]:
    copy = _copy(emulator, account, source, params, [campaign.id], top=top)
    times: Json = {name: params[name] for name in ("start_time", "end_time") if name in params}
    fields = ad_sets.moved(emulator, account, copy.fields, campaign, times)
    copy = replace(copy, fields=fields)
    ad_sets.check_whole(emulator, account, campaign, fields)
    ads_of_it = [
        _copied_ad(emulator, account, ad, copy, params, top=False)
        for ad in _children(emulator, source, "ad", params)
    ]
    return [copy, *ads_of_it]


def _copied_ad(
    emulator: Emulator, account: Object, source: Object, ad_set: Object, params: Json, *, top: bool
) -> Object:
    parents = [ad_set.parents[-1], ad_set.id]
    copy = _copy(emulator, account, source, params, parents, top=top)
    creative = emulator.state.objects[source.fields["_creative"]]
    changes = {
        "adset_id": ad_set.id,
        "campaign_id": ad_set.parents[-1],
        **ads.content(emulator, creative),
    }
    return copy.with_fields(changes, copy.updated)


def _changed_creative(
    emulator: Emulator, account: Object, ad: Object, changes: Json
) -> tuple[Object, list[Object]]:
    source = emulator.state.objects[ad.fields["_creative"]]
    accepted = schema.operation("AdAccount", "create_ad_creative").types
    kept = {name: value for name, value in source.fields.items() if name in accepted}
    creative, new_labels = creatives.build(emulator, account, {**kept, **changes})
    return creative, [creative, *new_labels]


def _copy(
    emulator: Emulator,
    account: Object,
    source: Object,
    params: Json,
    parents: list[str],
    *,
    top: bool,
) -> Object:
    """Return a new object like the source, renamed and in the status asked for (PAUSED)."""
    kept = {
        name: value
        for name, value in source.fields.items()
        if name not in _LEFT_BEHIND and not name.startswith("_")
    }
    status = params.get("status_option") or "PAUSED"
    if status == "INHERITED_FROM_SOURCE":
        status = statuses.configured_status(source)
    changes = {
        "name": _name(str(source.fields["name"]), params.get("rename_options") or {}, top=top),
        "status": "PAUSED" if status in statuses.FINAL else status,
        _SOURCE_FIELD[source.kind]: source.id,
    }
    if source.kind != "campaign":
        changes["campaign_id"] = parents[0]
    return emulator.new_object(source.kind, account, {**kept, **changes}, parents)


def _name(name: str, rename: Json, *, top: bool) -> str:
    strategy = rename.get("rename_strategy", "ONLY_TOP_LEVEL_RENAME")
    if strategy == "NO_RENAME" or (strategy == "ONLY_TOP_LEVEL_RENAME" and not top):
        return name
    prefix, suffix = rename.get("rename_prefix"), rename.get("rename_suffix")
    if prefix is None and suffix is None:
        # Meta's own words for it follow the account's language.
        suffix = " - Copy"
    return f"{prefix or ''}{name}{suffix or ''}"


def _commit(
    emulator: Emulator, call: Call, answer: str, copies: list[Object], new: Iterable[Object] = ()
) -> Json:
    listed = [
        {
            "ad_object_type": _TYPES[copy.kind],
            "source_id": copy.fields[_SOURCE_FIELD[copy.kind]],
            "copied_id": copy.id,
        }
        for copy in copies
    ]
    emulator.commit(call, "create", copies[0], *copies[1:], *new, copies=listed)
    return {answer: copies[0].id, "ad_object_ids": listed}
