-- The operation log as programs see it: they add refusals and read pages. Rows of acts are written by
-- the acts' own functions.

-- name: oplog_refused
-- A refused act, in a transaction of its own.
SELECT log_refused($1, $2, $3, $4, $5::inet)

-- name: oplog_request
-- The request that the statements to come belong to.
SELECT oplog_request($1)

-- name: oplog_view
-- Personal data was shown.
SELECT oplog_view($1, $2, $3, $4::inet)

-- name: oplog_search
-- Newest first, below a row's number (NULL: from the newest); the session decides who may read.
SELECT seq, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS at, login, name, role, department,
    department_en, act, object, object_name, result = 'done' AS done, reason, facts, network, behalf, request
FROM oplog_search($1, $2::text[], $3::bigint, $4::int)

-- name: oplog_export
-- The same for a file; its first page is put on record.
SELECT seq, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS at, login, name, role, department,
    department_en, act, object, object_name, result = 'done' AS done, reason, facts, network, behalf, request
FROM oplog_export($1, $2::text[], $3::bigint, $4::int, $5::inet)

-- name: oplog_departments
-- For the choice of what to look for.
SELECT id, name, name_en FROM oplog_departments($1)

-- name: oplog_check_start
-- Asks the keeper of the house to check the chain.
SELECT check_start($1, $2::inet)

-- name: oplog_check_state
-- The newest check, and the head.
SELECT head, head_hash, first, last, done,
    to_char(started AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS started,
    to_char(ended AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS ended, person, found, clocks
FROM check_state($1)

-- name: oplog_purges
-- Years of rows, and what is decided about them.
SELECT year, due, asked_by,
    to_char(asked_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS asked_at, mine,
    confirmed_by, to_char(confirmed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS confirmed_at,
    to_char(done_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS done_at,
    to_char((kept_until AT TIME ZONE 'Asia/Tokyo') - interval '1 day', 'YYYY-MM-DD') AS kept_until
FROM purge_list($1)

-- name: oplog_purge_request
-- The first person's word on a year's rows.
SELECT purge_request($1, $2::int, $3::inet)

-- name: oplog_purge_confirm
-- The second person's.
SELECT purge_confirm($1, $2::int, $3::inet)

-- name: oplog_purge_withdraw
-- Takes it back.
SELECT purge_withdraw($1, $2::int, $3::inet)
