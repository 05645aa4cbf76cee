-- name: add_plan
INSERT INTO meta_ads.plan (hash, account_id, campaign_id, body, daily_spend, lifetime_spend,
                           spends_until)
VALUES (%(hash)s, %(account_id)s, %(campaign_id)s, %(body)s, %(daily_spend)s, %(lifetime_spend)s,
        %(spends_until)s)
ON CONFLICT (hash) DO NOTHING;

-- name: add_launch
INSERT INTO meta_ads.launch (campaign_id, account_id, plan_hash, activate_at)
VALUES (%(campaign_id)s, %(account_id)s, %(hash)s, %(activate_at)s)
ON CONFLICT (campaign_id) DO NOTHING;

-- name: lock_name
-- Two launches that make one name at once take turns.
SELECT pg_advisory_xact_lock(hashtextextended(%(account_id)s || '/' || %(name)s, 0));

-- name: name_taken
SELECT launch.campaign_id FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash
WHERE launch.account_id = %(account_id)s AND launch.campaign_id <> %(campaign_id)s
  AND launch.state <> 'WITHDRAWN' AND plan.body #>> '{naming,name}' = %(name)s
LIMIT 1;

-- name: lock_launch
SELECT campaign_id FROM meta_ads.launch WHERE campaign_id = %(campaign_id)s FOR UPDATE;

-- name: read_launch
-- A launch with its plan, the plan it is changing to, the decision on exactly the plan it is to have, and
-- the database's clock.
SELECT launch.campaign_id, launch.account_id, launch.state, launch.activate_at,
       launch.withdrawn_at, launch.paused_at, launch.resuming_at, launch.stopped, plan.body, clock_timestamp() AS now,
       CASE WHEN meta_ads.is_approved(launch.campaign_id, launch.plan_hash)
       THEN launch.plan_hash END AS approved_hash,
       revision.body AS revision, launch.revision_spend IS NOT NULL AS revision_begun,
       meta_ads.is_approved(launch.campaign_id, launch.revision_hash) AS revision_approved,
       decision.approved, decision.decided_by, decision.decided_at, decision.expires_at
FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash
LEFT JOIN meta_ads.plan AS revision ON revision.hash = launch.revision_hash
LEFT JOIN LATERAL meta_ads.decision(
    launch.campaign_id, COALESCE(launch.revision_hash, launch.plan_hash)) AS decision ON true
WHERE launch.campaign_id = %(campaign_id)s;

-- name: repin
UPDATE meta_ads.launch
SET plan_hash = %(hash)s, activate_at = %(activate_at)s, revision_hash = NULL,
    revision_spend = NULL, last_error = NULL, stopped = false
WHERE campaign_id = %(campaign_id)s;

-- name: revise
-- What is at Meta stays the launch's plan until every change is applied.
UPDATE meta_ads.launch SET revision_hash = %(hash)s, last_error = NULL, stopped = false
WHERE campaign_id = %(campaign_id)s;

-- name: begin_revision
UPDATE meta_ads.launch SET revision_spend = greatest(revision_spend, %(daily_spend)s)
WHERE campaign_id = %(campaign_id)s;

-- name: promote
UPDATE meta_ads.launch
SET plan_hash = revision_hash, revision_hash = NULL, revision_spend = NULL,
    activate_at = %(activate_at)s, last_error = NULL, stopped = false,
    state = CASE WHEN state = 'VERIFIED' THEN 'ACTIVE' ELSE state END
WHERE campaign_id = %(campaign_id)s;

-- name: resume
-- A person triggered it again: whatever stopped it may be repaired. Nothing is left to change.
UPDATE meta_ads.launch
SET last_error = NULL, stopped = false, revision_hash = NULL, revision_spend = NULL
WHERE campaign_id = %(campaign_id)s;

-- name: advance
UPDATE meta_ads.launch
SET state = %(state)s,
    activated_at = CASE WHEN %(state)s = 'ACTIVE' THEN clock_timestamp() ELSE activated_at END,
    verified_at = CASE WHEN %(state)s = 'VERIFIED' THEN clock_timestamp() ELSE verified_at END,
    last_error = NULL, stopped = false
WHERE campaign_id = %(campaign_id)s;

