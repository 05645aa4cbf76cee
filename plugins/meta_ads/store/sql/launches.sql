-- name: add_plan
INSERT INTO meta_ads.plan (hash, account_id, campaign_id, body)
VALUES (%(hash)s, %(account_id)s, %(campaign_id)s, %(body)s)
ON CONFLICT (hash) DO NOTHING;

-- name: add_launch
INSERT INTO meta_ads.launch (campaign_id, account_id, plan_hash, activate_at)
VALUES (%(campaign_id)s, %(account_id)s, %(hash)s, %(activate_at)s)
ON CONFLICT (campaign_id) DO NOTHING;

-- name: lock_launch
SELECT campaign_id FROM meta_ads.launch WHERE campaign_id = %(campaign_id)s FOR UPDATE;

-- name: read_launch
-- A launch with its plan, the decision on exactly that plan, and the database's clock.
SELECT launch.campaign_id, launch.account_id, launch.state, launch.activate_at,
       launch.withdrawn_at, plan.body, clock_timestamp() AS now,
       (SELECT CASE WHEN approval.approved THEN approval.plan_hash END
        FROM meta_ads.approval
        WHERE approval.campaign_id = launch.campaign_id
          AND approval.plan_hash = launch.plan_hash
        ORDER BY approval.id DESC LIMIT 1) AS approved_hash
FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash
WHERE launch.campaign_id = %(campaign_id)s;

-- name: repin
UPDATE meta_ads.launch
SET plan_hash = %(hash)s, activate_at = %(activate_at)s, last_error = NULL
WHERE campaign_id = %(campaign_id)s;

-- name: advance
UPDATE meta_ads.launch
SET state = %(state)s,
    activated_at = CASE WHEN %(state)s = 'ACTIVE' THEN clock_timestamp() ELSE activated_at END,
    verified_at = CASE WHEN %(state)s = 'VERIFIED' THEN clock_timestamp() ELSE verified_at END,
    last_error = NULL
WHERE campaign_id = %(campaign_id)s;

-- name: withdraw
UPDATE meta_ads.launch
SET state = 'WITHDRAWN', withdrawn_at = clock_timestamp(), withdrawn_by = %(by)s
WHERE campaign_id = %(campaign_id)s AND state <> 'WITHDRAWN';

-- name: record_error
UPDATE meta_ads.launch SET last_error = %(error)s WHERE campaign_id = %(campaign_id)s;

-- name: add_event
INSERT INTO meta_ads.launch_event (campaign_id, plan_hash, event, detail)
SELECT campaign_id, plan_hash, %(event)s, %(detail)s
FROM meta_ads.launch WHERE campaign_id = %(campaign_id)s;

-- name: add_approval
INSERT INTO meta_ads.approval (campaign_id, plan_hash, approved, decided_by)
VALUES (%(campaign_id)s, %(plan_hash)s, %(approved)s, %(decided_by)s);

-- name: steps_of
SELECT step_key, kind, state, object_id, epoch, last_error
FROM meta_ads.launch_step WHERE campaign_id = %(campaign_id)s ORDER BY position;

-- name: launches
-- Every launch, newest first, for people.
SELECT campaign_id, account_id, state, activate_at, activated_at, withdrawn_at, last_error,
       updated_at
FROM meta_ads.launch ORDER BY created_at DESC;
