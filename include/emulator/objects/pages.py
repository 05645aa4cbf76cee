"""Pages and the Instagram accounts that belong to them."""

from collections.abc import Sequence

from emulator.calls.kinds import Edge, Json, Kind, Row
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.state import Object

#: Any of these lets a token see pages and their access tokens.
PAGE_SCOPES = frozenset(
    ("pages_show_list", "pages_read_engagement", "pages_manage_ads", "pages_manage_posts")
)


def user_pages(emulator: Emulator, call: Call, user: Object) -> Sequence[Row]:
    """List the pages the caller's token may see: without a pages permission, none."""
    scopes = set(call.token.scopes) if call.token else set()
    if not scopes & PAGE_SCOPES:
        return []
    return [obj for obj in emulator.state.objects.values() if obj.kind == "page"]


def account_instagrams(emulator: Emulator, call: Call, account: Object) -> Sequence[Row]:
    """List the Instagram accounts the ad account may advertise as."""
    return emulator.state.children(account.id, "instagram")


def _page_instagrams(emulator: Emulator, call: Call, page: Object) -> list[Row]:
    linked = page.fields.get("instagram_business_account") or {}
    found = emulator.find(linked.get("id"), "instagram", page.account)
    return [found] if found else []


def _promotable(emulator: Emulator, page: Object) -> bool:
    return bool(page.fields.get("is_published", True))


def _picture(emulator: Emulator, call: Call, page: Object) -> Json:
    """Answer ``picture`` as with ``redirect=false``; nobody has drawn these pages a picture."""
    url = f"{call.base_url}/_emulator/pages/{page.id}.jpg"
    return {"data": {"height": 50, "is_silhouette": True, "url": url, "width": 50}}


PAGE = Kind(
    name="page",
    title="Page",
    sdk_class="Page",
    default_fields=("name",),
    computed={"promotion_eligible": _promotable},
    edges={"instagram_accounts": Edge("instagram", _page_instagrams)},
    answers={"picture": _picture},
    scoped_fields={"access_token": PAGE_SCOPES},
)
INSTAGRAM = Kind(name="instagram", title="IGUser", sdk_class="IGUser")
