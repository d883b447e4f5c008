-- Forms 1 to 3: lists and pages as JSON, every act one function of the schema (forms*.law.sql).

-- name: forms_list
-- Those the post may see, or of them the open ones; the newest first, below a number (0: from the top).
SELECT coalesce(json_agg(f), '[]')::text FROM form_list($1, $2::boolean, nullif($3::bigint, 0), $4::int) AS f

-- name: forms_read
-- One form with its history; the reading is on record.
SELECT form_read($1, $2::bigint, $3::inet)::text

-- name: forms_choices
-- What a head chooses from: posts (form 2) or people (form 3).
SELECT coalesce(json_agg(json_build_object('value', value::text, 'login', login, 'name', name, 'role', role,
    'from', coalesce(to_char(from_ AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD'), ''))), '[]')::text
FROM form_choices($1, $2::int)

-- name: forms_apply
-- By kind; days as they were typed.
SELECT form_apply($1, $2::int, $3, $4, $5, $6, $7::bigint, $8::bigint,
    CASE WHEN $2::int = 2 THEN $10::date + 1 ELSE $9::date END::timestamp AT TIME ZONE 'Asia/Tokyo', $11, $12::inet)

-- name: forms_again
-- After it was asked back.
SELECT form_again($1, $2::bigint, $3::int, $4, $5, $6, $7, $8::bigint, $9::bigint,
    coalesce($10::date, $11::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $12, $13::inet)

-- name: forms_withdraw
SELECT form_withdraw($1, $2::bigint, $3::int, $4::inet)

-- name: forms_ask
SELECT form_ask($1, $2::bigint, $3::int, $4, $5::inet)

-- name: forms_refuse
SELECT form_refuse($1, $2::bigint, $3::int, $4, $5::inet)

-- name: forms_accept
-- With the one-time password that the person gets where one is needed.
SELECT fresh FROM form_accept($1, $2::bigint, $3::int, $4, decode($5, 'hex'), $6, decode($7, 'hex'), $8::inet)

-- name: forms_departments
-- For everybody on the staff network.
SELECT coalesce(json_agg(json_build_object('value', department::text, 'name', name, 'name_en', name_en)
    ORDER BY department), '[]')::text
FROM form_departments()

-- name: forms_request
-- Without sign-in; a letter with a link goes to the head's address.
SELECT form_request($1::int, $2::bigint, $3, $4, $5, $6, $7, $8, $9,
    CASE WHEN $1::int = 2 THEN $11::date + 1 ELSE $10::date END::timestamp AT TIME ZONE 'Asia/Tokyo', $12, $13,
    $14::int, $15::int, $16::inet)

-- name: forms_peek
-- What a link would confirm.
SELECT form_peek($1)::text

-- name: forms_confirm
SELECT form_confirm($1, $2::inet)::text

-- name: forms_question
-- What the administrator asked, by the link of its letter.
SELECT form_question($1)::text

-- name: forms_reply
SELECT form_reply($1, $2, $3, $4, $5, coalesce($6::date, $7::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $8,
    $9::inet)::text
