-- name: runs
SELECT id, since, until, node, level, attempts, run_id, started_at, finished
FROM meta_ads.insight_run WHERE account_id = %(account_id)s AND report = %(report)s ORDER BY id;

-- name: add_run
INSERT INTO meta_ads.insight_run (account_id, report, since, until, node, level)
VALUES (%(account_id)s, %(report)s, %(since)s, %(until)s, %(node)s, %(level)s)
ON CONFLICT DO NOTHING;

-- name: remove_run
DELETE FROM meta_ads.insight_run WHERE id = %(id)s;

-- name: started_run
UPDATE meta_ads.insight_run
SET run_id = %(run_id)s, started_at = clock_timestamp(), attempts = attempts + 1, finished = false
WHERE id = %(id)s;

-- name: queue_run
UPDATE meta_ads.insight_run SET run_id = NULL, started_at = NULL, finished = false
WHERE id = %(id)s;

-- name: finished_run
UPDATE meta_ads.insight_run SET finished = true WHERE id = %(id)s;

-- name: nothing_there
UPDATE meta_ads.insight_run SET run_id = NULL, started_at = NULL, finished = true
WHERE id = %(id)s;

-- name: forget
DELETE FROM meta_ads.insight_run
WHERE account_id = %(account_id)s AND report = %(report)s
  AND since = %(since)s AND until = %(until)s;
