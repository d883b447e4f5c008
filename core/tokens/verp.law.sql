-- Envelope senders as tokens (core/tokens/verp.h has the format): which alert and contact a returned mail is
-- about.

-- Keys of envelope senders: made from those of the links, so that who can check a returned mail can make no
-- link.
CREATE FUNCTION verp_keys() RETURNS TABLE (kid smallint, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT kid, hmac('envelope sender'::bytea, key, 'sha256') FROM link_key ORDER BY made DESC, kid DESC
$$;
GRANT EXECUTE ON FUNCTION verp_keys TO kairan_sender, kairan_intake;

-- What an envelope sender's token speaks of (verp.h has the format); no row for one that we did
-- not make, that is older than 14 days, or of a day that has not come.
CREATE FUNCTION verp_open(token text, today timestamptz DEFAULT now())
RETURNS TABLE (kind "char", alert bigint, part bigint)
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    data bytea;
    k bytea;
    age int;
BEGIN
    IF token !~* '^[a-z2-7]{40}$' THEN
        RETURN;
    END IF;
    SELECT decode(string_agg(lpad(to_hex(eight), 10, '0'), '' ORDER BY n), 'hex') INTO data
    FROM (SELECT n, sum((strpos('abcdefghijklmnopqrstuvwxyz234567',
                substr(lower(token), 8 * n + i, 1)) - 1)::bigint << (5 * (8 - i)))::bigint AS eight
        FROM generate_series(0, 4) AS n, generate_series(1, 8) AS i GROUP BY n) AS letters;
    SELECT v.key INTO k FROM verp_keys() AS v WHERE v.kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 15), k, 'sha256'), 1, 10))
        <> sha256(substr(data, 16, 10)) THEN
        RETURN;
    END IF;
    age := floor(extract(epoch FROM today) / 86400)::int - (get_byte(data, 2) << 8 | get_byte(data, 3));
    IF age BETWEEN -1 AND 14 AND chr(get_byte(data, 1)) IN ('a', 'x', 'l') THEN
        RETURN QUERY SELECT chr(get_byte(data, 1))::"char",
            ('x' || encode(substr(data, 5, 5), 'hex'))::bit(40)::bigint,
            ('x' || encode(substr(data, 10, 6), 'hex'))::bit(48)::bigint;
    END IF;
END $$;
