-- The operation log, grown up (004 §8): on whose behalf, correlation, one row for a stranger's thousand
-- failures, search, a check from the console, and the end of a year's rows by two persons.

-- ---- rows ----

ALTER TABLE oplog
    ADD format smallint NOT NULL DEFAULT 1, -- which digest: 1 up to this migration, 2 since
    ADD behalf bigint,  -- the person a delegate acted for
    ADD request text;   -- id of the request, as the server's log has it
ALTER TABLE oplog ALTER format DROP DEFAULT;
ALTER TABLE oplog_head ADD at timestamptz NOT NULL DEFAULT '-infinity'; -- the last row's

-- Format 1: SHA-256 over netstrings of: seq, microseconds since 1970, person, login, post, role,
-- department, act, object, result, reason, network, hash of the row before in hex. Format 2: of the
-- format, those up to network, behalf, request, hash of the row before. Lists of other lengths never have
-- the same bytes, so no row passes for one of the other format. cli/verify_log.c does the same in C.
CREATE OR REPLACE FUNCTION oplog_digest(r oplog) RETURNS bytea LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT sha256(CASE r.format WHEN 1 THEN netstrings(r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, host(r.network),
            encode(r.prev, 'hex'))
        ELSE netstrings(r.format::text, r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, host(r.network),
            r.behalf::text, r.request, encode(r.prev, 'hex')) END)
$$;

