-- Who may approve what, for how long, and what an account may spend.

-- Who triggered a launch, on its events `triggered`.
ALTER TABLE meta_ads.launch_event ADD COLUMN author text;

ALTER TABLE meta_ads.approval
    ADD COLUMN decided_by_id text,
    ADD COLUMN refused text;

-- Names as people and sign-in services write them.
CREATE FUNCTION meta_ads.same_person(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT lower(btrim(one)) = lower(btrim(other)) $$;

-- Why a person's yes to a plan cannot count; NULL when it can.
CREATE FUNCTION meta_ads.approval_refusal(
    of_campaign text, of_plan text, by_name text, by_id text
) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    terms  jsonb;
    author text;
BEGIN
    SELECT plan.body -> 'approval' INTO terms FROM meta_ads.plan WHERE plan.hash = of_plan;
    IF NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(terms -> 'approvers') AS approver (name)
        WHERE meta_ads.same_person(approver.name, by_name)
           OR meta_ads.same_person(approver.name, by_id)
    ) AND terms ? 'approvers' THEN
        RETURN format('%s is not among the approvers of this account (%s)', by_name, (
            SELECT string_agg(approver.name, ', ')
            FROM jsonb_array_elements_text(terms -> 'approvers') AS approver (name)));
    END IF;
    IF NOT COALESCE((terms ->> 'other_than_author')::boolean, false) THEN
        RETURN NULL;
    END IF;
    SELECT launch_event.author INTO author FROM meta_ads.launch_event
    WHERE launch_event.campaign_id = of_campaign AND launch_event.plan_hash = of_plan
      AND launch_event.author IS NOT NULL
    ORDER BY launch_event.id DESC LIMIT 1;
    IF author IS NULL THEN
        RETURN 'nobody knows who asked for this launch, since no person triggered it, and another'
            ' person must approve it';
    END IF;
    IF meta_ads.same_person(author, by_name) OR meta_ads.same_person(author, by_id) THEN
        RETURN format('%s triggered this launch, and another person must approve it', author);
    END IF;
    RETURN NULL;
END $$;

-- Every decision is judged as it is written, whoever writes it.
CREATE FUNCTION meta_ads.judge_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.refused := NULL;
    IF NEW.approved THEN
        NEW.refused := meta_ads.approval_refusal(
            NEW.campaign_id, NEW.plan_hash, NEW.decided_by, NEW.decided_by_id);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER approval_is_judged BEFORE INSERT ON meta_ads.approval
    FOR EACH ROW EXECUTE FUNCTION meta_ads.judge_approval();

