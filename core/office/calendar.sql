-- Open and closed days, and signing in outside the usual hours (002 §13).

-- name: calendar_rule
SELECT usual_from AS from, usual_to AS to, all_hours, enforced FROM access_rule_info($1)

-- name: calendar_days
-- Of one year; weekends only where the town says something of them.
SELECT to_char(day, 'YYYY-MM-DD') AS day, weekday, open, words, own
FROM calendar($1, make_date($2::int, 1, 1), make_date($2::int, 12, 31))

-- name: calendar_set
SELECT day_set($1, $2::date, $3::boolean, $4, $5::inet)

-- name: calendar_unset
SELECT day_unset($1, $2::date, $3::inet)

-- name: calendar_permits
SELECT id, login, name, to_char(from_ AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS from,
    to_char(to_ AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS to, reason, granter
FROM hours_permits($1)

-- name: calendar_permit_add
SELECT hours_permit_add($1, $2, $3::timestamp AT TIME ZONE 'Asia/Tokyo', $4::timestamp AT TIME ZONE 'Asia/Tokyo',
    $5, $6::inet)

-- name: calendar_permit_end
SELECT hours_permit_end($1, $2::bigint, $3::inet)

-- name: calendar_reason
-- The emergency for which somebody signed in; the session's fresh token.
SELECT hours_reason($1, $2, $3::inet)
