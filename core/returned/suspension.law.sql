-- Suspended addresses and storms as the console shows them, and the administrator's word on them.

-- The actor of a token: an administrator, or to read (not acting) an auditor.
CREATE FUNCTION suspension_actor(token text, network inet, acting boolean) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, CASE WHEN acting THEN 'contact.resume' ELSE 'contact.read' END) THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;

-- Addresses that get nothing, the newest contacts first, below `before`. The address is masked: enough
-- to know a kind of fault, or an address one was asked for, not to read a list of residents.
CREATE FUNCTION suspension_list(token text, before bigint, most int)
RETURNS TABLE (contact bigint, address text, reason text, since timestamptz, status text, reply text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT c.id, mask_address(c.address), coalesce(d.reason, 'other'),
            c.suspended_at, coalesce(l.status, ''), coalesce(l.reply, '')
        FROM contact c LEFT JOIN doubt d ON d.contact = c.id
            LEFT JOIN LATERAL (SELECT b.status, b.reply FROM bounce b WHERE b.contact = c.id
                ORDER BY b.at DESC LIMIT 1) AS l ON true
        WHERE c.suspended_at IS NOT NULL AND c.gone_at IS NULL AND c.id < before
        ORDER BY c.id DESC LIMIT least(most, 200);
END $$;
GRANT EXECUTE ON FUNCTION suspension_list TO kairan_staff;

-- How many there are of each reason; 'warned': written to, not suspended yet. And what the intake did
-- in the last seven days ('mail.' and its word).
CREATE FUNCTION suspension_counts(token text) RETURNS TABLE (what text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT coalesce(d.reason, 'other'), count(*) FROM contact c LEFT JOIN doubt d ON d.contact = c.id
        WHERE c.suspended_at IS NOT NULL AND c.gone_at IS NULL GROUP BY 1
        UNION ALL SELECT 'warned', count(*) FROM doubt WHERE warned_at IS NOT NULL AND suspended_at IS NULL
        UNION ALL SELECT 'mail.' || t.what, sum(t.mails)::bigint FROM intake_tally t
        WHERE t.day > (now() AT TIME ZONE 'Asia/Tokyo')::date - 7 GROUP BY t.what;
END $$;
GRANT EXECUTE ON FUNCTION suspension_counts TO kairan_staff;

-- Alerts of which too many came back, the open questions first.
CREATE FUNCTION storm_list(token text)
RETURNS TABLE (alert bigint, title text, at timestamptz, failed int, total int, verdict text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := suspension_actor(token, NULL, false);
BEGIN
    RETURN QUERY
        SELECT s.alert, t.title, s.at, s.failed, s.total, coalesce(s.verdict, '')
        FROM bounce_storm s JOIN approval p ON p.alert = s.alert
            JOIN alert_text t ON t.alert = s.alert AND t.version = p.version AND t.lang = 'ja'
        WHERE s.verdict IS NULL OR s.decided_at > now() - interval '30 days'
        ORDER BY s.verdict IS NULL DESC, s.at DESC LIMIT 20;
END $$;
GRANT EXECUTE ON FUNCTION storm_list TO kairan_staff;

-- An administrator turns one address on again.
CREATE FUNCTION suspension_lift(token text, contact_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := suspension_actor(token, network, true);
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    UPDATE contact SET suspended_at = NULL
    WHERE id = contact_ AND suspended_at IS NOT NULL AND gone_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This address is not suspended any more.');
    END IF;
    PERFORM oplog_act(a, 'contact.resume', 'contact ' || contact_);
END $$;
GRANT EXECUTE ON FUNCTION suspension_lift TO kairan_staff;

-- An administrator says whether the failures of an alert count ('count') or were a server's
-- ('forgive'). Counting is judged anew at once.
CREATE FUNCTION storm_decide(token text, alert_ bigint, verdict_ text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := suspension_actor(token, network, true);
BEGIN
    UPDATE bounce_storm SET verdict = verdict_, decided_at = now() WHERE alert = alert_ AND verdict IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This was decided already.');
    END IF;
    UPDATE doubt d SET judge_at = least(judge_at, now()) FROM bounce b
    WHERE verdict_ = 'count' AND b.alert = alert_ AND b.contact = d.contact AND d.suspended_at IS NULL;
    PERFORM oplog_act(a, 'bounce.' || verdict_, 'alert ' || alert_);
END $$;
GRANT EXECUTE ON FUNCTION storm_decide TO kairan_staff;
