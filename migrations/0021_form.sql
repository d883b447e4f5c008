-- Forms 1 to 3 (004 §10, §11, §12-2, §12-3): a department head applies, an administrator decides, and
-- what is accepted takes effect in the same transaction.

-- Numbers begin anew with the fiscal year and leave no gap.
CREATE TABLE form_serial (
    year int PRIMARY KEY,
    last int NOT NULL CHECK (last > 0)
);

CREATE TABLE form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind int NOT NULL CHECK (kind BETWEEN 1 AND 3),
    year int NOT NULL,
    serial int NOT NULL,
    department bigint NOT NULL REFERENCES department,
    head bigint NOT NULL REFERENCES person, -- who applied
    state text NOT NULL DEFAULT 'applied' CHECK (state IN
        ('applied', 'asked_back', 'accepted_once', 'accepted', 'refused', 'withdrawn')),
    version int NOT NULL DEFAULT 1, -- of the state: who acts says which one he or she saw
    login text NOT NULL DEFAULT '', -- form 1: who is to be registered, and as what
    name text NOT NULL DEFAULT '' CHECK (char_length(name) <= 100),
    mail text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT '' CHECK (role IN ('', 'drafter', 'delegate', 'approver', 'administrator', 'auditor')),
    post bigint REFERENCES post ON DELETE SET NULL, -- form 2: which one ends; NULL: called off since
    person bigint REFERENCES person, -- whom it is about; form 1: NULL until accepted
    day timestamptz, -- form 1: from when; form 2: until when; NULL: at once
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    once_by bigint REFERENCES person, -- the first of two administrators
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (year, serial),
    CONSTRAINT form_content CHECK (CASE kind WHEN 1 THEN login <> '' AND name <> '' AND role <> ''
        ELSE person IS NOT NULL AND role = '' END),
    CONSTRAINT form_once CHECK (state <> 'accepted_once' OR once_by IS NOT NULL),
    CONSTRAINT form_two CHECK (role <> 'administrator' OR state <> 'accepted' OR once_by IS NOT NULL)
);
CREATE INDEX form_department ON form (department, id);
CREATE INDEX form_open ON form (id) WHERE state IN ('applied', 'asked_back', 'accepted_once');

-- What happened to a form and what it said then. Never changed.
CREATE TABLE form_event (
    form bigint NOT NULL REFERENCES form,
    version int NOT NULL,
    state text NOT NULL,
    by_ bigint NOT NULL REFERENCES person,
    post bigint NOT NULL REFERENCES post,
    note text NOT NULL DEFAULT '' CHECK (char_length(note) <= 400),
    said jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (form, version)
);
CREATE TRIGGER form_event_history BEFORE UPDATE OR DELETE ON form_event
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER form_event_whole BEFORE TRUNCATE ON form_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER form_history BEFORE DELETE ON form FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The states that may follow one another; what was applied for changes only with a new application.
CREATE FUNCTION form_check() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NEW.post IS NULL AND OLD.post IS NOT NULL AND NEW.version = OLD.version THEN
        RETURN NEW; -- the post was called off
    END IF;
    IF (NEW.id, NEW.kind, NEW.year, NEW.serial, NEW.department, NEW.head, NEW.made)
            IS DISTINCT FROM (OLD.id, OLD.kind, OLD.year, OLD.serial, OLD.department, OLD.head, OLD.made)
        OR NEW.version <> OLD.version + 1
        OR NOT (OLD.state, NEW.state) IN (('applied', 'asked_back'), ('applied', 'accepted_once'), ('applied', 'accepted'),
            ('applied', 'refused'), ('applied', 'withdrawn'), ('asked_back', 'applied'), ('asked_back', 'withdrawn'),
            ('accepted_once', 'accepted'), ('accepted_once', 'refused'), ('accepted_once', 'asked_back'),
            ('accepted_once', 'withdrawn'))
        OR (NEW.state <> 'applied' AND (NEW.login, NEW.name, NEW.mail, NEW.role, NEW.day, NEW.reason)
            IS DISTINCT FROM (OLD.login, OLD.name, OLD.mail, OLD.role, OLD.day, OLD.reason)) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'form');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER form_check BEFORE UPDATE ON form FOR EACH ROW EXECUTE FUNCTION form_check();

-- ---- reading ----

-- The department head: the approver in office.
CREATE FUNCTION head_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF me.role <> 'approver' THEN
        PERFORM refuse('denied', 'Only the head of a department may apply.');
    END IF;
    RETURN me;
END $$;

-- Heads see the forms of their department, administrators and auditors all.
CREATE FUNCTION form_sees(me actor, f form) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT me.role IN ('administrator', 'auditor') OR (me.role = 'approver' AND me.department = f.department)
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

