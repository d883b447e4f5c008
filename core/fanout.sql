-- Fan-out: from an approved alert to deliveries and chunks.

-- name: fanout_next
-- The alert to expand next, urgent first; its state becomes `sending`. NULL: none.
SELECT fanout_next($1::time, $2::time)

-- name: fanout_slice
-- Deliveries and chunks of the next subscribers; true when the audience is complete.
SELECT fanout_slice($1::bigint, $2::int, $3::int)
