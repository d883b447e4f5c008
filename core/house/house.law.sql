-- Keeping house: who is elected to, what of the clock, and what is cleared away. Each duty does a slice and
-- says whether there is more.

-- Elects: true when this session has the lock. It says nothing of who lives, and two at once do no
-- harm. A session whose host is gone is noticed by the kernel within four seconds, not after hours.
CREATE FUNCTION house_elect() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
        set_config('tcp_keepalives_count', '2', false),
        -- a frozen process answers keepalives; the elected one asks something twice a second
        set_config('idle_session_timeout', '15s', false);
    RETURN pg_try_advisory_lock(hashtext('kairan house'));
END $$;
GRANT EXECUTE ON FUNCTION house_elect TO kairan_house;

-- The database's clock, in milliseconds since 1970. Signs of life from the future (the clock was set
-- back) are pulled to now, or a host that dies meanwhile would be believed alive till then.
CREATE FUNCTION house_clock() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE worker SET seen = clock_timestamp() WHERE seen > clock_timestamp() + interval '2 seconds';
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END $$;
GRANT EXECUTE ON FUNCTION house_clock TO kairan_house;

-- Removes up to `most` closed chunks; true when there may be more. Those of urgent alerts stay for 15 days
-- after the end: a returned mail names the hand-over it was part of, and who else was.
CREATE FUNCTION house_chunks(most int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
    more boolean;
BEGIN
    DELETE FROM chunk WHERE id IN (SELECT id FROM chunk
        WHERE state = 'closed' AND NOT urgent ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := n >= most;
    DELETE FROM chunk WHERE id IN (SELECT c.id FROM chunk c JOIN broadcast b ON b.alert = c.alert
        WHERE c.state = 'closed' AND c.urgent AND b.ended_at < clock_timestamp() - interval '15 days'
        ORDER BY c.id LIMIT most FOR UPDATE OF c SKIP LOCKED);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN more OR n >= most;
END $$;
GRANT EXECUTE ON FUNCTION house_chunks TO kairan_house;

-- Clears away what is kept no longer (sign-ups a week, letters 30 days, staged files a day, sessions a week,
-- …), some thousand rows of each kind a call; true when there may be more.
CREATE FUNCTION house_care() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    most CONSTANT int := 5000;
    n int;
    more boolean := false;
BEGIN
    PERFORM audience_fold();
    DELETE FROM signup WHERE id IN (SELECT id FROM signup WHERE made < now() - interval '7 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM throttle WHERE ctid = ANY (ARRAY(SELECT ctid FROM throttle WHERE since < now() - interval '2 days' LIMIT most));
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE ended_at < now() - interval '30 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM import_row r WHERE (import, line) IN (SELECT s.import, s.line FROM import_row s JOIN import i ON i.id = s.import
        WHERE i.state = 'staged' AND i.made < now() - interval '1 day' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    UPDATE import i SET state = 'discarded' WHERE state = 'staged' AND made < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM import_row r WHERE r.import = i.id);
    -- excerpts of refused rows are people's data; a week is enough to mend a file
    DELETE FROM import_refusal WHERE (import, line) IN (SELECT r.import, r.line FROM import_refusal r JOIN import i ON i.id = r.import
        WHERE i.made < now() - interval '7 days' LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    more := more OR n = most;
    DELETE FROM worker w WHERE seen < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM chunk c WHERE c.host = w.host AND c.state = 'leased')
        AND NOT EXISTS (SELECT FROM letter l WHERE l.host = w.host AND l.state = 'leased');
    DELETE FROM session WHERE id IN (SELECT id FROM session WHERE ends < now() - interval '7 days'
        AND NOT EXISTS (SELECT FROM approval WHERE approval.session = session.id) LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN more OR n = most;
END $$;
GRANT EXECUTE ON FUNCTION house_care TO kairan_house;
