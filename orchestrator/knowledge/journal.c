#include "orchestrator/knowledge/journal.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#include <string.h>

enum { LEAF_DOMAIN = 0x00, CHAIN_DOMAIN = 0x02 };
#define GENESIS_LABEL "redan-journal-1"

enum statement { HEAD_LOAD, HEAD_SAVE, STORE_NEW, APPEND, LIST, LIST_OF, GET };
static const char *const texts[] = {
    [HEAD_LOAD] = "SELECT journal_id, head_seq, head_hash FROM store",
    [HEAD_SAVE] = "UPDATE store SET head_seq = :seq, head_hash = :hash",
    [STORE_NEW] = "INSERT INTO store (id, journal_id, head_seq, head_hash, fencing_epoch)"
                  " VALUES (1, :journal_id, 0, :hash, 0)",
    [APPEND] = "INSERT INTO journal (seq, at_us, kind, subject, bytes, hash)"
               " VALUES (:seq, :at_us, :kind, :subject, :bytes, :hash)",
    [LIST] = "SELECT seq, at_us, kind, subject, bytes, hash FROM journal"
             " WHERE seq > :after ORDER BY seq LIMIT :limit",
    [LIST_OF] = "SELECT seq, at_us, kind, subject, bytes, hash FROM journal"
                " WHERE subject = :subject AND subject <> '' AND seq > :after"
                " ORDER BY seq LIMIT :limit",
    [GET] = "SELECT seq, at_us, kind, subject, bytes, hash FROM journal WHERE seq = :seq",
};
const struct db_texts journal_texts = { texts, COUNT_OF(texts) };

/* --- the chain, pure ------------------------------------------------------------------------- */

struct packer {
    uint8_t bytes[24 + JOURNAL_KIND_MAX];
    size_t len;
};

static void pack_number(struct packer *packer, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        packer->bytes[packer->len++] = (uint8_t)(value >> (8 * i));
    }
}

static struct slice packed(const struct packer *packer)
{
    return (struct slice){ (const char *)packer->bytes, packer->len };
}

struct sha256 journal_leaf(const struct journal_row *row)
{
    struct packer head = { .len = 0 };
    struct packer middle = { .len = 0 };
    size_t kind_len = row->kind.len <= JOURNAL_KIND_MAX ? row->kind.len : JOURNAL_KIND_MAX;

    pack_number(&head, LEAF_DOMAIN, 1);
    pack_number(&head, row->seq, 8);
    pack_number(&head, (uint64_t)row->at_us, 8);
    pack_number(&head, row->kind.len, 1);
    memcpy(head.bytes + head.len, row->kind.ptr, kind_len);
    head.len += kind_len;
    pack_number(&head, row->subject.len, 2);
    pack_number(&middle, row->bytes.len, 4);
    struct slice parts[] = { packed(&head), row->subject, packed(&middle), row->bytes };
    return sha256_of_parts(parts, COUNT_OF(parts));
}

static struct slice hash_slice(const struct sha256 *hash)
{
    return (struct slice){ (const char *)hash->bytes, SHA256_BYTES };
}

struct sha256 journal_link(const struct sha256 *before, const struct sha256 *leaf)
{
    uint8_t bytes[1 + 2 * SHA256_BYTES] = { CHAIN_DOMAIN };

    memcpy(bytes + 1, before->bytes, SHA256_BYTES);
    memcpy(bytes + 1 + SHA256_BYTES, leaf->bytes, SHA256_BYTES);
    return sha256_of((struct slice){ (const char *)bytes, sizeof(bytes) });
}

struct sha256 journal_genesis(const uint8_t id[JOURNAL_ID_BYTES])
{
    static const uint8_t domain = CHAIN_DOMAIN;
    struct slice parts[] = { { (const char *)&domain, 1 },
                             SLICE(GENESIS_LABEL),
                             { (const char *)id, JOURNAL_ID_BYTES } };

    return sha256_of_parts(parts, COUNT_OF(parts));
}

/* --- writing --------------------------------------------------------------------------------- */

static bool kind_is_plain(struct slice kind)
{
    for (size_t i = 0; i < kind.len; i++) {
        char c = kind.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!plain) {
            return false;
        }
    }
    return kind.len > 0 && kind.len <= JOURNAL_KIND_MAX;
}

struct status journal_check_row(const struct journal_row *row)
{
    if (!kind_is_plain(row->kind)) {
        return status_error(STATUS_INVALID, "journal: kind `%.*s` is not plain",
                            SLICE_ARG(row->kind));
    }
    if (row->subject.len > KNOWLEDGE_KEY_MAX) {
        return status_error(STATUS_INVALID, "journal: subject over %d bytes", KNOWLEDGE_KEY_MAX);
    }
    if (row->bytes.len > KNOWLEDGE_BYTES_MAX) {
        return status_error(STATUS_INVALID, "journal: record over %d bytes", KNOWLEDGE_BYTES_MAX);
    }
    return STATUS_SUCCESS;
}

static struct status insert_row(struct knowledge *knowledge, const struct journal_row *row)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_JOURNAL, APPEND);
    struct db_args args = db_args(stmt);

    db_put_u64(&args, row->seq);
    db_put_i64(&args, row->at_us);
    db_put_text(&args, row->kind, JOURNAL_KIND_MAX);
    db_put_text(&args, row->subject, KNOWLEDGE_KEY_MAX);
    db_put_bytes(&args, row->bytes, KNOWLEDGE_BYTES_MAX);
    db_put_bytes(&args, hash_slice(&row->hash), SHA256_BYTES);
    return knowledge_run(knowledge, &args);
}

