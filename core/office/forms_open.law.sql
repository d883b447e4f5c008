-- Forms 1 to 3 without sign-in: a head who cannot sign in applies with a link that went to an address of the
-- town's staff. Asking takes the same path for everybody, and teaches a stranger nothing.

-- What heads choose from. Not names of people: strangers read it.
CREATE FUNCTION form_departments() RETURNS TABLE (department bigint, name text, name_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT id, name, name_en FROM department ORDER BY id
$$;
GRANT EXECUTE ON FUNCTION form_departments TO kairan_staff;

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
    until timestamptz := clock_timestamp() + make_interval(hours => limit_apply_hours());
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
    PERFORM need_text(head_name, limit_name_chars(), 'Type the head''s name, in at most 100 characters.', 'head');
    PERFORM form_judge(f);
    PERFORM throttle_network('apply-network', network, tries_per_network_hour);
    IF throttle_hit('apply-address', lower(head_mail), least(mails_per_address_hour, limit_apply_mails()), '1 hour') THEN
        INSERT INTO form_pending (token_hash, said, expires) VALUES (token_hash(link), to_jsonb(f), until);
        PERFORM letter_add('form-confirm', f.lang, NULL, head_mail, '/apply/confirm/' || link, until);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION form_request TO kairan_staff;

-- What waits for its confirmation behind a link, locked; refuses 'missing'.
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
GRANT EXECUTE ON FUNCTION form_peek TO kairan_staff;

-- What an act without sign-in ends with.
CREATE FUNCTION form_moved_open(f form, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO form_event (form, version, state, address, said)
    VALUES (f.id, f.version, f.state, f.head_mail, form_json(f));
    PERFORM oplog_append(NULL, f.head_mail, NULL, NULL, f.department, 'form.apply', 'form ' || f.id, 'done',
        '', network, facts => jsonb_build_object('form_unsigned', form_number(f)));
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
GRANT EXECUTE ON FUNCTION form_confirm TO kairan_staff;

-- The form that was asked back behind a link, locked; refuses 'missing'.
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
GRANT EXECUTE ON FUNCTION form_question TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION form_reply TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION form_forget TO kairan_house;
