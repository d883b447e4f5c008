-- The second factor (RFC 6238, recovery codes) and its fresh proof (001 ch. 2 §5(4)③). The database holds the
-- seed, computes the code, takes each step once, and keeps the time of the proof with the session.

-- ---- codes ----

-- RFC 4648 section 6, for whole groups of 5 bytes.
CREATE FUNCTION base32(data bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
        substring(('x' || encode(data, 'hex'))::varbit FROM i * 5 + 1 FOR 5)::bit(5)::int + 1, 1), '' ORDER BY i)
    FROM generate_series(0, octet_length(data) * 8 / 5 - 1) AS i
$$;

-- RFC 6238 with RFC 4226's truncation: HMAC-SHA-1, 6 digits; a step is 30 seconds.
CREATE FUNCTION totp_step(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM at) / 30)::bigint
$$;

-- The code of a seed at a step (RFC 6238: SHA-1, six digits).
CREATE FUNCTION totp_code(seed bytea, step bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = kairan, pg_temp AS $$
    SELECT lpad(((((get_byte(h, o) & 127)::bigint << 24) | (get_byte(h, o + 1) << 16) | (get_byte(h, o + 2) << 8)
        | get_byte(h, o + 3)) % 1000000)::text, 6, '0')
    FROM (SELECT h, get_byte(h, 19) & 15 AS o FROM hmac(int8send(step), seed, 'sha1') AS h) AS mac
$$;

-- What was typed as a code is compared: full-width forms narrowed, blanks and hyphens gone.
CREATE FUNCTION factor_code(typed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT upper(regexp_replace(normalize(left(typed, 100), NFKC), '[\s‐‑‒–—―−ー-]', '', 'g'))
$$;

-- The step, next to `at`, whose code this is and that comes after `after`; NULL for none.
CREATE FUNCTION totp_match(seed bytea, code text, at timestamptz, after bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT max(s) FROM generate_series(totp_step(at) - 1, totp_step(at) + 1) AS s
    WHERE s > after AND sha256(convert_to(totp_code(seed, s), 'UTF8')) = sha256(convert_to(code, 'UTF8'))
$$;

-- A seed as it is stored: encrypted under the town's key.
CREATE FUNCTION factor_seal(seed bytea) RETURNS bytea
LANGUAGE sql VOLATILE SET search_path = kairan, pg_temp AS $$
    SELECT iv || encrypt_iv(seed, key, iv, 'aes')
    FROM secret, (SELECT gen_random_bytes(16) AS iv OFFSET 0) AS fresh WHERE name = 'factor'
$$;

-- The way back from factor_seal.
CREATE FUNCTION factor_open(sealed bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT decrypt_iv(substr(sealed, 17), key, substr(sealed, 1, 16), 'aes') FROM secret WHERE name = 'factor'
$$;

-- ---- who has one, who needs one ----

-- The last step never goes back, however the clock is set.
CREATE FUNCTION factor_check() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NEW.person <> OLD.person OR (NEW.seed IS NOT DISTINCT FROM OLD.seed AND NEW.last_step < OLD.last_step) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'factor');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER factor_check BEFORE UPDATE ON factor FOR EACH ROW EXECUTE FUNCTION factor_check();

-- Whether a person has a confirmed second factor.
CREATE FUNCTION factor_held(person_ bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM factor WHERE person = person_ AND confirmed_at IS NOT NULL);
END $$;

-- Whether somebody proves a second factor besides the password; then the password may be shorter.
CREATE FUNCTION person_has_factor(person_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT factor_held(person_)
$$;

-- Whether a post may be used with a second factor only. A delegate stands for the approver.
CREATE FUNCTION factor_needed(post_ bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM post o, access_rule r WHERE o.id = post_ AND (o.role = ANY (r.factor_roles)
        OR (o.role = 'delegate' AND 'approver' = ANY (r.factor_roles))));
END $$;

-- ---- a fresh proof before what weighs heavy ----

-- Whether this session's person has to prove the second factor before what weighs heavy: approving,
-- exporting addresses, changing staff, purging. A proof from the future was made before a clock was
-- set back, and is none.
CREATE FUNCTION proof_lacking(s session) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT (factor_held(s.person) OR factor_needed(s.post))
        AND coalesce(s.proved_at NOT BETWEEN clock_timestamp() - make_interval(mins => r.proof_min)
            AND clock_timestamp() + interval '5 seconds', true)
    FROM access_rule r
$$;

-- Refuses ('stale') a session that has to prove its second factor before what weighs heavy.
CREATE FUNCTION proof_ask(session_ bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    s session;
BEGIN
    SELECT * INTO s FROM session WHERE id = session_;
    IF s.id IS NULL OR proof_lacking(s) THEN
        PERFORM refuse('stale', 'Please prove with the code of your second factor that it is you, then do this again.');
    END IF;
END $$;

-- proof_ask of an actor, for functions that ask before they work.
CREATE FUNCTION factor_fresh(a actor) RETURNS void LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT proof_ask(a.session)
$$;

-- ---- proving ----

-- How long nobody may try again after so many wrong codes: the fourth is free, then 30 seconds, growing
-- to an hour from the tenth on, so that no hour sees more than ten.
CREATE FUNCTION factor_delay(wrong int) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN wrong < 5 THEN interval '0' WHEN wrong >= 10 THEN interval '1 hour'
        ELSE make_interval(secs => 30 * 2 ^ (wrong - 5)) END
$$;

-- Judges a code at a moment, and remembers: 'code', 'recovery', or NULL for a wrong one. Recovery
-- codes are no guess of six digits: who holds one gets in while codes have to wait.
CREATE FUNCTION factor_try(person_ bigint, typed text, at timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    code text := factor_code(typed);
    f factor;
    step bigint;
BEGIN
    SELECT * INTO f FROM factor WHERE person = person_ FOR UPDATE;
    IF code !~ '^[0-9]{6}$' THEN
        IF throttle_full('recovery', person_::text, 20, '1 hour') THEN
            PERFORM refuse('limit', 'Too many wrong codes. Please wait an hour.', 'code');
        END IF;
        UPDATE recovery_code SET used_at = at WHERE person = person_ AND used_at IS NULL
            AND hash = sha256(convert_to(translate(code, 'OIL', '011'), 'UTF8'));
        IF FOUND THEN
            RETURN 'recovery';
        END IF;
        PERFORM throttle_hit('recovery', person_::text, 0, '1 hour');
        RETURN NULL;
    END IF;
    IF f.wait_until > at AND f.wait_until <= at + interval '1 hour' THEN -- else the clock was set back
        PERFORM refuse('limit', 'Too many wrong codes. Please wait, or use a recovery code.', 'code',
            ceil(extract(epoch FROM f.wait_until - at))::text);
    END IF;
    step := totp_match(factor_open(f.seed), code, at, f.last_step);
    UPDATE factor SET last_step = coalesce(step, last_step), wrong = CASE WHEN step IS NULL THEN f.wrong + 1 ELSE 0 END,
        wait_until = CASE WHEN step IS NULL THEN at + factor_delay(f.wrong + 1) END
    WHERE person = person_;
    RETURN CASE WHEN step IS NOT NULL THEN 'code' END;
END $$;

-- Proves the second factor, at sign-in and whenever it is asked for again. No row: the code was wrong,
-- which is counted and on record. Else the session's new token, and how many recovery codes are left.
CREATE FUNCTION factor_prove(token text, code text, network inet)
RETURNS TABLE (fresh text, kind text, recovery_left int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
BEGIN
    IF NOT factor_held(live.person) THEN
        PERFORM refuse('conflict', 'You have no second factor yet. Please set one up.');
    END IF;
    kind := factor_try(live.person, code, clock_timestamp());
    IF kind IS NULL THEN
        PERFORM oplog_session(live, 'factor.prove', '', 'refused', '', network,
            facts => jsonb_build_object('refusal', 'The code is wrong, or was used before.'));
        RETURN;
    END IF;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    recovery_left := (SELECT count(*) FROM recovery_code r WHERE r.person = live.person AND r.used_at IS NULL);
    PERFORM letter_staff('factor-recovered', live.person) WHERE kind = 'recovery';
    PERFORM oplog_session(live, CASE kind WHEN 'code' THEN 'factor.prove' ELSE 'factor.recover' END, '', 'done',
        '', network, facts => jsonb_build_object('left', CASE kind WHEN 'code' THEN NULL ELSE recovery_left END));
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION factor_prove TO kairan_staff;

-- ---- setting up ----

-- Who has a second factor changes it only with a fresh proof; who has none, in the stage for it or in
-- an open session.
CREATE FUNCTION factor_may_set(s session) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF session_stage(s) NOT IN ('enrol', 'open') THEN
        PERFORM refuse('denied', stage_told(session_stage(s)), session_stage(s));
    END IF;
    IF factor_held(s.person) THEN
        PERFORM proof_ask(s.id);
    END IF;
END $$;

-- A new seed, which counts when a code of it was typed.
CREATE FUNCTION factor_enrol(token text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
BEGIN
    PERFORM factor_may_set(live);
    INSERT INTO factor (person, pending, pending_at)
    VALUES (live.person, factor_seal(gen_random_bytes(20)), clock_timestamp())
    ON CONFLICT (person) DO UPDATE SET pending = EXCLUDED.pending, pending_at = EXCLUDED.pending_at;
    PERFORM oplog_session(live, 'factor.enrol', '', 'done', '', network);
END $$;
GRANT EXECUTE ON FUNCTION factor_enrol TO kairan_staff;

-- The seed that waits for its first code, for an hour; no row when none does.
CREATE FUNCTION factor_pending(token text) RETURNS TABLE (seed text, login text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    PERFORM factor_may_set(live);
    RETURN QUERY SELECT base32(factor_open(f.pending)), p.login FROM factor f JOIN person p ON p.id = f.person
        WHERE f.person = live.person AND f.pending_at > clock_timestamp() - interval '1 hour';
END $$;
GRANT EXECUTE ON FUNCTION factor_pending TO kairan_staff;

-- Ten new recovery codes in place of the old ones; in groups of four, as they are written down.
CREATE FUNCTION recovery_make(person_ bigint) RETURNS text[]
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    codes text[] := ARRAY[]::text[];
    code text;
BEGIN
    DELETE FROM recovery_code WHERE person = person_;
    FOR i IN 1 .. 10 LOOP
        -- letters that nobody takes for digits
        code := translate(base32(gen_random_bytes(10)), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '0123456789ABCDEFGHJKMNPQRSTVWXYZ');
        INSERT INTO recovery_code (person, hash) VALUES (person_, sha256(convert_to(code, 'UTF8')));
        codes := codes || regexp_replace(code, '(....)(....)(....)(....)', '\1-\2-\3-\4');
    END LOOP;
    RETURN codes;
END $$;

-- Confirms a pending seed by its first code, at a moment. NULL: wrong, which counts as any wrong code.
CREATE FUNCTION factor_accept(person_ bigint, typed text, at timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    f factor;
    step bigint;
BEGIN
    SELECT * INTO f FROM factor WHERE person = person_ FOR UPDATE;
    IF f.pending IS NULL OR f.pending_at <= at - interval '1 hour' THEN
        PERFORM refuse('conflict', 'This took too long. Please start the setting up again.');
    END IF;
    IF f.wait_until > at AND f.wait_until <= at + interval '1 hour' THEN
        PERFORM refuse('limit', 'Too many wrong codes. Please wait, or use a recovery code.', 'code');
    END IF;
    step := totp_match(factor_open(f.pending), factor_code(typed), at, 0);
    IF step IS NULL THEN
        UPDATE factor SET wrong = f.wrong + 1, wait_until = at + factor_delay(f.wrong + 1) WHERE person = person_;
        RETURN NULL;
    END IF;
    UPDATE factor SET seed = pending, confirmed_at = at, last_step = step, pending = NULL, pending_at = NULL, wrong = 0,
        wait_until = NULL
    WHERE person = person_;
    RETURN step;
END $$;

-- No row: the code was wrong. Else the new token and ten recovery codes. Other sessions of the person
-- have to prove the new factor.
CREATE FUNCTION factor_confirm(token text, code text, network inet) RETURNS TABLE (fresh text, codes text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
BEGIN
    PERFORM factor_may_set(live);
    IF factor_accept(live.person, code, clock_timestamp()) IS NULL THEN
        PERFORM oplog_session(live, 'factor.confirm', '', 'refused', '', network,
            facts => jsonb_build_object('refusal', 'The code is wrong, or was used before.'));
        RETURN;
    END IF;
    codes := recovery_make(live.person);
    UPDATE session SET proved_at = NULL WHERE person = live.person AND id <> live.id AND ended_at IS NULL;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    PERFORM letter_staff('factor-set', live.person);
    PERFORM oplog_session(live, 'factor.confirm', '', 'done', '', network);
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION factor_confirm TO kairan_staff;

-- New recovery codes in place of the old ones; its person is told by letter. Refuses 'conflict' without a
-- second factor.
CREATE FUNCTION factor_renew(token text, network inet) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
    codes text[];
BEGIN
    PERFORM factor_may_set(live);
    IF NOT factor_held(live.person) THEN
        PERFORM refuse('conflict', 'You have no second factor yet. Please set one up.');
    END IF;
    codes := recovery_make(live.person);
    PERFORM letter_staff('factor-codes', live.person);
    PERFORM oplog_session(live, 'factor.renew', '', 'done', '', network);
    RETURN codes;
END $$;
GRANT EXECUTE ON FUNCTION factor_renew TO kairan_staff;

-- What a session's person should know of it: whether a second factor is there, since when, whether this
-- post asks for one, how many recovery codes are left, how long codes have to wait.
CREATE FUNCTION factor_info(token text)
RETURNS TABLE (held boolean, since timestamptz, needed boolean, recovery_left int, proved boolean, wait_s int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN QUERY SELECT factor_held(live.person), f.confirmed_at, factor_needed(live.post),
            (SELECT count(*)::int FROM recovery_code r WHERE r.person = live.person AND r.used_at IS NULL),
            NOT proof_lacking(live),
            greatest(0, least(3600, ceil(extract(epoch FROM f.wait_until - clock_timestamp()))))::int
        FROM (SELECT 1) AS one LEFT JOIN factor f ON f.person = live.person;
END $$;
GRANT EXECUTE ON FUNCTION factor_info TO kairan_staff;

-- ---- lost devices ----

-- A person's second factor, recovery codes and sessions are over. False: there was no factor.
CREATE FUNCTION factor_forget(person_ bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    DELETE FROM recovery_code WHERE person = person_;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = person_ AND ended_at IS NULL;
    DELETE FROM factor WHERE person = person_;
    RETURN FOUND;
END $$;

-- By an administrator, for somebody else: the factor is gone, its person's sessions end, and a new one
-- is set up at the next sign-in where the post asks for it.
CREATE FUNCTION factor_reset(token text, person_ bigint, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'factor.reset') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > limit_reason_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    IF a.person = person_ THEN
        PERFORM refuse('denied', 'Nobody may reset the second factor of his or her own. Another administrator can, or the operator on the host.');
    END IF;
    IF NOT factor_forget(person_) THEN
        PERFORM refuse('missing', 'This person has no second factor.');
    END IF;
    PERFORM letter_staff('factor-reset', person_);
    PERFORM oplog_act(a, 'factor.reset', 'person ' || person_, reason);
END $$;
GRANT EXECUTE ON FUNCTION factor_reset TO kairan_staff;

-- By the operator on the host, where the only administrator has lost everything.
CREATE FUNCTION factor_reset_operator(login_ text, reason text) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint := (SELECT id FROM person WHERE login = login_);
BEGIN
    IF who IS NULL OR NOT factor_forget(who) THEN
        PERFORM refuse('missing', 'This person has no second factor.', 'login');
    END IF;
    PERFORM letter_staff('factor-reset', who);
    PERFORM oplog_operator('factor.reset', 'person ' || who, reason);
    RETURN true;
END $$;

-- Everybody in a post, and how it stands with the second factor.
CREATE FUNCTION factor_list(token text)
RETURNS TABLE (person bigint, login text, name text, needed boolean, held boolean, since timestamptz,
    recovery_left int, own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    IF NOT may(a, 'factor.read') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN QUERY
        SELECT p.id, p.login, p.name,
            EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp() AND factor_needed(o.id)),
            factor_held(p.id), f.confirmed_at,
            (SELECT count(*)::int FROM recovery_code r WHERE r.person = p.id AND r.used_at IS NULL), p.id = a.person
        FROM person p LEFT JOIN factor f ON f.person = p.id
        WHERE EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp())
        ORDER BY p.login;
END $$;
GRANT EXECUTE ON FUNCTION factor_list TO kairan_staff;
