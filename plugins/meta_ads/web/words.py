"""The page's words for what the ledger and Airflow call otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meta_ads.web.situations import Action, Tone

KINDS: Mapping[str, str] = {
    "video": "Video",
    "image": "Picture",
    "creative": "Creative",
    "campaign": "Campaign",
    "ad_set": "Ad set",
    "ad": "Ad",
}
STEP_STATES: Mapping[str, tuple[str, Tone]] = {
    "NEW": ("To be made", Tone.CALM),
    "INFLIGHT": ("Being made", Tone.BUSY),
    "DONE": ("At Meta", Tone.GOOD),
    "HELD": ("Needs you", Tone.BAD),
}
REQUEST_STATES: Mapping[str, tuple[str, Tone]] = {
    "DRAFT": ("Asked for", Tone.CALM),
    "QA_TESTING": ("Being checked", Tone.BUSY),
    "QA_FAILED": ("Checks failed", Tone.BAD),
    "READY_FOR_API": ("Being launched", Tone.BUSY),
    "TRAFFICKED_FAILED": ("Failed", Tone.BAD),
    "TRAFFICKED_SUCCESS": ("Done", Tone.GOOD),
}
EVENTS: Mapping[str, str] = {
    "intent": "Create sent",
    "created": "Created",
    "uploaded": "Uploaded",
    "adopted": "Found at Meta and taken over",
    "refused": "Meta refused",
    "unknown": "The answer was lost",
    "searched": "Searched at Meta",
    "held": "Held: a person must look",
    "released": "Released by a person",
    "swept": "Looked for second objects",
    "changing": "Change sent",
    "changed": "Changed",
    "updated": "Changed",
    "not updated": "Meta refused the change",
    "to be changed": "To be changed to an edited file",
    "withdrawn": "Withdrawn",
    "switched off": "Paused by a person",
    "off_at_meta": "Switched off at Meta",
    "switched on": "Resumed",
    "approved": "Approved",
    "rejected": "Rejected",
    "approval refused": "An approval did not count",
    "paused_again": "Paused again: it may not be on",
    "planned": "Plan made",
    "triggered": "Triggered",
    "paused": "Everything is at Meta, paused",
    "activating": "Going live",
    "active": "Live",
    "verified": "Verified",
    **{state: words for state, (words, _) in REQUEST_STATES.items()},
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its text, what the person confirms, and whether it may hurt."""

    label: str
    asks: str
    grave: bool = False
    note: bool = False


BUTTONS: Mapping[Action, Button] = {
    Action.TRIGGER: Button(
        "Launch",
        "Check the file, create what is missing at Meta, paused, and go live at its time. What "
        "exists is not created again.",
        note=True,
    ),
    Action.DRY_RUN: Button(
        "Dry run", "Check everything and show the plan. Nothing is sent to Meta."
    ),
    Action.APPROVE: Button("Approve", "Let exactly this plan go live and spend its budget."),
    Action.REJECT: Button("Reject", "Keep this plan from going live."),
    Action.PAUSE: Button("Pause", "Switch the campaign off at Meta. You can resume it later."),
    Action.RESUME: Button("Resume", "Switch the campaign on again. It spends from then on."),
    Action.WITHDRAW: Button(
        "Withdraw",
        "Take the launch back for ever: it is paused at Meta and cannot go live again, not even by "
        "triggering it.",
        grave=True,
    ),
    Action.SYNC: Button("Sync now", "Read its state from Meta now. Nothing is changed there."),
    Action.RELEASE: Button("Release", "Say what you found in Ads Manager.", grave=True),
}
