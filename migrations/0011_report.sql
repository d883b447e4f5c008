-- What came of an alert: recording outcomes, the tally that reports are made of, the end of a broadcast.

ALTER TABLE outcome
    ADD enhanced text NOT NULL DEFAULT '', -- RFC 3463 code of the relay's reply ("5.1.1"); '': none
    ADD lane text NOT NULL DEFAULT 'other'; -- it was sent in

-- Outcomes by second: charts, medians and percentiles are taken from here, never by counting a
-- million rows. Equal to the rows of outcome at any moment, for both are written in one transaction.
CREATE TABLE broadcast_tally (
    alert bigint NOT NULL REFERENCES broadcast,
    second timestamptz NOT NULL CHECK (second = date_trunc('second', second)),
    n int NOT NULL CHECK (n > 0),
    result result NOT NULL,
    final boolean NOT NULL,
    lane text NOT NULL,
    relay text NOT NULL, -- '': no relay had part in it
    PRIMARY KEY (alert, second, result, final, lane, relay)
) WITH (fillfactor = 50); -- a row is updated for a second, in its page

INSERT INTO broadcast_tally (alert, second, n, result, final, lane, relay)
SELECT alert, date_trunc('second', at), count(*), result, final, lane, relay
FROM outcome GROUP BY alert, date_trunc('second', at), result, final, lane, relay;

-- Where the recount at a broadcast's end stands: contacts up to this one, deliveries and ends so far.
ALTER TABLE broadcast
    ADD counted_to bigint NOT NULL DEFAULT 0,
    ADD counted int NOT NULL DEFAULT 0,
    ADD counted_ends int NOT NULL DEFAULT 0;

-- ---- the end ----

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
    IF b.ended_at IS NOT NULL OR b.total IS NULL
        OR b.total > b.accepted + b.refused + b.expired + b.cancelled + b.unknown THEN
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

-- ---- recording ----

-- Appends outcomes of one alert and adds them to its totals and its tally, in one go. A delivery has
-- one end: the first stays, and what comes after it is left out. One a message: contacts, times (Unix
-- ms), kinds (places in the arrays after), the relay's words. One a kind: what messages have in common.
-- Lane '': the one that the kind's first contact belongs to today. A contact that is no delivery of the
-- alert is an error; so are two ends of one contact in one call.
--
-- Nothing else writes outcomes, and the lock on the broadcast's row lets one at a time do so: what the
-- look into outcome_final finds is the truth, and no insertion need be speculative. The index would
-- refuse a second end all the same. Scalar subqueries are never made joins: one look into an index a
-- contact, whatever the planner believes of a table that was empty a second ago.
CREATE FUNCTION outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds int[], replies text[],
    attempts smallint[], results result[], finals boolean[], agains boolean[], codes smallint[],
    enhanceds text[], lanes text[], relays text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    month_ date;
    row_ tid;
    written bigint[];
    whole boolean;
BEGIN
    SELECT ctid, month INTO row_, month_ FROM broadcast WHERE alert = alert_ FOR UPDATE;
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
            AND (SELECT true FROM outcome o WHERE o.alert = alert_ AND o.contact = given.contact
                AND o.month = month_ AND o.final) IS NULL
        RETURNING contact
    )
    SELECT array_agg(contact) INTO written FROM fresh;
    IF cardinality(written) IS DISTINCT FROM cardinality(contacts) THEN
        IF EXISTS (SELECT FROM unnest(contacts) AS m WHERE (SELECT true FROM delivery d
            WHERE d.alert = alert_ AND d.contact = m AND d.month = month_) IS NULL) THEN
            PERFORM refuse('invalid', 'An outcome without a delivery.', 'contacts');
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
    ), tallied AS (
        INSERT INTO broadcast_tally AS t (alert, second, n, result, final, lane, relay)
        SELECT alert_, to_timestamp(second), n, result, final, lane, relay FROM sums
        ON CONFLICT (alert, second, result, final, lane, relay) DO UPDATE SET n = t.n + EXCLUDED.n
    )
    UPDATE broadcast b SET accepted = b.accepted + s.accepted, refused = b.refused + s.refused,
        expired = b.expired + s.expired, cancelled = b.cancelled + s.cancelled,
        unknown = b.unknown + s.unknown, retried = b.retried + s.retried,
        first_accepted_at = least(b.first_accepted_at, to_timestamp(s.first_ms::float8 / 1000)),
        last_outcome_at = greatest(b.last_outcome_at, to_timestamp(s.last_ms::float8 / 1000))
    FROM (SELECT coalesce(sum(n) FILTER (WHERE final AND result = 'accepted'), 0) AS accepted,
            coalesce(sum(n) FILTER (WHERE final AND result = 'refused'), 0) AS refused,
            coalesce(sum(n) FILTER (WHERE final AND result = 'expired'), 0) AS expired,
            coalesce(sum(n) FILTER (WHERE final AND result = 'cancelled'), 0) AS cancelled,
            coalesce(sum(n) FILTER (WHERE final AND result = 'unknown'), 0) AS unknown,
            coalesce(sum(n) FILTER (WHERE NOT final), 0) AS retried,
            min(first_ms) FILTER (WHERE result = 'accepted') AS first_ms, max(last_ms) AS last_ms
        FROM sums) AS s
    WHERE b.ctid = row_ -- the row is locked: no second look for it
    RETURNING b.total = b.accepted + b.refused + b.expired + b.cancelled + b.unknown INTO whole;
    IF whole THEN
        PERFORM broadcast_finish(alert_);
    END IF;
