-- Suspension, revocation and instruction of improvement (004 §6).

-- The row of a suspension or revocation: cause (§6-1) and what happened; not against oneself.
CREATE FUNCTION sanction_new(me actor, kind_ text, person_ bigint, post_ bigint, cause_ int, note_ text)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM not_oneself(me, person_);
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 5 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(note_, limit_reason_chars(), 'Say what happened, in at most 400 characters.', 'note');
    INSERT INTO sanction (kind, person, post, cause, note, made_by)
    VALUES (kind_, person_, post_, cause_, note_, me.person);
END $$;

-- Nobody acts as this person from this moment on. Posts, and what was submitted, stay.
CREATE FUNCTION staff_suspend(token text, person_ bigint, cause int, note text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.suspend');
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
    PERFORM oplog_act(me, 'staff.suspend', 'person ' || person_, note, facts => jsonb_build_object('cause', cause));
END $$;
GRANT EXECUTE ON FUNCTION staff_suspend TO kairan_staff;

-- Lifts a suspension, with the reason.
CREATE FUNCTION staff_lift(token text, person_ bigint, reason text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.lift');
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
GRANT EXECUTE ON FUNCTION staff_lift TO kairan_staff;

-- Takes a post away at once, for cause.
CREATE FUNCTION post_revoke(token text, post_ bigint, cause int, note text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'post.revoke');
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
    PERFORM oplog_act(me, 'post.revoke', 'person ' || o.person, note,
        facts => jsonb_build_object('cause', cause, 'post_revoked', post_fact(post_)));
END $$;
GRANT EXECUTE ON FUNCTION post_revoke TO kairan_staff;

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
        me := actor_for(token, network, 'staff.suspend'); -- of somebody else: who could suspend as well
        PERFORM person_locked(who);
    ELSE
        SELECT live.id, p.id, p.login, p.name, o.id, o.role, o.department, sessions_end.network INTO me
        FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = who;
    END IF;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = who AND ended_at IS NULL;
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM device WHERE person = who;
    PERFORM letter_staff('sessions-ended', who) WHERE who <> live.person;
    PERFORM oplog_act(me, 'session.end-all', 'person ' || who, facts => jsonb_build_object('sessions', ended));
    RETURN ended;
END $$;
GRANT EXECUTE ON FUNCTION sessions_end TO kairan_staff;

-- ---- instruction of improvement (004 §6-2) ----

-- The administrator instructs about a drafter; the department's approver is told by letter.
CREATE FUNCTION instruction_give(token text, person_ bigint, department_ bigint, cause_ int, body_ text,
    network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, 'instruction.give');
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM post o WHERE o.person = person_ AND o.department = department_
        AND o.role = 'drafter' AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'This person is no drafter of that department.', 'department');
    END IF;
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 4 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(body_, limit_long_chars(), 'Say what is to be improved, in at most 1,000 characters.', 'body');
    INSERT INTO instruction (department, person, cause, body, made_by)
    VALUES (department_, person_, cause_, body_, me.person) RETURNING id INTO given;
    PERFORM letter_staff('instruction', o.person, now() + interval '7 days') FROM post o
    WHERE o.department = department_ AND o.role = 'approver' AND o.during @> now();
    PERFORM oplog_act(me, 'instruction.give', 'person ' || person_, body_,
        facts => jsonb_build_object('drafter_cause', cause_));
    RETURN given;
END $$;
GRANT EXECUTE ON FUNCTION instruction_give TO kairan_staff;

-- The approver's own: it is addressed to whoever holds the post now. Administrators and auditors see all.
CREATE FUNCTION instruction_list(token text)
RETURNS TABLE (id bigint, department text, department_en text, person bigint, person_name text, cause int,
    body text, by_name text, made timestamptz, seen timestamptz, seen_name text, answer text, answered timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'instruction.read') THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    END IF;
    RETURN QUERY
        SELECT i.id, d.name, d.name_en, i.person, p.name, i.cause, i.body, b.name, i.made, i.seen, s.name,
            i.answer, i.answered
        FROM instruction i JOIN department d ON d.id = i.department JOIN person p ON p.id = i.person
            JOIN person b ON b.id = i.made_by LEFT JOIN person s ON s.id = i.seen_by
        WHERE sees(me, i.department) ORDER BY i.id DESC LIMIT 200;
END $$;
GRANT EXECUTE ON FUNCTION instruction_list TO kairan_staff;

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
    ELSIF NOT may(me, 'instruction.answer') THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    ELSIF answer_ IS NULL AND i.seen IS NOT NULL OR i.answered IS NOT NULL THEN
        PERFORM refuse('conflict', 'This has been done already.');
    END IF;
    IF answer_ IS NOT NULL THEN
        PERFORM need_text(answer_, limit_long_chars(), 'Type the answer, in at most 1,000 characters.', 'answer');
    END IF;
    UPDATE instruction SET seen = coalesce(seen, clock_timestamp()), seen_by = coalesce(seen_by, me.person),
        answer = coalesce(answer_, ''), answered = CASE WHEN answer_ IS NOT NULL THEN clock_timestamp() END
    WHERE id = instruction_;
    PERFORM oplog_act(me, CASE WHEN answer_ IS NULL THEN 'instruction.see' ELSE 'instruction.answer' END,
        'person ' || i.person, coalesce(answer_, ''));
END $$;
GRANT EXECUTE ON FUNCTION instruction_answer TO kairan_staff;
