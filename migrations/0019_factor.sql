-- The second factor (RFC 6238, recovery codes) and when it is asked for; hours of operation by open
-- and closed days (001 ch. 2 §5(4)③; 002 §13).

-- ---- the town's rules ----

-- Written from the settings. `kairan migrate` takes them as they are; a server that starts can only
-- make them stricter, so that no program takes a guard away.
CREATE TABLE access_rule (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    factor_roles text[] NOT NULL DEFAULT '{administrator,approver}',
    proof_min int NOT NULL DEFAULT 15 CHECK (proof_min BETWEEN 1 AND 60),
    usual_from time NOT NULL DEFAULT '07:00',
    usual_to time NOT NULL DEFAULT '21:00',
    all_hours boolean NOT NULL DEFAULT false, -- every hour of every day is usual
    enforced boolean NOT NULL DEFAULT false,  -- outside, a permission or an emergency is needed
    taken_at timestamptz,
    CONSTRAINT access_rule_hours CHECK (usual_from < usual_to),
    CONSTRAINT access_rule_roles CHECK (factor_roles
        <@ '{drafter,approver,delegate,administrator,auditor}')
);
INSERT INTO access_rule DEFAULT VALUES;

CREATE FUNCTION access_rule_words(r access_rule) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT concat_ws('; ', 'second factor: ' || coalesce(nullif(array_to_string(r.factor_roles, ', '), ''), '-'),
        'proof: ' || r.proof_min || ' min',
        'hours: ' || CASE WHEN r.all_hours THEN '-' ELSE to_char(r.usual_from, 'HH24:MI') || '-'
            || to_char(r.usual_to, 'HH24:MI') END,
        'permission: ' || CASE WHEN r.enforced THEN 'on' ELSE 'off' END)
$$;

-- Stores the rule, on record unless it is the installation's first. False: nothing was new.
CREATE FUNCTION access_rule_store(r access_rule, login text) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    old access_rule;
BEGIN
    SELECT * INTO old FROM access_rule FOR UPDATE;
    IF old.taken_at IS NOT NULL AND access_rule_words(old) = access_rule_words(r) THEN
        RETURN false;
    END IF;
    UPDATE access_rule SET factor_roles = r.factor_roles, proof_min = r.proof_min, usual_from = r.usual_from,
        usual_to = r.usual_to, all_hours = r.all_hours, enforced = r.enforced, taken_at = clock_timestamp();
    IF old.taken_at IS NOT NULL THEN
        PERFORM oplog_append(NULL, login, NULL, NULL, NULL, 'rules.set', '', 'done', access_rule_words(r), NULL);
    END IF;
    RETURN true;
END $$;

