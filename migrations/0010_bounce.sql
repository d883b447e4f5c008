-- Returned mail: whose it is, what it says of an address, and what follows from it.
-- An address is never given up because of one mail, nor because of one alert.

GRANT USAGE ON SCHEMA kairan TO kairan_intake;

-- Keys of envelope senders: made from those of the links, so that who can check a returned mail can
-- make no link.
CREATE FUNCTION verp_keys() RETURNS TABLE (kid smallint, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT kid, hmac('envelope sender'::bytea, key, 'sha256') FROM link_key ORDER BY made DESC, kid DESC
$$;

-- What an envelope sender's token speaks of (core/verp.h has the format); no row for one that we did
-- not make, that is older than 14 days, or of a day that has not come.
CREATE FUNCTION verp_open(token text, today timestamptz DEFAULT now())
RETURNS TABLE (kind "char", alert bigint, part bigint)
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    data bytea;
    k bytea;
    age int;
BEGIN
    IF token !~* '^[a-z2-7]{40}$' THEN
        RETURN;
    END IF;
    SELECT decode(string_agg(lpad(to_hex(eight), 10, '0'), '' ORDER BY n), 'hex') INTO data
    FROM (SELECT n, sum((strpos('abcdefghijklmnopqrstuvwxyz234567',
                substr(lower(token), 8 * n + i, 1)) - 1)::bigint << (5 * (8 - i)))::bigint AS eight
        FROM generate_series(0, 4) AS n, generate_series(1, 8) AS i GROUP BY n) AS letters;
    SELECT v.key INTO k FROM verp_keys() AS v WHERE v.kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 15), k, 'sha256'), 1, 10))
        <> sha256(substr(data, 16, 10)) THEN
        RETURN;
    END IF;
    age := floor(extract(epoch FROM today) / 86400)::int - (get_byte(data, 2) << 8 | get_byte(data, 3));
    IF age BETWEEN -1 AND 14 AND chr(get_byte(data, 1)) IN ('a', 'x', 'l') THEN
        RETURN QUERY SELECT chr(get_byte(data, 1))::"char",
            ('x' || encode(substr(data, 5, 5), 'hex'))::bit(40)::bigint,
            ('x' || encode(substr(data, 10, 6), 'hex'))::bit(48)::bigint;
    END IF;
END $$;


GRANT EXECUTE ON FUNCTION verp_keys() TO kairan_sender, kairan_intake;

-- ---- what came back ----

-- One row a delivery, and one more when its reader complained of it: the same report twice, or a
-- report of each of two servers, counts once.
--   permanent  the address is no more         | count against
--   temporary  given up after tries for days  | the address
--   policy     refused for what we are or sent, a fault of a server on the way: on record, no more
--   complaint  its reader pressed "spam" (RFC 5965)
CREATE TABLE bounce (
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    complaint boolean GENERATED ALWAYS AS (kind = 'complaint') STORED,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('permanent', 'temporary', 'policy', 'complaint')),
    status text NOT NULL CHECK (status ~ '^([245]\.[0-9]{1,3}\.[0-9]{1,3})?$'), -- RFC 3463
    source text NOT NULL CHECK (source IN ('mail', 'smtp')), -- returned later, or refused at once
    reply text NOT NULL CHECK (char_length(reply) <= 500),
    PRIMARY KEY (alert, contact, complaint)
);
CREATE INDEX bounce_contact ON bounce (contact, at);
CREATE INDEX bounce_at ON bounce (at);

-- Contacts whose mails fail, and how far that has led. A failure counts while it is younger than
-- cleared_at and 180 days.
CREATE TABLE doubt (
    contact bigint PRIMARY KEY REFERENCES contact,
    judge_at timestamptz NOT NULL,     -- when to look at it next
    cleared_at timestamptz NOT NULL DEFAULT '-infinity',
    warned_at timestamptz,
    suspended_at timestamptz,
    reason text CHECK (reason IN ('permanent', 'temporary', 'complaint')),
    CHECK ((reason IS NULL) = (warned_at IS NULL AND suspended_at IS NULL))
);
CREATE INDEX doubt_judge ON doubt (judge_at);

