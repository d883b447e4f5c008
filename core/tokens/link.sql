-- name: link_keys
-- The town's keys for links, the newest first; hex, so that no bytea escape is parsed here.
SELECT kid, encode(key, 'hex') FROM link_keys()
