-- Departments: their names as they were, the list, registering and renaming (004 §3, §4-1).

CREATE TRIGGER department_name_history BEFORE UPDATE OR DELETE ON department_name
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A department's code is for ever; a former name is kept with its last moment.
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

-- A department; refuses ('invalid') one that does not exist.
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

-- Departments by number and name, for those who choose one.
CREATE FUNCTION department_choices(token text) RETURNS TABLE (department bigint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d WHERE sees(me, d.id) ORDER BY d.id;
END $$;
GRANT EXECUTE ON FUNCTION department_choices TO kairan_staff;

-- The departments with their approver, the successor, the first moment of the next 14 days without one, and how
-- much waits.
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
            (SELECT lower(tstzmultirange(tstzrange(now(), now() + make_interval(days => limit_vacancy_days())))
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
GRANT EXECUTE ON FUNCTION department_list TO kairan_staff;

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

-- Registers a department, on record.
CREATE FUNCTION department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean,
    network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'department.add');
    made bigint;
    rule text;
BEGIN
    PERFORM need_name(name_);
    BEGIN
        INSERT INTO department (code, name, name_en, of_administrator)
        VALUES (code_, name_, name_en_, of_administrator_) RETURNING id INTO made;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.add', 'department ' || made,
        facts => jsonb_build_object('code', code_, 'name', name_));
    RETURN made;
END $$;
GRANT EXECUTE ON FUNCTION department_add TO kairan_staff;

-- Renames a department. Its code stays: it is the address its alerts come from.
CREATE FUNCTION department_change(token text, department_ bigint, name_ text, name_en_ text,
    of_administrator_ boolean, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'department.change');
    old department;
    rule text;
BEGIN
    SELECT * INTO old FROM department WHERE id = department_ FOR NO KEY UPDATE;
    IF old.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such department.');
    END IF;
    PERFORM need_name(name_);
    BEGIN
        UPDATE department SET name = name_, name_en = name_en_, of_administrator = of_administrator_
        WHERE id = department_;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.change', 'department ' || department_,
        facts => jsonb_build_object('name_was', old.name, 'name_is', name_));
END $$;
GRANT EXECUTE ON FUNCTION department_change TO kairan_staff;
