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
-- 90th after the one it was set on), less when it is over. Of one that was set more than a day from now, before
-- a clock was set back, nobody knows the age: it is over.
CREATE FUNCTION password_days_left(set_at timestamptz, days int) RETURNS int
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN set_at > clock_timestamp() + interval '1 day' THEN -1
        ELSE least((set_at AT TIME ZONE 'Asia/Tokyo')::date - (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date, 0)
            + least(days, 90) END
$$;

-- As it was (0013); besides, a session from the future was opened, or used, before the clock was set back by more
-- than a minute: how long its person has been away nobody knows, so it is over.
CREATE OR REPLACE FUNCTION session_in_force(s session) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT s.ended_at IS NULL AND s.ends > clock_timestamp()
        AND greatest(s.made, s.seen) <= clock_timestamp() + interval '1 minute'
        AND EXISTS (SELECT FROM person WHERE id = s.person AND suspended_at IS NULL)
        AND CASE WHEN s.post IS NULL THEN s.seen + s.idle > clock_timestamp()
            ELSE EXISTS (SELECT FROM post WHERE id = s.post AND during @> clock_timestamp()
                AND s.seen + CASE WHEN role IN ('approver', 'delegate', 'administrator')
                    THEN least(s.idle, s.idle_strict) ELSE s.idle END > clock_timestamp()) END
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

-- The log row of what a person did with an account, in the post of the session.
CREATE FUNCTION oplog_own(s session, act text, object text, network inet) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'done', '', network)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;

-- ---- letters to staff ----

-- Which templates there are, the programs know: each has its text in core/letter_text.c.
ALTER TABLE letter DROP CONSTRAINT letter_template_check,
    ADD CONSTRAINT letter_template_check CHECK (template ~ '^[a-z]+(-[a-z]+)*$');

-- A letter to a person of the staff, in the language he or she chose; none to who has no address.
CREATE FUNCTION letter_staff(template text, person_ bigint, expires timestamptz) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT letter_add(letter_staff.template, p.lang, NULL, p.mail, NULL, letter_staff.expires)
    FROM person p WHERE p.id = person_ AND p.mail <> ''
$$;

-- ---- tries ----

-- Failed tries in a row of one account by strangers (kind login) and from one network, and the last
-- one's time. Keys are hashed, and unknown names have rows like known ones.
CREATE TABLE try_delay (
    kind text NOT NULL,
    key bytea NOT NULL,
    fails int NOT NULL,
    last timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 80);

-- Seconds to wait after so many failures: none for the first four, then 2, 4, 8 … 900. A network is a
-- whole town hall often: it is slowed down later and less. An hour of peace forgets.
CREATE FUNCTION try_wait_s(kind text, fails int) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN fails <= free THEN 0 ELSE least(2 ^ least(fails - free, 10), most)::int END
    FROM (SELECT CASE kind WHEN 'login' THEN 4 ELSE 20 END AS free,
        CASE kind WHEN 'login' THEN 900 ELSE 60 END AS most) AS limits
$$;

-- Whether the next try has to wait.
CREATE FUNCTION try_early(kind_ text, who text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM try_delay WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND last <= clock_timestamp() -- a clock that was set back keeps nobody out
        AND last + make_interval(secs => try_wait_s(kind, fails)) > clock_timestamp())
$$;

CREATE FUNCTION try_failed(kind_ text, who text) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO try_delay AS t (kind, key, fails, last)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), 1, clock_timestamp())
    ON CONFLICT (kind, key) DO UPDATE SET last = clock_timestamp(),
        fails = CASE WHEN t.last < clock_timestamp() - interval '1 hour' THEN 1 ELSE t.fails + 1 END
$$;

-- The hour's limits as before, and the growing delays. A known device has a count of its own, so that
-- strangers can keep nobody from signing in for long.
CREATE OR REPLACE FUNCTION sign_in_full(login text, device text, network inet, most int) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
            WHERE d.token_hash = token_hash(sign_in_full.device) AND p.login = sign_in_full.login)
        THEN throttle_full('device', device || login, least(most, 100), '1 hour')
        ELSE throttle_full('login', login, least(most, 100), '1 hour') OR try_early('login', login)
            OR throttle_full('login-network', network_key(network), least(most, 100) * 5, '1 hour')
            OR try_early('network', network_key(network))
        END
