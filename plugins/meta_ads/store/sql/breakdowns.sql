-- name: start_load
INSERT INTO meta_ads.insight_breakdown_load AS load (account_id, report, first_day)
VALUES (%(account_id)s, %(report)s, %(first_day)s)
ON CONFLICT (account_id, report) DO UPDATE
SET first_day = EXCLUDED.first_day, loaded_until = NULL
WHERE EXCLUDED.first_day < load.first_day;

-- name: load
SELECT first_day, loaded_until FROM meta_ads.insight_breakdown_load
WHERE account_id = %(account_id)s AND report = %(report)s;

-- name: days
SELECT date, read_at, read_on, rows FROM meta_ads.insight_breakdown_day
WHERE account_id = %(account_id)s AND report = %(report)s
  AND date BETWEEN %(since)s AND %(until)s;

-- name: read_since
SELECT date, changed_at >= %(begun)s AS changed FROM meta_ads.insight_breakdown_day
WHERE account_id = %(account_id)s AND report = %(report)s AND read_at >= %(begun)s
ORDER BY date;

-- name: drop_staging
DROP TABLE IF EXISTS pg_temp.staged, pg_temp.staged_ad, pg_temp.staged_action,
    pg_temp.staged_action_value;

-- name: create_staging
CREATE TEMPORARY TABLE staged (
    date date NOT NULL, object_id bigint NOT NULL, value_1 text NOT NULL, value_2 text NOT NULL,
    impressions bigint NOT NULL, clicks bigint NOT NULL, inline_link_clicks bigint NOT NULL,
    reach bigint, spend numeric NOT NULL, frequency numeric
);

-- name: create_staging_action
CREATE TEMPORARY TABLE staged_action (
    date date NOT NULL, object_id bigint NOT NULL, value_1 text NOT NULL, value_2 text NOT NULL,
    action_type_id smallint NOT NULL, value numeric NOT NULL, click_1d numeric, click_7d numeric,
    click_28d numeric, view_1d numeric
);

-- name: create_staging_action_value
CREATE TEMPORARY TABLE staged_action_value (LIKE staged_action INCLUDING ALL);

-- name: make_partitions
SELECT meta_ads.ensure_breakdown_months(%(since)s, %(until)s);

-- name: newest_read
SELECT max(read_at) AS read_at FROM meta_ads.insight_breakdown_day
WHERE account_id = %(account_id)s AND report = %(report)s
  AND date BETWEEN %(since)s AND %(until)s;

-- name: merge_days
-- Every day of the slice is read now, those without a row, too.
INSERT INTO meta_ads.insight_breakdown_day AS known
    (account_id, report, date, read_at, read_on, changed_at, rows)
SELECT %(account_id)s, %(report)s, day::date, %(read_at)s, %(read_on)s, clock_timestamp(),
       count(staged.object_id)
FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') AS day
LEFT JOIN staged ON staged.date = day::date
GROUP BY day
ON CONFLICT (account_id, report, date) DO UPDATE SET
    read_at = EXCLUDED.read_at, read_on = EXCLUDED.read_on, rows = EXCLUDED.rows,
    changed_at = CASE WHEN EXISTS (SELECT FROM changed_day WHERE changed_day.date = known.date)
                      THEN EXCLUDED.changed_at ELSE known.changed_at END;

-- name: move_cursor
-- On over every day that has been read, up to the first gap.
UPDATE meta_ads.insight_breakdown_load AS load SET loaded_until = (
    SELECT min(day)::date - 1
    FROM generate_series(
        COALESCE(load.loaded_until + 1, load.first_day),
        greatest((SELECT max(date) FROM meta_ads.insight_breakdown_day AS read
                  WHERE read.account_id = load.account_id AND read.report = load.report),
                 COALESCE(load.loaded_until, load.first_day)) + 1,
        interval '1 day') AS day
    WHERE NOT EXISTS (SELECT FROM meta_ads.insight_breakdown_day AS read
                      WHERE read.account_id = load.account_id AND read.report = load.report
                        AND read.date = day::date))
WHERE load.account_id = %(account_id)s AND load.report = %(report)s;

-- name: drop_runs
DELETE FROM meta_ads.insight_run
WHERE account_id = %(account_id)s AND report = %(report)s
  AND since >= %(since)s AND until <= %(until)s;
