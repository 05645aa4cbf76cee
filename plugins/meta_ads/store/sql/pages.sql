-- name: campaigns
-- One page of campaigns: launched ones and files that nobody launched yet, as the person may see them.
-- `total` counts what the filters leave. Figures are added up for the rows of the page alone, unless
-- they are what it is sorted by.
WITH file AS (
    SELECT * FROM unnest(%(files)s::text[], %(titles)s::text[], %(accounts)s::text[])
        AS file (campaign_id, title, account_id)
    WHERE %(only)s::text IS NULL OR file.campaign_id = %(only)s
), ranked AS (
    SELECT object_id, sum(spend) AS spend
    FROM meta_ads.campaign_day WHERE %(sort)s = 'spend' AND date > current_date - 30
    GROUP BY object_id HAVING min(currency) = max(currency)
), differing AS (
    SELECT campaign_id, count(*) AS drift FROM meta_ads.drift
    WHERE settled_at IS NULL GROUP BY campaign_id
), campaign AS (
    SELECT now.campaign_id, now.title, now.account_id, now.brand, now.market, now.situation,
           now.activate_at, now.daily_spend, now.lifetime_spend, now.asks, now.is_approved,
           now.target_hash, now.state, now.held, now.object_id, now.updated_at, now.run_id, now.requested_at,
           COALESCE(now.last_error, CASE WHEN now.state IN ('PLANNED', 'PAUSED')
                    THEN now.request_reason END) AS error
    FROM meta_ads.launch_now AS now
    WHERE (%(everything)s OR now.campaign_id = ANY (%(readable)s::text[]))
      AND (%(only)s::text IS NULL OR now.campaign_id = %(only)s)
    UNION ALL
    SELECT file.campaign_id, file.title, NULLIF(file.account_id, ''), NULL, NULL,
           CASE request.state WHEN 'QA_FAILED' THEN 'checks_failed' WHEN 'DRAFT' THEN 'checking_file'
               WHEN 'QA_TESTING' THEN 'checking_file' ELSE 'not_launched' END,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, request.updated_at, request.run_id,
           request.created_at, request.reason
    FROM file
    LEFT JOIN LATERAL (
        SELECT last.* FROM meta_ads.request AS last WHERE last.campaign_id = file.campaign_id
        ORDER BY last.id DESC LIMIT 1
    ) AS request ON true
    WHERE NOT EXISTS (SELECT FROM meta_ads.launch WHERE launch.campaign_id = file.campaign_id)
), placed AS (
    SELECT campaign.*, differing.drift, count(*) OVER () AS total, row_number() OVER (ORDER BY
        CASE WHEN %(sort)s = 'name' THEN lower(COALESCE(campaign.title, campaign.campaign_id)) END,
        CASE WHEN %(sort)s = 'spend' THEN ranked.spend END DESC NULLS LAST,
        CASE WHEN %(sort)s = 'activation' THEN campaign.activate_at END DESC NULLS LAST,
        CASE WHEN %(sort)s = 'budget' THEN campaign.daily_spend END DESC NULLS LAST,
        CASE WHEN %(sort)s = 'state'
             THEN array_position(%(urgency)s::text[], campaign.situation) END NULLS LAST,
        campaign.updated_at DESC NULLS LAST, campaign.campaign_id) AS place
    FROM campaign LEFT JOIN ranked USING (object_id) LEFT JOIN differing USING (campaign_id)
    WHERE (%(account)s::text IS NULL OR campaign.account_id = %(account)s)
      AND (%(brand)s::text IS NULL OR campaign.brand = %(brand)s)
      AND (%(text)s::text IS NULL OR position(lower(%(text)s) IN lower(campaign.campaign_id)) > 0
           OR position(lower(%(text)s) IN lower(campaign.title)) > 0)
      AND (%(situations)s::text[] IS NULL OR campaign.situation = ANY (%(situations)s::text[]))
)
SELECT placed.*, spent.spend, spent.impressions, spent.clicks, spent.conversions,
       spent.purchase_amount, spent.currency
FROM (SELECT * FROM placed ORDER BY place LIMIT %(most)s OFFSET %(skip)s) AS placed
LEFT JOIN LATERAL (
    SELECT sum(day.spend) AS spend, sum(day.impressions) AS impressions, sum(day.clicks) AS clicks,
           sum(day.conversions) AS conversions, sum(day.purchase_amount) AS purchase_amount,
           min(day.currency) AS currency
    FROM meta_ads.campaign_day AS day
    WHERE day.object_id = placed.object_id AND day.date > current_date - 30
    HAVING min(day.currency) = max(day.currency)
) AS spent ON true
ORDER BY placed.place;

-- name: decision
SELECT approved, decided_by, decided_at, expires_at
FROM meta_ads.decision(%(campaign_id)s, %(plan_hash)s);

-- name: drift
-- Where Meta differs from the plan, as of the last sync.
SELECT message, first_seen_at, last_seen_at FROM meta_ads.drift
WHERE campaign_id = %(campaign_id)s AND settled_at IS NULL ORDER BY id;

-- name: approval_refusal
SELECT meta_ads.approval_refusal(%(campaign_id)s, %(plan_hash)s, %(name)s, %(person_id)s) AS why;

-- name: steps
-- The steps of a launch in plan order, with what Meta last said of their objects. Each is found by its
-- key: Postgres thinks that a plan has a hundred, and would read them all.
SELECT planned.step ->> 'key' AS step_key, planned.step ->> 'kind' AS kind,
       COALESCE(known.state, 'NEW') AS state, known.object_id, known.epoch, known.last_error,
       known.updated_at, planned.step #>> '{params,name}' AS name,
       planned.step ->> 'source' AS source, seen.effective_status
