-- Forms 1 to 3 (004 §10, §11, §12-2, §12-3): what a form says, what makes it right, and how a head applies at
-- the desk. Who decides names the version seen, so that of two at once one wins.

-- ---- history ----

CREATE TRIGGER form_history BEFORE DELETE ON form FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The states that may follow one another; what was applied for changes only with a new application.
CREATE FUNCTION form_check() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NEW.post IS NULL AND OLD.post IS NOT NULL AND NEW.version = OLD.version THEN
        RETURN NEW; -- the post was called off
    END IF;
    IF (NEW.id, NEW.kind, NEW.year, NEW.serial, NEW.department, NEW.head, NEW.head_name, NEW.head_mail, NEW.lang, NEW.made)
            IS DISTINCT FROM (OLD.id, OLD.kind, OLD.year, OLD.serial, OLD.department, OLD.head, OLD.head_name, OLD.head_mail,
                OLD.lang, OLD.made)
        OR NEW.version <> OLD.version + 1
        OR NOT (OLD.state, NEW.state) IN (('applied', 'asked_back'), ('applied', 'accepted_once'), ('applied', 'accepted'),
            ('applied', 'refused'), ('applied', 'withdrawn'), ('asked_back', 'applied'), ('asked_back', 'refused'),
            ('asked_back', 'withdrawn'),
            ('accepted_once', 'accepted'), ('accepted_once', 'refused'), ('accepted_once', 'asked_back'),
            ('accepted_once', 'withdrawn'))
        OR (NEW.state <> 'applied' AND (NEW.login, NEW.name, NEW.mail, NEW.role, NEW.day, NEW.reason)
            IS DISTINCT FROM (OLD.login, OLD.name, OLD.mail, OLD.role, OLD.day, OLD.reason)) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'form');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER form_check BEFORE UPDATE ON form FOR EACH ROW EXECUTE FUNCTION form_check();

CREATE TRIGGER form_event_history BEFORE UPDATE OR DELETE ON form_event
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER form_event_whole BEFORE TRUNCATE ON form_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- what a form says ----

-- The department head: the approver in office.
CREATE FUNCTION head_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'form.apply') THEN
        PERFORM refuse('denied', 'Only the head of a department may apply.');
    END IF;
    RETURN me;
END $$;

-- Whether an actor may read a form: heads those of their department, administrators and auditors all.
CREATE FUNCTION form_sees(me actor, f form) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT may(me, 'form.read') AND sees(me, f.department)
$$;

