CREATE TABLE nodes (
    name         TEXT PRIMARY KEY CHECK (name <> ''),
    role         TEXT NOT NULL CHECK (role IN ('orchestrator', 'aggregator', 'sma')),
    state        TEXT NOT NULL CHECK (state IN ('pending', 'enrolled', 'draining', 'revoked')),
    services     TEXT NOT NULL,
    via          TEXT NOT NULL,
    last_seen_ms INTEGER NOT NULL CHECK (last_seen_ms >= 0)
) STRICT, WITHOUT ROWID;

-- What has been taken in from each node; epoch is an unsigned number in two's complement.
CREATE TABLE streams (
    node  TEXT PRIMARY KEY CHECK (node <> ''),
    epoch INTEGER NOT NULL CHECK (epoch <> 0),
    seq   INTEGER NOT NULL CHECK (seq >= 0)
) STRICT, WITHOUT ROWID;
