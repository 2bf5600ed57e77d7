#include "planes/data/freeze.h"

#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/file.h"
#include "planes/data/freeze_record.h"

/* What a writer's mount was before the first hold: a note of the record, by the writer's key. */
#define WAS_WRITABLE  "rw"
#define WAS_READ_ONLY "ro"
#define PROBE_OBJECT  "redan-probe"

/* How long a change that was under way may take; refused ones hold the lock for a moment, too. */
enum { SETTLE_APPLY_MS = 2000, SETTLE_READ_MS = 200 };

/* A bucket under work: opened once, its record loaded. */
struct work {
    struct folder_store *store;
    const char *bucket;
    const char *path; /* in the store */
    int folder_fd;    /* -1: the folder is gone */
    struct holds *holds;
    struct arena arena;
};

static void work_done(struct work *work)
{
    cleanup_close(&work->folder_fd);
    arena_done(&work->arena);
}

/* STATUS_CORRUPT leaves the holds empty and the rest usable. */
static struct status work_begin(struct folder_store *store, const char *bucket, struct work *work)
{
    const char *root = folder_gate_root(store->gate);

    *work = (struct work){ .store = store, .bucket = bucket, .folder_fd = -1 };
    work->path = file_path(&work->arena, root, bucket);
    work->holds = ARENA_NEW(&work->arena, struct holds, 1);
    struct status found = folder_gate_bucket(store->gate, bucket, &work->folder_fd);
    if (!status_ok(&found) && found.code != STATUS_NOT_FOUND) {
        return found;
    }
    struct status loaded = freeze_load(root, bucket, work->holds);
    if (loaded.code == STATUS_CORRUPT) {
        *work->holds = (struct holds){ 0 };
    }
    TRY(loaded);
    /* A folder that was taken away under its record can still be let go. */
    return work->holds->count > 0 ? STATUS_SUCCESS : found;
}

static bool is_of(const struct writer *writer, const struct work *work)
{
    return strcmp(writer->bucket, work->bucket) == 0;
}

static struct status visit(struct work *work, const struct writer *writer, enum writer_visit what,
                           struct writer_view *out)
{
    return writer_call(writer, what, work->path, work->folder_fd, out);
}

/* --------------------------------------------------------------------------------------- apply */

/* Before anything is changed. A mount that is writable under a hold was made so by its owner. */
static struct status note_before(struct work *work, const struct writer *writer)
{
    char key[WRITER_KEY_MAX];
    struct writer_view view = { 0 };
    struct status seen = visit(work, writer, WRITER_LOOK, &view);

    if (!status_ok(&seen) || view.gone || !view.is_bucket) {
        return STATUS_SUCCESS; /* the freeze itself will say so */
    }
    writer_key(writer, key);
    if (!view.read_only) {
        return holds_set_note(work->holds, key, WAS_WRITABLE);
    }
    return holds_note(work->holds, key) != NULL ? STATUS_SUCCESS
                                                : holds_set_note(work->holds, key, WAS_READ_ONLY);
}

static struct status shut_mount(struct work *work, const struct writer *writer)
{
    struct writer_view view = { 0 };

    TRY(visit(work, writer, WRITER_FREEZE, &view));
    if (view.gone) {
        return STATUS_SUCCESS;
    }
    if (!view.is_bucket) {
        return status_error(STATUS_UNAVAILABLE, "writer %s: %s is no mount of `%s`", writer->place,
                            writer->mountpoint, work->bucket);
    }
    if (view.busy) {
        return status_error(STATUS_UNAVAILABLE, "writer %s: %s has a file open for writing",
                            writer->place, writer->mountpoint);
    }
    return STATUS_SUCCESS;
}

/* All of them, whatever one says; the first failure counts. */
static struct status shut_mounts(struct work *work)
{
    struct status first = STATUS_SUCCESS;

    for (size_t i = 0; i < work->store->writer_count; i++) {
        const struct writer *writer = &work->store->writers[i];
        struct status status = is_of(writer, work) ? shut_mount(work, writer) : STATUS_SUCCESS;
        if (!status_ok(&status) && status_ok(&first)) {
            first = status;
        }
    }
    return first;
}

