-- What analysts read, how good it is, and how long it is kept.

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

CREATE OR REPLACE VIEW meta_ads.vw_graph_ads AS
SELECT 'act_' || insight.account_id AS account_id, insight.date, ad.campaign_id, ad.campaign_name,
       ad.objective, ad.ad_set_id, ad.ad_set_name, insight.ad_id, ad.ad_name, insight.currency,
       insight.spend, insight.impressions, insight.clicks, insight.inline_link_clicks,
       insight.reach, insight.frequency
FROM meta_ads.ad_insight AS insight
JOIN meta_ads.insight_ad_name AS ad USING (ad_id);

CREATE OR REPLACE VIEW meta_ads.vw_graph_ads_actions AS
SELECT 'act_' || action.account_id AS account_id, action.date, ad.campaign_id, ad.campaign_name,
       ad.objective, ad.ad_set_id, ad.ad_set_name, action.ad_id, ad.ad_name,
       action_type.name AS action_type, action.value, action.click_1d, action.click_7d,
       action.click_28d, action.view_1d, action.currency, action.amount, action.amount_click_1d,
       action.amount_click_7d, action.amount_click_28d, action.amount_view_1d
FROM meta_ads.insight_action AS action
JOIN meta_ads.action_type ON action_type.id = action.action_type_id
JOIN meta_ads.insight_ad_name AS ad USING (ad_id);

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

-- History is append-only, but for what `forget_history_before` takes.
CREATE FUNCTION meta_ads.keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('meta_ads.forgetting', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER object_status_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.object_status_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();
CREATE OR REPLACE TRIGGER ad_account_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.ad_account_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();
CREATE OR REPLACE TRIGGER creative_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.creative_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();
CREATE OR REPLACE TRIGGER video_history_is_append_only
    BEFORE UPDATE OR DELETE ON meta_ads.video_history
    FOR EACH ROW EXECUTE FUNCTION meta_ads.keep_history();

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
