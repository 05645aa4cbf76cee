"""Ad accounts: what they show, what a write may change on them, and when they are closed."""

from collections.abc import Sequence
from typing import Any

from emulator.calls import schema
from emulator.calls.kinds import Json, ListRows, Row
from emulator.calls.param_types import check
from emulator.calls.protocol import Call
from emulator.clock import utc_offset_hours
from emulator.emulator import Emulator
from emulator.insights.spending import DELIVERED_BEFORE, amount_spent, delivered
from emulator.policy.account_standing import DELIVERING
from emulator.policy.currencies import currencies
from emulator.policy.rules import broken
from emulator.state import Object

_SPEND_CAP_CHANGES_A_DAY = 10
_DAY = 86400
_DSA_DEFAULTS = ("default_dsa_beneficiary", "default_dsa_payor")
_ALL_TASKS = ("ADVERTISE", "ANALYZE", "DRAFT", "MANAGE")
_MOST_OBJECTS = 5000
_LEAST_CAMPAIGN_SPEND_CAP_DOLLARS = 100


def check_open(account: Object) -> None:
    """Raise when the account cannot take new objects."""
    if account.fields.get("_restricted"):
        raise broken("advertising_restricted", blame="account_id")
    if account.fields["account_status"] not in DELIVERING:
        raise broken("account_disabled", id=account.id, status=account.fields["account_status"])


def check_room(emulator: Emulator, account: Object, kind: str) -> None:
    """Raise when the account holds as many undeleted campaigns or ad sets as Meta allows."""
    name = f"{kind}s"
    limit = (account.fields.get("_limits") or {}).get(name, _MOST_OBJECTS)
    held = emulator.state.children(account.id, kind)
    # The plain count is an upper bound, and nearly always settles it.
    if len(held) >= limit and sum(obj.fields["status"] != "DELETED" for obj in held) >= limit:
        raise broken("too_many_objects", limit=limit, kind=name)


def minimum_daily_budget(emulator: Emulator, account: Object, billing: str = "imp") -> int:
    """Return the least daily budget in minor units of the account's currency."""
    return int(emulator.world.minimum_daily_budgets[account.fields["currency"]][billing])


def least_campaign_spend_cap(emulator: Emulator, account: Object) -> str:
    """Return the least spend cap of a campaign, in minor units (about 100 US dollars)."""
    currency = currencies()[account.fields["currency"]]
    return str(currency.minor_units(_LEAST_CAMPAIGN_SPEND_CAP_DOLLARS))


def children_of(kind: str) -> ListRows:
    """Return an edge's row function listing the parent's objects of that kind, newest first."""

    def rows(emulator: Emulator, call: Call, parent: Object) -> Sequence[Row]:
        return emulator.state.children(parent.id, kind)

    return rows


def minimum_budgets(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """List the least daily budgets of every currency in the world."""
    return [
        {"currency": currency, **{f"min_daily_budget_{name}": value for name, value in row.items()}}
        for currency, row in sorted(emulator.world.minimum_daily_budgets.items())
    ]


def dsa_recommendations(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """Suggest names for the EU's declaration: those used before, then the business."""
    used = [
        ad_set.fields.get(name)
        for ad_set in emulator.state.children(account.id, "adset")
        for name in ("dsa_beneficiary", "dsa_payor")
    ]
    names = dict.fromkeys(str(name) for name in [*used, account.fields["business_name"]] if name)
    return [{"recommendations": list(names)}]


def staff(emulator: Emulator, call: Call, obj: Object) -> list[Row]:
    """List the one user of this world, with everything it may do."""
    user = emulator.world.user
    return [{"id": user["id"], "name": user["name"], "tasks": list(_ALL_TASKS)}]


def update(emulator: Emulator, call: Call, account: Object) -> Json:
    """Change an account's name, spend cap or defaults for the EU's declaration."""
    params = check(schema.operation("AdAccount", "api_update"), call.params)
    changes = {**params, **_dsa_defaults(account, params), **_spend_cap(emulator, account, params)}
    changes.pop("spend_cap_action", None)
    for name in ("currency", "timezone_id"):
        if changes.get(name) not in (None, account.fields.get(name)):
            raise broken("account_field_fixed", blame=name, field=name)
    emulator.commit(call, "update", account.with_fields(changes, emulator.clock.now()))
    return {"success": True}


def _dsa_defaults(account: Object, params: dict[str, Any]) -> dict[str, Any]:
    if not set(_DSA_DEFAULTS) & set(params):
        return {}
    after = {name: params.get(name, account.fields.get(name)) or None for name in _DSA_DEFAULTS}
    if len({value is None for value in after.values()}) == 2:
        raise broken("dsa_defaults_together", blame="default_dsa_payor")
    return after


def _spend_cap(emulator: Emulator, account: Object, params: dict[str, Any]) -> dict[str, Any]:
    """Return the changes that ``spend_cap`` (in whole units, unlike budgets) stands for."""
    action, cap = params.get("spend_cap_action"), params.get("spend_cap")
    if action is None and cap is None:
        return {}
    if action not in (None, "reset", "delete"):
        name, allowed = "spend_cap_action", "delete, reset"
        raise broken("not_in_enum", blame=name, param=name, allowed=allowed)
    if action == "reset":
        return {"amount_spent": "0", DELIVERED_BEFORE: str(delivered(emulator, account))}
    offset = currencies()[account.fields["currency"]].offset
    minor = 0 if action == "delete" or cap is None else round(float(cap) * offset)
    spent = amount_spent(emulator, account)
    if 0 < minor <= int(spent):
        raise broken("spend_cap_too_low", blame="spend_cap", spent=spent)
    now = emulator.clock.now()
    recent = [when for when in account.fields.get("_spend_cap_changes", []) if when > now - _DAY]
    if len(recent) >= _SPEND_CAP_CHANGES_A_DAY:
        raise broken("spend_cap_changes", blame="spend_cap", limit=_SPEND_CAP_CHANGES_A_DAY)
    return {"spend_cap": str(minor), "_spend_cap_changes": [*recent, now]}


def _offset_hours(emulator: Emulator, account: Object) -> float:
    return utc_offset_hours(emulator.clock.now(), account.fields["timezone_name"])


def _age_days(emulator: Emulator, account: Object) -> float:
    return round((emulator.clock.now() - account.created) / _DAY, 4)


def _funding_details(emulator: Emulator, account: Object) -> Json | None:
    source = account.fields.get("funding_source")
    # Meta's type 1 is a credit card.
    return {"id": source, "display_string": "Visa ···· 4242", "type": 1} if source else None


ACCOUNT_FIELDS = {
    "age": _age_days,
    "amount_spent": amount_spent,
    "funding_source_details": _funding_details,
    "min_campaign_group_spend_cap": least_campaign_spend_cap,
    "min_daily_budget": minimum_daily_budget,
    "timezone_offset_hours_utc": _offset_hours,
    "user_tasks": lambda emulator, account: list(_ALL_TASKS),
}
