"""From the package's errors to what Airflow does next: fail, try again, or come back later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, NoReturn

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from meta_ads.errors import FixInput, StopAndAsk, WaitUntil
from meta_ads.launching.ports import Progress

RETRY_DELAY = timedelta(seconds=5)
# How a task tries again what passes by itself: a lost network, a restarted database.
PATIENCE: Mapping[str, Any] = MappingProxyType(
    {
        "retries": 8,
        "retry_delay": RETRY_DELAY,
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=5),
    }
)
# After its time a trigger has long fired; the limit frees a task whose trigger was lost.
GRACE = timedelta(days=1)

# The gate opens so early: a worker needs a moment to start, and `activate` waits for the time.
LEAD = timedelta(seconds=15)


def come_back(operator: BaseOperator, wait: WaitUntil) -> NoReturn:
    """Free the worker until `wait.not_before`, then run the operator's `execute` again."""
    operator.log.info("%s", wait)
    operator.defer(
        trigger=DateTimeTrigger(moment=wait.not_before),
        method_name="resume",
        timeout=max(wait.not_before - datetime.now(UTC), timedelta(0)) + GRACE,
    )


def fail_for_good(tell: Progress, error: FixInput | StopAndAsk) -> NoReturn:
    """Fail the task without another try: the same call would end the same way.

    The whole text is a line of the log of its own: below an exception it would be cut off.
    """
    tell("%s", error)
    raise AirflowFailException(str(error).splitlines()[0]) from None