-- name: withdraw
UPDATE meta_ads.launch
SET state = 'WITHDRAWN', withdrawn_at = clock_timestamp(), withdrawn_by = %(by)s
WHERE campaign_id = %(campaign_id)s AND state <> 'WITHDRAWN';

-- name: pause
-- A person switches a live launch off. Paused already: who did it first stays on record, unless somebody
-- began to resume it since; then this is another pause.
UPDATE meta_ads.launch
SET paused_at = CASE WHEN resuming_at IS NULL THEN COALESCE(paused_at, clock_timestamp())
                ELSE clock_timestamp() END,
    paused_by = CASE WHEN resuming_at IS NULL THEN COALESCE(paused_by, %(by)s) ELSE %(by)s END,
    resuming_at = NULL
WHERE campaign_id = %(campaign_id)s;

-- name: begin_resume
UPDATE meta_ads.launch SET resuming_at = clock_timestamp() WHERE campaign_id = %(campaign_id)s;

-- name: finish_resume
UPDATE meta_ads.launch SET paused_at = NULL, paused_by = NULL, resuming_at = NULL
WHERE campaign_id = %(campaign_id)s;

-- name: record_error
UPDATE meta_ads.launch SET last_error = %(error)s, stopped = stopped OR %(stopped)s
WHERE campaign_id = %(campaign_id)s;

-- name: add_event
INSERT INTO meta_ads.launch_event (campaign_id, plan_hash, event, detail)
SELECT campaign_id, plan_hash, %(event)s, %(detail)s
FROM meta_ads.launch WHERE campaign_id = %(campaign_id)s;

-- name: add_trigger
-- Who asked for exactly this plan, and why.
INSERT INTO meta_ads.launch_event (campaign_id, plan_hash, event, detail, author)
VALUES (%(campaign_id)s, %(plan_hash)s, 'triggered', %(note)s, %(author)s);

-- name: add_approval
-- The database judges whether it counts, and says why not.
INSERT INTO meta_ads.approval (campaign_id, plan_hash, approved, decided_by, decided_by_id)
VALUES (%(campaign_id)s, %(plan_hash)s, %(approved)s, %(decided_by)s, %(decided_by_id)s)
RETURNING refused;

-- name: set_limit
INSERT INTO meta_ads.account_limit
    (account_id, currency, daily_per_campaign, lifetime_per_campaign, daily_total)
VALUES (%(account_id)s, %(currency)s, %(daily_per_campaign)s, %(lifetime_per_campaign)s,
        %(daily_total)s)
ON CONFLICT (account_id) DO UPDATE SET
    currency = EXCLUDED.currency, daily_per_campaign = EXCLUDED.daily_per_campaign,
    lifetime_per_campaign = EXCLUDED.lifetime_per_campaign, daily_total = EXCLUDED.daily_total,
    set_at = clock_timestamp()
WHERE (account_limit.currency, account_limit.daily_per_campaign,
       account_limit.lifetime_per_campaign, account_limit.daily_total)
      IS DISTINCT FROM
      (EXCLUDED.currency, EXCLUDED.daily_per_campaign, EXCLUDED.lifetime_per_campaign,
       EXCLUDED.daily_total);

-- name: lock_limit
-- Launches of one account that go live under limits take turns from here on.
SELECT currency, daily_per_campaign, lifetime_per_campaign, daily_total
FROM meta_ads.account_limit
WHERE account_id = %(account_id)s
  AND COALESCE(daily_per_campaign, lifetime_per_campaign, daily_total) IS NOT NULL
FOR UPDATE;

-- name: commitments
-- What an account may spend a day, campaign by campaign, the most first.
SELECT campaign_id, object_id, name, daily_spend
FROM meta_ads.commitments(%(account_id)s)
WHERE daily_spend > 0 ORDER BY daily_spend DESC, name;

-- name: steps_of
SELECT step_key, kind, state, object_id, epoch, last_error
FROM meta_ads.launch_step WHERE campaign_id = %(campaign_id)s ORDER BY position;

