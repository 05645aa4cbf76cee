"""The ledger's metrics through Airflow's own: StatsD or OpenTelemetry, as `[metrics]` says."""

from __future__ import annotations

from collections.abc import Iterable
from logging import Logger

from airflow.sdk.observability import stats

from meta_ads.syncing.measures import PREFIX, Measure


def report_metrics(measures: Iterable[Measure], log: Logger) -> None:
    """Set every gauge. Monitoring that is away fails nothing."""
    try:
        for measure in measures:
            stats.gauge(f"{PREFIX}.{measure.name}", measure.value, tags=dict(measure.labels))
    except Exception as error:  # noqa: BLE001  whatever a metrics backend raises
        log.warning("The metrics could not be sent: %s", type(error).__name__)