-- The settings as a rule: roles parted by commas; equal bounds: every hour is usual.
CREATE FUNCTION access_rule_of(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS access_rule LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT (true, ARRAY(SELECT DISTINCT trim(w) FROM unnest(string_to_array(roles, ',')) AS w WHERE trim(w) <> '' ORDER BY 1),
        proof_min, CASE WHEN usual_from = usual_to THEN '00:00' ELSE usual_from END,
        CASE WHEN usual_from = usual_to THEN '24:00' ELSE usual_to END, usual_from = usual_to,
        enforced AND usual_from <> usual_to, NULL)::access_rule
$$;

-- By the operator: the settings are the rule.
CREATE FUNCTION access_rules_take(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS boolean LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT access_rule_store(access_rule_of(roles, proof_min, usual_from, usual_to, enforced), 'operator')
$$;

-- By a server that starts: of the rule and the settings what is stricter. True when the rule asks for
-- more than the settings do.
CREATE FUNCTION access_rules_keep(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    r access_rule;
    s access_rule := access_rule_of(roles, proof_min, usual_from, usual_to, enforced);
    asked text := access_rule_words(s);
BEGIN
    SELECT * INTO r FROM access_rule FOR UPDATE;
    s.factor_roles := ARRAY(SELECT unnest(s.factor_roles) UNION SELECT unnest(r.factor_roles) ORDER BY 1);
    s.proof_min := least(s.proof_min, r.proof_min);
    s.all_hours := s.all_hours AND r.all_hours;
    s.usual_from := greatest(s.usual_from, r.usual_from);
    s.usual_to := least(s.usual_to, r.usual_to);
    s.enforced := s.enforced OR r.enforced;
    IF s.usual_from >= s.usual_to THEN
        s.usual_from := r.usual_from;
        s.usual_to := r.usual_to;
    END IF;
    PERFORM access_rule_store(s, 'system');
    RETURN access_rule_words(s) <> asked;
END $$;
GRANT EXECUTE ON FUNCTION access_rules_keep(text, int, time, time, boolean) TO kairan_staff;

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

-- ---- who has one ----

-- Seeds lie encrypted under a key of this town, so that a copy of this table alone is of no use.
INSERT INTO secret (name, key) VALUES ('factor', gen_random_bytes(32));

CREATE FUNCTION factor_seal(seed bytea) RETURNS bytea
LANGUAGE sql VOLATILE SET search_path = kairan, pg_temp AS $$
    SELECT iv || encrypt_iv(seed, key, iv, 'aes')
    FROM secret, (SELECT gen_random_bytes(16) AS iv OFFSET 0) AS fresh WHERE name = 'factor'
$$;

CREATE FUNCTION factor_open(sealed bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT decrypt_iv(substr(sealed, 17), key, substr(sealed, 1, 16), 'aes') FROM secret WHERE name = 'factor'
$$;

-- pending: a new seed that is not confirmed yet; the old one counts till then.
CREATE TABLE factor (
    person bigint PRIMARY KEY REFERENCES person,
    seed bytea,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0, -- a code is good once: only later steps count
    pending bytea,
    pending_at timestamptz,
    wrong int NOT NULL DEFAULT 0,        -- wrong codes since the last right one
    wait_until timestamptz,              -- no code is looked at before
    CONSTRAINT factor_whole CHECK ((seed IS NULL) = (confirmed_at IS NULL)
        AND (pending IS NULL) = (pending_at IS NULL) AND (seed IS NOT NULL OR pending IS NOT NULL))
);

-- For who has lost the device: 80 random bits each, good once, shown once.
CREATE TABLE recovery_code (
    person bigint NOT NULL REFERENCES person,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    made timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    PRIMARY KEY (person, hash)
);

-- The last step never goes back, however the clock is set.
CREATE FUNCTION factor_check() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NEW.person <> OLD.person OR (NEW.seed IS NOT DISTINCT FROM OLD.seed AND NEW.last_step < OLD.last_step) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'factor');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER factor_check BEFORE UPDATE ON factor FOR EACH ROW EXECUTE FUNCTION factor_check();

CREATE FUNCTION factor_held(person_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM factor WHERE person = person_ AND confirmed_at IS NOT NULL)
$$;

-- Who has one may have a shorter password.
CREATE OR REPLACE FUNCTION person_has_factor(person_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT factor_held(person_)
$$;

-- Whether a post may be used with a second factor only. A delegate stands for the approver.
CREATE FUNCTION factor_needed(post_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM post o, access_rule r WHERE o.id = post_ AND (o.role = ANY (r.factor_roles)
        OR (o.role = 'delegate' AND 'approver' = ANY (r.factor_roles))))
$$;

-- ---- sessions ----

-- odd: opened outside the usual hours. odd_reason: the emergency that its person named.
ALTER TABLE session ADD proved_at timestamptz, ADD odd boolean NOT NULL DEFAULT false,
    ADD odd_reason text CHECK (odd_reason ~ '\S' AND char_length(odd_reason) <= 200);
CREATE INDEX session_odd ON session (made) WHERE odd;

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

-- Acts that need a fresh proof.
CREATE TABLE proof_act (act text PRIMARY KEY);
INSERT INTO proof_act (act) VALUES ('alert.approve'), ('report.export'), ('log.export'), ('import.export'),
    ('factor.reset'), ('password.reset'), ('staff.register'), ('staff.change'), ('staff.suspend'), ('staff.lift'),
    ('staff.transfer'), ('post.add'), ('post.end'), ('post.revoke'), ('approver.change'), ('department.add'),
    ('department.change'), ('delegation.make'), ('delegation.revoke'), ('guest.register'), ('guest.extend'),
    ('hours.permit'), ('log.purge-ask'), ('log.purge-confirm');

-- 'stale' is a refusal that ends when the person proves again who it is.
CREATE OR REPLACE FUNCTION refuse(kind text, sentence text, field text DEFAULT '', detail text DEFAULT '')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    code text := CASE kind
        WHEN 'denied' THEN 'KR001' WHEN 'conflict' THEN 'KR002' WHEN 'invalid' THEN 'KR003'
        WHEN 'missing' THEN 'KR004' WHEN 'limit' THEN 'KR005' WHEN 'unsigned' THEN 'KR006'
        WHEN 'stale' THEN 'KR007'
    END;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION 'refuse: unknown kind %', kind;
    END IF;
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = sentence, COLUMN = field, DETAIL = detail;
END $$;

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

-- For functions that ask before they work.
CREATE FUNCTION factor_fresh(a actor) RETURNS void LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT proof_ask(a.session)
$$;

-- Every act passes here last; the acts of proof_act not without a fresh proof.
CREATE OR REPLACE FUNCTION oplog_act(a actor, act text, object text, reason text DEFAULT '') RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM proof_act p WHERE p.act = oplog_act.act) THEN
        PERFORM proof_ask(a.session);
    END IF;
    PERFORM oplog_append(a.person, a.login, a.post, a.role, a.department, act, object, 'done', reason, a.network);
END $$;

-- An approval besides, whoever inserts it: by an open session, as actor_of asks of every act, and with a
-- fresh proof.
CREATE FUNCTION approval_proved() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    stage text := (SELECT session_stage(s) FROM session s WHERE s.id = NEW.session);
BEGIN
    IF stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    PERFORM proof_ask(NEW.session);
    RETURN NEW;
END $$;
CREATE TRIGGER approval_proved BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION approval_proved();

-- ---- open and closed days ----

-- National holidays by the law of 1948 as it stands since 2022 (good for 2022 to 2099): msgids.
CREATE FUNCTION national_day(day date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN m = 1 AND d = 1 THEN 'New Year''s Day'
        WHEN m = 1 AND monday = 2 THEN 'Coming of Age Day'
        WHEN m = 2 AND d = 11 THEN 'National Foundation Day'
        WHEN m = 2 AND d = 23 THEN 'Emperor''s Birthday'
        WHEN m = 3 AND d = floor(20.8431 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Vernal Equinox Day'
        WHEN m = 4 AND d = 29 THEN 'Showa Day'
        WHEN m = 5 AND d = 3 THEN 'Constitution Memorial Day'
        WHEN m = 5 AND d = 4 THEN 'Greenery Day'
        WHEN m = 5 AND d = 5 THEN 'Children''s Day'
        WHEN m = 7 AND monday = 3 THEN 'Marine Day'
        WHEN m = 8 AND d = 11 THEN 'Mountain Day'
        WHEN m = 9 AND monday = 3 THEN 'Respect for the Aged Day'
        WHEN m = 9 AND d = floor(23.2488 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Autumnal Equinox Day'
        WHEN m = 10 AND monday = 2 THEN 'Sports Day'
        WHEN m = 11 AND d = 3 THEN 'Culture Day'
        WHEN m = 11 AND d = 23 THEN 'Labor Thanksgiving Day' END
    FROM (SELECT extract(year FROM day)::int AS y, extract(month FROM day)::int AS m, extract(day FROM day)::int AS d,
        CASE extract(isodow FROM day) WHEN 1 THEN (extract(day FROM day)::int + 6) / 7 END AS monday) AS parts
$$;

-- These, and what the law adds (its article 3): a holiday on a Sunday is made up on the next day that
-- is none; a day between two holidays is one.
CREATE FUNCTION public_holiday(day date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(national_day(day),
        CASE WHEN EXISTS (SELECT FROM generate_series(1, 6) AS back
                WHERE extract(isodow FROM day - back) = 7
                    AND (SELECT bool_and(national_day(day - k) IS NOT NULL) FROM generate_series(1, back) AS k))
            THEN 'Substitute holiday'
            WHEN national_day(day - 1) IS NOT NULL AND national_day(day + 1) IS NOT NULL
                THEN 'National holiday between two holidays' END)
$$;

-- The town's own days, closed or open whatever the calendar says.
CREATE TABLE town_day (
    day date PRIMARY KEY,
    open boolean NOT NULL,
    note text NOT NULL CHECK (note ~ '\S' AND char_length(note) <= 100 AND note !~ '[[:cntrl:]]'),
    person bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT now()
);

-- Why the town hall is closed on a day (a msgid, or the town's own words); NULL: it is open.
CREATE FUNCTION day_closed(day_ date) RETURNS text LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN t.day IS NOT NULL THEN CASE WHEN NOT t.open THEN t.note END
        ELSE coalesce(public_holiday(day_),
            CASE WHEN to_char(day_, 'MMDD') IN ('1229', '1230', '1231', '0101', '0102', '0103')
                THEN 'Year-end and New Year' END,
            CASE extract(isodow FROM day_) WHEN 6 THEN 'Saturday' WHEN 7 THEN 'Sunday' END) END
    FROM (SELECT 1) AS one LEFT JOIN town_day t ON t.day = day_
$$;

-- Whether the office is at work at a moment: an open day, from the first hour to before the last.
CREATE FUNCTION usual_hours(at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT r.all_hours OR (day_closed((at AT TIME ZONE 'Asia/Tokyo')::date) IS NULL
        AND (at AT TIME ZONE 'Asia/Tokyo')::time >= r.usual_from
        AND (at AT TIME ZONE 'Asia/Tokyo')::time < r.usual_to)
    FROM access_rule r
$$;

-- Who may sign in outside them, from when till when (002 §13).
CREATE TABLE hours_permit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)
        AND upper(during) <= lower(during) + interval '366 days'),
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 200 AND reason !~ '[[:cntrl:]]'),
    granter bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT hours_permit_another CHECK (granter <> person)
);
CREATE INDEX hours_permit_person ON hours_permit (person);

CREATE FUNCTION hours_permitted(person_ bigint, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM hours_permit WHERE person = person_ AND during @> at
        AND (ended_at IS NULL OR ended_at > at))
$$;

-- Every session has the mark, and the log a row beside that of the sign-in.
CREATE FUNCTION session_mark() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    NEW.odd := NOT usual_hours(NEW.made);
    RETURN NEW;
END $$;
CREATE TRIGGER session_mark BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION session_mark();

CREATE FUNCTION session_odd() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'sign-in.odd', '', 'done', '', NEW.network)
    FROM person p LEFT JOIN post o ON o.id = NEW.post WHERE p.id = NEW.person;
    RETURN NULL;
END $$;
CREATE TRIGGER session_odd AFTER INSERT ON session FOR EACH ROW WHEN (NEW.odd) EXECUTE FUNCTION session_odd();

-- For the inspection: sign-ins outside the usual hours from a moment to before another, with the emergency
-- that was named before the next one. From the log, since sessions are cleared away after a week.
CREATE FUNCTION odd_sign_ins(from_ timestamptz, to_ timestamptz)
RETURNS TABLE (at timestamptz, person bigint, login text, name text, network inet, permitted boolean, reason text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT l.at, p.id, p.login, p.name, l.network, hours_permitted(p.id, l.at),
        coalesce((SELECT e.reason FROM oplog e WHERE e.person = l.person AND e.act = 'hours.emergency' AND e.result = 'done'
            AND e.at >= l.at AND e.at < least(l.next_at, l.at + interval '12 hours') ORDER BY e.at LIMIT 1), '')
    FROM (SELECT o.*, lead(o.at) OVER (PARTITION BY o.person ORDER BY o.seq) AS next_at FROM oplog o
            WHERE o.act = 'sign-in.odd' AND o.at >= from_ AND o.at < to_) AS l
        JOIN person p ON p.id = l.person
    ORDER BY l.seq
$$;

-- ---- how far a session is open ----

-- What its person has to do first, in this order: 'factor' the code, 'hours' the reason for a sign-in
-- outside the hours, what the password asks for, 'enrol' a second factor.
ALTER FUNCTION session_stage(session) RENAME TO session_stage_password;
CREATE FUNCTION session_stage(s session) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN factor_held(s.person) AND s.proved_at IS NULL THEN 'factor'
        WHEN s.odd AND s.odd_reason IS NULL AND r.enforced AND NOT hours_permitted(s.person, s.made) THEN 'hours'
        WHEN session_stage_password(s) <> 'open' THEN session_stage_password(s)
        WHEN factor_needed(s.post) AND NOT factor_held(s.person) THEN 'enrol'
        ELSE 'open' END
    FROM access_rule r
$$;

ALTER FUNCTION stage_told(text) RENAME TO stage_told_password;
CREATE FUNCTION stage_told(stage text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE stage WHEN 'factor' THEN 'Please type the code of your second factor first.'
        WHEN 'hours' THEN 'Please say first why you sign in outside the hours.'
        WHEN 'enrol' THEN 'Please set up your second factor first.'
        ELSE stage_told_password(stage) END
$$;

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

-- The row of a session's own act, a post chosen or not.
CREATE FUNCTION oplog_session(s session, act text, object text, result text, reason text, network inet) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, result, reason, network)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;

-- More is open from here on: the old token dies.
CREATE FUNCTION session_rise(s session) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    fresh text := b64url(gen_random_bytes(32));
BEGIN
    UPDATE session SET token_hash = token_hash(fresh) WHERE id = s.id;
    RETURN fresh;
END $$;

-- As it was; a post that asks for a second factor is chosen first, and the factor set up in it.
CREATE OR REPLACE FUNCTION session_choose(token text, post bigint, network inet) RETURNS text
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
        PERFORM oplog_session(live, 'factor.prove', '', 'refused', 'The code is wrong, or was used before.', network);
        RETURN;
    END IF;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    recovery_left := (SELECT count(*) FROM recovery_code r WHERE r.person = live.person AND r.used_at IS NULL);
    PERFORM letter_staff('factor-recovered', live.person, now() + interval '2 days') WHERE kind = 'recovery';
    PERFORM oplog_session(live, CASE kind WHEN 'code' THEN 'factor.prove' ELSE 'factor.recover' END, '', 'done',
        CASE kind WHEN 'code' THEN '' ELSE 'left ' || recovery_left END, network);
    RETURN NEXT;
END $$;

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

-- Ten new recovery codes in place of the old ones; in groups of four, as they are written down.
CREATE FUNCTION recovery_make(person_ bigint) RETURNS text[]
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    codes text[] := '{}';
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
        PERFORM oplog_session(live, 'factor.confirm', '', 'refused', 'The code is wrong, or was used before.', network);
        RETURN;
    END IF;
    codes := recovery_make(live.person);
    UPDATE session SET proved_at = NULL WHERE person = live.person AND id <> live.id AND ended_at IS NULL;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    PERFORM letter_staff('factor-set', live.person, now() + interval '2 days');
    PERFORM oplog_session(live, 'factor.confirm', '', 'done', '', network);
    RETURN NEXT;
END $$;

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
    PERFORM letter_staff('factor-codes', live.person, now() + interval '2 days');
    PERFORM oplog_session(live, 'factor.renew', '', 'done', '', network);
    RETURN codes;
END $$;

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

-- ---- lost devices ----

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
    IF a.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > 400 THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    IF a.person = person_ THEN
        PERFORM refuse('denied', 'Nobody may reset the second factor of his or her own. Another administrator can, or the operator on the host.');
    END IF;
    IF NOT factor_forget(person_) THEN
        PERFORM refuse('missing', 'This person has no second factor.');
    END IF;
    PERFORM letter_staff('factor-reset', person_, now() + interval '2 days');
    PERFORM oplog_act(a, 'factor.reset', 'person ' || person_, reason);
END $$;

-- By the operator on the host, where the only administrator has lost everything.
CREATE FUNCTION factor_reset_operator(login_ text, reason text) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint := (SELECT id FROM person WHERE login = login_);
BEGIN
    IF who IS NULL OR NOT factor_forget(who) THEN
        PERFORM refuse('missing', 'This person has no second factor.', 'login');
    END IF;
    PERFORM letter_staff('factor-reset', who, now() + interval '2 days');
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
    IF a.role NOT IN ('administrator', 'auditor') THEN
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

-- ---- signing in outside the hours ----

CREATE FUNCTION hours_reason(token text, reason text, network inet) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
BEGIN
    IF session_stage(live) <> 'hours' THEN
        PERFORM refuse('conflict', 'Nothing is to be said here: your session is open.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > 200 THEN
        PERFORM refuse('invalid', 'Please say what the emergency is, in at most 200 characters.', 'reason');
    END IF;
    UPDATE session SET odd_reason = reason WHERE id = live.id;
    PERFORM oplog_session(live, 'hours.emergency', '', 'done', reason, network);
    RETURN session_rise(live);
END $$;

CREATE FUNCTION calendar_administrator(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF a.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;

CREATE FUNCTION day_set(token text, day_ date, open_ boolean, note_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    IF note_ !~ '\S' OR char_length(note_) > 100 OR note_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please say what day it is, in at most 100 characters.', 'note');
    END IF;
    IF day_ NOT BETWEEN '2022-01-01' AND '2099-12-31' THEN
        PERFORM refuse('invalid', 'Please give a day of the years 2022 to 2099.', 'day');
    END IF;
    INSERT INTO town_day (day, open, note, person) VALUES (day_, open_, note_, a.person)
    ON CONFLICT (day) DO UPDATE SET open = open_, note = note_, person = a.person, at = now();
    PERFORM oplog_act(a, 'calendar.set', 'day ' || day_, CASE WHEN open_ THEN 'open' ELSE 'closed' END || ': ' || note_);
END $$;

CREATE FUNCTION day_unset(token text, day_ date, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    DELETE FROM town_day WHERE day = day_;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This day is none of the town''s own.');
    END IF;
    PERFORM oplog_act(a, 'calendar.unset', 'day ' || day_);
END $$;

-- Days of a span that are closed, or would be: weekends aside unless the town says something of them.
CREATE FUNCTION calendar(token text, from_ date, to_ date)
RETURNS TABLE (day date, weekday int, open boolean, words text, own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT d::date, extract(isodow FROM d)::int, day_closed(d::date) IS NULL,
            coalesce(t.note, day_closed(d::date)), t.day IS NOT NULL
        FROM generate_series(from_::timestamp, least(to_, from_ + 800)::timestamp, interval '1 day') AS d
            LEFT JOIN town_day t ON t.day = d::date
        WHERE t.day IS NOT NULL OR day_closed(d::date) NOT IN ('Saturday', 'Sunday')
        ORDER BY d;
END $$;

-- The rule in force, for pages.
CREATE FUNCTION access_rule_info(token text)
RETURNS TABLE (usual_from text, usual_to text, all_hours boolean, enforced boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT to_char(r.usual_from, 'HH24:MI'), to_char(r.usual_to, 'HH24:MI'), r.all_hours, r.enforced
        FROM access_rule r;
END $$;

CREATE FUNCTION hours_permit_add(token text, login_ text, from_ timestamptz, to_ timestamptz, reason_ text, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint := (SELECT id FROM person WHERE login = login_);
    fresh bigint;
BEGIN
    IF who IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this user ID.', 'login');
    END IF;
    IF who = a.person THEN
        PERFORM refuse('denied', 'Nobody may permit anything to himself or herself.', 'login');
    END IF;
    IF from_ >= to_ OR to_ <= clock_timestamp() OR to_ > from_ + interval '366 days' THEN
        PERFORM refuse('invalid', 'The end must be later than the beginning and than now, and within a year.', 'to');
    END IF;
    IF reason_ !~ '\S' OR char_length(reason_) > 200 OR reason_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 200 characters.', 'reason');
    END IF;
    INSERT INTO hours_permit (person, during, reason, granter) VALUES (who, tstzrange(from_, to_), reason_, a.person)
    RETURNING id INTO fresh;
    PERFORM oplog_act(a, 'hours.permit', 'person ' || who, reason_);
    RETURN fresh;
END $$;

CREATE FUNCTION hours_permit_end(token text, permit bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint;
BEGIN
    UPDATE hours_permit SET ended_at = clock_timestamp()
    WHERE id = permit AND ended_at IS NULL AND upper(during) > clock_timestamp() RETURNING person INTO who;
    IF who IS NULL THEN
        PERFORM refuse('conflict', 'There is no such permission any more.');
    END IF;
    PERFORM oplog_act(a, 'hours.revoke', 'person ' || who);
END $$;

-- Permissions that are in force or to come.
CREATE FUNCTION hours_permits(token text)
RETURNS TABLE (id bigint, login text, name text, from_ timestamptz, to_ timestamptz, reason text, granter text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT h.id, p.login, p.name, lower(h.during), upper(h.during), h.reason, g.name
        FROM hours_permit h JOIN person p ON p.id = h.person JOIN person g ON g.id = h.granter
        WHERE h.ended_at IS NULL AND upper(h.during) > clock_timestamp() ORDER BY lower(h.during), h.id LIMIT 500;
END $$;

GRANT EXECUTE ON FUNCTION
    factor_prove(text, text, inet), factor_enrol(text, inet), factor_pending(text), factor_confirm(text, text, inet),
    factor_renew(text, inet), factor_info(text), factor_reset(text, bigint, text, inet), factor_list(text),
    hours_reason(text, text, inet), day_set(text, date, boolean, text, inet), day_unset(text, date, inet),
    calendar(text, date, date), access_rule_info(text),
    hours_permit_add(text, text, timestamptz, timestamptz, text, inet), hours_permit_end(text, bigint, inet),
    hours_permits(text)
TO kairan_staff;
