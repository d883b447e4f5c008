-- The floor of the house: how a refusal is said, what history is, what a program asks at its start.

-- A refusal as one value: kind, a sentence for people (a gettext msgid), the field it concerns. core/db turns
-- the code into a fault's kind. 'stale' is a refusal that ends when the person proves again who it is.
CREATE FUNCTION refuse(kind text, sentence text, field text DEFAULT '', detail text DEFAULT '')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    code text := CASE kind
        WHEN 'denied' THEN 'KR001' WHEN 'conflict' THEN 'KR002' WHEN 'invalid' THEN 'KR003'
        WHEN 'missing' THEN 'KR004' WHEN 'limit' THEN 'KR005' WHEN 'unsigned' THEN 'KR006'
        WHEN 'stale' THEN 'KR007'
    END;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION 'refuse: unknown kind %', kind;
    END IF;
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = sentence, COLUMN = field, DETAIL = detail;
END $$;

-- For triggers on tables whose rows are history: nobody changes them, the owner included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Unambiguous bytes of a list of texts: "<bytes>:<data>," each, "~," for NULL. What is hashed
-- (operation log, fingerprint) is always built this way, here and in C.
CREATE FUNCTION netstrings(VARIADIC items text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT convert_to(coalesce(string_agg(
        CASE WHEN item IS NULL THEN '~,' ELSE octet_length(item) || ':' || item || ',' END,
        '' ORDER BY place), ''), 'UTF8')
    FROM unnest(items) WITH ORDINALITY AS list (item, place)
$$;

-- What a program asks at its start, and only then: the release that the law is of, the oldest one whose programs it
-- serves, the sum of the catalogue as it was loaded, and whether what is committed stays committed (a town's approvals
-- must survive a power cut). Programs of every release call this: a column may be added, none may go.
CREATE FUNCTION schema_state() RETURNS TABLE (release text, oldest text, catalogue text, durable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT l.release, l.oldest, l.catalogue,
        current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') = 'on'
    FROM law l
    ORDER BY l.loaded DESC
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION schema_state
TO kairan_public, kairan_staff, kairan_sender, kairan_intake, kairan_house;
