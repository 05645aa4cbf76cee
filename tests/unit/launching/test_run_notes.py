"""What the note on a run says, and what it leaves of a person's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from meta_ads.launching.ports import Decision, LaunchRecord, LaunchState
from meta_ads.launching.run_notes import LONGEST, kept, note_on
from meta_ads.planning.plan import Plan

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SUMMARY = {
    "Campaign": "Spring *Sale*",
    "Account": "Sunrise (act_1)",
    "Budget": "SGD 50.00 a day",
    "Goes live": "2026-12-01 09:00 Asia/Singapore",
}
PLAN = Plan("spring", "act_1", (), NOW, False, SUMMARY, "d")
ASKS = replace(PLAN, approval_required=True)
YES, NO = Decision(True, "ada", NOW), Decision(False, "bo", NOW)


def launch(state: LaunchState, **more: Any) -> LaunchRecord:
    return LaunchRecord(
        "act_1", "spring", state, **{"plan": PLAN, "now": NOW, "activate_at": NOW, **more}
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "Nothing was sent to Meta"),
        (launch(LaunchState.PLANNED), "being made at Meta, paused"),
        (launch(LaunchState.PAUSED), "paused until its time"),
        (launch(LaunchState.PAUSED, activate_at=None), "no time to go live"),
        (launch(LaunchState.PAUSED, plan=ASKS), "Waits for approval."),
        (launch(LaunchState.PAUSED, plan=ASKS, decision=NO), "Rejected by bo."),
        (
            launch(LaunchState.PAUSED, plan=ASKS, decision=YES, approved_hash=ASKS.hash),
            "Approved by ada.",
        ),
        (
            launch(LaunchState.PAUSED, plan=ASKS, decision=YES),
            "Approved by ada, no longer valid.",
        ),
        (launch(LaunchState.ACTIVE), "not yet compared with the plan"),
        (launch(LaunchState.VERIFIED), "Live, and as planned."),
        (launch(LaunchState.VERIFIED, paused_at=NOW), "paused by a person"),
        (launch(LaunchState.VERIFIED, revision=ASKS), "Live as before"),
        (launch(LaunchState.WITHDRAWN), "never spends again"),
    ],
)
def test_a_note_says_where_the_launch_stands(record: LaunchRecord | None, words: str) -> None:
    assert words in note_on(record)


def test_a_note_says_what_was_launched_when_and_escapes_names() -> None:
    note = note_on(launch(LaunchState.VERIFIED))
    assert "- Campaign: Spring \\*Sale\\*\n- Budget: SGD 50.00 a day\n- Goes live: 2026" in note
    assert "act_1" not in note


def test_a_note_begins_with_why_a_person_is_needed() -> None:
    note = note_on(launch(LaunchState.PAUSED), "video.file_path: there is no such file")
    assert note.startswith("**Stopped, a person is needed.** video.file\\_path: there is no such")


def test_what_a_person_wrote_stays_and_what_we_wrote_before_goes() -> None:
    first = kept("Asked for by Mia", "Planned.")
    second = kept(first, "Live.")
    assert first.startswith("Asked for by Mia\n\n")
    assert second.startswith("Asked for by Mia\n\n")
    assert second.endswith("Live.")
    assert "Planned" not in second
    assert kept(None, "Live.") == kept("", "Live.")


def test_no_note_is_longer_than_airflow_keeps() -> None:
    whole = kept("Asked for by Mia", "x" * 5000)
    assert len(whole) <= LONGEST
    assert whole.endswith("…")