-- The decision on exactly this plan that counts: the last one that was not refused. An approval
-- counts until `expires_at`; NULL means for ever.
CREATE FUNCTION meta_ads.decision(of_campaign text, of_plan text)
RETURNS TABLE (approved boolean, decided_by text, decided_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT approval.approved, approval.decided_by, approval.decided_at,
           approval.decided_at
               + make_interval(secs => (plan.body #>> '{approval,expires_after}')::float8)
    FROM meta_ads.approval JOIN meta_ads.plan ON plan.hash = approval.plan_hash
    WHERE approval.campaign_id = of_campaign AND approval.plan_hash = of_plan
      AND approval.refused IS NULL
    ORDER BY approval.id DESC LIMIT 1
$$;

-- Whether exactly this plan may go live, as far as people are concerned: it needs no approval, or
-- has one that still counts. The only place of this rule.
CREATE FUNCTION meta_ads.is_approved(of_campaign text, of_plan text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT COALESCE((
        SELECT NOT (plan.body ->> 'approval_required')::boolean OR EXISTS (
            SELECT FROM meta_ads.decision(of_campaign, of_plan) AS decision
            WHERE decision.approved
              AND COALESCE(decision.expires_at, 'infinity') > clock_timestamp())
        FROM meta_ads.plan WHERE plan.hash = of_plan
    ), false)
$$;

-- What a budget for a whole flight comes to a day, spread evenly over its days; all of it when the
-- flight is not known.
CREATE FUNCTION meta_ads.spread(budget bigint, starts timestamptz, ends timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(ceil(
        budget / greatest(1, ceil(EXTRACT(EPOCH FROM ends - starts) / 86400))), 0)::bigint
$$;

-- What the plan may spend, in minor units: see planning/spend.py.
ALTER TABLE meta_ads.plan
    ADD COLUMN daily_spend bigint NOT NULL DEFAULT 0 CHECK (daily_spend >= 0),
    ADD COLUMN lifetime_spend bigint NOT NULL DEFAULT 0 CHECK (lifetime_spend >= 0),
    ADD COLUMN spends_until timestamptz;

ALTER TABLE meta_ads.plan DISABLE TRIGGER plan_is_append_only;
UPDATE meta_ads.plan
SET daily_spend = COALESCE(budget.daily, 0) + meta_ads.spread(
        budget.lifetime, (plan.body ->> 'activate_at')::timestamptz, budget.ends),
    lifetime_spend = COALESCE(budget.lifetime, 0),
    spends_until = budget.ends
FROM (
    SELECT planned.hash, sum((step #>> '{params,daily_budget}')::bigint)::bigint AS daily,
           sum((step #>> '{params,lifetime_budget}')::bigint)::bigint AS lifetime,
           max((step #>> '{late_params,end_time}')::timestamptz) AS ends
    FROM meta_ads.plan AS planned
    CROSS JOIN LATERAL jsonb_array_elements(planned.body -> 'steps') AS step
    GROUP BY planned.hash
) AS budget
WHERE budget.hash = plan.hash;
ALTER TABLE meta_ads.plan ENABLE TRIGGER plan_is_append_only;

-- What configs/accounts.yaml allows an account to spend, as last read; NULL is no limit. Money in
-- minor units.
CREATE TABLE meta_ads.account_limit (
    account_id            text PRIMARY KEY,
    currency              text NOT NULL,
    daily_per_campaign    bigint CHECK (daily_per_campaign > 0),
    lifetime_per_campaign bigint CHECK (lifetime_per_campaign > 0),
    daily_total           bigint CHECK (daily_total > 0),
    set_at                timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What an object may spend a day of its own budget, going by what was last seen of it.
CREATE FUNCTION meta_ads.seen_spend(seen meta_ads.object_status) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN seen.status = 'ACTIVE' AND seen.effective_status NOT IN ('DELETED', 'ARCHIVED')
                 AND COALESCE(seen.end_time, 'infinity') > clock_timestamp()
           THEN COALESCE(seen.daily_budget, 0)
                + meta_ads.spread(seen.lifetime_budget, seen.start_time, seen.end_time)
           ELSE 0 END
$$;

-- What an account may spend a day, campaign by campaign: our live launches, and whatever else was
-- last seen on at Meta. Of a launch its plan is believed until a sync that began after its last
-- change has seen the campaign; an hour is longer than any sync.
CREATE FUNCTION meta_ads.commitments(of_account text)
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
               CASE WHEN plan.spends_until <= clock_timestamp() THEN 0
               ELSE plan.daily_spend END AS daily_spend
        FROM meta_ads.launch
        JOIN meta_ads.plan ON plan.hash = launch.plan_hash
        LEFT JOIN meta_ads.step ON step.account_id = launch.account_id
             AND step.owner = launch.campaign_id AND step.kind = 'campaign'
        WHERE launch.account_id = of_account
          AND launch.state IN ('ACTIVATING', 'ACTIVE', 'VERIFIED')
    )
    SELECT ours.campaign_id, ours.object_id, COALESCE(seen.name, ours.campaign_id),
           CASE WHEN ours.state <> 'ACTIVATING'
                 AND seen.synced_at > ours.updated_at + interval '1 hour'
           THEN seen.daily_spend ELSE ours.daily_spend END
    FROM ours LEFT JOIN seen USING (object_id)
    UNION ALL
    SELECT step.owner, seen.object_id, seen.name, seen.daily_spend
    FROM seen LEFT JOIN meta_ads.step ON step.object_id = seen.object_id AND step.kind = 'campaign'
    WHERE seen.daily_spend > 0
      AND NOT EXISTS (SELECT FROM ours WHERE ours.object_id = seen.object_id)
$$;

-- Raise when a launch with this plan would bring its account over a limit. Launches of one account
-- take turns from here to the end of their transactions.
CREATE FUNCTION meta_ads.refuse_over_limit(of_campaign text, of_account text, of_plan text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    most   meta_ads.account_limit;
    wanted meta_ads.plan;
    others bigint;
BEGIN
    SELECT * INTO most FROM meta_ads.account_limit AS item
    WHERE item.account_id = of_account
      AND COALESCE(item.daily_per_campaign, item.lifetime_per_campaign, item.daily_total)
          IS NOT NULL
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO wanted FROM meta_ads.plan WHERE plan.hash = of_plan;
    SELECT COALESCE(sum(other.daily_spend), 0) INTO others
    FROM meta_ads.commitments(of_account) AS other
    WHERE other.campaign_id IS DISTINCT FROM of_campaign;
    IF wanted.daily_spend > most.daily_per_campaign
       OR wanted.lifetime_spend > most.lifetime_per_campaign
       OR others + wanted.daily_spend > most.daily_total THEN
        RAISE EXCEPTION 'launch %: % a day beside % a day is over a limit of %',
            of_campaign, wanted.daily_spend, others, of_account;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION meta_ads.guard_launch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PLANNED', 'PAUSED'), ('PLANNED', 'WITHDRAWN'),
        ('PAUSED', 'ACTIVATING'), ('PAUSED', 'WITHDRAWN'),
        ('ACTIVATING', 'ACTIVE'), ('ACTIVATING', 'WITHDRAWN'),
        ('ACTIVE', 'VERIFIED'), ('ACTIVE', 'WITHDRAWN'),
        ('VERIFIED', 'WITHDRAWN')
    ) THEN
        RAISE EXCEPTION 'launch % cannot go from % to %', OLD.campaign_id, OLD.state, NEW.state;
    END IF;
    IF OLD.state = 'PLANNED' AND NEW.state = 'PAUSED' AND EXISTS (
        SELECT FROM meta_ads.launch_step
        WHERE launch_step.campaign_id = NEW.campaign_id AND launch_step.state <> 'DONE'
    ) THEN
        RAISE EXCEPTION 'launch % is not complete at Meta', OLD.campaign_id;
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('ACTIVATING', 'ACTIVE')
       AND NOT meta_ads.is_approved(NEW.campaign_id, NEW.plan_hash) THEN
        RAISE EXCEPTION 'launch %: nobody approved plan %', OLD.campaign_id, NEW.plan_hash;
    END IF;
    IF OLD.state = 'PAUSED' AND NEW.state = 'ACTIVATING' THEN
        PERFORM meta_ads.refuse_over_limit(NEW.campaign_id, NEW.account_id, NEW.plan_hash);
    END IF;
    IF OLD.state = 'ACTIVATING' AND NEW.state = 'ACTIVE'
       AND (NEW.activate_at > clock_timestamp()) IS DISTINCT FROM false THEN
        RAISE EXCEPTION 'launch % is not due before %', OLD.campaign_id, NEW.activate_at;
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
