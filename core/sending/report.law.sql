-- What came of an alert, for the console: progress, times, sums, recipients, and the export of whole addresses.

-- Progress as the console shows it; halted also says why the engine paused the alert.
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
GRANT EXECUTE ON FUNCTION broadcast_read TO kairan_staff;

-- The refused and unknown of an alert with the relay's words, for the console. The address is masked: enough to
-- recognise a kind of fault, not to read a list of residents.
CREATE FUNCTION broadcast_refusals(token text, alert_ bigint, most int)
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
GRANT EXECUTE ON FUNCTION broadcast_refusals TO kairan_staff;

-- The month of an alert's rows, for who may see the alert; NULL: nothing of it was sent yet.
CREATE FUNCTION report_month(me actor, alert_ bigint) RETURNS date
LANGUAGE plpgsql STABLE AS $$
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
GRANT EXECUTE ON FUNCTION report_times TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION report_sums TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION report_series TO kairan_staff;

-- The recipients after a contact, with their ends, a page at a time. Whole addresses are for
-- administrators, through report_export.
CREATE FUNCTION report_rows(me actor, alert_ bigint, after_ bigint, most int, whole boolean)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE plpgsql STABLE AS $$
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

-- The recipients after a contact with masked addresses.
CREATE FUNCTION report_list(token text, alert_ bigint, after_ bigint, most int)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM report_rows(actor_of(token, NULL), alert_, after_, most, false);
END $$;
GRANT EXECUTE ON FUNCTION report_list TO kairan_staff;

-- The same with whole addresses. Its first page puts the export on record; no later page comes without
-- that record of the same session's person in the last hour.
CREATE FUNCTION report_export(token text, alert_ bigint, after_ bigint, most int, network inet)
RETURNS TABLE (contact bigint, channel text, address text, result text, code smallint, enhanced text,
    reply text, relay text, lane text, attempt smallint, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'report.export') THEN
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
GRANT EXECUTE ON FUNCTION report_export TO kairan_staff;

-- ---- how it goes at present ----

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
GRANT EXECUTE ON FUNCTION worker_list TO kairan_staff;

-- The relays as living senders find them, for any member of staff: how many senders there are, how
-- many of them find it well, and the newest reason of those that do not.
CREATE FUNCTION relay_list(token text)
RETURNS TABLE (relay text, host text, senders bigint, well bigint, connections bigint, reason text,
    since timestamptz, next_try timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT r.relay, r.host, count(*), count(*) FILTER (WHERE r.up), sum(r.connections),
            coalesce((array_agg(r.reason ORDER BY r.since DESC) FILTER (WHERE NOT r.up))[1], ''),
            max(r.since), min(r.next_try)
        FROM relay_state r JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
        WHERE w.seen > clock_timestamp() - interval '60 seconds'
        GROUP BY r.relay, r.host ORDER BY r.relay, r.host;
END $$;
GRANT EXECUTE ON FUNCTION relay_list TO kairan_staff;

-- The lanes: what waits for each (chunks that wait for a later try too), and how the living senders
-- find it. Nothing is counted by recipients: a chunk knows its size.
CREATE FUNCTION lane_list(token text)
RETURNS TABLE (lane text, pace int, split_until timestamptz, waiting bigint, leased bigint,
    oldest timestamptz, senders bigint, well bigint, connections bigint, most bigint, latency_ms int,
    relays text, reason text, since timestamptz, next_try timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT l.name::text, l.pace,
            (SELECT max(d.split_until) FROM lane_domain d WHERE d.lane = l.name),
            coalesce(q.waiting, 0), coalesce(q.leased, 0), q.oldest, coalesce(v.senders, 0),
            coalesce(v.well, 0), coalesce(v.connections, 0), coalesce(v.most, 0),
            coalesce(v.latency_ms, 0), coalesce(v.relays, ''), coalesce(v.reason, ''), v.since, v.next_try
        FROM lane l LEFT JOIN (
            SELECT c.lane, sum(c.size) FILTER (WHERE c.state = 'waiting') AS waiting,
                sum(c.size) FILTER (WHERE c.state = 'leased') AS leased, min(c.not_before) AS oldest
            FROM chunk c WHERE c.state <> 'closed' GROUP BY c.lane
        ) AS q ON q.lane = l.name LEFT JOIN (
            SELECT s.lane, count(*) AS senders, count(*) FILTER (WHERE s.up) AS well,
                sum(s.connections) AS connections, sum(s.most) AS most,
                max(s.latency_ms) AS latency_ms, string_agg(DISTINCT s.relay, ' ') AS relays,
                (array_agg(s.reason ORDER BY s.since DESC) FILTER (WHERE NOT s.up))[1] AS reason,
                max(s.since) AS since, min(s.next_try) AS next_try
            FROM lane_state s JOIN worker w ON w.host = s.host AND w.slot = s.slot AND w.role = 'send'
            WHERE w.seen > clock_timestamp() - interval '60 seconds' GROUP BY s.lane
        ) AS v ON v.lane = l.name
        WHERE l.retired_at IS NULL OR coalesce(q.waiting, q.leased) > 0
        ORDER BY l.name = 'other', l.name;
END $$;
GRANT EXECUTE ON FUNCTION lane_list TO kairan_staff;
