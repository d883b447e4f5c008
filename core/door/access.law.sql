-- The town's rules of access: who needs a second factor, how fresh its proof must be, which hours are usual.
-- They come from the settings; a server that starts can make them stricter only, so that no program takes a
-- guard away.

-- A rule as facts of the log, and to see whether two are the same.
CREATE FUNCTION access_rule_facts(r access_rule) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT jsonb_build_object('second_factor', coalesce(nullif(array_to_string(r.factor_roles, ', '), ''), '-'),
        'proof_min', r.proof_min,
        'hours', CASE WHEN r.all_hours THEN '-' ELSE to_char(r.usual_from, 'HH24:MI') || '-'
            || to_char(r.usual_to, 'HH24:MI') END,
        'permission', CASE WHEN r.enforced THEN 'on' ELSE 'off' END)
$$;

-- Stores the rule, on record unless it is the installation's first. False: nothing was new.
CREATE FUNCTION access_rule_store(r access_rule, login text) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    old access_rule;
BEGIN
    SELECT * INTO old FROM access_rule FOR UPDATE;
    IF old.taken_at IS NOT NULL AND access_rule_facts(old) = access_rule_facts(r) THEN
        RETURN false;
    END IF;
    UPDATE access_rule SET factor_roles = r.factor_roles, proof_min = r.proof_min, usual_from = r.usual_from,
        usual_to = r.usual_to, all_hours = r.all_hours, enforced = r.enforced, taken_at = clock_timestamp();
    IF old.taken_at IS NOT NULL THEN
        PERFORM oplog_append(NULL, login, NULL, NULL, NULL, 'rules.set', '', 'done', '', NULL,
            facts => access_rule_facts(r));
    END IF;
    RETURN true;
END $$;

-- The settings as a rule: roles parted by commas; equal bounds: every hour is usual.
CREATE FUNCTION access_rule_of(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS access_rule LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT (true, ARRAY(SELECT DISTINCT trim(w) FROM unnest(string_to_array(roles, ',')) AS w WHERE trim(w) <> '' ORDER BY 1),
        proof_min, CASE WHEN usual_from = usual_to THEN '00:00' ELSE usual_from END,
        CASE WHEN usual_from = usual_to THEN '24:00' ELSE usual_to END, usual_from = usual_to,
        enforced AND usual_from <> usual_to, NULL)::access_rule
$$;

-- By the operator: the settings are the rule.
CREATE FUNCTION access_rules_take(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS boolean LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    SELECT access_rule_store(access_rule_of(roles, proof_min, usual_from, usual_to, enforced), 'operator')
$$;

-- By a server that starts: of the rule and the settings what is stricter. True when the rule asks for
-- more than the settings do.
CREATE FUNCTION access_rules_keep(roles text, proof_min int, usual_from time, usual_to time, enforced boolean)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    r access_rule;
    s access_rule := access_rule_of(roles, proof_min, usual_from, usual_to, enforced);
    asked jsonb := access_rule_facts(s);
BEGIN
    SELECT * INTO r FROM access_rule FOR UPDATE;
    s.factor_roles := ARRAY(SELECT unnest(s.factor_roles) UNION SELECT unnest(r.factor_roles) ORDER BY 1);
    s.proof_min := least(s.proof_min, r.proof_min);
    s.all_hours := s.all_hours AND r.all_hours;
    s.usual_from := greatest(s.usual_from, r.usual_from);
    s.usual_to := least(s.usual_to, r.usual_to);
    s.enforced := s.enforced OR r.enforced;
    IF s.usual_from >= s.usual_to THEN
        s.usual_from := r.usual_from;
        s.usual_to := r.usual_to;
    END IF;
    PERFORM access_rule_store(s, 'system');
    RETURN access_rule_facts(s) <> asked;
END $$;
GRANT EXECUTE ON FUNCTION access_rules_keep TO kairan_staff;

-- The rule in force, for pages.
CREATE FUNCTION access_rule_info(token text)
RETURNS TABLE (usual_from text, usual_to text, all_hours boolean, enforced boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT to_char(r.usual_from, 'HH24:MI'), to_char(r.usual_to, 'HH24:MI'), r.all_hours, r.enforced
        FROM access_rule r;
END $$;
GRANT EXECUTE ON FUNCTION access_rule_info TO kairan_staff;
