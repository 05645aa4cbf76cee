"""Changes that Meta makes on its own after a launch, by name, so that a test can find the drift.

They follow no rule and stand in no journal: nobody sent them.
"""

from collections.abc import Callable

from emulator.calls.kinds import Json
from emulator.emulator import Emulator
from emulator.objects.advantage import PLACEMENT_KEYS
from emulator.objects.issues import interest_ids, issue
from emulator.state import Object

Edit = Callable[[Emulator, Object, Json], Json]
_POLICY = "Unacceptable Business Practices"


def _enable_enhancement(emulator: Emulator, creative: Object, details: Json) -> Json:
    spec = dict(creative.fields.get("degrees_of_freedom_spec") or {})
    features = dict(spec.get("creative_features_spec") or {})
    features[str(details.get("feature", "image_touchups"))] = {"enroll_status": "OPT_IN"}
    return {"degrees_of_freedom_spec": {**spec, "creative_features_spec": features}}


def _disapprove(emulator: Emulator, ad: Object, details: Json) -> Json:
    return {
        "_review_started": 0,
        "_rejected_for": "a policy",
        "_rejected_policy": str(details.get("policy", _POLICY)),
        "_rejection": str(details.get("reason", "Meta rejected this ad after another look.")),
        "_preapproved": None,
    }


def _approve(emulator: Emulator, ad: Object, details: Json) -> Json:
    return {"_review_started": 0, "_rejected_for": None, "_preapproved": None}


def _preapprove(emulator: Emulator, ad: Object, details: Json) -> Json:
    return {"_review_started": 0, "_rejected_for": None, "_preapproved": True}


def _review_again(emulator: Emulator, ad: Object, details: Json) -> Json:
    return {"_review_started": emulator.clock.now(), "_preapproved": None}


def _raise_issue(emulator: Emulator, obj: Object, details: Json) -> Json:
    level = {"campaign": "CAMPAIGN", "adset": "AD_SET", "ad": "AD"}[obj.kind]
    row = issue(
        level,
        int(details.get("error_code", 1815869)),
        str(details.get("error_summary", "Something went wrong")),
        str(details.get("error_message", "Meta reports an issue with this object.")),
    )
    return {"issues_info": [*(obj.fields.get("issues_info") or []), row]}


def _clear_issues(emulator: Emulator, obj: Object, details: Json) -> Json:
    return {"issues_info": None}


def _advantage_audience(emulator: Emulator, ad_set: Object, details: Json) -> Json:
    targeting = dict(ad_set.fields["targeting"])
    automation = dict(targeting.get("targeting_automation") or {})
    automation["advantage_audience"] = int(details.get("value", 1))
    return {"targeting": {**targeting, "targeting_automation": automation}}


def _all_placements(emulator: Emulator, ad_set: Object, details: Json) -> Json:
    targeting = ad_set.fields["targeting"]
    kept = {name: value for name, value in targeting.items() if name not in PLACEMENT_KEYS}
    return {"targeting": kept}


def _retire_interests(emulator: Emulator, ad_set: Object, details: Json) -> Json:
    named = sorted(interest_ids(ad_set.fields["targeting"]))
    if not named:
        raise ValueError("the ad set targets no interest that could be retired")
    return {"_dead_interests": details.get("ids", named)}


def _pause(emulator: Emulator, obj: Object, details: Json) -> Json:
    return {"status": "PAUSED"}


def _change_budget(emulator: Emulator, obj: Object, details: Json) -> Json:
    if "daily_budget" not in details:
        raise ValueError("send daily_budget in minor units")
    return {"daily_budget": str(int(details["daily_budget"]))}


def _lose_pixel(emulator: Emulator, pixel: Object, details: Json) -> Json:
    return {"is_unavailable": True}


def _disable_account(emulator: Emulator, account: Object, details: Json) -> Json:
    return {"account_status": 2, "disable_reason": int(details.get("disable_reason", 1))}


def _unsettle_account(emulator: Emulator, account: Object, details: Json) -> Json:
    return {"account_status": 3, "disable_reason": 0}


def _remove_funding(emulator: Emulator, account: Object, details: Json) -> Json:
    return {"funding_source": None}


def _restore_account(emulator: Emulator, account: Object, details: Json) -> Json:
    funding = account.fields.get("funding_source") or f"6{account.id[5:]}"
    return {"account_status": 1, "disable_reason": 0, "funding_source": funding}


_RUNNING = ("campaign", "adset", "ad")
#: Name of an edit: the kinds of object it can be made to, and what it changes.
EDITS: dict[str, tuple[tuple[str, ...], Edit]] = {
    "approve": (("ad",), _approve),
    "change_budget": (("campaign", "adset"), _change_budget),
    "clear_issues": (_RUNNING, _clear_issues),
    "disable_account": (("account",), _disable_account),
    "disapprove": (("ad",), _disapprove),
    "enable_creative_enhancement": (("creative",), _enable_enhancement),
    "lose_pixel": (("pixel",), _lose_pixel),
    "open_all_placements": (("adset",), _all_placements),
    "pause": (_RUNNING, _pause),
    "preapprove": (("ad",), _preapprove),
    "raise_issue": (_RUNNING, _raise_issue),
    "remove_funding": (("account",), _remove_funding),
    "restore_account": (("account",), _restore_account),
    "retire_interests": (("adset",), _retire_interests),
    "review_again": (("ad",), _review_again),
    "set_advantage_audience": (("adset",), _advantage_audience),
    "unsettle_account": (("account",), _unsettle_account),
}


def edited(emulator: Emulator, obj: Object, details: Json) -> Object:
    """Return the object after Meta's edit named by ``details["kind"]``; nothing is written.

    An edit of a creative may be asked for by its ad. Raises ValueError that says what is wrong.
    """
    name = str(details.get("kind"))
    if name not in EDITS:
        raise ValueError(f"kind is one of {', '.join(EDITS)}")
    kinds, change = EDITS[name]
    if obj.kind == "ad" and "creative" in kinds:
        obj = emulator.state.objects[obj.fields["_creative"]]
    if obj.kind not in kinds:
        raise ValueError(f"{name} is an edit of: {', '.join(kinds)}; {obj.id} is a {obj.kind}")
    return obj.with_fields(change(emulator, obj, details), emulator.clock.now())
