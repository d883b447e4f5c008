-- Staff as the administrator keeps them: lists and pages as JSON, every act one function of the schema.
-- Days come as they were typed ("2027-04-01", Japan time); a last day ends with its midnight.

-- name: people_list
-- In the order of user IDs, after one.
SELECT coalesce(json_agg(json_build_object('id', person, 'login', login, 'name', name, 'state', state,
    'is_guest', guest, 'last_sign_in', coalesce(to_char(last_sign_in AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''),
    'posts', posts) ORDER BY login COLLATE "C"), '[]')::text
FROM staff_list($1, $2, coalesce($3::bigint, 0), $4, $5, coalesce($6::int, 0), $7, $8::int)

-- name: people_read
-- One person with everything that is kept; the reading is on record.
SELECT json_build_object('id', person, 'login', login, 'name', name, 'mail', mail,
    'made', to_char(made AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), 'state', state,
    'last_sign_in', coalesce(to_char(last_sign_in AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''),
    'sessions', sessions, 'posts', posts, 'delegations', delegations, 'sanctions', sanctions, 'guest', guest,
    'instructions', instructions)::text
FROM staff_read($1, $2::bigint, $3::inet)

-- name: people_departments
-- Departments with their approver, now and to come.
SELECT coalesce(json_agg(json_build_object('id', department, 'code', code, 'name', name, 'name_en', name_en,
    'of_administrator', of_administrator, 'approver', coalesce(approver, 0), 'approver_name', coalesce(approver_name, ''),
    'is_suspended', coalesce(approver_suspended, false), 'successor', coalesce(successor_name, ''),
    'successor_from', coalesce(to_char(successor_from AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''),
    'is_empty', coalesce(empty_from <= now(), false), 'is_ending', coalesce(empty_from > now(), false),
    'empty_from', coalesce(to_char(empty_from AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''),
    'drafters', drafters, 'delegates', delegates, 'waiting', waiting) ORDER BY department), '[]')::text
FROM department_list($1)

-- name: people_choices
-- Departments to choose from.
SELECT coalesce(json_agg(json_build_object('value', department::text, 'name', name, 'name_en', name_en)
    ORDER BY department), '[]')::text
FROM department_choices($1)

-- name: people_subject
-- What a form is about: kind and number; of a post, whose it is.
SELECT office_subject($1, $2, $3::bigint, $4::bigint)::text

-- name: people_add
-- A person with a post (role NULL: none).
SELECT staff_new($1, $2, $3, $4, $5::bigint, $6, $7::date::timestamp AT TIME ZONE 'Asia/Tokyo',
    ($8::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $9, decode($10, 'hex'), $11, decode($12, 'hex'), $13::inet)

-- name: people_guest_add
-- A guest, as applied for.
SELECT guest_add($1, $2, $3, $4, $5::bigint, $6::date::timestamp AT TIME ZONE 'Asia/Tokyo',
    ($7::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $8, $9, $10, $11, decode($12, 'hex'), $13,
    decode($14, 'hex'), $15::inet)

-- name: people_guest_extend
-- A further application.
SELECT guest_extend($1, $2::bigint, ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $4, $5, $6::inet)

-- name: people_change
-- Name and mail address.
SELECT staff_change($1, $2::bigint, $3, $4, $5::inet)

-- name: people_post_add
-- A further post.
SELECT post_add($1, $2::bigint, $3, $4::bigint, $5::date::timestamp AT TIME ZONE 'Asia/Tokyo',
    ($6::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $7, $8::inet)

-- name: people_post_end
-- With the end of a day, or now.
SELECT post_end($1, $2::bigint, ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $4, $5::inet)

-- name: people_transfer
-- One post ends the moment another begins.
SELECT staff_transfer($1, $2::bigint, $3::bigint, $4, $5::date::timestamp AT TIME ZONE 'Asia/Tokyo', $6, $7, $8::inet)

-- name: people_approver
-- The department's next approver, by user ID.
SELECT approver_change($1, $2::bigint, person_by_login($1, $3), $4::date::timestamp AT TIME ZONE 'Asia/Tokyo', $5,
    $6, $7::inet)

-- name: people_suspend
-- Nobody acts as this person any more.
SELECT staff_suspend($1, $2::bigint, $3::int, $4, $5::inet)

-- name: people_lift
-- The person may act again.
SELECT staff_lift($1, $2::bigint, $3, $4::inet)

-- name: people_revoke
-- A post is taken away for cause.
SELECT post_revoke($1, $2::bigint, $3::int, $4, $5::inet)

-- name: people_sessions_end
-- A device is lost: all sessions of a person (NULL: one's own).
SELECT sessions_end($1, $2::bigint, $3::inet)

-- name: people_department_add
SELECT department_add($1, $2, $3, $4, $5::boolean, $6::inet)

-- name: people_department_change
SELECT department_change($1, $2::bigint, $3, $4, $5::boolean, $6::inet)

-- name: people_instruct
-- To the approver, about a drafter.
SELECT instruction_give($1, $2::bigint, $3::bigint, $4::int, $5, $6::inet)

-- name: people_instructions
-- Those of the approver's department; all for administrators and auditors.
SELECT coalesce(json_agg(json_build_object('id', id, 'department', department, 'department_en', department_en,
    'person', person, 'name', person_name, 'cause', cause, 'body', body, 'by', by_name,
    'at', to_char(made AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'),
    'is_seen', seen IS NOT NULL, 'seen', coalesce(to_char(seen AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''),
    'seen_by', coalesce(seen_name, ''), 'answer', answer, 'is_answered', answered IS NOT NULL,
    'answered', coalesce(to_char(answered AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), ''))
    ORDER BY id DESC), '[]')::text
FROM instruction_list($1)

-- name: people_answer
-- Acknowledges (answer NULL) or answers.
SELECT instruction_answer($1, $2::bigint, $3, $4::inet)

-- name: people_delegations
-- Newest first.
SELECT coalesce(json_agg(json_build_object('id', id, 'department', department, 'department_en', department_en,
    'approver', coalesce(approver, ''), 'delegate', delegate, 'from', to_char(begins AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'),
    'until', to_char(ends AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI'), 'reason', reason, 'by', by_name,
    'state', state, 'is_open', state <> 'over', 'end_reason', end_reason, 'ended_by', coalesce(ended_by, ''))
    ORDER BY id DESC), '[]')::text
FROM delegation_list($1)

-- name: people_candidates
-- Whom approvals may be delegated to.
SELECT coalesce(json_agg(json_build_object('value', person::text, 'department', department_name,
    'department_en', department_name_en, 'name', name) ORDER BY department, name, person), '[]')::text
FROM delegation_candidates($1)

-- name: people_delegate
-- The approver's department is the session's; the administrator names one.
SELECT delegation_make($1, $2::bigint, $3::bigint, $4::date::timestamp AT TIME ZONE 'Asia/Tokyo',
    ($5::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo', $6, $7::inet)

-- name: people_call_off
-- Revokes a delegation.
SELECT delegation_revoke($1, $2::bigint, $3, $4::inet)
