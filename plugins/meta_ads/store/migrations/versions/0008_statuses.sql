-- Creatives, videos, drift and tokens.

ALTER TABLE meta_ads.object_status
    -- The campaign an ad set or ad belongs to, and what an ad shows.
    ADD COLUMN campaign_id      text,
    ADD COLUMN creative_id      text,
    -- Falls by the hour, so it is no change.
    ADD COLUMN budget_remaining bigint,
    -- Every other setting as Meta shows it: objective, bid, targeting and so on.
    ADD COLUMN details          jsonb NOT NULL DEFAULT '{}';

ALTER TABLE meta_ads.object_status_history
    ADD COLUMN creative_id text,
    ADD COLUMN details     jsonb NOT NULL DEFAULT '{}';

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
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();

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
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();

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
    FOR EACH ROW EXECUTE FUNCTION meta_ads.refuse_change();

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
