-- People: registering, changing, and reading about them (004 §3 to §5).

-- ---- registering ----

-- A person with a password, a post aside.
CREATE FUNCTION person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea,
    cost_ text, verifier_ bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
    rule text;
BEGIN
    PERFORM need_name(name_);
    INSERT INTO person (login, name, mail, department) VALUES (login_, name_, mail_, department_)
    RETURNING id INTO who;
    INSERT INTO credential (person, salt, cost, verifier) VALUES (who, salt_, cost_, verifier_);
    PERFORM credential_one_time(who);
    RETURN who;
EXCEPTION
    WHEN unique_violation THEN
        PERFORM refuse('conflict', 'This sign-in name is taken.', 'login');
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        IF rule = 'person_login_check' THEN
            PERFORM refuse('invalid', 'A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a digit.', 'login');
        ELSIF rule = 'person_mail_check' THEN
            PERFORM refuse('invalid', 'Type a mail address.', 'mail');
        END IF;
        PERFORM refuse('invalid', 'Type the name, in at most 100 characters.', 'name', rule);
END $$;

-- Registers a person with one dated post (role NULL: none yet, as somebody who is to be a delegate).
CREATE FUNCTION staff_enter(me actor, login_ text, name_ text, mail_ text, department_ bigint, role_ text,
    during_ tstzrange, exception_ text, salt_ bytea, cost_ text, verifier_ bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
    opened bigint;
BEGIN
    IF role_ IS NULL OR role_ <> ALL (roles_townwide()) THEN
        PERFORM department_there(department_);
    END IF;
    who := person_make(login_, name_, mail_, department_, salt_, cost_, verifier_);
    IF role_ IS NOT NULL THEN
        opened := post_open(who, role_, department_, during_, exception_);
    END IF;
    PERFORM oplog_act(me, 'staff.register', 'person ' || who, facts => jsonb_build_object('post', post_fact(opened)));
    RETURN who;
END $$;

-- Registers whom a form 1 names, as staff_new does.
CREATE FUNCTION staff_register(me actor, login text, name text, mail text, department bigint, role text,
    from_ timestamptz, until_ timestamptz, salt bytea, cost text, verifier bytea) RETURNS bigint
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_), '',
        salt, cost, verifier)
$$;

-- An administrator is made by form 1 with a second administrator, or on the host.
CREATE FUNCTION no_administrator(role text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF role = 'administrator' THEN
        PERFORM refuse('denied', 'Nobody makes an administrator alone: apply for it by form, or use "kairan admin add" on the host.', 'role');
    ELSIF role = 'delegate' THEN
        PERFORM refuse('invalid', 'A delegate is made by a delegation, with its period and its reason.', 'role');
    END IF;
END $$;

-- Registers a person with a post and a one-time password, from the desk.
CREATE FUNCTION staff_new(token text, login text, name text, mail text, department bigint, role text,
    from_ timestamptz, until_ timestamptz, exception text, salt bytea, cost text, verifier bytea, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.register');
BEGIN
    PERFORM no_administrator(role);
    RETURN staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_),
        exception, salt, cost, verifier);
END $$;
GRANT EXECUTE ON FUNCTION staff_new TO kairan_staff;

-- A person's name and address, on record with the old ones.
CREATE FUNCTION staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.change');
    p person := person_locked(person_);
BEGIN
    PERFORM need_name(name_);
    IF mail_ ~ '[[:cntrl:][:space:]<>]' OR mail_ <> '' AND mail_ !~ '^[^@]+@[^@]+$' THEN
        PERFORM refuse('invalid', 'Type a mail address.', 'mail');
    END IF;
    UPDATE person SET name = name_, mail = mail_ WHERE id = person_;
    PERFORM oplog_act(me, 'staff.change', 'person ' || person_, facts => jsonb_build_object(
        'name_was', p.name, 'mail_was', nullif(p.mail, ''), 'name_is', name_, 'mail_is', nullif(mail_, '')));
END $$;
GRANT EXECUTE ON FUNCTION staff_change TO kairan_staff;

-- Registers a person with a post and a password, by the operator on the host (kairan admin add,
-- kairan demo). The proof never comes here, only its verifier.
CREATE FUNCTION staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea,
    role text, department_code text)
