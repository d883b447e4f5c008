-- An alert's life: drafted, submitted, approved by a second person, sent (004 §13; P1, P2).
-- Programs hold no right on these tables; every transition is one function.

CREATE TABLE alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    creator bigint NOT NULL REFERENCES person,
    drill boolean NOT NULL DEFAULT false,
    act text NOT NULL DEFAULT 'new' CHECK (act IN ('new', 'correction', 'cancellation')),
    original bigint REFERENCES alert,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'discarded', 'submitted', 'approved',
        'sending', 'paused', 'done', 'stopped', 'cancelled', 'expired')),
    version int NOT NULL DEFAULT 0,   -- the newest one
    submitter bigint REFERENCES person,
    submitted_at timestamptz,
    made timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(), -- of the last transition or save
    CONSTRAINT alert_original CHECK ((act = 'new') = (original IS NULL)),
    CONSTRAINT alert_submitter CHECK (state IN ('draft', 'discarded') OR submitter IS NOT NULL)
);
CREATE INDEX alert_department ON alert (department, changed_at DESC);
CREATE INDEX alert_state ON alert (state) WHERE state IN ('submitted', 'approved', 'sending', 'paused');

-- Everything the approver decides on beside the texts. Every version is kept.
CREATE TABLE alert_version (
    alert bigint NOT NULL REFERENCES alert,
    version int NOT NULL CHECK (version > 0),
    editor bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now(),
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,         -- empty: everywhere
    everybody boolean NOT NULL,
    channels text[] NOT NULL DEFAULT '{mail}' CHECK (channels = '{mail}'),
    urgent boolean NOT NULL,
    urgent_reason text NOT NULL,
    valid_until timestamptz NOT NULL,
    PRIMARY KEY (alert, version),
    CONSTRAINT alert_everybody_urgent CHECK (urgent OR NOT everybody),
    CONSTRAINT alert_urgent_reason CHECK (urgent = (urgent_reason ~ '\S')
        AND char_length(urgent_reason) <= 200),
    CONSTRAINT alert_categories CHECK (cardinality(categories) BETWEEN 1 AND 100)
);

-- The texts, by language (004 §13-2(2), (3)).
CREATE TABLE alert_text (
    alert bigint NOT NULL,
    version int NOT NULL,
    lang text NOT NULL CHECK (lang ~ '^[a-z]{2,8}$'),
    title text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (alert, version, lang),
    FOREIGN KEY (alert, version) REFERENCES alert_version,
    CONSTRAINT alert_text_title CHECK (prose_title_ok(title, lang, '')),
    CONSTRAINT alert_text_body CHECK (prose_body_ok(body, lang, ''))
);

-- One approval an alert, of one version, bound to what was shown.
CREATE TABLE approval (
    alert bigint PRIMARY KEY REFERENCES alert,
    version int NOT NULL,
    fingerprint bytea NOT NULL,
    approver bigint NOT NULL REFERENCES person,
    post bigint NOT NULL REFERENCES post,
    session bigint NOT NULL REFERENCES session,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (alert, version) REFERENCES alert_version
);

-- Returned to the drafter, with the reason.
CREATE TABLE alert_return (
    alert bigint NOT NULL,
    version int NOT NULL,
    approver bigint NOT NULL REFERENCES person,
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (alert, version) REFERENCES alert_version
);

CREATE TRIGGER alert_version_history BEFORE UPDATE OR DELETE ON alert_version
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_text_history BEFORE UPDATE OR DELETE ON alert_text
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_history BEFORE UPDATE OR DELETE ON approval
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_return_history BEFORE UPDATE OR DELETE ON alert_return
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A new version only of a draft, by a drafter's function, from known choices its department owns.
CREATE FUNCTION alert_version_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state <> 'draft' OR NEW.version <> a.version + 1 THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF EXISTS (SELECT unnest(NEW.categories) EXCEPT
            SELECT id FROM category WHERE department = a.department AND retired_at IS NULL) THEN
        PERFORM refuse('denied', 'This category belongs to another department.', 'category');
    END IF;
    IF NOT choices_known('{}', NEW.areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'area');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_version_check BEFORE INSERT ON alert_version
FOR EACH ROW EXECUTE FUNCTION alert_version_check();

