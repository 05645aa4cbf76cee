"""Effective statuses, worked out from an object's own status, its parents, and the clock."""

from collections.abc import Iterable
from typing import Any

from emulator.clock import parse_moment
from emulator.emulator import Emulator
from emulator.objects.issues import issues_info
from emulator.objects.reviews import in_review
from emulator.policy.rules import broken
from emulator.state import Object

FINAL = ("DELETED", "ARCHIVED")
_PAUSED_BY = {"campaign": "CAMPAIGN_PAUSED", "adset": "ADSET_PAUSED"}


def configured_status(obj: Object) -> str:
    """Return the status its owner chose."""
    return str(obj.fields.get("status", "ACTIVE"))


def final_status(emulator: Emulator, obj: Object) -> str | None:
    """Return DELETED or ARCHIVED when the object or a parent is that, else None."""
    # The first parent is the account, which has no status of this kind.
    parents = [emulator.state.objects[parent] for parent in reversed(obj.parents[1:])]
    for one in (obj, *parents):
        status = one.fields.get("status")
        if status in FINAL:
            return str(status)
    return None


def effective_status(emulator: Emulator, obj: Object) -> str:
    """Return what the object is really doing: the nearest reason for not delivering wins."""
    if final := final_status(emulator, obj):
        return final
    own = configured_status(obj)
    parents = [emulator.state.objects[parent] for parent in reversed(obj.parents[1:])]
    if emulator.clock.now() < obj.created + emulator.settings.process_seconds:
        return "IN_PROCESS"
    if obj.kind == "ad":
        if in_review(emulator, obj):
            return "PENDING_REVIEW"
        if obj.fields.get("_rejected_for"):
            return "DISAPPROVED"
    if own == "PAUSED":
        return "PAUSED"
    for parent in parents:
        if configured_status(parent) == "PAUSED":
            return _PAUSED_BY[parent.kind]
    if obj.kind == "ad" and not emulator.account_of(obj).fields.get("funding_source"):
        return "PENDING_BILLING_INFO"
    if obj.fields.get("_preapproved"):
        return "PREAPPROVED"
    return "WITH_ISSUES" if issues_info(emulator, obj) else own


def check_new_status(params: dict[str, Any]) -> None:
    """Raise when something is to be created archived or deleted."""
    if params.get("status") in FINAL:
        raise broken("status_on_create", blame="status", status=params["status"])


def check_editable(emulator: Emulator, obj: Object, changes: dict[str, Any]) -> None:
    """Raise when a deleted or archived object is changed in a way Meta no longer allows."""
    status = effective_status(emulator, obj)
    if status == "DELETED":
        raise broken("deleted_is_final", id=obj.id)
    if status == "ARCHIVED" and (
        set(changes) - {"name", "status"} or changes.get("status") not in (None, "DELETED", status)
    ):
        raise broken("archived_is_final", id=obj.id)


def delivering_ads(emulator: Emulator, obj: Object) -> Iterable[Object]:
    """Yield the ads at or below the object that are delivering now and not yet marked so."""
    ads = [obj] if obj.kind == "ad" else emulator.state.children(obj.id, "ad")
    for ad in ads:
        if not ad.fields.get("_delivered") and _delivers(emulator, ad):
            yield ad


def marked_as_delivered(emulator: Emulator, obj: Object) -> list[Object]:
    """Return copies of the delivering ads below ``obj`` that remember it after a pause."""
    return [
        ad.with_fields({"_delivered": True}, ad.updated)
        for ad in delivering_ads(emulator, obj)
        if ad.id != obj.id
    ]


def has_delivered(emulator: Emulator, ad_set: Object) -> bool:
    """Whether an ad of the set delivers now or ever did; Meta calls the set published then."""
    ads = emulator.state.children(ad_set.id, "ad")
    return any(ad.fields.get("_delivered") or _delivers(emulator, ad) for ad in ads)


def _delivers(emulator: Emulator, ad: Object) -> bool:
    if effective_status(emulator, ad) != "ACTIVE":
        return False
    zone, now = emulator.zone_of(ad), emulator.clock.now()
    ad_set = emulator.state.objects[ad.parents[-1]]
    start = ad_set.fields.get("start_time")
    return start is None or parse_moment(start, zone) <= now
