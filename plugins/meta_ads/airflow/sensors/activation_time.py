"""The gate: wait for the activation time, without holding a worker."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.triggers.temporal import DateTimeTrigger
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.operators.base import LaunchOperator
from meta_ads.airflow.outcomes import GRACE


class ActivationTimeSensor(LaunchOperator):
    """Waits until the launch's activation time, read from the ledger. Deferrable.

    The triggerer ends the task itself, so that no worker has to start before `activate` does.
    `activate` reads the ledger again and would wait if the time had moved.
    """

    def work(self, context: Context) -> Any:
        """Return the activation time, ISO 8601 UTC. Skipped when the file has no schedule."""
        launch = self.launch()
        moment = launch.activate_at
        if moment is None:
            raise AirflowSkipException(
                "The campaign file has no schedule.activate_at: everything is at Meta and stays "
                "paused."
            )
        if launch.now < moment:
            self.log.info("Waiting until %s UTC, then the campaign goes live.", f"{moment:%F %T}")
            self.defer(
                trigger=DateTimeTrigger(moment=moment, end_from_trigger=True),
                method_name="resume",
                timeout=moment - launch.now + GRACE,
            )
        self.log.info("The activation time %s UTC has come.", f"{moment:%F %T}")
        return moment.isoformat()
