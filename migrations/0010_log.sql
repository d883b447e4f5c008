-- The operation log (004 §8): one row per staff act in the act's own transaction, append-only, hash-chained,
-- kept by fiscal year (April to March, Japan time); its checks, inspections and end. The rules stand in
-- core/log/*.law.sql.

-- Rows of a fiscal year are a partition, made ahead by house_ahead, which `kairan migrate` calls, too.
CREATE TABLE oplog (
    seq bigint NOT NULL,       -- without gaps; the chain's order
    at timestamptz NOT NULL,
    person bigint,             -- NULL: nobody known (failed sign-in), or the operator on the host
    login text,                -- sign-in name as it was then, or as it was typed; "operator"
    post bigint,
    role text,
    department bigint,
    act text NOT NULL,         -- "alert.approve"
    object text NOT NULL,      -- "alert 12"
    result text NOT NULL CHECK (result IN ('done', 'refused')),
    reason text NOT NULL,      -- what a person typed as the reason, else ''
    facts jsonb CHECK (jsonb_typeof(facts) = 'object' AND facts <> '{}'), -- what belongs to the act: {"version": 2}
    network inet,
    prev bytea NOT NULL,       -- hash of row seq - 1
    hash bytea NOT NULL,
    format smallint NOT NULL,  -- which digest (oplog_digest)
    behalf bigint,             -- the person a delegate acted for
    request text,              -- id of the request, as the server's log has it
    PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);

-- Pairs of neighbouring letters of object, reason and facts, hashed together with the block of 32,768 rows: so one
-- index finds words of any language, newest block first. (Here and not with the rules, for an index uses it.)
CREATE FUNCTION oplog_grams(block bigint, words text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000 SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended(pair, block)), '{}')
    FROM (SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS l (letter, place)) AS pairs
    WHERE pair IS NOT NULL
$$;

-- What words are looked for in: facts as `version 2, reply 554 no`. A plain expression, which costs a search no call for
-- each row it looks at.
CREATE FUNCTION oplog_words(object text, reason text, facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT object || E'\n' || reason || coalesce(E'\n' || translate(replace(facts::text, '": ', ' '), '{}"', ''), '')
$$;

CREATE INDEX oplog_person ON oplog (person, at);
CREATE INDEX oplog_at ON oplog (at, seq);
CREATE INDEX oplog_by_person ON oplog (person, seq);
CREATE INDEX oplog_by_role ON oplog (role, seq);
CREATE INDEX oplog_by_department ON oplog (department, seq);
CREATE INDEX oplog_by_act ON oplog (act, seq);
CREATE INDEX oplog_by_object ON oplog (object, seq);
CREATE INDEX oplog_by_network ON oplog (network, seq);
CREATE INDEX oplog_refused ON oplog (seq) WHERE result = 'refused';
CREATE INDEX oplog_knocks ON oplog (login, seq) WHERE act = 'sign-in';
CREATE INDEX oplog_words ON oplog USING gin (oplog_grams(seq >> 15, oplog_words(object, reason, facts)));

-- The end of the chain. Who writes a row takes this row's lock, last in the transaction.
CREATE TABLE oplog_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT '-infinity' -- the last row's
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
    vacuum_truncate = false);
INSERT INTO oplog_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- Failures of people whom nobody knows, by hour, act, network and (where it exists) sign-in name.
CREATE TABLE stranger (
    since timestamptz NOT NULL,
    act text NOT NULL,
    network text NOT NULL,
    login text NOT NULL,
    hits int NOT NULL,
    PRIMARY KEY (since, act, network, login)
);

-- What is looked for; NULL is anything.
CREATE TYPE oplog_filter AS (person bigint, role text, department bigint, act text, object text,
    result text, network inet, since timestamptz, until timestamptz, words text);

-- ---- the end of a year's rows (004 §8-2) ----

-- Asked for by one person, confirmed by another, done by the system. What stays is where the chain goes on;
-- the row log.purge of the chain itself says the same.
CREATE TABLE oplog_purge (
    year int PRIMARY KEY,
    asked_by bigint NOT NULL REFERENCES person,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_by bigint REFERENCES person CHECK (confirmed_by <> asked_by), -- NULL: by the operator
    confirmed_at timestamptz,
    done_at timestamptz,
    last_seq bigint,
    last_hash bytea,
    CHECK (confirmed_at IS NOT NULL OR (confirmed_by IS NULL AND done_at IS NULL)),
    CHECK ((done_at IS NULL) = (last_seq IS NULL) AND (done_at IS NULL) = (last_hash IS NULL))
);

-- ---- checks from the console ----

CREATE TABLE oplog_check (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint REFERENCES person, -- NULL: the house, each day
    started timestamptz NOT NULL DEFAULT clock_timestamp(),
    last bigint NOT NULL,      -- the head as it was at the start
    last_hash bytea NOT NULL,
    first bigint NOT NULL,     -- the last row before the first one
    done bigint NOT NULL,      -- the last row that fits
    hash bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT '-infinity',
    ended timestamptz,
    found text NOT NULL DEFAULT '' CHECK (found IN ('', 'gap', 'link', 'content', 'clock', 'head', 'base')),
    clocks int NOT NULL DEFAULT 0 -- set back, as the log itself says
);

-- ---- inspections (004 §8-3, §8-4) ----

-- Regular ones each month, occasional ones at any time. What is closed is history.
CREATE TABLE inspection (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('regular', 'occasional')),
    since date NOT NULL,
    until date NOT NULL, -- the last day
    reason text NOT NULL CHECK (length(reason) <= 500),
    inspector bigint NOT NULL REFERENCES person,
    opened timestamptz NOT NULL DEFAULT clock_timestamp(),
    result text CHECK (result IN ('clean', 'watch', 'misuse')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    closed timestamptz,
    closed_by bigint REFERENCES person,
    CHECK (since <= until AND until <= since + 366),
    CHECK ((closed IS NULL) = (result IS NULL) AND (closed IS NULL) = (closed_by IS NULL)),
    CHECK (kind = 'regular' OR reason ~ '\S')
);

-- What the log says of the days, looked up when the inspection is opened.
CREATE TABLE inspection_finding (
    inspection bigint NOT NULL REFERENCES inspection,
    position int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('failed', 'odd', 'unused', 'reads', 'quick', 'delegate', 'export', 'clock')),
    subject text NOT NULL, -- who, or what
    n bigint NOT NULL,
    last timestamptz,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    PRIMARY KEY (inspection, position)
);

-- ---- the usage report (000 §9) ----

-- What a reader is shown: whole: every department, and who belongs to none.
CREATE TYPE usage_scope AS (whole boolean, department bigint, since timestamptz, until timestamptz);
