-- The door: passwords, second factors, sessions, and the town's rules of access (004 §12, §14; 001 ch. 2
-- §5(4), §6(2); 002 §11, §13). The rules stand in core/door/*.law.sql.

-- Who acts: what functions learn from a session token, never from a parameter.
CREATE TYPE actor AS (
    session bigint, person bigint, login text, name text, post bigint, role text,
    department bigint, network inet
);

-- ---- passwords ----

-- scrypt is computed outside (helper processes); what comes here is its 32 bytes, the proof. Only
-- the proof's SHA-256 is stored, so that a reader of this table cannot sign in, and the check is
-- made here, so that no program can sign in as somebody without the password.
-- A one-time password (initial, reissued) is good for a day and one sign-in, and opens nothing but
-- the page that changes it.
CREATE TABLE credential (
    person bigint PRIMARY KEY REFERENCES person,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    cost text NOT NULL,     -- "scrypt:17:8:1" (log2 N, r, p)
    verifier bytea NOT NULL CHECK (octet_length(verifier) = 32),
    set_at timestamptz NOT NULL DEFAULT now(),
    one_time boolean NOT NULL DEFAULT false,
    one_time_until timestamptz,
    one_time_used timestamptz,
    warned int, -- the smallest of 14, 7 and 1 days that the owner was told of by letter
    CONSTRAINT credential_one_time CHECK (one_time = (one_time_until IS NOT NULL)
        AND (one_time OR one_time_used IS NULL))
);

-- Former passwords: none of the last five is taken again. One-time ones do not count.
CREATE TABLE credential_past (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    cost text NOT NULL,
    verifier bytea NOT NULL CHECK (octet_length(verifier) = 32)
);
CREATE INDEX credential_past_person ON credential_past (person, id);

-- ---- sessions ----

-- Who may do more is away for less: 15 minutes without a request end a session in the post of an
-- approver, a delegate or an administrator (002 §11(6): who leaves the desk is signed out).
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
    ended_at timestamptz,
    idle_strict interval NOT NULL DEFAULT interval '15 minutes' CHECK (idle_strict <= interval '15 minutes'),
    -- How old a password may be is a setting; the session has what it was at sign-in, never over 90 (004 §12-1).
    password_days int NOT NULL DEFAULT 90 CHECK (password_days BETWEEN 1 AND 90),
    -- Signed in from a browser that the person had not used before, though he or she has used others.
    new_place boolean NOT NULL DEFAULT false,
    proved_at timestamptz,            -- the second factor, last
    odd boolean NOT NULL DEFAULT false, -- opened outside the usual hours
    odd_reason text CHECK (odd_reason ~ '\S' AND char_length(odd_reason) <= 200) -- the emergency that its person named
);
CREATE INDEX session_person ON session (person) WHERE ended_at IS NULL;
CREATE INDEX session_odd ON session (made) WHERE odd;

-- A browser a person signed in with before: its tries are counted apart, so that strangers who
-- try the name cannot lock the person out.
CREATE TABLE device (
    token_hash bytea PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now()
);

-- Failed tries in a row of one account by strangers (kind login) and from one network, and the last
-- one's time. Keys are hashed, and unknown names have rows like known ones.
CREATE TABLE try_delay (
    kind text NOT NULL,
    key bytea NOT NULL,
    fails int NOT NULL,
    last timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 80);

-- ---- the second factor (RFC 6238, recovery codes) ----

-- Seeds lie encrypted under a key of this town (secret, 'factor'), so that a copy of this table alone is of
-- no use. pending: a new seed that is not confirmed yet; the old one counts till then.
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
