-- How many an alert would reach: a sum over the residents' choices, which triggers keep.

-- Contacts changed. Their subscribers' rows are locked: whoever changes choices at the same moment does so
-- before or after, and counts what is there then.
CREATE FUNCTION audience_contacts() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT s.categories, s.areas, d.channel, sum(d.n)
    FROM (SELECT subscriber, channel, sum(n) AS n FROM (
            SELECT subscriber, channel, 1 AS n FROM fresh WHERE gone_at IS NULL AND suspended_at IS NULL
            UNION ALL
            SELECT subscriber, channel, -1 FROM old WHERE gone_at IS NULL AND suspended_at IS NULL) AS both_
        GROUP BY subscriber, channel HAVING sum(n) <> 0) AS d,
        LATERAL (SELECT categories, areas FROM subscriber WHERE id = d.subscriber FOR SHARE) AS s
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER audience_changed AFTER UPDATE ON contact REFERENCING NEW TABLE AS fresh OLD TABLE AS old
FOR EACH STATEMENT EXECUTE FUNCTION audience_contacts();

-- Contacts came.
CREATE FUNCTION audience_fresh_contacts() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT s.categories, s.areas, d.channel, count(*)
    FROM fresh d, LATERAL (SELECT categories, areas FROM subscriber WHERE id = d.subscriber FOR SHARE) AS s
    WHERE d.gone_at IS NULL AND d.suspended_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER audience_came AFTER INSERT ON contact REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION audience_fresh_contacts();

-- Subscribers chose anew; their contacts move from the old choices to the new ones.
CREATE FUNCTION audience_choices() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT m.categories, m.areas, c.channel, sum(m.n)
    FROM (SELECT id, categories, areas, sum(n) AS n FROM (
            SELECT id, categories, areas, 1 AS n FROM fresh UNION ALL SELECT id, categories, areas, -1 FROM old) AS both_
        GROUP BY id, categories, areas HAVING sum(n) <> 0) AS m
        JOIN contact c ON c.subscriber = m.id AND c.gone_at IS NULL AND c.suspended_at IS NULL
    GROUP BY 1, 2, 3 HAVING sum(m.n) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER audience_chose AFTER UPDATE ON subscriber REFERENCING NEW TABLE AS fresh OLD TABLE AS old
FOR EACH STATEMENT EXECUTE FUNCTION audience_choices();

-- All contacts went at once (tests).
CREATE FUNCTION audience_nobody() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    TRUNCATE audience;
    RETURN NULL;
END $$;
CREATE TRIGGER audience_nobody AFTER TRUNCATE ON contact
FOR EACH STATEMENT EXECUTE FUNCTION audience_nobody();

-- Sums up what gathered. Two at once do no harm: a row is summed by who deletes it.
CREATE FUNCTION audience_fold() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    WITH gone AS (DELETE FROM audience RETURNING *)
    INSERT INTO audience (categories, areas, channel, n)
    SELECT categories, areas, channel, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0
$$;
GRANT EXECUTE ON FUNCTION audience_fold TO kairan_house;

-- How many an alert would reach, by channel.
CREATE FUNCTION audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean)
RETURNS TABLE (mail bigint, sms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(sum(n) FILTER (WHERE channel = 'mail'), 0), coalesce(sum(n) FILTER (WHERE channel = 'sms'), 0)
        FROM audience
        WHERE everybody OR (categories && categories_ AND (cardinality(areas_) = 0 OR areas && areas_));
END $$;
GRANT EXECUTE ON FUNCTION audience_count TO kairan_staff;
