-- What a person sees and does of his or her own account, in whatever post or none.

-- One's own account: names, language, how long the password is good, failed tries of the last 30 days.
CREATE FUNCTION account_read(token text)
RETURNS TABLE (login text, mail text, lang text, set_on date, ends_on date, days_left int, tries int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT p.login, p.mail, p.lang, (c.set_at AT TIME ZONE 'Asia/Tokyo')::date,
        (c.set_at AT TIME ZONE 'Asia/Tokyo')::date + live.password_days, password_days_left(c.set_at, live.password_days),
        (SELECT coalesce(sum(oplog_times(l.facts)), 0)::int FROM oplog l WHERE l.login = p.login AND l.act = 'sign-in'
            AND l.result = 'refused' AND l.at > clock_timestamp() - make_interval(days => limit_refused_days()))
        + (SELECT coalesce(sum(t.hits - 1), 0)::int FROM stranger t WHERE t.act = 'sign-in' AND t.login = p.login)
    FROM person p LEFT JOIN credential c ON c.person = p.id WHERE p.id = live.person;
END $$;
GRANT EXECUTE ON FUNCTION account_read TO kairan_staff;

-- Chooses the language of mails to oneself.
CREATE FUNCTION account_lang(token text, lang text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    IF account_lang.lang NOT IN ('ja', 'en') THEN
        PERFORM refuse('invalid', 'Choose one of the languages.', 'lang');
    END IF;
    UPDATE person p SET lang = account_lang.lang WHERE p.id = live.person;
    PERFORM oplog_own(live, 'account.lang', 'person ' || live.person, network);
END $$;
GRANT EXECUTE ON FUNCTION account_lang TO kairan_staff;

-- Posts held now and those dated ahead.
CREATE FUNCTION account_posts(token text)
RETURNS TABLE (role text, department text, department_en text, from_ timestamptz, to_ timestamptz, now_ boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT o.role, d.name, d.name_en, lower(o.during), upper(o.during), o.during @> clock_timestamp()
    FROM post o LEFT JOIN department d ON d.id = o.department
    WHERE o.person = live.person AND coalesce(upper(o.during) > clock_timestamp(), true)
    ORDER BY lower(o.during), d.name, o.role;
END $$;
GRANT EXECUTE ON FUNCTION account_posts TO kairan_staff;

-- Delegations in force or to come: those given on the person's behalf, and those received.
CREATE FUNCTION account_delegations(token text)
RETURNS TABLE (given boolean, other text, department text, department_en text, from_ text, until_ text, reason text,
    now_ boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT g.person <> live.person, CASE WHEN g.person = live.person THEN a.name ELSE p.name END, d.name, d.name_en,
        day_first(lower(o.during)), day_last(upper(o.during)), g.reason, o.during @> clock_timestamp()
    FROM delegation g JOIN post o ON o.id = g.post JOIN department d ON d.id = g.department JOIN person p ON p.id = g.person
        LEFT JOIN person a ON a.id = g.approver
    WHERE live.person IN (g.person, g.approver) AND upper(o.during) > clock_timestamp()
    ORDER BY lower(o.during), g.id;
END $$;
GRANT EXECUTE ON FUNCTION account_delegations TO kairan_staff;

-- The person's open sessions, this one first.
CREATE FUNCTION session_list(token text)
RETURNS TABLE (id bigint, here boolean, network text, agent text, made timestamptz, seen timestamptz,
    new_place boolean, role text, department text, department_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT s.id, s.id = live.id, host(s.network), s.agent, s.made, s.seen, s.new_place, o.role, d.name,
        d.name_en
    FROM session s LEFT JOIN post o ON o.id = s.post LEFT JOIN department d ON d.id = o.department
    WHERE s.person = live.person AND s.ended_at IS NULL AND session_in_force(s)
    ORDER BY s.id = live.id DESC, s.seen DESC LIMIT 100;
END $$;
GRANT EXECUTE ON FUNCTION session_list TO kairan_staff;

-- Ends one of one's own sessions, on record; refuses 'missing' for one that is over or somebody else's.
CREATE FUNCTION session_end_one(token text, id_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.id = id_ AND s.person = live.person AND s.ended_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This session is over already.');
    END IF;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
END $$;
GRANT EXECUTE ON FUNCTION session_end_one TO kairan_staff;

-- Ends all others; how many.
CREATE FUNCTION session_end_others(token text, network inet) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
    n int;
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.person = live.person AND s.id <> live.id AND s.ended_at IS NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
    RETURN n;
END $$;
GRANT EXECUTE ON FUNCTION session_end_others TO kairan_staff;

-- The newest sign-ins under the person's name, failed ones too.
CREATE FUNCTION sign_in_list(token text, most int)
RETURNS TABLE (at timestamptz, done boolean, network text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT l.at, l.result = 'done', host(l.network)
    FROM oplog l JOIN person p ON p.id = live.person AND p.login = l.login
    WHERE l.act = 'sign-in' ORDER BY l.seq DESC LIMIT least(most, 100);
END $$;
GRANT EXECUTE ON FUNCTION sign_in_list TO kairan_staff;
