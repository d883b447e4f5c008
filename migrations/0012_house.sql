-- Corrections, which reach exactly whom the original reached (P8), and the care of the house: what is
-- over ends, what is not needed any more goes, letters leave in a fair order.
--
-- The order of locks, for all migrations. Whoever holds one of these and wants another goes down the
-- list, so that no two can wait for each other:
--     1. chunk   2. broadcast   3. alert, of two the older (the original) first   4. oplog_head
-- A statement works on one alert; only the approval of a correction on two. Whoever looks for work by
-- itself (claims, sweeps, fan-out) skips what others hold.

-- ---- a correction's texts ----

-- What the system puts before title and body. Whom the original did not reach is told the right thing
-- alone, as if it were the first.
CREATE FUNCTION alert_stamp(drill boolean, act text, reached boolean, lang text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN lang IN ('ja', 'easy') THEN
        CASE WHEN drill THEN '【訓練】' ELSE '' END
        || CASE WHEN NOT reached THEN '' WHEN act = 'correction' THEN '【訂正】'
            WHEN act = 'cancellation' THEN '【取消】' ELSE '' END
    ELSE
        CASE WHEN drill THEN '[DRILL] ' ELSE '' END
        || CASE WHEN NOT reached THEN '' WHEN act = 'correction' THEN '[CORRECTION] '
            WHEN act = 'cancellation' THEN '[CANCELLED] ' ELSE '' END
    END;

-- title and body are for everybody; of a correction and a cancellation for those whom the original
-- reached. A correction has a second text, for those it did not reach; after a cancellation nobody
-- else is bothered. Stored without stamps; the limits count them.
ALTER TABLE alert_text
    ADD drill boolean NOT NULL DEFAULT false, -- the alert's, put here by alert_text_check
    ADD act text NOT NULL DEFAULT 'new',      -- the same
    ADD unreached_title text,
    ADD unreached_body text,
    DROP CONSTRAINT alert_text_title,
    DROP CONSTRAINT alert_text_body,
    ADD CONSTRAINT alert_text_title
        CHECK (prose_title_ok(title, lang, alert_stamp(drill, act, true, lang))),
    ADD CONSTRAINT alert_text_body
        CHECK (prose_body_ok(body, lang, alert_stamp(drill, act, true, lang))),
    ADD CONSTRAINT alert_text_two CHECK ((act = 'correction') = (unreached_title IS NOT NULL)
        AND (act = 'correction') = (unreached_body IS NOT NULL)),
    ADD CONSTRAINT alert_text_unreached_title CHECK (unreached_title IS NULL
        OR prose_title_ok(unreached_title, lang, alert_stamp(drill, act, false, lang))),
    ADD CONSTRAINT alert_text_unreached_body CHECK (unreached_body IS NULL
        OR prose_body_ok(unreached_body, lang, alert_stamp(drill, act, false, lang)));

-- Texts belong to the version that is being written, in the same transaction.
CREATE OR REPLACE FUNCTION alert_text_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    SELECT a.drill, a.act INTO NEW.drill, NEW.act FROM alert a
    WHERE a.id = NEW.alert AND a.state = 'draft' AND a.version + 1 = NEW.version;
    IF NOT FOUND THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert_text');
    END IF;
    IF NEW.act = 'correction' AND (NEW.unreached_title IS NULL OR NEW.unreached_body IS NULL) THEN
        PERFORM refuse('invalid', 'A correction needs two texts: for those who got the first one, and for those who did not.',
            'unreached_body');
    END IF;
    RETURN NEW;
END $$;

-- The texts as they leave, stamps included.
CREATE FUNCTION alert_sent(alert_ bigint, version_ int)
RETURNS TABLE (lang text, variant text, title text, body text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT t.lang, CASE t.act WHEN 'new' THEN 'only' ELSE 'reached' END, s.stamp || t.title, s.stamp || t.body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, true, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_
    UNION ALL
    SELECT t.lang, 'unreached', s.stamp || t.unreached_title, s.stamp || t.unreached_body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, false, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_ AND t.act = 'correction'
$$;

-- As before (0006) for new alerts, whose texts stand here as they leave. Those of corrections and
-- cancellations begin with "kairan alert 2", and have language, variant ("reached", "unreached"),
-- title, body of each text in order.
CREATE OR REPLACE FUNCTION alert_fields(alert_ bigint, version_ int) RETURNS text[]
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT ARRAY[CASE a.act WHEN 'new' THEN 'kairan alert 1' ELSE 'kairan alert 2' END,
            a.id::text, v.version::text, d.id::text, d.name, d.code, a.act,
            a.drill::text, a.original::text,
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.categories) AS c),
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.areas) AS c),
            v.everybody::text, array_to_string(v.channels, ','), v.urgent::text, v.urgent_reason,
            NULL, (extract(epoch FROM v.valid_until) * 1000000)::bigint::text]
        || (SELECT array_agg(item ORDER BY t.lang, t.variant, place)
            FROM alert_sent(a.id, v.version) AS t,
                unnest(CASE a.act WHEN 'new' THEN ARRAY[t.lang, t.title, t.body]
                    ELSE ARRAY[t.lang, t.variant, t.title, t.body] END) WITH ORDINALITY AS l (item, place))
    FROM alert a JOIN alert_version v ON v.alert = a.id JOIN department d ON d.id = a.department
    WHERE a.id = alert_ AND v.version = version_
