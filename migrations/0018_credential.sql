-- Passwords: one-time ones, those that are over, their change; tries that must wait; what a person
-- sees of his or her own account (004 §12, §14; 001 ch. 2 §6(2)③).

-- ---- how far a session is open ----

-- A one-time password (initial, reissued) is good for a day and one sign-in, and opens nothing but
-- the page that changes it.
ALTER TABLE credential
    ADD one_time boolean NOT NULL DEFAULT false,
    ADD one_time_until timestamptz,
    ADD one_time_used timestamptz,
    ADD CONSTRAINT credential_one_time CHECK (one_time = (one_time_until IS NOT NULL)
        AND (one_time OR one_time_used IS NULL));

-- How old a password may be is a setting; the session has what it was at sign-in, never over 90
-- (004 §12-1). lang: the language a person chose, for mails to him or her.
ALTER TABLE session ADD password_days int NOT NULL DEFAULT 90 CHECK (password_days BETWEEN 1 AND 90);
ALTER TABLE person ADD lang text NOT NULL DEFAULT 'ja' CHECK (lang IN ('ja', 'en'));

-- Makes the stored password of a person a one-time one, from now on.
CREATE FUNCTION credential_one_time(person_ bigint) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    UPDATE credential SET one_time = true, one_time_until = clock_timestamp() + interval '24 hours',
        one_time_used = NULL
    WHERE person = person_
$$;

-- Days that a password is still good, by the town's calendar: 0 on its last day (with 90 days the
-- 90th after the one it was set on), less when it is over.
CREATE FUNCTION password_days_left(set_at timestamptz, days int) RETURNS int
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT (set_at AT TIME ZONE 'Asia/Tokyo')::date + least(days, 90)
        - (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date
$$;

-- How far a session is open: 'open', or the name of what its person has to do first. 'password':
-- the password is a one-time one or too old.
CREATE FUNCTION session_stage(s session) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM credential c WHERE c.person = s.person
            AND (c.one_time OR password_days_left(c.set_at, s.password_days) < 0))
        THEN 'password' ELSE 'open' END
$$;

-- What somebody is told who acts in a stage that is not open.
CREATE FUNCTION stage_told(stage text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE stage WHEN 'password' THEN 'Please change your password first.'
        ELSE 'Your session is over. Please sign in again.' END
$$;

-- The actor of a token; refuses a dead session, one that is not open, and one without a post.
CREATE OR REPLACE FUNCTION actor_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
    stage text;
    a actor;
BEGIN
    SELECT * INTO live FROM session_live(token);
    stage := session_stage(live);
    IF live.id IS NOT NULL AND stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    SELECT live.id, p.id, p.login, p.name, o.id, o.role, o.department, actor_of.network INTO a
    FROM person p JOIN post o ON o.id = live.post WHERE p.id = live.person;
    IF a.session IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN a;
END $$;

-- Who a token is, for every request; no row when the session is over. Marks it as seen.
-- days_left: of the password, as above.
DROP FUNCTION session_who(text);
CREATE FUNCTION session_who(token text)
RETURNS TABLE (person bigint, login text, name text, post bigint, role text, department bigint,
    department_name text, department_name_en text, stage text, lang text, days_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        RETURN;
    END IF;
    -- Not at every request: a write a minute is enough to know who is idle.
    UPDATE session SET seen = clock_timestamp()
    WHERE id = live.id AND seen < clock_timestamp() - interval '1 minute';
    RETURN QUERY
        SELECT p.id, p.login, p.name, o.id, o.role, d.id, d.name, d.name_en, session_stage(live),
            p.lang, (SELECT password_days_left(c.set_at, live.password_days) FROM credential c
                WHERE c.person = p.id)
        FROM person p LEFT JOIN post o ON o.id = live.post
            LEFT JOIN department d ON d.id = o.department
        WHERE p.id = live.person;
END $$;
GRANT EXECUTE ON FUNCTION session_who(text) TO kairan_staff;

-- ---- sign-in ----

-- As it was; besides, a one-time password opens one session within its day.
DROP FUNCTION sign_in(text, bytea, text, inet, text, int, int, int, int);
CREATE FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text,
    tries_per_hour int, idle_min int, hours int, idle_strict_min int DEFAULT 15, password_days int DEFAULT 90)
RETURNS TABLE (token text, device_token text, posts int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who person;
    held bigint[];
BEGIN
    -- Locked, so that of two at once one alone uses a one-time password.
    SELECT p.* INTO who FROM person p JOIN credential c ON c.person = p.id
    WHERE p.login = sign_in.login AND p.suspended_at IS NULL AND c.verifier = sha256(proof)
        AND (NOT c.one_time OR (c.one_time_used IS NULL AND c.one_time_until > clock_timestamp()))
    FOR NO KEY UPDATE OF c;
    SELECT array_agg(id ORDER BY id) INTO held FROM post
    WHERE person = who.id AND during @> clock_timestamp();
    IF sign_in_full(login, device, network, tries_per_hour) OR held IS NULL THEN
        PERFORM sign_in_failed(login, device, network);
        -- Only a name that exists is written down: people type their password into the wrong field.
        PERFORM oplog_append(NULL, (SELECT p.login FROM person p WHERE p.login = sign_in.login), NULL,
            NULL, NULL, 'sign-in', '', 'refused',
            'Sign-in name or password is wrong.', network);
        RETURN;
    END IF;
    UPDATE credential SET one_time_used = clock_timestamp() WHERE person = who.id AND one_time;
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    INSERT INTO session (token_hash, person, post, idle, idle_strict, ends, network, agent, password_days)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, 30)), make_interval(mins => least(idle_strict_min, 15)),
        now() + make_interval(hours => least(hours, 12)), network, left(agent, 200), least(password_days, 90));
    device_token := device;
    IF NOT EXISTS (SELECT FROM device d WHERE d.token_hash = token_hash(sign_in.device)
        AND d.person = who.id) THEN
        device_token := b64url(gen_random_bytes(32));
        INSERT INTO device (token_hash, person) VALUES (token_hash(device_token), who.id);
    END IF;
    PERFORM oplog_append(who.id, who.login, o.id, o.role, o.department, 'sign-in', '', 'done', '',
        network)
    FROM (SELECT 1) AS once LEFT JOIN post o ON posts = 1 AND o.id = held[1];
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION sign_in(text, bytea, text, inet, text, int, int, int, int, int) TO kairan_staff;
