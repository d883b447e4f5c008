-- Lanes and relays: what senders tell the database of them, and read from it.

-- name: lane_sync
-- The settings of this host become the lanes of all.
SELECT lane_sync($1::text[], $2::int[], $3::text[], $4::text[])

-- name: lane_read
-- All lanes with their domains, one a row; after a notice and once a minute.
SELECT lane, pace, domain FROM lane_read()

-- name: lane_split
-- A domain that misbehaves gets a lane of its own for an hour.
SELECT lane_split($1)

-- name: lane_report
-- Relays and lanes as this sender finds them, for the console.
SELECT relay_report($1, $2::int, $3::text[], $4::boolean[], $5::text[], $6::int[], $7::int[]),
    lane_report($1, $2::int, $8::text[], $9::text[], $10::int[], $11::int[], $12::int[], $13::int[],
        $14::boolean[], $15::text[], $16::int[])
