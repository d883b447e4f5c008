-- Housekeeping, done by one elected process of all hosts. Every statement is short: what may be much
-- goes a slice at a time, and true says that there may be more.

-- name: house_elect
-- Election only; no sign of who lives (a database restart frees every such lock).
SELECT house_elect()

-- name: house_clock
-- The database's clock in milliseconds.
SELECT house_clock()

-- name: house_sweep
-- Ends what is stopped or over, of one alert.
SELECT broadcast_sweep($1::int)

-- name: house_settle
-- Ends one broadcast whose sums say so.
SELECT broadcast_settle()

-- name: house_expire
-- Ends one alert that never began within its validity.
SELECT alert_expire()

-- name: house_free_silent
-- Takes chunks from hosts that have been silent for a minute.
SELECT chunk_free_silent()

-- name: house_slots
-- Senders of this host that hold leases.
SELECT slot FROM chunk_slots($1) AS slot

-- name: house_chunks
-- Removes closed chunks.
SELECT house_chunks($1::int)

-- name: house_ahead
-- Makes the partitions of the months and the year to come.
SELECT house_ahead()

-- name: house_drop
-- Drops one month whose time is over: its name, '' for none, 'busy' when somebody reads there.
SELECT house_drop($1::int)

-- name: house_strangers
-- Writes how often strangers failed in an hour that is over.
SELECT house_strangers()

-- name: house_anchor
-- The operation log's head, to be written down.
SELECT at, seq, hash, count FROM oplog_anchor()

-- name: house_anchor_mail
-- Mails an anchor, once a day.
SELECT oplog_anchor_mail($1, $2)

-- name: house_check_log
-- The next rows of a check that the console asked for; true when there are more.
SELECT house_check_log($1::int)

-- name: house_purge_log
-- Drops a year of the operation log that two persons have given up; '' for none, 'busy'.
SELECT house_purge_log()

-- name: house_care
-- Pending sign-ups, counters, letters, sessions that are over.
SELECT house_care()

-- name: house_warn_passwords
-- Tells staff by letter that their password ends; true when there may be more.
SELECT password_warn($1::int, $2::int)

-- name: house_forget_forms
-- Applications that nobody confirmed; true when there may be more.
SELECT form_forget($1::int)

-- name: house_bounces
-- Judges addresses whose mails came back; true when there may be more.
SELECT bounce_judge($1::int)

-- name: house_forget_bounces
-- Reports that are kept no longer; true when there may be more.
SELECT bounce_forget($1::int)
