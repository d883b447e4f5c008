-- Guests (000 §6): a post within the periods applied for, which end with their fiscal year.

CREATE TRIGGER guest_history BEFORE UPDATE OR DELETE ON guest
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A guest's period ends on 31 March of the fiscal year in which it begins, or earlier, whoever inserts.
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

-- One application for a guest: purpose, organisation, head, reason, period.
CREATE FUNCTION guest_new(me actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text,
    during_ tstzrange) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM need_text(purpose_, limit_reason_chars(), 'Type the purpose, in at most 400 characters.', 'purpose');
    PERFORM need_text(organisation_, limit_short_chars(), 'Type the organisation, in at most 200 characters.', 'organisation');
    PERFORM need_text(head_, limit_name_chars(), 'Type the name of the department head who applies.', 'head');
    PERFORM need_reason(reason_);
    IF upper_inf(during_) THEN
        PERFORM refuse('invalid', 'Choose the last day.', 'until');
    END IF;
    INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by)
    VALUES (person_, purpose_, organisation_, head_, reason_, during_, me.person);
END $$;

-- Registers a guest: the first application, and a drafter's post for its period.
CREATE FUNCTION guest_add(token text, login text, name text, mail text, department bigint, from_ timestamptz,
    until_ timestamptz, purpose text, organisation text, head text, reason text, salt bytea, cost text,
    verifier bytea, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    me actor := actor_for(token, network, 'guest.register');
    during_ tstzrange := period(begin_at(from_, 'from'), until_);
    who bigint;
BEGIN
    PERFORM department_there(department);
    who := person_make(login, name, mail, department, salt, cost, verifier);
    PERFORM guest_new(me, who, purpose, organisation, head, reason, during_);
    PERFORM oplog_act(me, 'guest.register', 'person ' || who, reason, facts => jsonb_build_object(
        'post', post_fact(post_open(who, 'drafter', department, during_)),
        'organisation', organisation, 'purpose', purpose, 'head', head));
    RETURN who;
END $$;
GRANT EXECUTE ON FUNCTION guest_add TO kairan_staff;

-- A further application: from the end of the last one, or from now when that is over.
CREATE FUNCTION guest_extend(token text, person_ bigint, until_ timestamptz, head text, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'guest.extend');
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
    PERFORM oplog_act(me, 'guest.extend', 'person ' || person_, reason, facts => jsonb_build_object(
        'since', day_jst(from_), 'until', day_jst(until_), 'head', head));
END $$;
GRANT EXECUTE ON FUNCTION guest_extend TO kairan_staff;
