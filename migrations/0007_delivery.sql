-- How an approved alert leaves: audience, chunks, outcomes, accounting (P3, P4, P7).
-- Chunks are claimed and updated, recipients are not; outcomes are only appended.

-- The broadcast of an approved alert: where fan-out stands, and the totals. A row of its own, since
-- it changes with every batch of outcomes and the alert does not.
CREATE TABLE broadcast (
    alert bigint PRIMARY KEY REFERENCES alert,
    month date NOT NULL,          -- of its deliveries' and outcomes' partition
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reached bigint NOT NULL DEFAULT 0, -- fan-out: all subscribers up to this id are done
    written int NOT NULL DEFAULT 0,    -- deliveries so far
    total int,                    -- frozen by fan-out's last slice; NULL until then
    accepted int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    expired int NOT NULL DEFAULT 0,
    cancelled int NOT NULL DEFAULT 0,
    unknown int NOT NULL DEFAULT 0,
    retried int NOT NULL DEFAULT 0,    -- temporary outcomes so far
    first_accepted_at timestamptz,
    last_outcome_at timestamptz,
    ended_at timestamptz,
    halted text NOT NULL DEFAULT '',   -- why it was refused, or does not end
    CONSTRAINT broadcast_exact CHECK (ended_at IS NULL
        OR total = accepted + refused + expired + cancelled + unknown)
);

CREATE TABLE delivery (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    PRIMARY KEY (alert, contact, month)
) PARTITION BY RANGE (month);

CREATE TYPE result AS ENUM ('accepted', 'refused', 'expired', 'cancelled', 'unknown', 'temporary');

CREATE TABLE outcome (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamptz NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,       -- of the relay's reply; 0: none
    result result NOT NULL,
    final boolean NOT NULL,       -- ends the delivery
    again boolean NOT NULL,       -- may have been sent before (same Message-ID)
    relay text NOT NULL,
    reply text NOT NULL,          -- the relay's words, or our reason
    CHECK (final OR result IN ('temporary', 'unknown'))
) PARTITION BY RANGE (month);
CREATE UNIQUE INDEX outcome_final ON outcome (alert, contact, month) WHERE final;
-- What the console lists; an alert with a million accepted has few of these.
CREATE INDEX outcome_trouble ON outcome (alert, at) WHERE final AND result IN ('refused', 'unknown');

-- Makes a month's partitions unless they are there.
CREATE FUNCTION delivery_partition(month date) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    parent text;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month, '_YYYYMM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, name, month, (month + interval '1 month')::date);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION month_of(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT date_trunc('month', at AT TIME ZONE 'Asia/Tokyo')::date
$$;
SELECT delivery_partition((month_of(now()) + make_interval(months => ahead))::date)
FROM generate_series(0, 2) AS ahead;

-- Some hundred deliveries of one alert and one lane: the unit senders claim.
CREATE TABLE chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert bigint NOT NULL REFERENCES alert,
    urgent boolean NOT NULL,
    lane text NOT NULL DEFAULT 'other',
    members bigint[] NOT NULL CHECK (cardinality(members) > 0),
    attempt smallint NOT NULL DEFAULT 1,
    again boolean NOT NULL DEFAULT false, -- members may have been sent before
    not_before timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'closed')),
    token bigint,                 -- fencing token of the lease
    host text,
    slot int,
    CHECK ((state = 'leased') <= (token IS NOT NULL AND host IS NOT NULL AND slot IS NOT NULL))
);
CREATE INDEX chunk_waiting ON chunk (urgent DESC, not_before, id) WHERE state = 'waiting';
CREATE INDEX chunk_leased ON chunk (host, slot) WHERE state = 'leased';
CREATE INDEX chunk_open ON chunk (alert) WHERE state <> 'closed';

