-- name: import_choices
-- What a file may name.
SELECT kind, id, name FROM choices()

-- name: import_begin
-- The console's import: administrators only.
SELECT import_begin($1, $2, $3, $4::inet)

-- name: import_copy_rows
-- Good rows, staged: nobody is registered yet.
COPY import_row (import, line, address, phone, areas, categories, lang) FROM STDIN

-- name: import_copy_refusals
-- Refused rows, for the report.
COPY import_refusal (import, line, reason, excerpt) FROM STDIN

-- name: import_ready
-- The file is staged whole: what applying it would do.
SELECT added, changed, kept FROM import_ready($1, $2::bigint, $3::int, $4::int, $5::inet)

-- name: import_apply
-- All good rows, or none.
SELECT import_apply($1, $2::bigint, $3::inet)

-- name: import_discard
-- The administrator thought better of it.
SELECT import_discard($1, $2::bigint, $3::inet)

-- name: import_read
-- One import as the console shows it; one that was never measured would do nothing.
SELECT state, reason, file_name, file_rows, duplicates, refused, coalesce(added, 0) AS added,
    coalesce(changed, 0) AS changed, coalesce(kept, 0) AS kept
FROM import_read($1, $2::bigint)

-- name: import_refusals
-- Its refused rows, in the order of the file.
SELECT line, reason, excerpt FROM import_refusals($1, $2::bigint)
