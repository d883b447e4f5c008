-- Corrections and cancellations (P8): what can be corrected, by whom, and what its approval does to the
-- original.

-- Refuses what cannot be corrected: an alert of which nothing was or will be sent, one whose
-- deliveries are not kept any more, one that another correction speaks of already.
CREATE FUNCTION alert_corrigible(o alert, by_ bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
BEGIN
    IF o.state NOT IN ('approved', 'sending', 'paused', 'done', 'stopped')
        OR (o.state = 'approved' AND (SELECT valid_until FROM alert_version v
            WHERE v.alert = o.id AND v.version = o.version) <= clock_timestamp())
        OR (o.state <> 'approved' AND NOT EXISTS (SELECT FROM broadcast WHERE alert = o.id)) THEN
        PERFORM refuse('conflict', 'Nothing of this alert was sent, so there is nothing to correct. Please write a new one.');
    END IF;
    IF EXISTS (SELECT FROM broadcast WHERE alert = o.id AND dropped_at IS NOT NULL) THEN
        PERFORM refuse('conflict', 'It is not on record any more to whom this alert was sent.');
    END IF;
    IF EXISTS (SELECT FROM alert k JOIN approval p ON p.alert = k.id
        WHERE k.original = o.id AND k.id IS DISTINCT FROM by_ AND k.state NOT IN ('cancelled', 'expired')) THEN
        PERFORM refuse('conflict', 'This alert was corrected or cancelled already. Please correct the newest alert instead.');
    END IF;
END $$;

-- Saves a draft that corrects or cancels an alert: a new one (alert_ NULL, based_on 0) or the next
-- version of one. The audience is the original's, and so is the urgency where the original was
-- urgent (its reason too, where none is given). unreached_titles and _bodies: of a correction alone.
CREATE FUNCTION alert_correct(token text, original_ bigint, alert_ bigint, based_on int, act_ text,
    langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[],
    urgent_ boolean, urgent_reason_ text, valid_until_ timestamptz, network inet)
RETURNS TABLE (alert bigint, version int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a actor := alert_actor(token, network, original_, 'alert.save');
    id_ bigint := alert_;
    o alert;
BEGIN
    SELECT * INTO o FROM kairan.alert k WHERE k.id = original_;
    PERFORM alert_corrigible(o, id_);
    IF act_ NOT IN ('correction', 'cancellation') THEN
        PERFORM refuse('invalid', 'An alert is corrected or cancelled.', 'act');
    END IF;
    IF valid_until_ <= now() OR valid_until_ > now() + make_interval(days => limit_valid_days()) THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    IF 'ja' <> ALL (langs) THEN
        PERFORM refuse('invalid', 'A Japanese text is needed.', 'body');
    END IF;
    IF id_ IS NULL THEN
        INSERT INTO kairan.alert (department, creator, act, original)
        VALUES (a.department, a.person, act_, original_) RETURNING id INTO id_;
    END IF;
    PERFORM FROM kairan.alert k WHERE k.id = id_ AND k.version = based_on AND k.state = 'draft'
        AND k.original = original_ AND k.act = act_ FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    INSERT INTO alert_version (alert, version, editor, categories, areas, everybody, channels, urgent,
        urgent_reason, valid_until)
    SELECT id_, based_on + 1, a.person, v.categories, v.areas, v.everybody, v.channels,
        urgent_ OR v.urgent,
        CASE WHEN urgent_reason_ ~ '\S' THEN urgent_reason_ ELSE v.urgent_reason END, valid_until_
    FROM alert_version v JOIN approval p ON p.alert = v.alert AND p.version = v.version
    WHERE v.alert = original_;
    INSERT INTO alert_text (alert, version, lang, title, body, unreached_title, unreached_body)
    SELECT id_, based_on + 1, t.* FROM unnest(langs, titles, bodies, unreached_titles, unreached_bodies) AS t;
    UPDATE kairan.alert k SET version = based_on + 1 WHERE k.id = id_;
    PERFORM oplog_act(a, 'alert.save', 'alert ' || id_, facts => jsonb_build_object('version', based_on + 1));
    RETURN QUERY SELECT id_, based_on + 1;
END $$;
GRANT EXECUTE ON FUNCTION alert_correct TO kairan_staff;

-- What may be corrected is judged again when it is approved, and one approval stands.
CREATE FUNCTION approval_original() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    SELECT k.* INTO o FROM alert a JOIN alert k ON k.id = a.original WHERE a.id = NEW.alert FOR UPDATE OF k;
    IF FOUND THEN
        PERFORM alert_corrigible(o, NEW.alert);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_original BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION approval_original();

-- Stops the original of an alert that is being approved. One that has not begun is begun as stopped:
-- its audience is written, and cancelled whole, so that it is known whom the right text is for.
CREATE FUNCTION alert_supersede(a actor, alert_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    o alert;
BEGIN
    SELECT k.* INTO o FROM alert x JOIN alert k ON k.id = x.original WHERE x.id = alert_;
    IF o.state = 'approved' THEN
        PERFORM delivery_partition(month_of(at)) FROM approval WHERE alert = o.id;
        INSERT INTO broadcast (alert, month) SELECT o.id, month_of(at) FROM approval WHERE alert = o.id;
    END IF;
    IF o.state IN ('approved', 'sending', 'paused') THEN
        PERFORM alert_move(a, o.id, ARRAY[o.state], 'stopped', 'alert.stop',
            facts => jsonb_build_object('corrected_by', alert_));
    END IF;
END $$;

-- An alert and what it corrects, what that corrects, and so on.
CREATE FUNCTION alert_chain(alert_ bigint) RETURNS TABLE (alert bigint, month date)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT id, original FROM alert WHERE id = alert_
        UNION ALL SELECT a.id, a.original FROM chain c JOIN alert a ON a.id = c.original
    )
    SELECT b.alert, b.month FROM chain c JOIN broadcast b ON b.alert = c.id
$$;
