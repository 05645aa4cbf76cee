"""Where a campaign stands, in plain words, and what a person can do next.

The codes are those of `meta_ads.launch_now` in `store/sql/schema.sql`, and of files that were never
launched in `store/sql/pages.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a situation looks on the page."""

    BAD = "bad"
    ASKS = "asks"
    BUSY = "busy"
    GOOD = "good"
    CALM = "calm"


class Action(StrEnum):
    """What a person can do with a campaign; the last part of the address of its route."""

    TRIGGER = "trigger"
    DRY_RUN = "dry-run"
    APPROVE = "approve"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    SYNC = "sync"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation: its name, what it means, what to do next, and which buttons make sense."""

    label: str
    tone: Tone
    means: str
    next: str
    actions: tuple[Action, ...]


_FILE = (Action.TRIGGER, Action.DRY_RUN)
_BUILT = (*_FILE, Action.SYNC, Action.WITHDRAW)
_ASKED = (Action.APPROVE, Action.REJECT, *_BUILT)
_LIVE = (Action.PAUSE, *_BUILT)

# In the order of urgency: what needs a person stands first in the list.
SITUATIONS: Mapping[str, Situation] = {
    "held": Situation(
        "Needs you: find an object",
        Tone.BAD,
        "Meta never answered a call, and five attempts left no trace. Only a person can say "
        "whether the object exists.",
        "Search its name in Ads Manager, then release it: with the id that you found, or without "
        "one when there is none. Launch again afterwards.",
        (Action.RELEASE, Action.DRY_RUN, Action.SYNC, Action.WITHDRAW),
    ),
    "failed": Situation(
        "Failed",
        Tone.BAD,
        "The launch stopped before it went live. What exists at Meta stays there, paused.",
        "Repair what the error names, then trigger the launch again: nothing is made twice.",
        _BUILT,
    ),
    "checks_failed": Situation(
        "Checks failed",
        Tone.BAD,
        "The file, its video or its account is not in order. Nothing was sent to Meta.",
        "Correct the lines that the error lists, commit the file, and trigger the launch again.",
        _FILE,
    ),
    "differs": Situation(
        "Live, not as planned",
        Tone.BAD,
        "The campaign is on, and Meta shows something else than was planned. It may be spending.",
        "Look at it in Ads Manager. Pause it if it must not run like this.",
        _LIVE,
    ),
    "overdue": Situation(
        "Overdue",
        Tone.BAD,
        "Its activation time has passed and it is not live.",
        "Within a day it still goes live by itself. After that, set a later activate_at and "
        "trigger the launch again.",
        _BUILT,
    ),
    "rejected": Situation(
        "Rejected",
        Tone.ASKS,
        "A person said no to this plan. It stays paused.",
        "Change the file and trigger the launch again, or withdraw it.",
        _ASKED,
    ),
    "needs_approval": Situation(
        "Waits for approval",
        Tone.ASKS,
        "Everything is at Meta, paused. It goes live once a person approves this plan.",
        "Read the plan below, then approve or reject it.",
        _ASKED,
    ),
    "change_waits": Situation(
        "Live, change waits for approval",
        Tone.ASKS,
        "The campaign runs as before. Its edited file waits for a person's approval.",
        "Read the plan below, then approve or reject it.",
        (Action.PAUSE, *_ASKED),
    ),
    "going_live": Situation(
        "Going live",
        Tone.BUSY,
        "Ads and ad sets are on; the campaign follows at its second.",
        "Nothing. To stop it for ever, withdraw it.",
        (Action.SYNC, Action.WITHDRAW),
    ),
    "changing": Situation(
        "Being changed",
        Tone.BUSY,
        "The file was edited; what is at Meta is being changed to it.",
        "Wait for its run. Trigger the launch again if no run is under way.",
        _BUILT,
    ),
    "building": Situation(
        "Being built",
        Tone.BUSY,
        "The objects are being created at Meta, paused.",
        "Wait for its run. The steps below show how far it is.",
        _BUILT,
    ),
    "checking_file": Situation(
        "Being checked", Tone.BUSY, "File, video and account are being checked.", "Wait.", _FILE
    ),
    "checking": Situation(
        "Live, being verified",
        Tone.BUSY,
        "The campaign is on. It is being read back and compared with its plan.",
        "Wait a minute.",
        _LIVE,
    ),
    "paused": Situation(
        "Paused by a person",
        Tone.CALM,
        "The campaign was live and a person paused it. It does not spend.",
        "Resume it; that takes everything that going live takes: approval, limits, time.",
        (Action.RESUME, *_BUILT),
    ),
    "scheduled": Situation(
        "Scheduled",
        Tone.GOOD,
        "Everything is at Meta, paused. It goes live by itself at its time.",
        "Nothing.",
        _BUILT,
    ),
    "live": Situation(
        "Live", Tone.GOOD, "The campaign is on, and Meta shows what was planned.", "Nothing.", _LIVE
    ),
    "ready": Situation(
        "Built, no start time",
        Tone.CALM,
        "Everything is at Meta, paused. The file names no activation time.",
        "Add schedule.activate_at to the file and trigger the launch again.",
        _BUILT,
    ),
    "not_launched": Situation(
        "Not launched yet",
        Tone.CALM,
        "The campaign file is there, and nobody has triggered it.",
        "Try a dry run, which shows the plan and sends nothing; then trigger the launch.",
        _FILE,
    ),
    "ended": Situation(
        "Ended",
        Tone.CALM,
        "Its end time has passed; it does not spend any more.",
        "Nothing.",
        _BUILT,
    ),
    "withdrawn": Situation(
        "Withdrawn",
        Tone.CALM,
        "It was taken back for ever and is paused at Meta.",
        "To run it after all, launch it under a new campaign_id.",
        (Action.SYNC,),
    ),
}
URGENCY = tuple(SITUATIONS)
# What the filters of the list offer.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "attention": tuple(
        code for code, item in SITUATIONS.items() if item.tone in (Tone.BAD, Tone.ASKS)
    ),
    "upcoming": ("needs_approval", "scheduled", "going_live"),
    "live": ("live", "checking", "differs", "change_waits", "changing", "paused"),
    "drafts": ("not_launched", "checking_file", "checks_failed", "building", "ready"),
    "over": ("ended", "withdrawn"),
}
GROUP_LABELS: Mapping[str, str] = {
    "attention": "Needs a person",
    "upcoming": "Upcoming",
    "live": "Live",
    "drafts": "Drafts",
    "over": "Over",
}


def situations_of(name: str | None) -> tuple[str, ...] | None:
    """Return the codes of a group, or the one code; None for any. KeyError for another word."""
    if not name:
        return None
    if name in GROUPS:
        return GROUPS[name]
    if name not in SITUATIONS:
        raise KeyError(name)
    return (name,)
