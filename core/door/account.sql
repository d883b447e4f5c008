-- What a person sees and does of his or her own account. Times in Japan time.

-- name: account_read
SELECT login, mail, lang, set_on, ends_on, days_left, tries FROM account_read($1)

-- name: account_duties
-- Posts, then delegations: one look, for a page asks five times at most.
SELECT 'post' AS kind, role, '' AS other, department, department_en,
    to_char(from_ AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS from,
    to_char(to_ AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS to, '' AS reason, now_ AS now
FROM account_posts($1)
UNION ALL
SELECT CASE WHEN given THEN 'given' ELSE 'received' END, '', other, department, department_en, from_, until_, reason, now_
FROM account_delegations($1)

-- name: account_sessions
SELECT id, here, network, agent, to_char(made AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS made,
    to_char(seen AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') AS seen, new_place, role, department,
    department_en
FROM session_list($1)

-- name: account_sign_ins
SELECT to_char(at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') AS at, done, network
FROM sign_in_list($1, $2::int)

-- name: account_end_one
SELECT session_end_one($1, $2::bigint, $3::inet)

-- name: account_end_others
SELECT session_end_others($1, $2::inet)

-- name: account_lang
SELECT account_lang($1, $2, $3::inet)
