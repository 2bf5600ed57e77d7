CREATE TABLE incidents (
    id            TEXT PRIMARY KEY CHECK (length(id) = 26),
    key           TEXT NOT NULL CHECK (key <> ''),
    severity      TEXT NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
    state         TEXT NOT NULL CHECK (state IN ('open', 'contained', 'closed')),
    unit          TEXT NOT NULL,
    source        TEXT NOT NULL,
    target        TEXT NOT NULL,
    rule          TEXT NOT NULL,
    first_us      INTEGER NOT NULL CHECK (first_us >= 0),
    opened_us     INTEGER NOT NULL CHECK (opened_us >= 0),
    detected_us   INTEGER NOT NULL CHECK (detected_us >= 0),
    planned_us    INTEGER NOT NULL CHECK (planned_us >= 0),
    enforced_us   INTEGER NOT NULL CHECK (enforced_us >= 0),
    proven_us     INTEGER NOT NULL CHECK (proven_us >= 0),
    closed_us     INTEGER NOT NULL CHECK (closed_us >= 0),
    mttr          TEXT NOT NULL CHECK (mttr IN ('unknown', 'met', 'breached')),
    mttr_limit_ms INTEGER NOT NULL CHECK (mttr_limit_ms >= 0),
    reason        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX incidents_not_closed ON incidents (key) WHERE state <> 'closed';

CREATE TABLE alerts (
    id           TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    key          TEXT NOT NULL UNIQUE CHECK (key <> ''),
    rule         TEXT NOT NULL CHECK (rule <> ''),
    severity     TEXT NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
    node         TEXT NOT NULL CHECK (node <> ''),
    resource     TEXT NOT NULL,
    source       TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count >= 0),
    first_us     INTEGER NOT NULL,
    last_us      INTEGER NOT NULL,
    detected_us  INTEGER NOT NULL,
    received_us  INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    corroborated INTEGER NOT NULL CHECK (corroborated IN (0, 1)),
    json         TEXT NOT NULL,
    incident     TEXT REFERENCES incidents (id)
) STRICT;

CREATE INDEX alerts_of_incident ON alerts (incident, id) WHERE incident IS NOT NULL;
