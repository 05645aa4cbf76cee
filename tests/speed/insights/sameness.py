"""Queries by which what both designs stored is held against each other, row for row."""

from __future__ import annotations

_ADS = (
    "date, campaign_id, campaign_name, objective, {set}_id, {set}_name, ad_id, ad_name, currency,"
    " trim_scale(spend), impressions, clicks, inline_link_clicks, reach, trim_scale(frequency)"
)
_COUNTS = (
    "date, ad_id, action_type, trim_scale(value), trim_scale(click_1d), trim_scale(click_7d),"
    " trim_scale(view_1d)"
)
_WORTH = (
    "date, ad_id, action_type, trim_scale({value}), trim_scale({value}_click_1d),"
    " trim_scale({value}_click_7d), trim_scale({value}_view_1d), currency"
)

#: By name: what ours says, and what the earlier tables say, as equal rows of equal columns.
PAIRS = {
    "ads": (
        f"SELECT {_ADS.format(set='ad_set')} FROM meta_ads.vw_graph_ads",
        f"SELECT {_ADS.format(set='adset')} FROM earlier.graph_ads",
    ),
    "actions": (
        f"SELECT {_COUNTS} FROM meta_ads.vw_graph_ads_actions",
        f"SELECT {_COUNTS} FROM earlier.graph_ads_actions",
    ),
    "action values": (
        f"SELECT {_WORTH.format(value='amount')} FROM meta_ads.vw_graph_ads_actions"
        " WHERE amount IS NOT NULL",
        f"SELECT {_WORTH.format(value='value')} FROM (SELECT *, click_1d AS value_click_1d,"
        " click_7d AS value_click_7d, view_1d AS value_view_1d"
        " FROM earlier.graph_ads_action_values) AS worth",
    ),
}


def fingerprint(query: str) -> str:
    """Return the query of a count of rows and of a number that differs when any row differs."""
    return (
        "SELECT count(*) AS rows, sum(hashtextextended(row_to_text, 0)::numeric) AS numbers"
        f" FROM (SELECT (found.*)::text AS row_to_text FROM ({query}) AS found) AS texts"
    )