static struct status apply_to(struct work *work, const struct action *action, int64_t now_ms)
{
    for (size_t i = 0; i < work->store->writer_count; i++) {
        if (is_of(&work->store->writers[i], work)) {
            TRY(note_before(work, &work->store->writers[i]));
        }
    }
    TRY(holds_add(work->holds, action, now_ms));
    FAULT_POINT("datad.before_apply");
    TRY(freeze_store(folder_gate_root(work->store->gate), work->bucket, work->holds));
    FAULT_POINT("datad.after_record");
    struct status settled = folder_gate_settle(work->store->gate, work->bucket, SETTLE_APPLY_MS);
    struct status shut = shut_mounts(work);
    FAULT_POINT("datad.after_apply");
    return status_ok(&settled) ? shut : settled;
}

struct status freeze_apply(struct folder_store *store, const struct action *action, int64_t now_ms)
{
    CLEANUP(work_done) struct work work = { .folder_fd = -1 };
    struct status status = work_begin(store, action->resource, &work);

    /* A damaged record must not keep anybody from freezing: it is begun anew. */
    if (status.code != STATUS_CORRUPT) {
        TRY(status);
    }
    if (work.folder_fd < 0) {
        return status_error(STATUS_NOT_FOUND, "no bucket `%s`", action->resource);
    }
    return apply_to(&work, action, now_ms);
}

/* ---------------------------------------------------------------------------------------- undo */

/* The registered writer of this key, which knows its very process; else one made from the key. */
static struct status find_writer(const struct work *work, const char *key, struct writer *out)
{
    for (size_t i = 0; i < work->store->writer_count; i++) {
        char other[WRITER_KEY_MAX];
        writer_key(&work->store->writers[i], other);
        if (is_of(&work->store->writers[i], work) && strcmp(key, other) == 0) {
            *out = work->store->writers[i];
            out->pidfd = out->pidfd >= 0 ? dup(out->pidfd) : -1;
            return STATUS_SUCCESS;
        }
    }
    return writer_from_key(work->bucket, key, out);
}

static struct status open_mount(struct work *work, const struct hold_note *note)
{
    CLEANUP(writer_done) struct writer writer = { .pidfd = -1 };
    struct writer_view view = { 0 };

    if (strcmp(note->value, WAS_WRITABLE) != 0) {
        return STATUS_SUCCESS;
    }
    TRY(find_writer(work, note->key, &writer));
    struct status status = visit(work, &writer, WRITER_THAW, &view);
    if (status.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS; /* its namespace or mount is gone */
    }
    return status;
}

struct status freeze_undo(struct folder_store *store, const struct action *action)
{
    CLEANUP(work_done) struct work work = { .folder_fd = -1 };

    TRY(work_begin(store, action->resource, &work));
    if (!holds_remove(work.holds, &action->id)) {
        return STATUS_SUCCESS;
    }
    FAULT_POINT("datad.before_undo");
    /* Mounts first: until the record is gone the gate stays shut, and undo can be repeated. */
    for (size_t i = 0; work.holds->count == 0 && work.folder_fd >= 0 && i < work.holds->note_count;
         i++) {
        TRY(open_mount(&work, &work.holds->notes[i]));
    }
    FAULT_POINT("datad.after_thaw");
    TRY(freeze_store(folder_gate_root(store->gate), work.bucket, work.holds));
    FAULT_POINT("datad.after_undo");
    return STATUS_SUCCESS;
}

/* ------------------------------------------------------------------------------------- reading */

/* A real write through the gate must not succeed, and an earlier one be over. NULL: so it is. */
static const char *hole_of_gate(struct work *work)
{
    struct status status =
        folder_gate_put(work->store->gate, work->bucket, PROBE_OBJECT, SLICE("probe"));

    if (status_ok(&status)) {
        status = folder_gate_delete(work->store->gate, work->bucket, PROBE_OBJECT);
        return "the gate let a write pass";
    }
    if (status.code != STATUS_DENIED) {
        return "the gate cannot be tried";
    }
    status = folder_gate_settle(work->store->gate, work->bucket, SETTLE_READ_MS);
    return status_ok(&status) ? NULL : "a write through the gate is not over";
}