-- Texts belong to the version that is being written, in the same transaction.
CREATE FUNCTION alert_text_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM alert WHERE id = NEW.alert AND state = 'draft'
        AND version + 1 = NEW.version) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert_text');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_text_check BEFORE INSERT ON alert_text
FOR EACH ROW EXECUTE FUNCTION alert_text_check();

-- What was shown and what will be sent, as a list: the fingerprint is the SHA-256 of its
-- netstrings. Workers take the texts out of this very list and compute the hash themselves.
--  1 "kairan alert 1"   2 alert          3 version        4 department      5 department's name
--  6 sender local part  7 act            8 drill          9 original       10 categories
-- 11 areas             12 everybody     13 channels      14 urgent         15 urgent reason
-- 16 send window       17 valid until (microseconds since 1970)
-- 18… language, title, body of each language in order
CREATE FUNCTION alert_fields(alert_ bigint, version_ int) RETURNS text[]
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT ARRAY['kairan alert 1', a.id::text, v.version::text, d.id::text, d.name, d.code, a.act,
            a.drill::text, a.original::text,
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.categories) AS c),
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.areas) AS c),
            v.everybody::text, array_to_string(v.channels, ','), v.urgent::text, v.urgent_reason,
            NULL, (extract(epoch FROM v.valid_until) * 1000000)::bigint::text]
        || (SELECT array_agg(item ORDER BY t.lang, place)
            FROM alert_text t, unnest(ARRAY[t.lang, t.title, t.body]) WITH ORDINALITY AS l (item, place)
            WHERE t.alert = a.id AND t.version = v.version)
    FROM alert a JOIN alert_version v ON v.alert = a.id JOIN department d ON d.id = a.department
    WHERE a.id = alert_ AND v.version = version_
$$;

CREATE FUNCTION alert_fingerprint(alert_ bigint, version_ int) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT sha256(netstrings(VARIADIC alert_fields(alert_, version_)))
$$;

-- P1 and P2, whoever inserts: a live session of the approver or a delegate of that department at
-- this moment, none of those who wrote or submitted, and exactly what is submitted now.
CREATE FUNCTION approval_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state IS DISTINCT FROM 'submitted' THEN
        PERFORM refuse('conflict', 'This alert is not waiting for approval any more.');
    END IF;
    IF NEW.version <> a.version OR NEW.fingerprint <> alert_fingerprint(a.id, a.version) THEN
        PERFORM refuse('conflict', 'The alert has changed since you read it. Please read it again.');
    END IF;
    IF NOT EXISTS (SELECT FROM session s JOIN post o ON o.id = s.post JOIN person p ON p.id = s.person
        WHERE s.id = NEW.session AND s.person = NEW.approver AND s.post = NEW.post
            AND s.ended_at IS NULL AND s.ends > clock_timestamp()
            AND s.seen + s.idle > clock_timestamp() AND p.suspended_at IS NULL
            AND o.person = p.id AND o.during @> clock_timestamp()
            AND o.role IN ('approver', 'delegate') AND o.department = a.department) THEN
        PERFORM refuse('denied', 'Only the approver of the department, or a delegate, may approve this alert.');
    END IF;
    IF NEW.approver IN (a.creator, a.submitter)
        OR EXISTS (SELECT FROM alert_version WHERE alert = a.id AND editor = NEW.approver) THEN
        PERFORM refuse('denied', 'Nobody may approve an alert that he or she wrote or submitted.');
    END IF;
    IF (SELECT valid_until FROM alert_version WHERE alert = a.id AND version = a.version)
        <= clock_timestamp() THEN
        PERFORM refuse('conflict', 'The validity of this alert is over. Please return it to the drafter.');
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER approval_check BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION approval_check();

