-- What came of an alert, and how sending stands, as the console shows it.

-- name: report_times
-- When it was approved, and when the first, half, 95 % and the last of the accepted were.
SELECT to_char(approved AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS approved,
    name, to_char(t AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS at,
    greatest(ceil(extract(epoch FROM t - approved)), 0)::bigint AS after_s
FROM report_times($1, $2::bigint) AS r,
    LATERAL (VALUES (1, 'first', r.first), (2, 'median', r.median), (3, 'most', r.most), (4, 'last', r.last))
        AS x (place, name, t)
ORDER BY place

-- name: report_sums
SELECT lane, relay, result, final, n FROM report_sums($1, $2::bigint)

-- name: report_series
SELECT span, to_char(at AT TIME ZONE 'Asia/Tokyo', 'MM-DD HH24:MI:SS') AS at, length_s, accepted, refused,
    others, again
FROM report_series($1, $2::bigint, $3::int)

-- name: report_list
-- The recipients after a contact, addresses masked.
SELECT contact, channel, address, result, code, enhanced, reply, relay, lane, attempt,
    to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS.MS') AS at
FROM report_list($1, $2::bigint, $3::bigint, $4::int)

-- name: report_export
-- The same with whole addresses, on record.
SELECT contact, channel, address, result, code, enhanced, reply, relay, lane, attempt,
    to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS.MS') AS at
FROM report_export($1, $2::bigint, $3::bigint, $4::int, $5::inet)

-- name: report_relays
SELECT relay AS name, host, '' AS relays, senders, well, connections, reason,
    to_char(since AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS since,
    to_char(next_try AT TIME ZONE 'Asia/Tokyo', 'HH24:MI:SS') AS next_try
FROM relay_list($1)

-- name: report_lanes
SELECT lane AS name, '' AS host, pace, waiting, leased, senders, well, connections, most, latency_ms, relays, reason,
    to_char(since AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS since,
    to_char(next_try AT TIME ZONE 'Asia/Tokyo', 'HH24:MI:SS') AS next_try,
    greatest(extract(epoch FROM clock_timestamp() - oldest), 0)::bigint AS oldest_s
FROM lane_list($1)

-- name: report_workers
SELECT host, role, alive, known, to_char(seen AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS seen
FROM worker_list($1)
