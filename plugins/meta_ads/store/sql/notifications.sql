-- name: untold
-- What happened and the channel was not told, oldest first: standing things as long as they stand,
-- the others for a day.
WITH happening AS (
    SELECT 'approval_needed' AS event, launch.campaign_id AS subject, launch.campaign_id,
           concat_ws('/', launch.campaign_id, left(target.hash, 12)) AS key,
           NULL AS detail, launch.activate_at AS moment, launch.updated_at AS at
    FROM meta_ads.launch
    JOIN meta_ads.plan AS target ON target.hash = COALESCE(launch.revision_hash, launch.plan_hash)
    WHERE (launch.state = 'PAUSED' AND launch.activate_at IS NOT NULL
           OR launch.revision_hash IS NOT NULL AND launch.state IN ('ACTIVE', 'VERIFIED'))
      AND NOT meta_ads.is_approved(launch.campaign_id, target.hash)
      AND NOT EXISTS (
          SELECT FROM meta_ads.decision(launch.campaign_id, target.hash) AS decision
          WHERE NOT decision.approved)
    UNION ALL
    SELECT 'launched', campaign_id, campaign_id, concat_ws('/', campaign_id, left(plan_hash, 12)),
           NULL, activate_at, verified_at
    FROM meta_ads.launch
    WHERE state = 'VERIFIED' AND verified_at > now() - interval '1 day'
    UNION ALL
    SELECT 'failed', campaign_id, campaign_id,
           concat_ws('/', id, extract(epoch FROM updated_at)::bigint),
           reason, NULL, updated_at
    FROM meta_ads.request
    WHERE state IN ('QA_FAILED', 'TRAFFICKED_FAILED') AND updated_at > now() - interval '1 day'
    UNION ALL
    -- Again when the reminder is due.
    SELECT 'person_needed', 'A person is needed', NULL,
           concat_ws('/', left(key, 16), extract(epoch FROM told_at)::bigint),
           text, NULL, told_at
    FROM meta_ads.notice
    UNION ALL
    SELECT 'late', campaign_id, campaign_id,
           concat_ws('/', campaign_id, extract(epoch FROM activate_at)::bigint),
           last_error, activate_at, activate_at
    FROM meta_ads.launch
    WHERE state IN ('PLANNED', 'PAUSED', 'ACTIVATING')
      AND activate_at < now() - interval '2 minutes' AND activate_at > now() - interval '1 day'
    UNION ALL
    SELECT 'drift', campaign_id, campaign_id, id::text, message, NULL, first_seen_at
    FROM meta_ads.drift
    WHERE settled_at IS NULL AND first_seen_at > now() - interval '1 day'
    UNION ALL
    -- At 14, 7, 3 and 1 days before the end, and once when Meta takes it no more.
    SELECT 'token_expiring', connection, NULL,
           concat_ws('/', fingerprint, extract(epoch FROM expires_at)::bigint, (
               SELECT min(days) FROM unnest(ARRAY[1, 3, 7, 14]) AS before (days)
               WHERE expires_at < now() + make_interval(days => days))),
           dead_reason, expires_at, now()
    FROM meta_ads.access_token
    WHERE expires_at < now() + interval '14 days' AND expires_at > now() - interval '1 day'
)
SELECT event || '/' || key AS key, event, subject, campaign_id, detail, moment
FROM happening
WHERE event = ANY (%(events)s::text[]) AND NOT EXISTS (
    SELECT FROM meta_ads.told
    WHERE told.channel = %(channel)s AND told.key = happening.event || '/' || happening.key)
ORDER BY at, key;

-- name: was_told
-- Whether a channel was told of something already.
SELECT at FROM meta_ads.told WHERE channel = %(channel)s AND key = %(key)s;

-- name: told
-- Remember that a channel was told; what nothing asks for any more is forgotten.
WITH forgotten AS (DELETE FROM meta_ads.told WHERE at < now() - interval '90 days')
INSERT INTO meta_ads.told (channel, key) VALUES (%(channel)s, %(key)s) ON CONFLICT DO NOTHING;

-- name: alone
-- Take the right to send until this transaction ends, unless somebody has it.
SELECT pg_try_advisory_xact_lock(hashtext('meta_ads.told')) AS alone;
