-- Links in mails that live long: leaving (purpose 1) and "still here" (purpose 2). Each says whose contact it
-- speaks of and proves it with a MAC; the keys never leave the owner's functions but to those who mint.

-- The keys of links, the newest first, for those who mint them.
CREATE FUNCTION link_keys() RETURNS TABLE (kid smallint, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT kid, key FROM link_key ORDER BY made DESC, kid DESC
$$;
GRANT EXECUTE ON FUNCTION link_keys TO kairan_sender;

-- The contact a long-lived link speaks of, NULL for a link we did not make.
-- Link: base64url of kid (1 byte), purpose (1 byte: 1 leave, 2 still here), contact (8 bytes, big endian),
-- MAC (16 bytes: the first of HMAC-SHA256 over the 10 bytes before it).
CREATE FUNCTION link_contact(link text, purpose int) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    data bytea := b64url_decode(link);
    k bytea;
BEGIN
    IF data IS NULL OR octet_length(data) <> 26 OR get_byte(data, 1) <> purpose THEN
        RETURN NULL;
    END IF;
    SELECT key INTO k FROM link_key WHERE kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 10), k, 'sha256'), 1, 16))
        <> sha256(substr(data, 11, 16)) THEN
        RETURN NULL;
    END IF;
    RETURN ('x' || encode(substr(data, 3, 8), 'hex'))::bit(64)::bigint;
END $$;
