-- When routine alerts may leave: not at night (004 §13-2(1)). Urgent ones leave at any time.

-- Whether routine alerts may leave now (004 §13-2(1)); equal bounds mean no quiet hours.
CREATE FUNCTION routine_hours(quiet_from time, quiet_to time,
    n time DEFAULT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::time)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN quiet_from <= quiet_to THEN n < quiet_from OR n >= quiet_to
        ELSE n < quiet_from AND n >= quiet_to END
$$;
