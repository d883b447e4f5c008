-- Partitions: made ahead and attached, which makes nobody wait, and dropped whole when all in them is over:
-- deliveries and outcomes by months, the operation log by fiscal years (its end is core/log/purge.law.sql).

-- ---- which one ----

-- The month of a moment, Japan time: that of its partitions.
CREATE FUNCTION month_of(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT date_trunc('month', at AT TIME ZONE 'Asia/Tokyo')::date
$$;

-- The fiscal year of a moment: 31 March 23:59:59 Japan time is still the year before.
CREATE FUNCTION fiscal_year(at timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT extract(year FROM (at AT TIME ZONE 'Asia/Tokyo') - interval '3 months')::int
$$;

-- When a record of this moment may go: at the end of the fiscal year after the one it was made in
-- (002 §23(9)), or more years later where the setting says so; never earlier.
CREATE FUNCTION kept_until(at timestamptz, years int) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1 + greatest(years, 1), 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

-- When a month's partitions may go: what happened last to an alert of the month may be of the next
-- fiscal year. NULL while one of its broadcasts has not ended.
CREATE FUNCTION month_kept_until(month_ date, years int) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM broadcast b WHERE b.month = month_ AND b.ended_at IS NULL) THEN
        kept_until(greatest(((month_ + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo') - interval '1 microsecond',
            (SELECT max(greatest(b.started_at, b.last_outcome_at, b.ended_at)) FROM broadcast b WHERE b.month = month_)),
            years) END
$$;

-- ---- making ----

-- Makes a month's partitions unless they are there.
CREATE FUNCTION delivery_partition(month date) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    parent text;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month, '_YYYYMM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, name, month, (month + interval '1 month')::date);
        END IF;
    END LOOP;
END $$;

-- Makes the partition of a fiscal year unless it is there. ATTACH, not PARTITION OF: readers are not waited
-- for.
CREATE FUNCTION oplog_partition(year int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    name text := 'oplog_' || year;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE oplog INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE oplog ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
        year || '-04-01 00:00+09', (year + 1) || '-04-01 00:00+09');
    EXECUTE format('CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
END $$;

-- Partitions ahead. Each is made apart and attached, which makes neither readers nor writers wait.
CREATE FUNCTION house_ahead() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM delivery_partition((month_of(now()) + make_interval(months => ahead))::date)
    FROM generate_series(0, 2) AS ahead;
    PERFORM oplog_partition(fiscal_year(now()) + ahead) FROM generate_series(0, 1) AS ahead;
END $$;
GRANT EXECUTE ON FUNCTION house_ahead TO kairan_house;

-- ---- dropping ----

-- Drops the oldest month that is due, its partitions whole, and says so in the log; its date, or NULL
-- when none is due. Dropping asks for a lock that would make readers wait behind it, so it is asked for
-- 50 ms at most: 'busy' (lock_not_available) and another time, then.
CREATE FUNCTION month_drop(years int, now_ timestamptz) RETURNS date
LANGUAGE plpgsql SET search_path = kairan, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    month_ date;
    parent text;
    name text;
BEGIN
    SELECT m INTO month_ FROM (SELECT to_date(right(c.relname, 6), 'YYYYMM') AS m
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('delivery'::regclass, 'outcome'::regclass)) AS months
    WHERE month_kept_until(m, years) <= now_ ORDER BY m LIMIT 1;
    IF month_ IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month_, '_YYYYMM');
        IF to_regclass(name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
            EXECUTE format('DROP TABLE %I', name);
        END IF;
    END LOOP;
    DELETE FROM broadcast_part WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    DELETE FROM broadcast_tally WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    UPDATE broadcast SET dropped_at = clock_timestamp() WHERE month = month_;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'records.drop', to_char(month_, 'YYYY-MM'), 'done', '', NULL);
    RETURN month_;
END $$;

-- month_drop by the database's own clock; '' nothing is due, 'busy', or the month.
CREATE FUNCTION house_drop(years int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN coalesce(to_char(month_drop(years, clock_timestamp()), 'YYYY-MM'), '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;
GRANT EXECUTE ON FUNCTION house_drop TO kairan_house;
