-- name: import_operator_begin
-- The operator's import, on the owner's connection.
SELECT import_open(NULL, $1, $2)

-- name: import_operator_ready
-- The file is staged whole: what applying it would do.
SELECT added, changed, kept FROM import_measure($1::bigint, $2::int, $3::int)

-- name: import_operator_apply
-- All good rows, or none, with the log row.
SELECT import_run(i.id), oplog_operator('import.apply', 'import ' || i.id, i.reason)
FROM import i WHERE i.id = $1::bigint

-- name: import_operator_discard
-- Forgets a staged file: after a dry run.
WITH rows AS (DELETE FROM import_row WHERE import = $1::bigint)
UPDATE import SET state = 'discarded' WHERE id = $1::bigint AND state = 'staged'
