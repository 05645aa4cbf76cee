"""The gate: wait for the activation time, without holding a worker."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.outcomes import GRACE, LEAD


class ActivationTimeSensor(LaunchOperator):
    """Waits until shortly before the launch's activation time in the ledger. Deferrable.

    The triggerer ends the task itself, so that no worker has to start before `activate` does.
    `activate` prepares the launch, waits for the very time, and reads the ledger once more.
    """

    def work(self, context: Context) -> Any:
        """Return the activation time, ISO 8601 UTC. Skipped when the file has no schedule."""
        launch = self.launch()
        moment = launch.activate_at
        if launch.live:
            return "live already"
        if launch.plan.paused:
            raise AirflowSkipException("The campaign file says status: paused. It stays paused.")
        if moment is None:
            raise AirflowSkipException(
                "The campaign file has no schedule.activate_at: everything is at Meta and stays "
                "paused."
            )
        opens = moment - LEAD
        self.log.info("The campaign goes live at %s UTC.", f"{moment:%F %T}")
        if launch.now < opens:
            self.defer(
                trigger=DateTimeTrigger(moment=opens, end_from_trigger=True),
                method_name="resume",
                timeout=opens - launch.now + GRACE,
            )
        return moment.isoformat()
