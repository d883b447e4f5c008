-- Scores that forgive: when an address is warned, suspended, cleared. A server's fault is nobody's death.

-- Who subscribes anew, or says that the address works, starts without a past.
CREATE FUNCTION doubt_clear() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE doubt SET cleared_at = now(), warned_at = NULL, suspended_at = NULL, reason = NULL,
        judge_at = 'infinity'
    WHERE contact = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_doubt AFTER UPDATE OF suspended_at, gone_at ON contact
FOR EACH ROW WHEN (NEW.suspended_at IS NULL OR NEW.gone_at IS NOT NULL) EXECUTE FUNCTION doubt_clear();

-- Whether so many of an alert's recipients failing is a server's fault: more than one in twenty within
-- an hour, or one in five in all. A handful is no crowd, unless it is more than half of all.
CREATE FUNCTION bounce_crowd(failed bigint, total bigint, share numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT failed > total * share AND (failed >= 10 OR failed * 2 > total)
$$;

-- Finds the alerts of which too many came back.
CREATE FUNCTION bounce_storms(at_ timestamptz) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    WITH recent AS (
        SELECT alert, count(*) AS failed FROM bounce
        WHERE at > at_ - interval '1 hour' AND at <= at_ AND kind IN ('permanent', 'temporary')
        GROUP BY alert
    ), sums AS (
        SELECT r.alert, r.failed, greatest(b.total, b.written) AS total, (SELECT count(*) FROM bounce o
            WHERE o.alert = r.alert AND o.kind IN ('permanent', 'temporary')) AS in_all
        FROM recent r JOIN broadcast b ON b.alert = r.alert
        WHERE NOT EXISTS (SELECT FROM bounce_storm s WHERE s.alert = r.alert)
    )
    INSERT INTO bounce_storm (alert, at, failed, total)
    SELECT alert, at_, in_all, total FROM sums
    WHERE bounce_crowd(failed, total, 0.05) OR bounce_crowd(in_all, total, 0.2)
    ON CONFLICT DO NOTHING
$$;

-- Takes over what the relay refused at its door for the address's sake, once a broadcast is over; up to
-- `most` refusals, true when there may be more. Where it refused more than one in five, for whatever
-- reason, the fault is its own, and nothing is taken over.
CREATE FUNCTION bounce_collect(most int, at_ timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    b record;
    o record;
    status_ text;
    n int := 0;
BEGIN
    SELECT k.*, coalesce(c.at, '-infinity') AS from_at, coalesce(c.contact, 0) AS from_contact INTO b
    FROM broadcast k LEFT JOIN bounce_collected c ON c.alert = k.alert
    WHERE k.refused > 0 AND k.ended_at <= at_ AND k.ended_at > at_ - interval '30 days' AND c.done IS NOT TRUE
    ORDER BY k.ended_at LIMIT 1;
    IF b.alert IS NULL THEN
        RETURN false;
    END IF;
    IF bounce_crowd(b.refused, b.total, 0.2) THEN
        INSERT INTO bounce_storm (alert, at, failed, total, verdict, decided_at)
        VALUES (b.alert, at_, b.refused, b.total, 'forgive', at_) ON CONFLICT DO NOTHING;
    ELSE
        FOR o IN SELECT contact, at, enhanced, reply FROM outcome
            WHERE alert = b.alert AND month = b.month AND final AND result IN ('refused', 'unknown')
                AND (at, contact) > (b.from_at, b.from_contact)
            ORDER BY at, contact LIMIT most LOOP
            status_ := substring(o.enhanced || ' ' || o.reply FROM '(?:^|[^0-9.])(5\.(?:1\.(?:1|2|3|6|10)|2\.1))(?:[^0-9.]|$)');
            IF status_ IS NOT NULL THEN
                PERFORM bounce_note(b.alert, o.contact, 'permanent', status_, 'smtp', o.reply, at_);
            END IF;
            n := n + 1;
            b.from_at := o.at;
            b.from_contact := o.contact;
        END LOOP;
    END IF;
    INSERT INTO bounce_collected AS c (alert, at, contact, done) VALUES (b.alert, b.from_at, b.from_contact, n < most)
    ON CONFLICT (alert) DO UPDATE SET at = EXCLUDED.at, contact = EXCLUDED.contact, done = EXCLUDED.done;
    RETURN true;
END $$;

-- Why a contact's mails should end: 'permanent' after failures of three alerts (two where each said
-- that there is no such mailbox, 5.1.1) a week apart, 'temporary' after five two weeks apart; NULL:
-- they should not.
CREATE FUNCTION doubt_reason(contact_ bigint, since timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE
        WHEN count(*) FILTER (WHERE permanent) >= CASE WHEN count(*) FILTER (WHERE status = '5.1.1') >= 2 THEN 2 ELSE 3 END
            AND max(at) FILTER (WHERE permanent) >= min(at) FILTER (WHERE permanent) + interval '7 days'
        THEN 'permanent'
        WHEN count(*) >= 5 AND max(at) >= min(at) + interval '14 days' THEN 'temporary' END
    FROM (SELECT at, status, kind = 'permanent' AS permanent FROM bounce b
        WHERE contact = contact_ AND at > since AND kind IN ('permanent', 'temporary')
            AND NOT EXISTS (SELECT FROM bounce_storm s
                WHERE s.alert = b.alert AND s.verdict IS DISTINCT FROM 'count')) AS failures
$$;

-- Whether a later alert reached the contact: taken by the relay, three days ago or more, and it has
-- not come back.
CREATE FUNCTION doubt_refuted(contact_ bigint, last_ timestamptz, at_ timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM broadcast b JOIN outcome o ON o.alert = b.alert AND o.month = b.month
            AND o.contact = contact_ AND o.final AND o.result = 'accepted'
        WHERE o.at > last_ AND o.at <= at_ - interval '3 days' AND b.started_at > last_ - interval '7 days'
            AND NOT EXISTS (SELECT FROM bounce n WHERE n.alert = b.alert AND n.contact = contact_))
$$;

-- Judges one contact whose time has come. Warned first, by a letter with a link that says "still
-- here"; suspended a week later, unless the link was pressed, a later alert arrived, or the failures
-- turned out to be a server's.
CREATE FUNCTION doubt_judge(d doubt, at_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    grace interval := interval '7 days';
    since timestamptz := greatest(d.cleared_at, at_ - interval '180 days');
    why text;
    last_ timestamptz;
BEGIN
    SELECT max(at) INTO last_ FROM bounce WHERE contact = d.contact AND kind IN ('permanent', 'temporary');
    IF doubt_refuted(d.contact, last_, at_) THEN
        UPDATE doubt SET cleared_at = greatest(cleared_at, last_), warned_at = NULL, reason = NULL,
            judge_at = 'infinity' WHERE contact = d.contact;
        RETURN;
    END IF;
    why := doubt_reason(d.contact, since);
    IF why IS NULL THEN
        UPDATE doubt SET warned_at = NULL, reason = NULL, judge_at = 'infinity' WHERE contact = d.contact;
    ELSIF d.warned_at IS NULL THEN
        UPDATE doubt SET warned_at = at_, reason = why, judge_at = at_ + grace WHERE contact = d.contact;
        PERFORM letter_add('warn', s.lang, c.id, c.address, NULL, at_ + grace)
        FROM contact c JOIN subscriber s ON s.id = c.subscriber WHERE c.id = d.contact;
    ELSIF at_ < d.warned_at + grace THEN
        UPDATE doubt SET judge_at = warned_at + grace WHERE contact = d.contact;
    ELSE
        UPDATE doubt SET suspended_at = at_, reason = why, judge_at = 'infinity' WHERE contact = d.contact;
        UPDATE contact SET suspended_at = at_ WHERE id = d.contact;
    END IF;
END $$;

-- One round, for the elected keeper of the house, about once a minute: takes over refusals, finds
-- storms, then judges up to `most` contacts. True when there may be more.
CREATE FUNCTION bounce_judge(most int, at_ timestamptz DEFAULT now()) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    d doubt;
    n int := 0;
    more boolean;
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    more := bounce_collect(most * 10, at_);
    PERFORM bounce_storms(at_);
    FOR d IN SELECT k.* FROM doubt k JOIN contact c ON c.id = k.contact
        WHERE k.judge_at <= at_ AND c.suspended_at IS NULL AND c.gone_at IS NULL
        ORDER BY k.judge_at LIMIT most FOR UPDATE OF c, k SKIP LOCKED LOOP
        PERFORM doubt_judge(d, at_);
        n := n + 1;
    END LOOP;
    RETURN more OR n >= most;
END $$;
GRANT EXECUTE ON FUNCTION bounce_judge TO kairan_house;

-- Forgets reports with the deliveries they belong to (month_drop), and contacts whose failures are all
-- too old to count; up to `most` of each. True when there may be more.
CREATE FUNCTION bounce_forget(most int, at_ timestamptz DEFAULT now()) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
    more boolean;
BEGIN
    DELETE FROM bounce WHERE ctid = ANY (ARRAY(SELECT b.ctid FROM bounce b JOIN broadcast k ON k.alert = b.alert
        WHERE k.dropped_at IS NOT NULL LIMIT most));
    GET DIAGNOSTICS n = ROW_COUNT;
    more := n >= most;
    DELETE FROM doubt WHERE contact IN (SELECT contact FROM doubt d WHERE warned_at IS NULL AND suspended_at IS NULL
        AND NOT EXISTS (SELECT FROM bounce b WHERE b.contact = d.contact AND b.at > at_ - interval '180 days')
        LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    DELETE FROM intake_tally WHERE day < (at_ - interval '1 year')::date;
    RETURN more OR n >= most;
END $$;
GRANT EXECUTE ON FUNCTION bounce_forget TO kairan_house;

-- ---- the letter's link (purpose 2 of link_contact) ----

-- Whether a "still here" link is one of ours.
CREATE FUNCTION stay_peek(link text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 2) AND gone_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION stay_peek TO kairan_public;

-- The address works: its failures are forgiven and it gets alerts again. Pressing twice is as pressing
-- once; who has left stays away.
CREATE FUNCTION stay(link text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    UPDATE contact SET suspended_at = NULL WHERE id = link_contact(link, 2) AND gone_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This link is not valid. Please sign up again to receive alerts.');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION stay TO kairan_public;
