-- Inspections of the log (004 §8-3, §8-4): what the log said when they were opened; a closed one is history.

-- A closed inspection stays as it is.
CREATE FUNCTION inspection_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed IS NOT NULL THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_history BEFORE UPDATE OR DELETE ON inspection
FOR EACH ROW EXECUTE FUNCTION inspection_history();

-- And so do its findings.
CREATE FUNCTION inspection_finding_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspection i WHERE i.id = NEW.inspection AND i.closed IS NOT NULL) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_finding_history BEFORE INSERT OR UPDATE OR DELETE ON inspection_finding
FOR EACH ROW EXECUTE FUNCTION inspection_finding_history();

-- The ready-made findings of the days from `since` to `until`. quick_s: an approval within so many seconds
-- of the submission was hardly read.
CREATE FUNCTION oplog_findings(since date, until date, quick_s int)
RETURNS TABLE (kind text, subject text, n bigint, last timestamptz)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    WITH l AS MATERIALIZED (
        SELECT * FROM oplog WHERE at >= since::timestamp AT TIME ZONE 'Asia/Tokyo'
            AND at < (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
    SELECT * FROM (
        (SELECT 'failed', concat_ws(' ', coalesce(login, '?'), host(network)), sum(oplog_times(facts))::bigint AS n, max(at)
            FROM l WHERE act = 'sign-in' AND result = 'refused' GROUP BY 2 HAVING sum(oplog_times(facts)) >= 5)
        UNION ALL
        (SELECT 'odd', o.login, count(*), max(o.at) FROM odd_sign_ins(since::timestamp AT TIME ZONE 'Asia/Tokyo',
            (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') o GROUP BY o.login)
        UNION ALL
        (SELECT 'unused', p.login, 0, max(s.made) FROM person p LEFT JOIN session s ON s.person = p.id
            WHERE p.suspended_at IS NULL AND EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> now())
                AND p.made < (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo'
                AND NOT EXISTS (SELECT FROM oplog u WHERE u.person = p.id
                    AND u.at >= (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo') GROUP BY p.login)
        UNION ALL
        (SELECT 'reads', login || ' ' || (at AT TIME ZONE 'Asia/Tokyo')::date, count(*), max(at)
            FROM l WHERE act ~ '\.read$' AND result = 'done' GROUP BY 2 HAVING count(*) >= 30)
        UNION ALL
        (SELECT 'quick', a.login || ' ' || a.object, ceil(extract(epoch FROM a.at - s.at))::bigint, a.at
            FROM l a, LATERAL (SELECT max(b.at) AS at FROM oplog b WHERE b.object = a.object
                AND b.act = 'alert.submit' AND b.result = 'done' AND b.seq < a.seq) AS s
            WHERE a.act = 'alert.approve' AND a.result = 'done' AND a.at < s.at + make_interval(secs => quick_s))
        UNION ALL
        (SELECT 'delegate', concat_ws(' ', login, act), count(*), max(at) FROM l
            WHERE role = 'delegate' AND result = 'done' AND act LIKE 'alert.%' GROUP BY 2)
        UNION ALL
        (SELECT 'export', concat_ws(' ', login, object, act), count(*), max(at) FROM l
            WHERE act ~ '\.export$' AND result = 'done' GROUP BY 2)
        UNION ALL
        (SELECT 'clock', coalesce('seconds ' || (facts ->> 'seconds'), ''), count(*), max(at) FROM l WHERE act = 'clock.back' GROUP BY 2)
    ) AS f (kind, subject, n, last) ORDER BY kind, n DESC, subject LIMIT 200
$$;

-- Opens an inspection of days, with what the log says of them.
CREATE FUNCTION inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    form text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    id_ bigint;
BEGIN
    IF since_ !~ form OR until_ !~ form OR until_::date NOT BETWEEN since_::date AND since_::date + 366
        OR since_::date > (now() AT TIME ZONE 'Asia/Tokyo')::date THEN
        PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
    END IF;
    IF kind_ = 'occasional' AND reason_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type why you inspect the log now.', 'reason');
    END IF;
    INSERT INTO inspection (kind, since, until, reason, inspector)
    VALUES (kind_, since_::date, until_::date, left(reason_, 500), me.person) RETURNING id INTO id_;
    INSERT INTO inspection_finding (inspection, position, kind, subject, n, last)
    SELECT id_, row_number() OVER (), f.* FROM oplog_findings(since_::date, until_::date, 10) AS f;
    PERFORM oplog_act(me, 'inspection.open', 'inspection ' || id_,
        facts => jsonb_build_object('since', since_, 'until', until_));
    RETURN id_;
EXCEPTION WHEN check_violation OR datetime_field_overflow THEN
    PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
END $$;
GRANT EXECUTE ON FUNCTION inspection_open TO kairan_staff;

-- Keeps the notes on findings (by position), and closes the record where there is a result.
CREATE FUNCTION inspection_save(token text, id_ bigint, positions int[], notes text[], result_ text, note_ text,
    network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    i inspection;
BEGIN
    SELECT * INTO i FROM inspection WHERE id = id_ FOR UPDATE;
    IF i.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such inspection.');
    END IF;
    IF i.closed IS NOT NULL THEN
        PERFORM refuse('conflict', 'This inspection is closed already.');
    END IF;
    IF result_ NOT IN ('', 'clean', 'watch', 'misuse') THEN
        PERFORM refuse('invalid', 'Choose a result.', 'result');
    END IF;
    IF result_ IN ('watch', 'misuse') AND note_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type what was found and what is done about it.', 'note');
    END IF;
    UPDATE inspection_finding f SET note = left(n.note, 500) FROM unnest(positions, notes) AS n (position, note)
    WHERE f.inspection = id_ AND f.position = n.position AND f.note <> left(n.note, 500);
    UPDATE inspection SET note = left(note_, 2000), result = nullif(result_, ''),
        closed = CASE WHEN result_ <> '' THEN clock_timestamp() END,
        closed_by = CASE WHEN result_ <> '' THEN me.person END
    WHERE id = id_;
    PERFORM oplog_act(me, CASE result_ WHEN '' THEN 'inspection.save' ELSE 'inspection.close' END,
        'inspection ' || id_, facts => jsonb_build_object('found', nullif(result_, '')));
END $$;
GRANT EXECUTE ON FUNCTION inspection_save TO kairan_staff;

-- Inspections, the newest first; one, where its number is given.
CREATE FUNCTION inspection_list(token text, id_ bigint)
RETURNS TABLE (id bigint, kind text, since date, until date, reason text, inspector text, opened timestamptz,
    findings bigint, result text, note text, closed timestamptz, closed_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT i.id, i.kind, i.since, i.until, i.reason, p.name, i.opened,
            (SELECT count(*) FROM inspection_finding f WHERE f.inspection = i.id), i.result, i.note, i.closed, c.name
        FROM inspection i JOIN person p ON p.id = i.inspector LEFT JOIN person c ON c.id = i.closed_by
        WHERE id_ IS NULL OR i.id = id_ ORDER BY i.id DESC LIMIT 200;
END $$;
GRANT EXECUTE ON FUNCTION inspection_list TO kairan_staff;

-- What was found when an inspection was opened.
CREATE FUNCTION inspection_findings(token text, id_ bigint)
RETURNS TABLE ("position" int, kind text, subject text, n bigint, last timestamptz, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT f.position, f.kind, f.subject, f.n, f.last, f.note FROM inspection_finding f
        WHERE f.inspection = id_ ORDER BY f.position;
END $$;
GRANT EXECUTE ON FUNCTION inspection_findings TO kairan_staff;

-- Days since the last closed regular inspection, or since the schema was made.
CREATE FUNCTION inspection_days(now_ timestamptz) RETURNS int
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT floor(extract(epoch FROM now_ - coalesce(
        (SELECT max(closed) FROM inspection WHERE kind = 'regular'),
        (SELECT min(applied) FROM migration))) / 86400)::int
$$;

-- How many days the regular inspection is overdue; 0: it is not (31 days).
CREATE FUNCTION inspection_overdue(token text) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN greatest(inspection_days(clock_timestamp()) - 31, 0);
END $$;
GRANT EXECUTE ON FUNCTION inspection_overdue TO kairan_staff;
