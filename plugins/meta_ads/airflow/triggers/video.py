"""Watch videos at Meta until none is being processed any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.errors import MetaAdsError, TryAgain, WaitUntil
from meta_ads.launching.ports import VideoState

FIRST_POLL_SECONDS = 1.0
LONGEST_POLL_SECONDS = 30.0


class VideoReadyTrigger(BaseTrigger):
    """Fires when every video is ready or failed; the worker then reads which.

    :param meta_conn_id: the connection to Meta
    :param video_ids: the videos to watch
    """

    def __init__(self, meta_conn_id: str, video_ids: Sequence[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.meta_conn_id = meta_conn_id
        self.video_ids = list(video_ids)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another triggerer needs to go on; it holds no token."""
        return (
            f"{type(self).__module__}.{type(self).__qualname__}",
            {"meta_conn_id": self.meta_conn_id, "video_ids": self.video_ids},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll with growing pauses; yield once."""
        platform = await MetaAdsHook(self.meta_conn_id).aget_conn()
        waiting = list(self.video_ids)
        pause = FIRST_POLL_SECONDS
        while waiting:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
            try:
                status = await asyncio.to_thread(platform.video_status, waiting[0])
            except (TryAgain, WaitUntil):
                continue
            except MetaAdsError as error:
                # The worker meets the same error and shows it to the person.
                yield TriggerEvent({"stopped": str(error)})  # type: ignore[no-untyped-call]
                return
            if status.state not in (VideoState.PROCESSING, VideoState.UPLOADING):
                waiting.pop(0)
        yield TriggerEvent({"finished": self.video_ids})  # type: ignore[no-untyped-call]
