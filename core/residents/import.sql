-- name: import_choices
-- What a file may name.
SELECT kind = 'area' AS is_area, id, name FROM choices()

-- name: import_begin
-- The console's import: administrators only.
SELECT import_begin($1, $2, $3, $4::inet)

-- name: import_copy_rows
-- Good rows, staged: nobody is registered yet.
COPY import_row (import, line, address, phone, areas, categories, lang) FROM STDIN

-- name: import_copy_refusals
-- Refused rows, for the report.
COPY import_refusal (import, line, reason, excerpt) FROM STDIN

-- name: import_look
-- What applying the next rows after a line would do; no row: that was all.
SELECT last, looked, added, changed FROM import_console_look($1, $2::bigint, $3::int, $4::int)

-- name: import_ready
-- The file is staged whole.
SELECT import_ready($1, $2::bigint, $3::int, $4::int, $5::int, $6::int, $7::int, $8::inet)

-- name: import_first
-- All good rows, or none: first, steps and last are one transaction. How many rows there are.
SELECT import_console_first($1, $2::bigint)

-- name: import_step
SELECT last, added, changed FROM import_console_step($1, $2::bigint, $3::int, $4::int)

-- name: import_last
SELECT import_console_last($1, $2::bigint, $3::int, $4::int, $5::inet)

-- name: import_claim
-- A helper begins to read or apply it.
SELECT import_claim($1, $2::bigint, $3)

-- name: import_tell
-- How far it is, for who watches.
SELECT import_tell($1::bigint, $2::int, $3::int)

-- name: import_failed
SELECT import_failed($1::bigint, $2)

-- name: import_discard
-- The administrator thought better of it.
SELECT import_discard($1, $2::bigint, $3::inet)

-- name: import_read
-- One import as the console shows it.
SELECT state, reason, file_name, file_rows, duplicates, refused, coalesce(added, 0) AS added,
    coalesce(changed, 0) AS changed, coalesce(kept, 0) AS kept, doing, coalesce(alive, false) AS alive,
    coalesce(done, 0) AS done, coalesce(whole, 0) AS whole, failed
FROM import_read($1, $2::bigint)

-- name: import_refusals
-- Its refused rows, in the order of the file.
SELECT line, reason, excerpt FROM import_refusals($1, $2::bigint)
