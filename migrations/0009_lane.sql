-- Lanes (groups of recipient domains that are sent to apart from each other, P5), relays as the
-- senders find them, and an alert that the engine itself pauses.

-- ---- lanes ----

-- Every lane there is; the settings of the worker hosts are written here when they start, so that all
-- hosts agree. Names of settings have no dot; a lane named like a domain was split off for trouble.
CREATE TABLE lane (
    name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]*$'),
    pace int NOT NULL DEFAULT 0 CHECK (pace >= 0), -- messages a second, all hosts together; 0: no limit
    retired_at timestamptz -- no domain leads here any more; the row goes when nothing can refer to it
);
INSERT INTO lane (name) VALUES ('other');

CREATE TABLE lane_domain (
    domain text COLLATE "C" PRIMARY KEY CHECK (domain ~ '^[a-z0-9.-]+$'),
    lane text COLLATE "C" NOT NULL REFERENCES lane,
    split_until timestamptz -- split off till then; NULL: by setting
);

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

-- What was approved, and when: express mails are dated so, whenever they are written.
DROP FUNCTION broadcast_load(bigint);
CREATE FUNCTION broadcast_load(alert_ bigint)
RETURNS TABLE (fields text[], fingerprint bytea, state text, valid_until timestamptz, month date,
    approved timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT alert_fields(a.id, p.version), p.fingerprint, a.state, v.valid_until, b.month, p.at
    FROM alert a JOIN approval p ON p.alert = a.id
        JOIN alert_version v ON v.alert = a.id AND v.version = p.version
        JOIN broadcast b ON b.alert = a.id
    WHERE a.id = alert_
$$;

-- ---- chunks by lane ----

CREATE SEQUENCE handover;
ALTER TABLE chunk
    ALTER lane TYPE text COLLATE "C",
    ADD size int GENERATED ALWAYS AS (cardinality(members)) STORED,
    -- Whose hand-over it is: express mails take their Message-ID from it, so it stays with members who
    -- are in doubt and may hear the same mail again.
    ADD handover bigint NOT NULL DEFAULT nextval('handover'),
    -- Which of a correction's texts: for those whom the original reached, or did not.
    ADD variant text NOT NULL DEFAULT 'only' CHECK (variant IN ('only', 'reached', 'unreached')),
    ADD CONSTRAINT chunk_lane FOREIGN KEY (lane) REFERENCES lane ON DELETE SET DEFAULT;
ALTER SEQUENCE handover OWNED BY chunk.handover;
DROP INDEX chunk_waiting;
CREATE INDEX chunk_waiting ON chunk (lane, urgent DESC, not_before, id) WHERE state = 'waiting';
CREATE INDEX chunk_handover ON chunk (handover);

-- Writes the deliveries and chunks of the next `span` subscriber ids; a chunk's members are of one
-- lane. True when the audience is complete: the total is frozen then. A stopped alert's audience is written
-- to its end, too: a correction must know whom it did not reach.
CREATE OR REPLACE FUNCTION fanout_slice(alert_ bigint, span int, chunk_members int) RETURNS boolean
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

-- Claims waiting chunks of alerts that are being sent, for each lane asked for: urgent first, at most
-- `chunks` chunks of about `wants` deliveries (at least one chunk where any are wanted). One row a
-- delivery, in order; address NULL: not to be sent to any more (the sender records it as cancelled).
-- The planner is kept to the indexes: it would believe what it knew of the table a minute ago.
DROP FUNCTION chunk_claim(text, int, int, int, time, time);
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
CREATE OR REPLACE FUNCTION chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s int,
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
        RETURN true;
    END IF;
    INSERT INTO chunk (alert, urgent, lane, members, attempt, again, not_before, handover, variant)
    SELECT c.alert, c.urgent, lane, array_agg(m ORDER BY m),
        CASE kind WHEN 'rest' THEN c.attempt ELSE c.attempt + 1 END,
        c.again OR kind = 'unknown',
        clock_timestamp() + make_interval(secs => CASE kind WHEN 'temporary' THEN delay_s ELSE 0 END),
        CASE WHEN c.again OR kind = 'unknown' THEN c.handover ELSE nextval('handover') END, c.variant
    FROM (SELECT m, lane_of(k.address) AS lane, CASE WHEN m = ANY (unknown) THEN 'unknown'
            WHEN m = ANY (temporary) THEN 'temporary' ELSE 'rest' END AS kind
        FROM unnest(left_) AS m LEFT JOIN contact k ON k.id = m) AS sorted
    GROUP BY kind, lane;
    PERFORM pg_notify('kairan_work', c.alert::text);
    RETURN true;
END $$;

-- A lease of which the sender's journal may not know all (its machine was started anew): whoever is left
-- may have been sent.
CREATE FUNCTION chunk_doubt(chunk_ bigint, token_ bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE chunk SET again = true WHERE id = chunk_ AND token = token_ AND state = 'leased'
$$;

-- Senders of a host that hold leases, living or not: the sweep of that host looks after those that are
-- no more, whether their journals are still there or not.
CREATE FUNCTION chunk_slots(host_ text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT DISTINCT slot FROM chunk WHERE host = host_ AND state = 'leased'
$$;

-- Takes chunks (and letters) from hosts that have been silent for 60 s; those left of them may have
-- been sent, so they are flagged. They go into a chunk of their own: a host that comes back finds its
-- lease gone, never the same chunk as new. Nothing is taken from a host that lives: its own journals
-- say more.
CREATE OR REPLACE FUNCTION chunk_free_silent() RETURNS int
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

-- ---- an alert that the engine pauses ----

ALTER TABLE broadcast
    ADD paused text NOT NULL DEFAULT '',       -- why the engine paused it last
    ADD paused_reply text NOT NULL DEFAULT '', -- the relay's words
    ADD paused_at timestamptz,                 -- = alert.changed_at while that is the pause in force
    ADD doubt_at timestamptz,                  -- a sender asked about the text
    ADD doubt_accepted int NOT NULL DEFAULT 0, -- accepted then
    ADD pauses int NOT NULL DEFAULT 0,         -- by refusals; each lets four times as many pass
    -- Totals at the last two looks at the share of refusals, half a minute or more apart.
    ADD look_at timestamptz NOT NULL DEFAULT '-infinity',
    ADD look_ended int NOT NULL DEFAULT 0,
    ADD look_refused int NOT NULL DEFAULT 0,
    ADD before_ended int NOT NULL DEFAULT 0,
    ADD before_refused int NOT NULL DEFAULT 0;

-- Pauses an alert that is being sent, on record; an approver or delegate resumes it. True: it did.
CREATE FUNCTION broadcast_pause(alert_ bigint, reason text, reply text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    at_ timestamptz;
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'paused' WHERE id = alert_ AND state = 'sending' RETURNING changed_at INTO at_;
    IF at_ IS NULL THEN
        RETURN false;
    END IF;
    UPDATE broadcast SET paused = reason, paused_reply = left(reply, 500), paused_at = at_,
        look_at = clock_timestamp(),
        look_ended = accepted + refused, look_refused = refused,
        before_ended = accepted + refused, before_refused = refused
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.pause', 'alert ' || alert_, 'done',
        rtrim(reason || ' ' || left(reply, 300)), NULL);
    RETURN true;
END $$;

-- A sender finds that the relay refuses the text; `often`: ten times in a row. 'paused': the alert is
-- now, or is not being sent anyway; 'theirs': the text is taken from others, so it is those recipients'
-- own; 'wait': ask again in a moment, when it will be seen whether anything was taken meanwhile.
CREATE FUNCTION broadcast_doubt(alert_ bigint, reply text, often boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF NOT EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'sending') THEN
        RETURN 'paused';
    END IF;
    IF b.accepted > 0 AND NOT often THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at IS NULL OR b.doubt_at < clock_timestamp() - interval '5 seconds' THEN
        UPDATE broadcast SET doubt_at = clock_timestamp(), doubt_accepted = accepted WHERE alert = alert_;
        RETURN 'wait';
    END IF;
    IF b.accepted > b.doubt_accepted THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at > clock_timestamp() - interval '0.4 seconds' THEN
        RETURN 'wait';
    END IF;
    UPDATE broadcast SET doubt_at = NULL WHERE alert = alert_;
    PERFORM broadcast_pause(alert_,
        'The mail server refuses the text of this alert, so sending was paused.', reply);
    RETURN 'paused';
END $$;

-- Looked at after outcomes were recorded, by whichever sender recorded them: pauses the alert when
-- within the last half to whole minute a fifth or more of those who ended were refused. That is not
-- residents' addresses any more, it is us or the relay. Fewer than 30 prove nothing; who resumes has
-- decided, so each such pause asks for four times as many as the one before.
CREATE FUNCTION broadcast_judge(alert_ bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    ended bigint;
    refused_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_;
    refused_ := b.refused - b.before_refused;
    ended := b.accepted + b.refused - b.before_ended;
    IF b.ended_at IS NULL AND refused_ >= 30 * 4.0 ^ least(b.pauses, 10) AND refused_ * 5 >= ended THEN
        IF broadcast_pause(alert_, 'Too many recipients were refused within a minute, so sending was paused.', '') THEN
            UPDATE broadcast SET pauses = pauses + 1 WHERE alert = alert_;
        END IF;
    ELSIF b.look_at < clock_timestamp() - interval '30 seconds' THEN
        UPDATE broadcast SET look_at = clock_timestamp(),
            before_ended = look_ended, before_refused = look_refused,
            look_ended = accepted + refused, look_refused = refused
        WHERE alert = alert_;
    END IF;
END $$;

-- Progress as the console shows it; halted also says why the engine paused the alert.
CREATE OR REPLACE FUNCTION broadcast_read(token text, alert_ bigint)
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
        SELECT a.state, b.total, b.written, b.accepted, b.refused, b.expired, b.cancelled, b.unknown,
            b.retried, b.started_at, b.first_accepted_at, b.last_outcome_at, b.ended_at,
            CASE WHEN ours THEN b.paused ELSE b.halted END,
            CASE WHEN ours AND b.paused_reply <> '' THEN b.paused_reply ELSE
                (SELECT r.relay || ': ' || r.reason FROM relay_state r
                JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
                WHERE NOT r.up AND w.seen > clock_timestamp() - interval '60 seconds'
                ORDER BY r.since DESC LIMIT 1) END
        FROM alert a LEFT JOIN broadcast b ON b.alert = a.id,
            LATERAL (SELECT a.state = 'paused' AND b.paused_at = a.changed_at) AS p (ours)
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;

-- ---- what senders say of themselves, of relays and of lanes ----

-- A sign of life; the number of sending processes that live, all hosts together: they share a pace.
DROP FUNCTION worker_beat(text, text, int, int);
CREATE FUNCTION worker_beat(host_ text, role_ text, slot_ int, pid_ int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO worker AS w (host, role, slot, pid) VALUES (host_, role_, slot_, pid_)
    ON CONFLICT (host, role, slot) DO UPDATE SET pid = pid_, seen = clock_timestamp(),
        started = CASE WHEN w.pid = pid_ THEN w.started ELSE clock_timestamp() END;
    RETURN (SELECT count(*) FROM worker
        WHERE role = 'send' AND seen > clock_timestamp() - interval '10 seconds');
END $$;

ALTER TABLE relay_state
    ADD connections int NOT NULL DEFAULT 0, -- open now
    ADD next_try timestamptz;               -- of one in trouble

CREATE TABLE lane_state (
    lane text COLLATE "C" NOT NULL REFERENCES lane ON DELETE CASCADE,
    host text NOT NULL,
    slot int NOT NULL,
    relay text NOT NULL,         -- the one in use
    connections int NOT NULL,    -- open now
    most int NOT NULL,           -- how many it may have at present
    in_hand int NOT NULL,        -- deliveries claimed and not yet sent
    latency_ms int NOT NULL,     -- from text to reply, smoothed; 0: not known
    up boolean NOT NULL,
    reason text NOT NULL,        -- of a pause
    next_try timestamptz,
    since timestamptz NOT NULL DEFAULT now(), -- it is up or not
    seen timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lane, host, slot)
);

-- One sender's view of its relays; in_ms: when one in trouble is tried again.
DROP FUNCTION relay_report(text, text, int, boolean, text);
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

GRANT EXECUTE ON FUNCTION
    broadcast_load(bigint),
    worker_beat(text, text, int, int), lane_sync(text[], int[], text[], text[]), lane_read(), lane_split(text),
    chunk_doubt(bigint, bigint),
    chunk_claim(text, int, text[], int[], int, time, time),
    broadcast_doubt(bigint, text, boolean), broadcast_judge(bigint),
    relay_report(text, int, text[], boolean[], text[], int[], int[]),
    lane_report(text, int, text[], text[], int[], int[], int[], int[], boolean[], text[], int[])
TO kairan_sender;
GRANT EXECUTE ON FUNCTION worker_beat(text, text, int, int), chunk_doubt(bigint, bigint), chunk_slots(text),
    broadcast_judge(bigint)
TO kairan_house;
GRANT EXECUTE ON FUNCTION relay_list(text), lane_list(text) TO kairan_staff;
