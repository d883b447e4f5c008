-- Approval: nobody approves an alert that he or she wrote or submitted (P1), and what was approved is what is
-- sent (P2; 004 §13). Whoever inserts an approval, the owner included, meets the triggers here.

-- ---- four eyes ----

-- P1 and P2, whoever inserts: a live session of the approver or a delegate of that department at this moment
-- ('denied'), none of those who wrote or submitted ('denied'), and exactly what is submitted now, its validity
-- not over ('conflict').
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
    IF NOT EXISTS (SELECT FROM session s JOIN post o ON o.id = s.post
        WHERE s.id = NEW.session AND s.person = NEW.approver AND s.post = NEW.post
            AND session_in_force(s) AND o.person = s.person
            AND o.role = ANY (act_roles('alert.approve')) AND o.department = a.department) THEN
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

-- An approval besides, whoever inserts it: by an open session, as actor_of asks of every act, and with a
-- fresh proof.
CREATE FUNCTION approval_proved() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    stage text := (SELECT session_stage(s) FROM session s WHERE s.id = NEW.session);
BEGIN
    IF stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    PERFORM proof_ask(NEW.session);
    RETURN NEW;
END $$;
CREATE TRIGGER approval_proved BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION approval_proved();

CREATE TRIGGER approval_history BEFORE UPDATE OR DELETE ON approval
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ---- what was shown ----

-- The texts as they leave, stamps included.
CREATE FUNCTION alert_sent(alert_ bigint, version_ int)
RETURNS TABLE (lang text, variant text, title text, body text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT t.lang, CASE t.act WHEN 'new' THEN 'only' ELSE 'reached' END, s.stamp || t.title, s.stamp || t.body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, true, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_
    UNION ALL
    SELECT t.lang, 'unreached', s.stamp || t.unreached_title, s.stamp || t.unreached_body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, false, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_ AND t.act = 'correction'
$$;

-- What was shown and what will be sent, as a list: the fingerprint is the SHA-256 of its
-- netstrings. Workers take the texts out of this very list and compute the hash themselves.
--  1 "kairan alert 1"   2 alert          3 version        4 department      5 department's name
--  6 sender local part  7 act            8 drill          9 original       10 categories
-- 11 areas             12 everybody     13 channels      14 urgent         15 urgent reason
-- 16 send window       17 valid until (microseconds since 1970)
-- 18… language, title, body of each language in order, as they leave
-- Corrections and cancellations begin with "kairan alert 2", and have language, variant ("reached",
-- "unreached"), title, body of each text in order. The department's name is that of the moment of the approval:
-- renaming a department neither stops what is being sent nor makes a record differ from what was approved.
CREATE FUNCTION alert_fields(alert_ bigint, version_ int) RETURNS text[]
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

-- What an approval is bound to.
CREATE FUNCTION alert_fingerprint(alert_ bigint, version_ int) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT sha256(netstrings(VARIADIC alert_fields(alert_, version_)))
$$;

-- ---- the act ----

-- Approves what was shown: fingerprint is the one the page carried. A correction's original stops in
-- the same transaction; what of it is under way ends as its reply says.
CREATE FUNCTION alert_approve(token text, alert_ bigint, fingerprint bytea, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor;
BEGIN
    PERFORM FROM alert WHERE id = (SELECT original FROM alert WHERE id = alert_) FOR UPDATE;
    a := alert_actor(token, network, alert_, 'alert.approve');
    INSERT INTO approval (alert, version, fingerprint, approver, post, session)
    SELECT alert_, version, alert_approve.fingerprint, a.person, a.post, a.session
    FROM alert WHERE id = alert_;
    PERFORM alert_supersede(a, alert_);
    PERFORM alert_move(a, alert_, '{submitted}', 'approved', 'alert.approve',
        facts => jsonb_build_object('fingerprint', encode(fingerprint, 'hex')));
END $$;
GRANT EXECUTE ON FUNCTION alert_approve TO kairan_staff;
