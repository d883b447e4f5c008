-- What the acts of the administrator's desk are built from: days, periods, reasons, and who may act or read.

-- ---- days and periods, as people type and read them ----

-- The beginning of something: now, or today or later.
CREATE FUNCTION begin_at(at timestamptz, field text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF at < date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' THEN
        PERFORM refuse('invalid', 'This day is over. Choose today or a later day.', field);
    END IF;
    RETURN greatest(coalesce(at, now()), now());
END $$;

-- A range from and until, both as days people typed.
CREATE FUNCTION period(from_ timestamptz, until_ timestamptz) RETURNS tstzrange
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF until_ <= from_ THEN
        PERFORM refuse('invalid', 'The last day must not lie before the first.', 'until');
    END IF;
    RETURN tstzrange(from_, until_);
END $$;

-- The moment at which the fiscal year of `at` is over: 1 April, 0 o'clock, Japan time.
CREATE FUNCTION fiscal_end(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

-- A moment in the log's words, Japan time.
CREATE FUNCTION day_jst(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')
$$;

-- The day on which something begins, Japan time; with the hour when that is not midnight.
CREATE FUNCTION day_first(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT regexp_replace(to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ' 00:00$', '')
$$;

-- The last day of something that ends at a moment; the moment itself when that is within a day.
CREATE FUNCTION day_last(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN to_char(at AT TIME ZONE 'Asia/Tokyo', 'HH24:MI') = '00:00'
        THEN to_char(at AT TIME ZONE 'Asia/Tokyo' - interval '1 minute', 'YYYY-MM-DD')
        ELSE to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') END
$$;

-- ---- what an act must be given ----

-- Refuses ('invalid') a text that is empty, too long or has control characters.
CREATE FUNCTION need_text(value text, most int, sentence text, field text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF value IS NULL OR value !~ '\S' OR char_length(value) > most OR value ~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]' THEN
        PERFORM kairan.refuse('invalid', sentence, field);
    END IF;
END $$;

-- Refuses an act without its reason.
CREATE FUNCTION need_reason(reason text, field text DEFAULT 'reason') RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT need_text(reason, limit_reason_chars(), 'Please give the reason, in at most 400 characters.', field)
$$;

-- Refuses somebody or something without a name.
CREATE FUNCTION need_name(name text) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT need_text(name, limit_name_chars(), 'Type the name, in at most 100 characters.', 'name')
$$;

-- ---- who acts, on whom ----

-- The actor of a token, whose post may do the act: one of those that are the administrator's.
CREATE FUNCTION actor_for(token text, network inet, act text) RETURNS actor
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, act) THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN me;
END $$;

-- Who reads about staff: administrators and auditors.
CREATE FUNCTION staff_reader(token text, network inet) RETURNS actor
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'staff.read') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read about staff.');
    END IF;
    RETURN me;
END $$;

-- A person, locked for the transaction; refuses 'missing'.
CREATE FUNCTION person_locked(person_ bigint) RETURNS person
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    p person;
BEGIN
    SELECT * INTO p FROM person WHERE id = person_ FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    RETURN p;
END $$;

-- Nobody does this to himself or herself, or to his or her own post.
CREATE FUNCTION not_oneself(me actor, person_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF me.person = person_ THEN
        PERFORM refuse('denied', 'Nobody does this to himself or herself. Ask another administrator.');
    END IF;
END $$;

-- There is always an administrator who can sign in: not this one, from this moment on.
CREATE FUNCTION keep_administrator(person_ bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kairan administrators'));
    IF NOT EXISTS (SELECT FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.person <> person_ AND o.during @> at AND p.suspended_at IS NULL) THEN
        PERFORM refuse('conflict', 'This is the last administrator. Register another one first.');
    END IF;
END $$;
