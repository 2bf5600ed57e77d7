#include "sla/emit/store.h"

#include <string.h>

/* Buckets: what is asked of each, and what stores are told for it, by the names of their own calls
 * and headers. What a store has no field for stands in `untold`.
 *
 * S3 (Amazon S3 API Reference, 2006-03-01): days are whole, and an object goes at the midnight
 * after its last one; with versions it goes in two steps, of which each may take a day more. When
 * it moves and goes is in sla/emit/store_s3.c.
 * Swift (Object Storage API 1.0): headers of containers and objects. */

enum { DAY_MS = 86400000 };

struct bucket {
    struct json_writer *writer;
    const struct desired_item *item;
    int64_t kept_days; /* at least; 0: nothing is asked */
    int64_t end_day;   /* of its age, on which S3 ends an object; INT64_MAX: on none */
    bool is_ended;     /* what is to be gone is gone in time there, if anything is */
    bool is_held;      /* nothing is deleted */
    bool is_versioned;
    struct s3_moves moves;
    bool is_moved; /* S3 has a way to do what `tiering` asks */
};

/* What a store tells of a fact; false: it has no field for it. */
typedef bool(told_fn)(const struct bucket *bucket, const struct desired_fact *fact);

/* --- S3 --------------------------------------------------------------------------------------- */

static void s3_versioning(const struct bucket *bucket)
{
    if (bucket->is_versioned) {
        json_key(bucket->writer, "PutBucketVersioning");
        json_open_object(bucket->writer);
        json_add_cstr(bucket->writer, "Status", "Enabled");
        json_close_object(bucket->writer);
    }
}

static void s3_lock(const struct bucket *bucket)
{
    struct json_writer *writer = bucket->writer;

    json_key(writer, "PutObjectLockConfiguration");
    json_open_object(writer);
    json_add_cstr(writer, "ObjectLockEnabled", "Enabled");
    json_key(writer, "Rule");
    json_open_object(writer);
    json_key(writer, "DefaultRetention");
    json_open_object(writer);
    json_add_cstr(writer, "Mode", "COMPLIANCE");
    json_add_i64(writer, "Days", bucket->kept_days);
    json_close_object(writer);
    json_close_object(writer);
    json_close_object(writer);
}

static bool s3_retention(const struct bucket *bucket, const struct desired_fact *fact)
{
    (void)fact;
    s3_versioning(bucket);
    if (bucket->kept_days > 0) {
        s3_lock(bucket);
    }
    return bucket->is_ended;
}

/* Of a bucket of versions only the current ones move at their age. */
static bool s3_tiering(const struct bucket *bucket, const struct desired_fact *fact)
{
    (void)fact;
    return bucket->is_moved && (!bucket->is_versioned || bucket->moves.count == 0);
}

/* Of several facts. */
static void s3_lifecycle(const struct bucket *bucket)
{
    emit_s3_lifecycle(bucket->writer, bucket->end_day, &bucket->moves, bucket->is_versioned);
}

/* The customer's keys have ids that no document names; those of clients never come there. */
static bool s3_encryption(const struct bucket *bucket, const struct desired_fact *fact)
{
    struct json_writer *writer = bucket->writer;

    if (!slice_is(fact->text, "provider")) {
        return slice_is(fact->text, "none");
    }
    json_key(writer, "PutBucketEncryption");
    json_open_object(writer);
    json_key(writer, "Rules");
    json_open_array(writer);
    json_open_object(writer);
    json_key(writer, "ApplyServerSideEncryptionByDefault");
    json_open_object(writer);
    json_add_cstr(writer, "SSEAlgorithm", "AES256");
    json_close_object(writer);
    json_close_object(writer);
    json_close_array(writer);
    json_close_object(writer);
    return true;
}

/* --- Swift ------------------------------------------------------------------------------------ */

/* Nothing in Swift keeps an object from being deleted. */
static bool swift_retention(const struct bucket *bucket, const struct desired_fact *fact)
{
    if (fact->most != INT64_MAX && !bucket->is_held) {
        json_add_i64(bucket->writer, "X-Delete-After", fact->most / 1000); /* of each object */
    }
    return bucket->kept_days == 0 && !bucket->is_held;
}

/* --- both ------------------------------------------------------------------------------------- */

