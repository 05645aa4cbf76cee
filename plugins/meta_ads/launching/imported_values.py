"""The values of a campaign file that says what a campaign at Meta is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from meta_ads.campaigns.account import Account
from meta_ads.campaigns.hoisting import hoisted
from meta_ads.campaigns.scopes import ADS, part_id
from meta_ads.launching.campaign_tree import CampaignTree, Live
from meta_ads.payloads.inverse import ad_keys, ad_set_keys, campaign_keys, objective_of, unmarked

_OWN = frozenset({"name", "id", "status", "daily_budget", "lifetime_budget"})
# Ad sets that name no start get the moment of their creation.
_AT_ONCE_SECONDS = 60


def imported_values(
    tree: CampaignTree, account: Account, now: datetime
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of the file, and what a person should know about its times."""
    parts = tree.parts()
    top = campaign_keys(tree.campaign, account)
    own_budget = not {"daily_budget", "lifetime_budget"} & set(top)
    schedule, notes = _schedule(parts[0][0], now)
    if schedule:
        top["schedule"] = schedule
    objective = objective_of(tree.campaign)
    # Below a campaign that is off, nobody can tell what is meant to stay off.
    live = tree.campaign.get("status") == "ACTIVE"
    ad_sets = [
        _part(ad_set, ads, ad_set_keys(ad_set, objective, own_budget, account), account, live)
        for ad_set, ads in parts
    ]
    return _flat(hoisted(top, _told_apart(ad_sets), _OWN)), notes


def _part(
    ad_set: Live, ads: Sequence[Live], keys: dict[str, Any], account: Account, live: bool
) -> dict[str, Any]:
    store = keys.get("app_store_url")
    shown = [
        {**_named(ad, live), **ad_keys(ad.get("creative") or {}, store, account)} for ad in ads
    ]
    return {**_named(ad_set, live), **keys, ADS: _told_apart(shown)}


def _named(part: Live, live: bool) -> dict[str, Any]:
    """Return a part's name, and that it is off under a campaign that is on."""
    off = live and part.get("status") != "ACTIVE"
    return {"name": unmarked(part.get("name")), **({"status": "paused"} if off else {})}


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return the flat form of a file whose only ad set and ad are called as the campaign is."""
    [first, *others] = values["ad_sets"]
    same = {"name": values["name"]}
    if others or first.get(ADS) != [same] or {"name": first["name"]} != same:
        return values
    own = {key: value for key, value in first.items() if key not in (ADS, "name")}
    top = {key: value for key, value in values.items() if key != "ad_sets"}
    # The budget of a flat file is the campaign's.
    return values if _OWN & set(own) else {**top, **own}


def _told_apart(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give parts of one name an id each, since the name tells a part from its siblings."""
    names = [part_id(None, part["name"], number) for number, part in enumerate(parts)]
    return [
        part if names.count(name) == 1 else {"name": part["name"], "id": f"{name}-{number}", **part}
        for number, (name, part) in enumerate(zip(names, parts, strict=True), start=1)
    ]


def _schedule(ad_set: Live, now: datetime) -> tuple[dict[str, str], list[str]]:
    """Return start and end as the file says them, and what is said about them."""
    start, end = (_moment(ad_set.get(name)) for name in ("start_time", "end_time"))
    if start is None or (end is None and _at_once(ad_set, start)):
        return {}, []
    if end is None and start <= now:
        when = f"{start.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return {}, [f"It started at {when}. Without a time in the file, a launch stays paused."]
    times = {"activate_at": start.isoformat(timespec="seconds")}
    if end is not None:
        times["end_at"] = end.isoformat(timespec="seconds")
    return times, ["Its start has passed: choose another one."] if start <= now else []


def is_over(ad_set: Live, now: datetime) -> bool:
    """Whether an ad set's start is behind it, or was the moment of its creation."""
    start = _moment(ad_set.get("start_time"))
    return start is None or start <= now or _at_once(ad_set, start)


def _at_once(ad_set: Live, start: datetime) -> bool:
    created = _moment(ad_set.get("created_time"))
    return created is not None and (start - created).total_seconds() <= _AT_ONCE_SECONDS


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