FROM meta_ads.launch
JOIN meta_ads.plan ON plan.hash = launch.plan_hash
CROSS JOIN LATERAL jsonb_array_elements(plan.body -> 'steps')
    WITH ORDINALITY AS planned (step, position)
LEFT JOIN LATERAL (
    SELECT step.* FROM meta_ads.step WHERE step.key = planned.step ->> 'key' LIMIT 1
) AS known ON true
LEFT JOIN meta_ads.object_status AS seen ON seen.object_id = known.object_id
WHERE launch.campaign_id = %(campaign_id)s ORDER BY planned.position;

-- name: history
-- What happened to a launch, newest first: events, calls, decisions that did not count, requests.
SELECT * FROM (
    SELECT at, 'launch' AS part, event, detail, author AS person FROM meta_ads.launch_event
    WHERE campaign_id = %(campaign_id)s
    UNION ALL
    SELECT attempt.at, step.kind, attempt.event, attempt.detail,
           CASE WHEN attempt.event = 'released' THEN attempt.owner END
    FROM meta_ads.attempt JOIN meta_ads.step ON step.key = attempt.step_key
    WHERE step.key IN (SELECT item.step_key FROM meta_ads.launch_step AS item
                       WHERE item.campaign_id = %(campaign_id)s)
    UNION ALL
    SELECT event.at, 'request', event.state, event.reason, request.requested_by
    FROM meta_ads.request_event AS event JOIN meta_ads.request ON request.id = event.request_id
    WHERE request.campaign_id = %(campaign_id)s
) AS everything
ORDER BY at DESC LIMIT %(most)s;

-- name: days
-- What a campaign did on each day, oldest first.
SELECT date, currency, spend, impressions, clicks, conversions, purchase_amount
FROM meta_ads.campaign_day
WHERE object_id = %(object_id)s AND date > current_date - %(days)s::int ORDER BY date;

-- name: requests
-- Requests, newest first, with the title of the plan that they led to.
SELECT plan.title, request.id, request.campaign_id, request.run_id, request.requested_by, request.note,
       request.state, request.plan_hash, request.reason, request.findings, request.created_at,
       request.updated_at, count(*) OVER () AS total
FROM meta_ads.request LEFT JOIN meta_ads.plan ON plan.hash = request.plan_hash
WHERE (%(everything)s OR request.campaign_id = ANY (%(readable)s::text[]))
  AND (%(state)s::text IS NULL OR request.state = %(state)s)
ORDER BY request.id DESC LIMIT %(most)s OFFSET %(skip)s;

-- name: request_counts
SELECT request.state, count(*) AS requests FROM meta_ads.request
WHERE %(everything)s OR request.campaign_id = ANY (%(readable)s::text[])
GROUP BY request.state;

-- name: upcoming
-- Launches by the moment they go live, from `since` on.
SELECT campaign_id, title, account_id, brand, situation, activate_at, daily_spend
FROM meta_ads.launch_now
WHERE activate_at >= %(since)s AND activate_at < %(until)s AND state <> 'WITHDRAWN'
  AND (%(everything)s OR campaign_id = ANY (%(readable)s::text[]))
ORDER BY activate_at, campaign_id;

-- name: readable_accounts
SELECT DISTINCT account_id FROM meta_ads.launch
WHERE %(everything)s OR campaign_id = ANY (%(readable)s::text[]);

-- name: account_spend
-- What each account is committed to by campaigns that the person may read, its limit, and when its
-- insights were last read.
SELECT ids.account_id, account_limit.daily_total, committed.daily_spend AS committed,
       committed.live, read.read_at
FROM unnest(%(account_ids)s::text[]) AS ids (account_id)
LEFT JOIN meta_ads.account_limit USING (account_id)
LEFT JOIN LATERAL (
    SELECT sum(item.daily_spend)::bigint AS daily_spend,
           count(*) FILTER (WHERE item.daily_spend > 0) AS live
    FROM meta_ads.commitments(ids.account_id) AS item
    WHERE %(everything)s OR item.campaign_id = ANY (%(readable)s::text[])
) AS committed ON true
LEFT JOIN LATERAL (
    SELECT max(insight_day.read_at) AS read_at FROM meta_ads.insight_day
    WHERE insight_day.account_id = substr(ids.account_id, 5)::bigint
) AS read ON true;

-- name: account_days
-- What accounts spent on each of the last days, oldest first, by campaigns that the person may read.
SELECT day.account_id, day.date, min(day.currency) AS currency, sum(day.spend) AS spend
FROM meta_ads.campaign_day AS day
WHERE day.account_id = ANY (%(account_ids)s::text[]) AND day.date > current_date - %(days)s::int
  AND (%(everything)s OR day.object_id IN (
      SELECT step.object_id FROM meta_ads.step
      WHERE step.account_id = day.account_id AND step.owner = ANY (%(readable)s::text[])
        AND step.kind = 'campaign'))
GROUP BY day.account_id, day.date ORDER BY day.account_id, day.date;

-- name: brands
SELECT DISTINCT plan.brand FROM meta_ads.launch JOIN meta_ads.plan ON plan.hash = launch.plan_hash
WHERE plan.brand IS NOT NULL
  AND (%(everything)s OR launch.campaign_id = ANY (%(readable)s::text[])) ORDER BY 1;

-- name: refresh_days
REFRESH MATERIALIZED VIEW CONCURRENTLY meta_ads.campaign_day;
