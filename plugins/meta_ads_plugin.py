"""The only file of this package that Airflow itself loads from plugins/."""

from airflow.plugins_manager import AirflowPlugin

from meta_ads.airflow.links import AdsManagerLink
from meta_ads.airflow.timetable import ZonedCronTimetable


class MetaAdsPlugin(AirflowPlugin):
    """Registers the links that launch tasks carry, and the schedule of insights."""

    name = "meta_ads"
    operator_extra_links = [AdsManagerLink()]  # noqa: RUF012  Airflow's own declaration
    timetables = [ZonedCronTimetable]  # noqa: RUF012
