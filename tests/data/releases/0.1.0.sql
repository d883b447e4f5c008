-- A made-up town as it was at 2026-12-01T14:07:38 in Japan.
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: kairan; Type: SCHEMA; Schema: -; Owner: kairan_owner
--

CREATE SCHEMA kairan;


ALTER SCHEMA kairan OWNER TO kairan_owner;

--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA kairan;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


--
-- Name: pgcrypto; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA kairan;


--
-- Name: EXTENSION pgcrypto; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';


--
-- Name: actor; Type: TYPE; Schema: kairan; Owner: kairan_owner
--

CREATE TYPE kairan.actor AS (
	session bigint,
	person bigint,
	login text,
	name text,
	post bigint,
	role text,
	department bigint,
	network inet
);


ALTER TYPE kairan.actor OWNER TO kairan_owner;

--
-- Name: oplog_filter; Type: TYPE; Schema: kairan; Owner: kairan_owner
--

CREATE TYPE kairan.oplog_filter AS (
	person bigint,
	role text,
	department bigint,
	act text,
	object text,
	result text,
	network inet,
	since timestamp with time zone,
	until timestamp with time zone,
	words text
);


ALTER TYPE kairan.oplog_filter OWNER TO kairan_owner;

--
-- Name: result; Type: TYPE; Schema: kairan; Owner: kairan_owner
--

CREATE TYPE kairan.result AS ENUM (
    'accepted',
    'refused',
    'expired',
    'cancelled',
    'unknown',
    'temporary'
);


ALTER TYPE kairan.result OWNER TO kairan_owner;

--
-- Name: usage_scope; Type: TYPE; Schema: kairan; Owner: kairan_owner
--

CREATE TYPE kairan.usage_scope AS (
	whole boolean,
	department bigint,
	since timestamp with time zone,
	until timestamp with time zone
);


ALTER TYPE kairan.usage_scope OWNER TO kairan_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: access_rule; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.access_rule (
    one boolean DEFAULT true NOT NULL,
    factor_roles text[] DEFAULT '{administrator,approver}'::text[] NOT NULL,
    proof_min integer DEFAULT 15 NOT NULL,
    usual_from time without time zone DEFAULT '07:00:00'::time without time zone NOT NULL,
    usual_to time without time zone DEFAULT '21:00:00'::time without time zone NOT NULL,
    all_hours boolean DEFAULT false NOT NULL,
    enforced boolean DEFAULT false NOT NULL,
    taken_at timestamp with time zone,
    CONSTRAINT access_rule_hours CHECK ((usual_from < usual_to)),
    CONSTRAINT access_rule_one_check CHECK (one),
    CONSTRAINT access_rule_proof_min_check CHECK (((proof_min >= 1) AND (proof_min <= 60))),
    CONSTRAINT access_rule_roles CHECK ((factor_roles <@ '{drafter,approver,delegate,administrator,auditor}'::text[]))
);


ALTER TABLE kairan.access_rule OWNER TO kairan_owner;

--
-- Name: access_rule_facts(kairan.access_rule); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rule_facts(r kairan.access_rule) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT jsonb_build_object('second_factor', coalesce(nullif(array_to_string(r.factor_roles, ', '), ''), '-'),
        'proof_min', r.proof_min,
        'hours', CASE WHEN r.all_hours THEN '-' ELSE to_char(r.usual_from, 'HH24:MI') || '-'
            || to_char(r.usual_to, 'HH24:MI') END,
        'permission', CASE WHEN r.enforced THEN 'on' ELSE 'off' END)
$$;


ALTER FUNCTION kairan.access_rule_facts(r kairan.access_rule) OWNER TO kairan_owner;

--
-- Name: access_rule_info(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rule_info(token text) RETURNS TABLE(usual_from text, usual_to text, all_hours boolean, enforced boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT to_char(r.usual_from, 'HH24:MI'), to_char(r.usual_to, 'HH24:MI'), r.all_hours, r.enforced
        FROM access_rule r;
END $$;


ALTER FUNCTION kairan.access_rule_info(token text) OWNER TO kairan_owner;

--
-- Name: access_rule_of(text, integer, time without time zone, time without time zone, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rule_of(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) RETURNS kairan.access_rule
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT (true, ARRAY(SELECT DISTINCT trim(w) FROM unnest(string_to_array(roles, ',')) AS w WHERE trim(w) <> '' ORDER BY 1),
        proof_min, CASE WHEN usual_from = usual_to THEN '00:00' ELSE usual_from END,
        CASE WHEN usual_from = usual_to THEN '24:00' ELSE usual_to END, usual_from = usual_to,
        enforced AND usual_from <> usual_to, NULL)::access_rule
$$;


ALTER FUNCTION kairan.access_rule_of(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) OWNER TO kairan_owner;

--
-- Name: access_rule_store(kairan.access_rule, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rule_store(r kairan.access_rule, login text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.access_rule_store(r kairan.access_rule, login text) OWNER TO kairan_owner;

--
-- Name: access_rules_keep(text, integer, time without time zone, time without time zone, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rules_keep(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.access_rules_keep(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) OWNER TO kairan_owner;

--
-- Name: access_rules_take(text, integer, time without time zone, time without time zone, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.access_rules_take(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) RETURNS boolean
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT access_rule_store(access_rule_of(roles, proof_min, usual_from, usual_to, enforced), 'operator')
$$;


ALTER FUNCTION kairan.access_rules_take(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) OWNER TO kairan_owner;

--
-- Name: account_delegations(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.account_delegations(token text) RETURNS TABLE(given boolean, other text, department text, department_en text, from_ text, until_ text, reason text, now_ boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT g.person <> live.person, CASE WHEN g.person = live.person THEN a.name ELSE p.name END, d.name, d.name_en,
        day_first(lower(o.during)), day_last(upper(o.during)), g.reason, o.during @> clock_timestamp()
    FROM delegation g JOIN post o ON o.id = g.post JOIN department d ON d.id = g.department JOIN person p ON p.id = g.person
        LEFT JOIN person a ON a.id = g.approver
    WHERE live.person IN (g.person, g.approver) AND upper(o.during) > clock_timestamp()
    ORDER BY lower(o.during), g.id;
END $$;


ALTER FUNCTION kairan.account_delegations(token text) OWNER TO kairan_owner;

--
-- Name: account_lang(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.account_lang(token text, lang text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    IF account_lang.lang NOT IN ('ja', 'en') THEN
        PERFORM refuse('invalid', 'Choose one of the languages.', 'lang');
    END IF;
    UPDATE person p SET lang = account_lang.lang WHERE p.id = live.person;
    PERFORM oplog_own(live, 'account.lang', 'person ' || live.person, network);
END $$;


ALTER FUNCTION kairan.account_lang(token text, lang text, network inet) OWNER TO kairan_owner;

--
-- Name: account_posts(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.account_posts(token text) RETURNS TABLE(role text, department text, department_en text, from_ timestamp with time zone, to_ timestamp with time zone, now_ boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT o.role, d.name, d.name_en, lower(o.during), upper(o.during), o.during @> clock_timestamp()
    FROM post o LEFT JOIN department d ON d.id = o.department
    WHERE o.person = live.person AND coalesce(upper(o.during) > clock_timestamp(), true)
    ORDER BY lower(o.during), d.name, o.role;
END $$;


ALTER FUNCTION kairan.account_posts(token text) OWNER TO kairan_owner;

--
-- Name: account_read(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.account_read(token text) RETURNS TABLE(login text, mail text, lang text, set_on date, ends_on date, days_left integer, tries integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT p.login, p.mail, p.lang, (c.set_at AT TIME ZONE 'Asia/Tokyo')::date,
        (c.set_at AT TIME ZONE 'Asia/Tokyo')::date + live.password_days, password_days_left(c.set_at, live.password_days),
        (SELECT coalesce(sum(oplog_times(l.facts)), 0)::int FROM oplog l WHERE l.login = p.login AND l.act = 'sign-in'
            AND l.result = 'refused' AND l.at > clock_timestamp() - make_interval(days => limit_refused_days()))
        + (SELECT coalesce(sum(t.hits - 1), 0)::int FROM stranger t WHERE t.act = 'sign-in' AND t.login = p.login)
    FROM person p LEFT JOIN credential c ON c.person = p.id WHERE p.id = live.person;
END $$;


ALTER FUNCTION kairan.account_read(token text) OWNER TO kairan_owner;

--
-- Name: act_is_grave(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.act_is_grave(act text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT act IN ('password.reset', 'log.export', 'log.purge-ask', 'log.purge-confirm', 'usage.export',
            'staff.register', 'staff.change', 'staff.transfer', 'staff.suspend', 'staff.lift',
            'post.add', 'post.end', 'post.revoke', 'approver.change', 'guest.register',
            'guest.extend', 'department.add', 'department.change', 'delegation.make',
            'delegation.revoke', 'hours.permit', 'factor.reset', 'form.accept', 'alert.approve',
            'import.export', 'report.export')
$$;


ALTER FUNCTION kairan.act_is_grave(act text) OWNER TO kairan_owner;

--
-- Name: act_roles(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.act_roles(act text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT (CASE
        WHEN act IN ('log.read', 'log.export', 'log.verify', 'log.purge-confirm', 'log.purge-withdraw',
            'inspection.open', 'inspection.save', 'inspection.close', 'staff.read',
            'department.read', 'hours.read', 'calendar.read', 'factor.read', 'contact.read')
        THEN '{administrator,auditor}'
        WHEN act IN ('log.purge-ask', 'staff.register', 'staff.change', 'staff.transfer', 'staff.suspend',
            'staff.lift', 'post.add', 'post.end', 'post.revoke', 'approver.change',
            'guest.register', 'guest.extend', 'department.add', 'department.change',
            'instruction.give', 'hours.permit', 'hours.revoke', 'calendar.set', 'calendar.unset',
            'factor.reset', 'form.ask', 'form.accept', 'form.refuse', 'import.read',
            'import.export', 'import.stage', 'import.apply', 'import.discard', 'contact.resume',
            'report.export', 'bounce.count', 'bounce.forgive')
        THEN '{administrator}'
        WHEN act IN ('usage.read', 'usage.export', 'delegation.read')
        THEN '{approver,delegate,administrator,auditor}'
        WHEN act IN ('delegation.make', 'delegation.revoke')
        THEN '{approver,administrator}'
        WHEN act IN ('instruction.see', 'instruction.answer', 'form.apply', 'form.withdraw')
        THEN '{approver}'
        WHEN act IN ('instruction.read', 'form.read')
        THEN '{approver,administrator,auditor}'
        WHEN act IN ('alert.save', 'alert.submit', 'alert.withdraw', 'alert.discard')
        THEN '{drafter}'
        WHEN act IN ('alert.return', 'alert.approve', 'alert.resume')
        THEN '{approver,delegate}'
        WHEN act IN ('alert.stop', 'alert.pause')
        THEN '{drafter,approver,delegate,administrator}'
        WHEN act IN ('report.read', 'sending.read')
        THEN '{drafter,approver,delegate,administrator,auditor}'
        WHEN act IN ('sign-in', 'sign-out', 'post.choose', 'password.change', 'password.reset', 'account.read',
            'account.lang', 'session.end', 'log.purge', 'release.migrate', 'clock.back',
            'staff.add', 'session.end-all', 'sign-in.odd', 'hours.emergency', 'factor.prove',
            'factor.recover', 'factor.enrol', 'factor.confirm', 'factor.renew', 'rules.set',
            'alert.cancel', 'alert.halt', 'alert.expire', 'alert.skip', 'records.drop')
        THEN NULL
        ELSE '{}'
    END)::text[]
$$;


ALTER FUNCTION kairan.act_roles(act text) OWNER TO kairan_owner;

--
-- Name: actor_for(text, inet, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.actor_for(token text, network inet, act text) RETURNS kairan.actor
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, act) THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN me;
END $$;


ALTER FUNCTION kairan.actor_for(token text, network inet, act text) OWNER TO kairan_owner;

--
-- Name: actor_of(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.actor_of(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    live session;
    stage text;
    a actor;
BEGIN
    SELECT * INTO live FROM session_live(token);
    stage := session_stage(live);
    IF live.id IS NOT NULL AND stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    SELECT live.id, p.id, p.login, p.name, o.id, o.role, o.department, actor_of.network INTO a
    FROM person p JOIN post o ON o.id = live.post WHERE p.id = live.person;
    IF a.session IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN a;
END $$;


ALTER FUNCTION kairan.actor_of(token text, network inet) OWNER TO kairan_owner;

--
-- Name: address_hash(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.address_hash(address text) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT hmac(convert_to(lower(address), 'UTF8'), key, 'sha256') FROM secret WHERE name = 'address'
$$;


ALTER FUNCTION kairan.address_hash(address text) OWNER TO kairan_owner;

--
-- Name: alert_actor(text, inet, bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_actor(token text, network inet, alert_ bigint, act text) RETURNS kairan.actor
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, network);
    home bigint;
BEGIN
    SELECT department INTO home FROM alert WHERE id = alert_ FOR UPDATE;
    -- another department's alert is as one that does not exist
    IF home IS NULL OR NOT sees(a, home) THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    IF NOT may(a, act) THEN
        PERFORM refuse('denied', CASE act_roles(act)
            WHEN roles_approving() THEN 'Only the approver of the department, or a delegate, may do this.'
            WHEN '{drafter}' THEN 'Only a drafter of the department may do this.'
            ELSE 'Your post does not allow this.' END);
    END IF;
    RETURN a;
END $$;


ALTER FUNCTION kairan.alert_actor(token text, network inet, alert_ bigint, act text) OWNER TO kairan_owner;

--
-- Name: alert_approve(text, bigint, bytea, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_approve(token text, alert_ bigint, fingerprint bytea, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor;
BEGIN
    PERFORM FROM alert WHERE id = (SELECT original FROM alert WHERE id = alert_) FOR UPDATE;
    a := alert_actor(token, network, alert_, 'alert.approve');
    INSERT INTO approval (alert, version, fingerprint, approver, post, session)
    SELECT alert_, version, alert_approve.fingerprint, a.person, a.post, a.session
    FROM alert WHERE id = alert_;
    PERFORM alert_supersede(a, alert_);
    PERFORM alert_move(a, alert_, '{submitted}', 'approved', 'alert.approve',
        facts => jsonb_build_object('fingerprint', encode(fingerprint, 'hex')));
END $$;


ALTER FUNCTION kairan.alert_approve(token text, alert_ bigint, fingerprint bytea, network inet) OWNER TO kairan_owner;

--
-- Name: alert_born(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_born() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    o alert;
BEGIN
    IF NEW.original IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO o FROM alert WHERE id = NEW.original;
    IF o.department IS DISTINCT FROM NEW.department THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    NEW.drill := o.drill;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.alert_born() OWNER TO kairan_owner;

--
-- Name: alert_chain(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_chain(alert_ bigint) RETURNS TABLE(alert bigint, month date)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    WITH RECURSIVE chain AS (
        SELECT id, original FROM alert WHERE id = alert_
        UNION ALL SELECT a.id, a.original FROM chain c JOIN alert a ON a.id = c.original
    )
    SELECT b.alert, b.month FROM chain c JOIN broadcast b ON b.alert = c.id
$$;


ALTER FUNCTION kairan.alert_chain(alert_ bigint) OWNER TO kairan_owner;

--
-- Name: alert_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.id, NEW.department, NEW.creator, NEW.drill, NEW.act, NEW.original)
        IS DISTINCT FROM (OLD.id, OLD.department, OLD.creator, OLD.drill, OLD.act, OLD.original) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('draft', 'discarded'),
        ('submitted', 'draft'), ('submitted', 'approved'), ('submitted', 'expired'),
        ('approved', 'sending'), ('approved', 'cancelled'), ('approved', 'expired'), ('approved', 'stopped'),
        ('sending', 'paused'), ('sending', 'stopped'), ('sending', 'done'),
        ('paused', 'sending'), ('paused', 'stopped'), ('paused', 'done')) THEN
        PERFORM refuse('conflict', 'This is not possible in the present state of the alert.', '',
            OLD.state || ' to ' || NEW.state);
    END IF;
    IF NEW.version <> OLD.version AND OLD.state <> 'draft' THEN
        PERFORM refuse('conflict', 'A submitted alert cannot be edited. Withdraw it first.');
    END IF;
    IF NEW.state IN ('approved', 'sending', 'paused', 'done') AND NOT EXISTS (
        SELECT FROM approval p WHERE p.alert = NEW.id AND p.version = NEW.version) THEN
        PERFORM refuse('denied', 'Nothing is sent without an approval.');
    END IF;
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.alert_check() OWNER TO kairan_owner;

--
-- Name: alert_choices(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_choices(token text) RETURNS TABLE(kind text, id smallint, name text, name_en text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_choices(token text) OWNER TO kairan_owner;

--
-- Name: alert_correct(text, bigint, bigint, integer, text, text[], text[], text[], text[], text[], boolean, text, timestamp with time zone, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_correct(token text, original_ bigint, alert_ bigint, based_on integer, act_ text, langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[], urgent_ boolean, urgent_reason_ text, valid_until_ timestamp with time zone, network inet) RETURNS TABLE(alert bigint, version integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_correct(token text, original_ bigint, alert_ bigint, based_on integer, act_ text, langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[], urgent_ boolean, urgent_reason_ text, valid_until_ timestamp with time zone, network inet) OWNER TO kairan_owner;

--
-- Name: alert; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.alert (
    id bigint NOT NULL,
    department bigint NOT NULL,
    creator bigint NOT NULL,
    drill boolean DEFAULT false NOT NULL,
    act text DEFAULT 'new'::text NOT NULL,
    original bigint,
    state text DEFAULT 'draft'::text NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    submitter bigint,
    submitted_at timestamp with time zone,
    made timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT alert_act_check CHECK ((act = ANY (ARRAY['new'::text, 'correction'::text, 'cancellation'::text]))),
    CONSTRAINT alert_original CHECK (((act = 'new'::text) = (original IS NULL))),
    CONSTRAINT alert_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'discarded'::text, 'submitted'::text, 'approved'::text, 'sending'::text, 'paused'::text, 'done'::text, 'stopped'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT alert_submitter CHECK (((state = ANY (ARRAY['draft'::text, 'discarded'::text])) OR (submitter IS NOT NULL)))
);


ALTER TABLE kairan.alert OWNER TO kairan_owner;

--
-- Name: alert_corrigible(kairan.alert, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_corrigible(o kairan.alert, by_ bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_corrigible(o kairan.alert, by_ bigint) OWNER TO kairan_owner;

--
-- Name: alert_discard(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_discard(token text, alert_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.discard'), alert_, '{draft}',
        'discarded', 'alert.discard');
END $$;


ALTER FUNCTION kairan.alert_discard(token text, alert_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: alert_expire(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_expire() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    old bigint;
BEGIN
    SELECT k.id INTO old FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
    WHERE k.state IN ('submitted', 'approved') AND v.valid_until <= clock_timestamp()
    ORDER BY k.id LIMIT 1 FOR UPDATE OF k SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE alert SET state = 'expired' WHERE id = old;
    PERFORM pg_notify('kairan_alert', old::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.expire', 'alert ' || old, 'done', '', NULL);
    RETURN true;
END $$;


ALTER FUNCTION kairan.alert_expire() OWNER TO kairan_owner;

--
-- Name: alert_fields(bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_fields(alert_ bigint, version_ integer) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT ARRAY[CASE a.act WHEN 'new' THEN 'kairan alert 1' ELSE 'kairan alert 2' END,
            a.id::text, v.version::text, d.id::text,
            department_name_at(d.id, (SELECT p.at FROM approval p WHERE p.alert = a.id)), d.code, a.act,
            a.drill::text, a.original::text,
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.categories) AS c),
            (SELECT string_agg(c::text, ',' ORDER BY c) FROM unnest(v.areas) AS c),
            v.everybody::text, array_to_string(v.channels, ','), v.urgent::text, v.urgent_reason,
            NULL, (extract(epoch FROM v.valid_until) * 1000000)::bigint::text]
        || (SELECT array_agg(item ORDER BY t.lang, t.variant, place)
            FROM alert_sent(a.id, v.version) AS t,
                unnest(CASE a.act WHEN 'new' THEN ARRAY[t.lang, t.title, t.body]
                    ELSE ARRAY[t.lang, t.variant, t.title, t.body] END) WITH ORDINALITY AS l (item, place))
    FROM alert a JOIN alert_version v ON v.alert = a.id JOIN department d ON d.id = a.department
    WHERE a.id = alert_ AND v.version = version_
$$;


ALTER FUNCTION kairan.alert_fields(alert_ bigint, version_ integer) OWNER TO kairan_owner;

--
-- Name: alert_fingerprint(bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_fingerprint(alert_ bigint, version_ integer) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT sha256(netstrings(VARIADIC alert_fields(alert_, version_)))
$$;


ALTER FUNCTION kairan.alert_fingerprint(alert_ bigint, version_ integer) OWNER TO kairan_owner;

--
-- Name: alert_list(text, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_list(token text, before_ bigint, most integer) RETURNS TABLE(id bigint, state text, title text, urgent boolean, everybody boolean, department text, department_en text, creator text, changed_at timestamp with time zone, valid_until timestamp with time zone, total integer, accepted integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_list(token text, before_ bigint, most integer) OWNER TO kairan_owner;

--
-- Name: alert_move(kairan.actor, bigint, text[], text, text, text, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_move(a kairan.actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text DEFAULT ''::text, facts jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE alert SET state = to_,
        submitter = CASE to_ WHEN 'submitted' THEN a.person WHEN 'draft' THEN NULL ELSE submitter END,
        submitted_at = CASE to_ WHEN 'submitted' THEN clock_timestamp() WHEN 'draft' THEN NULL ELSE submitted_at END
    WHERE id = alert_ AND state = ANY (from_);
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This is not possible in the present state of the alert.', '',
            (SELECT state FROM alert WHERE id = alert_));
    END IF;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_act(a, act_, 'alert ' || alert_, reason, facts);
END $$;


ALTER FUNCTION kairan.alert_move(a kairan.actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text, facts jsonb) OWNER TO kairan_owner;

--
-- Name: alert_pause(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_pause(token text, alert_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM alert_move(
        alert_actor(token, network, alert_, 'alert.pause'), alert_,
        '{sending}', 'paused', 'alert.pause');
END $$;


ALTER FUNCTION kairan.alert_pause(token text, alert_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: alert_read(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_read(token text, alert_ bigint) RETURNS TABLE(id bigint, state text, version integer, department bigint, department_name text, department_name_en text, sender_local text, creator text, submitter text, submitted_at timestamp with time zone, made timestamp with time zone, changed_at timestamp with time zone, categories smallint[], areas smallint[], category_names text[], area_names text[], category_names_en text[], area_names_en text[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, fingerprint bytea, approver text, approved_at timestamp with time zone, texts jsonb, returns jsonb, own boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_read(token text, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: alert_resume(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_resume(token text, alert_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.resume'), alert_,
        '{paused}', 'sending', 'alert.resume');
END $$;


ALTER FUNCTION kairan.alert_resume(token text, alert_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: alert_return(text, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_return(token text, alert_ bigint, version_ integer, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.return');
BEGIN
    IF reason !~ '\S' OR char_length(reason) > limit_reason_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    INSERT INTO kairan.alert_return (alert, version, approver, reason)
    SELECT alert_, version_, a.person, reason FROM alert WHERE id = alert_ AND version = version_;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The alert has changed since you read it. Please read it again.');
    END IF;
    PERFORM alert_move(a, alert_, '{submitted}', 'draft', 'alert.return', reason);
END $$;


ALTER FUNCTION kairan.alert_return(token text, alert_ bigint, version_ integer, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: alert_save(text, bigint, integer, text[], text[], text[], smallint[], smallint[], boolean, boolean, text, timestamp with time zone, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_save(token text, alert_ bigint, based_on integer, langs text[], titles text[], bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, network inet) RETURNS TABLE(alert bigint, version integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    a actor;
    id_ bigint := alert_;
BEGIN
    IF id_ IS NULL THEN
        a := actor_of(token, network);
        IF NOT may(a, 'alert.save') THEN
            PERFORM refuse('denied', 'Only a drafter of the department may do this.');
        END IF;
        INSERT INTO kairan.alert (department, creator) VALUES (a.department, a.person)
        RETURNING id INTO id_;
    ELSE
        a := alert_actor(token, network, id_, 'alert.save');
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.alert k
        WHERE k.id = id_ AND k.version = based_on AND k.state = 'draft') THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF valid_until <= now() OR valid_until > now() + make_interval(days => limit_valid_days()) THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    INSERT INTO alert_version (alert, version, editor, categories, areas, everybody, urgent, urgent_reason, valid_until)
    VALUES (id_, based_on + 1, a.person, categories, areas, everybody, urgent, urgent_reason, valid_until);
    INSERT INTO alert_text (alert, version, lang, title, body)
    SELECT id_, based_on + 1, t.lang, t.title, t.body FROM unnest(langs, titles, bodies) AS t (lang, title, body);
    IF 'ja' <> ALL (langs) THEN
        PERFORM refuse('invalid', 'A Japanese text is needed.', 'body');
    END IF;
    UPDATE kairan.alert k SET version = based_on + 1 WHERE k.id = id_;
    PERFORM oplog_act(a, 'alert.save', 'alert ' || id_, facts => jsonb_build_object('version', based_on + 1));
    RETURN QUERY SELECT id_, based_on + 1;
END $$;


ALTER FUNCTION kairan.alert_save(token text, alert_ bigint, based_on integer, langs text[], titles text[], bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, network inet) OWNER TO kairan_owner;

--
-- Name: alert_sent(bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_sent(alert_ bigint, version_ integer) RETURNS TABLE(lang text, variant text, title text, body text)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT t.lang, CASE t.act WHEN 'new' THEN 'only' ELSE 'reached' END, s.stamp || t.title, s.stamp || t.body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, true, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_
    UNION ALL
    SELECT t.lang, 'unreached', s.stamp || t.unreached_title, s.stamp || t.unreached_body
    FROM alert_text t, LATERAL (SELECT alert_stamp(t.drill, t.act, false, t.lang) AS stamp) AS s
    WHERE t.alert = alert_ AND t.version = version_ AND t.act = 'correction'
$$;


ALTER FUNCTION kairan.alert_sent(alert_ bigint, version_ integer) OWNER TO kairan_owner;

--
-- Name: alert_stamp(boolean, text, boolean, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_stamp(drill boolean, act text, reached boolean, lang text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (lang = ANY (ARRAY['ja'::text, 'easy'::text])) THEN (CASE WHEN drill THEN '【訓練】'::text ELSE ''::text END || CASE WHEN (NOT reached) THEN ''::text WHEN (act = 'correction'::text) THEN '【訂正】'::text WHEN (act = 'cancellation'::text) THEN '【取消】'::text ELSE ''::text END) ELSE (CASE WHEN drill THEN '[DRILL] '::text ELSE ''::text END || CASE WHEN (NOT reached) THEN ''::text WHEN (act = 'correction'::text) THEN '[CORRECTION] '::text WHEN (act = 'cancellation'::text) THEN '[CANCELLED] '::text ELSE ''::text END) END;


ALTER FUNCTION kairan.alert_stamp(drill boolean, act text, reached boolean, lang text) OWNER TO kairan_owner;

--
-- Name: alert_stop(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_stop(token text, alert_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.stop');
BEGIN
    IF EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'approved') THEN
        PERFORM alert_move(a, alert_, '{approved}', 'cancelled', 'alert.cancel');
    ELSE
        PERFORM alert_move(a, alert_, '{sending,paused}', 'stopped', 'alert.stop');
    END IF;
END $$;


ALTER FUNCTION kairan.alert_stop(token text, alert_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: alert_submit(text, bigint, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_submit(token text, alert_ bigint, version_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := alert_actor(token, network, alert_, 'alert.submit');
BEGIN
    IF NOT EXISTS (SELECT FROM alert WHERE id = alert_ AND version = version_) THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF EXISTS (SELECT FROM alert_version WHERE alert = alert_ AND version = version_
        AND valid_until <= now()) THEN
        PERFORM refuse('invalid', 'The end of validity must be later than now and within 31 days.', 'valid_until');
    END IF;
    PERFORM alert_move(a, alert_, '{draft}', 'submitted', 'alert.submit');
END $$;


ALTER FUNCTION kairan.alert_submit(token text, alert_ bigint, version_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: alert_supersede(kairan.actor, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_supersede(a kairan.actor, alert_ bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.alert_supersede(a kairan.actor, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: alert_text_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_text_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    SELECT a.drill, a.act INTO NEW.drill, NEW.act FROM alert a
    WHERE a.id = NEW.alert AND a.state = 'draft' AND a.version + 1 = NEW.version;
    IF NOT FOUND THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'alert_text');
    END IF;
    IF NEW.act = 'correction' AND (NEW.unreached_title IS NULL OR NEW.unreached_body IS NULL) THEN
        PERFORM refuse('invalid', 'A correction needs two texts: for those who got the first one, and for those who did not.',
            'unreached_body');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.alert_text_check() OWNER TO kairan_owner;

--
-- Name: alert_texts(text, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_texts(token text, alert_ bigint, version_ integer) RETURNS TABLE(lang text, title text, body text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT t.lang, t.title, t.body FROM alert_text t JOIN alert a ON a.id = t.alert
        WHERE t.alert = alert_ AND t.version = version_
            AND sees(me, a.department)
        ORDER BY t.lang <> 'ja', t.lang;
END $$;


ALTER FUNCTION kairan.alert_texts(token text, alert_ bigint, version_ integer) OWNER TO kairan_owner;

--
-- Name: alert_version_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_version_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a alert;
    o alert_version;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state <> 'draft' OR NEW.version <> a.version + 1 THEN
        PERFORM refuse('conflict', 'Somebody else has changed this alert meanwhile. Please look at the newest version.');
    END IF;
    IF a.original IS NOT NULL THEN
        SELECT v.* INTO o FROM alert_version v JOIN approval p ON p.alert = v.alert AND p.version = v.version
        WHERE v.alert = a.original;
        IF (NEW.categories, NEW.areas, NEW.everybody, NEW.channels)
            IS DISTINCT FROM (o.categories, o.areas, o.everybody, o.channels) THEN
            PERFORM refuse('invalid', 'A correction goes to whom the original went, to nobody else.', 'category');
        END IF;
        IF o.urgent AND NOT NEW.urgent THEN
            PERFORM refuse('invalid', 'The correction of an urgent alert is urgent, too.', 'urgent');
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT unnest(NEW.categories) EXCEPT
            SELECT id FROM category WHERE department = a.department AND retired_at IS NULL) THEN
        PERFORM refuse('denied', 'This category belongs to another department.', 'category');
    END IF;
    IF NOT choices_known('{}', NEW.areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'area');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.alert_version_check() OWNER TO kairan_owner;

--
-- Name: alert_withdraw(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.alert_withdraw(token text, alert_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM alert_move(alert_actor(token, network, alert_, 'alert.withdraw'), alert_, '{submitted}',
        'draft', 'alert.withdraw');
END $$;


ALTER FUNCTION kairan.alert_withdraw(token text, alert_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: approval_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.approval_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a alert;
BEGIN
    SELECT * INTO a FROM alert WHERE id = NEW.alert FOR UPDATE;
    IF a.state IS DISTINCT FROM 'submitted' THEN
        PERFORM refuse('conflict', 'This alert is not waiting for approval any more.');
    END IF;
    IF NEW.version <> a.version OR NEW.fingerprint <> alert_fingerprint(a.id, a.version) THEN
        PERFORM refuse('conflict', 'The alert has changed since you read it. Please read it again.');
    END IF;
    IF NOT EXISTS (SELECT FROM session s JOIN post o ON o.id = s.post
        WHERE s.id = NEW.session AND s.person = NEW.approver AND s.post = NEW.post
            AND session_in_force(s) AND o.person = s.person
            AND o.role = ANY (act_roles('alert.approve')) AND o.department = a.department) THEN
        PERFORM refuse('denied', 'Only the approver of the department, or a delegate, may approve this alert.');
    END IF;
    IF NEW.approver IN (a.creator, a.submitter)
        OR EXISTS (SELECT FROM alert_version WHERE alert = a.id AND editor = NEW.approver) THEN
        PERFORM refuse('denied', 'Nobody may approve an alert that he or she wrote or submitted.');
    END IF;
    IF (SELECT valid_until FROM alert_version WHERE alert = a.id AND version = a.version)
        <= clock_timestamp() THEN
        PERFORM refuse('conflict', 'The validity of this alert is over. Please return it to the drafter.');
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.approval_check() OWNER TO kairan_owner;

--
-- Name: approval_original(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.approval_original() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    o alert;
BEGIN
    SELECT k.* INTO o FROM alert a JOIN alert k ON k.id = a.original WHERE a.id = NEW.alert FOR UPDATE OF k;
    IF FOUND THEN
        PERFORM alert_corrigible(o, NEW.alert);
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.approval_original() OWNER TO kairan_owner;

--
-- Name: approval_proved(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.approval_proved() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    stage text := (SELECT session_stage(s) FROM session s WHERE s.id = NEW.session);
BEGIN
    IF stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    PERFORM proof_ask(NEW.session);
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.approval_proved() OWNER TO kairan_owner;

--
-- Name: approver_change(text, bigint, bigint, timestamp with time zone, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.approver_change(token text, department_ bigint, person_ bigint, at timestamp with time zone, exception_ text, reason text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'approver.change');
    moment timestamptz := begin_at(at, 'from');
    o post;
    opened bigint;
BEGIN
    PERFORM department_there(department_);
    PERFORM person_locked(person_);
    PERFORM need_reason(reason);
    FOR o IN SELECT * FROM post WHERE department = department_ AND role = 'approver'
        AND during && tstzrange(moment, NULL) ORDER BY lower(during) FOR UPDATE
    LOOP
        IF o.person = person_ THEN
            PERFORM refuse('conflict', 'This person is the approver then already.', 'person');
        ELSIF lower(o.during) >= moment THEN
            PERFORM refuse('conflict', 'A later change of the approver is registered already. Call it off first.', 'from');
        END IF;
        PERFORM post_cut(o.id, moment, reason);
    END LOOP;
    opened := post_open(person_, 'approver', department_, tstzrange(moment, NULL), exception_);
    PERFORM oplog_act(me, 'approver.change', 'person ' || person_, reason,
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN opened;
END $$;


ALTER FUNCTION kairan.approver_change(token text, department_ bigint, person_ bigint, at timestamp with time zone, exception_ text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: audience_choices(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_choices() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.audience_choices() OWNER TO kairan_owner;

--
-- Name: audience_contacts(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_contacts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.audience_contacts() OWNER TO kairan_owner;

--
-- Name: audience_count(text, smallint[], smallint[], boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean) RETURNS TABLE(mail bigint, sms bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(sum(n) FILTER (WHERE channel = 'mail'), 0), coalesce(sum(n) FILTER (WHERE channel = 'sms'), 0)
        FROM audience
        WHERE everybody OR (categories && categories_ AND (cardinality(areas_) = 0 OR areas && areas_));
END $$;


ALTER FUNCTION kairan.audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean) OWNER TO kairan_owner;

--
-- Name: audience_fold(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_fold() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    WITH gone AS (DELETE FROM audience RETURNING *)
    INSERT INTO audience (categories, areas, channel, n)
    SELECT categories, areas, channel, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0
$$;


ALTER FUNCTION kairan.audience_fold() OWNER TO kairan_owner;

--
-- Name: audience_fresh_contacts(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_fresh_contacts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT s.categories, s.areas, d.channel, count(*)
    FROM fresh d, LATERAL (SELECT categories, areas FROM subscriber WHERE id = d.subscriber FOR SHARE) AS s
    WHERE d.gone_at IS NULL AND d.suspended_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.audience_fresh_contacts() OWNER TO kairan_owner;

--
-- Name: audience_nobody(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.audience_nobody() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    TRUNCATE audience;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.audience_nobody() OWNER TO kairan_owner;

--
-- Name: b64url(bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.b64url(data bytea) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT rtrim(translate(replace(encode(data, 'base64'), E'\n', ''), '+/', '-_'), '=')
$$;


ALTER FUNCTION kairan.b64url(data bytea) OWNER TO kairan_owner;

--
-- Name: b64url_decode(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.b64url_decode(t text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
DECLARE
    data bytea;
BEGIN
    IF t !~ '^[A-Za-z0-9_-]+$' OR length(t) > 4096 THEN
        RETURN NULL;
    END IF;
    data := decode(rpad(translate(t, '-_', '+/'), (length(t) + 3) / 4 * 4, '='), 'base64');
    RETURN CASE WHEN kairan.b64url(data) = t THEN data END;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END $_$;


ALTER FUNCTION kairan.b64url_decode(t text) OWNER TO kairan_owner;

--
-- Name: base32(bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.base32(data bytea) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT string_agg(substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
        substring(('x' || encode(data, 'hex'))::varbit FROM i * 5 + 1 FOR 5)::bit(5)::int + 1, 1), '' ORDER BY i)
    FROM generate_series(0, octet_length(data) * 8 / 5 - 1) AS i
$$;


ALTER FUNCTION kairan.base32(data bytea) OWNER TO kairan_owner;

--
-- Name: begin_at(timestamp with time zone, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.begin_at(at timestamp with time zone, field text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF at < date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' THEN
        PERFORM refuse('invalid', 'This day is over. Choose today or a later day.', field);
    END IF;
    RETURN greatest(coalesce(at, now()), now());
END $$;


ALTER FUNCTION kairan.begin_at(at timestamp with time zone, field text) OWNER TO kairan_owner;

--
-- Name: behalf_of(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.behalf_of(department_ bigint, at_ timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT person FROM post
    WHERE role = 'approver' AND department = department_ AND lower(during) <= at_
    ORDER BY during @> at_ DESC, upper(during) DESC NULLS FIRST LIMIT 1
$$;


ALTER FUNCTION kairan.behalf_of(department_ bigint, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_collect(integer, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_collect(most integer, at_ timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    b record;
    o record;
    status_ text;
    n int := 0;
BEGIN
    SELECT k.*, coalesce(c.at, '-infinity') AS from_at, coalesce(c.contact, 0) AS from_contact INTO b
    FROM broadcast k LEFT JOIN bounce_collected c ON c.alert = k.alert
    WHERE k.refused > 0 AND k.ended_at <= at_ AND k.ended_at > at_ - interval '30 days' AND c.done IS NOT TRUE
    ORDER BY k.ended_at LIMIT 1;
    IF b.alert IS NULL THEN
        RETURN false;
    END IF;
    IF bounce_crowd(b.refused, b.total, 0.2) THEN
        INSERT INTO bounce_storm (alert, at, failed, total, verdict, decided_at)
        VALUES (b.alert, at_, b.refused, b.total, 'forgive', at_) ON CONFLICT DO NOTHING;
    ELSE
        FOR o IN SELECT contact, at, enhanced, reply FROM outcome
            WHERE alert = b.alert AND month = b.month AND final AND result IN ('refused', 'unknown')
                AND (at, contact) > (b.from_at, b.from_contact)
            ORDER BY at, contact LIMIT most LOOP
            status_ := substring(o.enhanced || ' ' || o.reply FROM '(?:^|[^0-9.])(5\.(?:1\.(?:1|2|3|6|10)|2\.1))(?:[^0-9.]|$)');
            IF status_ IS NOT NULL THEN
                PERFORM bounce_note(b.alert, o.contact, 'permanent', status_, 'smtp', o.reply, at_);
            END IF;
            n := n + 1;
            b.from_at := o.at;
            b.from_contact := o.contact;
        END LOOP;
    END IF;
    INSERT INTO bounce_collected AS c (alert, at, contact, done) VALUES (b.alert, b.from_at, b.from_contact, n < most)
    ON CONFLICT (alert) DO UPDATE SET at = EXCLUDED.at, contact = EXCLUDED.contact, done = EXCLUDED.done;
    RETURN true;
END $_$;


ALTER FUNCTION kairan.bounce_collect(most integer, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_contact("char", bigint, bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_contact(kind_ "char", alert_ bigint, part_ bigint, address_ text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who bigint := part_;
BEGIN
    IF kind_ = 'x' THEN
        SELECT id INTO who FROM contact
        WHERE channel = 'mail' AND hash = address_hash(address_)
            AND EXISTS (SELECT FROM chunk k WHERE k.handover = part_ AND k.alert = alert_ AND contact.id = ANY (k.members));
    END IF;
    RETURN (SELECT d.contact FROM broadcast b JOIN delivery d
        ON d.alert = b.alert AND d.month = b.month AND d.contact = who WHERE b.alert = alert_);
END $$;


ALTER FUNCTION kairan.bounce_contact(kind_ "char", alert_ bigint, part_ bigint, address_ text) OWNER TO kairan_owner;

--
-- Name: bounce_crowd(bigint, bigint, numeric); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_crowd(failed bigint, total bigint, share numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT failed > total * share AND (failed >= 10 OR failed * 2 > total)
$$;


ALTER FUNCTION kairan.bounce_crowd(failed bigint, total bigint, share numeric) OWNER TO kairan_owner;

--
-- Name: bounce_forget(integer, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_forget(most integer, at_ timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    n int;
    more boolean;
BEGIN
    DELETE FROM bounce WHERE ctid = ANY (ARRAY(SELECT b.ctid FROM bounce b JOIN broadcast k ON k.alert = b.alert
        WHERE k.dropped_at IS NOT NULL LIMIT most));
    GET DIAGNOSTICS n = ROW_COUNT;
    more := n >= most;
    DELETE FROM doubt WHERE contact IN (SELECT contact FROM doubt d WHERE warned_at IS NULL AND suspended_at IS NULL
        AND NOT EXISTS (SELECT FROM bounce b WHERE b.contact = d.contact AND b.at > at_ - interval '180 days')
        LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    DELETE FROM intake_tally WHERE day < (at_ - interval '1 year')::date;
    RETURN more OR n >= most;
END $$;


ALTER FUNCTION kairan.bounce_forget(most integer, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_judge(integer, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_judge(most integer, at_ timestamp with time zone DEFAULT now()) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    d doubt;
    n int := 0;
    more boolean;
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    more := bounce_collect(most * 10, at_);
    PERFORM bounce_storms(at_);
    FOR d IN SELECT k.* FROM doubt k JOIN contact c ON c.id = k.contact
        WHERE k.judge_at <= at_ AND c.suspended_at IS NULL AND c.gone_at IS NULL
        ORDER BY k.judge_at LIMIT most FOR UPDATE OF c, k SKIP LOCKED LOOP
        PERFORM doubt_judge(d, at_);
        n := n + 1;
    END LOOP;
    RETURN more OR n >= most;
END $$;


ALTER FUNCTION kairan.bounce_judge(most integer, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_note(bigint, bigint, text, text, text, text, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_note(alert_ bigint, contact_ bigint, kind_ text, status_ text, source_ text, reply_ text, at_ timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO bounce AS b (alert, contact, at, kind, status, source, reply)
    VALUES (alert_, contact_, at_, kind_, status_, source_, left(reply_, 500))
    ON CONFLICT (alert, contact, complaint) DO UPDATE
        SET kind = EXCLUDED.kind, status = EXCLUDED.status, reply = EXCLUDED.reply
        WHERE bounce_rank(EXCLUDED.kind) > bounce_rank(b.kind);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF kind_ IN ('permanent', 'temporary') THEN
        INSERT INTO doubt AS d (contact, judge_at) VALUES (contact_, at_ + interval '1 hour')
        ON CONFLICT (contact) DO UPDATE SET judge_at = least(d.judge_at, EXCLUDED.judge_at)
        WHERE d.suspended_at IS NULL;
    END IF;
    RETURN true;
END $$;


ALTER FUNCTION kairan.bounce_note(alert_ bigint, contact_ bigint, kind_ text, status_ text, source_ text, reply_ text, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_rank(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_rank(kind text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT array_position(ARRAY['policy', 'temporary', 'permanent', 'complaint'], kind)
$$;


ALTER FUNCTION kairan.bounce_rank(kind text) OWNER TO kairan_owner;

--
-- Name: bounce_storms(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_storms(at_ timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    WITH recent AS (
        SELECT alert, count(*) AS failed FROM bounce
        WHERE at > at_ - interval '1 hour' AND at <= at_ AND kind IN ('permanent', 'temporary')
        GROUP BY alert
    ), sums AS (
        SELECT r.alert, r.failed, greatest(b.total, b.written) AS total, (SELECT count(*) FROM bounce o
            WHERE o.alert = r.alert AND o.kind IN ('permanent', 'temporary')) AS in_all
        FROM recent r JOIN broadcast b ON b.alert = r.alert
        WHERE NOT EXISTS (SELECT FROM bounce_storm s WHERE s.alert = r.alert)
    )
    INSERT INTO bounce_storm (alert, at, failed, total)
    SELECT alert, at_, in_all, total FROM sums
    WHERE bounce_crowd(failed, total, 0.05) OR bounce_crowd(in_all, total, 0.2)
    ON CONFLICT DO NOTHING
$$;


ALTER FUNCTION kairan.bounce_storms(at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: bounce_take(text, text[], text[], text[], text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[]) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT bounce_take_at(token, kinds, statuses, addresses, replies, now())
$$;


ALTER FUNCTION kairan.bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[]) OWNER TO kairan_owner;

--
-- Name: bounce_take_at(text, text[], text[], text[], text[], timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.bounce_take_at(token text, kinds text[], statuses text[], addresses text[], replies text[], at_ timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    v record;
    r record;
    who bigint;
    said text := 'stranger';
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    SELECT * INTO v FROM verp_open(token, at_);
    IF v.kind IS NULL THEN
        RETURN 'forged';
    ELSIF v.kind = 'l' THEN
        UPDATE letter SET reply = left('returned: ' || statuses[1] || ' ' || replies[1], 500)
        WHERE id = v.part AND reply !~ '^returned: ';
        RETURN CASE WHEN FOUND THEN 'letter' ELSE 'again' END;
    END IF;
    FOR r IN SELECT * FROM unnest(kinds, statuses, addresses, replies) AS g (kind, status, address, reply)
        ORDER BY bounce_rank(g.kind) DESC LIMIT CASE v.kind WHEN 'a' THEN 1 ELSE 200 END LOOP
        who := bounce_contact(v.kind, v.alert, v.part, r.address);
        CONTINUE WHEN who IS NULL;
        IF NOT bounce_note(v.alert, who, r.kind, r.status, 'mail', r.reply, at_) THEN
            said := CASE said WHEN 'stranger' THEN 'again' ELSE said END;
            CONTINUE;
        END IF;
        said := 'counted';
        -- Every reader of an express mail knows the token of all who got it in one transaction: his word
        -- on another's wish is kept, not followed.
        IF r.kind = 'complaint' AND v.kind = 'a' THEN
            PERFORM complaint_act(v.alert, who, at_);
        END IF;
    END LOOP;
    RETURN said;
END $$;


ALTER FUNCTION kairan.bounce_take_at(token text, kinds text[], statuses text[], addresses text[], replies text[], at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: broadcast_doubt(bigint, text, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_doubt(alert_ bigint, reply text, often boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    b broadcast;
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE;
    PERFORM broadcast_fold(alert_);
    SELECT * INTO b FROM broadcast WHERE alert = alert_;
    IF NOT EXISTS (SELECT FROM alert WHERE id = alert_ AND state = 'sending') THEN
        RETURN 'paused';
    END IF;
    IF b.accepted > 0 AND NOT often THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at IS NULL OR b.doubt_at < clock_timestamp() - interval '5 seconds' THEN
        UPDATE broadcast SET doubt_at = clock_timestamp(), doubt_accepted = accepted WHERE alert = alert_;
        RETURN 'wait';
    END IF;
    IF b.accepted > b.doubt_accepted THEN
        RETURN 'theirs';
    END IF;
    IF b.doubt_at > clock_timestamp() - interval '0.4 seconds' THEN
        RETURN 'wait';
    END IF;
    UPDATE broadcast SET doubt_at = NULL WHERE alert = alert_;
    PERFORM broadcast_pause(alert_,
        'The mail server refuses the text of this alert, so sending was paused.', reply);
    RETURN 'paused';
END $$;


ALTER FUNCTION kairan.broadcast_doubt(alert_ bigint, reply text, often boolean) OWNER TO kairan_owner;

--
-- Name: broadcast_finish(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_finish(alert_ bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    b broadcast;
    rows_ int;
    ends_ int;
    last_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.ended_at IS NOT NULL OR b.total IS NULL OR NOT broadcast_fold(alert_) THEN
        RETURN;
    END IF;
    SELECT count(*), max(contact) INTO rows_, last_ FROM (
        SELECT contact FROM delivery WHERE alert = alert_ AND month = b.month AND contact > b.counted_to
        ORDER BY contact LIMIT 200000) AS slice;
    SELECT count(*) INTO ends_ FROM outcome
    WHERE alert = alert_ AND month = b.month AND final
        AND contact > b.counted_to AND (rows_ < 200000 OR contact <= last_);
    b.counted := b.counted + rows_;
    b.counted_ends := b.counted_ends + ends_;
    IF rows_ = 200000 THEN
        UPDATE broadcast SET counted_to = last_, counted = b.counted, counted_ends = b.counted_ends
        WHERE alert = alert_;
        RETURN;
    END IF;
    IF b.counted <> b.total OR b.counted_ends <> b.total THEN
        -- Our own defect: said where people look, and never declared done.
        UPDATE broadcast SET counted_to = 0, counted = 0, counted_ends = 0,
            halted = format('Accounting differs: total %s, deliveries %s, ends %s.',
                b.total, b.counted, b.counted_ends) WHERE alert = alert_;
        RETURN;
    END IF;
    UPDATE broadcast SET ended_at = clock_timestamp() WHERE alert = alert_;
    UPDATE alert SET state = 'done' WHERE id = alert_ AND state IN ('sending', 'paused');
    PERFORM pg_notify('kairan_alert', alert_::text);
END $$;


ALTER FUNCTION kairan.broadcast_finish(alert_ bigint) OWNER TO kairan_owner;

--
-- Name: broadcast_fold(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_fold(alert_ bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    whole boolean;
BEGIN
    UPDATE broadcast b SET accepted = s.accepted, refused = s.refused, expired = s.expired,
        cancelled = s.cancelled, unknown = s.unknown, retried = s.retried,
        first_accepted_at = s.first_accepted_at, last_outcome_at = s.last_outcome_at,
        folded_at = clock_timestamp()
    -- broadcast_sums written out: here the plan is kept
    FROM (SELECT coalesce(sum(p.accepted), 0) AS accepted, coalesce(sum(p.refused), 0) AS refused,
            coalesce(sum(p.expired), 0) AS expired, coalesce(sum(p.cancelled), 0) AS cancelled,
            coalesce(sum(p.unknown), 0) AS unknown, coalesce(sum(p.retried), 0) AS retried,
            min(p.first_accepted_at) AS first_accepted_at, max(p.last_outcome_at) AS last_outcome_at
        FROM broadcast_part p WHERE p.alert = alert_) AS s
    WHERE b.alert = alert_
    RETURNING b.total = b.accepted + b.refused + b.expired + b.cancelled + b.unknown INTO whole;
    RETURN coalesce(whole, false);
END $$;


ALTER FUNCTION kairan.broadcast_fold(alert_ bigint) OWNER TO kairan_owner;

--
-- Name: broadcast_halt(bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_halt(alert_ bigint, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'stopped' WHERE id = alert_ AND state IN ('approved', 'sending', 'paused');
    IF FOUND THEN
        UPDATE broadcast SET halted = left(reason, 500) WHERE alert = alert_;
        PERFORM broadcast_finish(alert_);
        PERFORM pg_notify('kairan_alert', alert_::text);
        PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.halt', 'alert ' || alert_,
            'refused', '', NULL, facts => jsonb_build_object('refusal', reason));
    END IF;
END $$;


ALTER FUNCTION kairan.broadcast_halt(alert_ bigint, reason text) OWNER TO kairan_owner;

--
-- Name: broadcast_judge(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_judge(alert_ bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    b broadcast;
    ended bigint;
    refused_ bigint;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_;
    refused_ := b.refused - b.before_refused;
    ended := b.accepted + b.refused - b.before_ended;
    IF b.ended_at IS NULL AND refused_ >= 30 * 4.0 ^ least(b.pauses, 10) AND refused_ * 5 >= ended THEN
        IF broadcast_pause(alert_, 'Too many recipients were refused within a minute, so sending was paused.', '') THEN
            UPDATE broadcast SET pauses = pauses + 1 WHERE alert = alert_;
        END IF;
    ELSIF b.look_at < clock_timestamp() - interval '30 seconds' THEN
        UPDATE broadcast SET look_at = clock_timestamp(),
            before_ended = look_ended, before_refused = look_refused,
            look_ended = accepted + refused, look_refused = refused
        WHERE alert = alert_;
    END IF;
END $$;


ALTER FUNCTION kairan.broadcast_judge(alert_ bigint) OWNER TO kairan_owner;

--
-- Name: broadcast_load(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_load(alert_ bigint) RETURNS TABLE(fields text[], fingerprint bytea, state text, valid_until timestamp with time zone, month date, approved timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT alert_fields(a.id, p.version), p.fingerprint, a.state, v.valid_until, b.month, p.at
    FROM alert a JOIN approval p ON p.alert = a.id
        JOIN alert_version v ON v.alert = a.id AND v.version = p.version
        JOIN broadcast b ON b.alert = a.id
    WHERE a.id = alert_
$$;


ALTER FUNCTION kairan.broadcast_load(alert_ bigint) OWNER TO kairan_owner;

--
-- Name: broadcast_pause(bigint, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_pause(alert_ bigint, reason text, reply text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    at_ timestamptz;
BEGIN
    PERFORM FROM broadcast WHERE alert = alert_ FOR UPDATE; -- before the alert, as everywhere
    UPDATE alert SET state = 'paused' WHERE id = alert_ AND state = 'sending' RETURNING changed_at INTO at_;
    IF at_ IS NULL THEN
        RETURN false;
    END IF;
    PERFORM broadcast_fold(alert_);
    UPDATE broadcast SET paused = reason, paused_reply = left(reply, 500), paused_at = at_,
        look_at = clock_timestamp(),
        look_ended = accepted + refused, look_refused = refused,
        before_ended = accepted + refused, before_refused = refused
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_alert', alert_::text);
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.pause', 'alert ' || alert_, 'done', '', NULL,
        facts => jsonb_build_object('trouble', reason, 'reply', nullif(left(reply, 300), '')));
    RETURN true;
END $$;


ALTER FUNCTION kairan.broadcast_pause(alert_ bigint, reason text, reply text) OWNER TO kairan_owner;

--
-- Name: broadcast_read(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_read(token text, alert_ bigint) RETURNS TABLE(state text, total integer, written integer, accepted integer, refused integer, expired integer, cancelled integer, unknown integer, retried integer, started_at timestamp with time zone, first_accepted_at timestamp with time zone, last_outcome_at timestamp with time zone, ended_at timestamp with time zone, halted text, relay_trouble text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT a.state, b.total, b.written, s.accepted, s.refused, s.expired, s.cancelled, s.unknown,
            s.retried, b.started_at, s.first_accepted_at, s.last_outcome_at, b.ended_at,
            CASE WHEN ours THEN b.paused ELSE b.halted END,
            CASE WHEN ours AND b.paused_reply <> '' THEN b.paused_reply ELSE
                (SELECT r.relay || ': ' || r.reason FROM relay_state r
                JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
                WHERE NOT r.up AND w.seen > clock_timestamp() - interval '60 seconds'
                ORDER BY r.since DESC LIMIT 1) END
        FROM alert a LEFT JOIN (broadcast b CROSS JOIN LATERAL broadcast_sums(b.alert) AS s) ON b.alert = a.id,
            LATERAL (SELECT a.state = 'paused' AND b.paused_at = a.changed_at) AS p (ours)
        WHERE a.id = alert_
            AND sees(me, a.department);
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
END $$;


ALTER FUNCTION kairan.broadcast_read(token text, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: broadcast_refusals(text, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_refusals(token text, alert_ bigint, most integer) RETURNS TABLE(address text, result text, code smallint, reply text, at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT mask_address(c.address), o.result::text, o.code, ltrim(o.enhanced || ' ' || o.reply), o.at
        FROM broadcast b JOIN alert a ON a.id = b.alert
            JOIN outcome o ON o.alert = b.alert AND o.month = b.month
            JOIN contact c ON c.id = o.contact
        WHERE b.alert = alert_ AND o.final AND o.result IN ('refused', 'unknown')
            AND sees(me, a.department)
        ORDER BY o.at DESC LIMIT least(most, 200);
END $$;


ALTER FUNCTION kairan.broadcast_refusals(token text, alert_ bigint, most integer) OWNER TO kairan_owner;

--
-- Name: broadcast_settle(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_settle() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    b broadcast;
BEGIN
    SELECT * INTO b FROM broadcast WHERE ended_at IS NULL AND check_after <= clock_timestamp()
        AND total = (SELECT ended FROM broadcast_sums(alert))
    ORDER BY alert LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM broadcast_finish(b.alert);
    UPDATE broadcast SET checks = b.checks + 1,
        check_after = clock_timestamp() + make_interval(secs => least(2 ^ b.checks, 600))
    WHERE alert = b.alert AND ended_at IS NULL AND counted_to = 0;
    RETURN true;
END $$;


ALTER FUNCTION kairan.broadcast_settle() OWNER TO kairan_owner;

--
-- Name: broadcast_states(bigint[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_states(alerts bigint[]) RETURNS TABLE(alert bigint, state text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT a.id, CASE WHEN v.valid_until <= clock_timestamp() THEN 'over' ELSE a.state END
    FROM alert a JOIN alert_version v ON v.alert = a.id AND v.version = a.version
    WHERE a.id = ANY (alerts)
$$;


ALTER FUNCTION kairan.broadcast_states(alerts bigint[]) OWNER TO kairan_owner;

--
-- Name: broadcast_sums(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_sums(alert_ bigint, OUT accepted integer, OUT refused integer, OUT expired integer, OUT cancelled integer, OUT unknown integer, OUT retried integer, OUT ended integer, OUT first_accepted_at timestamp with time zone, OUT last_outcome_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    SELECT coalesce(sum(p.accepted), 0), coalesce(sum(p.refused), 0), coalesce(sum(p.expired), 0),
        coalesce(sum(p.cancelled), 0), coalesce(sum(p.unknown), 0), coalesce(sum(p.retried), 0),
        coalesce(sum(p.accepted + p.refused + p.expired + p.cancelled + p.unknown), 0),
        min(p.first_accepted_at), max(p.last_outcome_at)
    INTO accepted, refused, expired, cancelled, unknown, retried, ended, first_accepted_at, last_outcome_at
    FROM broadcast_part p WHERE p.alert = alert_;
END $$;


ALTER FUNCTION kairan.broadcast_sums(alert_ bigint, OUT accepted integer, OUT refused integer, OUT expired integer, OUT cancelled integer, OUT unknown integer, OUT retried integer, OUT ended integer, OUT first_accepted_at timestamp with time zone, OUT last_outcome_at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: broadcast_sweep(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.broadcast_sweep(most integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    one record;
    who record;
    at_ bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
    FOR one IN SELECT a.id, a.state = 'stopped' AS stopped, b.month FROM broadcast b JOIN alert a ON a.id = b.alert
            JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        WHERE b.ended_at IS NULL AND (a.state = 'stopped'
                OR (a.state IN ('sending', 'paused') AND v.valid_until <= clock_timestamp()))
            AND EXISTS (SELECT FROM chunk c WHERE c.alert = a.id AND c.state = 'waiting')
        ORDER BY a.id LOOP
        WITH picked AS (
            SELECT c.id, c.attempt, c.again, c.lane, c.members FROM chunk c
            WHERE c.alert = one.id AND c.state = 'waiting' ORDER BY c.id LIMIT most FOR UPDATE SKIP LOCKED
        ), closed AS (
            UPDATE chunk c SET state = 'closed' FROM picked p WHERE c.id = p.id
        ), kind AS (
            SELECT attempt, again, lane, row_number() OVER ()::int AS n
            FROM (SELECT DISTINCT attempt, again, lane FROM picked) AS k
        ), member AS (
            SELECT m, k.n FROM picked p JOIN kind k USING (attempt, again, lane), unnest(p.members) AS m
            WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
                WHERE o.alert = one.id AND o.contact = m AND o.month = one.month AND o.final) IS NULL
        )
        SELECT p.*, m.*, k.* INTO who
        FROM (SELECT count(*) AS picked FROM picked) AS p,
            (SELECT array_agg(m) AS contacts, array_agg(n) AS kinds, count(*)::int AS n FROM member) AS m,
            (SELECT count(*)::int AS k, array_agg(attempt ORDER BY n) AS attempts, array_agg(again ORDER BY n) AS agains,
                array_agg(lane ORDER BY n) AS lanes, array_agg((CASE WHEN one.stopped THEN 'cancelled'
                    ELSE 'expired' END)::result ORDER BY n) AS results FROM kind) AS k;
        IF who.n > 0 THEN
            PERFORM outcome_record(one.id, who.contacts, array_fill(at_, ARRAY[who.n]), who.kinds,
                array_fill(CASE WHEN one.stopped THEN 'Stopped.' ELSE 'Validity is over.' END, ARRAY[who.n]),
                who.attempts, who.results, array_fill(true, ARRAY[who.k]), who.agains,
                array_fill(0::smallint, ARRAY[who.k]), array_fill(''::text, ARRAY[who.k]), who.lanes,
                array_fill(''::text, ARRAY[who.k]));
        END IF;
        IF who.picked > 0 THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END $$;


ALTER FUNCTION kairan.broadcast_sweep(most integer) OWNER TO kairan_owner;

--
-- Name: calendar(text, date, date); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.calendar(token text, from_ date, to_ date) RETURNS TABLE(day date, weekday integer, open boolean, words text, own boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT d::date, extract(isodow FROM d)::int, day_closed(d::date) IS NULL,
            coalesce(t.note, day_closed(d::date)), t.day IS NOT NULL
        FROM generate_series(from_::timestamp, least(to_, from_ + 800)::timestamp, interval '1 day') AS d
            LEFT JOIN town_day t ON t.day = d::date
        WHERE t.day IS NOT NULL OR day_closed(d::date) NOT IN ('Saturday', 'Sunday')
        ORDER BY d;
END $$;


ALTER FUNCTION kairan.calendar(token text, from_ date, to_ date) OWNER TO kairan_owner;

--
-- Name: calendar_administrator(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.calendar_administrator(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'calendar.set') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;


ALTER FUNCTION kairan.calendar_administrator(token text, network inet) OWNER TO kairan_owner;

--
-- Name: check_begin(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.check_begin(person_ bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    INSERT INTO oplog_check (person, last, last_hash, first, done, hash)
    SELECT person_, h.seq, h.hash, coalesce(b.seq, 0), coalesce(b.seq, 0),
        coalesce(b.hash, decode(repeat('00', 32), 'hex'))
    FROM oplog_head h LEFT JOIN oplog_base() b ON true
$$;


ALTER FUNCTION kairan.check_begin(person_ bigint) OWNER TO kairan_owner;

--
-- Name: oplog_check; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog_check (
    id bigint NOT NULL,
    person bigint,
    started timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last bigint NOT NULL,
    last_hash bytea NOT NULL,
    first bigint NOT NULL,
    done bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    ended timestamp with time zone,
    found text DEFAULT ''::text NOT NULL,
    clocks integer DEFAULT 0 NOT NULL,
    CONSTRAINT oplog_check_found_check CHECK ((found = ANY (ARRAY[''::text, 'gap'::text, 'link'::text, 'content'::text, 'clock'::text, 'head'::text, 'base'::text])))
);


ALTER TABLE kairan.oplog_check OWNER TO kairan_owner;

--
-- Name: check_end(kairan.oplog_check); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.check_end(k kairan.oplog_check) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN k.done < k.last OR k.hash <> k.last_hash THEN 'head'
        WHEN EXISTS (SELECT FROM oplog_base() b
            WHERE b.said <> format('%s %s', b.seq, encode(b.hash, 'hex'))) THEN 'base'
        ELSE '' END
$$;


ALTER FUNCTION kairan.check_end(k kairan.oplog_check) OWNER TO kairan_owner;

--
-- Name: check_start(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.check_start(token text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF EXISTS (SELECT FROM oplog_check WHERE ended IS NULL) THEN
        RETURN;
    END IF;
    PERFORM check_begin(me.person);
    PERFORM oplog_act(me, 'log.verify', '');
END $$;


ALTER FUNCTION kairan.check_start(token text, network inet) OWNER TO kairan_owner;

--
-- Name: check_state(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.check_state(token text) RETURNS TABLE(head bigint, head_hash text, first bigint, last bigint, done bigint, started timestamp with time zone, ended timestamp with time zone, person text, found text, clocks integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT h.seq, encode(h.hash, 'hex'), k.first, k.last, k.done, k.started, k.ended, p.name, k.found, k.clocks
        FROM oplog_head h LEFT JOIN (SELECT * FROM oplog_check ORDER BY id DESC LIMIT 1) AS k ON true
            LEFT JOIN person p ON p.id = k.person;
END $$;


ALTER FUNCTION kairan.check_state(token text) OWNER TO kairan_owner;

--
-- Name: check_step(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.check_step(most integer) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    k oplog_check;
    s record;
    high bigint;
BEGIN
    SELECT * INTO k FROM oplog_check WHERE ended IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF k.id IS NULL THEN
        RETURN '';
    END IF;
    high := least(k.done + most, k.last);
    SELECT min(w.seq) FILTER (WHERE wrong <> '') AS bad,
        (array_agg(w.wrong ORDER BY w.seq) FILTER (WHERE wrong <> ''))[1] AS wrong,
        max(w.seq) AS seq, (array_agg(w.hash ORDER BY w.seq DESC))[1] AS hash, max(w.at) AS at,
        count(*) FILTER (WHERE w.act = 'clock.back') AS clocks INTO s
    FROM (SELECT l.seq, l.hash, l.at, l.act, CASE WHEN l.seq <> lag(l.seq, 1, k.done) OVER o + 1 THEN 'gap'
            WHEN l.prev <> lag(l.hash, 1, k.hash) OVER o THEN 'link'
            WHEN l.hash <> oplog_digest(l) THEN 'content'
            WHEN l.at < lag(l.at, 1, k.at) OVER o AND l.act <> 'clock.back' THEN 'clock' ELSE '' END AS wrong
        FROM oplog l WHERE l.seq > k.done AND l.seq <= high WINDOW o AS (ORDER BY l.seq, l.at)) AS w;
    k.found := coalesce(s.wrong, CASE WHEN s.seq IS DISTINCT FROM high AND high > k.done THEN 'gap' ELSE '' END);
    k.done := coalesce(s.bad - 1, s.seq, k.done);
    k.hash := coalesce(s.hash, k.hash);
    IF k.found = '' AND k.done >= k.last THEN
        k.found := check_end(k);
    END IF;
    UPDATE oplog_check SET found = k.found, done = k.done, hash = k.hash, at = coalesce(s.at, k.at),
        clocks = k.clocks + s.clocks,
        ended = CASE WHEN k.found <> '' OR k.done >= k.last THEN clock_timestamp() END
    WHERE id = k.id;
    RETURN CASE WHEN k.found <> '' THEN k.found WHEN k.done < k.last THEN 'more' ELSE 'whole' END;
END $$;


ALTER FUNCTION kairan.check_step(most integer) OWNER TO kairan_owner;

--
-- Name: choices(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.choices() RETURNS TABLE(kind text, id smallint, name text, name_en text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        (SELECT 'category', id, name, name_en FROM category WHERE retired_at IS NULL ORDER BY position, id)
        UNION ALL
        (SELECT 'area', id, name, name_en FROM area WHERE retired_at IS NULL ORDER BY position, id);
END $$;


ALTER FUNCTION kairan.choices() OWNER TO kairan_owner;

--
-- Name: choices_known(smallint[], smallint[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.choices_known(categories smallint[], areas smallint[]) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT categories <@ (SELECT coalesce(array_agg(id), '{}') FROM category)
        AND areas <@ (SELECT coalesce(array_agg(id), '{}') FROM area)
$$;


ALTER FUNCTION kairan.choices_known(categories smallint[], areas smallint[]) OWNER TO kairan_owner;

--
-- Name: chunk_claim(text, integer, text[], integer[], integer, time without time zone, time without time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_claim(host_ text, slot_ integer, lanes text[], wants integer[], chunks integer, quiet_from time without time zone, quiet_to time without time zone) RETURNS TABLE(chunk bigint, token bigint, alert bigint, attempt smallint, again boolean, contact bigint, address text, lang text, lane text, handover bigint, variant text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
    routine boolean := routine_hours(quiet_from, quiet_to);
    running bigint[];
BEGIN
    SELECT array_agg(a.id) INTO running
    FROM alert a JOIN alert_version v ON v.alert = a.id AND v.version = a.version
    WHERE a.state = 'sending' AND v.valid_until > clock_timestamp() AND (v.urgent OR routine);
    IF running IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH ready AS MATERIALIZED (
        SELECT k.id, w.want, sum(k.size) OVER (PARTITION BY w.lane ORDER BY k.urgent DESC, k.not_before,
            k.id) - k.size AS before
        FROM unnest(lanes, wants) AS w (lane, want), LATERAL (
            SELECT c.id, c.size, c.urgent, c.not_before FROM chunk c
            WHERE c.lane = w.lane AND c.state = 'waiting' AND c.not_before <= clock_timestamp()
                AND c.alert = ANY (running)
            ORDER BY c.urgent DESC, c.not_before, c.id
            FOR UPDATE SKIP LOCKED LIMIT chunks
        ) AS k WHERE w.want > 0
    ), mine AS (
        UPDATE chunk c SET state = 'leased', host = host_, slot = slot_, token = nextval('lease_token')
        FROM ready r WHERE c.id = r.id AND r.before < r.want
        RETURNING c.*
    )
    SELECT m.id, m.token, m.alert, m.attempt, m.again, member,
        CASE WHEN k.gone_at IS NULL AND k.suspended_at IS NULL THEN k.address END,
        coalesce(s.lang, 'ja'), m.lane::text, m.handover, m.variant
    FROM mine m, unnest(m.members) AS member LEFT JOIN contact k ON k.id = member
        LEFT JOIN subscriber s ON s.id = k.subscriber
    ORDER BY m.id, member;
END $$;


ALTER FUNCTION kairan.chunk_claim(host_ text, slot_ integer, lanes text[], wants integer[], chunks integer, quiet_from time without time zone, quiet_to time without time zone) OWNER TO kairan_owner;

--
-- Name: chunk_close(bigint, bigint, bigint[], integer, bigint[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    c chunk;
    left_ bigint[];
BEGIN
    UPDATE chunk SET state = 'closed' WHERE id = chunk_ AND token = token_ AND state = 'leased'
    RETURNING * INTO c;
    IF c.id IS NULL THEN
        RETURN false;
    END IF;
    left_ := members_left(c.alert, c.members);
    IF left_ IS NULL THEN
        -- Whoever recorded the last outcomes may have left the totals to others. Of two chunks that are
        -- closed in the same moment neither knows itself the last: then the sweep ends it.
        IF NOT EXISTS (SELECT FROM chunk WHERE alert = c.alert AND state <> 'closed')
            AND EXISTS (SELECT FROM broadcast WHERE alert = c.alert AND total IS NOT NULL AND ended_at IS NULL) THEN
            PERFORM broadcast_finish(c.alert);
        END IF;
        RETURN true;
    END IF;
    INSERT INTO chunk (alert, urgent, lane, members, attempt, again, not_before, handover, variant)
    SELECT c.alert, c.urgent, coalesce(lane, 'other'), array_agg(m ORDER BY m),
        CASE kind WHEN 'rest' THEN c.attempt ELSE c.attempt + 1 END,
        c.again OR kind = 'unknown',
        clock_timestamp() + make_interval(secs => CASE kind WHEN 'temporary' THEN delay_s ELSE 0 END),
        CASE WHEN c.again OR kind = 'unknown' THEN c.handover ELSE nextval('handover') END, c.variant
    FROM (SELECT m, d.lane, CASE WHEN m = ANY (unknown) THEN 'unknown'
            WHEN m = ANY (temporary) THEN 'temporary' ELSE 'rest' END AS kind
        FROM unnest(left_) AS m LEFT JOIN contact k ON k.id = m
            LEFT JOIN lane_domain d ON d.domain = domain_of(k.address)) AS sorted
    GROUP BY kind, lane;
    -- 'routine': nobody need look for what is urgent
    PERFORM pg_notify('kairan_work', CASE WHEN c.urgent THEN c.alert::text ELSE 'routine' END);
    RETURN true;
END $$;


ALTER FUNCTION kairan.chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]) OWNER TO kairan_owner;

--
-- Name: chunk_doubt(bigint, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_doubt(chunk_ bigint, token_ bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE chunk SET again = true WHERE id = chunk_ AND token = token_ AND state = 'leased'
$$;


ALTER FUNCTION kairan.chunk_doubt(chunk_ bigint, token_ bigint) OWNER TO kairan_owner;

--
-- Name: chunk_free_silent(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_free_silent() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    n int;
BEGIN
    WITH silent AS (
        SELECT host FROM worker GROUP BY host HAVING max(seen) < clock_timestamp() - interval '60 seconds'
    ), letters AS (
        UPDATE letter l SET state = 'waiting', not_before = now() FROM silent s
        WHERE l.host = s.host AND l.state = 'leased'
    ), taken AS (
        UPDATE chunk c SET state = 'closed' FROM silent s
        WHERE c.host = s.host AND c.state = 'leased'
        RETURNING c.*
    ), fresh AS (
        INSERT INTO chunk (alert, urgent, lane, members, attempt, again, handover, variant)
        SELECT t.alert, t.urgent, t.lane, rest.members, t.attempt, true, t.handover, t.variant
        FROM taken t, LATERAL (SELECT members_left(t.alert, t.members) AS members) AS rest
        WHERE rest.members IS NOT NULL
    )
    SELECT count(*) INTO n FROM taken;
    PERFORM pg_notify('kairan_work', '') WHERE n > 0;
    RETURN n;
END $$;


ALTER FUNCTION kairan.chunk_free_silent() OWNER TO kairan_owner;

--
-- Name: chunk_held(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_held(host_ text, slot_ integer) RETURNS TABLE(chunk bigint, token bigint, alert bigint, attempt smallint, again boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT id, token, alert, attempt, again FROM chunk
    WHERE host = host_ AND slot = slot_ AND state = 'leased' ORDER BY id
$$;


ALTER FUNCTION kairan.chunk_held(host_ text, slot_ integer) OWNER TO kairan_owner;

--
-- Name: chunk_slots(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.chunk_slots(host_ text) RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT DISTINCT slot FROM chunk WHERE host = host_ AND state = 'leased'
$$;


ALTER FUNCTION kairan.chunk_slots(host_ text) OWNER TO kairan_owner;

--
-- Name: complaint_act(bigint, bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.complaint_act(alert_ bigint, contact_ bigint, at_ timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    c contact;
    v alert_version;
    rest smallint[];
BEGIN
    SELECT * INTO c FROM contact WHERE id = contact_ AND gone_at IS NULL AND suspended_at IS NULL FOR UPDATE;
    IF c.id IS NULL THEN
        RETURN;
    END IF;
    SELECT x.* INTO v FROM alert_version x JOIN approval p ON p.alert = x.alert AND p.version = x.version
    WHERE x.alert = alert_;
    SELECT coalesce(array_agg(k), '{}') INTO rest
    FROM subscriber s, unnest(s.categories) AS k WHERE s.id = c.subscriber AND k <> ALL (v.categories);
    IF v.everybody OR rest = '{}'
        OR EXISTS (SELECT FROM contact o WHERE o.subscriber = c.subscriber AND o.id <> c.id AND o.gone_at IS NULL) THEN
        INSERT INTO doubt AS d (contact, judge_at, suspended_at, reason)
        VALUES (contact_, 'infinity', at_, 'complaint')
        ON CONFLICT (contact) DO UPDATE SET judge_at = 'infinity', suspended_at = at_, reason = 'complaint';
        UPDATE contact SET suspended_at = at_ WHERE id = contact_;
    ELSE
        UPDATE subscriber SET categories = rest, own = true WHERE id = c.subscriber;
    END IF;
END $$;


ALTER FUNCTION kairan.complaint_act(alert_ bigint, contact_ bigint, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: credential_past; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.credential_past (
    id bigint NOT NULL,
    person bigint NOT NULL,
    salt bytea NOT NULL,
    cost text NOT NULL,
    verifier bytea NOT NULL,
    CONSTRAINT credential_past_salt_check CHECK ((octet_length(salt) = 16)),
    CONSTRAINT credential_past_verifier_check CHECK ((octet_length(verifier) = 32))
);


ALTER TABLE kairan.credential_past OWNER TO kairan_owner;

--
-- Name: credential_former(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.credential_former(person_ bigint) RETURNS SETOF kairan.credential_past
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT * FROM credential_past WHERE person = person_ ORDER BY id DESC
    LIMIT (SELECT CASE WHEN one_time THEN 5 ELSE 4 END FROM credential WHERE person = person_)
$$;


ALTER FUNCTION kairan.credential_former(person_ bigint) OWNER TO kairan_owner;

--
-- Name: credential_one_time(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.credential_one_time(person_ bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE credential SET one_time = true, one_time_until = clock_timestamp() + make_interval(hours => limit_one_time_hours()),
        one_time_used = NULL
    WHERE person = person_
$$;


ALTER FUNCTION kairan.credential_one_time(person_ bigint) OWNER TO kairan_owner;

--
-- Name: credential_raise(text, bytea, bytea, text, bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    live session := session_door(token);
BEGIN
    UPDATE credential c SET salt = credential_raise.salt, cost = credential_raise.cost,
        verifier = credential_raise.verifier
    WHERE c.person = live.person AND c.verifier = sha256(proof);
    RETURN FOUND;
END $$;


ALTER FUNCTION kairan.credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea) OWNER TO kairan_owner;

--
-- Name: credential_reset(kairan.actor, bigint, bytea, text, bytea, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.credential_reset(me kairan.actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
BEGIN
    IF NOT may(me, 'form.accept') THEN
        PERFORM refuse('denied', 'Only an administrator may give a new password.');
    END IF;
    IF me.person = person_ THEN
        PERFORM refuse('denied', 'Nobody may give himself or herself a new password. Change it instead.');
    END IF;
    IF NOT EXISTS (SELECT FROM person p WHERE p.id = person_) THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    IF trim(reason) = '' THEN
        PERFORM refuse('invalid', 'Write the reason.', 'reason');
    END IF;
    INSERT INTO credential_past (person, salt, cost, verifier)
    SELECT c.person, c.salt, c.cost, c.verifier FROM credential c WHERE c.person = person_ AND NOT c.one_time;
    INSERT INTO credential AS c (person, salt, cost, verifier) VALUES (person_, salt, cost, verifier)
    ON CONFLICT (person) DO UPDATE SET salt = EXCLUDED.salt, cost = EXCLUDED.cost, verifier = EXCLUDED.verifier,
        set_at = clock_timestamp(), warned = NULL;
    PERFORM credential_one_time(person_);
    UPDATE session s SET ended_at = clock_timestamp() WHERE s.person = person_ AND s.ended_at IS NULL;
    DELETE FROM device d WHERE d.person = person_;
    PERFORM letter_staff('password-reset', person_);
    PERFORM oplog_act(me, 'password.reset', 'person ' || person_, reason);
END $$;


ALTER FUNCTION kairan.credential_reset(me kairan.actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text) OWNER TO kairan_owner;

--
-- Name: day_before(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_before(at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT at - interval '1 second'
$$;


ALTER FUNCTION kairan.day_before(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: day_closed(date); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_closed(day_ date) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN t.day IS NOT NULL THEN CASE WHEN NOT t.open THEN t.note END
        ELSE coalesce(public_holiday(day_),
            CASE WHEN to_char(day_, 'MMDD') IN ('1229', '1230', '1231', '0101', '0102', '0103')
                THEN 'Year-end and New Year' END,
            CASE extract(isodow FROM day_) WHEN 6 THEN 'Saturday' WHEN 7 THEN 'Sunday' END) END
    FROM (SELECT 1) AS one LEFT JOIN town_day t ON t.day = day_
$$;


ALTER FUNCTION kairan.day_closed(day_ date) OWNER TO kairan_owner;

--
-- Name: day_era(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_era(at timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(format('令和%s年%s月%s日', extract(year FROM d) - 2018, extract(month FROM d), extract(day FROM d)), '')
    FROM (SELECT (at AT TIME ZONE 'Asia/Tokyo')::date) AS one (d)
$$;


ALTER FUNCTION kairan.day_era(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: day_first(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_first(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    SELECT regexp_replace(to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ' 00:00$', '')
$_$;


ALTER FUNCTION kairan.day_first(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: day_jst(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_jst(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI')
$$;


ALTER FUNCTION kairan.day_jst(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: day_last(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_last(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE WHEN to_char(at AT TIME ZONE 'Asia/Tokyo', 'HH24:MI') = '00:00'
        THEN to_char(at AT TIME ZONE 'Asia/Tokyo' - interval '1 minute', 'YYYY-MM-DD')
        ELSE to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') END
$$;


ALTER FUNCTION kairan.day_last(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: day_set(text, date, boolean, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_set(token text, day_ date, open_ boolean, note_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    IF note_ !~ '\S' OR char_length(note_) > 100 OR note_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please say what day it is, in at most 100 characters.', 'note');
    END IF;
    IF day_ NOT BETWEEN '2022-01-01' AND '2099-12-31' THEN
        PERFORM refuse('invalid', 'Please give a day of the years 2022 to 2099.', 'day');
    END IF;
    INSERT INTO town_day (day, open, note, person) VALUES (day_, open_, note_, a.person)
    ON CONFLICT (day) DO UPDATE SET open = open_, note = note_, person = a.person, at = now();
    PERFORM oplog_act(a, 'calendar.set', 'day ' || day_,
        facts => jsonb_build_object('open', CASE WHEN open_ THEN note_ END, 'closed', CASE WHEN NOT open_ THEN note_ END));
END $$;


ALTER FUNCTION kairan.day_set(token text, day_ date, open_ boolean, note_ text, network inet) OWNER TO kairan_owner;

--
-- Name: day_unset(text, date, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.day_unset(token text, day_ date, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := calendar_administrator(token, network);
BEGIN
    DELETE FROM town_day WHERE day = day_;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This day is none of the town''s own.');
    END IF;
    PERFORM oplog_act(a, 'calendar.unset', 'day ' || day_);
END $$;


ALTER FUNCTION kairan.day_unset(token text, day_ date, network inet) OWNER TO kairan_owner;

--
-- Name: delegation_candidates(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_candidates(token text) RETURNS TABLE(department bigint, department_name text, department_name_en text, person bigint, name text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'delegation.make') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT d.id, d.name, d.name_en, p.id, p.name
        FROM department d JOIN person p ON may_be_delegate(p.id, d.id)
        WHERE sees(me, d.id) ORDER BY d.id, p.name, p.id;
END $$;


ALTER FUNCTION kairan.delegation_candidates(token text) OWNER TO kairan_owner;

--
-- Name: delegation_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF (NEW.department, NEW.approver, NEW.person, NEW.during, NEW.reason, NEW.made_by, NEW.made)
        IS DISTINCT FROM (OLD.department, OLD.approver, OLD.person, OLD.during, OLD.reason, OLD.made_by, OLD.made)
        OR OLD.ended < now() AND (NEW.ended, NEW.ended_by, NEW.end_reason)
        IS DISTINCT FROM (OLD.ended, OLD.ended_by, OLD.end_reason) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'delegation');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.delegation_check() OWNER TO kairan_owner;

--
-- Name: delegation_cut(bigint, timestamp with time zone, bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_cut(delegation_ bigint, at timestamp with time zone, by_ bigint, reason_ text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    UPDATE delegation SET ended = at, ended_by = by_, end_reason = left(reason_, limit_reason_chars()) WHERE id = delegation_;
    PERFORM post_cut(d.post, at, reason_);
END $$;


ALTER FUNCTION kairan.delegation_cut(delegation_ bigint, at timestamp with time zone, by_ bigint, reason_ text) OWNER TO kairan_owner;

--
-- Name: delegation_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_list(token text) RETURNS TABLE(id bigint, department text, department_en text, approver text, person bigint, delegate text, begins timestamp with time zone, ends timestamp with time zone, reason text, by_name text, state text, ended timestamp with time zone, ended_by text, end_reason text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT g.id, d.name, d.name_en, a.name, g.person, p.name, lower(g.during),
            coalesce(upper(o.during), g.ended), g.reason, b.name,
            CASE WHEN o.id IS NULL OR upper(o.during) <= now() THEN 'over'
                WHEN lower(o.during) > now() THEN 'future' ELSE 'now' END,
            g.ended, e.name, g.end_reason
        FROM delegation g JOIN department d ON d.id = g.department JOIN person p ON p.id = g.person
            JOIN person b ON b.id = g.made_by LEFT JOIN person a ON a.id = g.approver
            LEFT JOIN person e ON e.id = g.ended_by LEFT JOIN post o ON o.id = g.post
        WHERE sees(me, g.department)
            AND (may(me, 'delegation.make') OR me.role = ANY (roles_townwide()) OR g.person = me.person)
        ORDER BY g.id DESC LIMIT 200;
END $$;


ALTER FUNCTION kairan.delegation_list(token text) OWNER TO kairan_owner;

--
-- Name: delegation_make(text, bigint, bigint, timestamp with time zone, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_make(token text, department_ bigint, person_ bigint, from_ timestamp with time zone, until_ timestamp with time zone, reason_ text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
    during_ tstzrange := period(begin_at(from_, 'from'), until_);
    for_ bigint;
    made_ bigint;
    opened bigint;
BEGIN
    IF NOT may(me, 'delegation.make') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    END IF;
    IF me.role = 'approver' THEN
        department_ := me.department;
    END IF;
    PERFORM department_there(department_);
    PERFORM need_reason(reason_);
    IF until_ IS NULL OR until_ > lower(during_) + make_interval(days => limit_period_days()) THEN
        PERFORM refuse('invalid', 'Choose the last day, within a year.', 'until');
    END IF;
    SELECT o.person INTO for_ FROM post o WHERE o.department = department_ AND o.role = 'approver'
        AND lower(o.during) <= now() ORDER BY lower(o.during) DESC LIMIT 1;
    IF EXISTS (SELECT FROM post o WHERE o.department = department_ AND o.role = 'approver'
        AND o.person IS DISTINCT FROM for_ AND lower(o.during) > now() AND lower(o.during) < until_) THEN
        PERFORM refuse('conflict', 'Another approver takes office before that day. Choose an earlier last day.', 'until');
    END IF;
    IF NOT may_be_delegate(person_, department_) THEN
        PERFORM refuse('conflict', 'A delegate belongs to the department, and neither drafts nor approves there.', 'person');
    END IF;
    opened := post_open(person_, 'delegate', department_, during_);
    INSERT INTO delegation (department, approver, person, post, during, reason, made_by)
    VALUES (department_, for_, person_, opened, during_, reason_, me.person) RETURNING id INTO made_;
    PERFORM oplog_act(me, 'delegation.make', 'person ' || person_, reason_,
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN made_;
END $$;


ALTER FUNCTION kairan.delegation_make(token text, department_ bigint, person_ bigint, from_ timestamp with time zone, until_ timestamp with time zone, reason_ text, network inet) OWNER TO kairan_owner;

--
-- Name: delegation_principal(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_principal(post_ bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT approver FROM delegation WHERE post = post_
$$;


ALTER FUNCTION kairan.delegation_principal(post_ bigint) OWNER TO kairan_owner;

--
-- Name: delegation_revoke(text, bigint, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delegation_revoke(token text, delegation_ bigint, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
    d delegation;
BEGIN
    SELECT * INTO d FROM delegation WHERE id = delegation_ FOR UPDATE;
    IF d.id IS NULL OR NOT sees(me, d.department) THEN
        PERFORM refuse('missing', 'There is no such delegation.');
    ELSIF NOT may(me, 'delegation.revoke') THEN
        PERFORM refuse('denied', 'Only the approver, or the administrator, may delegate.');
    ELSIF NOT EXISTS (SELECT FROM post o WHERE o.id = d.post AND upper(o.during) > now()) THEN
        PERFORM refuse('conflict', 'This delegation is over already.');
    END IF;
    PERFORM need_reason(reason);
    PERFORM delegation_cut(delegation_, now(), me.person, reason);
    PERFORM oplog_act(me, 'delegation.revoke', 'person ' || d.person, reason);
END $$;


ALTER FUNCTION kairan.delegation_revoke(token text, delegation_ bigint, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: delivery_partition(date); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.delivery_partition(month date) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    parent text;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month, '_YYYYMM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                parent, name, month, (month + interval '1 month')::date);
        END IF;
    END LOOP;
END $$;


ALTER FUNCTION kairan.delivery_partition(month date) OWNER TO kairan_owner;

--
-- Name: department_add(text, text, text, text, boolean, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'department.add');
    made bigint;
    rule text;
BEGIN
    PERFORM need_name(name_);
    BEGIN
        INSERT INTO department (code, name, name_en, of_administrator)
        VALUES (code_, name_, name_en_, of_administrator_) RETURNING id INTO made;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.add', 'department ' || made,
        facts => jsonb_build_object('code', code_, 'name', name_));
    RETURN made;
END $$;


ALTER FUNCTION kairan.department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean, network inet) OWNER TO kairan_owner;

--
-- Name: department_change(text, bigint, text, text, boolean, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_change(token text, department_ bigint, name_ text, name_en_ text, of_administrator_ boolean, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'department.change');
    old department;
    rule text;
BEGIN
    SELECT * INTO old FROM department WHERE id = department_ FOR NO KEY UPDATE;
    IF old.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such department.');
    END IF;
    PERFORM need_name(name_);
    BEGIN
        UPDATE department SET name = name_, name_en = name_en_, of_administrator = of_administrator_
        WHERE id = department_;
    EXCEPTION WHEN unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM department_refused(rule);
    END;
    PERFORM oplog_act(me, 'department.change', 'department ' || department_,
        facts => jsonb_build_object('name_was', old.name, 'name_is', name_));
END $$;


ALTER FUNCTION kairan.department_change(token text, department_ bigint, name_ text, name_en_ text, of_administrator_ boolean, network inet) OWNER TO kairan_owner;

--
-- Name: department_choices(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_choices(token text) RETURNS TABLE(department bigint, name text, name_en text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d WHERE sees(me, d.id) ORDER BY d.id;
END $$;


ALTER FUNCTION kairan.department_choices(token text) OWNER TO kairan_owner;

--
-- Name: department_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_list(token text) RETURNS TABLE(department bigint, code text, name text, name_en text, of_administrator boolean, approver bigint, approver_name text, approver_suspended boolean, successor_name text, successor_from timestamp with time zone, empty_from timestamp with time zone, drafters integer, delegates integer, waiting integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM staff_reader(token, NULL);
    RETURN QUERY
        SELECT d.id, d.code, d.name, d.name_en, d.of_administrator, h.id, h.name, h.suspended_at IS NOT NULL,
            n.name, n.begins,
            -- the first moment of the next 14 days without an approver
            (SELECT lower(tstzmultirange(tstzrange(now(), now() + make_interval(days => limit_vacancy_days())))
                - coalesce(range_agg(o.during), '{}')) FROM post o WHERE o.department = d.id AND o.role = 'approver'),
            (SELECT count(DISTINCT o.person)::int FROM post o
                WHERE o.department = d.id AND o.role = 'drafter' AND o.during @> now()),
            (SELECT count(DISTINCT o.person)::int FROM post o
                WHERE o.department = d.id AND o.role = 'delegate' AND o.during @> now()),
            (SELECT count(*)::int FROM alert a WHERE a.department = d.id AND a.state = 'submitted')
        FROM department d
            LEFT JOIN LATERAL (SELECT p.* FROM post o JOIN person p ON p.id = o.person
                WHERE o.department = d.id AND o.role = 'approver' AND o.during @> now()) AS h ON true
            LEFT JOIN LATERAL (SELECT p.name, lower(o.during) AS begins FROM post o JOIN person p ON p.id = o.person
                WHERE o.department = d.id AND o.role = 'approver' AND lower(o.during) > now()
                ORDER BY lower(o.during) LIMIT 1) AS n ON true
        ORDER BY d.id;
END $$;


ALTER FUNCTION kairan.department_list(token text) OWNER TO kairan_owner;

--
-- Name: department_name_at(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_name_at(department_ bigint, at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce((SELECT n.name FROM department_name n WHERE n.department = department_ AND n.until > at
        ORDER BY n.until LIMIT 1), (SELECT d.name FROM department d WHERE d.id = department_))
$$;


ALTER FUNCTION kairan.department_name_at(department_ bigint, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: department_refused(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_refused(rule text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF rule = 'department_code_key' THEN
        PERFORM refuse('conflict', 'Another department has this code.', 'code');
    ELSIF rule = 'department_name_key' THEN
        PERFORM refuse('conflict', 'Another department has this name.', 'name');
    ELSIF rule = 'department_code_check' THEN
        PERFORM refuse('invalid', 'A code has at most 31 small letters, digits or hyphens, and begins with a letter.', 'code');
    END IF;
    PERFORM refuse('invalid', 'Type the name, in at most 100 characters.', 'name', rule);
END $$;


ALTER FUNCTION kairan.department_refused(rule text) OWNER TO kairan_owner;

--
-- Name: department_renamed(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_renamed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF NEW.code <> OLD.code THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'department');
    END IF;
    IF NEW.name <> OLD.name THEN
        INSERT INTO department_name (department, name, until) VALUES (OLD.id, OLD.name, clock_timestamp());
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.department_renamed() OWNER TO kairan_owner;

--
-- Name: department; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.department (
    id bigint NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    of_administrator boolean DEFAULT false NOT NULL,
    CONSTRAINT department_code_check CHECK ((code ~ '^[a-z][a-z0-9-]{0,30}$'::text)),
    CONSTRAINT department_name_check CHECK (((name <> ''::text) AND (name !~ '[[:cntrl:]]'::text))),
    CONSTRAINT department_name_en_check CHECK ((name_en !~ '[[:cntrl:]]'::text))
);


ALTER TABLE kairan.department OWNER TO kairan_owner;

--
-- Name: department_there(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.department_there(department_ bigint) RETURNS kairan.department
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    d department;
BEGIN
    SELECT * INTO d FROM department WHERE id = department_;
    IF d.id IS NULL THEN
        PERFORM refuse('invalid', 'Choose a department.', 'department');
    END IF;
    RETURN d;
END $$;


ALTER FUNCTION kairan.department_there(department_ bigint) OWNER TO kairan_owner;

--
-- Name: domain_of(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.domain_of(address text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT split_part(address, '@', 2)
$$;


ALTER FUNCTION kairan.domain_of(address text) OWNER TO kairan_owner;

--
-- Name: doubt_clear(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.doubt_clear() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE doubt SET cleared_at = now(), warned_at = NULL, suspended_at = NULL, reason = NULL,
        judge_at = 'infinity'
    WHERE contact = NEW.id;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.doubt_clear() OWNER TO kairan_owner;

--
-- Name: doubt; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.doubt (
    contact bigint NOT NULL,
    judge_at timestamp with time zone NOT NULL,
    cleared_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    warned_at timestamp with time zone,
    suspended_at timestamp with time zone,
    reason text,
    CONSTRAINT doubt_check CHECK (((reason IS NULL) = ((warned_at IS NULL) AND (suspended_at IS NULL)))),
    CONSTRAINT doubt_reason_check CHECK ((reason = ANY (ARRAY['permanent'::text, 'temporary'::text, 'complaint'::text])))
);


ALTER TABLE kairan.doubt OWNER TO kairan_owner;

--
-- Name: doubt_judge(kairan.doubt, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.doubt_judge(d kairan.doubt, at_ timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    grace interval := interval '7 days';
    since timestamptz := greatest(d.cleared_at, at_ - interval '180 days');
    why text;
    last_ timestamptz;
BEGIN
    SELECT max(at) INTO last_ FROM bounce WHERE contact = d.contact AND kind IN ('permanent', 'temporary');
    IF doubt_refuted(d.contact, last_, at_) THEN
        UPDATE doubt SET cleared_at = greatest(cleared_at, last_), warned_at = NULL, reason = NULL,
            judge_at = 'infinity' WHERE contact = d.contact;
        RETURN;
    END IF;
    why := doubt_reason(d.contact, since);
    IF why IS NULL THEN
        UPDATE doubt SET warned_at = NULL, reason = NULL, judge_at = 'infinity' WHERE contact = d.contact;
    ELSIF d.warned_at IS NULL THEN
        UPDATE doubt SET warned_at = at_, reason = why, judge_at = at_ + grace WHERE contact = d.contact;
        PERFORM letter_add('warn', s.lang, c.id, c.address, NULL, at_ + grace)
        FROM contact c JOIN subscriber s ON s.id = c.subscriber WHERE c.id = d.contact;
    ELSIF at_ < d.warned_at + grace THEN
        UPDATE doubt SET judge_at = warned_at + grace WHERE contact = d.contact;
    ELSE
        UPDATE doubt SET suspended_at = at_, reason = why, judge_at = 'infinity' WHERE contact = d.contact;
        UPDATE contact SET suspended_at = at_ WHERE id = d.contact;
    END IF;
END $$;


ALTER FUNCTION kairan.doubt_judge(d kairan.doubt, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: doubt_reason(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.doubt_reason(contact_ bigint, since timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE
        WHEN count(*) FILTER (WHERE permanent) >= CASE WHEN count(*) FILTER (WHERE status = '5.1.1') >= 2 THEN 2 ELSE 3 END
            AND max(at) FILTER (WHERE permanent) >= min(at) FILTER (WHERE permanent) + interval '7 days'
        THEN 'permanent'
        WHEN count(*) >= 5 AND max(at) >= min(at) + interval '14 days' THEN 'temporary' END
    FROM (SELECT at, status, kind = 'permanent' AS permanent FROM bounce b
        WHERE contact = contact_ AND at > since AND kind IN ('permanent', 'temporary')
            AND NOT EXISTS (SELECT FROM bounce_storm s
                WHERE s.alert = b.alert AND s.verdict IS DISTINCT FROM 'count')) AS failures
$$;


ALTER FUNCTION kairan.doubt_reason(contact_ bigint, since timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: doubt_refuted(bigint, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.doubt_refuted(contact_ bigint, last_ timestamp with time zone, at_ timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (
        SELECT FROM broadcast b JOIN outcome o ON o.alert = b.alert AND o.month = b.month
            AND o.contact = contact_ AND o.final AND o.result = 'accepted'
        WHERE o.at > last_ AND o.at <= at_ - interval '3 days' AND b.started_at > last_ - interval '7 days'
            AND NOT EXISTS (SELECT FROM bounce n WHERE n.alert = b.alert AND n.contact = contact_))
$$;


ALTER FUNCTION kairan.doubt_refuted(contact_ bigint, last_ timestamp with time zone, at_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: end_called(kairan.result, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.end_called(given kairan.result, in_doubt boolean) RETURNS kairan.result
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE WHEN in_doubt AND given IN ('cancelled', 'expired') THEN 'unknown' ELSE given END
$$;


ALTER FUNCTION kairan.end_called(given kairan.result, in_doubt boolean) OWNER TO kairan_owner;

--
-- Name: factor_accept(bigint, text, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_accept(person_ bigint, typed text, at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    f factor;
    step bigint;
BEGIN
    SELECT * INTO f FROM factor WHERE person = person_ FOR UPDATE;
    IF f.pending IS NULL OR f.pending_at <= at - interval '1 hour' THEN
        PERFORM refuse('conflict', 'This took too long. Please start the setting up again.');
    END IF;
    IF f.wait_until > at AND f.wait_until <= at + interval '1 hour' THEN
        PERFORM refuse('limit', 'Too many wrong codes. Please wait, or use a recovery code.', 'code');
    END IF;
    step := totp_match(factor_open(f.pending), factor_code(typed), at, 0);
    IF step IS NULL THEN
        UPDATE factor SET wrong = f.wrong + 1, wait_until = at + factor_delay(f.wrong + 1) WHERE person = person_;
        RETURN NULL;
    END IF;
    UPDATE factor SET seed = pending, confirmed_at = at, last_step = step, pending = NULL, pending_at = NULL, wrong = 0,
        wait_until = NULL
    WHERE person = person_;
    RETURN step;
END $$;


ALTER FUNCTION kairan.factor_accept(person_ bigint, typed text, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: factor_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF NEW.person <> OLD.person OR (NEW.seed IS NOT DISTINCT FROM OLD.seed AND NEW.last_step < OLD.last_step) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'factor');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.factor_check() OWNER TO kairan_owner;

--
-- Name: factor_code(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_code(typed text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT upper(regexp_replace(normalize(left(typed, 100), NFKC), '[\s‐‑‒–—―−ー-]', '', 'g'))
$$;


ALTER FUNCTION kairan.factor_code(typed text) OWNER TO kairan_owner;

--
-- Name: factor_confirm(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_confirm(token text, code text, network inet) RETURNS TABLE(fresh text, codes text[])
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_held(token);
BEGIN
    PERFORM factor_may_set(live);
    IF factor_accept(live.person, code, clock_timestamp()) IS NULL THEN
        PERFORM oplog_session(live, 'factor.confirm', '', 'refused', '', network,
            facts => jsonb_build_object('refusal', 'The code is wrong, or was used before.'));
        RETURN;
    END IF;
    codes := recovery_make(live.person);
    UPDATE session SET proved_at = NULL WHERE person = live.person AND id <> live.id AND ended_at IS NULL;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    PERFORM letter_staff('factor-set', live.person);
    PERFORM oplog_session(live, 'factor.confirm', '', 'done', '', network);
    RETURN NEXT;
END $$;


ALTER FUNCTION kairan.factor_confirm(token text, code text, network inet) OWNER TO kairan_owner;

--
-- Name: factor_delay(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_delay(wrong integer) RETURNS interval
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE WHEN wrong < 5 THEN interval '0' WHEN wrong >= 10 THEN interval '1 hour'
        ELSE make_interval(secs => 30 * 2 ^ (wrong - 5)) END
$$;


ALTER FUNCTION kairan.factor_delay(wrong integer) OWNER TO kairan_owner;

--
-- Name: factor_enrol(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_enrol(token text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_held(token);
BEGIN
    PERFORM factor_may_set(live);
    INSERT INTO factor (person, pending, pending_at)
    VALUES (live.person, factor_seal(gen_random_bytes(20)), clock_timestamp())
    ON CONFLICT (person) DO UPDATE SET pending = EXCLUDED.pending, pending_at = EXCLUDED.pending_at;
    PERFORM oplog_session(live, 'factor.enrol', '', 'done', '', network);
END $$;


ALTER FUNCTION kairan.factor_enrol(token text, network inet) OWNER TO kairan_owner;

--
-- Name: factor_forget(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_forget(person_ bigint) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM recovery_code WHERE person = person_;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = person_ AND ended_at IS NULL;
    DELETE FROM factor WHERE person = person_;
    RETURN FOUND;
END $$;


ALTER FUNCTION kairan.factor_forget(person_ bigint) OWNER TO kairan_owner;

--
-- Name: factor_fresh(kairan.actor); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_fresh(a kairan.actor) RETURNS void
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT proof_ask(a.session)
$$;


ALTER FUNCTION kairan.factor_fresh(a kairan.actor) OWNER TO kairan_owner;

--
-- Name: factor_held(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_held(person_ bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM factor WHERE person = person_ AND confirmed_at IS NOT NULL);
END $$;


ALTER FUNCTION kairan.factor_held(person_ bigint) OWNER TO kairan_owner;

--
-- Name: factor_info(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_info(token text) RETURNS TABLE(held boolean, since timestamp with time zone, needed boolean, recovery_left integer, proved boolean, wait_s integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN QUERY SELECT factor_held(live.person), f.confirmed_at, factor_needed(live.post),
            (SELECT count(*)::int FROM recovery_code r WHERE r.person = live.person AND r.used_at IS NULL),
            NOT proof_lacking(live),
            greatest(0, least(3600, ceil(extract(epoch FROM f.wait_until - clock_timestamp()))))::int
        FROM (SELECT 1) AS one LEFT JOIN factor f ON f.person = live.person;
END $$;


ALTER FUNCTION kairan.factor_info(token text) OWNER TO kairan_owner;

--
-- Name: factor_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_list(token text) RETURNS TABLE(person bigint, login text, name text, needed boolean, held boolean, since timestamp with time zone, recovery_left integer, own boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    IF NOT may(a, 'factor.read') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN QUERY
        SELECT p.id, p.login, p.name,
            EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp() AND factor_needed(o.id)),
            factor_held(p.id), f.confirmed_at,
            (SELECT count(*)::int FROM recovery_code r WHERE r.person = p.id AND r.used_at IS NULL), p.id = a.person
        FROM person p LEFT JOIN factor f ON f.person = p.id
        WHERE EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp())
        ORDER BY p.login;
END $$;


ALTER FUNCTION kairan.factor_list(token text) OWNER TO kairan_owner;

--
-- Name: session; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.session (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    person bigint NOT NULL,
    post bigint,
    made timestamp with time zone DEFAULT now() NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL,
    idle interval NOT NULL,
    ends timestamp with time zone NOT NULL,
    network inet,
    agent text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone,
    idle_strict interval DEFAULT '00:15:00'::interval NOT NULL,
    password_days integer DEFAULT 90 NOT NULL,
    new_place boolean DEFAULT false NOT NULL,
    proved_at timestamp with time zone,
    odd boolean DEFAULT false NOT NULL,
    odd_reason text,
    CONSTRAINT session_check CHECK ((ends <= (made + '12:00:00'::interval))),
    CONSTRAINT session_idle_check CHECK ((idle <= '00:30:00'::interval)),
    CONSTRAINT session_idle_strict_check CHECK ((idle_strict <= '00:15:00'::interval)),
    CONSTRAINT session_odd_reason_check CHECK (((odd_reason ~ '\S'::text) AND (char_length(odd_reason) <= 200))),
    CONSTRAINT session_password_days_check CHECK (((password_days >= 1) AND (password_days <= 90)))
);


ALTER TABLE kairan.session OWNER TO kairan_owner;

--
-- Name: factor_may_set(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_may_set(s kairan.session) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF session_stage(s) NOT IN ('enrol', 'open') THEN
        PERFORM refuse('denied', stage_told(session_stage(s)), session_stage(s));
    END IF;
    IF factor_held(s.person) THEN
        PERFORM proof_ask(s.id);
    END IF;
END $$;


ALTER FUNCTION kairan.factor_may_set(s kairan.session) OWNER TO kairan_owner;

--
-- Name: factor_needed(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_needed(post_ bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM post o, access_rule r WHERE o.id = post_ AND (o.role = ANY (r.factor_roles)
        OR (o.role = 'delegate' AND 'approver' = ANY (r.factor_roles))));
END $$;


ALTER FUNCTION kairan.factor_needed(post_ bigint) OWNER TO kairan_owner;

--
-- Name: factor_open(bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_open(sealed bytea) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT decrypt_iv(substr(sealed, 17), key, substr(sealed, 1, 16), 'aes') FROM secret WHERE name = 'factor'
$$;


ALTER FUNCTION kairan.factor_open(sealed bytea) OWNER TO kairan_owner;

--
-- Name: factor_pending(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_pending(token text) RETURNS TABLE(seed text, login text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    PERFORM factor_may_set(live);
    RETURN QUERY SELECT base32(factor_open(f.pending)), p.login FROM factor f JOIN person p ON p.id = f.person
        WHERE f.person = live.person AND f.pending_at > clock_timestamp() - interval '1 hour';
END $$;


ALTER FUNCTION kairan.factor_pending(token text) OWNER TO kairan_owner;

--
-- Name: factor_prove(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_prove(token text, code text, network inet) RETURNS TABLE(fresh text, kind text, recovery_left integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_held(token);
BEGIN
    IF NOT factor_held(live.person) THEN
        PERFORM refuse('conflict', 'You have no second factor yet. Please set one up.');
    END IF;
    kind := factor_try(live.person, code, clock_timestamp());
    IF kind IS NULL THEN
        PERFORM oplog_session(live, 'factor.prove', '', 'refused', '', network,
            facts => jsonb_build_object('refusal', 'The code is wrong, or was used before.'));
        RETURN;
    END IF;
    UPDATE session SET proved_at = clock_timestamp() WHERE id = live.id;
    fresh := session_rise(live);
    recovery_left := (SELECT count(*) FROM recovery_code r WHERE r.person = live.person AND r.used_at IS NULL);
    PERFORM letter_staff('factor-recovered', live.person) WHERE kind = 'recovery';
    PERFORM oplog_session(live, CASE kind WHEN 'code' THEN 'factor.prove' ELSE 'factor.recover' END, '', 'done',
        '', network, facts => jsonb_build_object('left', CASE kind WHEN 'code' THEN NULL ELSE recovery_left END));
    RETURN NEXT;
END $$;


ALTER FUNCTION kairan.factor_prove(token text, code text, network inet) OWNER TO kairan_owner;

--
-- Name: factor_renew(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_renew(token text, network inet) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_held(token);
    codes text[];
BEGIN
    PERFORM factor_may_set(live);
    IF NOT factor_held(live.person) THEN
        PERFORM refuse('conflict', 'You have no second factor yet. Please set one up.');
    END IF;
    codes := recovery_make(live.person);
    PERFORM letter_staff('factor-codes', live.person);
    PERFORM oplog_session(live, 'factor.renew', '', 'done', '', network);
    RETURN codes;
END $$;


ALTER FUNCTION kairan.factor_renew(token text, network inet) OWNER TO kairan_owner;

--
-- Name: factor_reset(text, bigint, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_reset(token text, person_ bigint, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'factor.reset') THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > limit_reason_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 400 characters.', 'reason');
    END IF;
    IF a.person = person_ THEN
        PERFORM refuse('denied', 'Nobody may reset the second factor of his or her own. Another administrator can, or the operator on the host.');
    END IF;
    IF NOT factor_forget(person_) THEN
        PERFORM refuse('missing', 'This person has no second factor.');
    END IF;
    PERFORM letter_staff('factor-reset', person_);
    PERFORM oplog_act(a, 'factor.reset', 'person ' || person_, reason);
END $$;


ALTER FUNCTION kairan.factor_reset(token text, person_ bigint, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: factor_reset_operator(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_reset_operator(login_ text, reason text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who bigint := (SELECT id FROM person WHERE login = login_);
BEGIN
    IF who IS NULL OR NOT factor_forget(who) THEN
        PERFORM refuse('missing', 'This person has no second factor.', 'login');
    END IF;
    PERFORM letter_staff('factor-reset', who);
    PERFORM oplog_operator('factor.reset', 'person ' || who, reason);
    RETURN true;
END $$;


ALTER FUNCTION kairan.factor_reset_operator(login_ text, reason text) OWNER TO kairan_owner;

--
-- Name: factor_seal(bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_seal(seed bytea) RETURNS bytea
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT iv || encrypt_iv(seed, key, iv, 'aes')
    FROM secret, (SELECT gen_random_bytes(16) AS iv OFFSET 0) AS fresh WHERE name = 'factor'
$$;


ALTER FUNCTION kairan.factor_seal(seed bytea) OWNER TO kairan_owner;

--
-- Name: factor_try(bigint, text, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.factor_try(person_ bigint, typed text, at timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    code text := factor_code(typed);
    f factor;
    step bigint;
BEGIN
    SELECT * INTO f FROM factor WHERE person = person_ FOR UPDATE;
    IF code !~ '^[0-9]{6}$' THEN
        IF throttle_full('recovery', person_::text, 20, '1 hour') THEN
            PERFORM refuse('limit', 'Too many wrong codes. Please wait an hour.', 'code');
        END IF;
        UPDATE recovery_code SET used_at = at WHERE person = person_ AND used_at IS NULL
            AND hash = sha256(convert_to(translate(code, 'OIL', '011'), 'UTF8'));
        IF FOUND THEN
            RETURN 'recovery';
        END IF;
        PERFORM throttle_hit('recovery', person_::text, 0, '1 hour');
        RETURN NULL;
    END IF;
    IF f.wait_until > at AND f.wait_until <= at + interval '1 hour' THEN -- else the clock was set back
        PERFORM refuse('limit', 'Too many wrong codes. Please wait, or use a recovery code.', 'code',
            ceil(extract(epoch FROM f.wait_until - at))::text);
    END IF;
    step := totp_match(factor_open(f.seed), code, at, f.last_step);
    UPDATE factor SET last_step = coalesce(step, last_step), wrong = CASE WHEN step IS NULL THEN f.wrong + 1 ELSE 0 END,
        wait_until = CASE WHEN step IS NULL THEN at + factor_delay(f.wrong + 1) END
    WHERE person = person_;
    RETURN CASE WHEN step IS NOT NULL THEN 'code' END;
END $_$;


ALTER FUNCTION kairan.factor_try(person_ bigint, typed text, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: fanout_defer(bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_defer(alert_ bigint, wait_ms integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE broadcast SET fanout_after = clock_timestamp() + make_interval(secs => least(wait_ms, 60000) / 1000.0)
    WHERE alert = alert_ AND total IS NULL
$$;


ALTER FUNCTION kairan.fanout_defer(alert_ bigint, wait_ms integer) OWNER TO kairan_owner;

--
-- Name: fanout_follow(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_follow(alert_ bigint, most integer, chunk_members integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a alert;
    b broadcast;
    o broadcast;
    n int;
    seen int;
    last_ bigint;
BEGIN
    SELECT * INTO a FROM alert WHERE id = alert_;
    UPDATE chunk SET not_before = 'infinity'
    WHERE alert = a.original AND state = 'waiting' AND not_before < 'infinity';
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    SELECT * INTO o FROM broadcast WHERE alert = a.original;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN 'done';
    END IF;
    IF o.total IS NULL OR (o.ended_at IS NULL AND b.started_at > clock_timestamp() - interval '15 seconds'
        AND EXISTS (SELECT FROM chunk WHERE alert = a.original AND state = 'leased')) THEN
        UPDATE broadcast SET fanout_after = clock_timestamp() + interval '200 milliseconds' WHERE alert = alert_;
        RETURN 'wait';
    END IF;
    WITH chain AS MATERIALIZED (
        SELECT * FROM alert_chain(a.original)
    ), doubt AS MATERIALIZED (
        SELECT c.alert, m FROM chain JOIN chunk c ON c.alert = chain.alert, unnest(c.members) AS m
        WHERE c.state = 'leased' OR (c.state = 'waiting' AND c.again)
    ), given AS MATERIALIZED (
        SELECT d.contact FROM delivery d
        WHERE d.alert = a.original AND d.month = o.month AND d.contact > b.reached
        ORDER BY d.contact LIMIT most
    ), judged AS (
        SELECT g.contact, (SELECT bool_or(coalesce(
                (SELECT e.result IN ('accepted', 'unknown') OR e.again FROM outcome e
                WHERE e.alert = h.alert AND e.contact = g.contact AND e.month = h.month AND e.final),
                (h.alert, g.contact) IN (SELECT * FROM doubt))) FROM chain h) AS reached
        FROM given g
    ), audience AS MATERIALIZED (
        SELECT c.id, j.reached, coalesce(d.lane, 'other') AS lane,
            row_number() OVER (PARTITION BY j.reached, d.lane ORDER BY c.id) - 1 AS place
        FROM judged j JOIN contact c ON c.id = j.contact
            LEFT JOIN lane_domain d ON d.domain = domain_of(c.address)
        WHERE c.gone_at IS NULL AND c.suspended_at IS NULL AND (j.reached OR a.act = 'correction')
    ), deliveries AS (
        INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, id FROM audience
    ), chunks AS (
        INSERT INTO chunk (alert, urgent, lane, members, variant)
        SELECT alert_, v.urgent, u.lane, array_agg(u.id ORDER BY u.id),
            CASE WHEN u.reached THEN 'reached' ELSE 'unreached' END
        FROM audience u JOIN alert_version v ON v.alert = a.id AND v.version = a.version
        GROUP BY v.urgent, u.reached, u.lane, u.place / chunk_members
        ORDER BY u.place / chunk_members, u.lane
    )
    SELECT (SELECT count(*) FROM audience), count(*), coalesce(max(contact), b.reached) INTO n, seen, last_
    FROM given;
    UPDATE broadcast SET reached = last_, written = b.written + n,
        total = CASE WHEN seen < most THEN b.written + n END
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_work', alert_::text) WHERE n > 0;
    IF seen = most THEN
        RETURN 'more';
    END IF;
    PERFORM broadcast_finish(alert_);
    RETURN 'done';
END $$;


ALTER FUNCTION kairan.fanout_follow(alert_ bigint, most integer, chunk_members integer) OWNER TO kairan_owner;

--
-- Name: fanout_next(time without time zone, time without time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_next(quiet_from time without time zone, quiet_to time without time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a alert;
    p approval;
BEGIN
    SELECT k.* INTO a FROM alert k JOIN alert_version v ON v.alert = k.id AND v.version = k.version
        LEFT JOIN broadcast b ON b.alert = k.id
    WHERE k.id IN (SELECT id FROM alert WHERE state = 'approved'
            UNION ALL SELECT alert FROM broadcast WHERE total IS NULL)
        AND CASE WHEN b.alert IS NOT NULL THEN b.total IS NULL AND b.fanout_after <= clock_timestamp()
            ELSE k.state = 'approved' AND v.valid_until > clock_timestamp()
                AND (v.urgent OR routine_hours(quiet_from, quiet_to)) END
        AND NOT EXISTS (SELECT FROM broadcast o WHERE o.alert = k.original AND o.total IS NULL)
    -- Nobody waits for the rest of a stopped alert but a correction of it.
    ORDER BY (SELECT coalesce(min(CASE WHEN w.urgent THEN 0 ELSE 1 END), 2) FROM alert c
            JOIN alert_version w ON w.alert = c.id AND w.version = c.version
            WHERE (c.id = k.id AND c.state IN ('approved', 'sending'))
                OR (c.original = k.id AND c.state = 'approved')), k.id
    FOR UPDATE OF k SKIP LOCKED LIMIT 1;
    IF a.state = 'approved' THEN
        SELECT * INTO p FROM approval WHERE alert = a.id;
        PERFORM delivery_partition(month_of(p.at));
        INSERT INTO broadcast (alert, month, total, halted)
        SELECT a.id, month_of(p.at), CASE WHEN bad THEN 0 END,
            CASE WHEN bad THEN 'The text is not the approved one.' ELSE '' END
        FROM (SELECT p.fingerprint <> alert_fingerprint(a.id, p.version) AS bad) AS check_;
        IF p.fingerprint <> alert_fingerprint(a.id, p.version) THEN
            PERFORM broadcast_halt(a.id, 'The text is not the approved one.');
            RETURN NULL;
        END IF;
        UPDATE alert SET state = 'sending' WHERE id = a.id;
        PERFORM pg_notify('kairan_alert', a.id::text);
    END IF;
    RETURN a.id;
END $$;


ALTER FUNCTION kairan.fanout_next(quiet_from time without time zone, quiet_to time without time zone) OWNER TO kairan_owner;

--
-- Name: fanout_skip(bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_skip(alert_ bigint, why text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a alert;
    b broadcast;
    who bigint[];
    next_ bigint;
    last_ boolean;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT * INTO a FROM alert WHERE id = alert_;
    IF a.original IS NULL THEN -- the audience as in fanout_slice
        next_ := b.reached + 1;
        last_ := NOT EXISTS (SELECT FROM subscriber WHERE id > next_);
        SELECT array_agg(c.id) INTO who FROM subscriber s JOIN contact c ON c.subscriber = s.id
            JOIN approval p ON p.alert = alert_
            JOIN alert_version v ON v.alert = p.alert AND v.version = p.version
        WHERE s.id = next_ AND c.channel = ANY (v.channels) AND c.confirmed_at <= p.at
            AND c.gone_at IS NULL AND c.suspended_at IS NULL
            AND (v.everybody OR (s.categories && v.categories
                AND (cardinality(v.areas) = 0 OR s.areas && v.areas)));
    ELSE
        SELECT array_agg(contact), max(contact) INTO who, next_ FROM (SELECT d.contact FROM delivery d
            JOIN broadcast o ON o.alert = d.alert AND o.month = d.month
            WHERE d.alert = a.original AND d.contact > b.reached ORDER BY d.contact LIMIT 1) AS one;
        last_ := who IS NULL; -- the slice behind the last one ends it
        next_ := coalesce(next_, b.reached);
    END IF;
    BEGIN
        INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, c FROM unnest(who) AS c;
        PERFORM outcome_record(alert_, who, array_agg(1::smallint), array_agg('refused'::result),
            array_agg(true), array_agg(false), array_agg(0::smallint), array_agg(left(why, 500)), '',
            array_agg(clock_timestamp())) FROM unnest(who) AS c HAVING count(*) > 0;
    EXCEPTION WHEN OTHERS THEN
        who := NULL;
    END;
    UPDATE broadcast SET reached = next_, written = b.written + coalesce(cardinality(who), 0),
        total = CASE WHEN last_ THEN b.written + coalesce(cardinality(who), 0) END
    WHERE alert = alert_;
    IF last_ THEN
        PERFORM broadcast_finish(alert_);
    END IF;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'alert.skip', 'alert ' || alert_, 'refused',
        '', NULL, facts => jsonb_build_object('subscriber', CASE WHEN a.original IS NULL THEN next_ END,
            'contact', CASE WHEN a.original IS NOT NULL THEN next_ END, 'refusal', why));
END $$;


ALTER FUNCTION kairan.fanout_skip(alert_ bigint, why text) OWNER TO kairan_owner;

--
-- Name: fanout_slice(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_slice(alert_ bigint, span integer, chunk_members integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    b broadcast;
    v alert_version;
    approved timestamptz;
    last_ bigint;
    n int := 0;
BEGIN
    SELECT * INTO b FROM broadcast WHERE alert = alert_ FOR UPDATE;
    IF b.alert IS NULL OR b.total IS NOT NULL THEN
        RETURN true;
    END IF;
    SELECT at INTO approved FROM approval WHERE alert = alert_;
    SELECT x.* INTO v FROM alert_version x JOIN approval p ON p.alert = x.alert AND p.version = x.version
    WHERE x.alert = alert_;
    SELECT coalesce(max(id), 0) INTO last_ FROM subscriber;
    WITH audience AS MATERIALIZED (
        SELECT c.id, coalesce(d.lane, 'other') AS lane,
            row_number() OVER (PARTITION BY d.lane ORDER BY c.id) - 1 AS place
        FROM subscriber s JOIN contact c ON c.subscriber = s.id
            LEFT JOIN lane_domain d ON d.domain = domain_of(c.address)
        WHERE s.id > b.reached AND s.id <= b.reached + span
            -- said of the contact, too: a slice then reads a slice of it, not all of it
            AND c.subscriber > b.reached AND c.subscriber <= b.reached + span
            AND c.channel = ANY (v.channels) AND c.confirmed_at <= approved
            AND c.gone_at IS NULL AND c.suspended_at IS NULL
            AND (v.everybody OR (s.categories && v.categories
                AND (cardinality(v.areas) = 0 OR s.areas && v.areas)))
    ), deliveries AS (
        INSERT INTO delivery (month, alert, contact) SELECT b.month, alert_, id FROM audience
    ), chunks AS (
        INSERT INTO chunk (alert, urgent, lane, members)
        SELECT alert_, v.urgent, lane, array_agg(id ORDER BY id) FROM audience
        GROUP BY lane, place / chunk_members ORDER BY place / chunk_members, lane
    )
    SELECT count(*) INTO n FROM audience;
    UPDATE broadcast SET reached = b.reached + span, written = written + n,
        total = CASE WHEN b.reached + span >= last_ THEN written + n END
    WHERE alert = alert_;
    PERFORM pg_notify('kairan_work', alert_::text) WHERE n > 0;
    IF b.reached + span < last_ THEN
        RETURN false;
    END IF;
    PERFORM broadcast_finish(alert_);
    RETURN true;
END $$;


ALTER FUNCTION kairan.fanout_slice(alert_ bigint, span integer, chunk_members integer) OWNER TO kairan_owner;

--
-- Name: fanout_step(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fanout_step(alert_ bigint, span integer, chunk_members integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM alert WHERE id = alert_ AND original IS NOT NULL) THEN
        RETURN fanout_follow(alert_, span, chunk_members);
    END IF;
    RETURN CASE WHEN fanout_slice(alert_, span, chunk_members) THEN 'done' ELSE 'more' END;
END $$;


ALTER FUNCTION kairan.fanout_step(alert_ bigint, span integer, chunk_members integer) OWNER TO kairan_owner;

--
-- Name: fiscal_end(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fiscal_end(at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;


ALTER FUNCTION kairan.fiscal_end(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: fiscal_year(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.fiscal_year(at timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    SELECT extract(year FROM (at AT TIME ZONE 'Asia/Tokyo') - interval '3 months')::int
$$;


ALTER FUNCTION kairan.fiscal_year(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: form_accept(text, bigint, integer, text, bytea, text, bytea, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_accept(token text, form_ bigint, version_ integer, note text, salt bytea, cost text, verifier bytea, network inet, OUT state text, OUT person bigint, OUT fresh boolean) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_for(token, network, 'form.accept');
    f form := form_taken(me, form_, version_, '{applied,accepted_once}');
BEGIN
    IF f.head IS NULL THEN
        PERFORM need_text(note, limit_reason_chars(), 'Write how you made sure that the head of the department applies, in at most 400 characters.',
            'note');
    END IF;
    IF f.kind > 1 AND f.person IS NULL THEN
        PERFORM refuse('conflict', 'The department has nobody of this user ID and role. Ask the head back, or refuse.');
    END IF;
    person := f.person;
    fresh := false;
    state := CASE WHEN form_first_of_two(me, f) THEN 'accepted_once' ELSE 'accepted' END;
    IF form_accept.state = 'accepted_once' THEN
        NULL;
    ELSIF f.kind = 1 THEN
        SELECT r.who, r.fresh INTO person, fresh
        FROM form_register(me, token, f, form_accept.salt, form_accept.cost, form_accept.verifier) r;
    ELSIF f.kind = 2 THEN
        PERFORM staff_post_end(me, f.post, CASE WHEN f.day > now() THEN f.day END, f.reason);
    ELSE
        PERFORM credential_reset(me, f.person, form_accept.salt, form_accept.cost, form_accept.verifier, f.reason);
        fresh := true;
    END IF;
    UPDATE form n SET state = form_accept.state, version = n.version + 1, person = form_accept.person, post = f.post,
        once_by = coalesce(n.once_by, me.person)
    WHERE n.id = form_ RETURNING n.* INTO f;
    IF f.state = 'accepted' THEN
        PERFORM form_tell(f, 'form-accepted', '');
    END IF;
    PERFORM form_moved(me, f, 'form.accept', note);
END $$;


ALTER FUNCTION kairan.form_accept(token text, form_ bigint, version_ integer, note text, salt bytea, cost text, verifier bytea, network inet, OUT state text, OUT person bigint, OUT fresh boolean) OWNER TO kairan_owner;

--
-- Name: form_again(text, bigint, integer, text, text, text, text, bigint, bigint, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_again(token text, form_ bigint, version_ integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    old form := form_taken(me, form_, version_, '{asked_back}');
    f form := form_typed(old.kind, old.head_mail, login, name, mail, role, post, person, day, reason);
BEGIN
    PERFORM form_judge(f);
    IF old.head_mail = '' THEN
        PERFORM form_judge_own(me, f);
    END IF;
    PERFORM form_moved(me, form_renew(form_, f), 'form.apply', '');
END $$;


ALTER FUNCTION kairan.form_again(token text, form_ bigint, version_ integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form_answer(text, bigint, integer, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_answer(token text, form_ bigint, version_ integer, to_ text, reason text, network inet) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, CASE to_ WHEN 'refused' THEN 'form.refuse' ELSE 'form.ask' END);
    f form := form_taken(me, form_, version_,
        CASE to_ WHEN 'refused' THEN '{applied,accepted_once,asked_back}' ELSE '{applied,accepted_once}' END::text[]);
    link text := CASE WHEN to_ = 'asked_back' AND f.head_mail <> '' THEN b64url(gen_random_bytes(32)) END;
BEGIN
    PERFORM need_reason(reason);
    UPDATE form SET state = to_, version = version + 1, answer_hash = token_hash(link),
        answer_until = CASE WHEN link IS NOT NULL THEN now() + make_interval(days => limit_answer_days()) END
    WHERE id = form_ RETURNING * INTO f;
    IF to_ = 'refused' THEN
        PERFORM form_tell(f, 'form-refused', reason);
    ELSIF link IS NULL THEN
        PERFORM form_tell(f, 'form-asked', reason);
    ELSE
        PERFORM form_tell(f, 'form-asked-open', reason, '/apply/again/' || link);
    END IF;
    PERFORM form_moved(me, f, CASE to_ WHEN 'refused' THEN 'form.refuse' ELSE 'form.ask' END, reason);
END $$;


ALTER FUNCTION kairan.form_answer(token text, form_ bigint, version_ integer, to_ text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.form (
    id bigint NOT NULL,
    kind integer NOT NULL,
    year integer NOT NULL,
    serial integer NOT NULL,
    department bigint NOT NULL,
    head bigint,
    head_name text DEFAULT ''::text NOT NULL,
    head_mail text DEFAULT ''::text NOT NULL,
    lang text DEFAULT 'ja'::text NOT NULL,
    answer_hash bytea,
    answer_until timestamp with time zone,
    state text DEFAULT 'applied'::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    login text DEFAULT ''::text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    mail text DEFAULT ''::text NOT NULL,
    role text DEFAULT ''::text NOT NULL,
    post bigint,
    person bigint,
    day timestamp with time zone,
    reason text NOT NULL,
    once_by bigint,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT form_answer CHECK ((((answer_hash IS NULL) = (answer_until IS NULL)) AND ((answer_hash IS NULL) OR ((state = 'asked_back'::text) AND (head_mail <> ''::text))))),
    CONSTRAINT form_applicant CHECK (
CASE head_mail
    WHEN ''::text THEN ((head IS NOT NULL) AND (head_name = ''::text))
    ELSE (head_name <> ''::text)
END),
    CONSTRAINT form_content CHECK (
CASE
    WHEN (kind = 1) THEN ((login <> ''::text) AND (name <> ''::text) AND (role <> ''::text))
    WHEN (head_mail <> ''::text) THEN ((login <> ''::text) AND ((role <> ''::text) = (kind = 2)))
    ELSE ((person IS NOT NULL) AND (role = ''::text))
END),
    CONSTRAINT form_head_name_check CHECK ((char_length(head_name) <= 100)),
    CONSTRAINT form_kind_check CHECK (((kind >= 1) AND (kind <= 3))),
    CONSTRAINT form_lang_check CHECK ((lang = ANY (ARRAY['ja'::text, 'en'::text]))),
    CONSTRAINT form_name_check CHECK ((char_length(name) <= 100)),
    CONSTRAINT form_once CHECK (((state <> 'accepted_once'::text) OR (once_by IS NOT NULL))),
    CONSTRAINT form_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 400))),
    CONSTRAINT form_role_check CHECK ((role = ANY (ARRAY[''::text, 'drafter'::text, 'delegate'::text, 'approver'::text, 'administrator'::text, 'auditor'::text]))),
    CONSTRAINT form_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'asked_back'::text, 'accepted_once'::text, 'accepted'::text, 'refused'::text, 'withdrawn'::text]))),
    CONSTRAINT form_two CHECK (((kind <> 1) OR (role <> 'administrator'::text) OR (state <> 'accepted'::text) OR (once_by IS NOT NULL))),
    CONSTRAINT form_whom CHECK (((state <> 'accepted'::text) OR (person IS NOT NULL)))
);


ALTER TABLE kairan.form OWNER TO kairan_owner;

--
-- Name: form_answered(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_answered(token text) RETURNS kairan.form
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    f form;
BEGIN
    SELECT * INTO f FROM form WHERE answer_hash = token_hash(token) AND answer_until > clock_timestamp() FOR UPDATE;
    IF f.id IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please apply again.');
    END IF;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_answered(token text) OWNER TO kairan_owner;

--
-- Name: form_apply(text, integer, text, text, text, text, bigint, bigint, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_apply(token text, kind integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    me actor := head_of(token, network);
    f form := form_typed(kind, '', login, name, mail, role, post, person, day, reason);
BEGIN
    PERFORM form_judge(f);
    PERFORM form_judge_own(me, f);
    f.department := me.department;
    f.head := me.person;
    f := form_enter(f);
    PERFORM form_moved(me, f, 'form.apply', '');
    RETURN f.id;
END $$;


ALTER FUNCTION kairan.form_apply(token text, kind integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form_ask(text, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_ask(token text, form_ bigint, version_ integer, reason text, network inet) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT form_answer(token, form_, version_, 'asked_back', reason, network)
$$;


ALTER FUNCTION kairan.form_ask(token text, form_ bigint, version_ integer, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF NEW.post IS NULL AND OLD.post IS NOT NULL AND NEW.version = OLD.version THEN
        RETURN NEW; -- the post was called off
    END IF;
    IF (NEW.id, NEW.kind, NEW.year, NEW.serial, NEW.department, NEW.head, NEW.head_name, NEW.head_mail, NEW.lang, NEW.made)
            IS DISTINCT FROM (OLD.id, OLD.kind, OLD.year, OLD.serial, OLD.department, OLD.head, OLD.head_name, OLD.head_mail,
                OLD.lang, OLD.made)
        OR NEW.version <> OLD.version + 1
        OR NOT (OLD.state, NEW.state) IN (('applied', 'asked_back'), ('applied', 'accepted_once'), ('applied', 'accepted'),
            ('applied', 'refused'), ('applied', 'withdrawn'), ('asked_back', 'applied'), ('asked_back', 'refused'),
            ('asked_back', 'withdrawn'),
            ('accepted_once', 'accepted'), ('accepted_once', 'refused'), ('accepted_once', 'asked_back'),
            ('accepted_once', 'withdrawn'))
        OR (NEW.state <> 'applied' AND (NEW.login, NEW.name, NEW.mail, NEW.role, NEW.day, NEW.reason)
            IS DISTINCT FROM (OLD.login, OLD.name, OLD.mail, OLD.role, OLD.day, OLD.reason)) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'form');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.form_check() OWNER TO kairan_owner;

--
-- Name: form_choices(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_choices(token text, kind_ integer) RETURNS TABLE(value bigint, login text, name text, role text, from_ timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := head_of(token, NULL);
BEGIN
    RETURN QUERY SELECT o.id, p.login, p.name, o.role, CASE WHEN lower(o.during) > now() THEN lower(o.during) END
        FROM post o JOIN person p ON p.id = o.person
        WHERE kind_ = 2 AND o.department = me.department AND coalesce(upper(o.during) > now(), true)
        ORDER BY p.login COLLATE "C", lower(o.during);
    RETURN QUERY SELECT p.id, p.login, p.name, '', NULL::timestamptz FROM person p
        WHERE kind_ = 3 AND p.id <> me.person AND EXISTS (SELECT FROM post o WHERE o.person = p.id
            AND o.department = me.department AND o.during @> now())
        ORDER BY p.login COLLATE "C";
END $$;


ALTER FUNCTION kairan.form_choices(token text, kind_ integer) OWNER TO kairan_owner;

--
-- Name: form_confirm(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_confirm(token text, network inet) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    p form_pending := form_pending_of(token);
    f form := jsonb_populate_record(NULL::form, p.said);
BEGIN
    IF p.form IS NOT NULL THEN
        SELECT * INTO f FROM form WHERE id = p.form;
        RETURN form_typed_json(f);
    END IF;
    f := form_found(f);
    f.head := (SELECT h.id FROM person h JOIN post o ON o.person = h.id
        WHERE lower(h.mail) = lower(f.head_mail) AND h.suspended_at IS NULL AND o.role = 'approver'
            AND o.department = f.department AND o.during @> clock_timestamp());
    f := form_enter(f);
    UPDATE form_pending SET form = f.id WHERE token_hash = p.token_hash;
    PERFORM form_moved_open(f, network);
    RETURN form_typed_json(f);
END $$;


ALTER FUNCTION kairan.form_confirm(token text, network inet) OWNER TO kairan_owner;

--
-- Name: form_departments(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_departments() RETURNS TABLE(department bigint, name text, name_en text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT id, name, name_en FROM department ORDER BY id
$$;


ALTER FUNCTION kairan.form_departments() OWNER TO kairan_owner;

--
-- Name: form_enter(kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_enter(f kairan.form) RETURNS kairan.form
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    year_ int := fiscal_year(clock_timestamp());
    serial_ int;
BEGIN
    INSERT INTO form_serial AS s (year, last) VALUES (year_, 1)
    ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING s.last INTO serial_;
    INSERT INTO form AS n (kind, year, serial, department, head, head_name, head_mail, lang, login, name, mail, role, post,
        person, day, reason)
    VALUES (f.kind, year_, serial_, f.department, f.head, coalesce(f.head_name, ''), f.head_mail, coalesce(f.lang, 'ja'),
        f.login, f.name, f.mail, f.role, f.post, f.person, f.day, f.reason)
    RETURNING n.* INTO f;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_enter(f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_first_of_two(kairan.actor, kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_first_of_two(me kairan.actor, f kairan.form) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF f.kind <> 1 OR f.role <> 'administrator' THEN
        RETURN false;
    END IF;
    IF (SELECT count(DISTINCT o.person) FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.during @> now() AND p.suspended_at IS NULL) < 2 THEN
        PERFORM refuse('denied', 'There is one administrator only: the next one is made on the host, with "kairan admin add".');
    END IF;
    IF f.once_by = me.person THEN
        PERFORM refuse('denied', 'You have accepted this form already. Another administrator confirms it.');
    END IF;
    RETURN f.once_by IS NULL;
END $$;


ALTER FUNCTION kairan.form_first_of_two(me kairan.actor, f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_forget(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_forget(most integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    n int;
BEGIN
    DELETE FROM form_pending WHERE token_hash IN (SELECT token_hash FROM form_pending
        WHERE expires <= clock_timestamp() LIMIT most);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n = most;
END $$;


ALTER FUNCTION kairan.form_forget(most integer) OWNER TO kairan_owner;

--
-- Name: form_found(kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_found(f kairan.form) RETURNS kairan.form
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF f.head_mail <> '' AND f.kind = 2 AND f.post IS NULL THEN
        SELECT o.id, o.person INTO f.post, f.person FROM post o JOIN person p ON p.id = o.person
        WHERE p.login = f.login AND o.role = f.role AND o.department = f.department
            AND coalesce(upper(o.during) > now(), true)
        ORDER BY lower(o.during) LIMIT 1;
    ELSIF f.head_mail <> '' AND f.kind = 3 AND f.person IS NULL THEN
        SELECT p.id INTO f.person FROM person p WHERE p.login = f.login AND EXISTS (SELECT FROM post o
            WHERE o.person = p.id AND o.department = f.department AND o.during @> now());
    END IF;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_found(f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_json(kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_json(form_ kairan.form) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT jsonb_build_object('id', f.id, 'kind', f.kind, 'number', form_number(f), 'number_en', form_number(f, 'en'),
        'state', f.state, 'version', f.version, 'department', d.name, 'department_en', d.name_en,
        'head', coalesce(nullif(f.head_name, ''), h.name), 'head_mail', f.head_mail,
        'without_sign_in', f.head_mail <> '', 'head_known', f.head IS NOT NULL, 'head_account', coalesce(h.name, ''),
        'whom_known', f.kind = 1 OR f.person IS NOT NULL, 'post', coalesce(f.post::text, ''),
        'staff', coalesce(f.person::text, ''),
        'login', coalesce(nullif(f.login, ''), p.login), 'name', coalesce(nullif(f.name, ''), p.name, ''), 'mail', f.mail,
        'role', coalesce(nullif(f.role, ''), o.role, ''), 'reason', f.reason,
        'from', CASE f.kind WHEN 1 THEN coalesce(left(day_jst(f.day), 10), '') ELSE '' END,
        'until', CASE f.kind WHEN 2 THEN coalesce(left(day_jst(day_before(f.day)), 10), '') ELSE '' END,
        'day_era', day_era(CASE f.kind WHEN 2 THEN day_before(f.day) ELSE f.day END),
        'made', day_jst(f.made), 'made_era', day_era(f.made))
    FROM form_found(form_) f JOIN department d ON d.id = f.department LEFT JOIN person h ON h.id = f.head
        LEFT JOIN person p ON p.id = f.person LEFT JOIN post o ON o.id = f.post
$$;


ALTER FUNCTION kairan.form_json(form_ kairan.form) OWNER TO kairan_owner;

--
-- Name: form_judge(kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_judge(f kairan.form) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
BEGIN
    IF f.kind IS NULL OR f.kind NOT BETWEEN 1 AND 3 THEN
        PERFORM refuse('invalid', 'Choose a form.', 'kind');
    END IF;
    PERFORM need_reason(f.reason);
    IF f.day IS NOT NULL THEN
        PERFORM begin_at(f.day, 'from');
    END IF;
    IF f.kind = 1 THEN
        PERFORM need_name(f.name);
        IF f.mail ~ '[[:cntrl:][:space:]<>]' OR f.mail <> '' AND f.mail !~ '^[^@]+@[^@]+$' THEN
            PERFORM refuse('invalid', 'Type a mail address.', 'mail');
        END IF;
    END IF;
    IF (f.kind = 1 OR f.head_mail <> '') AND f.login !~ '^[a-z0-9][a-z0-9._-]{1,31}$' THEN
        PERFORM refuse('invalid', 'A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a digit.', 'login');
    ELSIF (f.kind = 1 OR f.kind = 2 AND f.head_mail <> '') AND f.role = '' THEN
        PERFORM refuse('invalid', 'Choose a role.', 'role');
    END IF;
END $_$;


ALTER FUNCTION kairan.form_judge(f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_judge_own(kairan.actor, kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_judge_own(me kairan.actor, f kairan.form) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF f.kind = 2 AND NOT EXISTS (SELECT FROM post o WHERE o.id = f.post AND o.department = me.department
        AND coalesce(upper(o.during) > now(), true)) THEN
        PERFORM refuse('invalid', 'Choose a post of your department.', 'post');
    ELSIF f.kind = 3 AND NOT EXISTS (SELECT FROM post o WHERE o.person = f.person AND o.department = me.department
        AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'Choose a person of your department.', 'staff');
    ELSIF f.kind = 3 AND f.person = me.person THEN
        PERFORM refuse('invalid', 'You are signed in: change your password yourself.', 'staff');
    END IF;
END $$;


ALTER FUNCTION kairan.form_judge_own(me kairan.actor, f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_list(text, boolean, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_list(token text, open_ boolean, before bigint, most integer) RETURNS SETOF jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'form.read') THEN
        PERFORM refuse('denied', 'Only department heads, administrators and auditors may read forms.');
    END IF;
    RETURN QUERY SELECT form_json(f) FROM form f
    WHERE form_sees(me, f) AND (before IS NULL OR f.id < before)
        AND (NOT open_ OR f.state IN ('applied', 'asked_back', 'accepted_once'))
    ORDER BY f.id DESC LIMIT least(most, 200);
END $$;


ALTER FUNCTION kairan.form_list(token text, open_ boolean, before bigint, most integer) OWNER TO kairan_owner;

--
-- Name: form_moved(kairan.actor, kairan.form, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_moved(me kairan.actor, f kairan.form, act text, note text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO form_event (form, version, state, by_, post, note, said)
    VALUES (f.id, f.version, f.state, me.person, me.post, coalesce(note, ''), form_json(f));
    PERFORM oplog_act(me, act, 'form ' || f.id, coalesce(note, ''),
        facts => jsonb_build_object('form', form_number(f)));
END $$;


ALTER FUNCTION kairan.form_moved(me kairan.actor, f kairan.form, act text, note text) OWNER TO kairan_owner;

--
-- Name: form_moved_open(kairan.form, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_moved_open(f kairan.form, network inet) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO form_event (form, version, state, address, said)
    VALUES (f.id, f.version, f.state, f.head_mail, form_json(f));
    PERFORM oplog_append(NULL, f.head_mail, NULL, NULL, f.department, 'form.apply', 'form ' || f.id, 'done',
        '', network, facts => jsonb_build_object('form_unsigned', form_number(f)));
END $$;


ALTER FUNCTION kairan.form_moved_open(f kairan.form, network inet) OWNER TO kairan_owner;

--
-- Name: form_number(kairan.form, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_number(f kairan.form, lang text DEFAULT 'ja'::text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN lang = 'en' THEN format('FY%s No. %s', f.year, f.serial)
        ELSE format('令和%s年度第%s号', f.year - 2018, f.serial) END
$$;


ALTER FUNCTION kairan.form_number(f kairan.form, lang text) OWNER TO kairan_owner;

--
-- Name: form_own(kairan.actor, kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_own(me kairan.actor, f kairan.form) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(me.person IN (f.head, f.person), false) OR (f.head_mail <> '' AND EXISTS (SELECT FROM person p
        WHERE p.id = me.person AND (lower(p.mail) = lower(f.head_mail) OR p.login = f.login)))
$$;


ALTER FUNCTION kairan.form_own(me kairan.actor, f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_peek(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_peek(token text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    p form_pending := form_pending_of(token);
    f form := jsonb_populate_record(NULL::form, p.said);
BEGIN
    IF p.form IS NOT NULL THEN
        SELECT * INTO f FROM form WHERE id = p.form;
    END IF;
    RETURN form_typed_json(f);
END $$;


ALTER FUNCTION kairan.form_peek(token text) OWNER TO kairan_owner;

--
-- Name: form_pending; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.form_pending (
    token_hash bytea NOT NULL,
    said jsonb NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires timestamp with time zone NOT NULL,
    form bigint
);


ALTER TABLE kairan.form_pending OWNER TO kairan_owner;

--
-- Name: form_pending_of(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_pending_of(token text) RETURNS kairan.form_pending
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    p form_pending;
BEGIN
    SELECT * INTO p FROM form_pending WHERE token_hash = token_hash(token) AND expires > clock_timestamp() FOR UPDATE;
    IF p.token_hash IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please apply again.');
    END IF;
    RETURN p;
END $$;


ALTER FUNCTION kairan.form_pending_of(token text) OWNER TO kairan_owner;

--
-- Name: form_question(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_question(token text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    f form := form_answered(token);
BEGIN
    RETURN form_typed_json(f) || jsonb_build_object('question',
        (SELECT e.note FROM form_event e WHERE e.form = f.id AND e.version = f.version));
END $$;


ALTER FUNCTION kairan.form_question(token text) OWNER TO kairan_owner;

--
-- Name: form_read(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_read(token text, form_ bigint, network inet) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
    f form;
    events jsonb;
BEGIN
    SELECT * INTO f FROM form WHERE id = form_;
    IF NOT coalesce(form_sees(me, f) AND f.id IS NOT NULL, false) THEN
        PERFORM refuse('missing', 'There is no such form.');
    END IF;
    SELECT jsonb_agg(jsonb_build_object('state', e.state, 'name', coalesce(p.name, f.head_name), 'role', coalesce(o.role, ''),
        'address', e.address, 'note', e.note, 'at', day_jst(e.at)) ORDER BY e.version) INTO events
    FROM form_event e LEFT JOIN person p ON p.id = e.by_ LEFT JOIN post o ON o.id = e.post WHERE e.form = f.id;
    PERFORM oplog_act(me, 'form.read', 'form ' || f.id);
    RETURN form_json(f) || jsonb_build_object('events', events,
        'may_decide', may(me, 'form.accept') AND NOT form_own(me, f) AND f.state IN ('applied', 'accepted_once'),
        'may_refuse', may(me, 'form.refuse') AND NOT form_own(me, f)
            AND f.state IN ('applied', 'accepted_once', 'asked_back'),
        'may_change', may(me, 'form.apply') AND f.state = 'asked_back',
        'may_withdraw', may(me, 'form.withdraw') AND f.state IN ('applied', 'asked_back', 'accepted_once'));
END $$;


ALTER FUNCTION kairan.form_read(token text, form_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: form_refuse(text, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_refuse(token text, form_ bigint, version_ integer, reason text, network inet) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT form_answer(token, form_, version_, 'refused', reason, network)
$$;


ALTER FUNCTION kairan.form_refuse(token text, form_ bigint, version_ integer, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form_register(kairan.actor, text, kairan.form, bytea, text, bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_register(me kairan.actor, token text, f kairan.form, salt bytea, cost text, verifier bytea, OUT who bigint, OUT fresh boolean) RETURNS record
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    begins timestamptz := greatest(f.day, now());
    why text := CASE WHEN f.role = 'approver' AND (SELECT of_administrator FROM department WHERE id = f.department)
        THEN f.reason ELSE '' END;
    opened bigint;
BEGIN
    SELECT p.id INTO who FROM person p WHERE p.login = f.login FOR NO KEY UPDATE;
    fresh := who IS NULL;
    IF fresh THEN
        who := staff_enter(me, f.login, f.name, f.mail, f.department,
            CASE WHEN f.role <> ALL (roles_approving()) THEN f.role END, tstzrange(begins, NULL), '', salt, cost,
            verifier);
    ELSIF who = me.person THEN
        PERFORM not_oneself(me, who);
    ELSIF f.role = 'delegate' THEN
        PERFORM refuse('conflict', 'This person has an account already: the head may delegate at once.', 'login');
    ELSIF f.role <> 'approver' THEN
        opened := post_open(who, f.role, f.department, tstzrange(begins, NULL));
        PERFORM oplog_act(me, 'post.add', 'person ' || who, facts => jsonb_build_object('post', post_fact(opened)));
    END IF;
    IF f.role = 'approver' THEN -- the one in office goes when this one comes
        PERFORM approver_change(token, f.department, who, begins, why, f.reason, me.network);
    END IF;
END $$;


ALTER FUNCTION kairan.form_register(me kairan.actor, token text, f kairan.form, salt bytea, cost text, verifier bytea, OUT who bigint, OUT fresh boolean) OWNER TO kairan_owner;

--
-- Name: form_renew(bigint, kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_renew(form_ bigint, f kairan.form) RETURNS kairan.form
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE form n SET state = 'applied', version = n.version + 1, login = f.login, name = f.name, mail = f.mail,
        role = f.role, post = f.post, person = f.person, day = f.day, reason = f.reason, once_by = NULL,
        answer_hash = NULL, answer_until = NULL
    WHERE n.id = form_ RETURNING n.* INTO f;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_renew(form_ bigint, f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_reply(text, text, text, text, text, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_reply(token text, login text, name text, mail text, role text, day timestamp with time zone, reason text, network inet) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    old form := form_answered(token);
    f form := form_typed(old.kind, old.head_mail, login, name, mail, role, NULL, NULL, day, reason);
BEGIN
    PERFORM form_judge(f);
    f.department := old.department;
    f := form_renew(old.id, form_found(f));
    PERFORM form_moved_open(f, network);
    RETURN form_typed_json(f);
END $$;


ALTER FUNCTION kairan.form_reply(token text, login text, name text, mail text, role text, day timestamp with time zone, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: form_request(integer, bigint, text, text, text, text, text, text, text, timestamp with time zone, text, text, integer, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_request(kind integer, department bigint, head_name text, head_mail text, lang text, login text, name text, mail text, role text, day timestamp with time zone, reason text, domains text, mails_per_address_hour integer, tries_per_network_hour integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
#variable_conflict use_variable
DECLARE
    f form;
    link text := b64url(gen_random_bytes(32));
    until timestamptz := clock_timestamp() + make_interval(hours => limit_apply_hours());
BEGIN
    IF coalesce(head_mail, '') !~ '^[^\s[:cntrl:]<>@]{1,64}@[a-z0-9.-]+$' OR octet_length(head_mail) > 254
        OR split_part(head_mail, '@', 2) <> ALL (regexp_split_to_array(coalesce(domains, ''), '\s*,\s*')) THEN
        PERFORM refuse('invalid', 'Type a mail address of the municipality.', 'head_mail');
    END IF;
    f := form_typed(kind, head_mail, login, name, mail, role, NULL, NULL, day, reason);
    f.department := department;
    f.head_name := head_name;
    f.lang := CASE lang WHEN 'en' THEN 'en' ELSE 'ja' END;
    IF NOT EXISTS (SELECT FROM kairan.department d WHERE d.id = department) THEN
        PERFORM refuse('invalid', 'Choose a department.', 'department');
    END IF;
    PERFORM need_text(head_name, limit_name_chars(), 'Type the head''s name, in at most 100 characters.', 'head');
    PERFORM form_judge(f);
    PERFORM throttle_network('apply-network', network, tries_per_network_hour);
    IF throttle_hit('apply-address', lower(head_mail), least(mails_per_address_hour, limit_apply_mails()), '1 hour') THEN
        INSERT INTO form_pending (token_hash, said, expires) VALUES (token_hash(link), to_jsonb(f), until);
        PERFORM letter_add('form-confirm', f.lang, NULL, head_mail, '/apply/confirm/' || link, until);
    END IF;
END $_$;


ALTER FUNCTION kairan.form_request(kind integer, department bigint, head_name text, head_mail text, lang text, login text, name text, mail text, role text, day timestamp with time zone, reason text, domains text, mails_per_address_hour integer, tries_per_network_hour integer, network inet) OWNER TO kairan_owner;

--
-- Name: form_sees(kairan.actor, kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_sees(me kairan.actor, f kairan.form) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT may(me, 'form.read') AND sees(me, f.department)
$$;


ALTER FUNCTION kairan.form_sees(me kairan.actor, f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_taken(kairan.actor, bigint, integer, text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_taken(me kairan.actor, form_ bigint, version_ integer, states text[]) RETURNS kairan.form
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    f form;
BEGIN
    SELECT * INTO f FROM form WHERE id = form_ FOR UPDATE;
    IF NOT coalesce(form_sees(me, f) AND f.id IS NOT NULL, false) THEN
        PERFORM refuse('missing', 'There is no such form.');
    END IF;
    IF f.version IS DISTINCT FROM version_ OR f.state <> ALL (states) THEN
        PERFORM refuse('conflict', 'Somebody has acted on this form meanwhile. Look at it again.');
    END IF;
    f := form_found(f);
    IF may(me, 'form.accept') AND form_own(me, f) THEN
        PERFORM refuse('denied', 'Nobody decides on an own application, or on one about himself or herself. Ask another administrator.');
    END IF;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_taken(me kairan.actor, form_ bigint, version_ integer, states text[]) OWNER TO kairan_owner;

--
-- Name: form_tell(kairan.form, text, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_tell(f kairan.form, template text, words text, page text DEFAULT ''::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    h person;
    lang_ text;
BEGIN
    SELECT * INTO h FROM person WHERE id = f.head;
    lang_ := CASE f.head_mail WHEN '' THEN h.lang ELSE f.lang END;
    IF page = '' THEN
        page := CASE WHEN h.id IS NOT NULL THEN '/forms/' || f.id ELSE '/apply' END;
    END IF;
    IF coalesce(nullif(f.head_mail, ''), h.mail) <> '' THEN
        PERFORM letter_add(template, lang_, NULL, coalesce(nullif(f.head_mail, ''), h.mail),
            concat_ws(E'\n', page, form_number(f, lang_), words), coalesce(f.answer_until, now() + make_interval(days => limit_answer_days())));
    END IF;
END $$;


ALTER FUNCTION kairan.form_tell(f kairan.form, template text, words text, page text) OWNER TO kairan_owner;

--
-- Name: form_typed(integer, text, text, text, text, text, bigint, bigint, timestamp with time zone, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_typed(kind integer, head_mail text, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text) RETURNS kairan.form
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    f form;
    typed boolean := kind = 1 OR head_mail <> '';
BEGIN
    IF role <> '' AND role <> ALL (roles_staff()) THEN
        PERFORM refuse('invalid', 'Choose a role.', 'role');
    END IF;
    f.kind := kind;
    f.head_mail := head_mail;
    f.login := CASE WHEN typed THEN coalesce(login, '') ELSE '' END;
    f.name := CASE WHEN kind = 1 THEN coalesce(name, '') ELSE '' END;
    f.mail := CASE WHEN kind = 1 THEN coalesce(mail, '') ELSE '' END;
    f.role := CASE WHEN typed AND kind < 3 THEN coalesce(role, '') ELSE '' END;
    f.post := CASE WHEN kind = 2 AND NOT typed THEN post END;
    f.person := CASE WHEN typed THEN NULL WHEN kind = 2 THEN (SELECT o.person FROM kairan.post o WHERE o.id = post)
        ELSE person END;
    f.day := CASE WHEN kind < 3 THEN day END;
    f.reason := reason;
    RETURN f;
END $$;


ALTER FUNCTION kairan.form_typed(kind integer, head_mail text, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text) OWNER TO kairan_owner;

--
-- Name: form_typed_json(kairan.form); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_typed_json(f kairan.form) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT jsonb_build_object('kind', f.kind, 'department', d.name, 'department_en', d.name_en, 'head', f.head_name,
        'head_mail', f.head_mail, 'login', f.login, 'name', f.name, 'mail', f.mail, 'role', f.role, 'reason', f.reason,
        'from', CASE f.kind WHEN 1 THEN coalesce(left(day_jst(f.day), 10), '') ELSE '' END,
        'until', CASE f.kind WHEN 2 THEN coalesce(left(day_jst(day_before(f.day)), 10), '') ELSE '' END,
        'number', CASE WHEN f.id IS NULL THEN '' ELSE form_number(f) END,
        'number_en', CASE WHEN f.id IS NULL THEN '' ELSE form_number(f, 'en') END)
    FROM department d WHERE d.id = f.department
$$;


ALTER FUNCTION kairan.form_typed_json(f kairan.form) OWNER TO kairan_owner;

--
-- Name: form_withdraw(text, bigint, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.form_withdraw(token text, form_ bigint, version_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := head_of(token, network);
    f form := form_taken(me, form_, version_, '{applied,asked_back,accepted_once}');
BEGIN
    UPDATE form SET state = 'withdrawn', version = version + 1, answer_hash = NULL, answer_until = NULL
    WHERE id = form_ RETURNING * INTO f;
    PERFORM form_moved(me, f, 'form.withdraw', '');
END $$;


ALTER FUNCTION kairan.form_withdraw(token text, form_ bigint, version_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: guest_add(text, text, text, text, bigint, timestamp with time zone, timestamp with time zone, text, text, text, text, bytea, text, bytea, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.guest_add(token text, login text, name text, mail text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, purpose text, organisation text, head text, reason text, salt bytea, cost text, verifier bytea, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    me actor := actor_for(token, network, 'guest.register');
    during_ tstzrange := period(begin_at(from_, 'from'), until_);
    who bigint;
BEGIN
    PERFORM department_there(department);
    who := person_make(login, name, mail, department, salt, cost, verifier);
    PERFORM guest_new(me, who, purpose, organisation, head, reason, during_);
    PERFORM oplog_act(me, 'guest.register', 'person ' || who, reason, facts => jsonb_build_object(
        'post', post_fact(post_open(who, 'drafter', department, during_)),
        'organisation', organisation, 'purpose', purpose, 'head', head));
    RETURN who;
END $$;


ALTER FUNCTION kairan.guest_add(token text, login text, name text, mail text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, purpose text, organisation text, head text, reason text, salt bytea, cost text, verifier bytea, network inet) OWNER TO kairan_owner;

--
-- Name: guest_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.guest_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF upper(NEW.during) > fiscal_end(lower(NEW.during)) THEN
        PERFORM refuse('invalid', 'A guest''s period ends on 31 March of the fiscal year in which it begins, or earlier.',
            'until');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.guest_check() OWNER TO kairan_owner;

--
-- Name: guest_extend(text, bigint, timestamp with time zone, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.guest_extend(token text, person_ bigint, until_ timestamp with time zone, head text, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'guest.extend');
    p person := person_locked(person_);
    last guest;
    o post;
    from_ timestamptz;
BEGIN
    SELECT * INTO last FROM guest WHERE person = person_ ORDER BY upper(during) DESC, id DESC LIMIT 1;
    SELECT * INTO o FROM post WHERE person = person_ ORDER BY lower(during) DESC LIMIT 1 FOR UPDATE;
    IF last.id IS NULL THEN
        PERFORM refuse('conflict', 'This person is no guest.');
    END IF;
    from_ := greatest(upper(last.during), now());
    IF until_ <= from_ THEN
        PERFORM refuse('invalid', 'The new last day must lie after the present one.', 'until');
    END IF;
    PERFORM guest_new(me, person_, last.purpose, last.organisation, head, reason, tstzrange(from_, until_));
    IF upper(o.during) = from_ THEN
        UPDATE post SET during = tstzrange(lower(during), until_) WHERE id = o.id;
    ELSE
        PERFORM post_open(person_, 'drafter', o.department, tstzrange(from_, until_));
    END IF;
    PERFORM oplog_act(me, 'guest.extend', 'person ' || person_, reason, facts => jsonb_build_object(
        'since', day_jst(from_), 'until', day_jst(until_), 'head', head));
END $$;


ALTER FUNCTION kairan.guest_extend(token text, person_ bigint, until_ timestamp with time zone, head text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: guest_new(kairan.actor, bigint, text, text, text, text, tstzrange); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.guest_new(me kairan.actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text, during_ tstzrange) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM need_text(purpose_, limit_reason_chars(), 'Type the purpose, in at most 400 characters.', 'purpose');
    PERFORM need_text(organisation_, limit_short_chars(), 'Type the organisation, in at most 200 characters.', 'organisation');
    PERFORM need_text(head_, limit_name_chars(), 'Type the name of the department head who applies.', 'head');
    PERFORM need_reason(reason_);
    IF upper_inf(during_) THEN
        PERFORM refuse('invalid', 'Choose the last day.', 'until');
    END IF;
    INSERT INTO guest (person, purpose, organisation, head, reason, during, made_by)
    VALUES (person_, purpose_, organisation_, head_, reason_, during_, me.person);
END $$;


ALTER FUNCTION kairan.guest_new(me kairan.actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text, during_ tstzrange) OWNER TO kairan_owner;

--
-- Name: head_of(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.head_of(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'form.apply') THEN
        PERFORM refuse('denied', 'Only the head of a department may apply.');
    END IF;
    RETURN me;
END $$;


ALTER FUNCTION kairan.head_of(token text, network inet) OWNER TO kairan_owner;

--
-- Name: hours_permit_add(text, text, timestamp with time zone, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.hours_permit_add(token text, login_ text, from_ timestamp with time zone, to_ timestamp with time zone, reason_ text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint := (SELECT id FROM person WHERE login = login_);
    fresh bigint;
BEGIN
    IF who IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this user ID.', 'login');
    END IF;
    IF who = a.person THEN
        PERFORM refuse('denied', 'Nobody may permit anything to himself or herself.', 'login');
    END IF;
    IF from_ >= to_ OR to_ <= clock_timestamp() OR to_ > from_ + make_interval(days => limit_period_days()) THEN
        PERFORM refuse('invalid', 'The end must be later than the beginning and than now, and within a year.', 'to');
    END IF;
    IF reason_ !~ '\S' OR char_length(reason_) > limit_short_chars() OR reason_ ~ '[[:cntrl:]]' THEN
        PERFORM refuse('invalid', 'Please give the reason, in at most 200 characters.', 'reason');
    END IF;
    INSERT INTO hours_permit (person, during, reason, granter) VALUES (who, tstzrange(from_, to_), reason_, a.person)
    RETURNING id INTO fresh;
    PERFORM oplog_act(a, 'hours.permit', 'person ' || who, reason_);
    RETURN fresh;
END $$;


ALTER FUNCTION kairan.hours_permit_add(token text, login_ text, from_ timestamp with time zone, to_ timestamp with time zone, reason_ text, network inet) OWNER TO kairan_owner;

--
-- Name: hours_permit_end(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.hours_permit_end(token text, permit bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := calendar_administrator(token, network);
    who bigint;
BEGIN
    UPDATE hours_permit SET ended_at = clock_timestamp()
    WHERE id = permit AND ended_at IS NULL AND upper(during) > clock_timestamp() RETURNING person INTO who;
    IF who IS NULL THEN
        PERFORM refuse('conflict', 'There is no such permission any more.');
    END IF;
    PERFORM oplog_act(a, 'hours.revoke', 'person ' || who);
END $$;


ALTER FUNCTION kairan.hours_permit_end(token text, permit bigint, network inet) OWNER TO kairan_owner;

--
-- Name: hours_permits(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.hours_permits(token text) RETURNS TABLE(id bigint, login text, name text, from_ timestamp with time zone, to_ timestamp with time zone, reason text, granter text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY SELECT h.id, p.login, p.name, lower(h.during), upper(h.during), h.reason, g.name
        FROM hours_permit h JOIN person p ON p.id = h.person JOIN person g ON g.id = h.granter
        WHERE h.ended_at IS NULL AND upper(h.during) > clock_timestamp() ORDER BY lower(h.during), h.id LIMIT 500;
END $$;


ALTER FUNCTION kairan.hours_permits(token text) OWNER TO kairan_owner;

--
-- Name: hours_permitted(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.hours_permitted(person_ bigint, at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM hours_permit WHERE person = person_ AND during @> at
        AND (ended_at IS NULL OR ended_at > at))
$$;


ALTER FUNCTION kairan.hours_permitted(person_ bigint, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: hours_reason(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.hours_reason(token text, reason text, network inet) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_held(token);
BEGIN
    IF session_stage(live) <> 'hours' THEN
        PERFORM refuse('conflict', 'Nothing is to be said here: your session is open.');
    END IF;
    IF reason !~ '\S' OR char_length(reason) > limit_short_chars() THEN
        PERFORM refuse('invalid', 'Please say what the emergency is, in at most 200 characters.', 'reason');
    END IF;
    UPDATE session SET odd_reason = reason WHERE id = live.id;
    PERFORM oplog_session(live, 'hours.emergency', '', 'done', reason, network);
    RETURN session_rise(live);
END $$;


ALTER FUNCTION kairan.hours_reason(token text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: house_ahead(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_ahead() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM delivery_partition((month_of(now()) + make_interval(months => ahead))::date)
    FROM generate_series(0, 2) AS ahead;
    PERFORM oplog_partition(fiscal_year(now()) + ahead) FROM generate_series(0, 1) AS ahead;
END $$;


ALTER FUNCTION kairan.house_ahead() OWNER TO kairan_owner;

--
-- Name: house_care(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_care() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.house_care() OWNER TO kairan_owner;

--
-- Name: house_check_log(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_check_log(most integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF coalesce((SELECT started FROM oplog_check ORDER BY id DESC LIMIT 1), '-infinity')
        NOT BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() THEN
        PERFORM check_begin(NULL) WHERE NOT EXISTS (SELECT FROM oplog_check WHERE ended IS NULL);
    END IF;
    RETURN check_step(least(most, 50000));
END $$;


ALTER FUNCTION kairan.house_check_log(most integer) OWNER TO kairan_owner;

--
-- Name: house_chunks(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_chunks(most integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.house_chunks(most integer) OWNER TO kairan_owner;

--
-- Name: house_clock(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_clock() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE worker SET seen = clock_timestamp() WHERE seen > clock_timestamp() + interval '2 seconds';
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END $$;


ALTER FUNCTION kairan.house_clock() OWNER TO kairan_owner;

--
-- Name: house_drop(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_drop(years integer) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    RETURN coalesce(to_char(month_drop(years, clock_timestamp()), 'YYYY-MM'), '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;


ALTER FUNCTION kairan.house_drop(years integer) OWNER TO kairan_owner;

--
-- Name: house_elect(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_elect() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
        set_config('tcp_keepalives_count', '2', false),
        -- a frozen process answers keepalives; the elected one asks something twice a second
        set_config('idle_session_timeout', '15s', false);
    RETURN pg_try_advisory_lock(hashtext('kairan house'));
END $$;


ALTER FUNCTION kairan.house_elect() OWNER TO kairan_owner;

--
-- Name: house_purge_log(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_purge_log() RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    RETURN coalesce(oplog_drop(clock_timestamp())::text, '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;


ALTER FUNCTION kairan.house_purge_log() OWNER TO kairan_owner;

--
-- Name: house_strangers(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.house_strangers() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT strangers_tell(clock_timestamp())
$$;


ALTER FUNCTION kairan.house_strangers() OWNER TO kairan_owner;

--
-- Name: import_actor(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_actor(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'import.stage') THEN
        PERFORM refuse('denied', 'Only an administrator may import residents.');
    END IF;
    RETURN a;
END $$;


ALTER FUNCTION kairan.import_actor(token text, network inet) OWNER TO kairan_owner;

--
-- Name: import_begin(text, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_begin(token text, reason text, file_name text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    IF reason !~ '\S' OR char_length(reason) > limit_short_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason of this registration, in at most 200 characters.', 'reason');
    END IF;
    RETURN import_open(a.person, reason, file_name);
END $$;


ALTER FUNCTION kairan.import_begin(token text, reason text, file_name text, network inet) OWNER TO kairan_owner;

--
-- Name: import_claim(text, bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_claim(token text, import_ bigint, doing_ text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    IF NOT EXISTS (SELECT FROM import WHERE id = import_ AND state = 'staged'
        AND (added IS NULL) = (doing_ = 'reading')) THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    INSERT INTO import_work AS w (import, doing) VALUES (import_, doing_)
    ON CONFLICT (import) DO UPDATE SET doing = doing_, done = 0, whole = 0, failed = '', seen = clock_timestamp()
    WHERE w.failed <> '' OR w.doing <> doing_ OR w.seen < clock_timestamp() - interval '15 seconds';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file is being worked on.');
    END IF;
END $$;


ALTER FUNCTION kairan.import_claim(token text, import_ bigint, doing_ text) OWNER TO kairan_owner;

--
-- Name: import_console_first(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_console_first(token text, import_ bigint) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN import_first(import_);
END $$;


ALTER FUNCTION kairan.import_console_first(token text, import_ bigint) OWNER TO kairan_owner;

--
-- Name: import_console_last(text, bigint, integer, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_console_last(token text, import_ bigint, added_ integer, changed_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_last(import_, added_, changed_);
    PERFORM oplog_act(a, 'import.apply', 'import ' || i.id, i.reason) FROM import i WHERE i.id = import_;
END $$;


ALTER FUNCTION kairan.import_console_last(token text, import_ bigint, added_ integer, changed_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: import_console_look(text, bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_console_look(token text, import_ bigint, after_ integer, most integer) RETURNS TABLE(last integer, looked integer, added integer, changed integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN QUERY SELECT * FROM import_look(import_, after_, most);
END $$;


ALTER FUNCTION kairan.import_console_look(token text, import_ bigint, after_ integer, most integer) OWNER TO kairan_owner;

--
-- Name: import_console_step(text, bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_console_step(token text, import_ bigint, after_ integer, most integer) RETURNS TABLE(last integer, added integer, changed integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    IF NOT EXISTS (SELECT FROM import i WHERE i.id = import_ AND i.state = 'applied' AND i.applied_at = now()) THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    RETURN QUERY SELECT * FROM import_step(import_, after_, most);
END $$;


ALTER FUNCTION kairan.import_console_step(token text, import_ bigint, after_ integer, most integer) OWNER TO kairan_owner;

--
-- Name: import_discard(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_discard(token text, import bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    UPDATE kairan.import i SET state = 'discarded'
    WHERE i.id = import_discard.import AND i.state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    DELETE FROM import_row r WHERE r.import = import_discard.import;
    PERFORM oplog_act(a, 'import.discard', 'import ' || import);
END $$;


ALTER FUNCTION kairan.import_discard(token text, import bigint, network inet) OWNER TO kairan_owner;

--
-- Name: import_failed(bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_failed(import_ bigint, why text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE import_work SET failed = left(why, 500), seen = clock_timestamp() WHERE import = import_
$$;


ALTER FUNCTION kairan.import_failed(import_ bigint, why text) OWNER TO kairan_owner;

--
-- Name: import_first(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_first(import_ bigint) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE import SET state = 'applied', applied_at = now(), added = 0, changed = 0
    WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    ANALYZE import_row; -- it was empty a minute ago, as far as the planner knows
    RETURN (SELECT count(*) FROM import_row WHERE import = import_);
END $$;


ALTER FUNCTION kairan.import_first(import_ bigint) OWNER TO kairan_owner;

--
-- Name: import_last(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_last(import_ bigint, added_ integer, changed_ integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE import SET added = added_, changed = changed_,
        kept = (SELECT count(*) FROM import_row r WHERE r.import = import_) - added_ - changed_
    WHERE id = import_;
    DELETE FROM import_row WHERE import = import_;
    PERFORM audience_fold();
    -- The next alert may come before autovacuum does: fan-out must not plan for an empty town.
    ANALYZE subscriber, contact;
END $$;


ALTER FUNCTION kairan.import_last(import_ bigint, added_ integer, changed_ integer) OWNER TO kairan_owner;

--
-- Name: import_look(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_look(import_ bigint, after_ integer, most integer) RETURNS TABLE(last integer, looked integer, added integer, changed integer)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    key_ bytea := (SELECT key FROM secret WHERE name = 'address');
BEGIN
    RETURN QUERY
        SELECT max(r.line), count(*)::int, count(*) FILTER (WHERE known IS NULL)::int,
            count(*) FILTER (WHERE NOT s.own
                AND (s.categories, s.areas, s.lang) IS DISTINCT FROM (r.categories, r.areas, r.lang))::int
        FROM (SELECT g.*, (SELECT c.subscriber FROM contact c WHERE c.channel = 'mail'
                AND c.hash = hmac(convert_to(lower(g.address), 'UTF8'), key_, 'sha256')) AS known
            FROM import_row g WHERE g.import = import_ AND g.line > after_ ORDER BY g.line LIMIT most) AS r
            LEFT JOIN subscriber s ON s.id = r.known
        HAVING count(*) > 0;
END $$;


ALTER FUNCTION kairan.import_look(import_ bigint, after_ integer, most integer) OWNER TO kairan_owner;

--
-- Name: import_measured(bigint, integer, integer, integer, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_measured(import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE import SET file_rows = rows_, duplicates = duplicates_, added = added_, changed = changed_, kept = kept_,
        refused = (SELECT count(*) FROM import_refusal r WHERE r.import = import_)
    WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
END $$;


ALTER FUNCTION kairan.import_measured(import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer) OWNER TO kairan_owner;

--
-- Name: import_open(bigint, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_open(who bigint, reason text, file_name text) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    INSERT INTO import (person, reason, file_name)
    VALUES (who, btrim(reason), left(file_name, 200)) RETURNING id
$$;


ALTER FUNCTION kairan.import_open(who bigint, reason text, file_name text) OWNER TO kairan_owner;

--
-- Name: import_read(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_read(token text, import bigint) RETURNS TABLE(id bigint, state text, reason text, file_name text, made timestamp with time zone, file_rows integer, duplicates integer, refused integer, added integer, changed integer, kept integer, doing text, alive boolean, done integer, whole integer, failed text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY
        SELECT i.id, i.state, i.reason, i.file_name, i.made, i.file_rows, i.duplicates, i.refused,
            i.added, i.changed, i.kept, coalesce(w.doing, ''),
            w.failed = '' AND w.seen > clock_timestamp() - interval '15 seconds', w.done, w.whole, coalesce(w.failed, '')
        FROM kairan.import i LEFT JOIN import_work w ON w.import = i.id
            -- reading is over once it was measured, applying once it is applied
            AND CASE w.doing WHEN 'reading' THEN i.added IS NULL ELSE i.state = 'staged' END
        WHERE i.id = import_read.import;
END $$;


ALTER FUNCTION kairan.import_read(token text, import bigint) OWNER TO kairan_owner;

--
-- Name: import_ready(text, bigint, integer, integer, integer, integer, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_ready(token text, import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_measured(import_, rows_, duplicates_, added_, changed_, kept_);
    PERFORM oplog_act(a, 'import.stage', 'import ' || import_);
END $$;


ALTER FUNCTION kairan.import_ready(token text, import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: import_refusals(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_refusals(token text, import bigint) RETURNS TABLE(line integer, reason text, excerpt text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY SELECT r.line, r.reason, r.excerpt FROM import_refusal r
        WHERE r.import = import_refusals.import ORDER BY r.line;
END $$;


ALTER FUNCTION kairan.import_refusals(token text, import bigint) OWNER TO kairan_owner;

--
-- Name: import_run(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_run(import_ bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    s record;
    n_added int := 0;
    n_changed int := 0;
BEGIN
    PERFORM import_first(import_);
    SELECT 0 AS last, 0 AS added, 0 AS changed INTO s;
    LOOP
        SELECT * INTO s FROM import_step(import_, s.last, 5000);
        EXIT WHEN s.last IS NULL;
        n_added := n_added + s.added;
        n_changed := n_changed + s.changed;
    END LOOP;
    PERFORM import_last(import_, n_added, n_changed);
END $$;


ALTER FUNCTION kairan.import_run(import_ bigint) OWNER TO kairan_owner;

--
-- Name: import_step(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_step(import_ bigint, after_ integer, most integer) RETURNS TABLE(last integer, added integer, changed integer)
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    key_ bytea := (SELECT key FROM secret WHERE name = 'address');
    n_added int;
    n_changed int;
    last_ int;
    n int;
BEGIN
    SELECT max(line) INTO last_ FROM (SELECT line FROM import_row WHERE import = import_ AND line > after_
        ORDER BY line LIMIT most) AS slice;
    IF last_ IS NULL THEN
        RETURN;
    END IF;
    UPDATE import_row r SET hash = k.hash, fresh = k.known IS NULL,
        subscriber = coalesce(k.known, nextval(pg_get_serial_sequence('subscriber', 'id')))
    FROM (SELECT h.line, h.hash, (SELECT c.subscriber FROM contact c WHERE c.channel = 'mail' AND c.hash = h.hash) AS known
        FROM (SELECT g.line, hmac(convert_to(lower(g.address), 'UTF8'), key_, 'sha256') AS hash FROM import_row g
            WHERE g.import = import_ AND g.line > after_ AND g.line <= last_ OFFSET 0) AS h) AS k
    WHERE r.import = import_ AND r.line = k.line;

    INSERT INTO subscriber (id, lang, categories, areas, own, import) OVERRIDING SYSTEM VALUE
    SELECT r.subscriber, r.lang, r.categories, r.areas, false, import_
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh ORDER BY r.line;
    GET DIAGNOSTICS n_added = ROW_COUNT;
    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'mail', r.address, r.hash, now()
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh ORDER BY r.line
    ON CONFLICT (hash, channel) DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> n_added THEN -- he came by himself this very moment: as he chose
        DELETE FROM subscriber s USING import_row r
        WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh AND s.id = r.subscriber
            AND NOT EXISTS (SELECT FROM contact c WHERE c.subscriber = s.id);
        n_added := n;
    END IF;
    UPDATE subscriber s SET lang = r.lang, categories = r.categories, areas = r.areas, import = import_
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND NOT r.fresh
        AND s.id = r.subscriber AND NOT s.own
        AND (s.categories, s.areas, s.lang) IS DISTINCT FROM (r.categories, r.areas, r.lang);
    GET DIAGNOSTICS n_changed = ROW_COUNT;
    -- A phone number belongs to whom it was registered for first.
    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'sms', r.phone, hmac(convert_to(lower(r.phone), 'UTF8'), key_, 'sha256'), now()
    FROM import_row r JOIN subscriber s ON s.id = r.subscriber
    WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.phone IS NOT NULL AND NOT s.own
        AND NOT EXISTS (SELECT FROM contact c WHERE c.subscriber = s.id AND c.channel = 'sms')
    ORDER BY r.line
    ON CONFLICT (hash, channel) DO NOTHING;
    RETURN QUERY SELECT last_, n_added, n_changed;
END $$;


ALTER FUNCTION kairan.import_step(import_ bigint, after_ integer, most integer) OWNER TO kairan_owner;

--
-- Name: import_tell(bigint, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.import_tell(import_ bigint, done_ integer, whole_ integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE import_work SET done = done_, whole = whole_, seen = clock_timestamp() WHERE import = import_
$$;


ALTER FUNCTION kairan.import_tell(import_ bigint, done_ integer, whole_ integer) OWNER TO kairan_owner;

--
-- Name: inspection_days(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_days(now_ timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT floor(extract(epoch FROM now_ - coalesce(
        (SELECT max(closed) FROM inspection WHERE kind = 'regular'),
        (SELECT min(applied) FROM migration))) / 86400)::int
$$;


ALTER FUNCTION kairan.inspection_days(now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: inspection_finding_history(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_finding_history() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM inspection i WHERE i.id = NEW.inspection AND i.closed IS NOT NULL) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.inspection_finding_history() OWNER TO kairan_owner;

--
-- Name: inspection_findings(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_findings(token text, id_ bigint) RETURNS TABLE("position" integer, kind text, subject text, n bigint, last timestamp with time zone, note text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT f.position, f.kind, f.subject, f.n, f.last, f.note FROM inspection_finding f
        WHERE f.inspection = id_ ORDER BY f.position;
END $$;


ALTER FUNCTION kairan.inspection_findings(token text, id_ bigint) OWNER TO kairan_owner;

--
-- Name: inspection_history(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_history() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.closed IS NOT NULL THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.inspection_history() OWNER TO kairan_owner;

--
-- Name: inspection_list(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_list(token text, id_ bigint) RETURNS TABLE(id bigint, kind text, since date, until date, reason text, inspector text, opened timestamp with time zone, findings bigint, result text, note text, closed timestamp with time zone, closed_by text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT i.id, i.kind, i.since, i.until, i.reason, p.name, i.opened,
            (SELECT count(*) FROM inspection_finding f WHERE f.inspection = i.id), i.result, i.note, i.closed, c.name
        FROM inspection i JOIN person p ON p.id = i.inspector LEFT JOIN person c ON c.id = i.closed_by
        WHERE id_ IS NULL OR i.id = id_ ORDER BY i.id DESC LIMIT 200;
END $$;


ALTER FUNCTION kairan.inspection_list(token text, id_ bigint) OWNER TO kairan_owner;

--
-- Name: inspection_open(text, text, text, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    me actor := oplog_reader(token, network);
    form text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    id_ bigint;
BEGIN
    IF since_ !~ form OR until_ !~ form OR until_::date NOT BETWEEN since_::date AND since_::date + 366
        OR since_::date > (now() AT TIME ZONE 'Asia/Tokyo')::date THEN
        PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
    END IF;
    IF kind_ = 'occasional' AND reason_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type why you inspect the log now.', 'reason');
    END IF;
    INSERT INTO inspection (kind, since, until, reason, inspector)
    VALUES (kind_, since_::date, until_::date, left(reason_, 500), me.person) RETURNING id INTO id_;
    INSERT INTO inspection_finding (inspection, position, kind, subject, n, last)
    SELECT id_, row_number() OVER (), f.* FROM oplog_findings(since_::date, until_::date, 10) AS f;
    PERFORM oplog_act(me, 'inspection.open', 'inspection ' || id_,
        facts => jsonb_build_object('since', since_, 'until', until_));
    RETURN id_;
EXCEPTION WHEN check_violation OR datetime_field_overflow THEN
    PERFORM refuse('invalid', 'Choose a first day that is not in the future, and a last day within a year after it.', 'since');
END $_$;


ALTER FUNCTION kairan.inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet) OWNER TO kairan_owner;

--
-- Name: inspection_overdue(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_overdue(token text) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN greatest(inspection_days(clock_timestamp()) - 31, 0);
END $$;


ALTER FUNCTION kairan.inspection_overdue(token text) OWNER TO kairan_owner;

--
-- Name: inspection_save(text, bigint, integer[], text[], text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.inspection_save(token text, id_ bigint, positions integer[], notes text[], result_ text, note_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, network);
    i inspection;
BEGIN
    SELECT * INTO i FROM inspection WHERE id = id_ FOR UPDATE;
    IF i.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such inspection.');
    END IF;
    IF i.closed IS NOT NULL THEN
        PERFORM refuse('conflict', 'This inspection is closed already.');
    END IF;
    IF result_ NOT IN ('', 'clean', 'watch', 'misuse') THEN
        PERFORM refuse('invalid', 'Choose a result.', 'result');
    END IF;
    IF result_ IN ('watch', 'misuse') AND note_ !~ '\S' THEN
        PERFORM refuse('invalid', 'Type what was found and what is done about it.', 'note');
    END IF;
    UPDATE inspection_finding f SET note = left(n.note, 500) FROM unnest(positions, notes) AS n (position, note)
    WHERE f.inspection = id_ AND f.position = n.position AND f.note <> left(n.note, 500);
    UPDATE inspection SET note = left(note_, 2000), result = nullif(result_, ''),
        closed = CASE WHEN result_ <> '' THEN clock_timestamp() END,
        closed_by = CASE WHEN result_ <> '' THEN me.person END
    WHERE id = id_;
    PERFORM oplog_act(me, CASE result_ WHEN '' THEN 'inspection.save' ELSE 'inspection.close' END,
        'inspection ' || id_, facts => jsonb_build_object('found', nullif(result_, '')));
END $$;


ALTER FUNCTION kairan.inspection_save(token text, id_ bigint, positions integer[], notes text[], result_ text, note_ text, network inet) OWNER TO kairan_owner;

--
-- Name: instruction_answer(text, bigint, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.instruction_answer(token text, instruction_ bigint, answer_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
    i instruction;
BEGIN
    SELECT * INTO i FROM instruction WHERE id = instruction_ FOR UPDATE;
    IF i.id IS NULL OR NOT sees(me, i.department) THEN
        PERFORM refuse('missing', 'There is no such instruction.');
    ELSIF NOT may(me, 'instruction.answer') THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    ELSIF answer_ IS NULL AND i.seen IS NOT NULL OR i.answered IS NOT NULL THEN
        PERFORM refuse('conflict', 'This has been done already.');
    END IF;
    IF answer_ IS NOT NULL THEN
        PERFORM need_text(answer_, limit_long_chars(), 'Type the answer, in at most 1,000 characters.', 'answer');
    END IF;
    UPDATE instruction SET seen = coalesce(seen, clock_timestamp()), seen_by = coalesce(seen_by, me.person),
        answer = coalesce(answer_, ''), answered = CASE WHEN answer_ IS NOT NULL THEN clock_timestamp() END
    WHERE id = instruction_;
    PERFORM oplog_act(me, CASE WHEN answer_ IS NULL THEN 'instruction.see' ELSE 'instruction.answer' END,
        'person ' || i.person, coalesce(answer_, ''));
END $$;


ALTER FUNCTION kairan.instruction_answer(token text, instruction_ bigint, answer_ text, network inet) OWNER TO kairan_owner;

--
-- Name: instruction_give(text, bigint, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.instruction_give(token text, person_ bigint, department_ bigint, cause_ integer, body_ text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'instruction.give');
    given bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM post o WHERE o.person = person_ AND o.department = department_
        AND o.role = 'drafter' AND o.during @> now()) THEN
        PERFORM refuse('invalid', 'This person is no drafter of that department.', 'department');
    END IF;
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 4 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(body_, limit_long_chars(), 'Say what is to be improved, in at most 1,000 characters.', 'body');
    INSERT INTO instruction (department, person, cause, body, made_by)
    VALUES (department_, person_, cause_, body_, me.person) RETURNING id INTO given;
    PERFORM letter_staff('instruction', o.person, now() + interval '7 days') FROM post o
    WHERE o.department = department_ AND o.role = 'approver' AND o.during @> now();
    PERFORM oplog_act(me, 'instruction.give', 'person ' || person_, body_,
        facts => jsonb_build_object('drafter_cause', cause_));
    RETURN given;
END $$;


ALTER FUNCTION kairan.instruction_give(token text, person_ bigint, department_ bigint, cause_ integer, body_ text, network inet) OWNER TO kairan_owner;

--
-- Name: instruction_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.instruction_list(token text) RETURNS TABLE(id bigint, department text, department_en text, person bigint, person_name text, cause integer, body text, by_name text, made timestamp with time zone, seen timestamp with time zone, seen_name text, answer text, answered timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := actor_of(token, NULL);
BEGIN
    IF NOT may(me, 'instruction.read') THEN
        PERFORM refuse('denied', 'Only the approver of the department may do this.');
    END IF;
    RETURN QUERY
        SELECT i.id, d.name, d.name_en, i.person, p.name, i.cause, i.body, b.name, i.made, i.seen, s.name,
            i.answer, i.answered
        FROM instruction i JOIN department d ON d.id = i.department JOIN person p ON p.id = i.person
            JOIN person b ON b.id = i.made_by LEFT JOIN person s ON s.id = i.seen_by
        WHERE sees(me, i.department) ORDER BY i.id DESC LIMIT 200;
END $$;


ALTER FUNCTION kairan.instruction_list(token text) OWNER TO kairan_owner;

--
-- Name: intake_count(text[], bigint[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.intake_count(whats text[], mails_ bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    INSERT INTO intake_tally AS t (day, what, mails)
    SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date, what, sum(n) FROM unnest(whats, mails_) AS g (what, n)
    GROUP BY what
    ON CONFLICT (day, what) DO UPDATE SET mails = t.mails + EXCLUDED.mails
$$;


ALTER FUNCTION kairan.intake_count(whats text[], mails_ bigint[]) OWNER TO kairan_owner;

--
-- Name: keep_administrator(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.keep_administrator(person_ bigint, at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kairan administrators'));
    IF NOT EXISTS (SELECT FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.person <> person_ AND o.during @> at AND p.suspended_at IS NULL) THEN
        PERFORM refuse('conflict', 'This is the last administrator. Register another one first.');
    END IF;
END $$;


ALTER FUNCTION kairan.keep_administrator(person_ bigint, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: kept_until(timestamp with time zone, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.kept_until(at timestamp with time zone, years integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT make_timestamptz(fiscal_year(at) + 1 + greatest(years, 1), 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;


ALTER FUNCTION kairan.kept_until(at timestamp with time zone, years integer) OWNER TO kairan_owner;

--
-- Name: lane_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_list(token text) RETURNS TABLE(lane text, pace integer, split_until timestamp with time zone, waiting bigint, leased bigint, oldest timestamp with time zone, senders bigint, well bigint, connections bigint, most bigint, latency_ms integer, relays text, reason text, since timestamp with time zone, next_try timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT l.name::text, l.pace,
            (SELECT max(d.split_until) FROM lane_domain d WHERE d.lane = l.name),
            coalesce(q.waiting, 0), coalesce(q.leased, 0), q.oldest, coalesce(v.senders, 0),
            coalesce(v.well, 0), coalesce(v.connections, 0), coalesce(v.most, 0),
            coalesce(v.latency_ms, 0), coalesce(v.relays, ''), coalesce(v.reason, ''), v.since, v.next_try
        FROM lane l LEFT JOIN (
            SELECT c.lane, sum(c.size) FILTER (WHERE c.state = 'waiting') AS waiting,
                sum(c.size) FILTER (WHERE c.state = 'leased') AS leased, min(c.not_before) AS oldest
            FROM chunk c WHERE c.state <> 'closed' GROUP BY c.lane
        ) AS q ON q.lane = l.name LEFT JOIN (
            SELECT s.lane, count(*) AS senders, count(*) FILTER (WHERE s.up) AS well,
                sum(s.connections) AS connections, sum(s.most) AS most,
                max(s.latency_ms) AS latency_ms, string_agg(DISTINCT s.relay, ' ') AS relays,
                (array_agg(s.reason ORDER BY s.since DESC) FILTER (WHERE NOT s.up))[1] AS reason,
                max(s.since) AS since, min(s.next_try) AS next_try
            FROM lane_state s JOIN worker w ON w.host = s.host AND w.slot = s.slot AND w.role = 'send'
            WHERE w.seen > clock_timestamp() - interval '60 seconds' GROUP BY s.lane
        ) AS v ON v.lane = l.name
        WHERE l.retired_at IS NULL OR coalesce(q.waiting, q.leased) > 0
        ORDER BY l.name = 'other', l.name;
END $$;


ALTER FUNCTION kairan.lane_list(token text) OWNER TO kairan_owner;

--
-- Name: lane_of(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_of(address text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce((SELECT lane FROM kairan.lane_domain WHERE domain = kairan.domain_of(address)), 'other')
$$;


ALTER FUNCTION kairan.lane_of(address text) OWNER TO kairan_owner;

--
-- Name: lane_read(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_read() RETURNS TABLE(lane text, pace integer, domain text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM lane_domain WHERE split_until < clock_timestamp())
        OR EXISTS (SELECT FROM lane WHERE retired_at < clock_timestamp() - interval '1 hour') THEN
        LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE;
        DELETE FROM lane_domain WHERE split_until < clock_timestamp();
        PERFORM lane_retire();
        PERFORM pg_notify('kairan_lane', '');
    END IF;
    RETURN QUERY SELECT l.name, l.pace, d.domain FROM lane l LEFT JOIN lane_domain d ON d.lane = l.name
        ORDER BY l.name, d.domain;
END $$;


ALTER FUNCTION kairan.lane_read() OWNER TO kairan_owner;

--
-- Name: lane_report(text, integer, text[], text[], integer[], integer[], integer[], integer[], boolean[], text[], integer[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_report(host_ text, slot_ integer, lanes text[], relays text[], connections_ integer[], mosts integer[], in_hands integer[], latencies integer[], ups boolean[], reasons text[], in_ms integer[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    DELETE FROM lane_state WHERE host = host_ AND slot = slot_ AND lane <> ALL (lanes);
    INSERT INTO lane_state AS s (lane, host, slot, relay, connections, most, in_hand, latency_ms, up,
        reason, next_try)
    SELECT n.lane, host_, slot_, n.relay, n.connections, n.most, n.in_hand, n.latency, n.up,
        left(n.reason, 500),
        CASE WHEN NOT n.up THEN clock_timestamp() + make_interval(secs => n.wait / 1000.0) END
    FROM unnest(lanes, relays, connections_, mosts, in_hands, latencies, ups, reasons, in_ms)
        AS n (lane, relay, connections, most, in_hand, latency, up, reason, wait)
        JOIN lane l ON l.name = n.lane
    ON CONFLICT (lane, host, slot) DO UPDATE SET relay = EXCLUDED.relay,
        connections = EXCLUDED.connections, most = EXCLUDED.most, in_hand = EXCLUDED.in_hand,
        latency_ms = EXCLUDED.latency_ms, up = EXCLUDED.up, reason = EXCLUDED.reason,
        next_try = EXCLUDED.next_try, seen = now(),
        since = CASE WHEN s.up = EXCLUDED.up THEN s.since ELSE now() END
$$;


ALTER FUNCTION kairan.lane_report(host_ text, slot_ integer, lanes text[], relays text[], connections_ integer[], mosts integer[], in_hands integer[], latencies integer[], ups boolean[], reasons text[], in_ms integer[]) OWNER TO kairan_owner;

--
-- Name: lane_retire(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_retire() RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    WITH gone AS (
        DELETE FROM lane WHERE retired_at < clock_timestamp() - interval '1 hour' RETURNING name
    ), empty AS (
        UPDATE lane SET retired_at = clock_timestamp()
        WHERE retired_at IS NULL AND name <> 'other'
            AND NOT EXISTS (SELECT FROM lane_domain d WHERE d.lane = lane.name)
        RETURNING name
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM empty)
$$;


ALTER FUNCTION kairan.lane_retire() OWNER TO kairan_owner;

--
-- Name: lane_split(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_split(domain_ text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM lane_domain WHERE domain = domain_) THEN
        UPDATE lane_domain SET split_until = clock_timestamp() + interval '1 hour'
        WHERE domain = domain_ AND split_until IS NOT NULL;
        RETURN FOUND;
    END IF;
    -- Trouble with so many is no domain's own trouble; and each lane costs connections.
    IF (SELECT count(*) >= 30 FROM lane_domain WHERE split_until IS NOT NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO lane (name) VALUES (domain_) ON CONFLICT (name) DO UPDATE SET retired_at = NULL;
    INSERT INTO lane_domain (domain, lane, split_until)
    VALUES (domain_, domain_, clock_timestamp() + interval '1 hour');
    PERFORM pg_notify('kairan_lane', '');
    RETURN true;
END $$;


ALTER FUNCTION kairan.lane_split(domain_ text) OWNER TO kairan_owner;

--
-- Name: lane_sync(text[], integer[], text[], text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.lane_sync(names text[], paces integer[], domains text[], lanes text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    changed bigint := 0;
    n bigint;
BEGIN
    LOCK TABLE lane, lane_domain IN SHARE ROW EXCLUSIVE MODE; -- one host at a time
    INSERT INTO lane AS l (name, pace) SELECT * FROM unnest(names, paces)
    ON CONFLICT (name) DO UPDATE SET pace = EXCLUDED.pace, retired_at = NULL
        WHERE l.pace <> EXCLUDED.pace OR l.retired_at IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    INSERT INTO lane_domain AS d (domain, lane) SELECT * FROM unnest(domains, lanes)
    ON CONFLICT (domain) DO UPDATE SET lane = EXCLUDED.lane, split_until = NULL
        WHERE d.lane <> EXCLUDED.lane OR d.split_until IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    DELETE FROM lane_domain WHERE split_until IS NULL AND domain <> ALL (domains);
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n + lane_retire();
    PERFORM pg_notify('kairan_lane', '') WHERE changed > 0;
END $$;


ALTER FUNCTION kairan.lane_sync(names text[], paces integer[], domains text[], lanes text[]) OWNER TO kairan_owner;

--
-- Name: leave(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.leave(link text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.leave(link text) OWNER TO kairan_owner;

--
-- Name: leave_peek(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.leave_peek(link text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 1))
$$;


ALTER FUNCTION kairan.leave_peek(link text) OWNER TO kairan_owner;

--
-- Name: leave_request(text, text, inet, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.leave_request(address text, lang text, network inet, mails_per_address_day integer, tries_per_network_hour integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.leave_request(address text, lang text, network inet, mails_per_address_day integer, tries_per_network_hour integer) OWNER TO kairan_owner;

--
-- Name: letter_add(text, text, bigint, text, text, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_add(template text, lang text, contact bigint, address text, secret text, expires timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO letter (template, lang, contact, address, secret, expires)
    VALUES (template, lang, contact, address, secret, expires);
    PERFORM pg_notify('kairan_work', 'letter');
END $$;


ALTER FUNCTION kairan.letter_add(template text, lang text, contact bigint, address text, secret text, expires timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: letter_claim(text, integer, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_claim(host_ text, slot_ integer, most integer, per_hour integer) RETURNS TABLE(id bigint, token bigint, template text, lang text, contact bigint, address text, secret text, attempt integer, expires timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    left_ bigint;
    calm_left bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM letter WHERE state = 'waiting' AND not_before <= clock_timestamp()) THEN
        RETURN;
    END IF;
    -- One at a time, or each would claim what is left of the hour.
    PERFORM pg_advisory_xact_lock(hashtext('kairan letters'));
    SELECT per_hour - count(*), greatest(per_hour / 2, 1) - count(*) FILTER (WHERE calm)
    INTO left_, calm_left FROM letter WHERE state = 'leased';
    SELECT left_ - coalesce(sum(hits) FILTER (WHERE kind = 'letters'), 0),
        calm_left - coalesce(sum(hits) FILTER (WHERE kind = 'calm letters'), 0)
    INTO left_, calm_left
    FROM throttle WHERE kind IN ('letters', 'calm letters') AND since = date_bin('1 hour', now(), 'epoch');
    RETURN QUERY
    WITH prompt AS MATERIALIZED (
        SELECT id, not_before FROM letter
        WHERE state = 'waiting' AND NOT calm AND not_before <= clock_timestamp() AND expires > clock_timestamp()
        ORDER BY not_before, id FOR UPDATE SKIP LOCKED LIMIT greatest(least(most, left_), 0)
    ), calm AS MATERIALIZED (
        SELECT id, not_before FROM letter
        WHERE state = 'waiting' AND calm AND not_before <= clock_timestamp() AND expires > clock_timestamp()
        ORDER BY not_before, id FOR UPDATE SKIP LOCKED LIMIT greatest(least(most, left_, calm_left), 0)
    ), ready AS MATERIALIZED (
        SELECT id FROM (
            SELECT id, n + (n - 1) / 4 AS place FROM (SELECT id, row_number() OVER (ORDER BY not_before, id) AS n FROM prompt) AS p
            UNION ALL
            SELECT id, 5 * n FROM (SELECT id, row_number() OVER (ORDER BY not_before, id) AS n FROM calm) AS c
        ) AS ready_ ORDER BY place LIMIT greatest(least(most, left_), 0)
    )
    UPDATE letter l SET state = 'leased', host = host_, slot = slot_, attempt = l.attempt + 1,
        token = nextval('lease_token')
    FROM ready WHERE l.id = ready.id
    RETURNING l.id, l.token, l.template, l.lang, l.contact, l.address, l.secret, l.attempt, l.expires;
END $$;


ALTER FUNCTION kairan.letter_claim(host_ text, slot_ integer, most integer, per_hour integer) OWNER TO kairan_owner;

--
-- Name: letter_record(bigint, bigint, text, text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    l letter;
BEGIN
    SELECT * INTO l FROM letter WHERE id = id_ AND token = token_ AND state = 'leased' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF result = 'temporary' OR (result = 'again' AND NOT l.doubt) THEN
        UPDATE letter SET state = 'waiting', not_before = clock_timestamp() + make_interval(secs => delay_s),
            doubt = l.doubt OR result = 'again', reply = left(reply_, 500)
        WHERE id = id_;
        RETURN;
    END IF;
    UPDATE letter SET state = CASE result WHEN 'again' THEN 'unknown' ELSE result END,
        ended_at = clock_timestamp(), address = NULL, secret = NULL, reply = left(reply_, 500)
    WHERE id = id_;
    IF result = 'accepted' THEN
        PERFORM throttle_hit('letters', '', 0, '1 hour');
        PERFORM throttle_hit('calm letters', '', 0, '1 hour') WHERE l.calm;
    END IF;
END $$;


ALTER FUNCTION kairan.letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s integer) OWNER TO kairan_owner;

--
-- Name: letter_release(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_release(host_ text, slot_ integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE letter SET state = 'waiting', not_before = now()
    WHERE host = host_ AND slot = slot_ AND state = 'leased'
$$;


ALTER FUNCTION kairan.letter_release(host_ text, slot_ integer) OWNER TO kairan_owner;

--
-- Name: letter_staff(text, bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_staff(template text, person_ bigint, expires timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT letter_add(letter_staff.template, p.lang, NULL, p.mail, NULL,
        coalesce(letter_staff.expires, now() + make_interval(days => limit_letter_days())))
    FROM person p WHERE p.id = person_ AND p.mail <> ''
$$;


ALTER FUNCTION kairan.letter_staff(template text, person_ bigint, expires timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: letter_sweep(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.letter_sweep() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    UPDATE letter SET state = CASE WHEN doubt THEN 'unknown' ELSE 'expired' END, ended_at = clock_timestamp(),
        address = NULL, secret = NULL
    WHERE id IN (SELECT id FROM letter WHERE state = 'waiting' AND expires <= clock_timestamp()
        LIMIT 5000 FOR UPDATE SKIP LOCKED)
$$;


ALTER FUNCTION kairan.letter_sweep() OWNER TO kairan_owner;

--
-- Name: limit_answer_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_answer_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 7 $$;


ALTER FUNCTION kairan.limit_answer_days() OWNER TO kairan_owner;

--
-- Name: limit_apply_hours(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_apply_hours() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 24 $$;


ALTER FUNCTION kairan.limit_apply_hours() OWNER TO kairan_owner;

--
-- Name: limit_apply_mails(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_apply_mails() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 10 $$;


ALTER FUNCTION kairan.limit_apply_mails() OWNER TO kairan_owner;

--
-- Name: limit_body_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_body_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 200 $$;


ALTER FUNCTION kairan.limit_body_chars() OWNER TO kairan_owner;

--
-- Name: limit_confirm_hours(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_confirm_hours() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 168 $$;


ALTER FUNCTION kairan.limit_confirm_hours() OWNER TO kairan_owner;

--
-- Name: limit_factor_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_factor_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 12 $$;


ALTER FUNCTION kairan.limit_factor_chars() OWNER TO kairan_owner;

--
-- Name: limit_idle_min(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_idle_min() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 30 $$;


ALTER FUNCTION kairan.limit_idle_min() OWNER TO kairan_owner;

--
-- Name: limit_idle_strict_min(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_idle_strict_min() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 15 $$;


ALTER FUNCTION kairan.limit_idle_strict_min() OWNER TO kairan_owner;

--
-- Name: limit_letter_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_letter_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 2 $$;


ALTER FUNCTION kairan.limit_letter_days() OWNER TO kairan_owner;

--
-- Name: limit_long_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_long_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 1000 $$;


ALTER FUNCTION kairan.limit_long_chars() OWNER TO kairan_owner;

--
-- Name: limit_name_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_name_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 100 $$;


ALTER FUNCTION kairan.limit_name_chars() OWNER TO kairan_owner;

--
-- Name: limit_network_tries(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_network_tries() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 1000 $$;


ALTER FUNCTION kairan.limit_network_tries() OWNER TO kairan_owner;

--
-- Name: limit_one_time_hours(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_one_time_hours() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 24 $$;


ALTER FUNCTION kairan.limit_one_time_hours() OWNER TO kairan_owner;

--
-- Name: limit_password_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_password_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 15 $$;


ALTER FUNCTION kairan.limit_password_chars() OWNER TO kairan_owner;

--
-- Name: limit_password_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_password_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 90 $$;


ALTER FUNCTION kairan.limit_password_days() OWNER TO kairan_owner;

--
-- Name: limit_period_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_period_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 366 $$;


ALTER FUNCTION kairan.limit_period_days() OWNER TO kairan_owner;

--
-- Name: limit_proof_min(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_proof_min() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 60 $$;


ALTER FUNCTION kairan.limit_proof_min() OWNER TO kairan_owner;

--
-- Name: limit_reason_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_reason_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 400 $$;


ALTER FUNCTION kairan.limit_reason_chars() OWNER TO kairan_owner;

--
-- Name: limit_refused_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_refused_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 30 $$;


ALTER FUNCTION kairan.limit_refused_days() OWNER TO kairan_owner;

--
-- Name: limit_session_hours(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_session_hours() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 12 $$;


ALTER FUNCTION kairan.limit_session_hours() OWNER TO kairan_owner;

--
-- Name: limit_short_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_short_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 200 $$;


ALTER FUNCTION kairan.limit_short_chars() OWNER TO kairan_owner;

--
-- Name: limit_sign_in_tries(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_sign_in_tries() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 100 $$;


ALTER FUNCTION kairan.limit_sign_in_tries() OWNER TO kairan_owner;

--
-- Name: limit_signup_mails(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_signup_mails() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 10 $$;


ALTER FUNCTION kairan.limit_signup_mails() OWNER TO kairan_owner;

--
-- Name: limit_title_chars(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_title_chars() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 40 $$;


ALTER FUNCTION kairan.limit_title_chars() OWNER TO kairan_owner;

--
-- Name: limit_vacancy_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_vacancy_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 14 $$;


ALTER FUNCTION kairan.limit_vacancy_days() OWNER TO kairan_owner;

--
-- Name: limit_valid_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_valid_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 31 $$;


ALTER FUNCTION kairan.limit_valid_days() OWNER TO kairan_owner;

--
-- Name: limit_warn_days(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.limit_warn_days() RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT 14 $$;


ALTER FUNCTION kairan.limit_warn_days() OWNER TO kairan_owner;

--
-- Name: link_contact(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.link_contact(link text, purpose integer) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    data bytea := b64url_decode(link);
    k bytea;
BEGIN
    IF data IS NULL OR octet_length(data) <> 26 OR get_byte(data, 1) <> purpose THEN
        RETURN NULL;
    END IF;
    SELECT key INTO k FROM link_key WHERE kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 10), k, 'sha256'), 1, 16))
        <> sha256(substr(data, 11, 16)) THEN
        RETURN NULL;
    END IF;
    RETURN ('x' || encode(substr(data, 3, 8), 'hex'))::bit(64)::bigint;
END $$;


ALTER FUNCTION kairan.link_contact(link text, purpose integer) OWNER TO kairan_owner;

--
-- Name: link_keys(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.link_keys() RETURNS TABLE(kid smallint, key bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT kid, key FROM link_key ORDER BY made DESC, kid DESC
$$;


ALTER FUNCTION kairan.link_keys() OWNER TO kairan_owner;

--
-- Name: log_refused(text, text, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.log_refused(token text, act text, object text, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    s session;
    p person;
    o post;
    facts jsonb := jsonb_build_object('refusal', left(reason, 1000));
BEGIN
    SELECT * INTO s FROM session WHERE session.token_hash = token_hash(log_refused.token);
    SELECT * INTO p FROM person WHERE id = s.person;
    IF session_in_force(s) THEN
        SELECT * INTO o FROM post WHERE id = s.post;
        PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'refused', '', network, facts);
    ELSE
        PERFORM oplog_append(NULL, p.login, NULL, NULL, NULL, act, object, 'refused', '', network, facts);
    END IF;
END $$;


ALTER FUNCTION kairan.log_refused(token text, act text, object text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: mask_address(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.mask_address(address text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$
    SELECT CASE WHEN strpos(address, '@') > 0 THEN regexp_replace(address, '^(.).*@', '\1***@')
        ELSE regexp_replace(address, '^(.{3}).*(.{2})$', '\1******\2') END
$_$;


ALTER FUNCTION kairan.mask_address(address text) OWNER TO kairan_owner;

--
-- Name: may(kairan.actor, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.may(a kairan.actor, act text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN act_roles(act) IS NULL THEN true ELSE coalesce(a.role = ANY (act_roles(act)), false) END
$$;


ALTER FUNCTION kairan.may(a kairan.actor, act text) OWNER TO kairan_owner;

--
-- Name: may_be_delegate(bigint, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.may_be_delegate(person_ bigint, department_ bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM person p WHERE p.id = person_ AND p.suspended_at IS NULL
            AND (person_home(p.id, now()) = department_ OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.department = department_ AND o.during @> now())))
        AND NOT EXISTS (SELECT FROM guest g WHERE g.person = person_)
        AND NOT EXISTS (SELECT FROM post o WHERE o.person = person_
            AND coalesce(upper(o.during), 'infinity') > now()
            AND (o.class <> 3 OR o.department = department_ AND o.role IN ('drafter', 'approver')))
$$;


ALTER FUNCTION kairan.may_be_delegate(person_ bigint, department_ bigint) OWNER TO kairan_owner;

--
-- Name: members_left(bigint, bigint[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.members_left(alert_ bigint, members bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
DECLARE
    month_ date;
    first_ bigint;
    last_ bigint;
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_;
    SELECT min(m), max(m) INTO first_, last_ FROM unnest(members) AS m;
    IF last_ - first_ < 4 * cardinality(members) THEN
        RETURN (SELECT array_agg(m ORDER BY m) FROM unnest(members) AS m LEFT JOIN (
                SELECT contact FROM outcome
                WHERE alert = alert_ AND month = month_ AND final AND contact BETWEEN first_ AND last_
            ) AS ended ON ended.contact = m
            WHERE ended.contact IS NULL);
    END IF;
    RETURN (SELECT array_agg(m ORDER BY m) FROM unnest(members) AS m
        WHERE (SELECT true FROM outcome o -- scalar: see outcome_record
            WHERE o.alert = alert_ AND o.contact = m AND o.month = month_ AND o.final) IS NULL);
END $$;


ALTER FUNCTION kairan.members_left(alert_ bigint, members bigint[]) OWNER TO kairan_owner;

--
-- Name: month_drop(integer, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.month_drop(years integer, now_ timestamp with time zone) RETURNS date
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    SET lock_timeout TO '50ms'
    AS $$
DECLARE
    month_ date;
    parent text;
    name text;
BEGIN
    SELECT m INTO month_ FROM (SELECT to_date(right(c.relname, 6), 'YYYYMM') AS m
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('delivery'::regclass, 'outcome'::regclass)) AS months
    WHERE month_kept_until(m, years) <= now_ ORDER BY m LIMIT 1;
    IF month_ IS NULL THEN
        RETURN NULL;
    END IF;
    FOREACH parent IN ARRAY ARRAY['delivery', 'outcome'] LOOP
        name := parent || to_char(month_, '_YYYYMM');
        IF to_regclass(name) IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, name);
            EXECUTE format('DROP TABLE %I', name);
        END IF;
    END LOOP;
    DELETE FROM broadcast_part WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    DELETE FROM broadcast_tally WHERE alert IN (SELECT alert FROM broadcast WHERE month = month_);
    UPDATE broadcast SET dropped_at = clock_timestamp() WHERE month = month_;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'records.drop', to_char(month_, 'YYYY-MM'), 'done', '', NULL);
    RETURN month_;
END $$;


ALTER FUNCTION kairan.month_drop(years integer, now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: month_kept_until(date, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.month_kept_until(month_ date, years integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM broadcast b WHERE b.month = month_ AND b.ended_at IS NULL) THEN
        kept_until(greatest(((month_ + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo') - interval '1 microsecond',
            (SELECT max(greatest(b.started_at, b.last_outcome_at, b.ended_at)) FROM broadcast b WHERE b.month = month_)),
            years) END
$$;


ALTER FUNCTION kairan.month_kept_until(month_ date, years integer) OWNER TO kairan_owner;

--
-- Name: month_of(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.month_of(at timestamp with time zone) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    SELECT date_trunc('month', at AT TIME ZONE 'Asia/Tokyo')::date
$$;


ALTER FUNCTION kairan.month_of(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: national_day(date); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.national_day(day date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE
        WHEN m = 1 AND d = 1 THEN 'New Year''s Day'
        WHEN m = 1 AND monday = 2 THEN 'Coming of Age Day'
        WHEN m = 2 AND d = 11 THEN 'National Foundation Day'
        WHEN m = 2 AND d = 23 THEN 'Emperor''s Birthday'
        WHEN m = 3 AND d = floor(20.8431 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Vernal Equinox Day'
        WHEN m = 4 AND d = 29 THEN 'Showa Day'
        WHEN m = 5 AND d = 3 THEN 'Constitution Memorial Day'
        WHEN m = 5 AND d = 4 THEN 'Greenery Day'
        WHEN m = 5 AND d = 5 THEN 'Children''s Day'
        WHEN m = 7 AND monday = 3 THEN 'Marine Day'
        WHEN m = 8 AND d = 11 THEN 'Mountain Day'
        WHEN m = 9 AND monday = 3 THEN 'Respect for the Aged Day'
        WHEN m = 9 AND d = floor(23.2488 + 0.242194 * (y - 1980)) - (y - 1980) / 4 THEN 'Autumnal Equinox Day'
        WHEN m = 10 AND monday = 2 THEN 'Sports Day'
        WHEN m = 11 AND d = 3 THEN 'Culture Day'
        WHEN m = 11 AND d = 23 THEN 'Labor Thanksgiving Day' END
    FROM (SELECT extract(year FROM day)::int AS y, extract(month FROM day)::int AS m, extract(day FROM day)::int AS d,
        CASE extract(isodow FROM day) WHEN 1 THEN (extract(day FROM day)::int + 6) / 7 END AS monday) AS parts
$$;


ALTER FUNCTION kairan.national_day(day date) OWNER TO kairan_owner;

--
-- Name: need_name(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.need_name(name text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT need_text(name, limit_name_chars(), 'Type the name, in at most 100 characters.', 'name')
$$;


ALTER FUNCTION kairan.need_name(name text) OWNER TO kairan_owner;

--
-- Name: need_reason(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.need_reason(reason text, field text DEFAULT 'reason'::text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT need_text(reason, limit_reason_chars(), 'Please give the reason, in at most 400 characters.', field)
$$;


ALTER FUNCTION kairan.need_reason(reason text, field text) OWNER TO kairan_owner;

--
-- Name: need_text(text, integer, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.need_text(value text, most integer, sentence text, field text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF value IS NULL OR value !~ '\S' OR char_length(value) > most OR value ~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]' THEN
        PERFORM kairan.refuse('invalid', sentence, field);
    END IF;
END $$;


ALTER FUNCTION kairan.need_text(value text, most integer, sentence text, field text) OWNER TO kairan_owner;

--
-- Name: netstrings(text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.netstrings(VARIADIC items text[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT convert_to(coalesce(string_agg(
        CASE WHEN item IS NULL THEN '~,' ELSE octet_length(item) || ':' || item || ',' END,
        '' ORDER BY place), ''), 'UTF8')
    FROM unnest(items) WITH ORDINALITY AS list (item, place)
$$;


ALTER FUNCTION kairan.netstrings(VARIADIC items text[]) OWNER TO kairan_owner;

--
-- Name: network_key(inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.network_key(address inet) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(host(CASE family(address) WHEN 6 THEN network(set_masklen(address, 64))
        ELSE address END), '')
$$;


ALTER FUNCTION kairan.network_key(address inet) OWNER TO kairan_owner;

--
-- Name: no_administrator(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.no_administrator(role text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF role = 'administrator' THEN
        PERFORM refuse('denied', 'Nobody makes an administrator alone: apply for it by form, or use "kairan admin add" on the host.', 'role');
    ELSIF role = 'delegate' THEN
        PERFORM refuse('invalid', 'A delegate is made by a delegation, with its period and its reason.', 'role');
    END IF;
END $$;


ALTER FUNCTION kairan.no_administrator(role text) OWNER TO kairan_owner;

--
-- Name: not_oneself(kairan.actor, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.not_oneself(me kairan.actor, person_ bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF me.person = person_ THEN
        PERFORM refuse('denied', 'Nobody does this to himself or herself. Ask another administrator.');
    END IF;
END $$;


ALTER FUNCTION kairan.not_oneself(me kairan.actor, person_ bigint) OWNER TO kairan_owner;

--
-- Name: odd_sign_ins(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.odd_sign_ins(from_ timestamp with time zone, to_ timestamp with time zone) RETURNS TABLE(at timestamp with time zone, person bigint, login text, name text, network inet, permitted boolean, reason text)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT l.at, p.id, p.login, p.name, l.network, hours_permitted(p.id, l.at),
        coalesce((SELECT e.reason FROM oplog e WHERE e.person = l.person AND e.act = 'hours.emergency' AND e.result = 'done'
            AND e.at >= l.at AND e.at < least(l.next_at, l.at + make_interval(hours => limit_session_hours())) ORDER BY e.at LIMIT 1), '')
    FROM (SELECT o.*, lead(o.at) OVER (PARTITION BY o.person ORDER BY o.seq) AS next_at FROM oplog o
            WHERE o.act = 'sign-in.odd' AND o.at >= from_ AND o.at < to_) AS l
        JOIN person p ON p.id = l.person
    ORDER BY l.seq
$$;


ALTER FUNCTION kairan.odd_sign_ins(from_ timestamp with time zone, to_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: office_subject(text, text, bigint, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.office_subject(token text, kind text, id_ bigint, of_ bigint DEFAULT NULL::bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, NULL);
    found jsonb;
BEGIN
    IF kind IN ('person', 'post', 'department') THEN
        PERFORM staff_reader(token, NULL);
    END IF;
    found := CASE kind
        WHEN 'person' THEN (SELECT jsonb_build_object('subject', p.name, 'name', p.name, 'mail', p.mail,
                'department', person_home(p.id, now())::text) FROM person p WHERE p.id = id_)
        WHEN 'post' THEN (SELECT jsonb_build_object('subject', p.name, 'role', o.role, 'department_name', d.name)
                FROM post o JOIN person p ON p.id = o.person LEFT JOIN department d ON d.id = o.department
                WHERE o.id = id_ AND o.person = of_)
        WHEN 'department' THEN (SELECT jsonb_build_object('subject', d.name, 'name', d.name, 'name_en', d.name_en,
                'of_administrator', CASE WHEN d.of_administrator THEN '1' ELSE '' END)
                FROM department d WHERE d.id = id_)
        WHEN 'delegation' THEN (SELECT jsonb_build_object('subject', p.name, 'department_name', d.name)
                FROM delegation g JOIN person p ON p.id = g.person JOIN department d ON d.id = g.department
                WHERE g.id = id_ AND sees(me, g.department))
        WHEN 'instruction' THEN (SELECT jsonb_build_object('subject', p.name)
                FROM instruction i JOIN person p ON p.id = i.person WHERE i.id = id_ AND sees(me, i.department))
    END;
    IF found IS NULL THEN
        PERFORM refuse('missing', 'There is no such page.');
    END IF;
    RETURN jsonb_strip_nulls(found);
END $$;


ALTER FUNCTION kairan.office_subject(token text, kind text, id_ bigint, of_ bigint) OWNER TO kairan_owner;

--
-- Name: oplog_act(kairan.actor, text, text, text, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_act(a kairan.actor, act text, object text, reason text DEFAULT ''::text, facts jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF NOT may(a, act) THEN
        PERFORM refuse('denied', 'Your post does not allow this.');
    END IF;
    IF act_is_grave(act) THEN
        PERFORM proof_ask(a.session);
    END IF;
    PERFORM oplog_append(a.person, a.login, a.post, a.role, a.department, act, object, 'done', reason, a.network, facts);
END $$;


ALTER FUNCTION kairan.oplog_act(a kairan.actor, act text, object text, reason text, facts jsonb) OWNER TO kairan_owner;

--
-- Name: oplog_anchor(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_anchor() RETURNS TABLE(at text, seq bigint, hash text, count bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), h.seq,
        encode(h.hash, 'hex'), (SELECT count(*) FROM oplog)
    FROM oplog_head h
$$;


ALTER FUNCTION kairan.oplog_anchor() OWNER TO kairan_owner;

--
-- Name: oplog_anchor_mail(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_anchor_mail(address_ text, line text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM letter WHERE template = 'anchor' AND made >= date_trunc('day',
        clock_timestamp() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo') THEN
        RETURN false;
    END IF;
    PERFORM letter_add('anchor', 'ja', NULL, address_, line, clock_timestamp() + interval '1 day');
    RETURN true;
END $$;


ALTER FUNCTION kairan.oplog_anchor_mail(address_ text, line text) OWNER TO kairan_owner;

--
-- Name: oplog_append(bigint, text, bigint, text, bigint, text, text, text, text, inet, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_append(person_ bigint, login_ text, post_ bigint, role_ text, department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet, facts jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    r oplog;
BEGIN
    IF person_ IS NULL AND result_ = 'refused' AND network_ IS NOT NULL
        AND NOT stranger_first(act_, left(login_, 64), network_) THEN
        RETURN;
    END IF;
    r.person := person_;
    r.login := left(login_, 64);
    r.post := post_;
    r.role := role_;
    r.department := department_;
    r.act := act_;
    r.object := left(object_, 200);
    r.result := result_;
    r.reason := left(coalesce(reason_, ''), 1000);
    r.facts := nullif(jsonb_strip_nulls(facts), '{}');
    r.network := network_;
    r.behalf := CASE role_ WHEN 'delegate' THEN coalesce(delegation_principal(post_), behalf_of(department_, clock_timestamp())) END;
    r.request := nullif(current_setting('kairan.request', true), '');
    PERFORM oplog_put(r);
END $$;


ALTER FUNCTION kairan.oplog_append(person_ bigint, login_ text, post_ bigint, role_ text, department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet, facts jsonb) OWNER TO kairan_owner;

--
-- Name: oplog_base(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_base() RETURNS TABLE(year integer, seq bigint, hash bytea, said text)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT g.year, g.last_seq, g.last_hash,
        coalesce((SELECT max((l.facts ->> 'last') || ' ' || (l.facts ->> 'hash')) FROM oplog l WHERE l.act = 'log.purge' AND l.object = 'year ' || g.year
            AND l.login = 'system' AND l.person IS NULL), '')
    FROM oplog_purge g WHERE g.done_at IS NOT NULL ORDER BY g.year DESC LIMIT 1
$$;


ALTER FUNCTION kairan.oplog_base() OWNER TO kairan_owner;

--
-- Name: oplog_conditions(kairan.oplog_filter); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_conditions(f kairan.oplog_filter) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
    SELECT array_remove(ARRAY[
        CASE WHEN f.person IS NOT NULL THEN 'l.person = ($1).person' END,
        CASE WHEN f.role IS NOT NULL THEN 'l.role = ($1).role' END,
        CASE WHEN f.department IS NOT NULL THEN 'l.department = ($1).department' END,
        CASE WHEN f.act IS NOT NULL THEN 'l.act = ($1).act' END,
        CASE WHEN f.object IS NOT NULL THEN 'l.object = ($1).object' END,
        CASE WHEN f.network IS NOT NULL THEN 'l.network = ($1).network' END,
        CASE f.result WHEN 'refused' THEN 'l.result = ''refused''' END], NULL)
$_$;


ALTER FUNCTION kairan.oplog_conditions(f kairan.oplog_filter) OWNER TO kairan_owner;

--
-- Name: oplog_departments(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_departments(token text) RETURNS TABLE(id bigint, name text, name_en text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d ORDER BY d.name;
END $$;


ALTER FUNCTION kairan.oplog_departments(token text) OWNER TO kairan_owner;

--
-- Name: oplog; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    person bigint,
    login text,
    post bigint,
    role text,
    department bigint,
    act text NOT NULL,
    object text NOT NULL,
    result text NOT NULL,
    reason text NOT NULL,
    facts jsonb,
    network inet,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    format smallint NOT NULL,
    behalf bigint,
    request text,
    CONSTRAINT oplog_facts_check CHECK (((jsonb_typeof(facts) = 'object'::text) AND (facts <> '{}'::jsonb))),
    CONSTRAINT oplog_result_check CHECK ((result = ANY (ARRAY['done'::text, 'refused'::text])))
)
PARTITION BY RANGE (at);


ALTER TABLE kairan.oplog OWNER TO kairan_owner;

--
-- Name: oplog_digest(kairan.oplog); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_digest(r kairan.oplog) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT sha256(CASE r.format WHEN 1 THEN netstrings(r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, host(r.network),
            encode(r.prev, 'hex'))
        ELSE netstrings(r.format::text, r.seq::text,
            (extract(epoch FROM r.at) * 1000000)::bigint::text, r.person::text, r.login, r.post::text,
            r.role, r.department::text, r.act, r.object, r.result, r.reason, r.facts::text,
            host(r.network), r.behalf::text, r.request, encode(r.prev, 'hex')) END)
$$;


ALTER FUNCTION kairan.oplog_digest(r kairan.oplog) OWNER TO kairan_owner;

--
-- Name: oplog_drop(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_drop(now_ timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    SET lock_timeout TO '50ms'
    AS $$
DECLARE
    p oplog_purge;
    last oplog;
    name text;
BEGIN
    SELECT g.* INTO p FROM oplog_oldest(now_) o JOIN oplog_purge g ON g.year = o.year
    WHERE o.due AND g.confirmed_at IS NOT NULL AND g.done_at IS NULL;
    IF p.year IS NULL THEN
        RETURN NULL;
    END IF;
    name := 'oplog_' || p.year;
    EXECUTE format('SELECT * FROM %I ORDER BY seq DESC LIMIT 1', name) INTO last;
    IF last.seq IS NULL THEN -- a year without rows: what was the end stays the end
        SELECT last_seq, last_hash INTO last.seq, last.hash FROM oplog_purge
        WHERE done_at IS NOT NULL ORDER BY year DESC LIMIT 1;
        last.seq := coalesce(last.seq, 0);
        last.hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    END IF;
    EXECUTE format('ALTER TABLE oplog DETACH PARTITION %I', name);
    IF EXISTS (SELECT FROM oplog WHERE seq < last.seq) THEN
        RAISE EXCEPTION 'the rows of % are not the oldest ones', p.year;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    UPDATE oplog_purge SET done_at = clock_timestamp(), last_seq = last.seq, last_hash = last.hash
    WHERE year = p.year;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'log.purge', 'year ' || p.year, 'done', '', NULL,
        facts => jsonb_build_object('last', last.seq, 'hash', encode(last.hash, 'hex')));
    RETURN p.year;
END $$;


ALTER FUNCTION kairan.oplog_drop(now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: oplog_export(text, text[], bigint, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_export(token text, what text[], before_ bigint, most integer, from_ inet) RETURNS TABLE(seq bigint, at timestamp with time zone, login text, name text, role text, department text, department_en text, act text, object text, object_name text, result text, reason text, facts jsonb, network text, behalf text, request text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := oplog_reader(token, from_);
    f oplog_filter := oplog_filter_of(what);
BEGIN
    IF before_ IS NULL THEN
        PERFORM oplog_act(me, 'log.export', '',
            facts => jsonb_build_object('filter', nullif(array_to_string(array_remove(what, ''), ', '), '')));
    ELSIF NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = 'log.export'
        AND l.at > clock_timestamp() - interval '1 hour') THEN
        PERFORM refuse('conflict', 'This export was not begun.');
    END IF;
    RETURN QUERY SELECT * FROM oplog_shown(f, before_, least(most, 2000), '100 ms');
END $$;


ALTER FUNCTION kairan.oplog_export(token text, what text[], before_ bigint, most integer, from_ inet) OWNER TO kairan_owner;

--
-- Name: oplog_filter_of(text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_filter_of(what text[]) RETURNS kairan.oplog_filter
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    f oplog_filter;
    w text[] := array_replace(what, '', NULL);
    field text := 'department';
BEGIN
    f.person := (SELECT id FROM person WHERE w[1] IN (login, name) ORDER BY login = w[1] DESC, id LIMIT 1);
    IF w[1] IS NOT NULL AND f.person IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this sign-in name or name.', 'person');
    END IF;
    f.role := w[2];
    f.act := w[4];
    f.object := w[5];
    f.result := w[6];
    f.words := w[10];
    f.department := w[3]::bigint;
    field := 'network';
    f.network := host(w[7]::inet)::inet;
    field := CASE WHEN w[8] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'since'
        WHEN w[9] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'until' END;
    IF field IS NOT NULL THEN
        RAISE data_exception;
    END IF;
    field := 'since';
    f.since := w[8]::timestamp AT TIME ZONE 'Asia/Tokyo';
    field := 'until';
    f.until := (w[9]::timestamp + interval '1 minute') AT TIME ZONE 'Asia/Tokyo';
    RETURN f;
EXCEPTION WHEN data_exception THEN
    PERFORM refuse('invalid', 'This cannot be looked for. Please correct it.', field);
END $_$;


ALTER FUNCTION kairan.oplog_filter_of(what text[]) OWNER TO kairan_owner;

--
-- Name: oplog_find(kairan.oplog_filter, bigint, integer, interval); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_find(f kairan.oplog_filter, before_ bigint, most integer, budget interval) RETURNS SETOF kairan.oplog
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    stop timestamptz := clock_timestamp() + budget;
    ways text[] := oplog_conditions(f);
    rest text := array_to_string(ways || '{true}'::text[]
        || CASE f.result WHEN 'done' THEN ARRAY['l.result = ''done'''] END
        || CASE WHEN f.since IS NOT NULL THEN ARRAY['l.at >= ($1).since'] END
        || CASE WHEN f.until IS NOT NULL THEN ARRAY['l.at < ($1).until'] END
        || CASE WHEN f.words <> '' THEN
            ARRAY['strpos(lower(oplog_words(object, reason, facts)), lower(($1).words)) > 0'] END, ' AND ');
    high bigint := least(before_, (SELECT seq + 1 FROM oplog_head));
    bottom bigint;
    low bigint;
    next_ bigint;
    way text;
    led text;
    r oplog;
BEGIN
    IF f.until IS NOT NULL THEN
        high := least(high, (SELECT max(seq) + 1 FROM (SELECT seq FROM oplog WHERE at < f.until
            ORDER BY at DESC, seq DESC LIMIT 1) AS newest));
    END IF;
    SELECT min(seq) INTO bottom FROM (SELECT seq FROM oplog WHERE at >= coalesce(f.since, '-infinity')
        ORDER BY at, seq LIMIT 1) AS oldest;
    WHILE most > 0 AND high > bottom LOOP
        low := high - 2000;
        led := 'true';
        FOREACH way IN ARRAY ways LOOP
            EXECUTE format('SELECT seq FROM oplog l WHERE %s AND seq < $2 ORDER BY seq DESC OFFSET 1999 LIMIT 1',
                way) INTO next_ USING f, high;
            IF coalesce(next_, 0) < low THEN
                low := coalesce(next_, 0);
                led := way;
            END IF;
        END LOOP;
        IF length(f.words) > 1 AND ((high - 1) >> 15) << 15 < low THEN
            low := ((high - 1) >> 15) << 15;
            led := format('oplog_grams(seq >> 15, oplog_words(object, reason, facts)) @> oplog_grams(%s, ($1).words)',
                low >> 15);
        ELSIF led = 'true' THEN
            led := format('seq >= %s AND seq < %s', low, high);
        ELSE
            led := led || format(' AND seq >= %s AND seq < %s', low, high);
        END IF;
        FOR r IN EXECUTE format('WITH led AS MATERIALIZED (SELECT * FROM oplog l WHERE %s) SELECT * FROM led l '
            'WHERE seq >= $3 AND seq < $2 AND %s ORDER BY seq DESC LIMIT $4', led, rest)
            USING f, high, low, most LOOP
            RETURN NEXT r;
            most := most - 1;
        END LOOP;
        high := low;
        EXIT WHEN clock_timestamp() > stop;
    END LOOP;
    IF most > 0 AND high > bottom THEN
        r := NULL;
        r.seq := high;
        RETURN NEXT r;
    END IF;
END $_$;


ALTER FUNCTION kairan.oplog_find(f kairan.oplog_filter, before_ bigint, most integer, budget interval) OWNER TO kairan_owner;

--
-- Name: oplog_findings(date, date, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_findings(since date, until date, quick_s integer) RETURNS TABLE(kind text, subject text, n bigint, last timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
    WITH l AS MATERIALIZED (
        SELECT * FROM oplog WHERE at >= since::timestamp AT TIME ZONE 'Asia/Tokyo'
            AND at < (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
    SELECT * FROM (
        (SELECT 'failed', concat_ws(' ', coalesce(login, '?'), host(network)), sum(oplog_times(facts))::bigint AS n, max(at)
            FROM l WHERE act = 'sign-in' AND result = 'refused' GROUP BY 2 HAVING sum(oplog_times(facts)) >= 5)
        UNION ALL
        (SELECT 'odd', o.login, count(*), max(o.at) FROM odd_sign_ins(since::timestamp AT TIME ZONE 'Asia/Tokyo',
            (until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') o GROUP BY o.login)
        UNION ALL
        (SELECT 'unused', p.login, 0, max(s.made) FROM person p LEFT JOIN session s ON s.person = p.id
            WHERE p.suspended_at IS NULL AND EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> now())
                AND p.made < (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo'
                AND NOT EXISTS (SELECT FROM oplog u WHERE u.person = p.id
                    AND u.at >= (until - 60)::timestamp AT TIME ZONE 'Asia/Tokyo') GROUP BY p.login)
        UNION ALL
        (SELECT 'reads', login || ' ' || (at AT TIME ZONE 'Asia/Tokyo')::date, count(*), max(at)
            FROM l WHERE act ~ '\.read$' AND result = 'done' GROUP BY 2 HAVING count(*) >= 30)
        UNION ALL
        (SELECT 'quick', a.login || ' ' || a.object, ceil(extract(epoch FROM a.at - s.at))::bigint, a.at
            FROM l a, LATERAL (SELECT max(b.at) AS at FROM oplog b WHERE b.object = a.object
                AND b.act = 'alert.submit' AND b.result = 'done' AND b.seq < a.seq) AS s
            WHERE a.act = 'alert.approve' AND a.result = 'done' AND a.at < s.at + make_interval(secs => quick_s))
        UNION ALL
        (SELECT 'delegate', concat_ws(' ', login, act), count(*), max(at) FROM l
            WHERE role = 'delegate' AND result = 'done' AND act LIKE 'alert.%' GROUP BY 2)
        UNION ALL
        (SELECT 'export', concat_ws(' ', login, object, act), count(*), max(at) FROM l
            WHERE act ~ '\.export$' AND result = 'done' GROUP BY 2)
        UNION ALL
        (SELECT 'clock', coalesce('seconds ' || (facts ->> 'seconds'), ''), count(*), max(at) FROM l WHERE act = 'clock.back' GROUP BY 2)
    ) AS f (kind, subject, n, last) ORDER BY kind, n DESC, subject LIMIT 200
$_$;


ALTER FUNCTION kairan.oplog_findings(since date, until date, quick_s integer) OWNER TO kairan_owner;

--
-- Name: oplog_grams(bigint, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_grams(block bigint, words text) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE STRICT COST 10000 PARALLEL SAFE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(array_agg(DISTINCT hashtextextended(pair, block)), '{}')
    FROM (SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(words), NULL)) WITH ORDINALITY AS l (letter, place)) AS pairs
    WHERE pair IS NOT NULL
$$;


ALTER FUNCTION kairan.oplog_grams(block bigint, words text) OWNER TO kairan_owner;

--
-- Name: oplog_kept_until(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_kept_until(at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT make_timestamptz(fiscal_year(at) + 2, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;


ALTER FUNCTION kairan.oplog_kept_until(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: oplog_head; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog_head (
    one boolean DEFAULT true NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT oplog_head_one_check CHECK (one)
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='200', vacuum_truncate='false');


ALTER TABLE kairan.oplog_head OWNER TO kairan_owner;

--
-- Name: oplog_link(kairan.oplog, kairan.oplog_head); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_link(r kairan.oplog, INOUT head kairan.oplog_head) RETURNS kairan.oplog_head
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    r.format := 2;
    r.seq := head.seq + 1;
    r.prev := head.hash;
    r.hash := oplog_digest(r);
    INSERT INTO oplog SELECT r.*;
    head.seq := r.seq;
    head.hash := r.hash;
    head.at := r.at;
END $$;


ALTER FUNCTION kairan.oplog_link(r kairan.oplog, INOUT head kairan.oplog_head) OWNER TO kairan_owner;

--
-- Name: oplog_oldest(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_oldest(now_ timestamp with time zone) RETURNS TABLE(year integer, due boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
    SELECT y, oplog_kept_until(make_timestamptz(y, 4, 1, 0, 0, 0, 'Asia/Tokyo')) <= now_
    FROM (SELECT min(substring(c.relname FROM '^oplog_([0-9]{4})$')::int) AS y
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'oplog'::regclass) AS oldest
$_$;


ALTER FUNCTION kairan.oplog_oldest(now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: oplog_operator(text, text, text, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_operator(act text, object text, reason text DEFAULT ''::text, facts jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT oplog_append(NULL, 'operator', NULL, NULL, NULL, act, object, 'done', reason, NULL, facts)
$$;


ALTER FUNCTION kairan.oplog_operator(act text, object text, reason text, facts jsonb) OWNER TO kairan_owner;

--
-- Name: oplog_own(kairan.session, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_own(s kairan.session, act text, object text, network inet) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, 'done', '', network)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;


ALTER FUNCTION kairan.oplog_own(s kairan.session, act text, object text, network inet) OWNER TO kairan_owner;

--
-- Name: oplog_partition(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_partition(year integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    name text := 'oplog_' || year;
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE oplog INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('ALTER TABLE oplog ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
        year || '-04-01 00:00+09', (year + 1) || '-04-01 00:00+09');
    EXECUTE format('CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
END $$;


ALTER FUNCTION kairan.oplog_partition(year integer) OWNER TO kairan_owner;

--
-- Name: oplog_put(kairan.oplog); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_put(r kairan.oplog) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    head oplog_head;
    back oplog;
BEGIN
    SELECT * INTO head FROM oplog_head FOR UPDATE;
    r.at := clock_timestamp();
    IF r.at >= head.at - interval '1 second' THEN
        r.at := greatest(r.at, head.at);
    ELSE
        back.at := r.at;
        back.login := 'system';
        back.act := 'clock.back';
        back.object := '';
        back.result := 'done';
        back.reason := '';
        back.facts := jsonb_build_object('seconds', ceil(extract(epoch FROM head.at - r.at))::bigint);
        head := oplog_link(back, head);
    END IF;
    head := oplog_link(r, head);
    UPDATE oplog_head SET seq = head.seq, hash = head.hash, at = head.at;
END $$;


ALTER FUNCTION kairan.oplog_put(r kairan.oplog) OWNER TO kairan_owner;

--
-- Name: oplog_reader(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_reader(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'log.read') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read the operation log.');
    END IF;
    RETURN me;
END $$;


ALTER FUNCTION kairan.oplog_reader(token text, network inet) OWNER TO kairan_owner;

--
-- Name: oplog_request(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_request(id text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM set_config('kairan.request', left(id, 64), false);
END $$;


ALTER FUNCTION kairan.oplog_request(id text) OWNER TO kairan_owner;

--
-- Name: oplog_search(text, text[], bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_search(token text, what text[], before_ bigint, most integer) RETURNS TABLE(seq bigint, at timestamp with time zone, login text, name text, role text, department text, department_en text, act text, object text, object_name text, result text, reason text, facts jsonb, network text, behalf text, request text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT * FROM oplog_shown(oplog_filter_of(what), before_, least(most, 200), '100 ms');
END $$;


ALTER FUNCTION kairan.oplog_search(token text, what text[], before_ bigint, most integer) OWNER TO kairan_owner;

--
-- Name: oplog_session(kairan.session, text, text, text, text, inet, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_session(s kairan.session, act text, object text, result text, reason text, network inet, facts jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT oplog_append(p.id, p.login, o.id, o.role, o.department, act, object, result, reason, network, facts)
    FROM person p LEFT JOIN post o ON o.id = s.post WHERE p.id = s.person
$$;


ALTER FUNCTION kairan.oplog_session(s kairan.session, act text, object text, result text, reason text, network inet, facts jsonb) OWNER TO kairan_owner;

--
-- Name: oplog_shown(kairan.oplog_filter, bigint, integer, interval); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_shown(f kairan.oplog_filter, before_ bigint, most integer, budget interval) RETURNS TABLE(seq bigint, at timestamp with time zone, login text, name text, role text, department text, department_en text, act text, object text, object_name text, result text, reason text, facts jsonb, network text, behalf text, request text)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
    SELECT l.seq, l.at, l.login, p.name, l.role, d.name, d.name_en, l.act, l.object,
        CASE WHEN l.object ~ '^person [0-9]{1,18}$' -- its name as it is now
            THEN (SELECT o.name FROM person o WHERE o.id = substr(l.object, 8)::bigint) END,
        l.result, l.reason, l.facts, host(l.network), b.name, l.request
    FROM oplog_find(f, before_, most, budget) l LEFT JOIN person p ON p.id = l.person
        LEFT JOIN department d ON d.id = l.department LEFT JOIN person b ON b.id = l.behalf
    ORDER BY l.seq DESC
$_$;


ALTER FUNCTION kairan.oplog_shown(f kairan.oplog_filter, before_ bigint, most integer, budget interval) OWNER TO kairan_owner;

--
-- Name: oplog_times(jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_times(facts jsonb) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce((facts -> 'times')::bigint, 1)
$$;


ALTER FUNCTION kairan.oplog_times(facts jsonb) OWNER TO kairan_owner;

--
-- Name: oplog_view(text, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_view(token text, act_ text, object_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF act_ !~ '^[a-z-]+\.(read|export)$' THEN
        PERFORM refuse('invalid', 'This is no act of reading.');
    END IF;
    IF act_ ~ 'export$' OR NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = act_
        AND l.object = left(object_, 200) AND l.at > clock_timestamp() - interval '1 minute') THEN
        PERFORM oplog_act(me, act_, object_);
    END IF;
END $_$;


ALTER FUNCTION kairan.oplog_view(token text, act_ text, object_ text, network inet) OWNER TO kairan_owner;

--
-- Name: oplog_words(text, text, jsonb); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.oplog_words(object text, reason text, facts jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT object || E'\n' || reason || coalesce(E'\n' || translate(replace(facts::text, '": ', ' '), '{}"', ''), '')
$$;


ALTER FUNCTION kairan.oplog_words(object text, reason text, facts jsonb) OWNER TO kairan_owner;

--
-- Name: outcome_late(bigint, date, bigint[], integer[], kairan.result[], boolean[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.outcome_late(alert_ bigint, month_ date, contacts bigint[], kinds integer[], results kairan.result[], agains boolean[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM unnest(contacts) AS m WHERE (SELECT true FROM delivery d
        WHERE d.alert = alert_ AND d.contact = m AND d.month = month_) IS NULL) THEN
        PERFORM refuse('invalid', 'An outcome without a delivery.', 'contacts');
    END IF;
    IF (SELECT count(*) > count(DISTINCT m) FROM unnest(contacts) AS m) THEN
        RAISE unique_violation USING MESSAGE = 'outcome_record: a contact ends twice in one call';
    END IF;
    -- A host that was believed dead told its end late, and somebody else had already sent again: the end
    -- stays, and says that the mail may have come twice.
    UPDATE outcome o SET again = true FROM unnest(contacts, kinds) AS g (contact, kind)
    WHERE o.alert = alert_ AND o.contact = g.contact AND o.month = month_ AND o.final AND NOT o.again
        AND agains[g.kind] AND results[g.kind] IN ('accepted', 'unknown');
END $$;


ALTER FUNCTION kairan.outcome_late(alert_ bigint, month_ date, contacts bigint[], kinds integer[], results kairan.result[], agains boolean[]) OWNER TO kairan_owner;

--
-- Name: outcome_record(bigint, bigint[], smallint[], kairan.result[], boolean[], boolean[], smallint[], text[], text, timestamp with time zone[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT outcome_record(alert_, contacts,
        (SELECT array_agg((extract(epoch FROM at) * 1000)::bigint ORDER BY place)
            FROM unnest(at_) WITH ORDINALITY AS t (at, place)),
        (SELECT array_agg(place) FROM generate_series(1, cardinality(contacts)) AS place),
        replies, attempts, results, finals, agains, codes,
        array_fill(''::text, ARRAY[cardinality(contacts)]), array_fill(''::text, ARRAY[cardinality(contacts)]),
        array_fill(relay_, ARRAY[cardinality(contacts)]))
$$;


ALTER FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]) OWNER TO kairan_owner;

--
-- Name: outcome_record(bigint, bigint[], bigint[], integer[], text[], smallint[], kairan.result[], boolean[], boolean[], smallint[], text[], text[], text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    month_ date;
    written bigint[];
BEGIN
    SELECT month INTO month_ FROM broadcast WHERE alert = alert_;
    SELECT array_agg(end_called(result, again) ORDER BY kind) INTO results
    FROM unnest(results, agains) WITH ORDINALITY AS k (result, again, kind);
    IF '' = ANY (lanes) THEN
        SELECT array_agg(CASE lane WHEN '' THEN (SELECT lane_of(address) FROM contact
                WHERE id = contacts[array_position(kinds, kind::int)]) ELSE lane END ORDER BY kind)
        INTO lanes FROM unnest(lanes) WITH ORDINALITY AS k (lane, kind);
    END IF;
    WITH fresh AS (
        INSERT INTO outcome (month, alert, contact, at, attempt, code, enhanced, result, final, again,
            lane, relay, reply)
        SELECT month_, alert_, contact, to_timestamp(ms::float8 / 1000), attempts[kind], codes[kind],
            enhanceds[kind], results[kind], finals[kind], agains[kind], lanes[kind], relays[kind],
            CASE WHEN octet_length(reply) > 500 THEN left(reply, 500) ELSE reply END
        FROM (SELECT unnest(contacts) AS contact, unnest(times) AS ms, unnest(kinds) AS kind,
            unnest(replies) AS reply) AS given
        WHERE (SELECT true FROM delivery d
                WHERE d.alert = alert_ AND d.contact = given.contact AND d.month = month_)
            AND (finals[kind] OR (SELECT true FROM outcome o WHERE o.alert = alert_
                AND o.contact = given.contact AND o.month = month_ AND o.final) IS NULL)
        ON CONFLICT (alert, contact, month) WHERE final DO NOTHING
        RETURNING contact
    )
    SELECT array_agg(contact) INTO written FROM fresh;
    IF cardinality(written) IS DISTINCT FROM cardinality(contacts) THEN
        PERFORM outcome_late(alert_, month_, contacts, kinds, results, agains);
        SELECT array_agg(ms), array_agg(kind) INTO times, kinds
        FROM unnest(contacts, times, kinds) AS g (contact, ms, kind) WHERE contact = ANY (written);
    END IF;
    PERFORM outcome_tally(alert_, times, kinds, results, finals, lanes, relays);
    -- Ten times a second is enough till the end is near, or somebody is refused.
    PERFORM FROM broadcast WHERE alert = alert_ AND (folded_at < clock_timestamp() - interval '0.1 seconds'
        OR 'refused' = ANY (results) OR coalesce(total, written) - accepted - refused - expired - cancelled - unknown < 1000)
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF broadcast_fold(alert_) THEN
        PERFORM broadcast_finish(alert_);
    ELSE
        PERFORM broadcast_judge(alert_);
    END IF;
END $$;


ALTER FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]) OWNER TO kairan_owner;

--
-- Name: outcome_tally(bigint, bigint[], integer[], kairan.result[], boolean[], text[], text[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.outcome_tally(alert_ bigint, times bigint[], kinds integer[], results kairan.result[], finals boolean[], lanes text[], relays text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    WITH sums AS MATERIALIZED (
        SELECT ms / 1000 AS second, results[kind] AS result, finals[kind] AS final, lanes[kind] AS lane,
            relays[kind] AS relay, count(*)::int AS n, min(ms) AS first_ms, max(ms) AS last_ms
        FROM (SELECT unnest(times) AS ms, unnest(kinds) AS kind) AS g GROUP BY 1, 2, 3, 4, 5
    ), tallied AS ( -- after the part: its row's lock keeps those of a stripe apart here, too
        INSERT INTO broadcast_tally AS t (alert, stripe, second, n, result, final, lane, relay)
        SELECT alert_, stripe(), to_timestamp(second), n, result, final, lane, relay FROM sums
        ON CONFLICT (alert, second, result, final, lane, relay, stripe) DO UPDATE SET n = t.n + EXCLUDED.n
    )
    INSERT INTO broadcast_part AS p (alert, stripe, accepted, refused, expired, cancelled, unknown, retried,
        first_accepted_at, last_outcome_at)
    SELECT alert_, stripe(),
        coalesce(sum(n) FILTER (WHERE final AND result = 'accepted'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'refused'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'expired'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'cancelled'), 0),
        coalesce(sum(n) FILTER (WHERE final AND result = 'unknown'), 0),
        coalesce(sum(n) FILTER (WHERE NOT final), 0),
        to_timestamp(min(first_ms) FILTER (WHERE result = 'accepted')::float8 / 1000),
        to_timestamp(max(last_ms)::float8 / 1000)
    FROM sums HAVING count(*) > 0
    ON CONFLICT (alert, stripe) DO UPDATE SET accepted = p.accepted + EXCLUDED.accepted,
        refused = p.refused + EXCLUDED.refused, expired = p.expired + EXCLUDED.expired,
        cancelled = p.cancelled + EXCLUDED.cancelled, unknown = p.unknown + EXCLUDED.unknown,
        retried = p.retried + EXCLUDED.retried,
        first_accepted_at = least(p.first_accepted_at, EXCLUDED.first_accepted_at),
        last_outcome_at = greatest(p.last_outcome_at, EXCLUDED.last_outcome_at);
END $$;


ALTER FUNCTION kairan.outcome_tally(alert_ bigint, times bigint[], kinds integer[], results kairan.result[], finals boolean[], lanes text[], relays text[]) OWNER TO kairan_owner;

--
-- Name: password_change(text, bytea, bytea[], bytea, text, bytea, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea, network inet) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    live session := session_door(token);
    old credential;
    fresh text := b64url(gen_random_bytes(32));
BEGIN
    SELECT * INTO old FROM credential c WHERE c.person = live.person FOR UPDATE;
    IF old.verifier IS DISTINCT FROM sha256(proof) THEN
        PERFORM refuse('invalid', 'The present password is wrong.', 'old');
    END IF;
    IF old.one_time_until <= clock_timestamp() THEN
        PERFORM refuse('denied', 'This one-time password is over. Please ask the administrator for a new one.');
    END IF;
    IF (SELECT count(*) FROM credential_former(live.person)) <> coalesce(cardinality(past), 0) THEN
        PERFORM refuse('conflict', 'The password was changed meanwhile. Please try again.');
    END IF;
    IF EXISTS (SELECT FROM (SELECT f.verifier, row_number() OVER (ORDER BY f.id DESC) AS n
            FROM credential_former(live.person) f) AS former
        WHERE former.verifier = sha256(past[n])) THEN
        PERFORM refuse('invalid', 'You have used this password before. Choose one that is none of your last five.',
            'password');
    END IF;
    INSERT INTO credential_past (person, salt, cost, verifier)
    SELECT old.person, old.salt, old.cost, old.verifier WHERE NOT old.one_time;
    DELETE FROM credential_past p WHERE p.person = live.person
        AND p.id NOT IN (SELECT k.id FROM credential_past k WHERE k.person = live.person ORDER BY k.id DESC LIMIT 5);
    UPDATE credential c SET salt = password_change.salt, cost = password_change.cost,
        verifier = password_change.verifier, set_at = clock_timestamp(), one_time = false, one_time_until = NULL,
        one_time_used = NULL, warned = NULL
    WHERE c.person = live.person;
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.person = live.person AND s.id <> live.id AND s.ended_at IS NULL;
    UPDATE session s SET token_hash = token_hash(fresh) WHERE s.id = live.id;
    PERFORM letter_staff('password-changed', live.person);
    PERFORM oplog_own(live, 'password.change', 'person ' || live.person, network);
    RETURN fresh;
END $$;


ALTER FUNCTION kairan.password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea, network inet) OWNER TO kairan_owner;

--
-- Name: password_days_left(timestamp with time zone, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_days_left(set_at timestamp with time zone, days integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN CASE WHEN set_at > clock_timestamp() + interval '1 day' THEN -1
        ELSE least((set_at AT TIME ZONE 'Asia/Tokyo')::date - (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date, 0)
            + least(days, limit_password_days()) END;
END $$;


ALTER FUNCTION kairan.password_days_left(set_at timestamp with time zone, days integer) OWNER TO kairan_owner;

--
-- Name: password_right(text, bytea, inet, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_right(token text, proof bytea, network inet, tries_per_hour integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_door(token);
BEGIN
    IF throttle_full('password', live.person::text, least(tries_per_hour, limit_sign_in_tries()), '1 hour') THEN
        PERFORM refuse('limit', 'Too many wrong passwords. Please wait an hour.', 'old');
    END IF;
    IF EXISTS (SELECT FROM credential WHERE person = live.person AND verifier = sha256(proof)) THEN
        RETURN true;
    END IF;
    PERFORM throttle_hit('password', live.person::text, 0, '1 hour');
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'password.change', 'person ' || p.id, 'refused',
        '', password_right.network, facts => jsonb_build_object('refusal', 'The present password is wrong.'))
    FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = live.person;
    RETURN false;
END $$;


ALTER FUNCTION kairan.password_right(token text, proof bytea, network inet, tries_per_hour integer) OWNER TO kairan_owner;

--
-- Name: password_salts(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_salts(token text) RETURNS TABLE(salt bytea, cost text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_door(token);
BEGIN
    RETURN QUERY SELECT c.salt, c.cost FROM credential c WHERE c.person = live.person;
    RETURN QUERY SELECT f.salt, f.cost FROM credential_former(live.person) f ORDER BY f.id DESC;
END $$;


ALTER FUNCTION kairan.password_salts(token text) OWNER TO kairan_owner;

--
-- Name: password_warn(integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_warn(days integer, most integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    one record;
    n int := 0;
BEGIN
    FOR one IN SELECT c.person, l.left_, t.step FROM credential c JOIN person p ON p.id = c.person,
            LATERAL (SELECT password_days_left(c.set_at, days) AS left_) AS l,
            LATERAL (SELECT min(s) AS step FROM unnest(ARRAY[1, 7, limit_warn_days()]) AS s WHERE s >= l.left_ AND s < days) AS t
        WHERE NOT c.one_time AND p.suspended_at IS NULL AND p.mail <> '' AND l.left_ >= 0
            AND t.step < coalesce(c.warned, limit_password_days())
            AND EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> clock_timestamp())
        ORDER BY c.person LIMIT most FOR UPDATE OF c SKIP LOCKED LOOP
        UPDATE credential SET warned = one.step WHERE person = one.person;
        PERFORM letter_staff('password-ends', one.person,
            ((clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date + one.left_ + 1)::timestamp AT TIME ZONE 'Asia/Tokyo');
        n := n + 1;
    END LOOP;
    DELETE FROM try_delay WHERE last < clock_timestamp() - interval '1 day';
    RETURN n = most;
END $$;


ALTER FUNCTION kairan.password_warn(days integer, most integer) OWNER TO kairan_owner;

--
-- Name: password_words(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.password_words(token text) RETURNS TABLE(login text, words text[], factor boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_door(token);
BEGIN
    RETURN QUERY SELECT p.login,
        (SELECT array_agg(DISTINCT lower(w)) FROM (
            SELECT p.login UNION ALL SELECT p.name UNION ALL SELECT split_part(p.mail, '@', 1)
            UNION ALL SELECT unnest(ARRAY[d.code, d.name, d.name_en]) FROM post o JOIN department d ON d.id = o.department
                WHERE o.person = p.id) AS whole (t),
            LATERAL (SELECT t UNION ALL SELECT regexp_split_to_table(t, '[[:space:]._-]+')) AS part (w)
            WHERE length(w) > 2),
        person_has_factor(p.id)
    FROM person p WHERE p.id = live.person;
END $$;


ALTER FUNCTION kairan.password_words(token text) OWNER TO kairan_owner;

--
-- Name: period(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.period(from_ timestamp with time zone, until_ timestamp with time zone) RETURNS tstzrange
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF until_ <= from_ THEN
        PERFORM refuse('invalid', 'The last day must not lie before the first.', 'until');
    END IF;
    RETURN tstzrange(from_, until_);
END $$;


ALTER FUNCTION kairan.period(from_ timestamp with time zone, until_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: person_by_login(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_by_login(token text, login_ text) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM staff_reader(token, NULL);
    SELECT p.id INTO found FROM person p WHERE p.login = login_;
    IF found IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this user ID.', 'login');
    END IF;
    RETURN found;
END $$;


ALTER FUNCTION kairan.person_by_login(token text, login_ text) OWNER TO kairan_owner;

--
-- Name: person_has_factor(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_has_factor(person_ bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT factor_held(person_)
$$;


ALTER FUNCTION kairan.person_has_factor(person_ bigint) OWNER TO kairan_owner;

--
-- Name: person_home(bigint, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_home(person_ bigint, at timestamp with time zone) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce((SELECT o.department FROM post o WHERE o.person = person_ AND o.moves_home AND lower(o.during) <= at
        ORDER BY lower(o.during) DESC LIMIT 1), (SELECT p.department FROM person p WHERE p.id = person_))
$$;


ALTER FUNCTION kairan.person_home(person_ bigint, at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: person; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.person (
    id bigint NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    mail text DEFAULT ''::text NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    suspended_at timestamp with time zone,
    department bigint,
    last_sign_in timestamp with time zone,
    lang text DEFAULT 'ja'::text NOT NULL,
    CONSTRAINT person_lang_check CHECK ((lang = ANY (ARRAY['ja'::text, 'en'::text]))),
    CONSTRAINT person_login_check CHECK ((login ~ '^[a-z0-9][a-z0-9._-]{1,31}$'::text)),
    CONSTRAINT person_mail_check CHECK ((mail !~ '[[:cntrl:][:space:]<>]'::text)),
    CONSTRAINT person_name_check CHECK (((name <> ''::text) AND (name !~ '[[:cntrl:]]'::text)))
);


ALTER TABLE kairan.person OWNER TO kairan_owner;

--
-- Name: person_locked(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_locked(person_ bigint) RETURNS kairan.person
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    p person;
BEGIN
    SELECT * INTO p FROM person WHERE id = person_ FOR NO KEY UPDATE;
    IF p.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    RETURN p;
END $$;


ALTER FUNCTION kairan.person_locked(person_ bigint) OWNER TO kairan_owner;

--
-- Name: person_make(text, text, text, bigint, bytea, text, bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea, cost_ text, verifier_ bytea) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who bigint;
    rule text;
BEGIN
    PERFORM need_name(name_);
    INSERT INTO person (login, name, mail, department) VALUES (login_, name_, mail_, department_)
    RETURNING id INTO who;
    INSERT INTO credential (person, salt, cost, verifier) VALUES (who, salt_, cost_, verifier_);
    PERFORM credential_one_time(who);
    RETURN who;
EXCEPTION
    WHEN unique_violation THEN
        PERFORM refuse('conflict', 'This sign-in name is taken.', 'login');
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        IF rule = 'person_login_check' THEN
            PERFORM refuse('invalid', 'A user ID has 2 to 32 small letters, digits, dots, hyphens or underscores, and begins with a letter or a digit.', 'login');
        ELSIF rule = 'person_mail_check' THEN
            PERFORM refuse('invalid', 'Type a mail address.', 'mail');
        END IF;
        PERFORM refuse('invalid', 'Type the name, in at most 100 characters.', 'name', rule);
END $$;


ALTER FUNCTION kairan.person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea, cost_ text, verifier_ bytea) OWNER TO kairan_owner;

--
-- Name: person_state(kairan.person); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_state(p kairan.person) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN p.suspended_at IS NOT NULL THEN 'suspended'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id AND o.during @> now()) THEN 'active'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id AND lower(o.during) > now()) THEN 'future'
        WHEN EXISTS (SELECT FROM post o WHERE o.person = p.id) THEN 'over' ELSE 'none' END
$$;


ALTER FUNCTION kairan.person_state(p kairan.person) OWNER TO kairan_owner;

--
-- Name: person_unused(kairan.person); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.person_unused(p kairan.person) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(p.last_sign_in, (SELECT min(lower(o.during)) FROM post o WHERE o.person = p.id), p.made)
$$;


ALTER FUNCTION kairan.person_unused(p kairan.person) OWNER TO kairan_owner;

--
-- Name: post_add(text, bigint, text, bigint, timestamp with time zone, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_add(token text, person_ bigint, role text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, exception text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'post.add');
    opened bigint;
BEGIN
    PERFORM no_administrator(role);
    PERFORM person_locked(person_);
    opened := post_open(person_, role, department, period(begin_at(from_, 'from'), until_), exception);
    PERFORM oplog_act(me, 'post.add', 'person ' || person_, coalesce(exception, ''),
        facts => jsonb_build_object('post', post_fact(opened)));
    RETURN opened;
END $$;


ALTER FUNCTION kairan.post_add(token text, person_ bigint, role text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, exception text, network inet) OWNER TO kairan_owner;

--
-- Name: post_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.person, NEW.department, NEW.role, lower(NEW.during), NEW.exception)
        IS DISTINCT FROM (OLD.person, OLD.department, OLD.role, lower(OLD.during), OLD.exception) THEN
        PERFORM refuse('denied', 'This record is history and cannot be changed.', '', 'post');
    END IF;
    IF EXISTS (SELECT FROM guest g WHERE g.person = NEW.person) THEN
        IF NEW.role <> 'drafter' THEN
            PERFORM refuse('denied', 'A guest may only be a drafter.', 'role');
        END IF;
        IF NOT NEW.during <@ (SELECT range_agg(g.during) FROM guest g WHERE g.person = NEW.person) THEN
            PERFORM refuse('denied', 'A guest''s post lies within the period that was applied for.', 'until');
        END IF;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.role = 'approver' AND NEW.exception !~ '\S' AND EXISTS (
        SELECT FROM department d WHERE d.id = NEW.department AND d.of_administrator) THEN
        PERFORM refuse('invalid', 'In the administrator''s own department the deputy head approves, as an exception. Please give the reason.',
            'exception');
    END IF;
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.post_check() OWNER TO kairan_owner;

--
-- Name: post_cut(bigint, timestamp with time zone, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_cut(post_ bigint, at timestamp with time zone, reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM post WHERE id = post_ AND lower(during) >= at;
    IF NOT FOUND THEN
        UPDATE post SET during = tstzrange(lower(during), at), end_reason = left(reason, limit_reason_chars()) WHERE id = post_;
    END IF;
    UPDATE session SET ended_at = clock_timestamp()
    WHERE post = post_ AND ended_at IS NULL AND at <= now();
END $$;


ALTER FUNCTION kairan.post_cut(post_ bigint, at timestamp with time zone, reason text) OWNER TO kairan_owner;

--
-- Name: post_end(text, bigint, timestamp with time zone, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_end(token text, post_ bigint, at timestamp with time zone, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'post.end');
BEGIN
    PERFORM not_oneself(me, (SELECT person FROM post WHERE id = post_));
    PERFORM need_reason(reason);
    PERFORM staff_post_end(me, post_, at, reason);
END $$;


ALTER FUNCTION kairan.post_end(token text, post_ bigint, at timestamp with time zone, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: post_fact(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_fact(post_ bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT jsonb_build_object('role', o.role, 'department', d.name, 'since', day_jst(lower(o.during)),
        'until', day_jst(upper(o.during)))
    FROM post o LEFT JOIN department d ON d.id = o.department WHERE o.id = post_
$$;


ALTER FUNCTION kairan.post_fact(post_ bigint) OWNER TO kairan_owner;

--
-- Name: post_open(bigint, text, bigint, tstzrange, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_open(person_ bigint, role_ text, department_ bigint, during_ tstzrange, exception_ text DEFAULT ''::text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    opened bigint;
    rule text;
BEGIN
    IF role_ = ANY (roles_townwide()) THEN
        department_ := NULL;
    ELSE
        PERFORM department_there(department_);
    END IF;
    INSERT INTO post (person, role, department, during, exception)
    VALUES (person_, role_, department_, during_, coalesce(exception_, '')) RETURNING id INTO opened;
    RETURN opened;
EXCEPTION
    WHEN exclusion_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        PERFORM post_refused(rule);
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
        IF rule = 'post_exception_check' THEN
            PERFORM need_reason(exception_, 'exception');
        END IF;
        PERFORM refuse('invalid', 'Choose a role.', 'role', rule);
END $$;


ALTER FUNCTION kairan.post_open(person_ bigint, role_ text, department_ bigint, during_ tstzrange, exception_ text) OWNER TO kairan_owner;

--
-- Name: post_opened(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_opened() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE person SET department = NEW.department WHERE id = NEW.person AND department IS NULL;
    IF NEW.role = 'approver' THEN
        PERFORM delegation_cut(d.id, lower(NEW.during), NULL, '')
        FROM delegation d JOIN post o ON o.id = d.post
        WHERE d.department = NEW.department AND d.approver IS DISTINCT FROM NEW.person
            AND upper(o.during) > lower(NEW.during) AND lower(d.during) < coalesce(upper(NEW.during), 'infinity');
    END IF;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.post_opened() OWNER TO kairan_owner;

--
-- Name: post_refused(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_refused(rule text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM refuse('conflict', CASE rule
        WHEN 'post_one_approver'
            THEN 'The department has an approver in this period already. A department has one approver at a time.'
        WHEN 'post_approver_never_drafts'
            THEN 'This person would draft and approve in the same department. Who approves there must not draft there.'
        WHEN 'post_classes_apart'
            THEN 'An administrator or an auditor holds no other post in the same period.'
        WHEN 'post_once' THEN 'This person holds this post in this period already.'
        ELSE rule END, 'role', rule);
END $$;


ALTER FUNCTION kairan.post_refused(rule text) OWNER TO kairan_owner;

--
-- Name: post_revoke(text, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.post_revoke(token text, post_ bigint, cause integer, note text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'post.revoke');
    o post;
BEGIN
    SELECT * INTO o FROM post WHERE id = post_ FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    IF NOT o.during @> now() THEN
        PERFORM refuse('conflict', 'This post is not in force.');
    END IF;
    PERFORM sanction_new(me, 'revocation', o.person, post_, cause, note);
    IF o.role = 'administrator' THEN
        PERFORM keep_administrator(o.person, now());
    END IF;
    PERFORM delegation_cut(d.id, now(), me.person, note) FROM delegation d WHERE d.post = post_;
    PERFORM post_cut(post_, now(), note);
    PERFORM oplog_act(me, 'post.revoke', 'person ' || o.person, note,
        facts => jsonb_build_object('cause', cause, 'post_revoked', post_fact(post_)));
END $$;


ALTER FUNCTION kairan.post_revoke(token text, post_ bigint, cause integer, note text, network inet) OWNER TO kairan_owner;

--
-- Name: posts_json(bigint, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.posts_json(person_ bigint, all_ boolean) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'role', o.role, 'department_id', coalesce(o.department, 0),
        'department', coalesce(d.name, ''), 'department_en', coalesce(d.name_en, ''),
        'from', day_first(lower(o.during)), 'until', coalesce(day_last(upper(o.during)), ''),
        'exception', o.exception, 'end_reason', o.end_reason, 'state',
        CASE WHEN upper(o.during) <= now() THEN 'over' WHEN lower(o.during) > now() THEN 'future' ELSE 'now' END)
        ORDER BY lower(o.during) DESC, o.id DESC), '[]')
    FROM post o LEFT JOIN department d ON d.id = o.department
    WHERE o.person = person_ AND (all_ OR o.during @> now())
$$;


ALTER FUNCTION kairan.posts_json(person_ bigint, all_ boolean) OWNER TO kairan_owner;

--
-- Name: proof_ask(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.proof_ask(session_ bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    s session;
BEGIN
    SELECT * INTO s FROM session WHERE id = session_;
    IF s.id IS NULL OR proof_lacking(s) THEN
        PERFORM refuse('stale', 'Please prove with the code of your second factor that it is you, then do this again.');
    END IF;
END $$;


ALTER FUNCTION kairan.proof_ask(session_ bigint) OWNER TO kairan_owner;

--
-- Name: proof_lacking(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.proof_lacking(s kairan.session) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT (factor_held(s.person) OR factor_needed(s.post))
        AND coalesce(s.proved_at NOT BETWEEN clock_timestamp() - make_interval(mins => r.proof_min)
            AND clock_timestamp() + interval '5 seconds', true)
    FROM access_rule r
$$;


ALTER FUNCTION kairan.proof_lacking(s kairan.session) OWNER TO kairan_owner;

--
-- Name: prose_jis(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_jis() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '　、。，．・：；？！゛゜´｀¨＾￣＿ヽヾゝゞ〃仝々〆〇ー―‐／＼〜‖｜…‥‘’“”（）〔〕［］｛｝〈〉《》「」『』【】＋−±×÷＝≠＜＞≦≧∞∴♂♀°′″℃￥＄¢£％＃＆＊＠§☆★○●◎◇◆□■△▲▽▼※〒→←↑↓〓∈∋⊆⊇⊂⊃∪∩∧∨¬⇒⇔∀∃∠⊥⌒∂∇≡≒≪≫√∽∝∵∫∬Å‰♯♭♪†‡¶◯０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя─│┌┐┘└├┬┤┴┼━┃┏┓┛┗┣┳┫┻╋┠┯┨┷┿┝┰┥┸╂亜唖娃阿哀愛挨姶逢葵茜穐悪握渥旭葦芦鯵梓圧斡扱宛姐虻飴絢綾鮎或粟袷安庵按暗案闇鞍杏以伊位依偉囲夷委威尉惟意慰易椅為畏異移維緯胃萎衣謂違遺医井亥域育郁磯一壱溢逸稲茨芋鰯允印咽員因姻引飲淫胤蔭院陰隠韻吋右宇烏羽迂雨卯鵜窺丑碓臼渦嘘唄欝蔚鰻姥厩浦瓜閏噂云運雲荏餌叡営嬰影映曳栄永泳洩瑛盈穎頴英衛詠鋭液疫益駅悦謁越閲榎厭円園堰奄宴延怨掩援沿演炎焔煙燕猿縁艶苑薗遠鉛鴛塩於汚甥凹央奥往応押旺横欧殴王翁襖鴬鴎黄岡沖荻億屋憶臆桶牡乙俺卸恩温穏音下化仮何伽価佳加可嘉夏嫁家寡科暇果架歌河火珂禍禾稼箇花苛茄荷華菓蝦課嘩貨迦過霞蚊俄峨我牙画臥芽蛾賀雅餓駕介会解回塊壊廻快怪悔恢懐戒拐改魁晦械海灰界皆絵芥蟹開階貝凱劾外咳害崖慨概涯碍蓋街該鎧骸浬馨蛙垣柿蛎鈎劃嚇各廓拡撹格核殻獲確穫覚角赫較郭閣隔革学岳楽額顎掛笠樫橿梶鰍潟割喝恰括活渇滑葛褐轄且鰹叶椛樺鞄株兜竃蒲釜鎌噛鴨栢茅萱粥刈苅瓦乾侃冠寒刊勘勧巻喚堪姦完官寛干幹患感慣憾換敢柑桓棺款歓汗漢澗潅環甘監看竿管簡緩缶翰肝艦莞観諌貫還鑑間閑関陥韓館舘丸含岸巌玩癌眼岩翫贋雁頑顔願企伎危喜器基奇嬉寄岐希幾忌揮机旗既期棋棄機帰毅気汽畿祈季稀紀徽規記貴起軌輝飢騎鬼亀偽儀妓宜戯技擬欺犠疑祇義蟻誼議掬菊鞠吉吃喫桔橘詰砧杵黍却客脚虐逆丘久仇休及吸宮弓急救朽求汲泣灸球究窮笈級糾給旧牛去居巨拒拠挙渠虚許距鋸漁禦魚亨享京供侠僑兇競共凶協匡卿叫喬境峡強彊怯恐恭挟教橋況狂狭矯胸脅興蕎郷鏡響饗驚仰凝尭暁業局曲極玉桐粁僅勤均巾錦斤欣欽琴禁禽筋緊芹菌衿襟謹近金吟銀九倶句区狗玖矩苦躯駆駈駒具愚虞喰空偶寓遇隅串櫛釧屑屈掘窟沓靴轡窪熊隈粂栗繰桑鍬勲君薫訓群軍郡卦袈祁係傾刑兄啓圭珪型契形径恵慶慧憩掲携敬景桂渓畦稽系経継繋罫茎荊蛍計詣警軽頚鶏芸迎鯨劇戟撃激隙桁傑欠決潔穴結血訣月件倹倦健兼券剣喧圏堅嫌建憲懸拳捲検権牽犬献研硯絹県肩見謙賢軒遣鍵険顕験鹸元原厳幻弦減源玄現絃舷言諺限乎個古呼固姑孤己庫弧戸故枯湖狐糊袴股胡菰虎誇跨鈷雇顧鼓五互伍午呉吾娯後御悟梧檎瑚碁語誤護醐乞鯉交佼侯候倖光公功効勾厚口向后喉坑垢好孔孝宏工巧巷幸広庚康弘恒慌抗拘控攻昂晃更杭校梗構江洪浩港溝甲皇硬稿糠紅紘絞綱耕考肯肱腔膏航荒行衡講貢購郊酵鉱砿鋼閤降項香高鴻剛劫号合壕拷濠豪轟麹克刻告国穀酷鵠黒獄漉腰甑忽惚骨狛込此頃今困坤墾婚恨懇昏昆根梱混痕紺艮魂些佐叉唆嵯左差査沙瑳砂詐鎖裟坐座挫債催再最哉塞妻宰彩才採栽歳済災采犀砕砦祭斎細菜裁載際剤在材罪財冴坂阪堺榊肴咲崎埼碕鷺作削咋搾昨朔柵窄策索錯桜鮭笹匙冊刷察拶撮擦札殺薩雑皐鯖捌錆鮫皿晒三傘参山惨撒散桟燦珊産算纂蚕讃賛酸餐斬暫残仕仔伺使刺司史嗣四士始姉姿子屍市師志思指支孜斯施旨枝止死氏獅祉私糸紙紫肢脂至視詞詩試誌諮資賜雌飼歯事似侍児字寺慈持時次滋治爾璽痔磁示而耳自蒔辞汐鹿式識鴫竺軸宍雫七叱執失嫉室悉湿漆疾質実蔀篠偲柴芝屡蕊縞舎写射捨赦斜煮社紗者謝車遮蛇邪借勺尺杓灼爵酌釈錫若寂弱惹主取守手朱殊狩珠種腫趣酒首儒受呪寿授樹綬需囚収周宗就州修愁拾洲秀秋終繍習臭舟蒐衆襲讐蹴輯週酋酬集醜什住充十従戎柔汁渋獣縦重銃叔夙宿淑祝縮粛塾熟出術述俊峻春瞬竣舜駿准循旬楯殉淳準潤盾純巡遵醇順処初所暑曙渚庶緒署書薯藷諸助叙女序徐恕鋤除傷償勝匠升召哨商唱嘗奨妾娼宵将小少尚庄床廠彰承抄招掌捷昇昌昭晶松梢樟樵沼消渉湘焼焦照症省硝礁祥称章笑粧紹肖菖蒋蕉衝裳訟証詔詳象賞醤鉦鍾鐘障鞘上丈丞乗冗剰城場壌嬢常情擾条杖浄状畳穣蒸譲醸錠嘱埴飾拭植殖燭織職色触食蝕辱尻伸信侵唇娠寝審心慎振新晋森榛浸深申疹真神秦紳臣芯薪親診身辛進針震人仁刃塵壬尋甚尽腎訊迅陣靭笥諏須酢図厨逗吹垂帥推水炊睡粋翠衰遂酔錐錘随瑞髄崇嵩数枢趨雛据杉椙菅頗雀裾澄摺寸世瀬畝是凄制勢姓征性成政整星晴棲栖正清牲生盛精聖声製西誠誓請逝醒青静斉税脆隻席惜戚斥昔析石積籍績脊責赤跡蹟碩切拙接摂折設窃節説雪絶舌蝉仙先千占宣専尖川戦扇撰栓栴泉浅洗染潜煎煽旋穿箭線繊羨腺舛船薦詮賎践選遷銭銑閃鮮前善漸然全禅繕膳糎噌塑岨措曾曽楚狙疏疎礎祖租粗素組蘇訴阻遡鼠僧創双叢倉喪壮奏爽宋層匝惣想捜掃挿掻操早曹巣槍槽漕燥争痩相窓糟総綜聡草荘葬蒼藻装走送遭鎗霜騒像増憎臓蔵贈造促側則即息捉束測足速俗属賊族続卒袖其揃存孫尊損村遜他多太汰詑唾堕妥惰打柁舵楕陀駄騨体堆対耐岱帯待怠態戴替泰滞胎腿苔袋貸退逮隊黛鯛代台大第醍題鷹滝瀧卓啄宅托択拓沢濯琢託鐸濁諾茸凧蛸只叩但達辰奪脱巽竪辿棚谷狸鱈樽誰丹単嘆坦担探旦歎淡湛炭短端箪綻耽胆蛋誕鍛団壇弾断暖檀段男談値知地弛恥智池痴稚置致蜘遅馳築畜竹筑蓄逐秩窒茶嫡着中仲宙忠抽昼柱注虫衷註酎鋳駐樗瀦猪苧著貯丁兆凋喋寵帖帳庁弔張彫徴懲挑暢朝潮牒町眺聴脹腸蝶調諜超跳銚長頂鳥勅捗直朕沈珍賃鎮陳津墜椎槌追鎚痛通塚栂掴槻佃漬柘辻蔦綴鍔椿潰坪壷嬬紬爪吊釣鶴亭低停偵剃貞呈堤定帝底庭廷弟悌抵挺提梯汀碇禎程締艇訂諦蹄逓邸鄭釘鼎泥摘擢敵滴的笛適鏑溺哲徹撤轍迭鉄典填天展店添纏甜貼転顛点伝殿澱田電兎吐堵塗妬屠徒斗杜渡登菟賭途都鍍砥砺努度土奴怒倒党冬凍刀唐塔塘套宕島嶋悼投搭東桃梼棟盗淘湯涛灯燈当痘祷等答筒糖統到董蕩藤討謄豆踏逃透鐙陶頭騰闘働動同堂導憧撞洞瞳童胴萄道銅峠鴇匿得徳涜特督禿篤毒独読栃橡凸突椴届鳶苫寅酉瀞噸屯惇敦沌豚遁頓呑曇鈍奈那内乍凪薙謎灘捺鍋楢馴縄畷南楠軟難汝二尼弐迩匂賑肉虹廿日乳入如尿韮任妊忍認濡禰祢寧葱猫熱年念捻撚燃粘乃廼之埜嚢悩濃納能脳膿農覗蚤巴把播覇杷波派琶破婆罵芭馬俳廃拝排敗杯盃牌背肺輩配倍培媒梅楳煤狽買売賠陪這蝿秤矧萩伯剥博拍柏泊白箔粕舶薄迫曝漠爆縛莫駁麦函箱硲箸肇筈櫨幡肌畑畠八鉢溌発醗髪伐罰抜筏閥鳩噺塙蛤隼伴判半反叛帆搬斑板氾汎版犯班畔繁般藩販範釆煩頒飯挽晩番盤磐蕃蛮匪卑否妃庇彼悲扉批披斐比泌疲皮碑秘緋罷肥被誹費避非飛樋簸備尾微枇毘琵眉美鼻柊稗匹疋髭彦膝菱肘弼必畢筆逼桧姫媛紐百謬俵彪標氷漂瓢票表評豹廟描病秒苗錨鋲蒜蛭鰭品彬斌浜瀕貧賓頻敏瓶不付埠夫婦富冨布府怖扶敷斧普浮父符腐膚芙譜負賦赴阜附侮撫武舞葡蕪部封楓風葺蕗伏副復幅服福腹複覆淵弗払沸仏物鮒分吻噴墳憤扮焚奮粉糞紛雰文聞丙併兵塀幣平弊柄並蔽閉陛米頁僻壁癖碧別瞥蔑箆偏変片篇編辺返遍便勉娩弁鞭保舗鋪圃捕歩甫補輔穂募墓慕戊暮母簿菩倣俸包呆報奉宝峰峯崩庖抱捧放方朋法泡烹砲縫胞芳萌蓬蜂褒訪豊邦鋒飽鳳鵬乏亡傍剖坊妨帽忘忙房暴望某棒冒紡肪膨謀貌貿鉾防吠頬北僕卜墨撲朴牧睦穆釦勃没殆堀幌奔本翻凡盆摩磨魔麻埋妹昧枚毎哩槙幕膜枕鮪柾鱒桝亦俣又抹末沫迄侭繭麿万慢満漫蔓味未魅巳箕岬密蜜湊蓑稔脈妙粍民眠務夢無牟矛霧鵡椋婿娘冥名命明盟迷銘鳴姪牝滅免棉綿緬面麺摸模茂妄孟毛猛盲網耗蒙儲木黙目杢勿餅尤戻籾貰問悶紋門匁也冶夜爺耶野弥矢厄役約薬訳躍靖柳薮鑓愉愈油癒諭輸唯佑優勇友宥幽悠憂揖有柚湧涌猶猷由祐裕誘遊邑郵雄融夕予余与誉輿預傭幼妖容庸揚揺擁曜楊様洋溶熔用窯羊耀葉蓉要謡踊遥陽養慾抑欲沃浴翌翼淀羅螺裸来莱頼雷洛絡落酪乱卵嵐欄濫藍蘭覧利吏履李梨理璃痢裏裡里離陸律率立葎掠略劉流溜琉留硫粒隆竜龍侶慮旅虜了亮僚両凌寮料梁涼猟療瞭稜糧良諒遼量陵領力緑倫厘林淋燐琳臨輪隣鱗麟瑠塁涙累類令伶例冷励嶺怜玲礼苓鈴隷零霊麗齢暦歴列劣烈裂廉恋憐漣煉簾練聯蓮連錬呂魯櫓炉賂路露労婁廊弄朗楼榔浪漏牢狼篭老聾蝋郎六麓禄肋録論倭和話歪賄脇惑枠鷲亙亘鰐詫藁蕨椀湾碗腕弌丐丕个丱丶丼丿乂乖乘亂亅豫亊舒弍于亞亟亠亢亰亳亶从仍仄仆仂仗仞仭仟价伉佚估佛佝佗佇佶侈侏侘佻佩佰侑佯來侖儘俔俟俎俘俛俑俚俐俤俥倚倨倔倪倥倅伜俶倡倩倬俾俯們倆偃假會偕偐偈做偖偬偸傀傚傅傴傲僉僊傳僂僖僞僥僭僣僮價僵儉儁儂儖儕儔儚儡儺儷儼儻儿兀兒兌兔兢竸兩兪兮冀冂囘册冉冏冑冓冕冖冤冦冢冩冪冫决冱冲冰况冽凅凉凛几處凩凭凰凵凾刄刋刔刎刧刪刮刳刹剏剄剋剌剞剔剪剴剩剳剿剽劍劔劒剱劈劑辨辧劬劭劼劵勁勍勗勞勣勦飭勠勳勵勸勹匆匈甸匍匐匏匕匚匣匯匱匳匸區卆卅丗卉卍凖卞卩卮夘卻卷厂厖厠厦厥厮厰厶參簒雙叟曼燮叮叨叭叺吁吽呀听吭吼吮吶吩吝呎咏呵咎呟呱呷呰咒呻咀呶咄咐咆哇咢咸咥咬哄哈咨咫哂咤咾咼哘哥哦唏唔哽哮哭哺哢唹啀啣啌售啜啅啖啗唸唳啝喙喀咯喊喟啻啾喘喞單啼喃喩喇喨嗚嗅嗟嗄嗜嗤嗔嘔嗷嘖嗾嗽嘛嗹噎噐營嘴嘶嘲嘸噫噤嘯噬噪嚆嚀嚊嚠嚔嚏嚥嚮嚶嚴囂嚼囁囃囀囈囎囑囓囗囮囹圀囿圄圉圈國圍圓團圖嗇圜圦圷圸坎圻址坏坩埀垈坡坿垉垓垠垳垤垪垰埃埆埔埒埓堊埖埣堋堙堝塲堡塢塋塰毀塒堽塹墅墹墟墫墺壞墻墸墮壅壓壑壗壙壘壥壜壤壟壯壺壹壻壼壽夂夊夐夛梦夥夬夭夲夸夾竒奕奐奎奚奘奢奠奧奬奩奸妁妝佞侫妣妲姆姨姜妍姙姚娥娟娑娜娉娚婀婬婉娵娶婢婪媚媼媾嫋嫂媽嫣嫗嫦嫩嫖嫺嫻嬌嬋嬖嬲嫐嬪嬶嬾孃孅孀孑孕孚孛孥孩孰孳孵學斈孺宀它宦宸寃寇寉寔寐寤實寢寞寥寫寰寶寳尅將專對尓尠尢尨尸尹屁屆屎屓屐屏孱屬屮乢屶屹岌岑岔妛岫岻岶岼岷峅岾峇峙峩峽峺峭嶌峪崋崕崗嵜崟崛崑崔崢崚崙崘嵌嵒嵎嵋嵬嵳嵶嶇嶄嶂嶢嶝嶬嶮嶽嶐嶷嶼巉巍巓巒巖巛巫已巵帋帚帙帑帛帶帷幄幃幀幎幗幔幟幢幤幇幵并幺麼广庠廁廂廈廐廏廖廣廝廚廛廢廡廨廩廬廱廳廰廴廸廾弃弉彝彜弋弑弖弩弭弸彁彈彌彎弯彑彖彗彙彡彭彳彷徃徂彿徊很徑徇從徙徘徠徨徭徼忖忻忤忸忱忝悳忿怡恠怙怐怩怎怱怛怕怫怦怏怺恚恁恪恷恟恊恆恍恣恃恤恂恬恫恙悁悍惧悃悚悄悛悖悗悒悧悋惡悸惠惓悴忰悽惆悵惘慍愕愆惶惷愀惴惺愃愡惻惱愍愎慇愾愨愧慊愿愼愬愴愽慂慄慳慷慘慙慚慫慴慯慥慱慟慝慓慵憙憖憇憬憔憚憊憑憫憮懌懊應懷懈懃懆憺懋罹懍懦懣懶懺懴懿懽懼懾戀戈戉戍戌戔戛戞戡截戮戰戲戳扁扎扞扣扛扠扨扼抂抉找抒抓抖拔抃抔拗拑抻拏拿拆擔拈拜拌拊拂拇抛拉挌拮拱挧挂挈拯拵捐挾捍搜捏掖掎掀掫捶掣掏掉掟掵捫捩掾揩揀揆揣揉插揶揄搖搴搆搓搦搶攝搗搨搏摧摯摶摎攪撕撓撥撩撈撼據擒擅擇撻擘擂擱擧舉擠擡抬擣擯攬擶擴擲擺攀擽攘攜攅攤攣攫攴攵攷收攸畋效敖敕敍敘敞敝敲數斂斃變斛斟斫斷旃旆旁旄旌旒旛旙无旡旱杲昊昃旻杳昵昶昴昜晏晄晉晁晞晝晤晧晨晟晢晰暃暈暎暉暄暘暝曁暹曉暾暼曄暸曖曚曠昿曦曩曰曵曷朏朖朞朦朧霸朮朿朶杁朸朷杆杞杠杙杣杤枉杰枩杼杪枌枋枦枡枅枷柯枴柬枳柩枸柤柞柝柢柮枹柎柆柧檜栞框栩桀桍栲桎梳栫桙档桷桿梟梏梭梔條梛梃檮梹桴梵梠梺椏梍桾椁棊椈棘椢椦棡椌棍棔棧棕椶椒椄棗棣椥棹棠棯椨椪椚椣椡棆楹楷楜楸楫楔楾楮椹楴椽楙椰楡楞楝榁楪榲榮槐榿槁槓榾槎寨槊槝榻槃榧樮榑榠榜榕榴槞槨樂樛槿權槹槲槧樅榱樞槭樔槫樊樒櫁樣樓橄樌橲樶橸橇橢橙橦橈樸樢檐檍檠檄檢檣檗蘗檻櫃櫂檸檳檬櫞櫑櫟檪櫚櫪櫻欅蘖櫺欒欖鬱欟欸欷盜欹飮歇歃歉歐歙歔歛歟歡歸歹歿殀殄殃殍殘殕殞殤殪殫殯殲殱殳殷殼毆毋毓毟毬毫毳毯麾氈氓气氛氤氣汞汕汢汪沂沍沚沁沛汾汨汳沒沐泄泱泓沽泗泅泝沮沱沾沺泛泯泙泪洟衍洶洫洽洸洙洵洳洒洌浣涓浤浚浹浙涎涕濤涅淹渕渊涵淇淦涸淆淬淞淌淨淒淅淺淙淤淕淪淮渭湮渮渙湲湟渾渣湫渫湶湍渟湃渺湎渤滿渝游溂溪溘滉溷滓溽溯滄溲滔滕溏溥滂溟潁漑灌滬滸滾漿滲漱滯漲滌漾漓滷澆潺潸澁澀潯潛濳潭澂潼潘澎澑濂潦澳澣澡澤澹濆澪濟濕濬濔濘濱濮濛瀉瀋濺瀑瀁瀏濾瀛瀚潴瀝瀘瀟瀰瀾瀲灑灣炙炒炯烱炬炸炳炮烟烋烝烙焉烽焜焙煥煕熈煦煢煌煖煬熏燻熄熕熨熬燗熹熾燒燉燔燎燠燬燧燵燼燹燿爍爐爛爨爭爬爰爲爻爼爿牀牆牋牘牴牾犂犁犇犒犖犢犧犹犲狃狆狄狎狒狢狠狡狹狷倏猗猊猜猖猝猴猯猩猥猾獎獏默獗獪獨獰獸獵獻獺珈玳珎玻珀珥珮珞璢琅瑯琥珸琲琺瑕琿瑟瑙瑁瑜瑩瑰瑣瑪瑶瑾璋璞璧瓊瓏瓔珱瓠瓣瓧瓩瓮瓲瓰瓱瓸瓷甄甃甅甌甎甍甕甓甞甦甬甼畄畍畊畉畛畆畚畩畤畧畫畭畸當疆疇畴疊疉疂疔疚疝疥疣痂疳痃疵疽疸疼疱痍痊痒痙痣痞痾痿痼瘁痰痺痲痳瘋瘍瘉瘟瘧瘠瘡瘢瘤瘴瘰瘻癇癈癆癜癘癡癢癨癩癪癧癬癰癲癶癸發皀皃皈皋皎皖皓皙皚皰皴皸皹皺盂盍盖盒盞盡盥盧盪蘯盻眈眇眄眩眤眞眥眦眛眷眸睇睚睨睫睛睥睿睾睹瞎瞋瞑瞠瞞瞰瞶瞹瞿瞼瞽瞻矇矍矗矚矜矣矮矼砌砒礦砠礪硅碎硴碆硼碚碌碣碵碪碯磑磆磋磔碾碼磅磊磬磧磚磽磴礇礒礑礙礬礫祀祠祗祟祚祕祓祺祿禊禝禧齋禪禮禳禹禺秉秕秧秬秡秣稈稍稘稙稠稟禀稱稻稾稷穃穗穉穡穢穩龝穰穹穽窈窗窕窘窖窩竈窰窶竅竄窿邃竇竊竍竏竕竓站竚竝竡竢竦竭竰笂笏笊笆笳笘笙笞笵笨笶筐筺笄筍笋筌筅筵筥筴筧筰筱筬筮箝箘箟箍箜箚箋箒箏筝箙篋篁篌篏箴篆篝篩簑簔篦篥籠簀簇簓篳篷簗簍篶簣簧簪簟簷簫簽籌籃籔籏籀籐籘籟籤籖籥籬籵粃粐粤粭粢粫粡粨粳粲粱粮粹粽糀糅糂糘糒糜糢鬻糯糲糴糶糺紆紂紜紕紊絅絋紮紲紿紵絆絳絖絎絲絨絮絏絣經綉絛綏絽綛綺綮綣綵緇綽綫總綢綯緜綸綟綰緘緝緤緞緻緲緡縅縊縣縡縒縱縟縉縋縢繆繦縻縵縹繃縷縲縺繧繝繖繞繙繚繹繪繩繼繻纃緕繽辮繿纈纉續纒纐纓纔纖纎纛纜缸缺罅罌罍罎罐网罕罔罘罟罠罨罩罧罸羂羆羃羈羇羌羔羞羝羚羣羯羲羹羮羶羸譱翅翆翊翕翔翡翦翩翳翹飜耆耄耋耒耘耙耜耡耨耿耻聊聆聒聘聚聟聢聨聳聲聰聶聹聽聿肄肆肅肛肓肚肭冐肬胛胥胙胝胄胚胖脉胯胱脛脩脣脯腋隋腆脾腓腑胼腱腮腥腦腴膃膈膊膀膂膠膕膤膣腟膓膩膰膵膾膸膽臀臂膺臉臍臑臙臘臈臚臟臠臧臺臻臾舁舂舅與舊舍舐舖舩舫舸舳艀艙艘艝艚艟艤艢艨艪艫舮艱艷艸艾芍芒芫芟芻芬苡苣苟苒苴苳苺莓范苻苹苞茆苜茉苙茵茴茖茲茱荀茹荐荅茯茫茗茘莅莚莪莟莢莖茣莎莇莊荼莵荳荵莠莉莨菴萓菫菎菽萃菘萋菁菷萇菠菲萍萢萠莽萸蔆菻葭萪萼蕚蒄葷葫蒭葮蒂葩葆萬葯葹萵蓊葢蒹蒿蒟蓙蓍蒻蓚蓐蓁蓆蓖蒡蔡蓿蓴蔗蔘蔬蔟蔕蔔蓼蕀蕣蕘蕈蕁蘂蕋蕕薀薤薈薑薊薨蕭薔薛藪薇薜蕷蕾薐藉薺藏薹藐藕藝藥藜藹蘊蘓蘋藾藺蘆蘢蘚蘰蘿虍乕虔號虧虱蚓蚣蚩蚪蚋蚌蚶蚯蛄蛆蚰蛉蠣蚫蛔蛞蛩蛬蛟蛛蛯蜒蜆蜈蜀蜃蛻蜑蜉蜍蛹蜊蜴蜿蜷蜻蜥蜩蜚蝠蝟蝸蝌蝎蝴蝗蝨蝮蝙蝓蝣蝪蠅螢螟螂螯蟋螽蟀蟐雖螫蟄螳蟇蟆螻蟯蟲蟠蠏蠍蟾蟶蟷蠎蟒蠑蠖蠕蠢蠡蠱蠶蠹蠧蠻衄衂衒衙衞衢衫袁衾袞衵衽袵衲袂袗袒袮袙袢袍袤袰袿袱裃裄裔裘裙裝裹褂裼裴裨裲褄褌褊褓襃褞褥褪褫襁襄褻褶褸襌褝襠襞襦襤襭襪襯襴襷襾覃覈覊覓覘覡覩覦覬覯覲覺覽覿觀觚觜觝觧觴觸訃訖訐訌訛訝訥訶詁詛詒詆詈詼詭詬詢誅誂誄誨誡誑誥誦誚誣諄諍諂諚諫諳諧諤諱謔諠諢諷諞諛謌謇謚諡謖謐謗謠謳鞫謦謫謾謨譁譌譏譎證譖譛譚譫譟譬譯譴譽讀讌讎讒讓讖讙讚谺豁谿豈豌豎豐豕豢豬豸豺貂貉貅貊貍貎貔豼貘戝貭貪貽貲貳貮貶賈賁賤賣賚賽賺賻贄贅贊贇贏贍贐齎贓賍贔贖赧赭赱赳趁趙跂趾趺跏跚跖跌跛跋跪跫跟跣跼踈踉跿踝踞踐踟蹂踵踰踴蹊蹇蹉蹌蹐蹈蹙蹤蹠踪蹣蹕蹶蹲蹼躁躇躅躄躋躊躓躑躔躙躪躡躬躰軆躱躾軅軈軋軛軣軼軻軫軾輊輅輕輒輙輓輜輟輛輌輦輳輻輹轅轂輾轌轉轆轎轗轜轢轣轤辜辟辣辭辯辷迚迥迢迪迯邇迴逅迹迺逑逕逡逍逞逖逋逧逶逵逹迸遏遐遑遒逎遉逾遖遘遞遨遯遶隨遲邂遽邁邀邊邉邏邨邯邱邵郢郤扈郛鄂鄒鄙鄲鄰酊酖酘酣酥酩酳酲醋醉醂醢醫醯醪醵醴醺釀釁釉釋釐釖釟釡釛釼釵釶鈞釿鈔鈬鈕鈑鉞鉗鉅鉉鉤鉈銕鈿鉋鉐銜銖銓銛鉚鋏銹銷鋩錏鋺鍄錮錙錢錚錣錺錵錻鍜鍠鍼鍮鍖鎰鎬鎭鎔鎹鏖鏗鏨鏥鏘鏃鏝鏐鏈鏤鐚鐔鐓鐃鐇鐐鐶鐫鐵鐡鐺鑁鑒鑄鑛鑠鑢鑞鑪鈩鑰鑵鑷鑽鑚鑼鑾钁鑿閂閇閊閔閖閘閙閠閨閧閭閼閻閹閾闊濶闃闍闌闕闔闖關闡闥闢阡阨阮阯陂陌陏陋陷陜陞陝陟陦陲陬隍隘隕隗險隧隱隲隰隴隶隸隹雎雋雉雍襍雜霍雕雹霄霆霈霓霎霑霏霖霙霤霪霰霹霽霾靄靆靈靂靉靜靠靤靦靨勒靫靱靹鞅靼鞁靺鞆鞋鞏鞐鞜鞨鞦鞣鞳鞴韃韆韈韋韜韭齏韲竟韶韵頏頌頸頤頡頷頽顆顏顋顫顯顰顱顴顳颪颯颱颶飄飃飆飩飫餃餉餒餔餘餡餝餞餤餠餬餮餽餾饂饉饅饐饋饑饒饌饕馗馘馥馭馮馼駟駛駝駘駑駭駮駱駲駻駸騁騏騅駢騙騫騷驅驂驀驃騾驕驍驛驗驟驢驥驤驩驫驪骭骰骼髀髏髑髓體髞髟髢髣髦髯髫髮髴髱髷髻鬆鬘鬚鬟鬢鬣鬥鬧鬨鬩鬪鬮鬯鬲魄魃魏魍魎魑魘魴鮓鮃鮑鮖鮗鮟鮠鮨鮴鯀鯊鮹鯆鯏鯑鯒鯣鯢鯤鯔鯡鰺鯲鯱鯰鰕鰔鰉鰓鰌鰆鰈鰒鰊鰄鰮鰛鰥鰤鰡鰰鱇鰲鱆鰾鱚鱠鱧鱶鱸鳧鳬鳰鴉鴈鳫鴃鴆鴪鴦鶯鴣鴟鵄鴕鴒鵁鴿鴾鵆鵈鵝鵞鵤鵑鵐鵙鵲鶉鶇鶫鵯鵺鶚鶤鶩鶲鷄鷁鶻鶸鶺鷆鷏鷂鷙鷓鷸鷦鷭鷯鷽鸚鸛鸞鹵鹹鹽麁麈麋麌麒麕麑麝麥麩麸麪麭靡黌黎黏黐黔黜點黝黠黥黨黯黴黶黷黹黻黼黽鼇鼈皷鼕鼡鼬鼾齊齒齔齣齟齠齡齦齧齬齪齷齲齶龕龜龠堯槇遙瑤凜熙'::text;


ALTER FUNCTION kairan.prose_jis() OWNER TO kairan_owner;

--
-- Name: prose_allowed(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_allowed(t text, lang text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (lang = ANY (ARRAY['ja'::text, 'easy'::text])) THEN (t !~ ((('[^'::text || '
 -~'::text) || kairan.prose_jis()) || ']'::text)) WHEN (lang = 'en'::text) THEN (t !~ ((('[^'::text || '
 -~¡-¬®-ÿĀ-ſ–-—‘-„•€'::text) || kairan.prose_jis()) || ']'::text)) ELSE (t !~ (('['::text || '-	--­͏؜ᅟ-ᅠ᠋-᠏​-‏ -‮⁠-⁯ㅤ-﷐-﷯﻿ﾠ￰-￿🿾-🿿𯿾-𯿿𿿾-􏿿'::text) || ']'::text)) END;


ALTER FUNCTION kairan.prose_allowed(t text, lang text) OWNER TO kairan_owner;

--
-- Name: prose_plain(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_plain(t text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(NORMALIZE(translate(replace(t, '
'::text, '
'::text), '​‌‍⁠﻿'::text, ''::text), NFC), '
  	 '::text, '


  '::text);


ALTER FUNCTION kairan.prose_plain(t text) OWNER TO kairan_owner;

--
-- Name: prose_normal(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_normal(t text, lang text DEFAULT 'ja'::text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (lang = ANY (ARRAY['ja'::text, 'easy'::text])) THEN translate(kairan.prose_plain(t), '～－∥￠￡￢—¥‾'::text, '〜−‖¢£¬―￥￣'::text) ELSE kairan.prose_plain(t) END;


ALTER FUNCTION kairan.prose_normal(t text, lang text) OWNER TO kairan_owner;

--
-- Name: prose_body_ok(text, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_body_ok(t text, lang text, stamp text DEFAULT ''::text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((t = kairan.prose_normal(t, lang)) AND (t ~ '[^ 　
]'::text) AND kairan.prose_allowed(t, lang) AND ((char_length(stamp) + char_length(t)) <= 200));


ALTER FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) OWNER TO kairan_owner;

--
-- Name: prose_title_ok(text, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.prose_title_ok(t text, lang text, stamp text DEFAULT ''::text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((t = kairan.prose_normal(t, lang)) AND (t ~ '[^ 　]'::text) AND (t !~ '
'::text) AND kairan.prose_allowed(t, lang) AND ((char_length(stamp) + char_length(t)) <= 40));


ALTER FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) OWNER TO kairan_owner;

--
-- Name: public_holiday(date); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.public_holiday(day date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(national_day(day),
        CASE WHEN EXISTS (SELECT FROM generate_series(1, 6) AS back
                WHERE extract(isodow FROM day - back) = 7
                    AND (SELECT bool_and(national_day(day - k) IS NOT NULL) FROM generate_series(1, back) AS k))
            THEN 'Substitute holiday'
            WHEN national_day(day - 1) IS NOT NULL AND national_day(day + 1) IS NOT NULL
                THEN 'National holiday between two holidays' END)
$$;


ALTER FUNCTION kairan.public_holiday(day date) OWNER TO kairan_owner;

--
-- Name: purge_ask(text, integer, inet, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_ask(token text, year_ integer, network inet, now_ timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF NOT may(me, 'log.purge-ask') THEN
        PERFORM refuse('denied', 'Only an administrator may ask for the removal of old entries.');
    END IF;
    IF NOT EXISTS (SELECT FROM oplog_oldest(now_) WHERE year = year_ AND due) THEN
        PERFORM refuse('conflict', 'The entries of this year are to be kept to the end of the next fiscal year.');
    END IF;
    INSERT INTO oplog_purge (year, asked_by) VALUES (year_, me.person) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The removal was asked for already.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-ask', 'year ' || year_);
END $$;


ALTER FUNCTION kairan.purge_ask(token text, year_ integer, network inet, now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: purge_confirm(text, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_confirm(token text, year_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, network);
    asked bigint;
BEGIN
    SELECT asked_by INTO asked FROM oplog_purge WHERE year = year_ AND confirmed_at IS NULL FOR UPDATE;
    IF asked IS NULL THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    IF asked = me.person THEN
        PERFORM refuse('denied', 'Who asked for the removal may not confirm it.');
    END IF;
    UPDATE oplog_purge SET confirmed_by = me.person, confirmed_at = clock_timestamp() WHERE year = year_;
    PERFORM oplog_act(me, 'log.purge-confirm', 'year ' || year_);
END $$;


ALTER FUNCTION kairan.purge_confirm(token text, year_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: purge_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_list(token text) RETURNS TABLE(year integer, due boolean, asked_by text, asked_at timestamp with time zone, mine boolean, confirmed_by text, confirmed_at timestamp with time zone, done_at timestamp with time zone, kept_until timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(g.year, o.year), coalesce(o.due, false), a.name, g.asked_at,
            coalesce(g.asked_by = me.person, false), c.name, g.confirmed_at, g.done_at,
            oplog_kept_until(make_timestamptz(coalesce(g.year, o.year), 4, 1, 0, 0, 0, 'Asia/Tokyo'))
        FROM oplog_oldest(clock_timestamp()) o FULL JOIN oplog_purge g ON g.year = o.year
            LEFT JOIN person a ON a.id = g.asked_by LEFT JOIN person c ON c.id = g.confirmed_by
        ORDER BY 1 DESC;
END $$;


ALTER FUNCTION kairan.purge_list(token text) OWNER TO kairan_owner;

--
-- Name: purge_operator(integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_operator(year_ integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF (SELECT count(DISTINCT o.person) FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.during @> clock_timestamp() AND p.suspended_at IS NULL) > 1 THEN
        PERFORM refuse('denied', 'Where there are two administrators, the other one confirms.');
    END IF;
    UPDATE oplog_purge SET confirmed_at = clock_timestamp() WHERE year = year_ AND confirmed_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_operator('log.purge-confirm', 'year ' || year_);
END $$;


ALTER FUNCTION kairan.purge_operator(year_ integer) OWNER TO kairan_owner;

--
-- Name: purge_request(text, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_request(token text, year_ integer, network inet) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT purge_ask(token, year_, network, clock_timestamp())
$$;


ALTER FUNCTION kairan.purge_request(token text, year_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: purge_withdraw(text, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.purge_withdraw(token text, year_ integer, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    DELETE FROM oplog_purge WHERE year = year_ AND done_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-withdraw', 'year ' || year_);
END $$;


ALTER FUNCTION kairan.purge_withdraw(token text, year_ integer, network inet) OWNER TO kairan_owner;

--
-- Name: recall_due(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.recall_due() RETURNS TABLE(alert bigint, ended boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT a.id, b.ended_at IS NOT NULL
    FROM alert a JOIN broadcast b ON b.alert = a.id JOIN approval p ON p.alert = a.id
        JOIN alert_version v ON v.alert = a.id AND v.version = p.version
    WHERE (a.state = 'stopped' AND coalesce(b.ended_at, now()) > now() - interval '1 day')
        OR EXISTS (SELECT FROM alert c JOIN approval q ON q.alert = c.id
            WHERE c.original = a.id AND q.at > now() - interval '1 day')
        OR (v.valid_until <= now() AND v.valid_until > now() - interval '1 day')
    ORDER BY a.id
$$;


ALTER FUNCTION kairan.recall_due() OWNER TO kairan_owner;

--
-- Name: recall_ids(bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.recall_ids(alert_ bigint, hours integer) RETURNS SETOF text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.recall_ids(alert_ bigint, hours integer) OWNER TO kairan_owner;

--
-- Name: recovery_make(bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.recovery_make(person_ bigint) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    codes text[] := ARRAY[]::text[];
    code text;
BEGIN
    DELETE FROM recovery_code WHERE person = person_;
    FOR i IN 1 .. 10 LOOP
        -- letters that nobody takes for digits
        code := translate(base32(gen_random_bytes(10)), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', '0123456789ABCDEFGHJKMNPQRSTVWXYZ');
        INSERT INTO recovery_code (person, hash) VALUES (person_, sha256(convert_to(code, 'UTF8')));
        codes := codes || regexp_replace(code, '(....)(....)(....)(....)', '\1-\2-\3-\4');
    END LOOP;
    RETURN codes;
END $$;


ALTER FUNCTION kairan.recovery_make(person_ bigint) OWNER TO kairan_owner;

--
-- Name: refuse(text, text, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.refuse(kind text, sentence text, field text DEFAULT ''::text, detail text DEFAULT ''::text) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    code text := CASE kind
        WHEN 'denied' THEN 'KR001' WHEN 'conflict' THEN 'KR002' WHEN 'invalid' THEN 'KR003'
        WHEN 'missing' THEN 'KR004' WHEN 'limit' THEN 'KR005' WHEN 'unsigned' THEN 'KR006'
        WHEN 'stale' THEN 'KR007'
    END;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION 'refuse: unknown kind %', kind;
    END IF;
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = sentence, COLUMN = field, DETAIL = detail;
END $$;


ALTER FUNCTION kairan.refuse(kind text, sentence text, field text, detail text) OWNER TO kairan_owner;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.refuse_change() OWNER TO kairan_owner;

--
-- Name: relay_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.relay_list(token text) RETURNS TABLE(relay text, host text, senders bigint, well bigint, connections bigint, reason text, since timestamp with time zone, next_try timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT r.relay, r.host, count(*), count(*) FILTER (WHERE r.up), sum(r.connections),
            coalesce((array_agg(r.reason ORDER BY r.since DESC) FILTER (WHERE NOT r.up))[1], ''),
            max(r.since), min(r.next_try)
        FROM relay_state r JOIN worker w ON w.host = r.host AND w.slot = r.slot AND w.role = 'send'
        WHERE w.seen > clock_timestamp() - interval '60 seconds'
        GROUP BY r.relay, r.host ORDER BY r.relay, r.host;
END $$;


ALTER FUNCTION kairan.relay_list(token text) OWNER TO kairan_owner;

--
-- Name: relay_report(text, integer, text[], boolean[], text[], integer[], integer[]); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.relay_report(host_ text, slot_ integer, relays text[], ups boolean[], reasons text[], connections_ integer[], in_ms integer[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    DELETE FROM relay_state WHERE host = host_ AND slot = slot_ AND relay <> ALL (relays);
    INSERT INTO relay_state AS r (relay, host, slot, up, reason, connections, next_try)
    SELECT n.relay, host_, slot_, n.up, left(n.reason, 500), n.connections,
        CASE WHEN NOT n.up THEN clock_timestamp() + make_interval(secs => n.wait / 1000.0) END
    FROM unnest(relays, ups, reasons, connections_, in_ms) AS n (relay, up, reason, connections, wait)
    ON CONFLICT (relay, host, slot) DO UPDATE SET up = EXCLUDED.up, reason = EXCLUDED.reason,
        connections = EXCLUDED.connections, next_try = EXCLUDED.next_try,
        since = CASE WHEN r.up = EXCLUDED.up THEN r.since ELSE now() END
$$;


ALTER FUNCTION kairan.relay_report(host_ text, slot_ integer, relays text[], ups boolean[], reasons text[], connections_ integer[], in_ms integer[]) OWNER TO kairan_owner;

--
-- Name: report_export(text, bigint, bigint, integer, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_export(token text, alert_ bigint, after_ bigint, most integer, network inet) RETURNS TABLE(contact bigint, channel text, address text, result text, code smallint, enhanced text, reply text, relay text, lane text, attempt smallint, at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'report.export') THEN
        PERFORM refuse('denied', 'Only an administrator may see whole addresses.');
    END IF;
    PERFORM report_month(me, alert_);
    IF after_ = 0 THEN
        PERFORM oplog_act(me, 'report.export', 'alert ' || alert_);
    ELSIF NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = 'report.export'
        AND l.object = 'alert ' || alert_ AND l.at > clock_timestamp() - interval '1 hour') THEN
        PERFORM refuse('conflict', 'This export was not begun.');
    END IF;
    RETURN QUERY SELECT * FROM report_rows(me, alert_, after_, most, true);
END $$;


ALTER FUNCTION kairan.report_export(token text, alert_ bigint, after_ bigint, most integer, network inet) OWNER TO kairan_owner;

--
-- Name: report_list(text, bigint, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_list(token text, alert_ bigint, after_ bigint, most integer) RETURNS TABLE(contact bigint, channel text, address text, result text, code smallint, enhanced text, reply text, relay text, lane text, attempt smallint, at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY SELECT * FROM report_rows(actor_of(token, NULL), alert_, after_, most, false);
END $$;


ALTER FUNCTION kairan.report_list(token text, alert_ bigint, after_ bigint, most integer) OWNER TO kairan_owner;

--
-- Name: report_month(kairan.actor, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_month(me kairan.actor, alert_ bigint) RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM alert a WHERE a.id = alert_ AND sees(me, a.department)) THEN
        PERFORM refuse('missing', 'There is no such alert.');
    END IF;
    RETURN (SELECT month FROM broadcast WHERE alert = alert_);
END $$;


ALTER FUNCTION kairan.report_month(me kairan.actor, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: report_rows(kairan.actor, bigint, bigint, integer, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_rows(me kairan.actor, alert_ bigint, after_ bigint, most integer, whole boolean) RETURNS TABLE(contact bigint, channel text, address text, result text, code smallint, enhanced text, reply text, relay text, lane text, attempt smallint, at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
DECLARE
    month_ date := report_month(me, alert_);
BEGIN
    RETURN QUERY
        SELECT d.contact, coalesce(c.channel, ''),
            coalesce(CASE WHEN whole THEN c.address ELSE mask_address(c.address) END, ''),
            coalesce(o.result::text, 'waiting'), coalesce(o.code, 0::smallint), coalesce(o.enhanced, ''),
            coalesce(o.reply, ''), coalesce(o.relay, ''), coalesce(o.lane, ''),
            coalesce(o.attempt, 0::smallint), o.at
        FROM (SELECT k.contact FROM delivery k WHERE k.alert = alert_ AND k.month = month_ AND k.contact > after_
                ORDER BY k.contact LIMIT least(most, 5000)) AS d
            LEFT JOIN LATERAL (SELECT x.channel, x.address FROM contact x WHERE x.id = d.contact LIMIT 1) AS c ON true
            LEFT JOIN LATERAL (SELECT x.* FROM outcome x WHERE x.alert = alert_ AND x.month = month_
                AND x.contact = d.contact AND x.final LIMIT 1) AS o ON true
        ORDER BY d.contact;
END $$;


ALTER FUNCTION kairan.report_rows(me kairan.actor, alert_ bigint, after_ bigint, most integer, whole boolean) OWNER TO kairan_owner;

--
-- Name: report_series(text, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_series(token text, alert_ bigint, most integer) RETURNS TABLE(span integer, at timestamp with time zone, length_s integer, accepted bigint, refused bigint, others bigint, again bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    from_ timestamptz;
    to_ timestamptz;
    round_ int;
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    SELECT min(second), max(second) INTO from_, to_ FROM broadcast_tally WHERE alert = alert_;
    SELECT coalesce(min(s), 86400) INTO round_
    FROM unnest('{1,2,5,10,15,30,60,120,300,600,900,1800,3600,7200,14400,43200}'::int[]) AS s
    WHERE extract(epoch FROM to_ - from_) < s * most;
    RETURN QUERY
        SELECT (extract(epoch FROM t.second - from_)::int / round_),
            from_ + make_interval(secs => extract(epoch FROM t.second - from_)::int / round_ * round_), round_,
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result = 'accepted'), 0),
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result = 'refused'), 0),
            coalesce(sum(t.n) FILTER (WHERE t.final AND t.result NOT IN ('accepted', 'refused')), 0),
            coalesce(sum(t.n) FILTER (WHERE NOT t.final), 0)
        FROM broadcast_tally t WHERE t.alert = alert_ GROUP BY 1, 2 ORDER BY 1;
END $$;


ALTER FUNCTION kairan.report_series(token text, alert_ bigint, most integer) OWNER TO kairan_owner;

--
-- Name: report_sums(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_sums(token text, alert_ bigint) RETURNS TABLE(lane text, relay text, result text, final boolean, n bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    RETURN QUERY
        SELECT t.lane, t.relay, t.result::text, t.final, sum(t.n) FROM broadcast_tally t
        WHERE t.alert = alert_ GROUP BY t.lane, t.relay, t.result, t.final
        ORDER BY t.lane, t.relay, t.result, t.final DESC;
END $$;


ALTER FUNCTION kairan.report_sums(token text, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: report_times(text, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.report_times(token text, alert_ bigint) RETURNS TABLE(approved timestamp with time zone, first timestamp with time zone, median timestamp with time zone, most timestamp with time zone, last timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM report_month(actor_of(token, NULL), alert_);
    RETURN QUERY
        WITH steps AS (
            SELECT second, sum(sum(n)) OVER (ORDER BY second) AS upto, sum(sum(n)) OVER () AS whole
            FROM broadcast_tally WHERE alert = alert_ AND final AND result = 'accepted' GROUP BY second
        )
        -- What a second holds was accepted by its end, and nothing after the last outcome.
        SELECT p.at, b.first_accepted_at, least(x.median + interval '1 second', b.last_outcome_at),
            least(x.most + interval '1 second', b.last_outcome_at),
            least(x.last + interval '1 second', b.last_outcome_at)
        FROM broadcast b JOIN approval p ON p.alert = b.alert, LATERAL (
            SELECT min(second) FILTER (WHERE upto * 2 >= whole) AS median,
                min(second) FILTER (WHERE upto * 100 >= whole * 95) AS most, max(second) AS last FROM steps) AS x
        WHERE b.alert = alert_;
END $$;


ALTER FUNCTION kairan.report_times(token text, alert_ bigint) OWNER TO kairan_owner;

--
-- Name: roles_approving(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_approving() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{approver,delegate}'::text[]
$$;


ALTER FUNCTION kairan.roles_approving() OWNER TO kairan_owner;

--
-- Name: roles_brakes(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_brakes() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{drafter,approver,delegate,administrator}'::text[]
$$;


ALTER FUNCTION kairan.roles_brakes() OWNER TO kairan_owner;

--
-- Name: roles_given(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_given() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{drafter,approver,auditor}'::text[]
$$;


ALTER FUNCTION kairan.roles_given() OWNER TO kairan_owner;

--
-- Name: roles_readers(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_readers() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{administrator,auditor}'::text[]
$$;


ALTER FUNCTION kairan.roles_readers() OWNER TO kairan_owner;

--
-- Name: roles_staff(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_staff() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{drafter,approver,delegate,administrator,auditor}'::text[]
$$;


ALTER FUNCTION kairan.roles_staff() OWNER TO kairan_owner;

--
-- Name: roles_strict(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_strict() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{approver,delegate,administrator}'::text[]
$$;


ALTER FUNCTION kairan.roles_strict() OWNER TO kairan_owner;

--
-- Name: roles_townwide(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.roles_townwide() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT '{administrator,auditor}'::text[]
$$;


ALTER FUNCTION kairan.roles_townwide() OWNER TO kairan_owner;

--
-- Name: routine_hours(time without time zone, time without time zone, time without time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone DEFAULT ((clock_timestamp() AT TIME ZONE 'Asia/Tokyo'::text))::time without time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE WHEN quiet_from <= quiet_to THEN n < quiet_from OR n >= quiet_to
        ELSE n < quiet_from AND n >= quiet_to END
$$;


ALTER FUNCTION kairan.routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone) OWNER TO kairan_owner;

--
-- Name: routine_until(time without time zone, time without time zone, timestamp without time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.routine_until(quiet_from time without time zone, quiet_to time without time zone, n timestamp without time zone DEFAULT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo'::text)) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN routine_hours(quiet_from, quiet_to, n::time)
        THEN (extract(epoch FROM (n::date + (n::time >= quiet_from)::int + quiet_from)
            AT TIME ZONE 'Asia/Tokyo') * 1000)::bigint
        ELSE 0 END
$$;


ALTER FUNCTION kairan.routine_until(quiet_from time without time zone, quiet_to time without time zone, n timestamp without time zone) OWNER TO kairan_owner;

--
-- Name: sanction_new(kairan.actor, text, bigint, bigint, integer, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sanction_new(me kairan.actor, kind_ text, person_ bigint, post_ bigint, cause_ integer, note_ text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM not_oneself(me, person_);
    IF cause_ IS NULL OR cause_ NOT BETWEEN 1 AND 5 THEN
        PERFORM refuse('invalid', 'Choose the cause.', 'cause');
    END IF;
    PERFORM need_text(note_, limit_reason_chars(), 'Say what happened, in at most 400 characters.', 'note');
    INSERT INTO sanction (kind, person, post, cause, note, made_by)
    VALUES (kind_, person_, post_, cause_, note_, me.person);
END $$;


ALTER FUNCTION kairan.sanction_new(me kairan.actor, kind_ text, person_ bigint, post_ bigint, cause_ integer, note_ text) OWNER TO kairan_owner;

--
-- Name: schema_state(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.schema_state() RETURNS TABLE(release text, oldest text, catalogue text, durable boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT l.release, l.oldest, l.catalogue,
        current_setting('synchronous_commit') <> 'off' AND current_setting('fsync') = 'on'
    FROM law l
    ORDER BY l.loaded DESC
    LIMIT 1
$$;


ALTER FUNCTION kairan.schema_state() OWNER TO kairan_owner;

--
-- Name: sees(kairan.actor, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sees(me kairan.actor, department bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT me.role = ANY (roles_townwide()) OR department = me.department
$$;


ALTER FUNCTION kairan.sees(me kairan.actor, department bigint) OWNER TO kairan_owner;

--
-- Name: session_acting(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_acting(token text) RETURNS TABLE(approver text, ends timestamp with time zone, reason text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY SELECT a.name, upper(o.during), g.reason
    FROM session_live(token) s JOIN post o ON o.id = s.post JOIN delegation g ON g.post = o.id
        LEFT JOIN person a ON a.id = g.approver;
END $$;


ALTER FUNCTION kairan.session_acting(token text) OWNER TO kairan_owner;

--
-- Name: session_choose(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_choose(token text, post bigint, network inet) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    live session := session_held(token);
    fresh text;
BEGIN
    IF session_stage(live) NOT IN ('enrol', 'open') THEN
        PERFORM refuse('denied', stage_told(session_stage(live)), session_stage(live));
    END IF;
    IF NOT EXISTS (SELECT FROM kairan.post p WHERE p.id = post AND p.person = live.person
        AND p.during @> clock_timestamp()) THEN
        PERFORM refuse('denied', 'You do not hold this post.', 'post');
    END IF;
    UPDATE session s SET post = session_choose.post WHERE s.id = live.id RETURNING * INTO live;
    fresh := session_rise(live);
    PERFORM oplog_session(live, 'post.choose', 'post ' || post, 'done', '', network);
    RETURN fresh;
END $$;


ALTER FUNCTION kairan.session_choose(token text, post bigint, network inet) OWNER TO kairan_owner;

--
-- Name: session_door(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_door(token text) RETURNS kairan.session
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN live;
END $$;


ALTER FUNCTION kairan.session_door(token text) OWNER TO kairan_owner;

--
-- Name: session_end(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_end(token text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
    p person;
    o post;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        RETURN;
    END IF;
    UPDATE session SET ended_at = clock_timestamp() WHERE id = live.id;
    SELECT * INTO p FROM person WHERE id = live.person;
    SELECT * INTO o FROM post WHERE id = live.post;
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'sign-out', '', 'done', '',
        network);
END $$;


ALTER FUNCTION kairan.session_end(token text, network inet) OWNER TO kairan_owner;

--
-- Name: session_end_one(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_end_one(token text, id_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.id = id_ AND s.person = live.person AND s.ended_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This session is over already.');
    END IF;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
END $$;


ALTER FUNCTION kairan.session_end_one(token text, id_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: session_end_others(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_end_others(token text, network inet) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
    n int;
BEGIN
    UPDATE session s SET ended_at = clock_timestamp()
    WHERE s.person = live.person AND s.id <> live.id AND s.ended_at IS NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM oplog_own(live, 'session.end', 'person ' || live.person, network);
    RETURN n;
END $$;


ALTER FUNCTION kairan.session_end_others(token text, network inet) OWNER TO kairan_owner;

--
-- Name: session_held(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_held(token text) RETURNS kairan.session
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NOT NULL THEN -- of two at once one rotates the token, the other finds it gone
        SELECT * INTO live FROM session s WHERE s.id = live.id AND s.token_hash = live.token_hash
            AND s.ended_at IS NULL FOR UPDATE;
    END IF;
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    RETURN live;
END $$;


ALTER FUNCTION kairan.session_held(token text) OWNER TO kairan_owner;

--
-- Name: session_in_force(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_in_force(s kairan.session) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN s.ended_at IS NULL AND s.ends > clock_timestamp()
        AND greatest(s.made, s.seen) <= clock_timestamp() + interval '1 minute'
        AND EXISTS (SELECT FROM person WHERE id = s.person AND suspended_at IS NULL)
        AND CASE WHEN s.post IS NULL THEN s.seen + s.idle > clock_timestamp()
            ELSE EXISTS (SELECT FROM post WHERE id = s.post AND during @> clock_timestamp()
                AND s.seen + CASE WHEN role = ANY (roles_strict())
                    THEN least(s.idle, s.idle_strict) ELSE s.idle END > clock_timestamp()) END;
END $$;


ALTER FUNCTION kairan.session_in_force(s kairan.session) OWNER TO kairan_owner;

--
-- Name: session_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_list(token text) RETURNS TABLE(id bigint, here boolean, network text, agent text, made timestamp with time zone, seen timestamp with time zone, new_place boolean, role text, department text, department_en text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT s.id, s.id = live.id, host(s.network), s.agent, s.made, s.seen, s.new_place, o.role, d.name,
        d.name_en
    FROM session s LEFT JOIN post o ON o.id = s.post LEFT JOIN department d ON d.id = o.department
    WHERE s.person = live.person AND s.ended_at IS NULL AND session_in_force(s)
    ORDER BY s.id = live.id DESC, s.seen DESC LIMIT 100;
END $$;


ALTER FUNCTION kairan.session_list(token text) OWNER TO kairan_owner;

--
-- Name: session_live(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_live(token text) RETURNS SETOF kairan.session
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN QUERY SELECT s.* FROM session s WHERE s.token_hash = token_hash(token) AND session_in_force(s);
END $$;


ALTER FUNCTION kairan.session_live(token text) OWNER TO kairan_owner;

--
-- Name: session_mark(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_mark() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    NEW.odd := NOT usual_hours(NEW.made);
    RETURN NEW;
END $$;


ALTER FUNCTION kairan.session_mark() OWNER TO kairan_owner;

--
-- Name: session_odd(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_odd() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    PERFORM oplog_append(p.id, p.login, o.id, o.role, o.department, 'sign-in.odd', '', 'done', '', NEW.network)
    FROM person p LEFT JOIN post o ON o.id = NEW.post WHERE p.id = NEW.person;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.session_odd() OWNER TO kairan_owner;

--
-- Name: session_opened(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_opened() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    UPDATE person SET last_sign_in = greatest(last_sign_in, NEW.made) WHERE id = NEW.person;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.session_opened() OWNER TO kairan_owner;

--
-- Name: session_own(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_own(token text) RETURNS kairan.session
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
    stage text;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    stage := session_stage(live);
    IF stage <> 'open' THEN
        PERFORM refuse('denied', stage_told(stage), stage);
    END IF;
    RETURN live;
END $$;


ALTER FUNCTION kairan.session_own(token text) OWNER TO kairan_owner;

--
-- Name: session_posts(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_posts(token text) RETURNS TABLE(post bigint, role text, department_name text, department_name_en text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT o.id, o.role, d.name, d.name_en
    FROM session_live(token) s JOIN post o ON o.person = s.person AND o.during @> clock_timestamp()
        LEFT JOIN department d ON d.id = o.department
    ORDER BY d.name, o.role
$$;


ALTER FUNCTION kairan.session_posts(token text) OWNER TO kairan_owner;

--
-- Name: session_rise(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_rise(s kairan.session) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    fresh text := b64url(gen_random_bytes(32));
BEGIN
    UPDATE session SET token_hash = token_hash(fresh) WHERE id = s.id;
    RETURN fresh;
END $$;


ALTER FUNCTION kairan.session_rise(s kairan.session) OWNER TO kairan_owner;

--
-- Name: session_stage(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_stage(s kairan.session) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN (SELECT CASE WHEN factor_held(s.person) AND s.proved_at IS NULL THEN 'factor'
        WHEN s.odd AND s.odd_reason IS NULL AND r.enforced AND NOT hours_permitted(s.person, s.made) THEN 'hours'
        WHEN session_stage_password(s) <> 'open' THEN session_stage_password(s)
        WHEN factor_needed(s.post) AND NOT factor_held(s.person) THEN 'enrol'
        ELSE 'open' END
    FROM access_rule r);
END $$;


ALTER FUNCTION kairan.session_stage(s kairan.session) OWNER TO kairan_owner;

--
-- Name: session_stage_password(kairan.session); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_stage_password(s kairan.session) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN CASE WHEN EXISTS (SELECT FROM credential c WHERE c.person = s.person
            AND (c.one_time OR password_days_left(c.set_at, s.password_days) < 0))
        THEN 'password' ELSE 'open' END;
END $$;


ALTER FUNCTION kairan.session_stage_password(s kairan.session) OWNER TO kairan_owner;

--
-- Name: session_who(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.session_who(token text) RETURNS TABLE(person bigint, login text, name text, post bigint, role text, department bigint, department_name text, department_name_en text, stage text, lang text, days_left integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    live session;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        RETURN;
    END IF;
    -- Not at every request: so `seen` may be a minute older than the last use, and a session ends up to a
    -- minute before its idle time is over, never after.
    IF live.seen < clock_timestamp() - interval '1 minute' THEN
        UPDATE session SET seen = clock_timestamp()
        WHERE id = live.id AND seen < clock_timestamp() - interval '1 minute';
    END IF;
    RETURN QUERY
        SELECT p.id, p.login, p.name, o.id, o.role, d.id, d.name, d.name_en, session_stage(live),
            p.lang, (SELECT password_days_left(c.set_at, live.password_days) FROM credential c
                WHERE c.person = p.id)
        FROM person p LEFT JOIN post o ON o.id = live.post
            LEFT JOIN department d ON d.id = o.department
        WHERE p.id = live.person;
END $$;


ALTER FUNCTION kairan.session_who(token text) OWNER TO kairan_owner;

--
-- Name: sessions_end(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sessions_end(token text, person_ bigint, network inet) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session;
    me actor;
    who bigint := person_;
    ended int;
BEGIN
    SELECT * INTO live FROM session_live(token);
    IF live.id IS NULL THEN
        PERFORM refuse('unsigned', 'Your session is over. Please sign in again.');
    END IF;
    who := coalesce(who, live.person);
    IF who <> live.person THEN
        me := actor_for(token, network, 'staff.suspend'); -- of somebody else: who could suspend as well
        PERFORM person_locked(who);
    ELSE
        SELECT live.id, p.id, p.login, p.name, o.id, o.role, o.department, sessions_end.network INTO me
        FROM person p LEFT JOIN post o ON o.id = live.post WHERE p.id = who;
    END IF;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = who AND ended_at IS NULL;
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM device WHERE person = who;
    PERFORM letter_staff('sessions-ended', who) WHERE who <> live.person;
    PERFORM oplog_act(me, 'session.end-all', 'person ' || who, facts => jsonb_build_object('sessions', ended));
    RETURN ended;
END $$;


ALTER FUNCTION kairan.sessions_end(token text, person_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: sign_in(text, bytea, text, inet, text, integer, integer, integer, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sign_in(login text, proof bytea, device text, network inet, agent text, tries_per_hour integer, idle_min integer, hours integer, idle_strict_min integer DEFAULT NULL::integer, password_days integer DEFAULT NULL::integer) RETURNS TABLE(token text, device_token text, posts integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who person;
    held bigint[];
    known boolean;
    strange boolean;
BEGIN
    -- Locked, so that of two at once one alone uses a one-time password.
    SELECT p.* INTO who FROM person p JOIN credential c ON c.person = p.id
    WHERE p.login = sign_in.login AND p.suspended_at IS NULL AND c.verifier = sha256(proof)
        AND (NOT c.one_time OR (c.one_time_used IS NULL AND c.one_time_until > clock_timestamp()
            AND c.one_time_until <= clock_timestamp() + interval '25 hours')) -- else the clock was set back
    FOR NO KEY UPDATE OF c;
    SELECT array_agg(id ORDER BY id) INTO held FROM post
    WHERE person = who.id AND during @> clock_timestamp();
    IF sign_in_full(login, device, network, tries_per_hour) OR held IS NULL THEN
        PERFORM sign_in_failed(login, device, network);
        -- Only a name that exists is written down: people type their password into the wrong field.
        PERFORM oplog_append(NULL, (SELECT p.login FROM person p WHERE p.login = sign_in.login), NULL,
            NULL, NULL, 'sign-in', '', 'refused',
            '', network, facts => jsonb_build_object('refusal', 'Sign-in name or password is wrong.'));
        RETURN;
    END IF;
    UPDATE credential SET one_time_used = clock_timestamp() WHERE person = who.id AND one_time;
    token := b64url(gen_random_bytes(32));
    posts := cardinality(held);
    known := EXISTS (SELECT FROM device d WHERE d.token_hash = token_hash(sign_in.device) AND d.person = who.id);
    strange := NOT known AND EXISTS (SELECT FROM device d WHERE d.person = who.id);
    INSERT INTO session (token_hash, person, post, idle, idle_strict, ends, network, agent, password_days, new_place)
    VALUES (token_hash(token), who.id, CASE posts WHEN 1 THEN held[1] END,
        make_interval(mins => least(idle_min, limit_idle_min())), make_interval(mins => least(idle_strict_min, limit_idle_strict_min())),
        now() + make_interval(hours => least(hours, limit_session_hours())), network, left(agent, 200), least(password_days, limit_password_days()), strange);
    device_token := device;
    IF NOT known THEN
        DELETE FROM try_delay WHERE kind = 'login' AND key = sha256(convert_to(who.login, 'UTF8'));
        device_token := b64url(gen_random_bytes(32));
        INSERT INTO device (token_hash, person) VALUES (token_hash(device_token), who.id);
    END IF;
    PERFORM letter_staff('new-place', who.id) WHERE strange;
    PERFORM oplog_append(who.id, who.login, o.id, o.role, o.department, 'sign-in', '', 'done', '',
        network)
    FROM (SELECT 1) AS once LEFT JOIN post o ON posts = 1 AND o.id = held[1];
    RETURN NEXT;
END $$;


ALTER FUNCTION kairan.sign_in(login text, proof bytea, device text, network inet, agent text, tries_per_hour integer, idle_min integer, hours integer, idle_strict_min integer, password_days integer) OWNER TO kairan_owner;

--
-- Name: sign_in_failed(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sign_in_failed(login text, device text, network inet) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.sign_in_failed(login text, device text, network inet) OWNER TO kairan_owner;

--
-- Name: sign_in_full(text, text, inet, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sign_in_full(login text, device text, network inet, most integer) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM device d JOIN person p ON p.id = d.person
            WHERE d.token_hash = token_hash(sign_in_full.device) AND p.login = sign_in_full.login)
        THEN throttle_full('device', device || login, least(most, limit_sign_in_tries()), '1 hour')
        ELSE throttle_full('login', login, least(most, limit_sign_in_tries()), '1 hour') OR try_early('login', login)
            OR throttle_full('login-network', network_key(network), least(most, limit_sign_in_tries()) * 5, '1 hour')
            OR try_early('network', network_key(network))
        END
$$;


ALTER FUNCTION kairan.sign_in_full(login text, device text, network inet, most integer) OWNER TO kairan_owner;

--
-- Name: sign_in_list(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sign_in_list(token text, most integer) RETURNS TABLE(at timestamp with time zone, done boolean, network text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    live session := session_own(token);
BEGIN
    RETURN QUERY SELECT l.at, l.result = 'done', host(l.network)
    FROM oplog l JOIN person p ON p.id = live.person AND p.login = l.login
    WHERE l.act = 'sign-in' ORDER BY l.seq DESC LIMIT least(most, 100);
END $$;


ALTER FUNCTION kairan.sign_in_list(token text, most integer) OWNER TO kairan_owner;

--
-- Name: sign_in_salt(text, text, inet, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.sign_in_salt(login text, device text, network inet, tries_per_hour integer) RETURNS TABLE(salt bytea, cost text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF sign_in_full(login, device, network, tries_per_hour) THEN
        PERFORM refuse('limit', 'Too many attempts to sign in. Please wait for 15 minutes, at most an hour, or '
            'sign in from a device you have used before.', 'login');
    END IF;
    RETURN QUERY
        SELECT coalesce(c.salt,
                substr(hmac(convert_to(sign_in_salt.login, 'UTF8'), s.key, 'sha256'), 1, 16)),
            coalesce(c.cost, 'scrypt:17:8:1')
        FROM secret s LEFT JOIN (credential c JOIN person p ON p.id = c.person)
            ON p.login = sign_in_salt.login
        WHERE s.name = 'salt';
END $$;


ALTER FUNCTION kairan.sign_in_salt(login text, device text, network inet, tries_per_hour integer) OWNER TO kairan_owner;

--
-- Name: signup_confirm(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.signup_confirm(token text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.signup_confirm(token text) OWNER TO kairan_owner;

--
-- Name: signup_peek(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.signup_peek(token text) RETURNS TABLE(lang text, categories smallint[], areas smallint[], used boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT lang, categories, areas, used_at IS NOT NULL FROM signup
    WHERE token_hash = token_hash(token) AND expires > now()
$$;


ALTER FUNCTION kairan.signup_peek(token text) OWNER TO kairan_owner;

--
-- Name: signup_request(text, text, smallint[], smallint[], text, text, inet, integer, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.signup_request(address text, lang text, categories smallint[], areas smallint[], terms_version text, token text, network inet, confirm_hours integer, mails_per_address_day integer, tries_per_network_hour integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.signup_request(address text, lang text, categories smallint[], areas smallint[], terms_version text, token text, network inet, confirm_hours integer, mails_per_address_day integer, tries_per_network_hour integer) OWNER TO kairan_owner;

--
-- Name: staff_add(text, text, text, bytea, text, bytea, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea, role text, department_code text) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who bigint;
BEGIN
    INSERT INTO person (login, name, mail) VALUES (login, name, mail) RETURNING id INTO who;
    INSERT INTO credential (person, salt, cost, verifier) VALUES (who, salt, cost, verifier);
    INSERT INTO post (person, department, role)
    VALUES (who, (SELECT id FROM department WHERE code = department_code), role);
    PERFORM oplog_operator('staff.add', 'person ' || who, facts => jsonb_build_object('role', role));
    RETURN who;
EXCEPTION WHEN unique_violation THEN
    PERFORM refuse('conflict', 'This sign-in name is taken.', 'login');
END $$;


ALTER FUNCTION kairan.staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea, role text, department_code text) OWNER TO kairan_owner;

--
-- Name: staff_change(text, bigint, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    me actor := actor_for(token, network, 'staff.change');
    p person := person_locked(person_);
BEGIN
    PERFORM need_name(name_);
    IF mail_ ~ '[[:cntrl:][:space:]<>]' OR mail_ <> '' AND mail_ !~ '^[^@]+@[^@]+$' THEN
        PERFORM refuse('invalid', 'Type a mail address.', 'mail');
    END IF;
    UPDATE person SET name = name_, mail = mail_ WHERE id = person_;
    PERFORM oplog_act(me, 'staff.change', 'person ' || person_, facts => jsonb_build_object(
        'name_was', p.name, 'mail_was', nullif(p.mail, ''), 'name_is', name_, 'mail_is', nullif(mail_, '')));
END $_$;


ALTER FUNCTION kairan.staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) OWNER TO kairan_owner;

--
-- Name: staff_enter(kairan.actor, text, text, text, bigint, text, tstzrange, text, bytea, text, bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_enter(me kairan.actor, login_ text, name_ text, mail_ text, department_ bigint, role_ text, during_ tstzrange, exception_ text, salt_ bytea, cost_ text, verifier_ bytea) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    who bigint;
    opened bigint;
BEGIN
    IF role_ IS NULL OR role_ <> ALL (roles_townwide()) THEN
        PERFORM department_there(department_);
    END IF;
    who := person_make(login_, name_, mail_, department_, salt_, cost_, verifier_);
    IF role_ IS NOT NULL THEN
        opened := post_open(who, role_, department_, during_, exception_);
    END IF;
    PERFORM oplog_act(me, 'staff.register', 'person ' || who, facts => jsonb_build_object('post', post_fact(opened)));
    RETURN who;
END $$;


ALTER FUNCTION kairan.staff_enter(me kairan.actor, login_ text, name_ text, mail_ text, department_ bigint, role_ text, during_ tstzrange, exception_ text, salt_ bytea, cost_ text, verifier_ bytea) OWNER TO kairan_owner;

--
-- Name: staff_lift(text, bigint, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_lift(token text, person_ bigint, reason text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.lift');
    p person := person_locked(person_);
BEGIN
    IF p.suspended_at IS NULL THEN
        PERFORM refuse('conflict', 'This person is not suspended.');
    END IF;
    PERFORM need_reason(reason);
    UPDATE person SET suspended_at = NULL WHERE id = person_;
    UPDATE sanction SET lifted = clock_timestamp(), lifted_by = me.person, lift_reason = reason
    WHERE person = person_ AND kind = 'suspension' AND lifted IS NULL;
    PERFORM oplog_act(me, 'staff.lift', 'person ' || person_, reason);
END $$;


ALTER FUNCTION kairan.staff_lift(token text, person_ bigint, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: staff_list(text, text, bigint, text, text, integer, text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days integer, after_ text, most integer) RETURNS TABLE(person bigint, login text, name text, state text, guest boolean, last_sign_in timestamp with time zone, posts jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM staff_reader(token, NULL);
    RETURN QUERY
        SELECT p.id, p.login, p.name, person_state(p), EXISTS (SELECT FROM guest g WHERE g.person = p.id),
            p.last_sign_in, posts_json(p.id, false)
        FROM person p
        WHERE p.login > after_
            AND (words = '' OR strpos(lower(p.name || ' ' || p.login || ' ' || p.mail), lower(words)) > 0)
            AND (department_ = 0 OR person_home(p.id, now()) = department_ OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.department = department_ AND o.during @> now()))
            AND (role_ = '' OR EXISTS (SELECT FROM post o
                WHERE o.person = p.id AND o.role = role_ AND o.during @> now()))
            AND (state_ = '' OR person_state(p) = state_)
            AND (unused_days = 0 OR person_state(p) = 'active'
                AND person_unused(p) < now() - make_interval(days => unused_days))
        ORDER BY p.login LIMIT least(most, 200);
END $$;


ALTER FUNCTION kairan.staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days integer, after_ text, most integer) OWNER TO kairan_owner;

--
-- Name: staff_new(text, text, text, text, bigint, text, timestamp with time zone, timestamp with time zone, text, bytea, text, bytea, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_new(token text, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, exception text, salt bytea, cost text, verifier bytea, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.register');
BEGIN
    PERFORM no_administrator(role);
    RETURN staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_),
        exception, salt, cost, verifier);
END $$;


ALTER FUNCTION kairan.staff_new(token text, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, exception text, salt bytea, cost text, verifier bytea, network inet) OWNER TO kairan_owner;

--
-- Name: staff_post_end(kairan.actor, bigint, timestamp with time zone, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_post_end(me kairan.actor, post bigint, at timestamp with time zone, reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
    o post;
    moment timestamptz := begin_at(at, 'until');
BEGIN
    SELECT p.* INTO o FROM kairan.post p WHERE p.id = post FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    IF upper(o.during) <= moment THEN
        PERFORM refuse('conflict', 'This post is over by then already.');
    END IF;
    IF o.role = 'administrator' THEN
        PERFORM keep_administrator(o.person, moment);
    END IF;
    PERFORM delegation_cut(d.id, moment, me.person, reason) FROM delegation d WHERE d.post = o.id;
    IF NOT FOUND THEN
        PERFORM post_cut(o.id, moment, reason);
    END IF;
    PERFORM oplog_act(me, 'post.end', 'person ' || o.person, reason, facts => jsonb_build_object(
        'post', coalesce(post_fact(o.id), jsonb_build_object('role', o.role, 'called_off', true))));
END $$;


ALTER FUNCTION kairan.staff_post_end(me kairan.actor, post bigint, at timestamp with time zone, reason text) OWNER TO kairan_owner;

--
-- Name: staff_read(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_read(token text, person_ bigint, network inet) RETURNS TABLE(person bigint, login text, name text, mail text, made timestamp with time zone, state text, last_sign_in timestamp with time zone, sessions integer, posts jsonb, delegations jsonb, sanctions jsonb, guest jsonb, instructions jsonb)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    me actor := staff_reader(token, network);
BEGIN
    RETURN QUERY
        SELECT p.id, p.login, p.name, p.mail, p.made, person_state(p), p.last_sign_in,
            (SELECT count(*)::int FROM session s WHERE s.person = p.id AND session_in_force(s)),
            posts_json(p.id, true),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'department', d.name, 'department_en', d.name_en,
                'approver', coalesce(a.name, ''), 'delegate', q.name, 'from', day_first(lower(g.during)),
                'until', day_last(upper(g.during)), 'reason', g.reason, 'ended', coalesce(day_jst(g.ended), ''),
                'end_reason', g.end_reason) ORDER BY g.id DESC), '[]')
                FROM delegation g JOIN department d ON d.id = g.department JOIN person q ON q.id = g.person
                    LEFT JOIN person a ON a.id = g.approver WHERE p.id IN (g.person, g.approver)),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'cause', x.cause, 'note', x.note,
                'by', b.name, 'at', day_jst(x.made), 'lifted', coalesce(day_jst(x.lifted), ''),
                'lift_reason', x.lift_reason) ORDER BY x.id DESC), '[]')
                FROM sanction x JOIN person b ON b.id = x.made_by WHERE x.person = p.id),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('purpose', g.purpose, 'organisation', g.organisation,
                'head', g.head, 'reason', g.reason, 'from', day_first(lower(g.during)),
                'until', day_last(upper(g.during))) ORDER BY g.id DESC), '[]') FROM guest g WHERE g.person = p.id),
            (SELECT coalesce(jsonb_agg(jsonb_build_object('department', d.name, 'department_en', d.name_en,
                'cause', i.cause, 'body', i.body, 'at', day_jst(i.made), 'seen', coalesce(day_jst(i.seen), ''),
                'answer', i.answer) ORDER BY i.id DESC), '[]')
                FROM instruction i JOIN department d ON d.id = i.department WHERE i.person = p.id)
        FROM person p WHERE p.id = person_;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'There is no such person.');
    END IF;
    PERFORM oplog_act(me, 'staff.read', 'person ' || person_);
END $$;


ALTER FUNCTION kairan.staff_read(token text, person_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: staff_reader(text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_reader(token text, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'staff.read') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read about staff.');
    END IF;
    RETURN me;
END $$;


ALTER FUNCTION kairan.staff_reader(token text, network inet) OWNER TO kairan_owner;

--
-- Name: staff_register(kairan.actor, text, text, text, bigint, text, timestamp with time zone, timestamp with time zone, bytea, text, bytea); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_register(me kairan.actor, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, salt bytea, cost text, verifier bytea) RETURNS bigint
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT staff_enter(me, login, name, mail, department, role, period(begin_at(from_, 'from'), until_), '',
        salt, cost, verifier)
$$;


ALTER FUNCTION kairan.staff_register(me kairan.actor, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, salt bytea, cost text, verifier bytea) OWNER TO kairan_owner;

--
-- Name: staff_suspend(text, bigint, integer, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_suspend(token text, person_ bigint, cause integer, note text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.suspend');
    p person := person_locked(person_);
BEGIN
    IF p.suspended_at IS NOT NULL THEN
        PERFORM refuse('conflict', 'This person is suspended already.');
    END IF;
    PERFORM sanction_new(me, 'suspension', person_, NULL, cause, note);
    IF EXISTS (SELECT FROM post o WHERE o.person = person_ AND o.role = 'administrator' AND o.during @> now()) THEN
        PERFORM keep_administrator(person_, now());
    END IF;
    UPDATE person SET suspended_at = clock_timestamp() WHERE id = person_;
    UPDATE session SET ended_at = clock_timestamp() WHERE person = person_ AND ended_at IS NULL;
    PERFORM oplog_act(me, 'staff.suspend', 'person ' || person_, note, facts => jsonb_build_object('cause', cause));
END $$;


ALTER FUNCTION kairan.staff_suspend(token text, person_ bigint, cause integer, note text, network inet) OWNER TO kairan_owner;

--
-- Name: staff_transfer(text, bigint, bigint, text, timestamp with time zone, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamp with time zone, exception_ text, reason text, network inet) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_for(token, network, 'staff.transfer');
    moment timestamptz := begin_at(at, 'from');
    o post;
    opened bigint;
    old jsonb := post_fact(post_);
BEGIN
    SELECT * INTO o FROM post WHERE id = post_ FOR UPDATE;
    IF o.id IS NULL THEN
        PERFORM refuse('missing', 'There is no such post.');
    END IF;
    PERFORM need_reason(reason);
    PERFORM no_administrator(role_);
    IF o.class <> 3 OR o.role = 'delegate' THEN
        PERFORM refuse('invalid', 'Only drafters and approvers are transferred. End this post instead.', 'role');
    END IF;
    IF NOT o.during @> moment THEN
        PERFORM refuse('conflict', 'This post is not held at that time.', 'from');
    END IF;
    PERFORM post_cut(o.id, moment, reason);
    opened := post_open(o.person, role_, department_, tstzrange(moment, CASE
        WHEN EXISTS (SELECT FROM guest g WHERE g.person = o.person) THEN upper(o.during) END), exception_);
    UPDATE post SET moves_home = true WHERE id = opened;
    PERFORM oplog_act(me, 'staff.transfer', 'person ' || o.person, reason,
        facts => jsonb_build_object('post_was', old, 'post_is', post_fact(opened)));
    RETURN opened;
END $$;


ALTER FUNCTION kairan.staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamp with time zone, exception_ text, reason text, network inet) OWNER TO kairan_owner;

--
-- Name: stage_told(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stage_told(stage text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE stage WHEN 'factor' THEN 'Please type the code of your second factor first.'
        WHEN 'hours' THEN 'Please say first why you sign in outside the hours.'
        WHEN 'enrol' THEN 'Please set up your second factor first.'
        ELSE stage_told_password(stage) END
$$;


ALTER FUNCTION kairan.stage_told(stage text) OWNER TO kairan_owner;

--
-- Name: stage_told_password(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stage_told_password(stage text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE stage WHEN 'password' THEN 'Please change your password first.'
        ELSE 'Your session is over. Please sign in again.' END
$$;


ALTER FUNCTION kairan.stage_told_password(stage text) OWNER TO kairan_owner;

--
-- Name: stay(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stay(link text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- before any row is held
    UPDATE contact SET suspended_at = NULL WHERE id = link_contact(link, 2) AND gone_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('missing', 'This link is not valid. Please sign up again to receive alerts.');
    END IF;
END $$;


ALTER FUNCTION kairan.stay(link text) OWNER TO kairan_owner;

--
-- Name: stay_peek(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stay_peek(link text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 2) AND gone_at IS NULL)
$$;


ALTER FUNCTION kairan.stay_peek(link text) OWNER TO kairan_owner;

--
-- Name: storm_decide(text, bigint, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.storm_decide(token text, alert_ bigint, verdict_ text, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.storm_decide(token text, alert_ bigint, verdict_ text, network inet) OWNER TO kairan_owner;

--
-- Name: storm_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.storm_list(token text) RETURNS TABLE(alert bigint, title text, at timestamp with time zone, failed integer, total integer, verdict text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.storm_list(token text) OWNER TO kairan_owner;

--
-- Name: stranger_first(text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stranger_first(act_ text, login_ text, network_ inet) RETURNS boolean
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    INSERT INTO stranger AS s (since, act, network, login, hits)
    VALUES (date_bin('1 hour', clock_timestamp(), 'epoch'), act_, network_key(network_), coalesce(login_, ''), 1)
    ON CONFLICT (since, act, network, login) DO UPDATE SET hits = s.hits + 1
    RETURNING hits = 1
$$;


ALTER FUNCTION kairan.stranger_first(act_ text, login_ text, network_ inet) OWNER TO kairan_owner;

--
-- Name: strangers_tell(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.strangers_tell(now_ timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    s stranger;
    r oplog;
BEGIN
    FOR s IN DELETE FROM stranger WHERE since + interval '1 hour' <= now_ RETURNING * LOOP
        CONTINUE WHEN s.hits = 1;
        r.login := nullif(s.login, '');
        r.act := s.act;
        r.object := '';
        r.result := 'refused';
        r.reason := '';
        r.facts := jsonb_build_object('times', s.hits - 1);
        r.network := s.network::inet;
        PERFORM oplog_put(r);
    END LOOP;
END $$;


ALTER FUNCTION kairan.strangers_tell(now_ timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: stripe(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.stripe() RETURNS smallint
    LANGUAGE sql STABLE
    AS $$
    SELECT (pg_backend_pid() % 64)::smallint
$$;


ALTER FUNCTION kairan.stripe() OWNER TO kairan_owner;

--
-- Name: subscriber_check(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.subscriber_check() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT categories, areas FROM fresh) AS chosen
        WHERE NOT choices_known(categories, areas)) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    RETURN NULL;
END $$;


ALTER FUNCTION kairan.subscriber_check() OWNER TO kairan_owner;

--
-- Name: suspension_actor(text, inet, boolean); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.suspension_actor(token text, network inet, acting boolean) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, CASE WHEN acting THEN 'contact.resume' ELSE 'contact.read' END) THEN
        PERFORM refuse('denied', 'Only an administrator may do this.');
    END IF;
    RETURN a;
END $$;


ALTER FUNCTION kairan.suspension_actor(token text, network inet, acting boolean) OWNER TO kairan_owner;

--
-- Name: suspension_counts(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.suspension_counts(token text) RETURNS TABLE(what text, n bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.suspension_counts(token text) OWNER TO kairan_owner;

--
-- Name: suspension_lift(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.suspension_lift(token text, contact_ bigint, network inet) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.suspension_lift(token text, contact_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: suspension_list(text, bigint, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.suspension_list(token text, before bigint, most integer) RETURNS TABLE(contact bigint, address text, reason text, since timestamp with time zone, status text, reply text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
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


ALTER FUNCTION kairan.suspension_list(token text, before bigint, most integer) OWNER TO kairan_owner;

--
-- Name: throttle_full(text, text, integer, interval); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.throttle_full(kind_ text, who text, most integer, window_ interval) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT coalesce(max(hits), 0) >= most FROM throttle
    WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND since = date_bin(window_, now(), 'epoch')
$$;


ALTER FUNCTION kairan.throttle_full(kind_ text, who text, most integer, window_ interval) OWNER TO kairan_owner;

--
-- Name: throttle_hit(text, text, integer, interval); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.throttle_hit(kind_ text, who text, most integer, window_ interval) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    n int;
BEGIN
    INSERT INTO throttle AS t (kind, key, since, hits)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), date_bin(window_, now(), 'epoch'), 1)
    ON CONFLICT (kind, key, since) DO UPDATE SET hits = t.hits + 1
    RETURNING hits INTO n;
    RETURN n <= most;
END $$;


ALTER FUNCTION kairan.throttle_hit(kind_ text, who text, most integer, window_ interval) OWNER TO kairan_owner;

--
-- Name: throttle_network(text, inet, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.throttle_network(kind_ text, network inet, tries integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    IF NOT throttle_hit(kind_, network_key(network), least(tries, limit_network_tries()), '1 hour') THEN
        PERFORM refuse('limit', 'Too many requests came from your network. Please try again in an hour.');
    END IF;
END $$;


ALTER FUNCTION kairan.throttle_network(kind_ text, network inet, tries integer) OWNER TO kairan_owner;

--
-- Name: token_hash(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.token_hash(token text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT sha256(convert_to(token, 'UTF8'))
$$;


ALTER FUNCTION kairan.token_hash(token text) OWNER TO kairan_owner;

--
-- Name: totp_code(bytea, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.totp_code(seed bytea, step bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT lpad(((((get_byte(h, o) & 127)::bigint << 24) | (get_byte(h, o + 1) << 16) | (get_byte(h, o + 2) << 8)
        | get_byte(h, o + 3)) % 1000000)::text, 6, '0')
    FROM (SELECT h, get_byte(h, 19) & 15 AS o FROM hmac(int8send(step), seed, 'sha1') AS h) AS mac
$$;


ALTER FUNCTION kairan.totp_code(seed bytea, step bigint) OWNER TO kairan_owner;

--
-- Name: totp_match(bytea, text, timestamp with time zone, bigint); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.totp_match(seed bytea, code text, at timestamp with time zone, after bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT max(s) FROM generate_series(totp_step(at) - 1, totp_step(at) + 1) AS s
    WHERE s > after AND sha256(convert_to(totp_code(seed, s), 'UTF8')) = sha256(convert_to(code, 'UTF8'))
$$;


ALTER FUNCTION kairan.totp_match(seed bytea, code text, at timestamp with time zone, after bigint) OWNER TO kairan_owner;

--
-- Name: totp_step(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.totp_step(at timestamp with time zone) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT floor(extract(epoch FROM at) / 30)::bigint
$$;


ALTER FUNCTION kairan.totp_step(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: try_early(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.try_early(kind_ text, who text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM try_delay WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND last <= clock_timestamp() -- a clock that was set back keeps nobody out
        AND last + make_interval(secs => try_wait_s(kind, fails)) > clock_timestamp())
$$;


ALTER FUNCTION kairan.try_early(kind_ text, who text) OWNER TO kairan_owner;

--
-- Name: try_failed(text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.try_failed(kind_ text, who text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    INSERT INTO try_delay AS t (kind, key, fails, last)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), 1, clock_timestamp())
    ON CONFLICT (kind, key) DO UPDATE SET last = clock_timestamp(),
        fails = CASE WHEN t.last < clock_timestamp() - interval '1 hour' THEN 1 ELSE t.fails + 1 END
$$;


ALTER FUNCTION kairan.try_failed(kind_ text, who text) OWNER TO kairan_owner;

--
-- Name: try_wait_s(text, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.try_wait_s(kind text, fails integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT CASE WHEN fails <= free THEN 0 ELSE least(2 ^ least(fails - free, 10), most)::int END
    FROM (SELECT CASE kind WHEN 'login' THEN 4 ELSE 20 END AS free,
        CASE kind WHEN 'login' THEN 900 ELSE 60 END AS most) AS limits
$$;


ALTER FUNCTION kairan.try_wait_s(kind text, fails integer) OWNER TO kairan_owner;

--
-- Name: usage_days(text, bigint, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_days(token text, department_ bigint, since text, until text) RETURNS TABLE(at text, acts bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET work_mem TO '64MB'
    AS $$
#variable_conflict use_column
DECLARE
    s usage_scope := usage_scope(usage_reader(token, department_, NULL), department_, since, until);
    months boolean := until::date - since::date >= 62;
    starts timestamptz[] := ARRAY(SELECT d AT TIME ZONE 'Asia/Tokyo' FROM generate_series(
        CASE WHEN months THEN date_trunc('month', since::timestamp) ELSE since::timestamp END,
        least(until::timestamp, now() AT TIME ZONE 'Asia/Tokyo'),
        CASE WHEN months THEN interval '1 month' ELSE '1 day' END) AS d);
    here bigint[] := ARRAY(SELECT h.person FROM usage_homes(s.since, s.until) h WHERE h.department = s.department);
BEGIN
    -- Of a department its acts are counted; of the house all rows, which the index does alone, less the few
    -- that are none.
    RETURN QUERY
        SELECT to_char(d.start AT TIME ZONE 'Asia/Tokyo', CASE WHEN months THEN 'YYYY-MM' ELSE 'YYYY-MM-DD' END),
            CASE WHEN s.whole THEN (SELECT count(*) FROM oplog l WHERE l.at >= greatest(d.start, s.since)
                AND l.at < coalesce(d.next, s.until)) - coalesce(n.counted, 0) ELSE coalesce(n.counted, 0) END
        FROM (SELECT x.start, x.place, lead(x.start) OVER (ORDER BY x.place) AS next
                FROM unnest(starts) WITH ORDINALITY AS x (start, place)) AS d
            LEFT JOIN (SELECT width_bucket(l.at, starts) AS place, count(*) AS counted
                FROM oplog l
                WHERE l.at >= s.since AND l.at < s.until AND CASE WHEN s.whole
                    THEN l.result = 'refused' OR l.person IS NULL
                    ELSE l.result = 'done' AND l.person IS NOT NULL
                        AND (l.department = s.department OR (l.post IS NULL AND l.person = ANY (here))) END
                GROUP BY 1) AS n ON n.place = d.place
        ORDER BY d.place;
END $$;


ALTER FUNCTION kairan.usage_days(token text, department_ bigint, since text, until text) OWNER TO kairan_owner;

--
-- Name: usage_export(text, bigint, text, text, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_export(token text, department_ bigint, since text, until text, network inet) RETURNS TABLE(level integer, department bigint, department_name text, department_en text, person bigint, login text, name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint, last_sign_in timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := usage_reader(token, department_, network);
    s usage_scope := usage_scope(me, department_, since, until);
BEGIN
    PERFORM oplog_act(me, 'usage.export', coalesce('department ' || s.department, ''),
        facts => jsonb_build_object('since', since, 'until', until));
    RETURN QUERY SELECT * FROM usage_shown(s);
END $$;


ALTER FUNCTION kairan.usage_export(token text, department_ bigint, since text, until text, network inet) OWNER TO kairan_owner;

--
-- Name: usage_facts(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_facts(since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(department bigint, person bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET work_mem TO '64MB'
    AS $$
BEGIN
    RETURN QUERY
    WITH logged AS ( -- by sign-in name, which never changes: of a failed sign-in there is no more
        SELECT l.login, l.post IS NULL AS nowhere, l.department, l.act, l.result = 'done' AS done, count(*) AS n,
            (sum(oplog_times(l.facts)) FILTER (WHERE l.result <> 'done'))::bigint AS failed
        FROM oplog l
        WHERE l.at >= since AND l.at < until AND (l.result = 'done' OR l.act = 'sign-in') AND l.act = ANY
                ('{sign-in,sign-in.odd,alert.save,alert.submit,alert.approve,alert.return}')
            AND (l.act <> 'alert.save' OR l.facts -> 'version' = '1') -- a draft is made once
        GROUP BY 1, 2, 3, 4, 5)
    SELECT CASE WHEN l.nowhere THEN h.department ELSE l.department END, h.person,
        CASE WHEN l.act = 'sign-in' AND l.done THEN l.n ELSE 0 END, coalesce(l.failed, 0),
        CASE l.act WHEN 'sign-in.odd' THEN l.n ELSE 0 END, CASE l.act WHEN 'alert.save' THEN l.n ELSE 0 END,
        CASE l.act WHEN 'alert.submit' THEN l.n ELSE 0 END, CASE l.act WHEN 'alert.approve' THEN l.n ELSE 0 END,
        CASE l.act WHEN 'alert.return' THEN l.n ELSE 0 END, 0::bigint, 0::bigint, NULL::float8
    FROM logged l JOIN usage_homes(since, until) h ON h.login = l.login
    UNION ALL
    SELECT a.department, a.creator, 0, 0, 0, 0, 0, 0, 0, 1, b.accepted, NULL
    FROM broadcast b JOIN alert a ON a.id = b.alert
    WHERE b.first_accepted_at >= since AND b.first_accepted_at < until
    UNION ALL
    SELECT a.department, w.person, 0, 0, 0, 0, 0, 0, 0, 0, 0, extract(epoch FROM p.at - a.submitted_at)::float8
    FROM approval p JOIN alert a ON a.id = p.alert, unnest(ARRAY[a.submitter, p.approver]) AS w (person)
    WHERE p.at >= since AND p.at < until;
END $$;


ALTER FUNCTION kairan.usage_facts(since timestamp with time zone, until timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: usage_homes(timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_homes(since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(person bigint, login text, department bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT p.id, p.login, CASE WHEN o.id IS NULL THEN home ELSE o.department END
    FROM person p, person_home(p.id, until - interval '1 microsecond') AS home
        LEFT JOIN LATERAL (SELECT x.id, x.department FROM post x
            WHERE x.person = p.id AND x.during && tstzrange(since, until)
            ORDER BY x.department IS DISTINCT FROM home, lower(x.during) DESC, x.id DESC LIMIT 1) AS o ON true
$$;


ALTER FUNCTION kairan.usage_homes(since timestamp with time zone, until timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: usage_read(text, bigint, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_read(token text, department_ bigint, since text, until text) RETURNS TABLE(level integer, department bigint, department_name text, department_en text, person bigint, login text, name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint, last_sign_in timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT * FROM usage_shown(usage_scope(usage_reader(token, department_, NULL), department_, since, until))
$$;


ALTER FUNCTION kairan.usage_read(token text, department_ bigint, since text, until text) OWNER TO kairan_owner;

--
-- Name: usage_reader(text, bigint, inet); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_reader(token text, department_ bigint, network inet) RETURNS kairan.actor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'usage.read') THEN
        PERFORM refuse('denied', 'Your post does not allow this.');
    END IF;
    IF department_ IS NOT NULL AND NOT sees(me, department_) THEN
        PERFORM refuse('denied', 'You may read about the usage of your own department only.', 'department');
    END IF;
    RETURN me;
END $$;


ALTER FUNCTION kairan.usage_reader(token text, department_ bigint, network inet) OWNER TO kairan_owner;

--
-- Name: usage_scope(kairan.actor, bigint, text, text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_scope(me kairan.actor, department_ bigint, since_ text, until_ text) RETURNS kairan.usage_scope
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    form text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
    s usage_scope;
BEGIN
    s.department := coalesce(department_, me.department);
    s.whole := s.department IS NULL;
    IF since_ !~ form OR until_ !~ form OR until_::date NOT BETWEEN since_::date AND since_::date + 365 THEN
        RAISE data_exception;
    END IF;
    s.since := since_::timestamp AT TIME ZONE 'Asia/Tokyo';
    s.until := (until_::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo';
    RETURN s;
EXCEPTION WHEN data_exception THEN
    PERFORM refuse('invalid', 'Choose a first day, and a last day within a year after it.', 'since');
END $_$;


ALTER FUNCTION kairan.usage_scope(me kairan.actor, department_ bigint, since_ text, until_ text) OWNER TO kairan_owner;

--
-- Name: usage_shown(kairan.usage_scope); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_shown(s kairan.usage_scope) RETURNS TABLE(level integer, department bigint, department_name text, department_en text, person bigint, login text, name text, guest boolean, roles text[], people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint, last_sign_in timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT u.level, u.department, d.name, d.name_en, u.person, p.login, p.name,
        EXISTS (SELECT FROM guest g WHERE g.person = p.id),
        (SELECT array_agg(DISTINCT o.role ORDER BY o.role) FROM post o WHERE o.person = p.id
            AND o.department IS NOT DISTINCT FROM u.department AND o.during && tstzrange((s).since, (s).until)),
        u.people, u.sign_ins, u.failed, u.odd, u.drafts, u.submitted, u.approved, u.returned, u.sent, u.recipients,
        u.wait_s, p.last_sign_in
    FROM usage_sums(s) u LEFT JOIN department d ON d.id = u.department LEFT JOIN person p ON p.id = u.person
    ORDER BY u.level = 3, u.department NULLS LAST, u.level DESC, p.login
$$;


ALTER FUNCTION kairan.usage_shown(s kairan.usage_scope) OWNER TO kairan_owner;

--
-- Name: usage_sums(kairan.usage_scope); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usage_sums(s kairan.usage_scope) RETURNS TABLE(level integer, department bigint, person bigint, people bigint, sign_ins bigint, failed bigint, odd bigint, drafts bigint, submitted bigint, approved bigint, returned bigint, sent bigint, recipients bigint, wait_s bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    WITH facts AS (
        SELECT * FROM usage_facts((s).since, (s).until)
        UNION ALL
        SELECT o.department, o.person, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL::float8
        FROM post o WHERE o.during && tstzrange((s).since, (s).until)
        UNION ALL
        SELECT d.id, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL::float8 FROM department d)
    SELECT grouping(f.department, f.person), f.department, f.person, count(DISTINCT f.person), sum(f.sign_ins),
        sum(f.failed), sum(f.odd), sum(f.drafts), sum(f.submitted), sum(f.approved), sum(f.returned), sum(f.sent),
        sum(f.recipients), percentile_cont(0.5) WITHIN GROUP (ORDER BY f.wait_s)
    FROM facts f WHERE (s).whole OR f.department = (s).department
    GROUP BY GROUPING SETS ((f.department, f.person), (f.department), ())
    HAVING grouping(f.person) = 1 OR f.person IS NOT NULL
$$;


ALTER FUNCTION kairan.usage_sums(s kairan.usage_scope) OWNER TO kairan_owner;

--
-- Name: usual_hours(timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.usual_hours(at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT r.all_hours OR (day_closed((at AT TIME ZONE 'Asia/Tokyo')::date) IS NULL
        AND (at AT TIME ZONE 'Asia/Tokyo')::time >= r.usual_from
        AND (at AT TIME ZONE 'Asia/Tokyo')::time < r.usual_to)
    FROM access_rule r
$$;


ALTER FUNCTION kairan.usual_hours(at timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: verp_keys(); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.verp_keys() RETURNS TABLE(kid smallint, key bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
    SELECT kid, hmac('envelope sender'::bytea, key, 'sha256') FROM link_key ORDER BY made DESC, kid DESC
$$;


ALTER FUNCTION kairan.verp_keys() OWNER TO kairan_owner;

--
-- Name: verp_open(text, timestamp with time zone); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.verp_open(token text, today timestamp with time zone DEFAULT now()) RETURNS TABLE(kind "char", alert bigint, part bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'kairan', 'pg_temp'
    AS $_$
DECLARE
    data bytea;
    k bytea;
    age int;
BEGIN
    IF token !~* '^[a-z2-7]{40}$' THEN
        RETURN;
    END IF;
    SELECT decode(string_agg(lpad(to_hex(eight), 10, '0'), '' ORDER BY n), 'hex') INTO data
    FROM (SELECT n, sum((strpos('abcdefghijklmnopqrstuvwxyz234567',
                substr(lower(token), 8 * n + i, 1)) - 1)::bigint << (5 * (8 - i)))::bigint AS eight
        FROM generate_series(0, 4) AS n, generate_series(1, 8) AS i GROUP BY n) AS letters;
    SELECT v.key INTO k FROM verp_keys() AS v WHERE v.kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 15), k, 'sha256'), 1, 10))
        <> sha256(substr(data, 16, 10)) THEN
        RETURN;
    END IF;
    age := floor(extract(epoch FROM today) / 86400)::int - (get_byte(data, 2) << 8 | get_byte(data, 3));
    IF age BETWEEN -1 AND 14 AND chr(get_byte(data, 1)) IN ('a', 'x', 'l') THEN
        RETURN QUERY SELECT chr(get_byte(data, 1))::"char",
            ('x' || encode(substr(data, 5, 5), 'hex'))::bit(40)::bigint,
            ('x' || encode(substr(data, 10, 6), 'hex'))::bit(48)::bigint;
    END IF;
END $_$;


ALTER FUNCTION kairan.verp_open(token text, today timestamp with time zone) OWNER TO kairan_owner;

--
-- Name: worker_beat(text, text, integer, integer); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.worker_beat(host_ text, role_ text, slot_ integer, pid_ integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO worker AS w (host, role, slot, pid) VALUES (host_, role_, slot_, pid_)
    ON CONFLICT (host, role, slot) DO UPDATE SET pid = pid_, seen = clock_timestamp(),
        started = CASE WHEN w.pid = pid_ THEN w.started ELSE clock_timestamp() END;
    RETURN (SELECT count(*) FROM worker
        WHERE role = 'send' AND seen > clock_timestamp() - interval '10 seconds');
END $$;


ALTER FUNCTION kairan.worker_beat(host_ text, role_ text, slot_ integer, pid_ integer) OWNER TO kairan_owner;

--
-- Name: worker_list(text); Type: FUNCTION; Schema: kairan; Owner: kairan_owner
--

CREATE FUNCTION kairan.worker_list(token text) RETURNS TABLE(host text, role text, alive bigint, known bigint, seen timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'kairan', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    PERFORM actor_of(token, NULL);
    RETURN QUERY
        SELECT w.host, w.role, count(*) FILTER (WHERE w.seen > clock_timestamp() - interval '10 seconds'),
            count(*), max(w.seen)
        FROM worker w WHERE w.seen > clock_timestamp() - interval '1 day'
        GROUP BY w.host, w.role ORDER BY w.host, w.role;
END $$;


ALTER FUNCTION kairan.worker_list(token text) OWNER TO kairan_owner;

--
-- Name: alert_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.alert ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: alert_return; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.alert_return (
    alert bigint NOT NULL,
    version integer NOT NULL,
    approver bigint NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT alert_return_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 400)))
);


ALTER TABLE kairan.alert_return OWNER TO kairan_owner;

--
-- Name: alert_text; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.alert_text (
    alert bigint NOT NULL,
    version integer NOT NULL,
    lang text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    drill boolean DEFAULT false NOT NULL,
    act text DEFAULT 'new'::text NOT NULL,
    unreached_title text,
    unreached_body text,
    CONSTRAINT alert_text_body CHECK (kairan.prose_body_ok(body, lang, kairan.alert_stamp(drill, act, true, lang))),
    CONSTRAINT alert_text_lang_check CHECK ((lang ~ '^[a-z]{2,8}$'::text)),
    CONSTRAINT alert_text_title CHECK (kairan.prose_title_ok(title, lang, kairan.alert_stamp(drill, act, true, lang))),
    CONSTRAINT alert_text_two CHECK ((((act = 'correction'::text) = (unreached_title IS NOT NULL)) AND ((act = 'correction'::text) = (unreached_body IS NOT NULL)))),
    CONSTRAINT alert_text_unreached_body CHECK (((unreached_body IS NULL) OR kairan.prose_body_ok(unreached_body, lang, kairan.alert_stamp(drill, act, false, lang)))),
    CONSTRAINT alert_text_unreached_title CHECK (((unreached_title IS NULL) OR kairan.prose_title_ok(unreached_title, lang, kairan.alert_stamp(drill, act, false, lang))))
);


ALTER TABLE kairan.alert_text OWNER TO kairan_owner;

--
-- Name: alert_version; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.alert_version (
    alert bigint NOT NULL,
    version integer NOT NULL,
    editor bigint NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    everybody boolean NOT NULL,
    channels text[] DEFAULT '{mail}'::text[] NOT NULL,
    urgent boolean NOT NULL,
    urgent_reason text NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    CONSTRAINT alert_categories CHECK (((cardinality(categories) >= 1) AND (cardinality(categories) <= 100))),
    CONSTRAINT alert_everybody_urgent CHECK ((urgent OR (NOT everybody))),
    CONSTRAINT alert_urgent_reason CHECK (((urgent = (urgent_reason ~ '\S'::text)) AND (char_length(urgent_reason) <= 200))),
    CONSTRAINT alert_version_channels_check CHECK ((channels = '{mail}'::text[])),
    CONSTRAINT alert_version_version_check CHECK ((version > 0))
);


ALTER TABLE kairan.alert_version OWNER TO kairan_owner;

--
-- Name: approval; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.approval (
    alert bigint NOT NULL,
    version integer NOT NULL,
    fingerprint bytea NOT NULL,
    approver bigint NOT NULL,
    post bigint NOT NULL,
    session bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


ALTER TABLE kairan.approval OWNER TO kairan_owner;

--
-- Name: area; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.area (
    id smallint NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT area_name_check CHECK (((name <> ''::text) AND (name !~ '[[:cntrl:];]'::text))),
    CONSTRAINT area_name_en_check CHECK ((name_en !~ '[[:cntrl:]]'::text))
);


ALTER TABLE kairan.area OWNER TO kairan_owner;

--
-- Name: area_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.area ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.area_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audience; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.audience (
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    channel text NOT NULL,
    n integer NOT NULL
);


ALTER TABLE kairan.audience OWNER TO kairan_owner;

--
-- Name: bounce; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.bounce (
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    complaint boolean GENERATED ALWAYS AS ((kind = 'complaint'::text)) STORED NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    source text NOT NULL,
    reply text NOT NULL,
    CONSTRAINT bounce_kind_check CHECK ((kind = ANY (ARRAY['permanent'::text, 'temporary'::text, 'policy'::text, 'complaint'::text]))),
    CONSTRAINT bounce_reply_check CHECK ((char_length(reply) <= 500)),
    CONSTRAINT bounce_source_check CHECK ((source = ANY (ARRAY['mail'::text, 'smtp'::text]))),
    CONSTRAINT bounce_status_check CHECK ((status ~ '^([245]\.[0-9]{1,3}\.[0-9]{1,3})?$'::text))
);


ALTER TABLE kairan.bounce OWNER TO kairan_owner;

--
-- Name: bounce_collected; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.bounce_collected (
    alert bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    contact bigint NOT NULL,
    done boolean NOT NULL
);


ALTER TABLE kairan.bounce_collected OWNER TO kairan_owner;

--
-- Name: bounce_storm; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.bounce_storm (
    alert bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    failed integer NOT NULL,
    total integer NOT NULL,
    verdict text,
    decided_at timestamp with time zone,
    CONSTRAINT bounce_storm_check CHECK (((verdict IS NULL) = (decided_at IS NULL))),
    CONSTRAINT bounce_storm_verdict_check CHECK ((verdict = ANY (ARRAY['count'::text, 'forgive'::text])))
);


ALTER TABLE kairan.bounce_storm OWNER TO kairan_owner;

--
-- Name: broadcast; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.broadcast (
    alert bigint NOT NULL,
    month date NOT NULL,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    reached bigint DEFAULT 0 NOT NULL,
    written integer DEFAULT 0 NOT NULL,
    total integer,
    accepted integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    expired integer DEFAULT 0 NOT NULL,
    cancelled integer DEFAULT 0 NOT NULL,
    unknown integer DEFAULT 0 NOT NULL,
    retried integer DEFAULT 0 NOT NULL,
    first_accepted_at timestamp with time zone,
    last_outcome_at timestamp with time zone,
    ended_at timestamp with time zone,
    halted text DEFAULT ''::text NOT NULL,
    paused text DEFAULT ''::text NOT NULL,
    paused_reply text DEFAULT ''::text NOT NULL,
    paused_at timestamp with time zone,
    doubt_at timestamp with time zone,
    doubt_accepted integer DEFAULT 0 NOT NULL,
    pauses integer DEFAULT 0 NOT NULL,
    look_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    look_ended integer DEFAULT 0 NOT NULL,
    look_refused integer DEFAULT 0 NOT NULL,
    before_ended integer DEFAULT 0 NOT NULL,
    before_refused integer DEFAULT 0 NOT NULL,
    counted_to bigint DEFAULT 0 NOT NULL,
    counted integer DEFAULT 0 NOT NULL,
    counted_ends integer DEFAULT 0 NOT NULL,
    fanout_after timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    checks integer DEFAULT 0 NOT NULL,
    check_after timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    dropped_at timestamp with time zone,
    folded_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT broadcast_exact CHECK (((ended_at IS NULL) OR (total = ((((accepted + refused) + expired) + cancelled) + unknown))))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', vacuum_truncate='false');


ALTER TABLE kairan.broadcast OWNER TO kairan_owner;

--
-- Name: broadcast_part; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.broadcast_part (
    alert bigint NOT NULL,
    stripe smallint NOT NULL,
    accepted integer NOT NULL,
    refused integer NOT NULL,
    expired integer NOT NULL,
    cancelled integer NOT NULL,
    unknown integer NOT NULL,
    retried integer NOT NULL,
    first_accepted_at timestamp with time zone,
    last_outcome_at timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', vacuum_truncate='false');


ALTER TABLE kairan.broadcast_part OWNER TO kairan_owner;

--
-- Name: broadcast_tally; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.broadcast_tally (
    alert bigint NOT NULL,
    second timestamp with time zone NOT NULL,
    n integer NOT NULL,
    result kairan.result NOT NULL,
    final boolean NOT NULL,
    lane text NOT NULL,
    relay text NOT NULL,
    stripe smallint DEFAULT 0 NOT NULL,
    CONSTRAINT broadcast_tally_n_check CHECK ((n > 0)),
    CONSTRAINT broadcast_tally_second_check CHECK ((second = date_trunc('second'::text, second)))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0', vacuum_truncate='false');


ALTER TABLE kairan.broadcast_tally OWNER TO kairan_owner;

--
-- Name: category; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.category (
    id smallint NOT NULL,
    department bigint NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT category_name_check CHECK (((name <> ''::text) AND (name !~ '[[:cntrl:];]'::text))),
    CONSTRAINT category_name_en_check CHECK ((name_en !~ '[[:cntrl:]]'::text))
);


ALTER TABLE kairan.category OWNER TO kairan_owner;

--
-- Name: category_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.category ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.category_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: chunk; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.chunk (
    id bigint NOT NULL,
    alert bigint NOT NULL,
    urgent boolean NOT NULL,
    lane text DEFAULT 'other'::text NOT NULL COLLATE pg_catalog."C",
    members bigint[] NOT NULL,
    attempt smallint DEFAULT 1 NOT NULL,
    again boolean DEFAULT false NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    token bigint,
    host text,
    slot integer,
    size integer GENERATED ALWAYS AS (cardinality(members)) STORED,
    handover bigint NOT NULL,
    variant text DEFAULT 'only'::text NOT NULL,
    CONSTRAINT chunk_check CHECK (((state = 'leased'::text) <= ((token IS NOT NULL) AND (host IS NOT NULL) AND (slot IS NOT NULL)))),
    CONSTRAINT chunk_members_check CHECK ((cardinality(members) > 0)),
    CONSTRAINT chunk_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'leased'::text, 'closed'::text]))),
    CONSTRAINT chunk_variant_check CHECK ((variant = ANY (ARRAY['only'::text, 'reached'::text, 'unreached'::text])))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='2000', vacuum_truncate='false');


ALTER TABLE kairan.chunk OWNER TO kairan_owner;

--
-- Name: chunk_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.chunk ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.chunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: contact; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.contact (
    id bigint NOT NULL,
    subscriber bigint NOT NULL,
    channel text NOT NULL,
    address text,
    hash bytea NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    suspended_at timestamp with time zone,
    gone_at timestamp with time zone,
    CONSTRAINT contact_address CHECK (
CASE channel
    WHEN 'mail'::text THEN ((address ~ '^[^\s[:cntrl:]<>@]{1,64}@[a-z0-9.-]+$'::text) AND (octet_length(address) <= 254))
    ELSE (address ~ '^0[6-9]0[1-9][0-9]{7}$'::text)
END),
    CONSTRAINT contact_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'sms'::text]))),
    CONSTRAINT contact_gone CHECK (((address IS NULL) = (gone_at IS NOT NULL)))
);


ALTER TABLE kairan.contact OWNER TO kairan_owner;

--
-- Name: contact_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.contact ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: credential; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.credential (
    person bigint NOT NULL,
    salt bytea NOT NULL,
    cost text NOT NULL,
    verifier bytea NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    one_time boolean DEFAULT false NOT NULL,
    one_time_until timestamp with time zone,
    one_time_used timestamp with time zone,
    warned integer,
    CONSTRAINT credential_one_time CHECK (((one_time = (one_time_until IS NOT NULL)) AND (one_time OR (one_time_used IS NULL)))),
    CONSTRAINT credential_salt_check CHECK ((octet_length(salt) = 16)),
    CONSTRAINT credential_verifier_check CHECK ((octet_length(verifier) = 32))
);


ALTER TABLE kairan.credential OWNER TO kairan_owner;

--
-- Name: credential_past_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.credential_past ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.credential_past_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: delegation; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.delegation (
    id bigint NOT NULL,
    department bigint NOT NULL,
    approver bigint,
    person bigint NOT NULL,
    post bigint,
    during tstzrange NOT NULL,
    reason text NOT NULL,
    made_by bigint NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended timestamp with time zone,
    ended_by bigint,
    end_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT delegation_apart CHECK ((person <> approver)),
    CONSTRAINT delegation_during_check CHECK (((NOT isempty(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT delegation_end_reason_check CHECK ((char_length(end_reason) <= 400)),
    CONSTRAINT delegation_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 400)))
);


ALTER TABLE kairan.delegation OWNER TO kairan_owner;

--
-- Name: delegation_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.delegation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.delegation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: delivery; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.delivery (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL
)
PARTITION BY RANGE (month);


ALTER TABLE kairan.delivery OWNER TO kairan_owner;

--
-- Name: delivery_202612; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.delivery_202612 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL
);


ALTER TABLE kairan.delivery_202612 OWNER TO kairan_owner;

--
-- Name: delivery_202701; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.delivery_202701 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL
);


ALTER TABLE kairan.delivery_202701 OWNER TO kairan_owner;

--
-- Name: delivery_202702; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.delivery_202702 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL
);


ALTER TABLE kairan.delivery_202702 OWNER TO kairan_owner;

--
-- Name: department_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.department ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.department_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: department_name; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.department_name (
    department bigint NOT NULL,
    name text NOT NULL,
    until timestamp with time zone NOT NULL
);


ALTER TABLE kairan.department_name OWNER TO kairan_owner;

--
-- Name: device; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.device (
    token_hash bytea NOT NULL,
    person bigint NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE kairan.device OWNER TO kairan_owner;

--
-- Name: factor; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.factor (
    person bigint NOT NULL,
    seed bytea,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    pending bytea,
    pending_at timestamp with time zone,
    wrong integer DEFAULT 0 NOT NULL,
    wait_until timestamp with time zone,
    CONSTRAINT factor_whole CHECK ((((seed IS NULL) = (confirmed_at IS NULL)) AND ((pending IS NULL) = (pending_at IS NULL)) AND ((seed IS NOT NULL) OR (pending IS NOT NULL))))
);


ALTER TABLE kairan.factor OWNER TO kairan_owner;

--
-- Name: form_event; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.form_event (
    form bigint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    by_ bigint,
    post bigint,
    address text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    said jsonb NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT form_event_by CHECK ((((by_ IS NULL) = (address <> ''::text)) AND ((by_ IS NULL) = (post IS NULL)))),
    CONSTRAINT form_event_note_check CHECK ((char_length(note) <= 400))
);


ALTER TABLE kairan.form_event OWNER TO kairan_owner;

--
-- Name: form_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.form ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.form_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: form_serial; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.form_serial (
    year integer NOT NULL,
    last integer NOT NULL,
    CONSTRAINT form_serial_last_check CHECK ((last > 0))
);


ALTER TABLE kairan.form_serial OWNER TO kairan_owner;

--
-- Name: guest; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.guest (
    id bigint NOT NULL,
    person bigint NOT NULL,
    purpose text NOT NULL,
    organisation text NOT NULL,
    head text NOT NULL,
    reason text NOT NULL,
    during tstzrange NOT NULL,
    made_by bigint NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT guest_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT guest_head_check CHECK (((head ~ '\S'::text) AND (char_length(head) <= 100))),
    CONSTRAINT guest_organisation_check CHECK (((organisation ~ '\S'::text) AND (char_length(organisation) <= 200))),
    CONSTRAINT guest_purpose_check CHECK (((purpose ~ '\S'::text) AND (char_length(purpose) <= 400))),
    CONSTRAINT guest_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 400)))
);


ALTER TABLE kairan.guest OWNER TO kairan_owner;

--
-- Name: guest_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.guest ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.guest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: handover; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

CREATE SEQUENCE kairan.handover
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE kairan.handover OWNER TO kairan_owner;

--
-- Name: handover; Type: SEQUENCE OWNED BY; Schema: kairan; Owner: kairan_owner
--

ALTER SEQUENCE kairan.handover OWNED BY kairan.chunk.handover;


--
-- Name: hours_permit; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.hours_permit (
    id bigint NOT NULL,
    person bigint NOT NULL,
    during tstzrange NOT NULL,
    reason text NOT NULL,
    granter bigint NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT hours_permit_another CHECK ((granter <> person)),
    CONSTRAINT hours_permit_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)) AND (upper(during) <= (lower(during) + '366 days'::interval)))),
    CONSTRAINT hours_permit_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 200) AND (reason !~ '[[:cntrl:]]'::text)))
);


ALTER TABLE kairan.hours_permit OWNER TO kairan_owner;

--
-- Name: hours_permit_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.hours_permit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.hours_permit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: import; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.import (
    id bigint NOT NULL,
    person bigint,
    reason text NOT NULL,
    file_name text NOT NULL,
    state text DEFAULT 'staged'::text NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    applied_at timestamp with time zone,
    file_rows integer DEFAULT 0 NOT NULL,
    duplicates integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    added integer,
    changed integer,
    kept integer,
    CONSTRAINT import_file_name_check CHECK ((char_length(file_name) <= 200)),
    CONSTRAINT import_reason_check CHECK (((reason ~ '\S'::text) AND (char_length(reason) <= 200))),
    CONSTRAINT import_state_check CHECK ((state = ANY (ARRAY['staged'::text, 'applied'::text, 'discarded'::text])))
);


ALTER TABLE kairan.import OWNER TO kairan_owner;

--
-- Name: import_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: import_refusal; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.import_refusal (
    import bigint NOT NULL,
    line integer NOT NULL,
    reason text NOT NULL,
    excerpt text NOT NULL,
    CONSTRAINT import_refusal_excerpt_check CHECK ((char_length(excerpt) <= 500))
);


ALTER TABLE kairan.import_refusal OWNER TO kairan_owner;

--
-- Name: import_row; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.import_row (
    import bigint NOT NULL,
    line integer NOT NULL,
    address text NOT NULL,
    phone text,
    areas smallint[] NOT NULL,
    categories smallint[] NOT NULL,
    lang text NOT NULL,
    hash bytea,
    subscriber bigint,
    fresh boolean
);


ALTER TABLE kairan.import_row OWNER TO kairan_owner;

--
-- Name: import_work; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.import_work (
    import bigint NOT NULL,
    doing text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    whole integer DEFAULT 0 NOT NULL,
    seen timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    failed text DEFAULT ''::text NOT NULL,
    CONSTRAINT import_work_doing_check CHECK ((doing = ANY (ARRAY['reading'::text, 'applying'::text])))
);


ALTER TABLE kairan.import_work OWNER TO kairan_owner;

--
-- Name: inspection; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.inspection (
    id bigint NOT NULL,
    kind text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    reason text NOT NULL,
    inspector bigint NOT NULL,
    opened timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    result text,
    note text DEFAULT ''::text NOT NULL,
    closed timestamp with time zone,
    closed_by bigint,
    CONSTRAINT inspection_check CHECK (((since <= until) AND (until <= (since + 366)))),
    CONSTRAINT inspection_check1 CHECK ((((closed IS NULL) = (result IS NULL)) AND ((closed IS NULL) = (closed_by IS NULL)))),
    CONSTRAINT inspection_check2 CHECK (((kind = 'regular'::text) OR (reason ~ '\S'::text))),
    CONSTRAINT inspection_kind_check CHECK ((kind = ANY (ARRAY['regular'::text, 'occasional'::text]))),
    CONSTRAINT inspection_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT inspection_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT inspection_result_check CHECK ((result = ANY (ARRAY['clean'::text, 'watch'::text, 'misuse'::text])))
);


ALTER TABLE kairan.inspection OWNER TO kairan_owner;

--
-- Name: inspection_finding; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.inspection_finding (
    inspection bigint NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    n bigint NOT NULL,
    last timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT inspection_finding_kind_check CHECK ((kind = ANY (ARRAY['failed'::text, 'odd'::text, 'unused'::text, 'reads'::text, 'quick'::text, 'delegate'::text, 'export'::text, 'clock'::text]))),
    CONSTRAINT inspection_finding_note_check CHECK ((length(note) <= 500))
);


ALTER TABLE kairan.inspection_finding OWNER TO kairan_owner;

--
-- Name: inspection_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.inspection ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.inspection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: instruction; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.instruction (
    id bigint NOT NULL,
    department bigint NOT NULL,
    person bigint NOT NULL,
    cause integer NOT NULL,
    body text NOT NULL,
    made_by bigint NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen timestamp with time zone,
    seen_by bigint,
    answer text DEFAULT ''::text NOT NULL,
    answered timestamp with time zone,
    CONSTRAINT instruction_answer_check CHECK ((char_length(answer) <= 1000)),
    CONSTRAINT instruction_body_check CHECK (((body ~ '\S'::text) AND (char_length(body) <= 1000))),
    CONSTRAINT instruction_cause_check CHECK (((cause >= 1) AND (cause <= 4)))
);


ALTER TABLE kairan.instruction OWNER TO kairan_owner;

--
-- Name: instruction_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.instruction ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.instruction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: intake_tally; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.intake_tally (
    day date NOT NULL,
    what text NOT NULL,
    mails bigint NOT NULL
);


ALTER TABLE kairan.intake_tally OWNER TO kairan_owner;

--
-- Name: lane; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.lane (
    name text NOT NULL COLLATE pg_catalog."C",
    pace integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT lane_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9._-]*$'::text)),
    CONSTRAINT lane_pace_check CHECK ((pace >= 0))
);


ALTER TABLE kairan.lane OWNER TO kairan_owner;

--
-- Name: lane_domain; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.lane_domain (
    domain text NOT NULL COLLATE pg_catalog."C",
    lane text NOT NULL COLLATE pg_catalog."C",
    split_until timestamp with time zone,
    CONSTRAINT lane_domain_domain_check CHECK ((domain ~ '^[a-z0-9.-]+$'::text))
);


ALTER TABLE kairan.lane_domain OWNER TO kairan_owner;

--
-- Name: lane_state; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.lane_state (
    lane text NOT NULL COLLATE pg_catalog."C",
    host text NOT NULL,
    slot integer NOT NULL,
    relay text NOT NULL,
    connections integer NOT NULL,
    most integer NOT NULL,
    in_hand integer NOT NULL,
    latency_ms integer NOT NULL,
    up boolean NOT NULL,
    reason text NOT NULL,
    next_try timestamp with time zone,
    since timestamp with time zone DEFAULT now() NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='200', vacuum_truncate='false');


ALTER TABLE kairan.lane_state OWNER TO kairan_owner;

--
-- Name: law; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.law (
    loaded timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    release text NOT NULL,
    oldest text NOT NULL,
    files text NOT NULL,
    catalogue text NOT NULL
);


ALTER TABLE kairan.law OWNER TO kairan_owner;

--
-- Name: lease_token; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

CREATE SEQUENCE kairan.lease_token
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE kairan.lease_token OWNER TO kairan_owner;

--
-- Name: letter; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.letter (
    id bigint NOT NULL,
    template text NOT NULL,
    lang text NOT NULL,
    contact bigint,
    address text,
    secret text,
    made timestamp with time zone DEFAULT now() NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    expires timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    token bigint,
    host text,
    slot integer,
    reply text DEFAULT ''::text NOT NULL,
    ended_at timestamp with time zone,
    calm boolean GENERATED ALWAYS AS (COALESCE((template <> ALL (ARRAY['confirm'::text, 'leave'::text])), false)) STORED NOT NULL,
    doubt boolean DEFAULT false NOT NULL,
    CONSTRAINT letter_over CHECK ((((ended_at IS NULL) = (state = ANY (ARRAY['waiting'::text, 'leased'::text]))) AND ((address IS NULL) = (ended_at IS NOT NULL)) AND ((ended_at IS NULL) OR (secret IS NULL)))),
    CONSTRAINT letter_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'leased'::text, 'accepted'::text, 'refused'::text, 'expired'::text, 'unknown'::text]))),
    CONSTRAINT letter_template_check CHECK ((template ~ '^[a-z]+(-[a-z]+)*$'::text))
)
WITH (autovacuum_vacuum_scale_factor='0.05', autovacuum_vacuum_threshold='500', autovacuum_vacuum_cost_delay='0', vacuum_truncate='false');


ALTER TABLE kairan.letter OWNER TO kairan_owner;

--
-- Name: letter_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: link_key; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.link_key (
    kid smallint NOT NULL,
    key bytea NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT link_key_key_check CHECK ((octet_length(key) = 32)),
    CONSTRAINT link_key_kid_check CHECK (((kid >= 0) AND (kid <= 255)))
);


ALTER TABLE kairan.link_key OWNER TO kairan_owner;

--
-- Name: migration; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.migration (
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migration_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);


ALTER TABLE kairan.migration OWNER TO kairan_owner;

--
-- Name: oplog_2026; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog_2026 (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    person bigint,
    login text,
    post bigint,
    role text,
    department bigint,
    act text NOT NULL,
    object text NOT NULL,
    result text NOT NULL,
    reason text NOT NULL,
    facts jsonb,
    network inet,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    format smallint NOT NULL,
    behalf bigint,
    request text,
    CONSTRAINT oplog_facts_check CHECK (((jsonb_typeof(facts) = 'object'::text) AND (facts <> '{}'::jsonb))),
    CONSTRAINT oplog_result_check CHECK ((result = ANY (ARRAY['done'::text, 'refused'::text])))
);


ALTER TABLE kairan.oplog_2026 OWNER TO kairan_owner;

--
-- Name: oplog_2027; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog_2027 (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    person bigint,
    login text,
    post bigint,
    role text,
    department bigint,
    act text NOT NULL,
    object text NOT NULL,
    result text NOT NULL,
    reason text NOT NULL,
    facts jsonb,
    network inet,
    prev bytea NOT NULL,
    hash bytea NOT NULL,
    format smallint NOT NULL,
    behalf bigint,
    request text,
    CONSTRAINT oplog_facts_check CHECK (((jsonb_typeof(facts) = 'object'::text) AND (facts <> '{}'::jsonb))),
    CONSTRAINT oplog_result_check CHECK ((result = ANY (ARRAY['done'::text, 'refused'::text])))
);


ALTER TABLE kairan.oplog_2027 OWNER TO kairan_owner;

--
-- Name: oplog_check_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.oplog_check ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.oplog_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: oplog_purge; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.oplog_purge (
    year integer NOT NULL,
    asked_by bigint NOT NULL,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    confirmed_by bigint,
    confirmed_at timestamp with time zone,
    done_at timestamp with time zone,
    last_seq bigint,
    last_hash bytea,
    CONSTRAINT oplog_purge_check CHECK ((confirmed_by <> asked_by)),
    CONSTRAINT oplog_purge_check1 CHECK (((confirmed_at IS NOT NULL) OR ((confirmed_by IS NULL) AND (done_at IS NULL)))),
    CONSTRAINT oplog_purge_check2 CHECK ((((done_at IS NULL) = (last_seq IS NULL)) AND ((done_at IS NULL) = (last_hash IS NULL))))
);


ALTER TABLE kairan.oplog_purge OWNER TO kairan_owner;

--
-- Name: outcome; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.outcome (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,
    result kairan.result NOT NULL,
    final boolean NOT NULL,
    again boolean NOT NULL,
    relay text NOT NULL,
    reply text NOT NULL,
    enhanced text DEFAULT ''::text NOT NULL,
    lane text DEFAULT 'other'::text NOT NULL,
    CONSTRAINT outcome_check CHECK ((final OR (result = ANY (ARRAY['temporary'::kairan.result, 'unknown'::kairan.result]))))
)
PARTITION BY RANGE (month);


ALTER TABLE kairan.outcome OWNER TO kairan_owner;

--
-- Name: outcome_202612; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.outcome_202612 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,
    result kairan.result NOT NULL,
    final boolean NOT NULL,
    again boolean NOT NULL,
    relay text NOT NULL,
    reply text NOT NULL,
    enhanced text DEFAULT ''::text NOT NULL,
    lane text DEFAULT 'other'::text NOT NULL,
    CONSTRAINT outcome_check CHECK ((final OR (result = ANY (ARRAY['temporary'::kairan.result, 'unknown'::kairan.result]))))
);


ALTER TABLE kairan.outcome_202612 OWNER TO kairan_owner;

--
-- Name: outcome_202701; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.outcome_202701 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,
    result kairan.result NOT NULL,
    final boolean NOT NULL,
    again boolean NOT NULL,
    relay text NOT NULL,
    reply text NOT NULL,
    enhanced text DEFAULT ''::text NOT NULL,
    lane text DEFAULT 'other'::text NOT NULL,
    CONSTRAINT outcome_check CHECK ((final OR (result = ANY (ARRAY['temporary'::kairan.result, 'unknown'::kairan.result]))))
);


ALTER TABLE kairan.outcome_202701 OWNER TO kairan_owner;

--
-- Name: outcome_202702; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.outcome_202702 (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,
    result kairan.result NOT NULL,
    final boolean NOT NULL,
    again boolean NOT NULL,
    relay text NOT NULL,
    reply text NOT NULL,
    enhanced text DEFAULT ''::text NOT NULL,
    lane text DEFAULT 'other'::text NOT NULL,
    CONSTRAINT outcome_check CHECK ((final OR (result = ANY (ARRAY['temporary'::kairan.result, 'unknown'::kairan.result]))))
);


ALTER TABLE kairan.outcome_202702 OWNER TO kairan_owner;

--
-- Name: person_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: post; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.post (
    id bigint NOT NULL,
    person bigint NOT NULL,
    department bigint,
    role text NOT NULL,
    during tstzrange DEFAULT tstzrange(now(), NULL::timestamp with time zone) NOT NULL,
    side integer GENERATED ALWAYS AS (
CASE role
    WHEN 'drafter'::text THEN 1
    WHEN 'approver'::text THEN 2
    WHEN 'delegate'::text THEN 2
    ELSE NULL::integer
END) STORED,
    class integer GENERATED ALWAYS AS (
CASE role
    WHEN 'administrator'::text THEN 1
    WHEN 'auditor'::text THEN 2
    ELSE 3
END) STORED,
    exception text DEFAULT ''::text NOT NULL,
    end_reason text DEFAULT ''::text NOT NULL,
    moves_home boolean DEFAULT false NOT NULL,
    CONSTRAINT post_department CHECK (((class = 3) = (department IS NOT NULL))),
    CONSTRAINT post_during_check CHECK ((NOT isempty(during))),
    CONSTRAINT post_end_reason_check CHECK ((char_length(end_reason) <= 400)),
    CONSTRAINT post_exception_check CHECK ((char_length(exception) <= 400)),
    CONSTRAINT post_role_check CHECK ((role = ANY (ARRAY['drafter'::text, 'approver'::text, 'delegate'::text, 'administrator'::text, 'auditor'::text])))
);


ALTER TABLE kairan.post OWNER TO kairan_owner;

--
-- Name: post_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.post ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.post_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: recovery_code; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.recovery_code (
    person bigint NOT NULL,
    hash bytea NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_code_hash_check CHECK ((octet_length(hash) = 32))
);


ALTER TABLE kairan.recovery_code OWNER TO kairan_owner;

--
-- Name: relay_state; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.relay_state (
    relay text NOT NULL,
    host text NOT NULL,
    slot integer NOT NULL,
    up boolean NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    connections integer DEFAULT 0 NOT NULL,
    next_try timestamp with time zone
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='200', vacuum_truncate='false');


ALTER TABLE kairan.relay_state OWNER TO kairan_owner;

--
-- Name: sanction; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.sanction (
    id bigint NOT NULL,
    kind text NOT NULL,
    person bigint NOT NULL,
    post bigint,
    cause integer NOT NULL,
    note text NOT NULL,
    made_by bigint NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    lifted timestamp with time zone,
    lifted_by bigint,
    lift_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT sanction_cause_check CHECK (((cause >= 1) AND (cause <= 5))),
    CONSTRAINT sanction_kind_check CHECK ((kind = ANY (ARRAY['suspension'::text, 'revocation'::text]))),
    CONSTRAINT sanction_lift_reason_check CHECK ((char_length(lift_reason) <= 400)),
    CONSTRAINT sanction_lifted CHECK (((lifted IS NULL) OR (kind = 'suspension'::text))),
    CONSTRAINT sanction_note_check CHECK (((note ~ '\S'::text) AND (char_length(note) <= 400))),
    CONSTRAINT sanction_post CHECK (((kind = 'revocation'::text) = (post IS NOT NULL)))
);


ALTER TABLE kairan.sanction OWNER TO kairan_owner;

--
-- Name: sanction_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.sanction ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.sanction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: secret; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.secret (
    name text NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT secret_key_check CHECK ((octet_length(key) = 32))
);


ALTER TABLE kairan.secret OWNER TO kairan_owner;

--
-- Name: session_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.session ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: signup; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.signup (
    id bigint NOT NULL,
    token_hash bytea NOT NULL,
    address text NOT NULL,
    lang text NOT NULL,
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    terms_version text NOT NULL,
    network inet,
    made timestamp with time zone DEFAULT now() NOT NULL,
    expires timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT signup_categories_check CHECK ((cardinality(categories) > 0)),
    CONSTRAINT signup_lang_check CHECK ((lang ~ '^[a-z]{2,8}$'::text)),
    CONSTRAINT signup_terms_version_check CHECK ((terms_version <> ''::text))
);


ALTER TABLE kairan.signup OWNER TO kairan_owner;

--
-- Name: signup_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.signup ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.signup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: stranger; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.stranger (
    since timestamp with time zone NOT NULL,
    act text NOT NULL,
    network text NOT NULL,
    login text NOT NULL,
    hits integer NOT NULL
);


ALTER TABLE kairan.stranger OWNER TO kairan_owner;

--
-- Name: subscriber; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.subscriber (
    id bigint NOT NULL,
    lang text DEFAULT 'ja'::text NOT NULL,
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    own boolean NOT NULL,
    terms_version text,
    agreed_at timestamp with time zone,
    import bigint,
    made timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT subscriber_agreed_or_imported CHECK ((((agreed_at IS NOT NULL) AND (terms_version <> ''::text)) OR (import IS NOT NULL))),
    CONSTRAINT subscriber_lang_check CHECK ((lang ~ '^[a-z]{2,8}$'::text))
);


ALTER TABLE kairan.subscriber OWNER TO kairan_owner;

--
-- Name: subscriber_id_seq; Type: SEQUENCE; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE kairan.subscriber ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME kairan.subscriber_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: throttle; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.throttle (
    kind text NOT NULL,
    key bytea NOT NULL,
    since timestamp with time zone NOT NULL,
    hits integer NOT NULL
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.1', autovacuum_vacuum_threshold='500', vacuum_truncate='false');


ALTER TABLE kairan.throttle OWNER TO kairan_owner;

--
-- Name: town_day; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.town_day (
    day date NOT NULL,
    open boolean NOT NULL,
    note text NOT NULL,
    person bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT town_day_note_check CHECK (((note ~ '\S'::text) AND (char_length(note) <= 100) AND (note !~ '[[:cntrl:]]'::text)))
);


ALTER TABLE kairan.town_day OWNER TO kairan_owner;

--
-- Name: try_delay; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.try_delay (
    kind text NOT NULL,
    key bytea NOT NULL,
    fails integer NOT NULL,
    last timestamp with time zone NOT NULL
)
WITH (fillfactor='80');


ALTER TABLE kairan.try_delay OWNER TO kairan_owner;

--
-- Name: worker; Type: TABLE; Schema: kairan; Owner: kairan_owner
--

CREATE TABLE kairan.worker (
    host text NOT NULL,
    role text NOT NULL,
    slot integer NOT NULL,
    pid integer NOT NULL,
    started timestamp with time zone DEFAULT now() NOT NULL,
    seen timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='200', vacuum_truncate='false');


ALTER TABLE kairan.worker OWNER TO kairan_owner;

--
-- Name: delivery_202612; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery ATTACH PARTITION kairan.delivery_202612 FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');


--
-- Name: delivery_202701; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery ATTACH PARTITION kairan.delivery_202701 FOR VALUES FROM ('2027-01-01') TO ('2027-02-01');


--
-- Name: delivery_202702; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery ATTACH PARTITION kairan.delivery_202702 FOR VALUES FROM ('2027-02-01') TO ('2027-03-01');


--
-- Name: oplog_2026; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog ATTACH PARTITION kairan.oplog_2026 FOR VALUES FROM ('2026-04-01 00:00:00+09') TO ('2027-04-01 00:00:00+09');


--
-- Name: oplog_2027; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog ATTACH PARTITION kairan.oplog_2027 FOR VALUES FROM ('2027-04-01 00:00:00+09') TO ('2028-04-01 00:00:00+09');


--
-- Name: outcome_202612; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.outcome ATTACH PARTITION kairan.outcome_202612 FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');


--
-- Name: outcome_202701; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.outcome ATTACH PARTITION kairan.outcome_202701 FOR VALUES FROM ('2027-01-01') TO ('2027-02-01');


--
-- Name: outcome_202702; Type: TABLE ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.outcome ATTACH PARTITION kairan.outcome_202702 FOR VALUES FROM ('2027-02-01') TO ('2027-03-01');


--
-- Name: chunk handover; Type: DEFAULT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.chunk ALTER COLUMN handover SET DEFAULT nextval('kairan.handover'::regclass);


--
-- Data for Name: access_rule; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.access_rule (one, factor_roles, proof_min, usual_from, usual_to, all_hours, enforced, taken_at) FROM stdin;
t	{}	15	00:00:00	24:00:00	t	f	2026-12-01 14:07:33.606161+09
\.


--
-- Data for Name: alert; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.alert (id, department, creator, drill, act, original, state, version, submitter, submitted_at, made, changed_at) FROM stdin;
1	1	1	f	new	\N	done	1	1	2026-12-01 14:07:34.468977+09	2026-12-01 14:07:34.40556+09	2026-12-01 14:07:36.353134+09
2	1	1	f	new	\N	stopped	1	1	2026-12-01 14:07:36.375781+09	2026-12-01 14:07:36.358445+09	2026-12-01 14:07:36.864366+09
3	1	1	f	new	\N	sending	1	1	2026-12-01 14:07:37.399898+09	2026-12-01 14:07:37.385444+09	2026-12-01 14:07:37.420151+09
4	1	1	f	new	\N	submitted	1	1	2026-12-01 14:07:38.178849+09	2026-12-01 14:07:38.162401+09	2026-12-01 14:07:38.178956+09
\.


--
-- Data for Name: alert_return; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.alert_return (alert, version, approver, reason, at) FROM stdin;
\.


--
-- Data for Name: alert_text; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.alert_text (alert, version, lang, title, body, drill, act, unreached_title, unreached_body) FROM stdin;
1	1	ja	大雨警報	大雨警報が発表されました。\n早めに避難してください。	f	new	\N	\N
2	1	ja	大雨警報	大雨警報が発表されました。\n早めに避難してください。	f	new	\N	\N
3	1	ja	大雨警報	大雨警報が発表されました。\n早めに避難してください。	f	new	\N	\N
4	1	ja	大雨警報	大雨警報が発表されました。\n早めに避難してください。	f	new	\N	\N
\.


--
-- Data for Name: alert_version; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.alert_version (alert, version, editor, made, categories, areas, everybody, channels, urgent, urgent_reason, valid_until) FROM stdin;
1	1	1	2026-12-01 14:07:34.40556+09	{1}	{}	f	{mail}	f		2026-12-01 15:07:34.40556+09
2	1	1	2026-12-01 14:07:36.358445+09	{1}	{}	f	{mail}	f		2026-12-02 14:07:36.358445+09
3	1	1	2026-12-01 14:07:37.385444+09	{1}	{}	f	{mail}	f		2026-12-02 14:07:37.385444+09
4	1	1	2026-12-01 14:07:38.162401+09	{1}	{}	f	{mail}	f		2026-12-02 14:07:38.162401+09
\.


--
-- Data for Name: approval; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.approval (alert, version, fingerprint, approver, post, session, at) FROM stdin;
1	1	\\x2d09f41b791634620e0aa70a9b230f10827850de331aa5e242c33621568f6742	2	2	2	2026-12-01 14:07:34.485655+09
2	1	\\x1c9d678a80d6cede2fafc6164b26ad53e79c3876066cfe770a2b5fdf58da2321	2	2	2	2026-12-01 14:07:36.385342+09
3	1	\\x7f38901710074970b1cb31886f64d44828263e6403b4e107a9a77b1abff02d8c	2	2	2	2026-12-01 14:07:37.411187+09
\.


--
-- Data for Name: area; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.area (id, name, name_en, "position", retired_at) FROM stdin;
1	北部		0	\N
\.


--
-- Data for Name: audience; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.audience (categories, areas, channel, n) FROM stdin;
{1}	{1}	mail	120
\.


--
-- Data for Name: bounce; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.bounce (alert, contact, at, kind, status, source, reply) FROM stdin;
\.


--
-- Data for Name: bounce_collected; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.bounce_collected (alert, at, contact, done) FROM stdin;
\.


--
-- Data for Name: bounce_storm; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.bounce_storm (alert, at, failed, total, verdict, decided_at) FROM stdin;
\.


--
-- Data for Name: broadcast; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.broadcast (alert, month, started_at, reached, written, total, accepted, refused, expired, cancelled, unknown, retried, first_accepted_at, last_outcome_at, ended_at, halted, paused, paused_reply, paused_at, doubt_at, doubt_accepted, pauses, look_at, look_ended, look_refused, before_ended, before_refused, counted_to, counted, counted_ends, fanout_after, checks, check_after, dropped_at, folded_at) FROM stdin;
3	2026-12-01	2026-12-01 14:07:37.41539+09	1000	120	120	42	1	0	0	0	0	2026-12-01 14:07:37.466+09	2026-12-01 14:07:38.103+09	\N				\N	\N	0	0	2026-12-01 14:07:37.523392+09	4	0	0	0	0	0	0	-infinity	0	-infinity	\N	2026-12-01 14:07:38.145935+09
2	2026-12-01	2026-12-01 14:07:36.390356+09	1000	120	120	30	1	0	89	0	0	2026-12-01 14:07:36.44+09	2026-12-01 14:07:37.374+09	2026-12-01 14:07:37.383733+09				\N	\N	0	0	2026-12-01 14:07:36.497485+09	4	0	0	0	0	0	0	-infinity	0	-infinity	\N	2026-12-01 14:07:37.382963+09
1	2026-12-01	2026-12-01 14:07:34.493394+09	1000	120	120	116	4	0	0	0	0	2026-12-01 14:07:34.554+09	2026-12-01 14:07:36.348+09	2026-12-01 14:07:36.352276+09				\N	\N	0	0	2026-12-01 14:07:34.613123+09	4	0	0	0	0	0	0	-infinity	0	-infinity	\N	2026-12-01 14:07:36.350906+09
\.


--
-- Data for Name: broadcast_part; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.broadcast_part (alert, stripe, accepted, refused, expired, cancelled, unknown, retried, first_accepted_at, last_outcome_at) FROM stdin;
1	43	116	4	0	0	0	0	2026-12-01 14:07:34.554+09	2026-12-01 14:07:36.348+09
2	43	30	1	0	0	0	0	2026-12-01 14:07:36.44+09	2026-12-01 14:07:36.893+09
2	41	0	0	0	89	0	0	\N	2026-12-01 14:07:37.374+09
3	43	42	1	0	0	0	0	2026-12-01 14:07:37.466+09	2026-12-01 14:07:38.103+09
\.


--
-- Data for Name: broadcast_tally; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.broadcast_tally (alert, second, n, result, final, lane, relay, stripe) FROM stdin;
1	2026-12-01 14:07:34+09	1	refused	t	other	127.0.0.1:32795	43
3	2026-12-01 14:07:37+09	34	accepted	t	other	127.0.0.1:32795	43
1	2026-12-01 14:07:34+09	30	accepted	t	other	127.0.0.1:32795	43
3	2026-12-01 14:07:38+09	8	accepted	t	other	127.0.0.1:32795	43
1	2026-12-01 14:07:35+09	62	accepted	t	other	127.0.0.1:32795	43
1	2026-12-01 14:07:36+09	24	accepted	t	other	127.0.0.1:32795	43
1	2026-12-01 14:07:36+09	3	refused	t	other	127.0.0.1:32795	43
2	2026-12-01 14:07:36+09	1	refused	t	other	127.0.0.1:32795	43
2	2026-12-01 14:07:36+09	30	accepted	t	other	127.0.0.1:32795	43
2	2026-12-01 14:07:37+09	89	cancelled	t	other		41
3	2026-12-01 14:07:37+09	1	refused	t	other	127.0.0.1:32795	43
\.


--
-- Data for Name: category; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.category (id, department, name, name_en, "position", retired_at) FROM stdin;
1	1	防災		0	\N
\.


--
-- Data for Name: chunk; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.chunk (id, alert, urgent, lane, members, attempt, again, not_before, state, token, host, slot, handover, variant) FROM stdin;
1	1	f	other	{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120}	1	f	2026-12-01 14:07:34.500535+09	closed	1	w1.kairan.example	0	1	only
2	2	f	other	{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120}	1	f	2026-12-01 14:07:36.395743+09	closed	2	w1.kairan.example	0	2	only
3	2	f	other	{32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120}	1	f	2026-12-01 14:07:36.938712+09	closed	\N	\N	\N	3	only
4	3	f	other	{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120}	1	f	2026-12-01 14:07:37.420898+09	closed	3	w1.kairan.example	0	4	only
5	3	f	other	{44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120}	1	f	2026-12-01 14:07:38.148365+09	waiting	\N	\N	\N	5	only
\.


--
-- Data for Name: contact; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.contact (id, subscriber, channel, address, hash, confirmed_at, suspended_at, gone_at) FROM stdin;
1	1	mail	r1@resident.example	\\x6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b	2026-12-01 14:07:34.324333+09	\N	\N
2	2	mail	r2@resident.example	\\xd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35	2026-12-01 14:07:34.324333+09	\N	\N
3	3	mail	r3@resident.example	\\x4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce	2026-12-01 14:07:34.324333+09	\N	\N
4	4	mail	r4@resident.example	\\x4b227777d4dd1fc61c6f884f48641d02b4d121d3fd328cb08b5531fcacdabf8a	2026-12-01 14:07:34.324333+09	\N	\N
5	5	mail	r5@resident.example	\\xef2d127de37b942baad06145e54b0c619a1f22327b2ebbcfbec78f5564afe39d	2026-12-01 14:07:34.324333+09	\N	\N
6	6	mail	r6@resident.example	\\xe7f6c011776e8db7cd330b54174fd76f7d0216b612387a5ffcfb81e6f0919683	2026-12-01 14:07:34.324333+09	\N	\N
7	7	mail	r7@resident.example	\\x7902699be42c8a8e46fbbb4501726517e86b22c56a189f7625a6da49081b2451	2026-12-01 14:07:34.324333+09	\N	\N
8	8	mail	r8@resident.example	\\x2c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a3	2026-12-01 14:07:34.324333+09	\N	\N
9	9	mail	r9@resident.example	\\x19581e27de7ced00ff1ce50b2047e7a567c76b1cbaebabe5ef03f7c3017bb5b7	2026-12-01 14:07:34.324333+09	\N	\N
10	10	mail	r10@resident.example	\\x4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5	2026-12-01 14:07:34.324333+09	\N	\N
11	11	mail	r11@resident.example	\\x4fc82b26aecb47d2868c4efbe3581732a3e7cbcc6c2efb32062c08170a05eeb8	2026-12-01 14:07:34.324333+09	\N	\N
12	12	mail	r12@resident.example	\\x6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918	2026-12-01 14:07:34.324333+09	\N	\N
13	13	mail	r13@resident.example	\\x3fdba35f04dc8c462986c992bcf875546257113072a909c162f7e470e581e278	2026-12-01 14:07:34.324333+09	\N	\N
14	14	mail	r14@resident.example	\\x8527a891e224136950ff32ca212b45bc93f69fbb801c3b1ebedac52775f99e61	2026-12-01 14:07:34.324333+09	\N	\N
15	15	mail	r15@resident.example	\\xe629fa6598d732768f7c726b4b621285f9c3b85303900aa912017db7617d8bdb	2026-12-01 14:07:34.324333+09	\N	\N
16	16	mail	r16@resident.example	\\xb17ef6d19c7a5b1ee83b907c595526dcb1eb06db8227d650d5dda0a9f4ce8cd9	2026-12-01 14:07:34.324333+09	\N	\N
17	17	mail	r17@resident.example	\\x4523540f1504cd17100c4835e85b7eefd49911580f8efff0599a8f283be6b9e3	2026-12-01 14:07:34.324333+09	\N	\N
18	18	mail	r18@resident.example	\\x4ec9599fc203d176a301536c2e091a19bc852759b255bd6818810a42c5fed14a	2026-12-01 14:07:34.324333+09	\N	\N
19	19	mail	r19@resident.example	\\x9400f1b21cb527d7fa3d3eabba93557a18ebe7a2ca4e471cfe5e4c5b4ca7f767	2026-12-01 14:07:34.324333+09	\N	\N
20	20	mail	r20@resident.example	\\xf5ca38f748a1d6eaf726b8a42fb575c3c71f1864a8143301782de13da2d9202b	2026-12-01 14:07:34.324333+09	\N	\N
21	21	mail	r21@resident.example	\\x6f4b6612125fb3a0daecd2799dfd6c9c299424fd920f9b308110a2c1fbd8f443	2026-12-01 14:07:34.324333+09	\N	\N
22	22	mail	r22@resident.example	\\x785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09	2026-12-01 14:07:34.324333+09	\N	\N
23	23	mail	r23@resident.example	\\x535fa30d7e25dd8a49f1536779734ec8286108d115da5045d77f3b4185d8f790	2026-12-01 14:07:34.324333+09	\N	\N
24	24	mail	r24@resident.example	\\xc2356069e9d1e79ca924378153cfbbfb4d4416b1f99d41a2940bfdb66c5319db	2026-12-01 14:07:34.324333+09	\N	\N
25	25	mail	r25@resident.example	\\xb7a56873cd771f2c446d369b649430b65a756ba278ff97ec81bb6f55b2e73569	2026-12-01 14:07:34.324333+09	\N	\N
26	26	mail	r26@resident.example	\\x5f9c4ab08cac7457e9111a30e4664920607ea2c115a1433d7be98e97e64244ca	2026-12-01 14:07:34.324333+09	\N	\N
27	27	mail	r27@resident.example	\\x670671cd97404156226e507973f2ab8330d3022ca96e0c93bdbdb320c41adcaf	2026-12-01 14:07:34.324333+09	\N	\N
28	28	mail	r28@resident.example	\\x59e19706d51d39f66711c2653cd7eb1291c94d9b55eb14bda74ce4dc636d015a	2026-12-01 14:07:34.324333+09	\N	\N
29	29	mail	r29@resident.example	\\x35135aaa6cc23891b40cb3f378c53a17a1127210ce60e125ccf03efcfdaec458	2026-12-01 14:07:34.324333+09	\N	\N
30	30	mail	r30@resident.example	\\x624b60c58c9d8bfb6ff1886c2fd605d2adeb6ea4da576068201b6c6958ce93f4	2026-12-01 14:07:34.324333+09	\N	\N
31	31	mail	r31@resident.example	\\xeb1e33e8a81b697b75855af6bfcdbcbf7cbbde9f94962ceaec1ed8af21f5a50f	2026-12-01 14:07:34.324333+09	\N	\N
32	32	mail	r32@resident.example	\\xe29c9c180c6279b0b02abd6a1801c7c04082cf486ec027aa13515e4f3884bb6b	2026-12-01 14:07:34.324333+09	\N	\N
33	33	mail	r33@resident.example	\\xc6f3ac57944a531490cd39902d0f777715fd005efac9a30622d5f5205e7f6894	2026-12-01 14:07:34.324333+09	\N	\N
34	34	mail	r34@resident.example	\\x86e50149658661312a9e0b35558d84f6c6d3da797f552a9657fe0558ca40cdef	2026-12-01 14:07:34.324333+09	\N	\N
35	35	mail	r35@resident.example	\\x9f14025af0065b30e47e23ebb3b491d39ae8ed17d33739e5ff3827ffb3634953	2026-12-01 14:07:34.324333+09	\N	\N
36	36	mail	r36@resident.example	\\x76a50887d8f1c2e9301755428990ad81479ee21c25b43215cf524541e0503269	2026-12-01 14:07:34.324333+09	\N	\N
37	37	mail	r37@resident.example	\\x7a61b53701befdae0eeeffaecc73f14e20b537bb0f8b91ad7c2936dc63562b25	2026-12-01 14:07:34.324333+09	\N	\N
38	38	mail	r38@resident.example	\\xaea92132c4cbeb263e6ac2bf6c183b5d81737f179f21efdc5863739672f0f470	2026-12-01 14:07:34.324333+09	\N	\N
39	39	mail	r39@resident.example	\\x0b918943df0962bc7a1824c0555a389347b4febdc7cf9d1254406d80ce44e3f9	2026-12-01 14:07:34.324333+09	\N	\N
40	40	mail	r40@resident.example	\\xd59eced1ded07f84c145592f65bdf854358e009c5cd705f5215bf18697fed103	2026-12-01 14:07:34.324333+09	\N	\N
41	41	mail	r41@resident.example	\\x3d914f9348c9cc0ff8a79716700b9fcd4d2f3e711608004eb8f138bcba7f14d9	2026-12-01 14:07:34.324333+09	\N	\N
42	42	mail	r42@resident.example	\\x73475cb40a568e8da8a045ced110137e159f890ac4da883b6b17dc651b3a8049	2026-12-01 14:07:34.324333+09	\N	\N
43	43	mail	r43@resident.example	\\x44cb730c420480a0477b505ae68af508fb90f96cf0ec54c6ad16949dd427f13a	2026-12-01 14:07:34.324333+09	\N	\N
44	44	mail	r44@resident.example	\\x71ee45a3c0db9a9865f7313dd3372cf60dca6479d46261f3542eb9346e4a04d6	2026-12-01 14:07:34.324333+09	\N	\N
45	45	mail	r45@resident.example	\\x811786ad1ae74adfdd20dd0372abaaebc6246e343aebd01da0bfc4c02bf0106c	2026-12-01 14:07:34.324333+09	\N	\N
46	46	mail	r46@resident.example	\\x25fc0e7096fc653718202dc30b0c580b8ab87eac11a700cba03a7c021bc35b0c	2026-12-01 14:07:34.324333+09	\N	\N
47	47	mail	r47@resident.example	\\x31489056e0916d59fe3add79e63f095af3ffb81604691f21cad442a85c7be617	2026-12-01 14:07:34.324333+09	\N	\N
48	48	mail	r48@resident.example	\\x98010bd9270f9b100b6214a21754fd33bdc8d41b2bc9f9dd16ff54d3c34ffd71	2026-12-01 14:07:34.324333+09	\N	\N
49	49	mail	r49@resident.example	\\x0e17daca5f3e175f448bacace3bc0da47d0655a74c8dd0dc497a3afbdad95f1f	2026-12-01 14:07:34.324333+09	\N	\N
50	50	mail	r50@resident.example	\\x1a6562590ef19d1045d06c4055742d38288e9e6dcd71ccde5cee80f1d5a774eb	2026-12-01 14:07:34.324333+09	\N	\N
51	51	mail	r51@resident.example	\\x031b4af5197ec30a926f48cf40e11a7dbc470048a21e4003b7a3c07c5dab1baa	2026-12-01 14:07:34.324333+09	\N	\N
52	52	mail	r52@resident.example	\\x41cfc0d1f2d127b04555b7246d84019b4d27710a3f3aff6e7764375b1e06e05d	2026-12-01 14:07:34.324333+09	\N	\N
53	53	mail	r53@resident.example	\\x2858dcd1057d3eae7f7d5f782167e24b61153c01551450a628cee722509f6529	2026-12-01 14:07:34.324333+09	\N	\N
54	54	mail	r54@resident.example	\\x2fca346db656187102ce806ac732e06a62df0dbb2829e511a770556d398e1a6e	2026-12-01 14:07:34.324333+09	\N	\N
55	55	mail	r55@resident.example	\\x02d20bbd7e394ad5999a4cebabac9619732c343a4cac99470c03e23ba2bdc2bc	2026-12-01 14:07:34.324333+09	\N	\N
56	56	mail	r56@resident.example	\\x7688b6ef52555962d008fff894223582c484517cea7da49ee67800adc7fc8866	2026-12-01 14:07:34.324333+09	\N	\N
57	57	mail	r57@resident.example	\\xc837649cce43f2729138e72cc315207057ac82599a59be72765a477f22d14a54	2026-12-01 14:07:34.324333+09	\N	\N
58	58	mail	r58@resident.example	\\x6208ef0f7750c111548cf90b6ea1d0d0a66f6bff40dbef07cb45ec436263c7d6	2026-12-01 14:07:34.324333+09	\N	\N
59	59	mail	r59@resident.example	\\x3e1e967e9b793e908f8eae83c74dba9bcccce6a5535b4b462bd9994537bfe15c	2026-12-01 14:07:34.324333+09	\N	\N
60	60	mail	r60@resident.example	\\x39fa9ec190eee7b6f4dff1100d6343e10918d044c75eac8f9e9a2596173f80c9	2026-12-01 14:07:34.324333+09	\N	\N
61	61	mail	r61@resident.example	\\xd029fa3a95e174a19934857f535eb9427d967218a36ea014b70ad704bc6c8d1c	2026-12-01 14:07:34.324333+09	\N	\N
62	62	mail	r62@resident.example	\\x81b8a03f97e8787c53fe1a86bda042b6f0de9b0ec9c09357e107c99ba4d6948a	2026-12-01 14:07:34.324333+09	\N	\N
63	63	mail	r63@resident.example	\\xda4ea2a5506f2693eae190d9360a1f31793c98a1adade51d93533a6f520ace1c	2026-12-01 14:07:34.324333+09	\N	\N
64	64	mail	r64@resident.example	\\xa68b412c4282555f15546cf6e1fc42893b7e07f271557ceb021821098dd66c1b	2026-12-01 14:07:34.324333+09	\N	\N
65	65	mail	r65@resident.example	\\x108c995b953c8a35561103e2014cf828eb654a99e310f87fab94c2f4b7d2a04f	2026-12-01 14:07:34.324333+09	\N	\N
66	66	mail	r66@resident.example	\\x3ada92f28b4ceda38562ebf047c6ff05400d4c572352a1142eedfef67d21e662	2026-12-01 14:07:34.324333+09	\N	\N
67	67	mail	r67@resident.example	\\x49d180ecf56132819571bf39d9b7b342522a2ac6d23c1418d3338251bfe469c8	2026-12-01 14:07:34.324333+09	\N	\N
68	68	mail	r68@resident.example	\\xa21855da08cb102d1d217c53dc5824a3a795c1c1a44e971bf01ab9da3a2acbbf	2026-12-01 14:07:34.324333+09	\N	\N
69	69	mail	r69@resident.example	\\xc75cb66ae28d8ebc6eded002c28a8ba0d06d3a78c6b5cbf9b2ade051f0775ac4	2026-12-01 14:07:34.324333+09	\N	\N
70	70	mail	r70@resident.example	\\xff5a1ae012afa5d4c889c50ad427aaf545d31a4fac04ffc1c4d03d403ba4250a	2026-12-01 14:07:34.324333+09	\N	\N
71	71	mail	r71@resident.example	\\x7f2253d7e228b22a08bda1f09c516f6fead81df6536eb02fa991a34bb38d9be8	2026-12-01 14:07:34.324333+09	\N	\N
72	72	mail	r72@resident.example	\\x8722616204217eddb39e7df969e0698aed8e599ba62ed2de1ce49b03ade0fede	2026-12-01 14:07:34.324333+09	\N	\N
73	73	mail	r73@resident.example	\\x96061e92f58e4bdcdee73df36183fe3ac64747c81c26f6c83aada8d2aabb1864	2026-12-01 14:07:34.324333+09	\N	\N
74	74	mail	r74@resident.example	\\xeb624dbe56eb6620ae62080c10a273cab73ae8eca98ab17b731446a31c79393a	2026-12-01 14:07:34.324333+09	\N	\N
75	75	mail	r75@resident.example	\\xf369cb89fc627e668987007d121ed1eacdc01db9e28f8bb26f358b7d8c4f08ac	2026-12-01 14:07:34.324333+09	\N	\N
76	76	mail	r76@resident.example	\\xf74efabef12ea619e30b79bddef89cffa9dda494761681ca862cff2871a85980	2026-12-01 14:07:34.324333+09	\N	\N
77	77	mail	r77@resident.example	\\xa88a7902cb4ef697ba0b6759c50e8c10297ff58f942243de19b984841bfe1f73	2026-12-01 14:07:34.324333+09	\N	\N
78	78	mail	r78@resident.example	\\x349c41201b62db851192665c504b350ff98c6b45fb62a8a2161f78b6534d8de9	2026-12-01 14:07:34.324333+09	\N	\N
79	79	mail	r79@resident.example	\\x98a3ab7c340e8a033e7b37b6ef9428751581760af67bbab2b9e05d4964a8874a	2026-12-01 14:07:34.324333+09	\N	\N
80	80	mail	r80@resident.example	\\x48449a14a4ff7d79bb7a1b6f3d488eba397c36ef25634c111b49baf362511afc	2026-12-01 14:07:34.324333+09	\N	\N
81	81	mail	r81@resident.example	\\x5316ca1c5ddca8e6ceccfce58f3b8540e540ee22f6180fb89492904051b3d531	2026-12-01 14:07:34.324333+09	\N	\N
82	82	mail	r82@resident.example	\\xa46e37632fa6ca51a13fe39a567b3c23b28c2f47d8af6be9bd63e030e214ba38	2026-12-01 14:07:34.324333+09	\N	\N
83	83	mail	r83@resident.example	\\xbbb965ab0c80d6538cf2184babad2a564a010376712012bd07b0af92dcd3097d	2026-12-01 14:07:34.324333+09	\N	\N
84	84	mail	r84@resident.example	\\x44c8031cb036a7350d8b9b8603af662a4b9cdbd2f96e8d5de5af435c9c35da69	2026-12-01 14:07:34.324333+09	\N	\N
85	85	mail	r85@resident.example	\\xb4944c6ff08dc6f43da2e9c824669b7d927dd1fa976fadc7b456881f51bf5ccc	2026-12-01 14:07:34.324333+09	\N	\N
86	86	mail	r86@resident.example	\\x434c9b5ae514646bbd91b50032ca579efec8f22bf0b4aac12e65997c418e0dd6	2026-12-01 14:07:34.324333+09	\N	\N
87	87	mail	r87@resident.example	\\xbdd2d3af3a5a1213497d4f1f7bfcda898274fe9cb5401bbc0190885664708fc2	2026-12-01 14:07:34.324333+09	\N	\N
88	88	mail	r88@resident.example	\\x8b940be7fb78aaa6b6567dd7a3987996947460df1c668e698eb92ca77e425349	2026-12-01 14:07:34.324333+09	\N	\N
89	89	mail	r89@resident.example	\\xcd70bea023f752a0564abb6ed08d42c1440f2e33e29914e55e0be1595e24f45a	2026-12-01 14:07:34.324333+09	\N	\N
90	90	mail	r90@resident.example	\\x69f59c273b6e669ac32a6dd5e1b2cb63333d8b004f9696447aee2d422ce63763	2026-12-01 14:07:34.324333+09	\N	\N
91	91	mail	r91@resident.example	\\x1da51b8d8ff98f6a48f80ae79fe3ca6c26e1abb7b7d125259255d6d2b875ea08	2026-12-01 14:07:34.324333+09	\N	\N
92	92	mail	r92@resident.example	\\x8241649609f88ccd2a0a5b233a07a538ec313ff6adf695aa44a969dbca39f67d	2026-12-01 14:07:34.324333+09	\N	\N
93	93	mail	r93@resident.example	\\x6e4001871c0cf27c7634ef1dc478408f642410fd3a444e2a88e301f5c4a35a4d	2026-12-01 14:07:34.324333+09	\N	\N
94	94	mail	r94@resident.example	\\xe3d6c4d4599e00882384ca981ee287ed961fa5f3828e2adb5e9ea890ab0d0525	2026-12-01 14:07:34.324333+09	\N	\N
95	95	mail	r95@resident.example	\\xad48ff99415b2f007dc35b7eb553fd1eb35ebfa2f2f308acd9488eeb86f71fa8	2026-12-01 14:07:34.324333+09	\N	\N
96	96	mail	r96@resident.example	\\x7b1a278f5abe8e9da907fc9c29dfd432d60dc76e17b0fabab659d2a508bc65c4	2026-12-01 14:07:34.324333+09	\N	\N
97	97	mail	r97@resident.example	\\xd6d824abba4afde81129c71dea75b8100e96338da5f416d2f69088f1960cb091	2026-12-01 14:07:34.324333+09	\N	\N
98	98	mail	r98@resident.example	\\x29db0c6782dbd5000559ef4d9e953e300e2b479eed26d887ef3f92b921c06a67	2026-12-01 14:07:34.324333+09	\N	\N
99	99	mail	r99@resident.example	\\x8c1f1046219ddd216a023f792356ddf127fce372a72ec9b4cdac989ee5b0b455	2026-12-01 14:07:34.324333+09	\N	\N
100	100	mail	r100@resident.example	\\xad57366865126e55649ecb23ae1d48887544976efea46a48eb5d85a6eeb4d306	2026-12-01 14:07:34.324333+09	\N	\N
101	101	mail	r101@resident.example	\\x16dc368a89b428b2485484313ba67a3912ca03f2b2b42429174a4f8b3dc84e44	2026-12-01 14:07:34.324333+09	\N	\N
102	102	mail	r102@resident.example	\\x37834f2f25762f23e1f74a531cbe445db73d6765ebe60878a7dfbecd7d4af6e1	2026-12-01 14:07:34.324333+09	\N	\N
103	103	mail	r103@resident.example	\\x454f63ac30c8322997ef025edff6abd23e0dbe7b8a3d5126a894e4a168c1b59b	2026-12-01 14:07:34.324333+09	\N	\N
104	104	mail	r104@resident.example	\\x5ef6fdf32513aa7cd11f72beccf132b9224d33f271471fff402742887a171edf	2026-12-01 14:07:34.324333+09	\N	\N
105	105	mail	r105@resident.example	\\x1253e9373e781b7500266caa55150e08e210bc8cd8cc70d89985e3600155e860	2026-12-01 14:07:34.324333+09	\N	\N
106	106	mail	r106@resident.example	\\x482d9673cfee5de391f97fde4d1c84f9f8d6f2cf0784fcffb958b4032de7236c	2026-12-01 14:07:34.324333+09	\N	\N
107	107	mail	r107@resident.example	\\x3346f2bbf6c34bd2dbe28bd1bb657d0e9c37392a1d5ec9929e6a5df4763ddc2d	2026-12-01 14:07:34.324333+09	\N	\N
108	108	mail	r108@resident.example	\\x9537f32ec7599e1ae953af6c9f929fe747ff9dadf79a9beff1f304c550173011	2026-12-01 14:07:34.324333+09	\N	\N
109	109	mail	r109@resident.example	\\x0fd42b3f73c448b34940b339f87d07adf116b05c0227aad72e8f0ee90533e699	2026-12-01 14:07:34.324333+09	\N	\N
110	110	mail	r110@resident.example	\\x9bdb2af6799204a299c603994b8e400e4b1fd625efdb74066cc869fee42c9df3	2026-12-01 14:07:34.324333+09	\N	\N
111	111	mail	r111@resident.example	\\xf6e0a1e2ac41945a9aa7ff8a8aaa0cebc12a3bcc981a929ad5cf810a090e11ae	2026-12-01 14:07:34.324333+09	\N	\N
112	112	mail	r112@resident.example	\\xb1556dea32e9d0cdbfed038fd7787275775ea40939c146a64e205bcb349ad02f	2026-12-01 14:07:34.324333+09	\N	\N
113	113	mail	r113@resident.example	\\x6c658ee83fb7e812482494f3e416a876f63f418a0b8a1f5e76d47ee4177035cb	2026-12-01 14:07:34.324333+09	\N	\N
114	114	mail	r114@resident.example	\\x9f1f9dce319c4700ef28ec8c53bd3cc8e6abe64c68385479ab89215806a5bdd6	2026-12-01 14:07:34.324333+09	\N	\N
115	115	mail	r115@resident.example	\\x28dae7c8bde2f3ca608f86d0e16a214dee74c74bee011cdfdd46bc04b655bc14	2026-12-01 14:07:34.324333+09	\N	\N
116	116	mail	r116@resident.example	\\xe5b861a6d8a966dfca7e7341cd3eb6be9901688d547a72ebed0b1f5e14f3d08d	2026-12-01 14:07:34.324333+09	\N	\N
117	117	mail	r117@resident.example	\\x2ac878b0e2180616993b4b6aa71e61166fdc86c28d47e359d0ee537eb11d46d3	2026-12-01 14:07:34.324333+09	\N	\N
118	118	mail	r118@resident.example	\\x85daaf6f7055cd5736287faed9603d712920092c4f8fd0097ec3b650bf27530e	2026-12-01 14:07:34.324333+09	\N	\N
119	119	mail	r119@resident.example	\\x3038bfb575bee6a0e61945eff8784835bb2c720634e42734678c083994b7f018	2026-12-01 14:07:34.324333+09	\N	\N
120	120	mail	r120@resident.example	\\x2abaca4911e68fa9bfbf3482ee797fd5b9045b841fdff7253557c5fe15de6477	2026-12-01 14:07:34.324333+09	\N	\N
\.


--
-- Data for Name: credential; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.credential (person, salt, cost, verifier, set_at, one_time, one_time_until, one_time_used, warned) FROM stdin;
1	\\x63479ad69a090b258277ec8fba6f9941	scrypt:17:8:1	\\xc1cda26362828b69266512052b97cb3729e3b052e4ade47c0a1e3383defe73c7	2026-12-01 14:07:34.266602+09	f	\N	\N	\N
2	\\x63479ad69a090b258277ec8fba6f9941	scrypt:17:8:1	\\xc1cda26362828b69266512052b97cb3729e3b052e4ade47c0a1e3383defe73c7	2026-12-01 14:07:34.279463+09	f	\N	\N	\N
\.


--
-- Data for Name: credential_past; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.credential_past (id, person, salt, cost, verifier) FROM stdin;
\.


--
-- Data for Name: delegation; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.delegation (id, department, approver, person, post, during, reason, made_by, made, ended, ended_by, end_reason) FROM stdin;
\.


--
-- Data for Name: delivery_202612; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.delivery_202612 (month, alert, contact) FROM stdin;
2026-12-01	1	1
2026-12-01	1	2
2026-12-01	1	3
2026-12-01	1	4
2026-12-01	1	5
2026-12-01	1	6
2026-12-01	1	7
2026-12-01	1	8
2026-12-01	1	9
2026-12-01	1	10
2026-12-01	1	11
2026-12-01	1	12
2026-12-01	1	13
2026-12-01	1	14
2026-12-01	1	15
2026-12-01	1	16
2026-12-01	1	17
2026-12-01	1	18
2026-12-01	1	19
2026-12-01	1	20
2026-12-01	1	21
2026-12-01	1	22
2026-12-01	1	23
2026-12-01	1	24
2026-12-01	1	25
2026-12-01	1	26
2026-12-01	1	27
2026-12-01	1	28
2026-12-01	1	29
2026-12-01	1	30
2026-12-01	1	31
2026-12-01	1	32
2026-12-01	1	33
2026-12-01	1	34
2026-12-01	1	35
2026-12-01	1	36
2026-12-01	1	37
2026-12-01	1	38
2026-12-01	1	39
2026-12-01	1	40
2026-12-01	1	41
2026-12-01	1	42
2026-12-01	1	43
2026-12-01	1	44
2026-12-01	1	45
2026-12-01	1	46
2026-12-01	1	47
2026-12-01	1	48
2026-12-01	1	49
2026-12-01	1	50
2026-12-01	1	51
2026-12-01	1	52
2026-12-01	1	53
2026-12-01	1	54
2026-12-01	1	55
2026-12-01	1	56
2026-12-01	1	57
2026-12-01	1	58
2026-12-01	1	59
2026-12-01	1	60
2026-12-01	1	61
2026-12-01	1	62
2026-12-01	1	63
2026-12-01	1	64
2026-12-01	1	65
2026-12-01	1	66
2026-12-01	1	67
2026-12-01	1	68
2026-12-01	1	69
2026-12-01	1	70
2026-12-01	1	71
2026-12-01	1	72
2026-12-01	1	73
2026-12-01	1	74
2026-12-01	1	75
2026-12-01	1	76
2026-12-01	1	77
2026-12-01	1	78
2026-12-01	1	79
2026-12-01	1	80
2026-12-01	1	81
2026-12-01	1	82
2026-12-01	1	83
2026-12-01	1	84
2026-12-01	1	85
2026-12-01	1	86
2026-12-01	1	87
2026-12-01	1	88
2026-12-01	1	89
2026-12-01	1	90
2026-12-01	1	91
2026-12-01	1	92
2026-12-01	1	93
2026-12-01	1	94
2026-12-01	1	95
2026-12-01	1	96
2026-12-01	1	97
2026-12-01	1	98
2026-12-01	1	99
2026-12-01	1	100
2026-12-01	1	101
2026-12-01	1	102
2026-12-01	1	103
2026-12-01	1	104
2026-12-01	1	105
2026-12-01	1	106
2026-12-01	1	107
2026-12-01	1	108
2026-12-01	1	109
2026-12-01	1	110
2026-12-01	1	111
2026-12-01	1	112
2026-12-01	1	113
2026-12-01	1	114
2026-12-01	1	115
2026-12-01	1	116
2026-12-01	1	117
2026-12-01	1	118
2026-12-01	1	119
2026-12-01	1	120
2026-12-01	2	1
2026-12-01	2	2
2026-12-01	2	3
2026-12-01	2	4
2026-12-01	2	5
2026-12-01	2	6
2026-12-01	2	7
2026-12-01	2	8
2026-12-01	2	9
2026-12-01	2	10
2026-12-01	2	11
2026-12-01	2	12
2026-12-01	2	13
2026-12-01	2	14
2026-12-01	2	15
2026-12-01	2	16
2026-12-01	2	17
2026-12-01	2	18
2026-12-01	2	19
2026-12-01	2	20
2026-12-01	2	21
2026-12-01	2	22
2026-12-01	2	23
2026-12-01	2	24
2026-12-01	2	25
2026-12-01	2	26
2026-12-01	2	27
2026-12-01	2	28
2026-12-01	2	29
2026-12-01	2	30
2026-12-01	2	31
2026-12-01	2	32
2026-12-01	2	33
2026-12-01	2	34
2026-12-01	2	35
2026-12-01	2	36
2026-12-01	2	37
2026-12-01	2	38
2026-12-01	2	39
2026-12-01	2	40
2026-12-01	2	41
2026-12-01	2	42
2026-12-01	2	43
2026-12-01	2	44
2026-12-01	2	45
2026-12-01	2	46
2026-12-01	2	47
2026-12-01	2	48
2026-12-01	2	49
2026-12-01	2	50
2026-12-01	2	51
2026-12-01	2	52
2026-12-01	2	53
2026-12-01	2	54
2026-12-01	2	55
2026-12-01	2	56
2026-12-01	2	57
2026-12-01	2	58
2026-12-01	2	59
2026-12-01	2	60
2026-12-01	2	61
2026-12-01	2	62
2026-12-01	2	63
2026-12-01	2	64
2026-12-01	2	65
2026-12-01	2	66
2026-12-01	2	67
2026-12-01	2	68
2026-12-01	2	69
2026-12-01	2	70
2026-12-01	2	71
2026-12-01	2	72
2026-12-01	2	73
2026-12-01	2	74
2026-12-01	2	75
2026-12-01	2	76
2026-12-01	2	77
2026-12-01	2	78
2026-12-01	2	79
2026-12-01	2	80
2026-12-01	2	81
2026-12-01	2	82
2026-12-01	2	83
2026-12-01	2	84
2026-12-01	2	85
2026-12-01	2	86
2026-12-01	2	87
2026-12-01	2	88
2026-12-01	2	89
2026-12-01	2	90
2026-12-01	2	91
2026-12-01	2	92
2026-12-01	2	93
2026-12-01	2	94
2026-12-01	2	95
2026-12-01	2	96
2026-12-01	2	97
2026-12-01	2	98
2026-12-01	2	99
2026-12-01	2	100
2026-12-01	2	101
2026-12-01	2	102
2026-12-01	2	103
2026-12-01	2	104
2026-12-01	2	105
2026-12-01	2	106
2026-12-01	2	107
2026-12-01	2	108
2026-12-01	2	109
2026-12-01	2	110
2026-12-01	2	111
2026-12-01	2	112
2026-12-01	2	113
2026-12-01	2	114
2026-12-01	2	115
2026-12-01	2	116
2026-12-01	2	117
2026-12-01	2	118
2026-12-01	2	119
2026-12-01	2	120
2026-12-01	3	1
2026-12-01	3	2
2026-12-01	3	3
2026-12-01	3	4
2026-12-01	3	5
2026-12-01	3	6
2026-12-01	3	7
2026-12-01	3	8
2026-12-01	3	9
2026-12-01	3	10
2026-12-01	3	11
2026-12-01	3	12
2026-12-01	3	13
2026-12-01	3	14
2026-12-01	3	15
2026-12-01	3	16
2026-12-01	3	17
2026-12-01	3	18
2026-12-01	3	19
2026-12-01	3	20
2026-12-01	3	21
2026-12-01	3	22
2026-12-01	3	23
2026-12-01	3	24
2026-12-01	3	25
2026-12-01	3	26
2026-12-01	3	27
2026-12-01	3	28
2026-12-01	3	29
2026-12-01	3	30
2026-12-01	3	31
2026-12-01	3	32
2026-12-01	3	33
2026-12-01	3	34
2026-12-01	3	35
2026-12-01	3	36
2026-12-01	3	37
2026-12-01	3	38
2026-12-01	3	39
2026-12-01	3	40
2026-12-01	3	41
2026-12-01	3	42
2026-12-01	3	43
2026-12-01	3	44
2026-12-01	3	45
2026-12-01	3	46
2026-12-01	3	47
2026-12-01	3	48
2026-12-01	3	49
2026-12-01	3	50
2026-12-01	3	51
2026-12-01	3	52
2026-12-01	3	53
2026-12-01	3	54
2026-12-01	3	55
2026-12-01	3	56
2026-12-01	3	57
2026-12-01	3	58
2026-12-01	3	59
2026-12-01	3	60
2026-12-01	3	61
2026-12-01	3	62
2026-12-01	3	63
2026-12-01	3	64
2026-12-01	3	65
2026-12-01	3	66
2026-12-01	3	67
2026-12-01	3	68
2026-12-01	3	69
2026-12-01	3	70
2026-12-01	3	71
2026-12-01	3	72
2026-12-01	3	73
2026-12-01	3	74
2026-12-01	3	75
2026-12-01	3	76
2026-12-01	3	77
2026-12-01	3	78
2026-12-01	3	79
2026-12-01	3	80
2026-12-01	3	81
2026-12-01	3	82
2026-12-01	3	83
2026-12-01	3	84
2026-12-01	3	85
2026-12-01	3	86
2026-12-01	3	87
2026-12-01	3	88
2026-12-01	3	89
2026-12-01	3	90
2026-12-01	3	91
2026-12-01	3	92
2026-12-01	3	93
2026-12-01	3	94
2026-12-01	3	95
2026-12-01	3	96
2026-12-01	3	97
2026-12-01	3	98
2026-12-01	3	99
2026-12-01	3	100
2026-12-01	3	101
2026-12-01	3	102
2026-12-01	3	103
2026-12-01	3	104
2026-12-01	3	105
2026-12-01	3	106
2026-12-01	3	107
2026-12-01	3	108
2026-12-01	3	109
2026-12-01	3	110
2026-12-01	3	111
2026-12-01	3	112
2026-12-01	3	113
2026-12-01	3	114
2026-12-01	3	115
2026-12-01	3	116
2026-12-01	3	117
2026-12-01	3	118
2026-12-01	3	119
2026-12-01	3	120
\.


--
-- Data for Name: delivery_202701; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.delivery_202701 (month, alert, contact) FROM stdin;
\.


--
-- Data for Name: delivery_202702; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.delivery_202702 (month, alert, contact) FROM stdin;
\.


--
-- Data for Name: department; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.department (id, code, name, name_en, of_administrator) FROM stdin;
1	bousai	防災課		f
\.


--
-- Data for Name: department_name; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.department_name (department, name, until) FROM stdin;
\.


--
-- Data for Name: device; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.device (token_hash, person, made) FROM stdin;
\\x71b7f5c41b00e1da1f5cead1772b85e1c5672b9968526c88ee2eb76fdb7b015a	1	2026-12-01 14:07:34.282572+09
\\x3f14c70b32ae0f3b823ffa17adc0cb1fd5f5adeefd1d620939b4a80d17db92ce	2	2026-12-01 14:07:34.29952+09
\.


--
-- Data for Name: doubt; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.doubt (contact, judge_at, cleared_at, warned_at, suspended_at, reason) FROM stdin;
\.


--
-- Data for Name: factor; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.factor (person, seed, confirmed_at, last_step, pending, pending_at, wrong, wait_until) FROM stdin;
\.


--
-- Data for Name: form; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.form (id, kind, year, serial, department, head, head_name, head_mail, lang, answer_hash, answer_until, state, version, login, name, mail, role, post, person, day, reason, once_by, made) FROM stdin;
\.


--
-- Data for Name: form_event; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.form_event (form, version, state, by_, post, address, note, said, at) FROM stdin;
\.


--
-- Data for Name: form_pending; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.form_pending (token_hash, said, made, expires, form) FROM stdin;
\.


--
-- Data for Name: form_serial; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.form_serial (year, last) FROM stdin;
\.


--
-- Data for Name: guest; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.guest (id, person, purpose, organisation, head, reason, during, made_by, made) FROM stdin;
\.


--
-- Data for Name: hours_permit; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.hours_permit (id, person, during, reason, granter, made, ended_at) FROM stdin;
\.


--
-- Data for Name: import; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.import (id, person, reason, file_name, state, made, applied_at, file_rows, duplicates, refused, added, changed, kept) FROM stdin;
1	\N	test	test	staged	2026-12-01 14:07:34.265496+09	\N	0	0	0	\N	\N	\N
\.


--
-- Data for Name: import_refusal; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.import_refusal (import, line, reason, excerpt) FROM stdin;
\.


--
-- Data for Name: import_row; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.import_row (import, line, address, phone, areas, categories, lang, hash, subscriber, fresh) FROM stdin;
\.


--
-- Data for Name: import_work; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.import_work (import, doing, done, whole, seen, failed) FROM stdin;
\.


--
-- Data for Name: inspection; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.inspection (id, kind, since, until, reason, inspector, opened, result, note, closed, closed_by) FROM stdin;
\.


--
-- Data for Name: inspection_finding; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.inspection_finding (inspection, "position", kind, subject, n, last, note) FROM stdin;
\.


--
-- Data for Name: instruction; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.instruction (id, department, person, cause, body, made_by, made, seen, seen_by, answer, answered) FROM stdin;
\.


--
-- Data for Name: intake_tally; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.intake_tally (day, what, mails) FROM stdin;
\.


--
-- Data for Name: lane; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.lane (name, pace, retired_at) FROM stdin;
other	0	\N
docomo	0	\N
au	0	\N
softbank	0	\N
ymobile	0	\N
rakuten	0	\N
google	0	\N
yahoo	0	\N
apple	0	\N
microsoft	0	\N
\.


--
-- Data for Name: lane_domain; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.lane_domain (domain, lane, split_until) FROM stdin;
docomo.ne.jp	docomo	\N
ezweb.ne.jp	au	\N
au.com	au	\N
uqmobile.jp	au	\N
softbank.ne.jp	softbank	\N
i.softbank.jp	softbank	\N
vodafone.ne.jp	softbank	\N
disney.ne.jp	softbank	\N
ymobile.ne.jp	ymobile	\N
y-mobile.ne.jp	ymobile	\N
yahoo.ne.jp	ymobile	\N
emnet.ne.jp	ymobile	\N
willcom.com	ymobile	\N
pdx.ne.jp	ymobile	\N
rakuten.jp	rakuten	\N
gmail.com	google	\N
googlemail.com	google	\N
yahoo.co.jp	yahoo	\N
ybb.ne.jp	yahoo	\N
icloud.com	apple	\N
me.com	apple	\N
mac.com	apple	\N
outlook.jp	microsoft	\N
outlook.com	microsoft	\N
hotmail.co.jp	microsoft	\N
hotmail.com	microsoft	\N
live.jp	microsoft	\N
msn.com	microsoft	\N
\.


--
-- Data for Name: lane_state; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.lane_state (lane, host, slot, relay, connections, most, in_hand, latency_ms, up, reason, next_try, since, seen) FROM stdin;
other	w1.kairan.example	0	127.0.0.1:32795	2	2	112	31	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
docomo	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
au	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
softbank	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
ymobile	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
rakuten	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
google	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
yahoo	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
apple	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
microsoft	w1.kairan.example	0	127.0.0.1:32795	0	2	0	0	t		\N	2026-12-01 14:07:34.475542+09	2026-12-01 14:07:36.493666+09
\.


--
-- Data for Name: law; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.law (loaded, release, oldest, files, catalogue) FROM stdin;
2026-12-01 14:07:33.578859+09	0.1.0	0.1.0	c7f74991a6a3e10eaf487e26bcb8189cf77757416566fecd3585739dc99efb9b	ab9d50e0ef2e7398c6fb8d330f1917c0898b2cb88eb2303a127d28aa79ba6363
\.


--
-- Data for Name: letter; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.letter (id, template, lang, contact, address, secret, made, not_before, expires, state, attempt, token, host, slot, reply, ended_at, doubt) FROM stdin;
\.


--
-- Data for Name: link_key; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.link_key (kid, key, made) FROM stdin;
1	\\x1c25793b820063c2ce83fcdaaea6d0ce5c458e96a1767859659039eb53703243	2026-12-01 14:07:32.421414+09
\.


--
-- Data for Name: migration; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.migration (number, name, sha256, applied) FROM stdin;
1	0001_foundation.sql	ac40055bd64c28f3081629c7f5c3994040a9749e14033babb2a4eff8204fd832	2026-12-01 14:07:32.421414+09
2	0002_prose.sql	1f3b1ef4e3be309252ed38695e0b1b0bda60f2ffbbf54b8323e157efc780af47	2026-12-01 14:07:32.421414+09
3	0003_office.sql	e6dc5a121019936a2ce7d560ba4dbc49379813393037d64b4a085812f7ff5663	2026-12-01 14:07:32.421414+09
4	0004_door.sql	561be0d4679f5148daafac4f8849d184aa9f24c49689c2d71d5de3a8f13cb30a	2026-12-01 14:07:32.421414+09
5	0005_residents.sql	f0f639a7027561a0186cb041776de4d4f27d8f82505ea11ae4b403ebcaa87d26	2026-12-01 14:07:32.421414+09
6	0006_alert.sql	6a05e3f92ab9cef0571837c0eac4b27c611086cbe5f18b0b24fc8dd1ac6d6da6	2026-12-01 14:07:32.421414+09
7	0007_sending.sql	3e0cd6d1ca5d47e1079d97dfe895d0baa26a6728682d2cdf46330d7527129ba8	2026-12-01 14:07:32.421414+09
8	0008_letters.sql	b5c31335a9cf3285d19f041ab72ae11f1f63e15054cee1ddc294a47a59702b4c	2026-12-01 14:07:32.421414+09
9	0009_returned.sql	a7125f6b376585a9f0990079142b2b0f0f7bd8169411955e28abd4930cf77c69	2026-12-01 14:07:32.421414+09
10	0010_log.sql	cd62cd0e29e04e8dca4c0f0bf72a7b0334be8f268d1d8d53e5de26038d783f2d	2026-12-01 14:07:32.421414+09
\.


--
-- Data for Name: oplog_2026; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.oplog_2026 (seq, at, person, login, post, role, department, act, object, result, reason, facts, network, prev, hash, format, behalf, request) FROM stdin;
1	2026-12-01 14:07:34.274981+09	\N	operator	\N	\N	\N	staff.add	person 1	done		{"role": "drafter"}	\N	\\x0000000000000000000000000000000000000000000000000000000000000000	\\x96cbae9fb5b9a70ed8795b5bf1e67010edc206da928af3943b8fe7226098bed0	2	\N	\N
2	2026-12-01 14:07:34.281392+09	\N	operator	\N	\N	\N	staff.add	person 2	done		{"role": "approver"}	\N	\\x96cbae9fb5b9a70ed8795b5bf1e67010edc206da928af3943b8fe7226098bed0	\\xaf58144bb3b72c1c818b9a5b543ed32a6a7668d46748312d57428b12641f9a0f	2	\N	\N
3	2026-12-01 14:07:34.296238+09	1	drafter	1	drafter	1	sign-in		done		\N	127.0.0.1	\\xaf58144bb3b72c1c818b9a5b543ed32a6a7668d46748312d57428b12641f9a0f	\\x3e46d7f16a9d0770bd4b0846fd3218c7ea622977edcedf08d7ab2bd25478b405	2	\N	\N
4	2026-12-01 14:07:34.30206+09	2	head	2	approver	1	sign-in		done		\N	127.0.0.1	\\x3e46d7f16a9d0770bd4b0846fd3218c7ea622977edcedf08d7ab2bd25478b405	\\xac28ed454451123698a3c19b8853d216f3bfe7e55c8198e13782eb4ca0650ca5	2	\N	\N
5	2026-12-01 14:07:34.464992+09	1	drafter	1	drafter	1	alert.save	alert 1	done		{"version": 1}	\N	\\xac28ed454451123698a3c19b8853d216f3bfe7e55c8198e13782eb4ca0650ca5	\\x98eb786a4f3ed9920a89e60bbe0a9f4b0af169b4baeba0ebe26901fc78836724	2	\N	\N
6	2026-12-01 14:07:34.470248+09	1	drafter	1	drafter	1	alert.submit	alert 1	done		\N	\N	\\x98eb786a4f3ed9920a89e60bbe0a9f4b0af169b4baeba0ebe26901fc78836724	\\x96bf57fee910ec8ac3ae34957a6ddecb772ac2394fc3036df6bee32213547191	2	\N	\N
7	2026-12-01 14:07:34.48877+09	2	head	2	approver	1	alert.approve	alert 1	done		{"fingerprint": "2d09f41b791634620e0aa70a9b230f10827850de331aa5e242c33621568f6742"}	\N	\\x96bf57fee910ec8ac3ae34957a6ddecb772ac2394fc3036df6bee32213547191	\\xa3c6308f5d73269cc8742a7aa95421309e04351143db4bf537fb271de05e4321	2	\N	\N
8	2026-12-01 14:07:36.372594+09	1	drafter	1	drafter	1	alert.save	alert 2	done		{"version": 1}	\N	\\xa3c6308f5d73269cc8742a7aa95421309e04351143db4bf537fb271de05e4321	\\x116bbaf4f3eade31c23e0fc763b2b7fb3bd20de444a19854dfc01dd6a6affe89	2	\N	\N
9	2026-12-01 14:07:36.376665+09	1	drafter	1	drafter	1	alert.submit	alert 2	done		\N	\N	\\x116bbaf4f3eade31c23e0fc763b2b7fb3bd20de444a19854dfc01dd6a6affe89	\\x2b3ef45d771c6d81c2589a457bd48ff48b76087a1959467265793feddac623ac	2	\N	\N
10	2026-12-01 14:07:36.387638+09	2	head	2	approver	1	alert.approve	alert 2	done		{"fingerprint": "1c9d678a80d6cede2fafc6164b26ad53e79c3876066cfe770a2b5fdf58da2321"}	\N	\\x2b3ef45d771c6d81c2589a457bd48ff48b76087a1959467265793feddac623ac	\\x5498cba714c37ed677dc0192c2242c5d73b872a23765052e659f4d465ce6d288	2	\N	\N
11	2026-12-01 14:07:36.865188+09	2	head	2	approver	1	alert.stop	alert 2	done		\N	\N	\\x5498cba714c37ed677dc0192c2242c5d73b872a23765052e659f4d465ce6d288	\\x370ac1ac9d908c41bdaa0773485dce1b515d25fe5a62010051505fcd5751e3b9	2	\N	\N
12	2026-12-01 14:07:37.396936+09	1	drafter	1	drafter	1	alert.save	alert 3	done		{"version": 1}	\N	\\x370ac1ac9d908c41bdaa0773485dce1b515d25fe5a62010051505fcd5751e3b9	\\xb122e3bea44f6666b96a0656dc60a8e404439637de290235436fac69369b4ae0	2	\N	\N
13	2026-12-01 14:07:37.40092+09	1	drafter	1	drafter	1	alert.submit	alert 3	done		\N	\N	\\xb122e3bea44f6666b96a0656dc60a8e404439637de290235436fac69369b4ae0	\\x73172029724074db0449feae55dfc4f18be14502cbadb9078772be7a385f368b	2	\N	\N
14	2026-12-01 14:07:37.413144+09	2	head	2	approver	1	alert.approve	alert 3	done		{"fingerprint": "7f38901710074970b1cb31886f64d44828263e6403b4e107a9a77b1abff02d8c"}	\N	\\x73172029724074db0449feae55dfc4f18be14502cbadb9078772be7a385f368b	\\xae429a1054efe1ed8fb8a4e556f4df61da49c7c0b0f150ca5ae07c7cea25d611	2	\N	\N
15	2026-12-01 14:07:38.17615+09	1	drafter	1	drafter	1	alert.save	alert 4	done		{"version": 1}	\N	\\xae429a1054efe1ed8fb8a4e556f4df61da49c7c0b0f150ca5ae07c7cea25d611	\\xf2d60e7a01409d4510bdb3d0fb7e5b1515dbad594e2feba63b99b1bec09000bd	2	\N	\N
16	2026-12-01 14:07:38.180151+09	1	drafter	1	drafter	1	alert.submit	alert 4	done		\N	\N	\\xf2d60e7a01409d4510bdb3d0fb7e5b1515dbad594e2feba63b99b1bec09000bd	\\x9a9d16255eefa2bd83e10e0c68ec3017169c68d45c054cd71cb0f2f8ded9d831	2	\N	\N
\.


--
-- Data for Name: oplog_2027; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.oplog_2027 (seq, at, person, login, post, role, department, act, object, result, reason, facts, network, prev, hash, format, behalf, request) FROM stdin;
\.


--
-- Data for Name: oplog_check; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.oplog_check (id, person, started, last, last_hash, first, done, hash, at, ended, found, clocks) FROM stdin;
1	\N	2026-12-01 14:07:34.40871+09	4	\\xac28ed454451123698a3c19b8853d216f3bfe7e55c8198e13782eb4ca0650ca5	0	4	\\xac28ed454451123698a3c19b8853d216f3bfe7e55c8198e13782eb4ca0650ca5	2026-12-01 14:07:34.30206+09	2026-12-01 14:07:34.412953+09		0
\.


--
-- Data for Name: oplog_head; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.oplog_head (one, seq, hash, at) FROM stdin;
t	16	\\x9a9d16255eefa2bd83e10e0c68ec3017169c68d45c054cd71cb0f2f8ded9d831	2026-12-01 14:07:38.180151+09
\.


--
-- Data for Name: oplog_purge; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.oplog_purge (year, asked_by, asked_at, confirmed_by, confirmed_at, done_at, last_seq, last_hash) FROM stdin;
\.


--
-- Data for Name: outcome_202612; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.outcome_202612 (month, alert, contact, at, attempt, code, result, final, again, relay, reply, enhanced, lane) FROM stdin;
2026-12-01	1	1	2026-12-01 14:07:34.554+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	2	2026-12-01 14:07:34.554+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	3	2026-12-01 14:07:34.586+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	4	2026-12-01 14:07:34.586+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	5	2026-12-01 14:07:34.616+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	6	2026-12-01 14:07:34.617+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	7	2026-12-01 14:07:34.648+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	8	2026-12-01 14:07:34.648+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	10	2026-12-01 14:07:34.648+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	1	9	2026-12-01 14:07:34.679+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	11	2026-12-01 14:07:34.679+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	12	2026-12-01 14:07:34.711+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	13	2026-12-01 14:07:34.711+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	14	2026-12-01 14:07:34.742+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	15	2026-12-01 14:07:34.742+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	16	2026-12-01 14:07:34.773+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	17	2026-12-01 14:07:34.773+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	18	2026-12-01 14:07:34.804+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	19	2026-12-01 14:07:34.805+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	20	2026-12-01 14:07:34.836+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	21	2026-12-01 14:07:34.836+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	22	2026-12-01 14:07:34.867+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	23	2026-12-01 14:07:34.867+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	24	2026-12-01 14:07:34.899+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	25	2026-12-01 14:07:34.899+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	26	2026-12-01 14:07:34.936+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	27	2026-12-01 14:07:34.937+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	28	2026-12-01 14:07:34.968+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	29	2026-12-01 14:07:34.968+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	30	2026-12-01 14:07:34.999+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	31	2026-12-01 14:07:34.999+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	32	2026-12-01 14:07:35.031+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	33	2026-12-01 14:07:35.031+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	34	2026-12-01 14:07:35.062+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	35	2026-12-01 14:07:35.062+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	36	2026-12-01 14:07:35.093+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	37	2026-12-01 14:07:35.093+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	38	2026-12-01 14:07:35.124+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	39	2026-12-01 14:07:35.124+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	40	2026-12-01 14:07:35.155+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	41	2026-12-01 14:07:35.155+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	42	2026-12-01 14:07:35.186+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	43	2026-12-01 14:07:35.187+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	44	2026-12-01 14:07:35.218+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	45	2026-12-01 14:07:35.218+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	46	2026-12-01 14:07:35.249+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	47	2026-12-01 14:07:35.249+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	48	2026-12-01 14:07:35.281+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	49	2026-12-01 14:07:35.281+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	50	2026-12-01 14:07:35.312+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	51	2026-12-01 14:07:35.312+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	52	2026-12-01 14:07:35.343+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	53	2026-12-01 14:07:35.344+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	54	2026-12-01 14:07:35.374+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	55	2026-12-01 14:07:35.375+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	56	2026-12-01 14:07:35.406+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	57	2026-12-01 14:07:35.406+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	58	2026-12-01 14:07:35.438+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	59	2026-12-01 14:07:35.438+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	60	2026-12-01 14:07:35.469+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	61	2026-12-01 14:07:35.469+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	62	2026-12-01 14:07:35.5+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	63	2026-12-01 14:07:35.5+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	64	2026-12-01 14:07:35.531+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	65	2026-12-01 14:07:35.531+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	66	2026-12-01 14:07:35.562+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	67	2026-12-01 14:07:35.563+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	68	2026-12-01 14:07:35.594+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	69	2026-12-01 14:07:35.594+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	70	2026-12-01 14:07:35.625+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	71	2026-12-01 14:07:35.626+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	72	2026-12-01 14:07:35.657+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	73	2026-12-01 14:07:35.657+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	74	2026-12-01 14:07:35.689+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	75	2026-12-01 14:07:35.689+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	76	2026-12-01 14:07:35.72+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	77	2026-12-01 14:07:35.72+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	78	2026-12-01 14:07:35.751+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	79	2026-12-01 14:07:35.751+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	80	2026-12-01 14:07:35.783+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	81	2026-12-01 14:07:35.783+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	82	2026-12-01 14:07:35.814+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	83	2026-12-01 14:07:35.814+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	84	2026-12-01 14:07:35.846+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	85	2026-12-01 14:07:35.846+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	86	2026-12-01 14:07:35.878+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	87	2026-12-01 14:07:35.878+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	88	2026-12-01 14:07:35.909+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	89	2026-12-01 14:07:35.909+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	90	2026-12-01 14:07:35.94+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	91	2026-12-01 14:07:35.94+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	92	2026-12-01 14:07:35.972+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	93	2026-12-01 14:07:35.972+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	94	2026-12-01 14:07:36.003+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	95	2026-12-01 14:07:36.003+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	96	2026-12-01 14:07:36.034+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	97	2026-12-01 14:07:36.034+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	98	2026-12-01 14:07:36.066+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	100	2026-12-01 14:07:36.066+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	1	99	2026-12-01 14:07:36.066+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	101	2026-12-01 14:07:36.098+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	102	2026-12-01 14:07:36.098+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	104	2026-12-01 14:07:36.129+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	103	2026-12-01 14:07:36.129+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	105	2026-12-01 14:07:36.16+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	106	2026-12-01 14:07:36.16+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	107	2026-12-01 14:07:36.191+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	108	2026-12-01 14:07:36.191+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	110	2026-12-01 14:07:36.191+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	1	109	2026-12-01 14:07:36.223+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	111	2026-12-01 14:07:36.223+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	112	2026-12-01 14:07:36.254+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	113	2026-12-01 14:07:36.254+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	114	2026-12-01 14:07:36.285+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	115	2026-12-01 14:07:36.285+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	116	2026-12-01 14:07:36.316+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	117	2026-12-01 14:07:36.317+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	118	2026-12-01 14:07:36.348+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	119	2026-12-01 14:07:36.348+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	1	120	2026-12-01 14:07:36.348+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	2	1	2026-12-01 14:07:36.44+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	2	2026-12-01 14:07:36.44+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	3	2026-12-01 14:07:36.472+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	4	2026-12-01 14:07:36.472+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	5	2026-12-01 14:07:36.503+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	6	2026-12-01 14:07:36.504+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	7	2026-12-01 14:07:36.535+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	8	2026-12-01 14:07:36.535+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	10	2026-12-01 14:07:36.535+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	2	9	2026-12-01 14:07:36.57+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	11	2026-12-01 14:07:36.57+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	12	2026-12-01 14:07:36.602+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	13	2026-12-01 14:07:36.602+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	14	2026-12-01 14:07:36.636+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	15	2026-12-01 14:07:36.636+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	16	2026-12-01 14:07:36.668+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	17	2026-12-01 14:07:36.668+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	18	2026-12-01 14:07:36.699+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	19	2026-12-01 14:07:36.699+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	20	2026-12-01 14:07:36.731+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	21	2026-12-01 14:07:36.731+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	22	2026-12-01 14:07:36.762+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	23	2026-12-01 14:07:36.763+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	24	2026-12-01 14:07:36.794+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	25	2026-12-01 14:07:36.795+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	26	2026-12-01 14:07:36.826+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	27	2026-12-01 14:07:36.826+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	28	2026-12-01 14:07:36.858+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	29	2026-12-01 14:07:36.858+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	30	2026-12-01 14:07:36.893+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	31	2026-12-01 14:07:36.893+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	2	32	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	33	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	34	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	35	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	36	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	37	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	38	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	39	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	40	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	41	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	42	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	43	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	44	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	45	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	46	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	47	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	48	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	49	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	50	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	51	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	52	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	53	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	54	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	55	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	56	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	57	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	58	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	59	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	60	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	61	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	62	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	63	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	64	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	65	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	66	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	67	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	68	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	69	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	70	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	71	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	72	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	73	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	74	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	75	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	76	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	77	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	78	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	79	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	80	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	81	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	82	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	83	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	84	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	85	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	86	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	87	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	88	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	89	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	90	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	91	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	92	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	93	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	94	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	95	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	96	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	97	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	98	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	99	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	100	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	101	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	102	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	103	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	104	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	105	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	106	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	107	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	108	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	109	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	110	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	111	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	112	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	113	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	114	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	115	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	116	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	117	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	118	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	119	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	2	120	2026-12-01 14:07:37.374+09	1	0	cancelled	t	f		Stopped.		other
2026-12-01	3	1	2026-12-01 14:07:37.466+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	2	2026-12-01 14:07:37.467+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	3	2026-12-01 14:07:37.498+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	4	2026-12-01 14:07:37.499+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	5	2026-12-01 14:07:37.531+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	6	2026-12-01 14:07:37.531+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	7	2026-12-01 14:07:37.562+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	8	2026-12-01 14:07:37.562+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	10	2026-12-01 14:07:37.562+09	1	550	refused	t	f	127.0.0.1:32795	no such person	5.1.1	other
2026-12-01	3	9	2026-12-01 14:07:37.594+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	12	2026-12-01 14:07:37.594+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	11	2026-12-01 14:07:37.625+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	13	2026-12-01 14:07:37.625+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	14	2026-12-01 14:07:37.657+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	15	2026-12-01 14:07:37.657+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	16	2026-12-01 14:07:37.688+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	17	2026-12-01 14:07:37.688+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	18	2026-12-01 14:07:37.72+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	19	2026-12-01 14:07:37.72+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	20	2026-12-01 14:07:37.751+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	21	2026-12-01 14:07:37.751+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	22	2026-12-01 14:07:37.782+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	23	2026-12-01 14:07:37.782+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	24	2026-12-01 14:07:37.813+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	25	2026-12-01 14:07:37.814+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	26	2026-12-01 14:07:37.845+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	27	2026-12-01 14:07:37.845+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	28	2026-12-01 14:07:37.876+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	29	2026-12-01 14:07:37.876+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	30	2026-12-01 14:07:37.91+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	31	2026-12-01 14:07:37.911+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	32	2026-12-01 14:07:37.944+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	33	2026-12-01 14:07:37.945+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	34	2026-12-01 14:07:37.978+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	35	2026-12-01 14:07:37.978+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	36	2026-12-01 14:07:38.01+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	37	2026-12-01 14:07:38.01+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	38	2026-12-01 14:07:38.041+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	39	2026-12-01 14:07:38.041+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	40	2026-12-01 14:07:38.072+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	41	2026-12-01 14:07:38.072+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	42	2026-12-01 14:07:38.103+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
2026-12-01	3	43	2026-12-01 14:07:38.103+09	1	250	accepted	t	f	127.0.0.1:32795	Ok: taken	2.0.0	other
\.


--
-- Data for Name: outcome_202701; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.outcome_202701 (month, alert, contact, at, attempt, code, result, final, again, relay, reply, enhanced, lane) FROM stdin;
\.


--
-- Data for Name: outcome_202702; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.outcome_202702 (month, alert, contact, at, attempt, code, result, final, again, relay, reply, enhanced, lane) FROM stdin;
\.


--
-- Data for Name: person; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.person (id, login, name, mail, made, suspended_at, department, last_sign_in, lang) FROM stdin;
1	drafter	drafter		2026-12-01 14:07:34.266602+09	\N	1	2026-12-01 14:07:34.282572+09	ja
2	head	head		2026-12-01 14:07:34.279463+09	\N	1	2026-12-01 14:07:34.29952+09	ja
\.


--
-- Data for Name: post; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.post (id, person, department, role, during, exception, end_reason, moves_home) FROM stdin;
1	1	1	drafter	["2026-12-01 14:07:34.266602+09",)			f
2	2	1	approver	["2026-12-01 14:07:34.279463+09",)			f
\.


--
-- Data for Name: recovery_code; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.recovery_code (person, hash, made, used_at) FROM stdin;
\.


--
-- Data for Name: relay_state; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.relay_state (relay, host, slot, up, reason, since, connections, next_try) FROM stdin;
127.0.0.1:32795	w1.kairan.example	0	t		2026-12-01 14:07:34.475542+09	2	\N
\.


--
-- Data for Name: sanction; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.sanction (id, kind, person, post, cause, note, made_by, made, lifted, lifted_by, lift_reason) FROM stdin;
\.


--
-- Data for Name: secret; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.secret (name, key) FROM stdin;
address	\\xf579f4175572e6a4a6c116ec38ee48fc68c0821da69df01e98dedee46dad34c8
salt	\\x01366f1f27781f8b00b1802c65c4c36de3b488e59cd8eec17e3e8eaaf48dfef1
factor	\\xca40eb2e37f76ecce6c9eb2c934cfd9fc7ebb7d14dc4af458f18ceaa689e456c
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.session (id, token_hash, person, post, made, seen, idle, ends, network, agent, ended_at, idle_strict, password_days, new_place, proved_at, odd, odd_reason) FROM stdin;
1	\\xc946e3b8daa370c085f92a71b946205a6929f12c700a8be51d6e3cc8c90bfd29	1	1	2026-12-01 14:07:34.282572+09	2026-12-01 14:07:34.282572+09	00:30:00	2026-12-02 02:07:34.282572+09	127.0.0.1	test	\N	00:15:00	90	f	\N	f	\N
2	\\x292d9a33b4328db8759e4b8a3d3fa169aa41e4f47c242b434e91e6f4558ee9bf	2	2	2026-12-01 14:07:34.29952+09	2026-12-01 14:07:34.29952+09	00:30:00	2026-12-02 02:07:34.29952+09	127.0.0.1	test	\N	00:15:00	90	f	\N	f	\N
\.


--
-- Data for Name: signup; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.signup (id, token_hash, address, lang, categories, areas, terms_version, network, made, expires, used_at) FROM stdin;
\.


--
-- Data for Name: stranger; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.stranger (since, act, network, login, hits) FROM stdin;
\.


--
-- Data for Name: subscriber; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.subscriber (id, lang, categories, areas, own, terms_version, agreed_at, import, made) FROM stdin;
1	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
2	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
3	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
4	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
5	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
6	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
7	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
8	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
9	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
10	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
11	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
12	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
13	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
14	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
15	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
16	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
17	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
18	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
19	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
20	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
21	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
22	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
23	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
24	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
25	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
26	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
27	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
28	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
29	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
30	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
31	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
32	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
33	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
34	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
35	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
36	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
37	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
38	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
39	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
40	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
41	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
42	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
43	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
44	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
45	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
46	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
47	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
48	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
49	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
50	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
51	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
52	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
53	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
54	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
55	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
56	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
57	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
58	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
59	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
60	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
61	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
62	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
63	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
64	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
65	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
66	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
67	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
68	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
69	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
70	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
71	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
72	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
73	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
74	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
75	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
76	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
77	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
78	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
79	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
80	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
81	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
82	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
83	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
84	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
85	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
86	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
87	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
88	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
89	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
90	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
91	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
92	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
93	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
94	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
95	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
96	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
97	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
98	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
99	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
100	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
101	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
102	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
103	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
104	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
105	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
106	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
107	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
108	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
109	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
110	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
111	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
112	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
113	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
114	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
115	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
116	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
117	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
118	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
119	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
120	ja	{1}	{1}	f	\N	\N	1	2026-12-01 14:07:34.319222+09
\.


--
-- Data for Name: throttle; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.throttle (kind, key, since, hits) FROM stdin;
\.


--
-- Data for Name: town_day; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.town_day (day, open, note, person, at) FROM stdin;
\.


--
-- Data for Name: try_delay; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.try_delay (kind, key, fails, last) FROM stdin;
\.


--
-- Data for Name: worker; Type: TABLE DATA; Schema: kairan; Owner: kairan_owner
--

COPY kairan.worker (host, role, slot, pid, started, seen) FROM stdin;
w1.kairan.example	sweep	0	1704	2026-12-01 14:07:34.37646+09	2026-12-01 14:07:36.378192+09
w1.kairan.example	fanout	0	1702	2026-12-01 14:07:34.386282+09	2026-12-01 14:07:36.389642+09
w1.kairan.example	send	0	1703	2026-12-01 14:07:34.47425+09	2026-12-01 14:07:36.493463+09
\.


--
-- Name: alert_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.alert_id_seq', 4, true);


--
-- Name: area_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.area_id_seq', 1, true);


--
-- Name: category_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.category_id_seq', 1, true);


--
-- Name: chunk_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.chunk_id_seq', 5, true);


--
-- Name: contact_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.contact_id_seq', 120, true);


--
-- Name: credential_past_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.credential_past_id_seq', 1, false);


--
-- Name: delegation_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.delegation_id_seq', 1, false);


--
-- Name: department_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.department_id_seq', 1, true);


--
-- Name: form_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.form_id_seq', 1, false);


--
-- Name: guest_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.guest_id_seq', 1, false);


--
-- Name: handover; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.handover', 5, true);


--
-- Name: hours_permit_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.hours_permit_id_seq', 1, false);


--
-- Name: import_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.import_id_seq', 1, true);


--
-- Name: inspection_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.inspection_id_seq', 1, false);


--
-- Name: instruction_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.instruction_id_seq', 1, false);


--
-- Name: lease_token; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.lease_token', 3, true);


--
-- Name: letter_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.letter_id_seq', 1, false);


--
-- Name: oplog_check_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.oplog_check_id_seq', 1, true);


--
-- Name: person_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.person_id_seq', 2, true);


--
-- Name: post_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.post_id_seq', 2, true);


--
-- Name: sanction_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.sanction_id_seq', 1, false);


--
-- Name: session_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.session_id_seq', 2, true);


--
-- Name: signup_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.signup_id_seq', 1, false);


--
-- Name: subscriber_id_seq; Type: SEQUENCE SET; Schema: kairan; Owner: kairan_owner
--

SELECT pg_catalog.setval('kairan.subscriber_id_seq', 120, true);


--
-- Name: access_rule access_rule_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.access_rule
    ADD CONSTRAINT access_rule_pkey PRIMARY KEY (one);


--
-- Name: alert alert_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (id);


--
-- Name: alert_text alert_text_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_text
    ADD CONSTRAINT alert_text_pkey PRIMARY KEY (alert, version, lang);


--
-- Name: alert_version alert_version_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_version
    ADD CONSTRAINT alert_version_pkey PRIMARY KEY (alert, version);


--
-- Name: approval approval_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_pkey PRIMARY KEY (alert);


--
-- Name: area area_name_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.area
    ADD CONSTRAINT area_name_key UNIQUE (name);


--
-- Name: area area_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.area
    ADD CONSTRAINT area_pkey PRIMARY KEY (id);


--
-- Name: bounce_collected bounce_collected_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.bounce_collected
    ADD CONSTRAINT bounce_collected_pkey PRIMARY KEY (alert);


--
-- Name: bounce bounce_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.bounce
    ADD CONSTRAINT bounce_pkey PRIMARY KEY (alert, contact, complaint);


--
-- Name: bounce_storm bounce_storm_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.bounce_storm
    ADD CONSTRAINT bounce_storm_pkey PRIMARY KEY (alert);


--
-- Name: broadcast_part broadcast_part_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast_part
    ADD CONSTRAINT broadcast_part_pkey PRIMARY KEY (alert, stripe);


--
-- Name: broadcast broadcast_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast
    ADD CONSTRAINT broadcast_pkey PRIMARY KEY (alert);


--
-- Name: broadcast_tally broadcast_tally_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast_tally
    ADD CONSTRAINT broadcast_tally_pkey PRIMARY KEY (alert, second, result, final, lane, relay, stripe);


--
-- Name: category category_name_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.category
    ADD CONSTRAINT category_name_key UNIQUE (name);


--
-- Name: category category_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.category
    ADD CONSTRAINT category_pkey PRIMARY KEY (id);


--
-- Name: chunk chunk_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (id);


--
-- Name: contact contact_known_once; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.contact
    ADD CONSTRAINT contact_known_once UNIQUE (hash, channel);


--
-- Name: contact contact_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (id);


--
-- Name: credential_past credential_past_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.credential_past
    ADD CONSTRAINT credential_past_pkey PRIMARY KEY (id);


--
-- Name: credential credential_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (person);


--
-- Name: delegation delegation_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_pkey PRIMARY KEY (id);


--
-- Name: delegation delegation_post_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_post_key UNIQUE (post);


--
-- Name: delivery delivery_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (alert, contact, month);


--
-- Name: delivery_202612 delivery_202612_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery_202612
    ADD CONSTRAINT delivery_202612_pkey PRIMARY KEY (alert, contact, month);


--
-- Name: delivery_202701 delivery_202701_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery_202701
    ADD CONSTRAINT delivery_202701_pkey PRIMARY KEY (alert, contact, month);


--
-- Name: delivery_202702 delivery_202702_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delivery_202702
    ADD CONSTRAINT delivery_202702_pkey PRIMARY KEY (alert, contact, month);


--
-- Name: department department_code_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.department
    ADD CONSTRAINT department_code_key UNIQUE (code);


--
-- Name: department department_name_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.department
    ADD CONSTRAINT department_name_key UNIQUE (name);


--
-- Name: department_name department_name_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.department_name
    ADD CONSTRAINT department_name_pkey PRIMARY KEY (department, until);


--
-- Name: department department_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (id);


--
-- Name: device device_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (token_hash);


--
-- Name: doubt doubt_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.doubt
    ADD CONSTRAINT doubt_pkey PRIMARY KEY (contact);


--
-- Name: factor factor_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.factor
    ADD CONSTRAINT factor_pkey PRIMARY KEY (person);


--
-- Name: form form_answer_hash_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_answer_hash_key UNIQUE (answer_hash);


--
-- Name: form_event form_event_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_event
    ADD CONSTRAINT form_event_pkey PRIMARY KEY (form, version);


--
-- Name: form_pending form_pending_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_pending
    ADD CONSTRAINT form_pending_pkey PRIMARY KEY (token_hash);


--
-- Name: form form_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_pkey PRIMARY KEY (id);


--
-- Name: form_serial form_serial_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_serial
    ADD CONSTRAINT form_serial_pkey PRIMARY KEY (year);


--
-- Name: form form_year_serial_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_year_serial_key UNIQUE (year, serial);


--
-- Name: guest guest_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.guest
    ADD CONSTRAINT guest_pkey PRIMARY KEY (id);


--
-- Name: hours_permit hours_permit_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.hours_permit
    ADD CONSTRAINT hours_permit_pkey PRIMARY KEY (id);


--
-- Name: import import_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (id);


--
-- Name: import_refusal import_refusal_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_refusal
    ADD CONSTRAINT import_refusal_pkey PRIMARY KEY (import, line);


--
-- Name: import_row import_row_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_row
    ADD CONSTRAINT import_row_pkey PRIMARY KEY (import, line);


--
-- Name: import_work import_work_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_work
    ADD CONSTRAINT import_work_pkey PRIMARY KEY (import);


--
-- Name: inspection_finding inspection_finding_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.inspection_finding
    ADD CONSTRAINT inspection_finding_pkey PRIMARY KEY (inspection, "position");


--
-- Name: inspection inspection_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (id);


--
-- Name: instruction instruction_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.instruction
    ADD CONSTRAINT instruction_pkey PRIMARY KEY (id);


--
-- Name: intake_tally intake_tally_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.intake_tally
    ADD CONSTRAINT intake_tally_pkey PRIMARY KEY (day, what);


--
-- Name: lane_domain lane_domain_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.lane_domain
    ADD CONSTRAINT lane_domain_pkey PRIMARY KEY (domain);


--
-- Name: lane lane_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (name);


--
-- Name: lane_state lane_state_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.lane_state
    ADD CONSTRAINT lane_state_pkey PRIMARY KEY (lane, host, slot);


--
-- Name: law law_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.law
    ADD CONSTRAINT law_pkey PRIMARY KEY (loaded);


--
-- Name: letter letter_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.letter
    ADD CONSTRAINT letter_pkey PRIMARY KEY (id);


--
-- Name: link_key link_key_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.link_key
    ADD CONSTRAINT link_key_pkey PRIMARY KEY (kid);


--
-- Name: migration migration_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);


--
-- Name: oplog oplog_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog
    ADD CONSTRAINT oplog_pkey PRIMARY KEY (seq, at);


--
-- Name: oplog_2026 oplog_2026_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_2026
    ADD CONSTRAINT oplog_2026_pkey PRIMARY KEY (seq, at);


--
-- Name: oplog_2027 oplog_2027_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_2027
    ADD CONSTRAINT oplog_2027_pkey PRIMARY KEY (seq, at);


--
-- Name: oplog_check oplog_check_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_check
    ADD CONSTRAINT oplog_check_pkey PRIMARY KEY (id);


--
-- Name: oplog_head oplog_head_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_head
    ADD CONSTRAINT oplog_head_pkey PRIMARY KEY (one);


--
-- Name: oplog_purge oplog_purge_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_purge
    ADD CONSTRAINT oplog_purge_pkey PRIMARY KEY (year);


--
-- Name: person person_login_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.person
    ADD CONSTRAINT person_login_key UNIQUE (login);


--
-- Name: person person_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);


--
-- Name: post post_approver_never_drafts; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_approver_never_drafts EXCLUDE USING gist (person WITH =, department WITH =, side WITH <>, during WITH &&);


--
-- Name: post post_classes_apart; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_classes_apart EXCLUDE USING gist (person WITH =, class WITH <>, during WITH &&);


--
-- Name: post post_once; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_once EXCLUDE USING gist (person WITH =, COALESCE(department, (0)::bigint) WITH =, role WITH =, during WITH &&);


--
-- Name: post post_one_approver; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_one_approver EXCLUDE USING gist (department WITH =, during WITH &&) WHERE ((role = 'approver'::text));


--
-- Name: post post_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_pkey PRIMARY KEY (id);


--
-- Name: recovery_code recovery_code_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (person, hash);


--
-- Name: relay_state relay_state_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.relay_state
    ADD CONSTRAINT relay_state_pkey PRIMARY KEY (relay, host, slot);


--
-- Name: sanction sanction_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.sanction
    ADD CONSTRAINT sanction_pkey PRIMARY KEY (id);


--
-- Name: secret secret_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (name);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);


--
-- Name: session session_token_hash_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.session
    ADD CONSTRAINT session_token_hash_key UNIQUE (token_hash);


--
-- Name: signup signup_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.signup
    ADD CONSTRAINT signup_pkey PRIMARY KEY (id);


--
-- Name: signup signup_token_hash_key; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.signup
    ADD CONSTRAINT signup_token_hash_key UNIQUE (token_hash);


--
-- Name: stranger stranger_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.stranger
    ADD CONSTRAINT stranger_pkey PRIMARY KEY (since, act, network, login);


--
-- Name: subscriber subscriber_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.subscriber
    ADD CONSTRAINT subscriber_pkey PRIMARY KEY (id);


--
-- Name: throttle throttle_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.throttle
    ADD CONSTRAINT throttle_pkey PRIMARY KEY (kind, key, since);


--
-- Name: town_day town_day_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.town_day
    ADD CONSTRAINT town_day_pkey PRIMARY KEY (day);


--
-- Name: try_delay try_delay_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.try_delay
    ADD CONSTRAINT try_delay_pkey PRIMARY KEY (kind, key);


--
-- Name: worker worker_pkey; Type: CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.worker
    ADD CONSTRAINT worker_pkey PRIMARY KEY (host, role, slot);


--
-- Name: alert_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX alert_department ON kairan.alert USING btree (department, changed_at DESC);


--
-- Name: alert_followers; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX alert_followers ON kairan.alert USING btree (original) WHERE (original IS NOT NULL);


--
-- Name: alert_state; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX alert_state ON kairan.alert USING btree (state) WHERE (state = ANY (ARRAY['submitted'::text, 'approved'::text, 'sending'::text, 'paused'::text]));


--
-- Name: bounce_at; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX bounce_at ON kairan.bounce USING btree (at);


--
-- Name: bounce_contact; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX bounce_contact ON kairan.bounce USING btree (contact, at);


--
-- Name: broadcast_unended; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX broadcast_unended ON kairan.broadcast USING btree (alert) WHERE (ended_at IS NULL);


--
-- Name: broadcast_unwritten; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX broadcast_unwritten ON kairan.broadcast USING btree (alert) WHERE (total IS NULL);


--
-- Name: chunk_closed; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX chunk_closed ON kairan.chunk USING btree (urgent, id) WHERE (state = 'closed'::text);


--
-- Name: chunk_handover; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX chunk_handover ON kairan.chunk USING btree (handover);


--
-- Name: chunk_leased; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX chunk_leased ON kairan.chunk USING btree (host, slot) WHERE (state = 'leased'::text);


--
-- Name: chunk_open; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX chunk_open ON kairan.chunk USING btree (alert) WHERE (state <> 'closed'::text);


--
-- Name: chunk_waiting; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX chunk_waiting ON kairan.chunk USING btree (lane, urgent DESC, not_before, id) WHERE (state = 'waiting'::text);


--
-- Name: contact_subscriber; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX contact_subscriber ON kairan.contact USING btree (subscriber, channel);


--
-- Name: contact_suspended; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX contact_suspended ON kairan.contact USING btree (id) WHERE ((suspended_at IS NOT NULL) AND (gone_at IS NULL));


--
-- Name: credential_past_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX credential_past_person ON kairan.credential_past USING btree (person, id);


--
-- Name: delegation_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX delegation_department ON kairan.delegation USING btree (department, id);


--
-- Name: delegation_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX delegation_person ON kairan.delegation USING btree (person);


--
-- Name: doubt_judge; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX doubt_judge ON kairan.doubt USING btree (judge_at);


--
-- Name: form_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX form_department ON kairan.form USING btree (department, id);


--
-- Name: form_open; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX form_open ON kairan.form USING btree (id) WHERE (state = ANY (ARRAY['applied'::text, 'asked_back'::text, 'accepted_once'::text]));


--
-- Name: form_pending_expires; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX form_pending_expires ON kairan.form_pending USING btree (expires);


--
-- Name: guest_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX guest_person ON kairan.guest USING btree (person);


--
-- Name: hours_permit_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX hours_permit_person ON kairan.hours_permit USING btree (person);


--
-- Name: instruction_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX instruction_department ON kairan.instruction USING btree (department, id);


--
-- Name: instruction_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX instruction_person ON kairan.instruction USING btree (person);


--
-- Name: letter_ended; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX letter_ended ON kairan.letter USING btree (ended_at) WHERE (ended_at IS NOT NULL);


--
-- Name: letter_leased; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX letter_leased ON kairan.letter USING btree (host, slot) WHERE (state = 'leased'::text);


--
-- Name: letter_waiting; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX letter_waiting ON kairan.letter USING btree (calm, not_before, id) WHERE (state = 'waiting'::text);


--
-- Name: oplog_by_act; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_act ON ONLY kairan.oplog USING btree (act, seq);


--
-- Name: oplog_2026_act_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_act_seq_idx ON kairan.oplog_2026 USING btree (act, seq);


--
-- Name: oplog_at; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_at ON ONLY kairan.oplog USING btree (at, seq);


--
-- Name: oplog_2026_at_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_at_seq_idx ON kairan.oplog_2026 USING btree (at, seq);


--
-- Name: oplog_by_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_department ON ONLY kairan.oplog USING btree (department, seq);


--
-- Name: oplog_2026_department_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_department_seq_idx ON kairan.oplog_2026 USING btree (department, seq);


--
-- Name: oplog_knocks; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_knocks ON ONLY kairan.oplog USING btree (login, seq) WHERE (act = 'sign-in'::text);


--
-- Name: oplog_2026_login_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_login_seq_idx ON kairan.oplog_2026 USING btree (login, seq) WHERE (act = 'sign-in'::text);


--
-- Name: oplog_by_network; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_network ON ONLY kairan.oplog USING btree (network, seq);


--
-- Name: oplog_2026_network_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_network_seq_idx ON kairan.oplog_2026 USING btree (network, seq);


--
-- Name: oplog_by_object; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_object ON ONLY kairan.oplog USING btree (object, seq);


--
-- Name: oplog_2026_object_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_object_seq_idx ON kairan.oplog_2026 USING btree (object, seq);


--
-- Name: oplog_words; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_words ON ONLY kairan.oplog USING gin (kairan.oplog_grams((seq >> 15), kairan.oplog_words(object, reason, facts)));


--
-- Name: oplog_2026_oplog_grams_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_oplog_grams_idx ON kairan.oplog_2026 USING gin (kairan.oplog_grams((seq >> 15), kairan.oplog_words(object, reason, facts)));


--
-- Name: oplog_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_person ON ONLY kairan.oplog USING btree (person, at);


--
-- Name: oplog_2026_person_at_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_person_at_idx ON kairan.oplog_2026 USING btree (person, at);


--
-- Name: oplog_by_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_person ON ONLY kairan.oplog USING btree (person, seq);


--
-- Name: oplog_2026_person_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_person_seq_idx ON kairan.oplog_2026 USING btree (person, seq);


--
-- Name: oplog_by_role; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_by_role ON ONLY kairan.oplog USING btree (role, seq);


--
-- Name: oplog_2026_role_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_role_seq_idx ON kairan.oplog_2026 USING btree (role, seq);


--
-- Name: oplog_refused; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_refused ON ONLY kairan.oplog USING btree (seq) WHERE (result = 'refused'::text);


--
-- Name: oplog_2026_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2026_seq_idx ON kairan.oplog_2026 USING btree (seq) WHERE (result = 'refused'::text);


--
-- Name: oplog_2027_act_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_act_seq_idx ON kairan.oplog_2027 USING btree (act, seq);


--
-- Name: oplog_2027_at_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_at_seq_idx ON kairan.oplog_2027 USING btree (at, seq);


--
-- Name: oplog_2027_department_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_department_seq_idx ON kairan.oplog_2027 USING btree (department, seq);


--
-- Name: oplog_2027_login_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_login_seq_idx ON kairan.oplog_2027 USING btree (login, seq) WHERE (act = 'sign-in'::text);


--
-- Name: oplog_2027_network_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_network_seq_idx ON kairan.oplog_2027 USING btree (network, seq);


--
-- Name: oplog_2027_object_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_object_seq_idx ON kairan.oplog_2027 USING btree (object, seq);


--
-- Name: oplog_2027_oplog_grams_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_oplog_grams_idx ON kairan.oplog_2027 USING gin (kairan.oplog_grams((seq >> 15), kairan.oplog_words(object, reason, facts)));


--
-- Name: oplog_2027_person_at_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_person_at_idx ON kairan.oplog_2027 USING btree (person, at);


--
-- Name: oplog_2027_person_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_person_seq_idx ON kairan.oplog_2027 USING btree (person, seq);


--
-- Name: oplog_2027_role_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_role_seq_idx ON kairan.oplog_2027 USING btree (role, seq);


--
-- Name: oplog_2027_seq_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX oplog_2027_seq_idx ON kairan.oplog_2027 USING btree (seq) WHERE (result = 'refused'::text);


--
-- Name: outcome_trouble; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX outcome_trouble ON ONLY kairan.outcome USING btree (alert, at) WHERE (final AND (result = ANY (ARRAY['refused'::kairan.result, 'unknown'::kairan.result])));


--
-- Name: outcome_202612_alert_at_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX outcome_202612_alert_at_idx ON kairan.outcome_202612 USING btree (alert, at) WHERE (final AND (result = ANY (ARRAY['refused'::kairan.result, 'unknown'::kairan.result])));


--
-- Name: outcome_final; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE UNIQUE INDEX outcome_final ON ONLY kairan.outcome USING btree (alert, contact, month) WHERE final;


--
-- Name: outcome_202612_alert_contact_month_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE UNIQUE INDEX outcome_202612_alert_contact_month_idx ON kairan.outcome_202612 USING btree (alert, contact, month) WHERE final;


--
-- Name: outcome_202701_alert_at_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX outcome_202701_alert_at_idx ON kairan.outcome_202701 USING btree (alert, at) WHERE (final AND (result = ANY (ARRAY['refused'::kairan.result, 'unknown'::kairan.result])));


--
-- Name: outcome_202701_alert_contact_month_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE UNIQUE INDEX outcome_202701_alert_contact_month_idx ON kairan.outcome_202701 USING btree (alert, contact, month) WHERE final;


--
-- Name: outcome_202702_alert_at_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX outcome_202702_alert_at_idx ON kairan.outcome_202702 USING btree (alert, at) WHERE (final AND (result = ANY (ARRAY['refused'::kairan.result, 'unknown'::kairan.result])));


--
-- Name: outcome_202702_alert_contact_month_idx; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE UNIQUE INDEX outcome_202702_alert_contact_month_idx ON kairan.outcome_202702 USING btree (alert, contact, month) WHERE final;


--
-- Name: post_department; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX post_department ON kairan.post USING btree (department) WHERE (department IS NOT NULL);


--
-- Name: post_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX post_person ON kairan.post USING btree (person);


--
-- Name: sanction_once; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE UNIQUE INDEX sanction_once ON kairan.sanction USING btree (person) WHERE ((kind = 'suspension'::text) AND (lifted IS NULL));


--
-- Name: sanction_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX sanction_person ON kairan.sanction USING btree (person);


--
-- Name: session_odd; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX session_odd ON kairan.session USING btree (made) WHERE odd;


--
-- Name: session_person; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX session_person ON kairan.session USING btree (person) WHERE (ended_at IS NULL);


--
-- Name: signup_made; Type: INDEX; Schema: kairan; Owner: kairan_owner
--

CREATE INDEX signup_made ON kairan.signup USING btree (made);


--
-- Name: delivery_202612_pkey; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.delivery_pkey ATTACH PARTITION kairan.delivery_202612_pkey;


--
-- Name: delivery_202701_pkey; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.delivery_pkey ATTACH PARTITION kairan.delivery_202701_pkey;


--
-- Name: delivery_202702_pkey; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.delivery_pkey ATTACH PARTITION kairan.delivery_202702_pkey;


--
-- Name: oplog_2026_act_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_act ATTACH PARTITION kairan.oplog_2026_act_seq_idx;


--
-- Name: oplog_2026_at_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_at ATTACH PARTITION kairan.oplog_2026_at_seq_idx;


--
-- Name: oplog_2026_department_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_department ATTACH PARTITION kairan.oplog_2026_department_seq_idx;


--
-- Name: oplog_2026_login_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_knocks ATTACH PARTITION kairan.oplog_2026_login_seq_idx;


--
-- Name: oplog_2026_network_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_network ATTACH PARTITION kairan.oplog_2026_network_seq_idx;


--
-- Name: oplog_2026_object_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_object ATTACH PARTITION kairan.oplog_2026_object_seq_idx;


--
-- Name: oplog_2026_oplog_grams_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_words ATTACH PARTITION kairan.oplog_2026_oplog_grams_idx;


--
-- Name: oplog_2026_person_at_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_person ATTACH PARTITION kairan.oplog_2026_person_at_idx;


--
-- Name: oplog_2026_person_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_person ATTACH PARTITION kairan.oplog_2026_person_seq_idx;


--
-- Name: oplog_2026_pkey; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_pkey ATTACH PARTITION kairan.oplog_2026_pkey;


--
-- Name: oplog_2026_role_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_role ATTACH PARTITION kairan.oplog_2026_role_seq_idx;


--
-- Name: oplog_2026_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_refused ATTACH PARTITION kairan.oplog_2026_seq_idx;


--
-- Name: oplog_2027_act_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_act ATTACH PARTITION kairan.oplog_2027_act_seq_idx;


--
-- Name: oplog_2027_at_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_at ATTACH PARTITION kairan.oplog_2027_at_seq_idx;


--
-- Name: oplog_2027_department_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_department ATTACH PARTITION kairan.oplog_2027_department_seq_idx;


--
-- Name: oplog_2027_login_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_knocks ATTACH PARTITION kairan.oplog_2027_login_seq_idx;


--
-- Name: oplog_2027_network_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_network ATTACH PARTITION kairan.oplog_2027_network_seq_idx;


--
-- Name: oplog_2027_object_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_object ATTACH PARTITION kairan.oplog_2027_object_seq_idx;


--
-- Name: oplog_2027_oplog_grams_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_words ATTACH PARTITION kairan.oplog_2027_oplog_grams_idx;


--
-- Name: oplog_2027_person_at_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_person ATTACH PARTITION kairan.oplog_2027_person_at_idx;


--
-- Name: oplog_2027_person_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_person ATTACH PARTITION kairan.oplog_2027_person_seq_idx;


--
-- Name: oplog_2027_pkey; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_pkey ATTACH PARTITION kairan.oplog_2027_pkey;


--
-- Name: oplog_2027_role_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_by_role ATTACH PARTITION kairan.oplog_2027_role_seq_idx;


--
-- Name: oplog_2027_seq_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.oplog_refused ATTACH PARTITION kairan.oplog_2027_seq_idx;


--
-- Name: outcome_202612_alert_at_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_trouble ATTACH PARTITION kairan.outcome_202612_alert_at_idx;


--
-- Name: outcome_202612_alert_contact_month_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_final ATTACH PARTITION kairan.outcome_202612_alert_contact_month_idx;


--
-- Name: outcome_202701_alert_at_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_trouble ATTACH PARTITION kairan.outcome_202701_alert_at_idx;


--
-- Name: outcome_202701_alert_contact_month_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_final ATTACH PARTITION kairan.outcome_202701_alert_contact_month_idx;


--
-- Name: outcome_202702_alert_at_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_trouble ATTACH PARTITION kairan.outcome_202702_alert_at_idx;


--
-- Name: outcome_202702_alert_contact_month_idx; Type: INDEX ATTACH; Schema: kairan; Owner: kairan_owner
--

ALTER INDEX kairan.outcome_final ATTACH PARTITION kairan.outcome_202702_alert_contact_month_idx;


--
-- Name: alert alert_born; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_born BEFORE INSERT ON kairan.alert FOR EACH ROW EXECUTE FUNCTION kairan.alert_born();


--
-- Name: alert alert_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_check BEFORE UPDATE ON kairan.alert FOR EACH ROW EXECUTE FUNCTION kairan.alert_check();


--
-- Name: alert alert_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_history BEFORE DELETE ON kairan.alert FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: alert_return alert_return_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_return_history BEFORE DELETE OR UPDATE ON kairan.alert_return FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: alert_text alert_text_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_text_check BEFORE INSERT ON kairan.alert_text FOR EACH ROW EXECUTE FUNCTION kairan.alert_text_check();


--
-- Name: alert_text alert_text_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_text_history BEFORE DELETE OR UPDATE ON kairan.alert_text FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: alert_version alert_version_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_version_check BEFORE INSERT ON kairan.alert_version FOR EACH ROW EXECUTE FUNCTION kairan.alert_version_check();


--
-- Name: alert_version alert_version_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER alert_version_history BEFORE DELETE OR UPDATE ON kairan.alert_version FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: approval approval_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER approval_check BEFORE INSERT ON kairan.approval FOR EACH ROW EXECUTE FUNCTION kairan.approval_check();


--
-- Name: approval approval_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER approval_history BEFORE DELETE OR UPDATE ON kairan.approval FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: approval approval_original; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER approval_original BEFORE INSERT ON kairan.approval FOR EACH ROW EXECUTE FUNCTION kairan.approval_original();


--
-- Name: approval approval_proved; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER approval_proved BEFORE INSERT ON kairan.approval FOR EACH ROW EXECUTE FUNCTION kairan.approval_proved();


--
-- Name: contact audience_came; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER audience_came AFTER INSERT ON kairan.contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kairan.audience_fresh_contacts();


--
-- Name: contact audience_changed; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER audience_changed AFTER UPDATE ON kairan.contact REFERENCING OLD TABLE AS old NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kairan.audience_contacts();


--
-- Name: subscriber audience_chose; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER audience_chose AFTER UPDATE ON kairan.subscriber REFERENCING OLD TABLE AS old NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kairan.audience_choices();


--
-- Name: contact audience_nobody; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER audience_nobody AFTER TRUNCATE ON kairan.contact FOR EACH STATEMENT EXECUTE FUNCTION kairan.audience_nobody();


--
-- Name: contact contact_doubt; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER contact_doubt AFTER UPDATE OF suspended_at, gone_at ON kairan.contact FOR EACH ROW WHEN (((new.suspended_at IS NULL) OR (new.gone_at IS NOT NULL))) EXECUTE FUNCTION kairan.doubt_clear();


--
-- Name: contact contact_stays; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER contact_stays BEFORE DELETE ON kairan.contact FOR EACH STATEMENT EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: delegation delegation_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER delegation_check BEFORE UPDATE ON kairan.delegation FOR EACH ROW EXECUTE FUNCTION kairan.delegation_check();


--
-- Name: delegation delegation_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER delegation_history BEFORE DELETE ON kairan.delegation FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: department_name department_name_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER department_name_history BEFORE DELETE OR UPDATE ON kairan.department_name FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: department department_renamed; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER department_renamed BEFORE UPDATE ON kairan.department FOR EACH ROW EXECUTE FUNCTION kairan.department_renamed();


--
-- Name: factor factor_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER factor_check BEFORE UPDATE ON kairan.factor FOR EACH ROW EXECUTE FUNCTION kairan.factor_check();


--
-- Name: form form_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER form_check BEFORE UPDATE ON kairan.form FOR EACH ROW EXECUTE FUNCTION kairan.form_check();


--
-- Name: form_event form_event_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER form_event_history BEFORE DELETE OR UPDATE ON kairan.form_event FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: form_event form_event_whole; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER form_event_whole BEFORE TRUNCATE ON kairan.form_event FOR EACH STATEMENT EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: form form_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER form_history BEFORE DELETE ON kairan.form FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: guest guest_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER guest_check BEFORE INSERT ON kairan.guest FOR EACH ROW EXECUTE FUNCTION kairan.guest_check();


--
-- Name: guest guest_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER guest_history BEFORE DELETE OR UPDATE ON kairan.guest FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: inspection_finding inspection_finding_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER inspection_finding_history BEFORE INSERT OR DELETE OR UPDATE ON kairan.inspection_finding FOR EACH ROW EXECUTE FUNCTION kairan.inspection_finding_history();


--
-- Name: inspection inspection_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER inspection_history BEFORE DELETE OR UPDATE ON kairan.inspection FOR EACH ROW EXECUTE FUNCTION kairan.inspection_history();


--
-- Name: oplog oplog_history; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER oplog_history BEFORE DELETE OR UPDATE ON kairan.oplog FOR EACH ROW EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: oplog oplog_whole; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON kairan.oplog FOR EACH STATEMENT EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: oplog_2026 oplog_whole; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON kairan.oplog_2026 FOR EACH STATEMENT EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: oplog_2027 oplog_whole; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER oplog_whole BEFORE TRUNCATE ON kairan.oplog_2027 FOR EACH STATEMENT EXECUTE FUNCTION kairan.refuse_change();


--
-- Name: post post_check; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER post_check BEFORE INSERT OR UPDATE ON kairan.post FOR EACH ROW EXECUTE FUNCTION kairan.post_check();


--
-- Name: post post_opened; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER post_opened AFTER INSERT ON kairan.post FOR EACH ROW EXECUTE FUNCTION kairan.post_opened();


--
-- Name: session session_mark; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER session_mark BEFORE INSERT ON kairan.session FOR EACH ROW EXECUTE FUNCTION kairan.session_mark();


--
-- Name: session session_odd; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER session_odd AFTER INSERT ON kairan.session FOR EACH ROW WHEN (new.odd) EXECUTE FUNCTION kairan.session_odd();


--
-- Name: session session_opened; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER session_opened AFTER INSERT ON kairan.session FOR EACH ROW EXECUTE FUNCTION kairan.session_opened();


--
-- Name: subscriber subscriber_came; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER subscriber_came AFTER INSERT ON kairan.subscriber REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kairan.subscriber_check();


--
-- Name: subscriber subscriber_changed; Type: TRIGGER; Schema: kairan; Owner: kairan_owner
--

CREATE TRIGGER subscriber_changed AFTER UPDATE ON kairan.subscriber REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION kairan.subscriber_check();


--
-- Name: alert alert_creator_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert
    ADD CONSTRAINT alert_creator_fkey FOREIGN KEY (creator) REFERENCES kairan.person(id);


--
-- Name: alert alert_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert
    ADD CONSTRAINT alert_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: alert alert_original_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert
    ADD CONSTRAINT alert_original_fkey FOREIGN KEY (original) REFERENCES kairan.alert(id);


--
-- Name: alert_return alert_return_alert_version_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_return
    ADD CONSTRAINT alert_return_alert_version_fkey FOREIGN KEY (alert, version) REFERENCES kairan.alert_version(alert, version);


--
-- Name: alert_return alert_return_approver_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_return
    ADD CONSTRAINT alert_return_approver_fkey FOREIGN KEY (approver) REFERENCES kairan.person(id);


--
-- Name: alert alert_submitter_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert
    ADD CONSTRAINT alert_submitter_fkey FOREIGN KEY (submitter) REFERENCES kairan.person(id);


--
-- Name: alert_text alert_text_alert_version_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_text
    ADD CONSTRAINT alert_text_alert_version_fkey FOREIGN KEY (alert, version) REFERENCES kairan.alert_version(alert, version);


--
-- Name: alert_version alert_version_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_version
    ADD CONSTRAINT alert_version_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: alert_version alert_version_editor_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.alert_version
    ADD CONSTRAINT alert_version_editor_fkey FOREIGN KEY (editor) REFERENCES kairan.person(id);


--
-- Name: approval approval_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: approval approval_alert_version_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_alert_version_fkey FOREIGN KEY (alert, version) REFERENCES kairan.alert_version(alert, version);


--
-- Name: approval approval_approver_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_approver_fkey FOREIGN KEY (approver) REFERENCES kairan.person(id);


--
-- Name: approval approval_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id);


--
-- Name: approval approval_session_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.approval
    ADD CONSTRAINT approval_session_fkey FOREIGN KEY (session) REFERENCES kairan.session(id);


--
-- Name: bounce_collected bounce_collected_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.bounce_collected
    ADD CONSTRAINT bounce_collected_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: bounce_storm bounce_storm_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.bounce_storm
    ADD CONSTRAINT bounce_storm_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: broadcast broadcast_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast
    ADD CONSTRAINT broadcast_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: broadcast_part broadcast_part_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast_part
    ADD CONSTRAINT broadcast_part_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: broadcast_tally broadcast_tally_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.broadcast_tally
    ADD CONSTRAINT broadcast_tally_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: category category_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.category
    ADD CONSTRAINT category_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: chunk chunk_alert_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.chunk
    ADD CONSTRAINT chunk_alert_fkey FOREIGN KEY (alert) REFERENCES kairan.alert(id);


--
-- Name: chunk chunk_lane; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.chunk
    ADD CONSTRAINT chunk_lane FOREIGN KEY (lane) REFERENCES kairan.lane(name) ON DELETE SET DEFAULT;


--
-- Name: contact contact_subscriber_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.contact
    ADD CONSTRAINT contact_subscriber_fkey FOREIGN KEY (subscriber) REFERENCES kairan.subscriber(id);


--
-- Name: credential_past credential_past_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.credential_past
    ADD CONSTRAINT credential_past_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: credential credential_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.credential
    ADD CONSTRAINT credential_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: delegation delegation_approver_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_approver_fkey FOREIGN KEY (approver) REFERENCES kairan.person(id);


--
-- Name: delegation delegation_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: delegation delegation_ended_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES kairan.person(id);


--
-- Name: delegation delegation_made_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_made_by_fkey FOREIGN KEY (made_by) REFERENCES kairan.person(id);


--
-- Name: delegation delegation_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: delegation delegation_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.delegation
    ADD CONSTRAINT delegation_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id) ON DELETE SET NULL;


--
-- Name: department_name department_name_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.department_name
    ADD CONSTRAINT department_name_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: device device_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.device
    ADD CONSTRAINT device_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: doubt doubt_contact_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.doubt
    ADD CONSTRAINT doubt_contact_fkey FOREIGN KEY (contact) REFERENCES kairan.contact(id);


--
-- Name: factor factor_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.factor
    ADD CONSTRAINT factor_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: form form_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: form_event form_event_by__fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_event
    ADD CONSTRAINT form_event_by__fkey FOREIGN KEY (by_) REFERENCES kairan.person(id);


--
-- Name: form_event form_event_form_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_event
    ADD CONSTRAINT form_event_form_fkey FOREIGN KEY (form) REFERENCES kairan.form(id);


--
-- Name: form_event form_event_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_event
    ADD CONSTRAINT form_event_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id);


--
-- Name: form form_head_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_head_fkey FOREIGN KEY (head) REFERENCES kairan.person(id);


--
-- Name: form form_once_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_once_by_fkey FOREIGN KEY (once_by) REFERENCES kairan.person(id);


--
-- Name: form_pending form_pending_form_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form_pending
    ADD CONSTRAINT form_pending_form_fkey FOREIGN KEY (form) REFERENCES kairan.form(id);


--
-- Name: form form_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: form form_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.form
    ADD CONSTRAINT form_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id) ON DELETE SET NULL;


--
-- Name: guest guest_made_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.guest
    ADD CONSTRAINT guest_made_by_fkey FOREIGN KEY (made_by) REFERENCES kairan.person(id);


--
-- Name: guest guest_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.guest
    ADD CONSTRAINT guest_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: hours_permit hours_permit_granter_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.hours_permit
    ADD CONSTRAINT hours_permit_granter_fkey FOREIGN KEY (granter) REFERENCES kairan.person(id);


--
-- Name: hours_permit hours_permit_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.hours_permit
    ADD CONSTRAINT hours_permit_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: import import_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import
    ADD CONSTRAINT import_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: import_refusal import_refusal_import_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_refusal
    ADD CONSTRAINT import_refusal_import_fkey FOREIGN KEY (import) REFERENCES kairan.import(id);


--
-- Name: import_row import_row_import_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_row
    ADD CONSTRAINT import_row_import_fkey FOREIGN KEY (import) REFERENCES kairan.import(id);


--
-- Name: import_work import_work_import_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.import_work
    ADD CONSTRAINT import_work_import_fkey FOREIGN KEY (import) REFERENCES kairan.import(id);


--
-- Name: inspection inspection_closed_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.inspection
    ADD CONSTRAINT inspection_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES kairan.person(id);


--
-- Name: inspection_finding inspection_finding_inspection_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.inspection_finding
    ADD CONSTRAINT inspection_finding_inspection_fkey FOREIGN KEY (inspection) REFERENCES kairan.inspection(id);


--
-- Name: inspection inspection_inspector_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.inspection
    ADD CONSTRAINT inspection_inspector_fkey FOREIGN KEY (inspector) REFERENCES kairan.person(id);


--
-- Name: instruction instruction_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.instruction
    ADD CONSTRAINT instruction_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: instruction instruction_made_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.instruction
    ADD CONSTRAINT instruction_made_by_fkey FOREIGN KEY (made_by) REFERENCES kairan.person(id);


--
-- Name: instruction instruction_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.instruction
    ADD CONSTRAINT instruction_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: instruction instruction_seen_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.instruction
    ADD CONSTRAINT instruction_seen_by_fkey FOREIGN KEY (seen_by) REFERENCES kairan.person(id);


--
-- Name: lane_domain lane_domain_lane_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.lane_domain
    ADD CONSTRAINT lane_domain_lane_fkey FOREIGN KEY (lane) REFERENCES kairan.lane(name);


--
-- Name: lane_state lane_state_lane_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.lane_state
    ADD CONSTRAINT lane_state_lane_fkey FOREIGN KEY (lane) REFERENCES kairan.lane(name) ON DELETE CASCADE;


--
-- Name: letter letter_contact_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.letter
    ADD CONSTRAINT letter_contact_fkey FOREIGN KEY (contact) REFERENCES kairan.contact(id);


--
-- Name: oplog_check oplog_check_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_check
    ADD CONSTRAINT oplog_check_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: oplog_purge oplog_purge_asked_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_purge
    ADD CONSTRAINT oplog_purge_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES kairan.person(id);


--
-- Name: oplog_purge oplog_purge_confirmed_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.oplog_purge
    ADD CONSTRAINT oplog_purge_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES kairan.person(id);


--
-- Name: person person_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.person
    ADD CONSTRAINT person_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: post post_department_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_department_fkey FOREIGN KEY (department) REFERENCES kairan.department(id);


--
-- Name: post post_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.post
    ADD CONSTRAINT post_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: recovery_code recovery_code_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.recovery_code
    ADD CONSTRAINT recovery_code_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: sanction sanction_lifted_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.sanction
    ADD CONSTRAINT sanction_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES kairan.person(id);


--
-- Name: sanction sanction_made_by_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.sanction
    ADD CONSTRAINT sanction_made_by_fkey FOREIGN KEY (made_by) REFERENCES kairan.person(id);


--
-- Name: sanction sanction_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.sanction
    ADD CONSTRAINT sanction_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: sanction sanction_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.sanction
    ADD CONSTRAINT sanction_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id);


--
-- Name: session session_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.session
    ADD CONSTRAINT session_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: session session_post_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.session
    ADD CONSTRAINT session_post_fkey FOREIGN KEY (post) REFERENCES kairan.post(id);


--
-- Name: subscriber subscriber_import_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.subscriber
    ADD CONSTRAINT subscriber_import_fkey FOREIGN KEY (import) REFERENCES kairan.import(id);


--
-- Name: town_day town_day_person_fkey; Type: FK CONSTRAINT; Schema: kairan; Owner: kairan_owner
--

ALTER TABLE ONLY kairan.town_day
    ADD CONSTRAINT town_day_person_fkey FOREIGN KEY (person) REFERENCES kairan.person(id);


--
-- Name: SCHEMA kairan; Type: ACL; Schema: -; Owner: kairan_owner
--

GRANT USAGE ON SCHEMA kairan TO kairan_public;
GRANT USAGE ON SCHEMA kairan TO kairan_staff;
GRANT USAGE ON SCHEMA kairan TO kairan_sender;
GRANT USAGE ON SCHEMA kairan TO kairan_intake;
GRANT USAGE ON SCHEMA kairan TO kairan_house;


--
-- Name: FUNCTION access_rule_facts(r kairan.access_rule); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rule_facts(r kairan.access_rule) FROM PUBLIC;


--
-- Name: FUNCTION access_rule_info(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rule_info(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.access_rule_info(token text) TO kairan_staff;


--
-- Name: FUNCTION access_rule_of(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rule_of(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) FROM PUBLIC;


--
-- Name: FUNCTION access_rule_store(r kairan.access_rule, login text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rule_store(r kairan.access_rule, login text) FROM PUBLIC;


--
-- Name: FUNCTION access_rules_keep(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rules_keep(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.access_rules_keep(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) TO kairan_staff;


--
-- Name: FUNCTION access_rules_take(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.access_rules_take(roles text, proof_min integer, usual_from time without time zone, usual_to time without time zone, enforced boolean) FROM PUBLIC;


--
-- Name: FUNCTION account_delegations(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.account_delegations(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.account_delegations(token text) TO kairan_staff;


--
-- Name: FUNCTION account_lang(token text, lang text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.account_lang(token text, lang text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.account_lang(token text, lang text, network inet) TO kairan_staff;


--
-- Name: FUNCTION account_posts(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.account_posts(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.account_posts(token text) TO kairan_staff;


--
-- Name: FUNCTION account_read(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.account_read(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.account_read(token text) TO kairan_staff;


--
-- Name: FUNCTION act_is_grave(act text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.act_is_grave(act text) FROM PUBLIC;


--
-- Name: FUNCTION act_roles(act text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.act_roles(act text) FROM PUBLIC;


--
-- Name: FUNCTION actor_for(token text, network inet, act text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.actor_for(token text, network inet, act text) FROM PUBLIC;


--
-- Name: FUNCTION actor_of(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.actor_of(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION address_hash(address text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.address_hash(address text) FROM PUBLIC;


--
-- Name: FUNCTION alert_actor(token text, network inet, alert_ bigint, act text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_actor(token text, network inet, alert_ bigint, act text) FROM PUBLIC;


--
-- Name: FUNCTION alert_approve(token text, alert_ bigint, fingerprint bytea, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_approve(token text, alert_ bigint, fingerprint bytea, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_approve(token text, alert_ bigint, fingerprint bytea, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_born(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_born() FROM PUBLIC;


--
-- Name: FUNCTION alert_chain(alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_chain(alert_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION alert_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_check() FROM PUBLIC;


--
-- Name: FUNCTION alert_choices(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_choices(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_choices(token text) TO kairan_staff;


--
-- Name: FUNCTION alert_correct(token text, original_ bigint, alert_ bigint, based_on integer, act_ text, langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[], urgent_ boolean, urgent_reason_ text, valid_until_ timestamp with time zone, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_correct(token text, original_ bigint, alert_ bigint, based_on integer, act_ text, langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[], urgent_ boolean, urgent_reason_ text, valid_until_ timestamp with time zone, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_correct(token text, original_ bigint, alert_ bigint, based_on integer, act_ text, langs text[], titles text[], bodies text[], unreached_titles text[], unreached_bodies text[], urgent_ boolean, urgent_reason_ text, valid_until_ timestamp with time zone, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_corrigible(o kairan.alert, by_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_corrigible(o kairan.alert, by_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION alert_discard(token text, alert_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_discard(token text, alert_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_discard(token text, alert_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_expire(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_expire() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_expire() TO kairan_house;


--
-- Name: FUNCTION alert_fields(alert_ bigint, version_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_fields(alert_ bigint, version_ integer) FROM PUBLIC;


--
-- Name: FUNCTION alert_fingerprint(alert_ bigint, version_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_fingerprint(alert_ bigint, version_ integer) FROM PUBLIC;


--
-- Name: FUNCTION alert_list(token text, before_ bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_list(token text, before_ bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_list(token text, before_ bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION alert_move(a kairan.actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_move(a kairan.actor, alert_ bigint, from_ text[], to_ text, act_ text, reason text, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION alert_pause(token text, alert_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_pause(token text, alert_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_pause(token text, alert_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_read(token text, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_read(token text, alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_read(token text, alert_ bigint) TO kairan_staff;


--
-- Name: FUNCTION alert_resume(token text, alert_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_resume(token text, alert_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_resume(token text, alert_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_return(token text, alert_ bigint, version_ integer, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_return(token text, alert_ bigint, version_ integer, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_return(token text, alert_ bigint, version_ integer, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_save(token text, alert_ bigint, based_on integer, langs text[], titles text[], bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_save(token text, alert_ bigint, based_on integer, langs text[], titles text[], bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_save(token text, alert_ bigint, based_on integer, langs text[], titles text[], bodies text[], categories smallint[], areas smallint[], everybody boolean, urgent boolean, urgent_reason text, valid_until timestamp with time zone, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_sent(alert_ bigint, version_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_sent(alert_ bigint, version_ integer) FROM PUBLIC;


--
-- Name: FUNCTION alert_stamp(drill boolean, act text, reached boolean, lang text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_stamp(drill boolean, act text, reached boolean, lang text) FROM PUBLIC;


--
-- Name: FUNCTION alert_stop(token text, alert_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_stop(token text, alert_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_stop(token text, alert_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_submit(token text, alert_ bigint, version_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_submit(token text, alert_ bigint, version_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_submit(token text, alert_ bigint, version_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION alert_supersede(a kairan.actor, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_supersede(a kairan.actor, alert_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION alert_text_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_text_check() FROM PUBLIC;


--
-- Name: FUNCTION alert_texts(token text, alert_ bigint, version_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_texts(token text, alert_ bigint, version_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_texts(token text, alert_ bigint, version_ integer) TO kairan_staff;


--
-- Name: FUNCTION alert_version_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_version_check() FROM PUBLIC;


--
-- Name: FUNCTION alert_withdraw(token text, alert_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.alert_withdraw(token text, alert_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.alert_withdraw(token text, alert_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION approval_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.approval_check() FROM PUBLIC;


--
-- Name: FUNCTION approval_original(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.approval_original() FROM PUBLIC;


--
-- Name: FUNCTION approval_proved(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.approval_proved() FROM PUBLIC;


--
-- Name: FUNCTION approver_change(token text, department_ bigint, person_ bigint, at timestamp with time zone, exception_ text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.approver_change(token text, department_ bigint, person_ bigint, at timestamp with time zone, exception_ text, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.approver_change(token text, department_ bigint, person_ bigint, at timestamp with time zone, exception_ text, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION audience_choices(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_choices() FROM PUBLIC;


--
-- Name: FUNCTION audience_contacts(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_contacts() FROM PUBLIC;


--
-- Name: FUNCTION audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean) TO kairan_staff;


--
-- Name: FUNCTION audience_fold(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_fold() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.audience_fold() TO kairan_house;


--
-- Name: FUNCTION audience_fresh_contacts(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_fresh_contacts() FROM PUBLIC;


--
-- Name: FUNCTION audience_nobody(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.audience_nobody() FROM PUBLIC;


--
-- Name: FUNCTION b64url(data bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.b64url(data bytea) FROM PUBLIC;


--
-- Name: FUNCTION b64url_decode(t text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.b64url_decode(t text) FROM PUBLIC;


--
-- Name: FUNCTION base32(data bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.base32(data bytea) FROM PUBLIC;


--
-- Name: FUNCTION begin_at(at timestamp with time zone, field text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.begin_at(at timestamp with time zone, field text) FROM PUBLIC;


--
-- Name: FUNCTION behalf_of(department_ bigint, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.behalf_of(department_ bigint, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION bounce_collect(most integer, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_collect(most integer, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION bounce_contact(kind_ "char", alert_ bigint, part_ bigint, address_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_contact(kind_ "char", alert_ bigint, part_ bigint, address_ text) FROM PUBLIC;


--
-- Name: FUNCTION bounce_crowd(failed bigint, total bigint, share numeric); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_crowd(failed bigint, total bigint, share numeric) FROM PUBLIC;


--
-- Name: FUNCTION bounce_forget(most integer, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_forget(most integer, at_ timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.bounce_forget(most integer, at_ timestamp with time zone) TO kairan_house;


--
-- Name: FUNCTION bounce_judge(most integer, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_judge(most integer, at_ timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.bounce_judge(most integer, at_ timestamp with time zone) TO kairan_house;


--
-- Name: FUNCTION bounce_note(alert_ bigint, contact_ bigint, kind_ text, status_ text, source_ text, reply_ text, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_note(alert_ bigint, contact_ bigint, kind_ text, status_ text, source_ text, reply_ text, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION bounce_rank(kind text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_rank(kind text) FROM PUBLIC;


--
-- Name: FUNCTION bounce_storms(at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_storms(at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.bounce_take(token text, kinds text[], statuses text[], addresses text[], replies text[]) TO kairan_intake;


--
-- Name: FUNCTION bounce_take_at(token text, kinds text[], statuses text[], addresses text[], replies text[], at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.bounce_take_at(token text, kinds text[], statuses text[], addresses text[], replies text[], at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION broadcast_doubt(alert_ bigint, reply text, often boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_doubt(alert_ bigint, reply text, often boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_doubt(alert_ bigint, reply text, often boolean) TO kairan_sender;


--
-- Name: FUNCTION broadcast_finish(alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_finish(alert_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION broadcast_fold(alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_fold(alert_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION broadcast_halt(alert_ bigint, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_halt(alert_ bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_halt(alert_ bigint, reason text) TO kairan_sender;


--
-- Name: FUNCTION broadcast_judge(alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_judge(alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_judge(alert_ bigint) TO kairan_house;
GRANT ALL ON FUNCTION kairan.broadcast_judge(alert_ bigint) TO kairan_sender;


--
-- Name: FUNCTION broadcast_load(alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_load(alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_load(alert_ bigint) TO kairan_sender;


--
-- Name: FUNCTION broadcast_pause(alert_ bigint, reason text, reply text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_pause(alert_ bigint, reason text, reply text) FROM PUBLIC;


--
-- Name: FUNCTION broadcast_read(token text, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_read(token text, alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_read(token text, alert_ bigint) TO kairan_staff;


--
-- Name: FUNCTION broadcast_refusals(token text, alert_ bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_refusals(token text, alert_ bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_refusals(token text, alert_ bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION broadcast_settle(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_settle() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_settle() TO kairan_house;


--
-- Name: FUNCTION broadcast_states(alerts bigint[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_states(alerts bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_states(alerts bigint[]) TO kairan_sender;


--
-- Name: FUNCTION broadcast_sums(alert_ bigint, OUT accepted integer, OUT refused integer, OUT expired integer, OUT cancelled integer, OUT unknown integer, OUT retried integer, OUT ended integer, OUT first_accepted_at timestamp with time zone, OUT last_outcome_at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_sums(alert_ bigint, OUT accepted integer, OUT refused integer, OUT expired integer, OUT cancelled integer, OUT unknown integer, OUT retried integer, OUT ended integer, OUT first_accepted_at timestamp with time zone, OUT last_outcome_at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION broadcast_sweep(most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.broadcast_sweep(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.broadcast_sweep(most integer) TO kairan_house;


--
-- Name: FUNCTION calendar(token text, from_ date, to_ date); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.calendar(token text, from_ date, to_ date) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.calendar(token text, from_ date, to_ date) TO kairan_staff;


--
-- Name: FUNCTION calendar_administrator(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.calendar_administrator(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION check_begin(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.check_begin(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION check_end(k kairan.oplog_check); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.check_end(k kairan.oplog_check) FROM PUBLIC;


--
-- Name: FUNCTION check_start(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.check_start(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.check_start(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION check_state(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.check_state(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.check_state(token text) TO kairan_staff;


--
-- Name: FUNCTION check_step(most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.check_step(most integer) FROM PUBLIC;


--
-- Name: FUNCTION choices(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.choices() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.choices() TO kairan_public;
GRANT ALL ON FUNCTION kairan.choices() TO kairan_staff;


--
-- Name: FUNCTION choices_known(categories smallint[], areas smallint[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.choices_known(categories smallint[], areas smallint[]) FROM PUBLIC;


--
-- Name: FUNCTION chunk_claim(host_ text, slot_ integer, lanes text[], wants integer[], chunks integer, quiet_from time without time zone, quiet_to time without time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_claim(host_ text, slot_ integer, lanes text[], wants integer[], chunks integer, quiet_from time without time zone, quiet_to time without time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_claim(host_ text, slot_ integer, lanes text[], wants integer[], chunks integer, quiet_from time without time zone, quiet_to time without time zone) TO kairan_sender;


--
-- Name: FUNCTION chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]) TO kairan_house;
GRANT ALL ON FUNCTION kairan.chunk_close(chunk_ bigint, token_ bigint, temporary bigint[], delay_s integer, unknown bigint[]) TO kairan_sender;


--
-- Name: FUNCTION chunk_doubt(chunk_ bigint, token_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_doubt(chunk_ bigint, token_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_doubt(chunk_ bigint, token_ bigint) TO kairan_house;
GRANT ALL ON FUNCTION kairan.chunk_doubt(chunk_ bigint, token_ bigint) TO kairan_sender;


--
-- Name: FUNCTION chunk_free_silent(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_free_silent() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_free_silent() TO kairan_house;


--
-- Name: FUNCTION chunk_held(host_ text, slot_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_held(host_ text, slot_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_held(host_ text, slot_ integer) TO kairan_house;
GRANT ALL ON FUNCTION kairan.chunk_held(host_ text, slot_ integer) TO kairan_sender;


--
-- Name: FUNCTION chunk_slots(host_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.chunk_slots(host_ text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.chunk_slots(host_ text) TO kairan_house;


--
-- Name: FUNCTION complaint_act(alert_ bigint, contact_ bigint, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.complaint_act(alert_ bigint, contact_ bigint, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION credential_former(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.credential_former(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION credential_one_time(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.credential_one_time(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.credential_raise(token text, proof bytea, salt bytea, cost text, verifier bytea) TO kairan_staff;


--
-- Name: FUNCTION credential_reset(me kairan.actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.credential_reset(me kairan.actor, person_ bigint, salt bytea, cost text, verifier bytea, reason text) FROM PUBLIC;


--
-- Name: FUNCTION day_before(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_before(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION day_closed(day_ date); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_closed(day_ date) FROM PUBLIC;


--
-- Name: FUNCTION day_era(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_era(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION day_first(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_first(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION day_jst(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_jst(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION day_last(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_last(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION day_set(token text, day_ date, open_ boolean, note_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_set(token text, day_ date, open_ boolean, note_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.day_set(token text, day_ date, open_ boolean, note_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION day_unset(token text, day_ date, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.day_unset(token text, day_ date, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.day_unset(token text, day_ date, network inet) TO kairan_staff;


--
-- Name: FUNCTION delegation_candidates(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_candidates(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.delegation_candidates(token text) TO kairan_staff;


--
-- Name: FUNCTION delegation_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_check() FROM PUBLIC;


--
-- Name: FUNCTION delegation_cut(delegation_ bigint, at timestamp with time zone, by_ bigint, reason_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_cut(delegation_ bigint, at timestamp with time zone, by_ bigint, reason_ text) FROM PUBLIC;


--
-- Name: FUNCTION delegation_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.delegation_list(token text) TO kairan_staff;


--
-- Name: FUNCTION delegation_make(token text, department_ bigint, person_ bigint, from_ timestamp with time zone, until_ timestamp with time zone, reason_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_make(token text, department_ bigint, person_ bigint, from_ timestamp with time zone, until_ timestamp with time zone, reason_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.delegation_make(token text, department_ bigint, person_ bigint, from_ timestamp with time zone, until_ timestamp with time zone, reason_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION delegation_principal(post_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_principal(post_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION delegation_revoke(token text, delegation_ bigint, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delegation_revoke(token text, delegation_ bigint, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.delegation_revoke(token text, delegation_ bigint, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION delivery_partition(month date); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.delivery_partition(month date) FROM PUBLIC;


--
-- Name: FUNCTION department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.department_add(token text, code_ text, name_ text, name_en_ text, of_administrator_ boolean, network inet) TO kairan_staff;


--
-- Name: FUNCTION department_change(token text, department_ bigint, name_ text, name_en_ text, of_administrator_ boolean, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_change(token text, department_ bigint, name_ text, name_en_ text, of_administrator_ boolean, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.department_change(token text, department_ bigint, name_ text, name_en_ text, of_administrator_ boolean, network inet) TO kairan_staff;


--
-- Name: FUNCTION department_choices(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_choices(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.department_choices(token text) TO kairan_staff;


--
-- Name: FUNCTION department_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.department_list(token text) TO kairan_staff;


--
-- Name: FUNCTION department_name_at(department_ bigint, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_name_at(department_ bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION department_refused(rule text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_refused(rule text) FROM PUBLIC;


--
-- Name: FUNCTION department_renamed(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_renamed() FROM PUBLIC;


--
-- Name: FUNCTION department_there(department_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.department_there(department_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION domain_of(address text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.domain_of(address text) FROM PUBLIC;


--
-- Name: FUNCTION doubt_clear(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.doubt_clear() FROM PUBLIC;


--
-- Name: FUNCTION doubt_judge(d kairan.doubt, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.doubt_judge(d kairan.doubt, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION doubt_reason(contact_ bigint, since timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.doubt_reason(contact_ bigint, since timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION doubt_refuted(contact_ bigint, last_ timestamp with time zone, at_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.doubt_refuted(contact_ bigint, last_ timestamp with time zone, at_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION end_called(given kairan.result, in_doubt boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.end_called(given kairan.result, in_doubt boolean) FROM PUBLIC;


--
-- Name: FUNCTION factor_accept(person_ bigint, typed text, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_accept(person_ bigint, typed text, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION factor_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_check() FROM PUBLIC;


--
-- Name: FUNCTION factor_code(typed text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_code(typed text) FROM PUBLIC;


--
-- Name: FUNCTION factor_confirm(token text, code text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_confirm(token text, code text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_confirm(token text, code text, network inet) TO kairan_staff;


--
-- Name: FUNCTION factor_delay(wrong integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_delay(wrong integer) FROM PUBLIC;


--
-- Name: FUNCTION factor_enrol(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_enrol(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_enrol(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION factor_forget(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_forget(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION factor_fresh(a kairan.actor); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_fresh(a kairan.actor) FROM PUBLIC;


--
-- Name: FUNCTION factor_held(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_held(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION factor_info(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_info(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_info(token text) TO kairan_staff;


--
-- Name: FUNCTION factor_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_list(token text) TO kairan_staff;


--
-- Name: FUNCTION factor_may_set(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_may_set(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION factor_needed(post_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_needed(post_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION factor_open(sealed bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_open(sealed bytea) FROM PUBLIC;


--
-- Name: FUNCTION factor_pending(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_pending(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_pending(token text) TO kairan_staff;


--
-- Name: FUNCTION factor_prove(token text, code text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_prove(token text, code text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_prove(token text, code text, network inet) TO kairan_staff;


--
-- Name: FUNCTION factor_renew(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_renew(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_renew(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION factor_reset(token text, person_ bigint, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_reset(token text, person_ bigint, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.factor_reset(token text, person_ bigint, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION factor_reset_operator(login_ text, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_reset_operator(login_ text, reason text) FROM PUBLIC;


--
-- Name: FUNCTION factor_seal(seed bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_seal(seed bytea) FROM PUBLIC;


--
-- Name: FUNCTION factor_try(person_ bigint, typed text, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.factor_try(person_ bigint, typed text, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION fanout_defer(alert_ bigint, wait_ms integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_defer(alert_ bigint, wait_ms integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.fanout_defer(alert_ bigint, wait_ms integer) TO kairan_sender;


--
-- Name: FUNCTION fanout_follow(alert_ bigint, most integer, chunk_members integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_follow(alert_ bigint, most integer, chunk_members integer) FROM PUBLIC;


--
-- Name: FUNCTION fanout_next(quiet_from time without time zone, quiet_to time without time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_next(quiet_from time without time zone, quiet_to time without time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.fanout_next(quiet_from time without time zone, quiet_to time without time zone) TO kairan_sender;


--
-- Name: FUNCTION fanout_skip(alert_ bigint, why text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_skip(alert_ bigint, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.fanout_skip(alert_ bigint, why text) TO kairan_sender;


--
-- Name: FUNCTION fanout_slice(alert_ bigint, span integer, chunk_members integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_slice(alert_ bigint, span integer, chunk_members integer) FROM PUBLIC;


--
-- Name: FUNCTION fanout_step(alert_ bigint, span integer, chunk_members integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fanout_step(alert_ bigint, span integer, chunk_members integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.fanout_step(alert_ bigint, span integer, chunk_members integer) TO kairan_sender;


--
-- Name: FUNCTION fiscal_end(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fiscal_end(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION fiscal_year(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.fiscal_year(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION form_accept(token text, form_ bigint, version_ integer, note text, salt bytea, cost text, verifier bytea, network inet, OUT state text, OUT person bigint, OUT fresh boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_accept(token text, form_ bigint, version_ integer, note text, salt bytea, cost text, verifier bytea, network inet, OUT state text, OUT person bigint, OUT fresh boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_accept(token text, form_ bigint, version_ integer, note text, salt bytea, cost text, verifier bytea, network inet, OUT state text, OUT person bigint, OUT fresh boolean) TO kairan_staff;


--
-- Name: FUNCTION form_again(token text, form_ bigint, version_ integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_again(token text, form_ bigint, version_ integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_again(token text, form_ bigint, version_ integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_answer(token text, form_ bigint, version_ integer, to_ text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_answer(token text, form_ bigint, version_ integer, to_ text, reason text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION form_answered(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_answered(token text) FROM PUBLIC;


--
-- Name: FUNCTION form_apply(token text, kind integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_apply(token text, kind integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_apply(token text, kind integer, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_ask(token text, form_ bigint, version_ integer, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_ask(token text, form_ bigint, version_ integer, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_ask(token text, form_ bigint, version_ integer, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_check() FROM PUBLIC;


--
-- Name: FUNCTION form_choices(token text, kind_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_choices(token text, kind_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_choices(token text, kind_ integer) TO kairan_staff;


--
-- Name: FUNCTION form_confirm(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_confirm(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_confirm(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_departments(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_departments() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_departments() TO kairan_staff;


--
-- Name: FUNCTION form_enter(f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_enter(f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_first_of_two(me kairan.actor, f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_first_of_two(me kairan.actor, f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_forget(most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_forget(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_forget(most integer) TO kairan_house;


--
-- Name: FUNCTION form_found(f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_found(f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_json(form_ kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_json(form_ kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_judge(f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_judge(f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_judge_own(me kairan.actor, f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_judge_own(me kairan.actor, f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_list(token text, open_ boolean, before bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_list(token text, open_ boolean, before bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_list(token text, open_ boolean, before bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION form_moved(me kairan.actor, f kairan.form, act text, note text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_moved(me kairan.actor, f kairan.form, act text, note text) FROM PUBLIC;


--
-- Name: FUNCTION form_moved_open(f kairan.form, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_moved_open(f kairan.form, network inet) FROM PUBLIC;


--
-- Name: FUNCTION form_number(f kairan.form, lang text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_number(f kairan.form, lang text) FROM PUBLIC;


--
-- Name: FUNCTION form_own(me kairan.actor, f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_own(me kairan.actor, f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_peek(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_peek(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_peek(token text) TO kairan_staff;


--
-- Name: FUNCTION form_pending_of(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_pending_of(token text) FROM PUBLIC;


--
-- Name: FUNCTION form_question(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_question(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_question(token text) TO kairan_staff;


--
-- Name: FUNCTION form_read(token text, form_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_read(token text, form_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_read(token text, form_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_refuse(token text, form_ bigint, version_ integer, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_refuse(token text, form_ bigint, version_ integer, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_refuse(token text, form_ bigint, version_ integer, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_register(me kairan.actor, token text, f kairan.form, salt bytea, cost text, verifier bytea, OUT who bigint, OUT fresh boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_register(me kairan.actor, token text, f kairan.form, salt bytea, cost text, verifier bytea, OUT who bigint, OUT fresh boolean) FROM PUBLIC;


--
-- Name: FUNCTION form_renew(form_ bigint, f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_renew(form_ bigint, f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_reply(token text, login text, name text, mail text, role text, day timestamp with time zone, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_reply(token text, login text, name text, mail text, role text, day timestamp with time zone, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_reply(token text, login text, name text, mail text, role text, day timestamp with time zone, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_request(kind integer, department bigint, head_name text, head_mail text, lang text, login text, name text, mail text, role text, day timestamp with time zone, reason text, domains text, mails_per_address_hour integer, tries_per_network_hour integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_request(kind integer, department bigint, head_name text, head_mail text, lang text, login text, name text, mail text, role text, day timestamp with time zone, reason text, domains text, mails_per_address_hour integer, tries_per_network_hour integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_request(kind integer, department bigint, head_name text, head_mail text, lang text, login text, name text, mail text, role text, day timestamp with time zone, reason text, domains text, mails_per_address_hour integer, tries_per_network_hour integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION form_sees(me kairan.actor, f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_sees(me kairan.actor, f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_taken(me kairan.actor, form_ bigint, version_ integer, states text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_taken(me kairan.actor, form_ bigint, version_ integer, states text[]) FROM PUBLIC;


--
-- Name: FUNCTION form_tell(f kairan.form, template text, words text, page text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_tell(f kairan.form, template text, words text, page text) FROM PUBLIC;


--
-- Name: FUNCTION form_typed(kind integer, head_mail text, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_typed(kind integer, head_mail text, login text, name text, mail text, role text, post bigint, person bigint, day timestamp with time zone, reason text) FROM PUBLIC;


--
-- Name: FUNCTION form_typed_json(f kairan.form); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_typed_json(f kairan.form) FROM PUBLIC;


--
-- Name: FUNCTION form_withdraw(token text, form_ bigint, version_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.form_withdraw(token text, form_ bigint, version_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.form_withdraw(token text, form_ bigint, version_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION guest_add(token text, login text, name text, mail text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, purpose text, organisation text, head text, reason text, salt bytea, cost text, verifier bytea, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.guest_add(token text, login text, name text, mail text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, purpose text, organisation text, head text, reason text, salt bytea, cost text, verifier bytea, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.guest_add(token text, login text, name text, mail text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, purpose text, organisation text, head text, reason text, salt bytea, cost text, verifier bytea, network inet) TO kairan_staff;


--
-- Name: FUNCTION guest_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.guest_check() FROM PUBLIC;


--
-- Name: FUNCTION guest_extend(token text, person_ bigint, until_ timestamp with time zone, head text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.guest_extend(token text, person_ bigint, until_ timestamp with time zone, head text, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.guest_extend(token text, person_ bigint, until_ timestamp with time zone, head text, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION guest_new(me kairan.actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text, during_ tstzrange); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.guest_new(me kairan.actor, person_ bigint, purpose_ text, organisation_ text, head_ text, reason_ text, during_ tstzrange) FROM PUBLIC;


--
-- Name: FUNCTION head_of(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.head_of(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION hours_permit_add(token text, login_ text, from_ timestamp with time zone, to_ timestamp with time zone, reason_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.hours_permit_add(token text, login_ text, from_ timestamp with time zone, to_ timestamp with time zone, reason_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.hours_permit_add(token text, login_ text, from_ timestamp with time zone, to_ timestamp with time zone, reason_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION hours_permit_end(token text, permit bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.hours_permit_end(token text, permit bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.hours_permit_end(token text, permit bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION hours_permits(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.hours_permits(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.hours_permits(token text) TO kairan_staff;


--
-- Name: FUNCTION hours_permitted(person_ bigint, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.hours_permitted(person_ bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION hours_reason(token text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.hours_reason(token text, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.hours_reason(token text, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION house_ahead(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_ahead() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_ahead() TO kairan_house;


--
-- Name: FUNCTION house_care(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_care() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_care() TO kairan_house;


--
-- Name: FUNCTION house_check_log(most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_check_log(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_check_log(most integer) TO kairan_house;


--
-- Name: FUNCTION house_chunks(most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_chunks(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_chunks(most integer) TO kairan_house;


--
-- Name: FUNCTION house_clock(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_clock() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_clock() TO kairan_house;


--
-- Name: FUNCTION house_drop(years integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_drop(years integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_drop(years integer) TO kairan_house;


--
-- Name: FUNCTION house_elect(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_elect() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_elect() TO kairan_house;


--
-- Name: FUNCTION house_purge_log(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_purge_log() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_purge_log() TO kairan_house;


--
-- Name: FUNCTION house_strangers(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.house_strangers() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.house_strangers() TO kairan_house;


--
-- Name: FUNCTION import_actor(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_actor(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION import_begin(token text, reason text, file_name text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_begin(token text, reason text, file_name text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_begin(token text, reason text, file_name text, network inet) TO kairan_staff;


--
-- Name: FUNCTION import_claim(token text, import_ bigint, doing_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_claim(token text, import_ bigint, doing_ text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_claim(token text, import_ bigint, doing_ text) TO kairan_staff;


--
-- Name: FUNCTION import_console_first(token text, import_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_console_first(token text, import_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_console_first(token text, import_ bigint) TO kairan_staff;


--
-- Name: FUNCTION import_console_last(token text, import_ bigint, added_ integer, changed_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_console_last(token text, import_ bigint, added_ integer, changed_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_console_last(token text, import_ bigint, added_ integer, changed_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION import_console_look(token text, import_ bigint, after_ integer, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_console_look(token text, import_ bigint, after_ integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_console_look(token text, import_ bigint, after_ integer, most integer) TO kairan_staff;


--
-- Name: FUNCTION import_console_step(token text, import_ bigint, after_ integer, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_console_step(token text, import_ bigint, after_ integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_console_step(token text, import_ bigint, after_ integer, most integer) TO kairan_staff;


--
-- Name: FUNCTION import_discard(token text, import bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_discard(token text, import bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_discard(token text, import bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION import_failed(import_ bigint, why text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_failed(import_ bigint, why text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_failed(import_ bigint, why text) TO kairan_staff;


--
-- Name: FUNCTION import_first(import_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_first(import_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION import_last(import_ bigint, added_ integer, changed_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_last(import_ bigint, added_ integer, changed_ integer) FROM PUBLIC;


--
-- Name: FUNCTION import_look(import_ bigint, after_ integer, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_look(import_ bigint, after_ integer, most integer) FROM PUBLIC;


--
-- Name: FUNCTION import_measured(import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_measured(import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer) FROM PUBLIC;


--
-- Name: FUNCTION import_open(who bigint, reason text, file_name text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_open(who bigint, reason text, file_name text) FROM PUBLIC;


--
-- Name: FUNCTION import_read(token text, import bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_read(token text, import bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_read(token text, import bigint) TO kairan_staff;


--
-- Name: FUNCTION import_ready(token text, import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_ready(token text, import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_ready(token text, import_ bigint, rows_ integer, duplicates_ integer, added_ integer, changed_ integer, kept_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION import_refusals(token text, import bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_refusals(token text, import bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_refusals(token text, import bigint) TO kairan_staff;


--
-- Name: FUNCTION import_run(import_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_run(import_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION import_step(import_ bigint, after_ integer, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_step(import_ bigint, after_ integer, most integer) FROM PUBLIC;


--
-- Name: FUNCTION import_tell(import_ bigint, done_ integer, whole_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.import_tell(import_ bigint, done_ integer, whole_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.import_tell(import_ bigint, done_ integer, whole_ integer) TO kairan_staff;


--
-- Name: FUNCTION inspection_days(now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_days(now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION inspection_finding_history(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_finding_history() FROM PUBLIC;


--
-- Name: FUNCTION inspection_findings(token text, id_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_findings(token text, id_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.inspection_findings(token text, id_ bigint) TO kairan_staff;


--
-- Name: FUNCTION inspection_history(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_history() FROM PUBLIC;


--
-- Name: FUNCTION inspection_list(token text, id_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_list(token text, id_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.inspection_list(token text, id_ bigint) TO kairan_staff;


--
-- Name: FUNCTION inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.inspection_open(token text, kind_ text, since_ text, until_ text, reason_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION inspection_overdue(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_overdue(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.inspection_overdue(token text) TO kairan_staff;


--
-- Name: FUNCTION inspection_save(token text, id_ bigint, positions integer[], notes text[], result_ text, note_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.inspection_save(token text, id_ bigint, positions integer[], notes text[], result_ text, note_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.inspection_save(token text, id_ bigint, positions integer[], notes text[], result_ text, note_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION instruction_answer(token text, instruction_ bigint, answer_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.instruction_answer(token text, instruction_ bigint, answer_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.instruction_answer(token text, instruction_ bigint, answer_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION instruction_give(token text, person_ bigint, department_ bigint, cause_ integer, body_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.instruction_give(token text, person_ bigint, department_ bigint, cause_ integer, body_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.instruction_give(token text, person_ bigint, department_ bigint, cause_ integer, body_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION instruction_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.instruction_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.instruction_list(token text) TO kairan_staff;


--
-- Name: FUNCTION intake_count(whats text[], mails_ bigint[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.intake_count(whats text[], mails_ bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.intake_count(whats text[], mails_ bigint[]) TO kairan_intake;


--
-- Name: FUNCTION keep_administrator(person_ bigint, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.keep_administrator(person_ bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION kept_until(at timestamp with time zone, years integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.kept_until(at timestamp with time zone, years integer) FROM PUBLIC;


--
-- Name: FUNCTION lane_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.lane_list(token text) TO kairan_staff;


--
-- Name: FUNCTION lane_of(address text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_of(address text) FROM PUBLIC;


--
-- Name: FUNCTION lane_read(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_read() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.lane_read() TO kairan_sender;


--
-- Name: FUNCTION lane_report(host_ text, slot_ integer, lanes text[], relays text[], connections_ integer[], mosts integer[], in_hands integer[], latencies integer[], ups boolean[], reasons text[], in_ms integer[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_report(host_ text, slot_ integer, lanes text[], relays text[], connections_ integer[], mosts integer[], in_hands integer[], latencies integer[], ups boolean[], reasons text[], in_ms integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.lane_report(host_ text, slot_ integer, lanes text[], relays text[], connections_ integer[], mosts integer[], in_hands integer[], latencies integer[], ups boolean[], reasons text[], in_ms integer[]) TO kairan_sender;


--
-- Name: FUNCTION lane_retire(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_retire() FROM PUBLIC;


--
-- Name: FUNCTION lane_split(domain_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_split(domain_ text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.lane_split(domain_ text) TO kairan_sender;


--
-- Name: FUNCTION lane_sync(names text[], paces integer[], domains text[], lanes text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.lane_sync(names text[], paces integer[], domains text[], lanes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.lane_sync(names text[], paces integer[], domains text[], lanes text[]) TO kairan_sender;


--
-- Name: FUNCTION leave(link text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.leave(link text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.leave(link text) TO kairan_public;


--
-- Name: FUNCTION leave_peek(link text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.leave_peek(link text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.leave_peek(link text) TO kairan_public;


--
-- Name: FUNCTION leave_request(address text, lang text, network inet, mails_per_address_day integer, tries_per_network_hour integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.leave_request(address text, lang text, network inet, mails_per_address_day integer, tries_per_network_hour integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.leave_request(address text, lang text, network inet, mails_per_address_day integer, tries_per_network_hour integer) TO kairan_public;


--
-- Name: FUNCTION letter_add(template text, lang text, contact bigint, address text, secret text, expires timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_add(template text, lang text, contact bigint, address text, secret text, expires timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION letter_claim(host_ text, slot_ integer, most integer, per_hour integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_claim(host_ text, slot_ integer, most integer, per_hour integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.letter_claim(host_ text, slot_ integer, most integer, per_hour integer) TO kairan_sender;


--
-- Name: FUNCTION letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.letter_record(id_ bigint, token_ bigint, result text, reply_ text, delay_s integer) TO kairan_sender;


--
-- Name: FUNCTION letter_release(host_ text, slot_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_release(host_ text, slot_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.letter_release(host_ text, slot_ integer) TO kairan_house;
GRANT ALL ON FUNCTION kairan.letter_release(host_ text, slot_ integer) TO kairan_sender;


--
-- Name: FUNCTION letter_staff(template text, person_ bigint, expires timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_staff(template text, person_ bigint, expires timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION letter_sweep(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.letter_sweep() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.letter_sweep() TO kairan_house;


--
-- Name: FUNCTION limit_answer_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_answer_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_apply_hours(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_apply_hours() FROM PUBLIC;


--
-- Name: FUNCTION limit_apply_mails(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_apply_mails() FROM PUBLIC;


--
-- Name: FUNCTION limit_body_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_body_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_confirm_hours(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_confirm_hours() FROM PUBLIC;


--
-- Name: FUNCTION limit_factor_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_factor_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_idle_min(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_idle_min() FROM PUBLIC;


--
-- Name: FUNCTION limit_idle_strict_min(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_idle_strict_min() FROM PUBLIC;


--
-- Name: FUNCTION limit_letter_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_letter_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_long_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_long_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_name_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_name_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_network_tries(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_network_tries() FROM PUBLIC;


--
-- Name: FUNCTION limit_one_time_hours(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_one_time_hours() FROM PUBLIC;


--
-- Name: FUNCTION limit_password_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_password_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_password_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_password_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_period_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_period_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_proof_min(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_proof_min() FROM PUBLIC;


--
-- Name: FUNCTION limit_reason_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_reason_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_refused_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_refused_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_session_hours(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_session_hours() FROM PUBLIC;


--
-- Name: FUNCTION limit_short_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_short_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_sign_in_tries(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_sign_in_tries() FROM PUBLIC;


--
-- Name: FUNCTION limit_signup_mails(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_signup_mails() FROM PUBLIC;


--
-- Name: FUNCTION limit_title_chars(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_title_chars() FROM PUBLIC;


--
-- Name: FUNCTION limit_vacancy_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_vacancy_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_valid_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_valid_days() FROM PUBLIC;


--
-- Name: FUNCTION limit_warn_days(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.limit_warn_days() FROM PUBLIC;


--
-- Name: FUNCTION link_contact(link text, purpose integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.link_contact(link text, purpose integer) FROM PUBLIC;


--
-- Name: FUNCTION link_keys(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.link_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.link_keys() TO kairan_sender;


--
-- Name: FUNCTION log_refused(token text, act text, object text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.log_refused(token text, act text, object text, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.log_refused(token text, act text, object text, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION mask_address(address text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.mask_address(address text) FROM PUBLIC;


--
-- Name: FUNCTION may(a kairan.actor, act text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.may(a kairan.actor, act text) FROM PUBLIC;


--
-- Name: FUNCTION may_be_delegate(person_ bigint, department_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.may_be_delegate(person_ bigint, department_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION members_left(alert_ bigint, members bigint[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.members_left(alert_ bigint, members bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION month_drop(years integer, now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.month_drop(years integer, now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION month_kept_until(month_ date, years integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.month_kept_until(month_ date, years integer) FROM PUBLIC;


--
-- Name: FUNCTION month_of(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.month_of(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION national_day(day date); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.national_day(day date) FROM PUBLIC;


--
-- Name: FUNCTION need_name(name text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.need_name(name text) FROM PUBLIC;


--
-- Name: FUNCTION need_reason(reason text, field text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.need_reason(reason text, field text) FROM PUBLIC;


--
-- Name: FUNCTION need_text(value text, most integer, sentence text, field text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.need_text(value text, most integer, sentence text, field text) FROM PUBLIC;


--
-- Name: FUNCTION netstrings(VARIADIC items text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.netstrings(VARIADIC items text[]) FROM PUBLIC;


--
-- Name: FUNCTION network_key(address inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.network_key(address inet) FROM PUBLIC;


--
-- Name: FUNCTION no_administrator(role text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.no_administrator(role text) FROM PUBLIC;


--
-- Name: FUNCTION not_oneself(me kairan.actor, person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.not_oneself(me kairan.actor, person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION odd_sign_ins(from_ timestamp with time zone, to_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.odd_sign_ins(from_ timestamp with time zone, to_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION office_subject(token text, kind text, id_ bigint, of_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.office_subject(token text, kind text, id_ bigint, of_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.office_subject(token text, kind text, id_ bigint, of_ bigint) TO kairan_staff;


--
-- Name: FUNCTION oplog_act(a kairan.actor, act text, object text, reason text, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_act(a kairan.actor, act text, object text, reason text, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oplog_anchor(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_anchor() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_anchor() TO kairan_house;


--
-- Name: FUNCTION oplog_anchor_mail(address_ text, line text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_anchor_mail(address_ text, line text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_anchor_mail(address_ text, line text) TO kairan_house;


--
-- Name: FUNCTION oplog_append(person_ bigint, login_ text, post_ bigint, role_ text, department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_append(person_ bigint, login_ text, post_ bigint, role_ text, department_ bigint, act_ text, object_ text, result_ text, reason_ text, network_ inet, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oplog_base(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_base() FROM PUBLIC;


--
-- Name: FUNCTION oplog_conditions(f kairan.oplog_filter); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_conditions(f kairan.oplog_filter) FROM PUBLIC;


--
-- Name: FUNCTION oplog_departments(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_departments(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_departments(token text) TO kairan_staff;


--
-- Name: FUNCTION oplog_digest(r kairan.oplog); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_digest(r kairan.oplog) FROM PUBLIC;


--
-- Name: FUNCTION oplog_drop(now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_drop(now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION oplog_export(token text, what text[], before_ bigint, most integer, from_ inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_export(token text, what text[], before_ bigint, most integer, from_ inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_export(token text, what text[], before_ bigint, most integer, from_ inet) TO kairan_staff;


--
-- Name: FUNCTION oplog_filter_of(what text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_filter_of(what text[]) FROM PUBLIC;


--
-- Name: FUNCTION oplog_find(f kairan.oplog_filter, before_ bigint, most integer, budget interval); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_find(f kairan.oplog_filter, before_ bigint, most integer, budget interval) FROM PUBLIC;


--
-- Name: FUNCTION oplog_findings(since date, until date, quick_s integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_findings(since date, until date, quick_s integer) FROM PUBLIC;


--
-- Name: FUNCTION oplog_grams(block bigint, words text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_grams(block bigint, words text) FROM PUBLIC;


--
-- Name: FUNCTION oplog_kept_until(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_kept_until(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION oplog_link(r kairan.oplog, INOUT head kairan.oplog_head); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_link(r kairan.oplog, INOUT head kairan.oplog_head) FROM PUBLIC;


--
-- Name: FUNCTION oplog_oldest(now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_oldest(now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION oplog_operator(act text, object text, reason text, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_operator(act text, object text, reason text, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oplog_own(s kairan.session, act text, object text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_own(s kairan.session, act text, object text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION oplog_partition(year integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_partition(year integer) FROM PUBLIC;


--
-- Name: FUNCTION oplog_put(r kairan.oplog); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_put(r kairan.oplog) FROM PUBLIC;


--
-- Name: FUNCTION oplog_reader(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_reader(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION oplog_request(id text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_request(id text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_request(id text) TO kairan_staff;


--
-- Name: FUNCTION oplog_search(token text, what text[], before_ bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_search(token text, what text[], before_ bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_search(token text, what text[], before_ bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION oplog_session(s kairan.session, act text, object text, result text, reason text, network inet, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_session(s kairan.session, act text, object text, result text, reason text, network inet, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oplog_shown(f kairan.oplog_filter, before_ bigint, most integer, budget interval); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_shown(f kairan.oplog_filter, before_ bigint, most integer, budget interval) FROM PUBLIC;


--
-- Name: FUNCTION oplog_times(facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_times(facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION oplog_view(token text, act_ text, object_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_view(token text, act_ text, object_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.oplog_view(token text, act_ text, object_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION oplog_words(object text, reason text, facts jsonb); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.oplog_words(object text, reason text, facts jsonb) FROM PUBLIC;


--
-- Name: FUNCTION outcome_late(alert_ bigint, month_ date, contacts bigint[], kinds integer[], results kairan.result[], agains boolean[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.outcome_late(alert_ bigint, month_ date, contacts bigint[], kinds integer[], results kairan.result[], agains boolean[]) FROM PUBLIC;


--
-- Name: FUNCTION outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]) TO kairan_house;
GRANT ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], replies text[], relay_ text, at_ timestamp with time zone[]) TO kairan_sender;


--
-- Name: FUNCTION outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]) TO kairan_house;
GRANT ALL ON FUNCTION kairan.outcome_record(alert_ bigint, contacts bigint[], times bigint[], kinds integer[], replies text[], attempts smallint[], results kairan.result[], finals boolean[], agains boolean[], codes smallint[], enhanceds text[], lanes text[], relays text[]) TO kairan_sender;


--
-- Name: FUNCTION outcome_tally(alert_ bigint, times bigint[], kinds integer[], results kairan.result[], finals boolean[], lanes text[], relays text[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.outcome_tally(alert_ bigint, times bigint[], kinds integer[], results kairan.result[], finals boolean[], lanes text[], relays text[]) FROM PUBLIC;


--
-- Name: FUNCTION password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.password_change(token text, proof bytea, past bytea[], salt bytea, cost text, verifier bytea, network inet) TO kairan_staff;


--
-- Name: FUNCTION password_days_left(set_at timestamp with time zone, days integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_days_left(set_at timestamp with time zone, days integer) FROM PUBLIC;


--
-- Name: FUNCTION password_right(token text, proof bytea, network inet, tries_per_hour integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_right(token text, proof bytea, network inet, tries_per_hour integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.password_right(token text, proof bytea, network inet, tries_per_hour integer) TO kairan_staff;


--
-- Name: FUNCTION password_salts(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_salts(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.password_salts(token text) TO kairan_staff;


--
-- Name: FUNCTION password_warn(days integer, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_warn(days integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.password_warn(days integer, most integer) TO kairan_house;


--
-- Name: FUNCTION password_words(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.password_words(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.password_words(token text) TO kairan_staff;


--
-- Name: FUNCTION period(from_ timestamp with time zone, until_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.period(from_ timestamp with time zone, until_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION person_by_login(token text, login_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_by_login(token text, login_ text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.person_by_login(token text, login_ text) TO kairan_staff;


--
-- Name: FUNCTION person_has_factor(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_has_factor(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION person_home(person_ bigint, at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_home(person_ bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION person_locked(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_locked(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea, cost_ text, verifier_ bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_make(login_ text, name_ text, mail_ text, department_ bigint, salt_ bytea, cost_ text, verifier_ bytea) FROM PUBLIC;


--
-- Name: FUNCTION person_state(p kairan.person); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_state(p kairan.person) FROM PUBLIC;


--
-- Name: FUNCTION person_unused(p kairan.person); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.person_unused(p kairan.person) FROM PUBLIC;


--
-- Name: FUNCTION post_add(token text, person_ bigint, role text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, exception text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_add(token text, person_ bigint, role text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, exception text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.post_add(token text, person_ bigint, role text, department bigint, from_ timestamp with time zone, until_ timestamp with time zone, exception text, network inet) TO kairan_staff;


--
-- Name: FUNCTION post_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_check() FROM PUBLIC;


--
-- Name: FUNCTION post_cut(post_ bigint, at timestamp with time zone, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_cut(post_ bigint, at timestamp with time zone, reason text) FROM PUBLIC;


--
-- Name: FUNCTION post_end(token text, post_ bigint, at timestamp with time zone, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_end(token text, post_ bigint, at timestamp with time zone, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.post_end(token text, post_ bigint, at timestamp with time zone, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION post_fact(post_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_fact(post_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION post_open(person_ bigint, role_ text, department_ bigint, during_ tstzrange, exception_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_open(person_ bigint, role_ text, department_ bigint, during_ tstzrange, exception_ text) FROM PUBLIC;


--
-- Name: FUNCTION post_opened(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_opened() FROM PUBLIC;


--
-- Name: FUNCTION post_refused(rule text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_refused(rule text) FROM PUBLIC;


--
-- Name: FUNCTION post_revoke(token text, post_ bigint, cause integer, note text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.post_revoke(token text, post_ bigint, cause integer, note text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.post_revoke(token text, post_ bigint, cause integer, note text, network inet) TO kairan_staff;


--
-- Name: FUNCTION posts_json(person_ bigint, all_ boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.posts_json(person_ bigint, all_ boolean) FROM PUBLIC;


--
-- Name: FUNCTION proof_ask(session_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.proof_ask(session_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION proof_lacking(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.proof_lacking(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION prose_jis(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_jis() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_jis() TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_jis() TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_jis() TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_jis() TO kairan_house;


--
-- Name: FUNCTION prose_allowed(t text, lang text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_allowed(t text, lang text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_allowed(t text, lang text) TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_allowed(t text, lang text) TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_allowed(t text, lang text) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_allowed(t text, lang text) TO kairan_house;


--
-- Name: FUNCTION prose_plain(t text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_plain(t text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_plain(t text) TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_plain(t text) TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_plain(t text) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_plain(t text) TO kairan_house;


--
-- Name: FUNCTION prose_normal(t text, lang text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_normal(t text, lang text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_normal(t text, lang text) TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_normal(t text, lang text) TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_normal(t text, lang text) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_normal(t text, lang text) TO kairan_house;


--
-- Name: FUNCTION prose_body_ok(t text, lang text, stamp text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_body_ok(t text, lang text, stamp text) TO kairan_house;


--
-- Name: FUNCTION prose_title_ok(t text, lang text, stamp text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) TO kairan_public;
GRANT ALL ON FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) TO kairan_staff;
GRANT ALL ON FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.prose_title_ok(t text, lang text, stamp text) TO kairan_house;


--
-- Name: FUNCTION public_holiday(day date); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.public_holiday(day date) FROM PUBLIC;


--
-- Name: FUNCTION purge_ask(token text, year_ integer, network inet, now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_ask(token text, year_ integer, network inet, now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION purge_confirm(token text, year_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_confirm(token text, year_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.purge_confirm(token text, year_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION purge_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.purge_list(token text) TO kairan_staff;


--
-- Name: FUNCTION purge_operator(year_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_operator(year_ integer) FROM PUBLIC;


--
-- Name: FUNCTION purge_request(token text, year_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_request(token text, year_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.purge_request(token text, year_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION purge_withdraw(token text, year_ integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.purge_withdraw(token text, year_ integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.purge_withdraw(token text, year_ integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION recall_due(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.recall_due() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.recall_due() TO kairan_sender;


--
-- Name: FUNCTION recall_ids(alert_ bigint, hours integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.recall_ids(alert_ bigint, hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.recall_ids(alert_ bigint, hours integer) TO kairan_sender;


--
-- Name: FUNCTION recovery_make(person_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.recovery_make(person_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION refuse(kind text, sentence text, field text, detail text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.refuse(kind text, sentence text, field text, detail text) FROM PUBLIC;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.refuse_change() FROM PUBLIC;


--
-- Name: FUNCTION relay_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.relay_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.relay_list(token text) TO kairan_staff;


--
-- Name: FUNCTION relay_report(host_ text, slot_ integer, relays text[], ups boolean[], reasons text[], connections_ integer[], in_ms integer[]); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.relay_report(host_ text, slot_ integer, relays text[], ups boolean[], reasons text[], connections_ integer[], in_ms integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.relay_report(host_ text, slot_ integer, relays text[], ups boolean[], reasons text[], connections_ integer[], in_ms integer[]) TO kairan_sender;


--
-- Name: FUNCTION report_export(token text, alert_ bigint, after_ bigint, most integer, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_export(token text, alert_ bigint, after_ bigint, most integer, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.report_export(token text, alert_ bigint, after_ bigint, most integer, network inet) TO kairan_staff;


--
-- Name: FUNCTION report_list(token text, alert_ bigint, after_ bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_list(token text, alert_ bigint, after_ bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.report_list(token text, alert_ bigint, after_ bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION report_month(me kairan.actor, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_month(me kairan.actor, alert_ bigint) FROM PUBLIC;


--
-- Name: FUNCTION report_rows(me kairan.actor, alert_ bigint, after_ bigint, most integer, whole boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_rows(me kairan.actor, alert_ bigint, after_ bigint, most integer, whole boolean) FROM PUBLIC;


--
-- Name: FUNCTION report_series(token text, alert_ bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_series(token text, alert_ bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.report_series(token text, alert_ bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION report_sums(token text, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_sums(token text, alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.report_sums(token text, alert_ bigint) TO kairan_staff;


--
-- Name: FUNCTION report_times(token text, alert_ bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.report_times(token text, alert_ bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.report_times(token text, alert_ bigint) TO kairan_staff;


--
-- Name: FUNCTION roles_approving(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_approving() FROM PUBLIC;


--
-- Name: FUNCTION roles_brakes(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_brakes() FROM PUBLIC;


--
-- Name: FUNCTION roles_given(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_given() FROM PUBLIC;


--
-- Name: FUNCTION roles_readers(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_readers() FROM PUBLIC;


--
-- Name: FUNCTION roles_staff(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_staff() FROM PUBLIC;


--
-- Name: FUNCTION roles_strict(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_strict() FROM PUBLIC;


--
-- Name: FUNCTION roles_townwide(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.roles_townwide() FROM PUBLIC;


--
-- Name: FUNCTION routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone) TO kairan_sender;
GRANT ALL ON FUNCTION kairan.routine_hours(quiet_from time without time zone, quiet_to time without time zone, n time without time zone) TO kairan_staff;


--
-- Name: FUNCTION routine_until(quiet_from time without time zone, quiet_to time without time zone, n timestamp without time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.routine_until(quiet_from time without time zone, quiet_to time without time zone, n timestamp without time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.routine_until(quiet_from time without time zone, quiet_to time without time zone, n timestamp without time zone) TO kairan_sender;


--
-- Name: FUNCTION sanction_new(me kairan.actor, kind_ text, person_ bigint, post_ bigint, cause_ integer, note_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sanction_new(me kairan.actor, kind_ text, person_ bigint, post_ bigint, cause_ integer, note_ text) FROM PUBLIC;


--
-- Name: FUNCTION schema_state(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.schema_state() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.schema_state() TO kairan_house;
GRANT ALL ON FUNCTION kairan.schema_state() TO kairan_intake;
GRANT ALL ON FUNCTION kairan.schema_state() TO kairan_public;
GRANT ALL ON FUNCTION kairan.schema_state() TO kairan_sender;
GRANT ALL ON FUNCTION kairan.schema_state() TO kairan_staff;


--
-- Name: FUNCTION sees(me kairan.actor, department bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sees(me kairan.actor, department bigint) FROM PUBLIC;


--
-- Name: FUNCTION session_acting(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_acting(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_acting(token text) TO kairan_staff;


--
-- Name: FUNCTION session_choose(token text, post bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_choose(token text, post bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_choose(token text, post bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION session_door(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_door(token text) FROM PUBLIC;


--
-- Name: FUNCTION session_end(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_end(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_end(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION session_end_one(token text, id_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_end_one(token text, id_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_end_one(token text, id_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION session_end_others(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_end_others(token text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_end_others(token text, network inet) TO kairan_staff;


--
-- Name: FUNCTION session_held(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_held(token text) FROM PUBLIC;


--
-- Name: FUNCTION session_in_force(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_in_force(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION session_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_list(token text) TO kairan_staff;


--
-- Name: FUNCTION session_live(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_live(token text) FROM PUBLIC;


--
-- Name: FUNCTION session_mark(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_mark() FROM PUBLIC;


--
-- Name: FUNCTION session_odd(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_odd() FROM PUBLIC;


--
-- Name: FUNCTION session_opened(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_opened() FROM PUBLIC;


--
-- Name: FUNCTION session_own(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_own(token text) FROM PUBLIC;


--
-- Name: FUNCTION session_posts(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_posts(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_posts(token text) TO kairan_staff;


--
-- Name: FUNCTION session_rise(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_rise(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION session_stage(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_stage(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION session_stage_password(s kairan.session); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_stage_password(s kairan.session) FROM PUBLIC;


--
-- Name: FUNCTION session_who(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.session_who(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.session_who(token text) TO kairan_staff;


--
-- Name: FUNCTION sessions_end(token text, person_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sessions_end(token text, person_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.sessions_end(token text, person_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION sign_in(login text, proof bytea, device text, network inet, agent text, tries_per_hour integer, idle_min integer, hours integer, idle_strict_min integer, password_days integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sign_in(login text, proof bytea, device text, network inet, agent text, tries_per_hour integer, idle_min integer, hours integer, idle_strict_min integer, password_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.sign_in(login text, proof bytea, device text, network inet, agent text, tries_per_hour integer, idle_min integer, hours integer, idle_strict_min integer, password_days integer) TO kairan_staff;


--
-- Name: FUNCTION sign_in_failed(login text, device text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sign_in_failed(login text, device text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION sign_in_full(login text, device text, network inet, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sign_in_full(login text, device text, network inet, most integer) FROM PUBLIC;


--
-- Name: FUNCTION sign_in_list(token text, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sign_in_list(token text, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.sign_in_list(token text, most integer) TO kairan_staff;


--
-- Name: FUNCTION sign_in_salt(login text, device text, network inet, tries_per_hour integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.sign_in_salt(login text, device text, network inet, tries_per_hour integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.sign_in_salt(login text, device text, network inet, tries_per_hour integer) TO kairan_staff;


--
-- Name: FUNCTION signup_confirm(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.signup_confirm(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.signup_confirm(token text) TO kairan_public;


--
-- Name: FUNCTION signup_peek(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.signup_peek(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.signup_peek(token text) TO kairan_public;


--
-- Name: FUNCTION signup_request(address text, lang text, categories smallint[], areas smallint[], terms_version text, token text, network inet, confirm_hours integer, mails_per_address_day integer, tries_per_network_hour integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.signup_request(address text, lang text, categories smallint[], areas smallint[], terms_version text, token text, network inet, confirm_hours integer, mails_per_address_day integer, tries_per_network_hour integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.signup_request(address text, lang text, categories smallint[], areas smallint[], terms_version text, token text, network inet, confirm_hours integer, mails_per_address_day integer, tries_per_network_hour integer) TO kairan_public;


--
-- Name: FUNCTION staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea, role text, department_code text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_add(login text, name text, mail text, salt bytea, cost text, verifier bytea, role text, department_code text) FROM PUBLIC;


--
-- Name: FUNCTION staff_change(token text, person_ bigint, name_ text, mail_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_change(token text, person_ bigint, name_ text, mail_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION staff_enter(me kairan.actor, login_ text, name_ text, mail_ text, department_ bigint, role_ text, during_ tstzrange, exception_ text, salt_ bytea, cost_ text, verifier_ bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_enter(me kairan.actor, login_ text, name_ text, mail_ text, department_ bigint, role_ text, during_ tstzrange, exception_ text, salt_ bytea, cost_ text, verifier_ bytea) FROM PUBLIC;


--
-- Name: FUNCTION staff_lift(token text, person_ bigint, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_lift(token text, person_ bigint, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_lift(token text, person_ bigint, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days integer, after_ text, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days integer, after_ text, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_list(token text, words text, department_ bigint, role_ text, state_ text, unused_days integer, after_ text, most integer) TO kairan_staff;


--
-- Name: FUNCTION staff_new(token text, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, exception text, salt bytea, cost text, verifier bytea, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_new(token text, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, exception text, salt bytea, cost text, verifier bytea, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_new(token text, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, exception text, salt bytea, cost text, verifier bytea, network inet) TO kairan_staff;


--
-- Name: FUNCTION staff_post_end(me kairan.actor, post bigint, at timestamp with time zone, reason text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_post_end(me kairan.actor, post bigint, at timestamp with time zone, reason text) FROM PUBLIC;


--
-- Name: FUNCTION staff_read(token text, person_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_read(token text, person_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_read(token text, person_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION staff_reader(token text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_reader(token text, network inet) FROM PUBLIC;


--
-- Name: FUNCTION staff_register(me kairan.actor, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, salt bytea, cost text, verifier bytea); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_register(me kairan.actor, login text, name text, mail text, department bigint, role text, from_ timestamp with time zone, until_ timestamp with time zone, salt bytea, cost text, verifier bytea) FROM PUBLIC;


--
-- Name: FUNCTION staff_suspend(token text, person_ bigint, cause integer, note text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_suspend(token text, person_ bigint, cause integer, note text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_suspend(token text, person_ bigint, cause integer, note text, network inet) TO kairan_staff;


--
-- Name: FUNCTION staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamp with time zone, exception_ text, reason text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamp with time zone, exception_ text, reason text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.staff_transfer(token text, post_ bigint, department_ bigint, role_ text, at timestamp with time zone, exception_ text, reason text, network inet) TO kairan_staff;


--
-- Name: FUNCTION stage_told(stage text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stage_told(stage text) FROM PUBLIC;


--
-- Name: FUNCTION stage_told_password(stage text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stage_told_password(stage text) FROM PUBLIC;


--
-- Name: FUNCTION stay(link text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stay(link text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.stay(link text) TO kairan_public;


--
-- Name: FUNCTION stay_peek(link text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stay_peek(link text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.stay_peek(link text) TO kairan_public;


--
-- Name: FUNCTION storm_decide(token text, alert_ bigint, verdict_ text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.storm_decide(token text, alert_ bigint, verdict_ text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.storm_decide(token text, alert_ bigint, verdict_ text, network inet) TO kairan_staff;


--
-- Name: FUNCTION storm_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.storm_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.storm_list(token text) TO kairan_staff;


--
-- Name: FUNCTION stranger_first(act_ text, login_ text, network_ inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stranger_first(act_ text, login_ text, network_ inet) FROM PUBLIC;


--
-- Name: FUNCTION strangers_tell(now_ timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.strangers_tell(now_ timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION stripe(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.stripe() FROM PUBLIC;


--
-- Name: FUNCTION subscriber_check(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.subscriber_check() FROM PUBLIC;


--
-- Name: FUNCTION suspension_actor(token text, network inet, acting boolean); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.suspension_actor(token text, network inet, acting boolean) FROM PUBLIC;


--
-- Name: FUNCTION suspension_counts(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.suspension_counts(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.suspension_counts(token text) TO kairan_staff;


--
-- Name: FUNCTION suspension_lift(token text, contact_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.suspension_lift(token text, contact_ bigint, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.suspension_lift(token text, contact_ bigint, network inet) TO kairan_staff;


--
-- Name: FUNCTION suspension_list(token text, before bigint, most integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.suspension_list(token text, before bigint, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.suspension_list(token text, before bigint, most integer) TO kairan_staff;


--
-- Name: FUNCTION throttle_full(kind_ text, who text, most integer, window_ interval); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.throttle_full(kind_ text, who text, most integer, window_ interval) FROM PUBLIC;


--
-- Name: FUNCTION throttle_hit(kind_ text, who text, most integer, window_ interval); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.throttle_hit(kind_ text, who text, most integer, window_ interval) FROM PUBLIC;


--
-- Name: FUNCTION throttle_network(kind_ text, network inet, tries integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.throttle_network(kind_ text, network inet, tries integer) FROM PUBLIC;


--
-- Name: FUNCTION token_hash(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.token_hash(token text) FROM PUBLIC;


--
-- Name: FUNCTION totp_code(seed bytea, step bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.totp_code(seed bytea, step bigint) FROM PUBLIC;


--
-- Name: FUNCTION totp_match(seed bytea, code text, at timestamp with time zone, after bigint); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.totp_match(seed bytea, code text, at timestamp with time zone, after bigint) FROM PUBLIC;


--
-- Name: FUNCTION totp_step(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.totp_step(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION try_early(kind_ text, who text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.try_early(kind_ text, who text) FROM PUBLIC;


--
-- Name: FUNCTION try_failed(kind_ text, who text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.try_failed(kind_ text, who text) FROM PUBLIC;


--
-- Name: FUNCTION try_wait_s(kind text, fails integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.try_wait_s(kind text, fails integer) FROM PUBLIC;


--
-- Name: FUNCTION usage_days(token text, department_ bigint, since text, until text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_days(token text, department_ bigint, since text, until text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.usage_days(token text, department_ bigint, since text, until text) TO kairan_staff;


--
-- Name: FUNCTION usage_export(token text, department_ bigint, since text, until text, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_export(token text, department_ bigint, since text, until text, network inet) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.usage_export(token text, department_ bigint, since text, until text, network inet) TO kairan_staff;


--
-- Name: FUNCTION usage_facts(since timestamp with time zone, until timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_facts(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION usage_homes(since timestamp with time zone, until timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_homes(since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION usage_read(token text, department_ bigint, since text, until text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_read(token text, department_ bigint, since text, until text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.usage_read(token text, department_ bigint, since text, until text) TO kairan_staff;


--
-- Name: FUNCTION usage_reader(token text, department_ bigint, network inet); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_reader(token text, department_ bigint, network inet) FROM PUBLIC;


--
-- Name: FUNCTION usage_scope(me kairan.actor, department_ bigint, since_ text, until_ text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_scope(me kairan.actor, department_ bigint, since_ text, until_ text) FROM PUBLIC;


--
-- Name: FUNCTION usage_shown(s kairan.usage_scope); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_shown(s kairan.usage_scope) FROM PUBLIC;


--
-- Name: FUNCTION usage_sums(s kairan.usage_scope); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usage_sums(s kairan.usage_scope) FROM PUBLIC;


--
-- Name: FUNCTION usual_hours(at timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.usual_hours(at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION verp_keys(); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.verp_keys() FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.verp_keys() TO kairan_intake;
GRANT ALL ON FUNCTION kairan.verp_keys() TO kairan_sender;


--
-- Name: FUNCTION verp_open(token text, today timestamp with time zone); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.verp_open(token text, today timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION worker_beat(host_ text, role_ text, slot_ integer, pid_ integer); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.worker_beat(host_ text, role_ text, slot_ integer, pid_ integer) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.worker_beat(host_ text, role_ text, slot_ integer, pid_ integer) TO kairan_house;
GRANT ALL ON FUNCTION kairan.worker_beat(host_ text, role_ text, slot_ integer, pid_ integer) TO kairan_sender;


--
-- Name: FUNCTION worker_list(token text); Type: ACL; Schema: kairan; Owner: kairan_owner
--

REVOKE ALL ON FUNCTION kairan.worker_list(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION kairan.worker_list(token text) TO kairan_staff;


--
-- Name: TABLE import_refusal; Type: ACL; Schema: kairan; Owner: kairan_owner
--

GRANT INSERT ON TABLE kairan.import_refusal TO kairan_staff;


--
-- Name: TABLE import_row; Type: ACL; Schema: kairan; Owner: kairan_owner
--

GRANT INSERT ON TABLE kairan.import_row TO kairan_staff;


--
-- PostgreSQL database dump complete
--


