/* orchestrator/knowledge/knowledge_priv.h - what the table files know of a handle. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_KNOWLEDGE_PRIV_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_KNOWLEDGE_PRIV_H

#include "orchestrator/knowledge/db_priv.h"
#include "orchestrator/knowledge/journal.h"
#include "orchestrator/knowledge/knowledge.h"

struct knowledge_reader {
    struct db db;
};

struct knowledge {
    struct knowledge_reader reader;
    int lock_fd;
    bool in_turn;
    struct status spoiled; /* the first failed write of the turn */
    int64_t now_us;        /* of the turn */
    struct journal_head head;
    struct journal_head committed; /* head at the start of the turn */
    uint64_t fencing_epoch;
    uint64_t turn_rows, turn_bytes;
    int wal_pages; /* not yet moved into the file, as of the last commit */
    struct knowledge_stats stats;
};

/* A change inside the open turn; damage spoils the turn, a refusal does not. */
struct status knowledge_run(struct knowledge *knowledge, const struct db_args *args) MUST_USE;
/* The same for a statement that returns one number. */
struct status knowledge_run_number(struct knowledge *knowledge, const struct db_args *args,
                                   uint64_t *out) MUST_USE;
/* For writes: fails when there is no turn, or a spoiled one. */
struct status knowledge_writable(const struct knowledge *knowledge) MUST_USE;
/* The statement of a write. */
sqlite3_stmt *knowledge_borrow(struct knowledge *knowledge, enum db_owner owner, size_t which);

/* The tables of each owner; NULL-free. */
extern const struct db_texts turn_texts, journal_texts, ingest_texts, node_texts, alert_texts,
    incident_texts, plan_texts, step_texts, command_texts, world_texts, conflict_texts;

/* Where the chain starts and where it stood at the last commit. */
struct journal_origin {
    uint8_t id[JOURNAL_ID_BYTES];
    struct journal_head head;
};

/* journal.c, for the turn and for verify.c */
struct status journal_make(struct db *db, const uint8_t id[JOURNAL_ID_BYTES]) MUST_USE;
struct status journal_load(struct db *db, struct journal_origin *out) MUST_USE;
struct status journal_save_head(struct knowledge *knowledge) MUST_USE;
/* The limits of a row: STATUS_INVALID. A stored row beyond them is not one of ours. */
struct status journal_check_row(const struct journal_row *row) MUST_USE;
/* All rows with seq > after in order, until `row` fails. */
struct status journal_scan(struct db *db, uint64_t after, journal_row_fn *row, void *arg) MUST_USE;

#endif
