-- The usage report (000 §9): who used the system how much, by department and person, from what is on record
-- anyhow. Nothing is counted beside the log, the approvals and the broadcasts' totals.

-- Administrators and auditors read about the whole house, an approver and a delegate in force about the
-- department they act for.
CREATE FUNCTION usage_reader(token text, department_ bigint, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'usage.read') THEN
        PERFORM refuse('denied', 'Your post does not allow this.');
    END IF;
    IF department_ IS NOT NULL AND NOT sees(me, department_) THEN
        PERFORM refuse('denied', 'You may read about the usage of your own department only.', 'department');
    END IF;
    RETURN me;
END $$;

-- The days from `since_` to `until_`, of a department or (NULL) all that the reader may read about.
CREATE FUNCTION usage_scope(me actor, department_ bigint, since_ text, until_ text) RETURNS usage_scope
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    form text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    s usage_scope;
BEGIN
    s.department := coalesce(department_, me.department);
    s.whole := s.department IS NULL;
    IF since_ !~ form OR until_ !~ form OR until_::date NOT BETWEEN since_::date AND since_::date + 365 THEN
        RAISE data_exception;
    END IF;
    s.since := since_::timestamp AT TIME ZONE 'Asia/Tokyo';
    s.until := (until_::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo';
    RETURN s;
EXCEPTION WHEN data_exception THEN
    PERFORM refuse('invalid', 'Choose a first day, and a last day within a year after it.', 'since');
END $$;

-- Everybody, with the department for which acts without a post count (a failed sign-in; one after which a
-- post is still to be chosen): that of a post held in those days, one's own before others; else one's own.
CREATE FUNCTION usage_homes(since timestamptz, until timestamptz)
RETURNS TABLE (person bigint, login text, department bigint)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT p.id, p.login, CASE WHEN o.id IS NULL THEN home ELSE o.department END
    FROM person p, person_home(p.id, until - interval '1 microsecond') AS home
        LEFT JOIN LATERAL (SELECT x.id, x.department FROM post x
            WHERE x.person = p.id AND x.during && tstzrange(since, until)
            ORDER BY x.department IS DISTINCT FROM home, lower(x.during) DESC, x.id DESC LIMIT 1) AS o ON true
$$;

-- Facts by department and person, to be added up. An alert counts for its department and its creator, at the
-- moment a relay took the first mail. How long an approval took is there twice, for who submitted and
-- for who approved: a median of values that are all there twice is the same. Planned for the very days: a month is
-- looked up by its index, a year read through; with room, lest a guess of too many groups leads to sorting on disk.
CREATE FUNCTION usage_facts(since timestamptz, until timestamptz)
RETURNS TABLE (department bigint, person bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint,
    submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s float8)
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
BEGIN
    RETURN QUERY
    WITH logged AS ( -- by sign-in name, which never changes: of a failed sign-in there is no more
        SELECT l.login, l.post IS NULL AS nowhere, l.department, l.act, l.result = 'done' AS done, count(*) AS n,
            (sum(oplog_times(l.facts)) FILTER (WHERE l.result <> 'done'))::bigint AS failed
        FROM oplog l
        WHERE l.at >= since AND l.at < until AND (l.result = 'done' OR l.act = 'sign-in') AND l.act = ANY
                ('{sign-in,sign-in.odd,alert.save,alert.submit,alert.approve,alert.return}')
            AND (l.act <> 'alert.save' OR l.facts -> 'version' = '1') -- a draft is made once
        GROUP BY 1, 2, 3, 4, 5)
    SELECT CASE WHEN l.nowhere THEN h.department ELSE l.department END, h.person,
        CASE WHEN l.act = 'sign-in' AND l.done THEN l.n ELSE 0 END, coalesce(l.failed, 0),
        CASE l.act WHEN 'sign-in.odd' THEN l.n ELSE 0 END, CASE l.act WHEN 'alert.save' THEN l.n ELSE 0 END,
        CASE l.act WHEN 'alert.submit' THEN l.n ELSE 0 END, CASE l.act WHEN 'alert.approve' THEN l.n ELSE 0 END,
        CASE l.act WHEN 'alert.return' THEN l.n ELSE 0 END, 0::bigint, 0::bigint, NULL::float8
    FROM logged l JOIN usage_homes(since, until) h ON h.login = l.login
    UNION ALL
    SELECT a.department, a.creator, 0, 0, 0, 0, 0, 0, 0, 1, b.accepted, NULL
    FROM broadcast b JOIN alert a ON a.id = b.alert
    WHERE b.first_accepted_at >= since AND b.first_accepted_at < until
    UNION ALL
    SELECT a.department, w.person, 0, 0, 0, 0, 0, 0, 0, 0, 0, extract(epoch FROM p.at - a.submitted_at)::float8
    FROM approval p JOIN alert a ON a.id = p.alert, unnest(ARRAY[a.submitter, p.approver]) AS w (person)
    WHERE p.at >= since AND p.at < until;
END $$;

-- Added up: level 0 a person in a department, 1 a department, 3 all. Who held a post in those days is there,
-- and every department, though nothing was done: disuse shows.
CREATE FUNCTION usage_sums(s usage_scope)
RETURNS TABLE (level int, department bigint, person bigint, people bigint, sign_ins bigint, failed bigint,
    odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint,
    wait_s bigint)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    WITH facts AS (
        SELECT * FROM usage_facts((s).since, (s).until)
        UNION ALL
        SELECT o.department, o.person, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL::float8
        FROM post o WHERE o.during && tstzrange((s).since, (s).until)
        UNION ALL
        SELECT d.id, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL::float8 FROM department d)
    SELECT grouping(f.department, f.person), f.department, f.person, count(DISTINCT f.person), sum(f.sign_ins),
        sum(f.failed), sum(f.odd), sum(f.drafts), sum(f.submitted), sum(f.approved), sum(f.returned), sum(f.sent),
        sum(f.recipients), percentile_cont(0.5) WITHIN GROUP (ORDER BY f.wait_s)
    FROM facts f WHERE (s).whole OR f.department = (s).department
    GROUP BY GROUPING SETS ((f.department, f.person), (f.department), ())
    HAVING grouping(f.person) = 1 OR f.person IS NOT NULL
$$;

-- With names, as people read them: a department, then its people, the whole last. roles: of the posts held in
-- those days. last_sign_in: ever.
CREATE FUNCTION usage_shown(s usage_scope)
RETURNS TABLE (level int, department bigint, department_name text, department_en text, person bigint, login text,
    name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint,
    submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint,
    last_sign_in timestamptz)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT u.level, u.department, d.name, d.name_en, u.person, p.login, p.name,
        EXISTS (SELECT FROM guest g WHERE g.person = p.id),
        (SELECT array_agg(DISTINCT o.role ORDER BY o.role) FROM post o WHERE o.person = p.id
            AND o.department IS NOT DISTINCT FROM u.department AND o.during && tstzrange((s).since, (s).until)),
        u.people, u.sign_ins, u.failed, u.odd, u.drafts, u.submitted, u.approved, u.returned, u.sent, u.recipients,
        u.wait_s, p.last_sign_in
    FROM usage_sums(s) u LEFT JOIN department d ON d.id = u.department LEFT JOIN person p ON p.id = u.person
    ORDER BY u.level = 3, u.department NULLS LAST, u.level DESC, p.login
$$;

-- A period's use, for the page.
CREATE FUNCTION usage_read(token text, department_ bigint, since text, until text)
RETURNS TABLE (level int, department bigint, department_name text, department_en text, person bigint, login text,
    name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint,
    submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint,
    last_sign_in timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT * FROM usage_shown(usage_scope(usage_reader(token, department_, NULL), department_, since, until))
$$;
GRANT EXECUTE ON FUNCTION usage_read TO kairan_staff;

-- The same for a file, on record.
CREATE FUNCTION usage_export(token text, department_ bigint, since text, until text, network inet)
RETURNS TABLE (level int, department bigint, department_name text, department_en text, person bigint, login text,
    name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint,
    submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint,
    last_sign_in timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := usage_reader(token, department_, network);
    s usage_scope := usage_scope(me, department_, since, until);
BEGIN
    PERFORM oplog_act(me, 'usage.export', coalesce('department ' || s.department, ''),
        facts => jsonb_build_object('since', since, 'until', until));
    RETURN QUERY SELECT * FROM usage_shown(s);
END $$;
GRANT EXECUTE ON FUNCTION usage_export TO kairan_staff;

-- Everything that people did and that is on record, looks included: by day, by month where there are more
-- than 62 days; days to come are left out.
CREATE FUNCTION usage_days(token text, department_ bigint, since text, until text)
RETURNS TABLE (at text, acts bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    s usage_scope := usage_scope(usage_reader(token, department_, NULL), department_, since, until);
    months boolean := until::date - since::date >= 62;
    starts timestamptz[] := ARRAY(SELECT d AT TIME ZONE 'Asia/Tokyo' FROM generate_series(
        CASE WHEN months THEN date_trunc('month', since::timestamp) ELSE since::timestamp END,
        least(until::timestamp, now() AT TIME ZONE 'Asia/Tokyo'),
        CASE WHEN months THEN interval '1 month' ELSE '1 day' END) AS d);
    here bigint[] := ARRAY(SELECT h.person FROM usage_homes(s.since, s.until) h WHERE h.department = s.department);
BEGIN
    -- Of a department its acts are counted; of the house all rows, which the index does alone, less the few
    -- that are none.
    RETURN QUERY
        SELECT to_char(d.start AT TIME ZONE 'Asia/Tokyo', CASE WHEN months THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END),
            CASE WHEN s.whole THEN (SELECT count(*) FROM oplog l WHERE l.at >= greatest(d.start, s.since)
                AND l.at < coalesce(d.next, s.until)) - coalesce(n.counted, 0) ELSE coalesce(n.counted, 0) END
        FROM (SELECT x.start, x.place, lead(x.start) OVER (ORDER BY x.place) AS next
                FROM unnest(starts) WITH ORDINALITY AS x (start, place)) AS d
            LEFT JOIN (SELECT width_bucket(l.at, starts) AS place, count(*) AS counted
                FROM oplog l
                WHERE l.at >= s.since AND l.at < s.until AND CASE WHEN s.whole
                    THEN l.result = 'refused' OR l.person IS NULL
                    ELSE l.result = 'done' AND l.person IS NOT NULL
                        AND (l.department = s.department OR (l.post IS NULL AND l.person = ANY (here))) END
                GROUP BY 1) AS n ON n.place = d.place
        ORDER BY d.place;
END $$;
GRANT EXECUTE ON FUNCTION usage_days TO kairan_staff;
