-- Senders that record outcomes of one alert do not wait for each other: each adds to a row of its own, and
-- whoever finds the broadcast's row free brings its totals up to date.

-- Whose rows: connections of one number share theirs and wait for each other, nothing worse.
CREATE FUNCTION stripe() RETURNS smallint LANGUAGE sql STABLE AS $$
    SELECT (pg_backend_pid() % 64)::smallint
$$;

-- What connections of a stripe have added to a broadcast's totals. Equal to the rows of outcome at any
-- moment, for both are written in one transaction; the broadcast's own row is a little behind at times. The
-- reference is to the alert: one to the broadcast would wait for fan-out, which locks that row.
CREATE TABLE broadcast_part (
    alert bigint NOT NULL REFERENCES alert,
    stripe smallint NOT NULL,
    accepted int NOT NULL,
    refused int NOT NULL,
    expired int NOT NULL,
    cancelled int NOT NULL,
    unknown int NOT NULL,
    retried int NOT NULL,
    first_accepted_at timestamptz,
    last_outcome_at timestamptz,
    PRIMARY KEY (alert, stripe)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);

INSERT INTO broadcast_part (alert, stripe, accepted, refused, expired, cancelled, unknown, retried,
    first_accepted_at, last_outcome_at)
SELECT alert, 0, accepted, refused, expired, cancelled, unknown, retried, first_accepted_at, last_outcome_at
FROM broadcast;

ALTER TABLE broadcast_tally ADD stripe smallint NOT NULL DEFAULT 0,
    DROP CONSTRAINT broadcast_tally_pkey,
    DROP CONSTRAINT broadcast_tally_alert_fkey, ADD FOREIGN KEY (alert) REFERENCES alert;
ALTER TABLE broadcast_tally
    ADD PRIMARY KEY (alert, second, result, final, lane, relay, stripe);

ALTER TABLE broadcast ADD folded_at timestamptz NOT NULL DEFAULT '-infinity'; -- totals brought up to the parts

-- The sums of a broadcast's parts.
CREATE FUNCTION broadcast_sums(alert_ bigint, OUT accepted int, OUT refused int, OUT expired int,
    OUT cancelled int, OUT unknown int, OUT retried int, OUT ended int, OUT first_accepted_at timestamptz,
    OUT last_outcome_at timestamptz)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(sum(accepted), 0), coalesce(sum(refused), 0), coalesce(sum(expired), 0),
        coalesce(sum(cancelled), 0), coalesce(sum(unknown), 0), coalesce(sum(retried), 0),
        coalesce(sum(accepted + refused + expired + cancelled + unknown), 0),
        min(first_accepted_at), max(last_outcome_at)
    FROM broadcast_part WHERE alert = alert_
$$;

