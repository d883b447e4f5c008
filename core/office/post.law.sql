-- Posts (004 §4; 001 ch. 2 §1(7)): what may not be held together is said by constraints of the table; here each
-- turns into the sentence of its rule. A post begins and ends by its dates.

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

-- Ends a post at a moment: one that would not have begun then is called off.
CREATE FUNCTION post_cut(post_ bigint, at timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    DELETE FROM post WHERE id = post_ AND lower(during) >= at;
    IF NOT FOUND THEN
        UPDATE post SET during = tstzrange(lower(during), at), end_reason = left(reason, limit_reason_chars()) WHERE id = post_;
    END IF;
    UPDATE session SET ended_at = clock_timestamp()
    WHERE post = post_ AND ended_at IS NULL AND at <= now();
END $$;

-- A post as a fact of the log.
CREATE FUNCTION post_fact(post_ bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT jsonb_build_object('role', o.role, 'department', d.name, 'since', day_jst(lower(o.during)),
        'until', day_jst(upper(o.during)))
    FROM post o LEFT JOIN department d ON d.id = o.department WHERE o.id = post_
$$;

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
    IF role_ = ANY (roles_townwide()) THEN
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

-- ---- the desk ----

-- Gives a post to somebody who is registered.
CREATE FUNCTION post_add(token text, person_ bigint, role text, department bigint, from_ timestamptz,
    until_ timestamptz, exception text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'post.add');
    opened bigint;
BEGIN
    PERFORM no_administrator(role);
    PERFORM person_locked(person_);
    opened := post_open(person_, role, department, period(begin_at(from_, 'from'), until_), exception);
    PERFORM oplog_act(me, 'post.add', 'person ' || person_, coalesce(exception, ''),
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN opened;
END $$;
GRANT EXECUTE ON FUNCTION post_add TO kairan_staff;

-- Ends a post at a moment, not one's own.
CREATE FUNCTION post_end(token text, post_ bigint, at timestamptz, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'post.end');
BEGIN
    PERFORM not_oneself(me, (SELECT person FROM post WHERE id = post_));
    PERFORM need_reason(reason);
    PERFORM staff_post_end(me, post_, at, reason);
END $$;
GRANT EXECUTE ON FUNCTION post_end TO kairan_staff;

-- Ends a post at a moment (NULL: now); one that has not begun by then is called off.
CREATE FUNCTION staff_post_end(me actor, post bigint, at timestamptz, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    o post;
    moment timestamptz := begin_at(at, 'until');
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
    PERFORM oplog_act(me, 'post.end', 'person ' || o.person, reason, facts => jsonb_build_object(
        'post', coalesce(post_fact(o.id), jsonb_build_object('role', o.role, 'called_off', true))));
END $$;

-- From one department to another, or from one role to another: the old post ends the moment the new one
-- begins, in one act.
CREATE FUNCTION staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamptz,
    exception_ text, reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.transfer');
    moment timestamptz := begin_at(at, 'from');
    o post;
    opened bigint;
    old jsonb := post_fact(post_);
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
    PERFORM oplog_act(me, 'staff.transfer', 'person ' || o.person, reason,
        facts => jsonb_build_object('post_was', old, 'post_is', post_fact(opened)));
    RETURN opened;
END $$;
GRANT EXECUTE ON FUNCTION staff_transfer TO kairan_staff;

-- The approver changes at a moment, most often the fiscal year's turn, and registered long before: the
-- old approver's post ends the moment the new one's begins.
CREATE FUNCTION approver_change(token text, department_ bigint, person_ bigint, at timestamptz, exception_ text,
    reason text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'approver.change');
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
    PERFORM oplog_act(me, 'approver.change', 'person ' || person_, reason,
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN opened;
END $$;
GRANT EXECUTE ON FUNCTION approver_change TO kairan_staff;