-- Whom a delegate of a department acts for: its approver at a moment, else the last one before.
CREATE FUNCTION behalf_of(department_ bigint, at_ timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT person FROM post
    WHERE role = 'approver' AND department = department_ AND lower(during) <= at_
    ORDER BY during @> at_ DESC, upper(during) DESC NULLS FIRST LIMIT 1
$$;

-- The request that the statements to come belong to. Said once a request; a program that says nothing
-- writes rows without one.
CREATE FUNCTION oplog_request(id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT set_config('kairan.request', left(id, 64), false)
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
        back.reason := 'seconds ' || ceil(extract(epoch FROM head.at - r.at));
        head := oplog_link(back, head);
    END IF;
    head := oplog_link(r, head);
    UPDATE oplog_head SET seq = head.seq, hash = head.hash, at = head.at;
END $$;

-- ---- strangers ----

-- Failures of people whom nobody knows, by hour, act, network and (where it exists) sign-in name.
CREATE TABLE stranger (
    since timestamptz NOT NULL,
    act text NOT NULL,
    network text NOT NULL,
    login text NOT NULL,
    hits int NOT NULL,
    PRIMARY KEY (since, act, network, login)
);

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
CREATE OR REPLACE FUNCTION oplog_append(person_ bigint, login_ text, post_ bigint, role_ text,
    department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet)
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
    r.reason := left(reason_, 1000);
    r.network := network_;
    r.behalf := CASE role_ WHEN 'delegate' THEN coalesce(delegation_principal(post_), behalf_of(department_, clock_timestamp())) END;
    r.request := nullif(current_setting('kairan.request', true), '');
    PERFORM oplog_put(r);
END $$;

-- As it was (0004). A token that opens nothing any more, or never did, speaks for nobody: whose it was is said by
-- name alone, and its tries are counted as a stranger's are.
CREATE OR REPLACE FUNCTION log_refused(token text, act text, object text, reason text, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s session;
    p person;
    o post;
BEGIN
    SELECT * INTO s FROM session WHERE session.token_hash = token_hash(log_refused.token);
    SELECT * INTO p FROM person WHERE id = s.person;
    IF session_in_force(s) THEN
        SELECT * INTO o FROM post WHERE id = s.post;
        PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'refused', reason, network);
    ELSE
        PERFORM oplog_append(NULL, p.login, NULL, NULL, NULL, act, object, 'refused', reason, network);
    END IF;
END $$;

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
        r.reason := 'repeated ' || s.hits - 1;
        r.network := s.network::inet;
        PERFORM oplog_put(r);
    END LOOP;
END $$;

CREATE FUNCTION house_strangers() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT strangers_tell(clock_timestamp())
$$;

-- How many failures a row stands for.
CREATE FUNCTION oplog_times(reason text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(substring(reason FROM '^repeated ([0-9]{1,9})$')::bigint, 1)
$$;

-- ---- reading ----

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

-- Who may read, as oplog_page said.
CREATE FUNCTION oplog_reader(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF me.role NOT IN ('administrator', 'auditor') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read the operation log.');
    END IF;
    RETURN me;
END $$;

-- Pairs of neighbouring letters of object and reason, hashed together with the block of 32,768 rows: so one
-- index finds words of any language, newest block first.
CREATE FUNCTION oplog_grams(block bigint, words text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000 SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended(pair, block)), '{}')
    FROM (SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS l (letter, place)) AS pairs
    WHERE pair IS NOT NULL
$$;

CREATE INDEX oplog_at ON oplog (at, seq);
CREATE INDEX oplog_by_person ON oplog (person, seq);
CREATE INDEX oplog_by_role ON oplog (role, seq);
CREATE INDEX oplog_by_department ON oplog (department, seq);
CREATE INDEX oplog_by_act ON oplog (act, seq);
CREATE INDEX oplog_by_object ON oplog (object, seq);
CREATE INDEX oplog_by_network ON oplog (network, seq);
CREATE INDEX oplog_refused ON oplog (seq) WHERE result = 'refused';
CREATE INDEX oplog_words ON oplog USING gin (oplog_grams(seq >> 15, object || E'\n' || reason));

-- What is looked for; NULL is anything.
CREATE TYPE oplog_filter AS (person bigint, role text, department bigint, act text, object text,
    result text, network inet, since timestamptz, until timestamptz, words text);

-- The conditions of a filter, $1, on the row l. Each has its index; `words` has two halves.
CREATE FUNCTION oplog_conditions(f oplog_filter) RETURNS text[] LANGUAGE sql IMMUTABLE
SET search_path = kairan, pg_temp AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN f.person IS NOT NULL THEN 'l.person = ($1).person' END,
        CASE WHEN f.role IS NOT NULL THEN 'l.role = ($1).role' END,
        CASE WHEN f.department IS NOT NULL THEN 'l.department = ($1).department' END,
        CASE WHEN f.act IS NOT NULL THEN 'l.act = ($1).act' END,
        CASE WHEN f.object IS NOT NULL THEN 'l.object = ($1).object' END,
        CASE WHEN f.network IS NOT NULL THEN 'l.network = ($1).network' END,
        CASE f.result WHEN 'refused' THEN 'l.result = ''refused''' END], NULL)
$$;

-- Rows that match, newest first, below a number. Of the conditions that have an index, the one whose next
-- 2,000 entries reach furthest back leads the way, step by step: so a rare one finds what there is at once,
-- and many common ones never cost more than the budget. A last row with nothing but its number says that
-- there is more to look through below it.
CREATE FUNCTION oplog_find(f oplog_filter, before_ bigint, most int, budget interval)
RETURNS SETOF oplog LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    stop timestamptz := clock_timestamp() + budget;
    ways text[] := oplog_conditions(f);
    rest text := array_to_string(ways || '{true}'::text[]
        || CASE f.result WHEN 'done' THEN ARRAY['l.result = ''done'''] END
        || CASE WHEN f.since IS NOT NULL THEN ARRAY['l.at >= ($1).since'] END
        || CASE WHEN f.until IS NOT NULL THEN ARRAY['l.at < ($1).until'] END
        || CASE WHEN f.words <> '' THEN
            ARRAY['strpos(lower(l.object || E''\n'' || l.reason), lower(($1).words)) > 0'] END, ' AND ');
    high bigint := least(before_, (SELECT seq + 1 FROM oplog_head));
    bottom bigint;
    low bigint;
    next_ bigint;
    way text;
    led text;
    n int;
    r oplog;
BEGIN
    IF f.until IS NOT NULL THEN
        high := least(high, (SELECT max(seq) + 1 FROM (SELECT seq FROM oplog WHERE at < f.until
            ORDER BY at DESC, seq DESC LIMIT 1) AS newest));
    END IF;
    SELECT min(seq) INTO bottom FROM (SELECT seq FROM oplog WHERE at >= coalesce(f.since, '-infinity')
        ORDER BY at, seq LIMIT 1) AS oldest;
    WHILE most > 0 AND high > bottom LOOP
        low := high - 2000;
        led := 'true';
        FOREACH way IN ARRAY ways LOOP
            EXECUTE format('SELECT seq FROM oplog l WHERE %s AND seq < $2 ORDER BY seq DESC OFFSET 1999 LIMIT 1',
                way) INTO next_ USING f, high;
            IF coalesce(next_, 0) < low THEN
                low := coalesce(next_, 0);
                led := way;
            END IF;
        END LOOP;
        IF length(f.words) > 1 AND ((high - 1) >> 15) << 15 < low THEN
            low := ((high - 1) >> 15) << 15;
            led := format('oplog_grams(seq >> 15, object || E''\n'' || reason) @> oplog_grams(%s, ($1).words)',
                low >> 15);
        ELSIF led = 'true' THEN
            led := format('seq >= %s AND seq < %s', low, high);
        ELSE
            led := led || format(' AND seq >= %s AND seq < %s', low, high);
        END IF;
        FOR r IN EXECUTE format('WITH led AS MATERIALIZED (SELECT * FROM oplog l WHERE %s) SELECT * FROM led l '
            'WHERE seq >= $3 AND seq < $2 AND %s ORDER BY seq DESC LIMIT $4', led, rest)
            USING f, high, low, most LOOP
            RETURN NEXT r;
            most := most - 1;
        END LOOP;
        high := low;
        EXIT WHEN clock_timestamp() > stop;
    END LOOP;
    IF most > 0 AND high > bottom THEN
        r := NULL;
        r.seq := high;
        RETURN NEXT r;
    END IF;
END $$;

-- A filter from texts as a form has them, '' for anything: person (sign-in name or name), role, department,
-- act, object, result, network address, from and to (Japan time, "2026-11-28T09:00", the last minute
-- included), words.
CREATE FUNCTION oplog_filter_of(what text[]) RETURNS oplog_filter
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    f oplog_filter;
    w text[] := array_replace(what, '', NULL);
    field text := 'department';
BEGIN
    f.person := (SELECT id FROM person WHERE w[1] IN (login, name) ORDER BY login = w[1] DESC, id LIMIT 1);
    IF w[1] IS NOT NULL AND f.person IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this sign-in name or name.', 'person');
    END IF;
    f.role := w[2];
    f.act := w[4];
    f.object := w[5];
    f.result := w[6];
    f.words := w[10];
    f.department := w[3]::bigint;
    field := 'network';
    f.network := host(w[7]::inet)::inet;
    field := CASE WHEN w[8] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'since'
        WHEN w[9] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'until' END;
    IF field IS NOT NULL THEN
        RAISE data_exception;
    END IF;
    field := 'since';
    f.since := w[8]::timestamp AT TIME ZONE 'Asia/Tokyo';
    field := 'until';
    f.until := (w[9]::timestamp + interval '1 minute') AT TIME ZONE 'Asia/Tokyo';
    RETURN f;
EXCEPTION WHEN data_exception THEN
    PERFORM refuse('invalid', 'This cannot be looked for. Please correct it.', field);
END $$;

-- Rows as people read them. The last may be a number alone (act NULL): there is more below it.
CREATE FUNCTION oplog_shown(f oplog_filter, before_ bigint, most int, budget interval)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    network text, behalf text, request text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT l.seq, l.at, l.login, p.name, l.role, d.name, d.name_en, l.act, l.object,
        CASE WHEN l.object ~ '^person [0-9]{1,18}$' -- its name as it is now
            THEN (SELECT o.name FROM person o WHERE o.id = substr(l.object, 8)::bigint) END,
        l.result, l.reason, host(l.network), b.name, l.request
    FROM oplog_find(f, before_, most, budget) l LEFT JOIN person p ON p.id = l.person
        LEFT JOIN department d ON d.id = l.department LEFT JOIN person b ON b.id = l.behalf
    ORDER BY l.seq DESC
$$;

DROP FUNCTION oplog_page(text, bigint, int);
CREATE FUNCTION oplog_search(token text, what text[], before_ bigint, most int)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    network text, behalf text, request text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT * FROM oplog_shown(oplog_filter_of(what), before_, least(most, 200), '100 ms');
END $$;

-- The same for a file. Its first page (before_ NULL) puts the export on record; no later page comes
-- without that record of the last hour.
CREATE FUNCTION oplog_export(token text, what text[], before_ bigint, most int, from_ inet)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    network text, behalf text, request text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := oplog_reader(token, from_);
    f oplog_filter := oplog_filter_of(what);
BEGIN
    IF before_ IS NULL THEN
        PERFORM oplog_act(me, 'log.export', '', array_to_string(array_remove(what, ''), ', '));
    ELSIF NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = 'log.export'
        AND l.at > clock_timestamp() - interval '1 hour') THEN
        PERFORM refuse('conflict', 'This export was not begun.');
    END IF;
    RETURN QUERY SELECT * FROM oplog_shown(f, before_, least(most, 2000), '100 ms');