RETURNS bigint LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    INSERT INTO person (login, name, mail) VALUES (login, name, mail) RETURNING id INTO who;
    INSERT INTO credential (person, salt, cost, verifier) VALUES (who, salt, cost, verifier);
    INSERT INTO post (person, department, role)
    VALUES (who, (SELECT id FROM department WHERE code = department_code), role);
    PERFORM oplog_operator('staff.add', 'person ' || who, facts => jsonb_build_object('role', role));
    RETURN who;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse('conflict', 'This sign-in name is taken.', 'login');
END $$;

-- ---- reading about staff ----

-- Where a person belongs at a moment: a transfer dated ahead moves nobody before its day, and none that
-- was called off.
CREATE FUNCTION person_home(person_ bigint, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce((SELECT o.department FROM post o WHERE o.person = person_ AND o.moves_home AND lower(o.during) <= at
        ORDER BY lower(o.during) DESC LIMIT 1), (SELECT p.department FROM person p WHERE p.id = person_))
$$;

-- A person's state in one word: suspended, active (a post is in force), future, over, none.
CREATE FUNCTION person_state(p person) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN p.suspended_at IS NOT NULL THEN 'suspended'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> now()) THEN 'active'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id AND lower(o.during) > now()) THEN 'future'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id) THEN 'over' ELSE 'none' END
$$;

-- Since when somebody could have signed in and has not.
CREATE FUNCTION person_unused(p person) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(p.last_sign_in, (SELECT min(lower(o.during)) FROM post o WHERE o.person = p.id), p.made)
$$;

-- A person's posts, all or those in force, the newest first.
CREATE FUNCTION posts_json(person_ bigint, all_ boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'role', o.role, 'department_id', coalesce(o.department, 0),
        'department', coalesce(d.name, ''), 'department_en', coalesce(d.name_en, ''),
        'from', day_first(lower(o.during)), 'until', coalesce(day_last(upper(o.during)), ''),
        'exception', o.exception, 'end_reason', o.end_reason, 'state',
        CASE WHEN upper(o.during) <= now() THEN 'over' WHEN lower(o.during) > now() THEN 'future' ELSE 'now' END)
        ORDER BY lower(o.during) DESC, o.id DESC), '[]')
    FROM post o LEFT JOIN department d ON d.id = o.department
    WHERE o.person = person_ AND (all_ OR o.during @> now())
$$;

-- In the order of sign-in names, after one; filters that are '' or 0 ask nothing.
CREATE FUNCTION staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days int,
    after_ text, most int)
RETURNS TABLE (person bigint, login text, name text, state text, guest boolean, last_sign_in timestamptz, posts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM staff_reader(token, NULL);
    RETURN QUERY
        SELECT p.id, p.login, p.name, person_state(p), EXISTS (SELECT FROM guest g WHERE g.person = p.id),
            p.last_sign_in, posts_json(p.id, false)
        FROM person p
        WHERE p.login > after_
            AND (words = '' OR strpos(lower(p.name || ' ' || p.login || ' ' || p.mail), lower(words)) > 0)
            AND (department_ = 0 OR person_home(p.id, now()) = department_ OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.department = department_ AND o.during @> now()))
            AND (role_ = '' OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.role = role_ AND o.during @> now()))
            AND (state_ = '' OR person_state(p) = state_)
            AND (unused_days = 0 OR person_state(p) = 'active'
                AND person_unused(p) < now() - make_interval(days => unused_days))
        ORDER BY p.login LIMIT least(most, 200);
END $$;
GRANT EXECUTE ON FUNCTION staff_list TO kairan_staff;

