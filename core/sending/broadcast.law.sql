-- Broadcasts: what is to be sent, why sending is paused or halted, and the end of it, when every delivery has
-- its outcome (P2, P3).

-- What is to be sent: the fields the approver's fingerprint covers, and that fingerprint; the sender hashes the
-- fields itself and takes its texts out of them. When it was approved: express mails are dated so, whenever
-- they are written.
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
GRANT EXECUTE ON FUNCTION broadcast_load TO kairan_sender;

-- States of alerts in hand, after a notice and every second: 'over' for one whose validity is over by
-- the database's clock, whatever the sender's own says.
CREATE FUNCTION broadcast_states(alerts bigint[]) RETURNS TABLE (alert bigint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT a.id, CASE WHEN v.valid_until <= clock_timestamp() THEN 'over' ELSE a.state END
    FROM alert a JOIN alert_version v ON v.alert = a.id AND v.version = a.version
    WHERE a.id = ANY (alerts)
$$;
GRANT EXECUTE ON FUNCTION broadcast_states TO kairan_sender;

-- ---- totals ----

-- The sums of a broadcast's parts.
CREATE FUNCTION broadcast_sums(alert_ bigint, OUT accepted int, OUT refused int, OUT expired int,
    OUT cancelled int, OUT unknown int, OUT retried int, OUT ended int, OUT first_accepted_at timestamptz,
    OUT last_outcome_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT coalesce(sum(p.accepted), 0), coalesce(sum(p.refused), 0), coalesce(sum(p.expired), 0),
        coalesce(sum(p.cancelled), 0), coalesce(sum(p.unknown), 0), coalesce(sum(p.retried), 0),
        coalesce(sum(p.accepted + p.refused + p.expired + p.cancelled + p.unknown), 0),
        min(p.first_accepted_at), max(p.last_outcome_at)
    INTO accepted, refused, expired, cancelled, unknown, retried, ended, first_accepted_at, last_outcome_at
    FROM broadcast_part p WHERE p.alert = alert_;
END $$;

-- Brings the totals of a broadcast up to its parts; true when every delivery has its end. The caller
-- holds the row's lock since an earlier statement, so that no sum is ever replaced by an older one.
CREATE FUNCTION broadcast_fold(alert_ bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    whole boolean;
BEGIN
    UPDATE broadcast b SET accepted = s.accepted, refused = s.refused, expired = s.expired,
        cancelled = s.cancelled, unknown = s.unknown, retried = s.retried,
        first_accepted_at = s.first_accepted_at, last_outcome_at = s.last_outcome_at,
        folded_at = clock_timestamp()
    -- broadcast_sums written out: here the plan is kept
    FROM (SELECT coalesce(sum(p.accepted), 0) AS accepted, coalesce(sum(p.refused), 0) AS refused,
            coalesce(sum(p.expired), 0) AS expired, coalesce(sum(p.cancelled), 0) AS cancelled,
            coalesce(sum(p.unknown), 0) AS unknown, coalesce(sum(p.retried), 0) AS retried,
            min(p.first_accepted_at) AS first_accepted_at, max(p.last_outcome_at) AS last_outcome_at
        FROM broadcast_part p WHERE p.alert = alert_) AS s
    WHERE b.alert = alert_
    RETURNING b.total = b.accepted + b.refused + b.expired + b.cancelled + b.unknown INTO whole;
    RETURN coalesce(whole, false);
END $$;

-- Ends a broadcast when every delivery has its outcome; the rows are counted once more against the
-- totals, and the alert is done. A million rows are not counted in one statement: each call counts the
-- next 200,000, and whoever sweeps calls again. Callers hold the broadcast row's lock or take it here.
CREATE FUNCTION broadcast_finish(alert_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
    rows_ int;
    ends_ int;
    last_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.ended_at IS NOT NULL OR b.total IS NULL OR NOT broadcast_fold(alert_) THEN
        RETURN;
    END IF;
    SELECT count(*), max(contact) INTO rows_, last_ FROM (
        SELECT contact FROM delivery WHERE alert = alert_ AND month = b.month AND contact > b.counted_to
        ORDER BY contact LIMIT 200000) AS slice;
    SELECT count(*) INTO ends_ FROM outcome
    WHERE alert = alert_ AND month = b.month AND final
        AND contact > b.counted_to AND (rows_ < 200000 OR contact <= last_);
    b.counted := b.counted + rows_;
    b.counted_ends := b.counted_ends + ends_;
    IF rows_ = 200000 THEN
        UPDATE broadcast SET counted_to = last_, counted = b.counted, counted_ends = b.counted_ends
        WHERE alert = alert_;
        RETURN;
    END IF;
    IF b.counted <> b.total OR b.counted_ends <> b.total THEN
        -- Our own defect: said where people look, and never declared done.
        UPDATE broadcast SET counted_to = 0, counted = 0, counted_ends = 0,
            halted = format('Accounting differs: total %s, deliveries %s, ends %s.',
                b.total, b.counted, b.counted_ends) WHERE alert = alert_;
        RETURN;
    END IF;
    UPDATE broadcast SET ended_at = clock_timestamp() WHERE alert = alert_;
    UPDATE alert SET state = 'done' WHERE id = alert_ AND state IN ('sending', 'paused');
    PERFORM pg_notify('kairan_alert', alert_::text);
END $$;

-- Ends a broadcast whose sums say that all is done, where the last outcome's transaction did not, or
-- counts on. Where the rows say otherwise, which is our own defect, it is counted again later and
-- later. True: there may be more.
CREATE FUNCTION broadcast_settle() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
BEGIN
    SELECT * INTO b FROM broadcast WHERE ended_at IS NULL AND check_after <= clock_timestamp()
        AND total = (SELECT ended FROM broadcast_sums(alert))
    ORDER BY alert LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM broadcast_finish(b.alert);
    UPDATE broadcast SET checks = b.checks + 1,
        check_after = clock_timestamp() + make_interval(secs => least(2 ^ b.checks, 600))
    WHERE alert = b.alert AND ended_at IS NULL AND counted_to = 0;
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION broadcast_settle TO kairan_house;

-- Ends up to `most` waiting chunks of an alert that is stopped (cancelled) or whose validity is over
-- (expired). True when there may be more.
CREATE FUNCTION broadcast_sweep(most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    one record;
    who record;
    at_ bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
    FOR one IN SELECT a.id, a.state = 'stopped' AS stopped, b.month FROM broadcast b JOIN alert a ON a.id = b.alert
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        WHERE b.ended_at IS NULL AND (a.state = 'stopped'
                OR (a.state IN ('sending', 'paused') AND v.valid_until <= clock_timestamp()))
            AND EXISTS (SELECT FROM chunk c WHERE c.alert = a.id AND c.state = 'waiting')
        ORDER BY a.id LOOP
        WITH picked AS (
            SELECT c.id, c.attempt, c.again, c.lane, c.members FROM chunk c
            WHERE c.alert = one.id AND c.state = 'waiting' ORDER BY c.id LIMIT most FOR UPDATE SKIP LOCKED
        ), closed AS (
            UPDATE chunk c SET state = 'closed' FROM picked p WHERE c.id = p.id
        ), kind AS (
            SELECT attempt, again, lane, row_number() OVER ()::int AS n
            FROM (SELECT DISTINCT attempt, again, lane FROM picked) AS k
        ), member AS (
            SELECT m, k.n FROM picked p JOIN kind k USING (attempt, again, lane), unnest(p.members) AS m
            WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
                WHERE o.alert = one.id AND o.contact = m AND o.month = one.month AND o.final) IS NULL
        )
        SELECT p.*, m.*, k.* INTO who
        FROM (SELECT count(*) AS picked FROM picked) AS p,
            (SELECT array_agg(m) AS contacts, array_agg(n) AS kinds, count(*)::int AS n FROM member) AS m,
            (SELECT count(*)::int AS k, array_agg(attempt ORDER BY n) AS attempts, array_agg(again ORDER BY n) AS agains,
                array_agg(lane ORDER BY n) AS lanes, array_agg((CASE WHEN one.stopped THEN 'cancelled'
                    ELSE 'expired' END)::result ORDER BY n) AS results FROM kind) AS k;
        IF who.n > 0 THEN
            PERFORM outcome_record(one.id, who.contacts, array_fill(at_, ARRAY[who.n]), who.kinds,
                array_fill(CASE WHEN one.stopped THEN 'Stopped.' ELSE 'Validity is over.' END, ARRAY[who.n]),
                who.attempts, who.results, array_fill(true, ARRAY[who.k]), who.agains,
                array_fill(0::smallint, ARRAY[who.k]), array_fill(''::text, ARRAY[who.k]), who.lanes,
                array_fill(''::text, ARRAY[who.k]));
        END IF;
        IF who.picked > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;
GRANT EXECUTE ON FUNCTION broadcast_sweep TO kairan_house;

-- ---- an alert that the engine itself halts or pauses ----

-- The sender found a reason not to send what it was given (P2): the alert is stopped, on record.
CREATE FUNCTION broadcast_halt(alert_ bigint, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'stopped' WHERE id = alert_ AND state IN ('approved', 'sending', 'paused');
    IF FOUND THEN
        UPDATE broadcast SET halted = left(reason, 500) WHERE alert = alert_;
        PERFORM broadcast_finish(alert_);
        PERFORM pg_notify('kairan_alert', alert_::text);
        PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.halt', 'alert ' || alert_,
            'refused', '', NULL, facts => jsonb_build_object('refusal', reason));
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION broadcast_halt TO kairan_sender;

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
    PERFORM broadcast_fold(alert_);
    UPDATE broadcast SET paused = reason, paused_reply = left(reply, 500), paused_at = at_,
        look_at = clock_timestamp(),
        look_ended = accepted + refused, look_refused = refused,
        before_ended = accepted + refused, before_refused = refused
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.pause', 'alert ' || alert_, 'done', '', NULL,
        facts => jsonb_build_object('trouble', reason, 'reply', nullif(left(reply, 300), '')));
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
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE;
    PERFORM broadcast_fold(alert_);
    SELECT * INTO b FROM broadcast WHERE alert = alert_;
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
GRANT EXECUTE ON FUNCTION broadcast_doubt TO kairan_sender;

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
GRANT EXECUTE ON FUNCTION broadcast_judge TO kairan_sender, kairan_house;
