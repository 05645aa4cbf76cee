-- name: open
-- Once for each run; a cleared run goes on with its request.
INSERT INTO meta_ads.request (campaign_id, run_id, requested_by, note, file_digest)
VALUES (%(campaign_id)s, %(run_id)s, %(requested_by)s, %(note)s, %(file_digest)s)
ON CONFLICT (campaign_id, run_id) DO NOTHING;

-- name: lock
SELECT id, state, plan_hash, reason FROM meta_ads.request
WHERE campaign_id = %(campaign_id)s AND run_id = %(run_id)s FOR UPDATE;

-- name: move
UPDATE meta_ads.request
SET state = %(state)s, reason = %(reason)s, findings = %(findings)s,
    plan_hash = COALESCE(%(plan_hash)s, plan_hash)
WHERE id = %(id)s;

-- name: settle
-- What became of requests whose plan was pinned, from the ledger alone. One that failed and was
-- asked for again stays failed.
WITH fate AS (
    SELECT request.id,
           CASE WHEN meta_ads.is_trafficked(request.campaign_id, request.plan_hash)
                     AND (request.state = 'READY_FOR_API' OR newer.id IS NULL)
                THEN 'TRAFFICKED_SUCCESS'
                WHEN request.state = 'READY_FOR_API'
                     AND (launch.state = 'WITHDRAWN' OR newer.plan_hash <> request.plan_hash)
                THEN 'TRAFFICKED_FAILED' END AS state,
           CASE WHEN launch.state = 'WITHDRAWN' THEN 'withdrawn by ' || launch.withdrawn_by
                ELSE 'another plan took its place, with run ' || newer.run_id END AS reason
    FROM meta_ads.request
    JOIN meta_ads.launch USING (campaign_id)
    LEFT JOIN LATERAL (
        SELECT later.id, later.run_id, later.plan_hash FROM meta_ads.request AS later
        WHERE later.campaign_id = request.campaign_id AND later.id > request.id
          AND later.plan_hash IS NOT NULL
        ORDER BY later.id DESC LIMIT 1
    ) AS newer ON true
    WHERE request.state IN ('READY_FOR_API', 'TRAFFICKED_FAILED')
      AND (%(campaign_id)s::text IS NULL OR request.campaign_id = %(campaign_id)s)
)
UPDATE meta_ads.request
SET state = fate.state, findings = '[]',
    reason = CASE WHEN fate.state = 'TRAFFICKED_FAILED' THEN fate.reason END
FROM fate
WHERE fate.id = request.id AND fate.state IS NOT NULL
  AND request.state IN ('READY_FOR_API', 'TRAFFICKED_FAILED')
RETURNING request.campaign_id, request.run_id, request.state;

-- name: requests
-- The newest requests, of one campaign or of all, for people.
SELECT id, campaign_id, run_id, requested_by, note, file_digest, state, plan_hash, reason,
       findings, created_at, updated_at
FROM meta_ads.request
WHERE %(campaign_id)s::text IS NULL OR campaign_id = %(campaign_id)s
ORDER BY id DESC LIMIT %(most)s;

-- name: history
SELECT state, plan_hash, reason, findings, at FROM meta_ads.request_event
WHERE request_id = %(id)s ORDER BY id;