CREATE FUNCTION form_json(f form) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT jsonb_build_object('id', f.id, 'kind', f.kind, 'number', form_number(f), 'number_en', form_number(f, 'en'),
        'state', f.state, 'version', f.version, 'department', d.name, 'department_en', d.name_en, 'head', h.name,
        'login', coalesce(nullif(f.login, ''), p.login), 'name', coalesce(nullif(f.name, ''), p.name), 'mail', f.mail,
        'role', coalesce(nullif(f.role, ''), o.role, ''), 'reason', f.reason,
        'from', CASE f.kind WHEN 1 THEN coalesce(left(day_jst(f.day), 10), '') ELSE '' END,
        'until', CASE f.kind WHEN 2 THEN coalesce(left(day_jst(day_before(f.day)), 10), '') ELSE '' END,
        'day_era', day_era(CASE f.kind WHEN 2 THEN day_before(f.day) ELSE f.day END),
        'made', day_jst(f.made), 'made_era', day_era(f.made))
    FROM department d JOIN person h ON h.id = f.head LEFT JOIN person p ON p.id = f.person
        LEFT JOIN post o ON o.id = f.post
    WHERE d.id = f.department
$$;

-- The newest first, below `before` where it is given.
CREATE FUNCTION form_list(token text, open_ boolean, before bigint, most int) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF me.role NOT IN ('approver', 'administrator', 'auditor') THEN
        PERFORM refuse('denied', 'Only department heads, administrators and auditors may read forms.');
    END IF;
    RETURN QUERY SELECT form_json(f) FROM form f
    WHERE form_sees(me, f) AND (before IS NULL OR f.id < before)
        AND (NOT open_ OR f.state IN ('applied', 'asked_back', 'accepted_once'))
    ORDER BY f.id DESC LIMIT least(most, 200);
END $$;

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
    SELECT jsonb_agg(jsonb_build_object('state', e.state, 'name', p.name, 'role', o.role, 'note', e.note, 'at', day_jst(e.at))
        ORDER BY e.version) INTO events
    FROM form_event e JOIN person p ON p.id = e.by_ JOIN post o ON o.id = e.post WHERE e.form = f.id;
    PERFORM oplog_act(me, 'form.read', 'form ' || f.id);
    RETURN form_json(f) || jsonb_build_object('events', events,
        'may_decide', me.role = 'administrator' AND me.person <> f.head AND f.state IN ('applied', 'accepted_once'),
        'may_change', me.role = 'approver' AND f.state = 'asked_back',
        'may_withdraw', me.role = 'approver' AND f.state IN ('applied', 'asked_back', 'accepted_once'));
END $$;

-- ---- acting ----

