-- Fan-out: from an approved alert to deliveries and chunks.

-- name: fanout_next
-- The alert to expand next, urgent first; its state becomes `sending`. NULL: none.
SELECT fanout_next($1::time, $2::time)

-- name: fanout_step
-- Deliveries and chunks of the next subscribers, of a correction of its original's next deliveries:
-- 'more', 'done' when the audience is complete, 'wait' while mails of the original are under way.
SELECT fanout_step($1::bigint, $2::int, $3::int)

-- name: fanout_defer
-- Others first, for so many milliseconds.
SELECT fanout_defer($1::bigint, $2::int)

-- name: fanout_skip
-- Passes over the one whose slice fails again and again, on record.
SELECT fanout_skip($1::bigint, $2)
