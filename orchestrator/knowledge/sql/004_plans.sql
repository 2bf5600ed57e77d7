CREATE TABLE plans (
    id          TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    incident    TEXT REFERENCES incidents (id),
    base_digest TEXT NOT NULL,
    digest      TEXT NOT NULL CHECK (length(digest) = 64),
    state       TEXT NOT NULL CHECK (state IN ('proposed', 'awaiting-approval', 'approved',
                    'running', 'done', 'failed', 'undoing', 'undone', 'refused')),
    approval    TEXT NOT NULL CHECK (approval IN ('none', 'one', 'two')),
    json        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    made_us     INTEGER NOT NULL CHECK (made_us >= 0),
    decided_us  INTEGER NOT NULL CHECK (decided_us >= 0),
    started_us  INTEGER NOT NULL CHECK (started_us >= 0),
    finished_us INTEGER NOT NULL CHECK (finished_us >= 0),
    undone_us   INTEGER NOT NULL CHECK (undone_us >= 0)
) STRICT;

CREATE INDEX plans_of_incident ON plans (incident, id) WHERE incident IS NOT NULL;
CREATE INDEX plans_by_state ON plans (state);
CREATE INDEX plans_unfinished ON plans (id)
    WHERE state IN ('proposed', 'awaiting-approval', 'approved', 'running', 'undoing');

-- A step and the control it makes on a plane; action is the control's id there.
CREATE TABLE steps (
    action       TEXT PRIMARY KEY CHECK (length(action) = 26),
    plan         TEXT NOT NULL REFERENCES plans (id),
    idx          INTEGER NOT NULL CHECK (idx BETWEEN 0 AND 31),
    kind         TEXT NOT NULL CHECK (kind <> ''),
    node         TEXT NOT NULL CHECK (node <> ''),
    resource     TEXT NOT NULL,
    source       TEXT NOT NULL,
    polarity     TEXT NOT NULL CHECK (polarity IN ('ban', 'grant')),
    duration_ms  INTEGER NOT NULL CHECK (duration_ms >= 0),
    limit_ms     INTEGER NOT NULL CHECK (limit_ms >= 0),
    after        INTEGER NOT NULL CHECK (after BETWEEN 0 AND 4294967295),
    reversible   INTEGER NOT NULL CHECK (reversible IN (0, 1)),
    state        TEXT NOT NULL CHECK (state IN ('pending', 'acked', 'enforced', 'drifted',
                     'expired', 'undone', 'failed')),
    verified_by  TEXT NOT NULL,
    command      TEXT CHECK (length(command) = 26),
    sent_us      INTEGER NOT NULL CHECK (sent_us >= 0),
    applied_us   INTEGER NOT NULL CHECK (applied_us >= 0),
    enforced_us  INTEGER NOT NULL CHECK (enforced_us >= 0),
    proven_us    INTEGER NOT NULL CHECK (proven_us >= 0),
    undone_us    INTEGER NOT NULL CHECK (undone_us >= 0),
    lease_end_ms INTEGER NOT NULL CHECK (lease_end_ms >= 0),
    detail       TEXT NOT NULL,
    UNIQUE (plan, idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX steps_by_state ON steps (state);
CREATE INDEX steps_live ON steps (action)
    WHERE state IN ('pending', 'acked', 'enforced', 'drifted');
CREATE INDEX steps_live_of_source ON steps (source, action)
    WHERE state IN ('pending', 'acked', 'enforced', 'drifted');

CREATE TABLE approvals (
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    uid    INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
    who    TEXT NOT NULL,
    at_us  INTEGER NOT NULL,
    PRIMARY KEY (digest, uid)
) STRICT, WITHOUT ROWID;
