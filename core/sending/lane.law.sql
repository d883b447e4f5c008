-- Lanes: which domains go where, domains that are split off for an hour, and what senders say of lanes, relays
-- and themselves (P5).

-- The domain of an address as contact keeps it: one @, lower case behind it; '' of a phone number.
CREATE FUNCTION domain_of(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT split_part(address, '@', 2)
$$;

-- The lane that an address belongs to today.
CREATE FUNCTION lane_of(address text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT lane FROM kairan.lane_domain WHERE domain = kairan.domain_of(address)), 'other')
$$;

-- Writes the lanes of the settings: names and paces, and domains with the lane of each. A domain that
-- was split off and has a lane by setting now follows the setting.
CREATE FUNCTION lane_sync(names text[], paces int[], domains text[], lanes text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    changed bigint := 0;
    n bigint;
BEGIN
    LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE; -- one host at a time
    INSERT INTO lane AS l (name, pace) SELECT * FROM unnest(names, paces)
    ON CONFLICT (name) DO UPDATE SET pace = EXCLUDED.pace, retired_at = NULL
        WHERE l.pace <> EXCLUDED.pace OR l.retired_at IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    INSERT INTO lane_domain AS d (domain, lane) SELECT * FROM unnest(domains, lanes)
    ON CONFLICT (domain) DO UPDATE SET lane = EXCLUDED.lane, split_until = NULL
        WHERE d.lane <> EXCLUDED.lane OR d.split_until IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    DELETE FROM lane_domain WHERE split_until IS NULL AND domain <> ALL (domains);
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n + lane_retire();
    PERFORM pg_notify('kairan_lane', '') WHERE changed > 0;
END $$;
GRANT EXECUTE ON FUNCTION lane_sync TO kairan_sender;

-- Retires lanes that no domain leads to; what waits in them is sent in them still. The row goes an hour
-- later: no statement that read the domain then is under way any more, and what a chunk says becomes
-- `other` by its foreign key. So no chunk is ever in a lane that nobody serves.
CREATE FUNCTION lane_retire() RETURNS bigint
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    WITH gone AS (
        DELETE FROM lane WHERE retired_at < clock_timestamp() - interval '1 hour' RETURNING name
    ), empty AS (
        UPDATE lane SET retired_at = clock_timestamp()
        WHERE retired_at IS NULL AND name <> 'other'
            AND NOT EXISTS (SELECT FROM lane_domain d WHERE d.lane = lane.name)
        RETURNING name
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM empty)
$$;

-- A domain of `other` misbehaves: it gets a lane of its own for an hour from now; asking again while
-- it still does keeps it there. False: it belongs to a lane by setting, or too many are split off.
CREATE FUNCTION lane_split(domain_ text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM lane_domain WHERE domain = domain_) THEN
        UPDATE lane_domain SET split_until = clock_timestamp() + interval '1 hour'
        WHERE domain = domain_ AND split_until IS NOT NULL;
        RETURN FOUND;
    END IF;
    -- Trouble with so many is no domain's own trouble; and each lane costs connections.
    IF (SELECT count(*) >= 30 FROM lane_domain WHERE split_until IS NOT NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO lane (name) VALUES (domain_) ON CONFLICT (name) DO UPDATE SET retired_at = NULL;
    INSERT INTO lane_domain (domain, lane, split_until)
    VALUES (domain_, domain_, clock_timestamp() + interval '1 hour');
    PERFORM pg_notify('kairan_lane', '');
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION lane_split TO kairan_sender;

-- All lanes with their domains, one a row (domain NULL: it has none), for the senders. Domains that
-- behaved for an hour fall back first.
CREATE FUNCTION lane_read() RETURNS TABLE (lane text, pace int, domain text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM lane_domain WHERE split_until < clock_timestamp())
        OR EXISTS (SELECT FROM lane WHERE retired_at < clock_timestamp() - interval '1 hour') THEN
        LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE;
        DELETE FROM lane_domain WHERE split_until < clock_timestamp();
        PERFORM lane_retire();
        PERFORM pg_notify('kairan_lane', '');
    END IF;
    RETURN QUERY SELECT l.name, l.pace, d.domain FROM lane l LEFT JOIN lane_domain d ON d.lane = l.name
        ORDER BY l.name, d.domain;
END $$;
GRANT EXECUTE ON FUNCTION lane_read TO kairan_sender;

-- ---- what senders say ----

-- A sign of life; returns the number of sending processes that live, all hosts together: they share a pace.
CREATE FUNCTION worker_beat(host_ text, role_ text, slot_ int, pid_ int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO worker AS w (host, role, slot, pid) VALUES (host_, role_, slot_, pid_)
    ON CONFLICT (host, role, slot) DO UPDATE SET pid = pid_, seen = clock_timestamp(),
        started = CASE WHEN w.pid = pid_ THEN w.started ELSE clock_timestamp() END;
    RETURN (SELECT count(*) FROM worker
        WHERE role = 'send' AND seen > clock_timestamp() - interval '10 seconds');
END $$;
GRANT EXECUTE ON FUNCTION worker_beat TO kairan_sender, kairan_house;

-- One sender's view of its relays; in_ms: when one in trouble is tried again.
CREATE FUNCTION relay_report(host_ text, slot_ int, relays text[], ups boolean[], reasons text[],
    connections_ int[], in_ms int[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    DELETE FROM relay_state WHERE host = host_ AND slot = slot_ AND relay <> ALL (relays);
    INSERT INTO relay_state AS r (relay, host, slot, up, reason, connections, next_try)
    SELECT n.relay, host_, slot_, n.up, left(n.reason, 500), n.connections,
        CASE WHEN NOT n.up THEN clock_timestamp() + make_interval(secs => n.wait / 1000.0) END
    FROM unnest(relays, ups, reasons, connections_, in_ms) AS n (relay, up, reason, connections, wait)
    ON CONFLICT (relay, host, slot) DO UPDATE SET up = EXCLUDED.up, reason = EXCLUDED.reason,
        connections = EXCLUDED.connections, next_try = EXCLUDED.next_try,
        since = CASE WHEN r.up = EXCLUDED.up THEN r.since ELSE now() END
$$;
GRANT EXECUTE ON FUNCTION relay_report TO kairan_sender;

-- One sender's view of its lanes; those it does not name have nothing to say any more.
CREATE FUNCTION lane_report(host_ text, slot_ int, lanes text[], relays text[], connections_ int[],
    mosts int[], in_hands int[], latencies int[], ups boolean[], reasons text[], in_ms int[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    DELETE FROM lane_state WHERE host = host_ AND slot = slot_ AND lane <> ALL (lanes);
    INSERT INTO lane_state AS s (lane, host, slot, relay, connections, most, in_hand, latency_ms, up,
        reason, next_try)
    SELECT n.lane, host_, slot_, n.relay, n.connections, n.most, n.in_hand, n.latency, n.up,
        left(n.reason, 500),
        CASE WHEN NOT n.up THEN clock_timestamp() + make_interval(secs => n.wait / 1000.0) END
    FROM unnest(lanes, relays, connections_, mosts, in_hands, latencies, ups, reasons, in_ms)
        AS n (lane, relay, connections, most, in_hand, latency, up, reason, wait)
        JOIN lane l ON l.name = n.lane
    ON CONFLICT (lane, host, slot) DO UPDATE SET relay = EXCLUDED.relay,
        connections = EXCLUDED.connections, most = EXCLUDED.most, in_hand = EXCLUDED.in_hand,
        latency_ms = EXCLUDED.latency_ms, up = EXCLUDED.up, reason = EXCLUDED.reason,
        next_try = EXCLUDED.next_try, seen = now(),
        since = CASE WHEN s.up = EXCLUDED.up THEN s.since ELSE now() END
$$;
GRANT EXECUTE ON FUNCTION lane_report TO kairan_sender;