$$;

CREATE OR REPLACE FUNCTION sign_in_failed(login text, device text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
        WHERE d.token_hash = token_hash(sign_in_failed.device) AND p.login = sign_in_failed.login)
    THEN
        PERFORM throttle_hit('device', device || login, 0, '1 hour');
    ELSE
        PERFORM throttle_hit('login', login, 0, '1 hour');
        PERFORM throttle_hit('login-network', network_key(network), 0, '1 hour');
        PERFORM try_failed('login', login);
        PERFORM try_failed('network', network_key(network));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION sign_in_salt(login text, device text, network inet, tries_per_hour int)
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

-- ---- sign-in ----

-- Signed in from a browser that the person had not used before, though he or she has used others.
ALTER TABLE session ADD new_place boolean NOT NULL DEFAULT false;

-- As it was; besides, a one-time password opens one session within its day, and the person is told of a
-- new place.
DROP FUNCTION sign_in(text, bytea, text, inet, text, int, int, int, int);
CREATE FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text,
    tries_per_hour int, idle_min int, hours int, idle_strict_min int DEFAULT 15, password_days int DEFAULT 90)
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
            'Sign-in name or password is wrong.', network);
        RETURN;
    END IF;
    UPDATE credential SET one_time_used = clock_timestamp() WHERE person = who.id AND one_time;
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    known := EXISTS (SELECT FROM device d WHERE d.token_hash = token_hash(sign_in.device) AND d.person = who.id);
    strange := NOT known AND EXISTS (SELECT FROM device d WHERE d.person = who.id);
    INSERT INTO session (token_hash, person, post, idle, idle_strict, ends, network, agent, password_days, new_place)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, 30)), make_interval(mins => least(idle_strict_min, 15)),
        now() + make_interval(hours => least(hours, 12)), network, left(agent, 200), least(password_days, 90), strange);
    device_token := device;
    IF NOT known THEN
        DELETE FROM try_delay WHERE kind = 'login' AND key = sha256(convert_to(who.login, 'UTF8'));
        device_token := b64url(gen_random_bytes(32));
        INSERT INTO device (token_hash, person) VALUES (token_hash(device_token), who.id);
    END IF;
    PERFORM letter_staff('new-place', who.id, now() + interval '2 days') WHERE strange;
    PERFORM oplog_append(who.id, who.login, o.id, o.role, o.department, 'sign-in', '', 'done', '',
        network)
    FROM (SELECT 1) AS once LEFT JOIN post o ON posts = 1 AND o.id = held[1];
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION sign_in(text, bytea, text, inet, text, int, int, int, int, int) TO kairan_staff;

-- ---- changing a password ----

-- Former passwords: none of the last five is taken again. One-time ones do not count.
CREATE TABLE credential_past (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    cost text NOT NULL,
    verifier bytea NOT NULL CHECK (octet_length(verifier) = 32)
);
CREATE INDEX credential_past_person ON credential_past (person, id);

-- The smallest of 14, 7 and 1 days that the owner was told of by letter.
ALTER TABLE credential ADD warned int;

