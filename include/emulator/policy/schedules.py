"""When an ad set runs: its start and end, as sent, as checked and as stored."""

from collections.abc import Mapping
from typing import Any

from emulator.calls.kinds import Json
from emulator.clock import meta_text, parse_moment
from emulator.emulator import Emulator
from emulator.policy.rules import broken
from emulator.state import Object

_DAY = 86400
# A client that means "now" is a little late by the time its request arrives.
_START_TOLERANCE = 60
_OLD_NAMES = (("time_start", "start_time"), ("time_stop", "end_time"))


def rename_old_times(params: Json) -> None:
    """Give times sent under their former names the present ones."""
    for old, new in _OLD_NAMES:
        if old in params:
            params.setdefault(new, params.pop(old))


def check_times(emulator: Emulator, account: Object, fields: Json, sent: Json) -> None:
    """Check an ad set's times as they would be; only those ``sent`` must lie in the future.

    An end of 0 is Meta's way to write that there is none; it becomes None in both.
    """
    zone, now = account.fields["timezone_name"], emulator.clock.now()
    if str(fields.get("end_time")) == "0":
        fields["end_time"] = sent["end_time"] = None
    start = parse_moment(fields.get("start_time") or now, zone)
    if sent.get("start_time") and start < now - _START_TOLERANCE:
        raise broken("start_in_past", blame="start_time", start=meta_text(start, zone))
    if fields.get("end_time") is None:
        return
    end = parse_moment(fields["end_time"], zone)
    if end <= start or (sent.get("end_time") and end <= now):
        raise broken("end_before_start", blame="end_time", end=meta_text(end, zone))
    if fields.get("daily_budget") and end - start < _DAY:
        raise broken("flight_too_short", blame="end_time")


def times_of_copy(
    emulator: Emulator, account: Object, source: Mapping[str, Any], times: Json
) -> Json:
    """Return the times a copy is given: as asked for, else the source's.

    A copy of an ad set that has ended starts now and runs as long as the original did.
    """
    zone, now = account.fields["timezone_name"], emulator.clock.now()
    end = source.get("end_time")
    if "end_time" in times or not end or parse_moment(end, zone) > now:
        return dict(times)
    length = parse_moment(end, zone) - parse_moment(source["start_time"], zone)
    return {"start_time": now, "end_time": now + length, **times}


def stored_times(account: Object, fields: Json) -> Json:
    """Return the fields with their times as Meta writes them, in the account's zone."""
    zone = account.fields["timezone_name"]
    return {
        name: meta_text(parse_moment(value, zone), zone)
        if name in ("start_time", "end_time") and value is not None
        else value
        for name, value in fields.items()
    }
