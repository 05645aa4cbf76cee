-- name: parts
-- Each account and month with insights, and a digest of what the views show of it: when its days last
-- changed, and what its ads are called.
WITH months AS (
    SELECT account_id, date_trunc('month', date)::date AS month, max(changed_at) AS changed_at,
           sum(rows) AS rows
    FROM meta_ads.insight_day WHERE date >= COALESCE(%(since)s, '-infinity'::date)
    GROUP BY account_id, month
), ads AS (
    SELECT DISTINCT account_id, date_trunc('month', date)::date AS month, ad_id
    FROM meta_ads.ad_insight WHERE date >= COALESCE(%(since)s, '-infinity'::date)
), names AS (
    SELECT ads.account_id, ads.month,
           md5(string_agg(md5(name::text), '' ORDER BY ads.ad_id)) AS digest
    FROM ads JOIN meta_ads.insight_ad_name AS name USING (ad_id)
    GROUP BY ads.account_id, ads.month
)
SELECT 'act_' || months.account_id AS account_id, months.month,
       md5(concat_ws('|', EXTRACT(EPOCH FROM months.changed_at), months.rows, names.digest))
           AS content
FROM months JOIN names USING (account_id, month);

-- name: columns
SELECT column_name AS name, data_type AS kind FROM information_schema.columns
WHERE table_schema = 'meta_ads' AND table_name = %(view)s ORDER BY ordinal_position;

-- name: copied
SELECT view_name, account_id, month, content FROM meta_ads.mirrored_part
WHERE target = %(target)s;

-- name: note
INSERT INTO meta_ads.mirrored_part (target, view_name, account_id, month, content, rows)
VALUES (%(target)s, %(view)s, %(account_id)s, %(month)s, %(content)s, %(rows)s)
ON CONFLICT (target, view_name, account_id, month) DO UPDATE SET
    content = EXCLUDED.content, rows = EXCLUDED.rows, copied_at = clock_timestamp();

-- name: forget
DELETE FROM meta_ads.mirrored_part
WHERE target = %(target)s AND view_name = %(view)s AND account_id = %(account_id)s
  AND month = %(month)s;