-- name: launches
-- Every launch, newest first, for people: with the plan it is to have, and the decision on that.
SELECT launch.campaign_id, launch.account_id, launch.state, launch.activate_at,
       launch.activated_at, launch.withdrawn_at, launch.last_error, launch.updated_at,
       plan.hash AS plan_hash, (plan.body ->> 'approval_required')::boolean AS approval_required,
       meta_ads.is_approved(launch.campaign_id, plan.hash) AS counts,
       decision.approved, decision.decided_by, decision.decided_at, decision.expires_at
FROM meta_ads.launch
JOIN meta_ads.plan ON plan.hash = COALESCE(launch.revision_hash, launch.plan_hash)
LEFT JOIN LATERAL meta_ads.decision(launch.campaign_id, plan.hash) AS decision ON true
ORDER BY launch.created_at DESC;

-- name: unfinished
-- Launches that may need another look: nobody has touched them for a while, they are due, they are
-- not verified, they were withdrawn, or one of their steps has no outcome or may have a twin.
SELECT launch.campaign_id
FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash
CROSS JOIN LATERAL (
    SELECT max(greatest(step.updated_at, step.lease_until)) AS touched_at,
           bool_or(step.state = 'INFLIGHT'
                   AND COALESCE(step.lease_until, '-infinity') <= clock_timestamp()) AS unsettled,
           bool_or(meta_ads.step_sweep_due(step)) AS sweep_due,
           bool_or(seen.status = 'ACTIVE') AS seen_active
    FROM meta_ads.step
    LEFT JOIN meta_ads.object_status AS seen
           ON seen.object_id = step.object_id AND step.kind = 'campaign'
    WHERE step.account_id = launch.account_id AND step.owner = launch.campaign_id
) AS own
WHERE own.unsettled OR own.sweep_due
   OR (NOT launch.stopped AND (
        (launch.state = 'PLANNED' AND greatest(launch.updated_at, own.touched_at)
             <= clock_timestamp() - make_interval(secs => %(idle)s))
        OR (launch.state = 'PAUSED' AND launch.activate_at <= clock_timestamp()
            AND launch.revision_hash IS NULL)
        -- Its file was edited, and the run that should change it is gone.
        OR (launch.revision_hash IS NOT NULL AND launch.state <> 'WITHDRAWN'
            AND greatest(launch.updated_at, own.touched_at)
                <= clock_timestamp() - make_interval(secs => %(idle)s)
            AND (launch.state NOT IN ('ACTIVE', 'VERIFIED')
                 OR meta_ads.is_approved(launch.campaign_id, launch.revision_hash)))
        OR launch.state = 'ACTIVE'))
   -- Its campaign may be on, whatever became of its approval and its time.
   OR launch.state = 'ACTIVATING'
   -- A change of it was begun, which its approval or its file may not let be any more.
   OR (launch.revision_spend IS NOT NULL AND launch.state IN ('ACTIVE', 'VERIFIED')
       AND (plan.daily_spend + plan.lifetime_spend = 0
            OR NOT meta_ads.is_approved(launch.campaign_id, launch.revision_hash)))
   OR (launch.state = 'WITHDRAWN' AND (
        own.seen_active OR launch.withdrawn_at > clock_timestamp() - make_interval(secs => %(watch)s)))
   -- A person paused it: a call that was under way may have switched it on again.
   OR (launch.paused_at IS NOT NULL AND launch.state IN ('ACTIVE', 'VERIFIED') AND (
        own.seen_active OR greatest(launch.paused_at, launch.resuming_at)
            > clock_timestamp() - make_interval(secs => %(watch)s)))
ORDER BY launch.activate_at NULLS LAST, launch.campaign_id;

-- name: due
-- Launches that may go live within so many seconds, or should have lately; how many are left.
SELECT launch.campaign_id,
       EXTRACT(EPOCH FROM launch.activate_at - clock_timestamp())::float8 AS seconds_left
FROM meta_ads.launch
WHERE launch.state IN ('PAUSED', 'ACTIVATING') AND NOT launch.stopped
  AND launch.activate_at BETWEEN clock_timestamp() - make_interval(secs => %(late)s)
                             AND clock_timestamp() + make_interval(secs => %(within)s)
  AND launch.revision_hash IS NULL
  AND meta_ads.is_approved(launch.campaign_id, launch.plan_hash)
ORDER BY launch.activate_at, launch.campaign_id;
