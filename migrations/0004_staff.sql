-- Departments, people, dated posts, passwords, sessions (004 §3 to §5, §8; 001 ch. 2 §1(7)).

CREATE TABLE department (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9-]{0,30}$'), -- local part of its sender address
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:]]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]')
);

CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,31}$'),
    name text NOT NULL CHECK (name <> '' AND name !~ '[[:cntrl:]]'),
    mail text NOT NULL DEFAULT '' CHECK (mail !~ '[[:cntrl:][:space:]<>]'),
    made timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz
);

-- A session acts in one post. The database refuses every forbidden combination:
-- 004 §4-1 one approver per department; §4-1, §4-3 who approves does not draft in that department;
-- 001 ch. 2 §1(7) administrator and auditor hold nothing beside.
CREATE TABLE post (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    department bigint REFERENCES department,
    role text NOT NULL CHECK (role IN ('drafter', 'approver', 'delegate', 'administrator', 'auditor')),
    during tstzrange NOT NULL DEFAULT tstzrange(now(), NULL) CHECK (NOT isempty(during)),
    side int GENERATED ALWAYS AS
        (CASE role WHEN 'drafter' THEN 1 WHEN 'approver' THEN 2 WHEN 'delegate' THEN 2 END) STORED,
    class int GENERATED ALWAYS AS
        (CASE role WHEN 'administrator' THEN 1 WHEN 'auditor' THEN 2 ELSE 3 END) STORED,
    CONSTRAINT post_department CHECK ((class = 3) = (department IS NOT NULL)),
    CONSTRAINT post_one_approver
        EXCLUDE USING gist (department WITH =, during WITH &&) WHERE (role = 'approver'),
    CONSTRAINT post_approver_never_drafts
        EXCLUDE USING gist (person WITH =, department WITH =, side WITH <>, during WITH &&),
    CONSTRAINT post_classes_apart
        EXCLUDE USING gist (person WITH =, class WITH <>, during WITH &&)
);
CREATE INDEX post_person ON post (person);

-- scrypt is computed outside (helper processes); what comes here is its 32 bytes, the proof. Only
-- the proof's SHA-256 is stored, so that a reader of this table cannot sign in, and the check is
-- made here, so that no program can sign in as somebody without the password.
CREATE TABLE credential (
    person bigint PRIMARY KEY REFERENCES person,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    cost text NOT NULL,     -- "scrypt:17:8:1" (log2 N, r, p)
    verifier bytea NOT NULL CHECK (octet_length(verifier) = 32),
    set_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    person bigint NOT NULL REFERENCES person,
    post bigint REFERENCES post, -- NULL until one of several posts is chosen
    made timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(),
    idle interval NOT NULL CHECK (idle <= interval '30 minutes'),
    ends timestamptz NOT NULL CHECK (ends <= made + interval '12 hours'),
    network inet,
    agent text NOT NULL DEFAULT '',
    ended_at timestamptz
);
CREATE INDEX session_person ON session (person) WHERE ended_at IS NULL;

-- A browser a person signed in with before: its tries are counted apart, so that strangers who
-- try the name cannot lock the person out.
CREATE TABLE device (
    token_hash bytea PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now()
);

-- Who acts: what functions learn from a session token, never from a parameter.
CREATE TYPE actor AS (
    session bigint, person bigint, login text, name text, post bigint, role text,
    department bigint, network inet
);

CREATE FUNCTION token_hash(token text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(token, 'UTF8'))
$$;

-- The live session of a token: not ended, not idle, its person not suspended, its post in force.
CREATE FUNCTION session_live(token text) RETURNS SETOF session
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT s.* FROM session s JOIN person p ON p.id = s.person
    WHERE s.token_hash = token_hash(token) AND s.ended_at IS NULL AND s.ends > clock_timestamp()
        AND s.seen + s.idle > clock_timestamp() AND p.suspended_at IS NULL
        AND (s.post IS NULL
            OR EXISTS (SELECT FROM post WHERE id = s.post AND during @> clock_timestamp()))
$$;

-- The actor of a token; refuses a dead session and one without a post.
CREATE FUNCTION actor_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor;
BEGIN
    SELECT s.id, p.id, p.login, p.name, o.id, o.role, o.department, actor_of.network INTO a
    FROM session_live(token) s JOIN person p ON p.id = s.person JOIN post o ON o.id = s.post;
    IF a.session IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN a;
END $$;

-- The log row of an act that was done.
CREATE FUNCTION oplog_act(a actor, act text, object text, reason text DEFAULT '') RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(a.person, a.login, a.post, a.role, a.department, act, object, 'done',
        reason, a.network)
$$;

-- The log row of a refused act, in a transaction of its own. Any program may report; the person
-- is found from the session.
CREATE FUNCTION log_refused(token text, act text, object text, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s session;
    p person;
    o post;
BEGIN
    SELECT * INTO s FROM session WHERE session.token_hash = token_hash(log_refused.token);
    SELECT * INTO p FROM person WHERE id = s.person;
    SELECT * INTO o FROM post WHERE id = s.post;
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'refused', reason,
        network);
END $$;

-- How often a name may be tried: by known device, by name, by network, per hour.
CREATE FUNCTION sign_in_full(login text, device text, network inet, most int) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
            WHERE d.token_hash = token_hash(sign_in_full.device) AND p.login = sign_in_full.login)
        THEN throttle_full('device', device || login, least(most, 100), '1 hour')
        ELSE throttle_full('login', login, least(most, 100), '1 hour')
            OR throttle_full('login-network', network_key(network), least(most, 100) * 5, '1 hour')
        END
