-- The operation log as programs see it: they add refusals and read pages. Rows of acts are written by
-- the acts' own functions.

-- name: oplog_refused
-- A refused act, in a transaction of its own.
SELECT log_refused($1, $2, $3, $4, $5::inet)

-- name: oplog_page
-- Newest first, before a row's number (NULL: from the newest); the session decides who may read.
SELECT seq, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS'), login, name, role,
    department, department_en, act, object, object_name, result, reason, network
FROM oplog_page($1, $2::bigint, $3::int)