struct status journal_append(struct knowledge *knowledge, const char *kind, struct slice subject,
                             struct slice bytes, uint64_t *out_seq)
{
    struct journal_row row = {
        .seq = knowledge->head.seq + 1,
        .at_us = knowledge->now_us,
        .kind = slice_from(kind),
        .subject = subject,
        .bytes = bytes,
    };

    TRY(knowledge_writable(knowledge));
    TRY(journal_check_row(&row));
    struct sha256 leaf = journal_leaf(&row);
    row.hash = journal_link(&knowledge->head.hash, &leaf);
    TRY(insert_row(knowledge, &row));
    knowledge->head = (struct journal_head){ row.seq, row.hash };
    knowledge->turn_rows++;
    knowledge->turn_bytes += bytes.len;
    if (out_seq != NULL) {
        *out_seq = row.seq;
    }
    return STATUS_SUCCESS;
}

struct status journal_save_head(struct knowledge *knowledge)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_JOURNAL, HEAD_SAVE);
    struct db_args args = db_args(stmt);

    db_put_u64(&args, knowledge->head.seq);
    db_put_bytes(&args, hash_slice(&knowledge->head.hash), SHA256_BYTES);
    return knowledge_run(knowledge, &args);
}

struct status journal_make(struct db *db, const uint8_t id[JOURNAL_ID_BYTES])
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(db, DB_JOURNAL, STORE_NEW);
    struct db_args args = db_args(stmt);
    struct sha256 genesis = journal_genesis(id);

    db_put_bytes(&args, (struct slice){ (const char *)id, JOURNAL_ID_BYTES }, JOURNAL_ID_BYTES);
    db_put_bytes(&args, hash_slice(&genesis), SHA256_BYTES);
    return db_run(db, &args);
}

/* --- reading --------------------------------------------------------------------------------- */

struct status journal_load(struct db *db, struct journal_origin *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(db, DB_JOURNAL, HEAD_LOAD);
    struct db_args args = db_args(stmt);
    bool found = false;

    TRY(db_step(db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "%s: holds no journal", db->path);
    }
    struct db_row row = db_row(stmt);
    struct slice id = db_take_bytes(&row);
    if (id.len != JOURNAL_ID_BYTES) {
        return status_error(STATUS_CORRUPT, "%s: the journal's id is damaged", db->path);
    }
    memcpy(out->id, id.ptr, JOURNAL_ID_BYTES);
    out->head.seq = db_take_u64(&row);
    out->head.hash = db_take_sha256(&row);
    return db_row_end(&row);
}

struct status journal_head(struct knowledge_reader *reader, struct journal_head *out)
{
    struct journal_origin origin;

    TRY(journal_load(&reader->db, &origin));
    *out = origin.head;
    return STATUS_SUCCESS;
}

static struct status take(sqlite3_stmt *stmt, struct journal_row *out)
{
    struct db_row row = db_row(stmt);

    out->seq = db_take_u64(&row);
    out->at_us = db_take_i64(&row);
    out->kind = db_take_text(&row);
    out->subject = db_take_text(&row);
    out->bytes = db_take_bytes(&row);
    out->hash = db_take_sha256(&row);
    return db_row_end(&row);
}

struct sink {
    journal_row_fn *row;
    void *arg;
    struct journal_row record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status journal_list(struct knowledge_reader *reader, uint64_t after, uint32_t limit,
                           journal_row_fn *row, void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_JOURNAL, LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(limit));
    db_put_u64(&args, after <= INT64_MAX ? after : INT64_MAX);
    db_put_i64(&args, db_page_limit(limit));
    return db_list(&reader->db, &args, limit, emit, &sink, out_more);
}

struct status journal_scan(struct db *db, uint64_t after, journal_row_fn *row, void *arg)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(db, DB_JOURNAL, LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    db_put_u64(&args, after <= INT64_MAX ? after : INT64_MAX);
    db_put_i64(&args, -1); /* no limit */
    return db_list(db, &args, UINT32_MAX, emit, &sink, NULL);
}

struct status journal_of(struct knowledge_reader *reader, struct slice subject, uint64_t after,
                         uint32_t limit, journal_row_fn *row, void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_JOURNAL, LIST_OF);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(limit));
    db_put_text(&args, subject, KNOWLEDGE_KEY_MAX);
    db_put_u64(&args, after <= INT64_MAX ? after : INT64_MAX);
    db_put_i64(&args, db_page_limit(limit));
    return db_list(&reader->db, &args, limit, emit, &sink, out_more);
}

struct status journal_get(struct knowledge_reader *reader, uint64_t seq, struct arena *arena,
                          struct journal_row *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_JOURNAL, GET);
    struct db_args args = db_args(stmt);
    struct journal_row row;
    bool found = false;

    db_put_u64(&args, seq <= INT64_MAX ? seq : 0);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "journal: no row %llu", (unsigned long long)seq);
    }
    TRY(take(stmt, &row));
    row.kind = arena_copy(arena, row.kind);
    row.subject = arena_copy(arena, row.subject);
    row.bytes = arena_copy(arena, row.bytes);
    *out = row;
    return STATUS_SUCCESS;
}
