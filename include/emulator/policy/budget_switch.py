"""Moving the budget between a campaign and its ad sets, in one update of the campaign."""

from typing import Any

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.policy import budgets
from emulator.policy.rules import broken
from emulator.state import Object

_BUDGETS = ("daily_budget", "lifetime_budget")


def moved_budgets(
    emulator: Emulator, account: Object, campaign: Object, params: Json
) -> tuple[Json, list[Object]]:
    """Return the campaign's changes and its ad sets as ``adset_budgets`` and bids leave them.

    With ``adset_budgets`` the campaign gives its budget up: every living ad set must be named and
    takes the campaign's bid strategy over. ``adset_bid_amounts`` sets bids for a strategy that
    needs them. Without either there is nothing to change.
    """
    ad_sets = {one.id: dict[str, Any]() for one in budgets.living_ad_sets(emulator, campaign)}
    for identity, amount in (params.get("adset_bid_amounts") or {}).items():
        _named(ad_sets, identity)["bid_amount"] = int(amount)
    changes: Json = {}
    if params.get("adset_budgets") is not None:
        changes = {name: None for name in (*_BUDGETS, "bid_strategy")}
        changes["is_adset_budget_sharing_enabled"] = bool(
            params.get("is_adset_budget_sharing_enabled")
        )
        _give_down(emulator, account, campaign, ad_sets, params["adset_budgets"])
    now = emulator.clock.now()
    moved = [
        emulator.state.objects[identity].with_fields(budgets.as_stored(fields), now)
        for identity, fields in ad_sets.items()
        if fields
    ]
    return changes, moved


def _give_down(
    emulator: Emulator,
    account: Object,
    campaign: Object,
    ad_sets: dict[str, Json],
    rows: list[Json],
) -> None:
    for row in rows:
        budget = {name: int(row[name]) for name in _BUDGETS if row.get(name) is not None}
        if len(budget) == 2:
            raise broken("daily_and_lifetime_budget", blame="adset_budgets")
        budgets.check_minimum(emulator, account, budget, None)
        _named(ad_sets, row.get("adset_id")).update(
            budget, bid_strategy=campaign.fields.get("bid_strategy", budgets.DEFAULT_BID_STRATEGY)
        )
    if not all(budgets.has_budget(fields) for fields in ad_sets.values()):
        raise broken("budget_missing", blame="adset_budgets")


def _named(ad_sets: dict[str, Json], identity: object) -> Json:
    if str(identity) not in ad_sets:
        raise broken("unknown_node", verb="post", id=identity)
    return ad_sets[str(identity)]