-- The allowed transitions, and nothing else. Identity never changes; from approved on there is an
-- approval of the very version.
CREATE FUNCTION alert_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.department, NEW.creator, NEW.drill, NEW.act, NEW.original)
        IS DISTINCT FROM (OLD.id, OLD.department, OLD.creator, OLD.drill, OLD.act, OLD.original) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'discarded'),
        ('submitted', 'draft'), ('submitted', 'approved'), ('submitted', 'expired'),
        ('approved', 'sending'), ('approved', 'cancelled'), ('approved', 'expired'), ('approved', 'stopped'),
        ('sending', 'paused'), ('sending', 'stopped'), ('sending', 'done'),
        ('paused', 'sending'), ('paused', 'stopped'), ('paused', 'done')) THEN
        PERFORM refuse('conflict', 'This is not possible in the present state of the alert.', '',
            OLD.state || ' to ' || NEW.state);
    END IF;
    IF NEW.version <> OLD.version AND OLD.state <> 'draft' THEN
        PERFORM refuse('conflict', 'A submitted alert cannot be edited. Withdraw it first.');
    END IF;
    IF NEW.state IN ('approved', 'sending', 'paused', 'done') AND NOT EXISTS (
        SELECT FROM approval p WHERE p.alert = NEW.id AND p.version = NEW.version) THEN
        PERFORM refuse('denied', 'Nothing is sent without an approval.');
    END IF;
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER alert_check BEFORE UPDATE ON alert FOR EACH ROW EXECUTE FUNCTION alert_check();
CREATE TRIGGER alert_history BEFORE DELETE ON alert FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Whether an actor may see a department's alerts: its own; administrators and auditors see all.
CREATE FUNCTION sees(me actor, department bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT me.role IN ('administrator', 'auditor') OR department = me.department
$$;

-- The actor of a token, in one of the roles, and the alert locked; only of the actor's department
-- (administrators: any).
CREATE FUNCTION alert_actor(token text, network inet, alert_ bigint, roles text[]) RETURNS actor
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
    home bigint;
BEGIN
    SELECT department INTO home FROM alert WHERE id = alert_ FOR UPDATE;
    -- another department's alert is as one that does not exist
    IF home IS NULL OR NOT sees(a, home) THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    IF a.role <> ALL (roles) THEN
        PERFORM refuse('denied', CASE
            WHEN roles = ARRAY['approver', 'delegate']
                THEN 'Only the approver of the department, or a delegate, may do this.'
            WHEN roles = ARRAY['drafter'] THEN 'Only a drafter of the department may do this.'
            ELSE 'Your post does not allow this.' END);
    END IF;
    RETURN a;
END $$;

-- One transition: state, log row and notice in the caller's transaction.
CREATE FUNCTION alert_move(a actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text DEFAULT '')
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE alert SET state = to_,
        submitter = CASE to_ WHEN 'submitted' THEN a.person WHEN 'draft' THEN NULL ELSE submitter END,
        submitted_at = CASE to_ WHEN 'submitted' THEN clock_timestamp() WHEN 'draft' THEN NULL ELSE submitted_at END
    WHERE id = alert_ AND state = ANY (from_);
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This is not possible in the present state of the alert.', '',
            (SELECT state FROM alert WHERE id = alert_));
    END IF;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_act(a, act_, 'alert ' || alert_, reason);
END $$;

-- Saves a draft: a new one (alert_ NULL, based_on 0) or the next version of one, based on the
-- version the drafter saw. The texts are stored as given: already normalised and checked.
CREATE FUNCTION alert_save(token text, alert_ bigint, based_on int, langs text[], titles text[],
    bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean,
    urgent_reason text, valid_until timestamptz, network inet)
RETURNS TABLE (alert bigint, version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    a actor;
    id_ bigint := alert_;
BEGIN
    IF id_ IS NULL THEN
        a := actor_of(token, network);
        IF a.role <> 'drafter' THEN
            PERFORM refuse('denied', 'Only a drafter of the department may do this.');
        END IF;
        INSERT INTO kairan.alert (department, creator) VALUES (a.department, a.person)
        RETURNING id INTO id_;
    ELSE
        a := alert_actor(token, network, id_, '{drafter}');
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.alert k
        WHERE k.id = id_ AND k.version = based_on AND k.state = 'draft') THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF valid_until <= now() OR valid_until > now() + interval '31 days' THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    INSERT INTO alert_version (alert, version, editor, categories, areas, everybody, urgent, urgent_reason, valid_until)
    VALUES (id_, based_on + 1, a.person, categories, areas, everybody, urgent, urgent_reason, valid_until);
    INSERT INTO alert_text (alert, version, lang, title, body)
    SELECT id_, based_on + 1, t.lang, t.title, t.body FROM unnest(langs, titles, bodies) AS t (lang, title, body);
    IF 'ja' <> ALL (langs) THEN
        PERFORM refuse('invalid', 'A Japanese text is needed.', 'body');
    END IF;
    UPDATE kairan.alert k SET version = based_on + 1 WHERE k.id = id_;
    PERFORM oplog_act(a, 'alert.save', 'alert ' || id_, 'version ' || based_on + 1);
    RETURN QUERY SELECT id_, based_on + 1;
