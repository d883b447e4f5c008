-- What `kairan migrate` asks the catalogue besides (core/db/catalogue.sql).

-- name: law_owners
-- What in the schema is not the caller's.
SELECT format('%s is owned by %s', pg_describe_object(o.class, o.id, 0), o.owner::regrole)
FROM (SELECT 'pg_proc'::regclass, oid, proowner FROM pg_proc WHERE pronamespace = 'kairan'::regnamespace
    UNION ALL SELECT 'pg_class'::regclass, oid, relowner FROM pg_class WHERE relnamespace = 'kairan'::regnamespace AND relkind <> 'i'
    UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type WHERE typnamespace = 'kairan'::regnamespace AND typrelid = 0 AND typelem = 0
    UNION ALL SELECT 'pg_namespace'::regclass, oid, nspowner FROM pg_namespace WHERE nspname = 'kairan') AS o (class, id, owner)
WHERE o.owner <> current_user::regrole
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.id AND d.deptype = 'e')
ORDER BY 1

-- name: law_checks
-- One statement for each function that has its body checked, or would if it were made now. $1 schema
SELECT p.oid::regprocedure::text, p.prosrc, format('SELECT %s(%s)', l.lanvalidator::regproc, p.oid)
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = $1::regnamespace AND l.lanname IN ('sql', 'plpgsql')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
