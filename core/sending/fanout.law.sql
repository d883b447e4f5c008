-- Fan-out: an approved alert becomes deliveries and chunks, a slice at a time; a correction's go over the
-- original's deliveries (P3, P8).

-- The next alert to expand; urgent first, and so is an original whose urgent correction waits for it.
-- Starts an approved one whose window is open, and halts one whose text is not what was approved. The
-- audience of a stopped or paused alert is written to its end: whom it did not reach, a correction must
-- know.
CREATE FUNCTION fanout_next(quiet_from time, quiet_to time) RETURNS bigint
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
GRANT EXECUTE ON FUNCTION fanout_next TO kairan_sender;

-- The next slice of an alert's audience: 'more', 'done' or 'wait'. A slice whose settlement is not
-- known here cannot be half written: it is one transaction.
CREATE FUNCTION fanout_step(alert_ bigint, span int, chunk_members int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM alert WHERE id = alert_ AND original IS NOT NULL) THEN
        RETURN fanout_follow(alert_, span, chunk_members);
    END IF;
    RETURN CASE WHEN fanout_slice(alert_, span, chunk_members) THEN 'done' ELSE 'more' END;
END $$;
GRANT EXECUTE ON FUNCTION fanout_step TO kairan_sender;

-- Writes the deliveries and chunks of the next `span` subscriber ids; a chunk's members are of one
-- lane. True when the audience is complete: the total is frozen then. A stopped alert's audience is written
-- to its end, too: a correction must know whom it did not reach.
CREATE FUNCTION fanout_slice(alert_ bigint, span int, chunk_members int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    v alert_version;
    approved timestamptz;
    last_ bigint;
    n int := 0;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN true;
    END IF;
    SELECT at INTO approved FROM approval WHERE alert = alert_;
    SELECT x.* INTO v FROM alert_version x JOIN approval p ON p.alert = x.alert AND p.version = x.version
    WHERE x.alert = alert_;
    SELECT coalesce(max(id), 0) INTO last_ FROM subscriber;
    WITH audience AS MATERIALIZED (
        SELECT c.id, coalesce(d.lane, 'other') AS lane,
            row_number() OVER (PARTITION BY d.lane ORDER BY c.id) - 1 AS place
        FROM subscriber s JOIN contact c ON c.subscriber = s.id
            LEFT JOIN lane_domain d ON d.domain = domain_of(c.address)
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
        INSERT INTO chunk (alert, urgent, lane, members)
        SELECT alert_, v.urgent, lane, array_agg(id ORDER BY id) FROM audience
        GROUP BY lane, place / chunk_members ORDER BY place / chunk_members, lane
    )
    SELECT count(*) INTO n FROM audience;
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

-- Fan-out of a correction or cancellation: the next `most` deliveries of the original, each with the
-- text for one whom it reached or did not.
--   Reached: an end `accepted` or `unknown`, or any end after a try in doubt; no end yet, and in doubt;
--   or reached by an alert that the original itself corrected.
--   Not reached: all others. They get a correction's right text, and nothing of a cancellation.
--   Who left or is suspended gets nothing.
-- 'wait': mails of the original are under way. Nothing more of it is claimed (its waiting chunks are put
-- off for good, which a claim that began before the stop finds out, too), so that ends when the relay
-- has answered; after 15 seconds whoever is under way still is in doubt. Else 'more' or 'done'.
CREATE FUNCTION fanout_follow(alert_ bigint, most int, chunk_members int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    b broadcast;
    o broadcast;
    n int;
    seen int;
    last_ bigint;
BEGIN
    SELECT * INTO a FROM alert WHERE id = alert_;
    UPDATE chunk SET not_before = 'infinity'
    WHERE alert = a.original AND state = 'waiting' AND not_before < 'infinity';
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    SELECT * INTO o FROM broadcast WHERE alert = a.original;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN 'done';
    END IF;
    IF o.total IS NULL OR (o.ended_at IS NULL AND b.started_at > clock_timestamp() - interval '15 seconds'
        AND EXISTS (SELECT FROM chunk WHERE alert = a.original AND state = 'leased')) THEN
        UPDATE broadcast SET fanout_after = clock_timestamp() + interval '200 milliseconds' WHERE alert = alert_;
        RETURN 'wait';
    END IF;
    WITH chain AS MATERIALIZED (
        SELECT * FROM alert_chain(a.original)
    ), doubt AS MATERIALIZED (
        SELECT c.alert, m FROM chain JOIN chunk c ON c.alert = chain.alert, unnest(c.members) AS m
        WHERE c.state = 'leased' OR (c.state = 'waiting' AND c.again)
    ), given AS MATERIALIZED (
        SELECT d.contact FROM delivery d
        WHERE d.alert = a.original AND d.month = o.month AND d.contact > b.reached
        ORDER BY d.contact LIMIT most
    ), judged AS (
        SELECT g.contact, (SELECT bool_or(coalesce(
                (SELECT e.result IN ('accepted', 'unknown') OR e.again FROM outcome e
                WHERE e.alert = h.alert AND e.contact = g.contact AND e.month = h.month AND e.final),
                (h.alert, g.contact) IN (SELECT * FROM doubt))) FROM chain h) AS reached
        FROM given g
    ), audience AS MATERIALIZED (
        SELECT c.id, j.reached, coalesce(d.lane, 'other') AS lane,
            row_number() OVER (PARTITION BY j.reached, d.lane ORDER BY c.id) - 1 AS place
        FROM judged j JOIN contact c ON c.id = j.contact
            LEFT JOIN lane_domain d ON d.domain = domain_of(c.address)
        WHERE c.gone_at IS NULL AND c.suspended_at IS NULL AND (j.reached OR a.act = 'correction')
    ), deliveries AS (
        INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, id FROM audience
    ), chunks AS (
        INSERT INTO chunk (alert, urgent, lane, members, variant)
        SELECT alert_, v.urgent, u.lane, array_agg(u.id ORDER BY u.id),
            CASE WHEN u.reached THEN 'reached' ELSE 'unreached' END
        FROM audience u JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        GROUP BY v.urgent, u.reached, u.lane, u.place / chunk_members
        ORDER BY u.place / chunk_members, u.lane
    )
    SELECT (SELECT count(*) FROM audience), count(*), coalesce(max(contact), b.reached) INTO n, seen, last_
    FROM given;
    UPDATE broadcast SET reached = last_, written = b.written + n,
        total = CASE WHEN seen < most THEN b.written + n END
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_work', alert_::text) WHERE n > 0;
    IF seen = most THEN
        RETURN 'more';
    END IF;
    PERFORM broadcast_finish(alert_);
    RETURN 'done';
END $$;

-- A slice failed: others go first for a while.
CREATE FUNCTION fanout_defer(alert_ bigint, wait_ms int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE broadcast SET fanout_after = clock_timestamp() + make_interval(secs => least(wait_ms, 60000) / 1000.0)
    WHERE alert = alert_ AND total IS NULL
$$;
GRANT EXECUTE ON FUNCTION fanout_defer TO kairan_sender;

-- A slice of one subscriber (of a correction: one contact) fails again and again: it is passed over, on
-- record; whom it concerns is refused by us. Should even that fail, it is passed over without.
CREATE FUNCTION fanout_skip(alert_ bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    b broadcast;
    who bigint[];
    next_ bigint;
    last_ boolean;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT * INTO a FROM alert WHERE id = alert_;
    IF a.original IS NULL THEN -- the audience as in fanout_slice
        next_ := b.reached + 1;
        last_ := NOT EXISTS (SELECT FROM subscriber WHERE id > next_);
        SELECT array_agg(c.id) INTO who FROM subscriber s JOIN contact c ON c.subscriber = s.id
            JOIN approval p ON p.alert = alert_
            JOIN alert_version v ON v.alert = p.alert AND v.version = p.version
        WHERE s.id = next_ AND c.channel = ANY (v.channels) AND c.confirmed_at <= p.at
            AND c.gone_at IS NULL AND c.suspended_at IS NULL
            AND (v.everybody OR (s.categories && v.categories
                AND (cardinality(v.areas) = 0 OR s.areas && v.areas)));
    ELSE
        SELECT array_agg(contact), max(contact) INTO who, next_ FROM (SELECT d.contact FROM delivery d
            JOIN broadcast o ON o.alert = d.alert AND o.month = d.month
            WHERE d.alert = a.original AND d.contact > b.reached ORDER BY d.contact LIMIT 1) AS one;
        last_ := who IS NULL; -- the slice behind the last one ends it
        next_ := coalesce(next_, b.reached);
    END IF;
    BEGIN
        INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, c FROM unnest(who) AS c;
        PERFORM outcome_record(alert_, who, array_agg(1::smallint), array_agg('refused'::result),
            array_agg(true), array_agg(false), array_agg(0::smallint), array_agg(left(why, 500)), '',
            array_agg(clock_timestamp())) FROM unnest(who) AS c HAVING count(*) > 0;
    EXCEPTION WHEN OTHERS THEN
        who := NULL;
    END;
    UPDATE broadcast SET reached = next_, written = b.written + coalesce(cardinality(who), 0),
        total = CASE WHEN last_ THEN b.written + coalesce(cardinality(who), 0) END
    WHERE alert = alert_;
    IF last_ THEN
        PERFORM broadcast_finish(alert_);
    END IF;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.skip', 'alert ' || alert_, 'refused',
        '', NULL, facts => jsonb_build_object('subscriber', CASE WHEN a.original IS NULL THEN next_ END,
            'contact', CASE WHEN a.original IS NOT NULL THEN next_ END, 'refusal', why));
END $$;
GRANT EXECUTE ON FUNCTION fanout_skip TO kairan_sender;