CREATE INDEX contact_suspended ON contact (id) WHERE suspended_at IS NOT NULL AND gone_at IS NULL;

-- Alerts of which so many came back that the fault is a server's, not the addresses': their failures
-- count against nobody unless an administrator says so.
CREATE TABLE bounce_storm (
    alert bigint PRIMARY KEY REFERENCES alert,
    at timestamptz NOT NULL,
    failed int NOT NULL,
    total int NOT NULL,
    verdict text CHECK (verdict IN ('count', 'forgive')),
    decided_at timestamptz,
    CHECK ((verdict IS NULL) = (decided_at IS NULL))
);

-- How far a broadcast's refusals at the relay's door have been taken over.
CREATE TABLE bounce_collected (
    alert bigint PRIMARY KEY REFERENCES alert,
    at timestamptz NOT NULL, -- the last outcome's
    contact bigint NOT NULL,
    done boolean NOT NULL
);

-- What the intake did with the mails it took, by day.
CREATE TABLE intake_tally (
    day date NOT NULL,
    what text NOT NULL,
    mails bigint NOT NULL,
    PRIMARY KEY (day, what)
);

-- What is found out about a contact again: who subscribes anew, or says that the address works, starts
-- without a past.
CREATE FUNCTION doubt_clear() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE doubt SET cleared_at = now(), warned_at = NULL, suspended_at = NULL, reason = NULL,
        judge_at = 'infinity'
    WHERE contact = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contact_doubt AFTER UPDATE OF suspended_at, gone_at ON contact
FOR EACH ROW WHEN (NEW.suspended_at IS NULL OR NEW.gone_at IS NOT NULL) EXECUTE FUNCTION doubt_clear();

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
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- see signup_confirm
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

CREATE FUNCTION bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[])
RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT bounce_take_at(token, kinds, statuses, addresses, replies, now())
$$;

CREATE FUNCTION intake_count(whats text[], mails_ bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    INSERT INTO intake_tally AS t (day, what, mails)
    SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date, what, sum(n) FROM unnest(whats, mails_) AS g (what, n)
    GROUP BY what
    ON CONFLICT (day, what) DO UPDATE SET mails = t.mails + EXCLUDED.mails
$$;

-- ---- what follows from it ----

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
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- see signup_confirm
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

-- ---- the letter, and its link (purpose 2 of link_contact) ----

ALTER TABLE letter DROP CONSTRAINT letter_template_check,
    ADD CONSTRAINT letter_template_check CHECK (template IN ('confirm', 'leave', 'warn'));

-- Whether a "still here" link is one of ours.
CREATE FUNCTION stay_peek(link text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 2) AND gone_at IS NULL)
$$;

