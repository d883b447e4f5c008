-- name: letter_claim
-- Letters to send now, leased to this sender; none while the hour's cap is reached.
SELECT id, token, template, lang, contact, address, secret, attempt,
    extract(epoch FROM least(expires, '9999-12-31'))::bigint AS expires_s
FROM letter_claim($1, $2::int, $3::int, $4::int)

-- name: letter_record
-- What came of one; nothing when another holds the lease by now.
SELECT letter_record($1::bigint, $2::bigint, $3, $4, $5::int)

-- name: letter_release
-- A died sender's letters wait again.
SELECT letter_release($1, $2::int)

-- name: letter_sweep
-- Ends letters whose time is over.
SELECT letter_sweep()
