-- An alert's life: drafted, submitted, approved by a second person, sent (004 §13; P1, P2). Programs hold no
-- right on these tables; every transition is one function. The rules stand in core/alert/*.law.sql: who may
-- approve in approval.law.sql, which states follow which in alert.law.sql.

CREATE TABLE alert (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    creator bigint NOT NULL REFERENCES person,
    drill boolean NOT NULL DEFAULT false,
    act text NOT NULL DEFAULT 'new' CHECK (act IN ('new', 'correction', 'cancellation')),
    original bigint REFERENCES alert,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'discarded', 'submitted', 'approved',
        'sending', 'paused', 'done', 'stopped', 'cancelled', 'expired')),
    version int NOT NULL DEFAULT 0,   -- the newest one
    submitter bigint REFERENCES person,
    submitted_at timestamptz,
    made timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(), -- of the last transition or save
    CONSTRAINT alert_original CHECK ((act = 'new') = (original IS NULL)),
    CONSTRAINT alert_submitter CHECK (state IN ('draft', 'discarded') OR submitter IS NOT NULL)
);
CREATE INDEX alert_department ON alert (department, changed_at DESC);
CREATE INDEX alert_state ON alert (state) WHERE state IN ('submitted', 'approved', 'sending', 'paused');
CREATE INDEX alert_followers ON alert (original) WHERE original IS NOT NULL;

-- Everything the approver decides on beside the texts. Every version is kept.
CREATE TABLE alert_version (
    alert bigint NOT NULL REFERENCES alert,
    version int NOT NULL CHECK (version > 0),
    editor bigint NOT NULL REFERENCES person,
    made timestamptz NOT NULL DEFAULT now(),
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,         -- empty: everywhere
    everybody boolean NOT NULL,
    channels text[] NOT NULL DEFAULT '{mail}' CHECK (channels = '{mail}'),
    urgent boolean NOT NULL,
    urgent_reason text NOT NULL,
    valid_until timestamptz NOT NULL,
    PRIMARY KEY (alert, version),
    CONSTRAINT alert_everybody_urgent CHECK (urgent OR NOT everybody),
    CONSTRAINT alert_urgent_reason CHECK (urgent = (urgent_reason ~ '\S')
        AND char_length(urgent_reason) <= 200),
    CONSTRAINT alert_categories CHECK (cardinality(categories) BETWEEN 1 AND 100)
);

-- What the system puts before title and body. Whom the original did not reach is told the right thing
-- alone, as if it were the first. (Here and not with the rules, for constraints use it.)
CREATE FUNCTION alert_stamp(drill boolean, act text, reached boolean, lang text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN lang IN ('ja', 'easy') THEN
        CASE WHEN drill THEN '【訓練】' ELSE '' END
        || CASE WHEN NOT reached THEN '' WHEN act = 'correction' THEN '【訂正】'
            WHEN act = 'cancellation' THEN '【取消】' ELSE '' END
    ELSE
        CASE WHEN drill THEN '[DRILL] ' ELSE '' END
        || CASE WHEN NOT reached THEN '' WHEN act = 'correction' THEN '[CORRECTION] '
            WHEN act = 'cancellation' THEN '[CANCELLED] ' ELSE '' END
    END;

-- The texts, by language (004 §13-2(2), (3)). title and body are for everybody; of a correction and a
-- cancellation for those whom the original reached. A correction has a second text, for those it did not
-- reach; after a cancellation nobody else is bothered. Stored without stamps; the limits count them.
CREATE TABLE alert_text (
    alert bigint NOT NULL,
    version int NOT NULL,
    lang text NOT NULL CHECK (lang ~ '^[a-z]{2,8}$'),
    title text NOT NULL,
    body text NOT NULL,
    drill boolean NOT NULL DEFAULT false, -- the alert's, put here by alert_text_check
    act text NOT NULL DEFAULT 'new',      -- the same
    unreached_title text,
    unreached_body text,
    PRIMARY KEY (alert, version, lang),
    FOREIGN KEY (alert, version) REFERENCES alert_version,
    CONSTRAINT alert_text_title CHECK (prose_title_ok(title, lang, alert_stamp(drill, act, true, lang))),
    CONSTRAINT alert_text_body CHECK (prose_body_ok(body, lang, alert_stamp(drill, act, true, lang))),
    CONSTRAINT alert_text_two CHECK ((act = 'correction') = (unreached_title IS NOT NULL)
        AND (act = 'correction') = (unreached_body IS NOT NULL)),
    CONSTRAINT alert_text_unreached_title CHECK (unreached_title IS NULL
        OR prose_title_ok(unreached_title, lang, alert_stamp(drill, act, false, lang))),
    CONSTRAINT alert_text_unreached_body CHECK (unreached_body IS NULL
        OR prose_body_ok(unreached_body, lang, alert_stamp(drill, act, false, lang)))
);

-- One approval an alert, of one version, bound to what was shown.
CREATE TABLE approval (
    alert bigint PRIMARY KEY REFERENCES alert,
    version int NOT NULL,
    fingerprint bytea NOT NULL,
    approver bigint NOT NULL REFERENCES person,
    post bigint NOT NULL REFERENCES post,
    session bigint NOT NULL REFERENCES session,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (alert, version) REFERENCES alert_version
);

-- Returned to the drafter, with the reason.
CREATE TABLE alert_return (
    alert bigint NOT NULL,
    version int NOT NULL,
    approver bigint NOT NULL REFERENCES person,
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 400),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (alert, version) REFERENCES alert_version
);
