-- name: live
-- What stands at Meta, with the generated name that its launch gave it.
SELECT object_status.object_id, object_status.kind, object_status.name, launched.name AS launched_as
FROM meta_ads.object_status
LEFT JOIN LATERAL (
    SELECT planned.step #>> '{params,name}' AS name
    FROM meta_ads.step
    JOIN meta_ads.launch ON launch.account_id = step.account_id AND launch.campaign_id = step.owner
    JOIN meta_ads.plan ON plan.hash = launch.plan_hash AND plan.body ? 'naming'
    CROSS JOIN LATERAL jsonb_array_elements(plan.body -> 'steps') AS planned (step)
    WHERE step.object_id = object_status.object_id AND planned.step ->> 'key' = step.key
) AS launched ON true
WHERE object_status.account_id = %(account_id)s
  AND object_status.effective_status NOT IN ('DELETED', 'ARCHIVED')
ORDER BY object_status.kind, object_status.object_id;

-- name: lock_findings
-- Two checks at once take turns.
LOCK TABLE meta_ads.name_finding IN SHARE ROW EXCLUSIVE MODE;

-- name: clear
DELETE FROM meta_ads.name_finding
WHERE account_id = %(account_id)s AND (object_id, rule) NOT IN (
    SELECT * FROM unnest(%(objects)s::text[], %(rules)s::text[]));

-- name: add_finding
INSERT INTO meta_ads.name_finding (object_id, rule, account_id, kind, name, severity, message)
VALUES (%(object_id)s, %(rule)s, %(account_id)s, %(kind)s, %(name)s, %(severity)s, %(message)s)
ON CONFLICT (object_id, rule) DO UPDATE SET
    name = EXCLUDED.name, severity = EXCLUDED.severity, message = EXCLUDED.message,
    last_seen_at = clock_timestamp()
-- A row that was there has a version that this one took the place of.
RETURNING (xmax = 0)::int AS new;

-- name: findings
SELECT account_id, kind, object_id, name, rule, severity, message, first_seen_at, last_seen_at
FROM meta_ads.name_finding ORDER BY account_id, first_seen_at DESC, object_id, rule;

-- name: retire_codes
UPDATE meta_ads.naming_code SET active = false, synced_at = clock_timestamp() WHERE active;

-- name: mirror_code
INSERT INTO meta_ads.naming_code (registry, code, label, aliases, active)
VALUES (%(registry)s, %(code)s, %(label)s, %(aliases)s, %(active)s)
ON CONFLICT (registry, code) DO UPDATE SET
    label = EXCLUDED.label, aliases = EXCLUDED.aliases, active = EXCLUDED.active,
    synced_at = clock_timestamp();