$$;

CREATE FUNCTION sign_in_failed(login text, device text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
        WHERE d.token_hash = token_hash(sign_in_failed.device) AND p.login = sign_in_failed.login)
    THEN
        PERFORM throttle_hit('device', device || login, 0, '1 hour');
    ELSE
        PERFORM throttle_hit('login', login, 0, '1 hour');
        PERFORM throttle_hit('login-network', network_key(network), 0, '1 hour');
    END IF;
END $$;

-- First step of signing in: what the helper needs to compute the proof. An unknown name gets a
-- false salt that never changes, so that nobody learns which names exist.
CREATE FUNCTION sign_in_salt(login text, device text, network inet, tries_per_hour int)
RETURNS TABLE (salt bytea, cost text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF sign_in_full(login, device, network, tries_per_hour) THEN
        PERFORM refuse('limit', 'Too many attempts to sign in. Please wait an hour, or sign in '
            'from a device you have used before.', 'login');
    END IF;
    RETURN QUERY
        SELECT coalesce(c.salt,
                substr(hmac(convert_to(sign_in_salt.login, 'UTF8'), s.key, 'sha256'), 1, 16)),
            coalesce(c.cost, 'scrypt:17:8:1')
        FROM secret s LEFT JOIN (credential c JOIN person p ON p.id = c.person)
            ON p.login = sign_in_salt.login
        WHERE s.name = 'salt';
END $$;

-- Second step. No row: name or password wrong (the try is counted and logged). Else the new
-- session's token, the token of this device, and how many posts there are to choose from (with
-- one the session is in it already).
CREATE FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text,
    tries_per_hour int, idle_min int, hours int)
RETURNS TABLE (token text, device_token text, posts int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who person;
    held bigint[];
BEGIN
    SELECT p.* INTO who FROM person p JOIN credential c ON c.person = p.id
    WHERE p.login = sign_in.login AND p.suspended_at IS NULL AND c.verifier = sha256(proof);
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
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    INSERT INTO session (token_hash, person, post, idle, ends, network, agent)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, 30)), now() + make_interval(hours => least(hours, 12)),
        network, left(agent, 200));
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

-- Who a token is, for every request; no row when the session is over. Marks it as seen.
CREATE FUNCTION session_who(token text)
RETURNS TABLE (person bigint, login text, name text, post bigint, role text, department bigint,
    department_name text, department_name_en text)
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
        SELECT p.id, p.login, p.name, o.id, o.role, d.id, d.name, d.name_en
        FROM person p LEFT JOIN post o ON o.id = live.post
            LEFT JOIN department d ON d.id = o.department
        WHERE p.id = live.person;
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

-- Chooses, or changes to, one of one's own posts: the old token dies, the new one is returned.
CREATE FUNCTION session_choose(token text, post bigint, network inet) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh text := b64url(gen_random_bytes(32));
    live session;
    a actor;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.post p WHERE p.id = post AND p.person = live.person
        AND p.during @> clock_timestamp()) THEN
        PERFORM refuse('denied', 'You do not hold this post.', 'post');
    END IF;
    UPDATE session s SET token_hash = token_hash(fresh), post = session_choose.post
    WHERE s.id = live.id;
    a := actor_of(fresh, network);
    PERFORM oplog_act(a, 'post.choose', 'post ' || post);
    RETURN fresh;
END $$;

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

-- Registers a person with a post and a password, by the operator on the host (kairan admin add,
-- kairan demo). The proof never comes here, only its verifier.
CREATE FUNCTION staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea,
    role text, department_code text)
RETURNS bigint LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    INSERT INTO person (login, name, mail) VALUES (login, name, mail) RETURNING id INTO who;
    INSERT INTO credential (person, salt, cost, verifier) VALUES (who, salt, cost, verifier);
    INSERT INTO post (person, department, role)
    VALUES (who, (SELECT id FROM department WHERE code = department_code), role);
    PERFORM oplog_operator('staff.add', 'person ' || who, role);
    RETURN who;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse('conflict', 'This sign-in name is taken.', 'login');
END $$;

-- Operation log as administrators and auditors read it (004 §8-3), newest first.
CREATE FUNCTION oplog_page(token text, before_seq bigint, most int)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    network text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    IF a.role NOT IN ('administrator', 'auditor') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read the operation log.');
    END IF;
    RETURN QUERY
        SELECT l.seq, l.at, l.login, p.name, l.role, d.name, d.name_en, l.act, l.object,
            CASE WHEN l.object ~ '^person [0-9]{1,18}$' -- its name as it is now
                THEN (SELECT o.name FROM person o WHERE o.id = substr(l.object, 8)::bigint) END,
            l.result, l.reason, host(l.network)
        FROM oplog l LEFT JOIN person p ON p.id = l.person
            LEFT JOIN department d ON d.id = l.department
        WHERE before_seq IS NULL OR l.seq < before_seq
        ORDER BY l.seq DESC LIMIT least(most, 200);
END $$;

GRANT EXECUTE ON FUNCTION
    log_refused(text, text, text, text, inet),
    sign_in_salt(text, text, inet, int),
    sign_in(text, bytea, text, inet, text, int, int, int),
    session_who(text), session_posts(text), session_choose(text, bigint, inet),
    session_end(text, inet), oplog_page(text, bigint, int)
TO kairan_staff;
