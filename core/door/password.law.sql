-- Passwords (004 §12; 001 ch. 2 §6(2)③): good for 90 days at most, warned of before, none of the last five
-- again; one-time ones open nothing but the page that changes them.

-- Days that a password is still good, by the town's calendar: 0 on its last day (with 90 days the
-- 90th after the one it was set on), less when it is over. Of one that was set more than a day from now, before
-- a clock was set back, nobody knows the age: it is over.
CREATE FUNCTION password_days_left(set_at timestamptz, days int) RETURNS int
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN set_at > clock_timestamp() + interval '1 day' THEN -1
        ELSE least((set_at AT TIME ZONE 'Asia/Tokyo')::date - (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date, 0)
            + least(days, limit_password_days()) END;
END $$;

-- Makes the stored password of a person a one-time one, from now on.
CREATE FUNCTION credential_one_time(person_ bigint) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    UPDATE credential SET one_time = true, one_time_until = clock_timestamp() + make_interval(hours => limit_one_time_hours()),
        one_time_used = NULL
    WHERE person = person_
$$;

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
GRANT EXECUTE ON FUNCTION password_salts TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION password_words TO kairan_staff;

-- Whether the present password is this one. A wrong one is counted and on record; LIMIT when there were
-- too many in this hour.
CREATE FUNCTION password_right(token text, proof bytea, network inet, tries_per_hour int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_door(token);
BEGIN
    IF throttle_full('password', live.person::text, least(tries_per_hour, limit_sign_in_tries()), '1 hour') THEN
        PERFORM refuse('limit', 'Too many wrong passwords. Please wait an hour.', 'old');
    END IF;
    IF EXISTS (SELECT FROM credential WHERE person = live.person AND verifier = sha256(proof)) THEN
        RETURN true;
    END IF;
    PERFORM throttle_hit('password', live.person::text, 0, '1 hour');
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'password.change', 'person ' || p.id, 'refused',
        '', password_right.network, facts => jsonb_build_object('refusal', 'The present password is wrong.'))
    FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = live.person;
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION password_right TO kairan_staff;

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
    PERFORM letter_staff('password-changed', live.person);
    PERFORM oplog_own(live, 'password.change', 'person ' || live.person, network);
    RETURN fresh;
END $$;
GRANT EXECUTE ON FUNCTION password_change TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION credential_raise TO kairan_staff;

-- An administrator gives somebody a new password (004 §12-2, §12-3): a one-time one, whose proof was
-- computed outside. All sessions and known devices of the person end with the old one.
CREATE FUNCTION credential_reset(me actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    IF NOT may(me, 'form.accept') THEN
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
    PERFORM letter_staff('password-reset', person_);
    PERFORM oplog_act(me, 'password.reset', 'person ' || person_, reason);
END $$;

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
            LATERAL (SELECT min(s) AS step FROM unnest(ARRAY[1, 7, limit_warn_days()]) AS s WHERE s >= l.left_ AND s < days) AS t
        WHERE NOT c.one_time AND p.suspended_at IS NULL AND p.mail <> '' AND l.left_ >= 0
            AND t.step < coalesce(c.warned, limit_password_days())
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
GRANT EXECUTE ON FUNCTION password_warn TO kairan_house;
