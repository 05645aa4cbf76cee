-- The whole schema, as the migrations build it. tests/integration proves the two equal.

CREATE SCHEMA IF NOT EXISTS meta_ads;

-- What a launch will do, word for word. Rows are never changed.
CREATE TABLE meta_ads.plan (
    hash        text PRIMARY KEY CHECK (length(hash) = 64),
    account_id  text NOT NULL,
    campaign_id text NOT NULL,
    body        jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row for each campaign file that was ever launched.
CREATE TABLE meta_ads.launch (
    campaign_id   text PRIMARY KEY,
    account_id    text NOT NULL,
    plan_hash     text NOT NULL REFERENCES meta_ads.plan (hash),
    state         text NOT NULL DEFAULT 'PLANNED' CHECK (state IN
        ('PLANNED', 'PAUSED', 'ACTIVATING', 'ACTIVE', 'VERIFIED', 'WITHDRAWN')),
    activate_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    activated_at  timestamptz,
    verified_at   timestamptz,
    withdrawn_at  timestamptz,
    withdrawn_by  text,
    last_error    text,
    CONSTRAINT live_launches_have_a_moment
        CHECK (state NOT IN ('ACTIVE', 'VERIFIED') OR activated_at IS NOT NULL),
    CONSTRAINT verified_launches_have_a_moment
        CHECK (state <> 'VERIFIED' OR verified_at IS NOT NULL),
    CONSTRAINT withdrawn_launches_have_a_moment
        CHECK ((state = 'WITHDRAWN') = (withdrawn_at IS NOT NULL))
);

-- One row for each object a launch needs. The key holds no run id: see planning/step.py.
CREATE TABLE meta_ads.step (
    key         text PRIMARY KEY,
    account_id  text NOT NULL,
    kind        text NOT NULL CHECK (kind IN
        ('video', 'image', 'creative', 'campaign', 'ad_set', 'ad')),
    marker      text NOT NULL UNIQUE,
    spec_hash   text NOT NULL CHECK (length(spec_hash) = 64),
    state       text NOT NULL DEFAULT 'NEW' CHECK (state IN ('NEW', 'INFLIGHT', 'DONE', 'HELD')),
    epoch       integer NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    attempt_at  timestamptz,
    searches    integer NOT NULL DEFAULT 0,
    not_before  timestamptz,
    object_id   text,
    progress    jsonb,
    lease_owner text,
    lease_until timestamptz,
    last_error  text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT done_steps_have_an_id CHECK ((state = 'DONE') = (object_id IS NOT NULL)),
    CONSTRAINT sent_steps_have_an_attempt
        CHECK (state NOT IN ('INFLIGHT', 'DONE') OR (attempt_at IS NOT NULL AND epoch > 0)),
    CONSTRAINT leases_are_whole CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT held_steps_say_why CHECK (state <> 'HELD' OR last_error IS NOT NULL)
);

-- An object at Meta belongs to one step only. Equal pictures share one hash at Meta.
CREATE UNIQUE INDEX step_object ON meta_ads.step (object_id) WHERE kind <> 'image';

CREATE FUNCTION meta_ads.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
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
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER step_guard BEFORE UPDATE ON meta_ads.step
    FOR EACH ROW EXECUTE FUNCTION meta_ads.guard_step();

CREATE FUNCTION meta_ads.guard_launch() RETURNS trigger LANGUAGE plpgsql AS $$
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
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER launch_guard BEFORE UPDATE ON meta_ads.launch
    FOR EACH ROW EXECUTE FUNCTION meta_ads.guard_launch();

-- Every attempt and what became of it: explains every object at Meta. Append-only.
CREATE TABLE meta_ads.attempt (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    step_key text NOT NULL REFERENCES meta_ads.step (key),
    epoch    integer NOT NULL,
    event    text NOT NULL,
    owner    text NOT NULL,
    detail   text,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempt_step ON meta_ads.attempt (step_key, id);

-- What happened to a launch as a whole. Append-only.
CREATE TABLE meta_ads.launch_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES meta_ads.launch (campaign_id),
    plan_hash   text NOT NULL REFERENCES meta_ads.plan (hash),
    event       text NOT NULL,
    detail      text,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX launch_event_campaign ON meta_ads.launch_event (campaign_id, id);

-- Who said yes or no to which plan. The last decision on a hash counts. Append-only.
CREATE TABLE meta_ads.approval (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES meta_ads.launch (campaign_id),
    plan_hash   text NOT NULL REFERENCES meta_ads.plan (hash),
    approved    boolean NOT NULL,
    decided_by  text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX approval_plan ON meta_ads.approval (campaign_id, plan_hash, id);

CREATE FUNCTION meta_ads.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE TRIGGER attempt_is_append_only BEFORE UPDATE OR DELETE ON meta_ads.attempt
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();
CREATE TRIGGER launch_event_is_append_only BEFORE UPDATE OR DELETE ON meta_ads.launch_event
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();
CREATE TRIGGER approval_is_append_only BEFORE UPDATE OR DELETE ON meta_ads.approval
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();
CREATE TRIGGER plan_is_append_only BEFORE UPDATE OR DELETE ON meta_ads.plan
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();

-- The steps of each launch, in plan order, for people and for the Campaigns page.
CREATE VIEW meta_ads.launch_step AS
SELECT launch.campaign_id, launch.account_id, planned.position, planned.step ->> 'key' AS step_key,
       planned.step ->> 'kind' AS kind, COALESCE(step.state, 'NEW') AS state, step.object_id,
       step.epoch, step.last_error, step.updated_at
FROM meta_ads.launch
JOIN meta_ads.plan ON plan.hash = launch.plan_hash
CROSS JOIN LATERAL jsonb_array_elements(plan.body -> 'steps')
    WITH ORDINALITY AS planned (step, position)
LEFT JOIN meta_ads.step ON step.key = planned.step ->> 'key';

-- What Meta last said of every object of our accounts. Money in minor units of the currency.
CREATE TABLE meta_ads.object_status (
    object_id        text PRIMARY KEY,
    account_id       text NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('campaign', 'ad_set', 'ad')),
    parent_id        text,
    name             text NOT NULL,
    status           text NOT NULL,
    effective_status text NOT NULL,
    daily_budget     bigint,
    lifetime_budget  bigint,
    currency         text NOT NULL,
    start_time       timestamptz,
    end_time         timestamptz,
    review           jsonb,
    issues           jsonb,
    created_time     timestamptz,
    updated_time     timestamptz,
    changed_at       timestamptz NOT NULL,
    synced_at        timestamptz NOT NULL
);
CREATE INDEX object_status_account ON meta_ads.object_status (account_id, kind);

-- One row for each time an object was seen different from before. Append-only.
CREATE TABLE meta_ads.object_status_history (
    object_id        text NOT NULL REFERENCES meta_ads.object_status (object_id)
                     DEFERRABLE INITIALLY DEFERRED,
    changed_at       timestamptz NOT NULL,
    name             text NOT NULL,
    status           text NOT NULL,
    effective_status text NOT NULL,
    daily_budget     bigint,
    lifetime_budget  bigint,
    start_time       timestamptz,
    end_time         timestamptz,
    review           jsonb,
    issues           jsonb,
    PRIMARY KEY (object_id, changed_at)
);
CREATE TRIGGER object_status_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.object_status_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();
