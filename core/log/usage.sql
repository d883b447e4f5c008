-- The usage report.

-- name: usage_choices
-- What can be chosen: first and last days of this month, the last one, this fiscal year, in the town's time zone;
-- then the departments.
SELECT id, name, name_en, since, until
FROM (SELECT place, '' AS id, name, '' AS name_en, to_char(since, 'YYYY-MM-DD') AS since,
            to_char(until - interval '1 day', 'YYYY-MM-DD') AS until
        FROM (SELECT date_trunc('month', t) AS m, date_trunc('year', t - interval '3 months') + interval '3 months' AS y
                FROM (SELECT now() AT TIME ZONE 'Asia/Tokyo' AS t) AS here) AS starts,
            LATERAL (VALUES (1, 'month', m, m + interval '1 month'), (2, 'last', m - interval '1 month', m),
                (3, 'year', y, y + interval '1 year')) AS x (place, name, since, until)
        UNION ALL
        SELECT 3 + place, department::text, name, name_en, '', ''
        FROM department_choices($1) WITH ORDINALITY AS d (department, name, name_en, place)) AS choices
ORDER BY place

-- name: usage_read
-- Numbers of some days, of a department or (NULL) all that the session may read about.
SELECT level, department, department_name, department_en, login, name, guest, roles, people, sign_ins, failed, odd,
    drafts, submitted, approved, returned, sent, recipients, wait_s,
    to_char(last_sign_in AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS last_sign_in
FROM usage_read($1, $2::bigint, $3, $4)

-- name: usage_export
-- The same for a file, on record.
SELECT level, department, department_name, department_en, login, name, guest, roles, people, sign_ins, failed, odd,
    drafts, submitted, approved, returned, sent, recipients, wait_s,
    to_char(last_sign_in AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS last_sign_in
FROM usage_export($1, $2::bigint, $3, $4, $5::inet)

-- name: usage_days
-- Acts by day or month.
SELECT at, acts FROM usage_days($1, $2::bigint, $3, $4)