-- The address works: its failures are forgiven and it gets alerts again. Pressing twice is as pressing
-- once; who has left stays away.
CREATE FUNCTION stay(link text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- see signup_confirm
    UPDATE contact SET suspended_at = NULL WHERE id = link_contact(link, 2) AND gone_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This link is not valid. Please sign up again to receive alerts.');
    END IF;
END $$;

-- ---- the console ----

CREATE FUNCTION suspension_actor(token text, network inet, acting boolean) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF a.role <> 'administrator' AND (acting OR a.role <> 'auditor') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;

-- Addresses that get nothing, the newest contacts first, below `before`. The address is masked: enough
-- to know a kind of fault, or an address one was asked for, not to read a list of residents.
CREATE FUNCTION suspension_list(token text, before bigint, most int)
RETURNS TABLE (contact bigint, address text, reason text, since timestamptz, status text, reply text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT c.id, mask_address(c.address), coalesce(d.reason, 'other'),
            c.suspended_at, coalesce(l.status, ''), coalesce(l.reply, '')
        FROM contact c LEFT JOIN doubt d ON d.contact = c.id
            LEFT JOIN LATERAL (SELECT b.status, b.reply FROM bounce b WHERE b.contact = c.id
                ORDER BY b.at DESC LIMIT 1) AS l ON true
        WHERE c.suspended_at IS NOT NULL AND c.gone_at IS NULL AND c.id < before
        ORDER BY c.id DESC LIMIT least(most, 200);
END $$;

-- How many there are of each reason; 'warned': written to, not suspended yet. And what the intake did
-- in the last seven days ('mail.' and its word).
CREATE FUNCTION suspension_counts(token text) RETURNS TABLE (what text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT coalesce(d.reason, 'other'), count(*) FROM contact c LEFT JOIN doubt d ON d.contact = c.id
        WHERE c.suspended_at IS NOT NULL AND c.gone_at IS NULL GROUP BY 1
        UNION ALL SELECT 'warned', count(*) FROM doubt WHERE warned_at IS NOT NULL AND suspended_at IS NULL
        UNION ALL SELECT 'mail.' || t.what, sum(t.mails)::bigint FROM intake_tally t
        WHERE t.day > (now() AT TIME ZONE 'Asia/Tokyo')::date - 7 GROUP BY t.what;
END $$;

-- Alerts of which too many came back, the open questions first.
CREATE FUNCTION storm_list(token text)
RETURNS TABLE (alert bigint, title text, at timestamptz, failed int, total int, verdict text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT s.alert, t.title, s.at, s.failed, s.total, coalesce(s.verdict, '')
        FROM bounce_storm s JOIN approval p ON p.alert = s.alert
            JOIN alert_text t ON t.alert = s.alert AND t.version = p.version AND t.lang = 'ja'
        WHERE s.verdict IS NULL OR s.decided_at > now() - interval '30 days'
        ORDER BY s.verdict IS NULL DESC, s.at DESC LIMIT 20;
END $$;

-- An administrator turns one address on again.
CREATE FUNCTION suspension_lift(token text, contact_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := suspension_actor(token, network, true);
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- see signup_confirm
    UPDATE contact SET suspended_at = NULL
    WHERE id = contact_ AND suspended_at IS NOT NULL AND gone_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This address is not suspended any more.');
    END IF;
    PERFORM oplog_act(a, 'contact.resume', 'contact ' || contact_);
END $$;

-- An administrator says whether the failures of an alert count ('count') or were a server's
-- ('forgive'). Counting is judged anew at once.
CREATE FUNCTION storm_decide(token text, alert_ bigint, verdict_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := suspension_actor(token, network, true);
BEGIN
    UPDATE bounce_storm SET verdict = verdict_, decided_at = now() WHERE alert = alert_ AND verdict IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This was decided already.');
    END IF;
    UPDATE doubt d SET judge_at = least(judge_at, now()) FROM bounce b
    WHERE verdict_ = 'count' AND b.alert = alert_ AND b.contact = d.contact AND d.suspended_at IS NULL;
    PERFORM oplog_act(a, 'bounce.' || verdict_, 'alert ' || alert_);
END $$;

GRANT EXECUTE ON FUNCTION bounce_take(text, text[], text[], text[], text[]),
    intake_count(text[], bigint[])
TO kairan_intake;
GRANT EXECUTE ON FUNCTION bounce_judge(int, timestamptz), bounce_forget(int, timestamptz) TO kairan_house;
GRANT EXECUTE ON FUNCTION stay_peek(text), stay(text) TO kairan_public;
GRANT EXECUTE ON FUNCTION suspension_list(text, bigint, int), suspension_counts(text), storm_list(text),
    suspension_lift(text, bigint, inet), storm_decide(text, bigint, text, inet)
TO kairan_staff;
