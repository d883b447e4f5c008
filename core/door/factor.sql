-- The second factor. Codes are judged in the database: no program can say that one was right.

-- name: factor_info
SELECT held, to_char(since AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS since, needed, recovery_left,
    proved, wait_s
FROM factor_info($1)

-- name: factor_prove
-- No row: the code was wrong.
SELECT fresh AS token, kind = 'recovery' AS recovered, recovery_left AS left FROM factor_prove($1, $2, $3::inet)

-- name: factor_enrol
SELECT factor_enrol($1, $2::inet)

-- name: factor_pending
SELECT seed AS base32, login FROM factor_pending($1)

-- name: factor_confirm
-- No row: the code was wrong.
SELECT fresh, codes FROM factor_confirm($1, $2, $3::inet)

-- name: factor_renew
SELECT factor_renew($1, $2::inet)

-- name: factor_reset
SELECT factor_reset($1, $2::bigint, $3, $4::inet)

-- name: factor_list
SELECT person, login, name, needed, held, to_char(since AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS since,
    recovery_left, own
FROM factor_list($1)
