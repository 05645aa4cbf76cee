-- name: create_staging
CREATE TEMPORARY TABLE seen_creative (LIKE meta_ads.creative) ON COMMIT DROP;

-- name: copy
COPY seen_creative (creative_id, account_id, name, status, title, body, call_to_action, link,
                    template_link, url_tags, video_id, image_hash, post_id, enhancements, details,
                    listed, changed_at, synced_at)
FROM STDIN;

-- name: add_unlisted
-- What a complete list no longer has, as it was seen last.
INSERT INTO seen_creative (creative_id, account_id, name, status, title, body, call_to_action, link,
                           template_link, url_tags, video_id, image_hash, post_id, enhancements,
                           details, listed, changed_at, synced_at)
SELECT creative_id, account_id, name, status, title, body, call_to_action, link, template_link,
       url_tags, video_id, image_hash, post_id, enhancements, details, false, %(now)s, synced_at
FROM meta_ads.creative AS known
WHERE account_id = %(account_id)s AND listed
  AND NOT EXISTS (SELECT FROM seen_creative WHERE seen_creative.creative_id = known.creative_id);

-- name: add_history
INSERT INTO meta_ads.creative_history
    (creative_id, changed_at, name, status, title, body, call_to_action, link, template_link,
     url_tags, video_id, image_hash, post_id, enhancements, details, listed)
SELECT seen.creative_id, greatest(seen.changed_at, before.changed_at + interval '1 microsecond'),
       seen.name, seen.status, seen.title, seen.body, seen.call_to_action, seen.link,
       seen.template_link, seen.url_tags, seen.video_id, seen.image_hash, seen.post_id,
       seen.enhancements, seen.details, seen.listed
FROM seen_creative AS seen LEFT JOIN meta_ads.creative AS before USING (creative_id)
WHERE (before.name, before.status, before.title, before.body, before.call_to_action, before.link,
       before.template_link, before.url_tags, before.video_id, before.image_hash, before.post_id,
       before.enhancements, before.details, before.listed)
      IS DISTINCT FROM
      (seen.name, seen.status, seen.title, seen.body, seen.call_to_action, seen.link,
       seen.template_link, seen.url_tags, seen.video_id, seen.image_hash, seen.post_id,
       seen.enhancements, seen.details, seen.listed);

-- name: merge
INSERT INTO meta_ads.creative SELECT * FROM seen_creative
ON CONFLICT (creative_id) DO UPDATE SET
    account_id = EXCLUDED.account_id, name = EXCLUDED.name, status = EXCLUDED.status,
    title = EXCLUDED.title, body = EXCLUDED.body, call_to_action = EXCLUDED.call_to_action,
    link = EXCLUDED.link, template_link = EXCLUDED.template_link, url_tags = EXCLUDED.url_tags,
    video_id = EXCLUDED.video_id, image_hash = EXCLUDED.image_hash, post_id = EXCLUDED.post_id,
    enhancements = EXCLUDED.enhancements, details = EXCLUDED.details, listed = EXCLUDED.listed,
    synced_at = EXCLUDED.synced_at,
    changed_at = (SELECT max(changed_at) FROM meta_ads.creative_history AS history
                  WHERE history.creative_id = EXCLUDED.creative_id);
