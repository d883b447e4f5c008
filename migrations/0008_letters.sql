-- Letters: system mails to one person (confirmation, leaving, a new password's warning). Fixed texts, sent by
-- the same senders before routine alerts. P1 concerns alerts, not letters. The rules stand in
-- core/letters/letter.law.sql; which templates there are, the programs know.

CREATE TABLE letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    template text NOT NULL CHECK (template ~ '^[a-z]+(-[a-z]+)*$'),
    lang text NOT NULL,
    contact bigint REFERENCES contact,
    address text,              -- goes when the letter has ended
    secret text,               -- the link's token, until then; elsewhere only its hash is kept
    made timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'leased', 'accepted', 'refused', 'expired', 'unknown')),
    attempt int NOT NULL DEFAULT 0,
    token bigint,              -- fencing token of the lease
    host text,
    slot int,
    reply text NOT NULL DEFAULT '',
    ended_at timestamptz,
    -- Somebody waits for a confirmation; nobody waits for a warning.
    calm boolean NOT NULL GENERATED ALWAYS AS (coalesce(template NOT IN ('confirm', 'leave'), false)) STORED,
    doubt boolean NOT NULL DEFAULT false, -- may have been sent already
    CONSTRAINT letter_over CHECK ((ended_at IS NULL) = (state IN ('waiting', 'leased'))
        AND (address IS NULL) = (ended_at IS NOT NULL) AND (ended_at IS NULL OR secret IS NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
CREATE INDEX letter_waiting ON letter (calm, not_before, id) WHERE state = 'waiting';
CREATE INDEX letter_leased ON letter (host, slot) WHERE state = 'leased';
CREATE INDEX letter_ended ON letter (ended_at) WHERE ended_at IS NOT NULL;
