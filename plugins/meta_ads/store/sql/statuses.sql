-- name: known_objects
-- What a sync must account for: our own objects, and all that was ever seen and not yet deleted.
SELECT object_id, kind FROM meta_ads.object_status
WHERE account_id = %(account_id)s AND effective_status <> 'DELETED'
UNION
SELECT step.object_id, step.kind FROM meta_ads.step
LEFT JOIN meta_ads.object_status USING (object_id)
WHERE step.account_id = %(account_id)s AND step.state = 'DONE'
  AND step.kind IN ('campaign', 'ad_set', 'ad')
  AND COALESCE(object_status.effective_status, '') <> 'DELETED';

-- name: create_staging
CREATE TEMPORARY TABLE seen (LIKE meta_ads.object_status) ON COMMIT DROP;

-- name: copy
COPY seen (object_id, account_id, kind, parent_id, name, status, effective_status, daily_budget,
           lifetime_budget, currency, start_time, end_time, review, issues, created_time,
           updated_time, changed_at, synced_at, campaign_id, creative_id, budget_remaining, details)
FROM STDIN;

-- name: lock_sync
-- Two syncs at once take turns, so that history rows follow one another.
LOCK TABLE meta_ads.object_status IN SHARE ROW EXCLUSIVE MODE;

-- name: add_history
-- A history row for each object that is new, or differs from the row we have. Before `merge`:
-- the foreign key is checked at commit.
INSERT INTO meta_ads.object_status_history
    (object_id, changed_at, name, status, effective_status, daily_budget, lifetime_budget,
     start_time, end_time, review, issues, creative_id, details)
SELECT seen.object_id, greatest(seen.changed_at, before.changed_at + interval '1 microsecond'),
       seen.name, seen.status, seen.effective_status, seen.daily_budget, seen.lifetime_budget,
       seen.start_time, seen.end_time, seen.review, seen.issues, seen.creative_id, seen.details
FROM seen LEFT JOIN meta_ads.object_status AS before USING (object_id)
WHERE (before.name, before.status, before.effective_status, before.daily_budget,
       before.lifetime_budget, before.start_time, before.end_time, before.review, before.issues,
       before.creative_id, before.details)
      IS DISTINCT FROM
      (seen.name, seen.status, seen.effective_status, seen.daily_budget, seen.lifetime_budget,
       seen.start_time, seen.end_time, seen.review, seen.issues, seen.creative_id, seen.details);

-- name: merge
INSERT INTO meta_ads.object_status SELECT * FROM seen
ON CONFLICT (object_id) DO UPDATE SET
    account_id = EXCLUDED.account_id, kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id,
    name = EXCLUDED.name, status = EXCLUDED.status, effective_status = EXCLUDED.effective_status,
    daily_budget = EXCLUDED.daily_budget, lifetime_budget = EXCLUDED.lifetime_budget,
    currency = EXCLUDED.currency, start_time = EXCLUDED.start_time, end_time = EXCLUDED.end_time,
    review = EXCLUDED.review, issues = EXCLUDED.issues, created_time = EXCLUDED.created_time,
    updated_time = EXCLUDED.updated_time, campaign_id = EXCLUDED.campaign_id,
    creative_id = EXCLUDED.creative_id, budget_remaining = EXCLUDED.budget_remaining,
    details = EXCLUDED.details, synced_at = EXCLUDED.synced_at,
    changed_at = (SELECT max(changed_at) FROM meta_ads.object_status_history AS history
                  WHERE history.object_id = EXCLUDED.object_id);

-- name: accounts
-- Every account in which something was launched.
SELECT DISTINCT account_id FROM meta_ads.launch ORDER BY account_id;
