"""What must hold of the package's reports beyond its own tests."""

from __future__ import annotations

from typing import Any

from meta_ads.store.database import Database

#: The action types that count as conversions unless the package is told otherwise.
CONVERSIONS = (
    "onsite_conversion.purchase",
    "onsite_conversion.lead_grouped",
    "offsite_conversion.fb_pixel_purchase",
    "offsite_conversion.fb_pixel_lead",
    "offsite_conversion.fb_pixel_custom",
)
LEVELS = ("account", "campaign", "ad_set", "ad")
_SOURCE = """
SELECT sum(spend)::float AS spend, sum(impressions)::float AS impressions,
       sum(inline_link_clicks)::float AS clicks, count(*) AS rows,
       (SELECT sum(value)::float FROM facebook_ads.basic_ad_actions
        WHERE action_type = ANY(%(types)s)) AS conversions,
       (SELECT sum(value)::float FROM facebook_ads.basic_ad_action_values
        WHERE action_type = ANY(%(types)s)) AS conversions_value
FROM facebook_ads.basic_ad
"""
_REPORT = """
SELECT sum(spend)::float AS spend, sum(impressions)::float AS impressions,
       sum(clicks)::float AS clicks, sum(conversions)::float AS conversions,
       sum(conversions_value)::float AS conversions_value, count(*) AS rows
FROM {schema}.facebook_ads__{level}_report
"""


def failures(database: Database, schema: str) -> list[str]:
    """Return what does not hold, and print what was compared."""
    [source] = database.rows(_SOURCE, {"types": list(CONVERSIONS)})
    print(f"source: {source}")
    wrong = [f"the source has no {name}" for name, value in source.items() if not value]
    for level in LEVELS:
        [report] = database.rows(_REPORT.format(schema=schema, level=level))
        print(f"{level}_report: {report}")
        wrong += [
            f"{level}_report: {name} is {report[name]}, in the source {value}"
            for name, value in source.items()
            if name != "rows" and not _equal(report[name], value)
        ]
        if level == "ad" and report["rows"] != source["rows"]:
            wrong.append(f"ad_report has {report['rows']} rows, the source {source['rows']}")
    [urls] = database.rows(
        f"SELECT count(*) AS rows, count(utm_source) AS tagged"
        f" FROM {schema}.facebook_ads__url_report"
    )
    print(f"url_report: {urls}")
    if not urls["tagged"]:
        wrong.append("url_report shows no URL parameter")
    return wrong


def _equal(one: Any, other: Any) -> bool:
    """Whether two sums agree; the package adds conversions as floating point numbers."""
    return one is not None and abs(one - other) <= 1e-9 * max(abs(one), abs(other))
