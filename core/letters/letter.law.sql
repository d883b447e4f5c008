-- Letters: queued, claimed in a fair order, recorded, ended in time.

-- Queues a letter and wakes the senders.
CREATE FUNCTION letter_add(template text, lang text, contact bigint, address text, secret text,
    expires timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO letter (template, lang, contact, address, secret, expires)
    VALUES (template, lang, contact, address, secret, expires);
    PERFORM pg_notify('kairan_work', 'letter');
END $$;

-- A letter to a person of the staff, in the language he or she chose; none to who has no address.
CREATE FUNCTION letter_staff(template text, person_ bigint, expires timestamptz DEFAULT NULL) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT letter_add(letter_staff.template, p.lang, NULL, p.mail, NULL,
        coalesce(letter_staff.expires, now() + make_interval(days => limit_letter_days())))
    FROM person p WHERE p.id = person_ AND p.mail <> ''
$$;

-- Claims up to most letters for a sender, while fewer than per_hour were or are being sent in this hour.
-- Calm letters get at most half of the hour, so that a storm of them leaves room for those somebody
-- waits for; and every fifth place, so that a storm of those does not starve them.
CREATE FUNCTION letter_claim(host_ text, slot_ int, most int, per_hour int)
RETURNS TABLE (id bigint, token bigint, template text, lang text, contact bigint, address text,
    secret text, attempt int, expires timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    left_ bigint;
    calm_left bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM letter WHERE state = 'waiting' AND not_before <= clock_timestamp()) THEN
        RETURN;
    END IF;
    -- One at a time, or each would claim what is left of the hour.
    PERFORM pg_advisory_xact_lock(hashtext('kairan letters'));
    SELECT per_hour - count(*), greatest(per_hour / 2, 1) - count(*) FILTER (WHERE calm)
    INTO left_, calm_left FROM letter WHERE state = 'leased';
    SELECT left_ - coalesce(sum(hits) FILTER (WHERE kind = 'letters'), 0),
        calm_left - coalesce(sum(hits) FILTER (WHERE kind = 'calm letters'), 0)
    INTO left_, calm_left
    FROM throttle WHERE kind IN ('letters', 'calm letters') AND since = date_bin('1 hour', now(), 'epoch');
    RETURN QUERY
    WITH prompt AS MATERIALIZED (
        SELECT id, not_before FROM letter
        WHERE state = 'waiting' AND NOT calm AND not_before <= clock_timestamp() AND expires > clock_timestamp()
        ORDER BY not_before, id FOR UPDATE SKIP LOCKED LIMIT greatest(least(most, left_), 0)
    ), calm AS MATERIALIZED (
        SELECT id, not_before FROM letter
        WHERE state = 'waiting' AND calm AND not_before <= clock_timestamp() AND expires > clock_timestamp()
        ORDER BY not_before, id FOR UPDATE SKIP LOCKED LIMIT greatest(least(most, left_, calm_left), 0)
    ), ready AS MATERIALIZED (
        SELECT id FROM (
            SELECT id, n + (n - 1) / 4 AS place FROM (SELECT id, row_number() OVER (ORDER BY not_before, id) AS n FROM prompt) AS p
            UNION ALL
            SELECT id, 5 * n FROM (SELECT id, row_number() OVER (ORDER BY not_before, id) AS n FROM calm) AS c
        ) AS ready_ ORDER BY place LIMIT greatest(least(most, left_), 0)
    )
    UPDATE letter l SET state = 'leased', host = host_, slot = slot_, attempt = l.attempt + 1,
        token = nextval('lease_token')
    FROM ready WHERE l.id = ready.id
    RETURNING l.id, l.token, l.template, l.lang, l.contact, l.address, l.secret, l.attempt, l.expires;
END $$;
GRANT EXECUTE ON FUNCTION letter_claim TO kairan_sender;

-- What came of a claimed letter. result: accepted, refused, unknown end it; temporary puts it back
-- for delay_s; again (a try in doubt) at once, the second time it ends as unknown. A stale token
-- changes nothing.
CREATE FUNCTION letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    l letter;
BEGIN
    SELECT * INTO l FROM letter WHERE id = id_ AND token = token_ AND state = 'leased' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF result = 'temporary' OR (result = 'again' AND NOT l.doubt) THEN
        UPDATE letter SET state = 'waiting', not_before = clock_timestamp() + make_interval(secs => delay_s),
            doubt = l.doubt OR result = 'again', reply = left(reply_, 500)
        WHERE id = id_;
        RETURN;
    END IF;
    UPDATE letter SET state = CASE result WHEN 'again' THEN 'unknown' ELSE result END,
        ended_at = clock_timestamp(), address = NULL, secret = NULL, reply = left(reply_, 500)
    WHERE id = id_;
    IF result = 'accepted' THEN
        PERFORM throttle_hit('letters', '', 0, '1 hour');
        PERFORM throttle_hit('calm letters', '', 0, '1 hour') WHERE l.calm;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION letter_record TO kairan_sender;

-- Puts back what a died sender of this host held (its journal says which may have been sent;
-- a letter twice is harmless).
CREATE FUNCTION letter_release(host_ text, slot_ int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE letter SET state = 'waiting', not_before = now()
    WHERE host = host_ AND slot = slot_ AND state = 'leased'
$$;
GRANT EXECUTE ON FUNCTION letter_release TO kairan_sender, kairan_house;

-- Ends what was not sent in time: one in doubt as unknown.
CREATE FUNCTION letter_sweep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE letter SET state = CASE WHEN doubt THEN 'unknown' ELSE 'expired' END, ended_at = clock_timestamp(),
        address = NULL, secret = NULL
    WHERE id IN (SELECT id FROM letter WHERE state = 'waiting' AND expires <= clock_timestamp()
        LIMIT 5000 FOR UPDATE SKIP LOCKED)
$$;
GRANT EXECUTE ON FUNCTION letter_sweep TO kairan_house;