END $$;

CREATE FUNCTION alert_submit(token text, alert_ bigint, version_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, '{drafter}');
BEGIN
    IF NOT EXISTS (SELECT FROM alert WHERE id = alert_ AND version = version_) THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF EXISTS (SELECT FROM alert_version WHERE alert = alert_ AND version = version_
        AND valid_until <= now()) THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    PERFORM alert_move(a, alert_, '{draft}', 'submitted', 'alert.submit');
END $$;

CREATE FUNCTION alert_withdraw(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, '{drafter}'), alert_, '{submitted}',
        'draft', 'alert.withdraw');
END $$;

CREATE FUNCTION alert_discard(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, '{drafter}'), alert_, '{draft}',
        'discarded', 'alert.discard');
END $$;

CREATE FUNCTION alert_return(token text, alert_ bigint, version_ int, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, '{approver,delegate}');
BEGIN
    IF reason !~ '\S' OR char_length(reason) > 400 THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    INSERT INTO kairan.alert_return (alert, version, approver, reason)
    SELECT alert_, version_, a.person, reason FROM alert WHERE id = alert_ AND version = version_;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The alert has changed since you read it. Please read it again.');
    END IF;
    PERFORM alert_move(a, alert_, '{submitted}', 'draft', 'alert.return', reason);
END $$;

-- Approves what was shown: fingerprint is the one the page carried.
CREATE FUNCTION alert_approve(token text, alert_ bigint, fingerprint bytea, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, '{approver,delegate}');
BEGIN
    INSERT INTO approval (alert, version, fingerprint, approver, post, session)
    SELECT alert_, version, alert_approve.fingerprint, a.person, a.post, a.session
    FROM alert WHERE id = alert_;
    PERFORM alert_move(a, alert_, '{submitted}', 'approved', 'alert.approve',
        'fingerprint ' || encode(fingerprint, 'hex'));
END $$;

-- Stop and pause: one person, drafter, approver, delegate or the administrator. Resume: an approver.
CREATE FUNCTION alert_stop(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, '{drafter,approver,delegate,administrator}');
BEGIN
    IF EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'approved') THEN
        PERFORM alert_move(a, alert_, '{approved}', 'cancelled', 'alert.cancel');
    ELSE
        PERFORM alert_move(a, alert_, '{sending,paused}', 'stopped', 'alert.stop');
    END IF;
END $$;

CREATE FUNCTION alert_pause(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(
        alert_actor(token, network, alert_, '{drafter,approver,delegate,administrator}'), alert_,
        '{sending}', 'paused', 'alert.pause');
END $$;

CREATE FUNCTION alert_resume(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, '{approver,delegate}'), alert_,
        '{paused}', 'sending', 'alert.resume');
END $$;

