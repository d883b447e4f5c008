-- The law of a schema (functions, views, triggers, grants) as the server's catalogue words it. Read by `kairan migrate` and by
-- the server at its start, under a search_path that begins with the schema, so that no name bears it.

-- name: law_bodies
-- Functions and views. $1 schema
SELECT 'FUNCTION' AS kind, p.oid::regprocedure::text AS name, '' AS whom,
    CASE p.prokind WHEN 'a' THEN 'an aggregate'
        ELSE regexp_replace(pg_get_functiondef(p.oid), '^(CREATE OR REPLACE (FUNCTION|PROCEDURE) )[^.]*\.', '\1') END AS def
FROM pg_proc p
WHERE p.pronamespace = $1::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'VIEW', quote_ident(c.relname), '',
    'CREATE OR REPLACE VIEW ' || quote_ident(c.relname)
        || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') || ' AS ' || pg_get_viewdef(c.oid)
FROM pg_class c
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'v'

-- name: law_ties
-- Triggers (a partition's are cloned, or made by the functions that make it) and grants. $1 schema
WITH granted (privilege, target, role, onward) AS (
    SELECT g.privilege_type, 'FUNCTION ' || replace(p.oid::regprocedure::text, 'kairan.', ''), g.grantee, g.is_grantable
    FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
    WHERE p.pronamespace = $1::regnamespace AND g.grantee <> p.proowner
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT g.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || quote_ident(c.relname), g.grantee, g.is_grantable
    FROM pg_class c, aclexplode(c.relacl) g
    WHERE c.relnamespace = $1::regnamespace AND g.grantee <> c.relowner
    UNION ALL
    SELECT format('%s (%I)', g.privilege_type, a.attname), 'TABLE ' || quote_ident(c.relname), g.grantee, g.is_grantable
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
    WHERE c.relnamespace = $1::regnamespace AND g.grantee <> c.relowner
    UNION ALL
    SELECT g.privilege_type, 'SCHEMA kairan', g.grantee, g.is_grantable
    FROM pg_namespace n, aclexplode(n.nspacl) g
    WHERE n.oid = $1::regnamespace AND g.grantee <> n.nspowner
)
SELECT 'TRIGGER' AS kind, format('%I ON %I', t.tgname, c.relname) AS name, '' AS whom,
    CASE t.tgconstraint WHEN 0 THEN regexp_replace(pg_get_triggerdef(t.oid, true), '^CREATE', 'CREATE OR REPLACE')
        ELSE pg_get_triggerdef(t.oid, true) END
    || (SELECT coalesce(string_agg(format(' -- %s on %I', off.tgenabled, p.relname), '' ORDER BY p.relname), '')
        FROM pg_trigger off JOIN pg_class p ON p.oid = off.tgrelid
        WHERE (off.oid = t.oid OR off.tgparentid = t.oid) AND off.tgenabled <> 'O') AS def
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = $1::regnamespace AND NOT c.relispartition AND NOT t.tgisinternal
UNION ALL
SELECT 'GRANT', privilege || ' ON ' || target, CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END,
    CASE WHEN onward THEN 'WITH GRANT OPTION' ELSE '' END
FROM granted

-- name: law_recorded
-- What `kairan migrate` found when it had loaded the law last.
SELECT release, catalogue FROM schema_state()