END $$;

-- The same with all columns one a message, in the lanes of today: ends that we give ourselves.
CREATE OR REPLACE FUNCTION outcome_record(alert_ bigint, contacts bigint[], attempts smallint[],
    results result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text,
    at_ timestamptz[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT outcome_record(alert_, contacts,
        (SELECT array_agg((extract(epoch FROM at) * 1000)::bigint ORDER BY place)
            FROM unnest(at_) WITH ORDINALITY AS t (at, place)),
        (SELECT array_agg(place) FROM generate_series(1, cardinality(contacts)) AS place),
        replies, attempts, results, finals, agains, codes,
        array_fill(''::text, ARRAY[cardinality(contacts)]), array_fill(''::text, ARRAY[cardinality(contacts)]),
        array_fill(relay_, ARRAY[cardinality(contacts)]))
$$;

GRANT EXECUTE ON FUNCTION outcome_record(bigint, bigint[], bigint[], int[], text[], smallint[], result[],
    boolean[], boolean[], smallint[], text[], text[], text[]) TO kairan_sender, kairan_house;

-- ---- reading ----

-- An address as staff see it: enough to recognise a kind of fault, or an address one was asked for, not
-- to read a list of residents.
CREATE FUNCTION mask_address(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(address, '@') > 0 THEN regexp_replace(address, '^(.).*@', '\1***@')
        ELSE regexp_replace(address, '^(.{3}).*(.{2})$', '\1******\2') END
$$;

-- The refused and unknown of an alert with the relay's words, for the console.
CREATE OR REPLACE FUNCTION broadcast_refusals(token text, alert_ bigint, most int)
RETURNS TABLE (address text, result text, code smallint, reply text, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT mask_address(c.address), o.result::text, o.code, ltrim(o.enhanced || ' ' || o.reply), o.at
        FROM broadcast b JOIN alert a ON a.id = b.alert
            JOIN outcome o ON o.alert = b.alert AND o.month = b.month
            JOIN contact c ON c.id = o.contact
        WHERE b.alert = alert_ AND o.final AND o.result IN ('refused', 'unknown')
            AND sees(me, a.department)
        ORDER BY o.at DESC LIMIT least(most, 200);
END $$;

-- The month of an alert's rows, for who may see the alert; NULL: nothing of it was sent yet.
CREATE FUNCTION report_month(me actor, alert_ bigint) RETURNS date
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM alert a WHERE a.id = alert_ AND sees(me, a.department)) THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    RETURN (SELECT month FROM broadcast WHERE alert = alert_);
END $$;

-- When it was approved, and in how many seconds from then the first, half, 95 % and the last of those
-- accepted had been accepted.
CREATE FUNCTION report_times(token text, alert_ bigint)
RETURNS TABLE (approved timestamptz, first timestamptz, median timestamptz, most timestamptz, last timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    RETURN QUERY
        WITH steps AS (
            SELECT second, sum(sum(n)) OVER (ORDER BY second) AS upto, sum(sum(n)) OVER () AS whole
            FROM broadcast_tally WHERE alert = alert_ AND final AND result = 'accepted' GROUP BY second
        )
        -- What a second holds was accepted by its end, and nothing after the last outcome.
        SELECT p.at, b.first_accepted_at, least(x.median + interval '1 second', b.last_outcome_at),
            least(x.most + interval '1 second', b.last_outcome_at),
            least(x.last + interval '1 second', b.last_outcome_at)
        FROM broadcast b JOIN approval p ON p.alert = b.alert, LATERAL (
            SELECT min(second) FILTER (WHERE upto * 2 >= whole) AS median,
                min(second) FILTER (WHERE upto * 100 >= whole * 95) AS most, max(second) AS last FROM steps) AS x
        WHERE b.alert = alert_;
END $$;

-- Outcomes by lane and relay; temporary ones and doubts that were tried again are not final.
CREATE FUNCTION report_sums(token text, alert_ bigint)
RETURNS TABLE (lane text, relay text, result text, final boolean, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    RETURN QUERY
        SELECT t.lane, t.relay, t.result::text, t.final, sum(t.n) FROM broadcast_tally t
        WHERE t.alert = alert_ GROUP BY t.lane, t.relay, t.result, t.final
        ORDER BY t.lane, t.relay, t.result, t.final DESC;
END $$;

-- Outcomes over time, in at most `most` equal spans of a round length: span (0 the first), its
-- start, its length in seconds.
CREATE FUNCTION report_series(token text, alert_ bigint, most int)
RETURNS TABLE (span int, at timestamptz, length_s int, accepted bigint, refused bigint, others bigint, again bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    from_ timestamptz;
    to_ timestamptz;
    round_ int;
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    SELECT min(second), max(second) INTO from_, to_ FROM broadcast_tally WHERE alert = alert_;
    SELECT coalesce(min(s), 86400) INTO round_
    FROM unnest('{1,2,5,10,15,30,60,120,300,600,900,1800,3600,7200,14400,43200}'::int[]) AS s
    WHERE extract(epoch FROM to_ - from_) < s * most;
    RETURN QUERY
        SELECT (extract(epoch FROM t.second - from_)::int / round_),
            from_ + make_interval(secs => extract(epoch FROM t.second - from_)::int / round_ * round_), round_,
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result = 'accepted'), 0),
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result = 'refused'), 0),
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result NOT IN ('accepted', 'refused')), 0),
            coalesce(sum(t.n) FILTER (WHERE NOT t.final), 0)
        FROM broadcast_tally t WHERE t.alert = alert_ GROUP BY 1, 2 ORDER BY 1;
