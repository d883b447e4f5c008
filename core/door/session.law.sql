-- Sessions: who acts, how far a session is open, and when it is over (002 §11(6); 004 §12). A session opens in
-- stages; until its person has done what the stage asks for, every act is refused.

-- Every statement of a page begins by asking these, so they are plpgsql, whose plans are kept: a function in
-- plain SQL that cannot be written into its caller's plan is planned at each call. Helpers that are the owner's
-- alone set no search_path: whoever calls them has set it, and setting it again is a large part of their cost.

-- ---- how far a session is open ----

-- Whether a session is still good: not ended, not idle, its person not suspended, its post in force. The one
-- place that knows. Besides, a session from the future was opened, or used, before the clock was set back by
-- more than a minute: how long its person has been away nobody knows, so it is over.
CREATE FUNCTION session_in_force(s session) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN s.ended_at IS NULL AND s.ends > clock_timestamp()
        AND greatest(s.made, s.seen) <= clock_timestamp() + interval '1 minute'
        AND EXISTS (SELECT FROM person WHERE id = s.person AND suspended_at IS NULL)
        AND CASE WHEN s.post IS NULL THEN s.seen + s.idle > clock_timestamp()
            ELSE EXISTS (SELECT FROM post WHERE id = s.post AND during @> clock_timestamp()
                AND s.seen + CASE WHEN role = ANY (roles_strict())
                    THEN least(s.idle, s.idle_strict) ELSE s.idle END > clock_timestamp()) END;
END $$;

-- The session of a token, while it is good.
CREATE FUNCTION session_live(token text) RETURNS SETOF session
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT s.* FROM session s WHERE s.token_hash = token_hash(token) AND session_in_force(s);
END $$;

-- How far a session is open: 'open', or what its person has to do first, in this order: 'factor' the code,
-- 'hours' the reason for a sign-in outside the hours, what the password asks for, 'enrol' a second factor.
CREATE FUNCTION session_stage(s session) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN factor_held(s.person) AND s.proved_at IS NULL THEN 'factor'
        WHEN s.odd AND s.odd_reason IS NULL AND r.enforced AND NOT hours_permitted(s.person, s.made) THEN 'hours'
        WHEN session_stage_password(s) <> 'open' THEN session_stage_password(s)
        WHEN factor_needed(s.post) AND NOT factor_held(s.person) THEN 'enrol'
        ELSE 'open' END
    FROM access_rule r);
END $$;

-- The password's part of session_stage. 'password': it is a one-time one or too old; else 'open'.
CREATE FUNCTION session_stage_password(s session) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN EXISTS (SELECT FROM credential c WHERE c.person = s.person
            AND (c.one_time OR password_days_left(c.set_at, s.password_days) < 0))
        THEN 'password' ELSE 'open' END;
END $$;

