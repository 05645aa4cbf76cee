"""Put a launch off at its trigger, as far as its account allows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from meta_ads.campaigns.account_policy import duration_text
from meta_ads.campaigns.cross_checks import SHORTEST_FLIGHT
from meta_ads.campaigns.loader import LoadedCampaign
from meta_ads.campaigns.schedule import parse_moment
from meta_ads.errors import FixInput

# Airflow's form writes milliseconds.
_FRACTION = re.compile(r"(:\d\d)\.\d+")


def put_off(loaded: LoadedCampaign, text: str, now: datetime) -> LoadedCampaign:
    """Return the campaign going live at the time in `text` instead of the file's.

    A trigger may only move a launch to a later time, and only as far as `override_up_to` of the
    account says, counted from the time in the file. FixInput says which of that is not so. `now` is
    aware; without an offset, `text` is in the account's time zone.
    """
    declaration = loaded.declaration
    account, planned = declaration.account, declaration.activate_at
    if not account.override_up_to:
        raise FixInput(
            f"The run was triggered with activate_at, and {account.key} lets no trigger move "
            "a launch. Commit another schedule.activate_at, or add override_up_to, such as 7d, to "
            "the account in configs/accounts.yaml."
        )
    if planned is None:
        raise FixInput(
            f"The run was triggered with activate_at, and {declaration.source} has no "
            "schedule.activate_at to move. Add one to the file."
        )
    try:
        moment = moment_at_trigger(text, account.timezone)
    except ValueError as error:
        raise FixInput(
            f"The run was triggered with activate_at {text!r}, which {error}. A time without an "
            f"offset is in {account.timezone}."
        ) from None
    latest = planned + timedelta(seconds=account.override_up_to)
    wrong = _wrong(moment, planned, latest, declaration.end_at, now)
    if wrong:
        allowed = f"a time after {planned:%F %H:%M} UTC, and no later than {latest:%F %H:%M} UTC"
        raise FixInput(
            f"The run was triggered with activate_at {moment:%F %H:%M} UTC, which is {wrong}. "
            f"{account.key} allows {allowed} ({duration_text(account.override_up_to)}); anything "
            "else is committed in the file."
        )
    return replace(loaded, declaration=replace(declaration, activate_at=moment))


def moment_at_trigger(text: str, timezone: str) -> datetime:
    """Return the moment (aware UTC) that a trigger names; ValueError as `parse_moment` says."""
    return parse_moment(_FRACTION.sub(r"\1", text), timezone)


def _wrong(
    moment: datetime, planned: datetime, latest: datetime, ends: datetime | None, now: datetime
) -> str | None:
    if moment <= now:
        return "in the past"
    if moment < planned:
        return "earlier than the file's time"
    if moment > latest:
        return "later than the account allows"
    if ends is not None and ends - moment < SHORTEST_FLIGHT:
        return "less than 24 hours before the campaign ends"
    return None
