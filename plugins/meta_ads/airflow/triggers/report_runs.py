"""Watch report runs at Meta until all of them are over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.errors import MetaAdsError, TryAgain, WaitUntil
from meta_ads.syncing.insight_ports import RunState

FIRST_POLL_SECONDS = 2.0
LONGEST_POLL_SECONDS = 30.0
# How much further a run is before its log says so again.
STEP_PERCENT = 10


class ReportRunsTrigger(BaseTrigger):
    """Fires when every run is completed or failed, or when it is time to look anyway.

    :param meta_conn_id: the connection to Meta
    :param run_ids: the report runs to watch
    :param not_before: ISO 8601, aware; it does not fire earlier
    :param until: ISO 8601, aware; it fires then at the latest
    """

    def __init__(
        self, meta_conn_id: str, run_ids: Sequence[str], not_before: str, until: str
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.meta_conn_id = meta_conn_id
        self.run_ids = list(run_ids)
        self.not_before = not_before
        self.until = until

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another triggerer needs to go on; it holds no token."""
        return (
            f"{type(self).__module__}.{type(self).__qualname__}",
            {
                "meta_conn_id": self.meta_conn_id,
                "run_ids": self.run_ids,
                "not_before": self.not_before,
                "until": self.until,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll with growing pauses; yield once. The worker then decides what to do."""
        platform = await MetaAdsHook(self.meta_conn_id).aget_conn()
        until = datetime.fromisoformat(self.until)
        await asyncio.sleep(max(0.0, _seconds_to(datetime.fromisoformat(self.not_before))))
        waiting = list(self.run_ids)
        pause, told = FIRST_POLL_SECONDS, -STEP_PERCENT
        while waiting and _seconds_to(until) > 0:
            await asyncio.sleep(min(pause, max(0.0, _seconds_to(until))))
            pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
            try:
                run = await asyncio.to_thread(platform.report_run, waiting[0])
            except (TryAgain, WaitUntil):
                continue
            except MetaAdsError:
                # The worker meets the same error and shows it to the person.
                break
            if run.percent >= told + STEP_PERCENT or run.state is not RunState.WORKING:
                told = run.percent
                text = "Report run %s is at %d%%; %d of %d runs are left."
                self.log.info(text, waiting[0], run.percent, len(waiting), len(self.run_ids))
            if run.state is not RunState.WORKING:
                waiting.pop(0)
                told = -STEP_PERCENT
        yield TriggerEvent({"over": not waiting})  # type: ignore[no-untyped-call]


def _seconds_to(moment: datetime) -> float:
    return (moment - datetime.now(UTC)).total_seconds()
