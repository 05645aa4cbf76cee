"""What an object was at any time: the earlier values of the few fields that delivery depends on.

Every change of a tracked field is kept on the object itself, whoever made it, so that what an
ad delivered yesterday does not change when somebody pauses it today.
"""

from collections.abc import Mapping
from typing import Any

#: The object's own field that holds its past: ``[moment, {field: value before}]``, oldest first.
HISTORY = "_history"
_BUDGETS = ("daily_budget", "lifetime_budget", "issues_info", "start_time")
#: What is remembered, by kind of object.
TRACKED: dict[str, tuple[str, ...]] = {
    "account": (
        "account_status", "funding_source", "spend_cap", "amount_spent", "_delivered_before",
    ),
    "campaign": ("status", "stop_time", "spend_cap", *_BUDGETS),
    "adset": ("status", "end_time", "targeting", *_BUDGETS),
    "ad": ("status", "issues_info", "_review_started", "_rejected_for", "_creative"),
}  # fmt: skip


def with_history(
    kind: str, before: Mapping[str, Any], after: dict[str, Any], now: float
) -> dict[str, Any]:
    """Return the fields as they shall be, remembering what the tracked ones were."""
    past = {
        name: before.get(name)
        for name in TRACKED.get(kind, ())
        if before.get(name) != after.get(name)
    }
    if past:
        # A new review does not touch the object's own time of change: it began when it says.
        began = float(after.get("_review_started") or 0) if "_review_started" in past else 0.0
        after[HISTORY] = [*before.get(HISTORY, ()), [max(now, began), past]]
    return after


def versions(
    kind: str, fields: Mapping[str, Any], created: float
) -> list[tuple[float, dict[str, Any]]]:
    """Return the tracked fields and since when they held (Unix seconds), oldest first."""
    current = {name: fields.get(name) for name in TRACKED[kind]}
    found = []
    for moment, past in reversed(fields.get(HISTORY, ())):
        found.append((max(float(moment), created), current))
        current = {**current, **past}
    return [(created, current), *reversed(found)]
