ALTER TABLE meta_ads.launch ADD COLUMN stopped boolean NOT NULL DEFAULT false;

ALTER TABLE meta_ads.step
    ADD COLUMN owner text NOT NULL GENERATED ALWAYS AS (split_part(key, '/', 2)) STORED,
    ADD COLUMN parents text[] NOT NULL DEFAULT '{}',
    ADD COLUMN swept_at timestamptz;
CREATE INDEX step_owner ON meta_ads.step (account_id, owner);

CREATE OR REPLACE FUNCTION meta_ads.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'DONE'
       AND (NEW.state, NEW.object_id, NEW.spec_hash)
           IS DISTINCT FROM (OLD.state, OLD.object_id, OLD.spec_hash) THEN
        RAISE EXCEPTION 'step % is DONE with object % for ever', OLD.key, OLD.object_id;
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
       AND (SELECT (plan.body ->> 'approval_required')::boolean FROM meta_ads.plan
            WHERE plan.hash = NEW.plan_hash)
       AND (SELECT approval.approved FROM meta_ads.approval
            WHERE approval.campaign_id = NEW.campaign_id AND approval.plan_hash = NEW.plan_hash
            ORDER BY approval.id DESC LIMIT 1) IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'launch %: nobody approved plan %', OLD.campaign_id, NEW.plan_hash;
    END IF;
    IF OLD.state = 'ACTIVATING' AND NEW.state = 'ACTIVE'
       AND (NEW.activate_at > clock_timestamp()) IS DISTINCT FROM false THEN
        RAISE EXCEPTION 'launch % is not due before %', OLD.campaign_id, NEW.activate_at;
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

-- Objects by the marker in their name (planning/step.py): whose are they?
CREATE INDEX object_status_marker ON meta_ads.object_status
    (account_id, substring(name FROM '\[#([A-Z2-7]{10})\]'));

-- Whether a second object of the step may exist that nobody looked for lately: it was sent more than
-- once, or an object with its marker was seen at Meta. The time between two looks doubles, so that a
-- late twin is found soon and looking stays cheap.
CREATE FUNCTION meta_ads.step_sweep_due(step meta_ads.step) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT step.state = 'DONE' AND step.kind IN ('campaign', 'ad_set', 'ad') AND (
        (step.epoch > 1
         AND clock_timestamp() - COALESCE(step.swept_at, step.attempt_at)
             >= greatest(interval '1 minute', (clock_timestamp() - step.attempt_at) / 2))
        OR EXISTS (
            SELECT FROM meta_ads.object_status AS seen
            WHERE seen.account_id = step.account_id
              AND substring(seen.name FROM '\[#([A-Z2-7]{10})\]') = step.marker
              AND seen.kind = step.kind AND seen.object_id <> step.object_id
              AND seen.effective_status NOT IN ('DELETED', 'ARCHIVED')
              AND seen.synced_at > COALESCE(step.swept_at, '-infinity')
        ))
$$;
