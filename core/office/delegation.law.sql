-- Delegation (004 §4-3): who approves for the approver, in a window of time. The right itself is the delegate's
-- post.

CREATE TRIGGER delegation_history BEFORE DELETE ON delegation
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was delegated to whom and why is history; an end that has come stays.
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

-- Ends a delegation and its post at a moment. by_ NULL: by the successor's post.
CREATE FUNCTION delegation_cut(delegation_ bigint, at timestamptz, by_ bigint, reason_ text) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    UPDATE delegation SET ended = at, ended_by = by_, end_reason = left(reason_, limit_reason_chars()) WHERE id = delegation_;
    PERFORM post_cut(d.post, at, reason_);
END $$;

-- On whose behalf a post approves: of a delegate's post, by its delegation; NULL otherwise.
CREATE FUNCTION delegation_principal(post_ bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT approver FROM delegation WHERE post = post_
$$;

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

-- To whom the caller may delegate: an approver of the own department, an administrator of each.
CREATE FUNCTION delegation_candidates(token text)
RETURNS TABLE (department bigint, department_name text, department_name_en text, person bigint, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'delegation.make') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT d.id, d.name, d.name_en, p.id, p.name
        FROM department d JOIN person p ON may_be_delegate(p.id, d.id)
        WHERE sees(me, d.id) ORDER BY d.id, p.name, p.id;
END $$;
GRANT EXECUTE ON FUNCTION delegation_candidates TO kairan_staff;

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
    IF NOT may(me, 'delegation.make') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    END IF;
    IF me.role = 'approver' THEN
        department_ := me.department;
    END IF;
    PERFORM department_there(department_);
    PERFORM need_reason(reason_);
    IF until_ IS NULL OR until_ > lower(during_) + make_interval(days => limit_period_days()) THEN
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
    PERFORM oplog_act(me, 'delegation.make', 'person ' || person_, reason_,
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN made_;
END $$;
GRANT EXECUTE ON FUNCTION delegation_make TO kairan_staff;

-- Calls a delegation off, now, with the reason.
CREATE FUNCTION delegation_revoke(token text, delegation_ bigint, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    IF d.id IS NULL OR NOT sees(me, d.department) THEN
        PERFORM refuse('missing', 'There is no such delegation.');
    ELSIF NOT may(me, 'delegation.revoke') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    ELSIF NOT EXISTS (SELECT FROM post o WHERE o.id = d.post AND upper(o.during) > now()) THEN
        PERFORM refuse('conflict', 'This delegation is over already.');
    END IF;
    PERFORM need_reason(reason);
    PERFORM delegation_cut(delegation_, now(), me.person, reason);
    PERFORM oplog_act(me, 'delegation.revoke', 'person ' || d.person, reason);
END $$;
GRANT EXECUTE ON FUNCTION delegation_revoke TO kairan_staff;

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
            AND (may(me, 'delegation.make') OR me.role = ANY (roles_townwide()) OR g.person = me.person)
        ORDER BY g.id DESC LIMIT 200;
END $$;
GRANT EXECUTE ON FUNCTION delegation_list TO kairan_staff;
