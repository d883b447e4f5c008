-- name: recall_due
-- Alerts whose mails are to be taken back from the relay's queue, and whether the last is recorded.
SELECT alert, ended FROM recall_due()

-- name: recall_ids
-- Queue ids of such an alert, of the last $2 hours.
SELECT recall_ids($1::bigint, $2::int)

-- name: recall_lanes
-- Domains that have a lane by the settings of the workers.
SELECT r.domain, r.lane FROM lane_read() AS r WHERE r.domain IS NOT NULL AND strpos(r.lane, '.') = 0
ORDER BY r.lane, r.domain
