-- How often somebody may try (004 §14): so many times per network, per address, per name in a window, and delays that
-- grow. A town's numbers are settings (core/settings/conf_table.c), none of them beyond core/settings/limit.txt.

-- One network as limits see it: an IPv4 address, an IPv6 /64; all unknown ones are one.
CREATE FUNCTION network_key(address inet) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(host(CASE family(address) WHEN 6 THEN network(set_masklen(address, 64))
        ELSE address END), '')
$$;

-- Counts one try; true while the limit holds. A window in which the limit was broken stays broken.
CREATE FUNCTION throttle_hit(kind_ text, who text, most int, window_ interval) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
BEGIN
    INSERT INTO throttle AS t (kind, key, since, hits)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), date_bin(window_, now(), 'epoch'), 1)
    ON CONFLICT (kind, key, since) DO UPDATE SET hits = t.hits + 1
    RETURNING hits INTO n;
    RETURN n <= most;
END $$;

-- Counts a request of somebody who is not signed in; refuses more than `tries` of one network in an hour.
-- kind_: 'signup-network' residents who come or leave, 'apply-network' forms without sign-in.
CREATE FUNCTION throttle_network(kind_ text, network inet, tries int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT throttle_hit(kind_, network_key(network), least(tries, limit_network_tries()), '1 hour') THEN
        PERFORM refuse('limit', 'Too many requests came from your network. Please try again in an hour.');
    END IF;
END $$;

-- Whether the limit is reached, without counting.
CREATE FUNCTION throttle_full(kind_ text, who text, most int, window_ interval) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(max(hits), 0) >= most FROM throttle
    WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND since = date_bin(window_, now(), 'epoch')
$$;

-- Seconds to wait after so many failures: none for the first four, then 2, 4, 8 … 900. A network is a
-- whole town hall often: it is slowed down later and less. An hour of peace forgets.
CREATE FUNCTION try_wait_s(kind text, fails int) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN fails <= free THEN 0 ELSE least(2 ^ least(fails - free, 10), most)::int END
    FROM (SELECT CASE kind WHEN 'login' THEN 4 ELSE 20 END AS free,
        CASE kind WHEN 'login' THEN 900 ELSE 60 END AS most) AS limits
$$;

-- Whether the next try has to wait.
CREATE FUNCTION try_early(kind_ text, who text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM try_delay WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND last <= clock_timestamp() -- a clock that was set back keeps nobody out
        AND last + make_interval(secs => try_wait_s(kind, fails)) > clock_timestamp())
$$;

-- Counts one failure in a row of a name or a network.
CREATE FUNCTION try_failed(kind_ text, who text) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO try_delay AS t (kind, key, fails, last)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), 1, clock_timestamp())
    ON CONFLICT (kind, key) DO UPDATE SET last = clock_timestamp(),
        fails = CASE WHEN t.last < clock_timestamp() - interval '1 hour' THEN 1 ELSE t.fails + 1 END
$$;

-- Whether a name may not be tried now: the hour's limits by known device, by name and by network, and the
-- growing delays. A known device has a count of its own, so that strangers can keep nobody from signing in for
-- long.
CREATE FUNCTION sign_in_full(login text, device text, network inet, most int) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
            WHERE d.token_hash = token_hash(sign_in_full.device) AND p.login = sign_in_full.login)
        THEN throttle_full('device', device || login, least(most, limit_sign_in_tries()), '1 hour')
        ELSE throttle_full('login', login, least(most, limit_sign_in_tries()), '1 hour') OR try_early('login', login)
            OR throttle_full('login-network', network_key(network), least(most, limit_sign_in_tries()) * 5, '1 hour')
            OR try_early('network', network_key(network))
        END
$$;

-- Counts one failed try where sign_in_full looks.
CREATE FUNCTION sign_in_failed(login text, device text, network inet) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
        WHERE d.token_hash = token_hash(sign_in_failed.device) AND p.login = sign_in_failed.login)
    THEN
        PERFORM throttle_hit('device', device || login, 0, '1 hour');
    ELSE
        PERFORM throttle_hit('login', login, 0, '1 hour');
        PERFORM throttle_hit('login-network', network_key(network), 0, '1 hour');
        PERFORM try_failed('login', login);
        PERFORM try_failed('network', network_key(network));
    END IF;
END $$;
