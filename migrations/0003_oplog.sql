-- The operation log (004 §8): one row per staff act in the act's own transaction, append-only,
-- hash-chained, kept by fiscal year (April to March, Japan time).

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
    reason text NOT NULL,      -- why refused, or what the person gave as reason
    network inet,
    prev bytea NOT NULL,       -- hash of row seq - 1
    hash bytea NOT NULL,
    PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX oplog_person ON oplog (person, at);

CREATE TABLE oplog_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO oplog_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- SHA-256 over netstrings of: seq, microseconds since 1970, person, login, post, role, department,
-- act, object, result, reason, network, hash of the row before in hex. cli/verify_log.c does the
-- same in C.
CREATE FUNCTION oplog_digest(r oplog) RETURNS bytea LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT sha256(netstrings(r.seq::text, (extract(epoch FROM r.at) * 1000000)::bigint::text,
        r.person::text, r.login, r.post::text, r.role, r.department::text, r.act, r.object,
        r.result, r.reason, host(r.network), encode(r.prev, 'hex')))
$$;

-- Takes the head row's lock, so callers do this last in their transaction.
CREATE FUNCTION oplog_append(person_ bigint, login_ text, post_ bigint, role_ text,
    department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    r oplog;
BEGIN
    UPDATE oplog_head SET seq = seq + 1 RETURNING seq, hash INTO r.seq, r.prev;
    r.at := clock_timestamp();
    r.person := person_;
    r.login := left(login_, 64);
    r.post := post_;
    r.role := role_;
    r.department := department_;
    r.act := act_;
    r.object := left(object_, 200);
    r.result := result_;
    r.reason := left(reason_, 1000);
    r.network := network_;
    r.hash := oplog_digest(r);
    INSERT INTO oplog SELECT r.*;
    UPDATE oplog_head SET hash = r.hash;
END $$;

CREATE TRIGGER oplog_history BEFORE UPDATE OR DELETE ON oplog
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON oplog
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The fiscal year of a moment: 31 March 23:59:59 Japan time is still the year before.
CREATE FUNCTION fiscal_year(at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT extract(year FROM (at AT TIME ZONE 'Asia/Tokyo') - interval '3 months')::int
$$;

-- Makes the partition of a fiscal year unless it is there. ATTACH, not PARTITION OF: readers
-- are not waited for.
CREATE FUNCTION oplog_partition(year int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    name text := 'oplog_' || year;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE oplog INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE oplog ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
        year || '-04-01 00:00+09', (year + 1) || '-04-01 00:00+09');
    EXECUTE format('CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
END $$;
SELECT oplog_partition(fiscal_year(now()) + ahead) FROM generate_series(0, 1) AS ahead;

-- An act done on the host by the operator's command line (the owner's connection).
CREATE FUNCTION oplog_operator(act text, object text, reason text DEFAULT '') RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(NULL, 'operator', NULL, NULL, NULL, act, object, 'done', reason, NULL)
$$;