struct told {
    const char *term;
    told_fn *tell;
};
static const struct told s3[] = { { "retention", s3_retention },
                                  { "tiering", s3_tiering },
                                  { "encryption.rest", s3_encryption },
                                  { NULL, NULL } };
static const struct told swift[] = { { "retention", swift_retention }, { NULL, NULL } };

static bool tell(const struct bucket *bucket, const struct told *by,
                 const struct desired_fact *fact)
{
    for (; by->term != NULL; by++) {
        if (strcmp(by->term, fact->term) == 0) {
            return by->tell(bucket, fact);
        }
    }
    return false;
}

/* Fact by fact, then what follows from several of them (NULL: nothing). */
static void write_told(const struct bucket *bucket, const char *key, const struct told *by,
                       void (*at_last)(const struct bucket *bucket))
{
    const struct desired_item *item = bucket->item;
    CLEANUP(arena_done) struct arena scratch = { 0 };
    bool *untold = ARENA_NEW(&scratch, bool, item->fact_count + 1);

    json_key(bucket->writer, key);
    json_open_object(bucket->writer);
    for (size_t i = 0; i < item->fact_count; i++) {
        untold[i] = !tell(bucket, by, &item->facts[i]);
    }
    if (at_last != NULL) {
        at_last(bucket);
    }
    json_key(bucket->writer, "untold");
    json_open_array(bucket->writer);
    for (size_t i = 0; i < item->fact_count; i++) {
        if (untold[i]) {
            json_put_cstr(bucket->writer, item->facts[i].term);
        }
    }
    json_close_array(bucket->writer);
    json_close_object(bucket->writer);
}

/* Kept is rounded up and gone is cut, so that both stand. What is held does not end. */
static void read_retention(struct bucket *bucket)
{
    const struct desired_fact *fact = desired_fact_of(bucket->item, "retention");
    const struct desired_fact *hold = desired_fact_of(bucket->item, "hold");

    bucket->is_held = hold != NULL && slice_is(hold->text, "yes");
    bucket->end_day = INT64_MAX;
    bucket->is_ended = true;
    if (fact == NULL) {
        return;
    }
    bucket->kept_days = fact->least / DAY_MS + (fact->least % DAY_MS > 0 ? 1 : 0);
    bucket->is_versioned = bucket->kept_days > 0; /* a lock is of versions */
    if (fact->most != INT64_MAX) {
        bucket->is_ended = !bucket->is_held &&
                           emit_s3_end(fact->most / DAY_MS, bucket->is_versioned, &bucket->end_day);
    }
}

static void read_tiering(struct arena *arena, struct bucket *bucket)
{
    const struct desired_fact *fact = desired_fact_of(bucket->item, "tiering");

    bucket->is_moved = fact != NULL && emit_s3_plan(arena, fact, &bucket->moves);
}

static void write_bucket(struct emit *emit, struct json_writer *writer,
                         const struct desired_item *item)
{
    const struct resource *at = &emit->desired->policies->resources[item->resource];
    struct bucket bucket = { .writer = writer, .item = item };
    CLEANUP(arena_done) struct arena scratch = { 0 };

    read_retention(&bucket);
    read_tiering(&scratch, &bucket);
    json_open_object(writer);
    emit_json_resource(writer, "resource", emit->desired, item->resource);
    json_add_text(writer, "provider", at->provider);
    json_add_text(writer, "bucket", at->handle);
    emit_json_facts(writer, item);
    write_told(&bucket, "s3", s3, s3_lifecycle);
    write_told(&bucket, "swift", swift, NULL);
    json_close_object(writer);
}

void emit_store(struct emit *emit)
{
    struct json_writer writer = { .out = emit->out, .pretty = true };
    const struct desired *desired = emit->desired;

    json_open_object(&writer);
    emit_json_world(&writer, desired);
    json_key(&writer, "buckets");
    json_open_array(&writer);
    for (size_t i = 0; i < desired->item_count; i++) {
        const struct desired_item *item = &desired->items[i];
        if (desired->policies->resources[item->resource].plane == PLANE_DATA) {
            write_bucket(emit, &writer, item);
        }
    }
    json_close_array(&writer);
    emit_json_not_held(&writer, desired);
    json_close_object(&writer);
    buf_add_char(emit->out, '\n');
}
