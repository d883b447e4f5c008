-- name: alert_choices
-- What the compose form offers: the department's categories, all areas.
SELECT kind = 'area' AS is_area, id, name, name_en FROM alert_choices($1)

-- name: alert_reach
-- How many would get it, by channel.
SELECT mail, sms FROM audience_count($1, $2::smallint[], $3::smallint[], $4::boolean)

-- name: alert_save
-- A new draft ($2 NULL, $3 0) or the next version of one.
SELECT alert, version FROM alert_save($1, $2::bigint, $3::int, '{ja}', ARRAY[$4], ARRAY[$5],
    $6::smallint[], $7::smallint[], $8::boolean, $9::boolean, $10, to_timestamp($11::float8), $12::inet)

-- name: alert_submit
-- The version that the drafter saw.
SELECT alert_submit($1, $2::bigint, $3::int, $4::inet)

-- name: alert_withdraw
SELECT alert_withdraw($1, $2::bigint, $3::inet)

-- name: alert_discard
SELECT alert_discard($1, $2::bigint, $3::inet)

-- name: alert_stop
-- Before sending begins it cancels.
SELECT alert_stop($1, $2::bigint, $3::inet)

-- name: alert_pause
SELECT alert_pause($1, $2::bigint, $3::inet)

-- name: alert_resume
SELECT alert_resume($1, $2::bigint, $3::inet)

-- name: alert_return
SELECT alert_return($1, $2::bigint, $3::int, $4, $5::inet)

-- name: alert_approve
-- Exactly what the page showed: its fingerprint comes along.
SELECT alert_approve($1, $2::bigint, decode($3, 'hex'), $4::inet)

-- name: alert_list
SELECT id, state, title, urgent, everybody, department, department_en, creator,
    to_char(changed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS changed
FROM alert_list($1, $2::bigint, $3::int)

-- name: alert_read
-- One alert; the Japanese text comes first in texts, the newest return first in returns.
SELECT state, version, department, department_name, department_name_en, sender_local, creator,
    submitter, to_char(changed_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS changed,
    categories, areas, category_names, area_names, category_names_en, area_names_en, everybody,
    urgent, urgent_reason,
    extract(epoch FROM valid_until)::bigint AS valid_until,
    encode(fingerprint, 'hex') AS fingerprint, approver,
    to_char(approved_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS approved,
    texts->0->>'title' AS title, texts->0->>'body' AS body,
    returns->0->>'name' AS returned_by, returns->0->>'reason' AS returned_reason,
    to_char((returns->0->>'at')::timestamptz AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS')
        AS returned_at,
    (returns->0->>'version')::int AS returned_version, own
FROM alert_read($1, $2::bigint)

-- name: alert_text
-- The Japanese text of an earlier version, for the difference.
SELECT title, body FROM alert_texts($1, $2::bigint, $3::int) WHERE lang = 'ja'

-- name: alert_progress
-- The broadcast in numbers; total is NULL while fan-out runs.
SELECT coalesce(total, written, 0) AS total, accepted, refused, expired, cancelled, unknown,
    to_char(started_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS started,
    to_char(ended_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS ended,
    extract(epoch FROM coalesce(last_outcome_at, started_at) - started_at) AS run_s,
    halted, relay_trouble AS trouble, routine_hours($3::time, $4::time) AS routine
FROM broadcast_read($1, $2::bigint)

-- name: alert_refusals
-- Who was refused or is in doubt, masked, with the relay's words.
SELECT address, result, code, reply, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS at
FROM broadcast_refusals($1, $2::bigint, $3::int)
