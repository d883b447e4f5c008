-- How an approved alert leaves: lanes, audience, chunks, outcomes, accounting (P3 to P7). Chunks are claimed
-- and updated, recipients are not; outcomes are only appended. The rules stand in core/sending/*.law.sql.

-- ---- lanes ----

-- Groups of recipient domains that are sent to apart from each other (P5). Every lane there is; the settings
-- of the worker hosts are written here when they start, so that all hosts agree. Names of settings have no
-- dot; a lane named like a domain was split off for trouble.
CREATE TABLE lane (
    name text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]*$'),
    pace int NOT NULL DEFAULT 0 CHECK (pace >= 0), -- messages a second, all hosts together; 0: no limit
    retired_at timestamptz -- no domain leads here any more; the row goes when nothing can refer to it
);
INSERT INTO lane (name) VALUES ('other');

CREATE TABLE lane_domain (
    domain text COLLATE "C" PRIMARY KEY CHECK (domain ~ '^[a-z0-9.-]+$'),
    lane text COLLATE "C" NOT NULL REFERENCES lane,
    split_until timestamptz -- split off till then; NULL: by setting
);

-- ---- deliveries and what came of them ----

-- The broadcast of an approved alert: where fan-out stands, and the totals. A row of its own, since
-- it changes with every batch of outcomes and the alert does not.
CREATE TABLE broadcast (
    alert bigint PRIMARY KEY REFERENCES alert,
    month date NOT NULL,          -- of its deliveries' and outcomes' partition
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reached bigint NOT NULL DEFAULT 0, -- fan-out: all subscribers up to this id are done
    written int NOT NULL DEFAULT 0,    -- deliveries so far
    total int,                    -- frozen by fan-out's last slice; NULL until then
    accepted int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    expired int NOT NULL DEFAULT 0,
    cancelled int NOT NULL DEFAULT 0,
    unknown int NOT NULL DEFAULT 0,
    retried int NOT NULL DEFAULT 0,    -- temporary outcomes so far
    first_accepted_at timestamptz,
    last_outcome_at timestamptz,
    ended_at timestamptz,
    halted text NOT NULL DEFAULT '',   -- why it was refused, or does not end
    paused text NOT NULL DEFAULT '',       -- why the engine paused it last
    paused_reply text NOT NULL DEFAULT '', -- the relay's words
    paused_at timestamptz,                 -- = alert.changed_at while that is the pause in force
    doubt_at timestamptz,                  -- a sender asked about the text
    doubt_accepted int NOT NULL DEFAULT 0, -- accepted then
    pauses int NOT NULL DEFAULT 0,         -- by refusals; each lets four times as many pass
    -- Totals at the last two looks at the share of refusals, half a minute or more apart.
    look_at timestamptz NOT NULL DEFAULT '-infinity',
    look_ended int NOT NULL DEFAULT 0,
    look_refused int NOT NULL DEFAULT 0,
    before_ended int NOT NULL DEFAULT 0,
    before_refused int NOT NULL DEFAULT 0,
    -- Where the recount at the end stands: contacts up to this one, deliveries and ends so far.
    counted_to bigint NOT NULL DEFAULT 0,
    counted int NOT NULL DEFAULT 0,
    counted_ends int NOT NULL DEFAULT 0,
    fanout_after timestamptz NOT NULL DEFAULT '-infinity', -- fan-out has nothing to do here before
    checks int NOT NULL DEFAULT 0,         -- times the sums were right and the rows were not
    check_after timestamptz NOT NULL DEFAULT '-infinity',
    dropped_at timestamptz,                -- its deliveries and outcomes are not kept any more
    folded_at timestamptz NOT NULL DEFAULT '-infinity', -- totals brought up to the parts
    CONSTRAINT broadcast_exact CHECK (ended_at IS NULL
        OR total = accepted + refused + expired + cancelled + unknown)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
CREATE INDEX broadcast_unwritten ON broadcast (alert) WHERE total IS NULL;
CREATE INDEX broadcast_unended ON broadcast (alert) WHERE ended_at IS NULL;

-- One row a recipient, by months. The months' partitions are made ahead by house_ahead, which `kairan
-- migrate` calls, too.
CREATE TABLE delivery (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    PRIMARY KEY (alert, contact, month)
) PARTITION BY RANGE (month);

CREATE TYPE result AS ENUM ('accepted', 'refused', 'expired', 'cancelled', 'unknown', 'temporary');

-- What came of each attempt; by months, as deliveries.
CREATE TABLE outcome (
    month date NOT NULL,
    alert bigint NOT NULL,
    contact bigint NOT NULL,
    at timestamptz NOT NULL,
    attempt smallint NOT NULL,
    code smallint NOT NULL,       -- of the relay's reply; 0: none
    result result NOT NULL,
    final boolean NOT NULL,       -- ends the delivery
    again boolean NOT NULL,       -- may have been sent before (same Message-ID)
    relay text NOT NULL,
    reply text NOT NULL,          -- the relay's words, or our reason
    enhanced text NOT NULL DEFAULT '', -- RFC 3463 code of the relay's reply ("5.1.1"); '': none
    lane text NOT NULL DEFAULT 'other', -- it was sent in
    CHECK (final OR result IN ('temporary', 'unknown'))
) PARTITION BY RANGE (month);
CREATE UNIQUE INDEX outcome_final ON outcome (alert, contact, month) WHERE final;
-- What the console lists; an alert with a million accepted has few of these.
CREATE INDEX outcome_trouble ON outcome (alert, at) WHERE final AND result IN ('refused', 'unknown');

-- What connections of a stripe have added to a broadcast's totals. Equal to the rows of outcome at any
-- moment, for both are written in one transaction; the broadcast's own row is a little behind at times. The
-- reference is to the alert: one to the broadcast would wait for fan-out, which locks that row.
CREATE TABLE broadcast_part (
    alert bigint NOT NULL REFERENCES alert,
    stripe smallint NOT NULL,
    accepted int NOT NULL,
    refused int NOT NULL,
    expired int NOT NULL,
    cancelled int NOT NULL,
    unknown int NOT NULL,
    retried int NOT NULL,
    first_accepted_at timestamptz,
    last_outcome_at timestamptz,
    PRIMARY KEY (alert, stripe)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);

-- Outcomes by second: charts, medians and percentiles are taken from here, never by counting a
-- million rows. Equal to the rows of outcome at any moment, for both are written in one transaction.
CREATE TABLE broadcast_tally (
    alert bigint NOT NULL REFERENCES alert,
    second timestamptz NOT NULL CHECK (second = date_trunc('second', second)),
    n int NOT NULL CHECK (n > 0),
    result result NOT NULL,
    final boolean NOT NULL,
    lane text NOT NULL,
    relay text NOT NULL, -- '': no relay had part in it
    stripe smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (alert, second, result, final, lane, relay, stripe)
) WITH (fillfactor = 50, -- a row is updated for a second, in its page
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);

-- ---- what senders claim ----

CREATE SEQUENCE lease_token; -- fencing tokens, of chunks and letters

-- Some hundred deliveries of one alert and one lane: the unit senders claim.
CREATE SEQUENCE handover;
CREATE TABLE chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert bigint NOT NULL REFERENCES alert,
    urgent boolean NOT NULL,
    lane text COLLATE "C" NOT NULL DEFAULT 'other'
        CONSTRAINT chunk_lane REFERENCES lane ON DELETE SET DEFAULT,
    members bigint[] NOT NULL CHECK (cardinality(members) > 0),
    attempt smallint NOT NULL DEFAULT 1,
    again boolean NOT NULL DEFAULT false, -- members may have been sent before
    not_before timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'closed')),
    token bigint,                 -- fencing token of the lease
    host text,
    slot int,
    size int GENERATED ALWAYS AS (cardinality(members)) STORED,
    -- Whose hand-over it is: express mails take their Message-ID from it, so it stays with members who
    -- are in doubt and may hear the same mail again.
    handover bigint NOT NULL DEFAULT nextval('handover'),
    -- Which of a correction's texts: for those whom the original reached, or did not.
    variant text NOT NULL DEFAULT 'only' CHECK (variant IN ('only', 'reached', 'unreached')),
    CHECK ((state = 'leased') <= (token IS NOT NULL AND host IS NOT NULL AND slot IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 2000, vacuum_truncate = false);
ALTER SEQUENCE handover OWNED BY chunk.handover;
CREATE INDEX chunk_waiting ON chunk (lane, urgent DESC, not_before, id) WHERE state = 'waiting';
CREATE INDEX chunk_leased ON chunk (host, slot) WHERE state = 'leased';
CREATE INDEX chunk_open ON chunk (alert) WHERE state <> 'closed';
CREATE INDEX chunk_handover ON chunk (handover);
CREATE INDEX chunk_closed ON chunk (urgent, id) WHERE state = 'closed';

-- ---- what workers say of themselves ----

-- Worker processes; a host's newest sign of life is its heartbeat.
CREATE TABLE worker (
    host text NOT NULL,
    role text NOT NULL,
    slot int NOT NULL,
    pid int NOT NULL,
    started timestamptz NOT NULL DEFAULT now(),
    seen timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (host, role, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
    vacuum_truncate = false);

-- Relays as the senders find them, for the console.
CREATE TABLE relay_state (
    relay text NOT NULL,
    host text NOT NULL,
    slot int NOT NULL,
    up boolean NOT NULL,
    reason text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT now(),
    connections int NOT NULL DEFAULT 0, -- open now
    next_try timestamptz,               -- of one in trouble
    PRIMARY KEY (relay, host, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
    vacuum_truncate = false);

-- Lanes as the senders find them.
CREATE TABLE lane_state (
    lane text COLLATE "C" NOT NULL REFERENCES lane ON DELETE CASCADE,
    host text NOT NULL,
    slot int NOT NULL,
    relay text NOT NULL,         -- the one in use
    connections int NOT NULL,    -- open now
    most int NOT NULL,           -- how many it may have at present
    in_hand int NOT NULL,        -- deliveries claimed and not yet sent
    latency_ms int NOT NULL,     -- from text to reply, smoothed; 0: not known
    up boolean NOT NULL,
    reason text NOT NULL,        -- of a pause
    next_try timestamptz,
    since timestamptz NOT NULL DEFAULT now(), -- it is up or not
    seen timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lane, host, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
    vacuum_truncate = false);
