-- name: add_history
-- A history row if the account is new, or differs from the row we have. Before `merge`: the foreign
-- key is checked at commit.
INSERT INTO meta_ads.ad_account_history
    (account_id, changed_at, name, status, disable_reason, currency, timezone,
     timezone_offset_hours, business_name, business_state, business_country_code, balance,
     amount_spent, spend_cap, min_daily_budget)
SELECT seen.account_id, greatest(%(now)s, before.changed_at + interval '1 microsecond'), seen.name,
       seen.status, seen.disable_reason, seen.currency, seen.timezone, seen.timezone_offset_hours,
       seen.business_name, seen.business_state, seen.business_country_code, seen.balance,
       seen.amount_spent, seen.spend_cap, seen.min_daily_budget
FROM (SELECT %(account_id)s::text AS account_id, %(name)s::text AS name, %(status)s::text AS status,
             %(disable_reason)s::text AS disable_reason, %(currency)s::text AS currency,
             %(timezone)s::text AS timezone,
             %(timezone_offset_hours)s::numeric AS timezone_offset_hours,
             %(business_name)s::text AS business_name, %(business_state)s::text AS business_state,
             %(business_country_code)s::text AS business_country_code,
             %(balance)s::bigint AS balance, %(amount_spent)s::bigint AS amount_spent,
             %(spend_cap)s::bigint AS spend_cap, %(min_daily_budget)s::bigint AS min_daily_budget
     ) AS seen
LEFT JOIN meta_ads.ad_account AS before USING (account_id)
WHERE (before.name, before.status, before.disable_reason, before.currency, before.timezone,
       before.timezone_offset_hours, before.business_name, before.business_state,
       before.business_country_code, before.balance, before.amount_spent, before.spend_cap,
       before.min_daily_budget)
      IS DISTINCT FROM
      (seen.name, seen.status, seen.disable_reason, seen.currency, seen.timezone,
       seen.timezone_offset_hours, seen.business_name, seen.business_state,
       seen.business_country_code, seen.balance, seen.amount_spent, seen.spend_cap,
       seen.min_daily_budget);

-- name: merge
INSERT INTO meta_ads.ad_account
    (account_id, name, status, disable_reason, currency, timezone, timezone_offset_hours,
     business_name, business_state, business_country_code, balance, amount_spent, spend_cap,
     min_daily_budget, created_time, changed_at, synced_at)
SELECT %(account_id)s, %(name)s, %(status)s, %(disable_reason)s, %(currency)s, %(timezone)s,
       %(timezone_offset_hours)s, %(business_name)s, %(business_state)s, %(business_country_code)s,
       %(balance)s, %(amount_spent)s, %(spend_cap)s, %(min_daily_budget)s, %(created_time)s,
       max(changed_at), %(now)s
FROM meta_ads.ad_account_history WHERE account_id = %(account_id)s
ON CONFLICT (account_id) DO UPDATE SET
    name = EXCLUDED.name, status = EXCLUDED.status, disable_reason = EXCLUDED.disable_reason,
    currency = EXCLUDED.currency, timezone = EXCLUDED.timezone,
    timezone_offset_hours = EXCLUDED.timezone_offset_hours,
    business_name = EXCLUDED.business_name, business_state = EXCLUDED.business_state,
    business_country_code = EXCLUDED.business_country_code, balance = EXCLUDED.balance,
    amount_spent = EXCLUDED.amount_spent, spend_cap = EXCLUDED.spend_cap,
    min_daily_budget = EXCLUDED.min_daily_budget, created_time = EXCLUDED.created_time,
    changed_at = EXCLUDED.changed_at, synced_at = EXCLUDED.synced_at;