END $$;

CREATE FUNCTION oplog_departments(token text) RETURNS TABLE (id bigint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d ORDER BY d.name;
END $$;

-- ---- how long rows are kept (004 §8-2) ----

-- To the end of the fiscal year after the one of the moment.
CREATE FUNCTION oplog_kept_until(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 2, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

-- The end of a year's rows: asked for by one person, confirmed by another, done by the system. What
-- stays is where the chain goes on; the row log.purge of the chain itself says the same.
CREATE TABLE oplog_purge (
    year int PRIMARY KEY,
    asked_by bigint NOT NULL REFERENCES person,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_by bigint REFERENCES person CHECK (confirmed_by <> asked_by), -- NULL: by the operator
    confirmed_at timestamptz,
    done_at timestamptz,
    last_seq bigint,
    last_hash bytea,
    CHECK (confirmed_at IS NOT NULL OR (confirmed_by IS NULL AND done_at IS NULL)),
    CHECK ((done_at IS NULL) = (last_seq IS NULL) AND (done_at IS NULL) = (last_hash IS NULL))
);

-- The oldest year there are rows of, and whether its time is over.
CREATE FUNCTION oplog_oldest(now_ timestamptz) RETURNS TABLE (year int, due boolean)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT y, oplog_kept_until(make_timestamptz(y, 4, 1, 0, 0, 0, 'Asia/Tokyo')) <= now_
    FROM (SELECT min(substring(c.relname FROM '^oplog_([0-9]{4})$')::int) AS y
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'oplog'::regclass) AS oldest
$$;

CREATE FUNCTION purge_ask(token text, year_ int, network inet, now_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF me.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may ask for the removal of old entries.');
    END IF;
    IF NOT EXISTS (SELECT FROM oplog_oldest(now_) WHERE year = year_ AND due) THEN
        PERFORM refuse('conflict', 'The entries of this year are to be kept to the end of the next fiscal year.');
    END IF;
    INSERT INTO oplog_purge (year, asked_by) VALUES (year_, me.person) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The removal was asked for already.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-ask', 'year ' || year_);
END $$;

CREATE FUNCTION purge_request(token text, year_ int, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT purge_ask(token, year_, network, clock_timestamp())
$$;

-- By somebody else than who asked: an administrator or an auditor.
CREATE FUNCTION purge_confirm(token text, year_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    asked bigint;
BEGIN
    SELECT asked_by INTO asked FROM oplog_purge WHERE year = year_ AND confirmed_at IS NULL FOR UPDATE;
    IF asked IS NULL THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    IF asked = me.person THEN
        PERFORM refuse('denied', 'Who asked for the removal may not confirm it.');
    END IF;
    UPDATE oplog_purge SET confirmed_by = me.person, confirmed_at = clock_timestamp() WHERE year = year_;
    PERFORM oplog_act(me, 'log.purge-confirm', 'year ' || year_);
END $$;

-- Takes back what has not been done: any reader of the log may.
CREATE FUNCTION purge_withdraw(token text, year_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    DELETE FROM oplog_purge WHERE year = year_ AND done_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-withdraw', 'year ' || year_);
END $$;

-- The operator on the host, where the town has one administrator.
CREATE FUNCTION purge_operator(year_ int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT o.person) FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.during @> clock_timestamp() AND p.suspended_at IS NULL) > 1 THEN
        PERFORM refuse('denied', 'Where there are two administrators, the other one confirms.');
    END IF;
    UPDATE oplog_purge SET confirmed_at = clock_timestamp() WHERE year = year_ AND confirmed_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_operator('log.purge-confirm', 'year ' || year_);
END $$;

-- Drops the oldest year's rows when two persons have said so, and says where the chain goes on; the year,
-- or NULL. As month_drop, it waits for nobody.
CREATE FUNCTION oplog_drop(now_ timestamptz) RETURNS int
LANGUAGE plpgsql SET search_path = kairan, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    p oplog_purge;
    last oplog;
    name text;
BEGIN
    SELECT g.* INTO p FROM oplog_oldest(now_) o JOIN oplog_purge g ON g.year = o.year
    WHERE o.due AND g.confirmed_at IS NOT NULL AND g.done_at IS NULL;
    IF p.year IS NULL THEN
        RETURN NULL;
    END IF;
    name := 'oplog_' || p.year;
    EXECUTE format('SELECT * FROM %I ORDER BY seq DESC LIMIT 1', name) INTO last;
    IF last.seq IS NULL THEN -- a year without rows: what was the end stays the end
        SELECT last_seq, last_hash INTO last.seq, last.hash FROM oplog_purge
        WHERE done_at IS NOT NULL ORDER BY year DESC LIMIT 1;
        last.seq := coalesce(last.seq, 0);
        last.hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    END IF;
    EXECUTE format('ALTER TABLE oplog DETACH PARTITION %I', name);
    IF EXISTS (SELECT FROM oplog WHERE seq < last.seq) THEN
        RAISE EXCEPTION 'the rows of % are not the oldest ones', p.year;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    UPDATE oplog_purge SET done_at = clock_timestamp(), last_seq = last.seq, last_hash = last.hash
    WHERE year = p.year;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'log.purge', 'year ' || p.year, 'done',
        format('last %s %s', last.seq, encode(last.hash, 'hex')), NULL);
    RETURN p.year;
END $$;

CREATE FUNCTION house_purge_log() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN coalesce(oplog_drop(clock_timestamp())::text, '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;

-- What stands in for the rows that are gone, and what the chain itself says of it ('' nothing).
CREATE FUNCTION oplog_base() RETURNS TABLE (year int, seq bigint, hash bytea, said text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT g.year, g.last_seq, g.last_hash,
        coalesce((SELECT max(l.reason) FROM oplog l WHERE l.act = 'log.purge' AND l.object = 'year ' || g.year
            AND l.login = 'system' AND l.person IS NULL), '')
    FROM oplog_purge g WHERE g.done_at IS NOT NULL ORDER BY g.year DESC LIMIT 1
$$;

CREATE FUNCTION purge_list(token text)
RETURNS TABLE (year int, due boolean, asked_by text, asked_at timestamptz, mine boolean, confirmed_by text,
    confirmed_at timestamptz, done_at timestamptz, kept_until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(g.year, o.year), coalesce(o.due, false), a.name, g.asked_at,
            coalesce(g.asked_by = me.person, false), c.name, g.confirmed_at, g.done_at,
            oplog_kept_until(make_timestamptz(coalesce(g.year, o.year), 4, 1, 0, 0, 0, 'Asia/Tokyo'))
        FROM oplog_oldest(clock_timestamp()) o FULL JOIN oplog_purge g ON g.year = o.year
            LEFT JOIN person a ON a.id = g.asked_by LEFT JOIN person c ON c.id = g.confirmed_by
        ORDER BY 1 DESC;
END $$;

-- ---- anchors ----

-- The head, to be written down outside the database.
CREATE FUNCTION oplog_anchor() RETURNS TABLE (at text, seq bigint, hash text, count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), h.seq,
        encode(h.hash, 'hex'), (SELECT count(*) FROM oplog)
    FROM oplog_head h
$$;

-- An anchor by mail, once a day: `line` goes into a letter.
CREATE FUNCTION oplog_anchor_mail(address_ text, line text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM letter WHERE template = 'anchor' AND made >= date_trunc('day',
        clock_timestamp() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo') THEN
        RETURN false;
    END IF;
    PERFORM letter_add('anchor', 'ja', NULL, address_, line, clock_timestamp() + interval '1 day');
    RETURN true;
END $$;

-- ---- checks from the console ----

CREATE TABLE oplog_check (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint REFERENCES person, -- NULL: the house, each day
    started timestamptz NOT NULL DEFAULT clock_timestamp(),
    last bigint NOT NULL,      -- the head as it was at the start
    last_hash bytea NOT NULL,
    first bigint NOT NULL,     -- the last row before the first one
    done bigint NOT NULL,      -- the last row that fits
    hash bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT '-infinity',
    ended timestamptz,
    found text NOT NULL DEFAULT '' CHECK (found IN ('', 'gap', 'link', 'content', 'clock', 'head', 'base')),
    clocks int NOT NULL DEFAULT 0 -- set back, as the log itself says
);

CREATE FUNCTION check_begin(person_ bigint) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO oplog_check (person, last, last_hash, first, done, hash)
    SELECT person_, h.seq, h.hash, coalesce(b.seq, 0), coalesce(b.seq, 0),
        coalesce(b.hash, decode(repeat('00', 32), 'hex'))
    FROM oplog_head h LEFT JOIN oplog_base() b ON true
$$;

-- Begins a check, or finds the one under way.
CREATE FUNCTION check_start(token text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF EXISTS (SELECT FROM oplog_check WHERE ended IS NULL) THEN
        RETURN;
    END IF;
    PERFORM check_begin(me.person);
    PERFORM oplog_act(me, 'log.verify', '');
END $$;

-- What is wrong at the end of a check, '' nothing.
CREATE FUNCTION check_end(k oplog_check) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN k.done < k.last OR k.hash <> k.last_hash THEN 'head'
        WHEN EXISTS (SELECT FROM oplog_base() b
            WHERE b.said <> format('last %s %s', b.seq, encode(b.hash, 'hex'))) THEN 'base'
        ELSE '' END
$$;

-- The next `most` rows of the check under way: 'more' when there are more, at the end 'whole' or what is wrong, ''
-- when nobody asked for a check.
CREATE FUNCTION check_step(most int) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    k oplog_check;
    s record;
    high bigint;
BEGIN
    SELECT * INTO k FROM oplog_check WHERE ended IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF k.id IS NULL THEN
        RETURN '';
    END IF;
    high := least(k.done + most, k.last);
    SELECT min(w.seq) FILTER (WHERE wrong <> '') AS bad,
        (array_agg(w.wrong ORDER BY w.seq) FILTER (WHERE wrong <> ''))[1] AS wrong,
        max(w.seq) AS seq, (array_agg(w.hash ORDER BY w.seq DESC))[1] AS hash, max(w.at) AS at,
        count(*) FILTER (WHERE w.act = 'clock.back') AS clocks INTO s
    FROM (SELECT l.seq, l.hash, l.at, l.act, CASE WHEN l.seq <> lag(l.seq, 1, k.done) OVER o + 1 THEN 'gap'
            WHEN l.prev <> lag(l.hash, 1, k.hash) OVER o THEN 'link'
            WHEN l.hash <> oplog_digest(l) THEN 'content'
            WHEN l.at < lag(l.at, 1, k.at) OVER o AND l.act <> 'clock.back' THEN 'clock' ELSE '' END AS wrong
        FROM oplog l WHERE l.seq > k.done AND l.seq <= high WINDOW o AS (ORDER BY l.seq, l.at)) AS w;
    k.found := coalesce(s.wrong, CASE WHEN s.seq IS DISTINCT FROM high AND high > k.done THEN 'gap' ELSE '' END);
    k.done := coalesce(s.bad - 1, s.seq, k.done);
    k.hash := coalesce(s.hash, k.hash);
    IF k.found = '' AND k.done >= k.last THEN
        k.found := check_end(k);
    END IF;
    UPDATE oplog_check SET found = k.found, done = k.done, hash = k.hash, at = coalesce(s.at, k.at),
        clocks = k.clocks + s.clocks,
        ended = CASE WHEN k.found <> '' OR k.done >= k.last THEN clock_timestamp() END
    WHERE id = k.id;
    RETURN CASE WHEN k.found <> '' THEN k.found WHEN k.done < k.last THEN 'more' ELSE 'whole' END;
END $$;

-- As check_step; a day after the last check the next one begins by itself.
CREATE FUNCTION house_check_log(most int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF coalesce((SELECT started FROM oplog_check ORDER BY id DESC LIMIT 1), '-infinity')
        NOT BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() THEN
        PERFORM check_begin(NULL) WHERE NOT EXISTS (SELECT FROM oplog_check WHERE ended IS NULL);
    END IF;
    RETURN check_step(least(most, 50000));
END $$;

-- The newest check, and the head as one may write it down.
CREATE FUNCTION check_state(token text)
RETURNS TABLE (head bigint, head_hash text, first bigint, last bigint, done bigint, started timestamptz,
    ended timestamptz, person text, found text, clocks int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT h.seq, encode(h.hash, 'hex'), k.first, k.last, k.done, k.started, k.ended, p.name, k.found, k.clocks
        FROM oplog_head h LEFT JOIN (SELECT * FROM oplog_check ORDER BY id DESC LIMIT 1) AS k ON true
            LEFT JOIN person p ON p.id = k.person;
END $$;

GRANT EXECUTE ON FUNCTION
    oplog_request(text), oplog_view(text, text, text, inet), oplog_search(text, text[], bigint, int),
    oplog_export(text, text[], bigint, int, inet), oplog_departments(text),
    purge_request(text, int, inet), purge_confirm(text, int, inet), purge_withdraw(text, int, inet),
    purge_list(text), check_start(text, inet), check_state(text)
TO kairan_staff;
GRANT EXECUTE ON FUNCTION house_strangers(), house_purge_log(), oplog_anchor(), oplog_anchor_mail(text, text),
    house_check_log(int)
TO kairan_house;

-- ---- inspections (004 §8-3, §8-4) ----

-- Regular ones each month, occasional ones at any time. What is closed is history.
CREATE TABLE inspection (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('regular', 'occasional')),
    since date NOT NULL,
    until date NOT NULL, -- the last day
    reason text NOT NULL CHECK (length(reason) <= 500),
    inspector bigint NOT NULL REFERENCES person,
    opened timestamptz NOT NULL DEFAULT clock_timestamp(),
    result text CHECK (result IN ('clean', 'watch', 'misuse')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    closed timestamptz,
    closed_by bigint REFERENCES person,
    CHECK (since <= until AND until <= since + 366),
    CHECK ((closed IS NULL) = (result IS NULL) AND (closed IS NULL) = (closed_by IS NULL)),
    CHECK (kind = 'regular' OR reason ~ '\S')
);

-- What the log says of the days, looked up when the inspection is opened.
CREATE TABLE inspection_finding (
    inspection bigint NOT NULL REFERENCES inspection,
    position int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('failed', 'odd', 'unused', 'reads', 'quick', 'delegate', 'export', 'clock')),
    subject text NOT NULL, -- who, or what
    n bigint NOT NULL,
    last timestamptz,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    PRIMARY KEY (inspection, position)
);

CREATE FUNCTION inspection_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'inspection' THEN
        IF TG_OP = 'DELETE' OR OLD.closed IS NOT NULL THEN
            PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspection i WHERE i.id = NEW.inspection AND i.closed IS NOT NULL) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inspection_history BEFORE UPDATE OR DELETE ON inspection
FOR EACH ROW EXECUTE FUNCTION inspection_history();
CREATE TRIGGER inspection_finding_history BEFORE INSERT OR UPDATE OR DELETE ON inspection_finding
FOR EACH ROW EXECUTE FUNCTION inspection_history();

-- The ready-made findings of the days from `since` to `until`. quick_s: an approval within so many seconds
-- of the submission was hardly read.
CREATE FUNCTION oplog_findings(since date, until date, quick_s int)
RETURNS TABLE (kind text, subject text, n bigint, last timestamptz)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    WITH l AS MATERIALIZED (
        SELECT * FROM oplog WHERE at >= since::timestamp AT TIME ZONE 'Asia/Tokyo'
            AND at < (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
    SELECT * FROM (
        (SELECT 'failed', concat_ws(' ', coalesce(login, '?'), host(network)), sum(oplog_times(reason))::bigint AS n, max(at)
            FROM l WHERE act = 'sign-in' AND result = 'refused' GROUP BY 2 HAVING sum(oplog_times(reason)) >= 5)
        UNION ALL
        (SELECT 'odd', o.login, count(*), max(o.at) FROM odd_sign_ins(since::timestamp AT TIME ZONE 'Asia/Tokyo',
            (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') o GROUP BY o.login)
        UNION ALL
        (SELECT 'unused', p.login, 0, max(s.made) FROM person p LEFT JOIN session s ON s.person = p.id
            WHERE p.suspended_at IS NULL AND EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> now())
                AND p.made < (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo'
                AND NOT EXISTS (SELECT FROM oplog u WHERE u.person = p.id
                    AND u.at >= (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo') GROUP BY p.login)
        UNION ALL
        (SELECT 'reads', login || ' ' || (at AT TIME ZONE 'Asia/Tokyo')::date, count(*), max(at)
            FROM l WHERE act ~ '\.read$' AND result = 'done' GROUP BY 2 HAVING count(*) >= 30)
        UNION ALL
        (SELECT 'quick', a.login || ' ' || a.object, ceil(extract(epoch FROM a.at - s.at))::bigint, a.at
            FROM l a, LATERAL (SELECT max(b.at) AS at FROM oplog b WHERE b.object = a.object
                AND b.act = 'alert.submit' AND b.result = 'done' AND b.seq < a.seq) AS s
            WHERE a.act = 'alert.approve' AND a.result = 'done' AND a.at < s.at + make_interval(secs => quick_s))
        UNION ALL
        (SELECT 'delegate', concat_ws(' ', login, act), count(*), max(at) FROM l
            WHERE role = 'delegate' AND result = 'done' AND act LIKE 'alert.%' GROUP BY 2)
        UNION ALL
        (SELECT 'export', concat_ws(' ', login, object, act), count(*), max(at) FROM l
            WHERE act ~ '\.export$' AND result = 'done' GROUP BY 2)
        UNION ALL
        (SELECT 'clock', object || reason, count(*), max(at) FROM l WHERE act = 'clock.back' GROUP BY 2)
    ) AS f (kind, subject, n, last) ORDER BY kind, n DESC, subject LIMIT 200
$$;

CREATE FUNCTION inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    form text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    id_ bigint;
BEGIN
    IF since_ !~ form OR until_ !~ form OR until_::date NOT BETWEEN since_::date AND since_::date + 366
        OR since_::date > (now() AT TIME ZONE 'Asia/Tokyo')::date THEN
        PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
    END IF;
    IF kind_ = 'occasional' AND reason_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type why you inspect the log now.', 'reason');
    END IF;
    INSERT INTO inspection (kind, since, until, reason, inspector)
    VALUES (kind_, since_::date, until_::date, left(reason_, 500), me.person) RETURNING id INTO id_;
    INSERT INTO inspection_finding (inspection, position, kind, subject, n, last)
    SELECT id_, row_number() OVER (), f.* FROM oplog_findings(since_::date, until_::date, 10) AS f;
    PERFORM oplog_act(me, 'inspection.open', 'inspection ' || id_, since_ || ' ' || until_);
    RETURN id_;
EXCEPTION WHEN check_violation OR datetime_field_overflow THEN
    PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
END $$;

-- Keeps the notes on findings (by position), and closes the record where there is a result.
CREATE FUNCTION inspection_save(token text, id_ bigint, positions int[], notes text[], result_ text, note_ text,
    network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    i inspection;
BEGIN
    SELECT * INTO i FROM inspection WHERE id = id_ FOR UPDATE;
    IF i.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such inspection.');
    END IF;
    IF i.closed IS NOT NULL THEN
        PERFORM refuse('conflict', 'This inspection is closed already.');
    END IF;
    IF result_ NOT IN ('', 'clean', 'watch', 'misuse') THEN
        PERFORM refuse('invalid', 'Choose a result.', 'result');
    END IF;
    IF result_ IN ('watch', 'misuse') AND note_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type what was found and what is done about it.', 'note');
    END IF;
    UPDATE inspection_finding f SET note = left(n.note, 500) FROM unnest(positions, notes) AS n (position, note)
    WHERE f.inspection = id_ AND f.position = n.position AND f.note <> left(n.note, 500);
    UPDATE inspection SET note = left(note_, 2000), result = nullif(result_, ''),
        closed = CASE WHEN result_ <> '' THEN clock_timestamp() END,
        closed_by = CASE WHEN result_ <> '' THEN me.person END
    WHERE id = id_;
    PERFORM oplog_act(me, CASE result_ WHEN '' THEN 'inspection.save' ELSE 'inspection.close' END,
        'inspection ' || id_, result_);
END $$;

-- Inspections, the newest first; one, where its number is given.
CREATE FUNCTION inspection_list(token text, id_ bigint)
RETURNS TABLE (id bigint, kind text, since date, until date, reason text, inspector text, opened timestamptz,
    findings bigint, result text, note text, closed timestamptz, closed_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT i.id, i.kind, i.since, i.until, i.reason, p.name, i.opened,
            (SELECT count(*) FROM inspection_finding f WHERE f.inspection = i.id), i.result, i.note, i.closed, c.name
        FROM inspection i JOIN person p ON p.id = i.inspector LEFT JOIN person c ON c.id = i.closed_by
        WHERE id_ IS NULL OR i.id = id_ ORDER BY i.id DESC LIMIT 200;
END $$;

CREATE FUNCTION inspection_findings(token text, id_ bigint)
RETURNS TABLE ("position" int, kind text, subject text, n bigint, last timestamptz, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT f.position, f.kind, f.subject, f.n, f.last, f.note FROM inspection_finding f
        WHERE f.inspection = id_ ORDER BY f.position;
END $$;

-- Days since the last closed regular inspection, or since the schema was made.
CREATE FUNCTION inspection_days(now_ timestamptz) RETURNS int
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT floor(extract(epoch FROM now_ - coalesce(
        (SELECT max(closed) FROM inspection WHERE kind = 'regular'),
        (SELECT min(applied) FROM migration))) / 86400)::int
$$;

-- How many days the regular inspection is overdue; 0: it is not (31 days).
CREATE FUNCTION inspection_overdue(token text) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN greatest(inspection_days(clock_timestamp()) - 31, 0);
END $$;

GRANT EXECUTE ON FUNCTION
    inspection_open(text, text, text, text, text, inet),
    inspection_save(text, bigint, int[], text[], text, text, inet), inspection_list(text, bigint),
    inspection_findings(text, bigint), inspection_overdue(text)
TO kairan_staff;
