-- When routine alerts may leave: not at night (004 §13-2(1)). Urgent ones leave at any time. The night's hours are the
-- settings quiet_from and quiet_to (core/settings/conf_table.c).

-- Whether routine alerts may leave now (004 §13-2(1)); equal bounds mean no quiet hours.
CREATE FUNCTION routine_hours(quiet_from time, quiet_to time,
    n time DEFAULT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::time)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN quiet_from <= quiet_to THEN n < quiet_from OR n >= quiet_to
        ELSE n < quiet_from AND n >= quiet_to END
$$;
GRANT EXECUTE ON FUNCTION routine_hours TO kairan_staff, kairan_sender;

-- Till when they may, in Unix ms: the next evening; 0 at night.
CREATE FUNCTION routine_until(quiet_from time, quiet_to time,
    n timestamp DEFAULT clock_timestamp() AT TIME ZONE 'Asia/Tokyo')
RETURNS bigint LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN routine_hours(quiet_from, quiet_to, n::time)
        THEN (extract(epoch FROM (n::date + (n::time >= quiet_from)::int + quiet_from)
            AT TIME ZONE 'Asia/Tokyo') * 1000)::bigint
        ELSE 0 END
$$;
GRANT EXECUTE ON FUNCTION routine_until TO kairan_sender;
