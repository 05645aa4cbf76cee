"""``advantage_state_info``: whether a campaign is Advantage+, worked out from three settings."""

from typing import Any

from emulator.emulator import Emulator
from emulator.objects.statuses import effective_status
from emulator.policy.budgets import has_budget
from emulator.state import Object

_KINDS = {
    "OUTCOME_SALES": "ADVANTAGE_PLUS_SALES",
    "OUTCOME_APP_PROMOTION": "ADVANTAGE_PLUS_APP",
    "OUTCOME_LEADS": "ADVANTAGE_PLUS_LEADS",
}
#: Targeting keys that choose placements or devices, and so switch the placement lever off.
PLACEMENT_KEYS = frozenset(
    [
        "publisher_platforms",
        "facebook_positions",
        "instagram_positions",
        "messenger_positions",
        "audience_network_positions",
        "threads_positions",
        "whatsapp_positions",
        "oculus_positions",
        "device_platforms",
        "user_device",
        "user_os",
        "excluded_user_device",
        "wireless_carrier",
    ]
)
_BROAD_KEYS = frozenset(
    ("geo_locations", "targeting_automation", "brand_safety_content_filter_levels")
)
_OPEN_AGE = (18, 65)


def is_broad(targeting: dict[str, Any]) -> bool:
    """Whether targeting constrains nothing but the place, apart from placements."""
    age = (targeting.get("age_min") or _OPEN_AGE[0], targeting.get("age_max") or _OPEN_AGE[1])
    constraining = {
        key
        for key, value in targeting.items()
        if value not in (None, [], {}) and key not in ("age_min", "age_max", "genders")
    }
    if set(targeting.get("genders") or []) in ({1}, {2}):
        return False
    return age == _OPEN_AGE and constraining <= _BROAD_KEYS | PLACEMENT_KEYS


def advantage_audience(targeting: dict[str, Any]) -> int | None:
    """Return the ``advantage_audience`` flag as sent, None when it was not."""
    value = (targeting.get("targeting_automation") or {}).get("advantage_audience")
    return None if value is None else int(value)


def advantage_state(emulator: Emulator, campaign: Object) -> dict[str, str]:
    """Return the three levers and what they make together; any lever off disables the whole."""
    ad_sets = [
        ad_set.fields.get("targeting", {})
        for ad_set in emulator.state.children(campaign.id, "adset")
        if effective_status(emulator, ad_set) not in ("DELETED", "ARCHIVED")
    ]
    budget = has_budget(campaign.fields)
    placement = bool(ad_sets) and all(not PLACEMENT_KEYS & set(row) for row in ad_sets)
    audience = any(
        advantage_audience(row) == 1 or (advantage_audience(row) is None and is_broad(row))
        for row in ad_sets
    )
    kind = _KINDS.get(str(campaign.fields["objective"]))
    whole = kind if kind and budget and placement and audience else None
    return {
        "advantage_state": whole or "DISABLED",
        "advantage_budget_state": _lever(budget),
        "advantage_audience_state": _lever(audience),
        "advantage_placement_state": _lever(placement),
    }


def _lever(enabled: bool) -> str:
    return "ENABLED" if enabled else "DISABLED"
