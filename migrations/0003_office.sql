-- The office: departments, people, dated posts, guests, delegations, sanctions, forms 1 to 3, the town's
-- days (004 §3 to §6, §10 to §12; 000 §6). A post begins and ends by its dates alone: no program need run
-- at that moment. The rules stand in core/office/*.law.sql.

-- ---- departments and people ----

-- Of the administrator's own department the head is the administrator, who must not approve; its deputy
-- head does, as an exception that says why (004 §4-1; 001 §7(4)).
CREATE TABLE department (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9-]{0,30}$'), -- local part of its sender address
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:]]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]'),
    of_administrator boolean NOT NULL DEFAULT false
);

-- Names as they were: what was approved under the old name stays what was approved.
CREATE TABLE department_name (
    department bigint NOT NULL REFERENCES department,
    name text NOT NULL,
    until timestamptz NOT NULL, -- the name's last moment
    PRIMARY KEY (department, until)
);

CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,31}$'),
    name text NOT NULL CHECK (name <> '' AND name !~ '[[:cntrl:]]'),
    mail text NOT NULL DEFAULT '' CHECK (mail !~ '[[:cntrl:][:space:]<>]'),
    made timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz,
    department bigint REFERENCES department, -- where a person without a post belongs
    last_sign_in timestamptz,
    lang text NOT NULL DEFAULT 'ja' CHECK (lang IN ('ja', 'en')) -- chosen for mails to him or her
);

-- ---- posts ----

-- A session acts in one post. The database refuses every forbidden combination:
-- 004 §4-1 one approver per department; §4-1, §4-3 who approves does not draft in that department;
-- 001 ch. 2 §1(7) administrator and auditor hold nothing beside.
CREATE TABLE post (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    department bigint REFERENCES department,
    role text NOT NULL CHECK (role IN ('drafter', 'approver', 'delegate', 'administrator', 'auditor')),
    during tstzrange NOT NULL DEFAULT tstzrange(now(), NULL) CHECK (NOT isempty(during)),
    side int GENERATED ALWAYS AS
        (CASE role WHEN 'drafter' THEN 1 WHEN 'approver' THEN 2 WHEN 'delegate' THEN 2 END) STORED,
    class int GENERATED ALWAYS AS
        (CASE role WHEN 'administrator' THEN 1 WHEN 'auditor' THEN 2 ELSE 3 END) STORED,
    exception text NOT NULL DEFAULT '' CHECK (char_length(exception) <= 400), -- why not the head
    end_reason text NOT NULL DEFAULT '' CHECK (char_length(end_reason) <= 400),
    moves_home boolean NOT NULL DEFAULT false, -- by a transfer: from its first day on its holder belongs there
    CONSTRAINT post_department CHECK ((class = 3) = (department IS NOT NULL)),
    CONSTRAINT post_one_approver
        EXCLUDE USING gist (department WITH =, during WITH &&) WHERE (role = 'approver'),
    CONSTRAINT post_approver_never_drafts
        EXCLUDE USING gist (person WITH =, department WITH =, side WITH <>, during WITH &&),
    CONSTRAINT post_classes_apart
        EXCLUDE USING gist (person WITH =, class WITH <>, during WITH &&),
    CONSTRAINT post_once
        EXCLUDE USING gist (person WITH =, (coalesce(department, 0)) WITH =, role WITH =, during WITH &&)
);
CREATE INDEX post_person ON post (person);
CREATE INDEX post_department ON post (department) WHERE department IS NOT NULL;

-- Guests (000 §6): each application is a row, the first one and every extension.
CREATE TABLE guest (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    purpose text NOT NULL CHECK (purpose ~ '\S' AND char_length(purpose) <= 400),
    organisation text NOT NULL CHECK (organisation ~ '\S' AND char_length(organisation) <= 200),
    head text NOT NULL CHECK (head ~ '\S' AND char_length(head) <= 100), -- the department head who applied
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX guest_person ON guest (person);

-- The approver, or the administrator for the post's sake, lets somebody approve for a time (004 §4-3). The
-- right itself is the delegate's post, which begins and ends by its dates: it does not ask whether the
-- approver is suspended or has left.
CREATE TABLE delegation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    approver bigint REFERENCES person, -- on whose behalf; NULL where there never was an approver
    person bigint NOT NULL REFERENCES person,
    post bigint UNIQUE REFERENCES post ON DELETE SET NULL, -- NULL: called off before it began
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT upper_inf(during)), -- as it was given
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended timestamptz,              -- before its time
    ended_by bigint REFERENCES person, -- NULL: by the successor's post
    end_reason text NOT NULL DEFAULT '' CHECK (char_length(end_reason) <= 400),
    CONSTRAINT delegation_apart CHECK (person <> approver)
);
CREATE INDEX delegation_department ON delegation (department, id);
CREATE INDEX delegation_person ON delegation (person);

-- ---- suspension, revocation, instruction (004 §6) ----

-- Causes: 1 duties not fulfilled, 2 something forbidden done, 3 long disuse, 4 the state of sending is a
-- problem, 5 unfit in the administrator's eyes otherwise (004 §6-1(1) to (5)).
CREATE TABLE sanction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('suspension', 'revocation')),
    person bigint NOT NULL REFERENCES person,
    post bigint REFERENCES post,
    cause int NOT NULL CHECK (cause BETWEEN 1 AND 5),
    note text NOT NULL CHECK (note ~ '\S' AND char_length(note) <= 400),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    lifted timestamptz,
    lifted_by bigint REFERENCES person,
    lift_reason text NOT NULL DEFAULT '' CHECK (char_length(lift_reason) <= 400),
    CONSTRAINT sanction_post CHECK ((kind = 'revocation') = (post IS NOT NULL)),
    CONSTRAINT sanction_lifted CHECK (lifted IS NULL OR kind = 'suspension')
);
CREATE INDEX sanction_person ON sanction (person);
CREATE UNIQUE INDEX sanction_once ON sanction (person) WHERE kind = 'suspension' AND lifted IS NULL;

-- Instruction of improvement about a drafter, to the approver (004 §6-2). Causes as §6-2(1) to (4).
CREATE TABLE instruction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    person bigint NOT NULL REFERENCES person, -- the drafter
    cause int NOT NULL CHECK (cause BETWEEN 1 AND 4),
    body text NOT NULL CHECK (body ~ '\S' AND char_length(body) <= 1000),
    made_by bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen timestamptz,                         -- acknowledged
    seen_by bigint REFERENCES person,
    answer text NOT NULL DEFAULT '' CHECK (char_length(answer) <= 1000),
    answered timestamptz
);
CREATE INDEX instruction_department ON instruction (department, id);
CREATE INDEX instruction_person ON instruction (person);

-- ---- forms 1 to 3 (004 §10, §11, §12-2, §12-3) ----
--
-- A department head applies, signed in or confirmed by mail, an administrator decides, and what is accepted
-- takes effect in the same transaction.

-- Numbers begin anew with the fiscal year and leave no gap.
CREATE TABLE form_serial (
    year int PRIMARY KEY,
    last int NOT NULL CHECK (last > 0)
);

CREATE TABLE form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind int NOT NULL CHECK (kind BETWEEN 1 AND 3),
    year int NOT NULL,
    serial int NOT NULL,
    department bigint NOT NULL REFERENCES department,
    head bigint REFERENCES person, -- who applied; NULL: nobody is known as head under the address below
    head_name text NOT NULL DEFAULT '' CHECK (char_length(head_name) <= 100), -- applied without sign-in: the name as typed,
    head_mail text NOT NULL DEFAULT '', -- the address that confirmed it,
    lang text NOT NULL DEFAULT 'ja' CHECK (lang IN ('ja', 'en')), -- the language of letters to it,
    answer_hash bytea UNIQUE, -- and the link by which such a head answers a question
    answer_until timestamptz,
    state text NOT NULL DEFAULT 'applied' CHECK (state IN
        ('applied', 'asked_back', 'accepted_once', 'accepted', 'refused', 'withdrawn')),
    version int NOT NULL DEFAULT 1, -- of the state: who acts says which one he or she saw
    login text NOT NULL DEFAULT '', -- form 1: who is to be registered, and as what; without sign-in the others, too
    name text NOT NULL DEFAULT '' CHECK (char_length(name) <= 100),
    mail text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT '' CHECK (role IN ('', 'drafter', 'delegate', 'approver', 'administrator', 'auditor')),
    post bigint REFERENCES post ON DELETE SET NULL, -- form 2: which one ends; NULL: called off since
    person bigint REFERENCES person, -- whom it is about; form 1: NULL until accepted; without sign-in: NULL for nobody known
    day timestamptz, -- form 1: from when; form 2: until when; NULL: at once
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    once_by bigint REFERENCES person, -- the first of two administrators
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (year, serial),
    CONSTRAINT form_applicant CHECK (CASE head_mail WHEN '' THEN head IS NOT NULL AND head_name = '' ELSE head_name <> '' END),
    CONSTRAINT form_content CHECK (CASE WHEN kind = 1 THEN login <> '' AND name <> '' AND role <> ''
        WHEN head_mail <> '' THEN login <> '' AND (role <> '') = (kind = 2)
        ELSE person IS NOT NULL AND role = '' END),
    CONSTRAINT form_whom CHECK (state <> 'accepted' OR person IS NOT NULL),
    CONSTRAINT form_answer CHECK ((answer_hash IS NULL) = (answer_until IS NULL)
        AND (answer_hash IS NULL OR (state = 'asked_back' AND head_mail <> ''))),
    CONSTRAINT form_once CHECK (state <> 'accepted_once' OR once_by IS NOT NULL),
    CONSTRAINT form_two CHECK (kind <> 1 OR role <> 'administrator' OR state <> 'accepted' OR once_by IS NOT NULL)
);
CREATE INDEX form_department ON form (department, id);
CREATE INDEX form_open ON form (id) WHERE state IN ('applied', 'asked_back', 'accepted_once');

-- Applied for without sign-in and not confirmed yet: no administrator sees it, and it goes when its link is over.
CREATE TABLE form_pending (
    token_hash bytea PRIMARY KEY, -- the token itself is in the letter alone
    said jsonb NOT NULL, -- the form that it becomes
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL,
    form bigint REFERENCES form -- once confirmed
);
CREATE INDEX form_pending_expires ON form_pending (expires);

-- What happened to a form and what it said then. Never changed.
CREATE TABLE form_event (
    form bigint NOT NULL REFERENCES form,
    version int NOT NULL,
    state text NOT NULL,
    by_ bigint REFERENCES person, -- NULL: without sign-in, by a link that went to
    post bigint REFERENCES post,
    address text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '' CHECK (char_length(note) <= 400),
    said jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (form, version),
    CONSTRAINT form_event_by CHECK ((by_ IS NULL) = (address <> '') AND (by_ IS NULL) = (post IS NULL))
);

-- ---- the town's days ----

-- Closed or open, whatever the calendar says.
CREATE TABLE town_day (
    day date PRIMARY KEY,
    open boolean NOT NULL,
    note text NOT NULL CHECK (note ~ '\S' AND char_length(note) <= 100 AND note !~ '[[:cntrl:]]'),
    person bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT now()
);

-- Who may sign in outside the hours, from when till when (002 §13).
CREATE TABLE hours_permit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint NOT NULL REFERENCES person,
    during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)
        AND upper(during) <= lower(during) + interval '366 days'),
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 200 AND reason !~ '[[:cntrl:]]'),
    granter bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    CONSTRAINT hours_permit_another CHECK (granter <> person)
);
CREATE INDEX hours_permit_person ON hours_permit (person);
