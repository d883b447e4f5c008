-- Sign-ins outside the usual hours: by permission or by an emergency that is named (002 §13).

-- Whether the office is at work at a moment: an open day, from the first hour to before the last.
CREATE FUNCTION usual_hours(at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT r.all_hours OR (day_closed((at AT TIME ZONE 'Asia/Tokyo')::date) IS NULL
        AND (at AT TIME ZONE 'Asia/Tokyo')::time >= r.usual_from
        AND (at AT TIME ZONE 'Asia/Tokyo')::time < r.usual_to)
    FROM access_rule r
$$;

-- Whether a person had a permission at a moment.
CREATE FUNCTION hours_permitted(person_ bigint, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM hours_permit WHERE person = person_ AND during @> at
        AND (ended_at IS NULL OR ended_at > at))
$$;

-- Every session has the mark of its hour.
CREATE FUNCTION session_mark() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    NEW.odd := NOT usual_hours(NEW.made);
    RETURN NEW;
END $$;
CREATE TRIGGER session_mark BEFORE INSERT ON session FOR EACH ROW EXECUTE FUNCTION session_mark();

-- A session outside the usual hours has a row in the log beside that of the sign-in.
CREATE FUNCTION session_odd() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'sign-in.odd', '', 'done', '', NEW.network)
    FROM person p LEFT JOIN post o ON o.id = NEW.post WHERE p.id = NEW.person;
    RETURN NULL;
END $$;
CREATE TRIGGER session_odd AFTER INSERT ON session FOR EACH ROW WHEN (NEW.odd) EXECUTE FUNCTION session_odd();

-- Names the emergency of a sign-in outside the hours, on record; more is open from then on, under the new token
-- that is returned. Refuses ('conflict') a session that is open already.
CREATE FUNCTION hours_reason(token text, reason text, network inet) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_held(token);
BEGIN
    IF session_stage(live) <> 'hours' THEN
        PERFORM refuse('conflict', 'Nothing is to be said here: your session is open.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > limit_short_chars() THEN
        PERFORM refuse('invalid', 'Please say what the emergency is, in at most 200 characters.', 'reason');
    END IF;
    UPDATE session SET odd_reason = reason WHERE id = live.id;
    PERFORM oplog_session(live, 'hours.emergency', '', 'done', reason, network);
    RETURN session_rise(live);
END $$;
GRANT EXECUTE ON FUNCTION hours_reason TO kairan_staff;

-- For the inspection: sign-ins outside the usual hours from a moment to before another, with the emergency
-- that was named before the next one. From the log, since sessions are cleared away after a week.
CREATE FUNCTION odd_sign_ins(from_ timestamptz, to_ timestamptz)
RETURNS TABLE (at timestamptz, person bigint, login text, name text, network inet, permitted boolean, reason text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT l.at, p.id, p.login, p.name, l.network, hours_permitted(p.id, l.at),
        coalesce((SELECT e.reason FROM oplog e WHERE e.person = l.person AND e.act = 'hours.emergency' AND e.result = 'done'
            AND e.at >= l.at AND e.at < least(l.next_at, l.at + make_interval(hours => limit_session_hours())) ORDER BY e.at LIMIT 1), '')
    FROM (SELECT o.*, lead(o.at) OVER (PARTITION BY o.person ORDER BY o.seq) AS next_at FROM oplog o
            WHERE o.act = 'sign-in.odd' AND o.at >= from_ AND o.at < to_) AS l
        JOIN person p ON p.id = l.person
    ORDER BY l.seq
$$;

-- ---- permissions ----

-- An administrator permits somebody else sign-ins outside the hours for a time, at most 366 days.
CREATE FUNCTION hours_permit_add(token text, login_ text, from_ timestamptz, to_ timestamptz, reason_ text, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint := (SELECT id FROM person WHERE login = login_);
    fresh bigint;
BEGIN
    IF who IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this user ID.', 'login');
    END IF;
    IF who = a.person THEN
        PERFORM refuse('denied', 'Nobody may permit anything to himself or herself.', 'login');
    END IF;
    IF from_ >= to_ OR to_ <= clock_timestamp() OR to_ > from_ + make_interval(days => limit_period_days()) THEN
        PERFORM refuse('invalid', 'The end must be later than the beginning and than now, and within a year.', 'to');
    END IF;
    IF reason_ !~ '\S' OR char_length(reason_) > limit_short_chars() OR reason_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 200 characters.', 'reason');
    END IF;
    INSERT INTO hours_permit (person, during, reason, granter) VALUES (who, tstzrange(from_, to_), reason_, a.person)
    RETURNING id INTO fresh;
    PERFORM oplog_act(a, 'hours.permit', 'person ' || who, reason_);
    RETURN fresh;
END $$;
GRANT EXECUTE ON FUNCTION hours_permit_add TO kairan_staff;

-- Ends a permission before its time.
CREATE FUNCTION hours_permit_end(token text, permit bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint;
BEGIN
    UPDATE hours_permit SET ended_at = clock_timestamp()
    WHERE id = permit AND ended_at IS NULL AND upper(during) > clock_timestamp() RETURNING person INTO who;
    IF who IS NULL THEN
        PERFORM refuse('conflict', 'There is no such permission any more.');
    END IF;
    PERFORM oplog_act(a, 'hours.revoke', 'person ' || who);
END $$;
GRANT EXECUTE ON FUNCTION hours_permit_end TO kairan_staff;

-- Permissions that are in force or to come.
CREATE FUNCTION hours_permits(token text)
RETURNS TABLE (id bigint, login text, name text, from_ timestamptz, to_ timestamptz, reason text, granter text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT h.id, p.login, p.name, lower(h.during), upper(h.during), h.reason, g.name
        FROM hours_permit h JOIN person p ON p.id = h.person JOIN person g ON g.id = h.granter
        WHERE h.ended_at IS NULL AND upper(h.during) > clock_timestamp() ORDER BY lower(h.during), h.id LIMIT 500;
END $$;
GRANT EXECUTE ON FUNCTION hours_permits TO kairan_staff;
