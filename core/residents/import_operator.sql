-- name: import_operator_begin
-- The operator's import, on the owner's connection.
SELECT import_open(NULL, $1, $2)

-- name: import_operator_look
-- What applying the next rows after a line would do; no row: that was all.
SELECT last, looked, added, changed FROM import_look($1::bigint, $2::int, $3::int)

-- name: import_operator_ready
-- The file is staged whole.
SELECT import_measured($1::bigint, $2::int, $3::int, $4::int, $5::int, $6::int)

-- name: import_operator_first
-- All good rows, or none: first, steps and last are one transaction.
SELECT import_first($1::bigint)

-- name: import_operator_step
SELECT last, added, changed FROM import_step($1::bigint, $2::int, $3::int)

-- name: import_operator_last
SELECT import_last(i.id, $2::int, $3::int), oplog_operator('import.apply', 'import ' || i.id, i.reason)
FROM import i WHERE i.id = $1::bigint

-- name: import_operator_discard
-- Forgets a staged file: after a dry run.
WITH rows AS (DELETE FROM import_row WHERE import = $1::bigint)
UPDATE import SET state = 'discarded' WHERE id = $1::bigint AND state = 'staged'
