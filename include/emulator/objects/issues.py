"""``issues_info``: why something that is switched on cannot deliver as it should."""

from typing import Any

from emulator.emulator import Emulator
from emulator.objects.pixels import is_lost
from emulator.policy.account_standing import DELIVERING
from emulator.state import Object

# The numbers are this server's own; Meta publishes none for these.
_ACCOUNT_CLOSED, _PIXEL_LOST, _INTEREST_DEAD = 1815998, 1815999, 1487694
_STATUS_WORDS = {
    2: "disabled",
    3: "unsettled",
    7: "pending risk review",
    100: "pending closure",
    101: "closed",
}


def issues_info(emulator: Emulator, obj: Object) -> list[dict[str, Any]] | None:
    """Return the object's issues: those it was given, and those its account or ad set has."""
    found = list(obj.fields.get("issues_info") or [])
    found.extend(_account_issues(emulator.account_of(obj)))
    if obj.kind == "adset":
        found.extend(_ad_set_issues(emulator, obj))
    elif obj.kind == "ad":
        ad_set = emulator.state.objects[obj.parents[-1]]
        found.extend(ad_set.fields.get("issues_info") or [])
        found.extend(_ad_set_issues(emulator, ad_set))
    return found or None


def interest_ids(targeting: dict[str, Any]) -> set[str]:
    """Return the id of every interest, behaviour and the like that targeting names."""
    groups = [targeting, *(targeting.get("flexible_spec") or []), targeting.get("exclusions") or {}]
    return {
        str(item["id"])
        for group in groups
        for name, rows in group.items()
        if isinstance(rows, list) and name not in ("custom_audiences", "excluded_custom_audiences")
        for item in rows
        if isinstance(item, dict) and item.get("id")
    }


def issue(level: str, code: int, summary: str, message: str) -> dict[str, Any]:
    """Return one row of ``issues_info``; all of this server's stop delivery."""
    return {
        "level": level,
        "error_code": code,
        "error_summary": summary,
        "error_message": message,
        "error_type": "HARD_ERROR",
    }


def _account_issues(account: Object) -> list[dict[str, Any]]:
    status = int(account.fields["account_status"])
    if status in DELIVERING:
        return []
    words = _STATUS_WORDS.get(status, f"in status {status}")
    return [
        issue("ACCOUNT", _ACCOUNT_CLOSED, "Ad account cannot run ads", f"The account is {words}.")
    ]


def _ad_set_issues(emulator: Emulator, ad_set: Object) -> list[dict[str, Any]]:
    found = []
    pixel = (ad_set.fields.get("promoted_object") or {}).get("pixel_id")
    if pixel and is_lost(emulator.find(pixel, "pixel", ad_set.account)):
        words = f"The pixel {pixel} is unavailable or no longer shared with this ad account."
        found.append(issue("AD_SET", _PIXEL_LOST, "Pixel is unavailable", words))
    dead = interest_ids(ad_set.fields.get("targeting") or {}) & (
        emulator.world.dead_interests | set(ad_set.fields.get("_dead_interests", []))
    )
    if dead:
        words = f"No longer available for targeting: {', '.join(sorted(dead))}."
        found.append(issue("AD_SET", _INTEREST_DEAD, "Targeting is no longer available", words))
    return found
