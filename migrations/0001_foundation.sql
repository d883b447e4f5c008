-- What everything else stands on: rights, keys, throttles. Runs as kairan_owner with search_path = kairan;
-- the roles come from deploy/roles.sql.
--
-- These files hold tables, constraints, indexes, sequences and first rows, and the functions that a
-- constraint or an index uses. All other functions, triggers and grants stand once, as they are now, in
-- core/*/*.law.sql beside the C of their subject. Numbered files are forward only and never edited.

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA kairan;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA kairan;

-- A function is for those it is granted to, never for everybody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA kairan FROM PUBLIC;
GRANT USAGE ON SCHEMA kairan TO kairan_public, kairan_staff, kairan_sender, kairan_intake, kairan_house;

-- Keys of this town. Read by functions of the owner only.
CREATE TABLE secret (
    name text PRIMARY KEY,
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);
INSERT INTO secret (name, key) VALUES
    ('address', gen_random_bytes(32)), -- keyed hash of addresses
    ('salt', gen_random_bytes(32)),    -- stable false salts for unknown sign-in names
    ('factor', gen_random_bytes(32));  -- seeds of second factors lie encrypted under it

-- Keys of the links in mails. Old ones are kept for verifying; the newest one mints.
CREATE TABLE link_key (
    kid smallint PRIMARY KEY CHECK (kid BETWEEN 0 AND 255),
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    made timestamptz NOT NULL DEFAULT now()
);
INSERT INTO link_key (kid, key) VALUES (1, gen_random_bytes(32));

-- Counted tries in fixed windows: (kind, key) is who or what is being limited. Keys are hashed,
-- so that the table names nobody.
-- (Here and below: in tables that are changed again and again dead rows are cleared away early and without
-- pauses, and the file is never cut, which would make readers wait; its room is used again.)
CREATE TABLE throttle (
    kind text NOT NULL,
    key bytea NOT NULL,
    since timestamptz NOT NULL, -- start of the window
    hits int NOT NULL,
    PRIMARY KEY (kind, key, since)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 500,
    vacuum_truncate = false);