-- Brings the totals of a broadcast up to its parts; true when every delivery has its end. The caller
-- holds the row's lock since an earlier statement, so that no sum is ever replaced by an older one.
CREATE FUNCTION broadcast_fold(alert_ bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    whole boolean;
BEGIN
    UPDATE broadcast b SET accepted = s.accepted, refused = s.refused, expired = s.expired,
        cancelled = s.cancelled, unknown = s.unknown, retried = s.retried,
        first_accepted_at = s.first_accepted_at, last_outcome_at = s.last_outcome_at,
        folded_at = clock_timestamp()
    -- broadcast_sums written out: here the plan is kept
    FROM (SELECT coalesce(sum(p.accepted), 0) AS accepted, coalesce(sum(p.refused), 0) AS refused,
            coalesce(sum(p.expired), 0) AS expired, coalesce(sum(p.cancelled), 0) AS cancelled,
            coalesce(sum(p.unknown), 0) AS unknown, coalesce(sum(p.retried), 0) AS retried,
            min(p.first_accepted_at) AS first_accepted_at, max(p.last_outcome_at) AS last_outcome_at
        FROM broadcast_part p WHERE p.alert = alert_) AS s
    WHERE b.alert = alert_
    RETURNING b.total = b.accepted + b.refused + b.expired + b.cancelled + b.unknown INTO whole;
    RETURN coalesce(whole, false);
END $$;

-- Ends a broadcast when every delivery has its outcome; the rows are counted once more against the
-- totals, and the alert is done. A million rows are not counted in one statement: each call counts the
-- next 200,000, and whoever sweeps calls again. Callers hold the broadcast row's lock or take it here.
CREATE OR REPLACE FUNCTION broadcast_finish(alert_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    rows_ int;
    ends_ int;
    last_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.ended_at IS NOT NULL OR b.total IS NULL OR NOT broadcast_fold(alert_) THEN
        RETURN;
    END IF;
    SELECT count(*), max(contact) INTO rows_, last_ FROM (
        SELECT contact FROM delivery WHERE alert = alert_ AND month = b.month AND contact > b.counted_to
        ORDER BY contact LIMIT 200000) AS slice;
    SELECT count(*) INTO ends_ FROM outcome
    WHERE alert = alert_ AND month = b.month AND final
        AND contact > b.counted_to AND (rows_ < 200000 OR contact <= last_);
    b.counted := b.counted + rows_;
    b.counted_ends := b.counted_ends + ends_;
    IF rows_ = 200000 THEN
        UPDATE broadcast SET counted_to = last_, counted = b.counted, counted_ends = b.counted_ends
        WHERE alert = alert_;
        RETURN;
    END IF;
    IF b.counted <> b.total OR b.counted_ends <> b.total THEN
        -- Our own defect: said where people look, and never declared done.
        UPDATE broadcast SET counted_to = 0, counted = 0, counted_ends = 0,
            halted = format('Accounting differs: total %s, deliveries %s, ends %s.',
                b.total, b.counted, b.counted_ends) WHERE alert = alert_;
        RETURN;
    END IF;
    UPDATE broadcast SET ended_at = clock_timestamp() WHERE alert = alert_;
    UPDATE alert SET state = 'done' WHERE id = alert_ AND state IN ('sending', 'paused');
    PERFORM pg_notify('kairan_alert', alert_::text);
END $$;

-- Appends outcomes of one alert and adds them to its part and its tally, in one go. A delivery has
-- one end: the first stays, and what comes after it is left out. One a message: contacts, times (Unix
-- ms), kinds (places in the arrays after), the relay's words. One a kind: what messages have in common.
-- Lane '': the one that the kind's first contact belongs to today. A contact that is no delivery of the
-- alert is an error; so are two ends of one contact in one call.
--
-- Scalar subqueries are never made joins: one look into an index a contact, whatever the planner
-- believes of a table that was empty a second ago.
CREATE OR REPLACE FUNCTION outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds int[], replies text[],
    attempts smallint[], results result[], finals boolean[], agains boolean[], codes smallint[],
    enhanceds text[], lanes text[], relays text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    month_ date;
    written bigint[];
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_;
    IF '' = ANY (lanes) THEN
        SELECT array_agg(CASE lane WHEN '' THEN (SELECT lane_of(address) FROM contact
                WHERE id = contacts[array_position(kinds, kind::int)]) ELSE lane END ORDER BY kind)
        INTO lanes FROM unnest(lanes) WITH ORDINALITY AS k (lane, kind);
    END IF;
    WITH fresh AS (
        INSERT INTO outcome (month, alert, contact, at, attempt, code, enhanced, result, final, again,
            lane, relay, reply)
        SELECT month_, alert_, contact, to_timestamp(ms::float8 / 1000), attempts[kind], codes[kind],
            enhanceds[kind], results[kind], finals[kind], agains[kind], lanes[kind], relays[kind],
            CASE WHEN octet_length(reply) > 500 THEN left(reply, 500) ELSE reply END
        FROM (SELECT unnest(contacts) AS contact, unnest(times) AS ms, unnest(kinds) AS kind,
            unnest(replies) AS reply) AS given
        WHERE (SELECT true FROM delivery d
                WHERE d.alert = alert_ AND d.contact = given.contact AND d.month = month_)
            AND (finals[kind] OR (SELECT true FROM outcome o WHERE o.alert = alert_
                AND o.contact = given.contact AND o.month = month_ AND o.final) IS NULL)
        ON CONFLICT (alert, contact, month) WHERE final DO NOTHING
        RETURNING contact
    )
    SELECT array_agg(contact) INTO written FROM fresh;
    IF cardinality(written) IS DISTINCT FROM cardinality(contacts) THEN
        IF EXISTS (SELECT FROM unnest(contacts) AS m WHERE (SELECT true FROM delivery d
            WHERE d.alert = alert_ AND d.contact = m AND d.month = month_) IS NULL) THEN
            PERFORM refuse('invalid', 'An outcome without a delivery.', 'contacts');
        END IF;
        IF (SELECT count(*) > count(DISTINCT m) FROM unnest(contacts) AS m) THEN
            RAISE unique_violation USING MESSAGE = 'outcome_record: a contact ends twice in one call';
        END IF;
        -- A host that was believed dead told its end late, and somebody else had already sent again: the end
        -- stays, and says that the mail may have come twice.
        UPDATE outcome o SET again = true FROM unnest(contacts, kinds) AS g (contact, kind)
        WHERE o.alert = alert_ AND o.contact = g.contact AND o.month = month_ AND o.final AND NOT o.again
            AND agains[g.kind] AND results[g.kind] IN ('accepted', 'unknown');
        SELECT array_agg(ms), array_agg(kind) INTO times, kinds
        FROM unnest(contacts, times, kinds) AS g (contact, ms, kind) WHERE contact = ANY (written);
    END IF;
    WITH sums AS MATERIALIZED (
        SELECT ms / 1000 AS second, results[kind] AS result, finals[kind] AS final, lanes[kind] AS lane,
            relays[kind] AS relay, count(*)::int AS n, min(ms) AS first_ms, max(ms) AS last_ms
        FROM (SELECT unnest(times) AS ms, unnest(kinds) AS kind) AS g GROUP BY 1, 2, 3, 4, 5
    ), tallied AS ( -- after the part: its row's lock keeps those of a stripe apart here, too
        INSERT INTO broadcast_tally AS t (alert, stripe, second, n, result, final, lane, relay)
        SELECT alert_, stripe(), to_timestamp(second), n, result, final, lane, relay FROM sums
        ON CONFLICT (alert, second, result, final, lane, relay, stripe) DO UPDATE SET n = t.n + EXCLUDED.n
    )
    INSERT INTO broadcast_part AS p (alert, stripe, accepted, refused, expired, cancelled, unknown, retried,
        first_accepted_at, last_outcome_at)
    SELECT alert_, stripe(),
        coalesce(sum(n) FILTER (WHERE final AND result = 'accepted'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'refused'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'expired'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'cancelled'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'unknown'), 0),
        coalesce(sum(n) FILTER (WHERE NOT final), 0),
        to_timestamp(min(first_ms) FILTER (WHERE result = 'accepted')::float8 / 1000),
        to_timestamp(max(last_ms)::float8 / 1000)
    FROM sums HAVING count(*) > 0
    ON CONFLICT (alert, stripe) DO UPDATE SET accepted = p.accepted + EXCLUDED.accepted,
        refused = p.refused + EXCLUDED.refused, expired = p.expired + EXCLUDED.expired,
        cancelled = p.cancelled + EXCLUDED.cancelled, unknown = p.unknown + EXCLUDED.unknown,
        retried = p.retried + EXCLUDED.retried,
        first_accepted_at = least(p.first_accepted_at, EXCLUDED.first_accepted_at),
        last_outcome_at = greatest(p.last_outcome_at, EXCLUDED.last_outcome_at);
    -- Ten times a second is enough till the end is near, or somebody is refused.
    PERFORM FROM broadcast WHERE alert = alert_ AND (folded_at < clock_timestamp() - interval '0.1 seconds'
        OR 'refused' = ANY (results) OR coalesce(total, written) - accepted - refused - expired - cancelled - unknown < 1000)
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF broadcast_fold(alert_) THEN
        PERFORM broadcast_finish(alert_);
    ELSE
        PERFORM broadcast_judge(alert_);
    END IF;
END $$;

-- ---- as they were, with totals that may be behind ----

-- Closes a leased chunk after its outcomes were recorded. `temporary` members come again after
-- delay_s, `unknown` ones once more at once (flagged), and who has no end and is in neither list
-- comes again at once: nobody can be forgotten here. They come in the lanes they belong to today. A
-- stale token changes nothing and returns false.
CREATE OR REPLACE FUNCTION chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s int,
    unknown bigint[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    c chunk;
    left_ bigint[];
BEGIN
    UPDATE chunk SET state = 'closed' WHERE id = chunk_ AND token = token_ AND state = 'leased'
    RETURNING * INTO c;
    IF c.id IS NULL THEN
        RETURN false;
    END IF;
    left_ := members_left(c.alert, c.members);
    IF left_ IS NULL THEN
        -- Whoever recorded the last outcomes may have left the totals to others. Of two chunks that are
        -- closed in the same moment neither knows itself the last: then the sweep ends it.
        IF NOT EXISTS (SELECT FROM chunk WHERE alert = c.alert AND state <> 'closed')
            AND EXISTS (SELECT FROM broadcast WHERE alert = c.alert AND total IS NOT NULL AND ended_at IS NULL) THEN
            PERFORM broadcast_finish(c.alert);
        END IF;
        RETURN true;
    END IF;
    INSERT INTO chunk (alert, urgent, lane, members, attempt, again, not_before, handover, variant)
    SELECT c.alert, c.urgent, coalesce(lane, 'other'), array_agg(m ORDER BY m),
        CASE kind WHEN 'rest' THEN c.attempt ELSE c.attempt + 1 END,
        c.again OR kind = 'unknown',
        clock_timestamp() + make_interval(secs => CASE kind WHEN 'temporary' THEN delay_s ELSE 0 END),
        CASE WHEN c.again OR kind = 'unknown' THEN c.handover ELSE nextval('handover') END, c.variant
    FROM (SELECT m, d.lane, CASE WHEN m = ANY (unknown) THEN 'unknown'
            WHEN m = ANY (temporary) THEN 'temporary' ELSE 'rest' END AS kind
        FROM unnest(left_) AS m LEFT JOIN contact k ON k.id = m
            LEFT JOIN lane_domain d ON d.domain = domain_of(k.address)) AS sorted
    GROUP BY kind, lane;
    -- 'routine': nobody need look for what is urgent
    PERFORM pg_notify('kairan_work', CASE WHEN c.urgent THEN c.alert::text ELSE 'routine' END);
    RETURN true;
END $$;

-- Pauses an alert that is being sent, on record; an approver or delegate resumes it. True: it did.
CREATE OR REPLACE FUNCTION broadcast_pause(alert_ bigint, reason text, reply text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    at_ timestamptz;
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'paused' WHERE id = alert_ AND state = 'sending' RETURNING changed_at INTO at_;
    IF at_ IS NULL THEN
        RETURN false;
    END IF;
    PERFORM broadcast_fold(alert_);
    UPDATE broadcast SET paused = reason, paused_reply = left(reply, 500), paused_at = at_,
        look_at = clock_timestamp(),
        look_ended = accepted + refused, look_refused = refused,
        before_ended = accepted + refused, before_refused = refused
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.pause', 'alert ' || alert_, 'done',
        rtrim(reason || ' ' || left(reply, 300)), NULL);
    RETURN true;
END $$;

-- A sender finds that the relay refuses the text; `often`: ten times in a row. 'paused': the alert is
-- now, or is not being sent anyway; 'theirs': the text is taken from others, so it is those recipients'
-- own; 'wait': ask again in a moment, when it will be seen whether anything was taken meanwhile.
CREATE OR REPLACE FUNCTION broadcast_doubt(alert_ bigint, reply text, often boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE;
    PERFORM broadcast_fold(alert_);
    SELECT * INTO b FROM broadcast WHERE alert = alert_;
    IF NOT EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'sending') THEN
        RETURN 'paused';
    END IF;
    IF b.accepted > 0 AND NOT often THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at IS NULL OR b.doubt_at < clock_timestamp() - interval '5 seconds' THEN
        UPDATE broadcast SET doubt_at = clock_timestamp(), doubt_accepted = accepted WHERE alert = alert_;
        RETURN 'wait';
    END IF;
    IF b.accepted > b.doubt_accepted THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at > clock_timestamp() - interval '0.4 seconds' THEN
        RETURN 'wait';
    END IF;
    UPDATE broadcast SET doubt_at = NULL WHERE alert = alert_;
    PERFORM broadcast_pause(alert_,
        'The mail server refuses the text of this alert, so sending was paused.', reply);
    RETURN 'paused';
END $$;

-- Ends a broadcast whose sums say that all is done, where the last outcome's transaction did not, or
-- counts on. Where the rows say otherwise, which is our own defect, it is counted again later and
-- later. True: there may be more.
CREATE OR REPLACE FUNCTION broadcast_settle() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
BEGIN
    SELECT * INTO b FROM broadcast WHERE ended_at IS NULL AND check_after <= clock_timestamp()
        AND total = (SELECT ended FROM broadcast_sums(alert))
    ORDER BY alert LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM broadcast_finish(b.alert);
    UPDATE broadcast SET checks = b.checks + 1,
        check_after = clock_timestamp() + make_interval(secs => least(2 ^ b.checks, 600))
    WHERE alert = b.alert AND ended_at IS NULL AND counted_to = 0;
    RETURN true;
END $$;

-- Progress as the console shows it; halted also says why the engine paused the alert.
CREATE OR REPLACE FUNCTION broadcast_read(token text, alert_ bigint)
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
        SELECT a.state, b.total, b.written, s.accepted, s.refused, s.expired, s.cancelled, s.unknown,
            s.retried, b.started_at, s.first_accepted_at, s.last_outcome_at, b.ended_at,
            CASE WHEN ours THEN b.paused ELSE b.halted END,
            CASE WHEN ours AND b.paused_reply <> '' THEN b.paused_reply ELSE
                (SELECT r.relay || ': ' || r.reason FROM relay_state r
                JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
                WHERE NOT r.up AND w.seen > clock_timestamp() - interval '60 seconds'
                ORDER BY r.since DESC LIMIT 1) END
        FROM alert a LEFT JOIN (broadcast b CROSS JOIN LATERAL broadcast_sums(b.alert) AS s) ON b.alert = a.id,
            LATERAL (SELECT a.state = 'paused' AND b.paused_at = a.changed_at) AS p (ours)
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;

-- Drops the oldest month that is due, its partitions whole, and says so in the log; its date, or NULL
-- when none is due. Dropping asks for a lock that would make readers wait behind it, so it is asked for
-- 50 ms at most: 'busy' (lock_not_available) and another time, then.
CREATE OR REPLACE FUNCTION month_drop(years int, now_ timestamptz) RETURNS date
LANGUAGE plpgsql SET search_path = kairan, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    month_ date;
    parent text;
    name text;
BEGIN
    SELECT m INTO month_ FROM (SELECT to_date(right(c.relname, 6), 'YYYYMM') AS m
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('delivery'::regclass, 'outcome'::regclass)) AS months
    WHERE month_kept_until(m, years) <= now_ ORDER BY m LIMIT 1;
    IF month_ IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month_, '_YYYYMM');
        IF to_regclass(name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
            EXECUTE format('DROP TABLE %I', name);
        END IF;
    END LOOP;
    DELETE FROM broadcast_part WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    DELETE FROM broadcast_tally WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    UPDATE broadcast SET dropped_at = clock_timestamp() WHERE month = month_;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'records.drop', to_char(month_, 'YYYY-MM'), 'done', '', NULL);
    RETURN month_;
END $$;

-- The next alert to expand; urgent first, and so is an original whose urgent correction waits for it.
-- Starts an approved one whose window is open, and halts one whose text is not what was approved. The
-- audience of a stopped or paused alert is written to its end: whom it did not reach, a correction must
-- know.
CREATE OR REPLACE FUNCTION fanout_next(quiet_from time, quiet_to time) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    p approval;
BEGIN
    SELECT k.* INTO a FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
        LEFT JOIN broadcast b ON b.alert = k.id
    WHERE k.id IN (SELECT id FROM alert WHERE state = 'approved'
            UNION ALL SELECT alert FROM broadcast WHERE total IS NULL)
        AND CASE WHEN b.alert IS NOT NULL THEN b.total IS NULL AND b.fanout_after <= clock_timestamp()
            ELSE k.state = 'approved' AND v.valid_until > clock_timestamp()
                AND (v.urgent OR routine_hours(quiet_from, quiet_to)) END
        AND NOT EXISTS (SELECT FROM broadcast o WHERE o.alert = k.original AND o.total IS NULL)
    -- Nobody waits for the rest of a stopped alert but a correction of it.
    ORDER BY (SELECT coalesce(min(CASE WHEN w.urgent THEN 0 ELSE 1 END), 2) FROM alert c
            JOIN alert_version w ON w.alert = c.id AND w.version = c.version
            WHERE (c.id = k.id AND c.state IN ('approved', 'sending'))
                OR (c.original = k.id AND c.state = 'approved')), k.id
    FOR UPDATE OF k SKIP LOCKED LIMIT 1;
    IF a.state = 'approved' THEN
        SELECT * INTO p FROM approval WHERE alert = a.id;
        PERFORM delivery_partition(month_of(p.at));
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
