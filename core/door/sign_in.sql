-- What signing in and acting in a post need. The functions of the schema do the judging: the
-- verifier is compared in the database, so that SQL as the staff role cannot sign in as anybody.

-- name: sign_in_salt
-- An unknown name gets a stable made-up salt, so that nobody learns who has an account.
SELECT encode(salt, 'hex') AS hex, cost FROM sign_in_salt($1, $2, $3::inet, $4::int)

-- name: sign_in_open
-- No row when the proof is wrong; either way the log has its row.
SELECT token, device_token AS device, posts
FROM sign_in($1, decode($2, 'hex'), $3, $4::inet, $5, $6::int, $7::int, $8::int, $9::int, $10::int)

-- name: sign_in_who
-- The live session behind a token, which this keeps from going idle, and for whom a delegate acts, until when.
-- What is put on record from now on belongs to the request $2: said here, so that no page asks twice.
SELECT person, name, post, role, department, department_name, department_name_en, stage, lang,
    days_left IS NOT NULL AS has_end, days_left,
    coalesce(approver, '') AS acting_for,
    coalesce(to_char(ends AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), '') AS acting_until
FROM oplog_request($2) AS told, session_who($1) AS who
    LEFT JOIN LATERAL (SELECT approver, ends FROM session_acting($1) WHERE who.role = 'delegate') AS acting ON true

-- name: sign_in_posts
-- The posts this session's person may act in now.
SELECT post, role, department_name, department_name_en FROM session_posts($1)

-- name: sign_in_choose
-- A session acts in one post: in another post it has another token.
SELECT session_choose($1, $2::bigint, $3::inet)

-- name: sign_in_close
-- Ends the session on the server's side.
SELECT session_end($1, $2::inet)