-- One person, with everything the administrator keeps; the reading is on record.
CREATE FUNCTION staff_read(token text, person_ bigint, network inet)
RETURNS TABLE (person bigint, login text, name text, mail text, made timestamptz, state text,
    last_sign_in timestamptz, sessions int, posts jsonb, delegations jsonb, sanctions jsonb, guest jsonb,
    instructions jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := staff_reader(token, network);
BEGIN
    RETURN QUERY
        SELECT p.id, p.login, p.name, p.mail, p.made, person_state(p), p.last_sign_in,
            (SELECT count(*)::int FROM session s WHERE s.person = p.id AND session_in_force(s)),
            posts_json(p.id, true),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'department', d.name, 'department_en', d.name_en,
                'approver', coalesce(a.name, ''), 'delegate', q.name, 'from', day_first(lower(g.during)),
                'until', day_last(upper(g.during)), 'reason', g.reason, 'ended', coalesce(day_jst(g.ended), ''),
                'end_reason', g.end_reason) ORDER BY g.id DESC), '[]')
                FROM delegation g JOIN department d ON d.id = g.department JOIN person q ON q.id = g.person
                    LEFT JOIN person a ON a.id = g.approver WHERE p.id IN (g.person, g.approver)),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'cause', x.cause, 'note', x.note,
                'by', b.name, 'at', day_jst(x.made), 'lifted', coalesce(day_jst(x.lifted), ''),
                'lift_reason', x.lift_reason) ORDER BY x.id DESC), '[]')
                FROM sanction x JOIN person b ON b.id = x.made_by WHERE x.person = p.id),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('purpose', g.purpose, 'organisation', g.organisation,
                'head', g.head, 'reason', g.reason, 'from', day_first(lower(g.during)),
                'until', day_last(upper(g.during))) ORDER BY g.id DESC), '[]') FROM guest g WHERE g.person = p.id),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('department', d.name, 'department_en', d.name_en,
                'cause', i.cause, 'body', i.body, 'at', day_jst(i.made), 'seen', coalesce(day_jst(i.seen), ''),
                'answer', i.answer) ORDER BY i.id DESC), '[]')
                FROM instruction i JOIN department d ON d.id = i.department WHERE i.person = p.id)
        FROM person p WHERE p.id = person_;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    PERFORM oplog_act(me, 'staff.read', 'person ' || person_);
END $$;
GRANT EXECUTE ON FUNCTION staff_read TO kairan_staff;

-- What a form of the console is about, and what stands there now. of_: whose a post is said to be.
CREATE FUNCTION office_subject(token text, kind text, id_ bigint, of_ bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, NULL);
    found jsonb;
BEGIN
    IF kind IN ('person', 'post', 'department') THEN
        PERFORM staff_reader(token, NULL);
    END IF;
    found := CASE kind
        WHEN 'person' THEN (SELECT jsonb_build_object('subject', p.name, 'name', p.name, 'mail', p.mail,
                'department', person_home(p.id, now())::text) FROM person p WHERE p.id = id_)
        WHEN 'post' THEN (SELECT jsonb_build_object('subject', p.name, 'role', o.role, 'department_name', d.name)
                FROM post o JOIN person p ON p.id = o.person LEFT JOIN department d ON d.id = o.department
                WHERE o.id = id_ AND o.person = of_)
        WHEN 'department' THEN (SELECT jsonb_build_object('subject', d.name, 'name', d.name, 'name_en', d.name_en,
                'of_administrator', CASE WHEN d.of_administrator THEN '1' ELSE '' END)
                FROM department d WHERE d.id = id_)
        WHEN 'delegation' THEN (SELECT jsonb_build_object('subject', p.name, 'department_name', d.name)
                FROM delegation g JOIN person p ON p.id = g.person JOIN department d ON d.id = g.department
                WHERE g.id = id_ AND sees(me, g.department))
        WHEN 'instruction' THEN (SELECT jsonb_build_object('subject', p.name)
                FROM instruction i JOIN person p ON p.id = i.person WHERE i.id = id_ AND sees(me, i.department))
    END;
    IF found IS NULL THEN
        PERFORM refuse('missing', 'There is no such page.');
    END IF;
    RETURN jsonb_strip_nulls(found);
END $$;
GRANT EXECUTE ON FUNCTION office_subject TO kairan_staff;

-- The person with a user ID, as the administrator types it.
CREATE FUNCTION person_by_login(token text, login_ text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM staff_reader(token, NULL);
    SELECT p.id INTO found FROM person p WHERE p.login = login_;
    IF found IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this user ID.', 'login');
    END IF;
    RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION person_by_login TO kairan_staff;
