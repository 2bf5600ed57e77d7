CREATE TABLE commands (
    id            TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    node          TEXT NOT NULL CHECK (node <> ''),
    service       TEXT NOT NULL,
    verb          TEXT NOT NULL CHECK (verb IN ('do', 'check', 'undo')),
    action        TEXT CHECK (length(action) = 26),
    seq           INTEGER NOT NULL CHECK (seq > 0),
    fencing_epoch INTEGER NOT NULL CHECK (fencing_epoch > 0),
    state         TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'accepted', 'done', 'failed',
                      'expired', 'refused')),
    issued_ms     INTEGER NOT NULL CHECK (issued_ms >= 0),
    expires_ms    INTEGER NOT NULL CHECK (expires_ms >= 0),
    sent_ms       INTEGER NOT NULL CHECK (sent_ms >= 0),
    sent_count    INTEGER NOT NULL CHECK (sent_count BETWEEN 0 AND 4294967295),
    bytes         BLOB NOT NULL,
    result        BLOB NOT NULL,
    detail        TEXT NOT NULL,
    UNIQUE (node, seq)
) STRICT;

CREATE INDEX commands_unfinished ON commands (id) WHERE state IN ('planned', 'sent', 'accepted');

-- The last number given to each target.
CREATE TABLE command_seqs (
    node TEXT PRIMARY KEY CHECK (node <> ''),
    seq  INTEGER NOT NULL CHECK (seq > 0)
) STRICT, WITHOUT ROWID;