/* NULL: this writer cannot write. */
static const char *hole_of(struct work *work, const struct writer *writer, bool *out_gone)
{
    struct writer_view view = { 0 };
    struct status status = visit(work, writer, WRITER_LOOK, &view);

    *out_gone = status_ok(&status) && view.gone;
    if (*out_gone) {
        return NULL;
    }
    if (!status_ok(&status)) {
        return "cannot be looked at";
    }
    if (!view.is_bucket) {
        return "has no mount of the bucket there";
    }
    if (!view.read_only || !view.refuses) {
        return "can write";
    }
    return view.way_round ? "can write to the store's own folder" : NULL;
}

static void describe(struct work *work, struct plane_reading *out)
{
    size_t shut = 0;
    size_t gone = 0;

    out->verified_by = VERIFIED_SELF;
    out->presence = PLANE_PARTIAL;
    if (work->folder_fd < 0) {
        (void)snprintf(out->detail, sizeof(out->detail), "the bucket's folder is gone");
        return;
    }
    const char *gate_hole = hole_of_gate(work);
    if (gate_hole != NULL) {
        (void)snprintf(out->detail, sizeof(out->detail), "%s", gate_hole);
        return;
    }
    for (size_t i = 0; i < work->store->writer_count; i++) {
        const struct writer *writer = &work->store->writers[i];
        bool is_gone = false;
        const char *hole = is_of(writer, work) ? hole_of(work, writer, &is_gone) : NULL;
        if (hole != NULL) {
            (void)snprintf(out->detail, sizeof(out->detail),
                           "gate refuses writes, but writer %.40s:%.60s %s", writer->place,
                           writer->mountpoint, hole);
            return;
        }
        gone += is_gone ? 1 : 0;
        shut += is_of(writer, work) && !is_gone ? 1 : 0;
    }
    out->presence = PLANE_PRESENT;
    (void)snprintf(out->detail, sizeof(out->detail),
                   "gate refuses writes, writers' mounts read-only: %zu, writers gone: %zu, holds: "
                   "%zu",
                   shut, gone, work->holds->count);
}

struct status freeze_read(struct folder_store *store, const struct action *action,
                          struct plane_reading *out)
{
    CLEANUP(work_done) struct work work = { .folder_fd = -1 };
    struct status status = work_begin(store, action->resource, &work);

    out->verified_by = VERIFIED_SELF;
    if (status.code == STATUS_CORRUPT) {
        out->presence = PLANE_PARTIAL;
        (void)snprintf(out->detail, sizeof(out->detail), "frozen, by a record that is damaged");
        return STATUS_SUCCESS;
    }
    TRY(status);
    const struct hold *mine = holds_find(work.holds, &action->id);
    if (mine == NULL || !action_same_effect(&mine->action, action)) {
        (void)snprintf(out->detail, sizeof(out->detail), "not held by this, holds: %zu",
                       work.holds->count);
        return STATUS_SUCCESS;
    }
    describe(&work, out);
    return STATUS_SUCCESS;
}

static struct status observe_bucket(struct folder_store *store, const char *bucket, int64_t now_ms,
                                    struct blocking_controls *out)
{
    CLEANUP(work_done) struct work work = { .folder_fd = -1 };
    struct status status = work_begin(store, bucket, &work);
    struct plane_reading reading = { 0 };

    if (status.code == STATUS_CORRUPT || status.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    TRY(status);
    describe(&work, &reading);
    for (size_t i = 0; i < work.holds->count; i++) {
        struct plane_control control = { .action = work.holds->items[i].action,
                                         .reading = reading };
        control.reading.lease_left_ms = hold_left_ms(&work.holds->items[i], now_ms);
        TRY(blocking_controls_add(out, &control));
    }
    return STATUS_SUCCESS;
}

struct status freeze_observe(struct folder_store *store, int64_t now_ms,
                             struct blocking_controls *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char **buckets = NULL;
    size_t count = 0;

    TRY(freeze_buckets(&arena, folder_gate_root(store->gate), &buckets, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(observe_bucket(store, buckets[i], now_ms, out));
    }
    return STATUS_SUCCESS;
}
