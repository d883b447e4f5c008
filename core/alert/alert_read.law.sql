-- Alerts as the console shows them: a post sees its department's, administrators and auditors see all.

-- What the compose form offers: the department's own categories, all areas.
CREATE FUNCTION alert_choices(token text)
RETURNS TABLE (kind text, id smallint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        (SELECT 'category', c.id, c.name, c.name_en FROM category c
        WHERE c.retired_at IS NULL AND c.department = a.department ORDER BY c.position, c.id)
        UNION ALL
        (SELECT 'area', r.id, r.name, r.name_en FROM area r WHERE r.retired_at IS NULL ORDER BY r.position, r.id);
END $$;
GRANT EXECUTE ON FUNCTION alert_choices TO kairan_staff;

-- The alerts a post may see (its department's; administrators and auditors all), newest first.
CREATE FUNCTION alert_list(token text, before_ bigint, most int)
RETURNS TABLE (id bigint, state text, title text, urgent boolean, everybody boolean, department text,
    department_en text, creator text, changed_at timestamptz, valid_until timestamptz,
    total int, accepted int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.id, a.state, t.title, v.urgent, v.everybody, d.name, d.name_en, p.name, a.changed_at,
            v.valid_until, b.total, b.accepted
        FROM alert a JOIN department d ON d.id = a.department JOIN person p ON p.id = a.creator
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
            JOIN alert_text t ON t.alert = a.id AND t.version = a.version AND t.lang = 'ja'
            LEFT JOIN broadcast b ON b.alert = a.id
        WHERE sees(me, a.department)
            AND (before_ IS NULL OR a.id < before_)
        ORDER BY a.id DESC LIMIT least(most, 100);
END $$;
GRANT EXECUTE ON FUNCTION alert_list TO kairan_staff;

-- One alert as its page needs it, and what the approve form must carry. texts is a JSON list of
-- {lang, title, body}; returns a JSON list of {name, reason, at, version}, newest first.
CREATE FUNCTION alert_read(token text, alert_ bigint)
RETURNS TABLE (id bigint, state text, version int, department bigint, department_name text,
    department_name_en text, sender_local text, creator text, submitter text,
    submitted_at timestamptz, made timestamptz, changed_at timestamptz, categories smallint[],
    areas smallint[], category_names text[], area_names text[], category_names_en text[],
    area_names_en text[], everybody boolean, urgent boolean,
    urgent_reason text, valid_until timestamptz, fingerprint bytea, approver text,
    approved_at timestamptz, texts jsonb, returns jsonb, own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.id, a.state, a.version, d.id, d.name, d.name_en, d.code, p.name, s.name,
            a.submitted_at, a.made, a.changed_at, v.categories, v.areas,
            (SELECT array_agg(c.name ORDER BY c.position, c.id) FROM category c WHERE c.id = ANY (v.categories)),
            (SELECT array_agg(r.name ORDER BY r.position, r.id) FROM area r WHERE r.id = ANY (v.areas)),
            (SELECT array_agg(coalesce(nullif(c.name_en, ''), c.name) ORDER BY c.position, c.id)
                FROM category c WHERE c.id = ANY (v.categories)),
            (SELECT array_agg(coalesce(nullif(r.name_en, ''), r.name) ORDER BY r.position, r.id)
                FROM area r WHERE r.id = ANY (v.areas)),
            v.everybody, v.urgent, v.urgent_reason, v.valid_until,
            coalesce(ap.fingerprint, alert_fingerprint(a.id, a.version)), -- as approved, where it is
            pp.name, ap.at,
            (SELECT jsonb_agg(jsonb_build_object('lang', t.lang, 'title', t.title, 'body', t.body) ORDER BY t.lang <> 'ja', t.lang)
                FROM alert_text t WHERE t.alert = a.id AND t.version = a.version),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('name', q.name, 'reason', x.reason, 'at', x.at,
                    'version', x.version) ORDER BY x.at DESC), '[]')
                FROM alert_return x JOIN person q ON q.id = x.approver WHERE x.alert = a.id),
            me.person IN (a.creator, coalesce(a.submitter, 0))
                OR EXISTS (SELECT FROM alert_version e WHERE e.alert = a.id AND e.editor = me.person)
        FROM alert a JOIN department d ON d.id = a.department JOIN person p ON p.id = a.creator
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
            LEFT JOIN person s ON s.id = a.submitter
            LEFT JOIN approval ap ON ap.alert = a.id LEFT JOIN person pp ON pp.id = ap.approver
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION alert_read TO kairan_staff;

-- The texts of an earlier version, so that the approver sees the difference.
CREATE FUNCTION alert_texts(token text, alert_ bigint, version_ int)
RETURNS TABLE (lang text, title text, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT t.lang, t.title, t.body FROM alert_text t JOIN alert a ON a.id = t.alert
        WHERE t.alert = alert_ AND t.version = version_
            AND sees(me, a.department)
        ORDER BY t.lang <> 'ja', t.lang;
END $$;
GRANT EXECUTE ON FUNCTION alert_texts TO kairan_staff;