-- Worker processes and what they say of themselves; a host's newest sign of life is its heartbeat.
CREATE TABLE worker (
    host text NOT NULL,
    role text NOT NULL,
    slot int NOT NULL,
    pid int NOT NULL,
    started timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (host, role, slot)
);

-- Relays as the senders find them, for the console.
CREATE TABLE relay_state (
    relay text NOT NULL,
    host text NOT NULL,
    slot int NOT NULL,
    up boolean NOT NULL,
    reason text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (relay, host, slot)
);

CREATE FUNCTION worker_beat(host_ text, role_ text, slot_ int, pid_ int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    INSERT INTO worker AS w (host, role, slot, pid) VALUES (host_, role_, slot_, pid_)
    ON CONFLICT (host, role, slot) DO UPDATE SET pid = pid_, seen = now(),
        started = CASE WHEN w.pid = pid_ THEN w.started ELSE now() END
$$;

CREATE FUNCTION relay_report(relay_ text, host_ text, slot_ int, up_ boolean, reason_ text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    INSERT INTO relay_state AS r (relay, host, slot, up, reason)
    VALUES (relay_, host_, slot_, up_, left(reason_, 500))
    ON CONFLICT (relay, host, slot) DO UPDATE SET up = up_, reason = left(reason_, 500),
        since = CASE WHEN r.up = up_ THEN r.since ELSE now() END
$$;

-- Whether routine alerts may leave now (004 §13-2(1)); equal bounds mean no quiet hours.
CREATE FUNCTION routine_hours(quiet_from time, quiet_to time,
    n time DEFAULT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::time)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN quiet_from <= quiet_to THEN n < quiet_from OR n >= quiet_to
        ELSE n < quiet_from AND n >= quiet_to END
$$;

-- Fan-out: the next alert to expand; urgent first. Starts an approved one whose window is open, and
-- halts one whose text is not what was approved.
CREATE FUNCTION fanout_next(quiet_from time, quiet_to time) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    p approval;
BEGIN
    SELECT k.* INTO a FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
        LEFT JOIN broadcast b ON b.alert = k.id
    WHERE (k.state = 'approved' AND v.valid_until > now()
            AND (v.urgent OR routine_hours(quiet_from, quiet_to)))
        OR (k.state IN ('sending', 'stopped') AND b.alert IS NOT NULL AND b.total IS NULL)
    ORDER BY v.urgent DESC, k.id
    FOR UPDATE OF k SKIP LOCKED LIMIT 1;
    IF a.state = 'approved' THEN
        SELECT * INTO p FROM approval WHERE alert = a.id;
        INSERT INTO broadcast (alert, month, total, halted)
        SELECT a.id, month_of(p.at), CASE WHEN bad THEN 0 END,
            CASE WHEN bad THEN 'The text is not the approved one.' ELSE '' END
        FROM (SELECT p.fingerprint <> alert_fingerprint(a.id, p.version) AS bad) AS check_;
        IF p.fingerprint <> alert_fingerprint(a.id, p.version) THEN
            PERFORM broadcast_halt(a.id, 'The text is not the approved one.');
            RETURN NULL;
        END IF;
        UPDATE alert SET state = 'sending' WHERE id = a.id;
        PERFORM pg_notify('kairan_alert', a.id::text);
    END IF;
    RETURN a.id;
END $$;

-- Writes the deliveries and chunks of the next `span` subscriber ids. True when the audience is
-- complete: the total is frozen then. A stopped alert's audience ends where it is.
CREATE FUNCTION fanout_slice(alert_ bigint, span int, chunk_members int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    v alert_version;
    approved timestamptz;
    state_ text;
    last_ bigint;
    n int := 0;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN true;
    END IF;
    SELECT a.state, p.at INTO state_, approved FROM alert a JOIN approval p ON p.alert = a.id
    WHERE a.id = alert_ FOR SHARE OF a;
    SELECT x.* INTO v FROM alert_version x JOIN approval p ON p.alert = x.alert AND p.version = x.version
    WHERE x.alert = alert_;
    SELECT coalesce(max(id), 0) INTO last_ FROM subscriber;
    IF state_ IN ('sending', 'paused') THEN
        WITH audience AS MATERIALIZED (
            SELECT c.id, row_number() OVER (ORDER BY c.id) - 1 AS place
            FROM subscriber s JOIN contact c ON c.subscriber = s.id
            WHERE s.id > b.reached AND s.id <= b.reached + span
                -- said of the contact, too: a slice then reads a slice of it, not all of it
                AND c.subscriber > b.reached AND c.subscriber <= b.reached + span
                AND c.channel = ANY (v.channels) AND c.confirmed_at <= approved
                AND c.gone_at IS NULL AND c.suspended_at IS NULL
                AND (v.everybody OR (s.categories && v.categories
                    AND (cardinality(v.areas) = 0 OR s.areas && v.areas)))
        ), deliveries AS (
            INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, id FROM audience
        ), chunks AS (
            INSERT INTO chunk (alert, urgent, members)
            SELECT alert_, v.urgent, array_agg(id ORDER BY id) FROM audience
            GROUP BY place / chunk_members ORDER BY place / chunk_members
        )
        SELECT count(*) INTO n FROM audience;
    ELSE
        last_ := b.reached;
    END IF;
    UPDATE broadcast SET reached = b.reached + span, written = written + n,
        total = CASE WHEN b.reached + span >= last_ THEN written + n END
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_work', alert_::text) WHERE n > 0;
    IF b.reached + span < last_ THEN
        RETURN false;
    END IF;
    PERFORM broadcast_finish(alert_);
    RETURN true;
END $$;

-- Ends a broadcast when every delivery has its outcome; the rows are counted once more against the
-- totals, and the alert is done. Callers hold the broadcast row's lock or take it here.
CREATE FUNCTION broadcast_finish(alert_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    rows_ bigint;
    ends_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.ended_at IS NOT NULL OR b.total IS NULL
        OR b.total > b.accepted + b.refused + b.expired + b.cancelled + b.unknown THEN
        RETURN;
    END IF;
    SELECT count(*) INTO rows_ FROM delivery WHERE alert = alert_ AND month = b.month;
    SELECT count(*) INTO ends_ FROM outcome WHERE alert = alert_ AND month = b.month AND final;
    IF rows_ <> b.total OR ends_ <> b.total THEN
        -- Our own defect: said where people look, and never declared done.
        UPDATE broadcast SET halted = format('Accounting differs: total %s, deliveries %s, ends %s.',
            b.total, rows_, ends_) WHERE alert = alert_;
        RETURN;
    END IF;
    UPDATE broadcast SET ended_at = clock_timestamp() WHERE alert = alert_;
    UPDATE alert SET state = 'done' WHERE id = alert_ AND state IN ('sending', 'paused');
    PERFORM pg_notify('kairan_alert', alert_::text);
END $$;

-- The sender found a reason not to send what it was given (P2): the alert is stopped, on record.
CREATE FUNCTION broadcast_halt(alert_ bigint, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'stopped' WHERE id = alert_ AND state IN ('approved', 'sending', 'paused');
    IF FOUND THEN
        UPDATE broadcast SET halted = left(reason, 500) WHERE alert = alert_;
        PERFORM broadcast_finish(alert_);
        PERFORM pg_notify('kairan_alert', alert_::text);
        PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.halt', 'alert ' || alert_,
            'refused', reason, NULL);
    END IF;
END $$;

-- What is to be sent: the fields the approver's fingerprint covers, and that fingerprint. The sender
-- hashes the fields itself and takes its texts out of them.
CREATE FUNCTION broadcast_load(alert_ bigint)
RETURNS TABLE (fields text[], fingerprint bytea, state text, valid_until timestamptz, month date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT alert_fields(a.id, p.version), p.fingerprint, a.state, v.valid_until, b.month
    FROM alert a JOIN approval p ON p.alert = a.id
        JOIN alert_version v ON v.alert = a.id AND v.version = p.version
        JOIN broadcast b ON b.alert = a.id
    WHERE a.id = alert_
$$;

-- States of alerts in hand, after a notice.
CREATE FUNCTION broadcast_states(alerts bigint[]) RETURNS TABLE (alert bigint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT id, state FROM alert WHERE id = ANY (alerts)
$$;

-- Claims waiting chunks of alerts that are being sent, urgent first, up to `chunks` chunks of at
-- most `members` deliveries in all (at least one chunk). One row a delivery, in order; address NULL: the contact
-- has left or is suspended since (the sender records it as cancelled).
CREATE FUNCTION chunk_claim(host_ text, slot_ int, chunks int, members_ int, quiet_from time, quiet_to time)
RETURNS TABLE (chunk bigint, token bigint, alert bigint, attempt smallint, again boolean,
    contact bigint, address text, lang text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    routine boolean := routine_hours(quiet_from, quiet_to);
BEGIN
    RETURN QUERY
    WITH ready AS (
        SELECT c.id, c.urgent, c.not_before, cardinality(c.members) AS n
        FROM chunk c JOIN alert a ON a.id = c.alert JOIN broadcast b ON b.alert = c.alert
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        WHERE c.state = 'waiting' AND c.not_before <= clock_timestamp() AND a.state = 'sending'
            AND v.valid_until > clock_timestamp() AND (c.urgent OR routine)
        ORDER BY c.urgent DESC, c.not_before, c.id
        FOR UPDATE OF c SKIP LOCKED LIMIT chunks
    ), some_ AS (
        SELECT id FROM (SELECT id, sum(n) OVER (ORDER BY urgent DESC, not_before, id) - n AS before
            FROM ready) AS r
        WHERE before < members_
    ), mine AS (
        UPDATE chunk c SET state = 'leased', host = host_, slot = slot_, token = nextval('lease_token')
        FROM some_ WHERE c.id = some_.id
        RETURNING c.id, c.token, c.alert, c.attempt, c.again, c.members
    )
    SELECT m.id, m.token, m.alert, m.attempt, m.again, k.id,
        CASE WHEN k.gone_at IS NULL AND k.suspended_at IS NULL THEN k.address END, s.lang
    FROM mine m, unnest(m.members) AS member JOIN contact k ON k.id = member
        JOIN subscriber s ON s.id = k.subscriber
    ORDER BY m.id, k.id;
END $$;

-- Appends outcomes of one alert and adds the ends to its totals, in one go. A delivery has one end:
-- the first stays. Arrays of equal length; a contact that is no delivery of the alert is an error.
CREATE FUNCTION outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results result[],
    finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamptz[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    month_ date;
    ended bigint;
    waiting bigint;
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_ FOR UPDATE;
    -- A scalar subquery is never made a join: one look into the index a contact, whatever the planner
    -- believes of a table that was empty a second ago.
    IF EXISTS (SELECT FROM unnest(contacts) AS m WHERE (SELECT true FROM delivery d
        WHERE d.alert = alert_ AND d.contact = m AND d.month = month_) IS NULL) THEN
        PERFORM refuse('invalid', 'An outcome without a delivery.', 'contacts');
    END IF;
    WITH given AS (
        SELECT * FROM unnest(contacts, attempts, results, finals, agains, codes, replies, at_)
            AS g (contact, attempt, result, final, again, code, reply, at)
    ), written AS (
        INSERT INTO outcome (month, alert, contact, at, attempt, code, result, final, again, relay, reply)
        SELECT month_, alert_, contact, at, attempt, code, result, final, again, relay_, left(reply, 500)
        FROM given
        ON CONFLICT (alert, contact, month) WHERE final DO NOTHING
        RETURNING result, final, at
    ), sums AS (
        SELECT count(*) FILTER (WHERE final AND result = 'accepted') AS accepted,
            count(*) FILTER (WHERE final AND result = 'refused') AS refused,
            count(*) FILTER (WHERE final AND result = 'expired') AS expired,
            count(*) FILTER (WHERE final AND result = 'cancelled') AS cancelled,
            count(*) FILTER (WHERE final AND result = 'unknown') AS unknown,
            count(*) FILTER (WHERE NOT final) AS retried,
            min(at) FILTER (WHERE result = 'accepted') AS first_at, max(at) AS last_at
        FROM written
    )
    UPDATE broadcast b SET accepted = b.accepted + s.accepted, refused = b.refused + s.refused,
        expired = b.expired + s.expired, cancelled = b.cancelled + s.cancelled,
        unknown = b.unknown + s.unknown, retried = b.retried + s.retried,
        first_accepted_at = least(b.first_accepted_at, s.first_at),
        last_outcome_at = greatest(b.last_outcome_at, s.last_at)
    FROM sums s WHERE b.alert = alert_;
    PERFORM broadcast_finish(alert_);
END $$;

-- Closes a leased chunk after its outcomes were recorded. `temporary` members come again after
-- delay_s, `unknown` ones once more at once (flagged), and who has no end and is in neither list
-- comes again at once: nobody can be forgotten here. A stale token changes nothing and returns false.
CREATE FUNCTION chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s int, unknown bigint[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    c chunk;
    month_ date;
    left_ bigint[];
BEGIN
    UPDATE chunk SET state = 'closed' WHERE id = chunk_ AND token = token_ AND state = 'leased'
    RETURNING * INTO c;
    IF c.id IS NULL THEN
        RETURN false;
    END IF;
    SELECT month INTO month_ FROM broadcast WHERE alert = c.alert;
    SELECT array_agg(m ORDER BY m) INTO left_ FROM unnest(c.members) AS m
    WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
        WHERE o.alert = c.alert AND o.contact = m AND o.month = month_ AND o.final) IS NULL;
    IF left_ IS NULL THEN
        RETURN true;
    END IF;
    INSERT INTO chunk (alert, urgent, lane, members, attempt, again, not_before)
    SELECT c.alert, c.urgent, c.lane, array_agg(m ORDER BY m),
        CASE kind WHEN 'rest' THEN c.attempt ELSE c.attempt + 1 END,
        CASE kind WHEN 'unknown' THEN true ELSE c.again END,
        clock_timestamp() + make_interval(secs => CASE kind WHEN 'temporary' THEN delay_s ELSE 0 END)
    FROM (SELECT m, CASE WHEN m = ANY (unknown) THEN 'unknown' WHEN m = ANY (temporary) THEN 'temporary'
            ELSE 'rest' END AS kind FROM unnest(left_) AS m) AS sorted
    GROUP BY kind;
    PERFORM pg_notify('kairan_work', c.alert::text);
    RETURN true;
END $$;

-- Chunks a sender of this host and slot holds: what a new process in the slot finds after a crash.
CREATE FUNCTION chunk_held(host_ text, slot_ int)
RETURNS TABLE (chunk bigint, token bigint, alert bigint, attempt smallint, again boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT id, token, alert, attempt, again FROM chunk
    WHERE host = host_ AND slot = slot_ AND state = 'leased' ORDER BY id
$$;

-- Takes chunks (and letters) from hosts that have been silent for 60 s; those left of them may have
-- been sent, so they are flagged. They go into a chunk of their own: a host that comes back finds its
-- lease gone, never the same chunk as new. Nothing is taken from a host that lives: its own journals
-- say more.
CREATE FUNCTION chunk_free_silent() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
BEGIN
    WITH silent AS (
        SELECT host FROM worker GROUP BY host HAVING max(seen) < clock_timestamp() - interval '60 seconds'
    ), letters AS (
        UPDATE letter l SET state = 'waiting', not_before = now() FROM silent s
        WHERE l.host = s.host AND l.state = 'leased'
    ), taken AS (
        UPDATE chunk c SET state = 'closed' FROM silent s
        WHERE c.host = s.host AND c.state = 'leased'
        RETURNING c.alert, c.urgent, c.lane, c.attempt, c.members
    ), fresh AS (
        INSERT INTO chunk (alert, urgent, lane, members, attempt, again)
        SELECT t.alert, t.urgent, t.lane, rest.members, t.attempt, true
        FROM taken t JOIN broadcast b ON b.alert = t.alert, LATERAL (
            SELECT array_agg(m ORDER BY m) AS members FROM unnest(t.members) AS m
            WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
                WHERE o.alert = t.alert AND o.contact = m AND o.month = b.month AND o.final) IS NULL
        ) AS rest WHERE rest.members IS NOT NULL
    )
    SELECT count(*) INTO n FROM taken;
    PERFORM pg_notify('kairan_work', '') WHERE n > 0;
    RETURN n;
END $$;

-- Ends what is over, a slice at a time: validity over (expired), stopped (cancelled). True when
-- there may be more.
CREATE FUNCTION broadcast_sweep(most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    old record;
    c record;
    n int := 0;
BEGIN
    FOR c IN SELECT k.id, k.alert, k.attempt, k.again, k.members, a.state, b.month
        FROM chunk k JOIN alert a ON a.id = k.alert JOIN broadcast b ON b.alert = a.id
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        WHERE k.state = 'waiting' AND (a.state = 'stopped'
            OR (a.state IN ('sending', 'paused') AND v.valid_until <= clock_timestamp()))
        ORDER BY k.alert, k.id LIMIT most FOR UPDATE OF k SKIP LOCKED LOOP
        UPDATE chunk SET state = 'closed' WHERE id = c.id;
        -- Who was in doubt already and cannot be tried again ends as unknown, not as unsent.
        PERFORM outcome_record(c.alert, array_agg(m), array_agg(c.attempt),
            array_agg((CASE WHEN c.again THEN 'unknown' WHEN c.state = 'stopped' THEN 'cancelled'
                ELSE 'expired' END)::result),
            array_agg(true), array_agg(c.again), array_agg(0::smallint),
            array_agg(CASE c.state WHEN 'stopped' THEN 'Stopped.' ELSE 'Validity is over.' END), '',
            array_agg(clock_timestamp()))
        FROM unnest(c.members) AS m
        WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
            WHERE o.alert = c.alert AND o.contact = m AND o.month = c.month AND o.final) IS NULL
        HAVING count(*) > 0;
        n := n + 1;
    END LOOP;
    FOR old IN SELECT b.alert FROM broadcast b JOIN alert k ON k.id = b.alert
        WHERE b.ended_at IS NULL AND b.total = b.accepted + b.refused + b.expired + b.cancelled + b.unknown LOOP
        PERFORM broadcast_finish(old.alert);
    END LOOP;
    -- Last, for it writes the log: whoever holds the log's head waits for no alert.
    FOR old IN SELECT k.id FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
        WHERE k.state IN ('submitted', 'approved') AND v.valid_until <= clock_timestamp()
        FOR UPDATE OF k SKIP LOCKED LOOP
        UPDATE alert SET state = 'expired' WHERE id = old.id;
        PERFORM pg_notify('kairan_alert', old.id::text);
        PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.expire', 'alert ' || old.id, 'done', '', NULL);
    END LOOP;
    RETURN n >= most;
END $$;

-- Daily care: partitions ahead, what is kept no longer.
CREATE FUNCTION house_care() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM delivery_partition((month_of(now()) + make_interval(months => ahead))::date)
    FROM generate_series(0, 2) AS ahead;
    PERFORM oplog_partition(fiscal_year(now()) + ahead) FROM generate_series(0, 1) AS ahead;
    DELETE FROM signup WHERE made < now() - interval '7 days';
    DELETE FROM throttle WHERE since < now() - interval '2 days';
    DELETE FROM import_row r USING import i
    WHERE r.import = i.id AND i.state = 'staged' AND i.made < now() - interval '1 day';
    UPDATE import SET state = 'discarded' WHERE state = 'staged' AND made < now() - interval '1 day';
    -- excerpts of refused rows are people's data; a week is enough to mend a file
    DELETE FROM import_refusal r USING import i
    WHERE r.import = i.id AND i.made < now() - interval '7 days';
    DELETE FROM worker w WHERE seen < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM chunk c WHERE c.host = w.host AND c.state = 'leased')
        AND NOT EXISTS (SELECT FROM letter l WHERE l.host = w.host AND l.state = 'leased');
    DELETE FROM session WHERE ends < now() - interval '7 days'
        AND NOT EXISTS (SELECT FROM approval WHERE approval.session = session.id);
END $$;

-- Progress as the console shows it.
CREATE FUNCTION broadcast_read(token text, alert_ bigint)
RETURNS TABLE (state text, total int, written int, accepted int, refused int, expired int,
    cancelled int, unknown int, retried int, started_at timestamptz, first_accepted_at timestamptz,
    last_outcome_at timestamptz, ended_at timestamptz, halted text,
    relay_trouble text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.state, b.total, b.written, b.accepted, b.refused, b.expired, b.cancelled, b.unknown,
            b.retried, b.started_at, b.first_accepted_at, b.last_outcome_at, b.ended_at, b.halted,
            (SELECT r.relay || ': ' || r.reason FROM relay_state r
                JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
                WHERE NOT r.up AND w.seen > clock_timestamp() - interval '60 seconds'
                ORDER BY r.since DESC LIMIT 1)
        FROM alert a LEFT JOIN broadcast b ON b.alert = a.id
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;

-- The refused and unknown of an alert with the relay's words, for the console. The address is
-- masked: enough to recognise a kind of fault, not to read a list of residents.
CREATE FUNCTION broadcast_refusals(token text, alert_ bigint, most int)
RETURNS TABLE (address text, result text, code smallint, reply text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT regexp_replace(c.address, '^(.).*@', '\1***@'), o.result::text, o.code, o.reply, o.at
        FROM broadcast b JOIN alert a ON a.id = b.alert
            JOIN outcome o ON o.alert = b.alert AND o.month = b.month
            JOIN contact c ON c.id = o.contact
        WHERE b.alert = alert_ AND o.final AND o.result IN ('refused', 'unknown')
            AND sees(me, a.department)
        ORDER BY o.at DESC LIMIT least(most, 200);
END $$;

GRANT EXECUTE ON FUNCTION
    worker_beat(text, text, int, int), relay_report(text, text, int, boolean, text),
    fanout_next(time, time), fanout_slice(bigint, int, int), broadcast_halt(bigint, text),
    broadcast_load(bigint), broadcast_states(bigint[]),
    chunk_claim(text, int, int, int, time, time),
    outcome_record(bigint, bigint[], smallint[], result[], boolean[], boolean[], smallint[], text[],
        text, timestamptz[]),
    chunk_close(bigint, bigint, bigint[], int, bigint[]), chunk_held(text, int)
TO kairan_sender;
GRANT EXECUTE ON FUNCTION
    worker_beat(text, text, int, int), chunk_free_silent(), broadcast_sweep(int), house_care(),
    chunk_held(text, int), chunk_close(bigint, bigint, bigint[], int, bigint[]),
    outcome_record(bigint, bigint[], smallint[], result[], boolean[], boolean[], smallint[], text[],
        text, timestamptz[])
TO kairan_house;
GRANT EXECUTE ON FUNCTION broadcast_read(text, bigint), broadcast_refusals(text, bigint, int)
TO kairan_staff;
