-- name: day_rows
-- How many rows each day has, and whether it was over when it was read.
SELECT date, rows, read_on > date AS complete FROM meta_ads.insight_day
WHERE account_id = %(account_id)s AND date >= %(since)s ORDER BY date;

-- name: settle
-- What is no longer found, or is too old to be looked at, is settled.
UPDATE meta_ads.insight_finding SET settled_at = clock_timestamp()
WHERE settled_at IS NULL AND account_id = %(account_id)s
  AND NOT EXISTS (
      SELECT FROM unnest(%(rules)s::text[], %(dates)s::date[]) AS found (rule, date)
      WHERE found.rule = insight_finding.rule
        AND found.date IS NOT DISTINCT FROM insight_finding.date);

-- name: add
INSERT INTO meta_ads.insight_finding (account_id, rule, date, message)
VALUES (%(account_id)s, %(rule)s, %(date)s, %(message)s)
ON CONFLICT (account_id, rule, date) WHERE settled_at IS NULL
DO UPDATE SET message = EXCLUDED.message, last_seen_at = clock_timestamp();

-- name: drop_insights
SELECT meta_ads.drop_insights_before(%(before)s) AS dropped;

-- name: forget_history
SELECT meta_ads.forget_history_before(%(before)s) AS forgotten;
