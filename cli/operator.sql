-- What the operator's command line asks of the database, as kairan_owner.

-- name: operator_staff_add
-- Registers a person with a post and a password; writes its own log row.
SELECT staff_add($1, $2, $3, decode($4, 'hex'), $5, decode($6, 'hex'), $7, $8)

-- name: operator_factor_reset
-- Ends a person's second factor; writes its own log row.
SELECT factor_reset_operator($1, $2)

-- name: operator_one_time
-- Makes a person's password a one-time one.
SELECT credential_one_time(id) FROM person WHERE login = $1

-- name: operator_oplog_head
-- One snapshot of head and rows: a row beyond the head, or a head beyond the rows, is a break.
SELECT h.seq, encode(h.hash, 'hex'), coalesce((SELECT max(seq) FROM oplog), 0)
FROM oplog_head h

-- name: operator_oplog_base
-- What stands in for the rows that were removed, and what the chain says of it; no row: nothing was.
SELECT seq, encode(hash, 'hex'), said FROM oplog_base()

-- name: operator_oplog_removed
-- The last row of each removal.
SELECT last_seq FROM oplog_purge WHERE done_at IS NOT NULL

-- name: operator_oplog_rows
-- The next rows after $1, up to $2, as oplog_digest() hashes them.
SELECT format, seq, (extract(epoch FROM at) * 1000000)::bigint, person, login, post, role, department, act,
    object, result, reason, facts, host(network), behalf, request, encode(prev, 'hex'), encode(hash, 'hex')
FROM oplog WHERE seq > $1::bigint AND seq <= $2::bigint ORDER BY seq LIMIT 5000

-- name: operator_oplog_anchor
-- The log's head, to be written down.
SELECT at, seq, hash, count FROM oplog_anchor()

-- name: operator_purge
-- The second person's word on a year's rows.
SELECT purge_operator($1::int)

-- name: operator_status_database
-- Where we are connected, how large it is, and how far its schema is.
SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
    (SELECT name FROM migration ORDER BY number DESC LIMIT 1),
    (SELECT count(*) FROM contact WHERE gone_at IS NULL AND channel = 'mail'),
    (SELECT count(*) FROM contact WHERE gone_at IS NULL AND channel = 'sms')

-- name: operator_status_alerts
-- Alerts that are not over, the oldest first, with their numbers.
SELECT a.id, a.state, d.name, coalesce(t.title, ''), coalesce(b.total, b.written, 0),
    coalesce(b.accepted, 0), coalesce(b.refused, 0),
    coalesce(b.expired + b.cancelled + b.unknown, 0), coalesce(b.halted, '')
FROM alert a JOIN department d ON d.id = a.department
    LEFT JOIN alert_text t ON t.alert = a.id AND t.version = a.version AND t.lang = 'ja'
    LEFT JOIN broadcast b ON b.alert = a.id
WHERE a.state IN ('submitted', 'approved', 'sending', 'paused') ORDER BY a.id

-- name: operator_status_workers
-- Worker processes with the seconds since their last sign of life.
SELECT host, role, slot, pid, floor(extract(epoch FROM clock_timestamp() - seen))::bigint
FROM worker ORDER BY host, role, slot

-- name: operator_status_relays
-- Relays as the living senders find them.
SELECT r.relay, r.host, r.slot, r.up, r.reason, to_char(r.since, 'YYYY-MM-DD HH24:MI:SS')
FROM relay_state r JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
WHERE w.seen > clock_timestamp() - interval '60 seconds'
ORDER BY r.relay, r.host, r.slot

-- name: operator_demo_made
-- Whether this database has people or departments: a demo town is made in an empty one only.
SELECT EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM department)

-- name: operator_demo_residents
-- Whether any resident is there.
SELECT EXISTS (SELECT FROM contact)

-- name: operator_demo_department
-- A department of the demo town.
INSERT INTO department (code, name, name_en) VALUES ($1, $2, $3)

-- name: operator_demo_category
-- A category of the demo town, owned by the department with the code $1.
INSERT INTO category (department, name, name_en, position)
SELECT id, $2, $3, $4::int FROM department WHERE code = $1

-- name: operator_demo_area
-- An area of the demo town.
INSERT INTO area (name, name_en, position) VALUES ($1, $2, $3::int)
