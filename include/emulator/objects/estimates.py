"""How many people a targeting reaches, as ``reachestimate`` and ``delivery_estimate`` tell it.

The shapes are Meta's. The numbers are this server's: the people of the countries, fewer for each
narrowing; the same targeting always gets the same answer.
"""

from typing import Any

from emulator.calls.kinds import Json, Row
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.targeting_search import options
from emulator.policy.rules import broken
from emulator.policy.targeting import countries
from emulator.state import Object

_PEOPLE_OF_OTHER_COUNTRIES = 10_000_000
_AGES = 53  # from 13 to 65
_SHARE_OF_A_PLACE = 0.05
_SHARE_OF_AN_INTEREST = 0.15
_UPPER_BOUND = 1.176
_FEWEST = 1000


def reach_estimate(emulator: Emulator, call: Call, account: Object) -> Json:
    """Answer ``GET /act_X/reachestimate?targeting_spec=``: bounds of the people reached."""
    low, high = _bounds(_targeting(call))
    return {"data": {"users_lower_bound": low, "users_upper_bound": high, "estimate_ready": True}}


def delivery_estimate(emulator: Emulator, call: Call, account: Object) -> list[Row]:
    """Answer an account's ``delivery_estimate``: one row of bounds for a month."""
    if not call.params.get("optimization_goal"):
        raise broken("missing_param", blame="optimization_goal", param="optimization_goal")
    return [_estimate(_targeting(call))]


def ad_set_delivery_estimate(emulator: Emulator, call: Call, ad_set: Object) -> list[Row]:
    """Answer an ad set's ``delivery_estimate``: for its own targeting unless one is sent."""
    own = ad_set.fields["targeting"]
    return [_estimate(_targeting(call) if "targeting_spec" in call.params else own)]


def _targeting(call: Call) -> dict[str, Any]:
    targeting = decode_json(call.params.get("targeting_spec"))
    if targeting in (None, ""):
        raise broken("missing_param", blame="targeting_spec", param="targeting_spec")
    if not isinstance(targeting, dict):
        raise broken(
            "wrong_type", blame="targeting_spec", param="targeting_spec", expected="a JSON object"
        )
    return targeting


def _estimate(targeting: dict[str, Any]) -> Json:
    low, high = _bounds(targeting)
    return {
        "estimate_mau_lower_bound": low,
        "estimate_mau_upper_bound": high,
        "estimate_ready": True,
    }


def _bounds(targeting: dict[str, Any]) -> tuple[int, int]:
    people: dict[str, int] = {row["key"]: row["people"] for row in options()["countries"]}
    geo = targeting.get("geo_locations") or {}
    whole = set(geo.get("countries") or [])
    reached = 0.0
    for country in countries(targeting):
        share = 1.0 if country in whole else _SHARE_OF_A_PLACE
        reached += share * people.get(country, _PEOPLE_OF_OTHER_COUNTRIES)
    low, high = int(targeting.get("age_min") or 18), int(targeting.get("age_max") or 65)
    reached *= max(1, high - low + 1) / _AGES
    if len(set(targeting.get("genders") or []) - {0}) == 1:
        reached /= 2
    if targeting.get("interests") or targeting.get("flexible_spec"):
        reached *= _SHARE_OF_AN_INTEREST
    lower = max(_FEWEST, round(reached, -2))
    return int(lower), int(round(lower * _UPPER_BOUND, -2))
