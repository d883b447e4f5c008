-- Forms 1 to 3 (004 §10, §11, §12-2, §12-3): a department head applies, signed in or confirmed by mail, an
-- administrator decides, and what is accepted takes effect in the same transaction.

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
    head bigint REFERENCES person, -- who applied; NULL: nobody is known as head under the address below
    head_name text NOT NULL DEFAULT '' CHECK (char_length(head_name) <= 100), -- applied without sign-in: the name as typed,
    head_mail text NOT NULL DEFAULT '', -- the address that confirmed it,
    lang text NOT NULL DEFAULT 'ja' CHECK (lang IN ('ja', 'en')), -- the language of letters to it,
    answer_hash bytea UNIQUE, -- and the link by which such a head answers a question
    answer_until timestamptz,
    state text NOT NULL DEFAULT 'applied' CHECK (state IN
        ('applied', 'asked_back', 'accepted_once', 'accepted', 'refused', 'withdrawn')),
    version int NOT NULL DEFAULT 1, -- of the state: who acts says which one he or she saw
    login text NOT NULL DEFAULT '', -- form 1: who is to be registered, and as what; without sign-in the others, too
    name text NOT NULL DEFAULT '' CHECK (char_length(name) <= 100),
    mail text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT '' CHECK (role IN ('', 'drafter', 'delegate', 'approver', 'administrator', 'auditor')),
    post bigint REFERENCES post ON DELETE SET NULL, -- form 2: which one ends; NULL: called off since
    person bigint REFERENCES person, -- whom it is about; form 1: NULL until accepted; without sign-in: NULL for nobody known
    day timestamptz, -- form 1: from when; form 2: until when; NULL: at once
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    once_by bigint REFERENCES person, -- the first of two administrators
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (year, serial),
    CONSTRAINT form_applicant CHECK (CASE head_mail WHEN '' THEN head IS NOT NULL AND head_name = '' ELSE head_name <> '' END),
    CONSTRAINT form_content CHECK (CASE WHEN kind = 1 THEN login <> '' AND name <> '' AND role <> ''
        WHEN head_mail <> '' THEN login <> '' AND (role <> '') = (kind = 2)
        ELSE person IS NOT NULL AND role = '' END),
    CONSTRAINT form_whom CHECK (state <> 'accepted' OR person IS NOT NULL),
    CONSTRAINT form_answer CHECK ((answer_hash IS NULL) = (answer_until IS NULL)
        AND (answer_hash IS NULL OR (state = 'asked_back' AND head_mail <> ''))),
    CONSTRAINT form_once CHECK (state <> 'accepted_once' OR once_by IS NOT NULL),
    CONSTRAINT form_two CHECK (kind <> 1 OR role <> 'administrator' OR state <> 'accepted' OR once_by IS NOT NULL)
);
CREATE INDEX form_department ON form (department, id);
CREATE INDEX form_open ON form (id) WHERE state IN ('applied', 'asked_back', 'accepted_once');

-- Applied for without sign-in and not confirmed yet: no administrator sees it, and it goes when its link is over.
CREATE TABLE form_pending (
    token_hash bytea PRIMARY KEY, -- the token itself is in the letter alone
    said jsonb NOT NULL, -- the form that it becomes
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL,
    form bigint REFERENCES form -- once confirmed
);
CREATE INDEX form_pending_expires ON form_pending (expires);

