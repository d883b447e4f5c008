-- Outcomes: appended, a delivery's end once (P3). Senders of one alert do not wait for each other: each adds to
-- a row of its own, and whoever finds the broadcast's row free brings its totals up to date.

-- Whose rows: connections of one number share theirs and wait for each other, nothing worse.
CREATE FUNCTION stripe() RETURNS smallint LANGUAGE sql STABLE AS $$
    SELECT (pg_backend_pid() % 64)::smallint
$$;

-- Some of one call's contacts were not written. Refuses ('invalid') one that is no delivery of the alert, raises
-- unique_violation for two ends of one contact; the others had their end already.
CREATE FUNCTION outcome_late(alert_ bigint, month_ date, contacts bigint[], kinds int[], results result[],
    agains boolean[])
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
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
END $$;

-- Adds what was written to the tally, by second, and to the stripe's part.
CREATE FUNCTION outcome_tally(alert_ bigint, times bigint[], kinds int[], results result[], finals boolean[],
    lanes text[], relays text[])
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
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
END $$;

-- What an end is called: who was in doubt and cannot be tried again ends as unknown, not as unsent.
CREATE FUNCTION end_called(given result, in_doubt boolean) RETURNS result LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN in_doubt AND given IN ('cancelled', 'expired') THEN 'unknown' ELSE given END
$$;

-- Appends outcomes of one alert and adds them to its part and its tally, in one go. A delivery has
-- one end: the first stays, and what comes after it is left out. One a message: contacts, times (Unix
-- ms), kinds (places in the arrays after), the relay's words. One a kind: what messages have in common.
-- Lane '': the one that the kind's first contact belongs to today. A contact that is no delivery of the
-- alert is an error; so are two ends of one contact in one call.
--
-- Scalar subqueries are never made joins: one look into an index a contact, whatever the planner
-- believes of a table that was empty a second ago.
CREATE FUNCTION outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds int[], replies text[],
    attempts smallint[], results result[], finals boolean[], agains boolean[], codes smallint[],
    enhanceds text[], lanes text[], relays text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    month_ date;
    written bigint[];
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_;
    SELECT array_agg(end_called(result, again) ORDER BY kind) INTO results
    FROM unnest(results, agains) WITH ORDINALITY AS k (result, again, kind);
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
        PERFORM outcome_late(alert_, month_, contacts, kinds, results, agains);
        SELECT array_agg(ms), array_agg(kind) INTO times, kinds
        FROM unnest(contacts, times, kinds) AS g (contact, ms, kind) WHERE contact = ANY (written);
    END IF;
    PERFORM outcome_tally(alert_, times, kinds, results, finals, lanes, relays);
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
GRANT EXECUTE ON FUNCTION outcome_record(bigint, bigint[], bigint[], int[], text[], smallint[], result[],
    boolean[], boolean[], smallint[], text[], text[], text[])
TO kairan_sender, kairan_house;

-- The same with all columns one a message, in the lanes of today: ends that we give ourselves.
CREATE FUNCTION outcome_record(alert_ bigint, contacts bigint[], attempts smallint[],
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
GRANT EXECUTE ON FUNCTION outcome_record(bigint, bigint[], smallint[], result[], boolean[], boolean[],
    smallint[], text[], text, timestamptz[])
TO kairan_sender, kairan_house;
