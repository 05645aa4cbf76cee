-- What the Campaigns page reads, quickly for thousands of launches; and launches a person paused.

ALTER TABLE meta_ads.plan
    ADD COLUMN title  text GENERATED ALWAYS AS (body #>> '{summary,0,1}') STORED,
    ADD COLUMN brand  text GENERATED ALWAYS AS (body #>> '{naming,brand}') STORED,
    ADD COLUMN market text GENERATED ALWAYS AS (body #>> '{naming,market}') STORED,
    ADD COLUMN asks   boolean GENERATED ALWAYS AS (body @> '{"approval_required": true}') STORED,
    ADD COLUMN approval_lasts float8
        GENERATED ALWAYS AS ((body #>> '{approval,expires_after}')::float8) STORED;

ALTER TABLE meta_ads.launch
    ADD COLUMN paused_at   timestamptz,
    ADD COLUMN paused_by   text,
    ADD COLUMN resuming_at timestamptz,
    ADD CONSTRAINT somebody_paused_it CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    ADD CONSTRAINT only_what_is_paused_resumes CHECK (resuming_at IS NULL OR paused_at IS NOT NULL);

-- A person may switch a live launch off, and on again with everything that going live takes. A resumption
-- is begun before its call and ended after it; until then the launch counts as paused.
CREATE FUNCTION meta_ads.guard_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.paused_at IS NULL AND NEW.paused_at IS NOT NULL
       AND OLD.state NOT IN ('ACTIVE', 'VERIFIED') THEN
        RAISE EXCEPTION 'launch % is not live: there is nothing to pause', OLD.campaign_id;
    END IF;
    IF OLD.paused_at IS NOT NULL AND NEW.paused_at IS NULL AND OLD.resuming_at IS NULL THEN
        RAISE EXCEPTION 'launch % goes on by being resumed only', OLD.campaign_id;
    END IF;
    IF (NEW.resuming_at IS NOT NULL AND NEW.resuming_at IS DISTINCT FROM OLD.resuming_at)
       OR (OLD.paused_at IS NOT NULL AND NEW.paused_at IS NULL) THEN
        IF NEW.state NOT IN ('ACTIVE', 'VERIFIED') OR NEW.revision_hash IS NOT NULL
           OR (NEW.activate_at > clock_timestamp()) IS DISTINCT FROM false
           OR NOT meta_ads.is_approved(NEW.campaign_id, NEW.plan_hash) THEN
            RAISE EXCEPTION 'launch % may not be on now', OLD.campaign_id;
        END IF;
        PERFORM meta_ads.refuse_over_limit(NEW.campaign_id, NEW.account_id, NEW.plan_hash);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER launch_pause_guard BEFORE UPDATE OF paused_at, resuming_at ON meta_ads.launch
    FOR EACH ROW EXECUTE FUNCTION meta_ads.guard_pause();

-- When Meta was last told to switch off the campaign of a launch, since that was decided; NULL when
-- it was not.
CREATE FUNCTION meta_ads.off_at_meta(of_campaign text, decided_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT max(at) FROM meta_ads.launch_event
    WHERE decided_at IS NOT NULL AND campaign_id = of_campaign AND at >= decided_at
      AND event IN ('off_at_meta', 'paused_again')
$$;

-- What an account may spend a day, campaign by campaign: our live launches, and whatever else was
-- last seen on at Meta. Of a launch its plan is believed until a sync that began after its last
-- change has seen the campaign; an hour is longer than any sync. One that was paused or withdrawn
-- spends nothing from the moment at which Meta was told so.
CREATE OR REPLACE FUNCTION meta_ads.commitments(of_account text)
RETURNS TABLE (campaign_id text, object_id text, name text, daily_spend bigint)
LANGUAGE sql STABLE AS $$
    WITH ad_sets AS (
        SELECT item.parent_id, sum(meta_ads.seen_spend(item))::bigint AS daily_spend
        FROM meta_ads.object_status AS item
        WHERE item.account_id = of_account AND item.kind = 'ad_set'
        GROUP BY item.parent_id
    ), seen AS (
        SELECT item.object_id, item.name, item.synced_at,
               CASE WHEN item.status = 'ACTIVE'
                     AND item.effective_status NOT IN ('DELETED', 'ARCHIVED')
               THEN meta_ads.seen_spend(item) + COALESCE(ad_sets.daily_spend, 0)
               ELSE 0 END AS daily_spend
        FROM meta_ads.object_status AS item
        LEFT JOIN ad_sets ON ad_sets.parent_id = item.object_id
        WHERE item.account_id = of_account AND item.kind = 'campaign'
    ), ours AS (
        SELECT launch.campaign_id, launch.state, launch.updated_at, step.object_id,
               launch.revision_spend, launch.resuming_at IS NULL AND meta_ads.off_at_meta(
                   launch.campaign_id, launch.paused_at) IS NOT NULL AS off,
               greatest(launch.revision_spend, CASE WHEN plan.spends_until <= clock_timestamp()
               THEN 0 ELSE plan.daily_spend END) AS daily_spend
        FROM meta_ads.launch
        JOIN meta_ads.plan ON plan.hash = launch.plan_hash
        LEFT JOIN meta_ads.step ON step.account_id = launch.account_id
             AND step.owner = launch.campaign_id AND step.kind = 'campaign'
        WHERE launch.account_id = of_account
          AND launch.state IN ('ACTIVATING', 'ACTIVE', 'VERIFIED')
    )
    SELECT ours.campaign_id, ours.object_id, COALESCE(seen.name, ours.campaign_id),
           CASE WHEN ours.state <> 'ACTIVATING' AND ours.revision_spend IS NULL
                 AND seen.synced_at > ours.updated_at + interval '1 hour'
           THEN seen.daily_spend
           WHEN ours.off AND ours.revision_spend IS NULL THEN 0
           ELSE ours.daily_spend END
    FROM ours LEFT JOIN seen USING (object_id)
    UNION ALL
    SELECT step.owner, seen.object_id, seen.name, seen.daily_spend
    FROM seen LEFT JOIN meta_ads.step ON step.object_id = seen.object_id AND step.kind = 'campaign'
    WHERE seen.daily_spend > 0
      AND NOT EXISTS (SELECT FROM ours WHERE ours.object_id = seen.object_id)
      AND NOT EXISTS (
          SELECT FROM meta_ads.launch
          WHERE launch.campaign_id = step.owner AND launch.account_id = of_account
            AND launch.state = 'WITHDRAWN' AND seen.synced_at <= interval '1 hour'
                + meta_ads.off_at_meta(launch.campaign_id, launch.withdrawn_at))
$$;

CREATE INDEX step_held ON meta_ads.step (account_id, owner) WHERE state = 'HELD';
CREATE INDEX request_campaign ON meta_ads.request (campaign_id, id DESC);
CREATE INDEX launch_activation ON meta_ads.launch (activate_at);

-- What our and other campaigns did in the last 90 days, by Meta's id and day of the account's
-- calendar, as of the last run of sync_insights. Money in whole units of the currency.
CREATE MATERIALIZED VIEW meta_ads.campaign_day AS
SELECT account_id, campaign_id::text AS object_id, date, currency, spend, impressions, clicks,
       conversions, purchase_amount
FROM meta_ads.vw_graph_campaigns_kpis
WHERE date > current_date - 90;
CREATE UNIQUE INDEX campaign_day_key ON meta_ads.campaign_day
    (account_id, object_id, date, currency);
CREATE INDEX campaign_day_object ON meta_ads.campaign_day (object_id, date);

-- Whether a decision lets a plan go live now.
CREATE FUNCTION meta_ads.lets_it_go_live(approved boolean, expires_at timestamptz) RETURNS boolean
LANGUAGE sql AS $$
    SELECT approved AND COALESCE(expires_at, 'infinity') > clock_timestamp()
$$;

CREATE OR REPLACE FUNCTION meta_ads.decision(of_campaign text, of_plan text)
RETURNS TABLE (approved boolean, decided_by text, decided_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT approval.approved, approval.decided_by, approval.decided_at,
           approval.decided_at
               + make_interval(secs => plan.approval_lasts)
    FROM meta_ads.approval JOIN meta_ads.plan ON plan.hash = approval.plan_hash
    WHERE approval.campaign_id = of_campaign AND approval.plan_hash = of_plan
      AND approval.refused IS NULL
    ORDER BY approval.id DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION meta_ads.is_approved(of_campaign text, of_plan text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT COALESCE((
        SELECT NOT (plan.body ->> 'approval_required')::boolean OR EXISTS (
            SELECT FROM meta_ads.decision(of_campaign, of_plan) AS decision
            WHERE meta_ads.lets_it_go_live(decision.approved, decision.expires_at))
        FROM meta_ads.plan WHERE plan.hash = of_plan
    ), false)
$$;

-- Where each launch stands, as people say it, with the last request for it. The only place of these
-- words' meaning; plugins/meta_ads/web/situations.py says them.
CREATE VIEW meta_ads.launch_now AS
SELECT launch.campaign_id, launch.account_id, launch.state, launch.plan_hash, launch.revision_hash,
       launch.activate_at, launch.activated_at, launch.verified_at, launch.withdrawn_at,
       launch.withdrawn_by, launch.paused_at, launch.paused_by, launch.created_at, launch.updated_at, launch.last_error, launch.stopped,
       target.title, target.brand, target.market, target.asks, target.hash AS target_hash,
       target.daily_spend, target.lifetime_spend, target.spends_until, campaign.object_id,
       request.id AS request_id, request.state AS request_state, request.run_id,
       request.requested_by, request.reason AS request_reason, request.created_at AS requested_at,
       people.approved AS is_approved, people.held,
       CASE
           WHEN launch.state = 'WITHDRAWN' THEN 'withdrawn'
           WHEN people.held THEN 'held'
           WHEN launch.state IN ('ACTIVE', 'VERIFIED') THEN CASE
               WHEN target.spends_until <= clock_timestamp() THEN 'ended'
               WHEN launch.paused_at IS NOT NULL THEN 'paused'
               WHEN launch.revision_hash IS NOT NULL AND NOT people.approved THEN 'change_waits'
               WHEN launch.last_error IS NOT NULL THEN 'differs'
               WHEN launch.revision_hash IS NOT NULL THEN 'changing'
               WHEN launch.state = 'ACTIVE' THEN 'checking'
               ELSE 'live' END
           WHEN launch.state = 'ACTIVATING' THEN
               CASE WHEN launch.last_error IS NULL THEN 'going_live' ELSE 'failed' END
           WHEN launch.stopped OR (launch.last_error IS NOT NULL AND launch.state = 'PLANNED')
               THEN 'failed'
           WHEN launch.state = 'PLANNED' THEN 'building'
           WHEN launch.activate_at IS NULL THEN 'ready'
           WHEN NOT people.approved THEN CASE WHEN people.rejected THEN 'rejected' ELSE 'needs_approval' END
           WHEN launch.revision_hash IS NOT NULL THEN 'changing'
           WHEN launch.activate_at > clock_timestamp() THEN 'scheduled'
           ELSE 'overdue' END AS situation
FROM meta_ads.launch
JOIN meta_ads.plan AS target ON target.hash = COALESCE(launch.revision_hash, launch.plan_hash)
LEFT JOIN meta_ads.step AS campaign ON campaign.account_id = launch.account_id
     AND campaign.owner = launch.campaign_id AND campaign.kind = 'campaign'
LEFT JOIN LATERAL (
    SELECT last.id, last.state, last.run_id, last.requested_by, last.reason, last.created_at
    FROM meta_ads.request AS last WHERE last.campaign_id = launch.campaign_id
    ORDER BY last.id DESC LIMIT 1
) AS request ON true
LEFT JOIN LATERAL meta_ads.decision(launch.campaign_id, target.hash) AS decided ON target.asks
CROSS JOIN LATERAL (
    -- As `is_approved` has it, for all launches at once.
    SELECT NOT target.asks
               OR COALESCE(meta_ads.lets_it_go_live(decided.approved, decided.expires_at), false)
               AS approved,
           COALESCE(NOT decided.approved, false) AS rejected,
           EXISTS (SELECT FROM meta_ads.step AS item WHERE item.account_id = launch.account_id
                   AND item.owner = launch.campaign_id AND item.state = 'HELD') AS held
) AS people;
