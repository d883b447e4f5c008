-- Chunks: claimed under a fencing token, closed after their outcomes, taken from who is silent (P4, P6). The
-- order of locks stands in ARCHITECTURE.md: chunk, broadcast, alert, head of the operation log.

-- Claims waiting chunks of alerts that are being sent, for each lane asked for: urgent first, at most `chunks`
-- chunks of about `wants` deliveries (at least one chunk where any are wanted). One row a delivery, in order;
-- address NULL: not to be sent to any more (the sender records it as cancelled). The planner is kept to the
-- indexes: it would believe what it knew of the table a minute ago.
CREATE FUNCTION chunk_claim(host_ text, slot_ int, lanes text[], wants int[], chunks int,
    quiet_from time, quiet_to time)
RETURNS TABLE (chunk bigint, token bigint, alert bigint, attempt smallint, again boolean,
    contact bigint, address text, lang text, lane text, handover bigint, variant text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    routine boolean := routine_hours(quiet_from, quiet_to);
    running bigint[];
BEGIN
    SELECT array_agg(a.id) INTO running
    FROM alert a JOIN alert_version v ON v.alert = a.id AND v.version = a.version
    WHERE a.state = 'sending' AND v.valid_until > clock_timestamp() AND (v.urgent OR routine);
    IF running IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH ready AS MATERIALIZED (
        SELECT k.id, w.want, sum(k.size) OVER (PARTITION BY w.lane ORDER BY k.urgent DESC, k.not_before,
            k.id) - k.size AS before
        FROM unnest(lanes, wants) AS w (lane, want), LATERAL (
            SELECT c.id, c.size, c.urgent, c.not_before FROM chunk c
            WHERE c.lane = w.lane AND c.state = 'waiting' AND c.not_before <= clock_timestamp()
                AND c.alert = ANY (running)
            ORDER BY c.urgent DESC, c.not_before, c.id
            FOR UPDATE SKIP LOCKED LIMIT chunks
        ) AS k WHERE w.want > 0
    ), mine AS (
        UPDATE chunk c SET state = 'leased', host = host_, slot = slot_, token = nextval('lease_token')
        FROM ready r WHERE c.id = r.id AND r.before < r.want
        RETURNING c.*
    )
    SELECT m.id, m.token, m.alert, m.attempt, m.again, member,
        CASE WHEN k.gone_at IS NULL AND k.suspended_at IS NULL THEN k.address END,
        coalesce(s.lang, 'ja'), m.lane::text, m.handover, m.variant
    FROM mine m, unnest(m.members) AS member LEFT JOIN contact k ON k.id = member
        LEFT JOIN subscriber s ON s.id = k.subscriber
    ORDER BY m.id, member;
END $$;
GRANT EXECUTE ON FUNCTION chunk_claim TO kairan_sender;

-- Those of a chunk's members who have no end yet. Where they stand close together, a stretch of the
-- index is read in one go, at a third of the cost of one look each; the planner is kept to that.
CREATE FUNCTION members_left(alert_ bigint, members bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE
    month_ date;
    first_ bigint;
    last_ bigint;
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_;
    SELECT min(m), max(m) INTO first_, last_ FROM unnest(members) AS m;
    IF last_ - first_ < 4 * cardinality(members) THEN
        RETURN (SELECT array_agg(m ORDER BY m) FROM unnest(members) AS m LEFT JOIN (
                SELECT contact FROM outcome
                WHERE alert = alert_ AND month = month_ AND final AND contact BETWEEN first_ AND last_
            ) AS ended ON ended.contact = m
            WHERE ended.contact IS NULL);
    END IF;
    RETURN (SELECT array_agg(m ORDER BY m) FROM unnest(members) AS m
        WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
            WHERE o.alert = alert_ AND o.contact = m AND o.month = month_ AND o.final) IS NULL);
END $$;

-- Closes a leased chunk after its outcomes were recorded. `temporary` members come again after
-- delay_s, `unknown` ones once more at once (flagged), and who has no end and is in neither list
-- comes again at once: nobody can be forgotten here. They come in the lanes they belong to today. A
-- stale token changes nothing and returns false.
CREATE FUNCTION chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s int,
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
GRANT EXECUTE ON FUNCTION chunk_close TO kairan_sender, kairan_house;

-- Chunks a sender of this host and slot holds: what a new process in the slot finds after a crash.
CREATE FUNCTION chunk_held(host_ text, slot_ int)
RETURNS TABLE (chunk bigint, token bigint, alert bigint, attempt smallint, again boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT id, token, alert, attempt, again FROM chunk
    WHERE host = host_ AND slot = slot_ AND state = 'leased' ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION chunk_held TO kairan_sender, kairan_house;

-- A lease of which the sender's journal may not know all (its machine was started anew): whoever is left
-- may have been sent.
CREATE FUNCTION chunk_doubt(chunk_ bigint, token_ bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE chunk SET again = true WHERE id = chunk_ AND token = token_ AND state = 'leased'
$$;
GRANT EXECUTE ON FUNCTION chunk_doubt TO kairan_sender, kairan_house;

-- Senders of a host that hold leases, living or not: the sweep of that host looks after those that are
-- no more, whether their journals are still there or not.
CREATE FUNCTION chunk_slots(host_ text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT DISTINCT slot FROM chunk WHERE host = host_ AND state = 'leased'
$$;
GRANT EXECUTE ON FUNCTION chunk_slots TO kairan_house;

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
        RETURNING c.*
    ), fresh AS (
        INSERT INTO chunk (alert, urgent, lane, members, attempt, again, handover, variant)
        SELECT t.alert, t.urgent, t.lane, rest.members, t.attempt, true, t.handover, t.variant
        FROM taken t, LATERAL (SELECT members_left(t.alert, t.members) AS members) AS rest
        WHERE rest.members IS NOT NULL
    )
    SELECT count(*) INTO n FROM taken;
    PERFORM pg_notify('kairan_work', '') WHERE n > 0;
    RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION chunk_free_silent TO kairan_house;
