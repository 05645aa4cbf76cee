-- The whole schema, as the migrations build it. tests/integration proves the two equal.

CREATE SCHEMA IF NOT EXISTS meta_ads;

-- What a launch will do, word for word. Rows are never changed.
CREATE TABLE meta_ads.plan (
    hash        text PRIMARY KEY CHECK (length(hash) = 64),
    account_id  text NOT NULL,
    campaign_id text NOT NULL,
    body        jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What it may spend, in minor units: see planning/spend.py.
    daily_spend    bigint NOT NULL DEFAULT 0 CHECK (daily_spend >= 0),
    lifetime_spend bigint NOT NULL DEFAULT 0 CHECK (lifetime_spend >= 0),
    spends_until   timestamptz,
    -- For lists: what it is called, and whether a person must approve it.
    title  text GENERATED ALWAYS AS (body #>> '{summary,0,1}') STORED,
    brand  text GENERATED ALWAYS AS (body #>> '{naming,brand}') STORED,
    market text GENERATED ALWAYS AS (body #>> '{naming,market}') STORED,
    asks   boolean GENERATED ALWAYS AS (body @> '{"approval_required": true}') STORED,
    -- For how many seconds an approval counts; NULL is for ever. The body is too large to look there.
    approval_lasts float8 GENERATED ALWAYS AS ((body #>> '{approval,expires_after}')::float8) STORED
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
    -- The last error needs a person: the reconciler leaves the launch alone until it is triggered.
    stopped       boolean NOT NULL DEFAULT false,
    -- The plan it is changing to, while `plan_hash` is what is at Meta. Once its first change may have
    -- been sent, `revision_spend` is the most a day that any revision begun since the last promotion
    -- may spend.
    revision_hash  text REFERENCES meta_ads.plan (hash),
    revision_spend bigint,
    -- When a person switched it off while it was live, and who; and since when it is being resumed.
    paused_at   timestamptz,
    paused_by   text,
    resuming_at timestamptz,
    CONSTRAINT somebody_paused_it CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    CONSTRAINT only_what_is_paused_resumes CHECK (resuming_at IS NULL OR paused_at IS NOT NULL),
    CONSTRAINT begun_revisions_exist
        CHECK (revision_spend IS NULL OR revision_hash IS NOT NULL),
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
    -- The campaign_id, or `media` for what campaigns of the account share.
    owner       text NOT NULL GENERATED ALWAYS AS (split_part(key, '/', 2)) STORED,
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
    -- The keys of the steps whose objects this one needs.
    parents     text[] NOT NULL DEFAULT '{}',
    -- When it was last looked up whether a second object of this step exists.
    swept_at    timestamptz,
    lease_owner text,
    lease_until timestamptz,
    last_error  text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The parameters the object has, or would be sent with; and those of an update whose outcome is
    -- not known.
    applied     jsonb NOT NULL DEFAULT '{}',
    changing    jsonb,
    CONSTRAINT done_steps_have_an_id CHECK ((state = 'DONE') = (object_id IS NOT NULL)),
    CONSTRAINT sent_steps_have_an_attempt
        CHECK (state NOT IN ('INFLIGHT', 'DONE') OR (attempt_at IS NOT NULL AND epoch > 0)),
    CONSTRAINT leases_are_whole CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CONSTRAINT held_steps_say_why CHECK (state <> 'HELD' OR last_error IS NOT NULL)
);

-- An object at Meta belongs to one step only. Equal pictures share one hash at Meta.
CREATE UNIQUE INDEX step_object ON meta_ads.step (object_id) WHERE kind <> 'image';

CREATE INDEX step_owner ON meta_ads.step (account_id, owner);

CREATE FUNCTION meta_ads.guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
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
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who triggered the launch, on events `triggered`.
    author      text
);
CREATE INDEX launch_event_campaign ON meta_ads.launch_event (campaign_id, id);

-- Who said yes or no to which plan. The last decision on a hash that was not refused counts.
-- Append-only.
CREATE TABLE meta_ads.approval (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES meta_ads.launch (campaign_id),
    plan_hash   text NOT NULL REFERENCES meta_ads.plan (hash),
    approved    boolean NOT NULL,
    decided_by  text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The id under which their sign-in service knows them, where it differs from the name.
    decided_by_id text,
    -- Why this yes does not count.
    refused     text
);
CREATE INDEX approval_plan ON meta_ads.approval (campaign_id, plan_hash, id);

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
               + make_interval(secs => plan.approval_lasts)
    FROM meta_ads.approval JOIN meta_ads.plan ON plan.hash = approval.plan_hash
    WHERE approval.campaign_id = of_campaign AND approval.plan_hash = of_plan
      AND approval.refused IS NULL
    ORDER BY approval.id DESC LIMIT 1
$$;

-- Whether a decision lets a plan go live now.
CREATE FUNCTION meta_ads.lets_it_go_live(approved boolean, expires_at timestamptz) RETURNS boolean
LANGUAGE sql AS $$
    SELECT approved AND COALESCE(expires_at, 'infinity') > clock_timestamp()
$$;

-- Whether exactly this plan may go live, as far as people are concerned: it needs no approval, or
-- has one that still counts. The only place of this rule.
CREATE FUNCTION meta_ads.is_approved(of_campaign text, of_plan text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT COALESCE((
        SELECT NOT (plan.body ->> 'approval_required')::boolean OR EXISTS (
            SELECT FROM meta_ads.decision(of_campaign, of_plan) AS decision
            WHERE meta_ads.lets_it_go_live(decision.approved, decision.expires_at))
        FROM meta_ads.plan WHERE plan.hash = of_plan
    ), false)
$$;

-- What needs a person now, as the reconciler last saw it; gone once it is settled. `key` is a hash of the
-- text without what differs each time; a person was told of it at `told_at`.
CREATE TABLE meta_ads.notice (
    key     text PRIMARY KEY,
    text    text NOT NULL,
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    told_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Which channel of configs/notifications.yaml was told what; `key` names one event.
CREATE TABLE meta_ads.told (
    channel text NOT NULL,
    key     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (channel, key)
);

CREATE FUNCTION meta_ads.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

-- History is append-only, but for what `forget_history_before` takes.
CREATE FUNCTION meta_ads.keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('meta_ads.forgetting', true) = 'on' THEN
        RETURN OLD;
    END IF;
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
    synced_at        timestamptz NOT NULL,
    -- The campaign an ad set or ad belongs to, and what an ad shows.
    campaign_id      text,
    creative_id      text,
    -- Falls by the hour, so it is no change.
    budget_remaining bigint,
    -- Every other setting as Meta shows it: objective, bid, targeting and so on.
    details          jsonb NOT NULL DEFAULT '{}'
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
    creative_id      text,
    details          jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (object_id, changed_at)
);
CREATE TRIGGER object_status_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.object_status_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();

-- The ad accounts as Meta last had them. Money in minor units.
CREATE TABLE meta_ads.ad_account (
    account_id            text PRIMARY KEY,
    name                  text NOT NULL,
    status                text NOT NULL,
    disable_reason        text,
    currency              text NOT NULL,
    timezone              text NOT NULL,
    timezone_offset_hours numeric,
    business_name         text,
    business_state        text,
    business_country_code text,
    -- What is owed now, what was spent since the last reset, and what may be spent until then.
    balance               bigint,
    amount_spent          bigint,
    spend_cap             bigint,
    min_daily_budget      bigint,
    created_time          timestamptz,
    changed_at            timestamptz NOT NULL,
    synced_at             timestamptz NOT NULL
);

-- One row for each time an account was seen different from before. Append-only.
CREATE TABLE meta_ads.ad_account_history (
    account_id            text NOT NULL REFERENCES meta_ads.ad_account (account_id)
                          DEFERRABLE INITIALLY DEFERRED,
    changed_at            timestamptz NOT NULL,
    name                  text NOT NULL,
    status                text NOT NULL,
    disable_reason        text,
    currency              text NOT NULL,
    timezone              text NOT NULL,
    timezone_offset_hours numeric,
    business_name         text,
    business_state        text,
    business_country_code text,
    balance               bigint,
    amount_spent          bigint,
    spend_cap             bigint,
    min_daily_budget      bigint,
    PRIMARY KEY (account_id, changed_at)
);
CREATE TRIGGER ad_account_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.ad_account_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();

-- What ads show. `link` is where a click leads, query string included; `url_tags` is what Meta adds
-- to it, as written; `enhancements` are the creative features by name, OPT_IN or OPT_OUT; `details` is
-- everything else as Meta shows it (object_story_spec, asset_feed_spec and so on). Not `listed`: a
-- complete list no longer had it.
CREATE TABLE meta_ads.creative (
    creative_id    text PRIMARY KEY,
    account_id     text NOT NULL,
    name           text,
    status         text,
    title          text,
    body           text,
    call_to_action text,
    link           text,
    template_link  text,
    url_tags       text,
    video_id       text,
    image_hash     text,
    post_id        text,
    enhancements   jsonb NOT NULL DEFAULT '{}',
    details        jsonb NOT NULL DEFAULT '{}',
    listed         boolean NOT NULL,
    changed_at     timestamptz NOT NULL,
    synced_at      timestamptz NOT NULL
);
CREATE INDEX creative_account ON meta_ads.creative (account_id);

-- One row for each time a creative was seen different from before. Append-only.
CREATE TABLE meta_ads.creative_history (
    creative_id    text NOT NULL REFERENCES meta_ads.creative (creative_id)
                   DEFERRABLE INITIALLY DEFERRED,
    changed_at     timestamptz NOT NULL,
    name           text,
    status         text,
    title          text,
    body           text,
    call_to_action text,
    link           text,
    template_link  text,
    url_tags       text,
    video_id       text,
    image_hash     text,
    post_id        text,
    enhancements   jsonb NOT NULL DEFAULT '{}',
    details        jsonb NOT NULL DEFAULT '{}',
    listed         boolean NOT NULL,
    PRIMARY KEY (creative_id, changed_at)
);
CREATE TRIGGER creative_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.creative_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();

-- The videos of each account; `listed` as for creatives.
CREATE TABLE meta_ads.video (
    video_id       text PRIMARY KEY,
    account_id     text NOT NULL,
    title          text,
    status         text,
    length_seconds numeric,
    created_time   timestamptz,
    listed         boolean NOT NULL,
    changed_at     timestamptz NOT NULL,
    synced_at      timestamptz NOT NULL
);
CREATE INDEX video_account ON meta_ads.video (account_id);

-- One row for each time a video was seen different from before. Append-only.
CREATE TABLE meta_ads.video_history (
    video_id       text NOT NULL REFERENCES meta_ads.video (video_id)
                   DEFERRABLE INITIALLY DEFERRED,
    changed_at     timestamptz NOT NULL,
    title          text,
    status         text,
    length_seconds numeric,
    listed         boolean NOT NULL,
    PRIMARY KEY (video_id, changed_at)
);
CREATE TRIGGER video_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.video_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();

-- Where Meta differs from what a launch last sent, one row for each object and parameter, until it
-- is settled: changed back, or taken into the campaign file.
CREATE TABLE meta_ads.drift (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    text NOT NULL,
    campaign_id   text NOT NULL REFERENCES meta_ads.launch (campaign_id),
    step_key      text NOT NULL,
    kind          text NOT NULL,
    object_id     text NOT NULL,
    -- The Graph parameter by its dotted name, as planned and as Meta shows it; NULL where it is not.
    parameter     text NOT NULL,
    planned       text,
    found         text,
    -- The same in words.
    message       text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at    timestamptz
);
CREATE UNIQUE INDEX drift_open ON meta_ads.drift (step_key, parameter) WHERE settled_at IS NULL;
CREATE INDEX drift_account ON meta_ads.drift (account_id, settled_at);

-- The access tokens in use, by a digest of each; no token is ever stored. `dead_since`: Meta refused
-- it, or said that it is no longer valid.
CREATE TABLE meta_ads.access_token (
    fingerprint text PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
    connection  text NOT NULL,
    application text,
    scopes      text[],
    expires_at  timestamptz,
    checked_at  timestamptz,
    dead_since  timestamptz,
    dead_reason text,
    CONSTRAINT dead_tokens_say_why CHECK ((dead_since IS NULL) = (dead_reason IS NULL))
);

-- How much of Meta's quotas a token had used at its last answer for an account, in percent, and when
-- Meta lets it in again where it named a time. `refused`: why Meta does not show it the account.
CREATE TABLE meta_ads.token_usage (
    fingerprint  text NOT NULL REFERENCES meta_ads.access_token (fingerprint) ON DELETE CASCADE,
    account_id   text NOT NULL,
    used_percent numeric NOT NULL DEFAULT 0,
    full_until   timestamptz,
    used_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    refused      text,
    PRIMARY KEY (fingerprint, account_id)
);

-- Brands, markets and channels as configs/taxonomy.yaml last had them. What left the file is
-- inactive, and never deleted.
CREATE TABLE meta_ads.naming_code (
    registry  text NOT NULL CHECK (registry IN ('brand', 'market', 'channel')),
    code      text NOT NULL,
    label     text NOT NULL,
    aliases   text[] NOT NULL DEFAULT '{}',
    active    boolean NOT NULL,
    synced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (registry, code)
);

-- What is wrong with the names of what stands at Meta now. A row goes when its name is mended.
CREATE TABLE meta_ads.name_finding (
    object_id     text NOT NULL REFERENCES meta_ads.object_status (object_id),
    rule          text NOT NULL,
    account_id    text NOT NULL,
    kind          text NOT NULL,
    name          text NOT NULL,
    severity      text NOT NULL CHECK (severity IN ('error', 'warning')),
    message       text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (object_id, rule)
);
CREATE INDEX name_finding_account ON meta_ads.name_finding (account_id);

-- One row for each trigger of a launch that was no dry run: who asked, and what became of it.
CREATE TABLE meta_ads.request (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id  text NOT NULL,
    run_id       text NOT NULL,
    requested_by text NOT NULL,
    note         text,
    -- The sha256 of the campaign file when the run began; NULL when there was none to be read.
    file_digest  text,
    state        text NOT NULL DEFAULT 'DRAFT' CHECK (state IN ('DRAFT', 'QA_TESTING', 'QA_FAILED',
        'READY_FOR_API', 'TRAFFICKED_SUCCESS', 'TRAFFICKED_FAILED')),
    plan_hash    text REFERENCES meta_ads.plan (hash),
    -- Why it failed, in words; and the problems found, when the checks did.
    reason       text,
    findings     jsonb NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (campaign_id, run_id),
    CONSTRAINT failed_requests_say_why
        CHECK ((state IN ('QA_FAILED', 'TRAFFICKED_FAILED')) = (reason IS NOT NULL)),
    CONSTRAINT checked_requests_have_a_plan CHECK (plan_hash IS NOT NULL OR state NOT IN
        ('READY_FOR_API', 'TRAFFICKED_SUCCESS', 'TRAFFICKED_FAILED'))
);

-- Every state a request was in. Append-only, and written by the database itself.
CREATE TABLE meta_ads.request_event (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id bigint NOT NULL REFERENCES meta_ads.request (id),
    state      text NOT NULL,
    plan_hash  text,
    reason     text,
    findings   jsonb NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX request_event_request ON meta_ads.request_event (request_id, id);
CREATE TRIGGER request_event_is_append_only BEFORE UPDATE OR DELETE ON meta_ads.request_event
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();

-- Whether everything a plan wants is at Meta: verified where it goes live, complete where it stays
-- paused.
CREATE FUNCTION meta_ads.is_trafficked(of_campaign text, of_plan text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM meta_ads.launch
        WHERE launch.campaign_id = of_campaign AND launch.plan_hash = of_plan
          AND (launch.state = 'VERIFIED' OR (launch.state = 'PAUSED' AND launch.activate_at IS NULL))
    )
$$;

CREATE FUNCTION meta_ads.guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'request % is kept for ever', OLD.id;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'a request begins as DRAFT, not as %', NEW.state;
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.campaign_id, NEW.run_id, NEW.requested_by, NEW.note, NEW.file_digest, NEW.created_at)
       IS DISTINCT FROM
       (OLD.campaign_id, OLD.run_id, OLD.requested_by, OLD.note, OLD.file_digest, OLD.created_at)
    THEN
        RAISE EXCEPTION 'request %: who asked for what cannot change', OLD.id;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'QA_TESTING'),
        ('QA_TESTING', 'QA_FAILED'), ('QA_TESTING', 'READY_FOR_API'),
        ('QA_FAILED', 'QA_TESTING'),
        ('READY_FOR_API', 'QA_TESTING'),
        ('READY_FOR_API', 'TRAFFICKED_SUCCESS'), ('READY_FOR_API', 'TRAFFICKED_FAILED'),
        ('TRAFFICKED_FAILED', 'QA_TESTING'), ('TRAFFICKED_FAILED', 'TRAFFICKED_SUCCESS')
    ) THEN
        RAISE EXCEPTION 'request % cannot go from % to %', OLD.id, OLD.state, NEW.state;
    END IF;
    IF NEW.state = 'TRAFFICKED_SUCCESS' AND OLD.state <> NEW.state
       AND NOT meta_ads.is_trafficked(NEW.campaign_id, NEW.plan_hash) THEN
        RAISE EXCEPTION 'request %: its plan is not at Meta yet', OLD.id;
    END IF;
    IF OLD.state = 'TRAFFICKED_SUCCESS' AND NEW.plan_hash <> OLD.plan_hash THEN
        RAISE EXCEPTION 'request % is done with plan %', OLD.id, OLD.plan_hash;
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER request_guard BEFORE INSERT OR UPDATE OR DELETE ON meta_ads.request
    FOR EACH ROW EXECUTE FUNCTION meta_ads.guard_request();

CREATE FUNCTION meta_ads.keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (NEW.state, NEW.reason, NEW.plan_hash, NEW.findings)
                           IS DISTINCT FROM (OLD.state, OLD.reason, OLD.plan_hash, OLD.findings) THEN
        INSERT INTO meta_ads.request_event (request_id, state, plan_hash, reason, findings)
        VALUES (NEW.id, NEW.state, NEW.plan_hash, NEW.reason, NEW.findings);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER request_history AFTER INSERT OR UPDATE ON meta_ads.request
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_request();

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

-- What a budget for a whole flight comes to a day, spread evenly over its days; all of it when the
-- flight is not known.
CREATE FUNCTION meta_ads.spread(budget bigint, starts timestamptz, ends timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(ceil(
        budget / greatest(1, ceil(EXTRACT(EPOCH FROM ends - starts) / 86400))), 0)::bigint
$$;

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

-- Insights: what ads did, by ad and day of the account's calendar. Ids are Meta's numbers (an
-- account's without `act_`), money is in whole units of the currency. Rows are by month in partitions
-- of their own (`ensure_insight_months`). Only a merge of a whole slice writes (store/insights.py).
CREATE TABLE meta_ads.ad_insight (
    account_id         bigint NOT NULL,
    ad_id              bigint NOT NULL,
    impressions        bigint NOT NULL,
    clicks             bigint NOT NULL,
    inline_link_clicks bigint NOT NULL,
    reach              bigint NOT NULL,
    date               date NOT NULL,
    spend              numeric NOT NULL,
    frequency          numeric NOT NULL,
    currency           text NOT NULL,
    PRIMARY KEY (account_id, date, ad_id)
) PARTITION BY RANGE (date);

-- The names of action types. They are long and few, and each stands in millions of rows.
CREATE TABLE meta_ads.action_type (
    id   smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- How often people did something after an ad: `value` by the ad set's own attribution setting, the
-- others by the window they name. NULL where Meta gives no number for the window.
CREATE TABLE meta_ads.ad_insight_action (
    account_id     bigint NOT NULL,
    ad_id          bigint NOT NULL,
    date           date NOT NULL,
    action_type_id smallint NOT NULL,
    value          numeric NOT NULL,
    click_1d       numeric,
    click_7d       numeric,
    click_28d      numeric,
    view_1d        numeric,
    PRIMARY KEY (account_id, date, ad_id, action_type_id)
) PARTITION BY RANGE (date);

-- What these actions were worth.
CREATE TABLE meta_ads.ad_insight_action_value (
    account_id     bigint NOT NULL,
    ad_id          bigint NOT NULL,
    date           date NOT NULL,
    action_type_id smallint NOT NULL,
    value          numeric NOT NULL,
    click_1d       numeric,
    click_7d       numeric,
    click_28d      numeric,
    view_1d        numeric,
    currency       text NOT NULL,
    PRIMARY KEY (account_id, date, ad_id, action_type_id)
) PARTITION BY RANGE (date);

-- Each ad that ever had insights, with the names Meta last gave.
CREATE TABLE meta_ads.insight_ad (
    ad_id         bigint PRIMARY KEY,
    account_id    bigint NOT NULL,
    ad_set_id     bigint NOT NULL,
    campaign_id   bigint NOT NULL,
    ad_name       text NOT NULL,
    ad_set_name   text NOT NULL,
    campaign_name text NOT NULL,
    objective     text,
    seen_on       date NOT NULL
);
CREATE INDEX insight_ad_account ON meta_ads.insight_ad (account_id);

-- Each day that was read whole: when, by which day of the account's calendar, what it held, and
-- what the account's own report said of it.
CREATE TABLE meta_ads.insight_day (
    account_id           bigint NOT NULL,
    date                 date NOT NULL,
    read_at              timestamptz NOT NULL,
    read_on              date NOT NULL,
    changed_at           timestamptz NOT NULL,
    rows                 bigint NOT NULL,
    spend                numeric NOT NULL,
    impressions          bigint NOT NULL,
    reported_spend       numeric,
    reported_impressions bigint,
    compared_at          timestamptz,
    PRIMARY KEY (account_id, date)
);

-- How far the first load of an account has come: every day from `first_day` to `loaded_until` has
-- been read. Days beyond a gap do not count.
CREATE TABLE meta_ads.insight_load (
    account_id   bigint PRIMARY KEY,
    first_day    date NOT NULL,
    loaded_until date
);

-- Report runs under way at Meta, so that any worker can go on with them. A slice that needs runs has
-- one row for each part; it is merged, and its rows go, when all of its parts can be read.
CREATE TABLE meta_ads.insight_run (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL,
    since       date NOT NULL,
    until       date NOT NULL,
    -- The account, campaign, ad set or ad that is asked, as Graph names it, and which it is.
    node        text NOT NULL,
    level       text NOT NULL CHECK (level IN ('account', 'campaign', 'adset', 'ad')),
    attempts    integer NOT NULL DEFAULT 0,
    run_id      text,
    started_at  timestamptz,
    finished    boolean NOT NULL DEFAULT false,
    -- `ads` is the report without breakdowns.
    report      text NOT NULL DEFAULT 'ads',
    CONSTRAINT one_run_for_each_part UNIQUE (account_id, report, since, until, node),
    CHECK (since <= until),
    CONSTRAINT started_runs_have_an_id CHECK ((run_id IS NULL) = (started_at IS NULL))
);

-- Make the partitions of every month between two days. Attaching them, unlike creating them in
-- place, holds up no reader.
CREATE FUNCTION meta_ads.ensure_insight_months(since date, until date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    month date;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['ad_insight', 'ad_insight_action', 'ad_insight_action_value'] LOOP
        month := date_trunc('month', since)::date;
        WHILE month <= until LOOP
            name := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            IF to_regclass('meta_ads.' || name) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtext('meta_ads.ensure_insight_months'));
                IF to_regclass('meta_ads.' || name) IS NULL THEN
                    EXECUTE format('CREATE TABLE meta_ads.%I (LIKE meta_ads.%I INCLUDING ALL)',
                                   name, parent);
                    EXECUTE format('ALTER TABLE meta_ads.%I ATTACH PARTITION meta_ads.%I '
                                   'FOR VALUES FROM (%L) TO (%L)', parent, name, month,
                                   (month + interval '1 month')::date);
                END IF;
            END IF;
            month := (month + interval '1 month')::date;
        END LOOP;
    END LOOP;
END $$;

-- The ads that have insights, with one name for each ad, ad set and campaign: what a sync of statuses
-- last saw, else what came with the newest insights. So a rename splits nothing.
CREATE VIEW meta_ads.insight_ad_name AS
SELECT ad.ad_id, ad.account_id, ad.campaign_id,
       COALESCE(campaign.name, first_value(ad.campaign_name) OVER campaigns) AS campaign_name,
       first_value(ad.objective) OVER campaigns AS objective,
       ad.ad_set_id, COALESCE(ad_set.name, first_value(ad.ad_set_name) OVER ad_sets) AS ad_set_name,
       COALESCE(item.name, ad.ad_name) AS ad_name
FROM meta_ads.insight_ad AS ad
LEFT JOIN meta_ads.object_status AS campaign ON campaign.object_id = ad.campaign_id::text
LEFT JOIN meta_ads.object_status AS ad_set ON ad_set.object_id = ad.ad_set_id::text
LEFT JOIN meta_ads.object_status AS item ON item.object_id = ad.ad_id::text
WINDOW campaigns AS (PARTITION BY ad.campaign_id ORDER BY ad.seen_on DESC, ad.ad_id DESC),
       ad_sets AS (PARTITION BY ad.ad_set_id ORDER BY ad.seen_on DESC, ad.ad_id DESC);

-- Counts and worths of actions side by side; a worth without a count has a count of 0. In two parts,
-- since filters reach the table that each begins with, and none reaches a table of a full join.
CREATE VIEW meta_ads.insight_action AS
SELECT action.account_id, action.date, action.ad_id, action.action_type_id, action.value,
       action.click_1d, action.click_7d, action.click_28d, action.view_1d, worth.currency,
       worth.value AS amount, worth.click_1d AS amount_click_1d,
       worth.click_7d AS amount_click_7d, worth.click_28d AS amount_click_28d,
       worth.view_1d AS amount_view_1d
FROM meta_ads.ad_insight_action AS action
LEFT JOIN meta_ads.ad_insight_action_value AS worth
    USING (account_id, date, ad_id, action_type_id)
UNION ALL
SELECT worth.account_id, worth.date, worth.ad_id, worth.action_type_id, 0::numeric, NULL::numeric,
       NULL::numeric, NULL::numeric, NULL::numeric, worth.currency, worth.value, worth.click_1d,
       worth.click_7d, worth.click_28d, worth.view_1d
FROM meta_ads.ad_insight_action_value AS worth
WHERE NOT EXISTS (
    SELECT FROM meta_ads.ad_insight_action AS action
    WHERE action.account_id = worth.account_id AND action.date = worth.date
      AND action.ad_id = worth.ad_id AND action.action_type_id = worth.action_type_id);

-- What every ad did on every day, with names: one row for each ad and day.
CREATE VIEW meta_ads.vw_graph_ads AS
SELECT 'act_' || insight.account_id AS account_id, insight.date, ad.campaign_id, ad.campaign_name,
       ad.objective, ad.ad_set_id, ad.ad_set_name, insight.ad_id, ad.ad_name, insight.currency,
       insight.spend, insight.impressions, insight.clicks, insight.inline_link_clicks,
       insight.reach, insight.frequency
FROM meta_ads.ad_insight AS insight
JOIN meta_ads.insight_ad_name AS ad USING (ad_id);

-- What people did after every ad on every day: one row for each ad, day and type of action.
-- `amount` is its worth in whole units of the currency, NULL where Meta gives none.
CREATE VIEW meta_ads.vw_graph_ads_actions AS
SELECT 'act_' || action.account_id AS account_id, action.date, ad.campaign_id, ad.campaign_name,
       ad.objective, ad.ad_set_id, ad.ad_set_name, action.ad_id, ad.ad_name,
       action_type.name AS action_type, action.value, action.click_1d, action.click_7d,
       action.click_28d, action.view_1d, action.currency, action.amount, action.amount_click_1d,
       action.amount_click_7d, action.amount_click_28d, action.amount_view_1d
FROM meta_ads.insight_action AS action
JOIN meta_ads.action_type ON action_type.id = action.action_type_id
JOIN meta_ads.insight_ad_name AS ad USING (ad_id);

-- The rates people steer by. What counts as a conversion follows the campaign's objective: leads,
-- installs, else purchases, each counted once over website, app and shop. NULL where nothing can be
-- divided by nothing.
CREATE VIEW meta_ads.vw_graph_ads_kpis AS
SELECT ads.*, COALESCE(done.conversions, 0) AS conversions,
       COALESCE(done.purchase_amount, 0) AS purchase_amount,
       100.0 * ads.clicks / NULLIF(ads.impressions, 0) AS ctr,
       ads.spend / NULLIF(ads.clicks, 0) AS cpc,
       1000 * ads.spend / NULLIF(ads.impressions, 0) AS cpm,
       ads.spend / NULLIF(done.conversions, 0) AS cpa,
       COALESCE(done.purchase_amount, 0) / NULLIF(ads.spend, 0) AS roas
FROM meta_ads.vw_graph_ads AS ads
LEFT JOIN (
    SELECT account_id, date, ad_id,
           sum(value) FILTER (WHERE action_type = CASE objective
               WHEN 'OUTCOME_LEADS' THEN 'lead'
               WHEN 'OUTCOME_APP_PROMOTION' THEN 'mobile_app_install'
               ELSE 'omni_purchase' END) AS conversions,
           sum(amount) FILTER (WHERE action_type = 'omni_purchase') AS purchase_amount
    FROM meta_ads.vw_graph_ads_actions GROUP BY account_id, date, ad_id
) AS done USING (account_id, date, ad_id);

-- The same for each campaign and day. People reached do not add up over ads, so reach is not here.
CREATE VIEW meta_ads.vw_graph_campaigns_kpis AS
SELECT account_id, date, campaign_id, campaign_name, objective, currency, sum(spend) AS spend,
       sum(impressions) AS impressions, sum(clicks) AS clicks,
       sum(inline_link_clicks) AS inline_link_clicks, sum(conversions) AS conversions,
       sum(purchase_amount) AS purchase_amount,
       100.0 * sum(clicks) / NULLIF(sum(impressions), 0) AS ctr,
       sum(spend) / NULLIF(sum(clicks), 0) AS cpc,
       1000 * sum(spend) / NULLIF(sum(impressions), 0) AS cpm,
       sum(spend) / NULLIF(sum(conversions), 0) AS cpa,
       sum(purchase_amount) / NULLIF(sum(spend), 0) AS roas
FROM meta_ads.vw_graph_ads_kpis
GROUP BY account_id, date, campaign_id, campaign_name, objective, currency;

-- The tables that the dbt package fivetran/dbt_facebook_ads 1.4 reads, as views. Ids are numbers,
-- an account's without `act_`; budgets are in minor units as Meta gives them, spend and values in
-- whole units. Columns are only ever appended, with CREATE OR REPLACE: dbt's own views stand on these.
CREATE SCHEMA IF NOT EXISTS facebook_ads;

-- URL parameters (`utm_source=fb&utm_medium=cpc`) as that package reads them: a list of key and
-- value, as written; the first of each key. NULL for none.
CREATE FUNCTION meta_ads.url_tag_list(tags text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_agg(jsonb_build_object('key', key, 'value', value, 'type', 'AD') ORDER BY number)
    FROM (
        SELECT DISTINCT ON (key) key, value, number
        FROM regexp_split_to_table(ltrim(tags, '?'), '&') WITH ORDINALITY AS part (tag, number)
        CROSS JOIN LATERAL (
            SELECT split_part(tag, '=', 1) AS key,
                   COALESCE(substring(tag FROM '^[^=]*=(.*)$'), '') AS value
        ) AS parsed
        WHERE key <> ''
        ORDER BY key, number
    ) AS first_of_each
$$;

-- Each ad that was ever seen, by a sync of statuses or in insights, with what it belongs to.
CREATE VIEW meta_ads.known_ad AS
SELECT COALESCE(ad.object_id::bigint, insight.ad_id) AS ad_id,
       COALESCE(replace(ad.account_id, 'act_', '')::bigint, insight.account_id) AS account_id,
       COALESCE(ad.parent_id::bigint, insight.ad_set_id) AS ad_set_id,
       COALESCE(ad.campaign_id::bigint, insight.campaign_id) AS campaign_id,
       insight.ad_name, insight.ad_set_name, insight.campaign_name,
       ad.object_id IS NOT NULL AS listed
FROM (
    SELECT seen.object_id, seen.account_id, seen.parent_id,
           COALESCE(seen.campaign_id, ad_set.parent_id) AS campaign_id
    FROM meta_ads.object_status AS seen
    LEFT JOIN meta_ads.object_status AS ad_set ON ad_set.object_id = seen.parent_id
    WHERE seen.kind = 'ad'
) AS ad
FULL JOIN meta_ads.insight_ad AS insight ON insight.ad_id = ad.object_id::bigint;

-- Every version of every campaign, ad set and ad that a sync of statuses saw. The newest counts as
-- synced when it was last seen.
CREATE VIEW meta_ads.object_version AS
SELECT version.object_id::bigint AS id, version.changed_at AS updated_time, item.kind,
       replace(item.account_id, 'act_', '')::bigint AS account_id,
       item.parent_id::bigint AS parent_id, item.campaign_id::bigint AS campaign_id,
       version.creative_id::bigint AS creative_id, version.name, version.status,
       version.effective_status, item.created_time, version.start_time, version.end_time,
       version.daily_budget, version.lifetime_budget, item.budget_remaining, version.details,
       CASE WHEN version.changed_at = item.changed_at THEN item.synced_at
            ELSE version.changed_at END AS synced_at
FROM meta_ads.object_status_history AS version
JOIN meta_ads.object_status AS item USING (object_id);

-- When something is known from insights alone, or from what belongs to it, there is one version of it.
CREATE FUNCTION meta_ads.long_ago() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT timestamptz '2000-01-01 00:00:00+00'
$$;

CREATE OR REPLACE VIEW facebook_ads.account_history AS
SELECT replace(version.account_id, 'act_', '')::bigint AS id,
       CASE WHEN version.changed_at = account.changed_at THEN account.synced_at
            ELSE version.changed_at END AS _fivetran_synced,
       version.name, version.status AS account_status, version.business_country_code,
       version.business_state, version.currency, version.timezone AS timezone_name,
       account.created_time, version.timezone_offset_hours::float8 AS timezone_offset_hours_utc,
       version.min_daily_budget
FROM meta_ads.ad_account_history AS version
JOIN meta_ads.ad_account AS account USING (account_id)
UNION ALL
SELECT known.account_id, meta_ads.long_ago(), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT account_id FROM meta_ads.insight_ad
    UNION SELECT replace(account_id, 'act_', '')::bigint FROM meta_ads.object_status
    EXCEPT SELECT replace(account_id, 'act_', '')::bigint FROM meta_ads.ad_account
) AS known;

CREATE OR REPLACE VIEW facebook_ads.campaign_history AS
SELECT id, updated_time, account_id, name, status, created_time, start_time,
       end_time AS stop_time, daily_budget, lifetime_budget,
       budget_remaining::numeric AS budget_remaining, synced_at AS _fivetran_synced,
       effective_status
FROM meta_ads.object_version WHERE kind = 'campaign'
UNION ALL
(SELECT DISTINCT ON (campaign_id) campaign_id, meta_ads.long_ago(), account_id, campaign_name, NULL,
       NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::bigint, NULL::bigint,
       NULL::numeric, meta_ads.long_ago(), NULL
FROM (
    SELECT campaign_id, account_id, campaign_name FROM meta_ads.known_ad
    UNION ALL
    SELECT parent_id::bigint, replace(account_id, 'act_', '')::bigint, NULL
    FROM meta_ads.object_status WHERE kind = 'ad_set'
) AS known
WHERE campaign_id NOT IN
    (SELECT object_id::bigint FROM meta_ads.object_status WHERE kind = 'campaign')
ORDER BY campaign_id, campaign_name NULLS LAST);

CREATE OR REPLACE VIEW facebook_ads.ad_set_history AS
SELECT id, updated_time, account_id, parent_id AS campaign_id, name, status,
       details ->> 'bid_strategy' AS bid_strategy,
       details ->> 'optimization_goal' AS optimization_goal, start_time, end_time, daily_budget,
       budget_remaining, synced_at AS _fivetran_synced, effective_status
FROM meta_ads.object_version WHERE kind = 'ad_set'
UNION ALL
(SELECT DISTINCT ON (ad_set_id) ad_set_id, meta_ads.long_ago(), account_id, campaign_id, ad_set_name,
       NULL, NULL, NULL, NULL::timestamptz, NULL::timestamptz, NULL::bigint, NULL::bigint,
       meta_ads.long_ago(), NULL
FROM meta_ads.known_ad
WHERE ad_set_id NOT IN
    (SELECT object_id::bigint FROM meta_ads.object_status WHERE kind = 'ad_set')
ORDER BY ad_set_id, ad_set_name NULLS LAST);

CREATE OR REPLACE VIEW facebook_ads.ad_history AS
SELECT version.id, version.updated_time, version.parent_id AS ad_set_id, known_ad.campaign_id,
       version.creative_id, version.account_id, version.name, version.status,
       version.details ->> 'conversion_domain' AS conversion_domain,
       version.synced_at AS _fivetran_synced, version.effective_status
FROM meta_ads.object_version AS version
JOIN meta_ads.known_ad ON known_ad.ad_id = version.id
WHERE version.kind = 'ad'
UNION ALL
SELECT ad_id, meta_ads.long_ago(), ad_set_id, campaign_id, NULL::bigint, account_id, ad_name, NULL,
       NULL, meta_ads.long_ago(), NULL
FROM meta_ads.known_ad WHERE NOT listed;

CREATE OR REPLACE VIEW facebook_ads.creative_history AS
SELECT version.creative_id::bigint AS id,
       CASE WHEN version.changed_at = creative.changed_at THEN creative.synced_at
            ELSE version.changed_at END AS _fivetran_synced,
       md5(version.creative_id || '|' || EXTRACT(EPOCH FROM version.changed_at)) AS _fivetran_id,
       version.link AS page_link, version.template_link AS template_page_link,
       meta_ads.url_tag_list(version.url_tags) AS url_tags,
       replace(creative.account_id, 'act_', '')::bigint AS account_id, version.name,
       version.details #>> '{asset_feed_spec,link_urls}' AS asset_feed_spec_link_urls,
       version.details #>> '{object_story_spec,link_data,child_attachments}'
           AS object_story_link_data_child_attachments,
       version.details #>> '{object_story_spec,link_data,caption}'
           AS object_story_link_data_caption,
       version.details #>> '{object_story_spec,link_data,description}'
           AS object_story_link_data_description,
       version.details #>> '{object_story_spec,link_data,link}' AS object_story_link_data_link,
       version.details #>> '{object_story_spec,link_data,message}'
           AS object_story_link_data_message,
       version.details #>> '{template_url_spec,android}' AS template_app_link_spec_android,
       version.details #>> '{template_url_spec,ios}' AS template_app_link_spec_ios,
       version.details #>> '{template_url_spec,ipad}' AS template_app_link_spec_ipad,
       version.details #>> '{template_url_spec,iphone}' AS template_app_link_spec_iphone
FROM meta_ads.creative_history AS version
JOIN meta_ads.creative USING (creative_id);

CREATE OR REPLACE VIEW facebook_ads.basic_ad AS
SELECT insight.ad_id, insight.account_id, insight.date, insight.impressions,
       insight.inline_link_clicks, insight.spend, insight.reach,
       insight.frequency::float8 AS frequency, ad.ad_name, ad.ad_set_name AS adset_name,
       insight.clicks, insight.currency, day.read_at AS _fivetran_synced
FROM meta_ads.ad_insight AS insight
JOIN meta_ads.insight_ad AS ad USING (ad_id)
LEFT JOIN meta_ads.insight_day AS day
    ON day.account_id = insight.account_id AND day.date = insight.date;

-- `index` is the number of the action type, the same on every day. A value that Meta gives without a
-- count has a count of 0 here: the package finds values by their counts.
CREATE OR REPLACE VIEW facebook_ads.basic_ad_actions AS
SELECT action.ad_id, action.date, action_type.name AS action_type, action.value,
       action.action_type_id::int AS index,
       md5(action.ad_id || '|' || to_char(action.date, 'YYYY-MM-DD')) AS _fivetran_id,
       NULL::numeric AS inline, action.view_1d AS _1_d_view, action.click_7d AS _7_d_click,
       action.click_28d AS _28_d_click, action.click_1d AS _1_d_click, account_id,
       day.read_at AS _fivetran_synced
FROM meta_ads.insight_action AS action
JOIN meta_ads.action_type ON action_type.id = action.action_type_id
LEFT JOIN meta_ads.insight_day AS day USING (account_id, date);

CREATE OR REPLACE VIEW facebook_ads.basic_ad_action_values AS
SELECT ad_id, date, action_type.name AS action_type, worth.value,
       action_type_id::int AS index, md5(ad_id || '|' || to_char(date, 'YYYY-MM-DD')) AS _fivetran_id,
       NULL::numeric AS inline, worth.view_1d AS _1_d_view, worth.click_7d AS _7_d_click,
       worth.click_28d AS _28_d_click, worth.click_1d AS _1_d_click, account_id, worth.currency,
       day.read_at AS _fivetran_synced
FROM meta_ads.ad_insight_action_value AS worth
JOIN meta_ads.action_type ON action_type.id = action_type_id
LEFT JOIN meta_ads.insight_day AS day USING (account_id, date);

-- What is wrong with the insights of an account: `sums`, a day whose ads do not add up to the account's
-- own report; `late`, an account that was not read when it should have been; `rows`, a day with far fewer
-- rows than the days around it. Settled once it is no longer so.
CREATE TABLE meta_ads.insight_finding (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    text NOT NULL,
    rule          text NOT NULL CHECK (rule IN ('sums', 'late', 'rows')),
    date          date,
    message       text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at    timestamptz,
    CONSTRAINT findings_of_days_name_the_day CHECK ((date IS NULL) = (rule = 'late'))
);
CREATE UNIQUE INDEX insight_finding_open ON meta_ads.insight_finding (account_id, rule, date)
    NULLS NOT DISTINCT WHERE settled_at IS NULL;

-- How fresh and how good the insights of each account are: when it was last read, up to which day its
-- days were over when they were read, and what is wrong with them now.
CREATE VIEW meta_ads.vw_graph_freshness AS
SELECT 'act_' || day.account_id AS account_id, max(day.read_at) AS last_read_at,
       max(day.date) FILTER (WHERE day.read_on > day.date) AS complete_until,
       min(day.date) AS first_day, load.loaded_until,
       (SELECT count(*) FROM meta_ads.insight_finding AS finding
        WHERE finding.account_id = 'act_' || day.account_id AND finding.settled_at IS NULL)
           AS open_findings
FROM meta_ads.insight_day AS day
LEFT JOIN meta_ads.insight_load AS load USING (account_id)
GROUP BY day.account_id, load.loaded_until;

-- Drop the months of insights that ended before the month of a day, and what says that they were read;
-- return the partitions dropped. A month is dropped whole or not at all.
CREATE FUNCTION meta_ads.drop_insights_before(day date) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    first_kept date := date_trunc('month', day)::date;
    dropped    text;
BEGIN
    -- Nobody makes partitions meanwhile.
    PERFORM pg_advisory_xact_lock(hashtext('meta_ads.ensure_insight_months'));
    FOR dropped IN
        SELECT child.oid::regclass::text
        FROM pg_inherits
        JOIN pg_class AS parent ON parent.oid = inhparent AND parent.relkind = 'p'
             AND parent.relnamespace = 'meta_ads'::regnamespace
        JOIN pg_class AS child ON child.oid = inhrelid
        WHERE substring(pg_get_expr(child.relpartbound, child.oid)
                        FROM 'TO \(''(\d{4}-\d{2}-\d{2})''\)')::date <= first_kept
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE %s', dropped);
        RETURN NEXT dropped;
    END LOOP;
    DELETE FROM meta_ads.insight_day WHERE date < first_kept;
    DELETE FROM meta_ads.insight_breakdown_day WHERE date < first_kept;
    UPDATE meta_ads.insight_breakdown_load
    SET first_day = first_kept,
        loaded_until = CASE WHEN loaded_until >= first_kept THEN loaded_until END
    WHERE first_day < first_kept;
    DELETE FROM meta_ads.insight_run WHERE until < first_kept;
    UPDATE meta_ads.insight_load
    SET first_day = first_kept,
        loaded_until = CASE WHEN loaded_until >= first_kept THEN loaded_until END
    WHERE first_day < first_kept;
    UPDATE meta_ads.insight_finding SET settled_at = clock_timestamp()
    WHERE date < first_kept AND settled_at IS NULL;
END $$;

-- Delete the versions of objects that had been replaced by another one before a moment; return how many.
-- What an object was at that moment, and everything since, stays.
CREATE FUNCTION meta_ads.forget_history_before(moment timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint := 0;
    deleted   bigint;
    history   record;
BEGIN
    PERFORM set_config('meta_ads.forgetting', 'on', true);
    FOR history IN
        SELECT * FROM (VALUES ('object_status_history', 'object_id'),
                              ('ad_account_history', 'account_id'),
                              ('creative_history', 'creative_id'),
                              ('video_history', 'video_id')) AS known (name, key)
    LOOP
        EXECUTE format(
            'DELETE FROM meta_ads.%1$I AS old WHERE EXISTS (SELECT FROM meta_ads.%1$I AS later '
            'WHERE later.%2$I = old.%2$I AND later.changed_at > old.changed_at '
            'AND later.changed_at <= $1)', history.name, history.key) USING moment;
        GET DIAGNOSTICS deleted = ROW_COUNT;
        forgotten := forgotten + deleted;
    END LOOP;
    PERFORM set_config('meta_ads.forgetting', 'off', true);
    RETURN forgotten;
END $$;

-- Copies of the views elsewhere: what each part (view, account and month) held when it was last copied to
-- a target. A part is copied again once its content differs.
CREATE TABLE meta_ads.mirrored_part (
    target     text NOT NULL,
    view_name  text NOT NULL,
    account_id text NOT NULL,
    month      date NOT NULL CHECK (month = date_trunc('month', month)),
    content    text NOT NULL,
    rows       bigint NOT NULL,
    copied_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (target, view_name, account_id, month)
);

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

-- What ads, or whole accounts, did by hour or by breakdown, for the reports that configs/insights.yaml
-- asks for. `object_id` is the ad, or the account where the report is the account's own. `value_1` and
-- `value_2` are the breakdown's values as Meta writes them, in the order of the report's breakdowns;
-- `value_2` is empty for a single one. reach and frequency are NULL where Meta has none.
CREATE TABLE meta_ads.insight_breakdown (
    account_id         bigint NOT NULL,
    object_id          bigint NOT NULL,
    impressions        bigint NOT NULL,
    clicks             bigint NOT NULL,
    inline_link_clicks bigint NOT NULL,
    reach              bigint,
    date               date NOT NULL,
    spend              numeric NOT NULL,
    frequency          numeric,
    report             text NOT NULL,
    value_1            text NOT NULL,
    value_2            text NOT NULL,
    currency           text NOT NULL,
    PRIMARY KEY (account_id, report, date, object_id, value_1, value_2)
) PARTITION BY RANGE (date);

-- What people did, and what it was worth, by the same breakdowns. Columns as in `ad_insight_action`.
CREATE TABLE meta_ads.insight_breakdown_action (
    account_id     bigint NOT NULL,
    object_id      bigint NOT NULL,
    date           date NOT NULL,
    action_type_id smallint NOT NULL,
    report         text NOT NULL,
    value_1        text NOT NULL,
    value_2        text NOT NULL,
    value          numeric NOT NULL,
    click_1d       numeric,
    click_7d       numeric,
    click_28d      numeric,
    view_1d        numeric,
    PRIMARY KEY (account_id, report, date, object_id, value_1, value_2, action_type_id)
) PARTITION BY RANGE (date);

CREATE TABLE meta_ads.insight_breakdown_action_value (
    account_id     bigint NOT NULL,
    object_id      bigint NOT NULL,
    date           date NOT NULL,
    action_type_id smallint NOT NULL,
    report         text NOT NULL,
    value_1        text NOT NULL,
    value_2        text NOT NULL,
    value          numeric NOT NULL,
    click_1d       numeric,
    click_7d       numeric,
    click_28d      numeric,
    view_1d        numeric,
    currency       text NOT NULL,
    PRIMARY KEY (account_id, report, date, object_id, value_1, value_2, action_type_id)
) PARTITION BY RANGE (date);

-- Each day of a report that was read whole, as `insight_day`, and how far its first load has come.
CREATE TABLE meta_ads.insight_breakdown_day (
    account_id bigint NOT NULL,
    report     text NOT NULL,
    date       date NOT NULL,
    read_at    timestamptz NOT NULL,
    read_on    date NOT NULL,
    changed_at timestamptz NOT NULL,
    rows       bigint NOT NULL,
    PRIMARY KEY (account_id, report, date)
);

CREATE TABLE meta_ads.insight_breakdown_load (
    account_id   bigint NOT NULL,
    report       text NOT NULL,
    first_day    date NOT NULL,
    loaded_until date,
    PRIMARY KEY (account_id, report)
);

-- Make the partitions of breakdowns of every month between two days, as `ensure_insight_months` does.
CREATE FUNCTION meta_ads.ensure_breakdown_months(since date, until date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    month date;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['insight_breakdown', 'insight_breakdown_action',
                                  'insight_breakdown_action_value'] LOOP
        month := date_trunc('month', since)::date;
        WHILE month <= until LOOP
            name := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            IF to_regclass('meta_ads.' || name) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtext('meta_ads.ensure_insight_months'));
                IF to_regclass('meta_ads.' || name) IS NULL THEN
                    EXECUTE format('CREATE TABLE meta_ads.%I (LIKE meta_ads.%I INCLUDING ALL)',
                                   name, parent);
                    EXECUTE format('ALTER TABLE meta_ads.%I ATTACH PARTITION meta_ads.%I '
                                   'FOR VALUES FROM (%L) TO (%L)', parent, name, month,
                                   (month + interval '1 month')::date);
                END IF;
            END IF;
            month := (month + interval '1 month')::date;
        END LOOP;
    END LOOP;
END $$;

-- What analysts read of them: one view for each report.
CREATE VIEW meta_ads.vw_graph_ads_by_hour AS
SELECT 'act_' || account_id AS account_id, date, left(value_1, 2)::smallint AS hour,
       object_id AS ad_id, currency, spend, impressions, clicks, inline_link_clicks
FROM meta_ads.insight_breakdown WHERE report = 'hour';

CREATE VIEW meta_ads.vw_graph_ads_by_age_gender AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS age, value_2 AS gender,
       object_id AS ad_id, currency, spend, impressions, clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'age_gender';

CREATE VIEW meta_ads.vw_graph_ads_by_country AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS country,
       object_id AS ad_id, currency, spend, impressions, clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'country';

CREATE VIEW meta_ads.vw_graph_ads_by_region AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS region,
       object_id AS ad_id, currency, spend, impressions, clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'region';

CREATE VIEW meta_ads.vw_graph_ads_by_placement AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS publisher_platform,
       value_2 AS platform_position, object_id AS ad_id, currency, spend, impressions, clicks,
       inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'placement';

CREATE VIEW meta_ads.vw_graph_ads_by_device AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS impression_device,
       object_id AS ad_id, currency, spend, impressions, clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'device';

CREATE VIEW meta_ads.vw_graph_accounts_by_country AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS country, currency, spend, impressions,
       clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'account_country';

CREATE VIEW meta_ads.vw_graph_accounts_by_region AS
SELECT 'act_' || account_id AS account_id, date, value_1 AS region, currency, spend, impressions,
       clicks, inline_link_clicks, reach, frequency
FROM meta_ads.insight_breakdown WHERE report = 'account_region';

-- The actions of every report: `object_id`, `value_1` and `value_2` are those of its rows.
CREATE VIEW meta_ads.vw_graph_breakdown_actions AS
SELECT 'act_' || account_id AS account_id, report, date, object_id, value_1, value_2,
       action_type.name AS action_type, COALESCE(action.value, 0) AS value, action.click_1d,
       action.click_7d, action.click_28d, action.view_1d, worth.currency, worth.value AS amount,
       worth.click_1d AS amount_click_1d, worth.click_7d AS amount_click_7d,
       worth.click_28d AS amount_click_28d, worth.view_1d AS amount_view_1d
FROM meta_ads.insight_breakdown_action AS action
FULL JOIN meta_ads.insight_breakdown_action_value AS worth
    USING (account_id, report, date, object_id, value_1, value_2, action_type_id)
JOIN meta_ads.action_type ON action_type.id = action_type_id;

-- An account by country and by region, where configs/insights.yaml keeps `account_country` and
-- `account_region`. The package reads them with facebook_ads__using_demographics_country, …_region.
CREATE OR REPLACE VIEW facebook_ads.demographics_country AS
SELECT md5(broken.account_id || '|' || to_char(broken.date, 'YYYY-MM-DD') || '|' || value_1)
           AS _fivetran_id,
       broken.account_id, broken.date, value_1 AS country, impressions, inline_link_clicks, reach, spend,
       frequency::float8 AS frequency, spend / NULLIF(clicks, 0) AS cpc,
       1000 * spend / NULLIF(impressions, 0) AS cpm, 100.0 * clicks / NULLIF(impressions, 0) AS ctr,
       spend / NULLIF(inline_link_clicks, 0) AS cost_per_inline_link_click,
       100.0 * inline_link_clicks / NULLIF(impressions, 0) AS inline_link_click_ctr, currency,
       day.read_at AS _fivetran_synced
FROM meta_ads.insight_breakdown AS broken
LEFT JOIN meta_ads.insight_breakdown_day AS day USING (account_id, report, date)
WHERE report = 'account_country';

CREATE OR REPLACE VIEW facebook_ads.demographics_country_actions AS
SELECT md5(account_id || '|' || to_char(date, 'YYYY-MM-DD') || '|' || value_1) AS _fivetran_id,
       account_id, date, action_type.name AS action_type, action.value,
       action_type_id::int AS index, NULL::numeric AS inline, action.view_1d AS _1_d_view,
       action.click_7d AS _7_d_click, action.click_28d AS _28_d_click,
       action.click_1d AS _1_d_click, day.read_at AS _fivetran_synced
FROM meta_ads.insight_breakdown_action AS action
JOIN meta_ads.action_type ON action_type.id = action_type_id
LEFT JOIN meta_ads.insight_breakdown_day AS day USING (account_id, report, date)
WHERE report = 'account_country';

CREATE OR REPLACE VIEW facebook_ads.demographics_region AS
SELECT md5(broken.account_id || '|' || to_char(broken.date, 'YYYY-MM-DD') || '|' || value_1)
           AS _fivetran_id,
       broken.account_id, broken.date, value_1 AS region, impressions, inline_link_clicks, reach, spend,
       frequency::float8 AS frequency, spend / NULLIF(clicks, 0) AS cpc,
       1000 * spend / NULLIF(impressions, 0) AS cpm, 100.0 * clicks / NULLIF(impressions, 0) AS ctr,
       spend / NULLIF(inline_link_clicks, 0) AS cost_per_inline_link_click,
       100.0 * inline_link_clicks / NULLIF(impressions, 0) AS inline_link_click_ctr, currency,
       day.read_at AS _fivetran_synced
FROM meta_ads.insight_breakdown AS broken
LEFT JOIN meta_ads.insight_breakdown_day AS day USING (account_id, report, date)
WHERE report = 'account_region';

CREATE OR REPLACE VIEW facebook_ads.demographics_region_actions AS
SELECT md5(account_id || '|' || to_char(date, 'YYYY-MM-DD') || '|' || value_1) AS _fivetran_id,
       account_id, date, action_type.name AS action_type, action.value,
       action_type_id::int AS index, NULL::numeric AS inline, action.view_1d AS _1_d_view,
       action.click_7d AS _7_d_click, action.click_28d AS _28_d_click,
       action.click_1d AS _1_d_click, day.read_at AS _fivetran_synced
FROM meta_ads.insight_breakdown_action AS action
JOIN meta_ads.action_type ON action_type.id = action_type_id
LEFT JOIN meta_ads.insight_breakdown_day AS day USING (account_id, report, date)
WHERE report = 'account_region';
