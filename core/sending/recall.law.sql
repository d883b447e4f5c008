-- What relays are to take back: a relay that queues mail goes on sending it after a stop or after the
-- validity's end unless somebody deletes it there. Its queue ids are in its replies ("queued as 4F2A…").

-- Alerts whose mails nobody is to get any more since less than a day (stopped, corrected or cancelled,
-- their validity over), and whether all that was on its way to a relay has been recorded.
CREATE FUNCTION recall_due() RETURNS TABLE (alert bigint, ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT a.id, b.ended_at IS NOT NULL
    FROM alert a JOIN broadcast b ON b.alert = a.id JOIN approval p ON p.alert = a.id
        JOIN alert_version v ON v.alert = a.id AND v.version = p.version
    WHERE (a.state = 'stopped' AND coalesce(b.ended_at, now()) > now() - interval '1 day')
        OR EXISTS (SELECT FROM alert c JOIN approval q ON q.alert = c.id
            WHERE c.original = a.id AND q.at > now() - interval '1 day')
        OR (v.valid_until <= now() AND v.valid_until > now() - interval '1 day')
    ORDER BY a.id
$$;
GRANT EXECUTE ON FUNCTION recall_due TO kairan_sender;

-- The queue ids of an alert that is due, of mails that were queued within `hours` (a relay keeps none
-- for longer). One under way has none: its mails are to arrive.
CREATE FUNCTION recall_ids(alert_ bigint, hours int) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM recall_due() AS d WHERE d.alert = alert_) THEN
        PERFORM refuse('conflict', 'This alert was not stopped or corrected, nor did its validity end, within a day.', 'alert');
    END IF;
    RETURN QUERY
        SELECT DISTINCT substring(o.reply FROM 'queued as ([0-9A-Za-z]{6,40})')
        FROM broadcast b JOIN outcome o ON o.alert = b.alert AND o.month = b.month
        WHERE b.alert = alert_ AND o.final AND o.result = 'accepted'
            AND o.at > now() - make_interval(hours => hours) AND o.reply ~ 'queued as [0-9A-Za-z]{6,40}';
END $$;
GRANT EXECUTE ON FUNCTION recall_ids TO kairan_sender;
