-- Open and closed days: the town's own word, else the holidays by the law's formulas, the turn of the year, the
-- weekend.

-- National holidays by the law of 1948 as it stands since 2022 (good for 2022 to 2099): msgids.
CREATE FUNCTION national_day(day date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN m = 1 AND d = 1 THEN 'New Year''s Day'
        WHEN m = 1 AND monday = 2 THEN 'Coming of Age Day'
        WHEN m = 2 AND d = 11 THEN 'National Foundation Day'
        WHEN m = 2 AND d = 23 THEN 'Emperor''s Birthday'
        WHEN m = 3 AND d = floor(20.8431 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Vernal Equinox Day'
        WHEN m = 4 AND d = 29 THEN 'Showa Day'
        WHEN m = 5 AND d = 3 THEN 'Constitution Memorial Day'
        WHEN m = 5 AND d = 4 THEN 'Greenery Day'
        WHEN m = 5 AND d = 5 THEN 'Children''s Day'
        WHEN m = 7 AND monday = 3 THEN 'Marine Day'
        WHEN m = 8 AND d = 11 THEN 'Mountain Day'
        WHEN m = 9 AND monday = 3 THEN 'Respect for the Aged Day'
        WHEN m = 9 AND d = floor(23.2488 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Autumnal Equinox Day'
        WHEN m = 10 AND monday = 2 THEN 'Sports Day'
        WHEN m = 11 AND d = 3 THEN 'Culture Day'
        WHEN m = 11 AND d = 23 THEN 'Labor Thanksgiving Day' END
    FROM (SELECT extract(year FROM day)::int AS y, extract(month FROM day)::int AS m, extract(day FROM day)::int AS d,
        CASE extract(isodow FROM day) WHEN 1 THEN (extract(day FROM day)::int + 6) / 7 END AS monday) AS parts
$$;

-- These, and what the law adds (its article 3): a holiday on a Sunday is made up on the next day that
-- is none; a day between two holidays is one.
CREATE FUNCTION public_holiday(day date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(national_day(day),
        CASE WHEN EXISTS (SELECT FROM generate_series(1, 6) AS back
                WHERE extract(isodow FROM day - back) = 7
                    AND (SELECT bool_and(national_day(day - k) IS NOT NULL) FROM generate_series(1, back) AS k))
            THEN 'Substitute holiday'
            WHEN national_day(day - 1) IS NOT NULL AND national_day(day + 1) IS NOT NULL
                THEN 'National holiday between two holidays' END)
$$;

-- Why the town hall is closed on a day (a msgid, or the town's own words); NULL: it is open.
CREATE FUNCTION day_closed(day_ date) RETURNS text LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN t.day IS NOT NULL THEN CASE WHEN NOT t.open THEN t.note END
        ELSE coalesce(public_holiday(day_),
            CASE WHEN to_char(day_, 'MMDD') IN ('1229', '1230', '1231', '0101', '0102', '0103')
                THEN 'Year-end and New Year' END,
            CASE extract(isodow FROM day_) WHEN 6 THEN 'Saturday' WHEN 7 THEN 'Sunday' END) END
    FROM (SELECT 1) AS one LEFT JOIN town_day t ON t.day = day_
$$;

-- ---- the town's own days ----

-- The actor of a token, who must be an administrator.
CREATE FUNCTION calendar_administrator(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'calendar.set') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;

-- Says that a day is open or closed, on record.
CREATE FUNCTION day_set(token text, day_ date, open_ boolean, note_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    IF note_ !~ '\S' OR char_length(note_) > 100 OR note_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please say what day it is, in at most 100 characters.', 'note');
    END IF;
    IF day_ NOT BETWEEN '2022-01-01' AND '2099-12-31' THEN
        PERFORM refuse('invalid', 'Please give a day of the years 2022 to 2099.', 'day');
    END IF;
    INSERT INTO town_day (day, open, note, person) VALUES (day_, open_, note_, a.person)
    ON CONFLICT (day) DO UPDATE SET open = open_, note = note_, person = a.person, at = now();
    PERFORM oplog_act(a, 'calendar.set', 'day ' || day_,
        facts => jsonb_build_object('open', CASE WHEN open_ THEN note_ END, 'closed', CASE WHEN NOT open_ THEN note_ END));
END $$;
GRANT EXECUTE ON FUNCTION day_set TO kairan_staff;

-- Takes the town's word on a day back.
CREATE FUNCTION day_unset(token text, day_ date, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    DELETE FROM town_day WHERE day = day_;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This day is none of the town''s own.');
    END IF;
    PERFORM oplog_act(a, 'calendar.unset', 'day ' || day_);
END $$;
GRANT EXECUTE ON FUNCTION day_unset TO kairan_staff;

-- Days of a span that are closed, or would be: weekends aside unless the town says something of them.
CREATE FUNCTION calendar(token text, from_ date, to_ date)
RETURNS TABLE (day date, weekday int, open boolean, words text, own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT d::date, extract(isodow FROM d)::int, day_closed(d::date) IS NULL,
            coalesce(t.note, day_closed(d::date)), t.day IS NOT NULL
        FROM generate_series(from_::timestamp, least(to_, from_ + 800)::timestamp, interval '1 day') AS d
            LEFT JOIN town_day t ON t.day = d::date
        WHERE t.day IS NOT NULL OR day_closed(d::date) NOT IN ('Saturday', 'Sunday')
        ORDER BY d;
END $$;
GRANT EXECUTE ON FUNCTION calendar TO kairan_staff;