-- What somebody is told who acts in a stage that is not open.
CREATE FUNCTION stage_told(stage text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE stage WHEN 'factor' THEN 'Please type the code of your second factor first.'
        WHEN 'hours' THEN 'Please say first why you sign in outside the hours.'
        WHEN 'enrol' THEN 'Please set up your second factor first.'
        ELSE stage_told_password(stage) END
$$;

-- The password's part of stage_told.
CREATE FUNCTION stage_told_password(stage text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE stage WHEN 'password' THEN 'Please change your password first.'
        ELSE 'Your session is over. Please sign in again.' END
$$;

-- ---- who acts ----

-- The actor of a token; refuses a dead session ('unsigned'), one that is not open ('denied', with its stage),
-- and one without a post.
CREATE FUNCTION actor_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE AS $$
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

-- The session of a token for what a person does with his or her own account, in whatever post or
-- none; refuses a dead one, and one that is not open.
CREATE FUNCTION session_own(token text) RETURNS session
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
    stage text;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    stage := session_stage(live);
    IF stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    RETURN live;
END $$;

-- The session of a token that may change the password: any that lives.
CREATE FUNCTION session_door(token text) RETURNS session
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN live;
END $$;

-- The live session of a token, locked, whatever its stage.
CREATE FUNCTION session_held(token text) RETURNS session
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NOT NULL THEN -- of two at once one rotates the token, the other finds it gone
        SELECT * INTO live FROM session s WHERE s.id = live.id AND s.token_hash = live.token_hash
            AND s.ended_at IS NULL FOR UPDATE;
    END IF;
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN live;
END $$;

-- Who a token is, for every request; no row when the session is over. Marks it as seen. days_left: of the
-- password (password_days_left).
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
    -- Not at every request: so `seen` may be a minute older than the last use, and a session ends up to a
    -- minute before its idle time is over, never after.
    IF live.seen < clock_timestamp() - interval '1 minute' THEN
        UPDATE session SET seen = clock_timestamp()
        WHERE id = live.id AND seen < clock_timestamp() - interval '1 minute';
    END IF;
    RETURN QUERY
        SELECT p.id, p.login, p.name, o.id, o.role, d.id, d.name, d.name_en, session_stage(live),
            p.lang, (SELECT password_days_left(c.set_at, live.password_days) FROM credential c
                WHERE c.person = p.id)
        FROM person p LEFT JOIN post o ON o.id = live.post
            LEFT JOIN department d ON d.id = o.department
        WHERE p.id = live.person;
END $$;
GRANT EXECUTE ON FUNCTION session_who TO kairan_staff;

-- What a delegate's pages say: for whom, until when.
CREATE FUNCTION session_acting(token text)
RETURNS TABLE (approver text, ends timestamptz, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT a.name, upper(o.during), g.reason
    FROM session_live(token) s JOIN post o ON o.id = s.post JOIN delegation g ON g.post = o.id
        LEFT JOIN person a ON a.id = g.approver;
END $$;
GRANT EXECUTE ON FUNCTION session_acting TO kairan_staff;

-- Whatever opens sessions: the day of the last sign-in is known after they are cleared away.
CREATE FUNCTION session_opened() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE person SET last_sign_in = greatest(last_sign_in, NEW.made) WHERE id = NEW.person;
    RETURN NULL;
END $$;
CREATE TRIGGER session_opened AFTER INSERT ON session FOR EACH ROW EXECUTE FUNCTION session_opened();

-- ---- choosing a post, ending ----

-- More is open from here on: the old token dies.
CREATE FUNCTION session_rise(s session) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    fresh text := b64url(gen_random_bytes(32));
BEGIN
    UPDATE session SET token_hash = token_hash(fresh) WHERE id = s.id;
    RETURN fresh;
END $$;

-- The posts a signed-in person may act in now.
CREATE FUNCTION session_posts(token text)
RETURNS TABLE (post bigint, role text, department_name text, department_name_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT o.id, o.role, d.name, d.name_en
    FROM session_live(token) s JOIN post o ON o.person = s.person AND o.during @> clock_timestamp()
        LEFT JOIN department d ON d.id = o.department
    ORDER BY d.name, o.role
$$;
GRANT EXECUTE ON FUNCTION session_posts TO kairan_staff;

-- Chooses, or changes to, one of one's own posts: the old token dies, the new one is returned. A post that asks
-- for a second factor is chosen first, and the factor set up in it.
CREATE FUNCTION session_choose(token text, post bigint, network inet) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    live session := session_held(token);
    fresh text;
BEGIN
    IF session_stage(live) NOT IN ('enrol', 'open') THEN
        PERFORM refuse('denied', stage_told(session_stage(live)), session_stage(live));
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.post p WHERE p.id = post AND p.person = live.person
        AND p.during @> clock_timestamp()) THEN
        PERFORM refuse('denied', 'You do not hold this post.', 'post');
    END IF;
    UPDATE session s SET post = session_choose.post WHERE s.id = live.id RETURNING * INTO live;
    fresh := session_rise(live);
    PERFORM oplog_session(live, 'post.choose', 'post ' || post, 'done', '', network);
    RETURN fresh;
END $$;
GRANT EXECUTE ON FUNCTION session_choose TO kairan_staff;

-- Signs out, on record. A session that is over already is no error.
CREATE FUNCTION session_end(token text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
    p person;
    o post;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        RETURN;
    END IF;
    UPDATE session SET ended_at = clock_timestamp() WHERE id = live.id;
    SELECT * INTO p FROM person WHERE id = live.person;
    SELECT * INTO o FROM post WHERE id = live.post;
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'sign-out', '', 'done', '',
        network);
END $$;
GRANT EXECUTE ON FUNCTION session_end TO kairan_staff;

-- ---- what a session's own acts leave in the log ----

-- The log row of what a person did with an account, in the post of the session.
CREATE FUNCTION oplog_own(s session, act text, object text, network inet) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'done', '', network)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;

-- The row of a session's own act, a post chosen or not.
CREATE FUNCTION oplog_session(s session, act text, object text, result text, reason text, network inet,
    facts jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, result, reason, network, facts)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;
