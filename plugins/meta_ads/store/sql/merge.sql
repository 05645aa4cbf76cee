-- What is done to each table of insights when a slice is merged; `insight_merge.py` fills in the
-- names in braces. `scope` are the rows of the slice.

-- name: known
-- Whether any row of the slice is known. What is read for the first time needs no comparison.
SELECT EXISTS (SELECT FROM meta_ads.{table} AS known WHERE {scope}) AS known;

-- name: repeated
SELECT EXISTS (SELECT FROM {staged} GROUP BY {key} HAVING count(*) > 1) AS repeated;

-- name: drop_repeated
-- Pages that move while they are read can show a row twice: the later one stays.
DELETE FROM {staged} WHERE ctid NOT IN (SELECT max(ctid) FROM {staged} GROUP BY {key});

-- name: fill
INSERT INTO meta_ads.{table} ({columns})
SELECT {values} FROM {staged} AS staged ORDER BY {key};

-- name: all_changed
INSERT INTO changed_day SELECT DISTINCT date FROM {staged};

-- name: analyze
ANALYZE {staged};

-- name: merge
-- Only rows that are new or differ are written.
WITH written AS (
    INSERT INTO meta_ads.{table} ({columns})
    SELECT {values} FROM {staged} AS staged
    LEFT JOIN meta_ads.{table} AS known ON {same} AND {scope}
    WHERE known.date IS NULL OR ({known_metrics}) IS DISTINCT FROM ({staged_metrics})
    ON CONFLICT ({primary_key}) DO UPDATE SET {updates}
    RETURNING date
)
INSERT INTO changed_day SELECT DISTINCT date FROM written;

-- name: surplus
-- Whether anything is known that was not reported; all that was reported is there by now.
SELECT (SELECT count(*) FROM meta_ads.{table} AS known WHERE {scope})
    <> (SELECT count(*) FROM {staged}) AS surplus;

-- name: delete
-- What Meta no longer reports goes.
WITH gone AS (
    DELETE FROM meta_ads.{table} AS known
    WHERE {scope} AND NOT EXISTS (SELECT FROM {staged} AS staged WHERE {same})
    RETURNING date
)
INSERT INTO changed_day SELECT DISTINCT date FROM gone;
