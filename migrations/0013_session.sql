-- Who may do more is away for less: 15 minutes without a request end a session in the post of an
-- approver, a delegate or an administrator (002 §11(6): who leaves the desk is signed out).

ALTER TABLE session ADD idle_strict interval NOT NULL DEFAULT interval '15 minutes'
    CHECK (idle_strict <= interval '15 minutes');

-- Whether a session is still good: not ended, not idle, its person not suspended, its post in force.
-- The one place that knows.
CREATE FUNCTION session_in_force(s session) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT s.ended_at IS NULL AND s.ends > clock_timestamp()
        AND EXISTS (SELECT FROM person WHERE id = s.person AND suspended_at IS NULL)
        AND CASE WHEN s.post IS NULL THEN s.seen + s.idle > clock_timestamp()
            ELSE EXISTS (SELECT FROM post WHERE id = s.post AND during @> clock_timestamp()
                AND s.seen + CASE WHEN role IN ('approver', 'delegate', 'administrator')
                    THEN least(s.idle, s.idle_strict) ELSE s.idle END > clock_timestamp()) END
$$;

-- The session of a token, while it is good.
CREATE OR REPLACE FUNCTION session_live(token text) RETURNS SETOF session
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT s.* FROM session s WHERE s.token_hash = token_hash(token) AND session_in_force(s)
$$;

-- P1 and P2, whoever inserts: a live session of the approver or a delegate of that department at
-- this moment, none of those who wrote or submitted, and exactly what is submitted now.
CREATE OR REPLACE FUNCTION approval_check() RETURNS trigger
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

-- sign_in as it was, with the stricter limit besides.
DROP FUNCTION sign_in(text, bytea, text, inet, text, int, int, int);
CREATE FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text,
    tries_per_hour int, idle_min int, hours int, idle_strict_min int DEFAULT 15)
RETURNS TABLE (token text, device_token text, posts int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who person;
    held bigint[];
BEGIN
    SELECT p.* INTO who FROM person p JOIN credential c ON c.person = p.id
    WHERE p.login = sign_in.login AND p.suspended_at IS NULL AND c.verifier = sha256(proof);
    SELECT array_agg(id ORDER BY id) INTO held FROM post
    WHERE person = who.id AND during @> clock_timestamp();
    IF sign_in_full(login, device, network, tries_per_hour) OR held IS NULL THEN
        PERFORM sign_in_failed(login, device, network);
        -- Only a name that exists is written down: people type their password into the wrong field.
        PERFORM oplog_append(NULL, (SELECT p.login FROM person p WHERE p.login = sign_in.login), NULL,
            NULL, NULL, 'sign-in', '', 'refused',
            'Sign-in name or password is wrong.', network);
        RETURN;
    END IF;
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    INSERT INTO session (token_hash, person, post, idle, idle_strict, ends, network, agent)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, 30)), make_interval(mins => least(idle_strict_min, 15)),
        now() + make_interval(hours => least(hours, 12)), network, left(agent, 200));
    device_token := device;
    IF NOT EXISTS (SELECT FROM device d WHERE d.token_hash = token_hash(sign_in.device)
        AND d.person = who.id) THEN
        device_token := b64url(gen_random_bytes(32));
        INSERT INTO device (token_hash, person) VALUES (token_hash(device_token), who.id);
    END IF;
    PERFORM oplog_append(who.id, who.login, o.id, o.role, o.department, 'sign-in', '', 'done', '',
        network)
    FROM (SELECT 1) AS once LEFT JOIN post o ON posts = 1 AND o.id = held[1];
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION sign_in(text, bytea, text, inet, text, int, int, int, int) TO kairan_staff;

-- What every program asks when it connects: how far the schema is, and whether what is committed
-- stays committed (a town's approvals must survive a power cut).
CREATE FUNCTION schema_state() RETURNS TABLE (number int, durable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT (SELECT max(m.number) FROM migration m),
        current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') = 'on'
$$;
GRANT EXECUTE ON FUNCTION schema_state()
TO kairan_public, kairan_staff, kairan_sender, kairan_intake, kairan_house;
