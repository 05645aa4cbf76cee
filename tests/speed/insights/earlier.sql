-- The tables of the earlier design: names in every row, one row for each action. They have the same
-- keys as ours, so that both sides keep the same promise.
CREATE SCHEMA earlier;

CREATE TABLE earlier.graph_ads (
    account_id text NOT NULL, date date NOT NULL, campaign_id text, campaign_name text,
    adset_id text, adset_name text, ad_id text NOT NULL, ad_name text, objective text,
    currency text, spend numeric, impressions bigint, clicks bigint, inline_link_clicks bigint,
    reach bigint, frequency numeric,
    PRIMARY KEY (account_id, date, ad_id)
);

CREATE TABLE earlier.graph_ads_actions (
    account_id text NOT NULL, date date NOT NULL, ad_id text NOT NULL, action_type text NOT NULL,
    value numeric, click_1d numeric, click_7d numeric, view_1d numeric,
    PRIMARY KEY (account_id, date, ad_id, action_type)
);

CREATE TABLE earlier.graph_ads_action_values (
    account_id text NOT NULL, date date NOT NULL, ad_id text NOT NULL, action_type text NOT NULL,
    value numeric, click_1d numeric, click_7d numeric, view_1d numeric, currency text,
    PRIMARY KEY (account_id, date, ad_id, action_type)
);
