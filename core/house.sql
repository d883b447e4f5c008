-- Housekeeping, done by one elected process of all hosts.

-- name: house_elect
-- Election only; no sign of who lives (a database restart frees every such lock).
SELECT pg_try_advisory_lock(hashtext('kairan house'))

-- name: house_sweep
-- Ends what is over or stopped, a slice at a time; true when there may be more.
SELECT broadcast_sweep($1::int)

-- name: house_free_silent
-- Takes chunks from hosts that have been silent for a minute.
SELECT chunk_free_silent()

-- name: house_care
-- Partitions ahead, pending sign-ups and counters that are over.
SELECT house_care()

-- name: house_bounces
-- Judges addresses whose mails came back; true when there may be more.
SELECT bounce_judge($1::int)

-- name: house_forget_bounces
-- Reports that are kept no longer.
SELECT bounce_forget()
