-- name: ensure_step
-- A row for the step; a step that was never sent may still take another content.
INSERT INTO meta_ads.step (key, account_id, kind, marker, spec_hash, parents, applied)
VALUES (%(key)s, %(account_id)s, %(kind)s, %(marker)s, %(spec_hash)s, %(parents)s, %(applied)s)
ON CONFLICT (key) DO UPDATE
SET spec_hash = EXCLUDED.spec_hash, parents = EXCLUDED.parents, applied = EXCLUDED.applied
WHERE step.state = 'NEW'
  AND (step.spec_hash <> EXCLUDED.spec_hash OR step.applied <> EXCLUDED.applied);

-- name: lock_step
-- The step, locked until the transaction ends, with the database's clock.
SELECT key, kind, state, spec_hash, marker, epoch, object_id, attempt_at, searches, not_before,
       progress, last_error, lease_owner, lease_until, changing, clock_timestamp() AS now
FROM meta_ads.step WHERE key = %(key)s FOR UPDATE;

-- name: take_lease
UPDATE meta_ads.step
SET lease_owner = %(owner)s,
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE key = %(key)s
RETURNING lease_until;

-- name: release_lease
UPDATE meta_ads.step SET lease_owner = NULL, lease_until = NULL
WHERE key = %(key)s AND lease_owner = %(owner)s;

-- name: begin_attempt
-- The intent: committed before anything is sent.
UPDATE meta_ads.step
SET state = 'INFLIGHT', epoch = epoch + 1, attempt_at = clock_timestamp(), searches = 0,
    not_before = NULL, progress = NULL, last_error = NULL,
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE key = %(key)s AND lease_owner = %(owner)s AND epoch = %(epoch)s
  AND lease_until > clock_timestamp() AND state IN ('NEW', 'INFLIGHT')
RETURNING epoch, attempt_at, lease_until;

-- name: is_mine
SELECT 1 FROM meta_ads.step
WHERE key = %(key)s AND lease_owner = %(owner)s AND epoch = %(epoch)s
  AND lease_until > clock_timestamp() AND state = 'INFLIGHT';

-- name: save_progress
UPDATE meta_ads.step
SET progress = %(progress)s, lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE key = %(key)s AND lease_owner = %(owner)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: record_done
-- No check of the lease's end: the answer is true whenever it comes, unless a later epoch began.
UPDATE meta_ads.step
SET state = 'DONE', object_id = %(object_id)s, progress = NULL, last_error = NULL,
    not_before = NULL
WHERE key = %(key)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: record_refused
UPDATE meta_ads.step
SET state = 'NEW', last_error = %(error)s, not_before = %(not_before)s, progress = NULL
WHERE key = %(key)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: record_unknown
UPDATE meta_ads.step SET last_error = %(error)s
WHERE key = %(key)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: record_search
UPDATE meta_ads.step SET searches = searches + 1
WHERE key = %(key)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: record_held
UPDATE meta_ads.step SET state = 'HELD', last_error = %(reason)s
WHERE key = %(key)s AND epoch = %(epoch)s AND state = 'INFLIGHT';

-- name: release_step
-- A person looked: either the object is known, or there is none and one may be created.
UPDATE meta_ads.step
SET state = CASE WHEN %(object_id)s::text IS NULL THEN 'NEW' ELSE 'DONE' END,
    object_id = %(object_id)s, last_error = NULL
WHERE key = %(key)s;

-- name: add_attempt
INSERT INTO meta_ads.attempt (step_key, epoch, event, owner, detail)
VALUES (%(key)s, %(epoch)s, %(event)s, %(owner)s, %(detail)s);

-- name: hold_revision
-- The launch may change to this plan, and has no other until this transaction ends: whoever gives it
-- another one then sees the intent.
SELECT paused_at FROM meta_ads.launch
WHERE campaign_id = %(campaign_id)s AND revision_hash = %(plan_hash)s AND state <> 'WITHDRAWN'
  AND (state NOT IN ('ACTIVATING', 'ACTIVE', 'VERIFIED')
       OR meta_ads.is_approved(campaign_id, revision_hash))
FOR SHARE;

-- name: begin_update
-- The intent of an update: committed before it is sent.
UPDATE meta_ads.step SET changing = COALESCE(changing, '{}') || %(values)s
WHERE key = %(key)s AND lease_owner = %(owner)s AND lease_until > clock_timestamp()
  AND state = 'DONE';

-- name: record_paused
-- It may have been switched on since, so that this is one of two values, as after any unknown outcome.
UPDATE meta_ads.step SET changing = COALESCE(changing, '{}') || '{"status": "PAUSED"}'
WHERE key = %(key)s AND state = 'DONE';

-- name: is_leased
SELECT 1 FROM meta_ads.step
WHERE key = %(key)s AND lease_owner = %(owner)s AND lease_until > clock_timestamp()
  AND state = 'DONE';

-- name: record_updated
UPDATE meta_ads.step
SET spec_hash = %(spec_hash)s, parents = %(parents)s, applied = %(applied)s, changing = NULL,
    last_error = NULL
WHERE key = %(key)s AND lease_owner = %(owner)s AND lease_until > clock_timestamp()
  AND state = 'DONE';

-- name: record_not_updated
-- What an earlier update may have changed stays unknown.
UPDATE meta_ads.step SET changing = %(changing)s, last_error = %(error)s
WHERE key = %(key)s AND lease_owner = %(owner)s AND lease_until > clock_timestamp()
  AND state = 'DONE';

-- name: record_times
UPDATE meta_ads.step SET applied = applied || %(times)s
WHERE key = %(key)s AND state = 'DONE' AND NOT applied @> %(times)s;

-- name: object_ids
SELECT key, object_id FROM meta_ads.step WHERE key = ANY(%(keys)s) AND state = 'DONE';

-- name: known_steps
-- What the ledger has of these steps, and of any other step the campaign owns.
SELECT key, kind, state, spec_hash, object_id, applied, changing FROM meta_ads.step
WHERE key = ANY(%(keys)s) OR starts_with(key, %(owned)s);

-- name: read_steps
-- These steps as they are, without a lease.
SELECT key, kind, state, spec_hash, marker, epoch, object_id, attempt_at, searches, not_before,
       progress, last_error,
       meta_ads.step_sweep_due(step) AS sweep_due
FROM meta_ads.step WHERE key = ANY(%(keys)s);

-- name: record_swept
UPDATE meta_ads.step SET swept_at = clock_timestamp() WHERE key = %(key)s AND state = 'DONE';

-- name: held
-- Steps that only a person can decide.
SELECT key, kind, account_id, owner, last_error, updated_at FROM meta_ads.step
WHERE state = 'HELD' ORDER BY updated_at;
