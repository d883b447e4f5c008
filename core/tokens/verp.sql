-- name: verp_keys
-- The keys of envelope senders, the newest first; hex, so that no bytea escape is parsed here.
SELECT kid, encode(key, 'hex') FROM verp_keys()
