-- name: start_load
-- The day the first load begins with. An earlier one than before lets the cursor start anew.
INSERT INTO meta_ads.insight_load (account_id, first_day)
VALUES (%(account_id)s, %(first_day)s)
ON CONFLICT (account_id) DO UPDATE SET first_day = EXCLUDED.first_day, loaded_until = NULL
WHERE EXCLUDED.first_day < insight_load.first_day;

-- name: load
SELECT first_day, loaded_until FROM meta_ads.insight_load WHERE account_id = %(account_id)s;

-- name: days
SELECT date, read_at, read_on, rows FROM meta_ads.insight_day
WHERE account_id = %(account_id)s AND date BETWEEN %(since)s AND %(until)s;

-- name: last_read
SELECT max(read_at) AS read_at FROM meta_ads.insight_day WHERE account_id = %(account_id)s;

-- name: read_since
SELECT date, changed_at >= %(begun)s AS changed FROM meta_ads.insight_day
WHERE account_id = %(account_id)s AND read_at >= %(begun)s ORDER BY date;

-- name: drop_staging
DROP TABLE IF EXISTS pg_temp.staged, pg_temp.staged_ad, pg_temp.staged_action,
    pg_temp.staged_action_value;

-- name: create_staging
-- Rows as Meta gives them. They belong to this connection and go with it: a worker that dies leaves
-- nothing behind.
CREATE TEMPORARY TABLE staged (
    date date NOT NULL, ad_id bigint NOT NULL, impressions bigint NOT NULL, clicks bigint NOT NULL,
    inline_link_clicks bigint NOT NULL, reach bigint NOT NULL, spend numeric NOT NULL,
    frequency numeric NOT NULL
);

-- name: create_staging_ad
CREATE TEMPORARY TABLE staged_ad (
    date date NOT NULL, ad_id bigint NOT NULL, ad_set_id bigint NOT NULL,
    campaign_id bigint NOT NULL, ad_name text NOT NULL, ad_set_name text NOT NULL,
    campaign_name text NOT NULL, objective text
);

-- name: create_staging_action
CREATE TEMPORARY TABLE staged_action (
    date date NOT NULL, ad_id bigint NOT NULL, action_type_id smallint NOT NULL,
    value numeric NOT NULL, click_1d numeric, click_7d numeric, click_28d numeric, view_1d numeric
);

-- name: create_staging_action_value
CREATE TEMPORARY TABLE staged_action_value (LIKE staged_action INCLUDING ALL);

-- name: make_partitions
SELECT meta_ads.ensure_insight_months(%(since)s, %(until)s);

-- name: newest_read
-- When the newest reading began that any day of the slice was merged from.
SELECT max(read_at) AS read_at FROM meta_ads.insight_day
WHERE account_id = %(account_id)s AND date BETWEEN %(since)s AND %(until)s;

-- name: merge_ads
-- Names as of the newest day; an older slice changes no newer name.
INSERT INTO meta_ads.insight_ad AS known
    (ad_id, account_id, ad_set_id, campaign_id, ad_name, ad_set_name, campaign_name, objective,
     seen_on)
SELECT DISTINCT ON (ad_id) ad_id, %(account_id)s, ad_set_id, campaign_id, ad_name, ad_set_name,
       campaign_name, objective, %(read_on)s
FROM staged_ad ORDER BY ad_id, date DESC
ON CONFLICT (ad_id) DO UPDATE SET
    account_id = EXCLUDED.account_id, ad_set_id = EXCLUDED.ad_set_id,
    campaign_id = EXCLUDED.campaign_id, ad_name = EXCLUDED.ad_name,
    ad_set_name = EXCLUDED.ad_set_name, campaign_name = EXCLUDED.campaign_name,
    objective = EXCLUDED.objective, seen_on = EXCLUDED.seen_on
WHERE known.seen_on <= EXCLUDED.seen_on
  AND (known.account_id, known.ad_set_id, known.campaign_id, known.ad_name, known.ad_set_name,
       known.campaign_name, known.objective)
      IS DISTINCT FROM
      (EXCLUDED.account_id, EXCLUDED.ad_set_id, EXCLUDED.campaign_id, EXCLUDED.ad_name,
       EXCLUDED.ad_set_name, EXCLUDED.campaign_name, EXCLUDED.objective);

-- name: merge_days
-- Every day of the slice is read now, those without a row, too.
INSERT INTO meta_ads.insight_day AS known
    (account_id, date, read_at, read_on, changed_at, rows, spend, impressions)
SELECT %(account_id)s, day::date, %(read_at)s, %(read_on)s, clock_timestamp(),
       count(staged.ad_id), COALESCE(sum(staged.spend), 0), COALESCE(sum(staged.impressions), 0)
FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') AS day
LEFT JOIN staged ON staged.date = day::date
GROUP BY day
ON CONFLICT (account_id, date) DO UPDATE SET
    read_at = EXCLUDED.read_at, read_on = EXCLUDED.read_on, rows = EXCLUDED.rows,
    spend = EXCLUDED.spend, impressions = EXCLUDED.impressions,
    changed_at = CASE WHEN EXISTS (SELECT FROM changed_day WHERE changed_day.date = known.date)
                      THEN EXCLUDED.changed_at ELSE known.changed_at END;

-- name: move_cursor
-- On over every day that has been read, up to the first gap.
UPDATE meta_ads.insight_load AS load SET loaded_until = (
    SELECT min(day)::date - 1
    FROM generate_series(
        COALESCE(load.loaded_until + 1, load.first_day),
        greatest((SELECT max(date) FROM meta_ads.insight_day
                  WHERE insight_day.account_id = load.account_id),
                 COALESCE(load.loaded_until, load.first_day)) + 1,
        interval '1 day') AS day
    WHERE NOT EXISTS (SELECT FROM meta_ads.insight_day
                      WHERE insight_day.account_id = load.account_id
                        AND insight_day.date = day::date))
WHERE load.account_id = %(account_id)s;

-- name: drop_runs
-- The slice is merged: the runs of it, and of what it contains, are of no more use.
DELETE FROM meta_ads.insight_run
WHERE account_id = %(account_id)s AND report = 'ads'
  AND since >= %(since)s AND until <= %(until)s;

-- name: compare_day
-- What the account's own report says of a day, beside what its ads add up to.
UPDATE meta_ads.insight_day
SET reported_spend = %(spend)s, reported_impressions = %(impressions)s,
    compared_at = clock_timestamp()
WHERE account_id = %(account_id)s AND date = %(date)s;

-- name: differing_days
-- Of the days that were compared since they were last read.
SELECT date, spend, reported_spend, impressions, reported_impressions FROM meta_ads.insight_day
WHERE account_id = %(account_id)s AND date BETWEEN %(since)s AND %(until)s
  AND compared_at >= read_at
  AND (impressions IS DISTINCT FROM reported_impressions
       -- Meta rounds each ad's spend.
       OR (abs(spend - reported_spend) <= 0.01 * rows) IS NOT TRUE)
ORDER BY date;
