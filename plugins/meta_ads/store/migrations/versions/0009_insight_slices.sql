-- Hourly insights and insights by breakdown.

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

-- Report runs are of a report now; `ads` is the one without breakdowns.
ALTER TABLE meta_ads.insight_run ADD COLUMN report text NOT NULL DEFAULT 'ads';
ALTER TABLE meta_ads.insight_run DROP CONSTRAINT insight_run_account_id_since_until_node_key;
ALTER TABLE meta_ads.insight_run
    ADD CONSTRAINT one_run_for_each_part UNIQUE (account_id, report, since, until, node);

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
