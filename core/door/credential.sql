-- What the change of a password needs. The database compares every proof.

-- name: credential_salts
-- The present password's salt and cost first, then those of the former ones.
SELECT encode(salt, 'hex') AS hex, cost FROM password_salts($1)

-- name: credential_words
-- One row a word that a password of this person may not lean on.
SELECT w.login, w.factor, word FROM password_words($1) w, unnest(w.words) AS word

-- name: credential_right
-- Whether the present password is this one; a wrong one is counted.
SELECT password_right($1, decode($2, 'hex'), $3::inet, $4::int)

-- name: credential_change
-- The session's new token.
SELECT password_change($1, decode($2, 'hex'),
    ARRAY(SELECT decode(p, 'hex') FROM unnest($3::text[]) WITH ORDINALITY AS l (p, n) ORDER BY n),
    decode($4, 'hex'), $5, decode($6, 'hex'), $7::inet)

-- name: credential_raise
-- The same password at today's cost.
SELECT credential_raise($1, decode($2, 'hex'), decode($3, 'hex'), $4, decode($5, 'hex'))
