#include "orchestrator/knowledge/journal.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* One pass over the rows. */
struct walk {
    const struct journal_check *check;
    struct journal_head stored;  /* the head kept beside the rows, when the pass began */
    struct journal_head good;    /* last row found good */
    struct journal_verdict *out; /* intact until a row is bad */
    uint64_t last;               /* for progress */
};

PRINTF_LIKE(3, 4)
static void find_bad(struct walk *walk, uint64_t seq, const char *format, ...)
{
    va_list args;

    walk->out->intact = false;
    walk->out->bad_seq = seq;
    va_start(args, format);
    (void)vsnprintf(walk->out->why, sizeof(walk->out->why), format, args);
    va_end(args);
}

static void compare(struct walk *walk, const struct journal_head *kept, const char *whose)
{
    if (walk->out->intact && kept->seq == walk->good.seq &&
        !sha256_eq(&kept->hash, &walk->good.hash)) {
        find_bad(walk, kept->seq, "row %" PRIu64 " is not the one that %s names", kept->seq, whose);
    }
}

static void compare_heads(struct walk *walk)
{
    compare(walk, &walk->stored, "the stored head");
    if (walk->check->expected != NULL) {
        compare(walk, walk->check->expected, "the expected head");
    }
}

static void judge(struct walk *walk, const struct journal_row *row)
{
    uint64_t next = walk->good.seq + 1;
    struct status within = journal_check_row(row);

    if (row->seq != next) {
        find_bad(walk, next, "row %" PRIu64 " is missing", next);
        return;
    }
    struct sha256 leaf = journal_leaf(row);
    struct sha256 hash = journal_link(&walk->good.hash, &leaf);
    if (!status_ok(&within) || !sha256_eq(&hash, &row->hash)) {
        find_bad(walk, row->seq, "row %" PRIu64 " was changed, or is not the one that followed",
                 row->seq);
        return;
    }
    walk->good = (struct journal_head){ row->seq, hash };
    walk->out->rows++;
    compare_heads(walk);
}

/* A failed status only ends the scan: STATUS_CONFLICT for a verdict, others for the caller. */
static struct status step(void *arg, const struct journal_row *row)
{
    struct walk *walk = arg;
    const struct journal_check *check = walk->check;

    if (check->to != 0 && row->seq > check->to) {
        return status_error(STATUS_CONFLICT, "the end of the range");
    }
    judge(walk, row);
    if (!walk->out->intact) {
        return status_error(STATUS_CONFLICT, "a bad row");
    }
    if (check->progress != NULL && walk->out->rows % JOURNAL_PROGRESS_ROWS == 0) {
        TRY(check->progress(check->arg, row->seq, walk->last));
    }
    return STATUS_SUCCESS;
}

static struct status remember_hash(void *arg, const struct journal_row *row)
{
    struct journal_head *head = arg;

    *head = (struct journal_head){ row->seq, row->hash };
    return status_error(STATUS_CONFLICT, "one row is enough");
}

/* The row before the first one to check is taken as it is. */
static struct status start(struct knowledge_reader *reader, struct walk *walk)
{
    struct journal_origin origin;
    uint64_t before = walk->check->from > 0 ? walk->check->from - 1 : 0;

    TRY(journal_load(&reader->db, &origin));
    walk->stored = origin.head;
    walk->last = origin.head.seq;
    if (before > origin.head.seq) {
        return status_error(STATUS_NOT_FOUND, "journal: has only %" PRIu64 " rows",
                            origin.head.seq);
    }
    if (before == 0) {
        walk->good = (struct journal_head){ 0, journal_genesis(origin.id) };
        return STATUS_SUCCESS;
    }
    struct status found = journal_scan(&reader->db, before - 1, remember_hash, &walk->good);
    if (!status_ok(&found) && found.code != STATUS_CONFLICT) {
        return found;
    }
    if (walk->good.seq != before) {
        find_bad(walk, before, "row %" PRIu64 " is missing", before);
    }
    return STATUS_SUCCESS;
}

/* Rows cut off the end, and rows past the head that a commit would have moved. */
static struct status judge_end(struct knowledge_reader *reader, struct walk *walk)
{
    const struct journal_head *expected = walk->check->expected;
    struct journal_head stored;

    if (walk->check->to != 0 && walk->good.seq >= walk->check->to) {
        return STATUS_SUCCESS;
    }
    TRY(journal_head(reader, &stored));
    if (walk->good.seq < walk->stored.seq) {
        find_bad(walk, walk->good.seq + 1,
                 "row %" PRIu64 " is missing: the stored head is row %" PRIu64, walk->good.seq + 1,
                 walk->stored.seq);
    } else if (walk->good.seq > stored.seq) {
        find_bad(walk, stored.seq + 1, "row %" PRIu64 " is past the stored head", stored.seq + 1);
    } else if (expected != NULL && walk->good.seq < expected->seq) {
        find_bad(walk, walk->good.seq + 1,
                 "row %" PRIu64 " is missing: the expected head is row %" PRIu64,
                 walk->good.seq + 1, expected->seq);
    }
    return STATUS_SUCCESS;
}

struct status journal_verify(struct knowledge_reader *reader, const struct journal_check *check,
                             struct journal_verdict *out)
{
    struct journal_verdict verdict = { .intact = true };
    struct walk walk = { .check = check, .out = &verdict };

    TRY(start(reader, &walk));
    compare_heads(&walk);
    if (verdict.intact) {
        struct status scanned = journal_scan(&reader->db, walk.good.seq, step, &walk);
        if (!status_ok(&scanned) && scanned.code != STATUS_CONFLICT) {
            return scanned;
        }
    }
    if (verdict.intact) {
        TRY(judge_end(reader, &walk));
    }
    verdict.head = walk.good;
    *out = verdict;
    return STATUS_SUCCESS;
}
