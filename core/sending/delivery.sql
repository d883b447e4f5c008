-- What senders ask of the database. Chunks are claimed and updated, recipients are not; outcomes
-- are only appended (design: one old snapshot anywhere must not slow the queue).

-- name: delivery_beat
-- A sign of life of this process; the newest of a host keeps its chunks from being taken. How many
-- senders live, since they share a lane's pace.
SELECT worker_beat($1, $2, $3::int, $4::int)

-- name: delivery_claim
-- One row a member, in the chunk's order; address NULL: has left or is suspended since.
SELECT chunk, token, alert, attempt, again, contact, address, lang, lane, handover, variant
FROM chunk_claim($1, $2::int, $3::text[], $4::int[], $5::int, $6::time, $7::time)

-- name: delivery_load
-- The fields the approval's fingerprint covers, one a row in their order; till when routine alerts may leave.
SELECT item, encode(l.fingerprint, 'hex') AS fingerprint, l.state,
    (extract(epoch FROM l.valid_until) * 1000)::bigint AS valid_until_ms,
    (extract(epoch FROM l.approved) * 1000)::bigint AS approved_ms,
    routine_until($2::time, $3::time) AS routine_until_ms
FROM broadcast_load($1::bigint) AS l, unnest(l.fields) WITH ORDINALITY AS f (item, place)
ORDER BY place

-- name: delivery_states
-- Which of these alerts are still to be sent, after a notice; till when routine ones may leave.
SELECT alert, state, routine_until($2::time, $3::time) AS routine_until_ms FROM broadcast_states($1::bigint[])

-- name: delivery_record
-- Appends outcomes of one alert; a second end of a delivery changes nothing, so that repeating it
-- after a lost connection is safe.
SELECT outcome_record($1::bigint, $2::bigint[], $3::bigint[], $4::int[], $5::text[], $6::smallint[],
    $7::result[], $8::boolean[], $9::boolean[], $10::smallint[], $11::text[], $12::text[], $13::text[])

-- name: delivery_close
-- Ends a lease: who was refused for now comes again after a delay, who is in doubt at once. Where nobody is, the disk
-- is not waited for: a database that dies meanwhile has the chunk leased still, and it is closed anew.
SELECT chunk_close($1::bigint, $2::bigint, $3::bigint[], $4::int, $5::bigint[]),
    CASE WHEN $3::bigint[] = '{}' AND $5::bigint[] = '{}' THEN set_config('synchronous_commit', 'off', true) END

-- name: delivery_held
-- Leases of this host and slot: what a crash, or a lost answer to a claim, left behind.
SELECT chunk, token, alert, attempt, again FROM chunk_held($1, $2::int)

-- name: delivery_doubt_text
-- The relay refuses the text ($3: again and again): pauses the alert unless others take it.
SELECT broadcast_doubt($1::bigint, $2, $3::boolean)

-- name: delivery_doubt
-- Of a lease whose journal may have lost something: whoever is left may have been sent.
SELECT chunk_doubt($1::bigint, $2::bigint)

-- name: delivery_halt
-- The text is not what was approved (P2): nothing of it is sent.
SELECT broadcast_halt($1::bigint, $2)
