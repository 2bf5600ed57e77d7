#include "orchestrator/knowledge/ingest.h"

#include "base/buf.h"
#include "base/json.h"
#include "orchestrator/knowledge/knowledge_priv.h"

#include <inttypes.h>

enum statement { MARK_GET, MARK_SET };
static const char *const texts[] = {
    [MARK_GET] = "SELECT epoch, seq FROM streams WHERE node = :node",
    [MARK_SET] = "INSERT INTO streams (node, epoch, seq) VALUES (:node, :epoch, :seq)"
                 " ON CONFLICT (node) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq",
};
const struct db_texts ingest_texts = { texts, COUNT_OF(texts) };

struct status knowledge_get_mark(struct knowledge_reader *reader, struct slice node,
                                 struct ingest_mark *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_INGEST, MARK_GET);
    struct db_args args = db_args(stmt);
    bool found = false;

    db_put_text(&args, node, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        *out = (struct ingest_mark){ 0 };
        return STATUS_SUCCESS;
    }
    struct db_row row = db_row(stmt);
    uint64_t epoch = db_take_u64(&row);
    uint64_t seq = db_take_u64(&row);
    *out = (struct ingest_mark){ epoch, seq };
    return STATUS_SUCCESS;
}

static struct status set_mark(struct knowledge *knowledge, struct slice node,
                              const struct ingest_mark *mark)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_INGEST, MARK_SET);
    struct db_args args = db_args(stmt);

    db_put_text(&args, node, KNOWLEDGE_KEY_MAX);
    db_put_u64(&args, mark->epoch);
    db_put_u64(&args, mark->seq);
    return knowledge_run(knowledge, &args);
}

static struct status check_batch(const struct ingest_batch *batch)
{
    if (batch->node.len == 0 || batch->epoch == 0 || batch->first_seq == 0 || batch->count == 0 ||
        batch->count > INGEST_BATCH_MAX || batch->first_seq > INT64_MAX - INGEST_BATCH_MAX ||
        batch->first_held > batch->first_seq) {
        return status_error(STATUS_INVALID,
                            "batch of `%.*s`: epoch %" PRIu64 ", first %" PRIu64 ", count %" PRIu32
                            " is out of range",
                            SLICE_ARG(batch->node), batch->epoch, batch->first_seq, batch->count);
    }
    return STATUS_SUCCESS;
}

static struct status refuse_old_epoch(struct slice node, uint64_t epoch,
                                      const struct ingest_mark *mark)
{
    if (epoch >= mark->epoch) {
        return STATUS_SUCCESS;
    }
    return status_error(STATUS_DENIED,
                        "stream of `%.*s` went back from epoch %" PRIu64 " to %" PRIu64,
                        SLICE_ARG(node), mark->epoch, epoch);
}

static struct status record_gap(struct knowledge *knowledge, struct slice node,
                                const struct ingest_mark *from, const struct ingest_mark *to,
                                struct slice reason)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct json_writer writer = { .out = &json };

    json_open_object(&writer);
    json_key(&writer, "from_epoch");
    json_put_u64(&writer, from->epoch);
    json_key(&writer, "from_seq");
    json_put_u64(&writer, from->seq);
    json_key(&writer, "to_epoch");
    json_put_u64(&writer, to->epoch);
    json_key(&writer, "to_seq");
    json_put_u64(&writer, to->seq);
    json_add_text(&writer, "reason", reason);
    json_close_object(&writer);
    return knowledge_record(knowledge, "ingest.gap", node, buf_slice(&json));
}

struct status knowledge_skip_to(struct knowledge *knowledge, struct slice node, uint64_t epoch,
                                uint64_t next_seq, struct slice reason)
{
    struct ingest_mark mark;
    struct ingest_mark wanted = { epoch, next_seq - 1 };

    TRY(knowledge_writable(knowledge));
    if (node.len == 0 || epoch == 0 || next_seq == 0 || next_seq > INT64_MAX) {
        return status_error(STATUS_INVALID, "stream of `%.*s`: skip to %" PRIu64 " is out of range",
                            SLICE_ARG(node), next_seq);
    }
    TRY(knowledge_get_mark(&knowledge->reader, node, &mark));
    TRY(refuse_old_epoch(node, epoch, &mark));
    if (epoch == mark.epoch && wanted.seq <= mark.seq) {
        return STATUS_SUCCESS;
    }
    TRY(record_gap(knowledge, node, &mark, &wanted, reason));
    return set_mark(knowledge, node, &wanted);
}

/* Where the stream goes on, once what will never come is skipped. */
static struct status skip_lost(struct knowledge *knowledge, const struct ingest_batch *batch,
                               uint64_t *seen, struct ingest_taken *out)
{
    if (batch->first_seq <= *seen + 1 || batch->first_held <= *seen + 1) {
        return STATUS_SUCCESS;
    }
    TRY(knowledge_skip_to(knowledge, batch->node, batch->epoch, batch->first_held,
                          SLICE("the node no longer holds them")));
    out->lost_from = *seen + 1;
    out->lost_to = batch->first_held - 1;
    *seen = out->lost_to;
    return STATUS_SUCCESS;
}

struct status knowledge_accept_batch(struct knowledge *knowledge, const struct ingest_batch *batch,
                                     struct ingest_taken *out)
{
    struct ingest_mark mark;
    uint64_t last = batch->first_seq + batch->count - 1;

    TRY(knowledge_writable(knowledge));
    TRY(check_batch(batch));
    TRY(knowledge_get_mark(&knowledge->reader, batch->node, &mark));
    TRY(refuse_old_epoch(batch->node, batch->epoch, &mark));
    uint64_t seen = batch->epoch == mark.epoch ? mark.seq : 0;
    *out = (struct ingest_taken){ 0 };
    if (last <= seen) {
        return STATUS_SUCCESS;
    }
    TRY(skip_lost(knowledge, batch, &seen, out));
    if (batch->first_seq > seen + 1) {
        return status_error(STATUS_CONFLICT, "stream of `%.*s`: gap, %" PRIu64 " follows %" PRIu64,
                            SLICE_ARG(batch->node), batch->first_seq, seen);
    }
    TRY(journal_append(knowledge, "events", batch->node, batch->bytes, NULL));
    TRY(set_mark(knowledge, batch->node, &(struct ingest_mark){ batch->epoch, last }));
    out->fresh = (uint32_t)(last - seen);
    return STATUS_SUCCESS;
}
