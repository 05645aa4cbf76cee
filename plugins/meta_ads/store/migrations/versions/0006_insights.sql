-- Performance by ad and day.
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
    UNIQUE (account_id, since, until, node),
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

-- What every ad did on every day, with names: one row for each ad and day.
CREATE VIEW meta_ads.vw_graph_ads AS
SELECT 'act_' || insight.account_id AS account_id, insight.date, ad.campaign_id, ad.campaign_name,
       ad.objective, ad.ad_set_id, ad.ad_set_name, insight.ad_id, ad.ad_name, insight.currency,
       insight.spend, insight.impressions, insight.clicks, insight.inline_link_clicks,
       insight.reach, insight.frequency
FROM meta_ads.ad_insight AS insight
JOIN meta_ads.insight_ad AS ad USING (ad_id);

-- What people did after every ad on every day: one row for each ad, day and type of action.
-- `amount` is its worth in whole units of the currency, NULL where Meta gives none.
CREATE VIEW meta_ads.vw_graph_ads_actions AS
SELECT 'act_' || account_id AS account_id, date, ad.campaign_id, ad.campaign_name, ad.objective,
       ad.ad_set_id, ad.ad_set_name, ad_id, ad.ad_name, action_type.name AS action_type,
       COALESCE(action.value, 0) AS value, action.click_1d, action.click_7d, action.click_28d,
       action.view_1d, worth.currency, worth.value AS amount, worth.click_1d AS amount_click_1d,
       worth.click_7d AS amount_click_7d, worth.click_28d AS amount_click_28d,
       worth.view_1d AS amount_view_1d
FROM meta_ads.ad_insight_action AS action
FULL JOIN meta_ads.ad_insight_action_value AS worth
    USING (account_id, date, ad_id, action_type_id)
JOIN meta_ads.action_type ON action_type.id = action_type_id
JOIN (SELECT ad_id, campaign_id, campaign_name, objective, ad_set_id, ad_set_name, ad_name
      FROM meta_ads.insight_ad) AS ad USING (ad_id);

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
