-- Departments, people and dated posts as the administrator keeps them (004 §3 to §6; 000 §6). A post begins
-- and ends by its dates alone: no program need run at that moment.

-- ---- departments ----

-- Of the administrator's own department the head is the administrator, who must not approve; its deputy
-- head does, as an exception that says why (004 §4-1; 001 §7(4)).
ALTER TABLE department ADD of_administrator boolean NOT NULL DEFAULT false;

-- Names as they were: what was approved under the old name stays what was approved.
CREATE TABLE department_name (
    department bigint NOT NULL REFERENCES department,
    name text NOT NULL,
    until timestamptz NOT NULL, -- the name's last moment
    PRIMARY KEY (department, until)
);
CREATE TRIGGER department_name_history BEFORE UPDATE OR DELETE ON department_name
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION department_renamed() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NEW.code <> OLD.code THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'department');
    END IF;
    IF NEW.name <> OLD.name THEN
        INSERT INTO department_name (department, name, until) VALUES (OLD.id, OLD.name, clock_timestamp());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER department_renamed BEFORE UPDATE ON department
FOR EACH ROW EXECUTE FUNCTION department_renamed();

-- The name a department had at a moment; NULL: the present one.
CREATE FUNCTION department_name_at(department_ bigint, at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce((SELECT n.name FROM department_name n WHERE n.department = department_ AND n.until > at
        ORDER BY n.until LIMIT 1), (SELECT d.name FROM department d WHERE d.id = department_))
$$;

-- As before (0012), but with the department's name as it was at the approval: renaming a department
-- neither stops what is being sent nor makes a record differ from what was approved.
CREATE OR REPLACE FUNCTION alert_fields(alert_ bigint, version_ int) RETURNS text[]
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT ARRAY[CASE a.act WHEN 'new' THEN 'kairan alert 1' ELSE 'kairan alert 2' END,
            a.id::text, v.version::text, d.id::text,
            department_name_at(d.id, (SELECT p.at FROM approval p WHERE p.alert = a.id)), d.code, a.act,
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

-- ---- people and posts ----

ALTER TABLE person
    ADD department bigint REFERENCES department, -- where a person without a post belongs
    ADD last_sign_in timestamptz;
UPDATE person p SET department = (SELECT min(o.department) FROM post o WHERE o.person = p.id),
    last_sign_in = (SELECT max(s.made) FROM session s WHERE s.person = p.id);

-- Whatever opens sessions: the day of the last sign-in is known after they are cleared away.
CREATE FUNCTION session_opened() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE person SET last_sign_in = greatest(last_sign_in, NEW.made) WHERE id = NEW.person;
    RETURN NULL;
END $$;
CREATE TRIGGER session_opened AFTER INSERT ON session FOR EACH ROW EXECUTE FUNCTION session_opened();

ALTER TABLE post
    ADD exception text NOT NULL DEFAULT '' CHECK (char_length(exception) <= 400), -- why not the head
    ADD end_reason text NOT NULL DEFAULT '' CHECK (char_length(end_reason) <= 400),
    ADD moves_home boolean NOT NULL DEFAULT false, -- by a transfer: from its first day on its holder belongs there
    ADD CONSTRAINT post_once EXCLUDE USING gist
        (person WITH =, (coalesce(department, 0)) WITH =, role WITH =, during WITH &&);
CREATE INDEX post_department ON post (department) WHERE department IS NOT NULL;

-- Where a person belongs at a moment: a transfer dated ahead moves nobody before its day, and none that
-- was called off.
CREATE FUNCTION person_home(person_ bigint, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce((SELECT o.department FROM post o WHERE o.person = person_ AND o.moves_home AND lower(o.during) <= at
        ORDER BY lower(o.during) DESC LIMIT 1), (SELECT p.department FROM person p WHERE p.id = person_))
$$;

-- Guests (000 §6): each application is a row, the first one and every extension.
CREATE TABLE guest (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    purpose text NOT NULL CHECK (purpose ~ '\S' AND char_length(purpose) <= 400),
    organisation text NOT NULL CHECK (organisation ~ '\S' AND char_length(organisation) <= 200),
    head text NOT NULL CHECK (head ~ '\S' AND char_length(head) <= 100), -- the department head who applied
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX guest_person ON guest (person);
CREATE TRIGGER guest_history BEFORE UPDATE OR DELETE ON guest
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The moment at which the fiscal year of `at` is over: 1 April, 0 o'clock, Japan time.
CREATE FUNCTION fiscal_end(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

CREATE FUNCTION guest_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF upper(NEW.during) > fiscal_end(lower(NEW.during)) THEN
        PERFORM refuse('invalid', 'A guest''s period ends on 31 March of the fiscal year in which it begins, or earlier.',
            'until');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guest_check BEFORE INSERT ON guest FOR EACH ROW EXECUTE FUNCTION guest_check();

-- What the exclusion constraints cannot say: a guest's post lies within what was applied for, and is a
-- drafter's; an approver of the administrator's own department is an exception. A post never becomes
-- another's, and its beginning stays.
CREATE FUNCTION post_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.person, NEW.department, NEW.role, lower(NEW.during), NEW.exception)
        IS DISTINCT FROM (OLD.person, OLD.department, OLD.role, lower(OLD.during), OLD.exception) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'post');
    END IF;
    IF EXISTS (SELECT FROM guest g WHERE g.person = NEW.person) THEN
        IF NEW.role <> 'drafter' THEN
            PERFORM refuse('denied', 'A guest may only be a drafter.', 'role');
        END IF;
        IF NOT NEW.during <@ (SELECT range_agg(g.during) FROM guest g WHERE g.person = NEW.person) THEN
            PERFORM refuse('denied', 'A guest''s post lies within the period that was applied for.', 'until');
        END IF;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.role = 'approver' AND NEW.exception !~ '\S' AND EXISTS (
        SELECT FROM department d WHERE d.id = NEW.department AND d.of_administrator) THEN
        PERFORM refuse('invalid', 'In the administrator''s own department the deputy head approves, as an exception. Please give the reason.',
            'exception');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER post_check BEFORE INSERT OR UPDATE ON post FOR EACH ROW EXECUTE FUNCTION post_check();

-- ---- delegation (004 §4-3) ----

-- The approver, or the administrator for the post's sake, lets somebody approve for a time. The right
-- itself is the delegate's post, which begins and ends by its dates: it does not ask whether the approver
-- is suspended or has left.
CREATE TABLE delegation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    approver bigint REFERENCES person, -- on whose behalf; NULL where there never was an approver
    person bigint NOT NULL REFERENCES person,
    post bigint UNIQUE REFERENCES post ON DELETE SET NULL, -- NULL: called off before it began
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT upper_inf(during)), -- as it was given
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended timestamptz,              -- before its time
    ended_by bigint REFERENCES person, -- NULL: by the successor's post
    end_reason text NOT NULL DEFAULT '' CHECK (char_length(end_reason) <= 400),
    CONSTRAINT delegation_apart CHECK (person <> approver)
);
CREATE INDEX delegation_department ON delegation (department, id);
CREATE INDEX delegation_person ON delegation (person);

CREATE FUNCTION delegation_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF (NEW.department, NEW.approver, NEW.person, NEW.during, NEW.reason, NEW.made_by, NEW.made)
        IS DISTINCT FROM (OLD.department, OLD.approver, OLD.person, OLD.during, OLD.reason, OLD.made_by, OLD.made)
        OR OLD.ended < now() AND (NEW.ended, NEW.ended_by, NEW.end_reason)
        IS DISTINCT FROM (OLD.ended, OLD.ended_by, OLD.end_reason) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'delegation');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_check BEFORE UPDATE ON delegation
