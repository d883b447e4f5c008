-- The roles of every program and the database, as a superuser; may be run again at any time.
-- No role is a member of another, none may create anything outside the schema the owner makes:
-- what each may do is granted by the law (core/*/*.law.sql), which the owner loads.
\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT', name)
FROM unnest(ARRAY['kairan_owner', 'kairan_public', 'kairan_staff', 'kairan_sender', 'kairan_intake', 'kairan_house']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

SELECT 'CREATE DATABASE kairan OWNER kairan_owner TEMPLATE template0 ENCODING ''UTF8''
        LC_COLLATE ''C.UTF-8'' LC_CTYPE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'kairan')
\gexec

REVOKE ALL ON DATABASE kairan FROM PUBLIC;
GRANT CONNECT ON DATABASE kairan TO kairan_public, kairan_staff, kairan_sender, kairan_intake, kairan_house;
ALTER DATABASE kairan SET timezone = 'Asia/Tokyo';
-- One schema, and nothing else is ever looked through: an object planted elsewhere is not found.
ALTER DATABASE kairan SET search_path = kairan, pg_temp;

\connect kairan
REVOKE ALL ON SCHEMA public FROM PUBLIC;
