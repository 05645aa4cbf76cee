"""Ad accounts, their pages and pixels, the calling user, and their business."""

from collections.abc import Sequence

from emulator.clock import utc_offset_hours
from emulator.emulator import Emulator
from emulator.kinds import Edge, Kind, ListRows, Row
from emulator.protocol import Call
from emulator.rules import broken
from emulator.state import Object

ACTIVE = 1


def check_open(account: Object) -> None:
    """Raise when the account cannot take new objects."""
    if account.fields["account_status"] != ACTIVE:
        raise broken("account_disabled", id=account.id, status=account.fields["account_status"])


def minimum_daily_budget(emulator: Emulator, account: Object, billing: str = "imp") -> int:
    """Return the least daily budget in minor units of the account's currency."""
    return int(emulator.world.minimum_daily_budgets[account.fields["currency"]][billing])


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


def _offset_hours(emulator: Emulator, account: Object) -> float:
    return utc_offset_hours(emulator.clock.now(), account.fields["timezone_name"])


def _permissions(emulator: Emulator, call: Call, user: Object) -> list[Row]:
    scopes = call.token.scopes if call.token else ()
    return [{"permission": scope, "status": "granted"} for scope in scopes]


def no_insights(emulator: Emulator, call: Call, obj: Object) -> list[Row]:
    """List no insights: nothing here delivers yet, and an invented number would be a lie."""
    return []


def _age_days(emulator: Emulator, account: Object) -> float:
    return round((emulator.clock.now() - account.created) / 86400, 4)


ACCOUNT_FIELDS = {
    "timezone_offset_hours_utc": _offset_hours,
    "min_daily_budget": minimum_daily_budget,
    "age": _age_days,
}

USER = Kind(
    name="user",
    title="User",
    sdk_class="User",
    default_fields=("name",),
    edges={
        "adaccounts": Edge("account", children_of("account")),
        "permissions": Edge(None, _permissions),
    },
)
BUSINESS = Kind(
    name="business",
    title="Business",
    sdk_class="Business",
    default_fields=("name",),
    edges={
        "owned_ad_accounts": Edge("account", children_of("account")),
        "client_ad_accounts": Edge("account", no_insights),
    },
)
PAGE = Kind(name="page", title="Page", sdk_class="Page", default_fields=("name",))
PIXEL = Kind(name="pixel", title="AdsPixel", sdk_class="AdsPixel")
