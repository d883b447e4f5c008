-- name: subscriber_choices
-- What the forms offer, in the town's order.
SELECT kind = 'area' AS is_area, id, name, name_en FROM choices()

-- name: subscriber_request
-- The same, whether the address is known or not: a letter, within the address's limit.
SELECT signup_request($1, $2, $3::smallint[], $4::smallint[], $5, $6, $7::inet, $8::int, $9::int,
    $10::int)

-- name: subscriber_peek
-- What a confirmation link would register; no row when it is not valid. Changes nothing.
SELECT p.used, c.kind = 'area' AS is_area, c.id, c.name, c.name_en
FROM signup_peek($1) p
LEFT JOIN choices() WITH ORDINALITY c (kind, id, name, name_en, place)
    ON c.id = ANY (CASE c.kind WHEN 'category' THEN p.categories ELSE p.areas END)
ORDER BY c.place

-- name: subscriber_confirm
-- Registers, or changes the choices. Twice is as once.
SELECT signup_confirm($1)

-- name: subscriber_leave_request
-- A known address gets a letter with its leave link; nobody learns which it was.
SELECT leave_request($1, $2, $3::inet, $4::int, $5::int)

-- name: subscriber_leave_peek
-- Whether the link is one of ours. Changes nothing.
SELECT leave_peek($1)

-- name: subscriber_leave
-- Leaves by the link. Twice is as once.
SELECT leave($1)

-- name: subscriber_stay_peek
-- Whether the link of a warning is one of ours. Changes nothing.
SELECT stay_peek($1)

-- name: subscriber_stay
-- The address works and gets alerts again. Twice is as once.
SELECT stay($1)
