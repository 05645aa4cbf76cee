"""The calling user, the business it works for, and what both may reach."""

from collections.abc import Sequence

from emulator.calls.kinds import Edge, Kind, ListRows, Row, nothing
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.accounts import children_of
from emulator.objects.pages import user_pages
from emulator.state import Object


def assets(kind: str) -> ListRows:
    """Return the row function that lists every object of that kind in every account, in order."""

    def rows(emulator: Emulator, call: Call, parent: Object) -> Sequence[Row]:
        return [obj for obj in emulator.state.objects.values() if obj.kind == kind]

    return rows


def _system_users(emulator: Emulator, call: Call, business: Object) -> list[Row]:
    user = emulator.world.user
    return [{"id": user["id"], "name": user["name"], "role": "ADMIN"}]


def _permissions(emulator: Emulator, call: Call, user: Object) -> list[Row]:
    scopes = call.token.scopes if call.token else ()
    return [{"permission": scope, "status": "granted"} for scope in scopes]


def _businesses(emulator: Emulator, call: Call, user: Object) -> list[Row]:
    return [obj for obj in emulator.state.objects.values() if obj.kind == "business"]


USER = Kind(
    name="user",
    title="User",
    sdk_class="User",
    default_fields=("name",),
    edges={
        "accounts": Edge("page", user_pages),
        "adaccounts": Edge("account", children_of("account")),
        "assigned_ad_accounts": Edge("account", children_of("account")),
        "assigned_pages": Edge("page", user_pages),
        "businesses": Edge("business", _businesses),
        "permissions": Edge(None, _permissions),
    },
)
BUSINESS = Kind(
    name="business",
    title="Business",
    sdk_class="Business",
    default_fields=("name",),
    edges={
        "adspixels": Edge("pixel", assets("pixel")),
        "business_users": Edge(None, nothing),
        "client_ad_accounts": Edge("account", nothing),
        "client_pages": Edge("page", nothing),
        "client_pixels": Edge("pixel", nothing),
        "instagram_accounts": Edge("instagram", assets("instagram")),
        "owned_ad_accounts": Edge("account", children_of("account")),
        "owned_instagram_accounts": Edge("instagram", assets("instagram")),
        "owned_pages": Edge("page", assets("page")),
        "owned_pixels": Edge("pixel", assets("pixel")),
        "system_users": Edge(None, _system_users),
    },
)
