-- Residents: how they come, choose and go (004 §2(2)). The public role sees addresses only one by one, through
-- these.

-- ---- choices and addresses ----

-- Whether all categories and areas exist.
CREATE FUNCTION choices_known(categories smallint[], areas smallint[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT categories <@ (SELECT coalesce(array_agg(id), '{}') FROM category)
        AND areas <@ (SELECT coalesce(array_agg(id), '{}') FROM area)
$$;

-- Choices exist, whoever writes them. Once a statement: a file has thousands of rows.
CREATE FUNCTION subscriber_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT categories, areas FROM fresh) AS chosen
        WHERE NOT choices_known(categories, areas)) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriber_came AFTER INSERT ON subscriber REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION subscriber_check();
CREATE TRIGGER subscriber_changed AFTER UPDATE ON subscriber REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION subscriber_check();

CREATE TRIGGER contact_stays BEFORE DELETE ON contact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Keyed hash of an address's normal form (letter case aside).
CREATE FUNCTION address_hash(address text) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT hmac(convert_to(lower(address), 'UTF8'), key, 'sha256') FROM secret WHERE name = 'address'
$$;

-- What the forms offer.
CREATE FUNCTION choices() RETURNS TABLE (kind text, id smallint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        (SELECT 'category', id, name, name_en FROM category WHERE retired_at IS NULL ORDER BY position, id)
        UNION ALL
        (SELECT 'area', id, name, name_en FROM area WHERE retired_at IS NULL ORDER BY position, id);
END $$;
GRANT EXECUTE ON FUNCTION choices TO kairan_public, kairan_staff;

-- ---- coming ----

-- Somebody asks to subscribe, or to change what an address receives. The same happens whether the
-- address is known or not; beyond the address's limit nothing is mailed and nothing said.
-- token: random, at least 128 bits, from the program; it goes into the letter and is hashed here.
CREATE FUNCTION signup_request(address text, lang text, categories smallint[], areas smallint[],
    terms_version text, token text, network inet, confirm_hours int, mails_per_address_day int,
    tries_per_network_hour int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    until timestamptz := now() + make_interval(hours => least(confirm_hours, limit_confirm_hours()));
BEGIN
    PERFORM throttle_network('signup-network', network, tries_per_network_hour);
    IF length(token) < 22 OR NOT choices_known(categories, areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    INSERT INTO signup (token_hash, address, lang, categories, areas, terms_version, network, expires)
    VALUES (token_hash(token), address, lang, categories, areas, terms_version, network, until);
    IF throttle_hit('signup-address', encode(address_hash(address), 'hex'),
        least(mails_per_address_day, limit_signup_mails()), '1 day') THEN
        PERFORM letter_add('confirm', lang, NULL, address, token, until);
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION signup_request TO kairan_public;

-- What a confirmation link is about; no row when it is unknown, used up or over. Changes nothing.
CREATE FUNCTION signup_peek(token text)
RETURNS TABLE (lang text, categories smallint[], areas smallint[], used boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT lang, categories, areas, used_at IS NOT NULL FROM signup
    WHERE token_hash = token_hash(token) AND expires > now()
$$;
GRANT EXECUTE ON FUNCTION signup_peek TO kairan_public;

-- Confirms a sign-up by its link: registers the address or changes its choices. Pressing twice is as pressing
-- once. Two links of one new address, or a link and a file, at the same moment: who comes second finds the
-- first one's contact and changes its choices.
CREATE FUNCTION signup_confirm(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s signup;
    who bigint;
BEGIN
    SELECT * INTO s FROM signup
    WHERE token_hash = token_hash(token) AND expires > now() FOR UPDATE;
    IF s.id IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please sign up again.');
    END IF;
    IF s.used_at IS NOT NULL THEN
        RETURN;
    END IF;
    UPDATE signup SET used_at = now() WHERE id = s.id;
    IF NOT EXISTS (SELECT FROM contact WHERE channel = 'mail' AND hash = address_hash(s.address)) THEN
        INSERT INTO subscriber (lang, categories, areas, own, terms_version, agreed_at)
        VALUES (s.lang, s.categories, s.areas, true, s.terms_version, s.made) RETURNING id INTO who;
        INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
        VALUES (who, 'mail', s.address, address_hash(s.address), now())
        ON CONFLICT (hash, channel) DO NOTHING;
        IF FOUND THEN
            RETURN;
        END IF;
        DELETE FROM subscriber WHERE id = who;
    END IF;
    SELECT subscriber INTO who FROM contact
    WHERE channel = 'mail' AND hash = address_hash(s.address) FOR UPDATE;
    UPDATE subscriber SET lang = s.lang, categories = s.categories, areas = s.areas, own = true,
        terms_version = s.terms_version, agreed_at = s.made
    WHERE id = who;
    UPDATE contact SET address = s.address, gone_at = NULL, suspended_at = NULL,
        confirmed_at = CASE WHEN gone_at IS NULL THEN confirmed_at ELSE now() END
    WHERE channel = 'mail' AND hash = address_hash(s.address);
END $$;
GRANT EXECUTE ON FUNCTION signup_confirm TO kairan_public;

-- ---- leaving ----

-- Somebody asks to leave by typing an address: a known one gets a letter with its leave link.
CREATE FUNCTION leave_request(address text, lang text, network inet, mails_per_address_day int,
    tries_per_network_hour int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    c contact;
BEGIN
    PERFORM throttle_network('signup-network', network, tries_per_network_hour);
    SELECT * INTO c FROM contact
    WHERE channel = 'mail' AND hash = address_hash(leave_request.address) AND gone_at IS NULL;
    IF throttle_hit('signup-address', encode(address_hash(address), 'hex'),
        least(mails_per_address_day, limit_signup_mails()), '1 day') AND c.id IS NOT NULL THEN
        PERFORM letter_add('leave', lang, c.id, c.address, NULL, now() + interval '1 day');
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION leave_request TO kairan_public;

-- Whether a leave link is one of ours: true also when its contact has left already.
CREATE FUNCTION leave_peek(link text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 1))
$$;
GRANT EXECUTE ON FUNCTION leave_peek TO kairan_public;

-- Leaves by the link of a mail (RFC 8058 one-click, or the page's button): the contact and what else its
-- subscriber has. No sign-in; the link itself is the proof. Idempotent. Contacts are locked before their
-- subscriber, as everywhere.
CREATE FUNCTION leave(link text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    SELECT subscriber INTO who FROM contact WHERE id = link_contact(link, 1);
    IF who IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid. Please use the link of a newer mail.');
    END IF;
    PERFORM FROM contact WHERE subscriber = who ORDER BY id FOR UPDATE;
    UPDATE subscriber SET own = true WHERE id = who;
    UPDATE contact SET gone_at = now(), address = NULL WHERE subscriber = who AND gone_at IS NULL;
END $$;
GRANT EXECUTE ON FUNCTION leave TO kairan_public;
