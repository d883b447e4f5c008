-- The floor of the house: how a refusal is said, what history is, what a program asks when it connects.

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

-- What every program asks when it connects: how far the schema is, and whether what is committed
-- stays committed (a town's approvals must survive a power cut).
CREATE FUNCTION schema_state() RETURNS TABLE (number int, durable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT (SELECT max(m.number) FROM migration m),
        current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') = 'on'
$$;
GRANT EXECUTE ON FUNCTION schema_state
TO kairan_public, kairan_staff, kairan_sender, kairan_intake, kairan_house;
