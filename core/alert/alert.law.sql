-- An alert's life (004 §13): which states follow which, who writes, submits, returns and discards. Programs
-- hold no right on the tables; every transition is one function with its log row and its notice in the same
-- transaction.

-- ---- history: every version of a text is kept, and none is ever changed ----

CREATE TRIGGER alert_version_history BEFORE UPDATE OR DELETE ON alert_version
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_text_history BEFORE UPDATE OR DELETE ON alert_text
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_return_history BEFORE UPDATE OR DELETE ON alert_return
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_history BEFORE DELETE ON alert FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ---- what holds whoever writes ----

-- A correction belongs to the department of its original; a drill's is a drill.
CREATE FUNCTION alert_born() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    IF NEW.original IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO o FROM alert WHERE id = NEW.original;
    IF o.department IS DISTINCT FROM NEW.department THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    NEW.drill := o.drill;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_born BEFORE INSERT ON alert FOR EACH ROW EXECUTE FUNCTION alert_born();

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

-- A new version only of a draft, by a drafter's function, from known choices its department owns. A
-- correction's audience is its original's, whatever became of the categories since, and it is no
-- less urgent.
CREATE FUNCTION alert_version_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    a alert;
    o alert_version;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state <> 'draft' OR NEW.version <> a.version + 1 THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF a.original IS NOT NULL THEN
        SELECT v.* INTO o FROM alert_version v JOIN approval p ON p.alert = v.alert AND p.version = v.version
        WHERE v.alert = a.original;
        IF (NEW.categories, NEW.areas, NEW.everybody, NEW.channels)
            IS DISTINCT FROM (o.categories, o.areas, o.everybody, o.channels) THEN
            PERFORM refuse('invalid', 'A correction goes to whom the original went, to nobody else.', 'category');
        END IF;
        IF o.urgent AND NOT NEW.urgent THEN
            PERFORM refuse('invalid', 'The correction of an urgent alert is urgent, too.', 'urgent');
        END IF;
        RETURN NEW;
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
    SELECT a.drill, a.act INTO NEW.drill, NEW.act FROM alert a
    WHERE a.id = NEW.alert AND a.state = 'draft' AND a.version + 1 = NEW.version;
    IF NOT FOUND THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert_text');
    END IF;
    IF NEW.act = 'correction' AND (NEW.unreached_title IS NULL OR NEW.unreached_body IS NULL) THEN
        PERFORM refuse('invalid', 'A correction needs two texts: for those who got the first one, and for those who did not.',
            'unreached_body');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_text_check BEFORE INSERT ON alert_text
FOR EACH ROW EXECUTE FUNCTION alert_text_check();

-- ---- who may act ----

-- Whether an actor may see what is a department's: its own; who has the whole town sees all.
CREATE FUNCTION sees(me actor, department bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT me.role = ANY (roles_townwide()) OR department = me.department
$$;

-- The actor of a token, whose post may do the act, and the alert locked; only of the actor's department
-- (administrators: any).
CREATE FUNCTION alert_actor(token text, network inet, alert_ bigint, act text) RETURNS actor
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
    IF NOT may(a, act) THEN
        PERFORM refuse('denied', CASE act_roles(act)
            WHEN roles_approving() THEN 'Only the approver of the department, or a delegate, may do this.'
            WHEN '{drafter}' THEN 'Only a drafter of the department may do this.'
            ELSE 'Your post does not allow this.' END);
    END IF;
    RETURN a;
END $$;

-- One transition: state, log row and notice in the caller's transaction.
CREATE FUNCTION alert_move(a actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text DEFAULT '',
    facts jsonb DEFAULT NULL)
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
    PERFORM oplog_act(a, act_, 'alert ' || alert_, reason, facts);
END $$;

-- ---- acts ----

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
        IF NOT may(a, 'alert.save') THEN
            PERFORM refuse('denied', 'Only a drafter of the department may do this.');
        END IF;
        INSERT INTO kairan.alert (department, creator) VALUES (a.department, a.person)
        RETURNING id INTO id_;
    ELSE
        a := alert_actor(token, network, id_, 'alert.save');
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.alert k
        WHERE k.id = id_ AND k.version = based_on AND k.state = 'draft') THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF valid_until <= now() OR valid_until > now() + make_interval(days => limit_valid_days()) THEN
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
    PERFORM oplog_act(a, 'alert.save', 'alert ' || id_, facts => jsonb_build_object('version', based_on + 1));
    RETURN QUERY SELECT id_, based_on + 1;
END $$;
GRANT EXECUTE ON FUNCTION alert_save TO kairan_staff;

-- A drafter submits the version he or she saw.
CREATE FUNCTION alert_submit(token text, alert_ bigint, version_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.submit');
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
GRANT EXECUTE ON FUNCTION alert_submit TO kairan_staff;

-- A drafter takes a submitted alert back, to edit it.
CREATE FUNCTION alert_withdraw(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.withdraw'), alert_, '{submitted}',
        'draft', 'alert.withdraw');
END $$;
GRANT EXECUTE ON FUNCTION alert_withdraw TO kairan_staff;

-- A drafter gives a draft up.
CREATE FUNCTION alert_discard(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.discard'), alert_, '{draft}',
        'discarded', 'alert.discard');
END $$;
GRANT EXECUTE ON FUNCTION alert_discard TO kairan_staff;

-- The approver or a delegate returns the version that was read, with the reason.
CREATE FUNCTION alert_return(token text, alert_ bigint, version_ int, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.return');
BEGIN
    IF reason !~ '\S' OR char_length(reason) > limit_reason_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    INSERT INTO kairan.alert_return (alert, version, approver, reason)
    SELECT alert_, version_, a.person, reason FROM alert WHERE id = alert_ AND version = version_;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The alert has changed since you read it. Please read it again.');
    END IF;
    PERFORM alert_move(a, alert_, '{submitted}', 'draft', 'alert.return', reason);
END $$;
GRANT EXECUTE ON FUNCTION alert_return TO kairan_staff;

-- Ends an alert that nobody approved, or that never began, within its validity. True: perhaps more.
CREATE FUNCTION alert_expire() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    old bigint;
BEGIN
    SELECT k.id INTO old FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
    WHERE k.state IN ('submitted', 'approved') AND v.valid_until <= clock_timestamp()
    ORDER BY k.id LIMIT 1 FOR UPDATE OF k SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE alert SET state = 'expired' WHERE id = old;
    PERFORM pg_notify('kairan_alert', old::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.expire', 'alert ' || old, 'done', '', NULL);
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION alert_expire TO kairan_house;
