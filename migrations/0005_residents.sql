-- Residents: what they may choose, who they are, how they come and go (004 §2(2)), and files of residents.
-- The rules stand in core/residents/*.law.sql.

CREATE TABLE category (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:];]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]'),
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz
);

CREATE TABLE area (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:];]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]'),
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz
);

-- A file of residents: registration by the administrator, with one reason for the whole file.
CREATE TABLE import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint REFERENCES person, -- NULL: the operator on the host
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 200),
    file_name text NOT NULL CHECK (char_length(file_name) <= 200),
    state text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'applied', 'discarded')),
    made timestamptz NOT NULL DEFAULT now(),
    applied_at timestamptz,
    file_rows int NOT NULL DEFAULT 0, -- as read from the file, by the program
    duplicates int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    added int,                        -- by the database: measured when staged, then as applied
    changed int,
    kept int
);

-- Choices are arrays on the subscriber: the audience of an alert is then one scan with two
-- overlaps. A trigger holds them to the tables above, whose rows are retired, never deleted.
CREATE TABLE subscriber (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lang text NOT NULL DEFAULT 'ja' -- or another, or 'easy': やさしい日本語
        CHECK (lang ~ '^[a-z]{2,8}$'),
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    own boolean NOT NULL,      -- confirmed, changed or left by himself: no file changes him any more
    terms_version text,        -- agreed to, with the time (004 §2(2))
    agreed_at timestamptz,
    import bigint REFERENCES import, -- the file that registered or last changed him
    made timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscriber_agreed_or_imported
        CHECK ((agreed_at IS NOT NULL AND terms_version <> '') OR import IS NOT NULL)
);

-- The only table with addresses. When a contact leaves, the address goes and the keyed hash
-- stays, so that no file brings it back.
CREATE TABLE contact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscriber bigint NOT NULL REFERENCES subscriber,
    channel text NOT NULL CHECK (channel IN ('mail', 'sms')),
    address text,
    hash bytea NOT NULL, -- address_hash of the normal form
    confirmed_at timestamptz NOT NULL,
    suspended_at timestamptz,
    gone_at timestamptz,
    CONSTRAINT contact_known_once UNIQUE (hash, channel),
    CONSTRAINT contact_gone CHECK ((address IS NULL) = (gone_at IS NOT NULL)),
    -- what SMTP must never see: controls, spaces, angle brackets (RFC 5321 §4.1.2)
    CONSTRAINT contact_address CHECK (CASE channel
        WHEN 'mail' THEN address ~ '^[^\s[:cntrl:]<>@]{1,64}@[a-z0-9.-]+$' AND octet_length(address) <= 254
        ELSE address ~ '^0[6-9]0[1-9][0-9]{7}$' END)
);
CREATE INDEX contact_subscriber ON contact (subscriber, channel);
CREATE INDEX contact_suspended ON contact (id) WHERE suspended_at IS NOT NULL AND gone_at IS NULL;

-- Contacts that get mail or SMS, counted by their subscribers' choices: the sum of n is the number. Rows
-- are only added, by triggers, so that nobody waits for anybody; audience_fold sums them up.
CREATE TABLE audience (
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    channel text NOT NULL,
    n int NOT NULL
);

-- A sign-up that waits for its confirmation. The link's token is random; only its hash stays.
CREATE TABLE signup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    address text NOT NULL,
    lang text NOT NULL CHECK (lang ~ '^[a-z]{2,8}$'),
    categories smallint[] NOT NULL CHECK (cardinality(categories) > 0),
    areas smallint[] NOT NULL,
    terms_version text NOT NULL CHECK (terms_version <> ''),
    network inet,
    made timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX signup_made ON signup (made);

-- ---- a file's rows ----
--
-- A file adds, and changes only whom a file registered. The program parses, drops doubles within the file
-- and stages the good rows; they are applied in one transaction.

CREATE TABLE import_row (
    import bigint NOT NULL REFERENCES import,
    line int NOT NULL,
    address text NOT NULL,
    phone text,
    areas smallint[] NOT NULL,
    categories smallint[] NOT NULL,
    lang text NOT NULL,
    hash bytea,        -- filled when the file is complete
    subscriber bigint, -- of the contact that has this address already, else the new one's
    fresh boolean,
    PRIMARY KEY (import, line)
);

CREATE TABLE import_refusal (
    import bigint NOT NULL REFERENCES import,
    line int NOT NULL,
    reason text NOT NULL,
    excerpt text NOT NULL CHECK (char_length(excerpt) <= 500),
    PRIMARY KEY (import, line)
);

-- What a helper is doing with a file at present. A row of its own: the file's own row is locked while
-- it is applied.
CREATE TABLE import_work (
    import bigint PRIMARY KEY REFERENCES import,
    doing text NOT NULL CHECK (doing IN ('reading', 'applying')),
    done int NOT NULL DEFAULT 0, -- rows, of the step it is at
    whole int NOT NULL DEFAULT 0,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed text NOT NULL DEFAULT '' -- why it ended; the file is as it was before
);
