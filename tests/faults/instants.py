"""The ten moments of a step at which something may happen to its worker."""

from __future__ import annotations

from enum import StrEnum


class Instant(StrEnum):
    """In order. The last two follow the use case: Airflow stores the result, then the success."""

    ENTER = "enter"
    LEASED = "lease taken"
    INTENT = "intent committed"
    PRE_SEND = "pre-send"
    COMMITTED = "server commit"
    ANSWERED = "response received"
    PRE_RECORD = "pre-record"
    RECORDED = "recorded"
    PUSHED = "XCom pushed"
    REPORTED = "success reported"


class Killed(BaseException):
    """The worker died by SIGKILL: nothing of it runs any more."""