-- Whether somebody proves a second factor besides the password; then it may be shorter.
CREATE FUNCTION person_has_factor(person_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT false
$$;

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

-- The former passwords that a new one may not be: with the present one they are five.
CREATE FUNCTION credential_former(person_ bigint) RETURNS SETOF credential_past
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT * FROM credential_past WHERE person = person_ ORDER BY id DESC
    LIMIT (SELECT CASE WHEN one_time THEN 5 ELSE 4 END FROM credential WHERE person = person_)
$$;

-- What the helper needs for a change, the present password first, then the former ones, newest first.
CREATE FUNCTION password_salts(token text) RETURNS TABLE (salt bytea, cost text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_door(token);
BEGIN
    RETURN QUERY SELECT c.salt, c.cost FROM credential c WHERE c.person = live.person;
    RETURN QUERY SELECT f.salt, f.cost FROM credential_former(live.person) f ORDER BY f.id DESC;
END $$;

-- What the change page must know of the person: words that a password of his or hers may not lean on, in
-- lower case, and how short it may be.
CREATE FUNCTION password_words(token text) RETURNS TABLE (login text, words text[], factor boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_door(token);
BEGIN
    RETURN QUERY SELECT p.login,
        (SELECT array_agg(DISTINCT lower(w)) FROM (
            SELECT p.login UNION ALL SELECT p.name UNION ALL SELECT split_part(p.mail, '@', 1)
            UNION ALL SELECT unnest(ARRAY[d.code, d.name, d.name_en]) FROM post o JOIN department d ON d.id = o.department
                WHERE o.person = p.id) AS whole (t),
            LATERAL (SELECT t UNION ALL SELECT regexp_split_to_table(t, '[[:space:]._-]+')) AS part (w)
            WHERE length(w) > 2),
        person_has_factor(p.id)
    FROM person p WHERE p.id = live.person;
END $$;

-- Whether the present password is this one. A wrong one is counted and on record; LIMIT when there were
-- too many in this hour.
CREATE FUNCTION password_right(token text, proof bytea, network inet, tries_per_hour int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_door(token);
BEGIN
    IF throttle_full('password', live.person::text, least(tries_per_hour, 100), '1 hour') THEN
        PERFORM refuse('limit', 'Too many wrong passwords. Please wait an hour.', 'old');
    END IF;
    IF EXISTS (SELECT FROM credential WHERE person = live.person AND verifier = sha256(proof)) THEN
        RETURN true;
    END IF;
    PERFORM throttle_hit('password', live.person::text, 0, '1 hour');
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'password.change', 'person ' || p.id, 'refused',
        'The present password is wrong.', password_right.network)
    FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = live.person;
    RETURN false;
END $$;

-- Changes the password of the token's person: proof is the present one's, past the new one's under the
-- salts of the former ones in the order of password_salts, then what is to be stored. Ends all other
-- sessions; this one goes on under the token that is returned.
CREATE FUNCTION password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea,
    network inet)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    live session := session_door(token);
    old credential;
    fresh text := b64url(gen_random_bytes(32));
BEGIN
    SELECT * INTO old FROM credential c WHERE c.person = live.person FOR UPDATE;
    IF old.verifier IS DISTINCT FROM sha256(proof) THEN
        PERFORM refuse('invalid', 'The present password is wrong.', 'old');
    END IF;
    IF old.one_time_until <= clock_timestamp() THEN
        PERFORM refuse('denied', 'This one-time password is over. Please ask the administrator for a new one.');
    END IF;
    IF (SELECT count(*) FROM credential_former(live.person)) <> coalesce(cardinality(past), 0) THEN
        PERFORM refuse('conflict', 'The password was changed meanwhile. Please try again.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT f.verifier, row_number() OVER (ORDER BY f.id DESC) AS n
            FROM credential_former(live.person) f) AS former
        WHERE former.verifier = sha256(past[n])) THEN
        PERFORM refuse('invalid', 'You have used this password before. Choose one that is none of your last five.',
            'password');
    END IF;
    INSERT INTO credential_past (person, salt, cost, verifier)
    SELECT old.person, old.salt, old.cost, old.verifier WHERE NOT old.one_time;
    DELETE FROM credential_past p WHERE p.person = live.person
        AND p.id NOT IN (SELECT k.id FROM credential_past k WHERE k.person = live.person ORDER BY k.id DESC LIMIT 5);
    UPDATE credential c SET salt = password_change.salt, cost = password_change.cost,
        verifier = password_change.verifier, set_at = clock_timestamp(), one_time = false, one_time_until = NULL,
        one_time_used = NULL, warned = NULL
    WHERE c.person = live.person;
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.person = live.person AND s.id <> live.id AND s.ended_at IS NULL;
    UPDATE session s SET token_hash = token_hash(fresh) WHERE s.id = live.id;
    PERFORM letter_staff('password-changed', live.person, now() + interval '2 days');
    PERFORM oplog_own(live, 'password.change', 'person ' || live.person, network);
    RETURN fresh;
END $$;

-- After signing in with a password that was stored at a lower cost than today's: the same one at today's.
-- Its age stays. The proof of the present one is asked again.
CREATE FUNCTION credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    live session := session_door(token);
BEGIN
    UPDATE credential c SET salt = credential_raise.salt, cost = credential_raise.cost,
        verifier = credential_raise.verifier
    WHERE c.person = live.person AND c.verifier = sha256(proof);
    RETURN FOUND;
END $$;

-- An administrator gives somebody a new password (004 §12-2, §12-3): a one-time one, whose proof was
-- computed outside. All sessions and known devices of the person end with the old one.
CREATE FUNCTION credential_reset(me actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF me.role IS DISTINCT FROM 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may give a new password.');
    END IF;
    IF me.person = person_ THEN
        PERFORM refuse('denied', 'Nobody may give himself or herself a new password. Change it instead.');
    END IF;
    IF NOT EXISTS (SELECT FROM person p WHERE p.id = person_) THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    IF trim(reason) = '' THEN
        PERFORM refuse('invalid', 'Write the reason.', 'reason');
    END IF;
    INSERT INTO credential_past (person, salt, cost, verifier)
    SELECT c.person, c.salt, c.cost, c.verifier FROM credential c WHERE c.person = person_ AND NOT c.one_time;
    INSERT INTO credential AS c (person, salt, cost, verifier) VALUES (person_, salt, cost, verifier)
    ON CONFLICT (person) DO UPDATE SET salt = EXCLUDED.salt, cost = EXCLUDED.cost, verifier = EXCLUDED.verifier,
        set_at = clock_timestamp(), warned = NULL;
    PERFORM credential_one_time(person_);
    UPDATE session s SET ended_at = clock_timestamp() WHERE s.person = person_ AND s.ended_at IS NULL;
    DELETE FROM device d WHERE d.person = person_;
    PERFORM letter_staff('password-reset', person_, now() + interval '2 days');
    PERFORM oplog_act(me, 'password.reset', 'person ' || person_, reason);
END $$;

-- ---- warnings by letter ----

-- Tells up to `most` people once each at 14, 7 and 1 days that their password ends; true when there may be
-- more. A password that is short-lived by setting is not told of on its first day.
CREATE FUNCTION password_warn(days int, most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    one record;
    n int := 0;
BEGIN
    FOR one IN SELECT c.person, l.left_, t.step FROM credential c JOIN person p ON p.id = c.person,
            LATERAL (SELECT password_days_left(c.set_at, days) AS left_) AS l,
            LATERAL (SELECT min(s) AS step FROM unnest(ARRAY[1, 7, 14]) AS s WHERE s >= l.left_ AND s < days) AS t
        WHERE NOT c.one_time AND p.suspended_at IS NULL AND p.mail <> '' AND l.left_ >= 0
            AND t.step < coalesce(c.warned, 90)
            AND EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp())
        ORDER BY c.person LIMIT most FOR UPDATE OF c SKIP LOCKED LOOP
        UPDATE credential SET warned = one.step WHERE person = one.person;
        PERFORM letter_staff('password-ends', one.person,
            ((clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date + one.left_ + 1)::timestamp AT TIME ZONE 'Asia/Tokyo');
        n := n + 1;
    END LOOP;
    DELETE FROM try_delay WHERE last < clock_timestamp() - interval '1 day';
    RETURN n = most;
END $$;
GRANT EXECUTE ON FUNCTION password_warn(int, int) TO kairan_house;

-- ---- one's own account ----

CREATE INDEX oplog_knocks ON oplog (login, seq) WHERE act = 'sign-in';

CREATE FUNCTION account_read(token text)
RETURNS TABLE (login text, mail text, lang text, set_on date, ends_on date, days_left int, tries int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT p.login, p.mail, p.lang, (c.set_at AT TIME ZONE 'Asia/Tokyo')::date,
        (c.set_at AT TIME ZONE 'Asia/Tokyo')::date + live.password_days, password_days_left(c.set_at, live.password_days),
        (SELECT coalesce(sum(oplog_times(l.reason)), 0)::int FROM oplog l WHERE l.login = p.login AND l.act = 'sign-in'
            AND l.result = 'refused' AND l.at > clock_timestamp() - interval '30 days')
        + (SELECT coalesce(sum(t.hits - 1), 0)::int FROM stranger t WHERE t.act = 'sign-in' AND t.login = p.login)
    FROM person p LEFT JOIN credential c ON c.person = p.id WHERE p.id = live.person;
END $$;

-- Posts held now and those dated ahead.
CREATE FUNCTION account_posts(token text)
RETURNS TABLE (role text, department text, department_en text, from_ timestamptz, to_ timestamptz, now_ boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT o.role, d.name, d.name_en, lower(o.during), upper(o.during), o.during @> clock_timestamp()
    FROM post o LEFT JOIN department d ON d.id = o.department
    WHERE o.person = live.person AND coalesce(upper(o.during) > clock_timestamp(), true)
    ORDER BY lower(o.during), d.name, o.role;
END $$;

-- Delegations in force or to come: those given on the person's behalf, and those received.
CREATE FUNCTION account_delegations(token text)
RETURNS TABLE (given boolean, other text, department text, department_en text, from_ text, until_ text, reason text,
    now_ boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT g.person <> live.person, CASE WHEN g.person = live.person THEN a.name ELSE p.name END, d.name, d.name_en,
        day_first(lower(o.during)), day_last(upper(o.during)), g.reason, o.during @> clock_timestamp()
    FROM delegation g JOIN post o ON o.id = g.post JOIN department d ON d.id = g.department JOIN person p ON p.id = g.person
        LEFT JOIN person a ON a.id = g.approver
    WHERE live.person IN (g.person, g.approver) AND upper(o.during) > clock_timestamp()
    ORDER BY lower(o.during), g.id;
END $$;

-- The person's open sessions, this one first.
CREATE FUNCTION session_list(token text)
RETURNS TABLE (id bigint, here boolean, network text, agent text, made timestamptz, seen timestamptz,
    new_place boolean, role text, department text, department_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT s.id, s.id = live.id, host(s.network), s.agent, s.made, s.seen, s.new_place, o.role, d.name,
        d.name_en
    FROM session s LEFT JOIN post o ON o.id = s.post LEFT JOIN department d ON d.id = o.department
    WHERE s.person = live.person AND s.ended_at IS NULL AND session_in_force(s)
    ORDER BY s.id = live.id DESC, s.seen DESC LIMIT 100;
END $$;

CREATE FUNCTION session_end_one(token text, id_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.id = id_ AND s.person = live.person AND s.ended_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This session is over already.');
    END IF;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
END $$;

-- Ends all others; how many.
CREATE FUNCTION session_end_others(token text, network inet) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
    n int;
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.person = live.person AND s.id <> live.id AND s.ended_at IS NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
    RETURN n;
END $$;

-- The newest sign-ins under the person's name, failed ones too.
CREATE FUNCTION sign_in_list(token text, most int)
RETURNS TABLE (at timestamptz, done boolean, network text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT l.at, l.result = 'done', host(l.network)
    FROM oplog l JOIN person p ON p.id = live.person AND p.login = l.login
    WHERE l.act = 'sign-in' ORDER BY l.seq DESC LIMIT least(most, 100);
END $$;

CREATE FUNCTION account_lang(token text, lang text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    IF account_lang.lang NOT IN ('ja', 'en') THEN
        PERFORM refuse('invalid', 'Choose one of the languages.', 'lang');
    END IF;
    UPDATE person p SET lang = account_lang.lang WHERE p.id = live.person;
    PERFORM oplog_own(live, 'account.lang', 'person ' || live.person, network);
END $$;

GRANT EXECUTE ON FUNCTION password_salts(text), password_words(text), password_right(text, bytea, inet, int),
    password_change(text, bytea, bytea[], bytea, text, bytea, inet), credential_raise(text, bytea, bytea, text, bytea),
    account_read(text), account_posts(text), account_delegations(text), session_list(text), session_end_one(text, bigint, inet),
    session_end_others(text, inet), sign_in_list(text, int), account_lang(text, text, inet)
TO kairan_staff;
