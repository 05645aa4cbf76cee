"""The reports that are kept of what ads did: the daily one, and optional ones by breakdown."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = "hourly_stats_aggregated_by_advertiser_time_zone"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `level` is whose rows it has, `ad` or `account`.

    `breakdowns` are Meta's names. `unique`: whether Meta counts people (reach, frequency) in it;
    `actions`: whether it is asked for what people did.
    Source: Marketing API, "Insights", "Breakdowns", "Combining Breakdowns".
    """

    name: str
    level: str = "ad"
    breakdowns: tuple[str, ...] = ()
    unique: bool = True
    actions: bool = True


#: By ad and day, without breakdowns: always kept.
ADS = Report("ads")
#: Kept where configs/insights.yaml names them.
BREAKDOWNS = {
    report.name: report
    for report in (
        # Beside hours Meta counts no people, and no conversions off its own surfaces.
        Report("hour", breakdowns=(HOUR,), unique=False, actions=False),
        Report("age_gender", breakdowns=("age", "gender")),
        Report("country", breakdowns=("country",)),
        Report("region", breakdowns=("region",)),
        Report("placement", breakdowns=("publisher_platform", "platform_position")),
        Report("device", breakdowns=("impression_device",)),
        Report("account_country", "account", ("country",)),
        Report("account_region", "account", ("region",)),
    )
}
