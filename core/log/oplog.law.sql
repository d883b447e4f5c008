-- Writing the operation log (004 §8): each act writes its row last in its own transaction, bound to the row
-- before by a SHA-256 over all its columns and that row's hash.

-- ---- rows are history ----

CREATE TRIGGER oplog_history BEFORE UPDATE OR DELETE ON oplog
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON oplog
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---- a row ----

-- The request that the statements to come belong to. Said once a request; a program that says nothing
-- writes rows without one.
CREATE FUNCTION oplog_request(id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM set_config('kairan.request', left(id, 64), false);
END $$;
GRANT EXECUTE ON FUNCTION oplog_request TO kairan_staff;

-- Format 1: SHA-256 over netstrings of: seq, microseconds since 1970, person, login, post, role,
-- department, act, object, result, reason, network, hash of the row before in hex. Format 2: of the
-- format, those up to reason, facts, network, behalf, request, hash of the row before. Lists of other lengths never
-- have the same bytes, so no row passes for one of the other format. cli/verify_log.c does the same in C.
-- Facts are hashed as one text, which whoever has the values can write without PostgreSQL: an object's names in
-- order of their length in bytes, then of the bytes; `: ` after a name, `, ` between members, as in {"a": 1, "bb": ["x"]};
-- numbers are integers; in strings only `"`, `\` and characters below 32 are escaped (\b \f \n \r \t, else \u001f), all
-- others stand as they are, in UTF-8. tests/e2e/test_log_chain.py does it.
CREATE FUNCTION oplog_digest(r oplog) RETURNS bytea LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT sha256(CASE r.format WHEN 1 THEN netstrings(r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, host(r.network),
            encode(r.prev, 'hex'))
        ELSE netstrings(r.format::text, r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, r.facts::text,
            host(r.network), r.behalf::text, r.request, encode(r.prev, 'hex')) END)
$$;

-- Whom a delegate of a department acts for: its approver at a moment, else the last one before.
CREATE FUNCTION behalf_of(department_ bigint, at_ timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT person FROM post
    WHERE role = 'approver' AND department = department_ AND lower(during) <= at_
    ORDER BY during @> at_ DESC, upper(during) DESC NULLS FIRST LIMIT 1
$$;

-- Puts a row behind the head, which the caller has locked.
CREATE FUNCTION oplog_link(r oplog, INOUT head oplog_head)
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    r.format := 2;
    r.seq := head.seq + 1;
    r.prev := head.hash;
    r.hash := oplog_digest(r);
    INSERT INTO oplog SELECT r.*;
    head.seq := r.seq;
    head.hash := r.hash;
    head.at := r.at;
END $$;

-- Writes a row. Time does not run backwards in the log: a step of less than a second is not seen, and
-- before a longer one the system says so in a row of its own.
CREATE FUNCTION oplog_put(r oplog) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    head oplog_head;
    back oplog;
BEGIN
    SELECT * INTO head FROM oplog_head FOR UPDATE;
    r.at := clock_timestamp();
    IF r.at >= head.at - interval '1 second' THEN
        r.at := greatest(r.at, head.at);
    ELSE
        back.at := r.at;
        back.login := 'system';
        back.act := 'clock.back';
        back.object := '';
        back.result := 'done';
        back.reason := '';
        back.facts := jsonb_build_object('seconds', ceil(extract(epoch FROM head.at - r.at))::bigint);
        head := oplog_link(back, head);
    END IF;
    head := oplog_link(r, head);
    UPDATE oplog_head SET seq = head.seq, hash = head.hash, at = head.at;
END $$;

-- Counts one; true for the first of the hour.
CREATE FUNCTION stranger_first(act_ text, login_ text, network_ inet) RETURNS boolean
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO stranger AS s (since, act, network, login, hits)
    VALUES (date_bin('1 hour', clock_timestamp(), 'epoch'), act_, network_key(network_), coalesce(login_, ''), 1)
    ON CONFLICT (since, act, network, login) DO UPDATE SET hits = s.hits + 1
    RETURNING hits = 1
$$;

-- Takes the head row's lock, so callers do this last in their transaction. A stranger's first failure of
-- an hour is written at once, the others are counted (house_strangers writes how many).
CREATE FUNCTION oplog_append(person_ bigint, login_ text, post_ bigint, role_ text,
    department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet, facts jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    r oplog;
BEGIN
    IF person_ IS NULL AND result_ = 'refused' AND network_ IS NOT NULL
        AND NOT stranger_first(act_, left(login_, 64), network_) THEN
        RETURN;
    END IF;
    r.person := person_;
    r.login := left(login_, 64);
    r.post := post_;
    r.role := role_;
    r.department := department_;
    r.act := act_;
    r.object := left(object_, 200);
    r.result := result_;
    r.reason := left(coalesce(reason_, ''), 1000);
    r.facts := nullif(jsonb_strip_nulls(facts), '{}');
    r.network := network_;
    r.behalf := CASE role_ WHEN 'delegate' THEN coalesce(delegation_principal(post_), behalf_of(department_, clock_timestamp())) END;
    r.request := nullif(current_setting('kairan.request', true), '');
    PERFORM oplog_put(r);
END $$;

-- ---- who writes ----

-- Whether the actor's post may do an act (core/office/who_may.txt); true where the act asks for no post.
CREATE FUNCTION may(a actor, act text) RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN act_roles(act) IS NULL THEN true ELSE coalesce(a.role = ANY (act_roles(act)), false) END
$$;

-- The log row of an act that was done. Every act passes here last: none that the post may not do ('denied'), and
-- no grave one without a fresh proof ('stale').
CREATE FUNCTION oplog_act(a actor, act text, object text, reason text DEFAULT '', facts jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT may(a, act) THEN
        PERFORM refuse('denied', 'Your post does not allow this.');
    END IF;
    IF act_is_grave(act) THEN
        PERFORM proof_ask(a.session);
    END IF;
    PERFORM oplog_append(a.person, a.login, a.post, a.role, a.department, act, object, 'done', reason, a.network, facts);
END $$;

-- An act done on the host by the operator's command line (the owner's connection).
CREATE FUNCTION oplog_operator(act text, object text, reason text DEFAULT '', facts jsonb DEFAULT NULL)
RETURNS void LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT oplog_append(NULL, 'operator', NULL, NULL, NULL, act, object, 'done', reason, NULL, facts)
$$;

-- The log row of a refused act, in a transaction of its own. Any program may report; the person is found from
-- the session. A token that opens nothing any more, or never did, speaks for nobody: whose it was is said by
-- name alone, and its tries are counted as a stranger's are.
CREATE FUNCTION log_refused(token text, act text, object text, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s session;
    p person;
    o post;
    facts jsonb := jsonb_build_object('refusal', left(reason, 1000));
BEGIN
    SELECT * INTO s FROM session WHERE session.token_hash = token_hash(log_refused.token);
    SELECT * INTO p FROM person WHERE id = s.person;
    IF session_in_force(s) THEN
        SELECT * INTO o FROM post WHERE id = s.post;
        PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'refused', '', network, facts);
    ELSE
        PERFORM oplog_append(NULL, p.login, NULL, NULL, NULL, act, object, 'refused', '', network, facts);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION log_refused TO kairan_staff;

-- Somebody was shown personal data, or takes it along as a file ('….export'). The same page again within
-- a minute (a page that reloads itself) is the same look.
CREATE FUNCTION oplog_view(token text, act_ text, object_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF act_ !~ '^[a-z-]+\.(read|export)$' THEN
        PERFORM refuse('invalid', 'This is no act of reading.');
    END IF;
    IF act_ ~ 'export$' OR NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = act_
        AND l.object = left(object_, 200) AND l.at > clock_timestamp() - interval '1 minute') THEN
        PERFORM oplog_act(me, act_, object_);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION oplog_view TO kairan_staff;

-- ---- strangers ----

-- One row for each count of an hour that is over.
CREATE FUNCTION strangers_tell(now_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    s stranger;
    r oplog;
BEGIN
    FOR s IN DELETE FROM stranger WHERE since + interval '1 hour' <= now_ RETURNING * LOOP
        CONTINUE WHEN s.hits = 1;
        r.login := nullif(s.login, '');
        r.act := s.act;
        r.object := '';
        r.result := 'refused';
        r.reason := '';
        r.facts := jsonb_build_object('times', s.hits - 1);
        r.network := s.network::inet;
        PERFORM oplog_put(r);
    END LOOP;
END $$;

-- strangers_tell of this moment, for the house.
CREATE FUNCTION house_strangers() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT strangers_tell(clock_timestamp())
$$;
GRANT EXECUTE ON FUNCTION house_strangers TO kairan_house;

-- How many failures a row stands for.
CREATE FUNCTION oplog_times(facts jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((facts -> 'times')::bigint, 1)
$$;
