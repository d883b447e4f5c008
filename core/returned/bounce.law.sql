-- Returned mail and complaints: whose a report is, and what it says of an address. Nothing is believed without
-- a genuine token of the last 14 days.

-- A stronger report of the same delivery takes the place of a weaker one.
CREATE FUNCTION bounce_rank(kind text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(ARRAY['policy', 'temporary', 'permanent', 'complaint'], kind)
$$;

-- Notes one failure or complaint of a delivery; false when it is known already. An hour passes before
-- it counts, in which it may turn out that everybody's mail failed.
CREATE FUNCTION bounce_note(alert_ bigint, contact_ bigint, kind_ text, status_ text, source_ text,
    reply_ text, at_ timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO bounce AS b (alert, contact, at, kind, status, source, reply)
    VALUES (alert_, contact_, at_, kind_, status_, source_, left(reply_, 500))
    ON CONFLICT (alert, contact, complaint) DO UPDATE
        SET kind = EXCLUDED.kind, status = EXCLUDED.status, reply = EXCLUDED.reply
        WHERE bounce_rank(EXCLUDED.kind) > bounce_rank(b.kind);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF kind_ IN ('permanent', 'temporary') THEN
        INSERT INTO doubt AS d (contact, judge_at) VALUES (contact_, at_ + interval '1 hour')
        ON CONFLICT (contact) DO UPDATE SET judge_at = least(d.judge_at, EXCLUDED.judge_at)
        WHERE d.suspended_at IS NULL;
    END IF;
    RETURN true;
END $$;

-- The contacts a report can speak of: an individual mail says by its token whose it was; one of an
-- express hand-over has many readers, so the report must name one of them. (Its chunks stay for as
-- long as a token is good: house_chunks.)
CREATE FUNCTION bounce_contact(kind_ "char", alert_ bigint, part_ bigint, address_ text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint := part_;
BEGIN
    IF kind_ = 'x' THEN
        SELECT id INTO who FROM contact
        WHERE channel = 'mail' AND hash = address_hash(address_)
            AND EXISTS (SELECT FROM chunk k WHERE k.handover = part_ AND k.alert = alert_ AND contact.id = ANY (k.members));
    END IF;
    RETURN (SELECT d.contact FROM broadcast b JOIN delivery d
        ON d.alert = b.alert AND d.month = b.month AND d.contact = who WHERE b.alert = alert_);
END $$;

-- Somebody complained: he leaves the categories of the alert. Where that would not help (an alert for
-- everybody; no category is left) or would take more than this address (an SMS contact beside it),
-- the address is suspended instead. Subscribing again undoes either.
CREATE FUNCTION complaint_act(alert_ bigint, contact_ bigint, at_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    c contact;
    v alert_version;
    rest smallint[];
BEGIN
    SELECT * INTO c FROM contact WHERE id = contact_ AND gone_at IS NULL AND suspended_at IS NULL FOR UPDATE;
    IF c.id IS NULL THEN
        RETURN;
    END IF;
    SELECT x.* INTO v FROM alert_version x JOIN approval p ON p.alert = x.alert AND p.version = x.version
    WHERE x.alert = alert_;
    SELECT coalesce(array_agg(k), '{}') INTO rest
    FROM subscriber s, unnest(s.categories) AS k WHERE s.id = c.subscriber AND k <> ALL (v.categories);
    IF v.everybody OR rest = '{}'
        OR EXISTS (SELECT FROM contact o WHERE o.subscriber = c.subscriber AND o.id <> c.id AND o.gone_at IS NULL) THEN
        INSERT INTO doubt AS d (contact, judge_at, suspended_at, reason)
        VALUES (contact_, 'infinity', at_, 'complaint')
        ON CONFLICT (contact) DO UPDATE SET judge_at = 'infinity', suspended_at = at_, reason = 'complaint';
        UPDATE contact SET suspended_at = at_ WHERE id = contact_;
    ELSE
        UPDATE subscriber SET categories = rest, own = true WHERE id = c.subscriber;
    END IF;
END $$;

-- Takes a report in, as of a moment: the token of the envelope sender it came back to, and what it says of each
-- recipient it names. The token alone decides whose it is; nothing is believed without one. Returns
-- what came of it: counted, again (known already), forged, stranger (of nobody this mail went to),
-- letter (a letter came back; on record with it).
CREATE FUNCTION bounce_take_at(token text, kinds text[], statuses text[], addresses text[], replies text[],
    at_ timestamptz) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    v record;
    r record;
    who bigint;
    said text := 'stranger';
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    SELECT * INTO v FROM verp_open(token, at_);
    IF v.kind IS NULL THEN
        RETURN 'forged';
    ELSIF v.kind = 'l' THEN
        UPDATE letter SET reply = left('returned: ' || statuses[1] || ' ' || replies[1], 500)
        WHERE id = v.part AND reply !~ '^returned: ';
        RETURN CASE WHEN FOUND THEN 'letter' ELSE 'again' END;
    END IF;
    FOR r IN SELECT * FROM unnest(kinds, statuses, addresses, replies) AS g (kind, status, address, reply)
        ORDER BY bounce_rank(g.kind) DESC LIMIT CASE v.kind WHEN 'a' THEN 1 ELSE 200 END LOOP
        who := bounce_contact(v.kind, v.alert, v.part, r.address);
        CONTINUE WHEN who IS NULL;
        IF NOT bounce_note(v.alert, who, r.kind, r.status, 'mail', r.reply, at_) THEN
            said := CASE said WHEN 'stranger' THEN 'again' ELSE said END;
            CONTINUE;
        END IF;
        said := 'counted';
        -- Every reader of an express mail knows the token of all who got it in one transaction: his word
        -- on another's wish is kept, not followed.
        IF r.kind = 'complaint' AND v.kind = 'a' THEN
            PERFORM complaint_act(v.alert, who, at_);
        END IF;
    END LOOP;
    RETURN said;
END $$;

-- bounce_take_at of this moment, for the intake.
CREATE FUNCTION bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[])
RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT bounce_take_at(token, kinds, statuses, addresses, replies, now())
$$;
GRANT EXECUTE ON FUNCTION bounce_take TO kairan_intake;

-- Adds to the day's counts of what the intake did.
CREATE FUNCTION intake_count(whats text[], mails_ bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    INSERT INTO intake_tally AS t (day, what, mails)
    SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date, what, sum(n) FROM unnest(whats, mails_) AS g (what, n)
    GROUP BY what
    ON CONFLICT (day, what) DO UPDATE SET mails = t.mails + EXCLUDED.mails
$$;
GRANT EXECUTE ON FUNCTION intake_count TO kairan_intake;
