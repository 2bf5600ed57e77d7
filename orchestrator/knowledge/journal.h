/* orchestrator/knowledge/journal.h - the append-only record of everything received and decided.
 *
 * A row is (seq, at_us, kind, subject, bytes, hash); seq counts 1, 2, 3 ... without holes. With
 *   record_n = seq u64 | at_us i64 | len u8 | kind | len u16 | subject | len u32 | bytes
 *              (little-endian)
 *   leaf_n   = SHA-256(0x00 | record_n)
 *   hash_n   = SHA-256(0x02 | hash_{n-1} | leaf_n)
 *   hash_0   = SHA-256(0x02 | "redan-journal-1" | the file's random 16-byte id)
 * leaf_n is the leaf of RFC 6962, so that a Merkle tree can be laid over the same rows; the chain
 * has a domain byte of its own. Editing, deleting, inserting or reordering rows breaks the chain.
 * Cutting off the end is found by the head kept beside the rows, or, when an attacker rewrites that
 * as well, only by a head somebody else has kept: journal_verify compares with both.
 *
 * Threads and errors as in knowledge.h. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_JOURNAL_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_JOURNAL_H

#include <stdint.h>

#include "base/crypto.h"
#include "orchestrator/knowledge/knowledge.h"

enum { JOURNAL_KIND_MAX = 64, JOURNAL_ID_BYTES = 16, JOURNAL_PROGRESS_ROWS = 4096 };

struct journal_head {
    uint64_t seq; /* 0: empty */
    struct sha256 hash;
};

struct journal_row {
    uint64_t seq;
    int64_t at_us;
    struct slice kind;
    struct slice subject;
    struct slice bytes;
    struct sha256 hash;
};

/* Appends in the open turn. knowledge_record and knowledge_accept_batch are the usual ways in. */
struct status journal_append(struct knowledge *knowledge, const char *kind, struct slice subject,
                             struct slice bytes, uint64_t *out_seq) MUST_USE;

/* The last row, as stored. */
struct status journal_head(struct knowledge_reader *reader, struct journal_head *out) MUST_USE;

typedef struct status(journal_row_fn)(void *arg, const struct journal_row *row);

/* Rows with seq > after, oldest first, at most `limit`. */
struct status journal_list(struct knowledge_reader *reader, uint64_t after, uint32_t limit,
                           journal_row_fn *row, void *arg, bool *out_more) MUST_USE;
/* Rows about one subject, oldest first: the history of an alert, a plan ... */
struct status journal_of(struct knowledge_reader *reader, struct slice subject, uint64_t after,
                         uint32_t limit, journal_row_fn *row, void *arg, bool *out_more) MUST_USE;
/* Errors: STATUS_NOT_FOUND. */
struct status journal_get(struct knowledge_reader *reader, uint64_t seq, struct arena *arena,
                          struct journal_row *out) MUST_USE;

/* Called every JOURNAL_PROGRESS_ROWS rows; a failed status ends the check and is returned. */
typedef struct status(journal_progress_fn)(void *arg, uint64_t seq, uint64_t last_seq);

struct journal_check {
    uint64_t from;                       /* first row to check; the row before is trusted; 0 and 1:
                                            from the beginning */
    uint64_t to;                         /* last row to check; 0: to the end */
    const struct journal_head *expected; /* a head kept elsewhere, or NULL: must be on the chain */
    journal_progress_fn *progress;       /* NULL: none */
    void *arg;
};

struct journal_verdict {
    bool intact;
    uint64_t rows;            /* checked and good */
    uint64_t bad_seq;         /* first bad row, when not intact */
    char why[128];            /* "row 7 was changed", "row 8 is missing" ... */
    struct journal_head head; /* of the last good row */
};

/* A broken chain is a success with verdict->intact false; a status fails only when the file cannot
 * be read. */
struct status journal_verify(struct knowledge_reader *reader, const struct journal_check *check,
                             struct journal_verdict *out) MUST_USE;

/* The pure part: what a row's hash must be after `before`. */
struct sha256 journal_genesis(const uint8_t id[JOURNAL_ID_BYTES]);
struct sha256 journal_leaf(const struct journal_row *row);
struct sha256 journal_link(const struct sha256 *before, const struct sha256 *leaf);

#endif
