-- Changes of launches that exist at Meta already.

-- `revision_hash` is the plan a launch is changing to, while `plan_hash` is what is at Meta. Once its
-- first change may have been sent, `revision_spend` is the most a day that any revision begun since the
-- last promotion may spend.
ALTER TABLE meta_ads.launch
    ADD COLUMN revision_hash text REFERENCES meta_ads.plan (hash),
    ADD COLUMN revision_spend bigint,
    ADD CONSTRAINT begun_revisions_exist
        CHECK (revision_spend IS NULL OR revision_hash IS NOT NULL);

-- `applied` are the parameters the object has, or would be sent with; `changing` those of an update whose
-- outcome is not known.
ALTER TABLE meta_ads.step
    ADD COLUMN applied jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN changing jsonb;

UPDATE meta_ads.step
SET applied = (planned.step -> 'params') - 'status' || COALESCE(planned.step -> 'late_params', '{}')
FROM (
    SELECT DISTINCT ON (item ->> 'key') item ->> 'key' AS key, item AS step
    FROM meta_ads.plan
    CROSS JOIN LATERAL jsonb_array_elements(plan.body -> 'steps') AS item
    LEFT JOIN meta_ads.launch ON launch.plan_hash = plan.hash
    ORDER BY item ->> 'key', launch.plan_hash IS NULL, plan.created_at DESC
) AS planned
WHERE planned.key = step.key;

CREATE OR REPLACE FUNCTION meta_ads.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'DONE'
       AND (NEW.state, NEW.object_id) IS DISTINCT FROM (OLD.state, OLD.object_id) THEN
        RAISE EXCEPTION 'step % is DONE with object % for ever', OLD.key, OLD.object_id;
    END IF;
    IF OLD.state = 'DONE' AND NEW.spec_hash <> OLD.spec_hash
       AND (OLD.kind NOT IN ('campaign', 'ad_set', 'ad')
            OR (OLD.lease_until > clock_timestamp()) IS DISTINCT FROM true) THEN
        RAISE EXCEPTION 'step % is DONE: its content changes by an update under a lease', OLD.key;
    END IF;
    IF NEW.epoch < OLD.epoch THEN
        RAISE EXCEPTION 'step %: epoch cannot go back from % to %', OLD.key, OLD.epoch, NEW.epoch;
    END IF;
    IF (OLD.state, NEW.state) IN (('NEW', 'DONE'), ('NEW', 'HELD'), ('HELD', 'INFLIGHT')) THEN
        RAISE EXCEPTION 'step % cannot go from % to %', OLD.key, OLD.state, NEW.state;
    END IF;
    IF NEW.epoch > OLD.epoch AND EXISTS (
        SELECT FROM unnest(NEW.parents) AS parent (key)
        LEFT JOIN meta_ads.step USING (key) WHERE step.state IS DISTINCT FROM 'DONE'
    ) THEN
        RAISE EXCEPTION 'step % cannot be sent before its parents are DONE', NEW.key;
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION meta_ads.guard_launch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PLANNED', 'PAUSED'), ('PLANNED', 'WITHDRAWN'),
        ('PAUSED', 'ACTIVATING'), ('PAUSED', 'WITHDRAWN'),
        ('ACTIVATING', 'ACTIVE'), ('ACTIVATING', 'WITHDRAWN'),
        ('ACTIVE', 'VERIFIED'), ('ACTIVE', 'WITHDRAWN'),
        ('VERIFIED', 'WITHDRAWN')
    ) AND NOT (  -- What was changed is to be verified anew.
        (OLD.state, NEW.state) = ('VERIFIED', 'ACTIVE') AND NEW.plan_hash = OLD.revision_hash
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
       AND NEW.revision_hash IS NOT NULL THEN
        RAISE EXCEPTION 'launch % is changing to plan %', OLD.campaign_id, NEW.revision_hash;
    END IF;
    IF NEW.revision_spend IS NOT NULL AND OLD.state IN ('ACTIVATING', 'ACTIVE', 'VERIFIED')
       AND OLD.revision_spend IS DISTINCT FROM NEW.revision_spend THEN
        IF NOT meta_ads.is_approved(NEW.campaign_id, NEW.revision_hash) THEN
            RAISE EXCEPTION 'launch %: nobody approved plan %', OLD.campaign_id, NEW.revision_hash;
        END IF;
        IF (SELECT revision.daily_spend > plan.daily_spend
            FROM meta_ads.plan, meta_ads.plan AS revision
            WHERE plan.hash = NEW.plan_hash AND revision.hash = NEW.revision_hash) THEN
            PERFORM meta_ads.refuse_over_limit(
                NEW.campaign_id, NEW.account_id, NEW.revision_hash);
        END IF;
    END IF;
    IF OLD.state IN ('ACTIVE', 'VERIFIED') AND NEW.plan_hash <> OLD.plan_hash
       AND NOT meta_ads.is_approved(NEW.campaign_id, NEW.plan_hash) THEN
        RAISE EXCEPTION 'launch %: nobody approved plan %', OLD.campaign_id, NEW.plan_hash;
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

-- As before, and while a launch changes, the most of what it may spend.
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
               launch.revision_spend,
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
           THEN seen.daily_spend ELSE ours.daily_spend END
    FROM ours LEFT JOIN seen USING (object_id)
    UNION ALL
    SELECT step.owner, seen.object_id, seen.name, seen.daily_spend
    FROM seen LEFT JOIN meta_ads.step ON step.object_id = seen.object_id AND step.kind = 'campaign'
    WHERE seen.daily_spend > 0
      AND NOT EXISTS (SELECT FROM ours WHERE ours.object_id = seen.object_id)
$$;
