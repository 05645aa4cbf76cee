"""The moments of a step at which something may happen to its worker."""

from __future__ import annotations

from enum import StrEnum


class Instant(StrEnum):
    """In order. The last two follow the use case: Airflow stores the result, then the success.

    Only creates have a last check: whether the lease is still the worker's, and time is left.
    """

    ENTER = "enter"
    LEASED = "lease taken"
    INTENT = "intent committed"
    CHECKED = "last check passed"
    PRE_SEND = "pre-send"
    COMMITTED = "server commit"
    ANSWERED = "response received"
    PRE_RECORD = "pre-record"
    RECORDED = "recorded"
    PUSHED = "XCom pushed"
    REPORTED = "success reported"


class Killed(BaseException):
    """The worker died by SIGKILL: nothing of it runs any more."""