-- What every act ends with: the event, then the log row.
CREATE FUNCTION form_moved(me actor, f form, act text, note text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO form_event (form, version, state, by_, post, note, said)
    VALUES (f.id, f.version, f.state, me.person, me.post, coalesce(note, ''), form_json(f));
    PERFORM oplog_act(me, act, 'form ' || f.id, concat_ws(' ', form_number(f), nullif(note, '')));
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
    IF me.role = 'administrator' AND me.person IN (f.head, f.person) THEN
        PERFORM refuse('denied', 'Nobody decides on an own application, or on one about himself or herself. Ask another administrator.');
    END IF;
    RETURN f;
END $$;

-- What a head may apply for; the refusals name the field.
CREATE FUNCTION form_judge(me actor, f form) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM need_reason(f.reason);
    IF f.day IS NOT NULL THEN
        PERFORM begin_at(f.day, 'from');
    END IF;
    IF f.kind = 1 THEN
        PERFORM need_text(f.name, 100, 'Type the name, in at most 100 characters.', 'name');
        IF f.login !~ '^[a-z0-9][a-z0-9._-]{1,31}$' THEN
            PERFORM refuse('invalid', 'A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a digit.', 'login');
        ELSIF f.mail ~ '[[:cntrl:][:space:]<>]' OR f.mail <> '' AND f.mail !~ '^[^@]+@[^@]+$' THEN
            PERFORM refuse('invalid', 'Type a mail address.', 'mail');
        ELSIF f.role = '' THEN
            PERFORM refuse('invalid', 'Choose a role.', 'role');
        END IF;
    ELSIF f.kind = 2 AND NOT EXISTS (SELECT FROM post o WHERE o.id = f.post AND o.department = me.department
        AND coalesce(upper(o.during) > now(), true)) THEN
        PERFORM refuse('invalid', 'Choose a post of your department.', 'login');
    ELSIF f.kind = 3 AND NOT EXISTS (SELECT FROM post o WHERE o.person = f.person AND o.department = me.department
        AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'Choose a person of your department.', 'login');
    ELSIF f.kind = 3 AND f.person = me.person THEN
        PERFORM refuse('invalid', 'You are signed in: change your password yourself.', 'login');
    END IF;
END $$;

-- What was typed as a form; not stored yet. Forms 2 and 3 may name post or person by user ID and role.
CREATE FUNCTION form_typed(me actor, kind int, login text, name text, mail text, role text, post bigint, person bigint,
    day timestamptz, reason text) RETURNS form
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    f form;
BEGIN
    IF coalesce(role, '') NOT IN ('', 'drafter', 'delegate', 'approver', 'administrator', 'auditor') THEN
        PERFORM refuse('invalid', 'Choose a role.', 'role');
    END IF;
    f.kind := kind;
    f.login := CASE kind WHEN 1 THEN coalesce(login, '') ELSE '' END;
    f.name := CASE kind WHEN 1 THEN coalesce(name, '') ELSE '' END;
    f.mail := CASE kind WHEN 1 THEN coalesce(mail, '') ELSE '' END;
    f.role := CASE kind WHEN 1 THEN coalesce(role, '') ELSE '' END;
    f.post := CASE kind WHEN 2 THEN coalesce(post, (SELECT min(o.id) FROM kairan.post o JOIN kairan.person p ON p.id = o.person
        WHERE p.login = login AND o.role = role AND o.department = me.department AND coalesce(upper(o.during) > now(), true))) END;
    f.person := CASE kind WHEN 2 THEN (SELECT o.person FROM kairan.post o WHERE o.id = f.post)
        WHEN 3 THEN coalesce(person, (SELECT p.id FROM kairan.person p WHERE p.login = login)) END;
    f.day := CASE WHEN kind < 3 THEN day END;
    f.reason := reason;
    RETURN f;
END $$;

CREATE FUNCTION form_apply(token text, kind int, login text, name text, mail text, role text, post bigint,
    person bigint, day timestamptz, reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    f form := form_typed(me, kind, login, name, mail, role, post, person, day, reason);
    year_ int := fiscal_year(clock_timestamp());
    serial_ int;
BEGIN
    IF kind IS NULL OR kind NOT BETWEEN 1 AND 3 THEN
        PERFORM refuse('invalid', 'Choose a form.', 'kind');
    END IF;
    PERFORM form_judge(me, f);
    INSERT INTO form_serial AS s (year, last) VALUES (year_, 1)
    ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING s.last INTO serial_;
    INSERT INTO form AS n (kind, year, serial, department, head, login, name, mail, role, post, person, day, reason)
    VALUES (kind, year_, serial_, me.department, me.person, f.login, f.name, f.mail, f.role, f.post, f.person, f.day,
        f.reason)
    RETURNING n.* INTO f;
    PERFORM form_moved(me, f, 'form.apply', '');
    RETURN f.id;
END $$;

-- The head applies anew with a form that was asked back.
CREATE FUNCTION form_again(token text, form_ bigint, version_ int, login text, name text, mail text, role text,
    post bigint, person bigint, day timestamptz, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    old form := form_taken(me, form_, version_, '{asked_back}');
    f form := form_typed(me, old.kind, login, name, mail, role, post, person, day, reason);
BEGIN
    PERFORM form_judge(me, f);
    UPDATE form n SET state = 'applied', version = n.version + 1, login = f.login, name = f.name, mail = f.mail,
        role = f.role, post = f.post, person = f.person, day = f.day, reason = f.reason, once_by = NULL
    WHERE n.id = form_ RETURNING n.* INTO f;
    PERFORM form_moved(me, f, 'form.apply', '');
END $$;

CREATE FUNCTION form_withdraw(token text, form_ bigint, version_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := head_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,asked_back,accepted_once}');
BEGIN
    UPDATE form SET state = 'withdrawn', version = version + 1 WHERE id = form_ RETURNING * INTO f;
    PERFORM form_moved(me, f, 'form.withdraw', '');
END $$;

-- Asks back or refuses, with the reason, and tells the head.
CREATE FUNCTION form_answer(token text, form_ bigint, version_ int, to_ text, reason text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,accepted_once}');
BEGIN
    PERFORM need_reason(reason);
    UPDATE form SET state = to_, version = version + 1 WHERE id = form_ RETURNING * INTO f;
    PERFORM letter_staff(CASE to_ WHEN 'refused' THEN 'form-refused' ELSE 'form-asked' END, f.head,
        now() + interval '7 days');
    PERFORM form_moved(me, f, CASE to_ WHEN 'refused' THEN 'form.refuse' ELSE 'form.ask' END, reason);
END $$;

CREATE FUNCTION form_ask(token text, form_ bigint, version_ int, reason text, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT form_answer(token, form_, version_, 'asked_back', reason, network)
$$;

CREATE FUNCTION form_refuse(token text, form_ bigint, version_ int, reason text, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT form_answer(token, form_, version_, 'refused', reason, network)
$$;

-- Form 1 takes effect: a new account (its password is the one given), or a post more of a person who has
-- one. Who is to be a delegate gets no post: the head delegates, with period and reason (004 §4-3). Gives the
-- person; `fresh`: the password is used.
CREATE FUNCTION form_register(me actor, token text, f form, salt bytea, cost text, verifier bytea, OUT who bigint, OUT fresh boolean)
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    begins timestamptz := greatest(f.day, now());
    why text := CASE WHEN f.role = 'approver' AND (SELECT of_administrator FROM department WHERE id = f.department)
        THEN f.reason ELSE '' END;
    opened bigint;
BEGIN
    SELECT p.id INTO who FROM person p WHERE p.login = f.login FOR NO KEY UPDATE;
    fresh := who IS NULL;
    IF fresh THEN
        who := staff_enter(me, f.login, f.name, f.mail, f.department,
            CASE WHEN f.role NOT IN ('delegate', 'approver') THEN f.role END, tstzrange(begins, NULL), '', salt, cost,
            verifier);
    ELSIF who = me.person THEN
        PERFORM not_oneself(me, who);
    ELSIF f.role = 'delegate' THEN
        PERFORM refuse('conflict', 'This person has an account already: the head may delegate at once.', 'login');
    ELSIF f.role <> 'approver' THEN
        opened := post_open(who, f.role, f.department, tstzrange(begins, NULL));
        PERFORM oplog_act(me, 'post.add', 'person ' || who, post_text(opened));
    END IF;
    IF f.role = 'approver' THEN -- the one in office goes when this one comes
        PERFORM approver_change(token, f.department, who, begins, why, f.reason, me.network);
    END IF;
END $$;

-- An administrator more: two administrators accept, one after the other; where there is one, the host's
-- operator makes the second. True when this was the first of two.
CREATE FUNCTION form_first_of_two(me actor, f form) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF f.role <> 'administrator' THEN
        RETURN false;
    END IF;
    IF (SELECT count(DISTINCT o.person) FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.during @> now() AND p.suspended_at IS NULL) < 2 THEN
        PERFORM refuse('denied', 'There is one administrator only: the next one is made on the host, with "kairan admin add".');
    END IF;
    IF f.once_by = me.person THEN
        PERFORM refuse('denied', 'You have accepted this form already. Another administrator confirms it.');
    END IF;
    RETURN f.once_by IS NULL;
END $$;

-- Accepts; the state that follows, the person it is about, and whether the one-time password is his or hers
-- now, and to be handed over.
CREATE FUNCTION form_accept(token text, form_ bigint, version_ int, salt bytea, cost text, verifier bytea, network inet,
    OUT state text, OUT person bigint, OUT fresh boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := administrator_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,accepted_once}');
BEGIN
    person := f.person;
    fresh := false;
    state := CASE WHEN form_first_of_two(me, f) THEN 'accepted_once' ELSE 'accepted' END;
    IF form_accept.state = 'accepted_once' THEN
        NULL;
    ELSIF f.kind = 1 THEN
        SELECT r.who, r.fresh INTO person, fresh
        FROM form_register(me, token, f, form_accept.salt, form_accept.cost, form_accept.verifier) r;
    ELSIF f.kind = 2 THEN
        PERFORM staff_post_end(me, f.post, CASE WHEN f.day > now() THEN f.day END, f.reason);
    ELSE
        PERFORM credential_reset(me, f.person, form_accept.salt, form_accept.cost, form_accept.verifier, f.reason);
        fresh := true;
    END IF;
    UPDATE form n SET state = form_accept.state, version = n.version + 1, person = form_accept.person,
        once_by = coalesce(n.once_by, me.person)
    WHERE n.id = form_ RETURNING n.* INTO f;
    IF f.state = 'accepted' THEN
        PERFORM letter_staff('form-accepted', f.head, now() + interval '7 days');
    END IF;
    PERFORM form_moved(me, f, 'form.accept', '');
END $$;

INSERT INTO proof_act (act) VALUES ('form.accept');

GRANT EXECUTE ON FUNCTION
    form_list(text, boolean, bigint, int), form_read(text, bigint, inet),
    form_apply(text, int, text, text, text, text, bigint, bigint, timestamptz, text, inet),
    form_again(text, bigint, int, text, text, text, text, bigint, bigint, timestamptz, text, inet),
    form_withdraw(text, bigint, int, inet), form_ask(text, bigint, int, text, inet),
    form_refuse(text, bigint, int, text, inet), form_accept(text, bigint, int, bytea, text, bytea, inet)
TO kairan_staff;