$$;

-- ---- a correction and its original ----

CREATE INDEX alert_followers ON alert (original) WHERE original IS NOT NULL;

ALTER TABLE broadcast
    ADD fanout_after timestamptz NOT NULL DEFAULT '-infinity', -- fan-out has nothing to do here before
    ADD checks int NOT NULL DEFAULT 0,         -- times the sums were right and the rows were not
    ADD check_after timestamptz NOT NULL DEFAULT '-infinity',
    ADD dropped_at timestamptz;                -- its deliveries and outcomes are not kept any more
CREATE INDEX broadcast_unwritten ON broadcast (alert) WHERE total IS NULL;
CREATE INDEX broadcast_unended ON broadcast (alert) WHERE ended_at IS NULL;

-- A correction belongs to the department of its original; a drill's is a drill.
CREATE FUNCTION alert_born() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    IF NEW.original IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO o FROM alert WHERE id = NEW.original;
    IF o.department IS DISTINCT FROM NEW.department THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    NEW.drill := o.drill;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_born BEFORE INSERT ON alert FOR EACH ROW EXECUTE FUNCTION alert_born();

-- A new version only of a draft, by a drafter's function, from known choices its department owns. A
-- correction's audience is its original's, whatever became of the categories since, and it is no
-- less urgent.
CREATE OR REPLACE FUNCTION alert_version_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    o alert_version;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state <> 'draft' OR NEW.version <> a.version + 1 THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF a.original IS NOT NULL THEN
        SELECT v.* INTO o FROM alert_version v JOIN approval p ON p.alert = v.alert AND p.version = v.version
        WHERE v.alert = a.original;
        IF (NEW.categories, NEW.areas, NEW.everybody, NEW.channels)
            IS DISTINCT FROM (o.categories, o.areas, o.everybody, o.channels) THEN
            PERFORM refuse('invalid', 'A correction goes to whom the original went, to nobody else.', 'category');
        END IF;
        IF o.urgent AND NOT NEW.urgent THEN
            PERFORM refuse('invalid', 'The correction of an urgent alert is urgent, too.', 'urgent');
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT unnest(NEW.categories) EXCEPT
            SELECT id FROM category WHERE department = a.department AND retired_at IS NULL) THEN
        PERFORM refuse('denied', 'This category belongs to another department.', 'category');
    END IF;
    IF NOT choices_known('{}', NEW.areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'area');
    END IF;
    RETURN NEW;
END $$;

