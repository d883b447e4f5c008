-- Letters: system mails to one person (confirmation, leaving). Fixed texts, sent by the same senders
-- before routine alerts. P1 concerns alerts, not letters.

CREATE TABLE letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    template text NOT NULL CHECK (template IN ('confirm', 'leave')),
    lang text NOT NULL,
    contact bigint REFERENCES contact,
    address text,              -- goes when the letter has ended
    secret text,               -- the link's token, until then; elsewhere only its hash is kept
    made timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'leased', 'accepted', 'refused', 'expired', 'unknown')),
    attempt int NOT NULL DEFAULT 0,
    token bigint,              -- fencing token of the lease
    host text,
    slot int,
    reply text NOT NULL DEFAULT '',
    ended_at timestamptz,
    CONSTRAINT letter_over CHECK ((ended_at IS NULL) = (state IN ('waiting', 'leased'))
        AND (address IS NULL) = (ended_at IS NOT NULL) AND (ended_at IS NULL OR secret IS NULL))
);
CREATE INDEX letter_waiting ON letter (not_before, id) WHERE state = 'waiting';
CREATE INDEX letter_leased ON letter (host, slot) WHERE state = 'leased';
CREATE SEQUENCE lease_token;

CREATE FUNCTION letter_add(template text, lang text, contact bigint, address text, secret text,
    expires timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO letter (template, lang, contact, address, secret, expires)
    VALUES (template, lang, contact, address, secret, expires);
    PERFORM pg_notify('kairan_work', 'letter');
END $$;

-- Claims up to most letters for a sender, while fewer than per_hour were sent in this hour.
CREATE FUNCTION letter_claim(host_ text, slot_ int, most int, per_hour int)
RETURNS TABLE (id bigint, token bigint, template text, lang text, contact bigint, address text,
    secret text, attempt int, expires timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    WITH ready AS MATERIALIZED ( -- looked for once; a subquery might be for each row, limit and all
        SELECT w.id FROM letter w
        WHERE w.state = 'waiting' AND w.not_before <= now() AND w.expires > now()
            AND (SELECT coalesce(sum(hits), 0) < per_hour FROM throttle
                WHERE kind = 'letters' AND since = date_bin('1 hour', now(), 'epoch'))
        ORDER BY w.not_before, w.id FOR UPDATE SKIP LOCKED LIMIT most
    )
    UPDATE letter l SET state = 'leased', host = host_, slot = slot_, attempt = l.attempt + 1,
        token = nextval('lease_token')
    FROM ready WHERE l.id = ready.id
    RETURNING l.id, l.token, l.template, l.lang, l.contact, l.address, l.secret, l.attempt, l.expires
$$;

-- What came of a claimed letter. result: accepted, refused, unknown end it; temporary puts it back
-- for delay_s; again (after an unknown try) too, at once. A stale token changes nothing.
CREATE FUNCTION letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF result IN ('temporary', 'again') THEN
        UPDATE letter SET state = 'waiting', not_before = now() + make_interval(secs => delay_s),
            reply = left(reply_, 500)
        WHERE id = id_ AND token = token_ AND state = 'leased';
    ELSE
        UPDATE letter SET state = result, ended_at = now(), address = NULL, secret = NULL,
            reply = left(reply_, 500)
        WHERE id = id_ AND token = token_ AND state = 'leased';
    END IF;
    IF FOUND AND result = 'accepted' THEN
        PERFORM throttle_hit('letters', '', 0, '1 hour');
    END IF;
END $$;

-- Puts back what a died sender of this host held (its journal says which may have been sent;
-- a letter twice is harmless).
CREATE FUNCTION letter_release(host_ text, slot_ int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE letter SET state = 'waiting', not_before = now()
    WHERE host = host_ AND slot = slot_ AND state = 'leased'
$$;

-- Ends what was not sent in time.
CREATE FUNCTION letter_sweep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE letter SET state = 'expired', ended_at = now(), address = NULL, secret = NULL
    WHERE state = 'waiting' AND expires <= now()
$$;

GRANT EXECUTE ON FUNCTION letter_claim(text, int, int, int),
    letter_record(bigint, bigint, text, text, int), letter_release(text, int)
TO kairan_sender;
GRANT EXECUTE ON FUNCTION letter_release(text, int), letter_sweep() TO kairan_house;
