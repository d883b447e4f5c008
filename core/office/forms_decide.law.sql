-- Forms 1 to 3: what the administrator decides. Acceptance registers, ends or initialises by the functions that
-- the administrator's desk uses, in its own transaction (004 §10, §11, §12).

-- A letter to the head: the page it leads to, the form's number and the words, a line each, are what its secret holds
-- (core/letters/letter.c). Without sign-in it goes to the address that confirmed the form.
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
            concat_ws(E'\n', page, form_number(f, lang_), words), coalesce(f.answer_until, now() + make_interval(days => limit_answer_days())));
    END IF;
END $$;

-- Asks back or refuses, with the reason, and tells the head. Who applied without sign-in answers a question by a link
-- that holds for a week.
CREATE FUNCTION form_answer(token text, form_ bigint, version_ int, to_ text, reason text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_for(token, network, CASE to_ WHEN 'refused' THEN 'form.refuse' ELSE 'form.ask' END);
    f form := form_taken(me, form_, version_,
        CASE to_ WHEN 'refused' THEN '{applied,accepted_once,asked_back}' ELSE '{applied,accepted_once}' END::text[]);
    link text := CASE WHEN to_ = 'asked_back' AND f.head_mail <> '' THEN b64url(gen_random_bytes(32)) END;
BEGIN
    PERFORM need_reason(reason);
    UPDATE form SET state = to_, version = version + 1, answer_hash = token_hash(link),
        answer_until = CASE WHEN link IS NOT NULL THEN now() + make_interval(days => limit_answer_days()) END
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

-- The administrator asks back.
CREATE FUNCTION form_ask(token text, form_ bigint, version_ int, reason text, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT form_answer(token, form_, version_, 'asked_back', reason, network)
$$;
GRANT EXECUTE ON FUNCTION form_ask TO kairan_staff;

-- The administrator refuses.
CREATE FUNCTION form_refuse(token text, form_ bigint, version_ int, reason text, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT form_answer(token, form_, version_, 'refused', reason, network)
$$;
GRANT EXECUTE ON FUNCTION form_refuse TO kairan_staff;

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
            CASE WHEN f.role <> ALL (roles_approving()) THEN f.role END, tstzrange(begins, NULL), '', salt, cost,
            verifier);
    ELSIF who = me.person THEN
        PERFORM not_oneself(me, who);
    ELSIF f.role = 'delegate' THEN
        PERFORM refuse('conflict', 'This person has an account already: the head may delegate at once.', 'login');
    ELSIF f.role <> 'approver' THEN
        opened := post_open(who, f.role, f.department, tstzrange(begins, NULL));
        PERFORM oplog_act(me, 'post.add', 'person ' || who, facts => jsonb_build_object('post', post_fact(opened)));
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
    me actor := actor_for(token, network, 'form.accept');
    f form := form_taken(me, form_, version_, '{applied,accepted_once}');
BEGIN
    IF f.head IS NULL THEN
        PERFORM need_text(note, limit_reason_chars(), 'Write how you made sure that the head of the department applies, in at most 400 characters.',
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
GRANT EXECUTE ON FUNCTION form_accept TO kairan_staff;
