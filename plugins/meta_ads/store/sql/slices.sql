-- What the merges of all reports share.

-- name: now
SELECT clock_timestamp() AS now;

-- name: staged_dates
SELECT min(date) AS first, max(date) AS last, count(*) AS rows FROM staged;

-- name: lock_account
-- Merges of one account take turns.
SELECT pg_advisory_xact_lock(hashtext('meta_ads.insights'), hashtext(%(account_id)s::text));

-- name: create_changed
CREATE TEMPORARY TABLE changed_day (date date NOT NULL) ON COMMIT DROP;

-- name: changed_days
SELECT DISTINCT date FROM changed_day ORDER BY date;