-- How many an alert would reach, by channel.
CREATE FUNCTION audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean)
RETURNS TABLE (mail bigint, sms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT count(*) FILTER (WHERE c.channel = 'mail'), count(*) FILTER (WHERE c.channel = 'sms')
        FROM contact c JOIN subscriber s ON s.id = c.subscriber
        WHERE c.gone_at IS NULL AND c.suspended_at IS NULL
            AND (everybody OR (s.categories && categories_
                AND (cardinality(areas_) = 0 OR s.areas && areas_)));
END $$;

-- What the compose form offers: the department's own categories, all areas.
CREATE FUNCTION alert_choices(token text)
RETURNS TABLE (kind text, id smallint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        (SELECT 'category', c.id, c.name, c.name_en FROM category c
        WHERE c.retired_at IS NULL AND c.department = a.department ORDER BY c.position, c.id)
        UNION ALL
        (SELECT 'area', r.id, r.name, r.name_en FROM area r WHERE r.retired_at IS NULL ORDER BY r.position, r.id);
END $$;

-- The alerts a post may see (its department's; administrators and auditors all), newest first.
CREATE FUNCTION alert_list(token text, before_ bigint, most int)
RETURNS TABLE (id bigint, state text, title text, urgent boolean, everybody boolean, department text,
    department_en text, creator text, changed_at timestamptz, valid_until timestamptz,
    total int, accepted int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.id, a.state, t.title, v.urgent, v.everybody, d.name, d.name_en, p.name, a.changed_at,
            v.valid_until, b.total, b.accepted
        FROM alert a JOIN department d ON d.id = a.department JOIN person p ON p.id = a.creator
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
            JOIN alert_text t ON t.alert = a.id AND t.version = a.version AND t.lang = 'ja'
            LEFT JOIN broadcast b ON b.alert = a.id
        WHERE sees(me, a.department)
            AND (before_ IS NULL OR a.id < before_)
        ORDER BY a.id DESC LIMIT least(most, 100);
END $$;

-- One alert as its page needs it, and what the approve form must carry. texts is a JSON list of
-- {lang, title, body}; returns a JSON list of {name, reason, at, version}, newest first.
CREATE FUNCTION alert_read(token text, alert_ bigint)
RETURNS TABLE (id bigint, state text, version int, department bigint, department_name text,
    department_name_en text, sender_local text, creator text, submitter text,
    submitted_at timestamptz, made timestamptz, changed_at timestamptz, categories smallint[],
    areas smallint[], category_names text[], area_names text[], category_names_en text[],
    area_names_en text[], everybody boolean, urgent boolean,
    urgent_reason text, valid_until timestamptz, fingerprint bytea, approver text,
    approved_at timestamptz, texts jsonb, returns jsonb, own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.id, a.state, a.version, d.id, d.name, d.name_en, d.code, p.name, s.name,
            a.submitted_at, a.made, a.changed_at, v.categories, v.areas,
            (SELECT array_agg(c.name ORDER BY c.position, c.id) FROM category c WHERE c.id = ANY (v.categories)),
            (SELECT array_agg(r.name ORDER BY r.position, r.id) FROM area r WHERE r.id = ANY (v.areas)),
            (SELECT array_agg(coalesce(nullif(c.name_en, ''), c.name) ORDER BY c.position, c.id)
                FROM category c WHERE c.id = ANY (v.categories)),
            (SELECT array_agg(coalesce(nullif(r.name_en, ''), r.name) ORDER BY r.position, r.id)
                FROM area r WHERE r.id = ANY (v.areas)),
            v.everybody, v.urgent, v.urgent_reason, v.valid_until, alert_fingerprint(a.id, a.version),
            pp.name, ap.at,
            (SELECT jsonb_agg(jsonb_build_object('lang', t.lang, 'title', t.title, 'body', t.body) ORDER BY t.lang <> 'ja', t.lang)
                FROM alert_text t WHERE t.alert = a.id AND t.version = a.version),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('name', q.name, 'reason', x.reason, 'at', x.at,
                    'version', x.version) ORDER BY x.at DESC), '[]')
                FROM alert_return x JOIN person q ON q.id = x.approver WHERE x.alert = a.id),
            me.person IN (a.creator, coalesce(a.submitter, 0))
                OR EXISTS (SELECT FROM alert_version e WHERE e.alert = a.id AND e.editor = me.person)
        FROM alert a JOIN department d ON d.id = a.department JOIN person p ON p.id = a.creator
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
            LEFT JOIN person s ON s.id = a.submitter
            LEFT JOIN approval ap ON ap.alert = a.id LEFT JOIN person pp ON pp.id = ap.approver
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;

-- The texts of an earlier version, so that the approver sees the difference.
CREATE FUNCTION alert_texts(token text, alert_ bigint, version_ int)
RETURNS TABLE (lang text, title text, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT t.lang, t.title, t.body FROM alert_text t JOIN alert a ON a.id = t.alert
        WHERE t.alert = alert_ AND t.version = version_
            AND sees(me, a.department)
        ORDER BY t.lang <> 'ja', t.lang;
END $$;

GRANT EXECUTE ON FUNCTION
    alert_save(text, bigint, int, text[], text[], text[], smallint[], smallint[], boolean, boolean,
        text, timestamptz, inet),
    alert_submit(text, bigint, int, inet), alert_withdraw(text, bigint, inet),
    alert_discard(text, bigint, inet), alert_return(text, bigint, int, text, inet),
    alert_approve(text, bigint, bytea, inet), alert_stop(text, bigint, inet),
    alert_pause(text, bigint, inet), alert_resume(text, bigint, inet),
    audience_count(text, smallint[], smallint[], boolean), alert_choices(text),
    alert_list(text, bigint, int), alert_read(text, bigint), alert_texts(text, bigint, int)
TO kairan_staff;
