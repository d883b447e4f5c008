-- Tokens: random texts that only their hash is kept of, and their letters (base64url).

-- What is kept of a token. Stable, as convert_to is: so it is written into its callers' plans.
CREATE FUNCTION token_hash(token text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(token, 'UTF8'))
$$;

-- base64url without padding (RFC 4648 section 5).
CREATE FUNCTION b64url(data bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT rtrim(translate(replace(encode(data, 'base64'), E'\n', ''), '+/', '-_'), '=')
$$;

-- The way back from b64url; NULL for what is not canonical.
CREATE FUNCTION b64url_decode(t text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    data bytea;
BEGIN
    IF t !~ '^[A-Za-z0-9_-]+$' OR length(t) > 4096 THEN
        RETURN NULL;
    END IF;
    data := decode(rpad(translate(t, '-_', '+/'), (length(t) + 3) / 4 * 4, '='), 'base64');
    RETURN CASE WHEN kairan.b64url(data) = t THEN data END;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END $$;
