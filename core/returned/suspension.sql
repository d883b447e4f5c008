-- Addresses that get nothing, as the console sees them.

-- name: suspension_list
-- Below a contact's number (NULL: from the newest); the session decides who may read.
SELECT contact, address, reason, to_char(since AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS since,
    status, reply
FROM suspension_list($1, coalesce($2::bigint, 9223372036854775807), $3::int)

-- name: suspension_counts
-- Addresses by reason, those warned, and what the intake took in a week ("mail.…").
SELECT what, n FROM suspension_counts($1)

-- name: suspension_storms
-- Alerts of which too many came back, the open questions first.
SELECT alert, title, to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS at, failed, total, verdict
FROM storm_list($1)

-- name: suspension_lift
-- One address gets alerts again.
SELECT suspension_lift($1, $2::bigint, $3::inet)

-- name: suspension_decide
-- Whether an alert's failures count.
SELECT storm_decide($1, $2::bigint, $3, $4::inet)
