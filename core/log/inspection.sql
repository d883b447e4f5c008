-- Inspections of the operation log.

-- name: inspection_open
-- Begins one with its ready-made findings; its number.
SELECT inspection_open($1, $2, $3, $4, $5, $6::inet)

-- name: inspection_save
-- Keeps notes; closes the record where there is a result.
SELECT inspection_save($1, $2::bigint, $3::int[], $4::text[], $5, $6, $7::inet)

-- name: inspection_list
-- All, or one by its number.
SELECT id, kind, since, until, reason, inspector,
    to_char(opened AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS opened, findings, result, note,
    to_char(closed AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS closed, closed_by
FROM inspection_list($1, $2::bigint)

-- name: inspection_findings
-- What the log said when the inspection was opened.
SELECT position, kind, subject, n, to_char(last AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS last, note
FROM inspection_findings($1, $2::bigint)

-- name: inspection_overdue
-- Days beyond the 31 that a month has.
SELECT inspection_overdue($1)
