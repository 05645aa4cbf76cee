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
