-- The limits of core/settings/limit.txt for the law. Made by tools/vocabgen.awk (make vocabulary).

-- of an alert's title, with its stamp
CREATE FUNCTION limit_title_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 40 $$;

-- of an alert's text, with its stamp
CREATE FUNCTION limit_body_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 200 $$;

-- from now to the end of an alert's validity
CREATE FUNCTION limit_valid_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 31 $$;

-- of a name: of a person, a department, a head
CREATE FUNCTION limit_name_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 100 $$;

-- of a reason or a note of the desk
CREATE FUNCTION limit_reason_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 400 $$;

-- of a reason where a line is enough: urgency, emergency, hours, an import
CREATE FUNCTION limit_short_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 200 $$;

-- of an instruction of improvement, and of its answer
CREATE FUNCTION limit_long_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1000 $$;

-- of a delegation, of a permission outside the hours
CREATE FUNCTION limit_period_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 366 $$;

-- that a password is good (004 §12-2)
CREATE FUNCTION limit_password_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 90 $$;

-- before a password ends: its person is told, by a page and a letter
CREATE FUNCTION limit_warn_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 14 $$;

-- that a one-time password is good
CREATE FUNCTION limit_one_time_hours() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 24 $$;

-- at least, of a password alone
CREATE FUNCTION limit_password_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 15 $$;

-- at least, of a password beside a second factor
CREATE FUNCTION limit_factor_chars() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 12 $$;

-- without a request, then a session is over
CREATE FUNCTION limit_idle_min() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 30 $$;

-- the same for approvers, delegates, administrators
CREATE FUNCTION limit_idle_strict_min() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 15 $$;

-- of a session in all
CREATE FUNCTION limit_session_hours() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 12 $$;

-- of a proof of the second factor
CREATE FUNCTION limit_proof_min() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 60 $$;

-- failed, of one person in an hour; five times as many of one network
CREATE FUNCTION limit_sign_in_tries() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 100 $$;

-- with an application's link, to one address in an hour
CREATE FUNCTION limit_apply_mails() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 10 $$;

-- of people who are not signed in, from one network in an hour, of each kind
CREATE FUNCTION limit_network_tries() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 1000 $$;

-- that such a link is good
CREATE FUNCTION limit_apply_hours() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 24 $$;

-- to answer a form that came back, by its link
CREATE FUNCTION limit_answer_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 7 $$;

-- that confirm or part, to one resident's address in a day
CREATE FUNCTION limit_signup_mails() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 10 $$;

-- that a resident's link is good
CREATE FUNCTION limit_confirm_hours() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 168 $$;

-- that a letter to staff is worth sending
CREATE FUNCTION limit_letter_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 2 $$;

-- ahead that a department without an approver is told of
CREATE FUNCTION limit_vacancy_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 14 $$;

-- back that one's own refused sign-ins are counted
CREATE FUNCTION limit_refused_days() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 30 $$;
