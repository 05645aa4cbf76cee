-- What needs a person now, as the reconciler last saw it; gone once it is settled. `key` is a hash of the
-- text without what differs each time; a person was told of it at `told_at`.
CREATE TABLE meta_ads.notice (
    key     text PRIMARY KEY,
    text    text NOT NULL,
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    told_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Which channel of configs/notifications.yaml was told what; `key` names one event.
CREATE TABLE meta_ads.told (
    channel text NOT NULL,
    key     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (channel, key)
);