FOR EACH ROW EXECUTE FUNCTION delegation_check();
CREATE TRIGGER delegation_history BEFORE DELETE ON delegation
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Ends a post at a moment: one that would not have begun then is called off.
CREATE FUNCTION post_cut(post_ bigint, at timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    DELETE FROM post WHERE id = post_ AND lower(during) >= at;
    IF NOT FOUND THEN
        UPDATE post SET during = tstzrange(lower(during), at), end_reason = left(reason, 400) WHERE id = post_;
    END IF;
    UPDATE session SET ended_at = clock_timestamp()
    WHERE post = post_ AND ended_at IS NULL AND at <= now();
END $$;

CREATE FUNCTION delegation_cut(delegation_ bigint, at timestamptz, by_ bigint, reason_ text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    UPDATE delegation SET ended = at, ended_by = by_, end_reason = left(reason_, 400) WHERE id = delegation_;
    PERFORM post_cut(d.post, at, reason_);
END $$;

-- A post opened: its holder belongs somewhere, and a successor's post ends what the predecessor
-- delegated, from its first moment on.
CREATE FUNCTION post_opened() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE person SET department = NEW.department WHERE id = NEW.person AND department IS NULL;
    IF NEW.role = 'approver' THEN
        PERFORM delegation_cut(d.id, lower(NEW.during), NULL, '')
        FROM delegation d JOIN post o ON o.id = d.post
        WHERE d.department = NEW.department AND d.approver IS DISTINCT FROM NEW.person
            AND upper(o.during) > lower(NEW.during) AND lower(d.during) < coalesce(upper(NEW.during), 'infinity');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER post_opened AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION post_opened();

-- ---- suspension, revocation, instruction (004 §6) ----

-- Causes: 1 duties not fulfilled, 2 something forbidden done, 3 long disuse, 4 the state of sending is a
-- problem, 5 unfit in the administrator's eyes otherwise (004 §6-1(1) to (5)).
CREATE TABLE sanction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('suspension', 'revocation')),
    person bigint NOT NULL REFERENCES person,
    post bigint REFERENCES post,
    cause int NOT NULL CHECK (cause BETWEEN 1 AND 5),
    note text NOT NULL CHECK (note ~ '\S' AND char_length(note) <= 400),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    lifted timestamptz,
    lifted_by bigint REFERENCES person,
    lift_reason text NOT NULL DEFAULT '' CHECK (char_length(lift_reason) <= 400),
    CONSTRAINT sanction_post CHECK ((kind = 'revocation') = (post IS NOT NULL)),
    CONSTRAINT sanction_lifted CHECK (lifted IS NULL OR kind = 'suspension')
);
CREATE INDEX sanction_person ON sanction (person);
CREATE UNIQUE INDEX sanction_once ON sanction (person) WHERE kind = 'suspension' AND lifted IS NULL;

