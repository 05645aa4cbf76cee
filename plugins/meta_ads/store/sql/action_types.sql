-- name: all
SELECT name, id FROM meta_ads.action_type;

-- name: add
-- Somebody else may add the same at the same time.
INSERT INTO meta_ads.action_type (name) SELECT unnest(%(names)s::text[]) ON CONFLICT DO NOTHING;
