-- Stop, pause and resume: what becomes of the alert (P7). Who may is a row of core/office/who_may.txt.

-- One person stops: drafter, approver, delegate or the administrator. One that is approved and has not begun is
-- cancelled.
CREATE FUNCTION alert_stop(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.stop');
BEGIN
    IF EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'approved') THEN
        PERFORM alert_move(a, alert_, '{approved}', 'cancelled', 'alert.cancel');
    ELSE
        PERFORM alert_move(a, alert_, '{sending,paused}', 'stopped', 'alert.stop');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION alert_stop TO kairan_staff;

-- One person pauses: as alert_stop.
CREATE FUNCTION alert_pause(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(
        alert_actor(token, network, alert_, 'alert.pause'), alert_,
        '{sending}', 'paused', 'alert.pause');
END $$;
GRANT EXECUTE ON FUNCTION alert_pause TO kairan_staff;

-- An approver or a delegate resumes.
CREATE FUNCTION alert_resume(token text, alert_ bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.resume'), alert_,
        '{paused}', 'sending', 'alert.resume');
END $$;
GRANT EXECUTE ON FUNCTION alert_resume TO kairan_staff;