-- Instruction of improvement about a drafter, to the approver (004 §6-2). Causes as §6-2(1) to (4).
CREATE TABLE instruction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    person bigint NOT NULL REFERENCES person, -- the drafter
    cause int NOT NULL CHECK (cause BETWEEN 1 AND 4),
    body text NOT NULL CHECK (body ~ '\S' AND char_length(body) <= 1000),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen timestamptz,                         -- acknowledged
    seen_by bigint REFERENCES person,
    answer text NOT NULL DEFAULT '' CHECK (char_length(answer) <= 1000),
    answered timestamptz
);
CREATE INDEX instruction_department ON instruction (department, id);
CREATE INDEX instruction_person ON instruction (person);

-- ---- what all of it is built from ----

CREATE FUNCTION need_text(value text, most int, sentence text, field text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF value IS NULL OR value !~ '\S' OR char_length(value) > most OR value ~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]' THEN
        PERFORM kairan.refuse('invalid', sentence, field);
    END IF;
END $$;

CREATE FUNCTION need_reason(reason text, field text DEFAULT 'reason') RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT need_text(reason, 400, 'Please give the reason, in at most 400 characters.', field)
$$;

-- The beginning of something: now, or today or later.
CREATE FUNCTION begin_at(at timestamptz, field text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF at < date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' THEN
        PERFORM refuse('invalid', 'This day is over. Choose today or a later day.', field);
    END IF;
    RETURN greatest(coalesce(at, now()), now());
END $$;

-- A range from and until, both as days people typed.
CREATE FUNCTION period(from_ timestamptz, until_ timestamptz) RETURNS tstzrange
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF until_ <= from_ THEN
        PERFORM refuse('invalid', 'The last day must not lie before the first.', 'until');
    END IF;
    RETURN tstzrange(from_, until_);
END $$;

CREATE FUNCTION administrator_of(token text, network inet) RETURNS actor
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF me.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN me;
END $$;

-- Who reads about staff: administrators and auditors.
CREATE FUNCTION staff_reader(token text, network inet) RETURNS actor
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF me.role NOT IN ('administrator', 'auditor') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read about staff.');
    END IF;
    RETURN me;
END $$;

CREATE FUNCTION person_locked(person_ bigint) RETURNS person
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    p person;
BEGIN
    SELECT * INTO p FROM person WHERE id = person_ FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    RETURN p;
END $$;

CREATE FUNCTION department_there(department_ bigint) RETURNS department
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    d department;
BEGIN
    SELECT * INTO d FROM department WHERE id = department_;
    IF d.id IS NULL THEN
        PERFORM refuse('invalid', 'Choose a department.', 'department');
    END IF;
    RETURN d;
END $$;

-- Which rule a post would break, in a sentence.
CREATE FUNCTION post_refused(rule text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM refuse('conflict', CASE rule
        WHEN 'post_one_approver'
            THEN 'The department has an approver in this period already. A department has one approver at a time.'
        WHEN 'post_approver_never_drafts'
            THEN 'This person would draft and approve in the same department. Who approves there must not draft there.'
        WHEN 'post_classes_apart'
            THEN 'An administrator or an auditor holds no other post in the same period.'
        WHEN 'post_once' THEN 'This person holds this post in this period already.'
        ELSE rule END, 'role', rule);
END $$;

-- Opens a post, or says which rule forbids it.
CREATE FUNCTION post_open(person_ bigint, role_ text, department_ bigint, during_ tstzrange,
    exception_ text DEFAULT '') RETURNS bigint
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    opened bigint;
    rule text;
BEGIN
    IF role_ IN ('administrator', 'auditor') THEN
        department_ := NULL;
    ELSE
        PERFORM department_there(department_);
    END IF;
    INSERT INTO post (person, role, department, during, exception)
    VALUES (person_, role_, department_, during_, coalesce(exception_, '')) RETURNING id INTO opened;
    RETURN opened;
EXCEPTION
    WHEN exclusion_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM post_refused(rule);
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        IF rule = 'post_exception_check' THEN
            PERFORM need_reason(exception_, 'exception');
        END IF;
        PERFORM refuse('invalid', 'Choose a role.', 'role', rule);
END $$;

CREATE FUNCTION day_jst(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')
$$;

-- A post in the log: "drafter 防災課 2027-04-01 00:00 –".
CREATE FUNCTION post_text(post_ bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT concat_ws(' ', o.role, d.name, day_jst(lower(o.during)), '–', day_jst(upper(o.during)))
    FROM post o LEFT JOIN department d ON d.id = o.department WHERE o.id = post_
$$;

-- There is always an administrator who can sign in: not this one, from this moment on.
CREATE FUNCTION keep_administrator(person_ bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kairan administrators'));
    IF NOT EXISTS (SELECT FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.person <> person_ AND o.during @> at AND p.suspended_at IS NULL) THEN
        PERFORM refuse('conflict', 'This is the last administrator. Register another one first.');
    END IF;
END $$;

-- ---- what other acts use: not granted, no token, the actor is given ----

-- A person with a password, a post aside.
CREATE FUNCTION person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea,
    cost_ text, verifier_ bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
    rule text;
BEGIN
    PERFORM need_text(name_, 100, 'Type the name, in at most 100 characters.', 'name');
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
    IF role_ IS NULL OR role_ NOT IN ('administrator', 'auditor') THEN
        PERFORM department_there(department_);
    END IF;
    who := person_make(login_, name_, mail_, department_, salt_, cost_, verifier_);
    IF role_ IS NOT NULL THEN
        opened := post_open(who, role_, department_, during_, exception_);
    END IF;
    PERFORM oplog_act(me, 'staff.register', 'person ' || who, coalesce(post_text(opened), ''));
    RETURN who;
END $$;

CREATE FUNCTION staff_register(me actor, login text, name text, mail text, department bigint, role text,
    from_ timestamptz, until_ timestamptz, salt bytea, cost text, verifier bytea) RETURNS bigint
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_), '',
        salt, cost, verifier)
$$;

-- Ends a post at a moment (NULL: now); one that has not begun by then is called off.
CREATE FUNCTION staff_post_end(me actor, post bigint, at timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    o post;
    moment timestamptz := begin_at(at, 'until');
    words text;
BEGIN
    SELECT p.* INTO o FROM kairan.post p WHERE p.id = post FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    IF upper(o.during) <= moment THEN
        PERFORM refuse('conflict', 'This post is over by then already.');
    END IF;
    IF o.role = 'administrator' THEN
        PERFORM keep_administrator(o.person, moment);
    END IF;
    PERFORM delegation_cut(d.id, moment, me.person, reason) FROM delegation d WHERE d.post = o.id;
    IF NOT FOUND THEN
        PERFORM post_cut(o.id, moment, reason);
    END IF;
    words := coalesce(post_text(o.id), o.role || ' ×');
    PERFORM oplog_act(me, 'post.end', 'person ' || o.person, words || ' ' || reason);
END $$;

-- ---- departments: the administrator's acts ----

CREATE FUNCTION department_list(token text)
RETURNS TABLE (department bigint, code text, name text, name_en text, of_administrator boolean, approver bigint,
    approver_name text, approver_suspended boolean, successor_name text, successor_from timestamptz,
    empty_from timestamptz, drafters int, delegates int, waiting int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM staff_reader(token, NULL);
    RETURN QUERY
        SELECT d.id, d.code, d.name, d.name_en, d.of_administrator, h.id, h.name, h.suspended_at IS NOT NULL,
            n.name, n.begins,
            -- the first moment of the next 14 days without an approver
            (SELECT lower(tstzmultirange(tstzrange(now(), now() + interval '14 days'))
                - coalesce(range_agg(o.during), '{}')) FROM post o WHERE o.department = d.id AND o.role = 'approver'),
            (SELECT count(DISTINCT o.person)::int FROM post o
                WHERE o.department = d.id AND o.role = 'drafter' AND o.during @> now()),
            (SELECT count(DISTINCT o.person)::int FROM post o
                WHERE o.department = d.id AND o.role = 'delegate' AND o.during @> now()),
            (SELECT count(*)::int FROM alert a WHERE a.department = d.id AND a.state = 'submitted')
        FROM department d
            LEFT JOIN LATERAL (SELECT p.* FROM post o JOIN person p ON p.id = o.person
                WHERE o.department = d.id AND o.role = 'approver' AND o.during @> now()) AS h ON true
            LEFT JOIN LATERAL (SELECT p.name, lower(o.during) AS begins FROM post o JOIN person p ON p.id = o.person
                WHERE o.department = d.id AND o.role = 'approver' AND lower(o.during) > now()
                ORDER BY lower(o.during) LIMIT 1) AS n ON true
        ORDER BY d.id;
END $$;

-- Which rule a department's name or code breaks, in a sentence.
CREATE FUNCTION department_refused(rule text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF rule = 'department_code_key' THEN
        PERFORM refuse('conflict', 'Another department has this code.', 'code');
    ELSIF rule = 'department_name_key' THEN
        PERFORM refuse('conflict', 'Another department has this name.', 'name');
    ELSIF rule = 'department_code_check' THEN
        PERFORM refuse('invalid', 'A code has at most 31 small letters, digits or hyphens, and begins with a letter.', 'code');
    END IF;
    PERFORM refuse('invalid', 'Type the name, in at most 100 characters.', 'name', rule);
END $$;

CREATE FUNCTION department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean,
    network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    made bigint;
    rule text;
BEGIN
    PERFORM need_text(name_, 100, 'Type the name, in at most 100 characters.', 'name');
    BEGIN
        INSERT INTO department (code, name, name_en, of_administrator)
        VALUES (code_, name_, name_en_, of_administrator_) RETURNING id INTO made;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.add', 'department ' || made, code_ || ' ' || name_);
    RETURN made;
END $$;

-- Renames a department. Its code stays: it is the address its alerts come from.
CREATE FUNCTION department_change(token text, department_ bigint, name_ text, name_en_ text,
    of_administrator_ boolean, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    old department;
    rule text;
BEGIN
    SELECT * INTO old FROM department WHERE id = department_ FOR NO KEY UPDATE;
    IF old.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such department.');
    END IF;
    PERFORM need_text(name_, 100, 'Type the name, in at most 100 characters.', 'name');
    BEGIN
        UPDATE department SET name = name_, name_en = name_en_, of_administrator = of_administrator_
        WHERE id = department_;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.change', 'department ' || department_, old.name || ' → ' || name_);
END $$;

-- ---- people and posts: the administrator's acts ----

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

CREATE FUNCTION staff_new(token text, login text, name text, mail text, department bigint, role text,
    from_ timestamptz, until_ timestamptz, exception text, salt bytea, cost text, verifier bytea, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
BEGIN
    PERFORM no_administrator(role);
    RETURN staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_),
        exception, salt, cost, verifier);
END $$;

CREATE FUNCTION staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    p person := person_locked(person_);
BEGIN
    PERFORM need_text(name_, 100, 'Type the name, in at most 100 characters.', 'name');
    IF mail_ ~ '[[:cntrl:][:space:]<>]' OR mail_ <> '' AND mail_ !~ '^[^@]+@[^@]+$' THEN
        PERFORM refuse('invalid', 'Type a mail address.', 'mail');
    END IF;
    UPDATE person SET name = name_, mail = mail_ WHERE id = person_;
    PERFORM oplog_act(me, 'staff.change', 'person ' || person_,
        concat_ws(' ', p.name, p.mail, '→', name_, mail_));
END $$;

CREATE FUNCTION post_add(token text, person_ bigint, role text, department bigint, from_ timestamptz,
    until_ timestamptz, exception text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    opened bigint;
BEGIN
    PERFORM no_administrator(role);
    PERFORM person_locked(person_);
    opened := post_open(person_, role, department, period(begin_at(from_, 'from'), until_), exception);
    PERFORM oplog_act(me, 'post.add', 'person ' || person_, concat_ws(' ', post_text(opened), nullif(exception, '')));
    RETURN opened;
END $$;

CREATE FUNCTION not_oneself(me actor, person_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF me.person = person_ THEN
        PERFORM refuse('denied', 'Nobody does this to himself or herself. Ask another administrator.');
    END IF;
END $$;

CREATE FUNCTION post_end(token text, post_ bigint, at timestamptz, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
BEGIN
    PERFORM not_oneself(me, (SELECT person FROM post WHERE id = post_));
    PERFORM need_reason(reason);
    PERFORM staff_post_end(me, post_, at, reason);
END $$;

-- From one department to another, or from one role to another: the old post ends the moment the new one
-- begins, in one act.
CREATE FUNCTION staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamptz,
    exception_ text, reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    moment timestamptz := begin_at(at, 'from');
    o post;
    opened bigint;
    old text := post_text(post_);
BEGIN
    SELECT * INTO o FROM post WHERE id = post_ FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    PERFORM need_reason(reason);
    PERFORM no_administrator(role_);
    IF o.class <> 3 OR o.role = 'delegate' THEN
        PERFORM refuse('invalid', 'Only drafters and approvers are transferred. End this post instead.', 'role');
    END IF;
    IF NOT o.during @> moment THEN
        PERFORM refuse('conflict', 'This post is not held at that time.', 'from');
    END IF;
    PERFORM post_cut(o.id, moment, reason);
    opened := post_open(o.person, role_, department_, tstzrange(moment, CASE
        WHEN EXISTS (SELECT FROM guest g WHERE g.person = o.person) THEN upper(o.during) END), exception_);
    UPDATE post SET moves_home = true WHERE id = opened;
    PERFORM oplog_act(me, 'staff.transfer', 'person ' || o.person,
        concat_ws(' ', old, '→', post_text(opened), reason));
    RETURN opened;
END $$;

-- The approver changes at a moment, most often the fiscal year's turn, and registered long before: the
-- old approver's post ends the moment the new one's begins.
CREATE FUNCTION approver_change(token text, department_ bigint, person_ bigint, at timestamptz, exception_ text,
    reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    moment timestamptz := begin_at(at, 'from');
    o post;
    opened bigint;
BEGIN
    PERFORM department_there(department_);
    PERFORM person_locked(person_);
    PERFORM need_reason(reason);
    FOR o IN SELECT * FROM post WHERE department = department_ AND role = 'approver'
        AND during && tstzrange(moment, NULL) ORDER BY lower(during) FOR UPDATE
    LOOP
        IF o.person = person_ THEN
            PERFORM refuse('conflict', 'This person is the approver then already.', 'person');
        ELSIF lower(o.during) >= moment THEN
            PERFORM refuse('conflict', 'A later change of the approver is registered already. Call it off first.', 'from');
        END IF;
        PERFORM post_cut(o.id, moment, reason);
    END LOOP;
    opened := post_open(person_, 'approver', department_, tstzrange(moment, NULL), exception_);
    PERFORM oplog_act(me, 'approver.change', 'person ' || person_, concat_ws(' ', post_text(opened), reason));
    RETURN opened;
END $$;

-- ---- guests (000 §6) ----

CREATE FUNCTION guest_new(me actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text,
    during_ tstzrange) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM need_text(purpose_, 400, 'Type the purpose, in at most 400 characters.', 'purpose');
    PERFORM need_text(organisation_, 200, 'Type the organisation, in at most 200 characters.', 'organisation');
    PERFORM need_text(head_, 100, 'Type the name of the department head who applies.', 'head');
    PERFORM need_reason(reason_);
    IF upper_inf(during_) THEN
        PERFORM refuse('invalid', 'Choose the last day.', 'until');
    END IF;
    INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by)
    VALUES (person_, purpose_, organisation_, head_, reason_, during_, me.person);
END $$;

CREATE FUNCTION guest_add(token text, login text, name text, mail text, department bigint, from_ timestamptz,
    until_ timestamptz, purpose text, organisation text, head text, reason text, salt bytea, cost text,
    verifier bytea, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := administrator_of(token, network);
    during_ tstzrange := period(begin_at(from_, 'from'), until_);
    who bigint;
BEGIN
    PERFORM department_there(department);
    who := person_make(login, name, mail, department, salt, cost, verifier);
    PERFORM guest_new(me, who, purpose, organisation, head, reason, during_);
    PERFORM oplog_act(me, 'guest.register', 'person ' || who,
        concat_ws(' ', post_text(post_open(who, 'drafter', department, during_)), organisation, purpose, head, reason));
    RETURN who;
END $$;

-- A further application: from the end of the last one, or from now when that is over.
CREATE FUNCTION guest_extend(token text, person_ bigint, until_ timestamptz, head text, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    p person := person_locked(person_);
    last guest;
    o post;
    from_ timestamptz;
BEGIN
    SELECT * INTO last FROM guest WHERE person = person_ ORDER BY upper(during) DESC, id DESC LIMIT 1;
    SELECT * INTO o FROM post WHERE person = person_ ORDER BY lower(during) DESC LIMIT 1 FOR UPDATE;
    IF last.id IS NULL THEN
        PERFORM refuse('conflict', 'This person is no guest.');
    END IF;
    from_ := greatest(upper(last.during), now());
    IF until_ <= from_ THEN
        PERFORM refuse('invalid', 'The new last day must lie after the present one.', 'until');
    END IF;
    PERFORM guest_new(me, person_, last.purpose, last.organisation, head, reason, tstzrange(from_, until_));
    IF upper(o.during) = from_ THEN
        UPDATE post SET during = tstzrange(lower(during), until_) WHERE id = o.id;
    ELSE
        PERFORM post_open(person_, 'drafter', o.department, tstzrange(from_, until_));
    END IF;
    PERFORM oplog_act(me, 'guest.extend', 'person ' || person_, concat_ws(' ', day_jst(from_), '–',
        day_jst(until_), head, reason));
END $$;

-- ---- suspension, revocation, lost devices ----

CREATE FUNCTION sanction_new(me actor, kind_ text, person_ bigint, post_ bigint, cause_ int, note_ text)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM not_oneself(me, person_);
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 5 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(note_, 400, 'Say what happened, in at most 400 characters.', 'note');
    INSERT INTO sanction (kind, person, post, cause, note, made_by)
    VALUES (kind_, person_, post_, cause_, note_, me.person);
END $$;

-- Nobody acts as this person from this moment on. Posts, and what was submitted, stay.
CREATE FUNCTION staff_suspend(token text, person_ bigint, cause int, note text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    p person := person_locked(person_);
BEGIN
    IF p.suspended_at IS NOT NULL THEN
        PERFORM refuse('conflict', 'This person is suspended already.');
    END IF;
    PERFORM sanction_new(me, 'suspension', person_, NULL, cause, note);
    IF EXISTS (SELECT FROM post o WHERE o.person = person_ AND o.role = 'administrator' AND o.during @> now()) THEN
        PERFORM keep_administrator(person_, now());
    END IF;
    UPDATE person SET suspended_at = clock_timestamp() WHERE id = person_;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = person_ AND ended_at IS NULL;
    PERFORM oplog_act(me, 'staff.suspend', 'person ' || person_, 'cause ' || cause || ': ' || note);
END $$;

CREATE FUNCTION staff_lift(token text, person_ bigint, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    p person := person_locked(person_);
BEGIN
    IF p.suspended_at IS NULL THEN
        PERFORM refuse('conflict', 'This person is not suspended.');
    END IF;
    PERFORM need_reason(reason);
    UPDATE person SET suspended_at = NULL WHERE id = person_;
    UPDATE sanction SET lifted = clock_timestamp(), lifted_by = me.person, lift_reason = reason
    WHERE person = person_ AND kind = 'suspension' AND lifted IS NULL;
    PERFORM oplog_act(me, 'staff.lift', 'person ' || person_, reason);
END $$;

-- Takes a post away at once, for cause.
CREATE FUNCTION post_revoke(token text, post_ bigint, cause int, note text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    o post;
BEGIN
    SELECT * INTO o FROM post WHERE id = post_ FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    IF NOT o.during @> now() THEN
        PERFORM refuse('conflict', 'This post is not in force.');
    END IF;
    PERFORM sanction_new(me, 'revocation', o.person, post_, cause, note);
    IF o.role = 'administrator' THEN
        PERFORM keep_administrator(o.person, now());
    END IF;
    PERFORM delegation_cut(d.id, now(), me.person, note) FROM delegation d WHERE d.post = post_;
    PERFORM post_cut(post_, now(), note);
    PERFORM oplog_act(me, 'post.revoke', 'person ' || o.person,
        concat_ws(' ', 'cause ' || cause || ': ' || note, post_text(post_)));
END $$;

-- A device is lost (000 §8-12): all sessions of a person end, and no browser is known any more. By the
-- person (person_ NULL), in whatever post or none, or by the administrator. Returns how many ended.
CREATE FUNCTION sessions_end(token text, person_ bigint, network inet) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    live session;
    me actor;
    who bigint := person_;
    ended int;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    who := coalesce(who, live.person);
    IF who <> live.person THEN
        me := administrator_of(token, network);
        PERFORM person_locked(who);
    ELSE
        SELECT live.id, p.id, p.login, p.name, o.id, o.role, o.department, sessions_end.network INTO me
        FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = who;
    END IF;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = who AND ended_at IS NULL;
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM device WHERE person = who;
    PERFORM letter_staff('sessions-ended', who, now() + interval '2 days') WHERE who <> live.person;
    PERFORM oplog_act(me, 'session.end-all', 'person ' || who, ended::text);
    RETURN ended;
END $$;

-- ---- instructions of improvement (004 §6-2) ----

CREATE FUNCTION instruction_give(token text, person_ bigint, department_ bigint, cause_ int, body_ text,
    network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := administrator_of(token, network);
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM post o WHERE o.person = person_ AND o.department = department_
        AND o.role = 'drafter' AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'This person is no drafter of that department.', 'department');
    END IF;
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 4 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(body_, 1000, 'Say what is to be improved, in at most 1,000 characters.', 'body');
    INSERT INTO instruction (department, person, cause, body, made_by)
    VALUES (department_, person_, cause_, body_, me.person) RETURNING id INTO given;
    PERFORM letter_staff('instruction', o.person, now() + interval '7 days') FROM post o
    WHERE o.department = department_ AND o.role = 'approver' AND o.during @> now();
    PERFORM oplog_act(me, 'instruction.give', 'person ' || person_, 'cause ' || cause_ || ': ' || body_);
    RETURN given;
END $$;

-- The approver's own: it is addressed to whoever holds the post now. Administrators and auditors see all.
CREATE FUNCTION instruction_list(token text)
RETURNS TABLE (id bigint, department text, department_en text, person bigint, person_name text, cause int,
    body text, by_name text, made timestamptz, seen timestamptz, seen_name text, answer text, answered timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF me.role NOT IN ('approver', 'administrator', 'auditor') THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    END IF;
    RETURN QUERY
        SELECT i.id, d.name, d.name_en, i.person, p.name, i.cause, i.body, b.name, i.made, i.seen, s.name,
            i.answer, i.answered
        FROM instruction i JOIN department d ON d.id = i.department JOIN person p ON p.id = i.person
            JOIN person b ON b.id = i.made_by LEFT JOIN person s ON s.id = i.seen_by
        WHERE sees(me, i.department) ORDER BY i.id DESC LIMIT 200;
END $$;

-- Acknowledges (answer NULL), or answers, which acknowledges too. The approver's alone: §4-3 lets him or
-- her delegate approvals, not this. An answer is given once.
CREATE FUNCTION instruction_answer(token text, instruction_ bigint, answer_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
    i instruction;
BEGIN
    SELECT * INTO i FROM instruction WHERE id = instruction_ FOR UPDATE;
    IF i.id IS NULL OR NOT sees(me, i.department) THEN
        PERFORM refuse('missing', 'There is no such instruction.');
    ELSIF me.role <> 'approver' THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    ELSIF answer_ IS NULL AND i.seen IS NOT NULL OR i.answered IS NOT NULL THEN
        PERFORM refuse('conflict', 'This has been done already.');
    END IF;
    IF answer_ IS NOT NULL THEN
        PERFORM need_text(answer_, 1000, 'Type the answer, in at most 1,000 characters.', 'answer');
    END IF;
    UPDATE instruction SET seen = coalesce(seen, clock_timestamp()), seen_by = coalesce(seen_by, me.person),
        answer = coalesce(answer_, ''), answered = CASE WHEN answer_ IS NOT NULL THEN clock_timestamp() END
    WHERE id = instruction_;
    PERFORM oplog_act(me, CASE WHEN answer_ IS NULL THEN 'instruction.see' ELSE 'instruction.answer' END,
        'person ' || i.person, coalesce(answer_, ''));
END $$;

-- ---- delegation ----

-- Whom a department's approvals may be delegated to: who belongs to it, and neither drafts nor approves
-- there from now on (004 §4-3).
CREATE FUNCTION may_be_delegate(person_ bigint, department_ bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM person p WHERE p.id = person_ AND p.suspended_at IS NULL
            AND (person_home(p.id, now()) = department_ OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.department = department_ AND o.during @> now())))
        AND NOT EXISTS (SELECT FROM guest g WHERE g.person = person_)
        AND NOT EXISTS (SELECT FROM post o WHERE o.person = person_
            AND coalesce(upper(o.during), 'infinity') > now()
            AND (o.class <> 3 OR o.department = department_ AND o.role IN ('drafter', 'approver')))
$$;

CREATE FUNCTION delegation_candidates(token text)
RETURNS TABLE (department bigint, department_name text, department_name_en text, person bigint, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF me.role NOT IN ('approver', 'administrator') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT d.id, d.name, d.name_en, p.id, p.name
        FROM department d JOIN person p ON may_be_delegate(p.id, d.id)
        WHERE sees(me, d.id) ORDER BY d.id, p.name, p.id;
END $$;

-- The approver delegates, or the administrator where the approver cannot (suspended, or the post is
-- empty): then on behalf of the last one.
CREATE FUNCTION delegation_make(token text, department_ bigint, person_ bigint, from_ timestamptz,
    until_ timestamptz, reason_ text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
    during_ tstzrange := period(begin_at(from_, 'from'), until_);
    for_ bigint;
    made_ bigint;
    opened bigint;
BEGIN
    IF me.role NOT IN ('approver', 'administrator') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    END IF;
    IF me.role = 'approver' THEN
        department_ := me.department;
    END IF;
    PERFORM department_there(department_);
    PERFORM need_reason(reason_);
    IF until_ IS NULL OR until_ > lower(during_) + interval '366 days' THEN
        PERFORM refuse('invalid', 'Choose the last day, within a year.', 'until');
    END IF;
    SELECT o.person INTO for_ FROM post o WHERE o.department = department_ AND o.role = 'approver'
        AND lower(o.during) <= now() ORDER BY lower(o.during) DESC LIMIT 1;
    IF EXISTS (SELECT FROM post o WHERE o.department = department_ AND o.role = 'approver'
        AND o.person IS DISTINCT FROM for_ AND lower(o.during) > now() AND lower(o.during) < until_) THEN
        PERFORM refuse('conflict', 'Another approver takes office before that day. Choose an earlier last day.', 'until');
    END IF;
    IF NOT may_be_delegate(person_, department_) THEN
        PERFORM refuse('conflict', 'A delegate belongs to the department, and neither drafts nor approves there.', 'person');
    END IF;
    opened := post_open(person_, 'delegate', department_, during_);
    INSERT INTO delegation (department, approver, person, post, during, reason, made_by)
    VALUES (department_, for_, person_, opened, during_, reason_, me.person) RETURNING id INTO made_;
    PERFORM oplog_act(me, 'delegation.make', 'person ' || person_, concat_ws(' ', post_text(opened), reason_));
    RETURN made_;
END $$;

CREATE FUNCTION delegation_revoke(token text, delegation_ bigint, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    IF d.id IS NULL OR NOT sees(me, d.department) THEN
        PERFORM refuse('missing', 'There is no such delegation.');
    ELSIF me.role NOT IN ('approver', 'administrator') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    ELSIF NOT EXISTS (SELECT FROM post o WHERE o.id = d.post AND upper(o.during) > now()) THEN
        PERFORM refuse('conflict', 'This delegation is over already.');
    END IF;
    PERFORM need_reason(reason);
    PERFORM delegation_cut(delegation_, now(), me.person, reason);
    PERFORM oplog_act(me, 'delegation.revoke', 'person ' || d.person, reason);
END $$;

-- The department's delegations, newest first; a delegate sees his or her own.
CREATE FUNCTION delegation_list(token text)
RETURNS TABLE (id bigint, department text, department_en text, approver text, person bigint, delegate text,
    begins timestamptz, ends timestamptz, reason text, by_name text, state text, ended timestamptz, ended_by text,
    end_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT g.id, d.name, d.name_en, a.name, g.person, p.name, lower(g.during),
            coalesce(upper(o.during), g.ended), g.reason, b.name,
            CASE WHEN o.id IS NULL OR upper(o.during) <= now() THEN 'over'
                WHEN lower(o.during) > now() THEN 'future' ELSE 'now' END,
            g.ended, e.name, g.end_reason
        FROM delegation g JOIN department d ON d.id = g.department JOIN person p ON p.id = g.person
            JOIN person b ON b.id = g.made_by LEFT JOIN person a ON a.id = g.approver
            LEFT JOIN person e ON e.id = g.ended_by LEFT JOIN post o ON o.id = g.post
        WHERE sees(me, g.department)
            AND (me.role IN ('approver', 'administrator', 'auditor') OR g.person = me.person)
        ORDER BY g.id DESC LIMIT 200;
END $$;

-- On whose behalf a post approves: of a delegate's post, by its delegation; NULL otherwise.
CREATE FUNCTION delegation_principal(post_ bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT approver FROM delegation WHERE post = post_
$$;

-- What a delegate's pages say: for whom, until when.
CREATE FUNCTION session_acting(token text)
RETURNS TABLE (approver text, ends timestamptz, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT a.name, upper(o.during), g.reason
    FROM session_live(token) s JOIN post o ON o.id = s.post JOIN delegation g ON g.post = o.id
        LEFT JOIN person a ON a.id = g.approver
$$;

-- ---- reading about staff ----

CREATE FUNCTION day_first(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT regexp_replace(to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ' 00:00$', '')
$$;

-- The last day of something that ends at a moment; the moment itself when that is within a day.
CREATE FUNCTION day_last(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN to_char(at AT TIME ZONE 'Asia/Tokyo', 'HH24:MI') = '00:00'
        THEN to_char(at AT TIME ZONE 'Asia/Tokyo' - interval '1 minute', 'YYYY-MM-DD')
        ELSE to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') END
$$;

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

-- Departments by number and name, for those who choose one.
CREATE FUNCTION department_choices(token text) RETURNS TABLE (department bigint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d WHERE sees(me, d.id) ORDER BY d.id;
END $$;

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

GRANT EXECUTE ON FUNCTION
    department_list(text), department_add(text, text, text, text, boolean, inet),
    department_change(text, bigint, text, text, boolean, inet),
    staff_new(text, text, text, text, bigint, text, timestamptz, timestamptz, text, bytea, text, bytea, inet),
    staff_change(text, bigint, text, text, inet),
    post_add(text, bigint, text, bigint, timestamptz, timestamptz, text, inet),
    post_end(text, bigint, timestamptz, text, inet),
    staff_transfer(text, bigint, bigint, text, timestamptz, text, text, inet),
    approver_change(text, bigint, bigint, timestamptz, text, text, inet),
    guest_add(text, text, text, text, bigint, timestamptz, timestamptz, text, text, text, text, bytea, text,
        bytea, inet),
    guest_extend(text, bigint, timestamptz, text, text, inet),
    staff_suspend(text, bigint, int, text, inet), staff_lift(text, bigint, text, inet),
    post_revoke(text, bigint, int, text, inet), sessions_end(text, bigint, inet),
    instruction_give(text, bigint, bigint, int, text, inet), instruction_list(text),
    instruction_answer(text, bigint, text, inet),
    delegation_candidates(text), delegation_make(text, bigint, bigint, timestamptz, timestamptz, text, inet),
    delegation_revoke(text, bigint, text, inet), delegation_list(text), session_acting(text),
    office_subject(text, text, bigint, bigint), department_choices(text), person_by_login(text, text),
    staff_list(text, text, bigint, text, text, int, text, int), staff_read(text, bigint, inet)
TO kairan_staff;
