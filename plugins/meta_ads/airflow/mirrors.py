"""The tasks of `sync_insights` that copy its views elsewhere; both are off by default."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from logging import Logger

from airflow.sdk import BaseHook, ObjectStoragePath
from airflow.sdk.exceptions import AirflowSkipException

from meta_ads.airflow.outcomes import fail_for_good
from meta_ads.campaigns.insight_settings import InsightSettings
from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.mirrors.parquet import ParquetFolder
from meta_ads.mirrors.sqlserver import SqlServer, connection_string, driver
from meta_ads.syncing.insight_quality import first_kept_day
from meta_ads.syncing.mirroring import MirrorSource, MirrorTarget, mirror

#: The Airflow connection to the SQL Server that mirrors the views.
MSSQL_CONNECTION = "meta_ads_mssql"


def parquet_copied(settings: InsightSettings, source: MirrorSource, log: Logger) -> dict[str, int]:
    """Copy the views to the folder that the configuration names; skips the task without one."""
    if settings.parquet is None:
        raise AirflowSkipException("configs/insights.yaml names no folder for Parquet files.")
    folder = ParquetFolder(ObjectStoragePath(settings.parquet), settings.parquet)
    return _copied(settings, source, folder, log)


def mssql_copied(settings: InsightSettings, source: MirrorSource, log: Logger) -> dict[str, int]:
    """Copy the views to SQL Server; skips the task unless the configuration turns it on."""
    if not settings.mssql:
        raise AirflowSkipException("configs/insights.yaml does not turn the mirror on.")
    place = BaseHook.get_connection(MSSQL_CONNECTION)
    name = f"mssql://{place.host}:{place.port or 1433}/{place.schema}"
    text = connection_string(
        host=place.host,
        port=place.port,
        login=place.login,
        password=place.password,
        database=place.schema,
        options=place.extra_dejson,
    )
    try:
        target = SqlServer(driver(), text, name)
    except StopAndAsk as error:
        fail_for_good(log.error, error)
    return _copied(settings, source, target, log)


def _copied(
    settings: InsightSettings, source: MirrorSource, target: MirrorTarget, log: Logger
) -> dict[str, int]:
    try:
        counts = mirror(source, target, mirrored_since(settings), log.info)
    except (FixInput, StopAndAsk) as error:
        fail_for_good(log.error, error)
    return asdict(counts)


def mirrored_since(settings: InsightSettings) -> date | None:
    """Return the first day that is copied; None for all."""
    if settings.mirror_months is None:
        return None
    return first_kept_day(datetime.now(UTC).date(), settings.mirror_months)