-- "令和8年11月29日"; empty for no day.
CREATE FUNCTION day_era(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(format('令和%s年%s月%s日', extract(year FROM d) - 2018, extract(month FROM d), extract(day FROM d)), '')
    FROM (SELECT (at AT TIME ZONE 'Asia/Tokyo')::date) AS one (d)
$$;

-- The last day of what ends at a moment.
CREATE FUNCTION day_before(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT at - interval '1 second'
$$;

-- "令和8年度第12号", or "FY2026 No. 12" elsewhere.
CREATE FUNCTION form_number(f form, lang text DEFAULT 'ja') RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN lang = 'en' THEN format('FY%s No. %s', f.year, f.serial)
        ELSE format('令和%s年度第%s号', f.year - 2018, f.serial) END
$$;

-- Whom a form without sign-in is about, if the department has such a person now. Nobody is told who applies.
CREATE FUNCTION form_found(f form) RETURNS form
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF f.head_mail <> '' AND f.kind = 2 AND f.post IS NULL THEN
        SELECT o.id, o.person INTO f.post, f.person FROM post o JOIN person p ON p.id = o.person
        WHERE p.login = f.login AND o.role = f.role AND o.department = f.department
            AND coalesce(upper(o.during) > now(), true)
        ORDER BY lower(o.during) LIMIT 1;
    ELSIF f.head_mail <> '' AND f.kind = 3 AND f.person IS NULL THEN
        SELECT p.id INTO f.person FROM person p WHERE p.login = f.login AND EXISTS (SELECT FROM post o
            WHERE o.person = p.id AND o.department = f.department AND o.during @> now());
    END IF;
    RETURN f;
END $$;

-- A form as its pages need it.
CREATE FUNCTION form_json(form_ form) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT jsonb_build_object('id', f.id, 'kind', f.kind, 'number', form_number(f), 'number_en', form_number(f, 'en'),
        'state', f.state, 'version', f.version, 'department', d.name, 'department_en', d.name_en,
        'head', coalesce(nullif(f.head_name, ''), h.name), 'head_mail', f.head_mail,
        'without_sign_in', f.head_mail <> '', 'head_known', f.head IS NOT NULL, 'head_account', coalesce(h.name, ''),
        'whom_known', f.kind = 1 OR f.person IS NOT NULL, 'post', coalesce(f.post::text, ''),
        'staff', coalesce(f.person::text, ''),
        'login', coalesce(nullif(f.login, ''), p.login), 'name', coalesce(nullif(f.name, ''), p.name, ''), 'mail', f.mail,
        'role', coalesce(nullif(f.role, ''), o.role, ''), 'reason', f.reason,
        'from', CASE f.kind WHEN 1 THEN coalesce(left(day_jst(f.day), 10), '') ELSE '' END,
        'until', CASE f.kind WHEN 2 THEN coalesce(left(day_jst(day_before(f.day)), 10), '') ELSE '' END,
        'day_era', day_era(CASE f.kind WHEN 2 THEN day_before(f.day) ELSE f.day END),
        'made', day_jst(f.made), 'made_era', day_era(f.made))
    FROM form_found(form_) f JOIN department d ON d.id = f.department LEFT JOIN person h ON h.id = f.head
        LEFT JOIN person p ON p.id = f.person LEFT JOIN post o ON o.id = f.post
$$;

-- Nobody decides on an own application, or on one about himself or herself.
CREATE FUNCTION form_own(me actor, f form) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(me.person IN (f.head, f.person), false) OR (f.head_mail <> '' AND EXISTS (SELECT FROM person p
        WHERE p.id = me.person AND (lower(p.mail) = lower(f.head_mail) OR p.login = f.login)))
$$;

-- ---- lists and pages ----

-- The newest first, below `before` where it is given.
CREATE FUNCTION form_list(token text, open_ boolean, before bigint, most int) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'form.read') THEN
        PERFORM refuse('denied', 'Only department heads, administrators and auditors may read forms.');
    END IF;
    RETURN QUERY SELECT form_json(f) FROM form f
    WHERE form_sees(me, f) AND (before IS NULL OR f.id < before)
        AND (NOT open_ OR f.state IN ('applied', 'asked_back', 'accepted_once'))
    ORDER BY f.id DESC LIMIT least(most, 200);
END $$;
GRANT EXECUTE ON FUNCTION form_list TO kairan_staff;

-- What the head chooses from: posts of the department for form 2, people who hold one for form 3.
CREATE FUNCTION form_choices(token text, kind_ int)
RETURNS TABLE (value bigint, login text, name text, role text, from_ timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := head_of(token, NULL);
BEGIN
    RETURN QUERY SELECT o.id, p.login, p.name, o.role, CASE WHEN lower(o.during) > now() THEN lower(o.during) END
        FROM post o JOIN person p ON p.id = o.person
        WHERE kind_ = 2 AND o.department = me.department AND coalesce(upper(o.during) > now(), true)
        ORDER BY p.login COLLATE "C", lower(o.during);
    RETURN QUERY SELECT p.id, p.login, p.name, '', NULL::timestamptz FROM person p
        WHERE kind_ = 3 AND p.id <> me.person AND EXISTS (SELECT FROM post o WHERE o.person = p.id
            AND o.department = me.department AND o.during @> now())
        ORDER BY p.login COLLATE "C";
END $$;
GRANT EXECUTE ON FUNCTION form_choices TO kairan_staff;

-- A form with its history; reading it is on record, for it names people.
CREATE FUNCTION form_read(token text, form_ bigint, network inet) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
    f form;
    events jsonb;
BEGIN
    SELECT * INTO f FROM form WHERE id = form_;
    IF NOT coalesce(form_sees(me, f) AND f.id IS NOT NULL, false) THEN
        PERFORM refuse('missing', 'There is no such form.');
    END IF;
    SELECT jsonb_agg(jsonb_build_object('state', e.state, 'name', coalesce(p.name, f.head_name), 'role', coalesce(o.role, ''),
        'address', e.address, 'note', e.note, 'at', day_jst(e.at)) ORDER BY e.version) INTO events
    FROM form_event e LEFT JOIN person p ON p.id = e.by_ LEFT JOIN post o ON o.id = e.post WHERE e.form = f.id;
    PERFORM oplog_act(me, 'form.read', 'form ' || f.id);
    RETURN form_json(f) || jsonb_build_object('events', events,
        'may_decide', may(me, 'form.accept') AND NOT form_own(me, f) AND f.state IN ('applied', 'accepted_once'),
        'may_refuse', may(me, 'form.refuse') AND NOT form_own(me, f)
            AND f.state IN ('applied', 'accepted_once', 'asked_back'),
        'may_change', may(me, 'form.apply') AND f.state = 'asked_back',
        'may_withdraw', may(me, 'form.withdraw') AND f.state IN ('applied', 'asked_back', 'accepted_once'));
END $$;
GRANT EXECUTE ON FUNCTION form_read TO kairan_staff;

-- ---- what makes a form right ----

-- What was typed or chosen as a form; not stored yet. Who is signed in chooses posts and people of forms 2 and 3
-- from lists; without sign-in (head_mail) they are typed.
CREATE FUNCTION form_typed(kind int, head_mail text, login text, name text, mail text, role text, post bigint,
    person bigint, day timestamptz, reason text) RETURNS form
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    f form;
    typed boolean := kind = 1 OR head_mail <> '';
BEGIN
    IF role <> '' AND role <> ALL (roles_staff()) THEN
        PERFORM refuse('invalid', 'Choose a role.', 'role');
    END IF;
    f.kind := kind;
    f.head_mail := head_mail;
    f.login := CASE WHEN typed THEN coalesce(login, '') ELSE '' END;
    f.name := CASE WHEN kind = 1 THEN coalesce(name, '') ELSE '' END;
    f.mail := CASE WHEN kind = 1 THEN coalesce(mail, '') ELSE '' END;
    f.role := CASE WHEN typed AND kind < 3 THEN coalesce(role, '') ELSE '' END;
    f.post := CASE WHEN kind = 2 AND NOT typed THEN post END;
    f.person := CASE WHEN typed THEN NULL WHEN kind = 2 THEN (SELECT o.person FROM kairan.post o WHERE o.id = post)
        ELSE person END;
    f.day := CASE WHEN kind < 3 THEN day END;
    f.reason := reason;
    RETURN f;
END $$;

-- What a form says of itself; the refusals name the field.
CREATE FUNCTION form_judge(f form) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF f.kind IS NULL OR f.kind NOT BETWEEN 1 AND 3 THEN
        PERFORM refuse('invalid', 'Choose a form.', 'kind');
    END IF;
    PERFORM need_reason(f.reason);
    IF f.day IS NOT NULL THEN
        PERFORM begin_at(f.day, 'from');
    END IF;
    IF f.kind = 1 THEN
        PERFORM need_name(f.name);
        IF f.mail ~ '[[:cntrl:][:space:]<>]' OR f.mail <> '' AND f.mail !~ '^[^@]+@[^@]+$' THEN
            PERFORM refuse('invalid', 'Type a mail address.', 'mail');
        END IF;
    END IF;
    IF (f.kind = 1 OR f.head_mail <> '') AND f.login !~ '^[a-z0-9][a-z0-9._-]{1,31}$' THEN
        PERFORM refuse('invalid', 'A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a digit.', 'login');
    ELSIF (f.kind = 1 OR f.kind = 2 AND f.head_mail <> '') AND f.role = '' THEN
        PERFORM refuse('invalid', 'Choose a role.', 'role');
    END IF;
END $$;

-- What a head who is signed in may apply for besides.
CREATE FUNCTION form_judge_own(me actor, f form) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF f.kind = 2 AND NOT EXISTS (SELECT FROM post o WHERE o.id = f.post AND o.department = me.department
        AND coalesce(upper(o.during) > now(), true)) THEN
        PERFORM refuse('invalid', 'Choose a post of your department.', 'post');
    ELSIF f.kind = 3 AND NOT EXISTS (SELECT FROM post o WHERE o.person = f.person AND o.department = me.department
        AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'Choose a person of your department.', 'staff');
    ELSIF f.kind = 3 AND f.person = me.person THEN
        PERFORM refuse('invalid', 'You are signed in: change your password yourself.', 'staff');
    END IF;
END $$;

-- ---- applying ----

-- A new form gets its number.
CREATE FUNCTION form_enter(f form) RETURNS form
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    year_ int := fiscal_year(clock_timestamp());
    serial_ int;
BEGIN
    INSERT INTO form_serial AS s (year, last) VALUES (year_, 1)
    ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING s.last INTO serial_;
    INSERT INTO form AS n (kind, year, serial, department, head, head_name, head_mail, lang, login, name, mail, role, post,
        person, day, reason)
    VALUES (f.kind, year_, serial_, f.department, f.head, coalesce(f.head_name, ''), f.head_mail, coalesce(f.lang, 'ja'),
        f.login, f.name, f.mail, f.role, f.post, f.person, f.day, f.reason)
    RETURNING n.* INTO f;
    RETURN f;
END $$;

-- A form that was asked back is applied for anew, with what stands in f.
CREATE FUNCTION form_renew(form_ bigint, f form) RETURNS form
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE form n SET state = 'applied', version = n.version + 1, login = f.login, name = f.name, mail = f.mail,
        role = f.role, post = f.post, person = f.person, day = f.day, reason = f.reason, once_by = NULL,
        answer_hash = NULL, answer_until = NULL
    WHERE n.id = form_ RETURNING n.* INTO f;
    RETURN f;
END $$;

-- What every act ends with: the event, then the log row.
CREATE FUNCTION form_moved(me actor, f form, act text, note text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO form_event (form, version, state, by_, post, note, said)
    VALUES (f.id, f.version, f.state, me.person, me.post, coalesce(note, ''), form_json(f));
    PERFORM oplog_act(me, act, 'form ' || f.id, coalesce(note, ''),
        facts => jsonb_build_object('form', form_number(f)));
END $$;

-- The form, locked, as the actor saw it and in one of these states.
CREATE FUNCTION form_taken(me actor, form_ bigint, version_ int, states text[]) RETURNS form
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    f form;
BEGIN
    SELECT * INTO f FROM form WHERE id = form_ FOR UPDATE;
    IF NOT coalesce(form_sees(me, f) AND f.id IS NOT NULL, false) THEN
        PERFORM refuse('missing', 'There is no such form.');
    END IF;
    IF f.version IS DISTINCT FROM version_ OR f.state <> ALL (states) THEN
        PERFORM refuse('conflict', 'Somebody has acted on this form meanwhile. Look at it again.');
    END IF;
    f := form_found(f);
    IF may(me, 'form.accept') AND form_own(me, f) THEN
        PERFORM refuse('denied', 'Nobody decides on an own application, or on one about himself or herself. Ask another administrator.');
    END IF;
    RETURN f;
END $$;

-- A head applies; the form's id.
CREATE FUNCTION form_apply(token text, kind int, login text, name text, mail text, role text, post bigint,
    person bigint, day timestamptz, reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    f form := form_typed(kind, '', login, name, mail, role, post, person, day, reason);
BEGIN
    PERFORM form_judge(f);
    PERFORM form_judge_own(me, f);
    f.department := me.department;
    f.head := me.person;
    f := form_enter(f);
    PERFORM form_moved(me, f, 'form.apply', '');
    RETURN f.id;
END $$;
GRANT EXECUTE ON FUNCTION form_apply TO kairan_staff;

-- A head answers a form that was asked back, with what it says now.
CREATE FUNCTION form_again(token text, form_ bigint, version_ int, login text, name text, mail text, role text,
    post bigint, person bigint, day timestamptz, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    old form := form_taken(me, form_, version_, '{asked_back}');
    f form := form_typed(old.kind, old.head_mail, login, name, mail, role, post, person, day, reason);
BEGIN
    PERFORM form_judge(f);
    IF old.head_mail = '' THEN
        PERFORM form_judge_own(me, f);
    END IF;
    PERFORM form_moved(me, form_renew(form_, f), 'form.apply', '');
END $$;
GRANT EXECUTE ON FUNCTION form_again TO kairan_staff;

-- A head takes a form back that was not decided.
CREATE FUNCTION form_withdraw(token text, form_ bigint, version_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := head_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,asked_back,accepted_once}');
BEGIN
    UPDATE form SET state = 'withdrawn', version = version + 1, answer_hash = NULL, answer_until = NULL
    WHERE id = form_ RETURNING * INTO f;
    PERFORM form_moved(me, f, 'form.withdraw', '');
END $$;
GRANT EXECUTE ON FUNCTION form_withdraw TO kairan_staff;
