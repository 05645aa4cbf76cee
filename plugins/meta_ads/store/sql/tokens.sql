-- name: states
-- What is known of tokens for one account, in the order given.
SELECT wanted.connection, wanted.fingerprint, usage.used_percent, usage.used_at, usage.full_until,
       token.dead_since IS NOT NULL AS dead, usage.refused IS NOT NULL AS blind
FROM unnest(%(connections)s::text[], %(fingerprints)s::text[])
    WITH ORDINALITY AS wanted (connection, fingerprint, place)
LEFT JOIN meta_ads.access_token AS token USING (fingerprint)
LEFT JOIN meta_ads.token_usage AS usage
    ON usage.fingerprint = wanted.fingerprint AND usage.account_id = %(account_id)s
ORDER BY wanted.place;

-- name: known
-- A token that was answered works, whatever was thought of it.
INSERT INTO meta_ads.access_token (fingerprint, connection)
VALUES (%(fingerprint)s, %(connection)s)
ON CONFLICT (fingerprint) DO UPDATE
SET connection = EXCLUDED.connection, dead_since = NULL, dead_reason = NULL
WHERE access_token.dead_since IS NOT NULL OR access_token.connection <> EXCLUDED.connection;

-- name: revived
-- As above, of a token whose use is not counted.
UPDATE meta_ads.access_token SET dead_since = NULL, dead_reason = NULL
WHERE fingerprint = %(fingerprint)s AND dead_since IS NOT NULL;

-- name: replaced
-- A connection that holds another token now has no dead one any more.
DELETE FROM meta_ads.access_token
WHERE connection = %(connection)s AND fingerprint <> %(fingerprint)s AND dead_since IS NOT NULL;

-- name: used
INSERT INTO meta_ads.token_usage (fingerprint, account_id, used_percent, full_until)
VALUES (%(fingerprint)s, %(account_id)s, %(used_percent)s, %(full_until)s)
ON CONFLICT (fingerprint, account_id) DO UPDATE
SET used_percent = EXCLUDED.used_percent, full_until = EXCLUDED.full_until,
    used_at = clock_timestamp();

-- name: died
INSERT INTO meta_ads.access_token (fingerprint, connection, dead_since, dead_reason)
VALUES (%(fingerprint)s, %(connection)s, clock_timestamp(), %(reason)s)
ON CONFLICT (fingerprint) DO UPDATE
SET connection = EXCLUDED.connection, dead_reason = EXCLUDED.dead_reason,
    dead_since = COALESCE(access_token.dead_since, clock_timestamp());

-- name: checked
INSERT INTO meta_ads.access_token
    (fingerprint, connection, application, scopes, expires_at, checked_at, dead_since, dead_reason)
VALUES (%(fingerprint)s, %(connection)s, %(application)s, %(scopes)s, %(expires_at)s,
        clock_timestamp(),
        CASE WHEN %(dead_reason)s::text IS NOT NULL THEN clock_timestamp() END, %(dead_reason)s)
ON CONFLICT (fingerprint) DO UPDATE
SET connection = EXCLUDED.connection, application = EXCLUDED.application,
    scopes = EXCLUDED.scopes, expires_at = EXCLUDED.expires_at, checked_at = EXCLUDED.checked_at,
    dead_reason = EXCLUDED.dead_reason,
    dead_since = CASE WHEN EXCLUDED.dead_since IS NOT NULL
                 THEN COALESCE(access_token.dead_since, EXCLUDED.dead_since) END;

-- name: remember
INSERT INTO meta_ads.access_token (fingerprint, connection)
VALUES (%(fingerprint)s, %(connection)s) ON CONFLICT (fingerprint) DO NOTHING;

-- name: sees
-- Whether Meta shows a token an account; its usage stays as it was.
INSERT INTO meta_ads.token_usage (fingerprint, account_id, refused)
VALUES (%(fingerprint)s, %(account_id)s, %(refused)s)
ON CONFLICT (fingerprint, account_id) DO UPDATE SET refused = EXCLUDED.refused;

-- name: forget
-- Tokens that nothing uses any more. What is known stays where a connection cannot be read now.
DELETE FROM meta_ads.access_token
WHERE fingerprint <> ALL (%(fingerprints)s::text[]) AND connection <> ALL (%(unread)s::text[]);

-- name: dead
-- Each connection's token that does not work, as of the last that was put there.
SELECT connection, dead_since, dead_reason FROM meta_ads.access_token AS token
WHERE dead_since IS NOT NULL ORDER BY dead_since, connection;
