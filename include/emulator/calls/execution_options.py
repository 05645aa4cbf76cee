"""``execution_options``: trying a write without making it, and what Meta says then."""

from typing import Any

from emulator.calls.kinds import Json
from emulator.calls.param_types import decode_json
from emulator.calls.protocol import Call
from emulator.emulator import Emulator
from emulator.objects.recommendations import recommendations
from emulator.policy.rules import broken


def options(call: Call) -> frozenset[str]:
    """Return the call's execution options."""
    raw = decode_json(call.params.get("execution_options") or [])
    return frozenset(str(one) for one in (raw if isinstance(raw, list) else [raw]))


def check_options(call: Call) -> None:
    """Raise for options that Meta only takes together with others."""
    asked = options(call)
    if asked == {"include_recommendations"}:
        raise broken("recommendations_alone", blame="execution_options")
    if "synchronous_ad_review" in asked and "validate_only" not in asked:
        raise broken("review_without_validation", blame="execution_options")


def tried(
    emulator: Emulator,
    call: Call,
    kind: str,
    fields: dict[str, Any],
    rejected_for: str | None = None,
) -> Json:
    """Answer a write that passed every rule and is not made.

    ``rejected_for`` is the word that a review would stumble over; only a synchronous review tells.
    """
    asked = options(call)
    if rejected_for and "synchronous_ad_review" in asked:
        raise broken("ad_would_be_rejected", blame="creative", word=rejected_for)
    answer: Json = {"success": True}
    found = recommendations(kind, fields) if "include_recommendations" in asked else []
    return {**answer, "recommendations": found} if found else answer
