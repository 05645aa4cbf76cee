-- name: create_staging
CREATE TEMPORARY TABLE seen_video (LIKE meta_ads.video) ON COMMIT DROP;

-- name: copy
COPY seen_video (video_id, account_id, title, status, length_seconds, created_time, listed,
                 changed_at, synced_at)
FROM STDIN;

-- name: add_unlisted
-- What a complete list no longer has, as it was seen last.
INSERT INTO seen_video (video_id, account_id, title, status, length_seconds, created_time, listed,
                        changed_at, synced_at)
SELECT video_id, account_id, title, status, length_seconds, created_time, false, %(now)s, synced_at
FROM meta_ads.video AS known
WHERE account_id = %(account_id)s AND listed
  AND NOT EXISTS (SELECT FROM seen_video WHERE seen_video.video_id = known.video_id);

-- name: add_history
INSERT INTO meta_ads.video_history (video_id, changed_at, title, status, length_seconds, listed)
SELECT seen.video_id, greatest(seen.changed_at, before.changed_at + interval '1 microsecond'),
       seen.title, seen.status, seen.length_seconds, seen.listed
FROM seen_video AS seen LEFT JOIN meta_ads.video AS before USING (video_id)
WHERE (before.title, before.status, before.length_seconds, before.listed)
      IS DISTINCT FROM (seen.title, seen.status, seen.length_seconds, seen.listed);

-- name: merge
INSERT INTO meta_ads.video SELECT * FROM seen_video
ON CONFLICT (video_id) DO UPDATE SET
    account_id = EXCLUDED.account_id, title = EXCLUDED.title, status = EXCLUDED.status,
    length_seconds = EXCLUDED.length_seconds, created_time = EXCLUDED.created_time,
    listed = EXCLUDED.listed, synced_at = EXCLUDED.synced_at,
    changed_at = (SELECT max(changed_at) FROM meta_ads.video_history AS history
                  WHERE history.video_id = EXCLUDED.video_id);
