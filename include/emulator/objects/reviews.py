"""Meta's review of ads: when it runs, how it ends, and what starts it again."""

from typing import Any

from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.state import Object

#: Changes to an ad set that send its ads back to review. Meta names creative, targeting,
#: optimisation and billing; bid, budget and schedule are not among them.
AD_SET_TRIGGERS = frozenset(("targeting", "optimization_goal", "billing_event"))
#: What a rejected ad may still be told: everything else needs another creative first.
_ALLOWED_WHEN_REJECTED = frozenset(("name", "status", "creative", "adlabels"))
_POLICY = "Unacceptable Business Practices"


def in_review(emulator: Emulator, ad: Object) -> bool:
    """Whether Meta is still reviewing the ad; review runs for paused ads too."""
    return emulator.clock.now() < review_end(emulator, ad)


def review_end(emulator: Emulator, ad: Object) -> float:
    """Return when the ad's latest review ends or ended (Unix seconds)."""
    started = float(ad.fields.get("_review_started", ad.created))
    return started + emulator.settings.review_seconds


def is_rejected(emulator: Emulator, ad: Object) -> bool:
    """Whether the ad's latest review is over and went against it."""
    return bool(ad.fields.get("_rejected_for")) and not in_review(emulator, ad)


def review_feedback(emulator: Emulator, ad: Object) -> dict[str, Any] | None:
    """Return ``ad_review_feedback`` of a disapproved ad, else None."""
    if not is_rejected(emulator, ad):
        return None
    reason = ad.fields.get("_rejection") or (
        f"The ad's text contains {ad.fields['_rejected_for']!r}, "
        "which this server's world does not allow."
    )
    feedback = {ad.fields.get("_rejected_policy") or _POLICY: reason}
    return {"global": feedback, "placement_specific": {"facebook": feedback, "instagram": feedback}}


def back_to_review(emulator: Emulator, ad_set: Object, but: set[str]) -> list[Object]:
    """Return the ad set's ads as they go back to review; ``but`` names ads to leave alone."""
    now = emulator.clock.now()
    return [
        ad.with_fields({"_review_started": now, "_preapproved": None}, ad.updated)
        for ad in emulator.state.children(ad_set.id, "ad")
        if ad.id not in but
    ]


def check_rejected(emulator: Emulator, ad: Object, changes: dict[str, Any]) -> None:
    """Raise when a rejected ad is switched on or edited without another creative."""
    if not is_rejected(emulator, ad) or changes.get("creative") is not None:
        return
    if changes.get("status") == "ACTIVE":
        raise broken("rejected_ad_activated", blame="status", id=ad.id)
    if set(changes) - _ALLOWED_WHEN_REJECTED:
        raise broken("rejected_ad_edited", id=ad.id)
