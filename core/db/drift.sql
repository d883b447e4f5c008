-- How far clocks are apart.

-- name: drift_clock
-- The database's time of day in milliseconds.
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
