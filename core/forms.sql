-- Forms 1 to 3: lists and pages as JSON, every act one function of the schema (migrations/0021_form.sql).

-- name: forms_list
-- Those the post may see, or of them the open ones.
SELECT coalesce(json_agg(f), '[]')::text FROM form_list($1, $2::boolean, NULL, 200) AS f

-- name: forms_read
-- One form with its history; the reading is on record.
SELECT form_read($1, $2::bigint, $3::inet)::text

-- name: forms_apply
-- By kind; days as they were typed.
SELECT form_apply($1, $2::int, $3, $4, $5, $6, NULL, NULL,
    CASE WHEN $2::int = 2 THEN $8::date + 1 ELSE $7::date END::timestamp AT TIME ZONE 'Asia/Tokyo', $9, $10::inet)

-- name: forms_again
-- After it was asked back.
SELECT form_again($1, $2::bigint, $3::int, $4, $5, $6, $7, NULL, NULL,
    coalesce($8::date, $9::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $10, $11::inet)

-- name: forms_withdraw
SELECT form_withdraw($1, $2::bigint, $3::int, $4::inet)

-- name: forms_ask
SELECT form_ask($1, $2::bigint, $3::int, $4, $5::inet)

-- name: forms_refuse
SELECT form_refuse($1, $2::bigint, $3::int, $4, $5::inet)

-- name: forms_accept
-- With the one-time password that the person gets where one is needed.
SELECT fresh FROM form_accept($1, $2::bigint, $3::int, decode($4, 'hex'), $5, decode($6, 'hex'), $7::inet)
