"""Several reports of one account: each goes on whatever became of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from meta_ads.errors import StopAndAsk
from meta_ads.syncing.insights import InsightSync, Outcome, advance_in_turn

LATER = datetime(2026, 3, 2, 8, tzinfo=UTC)
DONE = Outcome(1, frozenset())
WAITING = Outcome(0, frozenset(), ("77",), LATER, LATER)


@dataclass
class Report:
    """A sync that ends as it is told to."""

    ends: Outcome | Exception
    advanced: list[str] = field(default_factory=list)

    def advance(self) -> Outcome:
        self.advanced.append("once")
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


def advanced(*reports: Report) -> Any:
    return advance_in_turn(cast(list[InsightSync], list(reports)))


def test_all_are_advanced_when_none_must_wait() -> None:
    reports = [Report(DONE), Report(DONE), Report(DONE)]
    assert advanced(*reports).complete
    assert all(one.advanced for one in reports)


def test_one_that_waits_is_waited_for_before_the_next_begins() -> None:
    last = Report(DONE)
    assert advanced(Report(DONE), Report(WAITING), last) == WAITING
    assert last.advanced == []


def test_one_that_meta_cannot_answer_holds_up_none_after_it() -> None:
    last = Report(DONE)
    with pytest.raises(StopAndAsk, match=r"first\nsecond"):
        advanced(Report(StopAndAsk("first")), Report(StopAndAsk("second")), last)
    assert last.advanced


def test_what_the_others_need_is_waited_for_before_the_error_is_told() -> None:
    assert advanced(Report(StopAndAsk("first")), Report(WAITING)) == WAITING