END $$;

-- The recipients after a contact, with their ends, a page at a time. Whole addresses are for
-- administrators, through report_export.
CREATE FUNCTION report_rows(me actor, alert_ bigint, after_ bigint, most int, whole boolean)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    month_ date := report_month(me, alert_);
BEGIN
    RETURN QUERY
        SELECT d.contact, coalesce(c.channel, ''),
            coalesce(CASE WHEN whole THEN c.address ELSE mask_address(c.address) END, ''),
            coalesce(o.result::text, 'waiting'), coalesce(o.code, 0::smallint), coalesce(o.enhanced, ''),
            coalesce(o.reply, ''), coalesce(o.relay, ''), coalesce(o.lane, ''),
            coalesce(o.attempt, 0::smallint), o.at
        FROM (SELECT k.contact FROM delivery k WHERE k.alert = alert_ AND k.month = month_ AND k.contact > after_
                ORDER BY k.contact LIMIT least(most, 5000)) AS d
            LEFT JOIN LATERAL (SELECT x.channel, x.address FROM contact x WHERE x.id = d.contact LIMIT 1) AS c ON true
            LEFT JOIN LATERAL (SELECT x.* FROM outcome x WHERE x.alert = alert_ AND x.month = month_
                AND x.contact = d.contact AND x.final LIMIT 1) AS o ON true
        ORDER BY d.contact;
END $$;

CREATE FUNCTION report_list(token text, alert_ bigint, after_ bigint, most int)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT * FROM report_rows(actor_of(token, NULL), alert_, after_, most, false)
$$;

-- The same with whole addresses. Its first page puts the export on record; no later page comes without
-- that record of the same session's person in the last hour.
CREATE FUNCTION report_export(token text, alert_ bigint, after_ bigint, most int, network inet)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF me.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may see whole addresses.');
    END IF;
    PERFORM report_month(me, alert_);
    IF after_ = 0 THEN
        PERFORM oplog_act(me, 'report.export', 'alert ' || alert_);
    ELSIF NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = 'report.export'
        AND l.object = 'alert ' || alert_ AND l.at > clock_timestamp() - interval '1 hour') THEN
        PERFORM refuse('conflict', 'This export was not begun.');
    END IF;
    RETURN QUERY SELECT * FROM report_rows(me, alert_, after_, most, true);
END $$;

-- Worker processes, a row a host and role; who was heard of in the last 10 seconds is alive.
CREATE FUNCTION worker_list(token text)
RETURNS TABLE (host text, role text, alive bigint, known bigint, seen timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT w.host, w.role, count(*) FILTER (WHERE w.seen > clock_timestamp() - interval '10 seconds'),
            count(*), max(w.seen)
        FROM worker w WHERE w.seen > clock_timestamp() - interval '1 day'
        GROUP BY w.host, w.role ORDER BY w.host, w.role;
END $$;

GRANT EXECUTE ON FUNCTION
    report_times(text, bigint), report_sums(text, bigint), report_series(text, bigint, int),
    report_list(text, bigint, bigint, int), report_export(text, bigint, bigint, int, inet), worker_list(text)
TO kairan_staff;
