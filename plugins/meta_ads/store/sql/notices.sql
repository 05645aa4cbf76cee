-- name: keep_notices
-- Forget what is settled, add what is new, and say of each whether a person is to be told of it now.
WITH settled AS (
    DELETE FROM meta_ads.notice WHERE key <> ALL (%(keys)s::text[])
)
INSERT INTO meta_ads.notice AS notice (key, text)
SELECT key, text FROM unnest(%(keys)s::text[], %(texts)s::text[]) AS found (key, text)
ON CONFLICT (key) DO UPDATE SET text = excluded.text, told_at = CASE
    WHEN notice.told_at <= clock_timestamp() - make_interval(secs => %(remind)s) THEN clock_timestamp()
    ELSE notice.told_at END
RETURNING text, since, told_at >= now() AS tell;

-- name: open_notices
SELECT text, since, false AS tell FROM meta_ads.notice ORDER BY since, key;
