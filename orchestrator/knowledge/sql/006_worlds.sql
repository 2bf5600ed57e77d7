CREATE TABLE worlds (
    version INTEGER PRIMARY KEY CHECK (version > 0),
    digest  TEXT NOT NULL CHECK (length(digest) = 64),
    made_us INTEGER NOT NULL CHECK (made_us >= 0),
    made_by TEXT NOT NULL,
    active  INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX worlds_active ON worlds (active) WHERE active = 1;

CREATE TABLE documents (
    world INTEGER NOT NULL REFERENCES worlds (version),
    idx   INTEGER NOT NULL CHECK (idx >= 0),
    name  TEXT NOT NULL CHECK (name <> ''),
    text  BLOB NOT NULL,
    PRIMARY KEY (world, idx),
    UNIQUE (world, name)
) STRICT;

CREATE TABLE conflicts (
    id         TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    world      INTEGER REFERENCES worlds (version),
    kind       TEXT NOT NULL,
    summary    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'waived')),
    chosen     INTEGER NOT NULL CHECK (chosen BETWEEN 0 AND 4294967295),
    decided_by TEXT NOT NULL,
    reason     TEXT NOT NULL,
    until_ms   INTEGER NOT NULL CHECK (until_ms >= 0),
    opened_us  INTEGER NOT NULL CHECK (opened_us >= 0),
    decided_us INTEGER NOT NULL CHECK (decided_us >= 0),
    json       TEXT NOT NULL
) STRICT;
