-- Returned mail: whose it is, what it says of an address, and what follows from it. An address is never given
-- up because of one mail, nor because of one alert. The rules stand in core/returned/*.law.sql.

-- One row a delivery, and one more when its reader complained of it: the same report twice, or a
-- report of each of two servers, counts once.
--   permanent  the address is no more         | count against
--   temporary  given up after tries for days  | the address
--   policy     refused for what we are or sent, a fault of a server on the way: on record, no more
--   complaint  its reader pressed "spam" (RFC 5965)
CREATE TABLE bounce (
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    complaint boolean GENERATED ALWAYS AS (kind = 'complaint') STORED,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('permanent', 'temporary', 'policy', 'complaint')),
    status text NOT NULL CHECK (status ~ '^([245]\.[0-9]{1,3}\.[0-9]{1,3})?$'), -- RFC 3463
    source text NOT NULL CHECK (source IN ('mail', 'smtp')), -- returned later, or refused at once
    reply text NOT NULL CHECK (char_length(reply) <= 500),
    PRIMARY KEY (alert, contact, complaint)
);
CREATE INDEX bounce_contact ON bounce (contact, at);
CREATE INDEX bounce_at ON bounce (at);

-- Contacts whose mails fail, and how far that has led. A failure counts while it is younger than
-- cleared_at and 180 days.
CREATE TABLE doubt (
    contact bigint PRIMARY KEY REFERENCES contact,
    judge_at timestamptz NOT NULL,     -- when to look at it next
    cleared_at timestamptz NOT NULL DEFAULT '-infinity',
    warned_at timestamptz,
    suspended_at timestamptz,
    reason text CHECK (reason IN ('permanent', 'temporary', 'complaint')),
    CHECK ((reason IS NULL) = (warned_at IS NULL AND suspended_at IS NULL))
);
CREATE INDEX doubt_judge ON doubt (judge_at);

-- Alerts of which so many came back that the fault is a server's, not the addresses': their failures
-- count against nobody unless an administrator says so.
CREATE TABLE bounce_storm (
    alert bigint PRIMARY KEY REFERENCES alert,
    at timestamptz NOT NULL,
    failed int NOT NULL,
    total int NOT NULL,
    verdict text CHECK (verdict IN ('count', 'forgive')),
    decided_at timestamptz,
    CHECK ((verdict IS NULL) = (decided_at IS NULL))
);

-- How far a broadcast's refusals at the relay's door have been taken over.
CREATE TABLE bounce_collected (
    alert bigint PRIMARY KEY REFERENCES alert,
    at timestamptz NOT NULL, -- the last outcome's
    contact bigint NOT NULL,
    done boolean NOT NULL
);

-- What the intake did with the mails it took, by day.
CREATE TABLE intake_tally (
    day date NOT NULL,
    what text NOT NULL,
    mails bigint NOT NULL,
    PRIMARY KEY (day, what)
);
