-- The one row of facts about this file. head_* is the journal's last row, written with every commit.
CREATE TABLE store (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    journal_id    BLOB NOT NULL CHECK (length(journal_id) = 16),
    head_seq      INTEGER NOT NULL CHECK (head_seq >= 0),
    head_hash     BLOB NOT NULL CHECK (length(head_hash) = 32),
    fencing_epoch INTEGER NOT NULL CHECK (fencing_epoch >= 0)
) STRICT;

-- Append-only; see journal.h for what the hash covers.
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY CHECK (seq > 0),
    at_us   INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind <> ''),
    subject TEXT NOT NULL,
    bytes   BLOB NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX journal_by_subject ON journal (subject, seq) WHERE subject <> '';

CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_keeps_bytes BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
