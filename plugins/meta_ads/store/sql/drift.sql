-- name: now
SELECT clock_timestamp() AS now;

-- name: sent
-- Every object of the launches that are complete and rest: nothing was changed since, nothing is being
-- changed, and no edited file waits.
SELECT launch.campaign_id,
       -- What a person paused is to be off, as before it went live.
       launch.state IN ('ACTIVE', 'VERIFIED') AND launch.paused_at IS NULL AS live, planned.step AS planned,
       step.key, step.kind, step.object_id, step.applied
FROM meta_ads.launch
JOIN meta_ads.plan ON plan.hash = launch.plan_hash
CROSS JOIN LATERAL jsonb_array_elements(plan.body -> 'steps')
    WITH ORDINALITY AS planned (step, position)
JOIN meta_ads.step ON step.key = planned.step ->> 'key' AND step.state = 'DONE'
    AND step.kind IN ('campaign', 'ad_set', 'ad', 'creative')
WHERE launch.account_id = %(account_id)s AND launch.state IN ('PAUSED', 'ACTIVE', 'VERIFIED')
  AND launch.revision_hash IS NULL AND launch.updated_at < %(settled_before)s
  AND NOT EXISTS (
    SELECT FROM meta_ads.step AS own
    WHERE own.account_id = launch.account_id AND own.owner = launch.campaign_id
      AND (own.changing IS NOT NULL OR own.state = 'INFLIGHT' OR own.lease_until > clock_timestamp()
           OR own.updated_at >= %(settled_before)s))
ORDER BY launch.campaign_id, planned.position;

-- name: lock
-- Two syncs at once take turns.
LOCK TABLE meta_ads.drift IN SHARE ROW EXCLUSIVE MODE;

-- name: settle
UPDATE meta_ads.drift SET settled_at = clock_timestamp()
WHERE account_id = %(account_id)s AND settled_at IS NULL
  AND (campaign_id = ANY (%(judged)s::text[])
       OR EXISTS (SELECT FROM meta_ads.launch
                  WHERE launch.campaign_id = drift.campaign_id AND launch.state = 'WITHDRAWN'))
  AND (step_key, parameter) NOT IN (
      SELECT * FROM unnest(%(keys)s::text[], %(parameters)s::text[]));

-- name: add
INSERT INTO meta_ads.drift (account_id, campaign_id, step_key, kind, object_id, parameter, planned,
                            found, message)
VALUES (%(account_id)s, %(campaign_id)s, %(step_key)s, %(kind)s, %(object_id)s, %(parameter)s,
        %(planned)s, %(found)s, %(message)s)
ON CONFLICT (step_key, parameter) WHERE settled_at IS NULL DO UPDATE SET
    planned = EXCLUDED.planned, found = EXCLUDED.found, message = EXCLUDED.message,
    object_id = EXCLUDED.object_id, last_seen_at = clock_timestamp()
-- A row that was there has a version that this one took the place of.
RETURNING (xmax = 0)::int AS new;

-- name: count_open
SELECT count(*) AS open FROM meta_ads.drift
WHERE account_id = %(account_id)s AND settled_at IS NULL;

-- name: open
-- What is open of these accounts, launch by launch, the oldest first.
SELECT account_id, campaign_id, step_key, kind, object_id, parameter, planned, found, message,
       first_seen_at, last_seen_at
FROM meta_ads.drift WHERE account_id = ANY (%(account_ids)s::text[]) AND settled_at IS NULL
ORDER BY account_id, campaign_id, first_seen_at, id;
