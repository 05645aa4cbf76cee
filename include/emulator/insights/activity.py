"""When an object was really on: its status, schedule and review over time, from its history."""

from collections.abc import Callable, Mapping
from typing import Any

from emulator.clock import parse_moment
from emulator.history import versions
from emulator.insights.intervals import Intervals, joined
from emulator.policy.account_standing import DELIVERING
from emulator.settings import Settings
from emulator.state import Object

_FOREVER = float("inf")
_Window = Callable[[Mapping[str, Any]], tuple[float, float] | None]


def account_on(account: Object) -> Intervals:
    """Return when the account could deliver: in good standing, with a way to pay."""

    def window(fields: Mapping[str, Any]) -> tuple[float, float] | None:
        good = fields["account_status"] in DELIVERING and fields["funding_source"]
        return (0.0, _FOREVER) if good else None

    return _holding(account, window)


def campaign_on(campaign: Object, zone_name: str, settings: Settings) -> Intervals:
    """Return when the campaign itself was on."""
    ready = campaign.created + settings.process_seconds

    def window(fields: Mapping[str, Any]) -> tuple[float, float] | None:
        if fields["status"] not in (None, "ACTIVE") or fields["issues_info"]:
            return None
        start = _moment(fields["start_time"], zone_name, 0.0)
        return max(ready, start), _moment(fields["stop_time"], zone_name, _FOREVER)

    return _holding(campaign, window)


def ad_set_on(ad_set: Object, zone_name: str, settings: Settings) -> Intervals:
    """Return when the ad set itself was on, within its schedule."""
    ready = ad_set.created + settings.process_seconds

    def window(fields: Mapping[str, Any]) -> tuple[float, float] | None:
        if fields["status"] not in (None, "ACTIVE") or fields["issues_info"]:
            return None
        start = _moment(fields["start_time"], zone_name, 0.0)
        return max(ready, start), _moment(fields["end_time"], zone_name, _FOREVER)

    return _holding(ad_set, window)


def ad_on(ad: Object, settings: Settings) -> Intervals:
    """Return when the ad itself was on, its review passed."""
    ready = ad.created + settings.process_seconds

    def window(fields: Mapping[str, Any]) -> tuple[float, float] | None:
        off = fields["status"] not in (None, "ACTIVE")
        if off or fields["issues_info"] or fields["_rejected_for"]:
            return None
        reviewed = float(fields["_review_started"] or ad.created) + settings.review_seconds
        return max(ready, reviewed), _FOREVER

    return _holding(ad, window)


def _holding(obj: Object, window: _Window) -> Intervals:
    """Return the stretches in which each version of the object was within its window."""
    known = versions(obj.kind, obj.fields, obj.created)
    ends = [since for since, _ in known[1:]] + [_FOREVER]
    pieces = []
    for (since, fields), end in zip(known, ends, strict=True):
        allowed = window(fields)
        if allowed is not None:
            pieces.append((max(since, allowed[0]), min(end, allowed[1])))
    return joined(pieces)


def _moment(text: object, zone_name: str, otherwise: float) -> float:
    return otherwise if text in (None, "", "0", 0) else parse_moment(text, zone_name)