-- Refuses what cannot be corrected: an alert of which nothing was or will be sent, one whose
-- deliveries are not kept any more, one that another correction speaks of already.
CREATE FUNCTION alert_corrigible(o alert, by_ bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF o.state NOT IN ('approved', 'sending', 'paused', 'done', 'stopped')
        OR (o.state = 'approved' AND (SELECT valid_until FROM alert_version v
            WHERE v.alert = o.id AND v.version = o.version) <= clock_timestamp())
        OR (o.state <> 'approved' AND NOT EXISTS (SELECT FROM broadcast WHERE alert = o.id)) THEN
        PERFORM refuse('conflict', 'Nothing of this alert was sent, so there is nothing to correct. Please write a new one.');
    END IF;
    IF EXISTS (SELECT FROM broadcast WHERE alert = o.id AND dropped_at IS NOT NULL) THEN
        PERFORM refuse('conflict', 'It is not on record any more to whom this alert was sent.');
    END IF;
    IF EXISTS (SELECT FROM alert k JOIN approval p ON p.alert = k.id
        WHERE k.original = o.id AND k.id IS DISTINCT FROM by_ AND k.state NOT IN ('cancelled', 'expired')) THEN
        PERFORM refuse('conflict', 'This alert was corrected or cancelled already. Please correct the newest alert instead.');
    END IF;
END $$;

-- Saves a draft that corrects or cancels an alert: a new one (alert_ NULL, based_on 0) or the next
-- version of one. The audience is the original's, and so is the urgency where the original was
-- urgent (its reason too, where none is given). unreached_titles and _bodies: of a correction alone.
CREATE FUNCTION alert_correct(token text, original_ bigint, alert_ bigint, based_on int, act_ text,
    langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[],
    urgent_ boolean, urgent_reason_ text, valid_until_ timestamptz, network inet)
RETURNS TABLE (alert bigint, version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := alert_actor(token, network, original_, '{drafter}');
    id_ bigint := alert_;
    o alert;
BEGIN
    SELECT * INTO o FROM kairan.alert k WHERE k.id = original_;
    PERFORM alert_corrigible(o, id_);
    IF act_ NOT IN ('correction', 'cancellation') THEN
        PERFORM refuse('invalid', 'An alert is corrected or cancelled.', 'act');
    END IF;
    IF valid_until_ <= now() OR valid_until_ > now() + interval '31 days' THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    IF 'ja' <> ALL (langs) THEN
        PERFORM refuse('invalid', 'A Japanese text is needed.', 'body');
    END IF;
    IF id_ IS NULL THEN
        INSERT INTO kairan.alert (department, creator, act, original)
        VALUES (a.department, a.person, act_, original_) RETURNING id INTO id_;
    END IF;
    PERFORM FROM kairan.alert k WHERE k.id = id_ AND k.version = based_on AND k.state = 'draft'
        AND k.original = original_ AND k.act = act_ FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    INSERT INTO alert_version (alert, version, editor, categories, areas, everybody, channels, urgent,
        urgent_reason, valid_until)
    SELECT id_, based_on + 1, a.person, v.categories, v.areas, v.everybody, v.channels,
        urgent_ OR v.urgent,
        CASE WHEN urgent_reason_ ~ '\S' THEN urgent_reason_ ELSE v.urgent_reason END, valid_until_
    FROM alert_version v JOIN approval p ON p.alert = v.alert AND p.version = v.version
    WHERE v.alert = original_;
    INSERT INTO alert_text (alert, version, lang, title, body, unreached_title, unreached_body)
    SELECT id_, based_on + 1, t.* FROM unnest(langs, titles, bodies, unreached_titles, unreached_bodies) AS t;
    UPDATE kairan.alert k SET version = based_on + 1 WHERE k.id = id_;
    PERFORM oplog_act(a, 'alert.save', 'alert ' || id_, 'version ' || based_on + 1);
    RETURN QUERY SELECT id_, based_on + 1;
END $$;

-- What may be corrected is judged again when it is approved, and one approval stands.
CREATE FUNCTION approval_original() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    SELECT k.* INTO o FROM alert a JOIN alert k ON k.id = a.original WHERE a.id = NEW.alert FOR UPDATE OF k;
    IF FOUND THEN
        PERFORM alert_corrigible(o, NEW.alert);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_original BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION approval_original();

-- Stops the original of an alert that is being approved. One that has not begun is begun as stopped:
-- its audience is written, and cancelled whole, so that it is known whom the right text is for.
CREATE FUNCTION alert_supersede(a actor, alert_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    SELECT k.* INTO o FROM alert x JOIN alert k ON k.id = x.original WHERE x.id = alert_;
    IF o.state = 'approved' THEN
        PERFORM delivery_partition(month_of(at)) FROM approval WHERE alert = o.id;
        INSERT INTO broadcast (alert, month) SELECT o.id, month_of(at) FROM approval WHERE alert = o.id;
    END IF;
    IF o.state IN ('approved', 'sending', 'paused') THEN
        PERFORM alert_move(a, o.id, ARRAY[o.state], 'stopped', 'alert.stop', 'alert ' || alert_);
    END IF;
END $$;

-- Approves what was shown: fingerprint is the one the page carried. A correction's original stops in
-- the same transaction; what of it is under way ends as its reply says.
CREATE OR REPLACE FUNCTION alert_approve(token text, alert_ bigint, fingerprint bytea, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor;
BEGIN
    PERFORM FROM alert WHERE id = (SELECT original FROM alert WHERE id = alert_) FOR UPDATE;
    a := alert_actor(token, network, alert_, '{approver,delegate}');
    INSERT INTO approval (alert, version, fingerprint, approver, post, session)
    SELECT alert_, version, alert_approve.fingerprint, a.person, a.post, a.session
    FROM alert WHERE id = alert_;
    PERFORM alert_supersede(a, alert_);
    PERFORM alert_move(a, alert_, '{submitted}', 'approved', 'alert.approve',
        'fingerprint ' || encode(fingerprint, 'hex'));
END $$;

-- ---- fan-out ----

-- The next alert to expand; urgent first, and so is an original whose urgent correction waits for it.
-- Starts an approved one whose window is open, and halts one whose text is not what was approved. The
-- audience of a stopped or paused alert is written to its end: whom it did not reach, a correction must
-- know.
CREATE OR REPLACE FUNCTION fanout_next(quiet_from time, quiet_to time) RETURNS bigint
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
    ORDER BY v.urgent OR EXISTS (SELECT FROM alert c JOIN alert_version w ON w.alert = c.id
            AND w.version = c.version WHERE c.original = k.id AND c.state = 'approved' AND w.urgent) DESC,
        k.id
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

-- An alert and what it corrects, what that corrects, and so on.
CREATE FUNCTION alert_chain(alert_ bigint) RETURNS TABLE (alert bigint, month date)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT id, original FROM alert WHERE id = alert_
        UNION ALL SELECT a.id, a.original FROM chain c JOIN alert a ON a.id = c.original
    )
    SELECT b.alert, b.month FROM chain c JOIN broadcast b ON b.alert = c.id
$$;

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

-- A slice failed: others go first for a while.
CREATE FUNCTION fanout_defer(alert_ bigint, wait_ms int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE broadcast SET fanout_after = clock_timestamp() + make_interval(secs => least(wait_ms, 60000) / 1000.0)
    WHERE alert = alert_ AND total IS NULL
$$;

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
        CASE WHEN a.original IS NULL THEN 'subscriber ' ELSE 'contact ' END || next_ || ': ' || why, NULL);
END $$;

-- States of alerts in hand, after a notice and every second: 'over' for one whose validity is over by
-- the database's clock, whatever the sender's own says.
CREATE OR REPLACE FUNCTION broadcast_states(alerts bigint[]) RETURNS TABLE (alert bigint, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT a.id, CASE WHEN v.valid_until <= clock_timestamp() THEN 'over' ELSE a.state END
    FROM alert a JOIN alert_version v ON v.alert = a.id AND v.version = a.version
    WHERE a.id = ANY (alerts)
$$;

-- ---- what is over ends: one alert a call ----

-- Ends up to `most` waiting chunks of an alert that is stopped (cancelled) or whose validity is over
-- (expired). True when there may be more.
CREATE OR REPLACE FUNCTION broadcast_sweep(most int) RETURNS boolean
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
            -- Who was in doubt already and cannot be tried again ends as unknown, not as unsent.
            (SELECT count(*)::int AS k, array_agg(attempt ORDER BY n) AS attempts, array_agg(again ORDER BY n) AS agains,
                array_agg(lane ORDER BY n) AS lanes, array_agg((CASE WHEN again THEN 'unknown'
                    WHEN one.stopped THEN 'cancelled' ELSE 'expired' END)::result ORDER BY n) AS results FROM kind) AS k;
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

-- Ends a broadcast whose sums say that all is done, where the last outcome's transaction did not, or
-- counts on. Where the rows say otherwise, which is our own defect, it is counted again later and
-- later. True: there may be more.
CREATE FUNCTION broadcast_settle() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    b broadcast;
BEGIN
    SELECT * INTO b FROM broadcast WHERE ended_at IS NULL AND check_after <= clock_timestamp()
        AND total = accepted + refused + expired + cancelled + unknown
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

-- Ends an alert that nobody approved, or that never began, within its validity. True: perhaps more.
CREATE FUNCTION alert_expire() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    old bigint;
BEGIN
    SELECT k.id INTO old FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
    WHERE k.state IN ('submitted', 'approved') AND v.valid_until <= clock_timestamp()
    ORDER BY k.id LIMIT 1 FOR UPDATE OF k SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE alert SET state = 'expired' WHERE id = old;
    PERFORM pg_notify('kairan_alert', old::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.expire', 'alert ' || old, 'done', '', NULL);
    RETURN true;
END $$;

-- ---- letters ----

-- Somebody waits for a confirmation; nobody waits for a warning.
ALTER TABLE letter
    ADD calm boolean NOT NULL GENERATED ALWAYS AS (coalesce(template NOT IN ('confirm', 'leave'), false)) STORED,
    ADD doubt boolean NOT NULL DEFAULT false; -- may have been sent already
DROP INDEX letter_waiting;
CREATE INDEX letter_waiting ON letter (calm, not_before, id) WHERE state = 'waiting';
CREATE INDEX letter_ended ON letter (ended_at) WHERE ended_at IS NOT NULL;

-- Claims up to most letters for a sender, while fewer than per_hour were or are being sent in this hour.
-- Calm letters get at most half of the hour, so that a storm of them leaves room for those somebody
-- waits for; and every fifth place, so that a storm of those does not starve them.
CREATE OR REPLACE FUNCTION letter_claim(host_ text, slot_ int, most int, per_hour int)
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

-- What came of a claimed letter. result: accepted, refused, unknown end it; temporary puts it back
-- for delay_s; again (a try in doubt) at once, the second time it ends as unknown. A stale token
-- changes nothing.
CREATE OR REPLACE FUNCTION letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s int)
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

-- Ends what was not sent in time: one in doubt as unknown.
CREATE OR REPLACE FUNCTION letter_sweep() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE letter SET state = CASE WHEN doubt THEN 'unknown' ELSE 'expired' END, ended_at = clock_timestamp(),
        address = NULL, secret = NULL
    WHERE id IN (SELECT id FROM letter WHERE state = 'waiting' AND expires <= clock_timestamp()
        LIMIT 5000 FOR UPDATE SKIP LOCKED)
$$;

-- ---- the one that keeps the house ----

-- Elects: true when this session has the lock. It says nothing of who lives, and two at once do no
-- harm. A session whose host is gone is noticed by the kernel within four seconds, not after hours.
CREATE FUNCTION house_elect() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
        set_config('tcp_keepalives_count', '2', false),
        -- a frozen process answers keepalives; the elected one asks something twice a second
        set_config('idle_session_timeout', '15s', false);
    RETURN pg_try_advisory_lock(hashtext('kairan house'));
END $$;

-- The database's clock, in milliseconds since 1970. Signs of life from the future (the clock was set
-- back) are pulled to now, or a host that dies meanwhile would be believed alive till then.
CREATE FUNCTION house_clock() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE worker SET seen = clock_timestamp() WHERE seen > clock_timestamp() + interval '2 seconds';
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END $$;

-- ---- what is kept, and how long ----

-- When a record of this moment may go: at the end of the fiscal year after the one it was made in
-- (002 §23(9)), or more years later where the setting says so; never earlier.
CREATE FUNCTION kept_until(at timestamptz, years int) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1 + greatest(years, 1), 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

-- When a month's partitions may go: what happened last to an alert of the month may be of the next
-- fiscal year. NULL while one of its broadcasts has not ended.
CREATE FUNCTION month_kept_until(month_ date, years int) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM broadcast b WHERE b.month = month_ AND b.ended_at IS NULL) THEN
        kept_until(greatest(((month_ + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo') - interval '1 microsecond',
            (SELECT max(greatest(b.started_at, b.last_outcome_at, b.ended_at)) FROM broadcast b WHERE b.month = month_)),
            years) END
$$;

-- Drops the oldest month that is due, its partitions whole, and says so in the log; its date, or NULL
-- when none is due. Dropping asks for a lock that would make readers wait behind it, so it is asked for
-- 50 ms at most: 'busy' (lock_not_available) and another time, then.
CREATE FUNCTION month_drop(years int, now_ timestamptz) RETURNS date
LANGUAGE plpgsql SET search_path = kairan, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    month_ date;
    parent text;
    name text;
BEGIN
    SELECT m INTO month_ FROM (SELECT to_date(right(c.relname, 6), 'YYYYMM') AS m
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('delivery'::regclass, 'outcome'::regclass)) AS months
    WHERE month_kept_until(m, years) <= now_ ORDER BY m LIMIT 1;
    IF month_ IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month_, '_YYYYMM');
        IF to_regclass(name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
            EXECUTE format('DROP TABLE %I', name);
        END IF;
    END LOOP;
    DELETE FROM broadcast_tally WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    UPDATE broadcast SET dropped_at = clock_timestamp() WHERE month = month_;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'records.drop', to_char(month_, 'YYYY-MM'), 'done', '', NULL);
    RETURN month_;
END $$;

-- month_drop by the database's own clock; '' nothing is due, 'busy', or the month.
CREATE FUNCTION house_drop(years int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN coalesce(to_char(month_drop(years, clock_timestamp()), 'YYYY-MM'), '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;

-- Partitions ahead. Each is made apart and attached, which makes neither readers nor writers wait.
CREATE FUNCTION house_ahead() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM delivery_partition((month_of(now()) + make_interval(months => ahead))::date)
    FROM generate_series(0, 2) AS ahead;
    PERFORM oplog_partition(fiscal_year(now()) + ahead) FROM generate_series(0, 1) AS ahead;
END $$;

-- Removes up to `most` closed chunks; true when there may be more. Those of urgent alerts stay for 15
-- days after the end: a returned mail names the hand-over it was part of, and who else was.
CREATE INDEX chunk_closed ON chunk (urgent, id) WHERE state = 'closed';
CREATE FUNCTION house_chunks(most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
    more boolean;
BEGIN
    DELETE FROM chunk WHERE id IN (SELECT id FROM chunk
        WHERE state = 'closed' AND NOT urgent ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := n >= most;
    DELETE FROM chunk WHERE id IN (SELECT c.id FROM chunk c JOIN broadcast b ON b.alert = c.alert
        WHERE c.state = 'closed' AND c.urgent AND b.ended_at < clock_timestamp() - interval '15 days'
        ORDER BY c.id LIMIT most FOR UPDATE OF c SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN more OR n >= most;
END $$;

-- Care, some thousand rows of each kind a call; true when there may be more.
DROP FUNCTION house_care();
CREATE FUNCTION house_care() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    most CONSTANT int := 5000;
    n int;
    more boolean := false;
BEGIN
    PERFORM audience_fold();
    DELETE FROM signup WHERE id IN (SELECT id FROM signup WHERE made < now() - interval '7 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM throttle WHERE ctid = ANY (ARRAY(SELECT ctid FROM throttle WHERE since < now() - interval '2 days' LIMIT most));
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE ended_at < now() - interval '30 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM import_row r WHERE (import, line) IN (SELECT s.import, s.line FROM import_row s JOIN import i ON i.id = s.import
        WHERE i.state = 'staged' AND i.made < now() - interval '1 day' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    UPDATE import i SET state = 'discarded' WHERE state = 'staged' AND made < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM import_row r WHERE r.import = i.id);
    -- excerpts of refused rows are people's data; a week is enough to mend a file
    DELETE FROM import_refusal WHERE (import, line) IN (SELECT r.import, r.line FROM import_refusal r JOIN import i ON i.id = r.import
        WHERE i.made < now() - interval '7 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM worker w WHERE seen < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM chunk c WHERE c.host = w.host AND c.state = 'leased')
        AND NOT EXISTS (SELECT FROM letter l WHERE l.host = w.host AND l.state = 'leased');
    DELETE FROM session WHERE id IN (SELECT id FROM session WHERE ends < now() - interval '7 days'
        AND NOT EXISTS (SELECT FROM approval WHERE approval.session = session.id) LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN more OR n = most;
END $$;

-- Tables that are changed again and again: dead rows are cleared away early and without pauses, and
-- the file is never cut (that would make readers wait); its room is used again.
ALTER TABLE chunk SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 2000, vacuum_truncate = false);
ALTER TABLE broadcast SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
ALTER TABLE broadcast_tally SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
ALTER TABLE letter SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
ALTER TABLE worker SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 200, vacuum_truncate = false);
ALTER TABLE relay_state SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 200, vacuum_truncate = false);
ALTER TABLE lane_state SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 200, vacuum_truncate = false);
ALTER TABLE throttle SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.1,
    autovacuum_vacuum_threshold = 500, vacuum_truncate = false);
ALTER TABLE oplog_head SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 200, vacuum_truncate = false);

REVOKE EXECUTE ON FUNCTION fanout_slice(bigint, int, int) FROM kairan_sender;
GRANT EXECUTE ON FUNCTION fanout_step(bigint, int, int), fanout_defer(bigint, int), fanout_skip(bigint, text)
TO kairan_sender;
GRANT EXECUTE ON FUNCTION broadcast_settle(), alert_expire(), house_elect(), house_clock(), house_drop(int),
    house_ahead(), house_chunks(int), house_care()
TO kairan_house;
GRANT EXECUTE ON FUNCTION alert_correct(text, bigint, bigint, int, text, text[], text[], text[], text[], text[],
    boolean, text, timestamptz, inet)
TO kairan_staff;
