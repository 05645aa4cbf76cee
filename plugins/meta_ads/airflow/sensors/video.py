"""Wait for Meta to finish a video, without holding a worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Context

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.operators.launching import uploader_of
from meta_ads.airflow.triggers.video import VideoReadyTrigger
from meta_ads.errors import NotReadyYet
from meta_ads.planning.step import StepKind

# Meta names no limit; a video that takes longer is stuck, and the error says so.
LONGEST_PROCESSING = timedelta(hours=2)


class VideoReadySensor(LaunchOperator):
    """Waits until Meta has processed every video of the launch. Deferrable."""

    def work(self, context: Context) -> Any:
        """Return the ids of the finished videos."""
        plan = self.launch().plan
        uploader = uploader_of(self)
        videos = plan.of_kind(StepKind.VIDEO)
        ids = [uploader.ensure_video(step, plan.account_id) for step in videos]
        try:
            for step in videos:
                uploader.confirm_video(step, plan.account_id)
        except NotReadyYet as wait:
            self.log.info("%s", wait)
            self.defer(
                trigger=VideoReadyTrigger(self.meta.connection_for(plan.account_id), ids),
                method_name="resume",
                timeout=LONGEST_PROCESSING,
            )
        return ids[0] if len(ids) == 1 else ids
