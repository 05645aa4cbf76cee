-- name: measures
-- What monitoring wants to know, one row for each metric and set of labels.
SELECT 'launches' AS name, jsonb_build_object('account', account_id, 'state', state) AS labels,
       count(*)::float8 AS value
FROM meta_ads.launch GROUP BY account_id, state
UNION ALL
SELECT 'launches_late', jsonb_build_object('account', account_id), count(*) FILTER (
           WHERE state IN ('PLANNED', 'PAUSED', 'ACTIVATING')
             AND activate_at < now() - interval '2 minutes' AND activate_at > now() - interval '1 day')
FROM meta_ads.launch GROUP BY account_id
UNION ALL
SELECT 'lateness_seconds', jsonb_build_object('account', account_id),
       max(extract(epoch FROM activated_at - activate_at))
FROM meta_ads.launch WHERE activated_at > now() - interval '1 day' AND activate_at IS NOT NULL
GROUP BY account_id
UNION ALL
SELECT 'steps_held', '{}', count(*) FROM meta_ads.step WHERE state = 'HELD'
UNION ALL
SELECT 'steps_unsettled', '{}', count(*)
FROM meta_ads.step WHERE state = 'INFLIGHT' AND attempt_at < now() - interval '15 minutes'
UNION ALL
SELECT 'notices_open', '{}', count(*) FROM meta_ads.notice
UNION ALL
SELECT 'requests_failed', '{}', count(*)
FROM meta_ads.request
WHERE state IN ('QA_FAILED', 'TRAFFICKED_FAILED') AND updated_at > now() - interval '1 day'
UNION ALL
SELECT 'drift_open', jsonb_build_object('account', launch.account_id), count(drift.id)
FROM meta_ads.launch
LEFT JOIN meta_ads.drift ON drift.campaign_id = launch.campaign_id AND drift.settled_at IS NULL
GROUP BY launch.account_id
UNION ALL
SELECT 'quota_used_percent', jsonb_build_object('account', account_id), max(used_percent)
FROM meta_ads.token_usage WHERE used_at > now() - interval '1 hour' GROUP BY account_id
UNION ALL
SELECT 'token_days_left', jsonb_build_object('connection', connection),
       min(extract(epoch FROM CASE WHEN dead_since IS NULL THEN expires_at ELSE now() END - now()))
           / 86400
FROM meta_ads.access_token
WHERE (expires_at IS NOT NULL OR dead_since IS NOT NULL)
  AND checked_at > now() - interval '7 days'
GROUP BY connection
UNION ALL
SELECT 'insights_age_seconds', jsonb_build_object('account', 'act_' || account_id),
       extract(epoch FROM now() - max(read_at))
FROM meta_ads.insight_day GROUP BY account_id
ORDER BY name, labels;