-- What happened to a form and what it said then. Never changed.
CREATE TABLE form_event (
    form bigint NOT NULL REFERENCES form,
    version int NOT NULL,
    state text NOT NULL,
    by_ bigint REFERENCES person, -- NULL: without sign-in, by a link that went to
    post bigint REFERENCES post,
    address text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '' CHECK (char_length(note) <= 400),
    said jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (form, version),
    CONSTRAINT form_event_by CHECK ((by_ IS NULL) = (address <> '') AND (by_ IS NULL) = (post IS NULL))
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
        'may_decide', me.role = 'administrator' AND NOT form_own(me, f) AND f.state IN ('applied', 'accepted_once'),
        'may_refuse', me.role = 'administrator' AND NOT form_own(me, f)
            AND f.state IN ('applied', 'accepted_once', 'asked_back'),
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
    f := form_found(f);
    IF me.role = 'administrator' AND form_own(me, f) THEN
        PERFORM refuse('denied', 'Nobody decides on an own application, or on one about himself or herself. Ask another administrator.');
    END IF;
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
        PERFORM need_text(f.name, 100, 'Type the name, in at most 100 characters.', 'name');
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
    IF coalesce(role, '') NOT IN ('', 'drafter', 'delegate', 'approver', 'administrator', 'auditor') THEN
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

-- A letter to the head: the page it leads to, the form's number and the words, a line each, are what its secret holds
-- (core/letter.c). Without sign-in it goes to the address that confirmed the form.
CREATE FUNCTION form_tell(f form, template text, words text, page text DEFAULT '') RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    h person;
    lang_ text;
BEGIN
    SELECT * INTO h FROM person WHERE id = f.head;
    lang_ := CASE f.head_mail WHEN '' THEN h.lang ELSE f.lang END;
    IF page = '' THEN
        page := CASE WHEN h.id IS NOT NULL THEN '/forms/' || f.id ELSE '/apply' END;
    END IF;
    IF coalesce(nullif(f.head_mail, ''), h.mail) <> '' THEN
        PERFORM letter_add(template, lang_, NULL, coalesce(nullif(f.head_mail, ''), h.mail),
            concat_ws(E'\n', page, form_number(f, lang_), words), coalesce(f.answer_until, now() + interval '7 days'));
    END IF;
END $$;

-- Asks back or refuses, with the reason, and tells the head. Who applied without sign-in answers a question by a link
-- that holds for a week.
CREATE FUNCTION form_answer(token text, form_ bigint, version_ int, to_ text, reason text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    f form := form_taken(me, form_, version_,
        CASE to_ WHEN 'refused' THEN '{applied,accepted_once,asked_back}' ELSE '{applied,accepted_once}' END::text[]);
    link text := CASE WHEN to_ = 'asked_back' AND f.head_mail <> '' THEN b64url(gen_random_bytes(32)) END;
BEGIN
    PERFORM need_reason(reason);
    UPDATE form SET state = to_, version = version + 1, answer_hash = token_hash(link),
        answer_until = CASE WHEN link IS NOT NULL THEN now() + interval '7 days' END
    WHERE id = form_ RETURNING * INTO f;
    IF to_ = 'refused' THEN
        PERFORM form_tell(f, 'form-refused', reason);
    ELSIF link IS NULL THEN
        PERFORM form_tell(f, 'form-asked', reason);
    ELSE
        PERFORM form_tell(f, 'form-asked-open', reason, '/apply/again/' || link);
    END IF;
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
    IF f.kind <> 1 OR f.role <> 'administrator' THEN
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
-- now, and to be handed over. Where the address is not known as the head's, the note says how the administrator
-- made sure who applied (004 §10-2).
CREATE FUNCTION form_accept(token text, form_ bigint, version_ int, note text, salt bytea, cost text, verifier bytea, network inet,
    OUT state text, OUT person bigint, OUT fresh boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := administrator_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,accepted_once}');
BEGIN
    IF f.head IS NULL THEN
        PERFORM need_text(note, 400, 'Write how you made sure that the head of the department applies, in at most 400 characters.',
            'note');
    END IF;
    IF f.kind > 1 AND f.person IS NULL THEN
        PERFORM refuse('conflict', 'The department has nobody of this user ID and role. Ask the head back, or refuse.');
    END IF;
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
    UPDATE form n SET state = form_accept.state, version = n.version + 1, person = form_accept.person, post = f.post,
        once_by = coalesce(n.once_by, me.person)
    WHERE n.id = form_ RETURNING n.* INTO f;
    IF f.state = 'accepted' THEN
        PERFORM form_tell(f, 'form-accepted', '');
    END IF;
    PERFORM form_moved(me, f, 'form.accept', note);
END $$;

INSERT INTO proof_act (act) VALUES ('form.accept');

-- ---- without sign-in: from the staff network, confirmed by mail ----

-- What heads choose from. Not names of people: strangers read it.
CREATE FUNCTION form_departments() RETURNS TABLE (department bigint, name text, name_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT id, name, name_en FROM department ORDER BY id
$$;

-- A head applies. The same happens and the same is said whether anybody has the address or user ID or not: who is
-- meant is looked for when the address is confirmed. Beyond the address's limit nothing is mailed and nothing said.
-- domains: the municipality's, parted by commas.
CREATE FUNCTION form_request(kind int, department bigint, head_name text, head_mail text, lang text, login text, name text,
    mail text, role text, day timestamptz, reason text, domains text, mails_per_address_hour int,
    tries_per_network_hour int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    f form;
    link text := b64url(gen_random_bytes(32));
    until timestamptz := clock_timestamp() + interval '24 hours';
BEGIN
    IF coalesce(head_mail, '') !~ '^[^\s[:cntrl:]<>@]{1,64}@[a-z0-9.-]+$' OR octet_length(head_mail) > 254
        OR split_part(head_mail, '@', 2) <> ALL (regexp_split_to_array(coalesce(domains, ''), '\s*,\s*')) THEN
        PERFORM refuse('invalid', 'Type a mail address of the municipality.', 'head_mail');
    END IF;
    f := form_typed(kind, head_mail, login, name, mail, role, NULL, NULL, day, reason);
    f.department := department;
    f.head_name := head_name;
    f.lang := CASE lang WHEN 'en' THEN 'en' ELSE 'ja' END;
    IF NOT EXISTS (SELECT FROM kairan.department d WHERE d.id = department) THEN
        PERFORM refuse('invalid', 'Choose a department.', 'department');
    END IF;
    PERFORM need_text(head_name, 100, 'Type the head''s name, in at most 100 characters.', 'head');
    PERFORM form_judge(f);
    IF NOT throttle_hit('apply-network', network_key(network), least(tries_per_network_hour, 1000), '1 hour') THEN
        PERFORM refuse('limit', 'Too many requests came from your network. Please try again in an hour.');
    END IF;
    IF throttle_hit('apply-address', lower(head_mail), least(mails_per_address_hour, 10), '1 hour') THEN
        INSERT INTO form_pending (token_hash, said, expires) VALUES (token_hash(link), to_jsonb(f), until);
        PERFORM letter_add('form-confirm', f.lang, NULL, head_mail, '/apply/confirm/' || link, until);
    END IF;
END $$;

CREATE FUNCTION form_pending_of(token text) RETURNS form_pending
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    p form_pending;
BEGIN
    SELECT * INTO p FROM form_pending WHERE token_hash = token_hash(token) AND expires > clock_timestamp() FOR UPDATE;
    IF p.token_hash IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please apply again.');
    END IF;
    RETURN p;
END $$;

-- What the reader of the letter sees of it: what was typed, and nothing that the system knows.
CREATE FUNCTION form_typed_json(f form) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT jsonb_build_object('kind', f.kind, 'department', d.name, 'department_en', d.name_en, 'head', f.head_name,
        'head_mail', f.head_mail, 'login', f.login, 'name', f.name, 'mail', f.mail, 'role', f.role, 'reason', f.reason,
        'from', CASE f.kind WHEN 1 THEN coalesce(left(day_jst(f.day), 10), '') ELSE '' END,
        'until', CASE f.kind WHEN 2 THEN coalesce(left(day_jst(day_before(f.day)), 10), '') ELSE '' END,
        'number', CASE WHEN f.id IS NULL THEN '' ELSE form_number(f) END,
        'number_en', CASE WHEN f.id IS NULL THEN '' ELSE form_number(f, 'en') END)
    FROM department d WHERE d.id = f.department
$$;

-- What a link would confirm; changes nothing. `number` is '' until it is confirmed.
CREATE FUNCTION form_peek(token text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    p form_pending := form_pending_of(token);
    f form := jsonb_populate_record(NULL::form, p.said);
BEGIN
    IF p.form IS NOT NULL THEN
        SELECT * INTO f FROM form WHERE id = p.form;
    END IF;
    RETURN form_typed_json(f);
END $$;

-- What an act without sign-in ends with.
CREATE FUNCTION form_moved_open(f form, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO form_event (form, version, state, address, said)
    VALUES (f.id, f.version, f.state, f.head_mail, form_json(f));
    PERFORM oplog_append(NULL, f.head_mail, NULL, NULL, f.department, 'form.apply', 'form ' || f.id, 'done',
        'open ' || form_number(f), network);
END $$;

-- Confirms by the link: now it is a form with a number. Its head is the department's, where that is his or her
-- address. Pressing twice is as pressing once.
CREATE FUNCTION form_confirm(token text, network inet) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    p form_pending := form_pending_of(token);
    f form := jsonb_populate_record(NULL::form, p.said);
BEGIN
    IF p.form IS NOT NULL THEN
        SELECT * INTO f FROM form WHERE id = p.form;
        RETURN form_typed_json(f);
    END IF;
    f := form_found(f);
    f.head := (SELECT h.id FROM person h JOIN post o ON o.person = h.id
        WHERE lower(h.mail) = lower(f.head_mail) AND h.suspended_at IS NULL AND o.role = 'approver'
            AND o.department = f.department AND o.during @> clock_timestamp());
    f := form_enter(f);
    UPDATE form_pending SET form = f.id WHERE token_hash = p.token_hash;
    PERFORM form_moved_open(f, network);
    RETURN form_typed_json(f);
END $$;

CREATE FUNCTION form_answered(token text) RETURNS form
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    f form;
BEGIN
    SELECT * INTO f FROM form WHERE answer_hash = token_hash(token) AND answer_until > clock_timestamp() FOR UPDATE;
    IF f.id IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please apply again.');
    END IF;
    RETURN f;
END $$;

-- What was asked, and the form that it is about; changes nothing.
CREATE FUNCTION form_question(token text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    f form := form_answered(token);
BEGIN
    RETURN form_typed_json(f) || jsonb_build_object('question',
        (SELECT e.note FROM form_event e WHERE e.form = f.id AND e.version = f.version));
END $$;

-- Corrected and applied for anew by the link, once.
CREATE FUNCTION form_reply(token text, login text, name text, mail text, role text, day timestamptz, reason text,
    network inet) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    old form := form_answered(token);
    f form := form_typed(old.kind, old.head_mail, login, name, mail, role, NULL, NULL, day, reason);
BEGIN
    PERFORM form_judge(f);
    f.department := old.department;
    f := form_renew(old.id, form_found(f));
    PERFORM form_moved_open(f, network);
    RETURN form_typed_json(f);
END $$;

-- Removes applications whose links are over; those confirmed are forms by then. True when there may be more.
CREATE FUNCTION form_forget(most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
BEGIN
    DELETE FROM form_pending WHERE token_hash IN (SELECT token_hash FROM form_pending
        WHERE expires <= clock_timestamp() LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n = most;
END $$;
GRANT EXECUTE ON FUNCTION form_forget(int) TO kairan_house;

GRANT EXECUTE ON FUNCTION
    form_list(text, boolean, bigint, int), form_read(text, bigint, inet), form_choices(text, int),
    form_apply(text, int, text, text, text, text, bigint, bigint, timestamptz, text, inet),
    form_again(text, bigint, int, text, text, text, text, bigint, bigint, timestamptz, text, inet),
    form_withdraw(text, bigint, int, inet), form_ask(text, bigint, int, text, inet),
    form_refuse(text, bigint, int, text, inet), form_accept(text, bigint, int, text, bytea, text, bytea, inet),
    form_departments(), form_request(int, bigint, text, text, text, text, text, text, text, timestamptz, text, text,
        int, int, inet),
    form_peek(text), form_confirm(text, inet), form_question(text),
    form_reply(text, text, text, text, text, timestamptz, text, inet)
TO kairan_staff;
