-- Returned mail, as the intake brings it.

-- name: bounce_take
-- What a report says of a mail's recipients; the token says whose mail it was. Idempotent.
SELECT bounce_take($1, $2::text[], $3::text[], $4::text[], $5::text[])

-- name: bounce_count
-- Adds up what the intake did with its mails.
SELECT intake_count($1::text[], $2::bigint[])
