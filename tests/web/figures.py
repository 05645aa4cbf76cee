"""Insights of launched campaigns, as the last sync would have left them."""

from __future__ import annotations

from meta_ads.store.database import Database

_ADS = """
INSERT INTO meta_ads.insight_ad (ad_id, account_id, ad_set_id, campaign_id, ad_name, ad_set_name,
    campaign_name, objective, seen_on)
SELECT object_id::bigint, substr(account_id, 5)::bigint, 2, object_id::bigint, 'ad', 'set', owner,
       'OUTCOME_SALES', current_date
FROM meta_ads.step WHERE kind = 'campaign' AND owner = %(campaign_id)s
"""
_DAYS = """
INSERT INTO meta_ads.ad_insight (account_id, ad_id, impressions, clicks, inline_link_clicks, reach,
    date, spend, frequency, currency)
SELECT substr(account_id, 5)::bigint, object_id::bigint, 4000 + 90 * d, 60 + d, 30, 900,
       current_date - d, %(spend)s + (d * 7) %% %(swing)s, 1.1, 'SGD'
FROM meta_ads.step, generate_series(1, 28) AS d
WHERE kind = 'campaign' AND owner = %(campaign_id)s
"""


def spent(database: Database, campaign_id: str, spend: int, swing: int = 1) -> None:
    """Let a campaign spend so much a day for four weeks, and up to `swing` more (whole SGD)."""
    values = {"campaign_id": campaign_id, "spend": spend, "swing": swing}
    database.rows("SELECT meta_ads.ensure_insight_months(current_date - 40, current_date)")
    database.rows(_ADS, values)
    database.rows(_DAYS, values)
    database.rows("REFRESH MATERIALIZED VIEW meta_ads.campaign_day")
