-- Signing in, in two steps: the salt, then the proof. The database compares the proof, so that no program can
-- sign in as somebody without the password.

-- First step of signing in: what the helper needs to compute the proof. An unknown name gets a false salt that
-- never changes, so that nobody learns which names exist. Refuses 'limit' when there were too many tries.
CREATE FUNCTION sign_in_salt(login text, device text, network inet, tries_per_hour int)
RETURNS TABLE (salt bytea, cost text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF sign_in_full(login, device, network, tries_per_hour) THEN
        PERFORM refuse('limit', 'Too many attempts to sign in. Please wait for 15 minutes, at most an hour, or '
            'sign in from a device you have used before.', 'login');
    END IF;
    RETURN QUERY
        SELECT coalesce(c.salt,
                substr(hmac(convert_to(sign_in_salt.login, 'UTF8'), s.key, 'sha256'), 1, 16)),
            coalesce(c.cost, 'scrypt:17:8:1')
        FROM secret s LEFT JOIN (credential c JOIN person p ON p.id = c.person)
            ON p.login = sign_in_salt.login
        WHERE s.name = 'salt';
END $$;
GRANT EXECUTE ON FUNCTION sign_in_salt TO kairan_staff;

-- Second step. No row: name or password wrong (the try is counted and logged). Else the new session's token,
-- the token of this device, and how many posts there are to choose from (with one the session is in it
-- already). A one-time password opens one session within its day, and the person is told of a new place.
CREATE FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text,
    tries_per_hour int, idle_min int, hours int, idle_strict_min int DEFAULT NULL, password_days int DEFAULT NULL)
RETURNS TABLE (token text, device_token text, posts int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who person;
    held bigint[];
    known boolean;
    strange boolean;
BEGIN
    -- Locked, so that of two at once one alone uses a one-time password.
    SELECT p.* INTO who FROM person p JOIN credential c ON c.person = p.id
    WHERE p.login = sign_in.login AND p.suspended_at IS NULL AND c.verifier = sha256(proof)
        AND (NOT c.one_time OR (c.one_time_used IS NULL AND c.one_time_until > clock_timestamp()
            AND c.one_time_until <= clock_timestamp() + interval '25 hours')) -- else the clock was set back
    FOR NO KEY UPDATE OF c;
    SELECT array_agg(id ORDER BY id) INTO held FROM post
    WHERE person = who.id AND during @> clock_timestamp();
    IF sign_in_full(login, device, network, tries_per_hour) OR held IS NULL THEN
        PERFORM sign_in_failed(login, device, network);
        -- Only a name that exists is written down: people type their password into the wrong field.
        PERFORM oplog_append(NULL, (SELECT p.login FROM person p WHERE p.login = sign_in.login), NULL,
            NULL, NULL, 'sign-in', '', 'refused',
            '', network, facts => jsonb_build_object('refusal', 'Sign-in name or password is wrong.'));
        RETURN;
    END IF;
    UPDATE credential SET one_time_used = clock_timestamp() WHERE person = who.id AND one_time;
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    known := EXISTS (SELECT FROM device d WHERE d.token_hash = token_hash(sign_in.device) AND d.person = who.id);
    strange := NOT known AND EXISTS (SELECT FROM device d WHERE d.person = who.id);
    INSERT INTO session (token_hash, person, post, idle, idle_strict, ends, network, agent, password_days, new_place)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, limit_idle_min())), make_interval(mins => least(idle_strict_min, limit_idle_strict_min())),
        now() + make_interval(hours => least(hours, limit_session_hours())), network, left(agent, 200), least(password_days, limit_password_days()), strange);
    device_token := device;
    IF NOT known THEN
        DELETE FROM try_delay WHERE kind = 'login' AND key = sha256(convert_to(who.login, 'UTF8'));
        device_token := b64url(gen_random_bytes(32));
        INSERT INTO device (token_hash, person) VALUES (token_hash(device_token), who.id);
    END IF;
    PERFORM letter_staff('new-place', who.id) WHERE strange;
    PERFORM oplog_append(who.id, who.login, o.id, o.role, o.department, 'sign-in', '', 'done', '',
        network)
    FROM (SELECT 1) AS once LEFT JOIN post o ON posts = 1 AND o.id = held[1];
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION sign_in TO kairan_staff;
