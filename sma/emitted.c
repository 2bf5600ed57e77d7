#include "sma/emitted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "wire/record.h"

enum { NUMBERS_BYTES = 16, FILE_BYTES_MAX = EMITTED_MAX * 2 * (EMITTED_KEY_MAX + 32) };

struct emitted {
    int fd;
    char (*known)[EMITTED_KEY_MAX + 1]; /* from before the restart, sorted */
    size_t known_count;
    size_t old_bytes; /* of the file: what belongs to them */
    size_t added;     /* since the last checkpoint */
};

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static uint64_t load_number(const char *bytes)
{
    uint64_t value = 0;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* Keeps the keys whose events the spool took, in memory and in `out_kept` as the file's bytes. */
static void keep_valid(struct emitted *self, struct slice file, uint64_t epoch, uint64_t next_seq,
                       struct buf *out_kept)
{
    struct slice payload = { 0 };

    self->known = calloc(file.len / RECORD_HEADER_BYTES + 1, sizeof(self->known[0]));
    if (self->known == NULL) {
        abort();
    }
    for (size_t offset = 0; record_next(file, &offset, &payload);) {
        bool fits = payload.len > NUMBERS_BYTES && payload.len <= NUMBERS_BYTES + EMITTED_KEY_MAX;
        if (!fits || load_number(payload.ptr) != epoch ||
            load_number(payload.ptr + sizeof(uint64_t)) >= next_seq) {
            continue;
        }
        struct slice key = slice_sub(payload, NUMBERS_BYTES, payload.len);
        slice_to_cstr(key, self->known[self->known_count++], EMITTED_KEY_MAX + 1);
        record_add(out_kept, payload);
    }
    qsort(self->known, self->known_count, sizeof(self->known[0]), compare);
}

static struct status load(struct emitted *self, const char *path, uint64_t epoch, uint64_t next_seq)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf kept = { 0 };
    struct slice file = { 0 };
    struct status loaded = file_load(&arena, path, FILE_BYTES_MAX, &file);

    if (!status_ok(&loaded) && loaded.code != STATUS_NOT_FOUND) {
        return loaded;
    }
    keep_valid(self, file, epoch, next_seq, &kept);
    self->old_bytes = kept.len;
    return file_store(path, buf_slice(&kept), 0600); /* numbers will be used again */
}

struct status emitted_open(const char *path, uint64_t epoch, uint64_t next_seq,
                           struct emitted **out)
{
    struct emitted *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->fd = -1;
    struct status status = load(self, path, epoch, next_seq);
    if (status_ok(&status)) {
        self->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
        if (self->fd < 0) {
            status = status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
        }
    }
    if (!status_ok(&status)) {
        emitted_close(&self);
        return status;
    }
    *out = self;
    return STATUS_SUCCESS;
}

void emitted_close(struct emitted **emitted)
{
    struct emitted *self = *emitted;

    if (self == NULL) {
        return;
    }
    if (self->fd >= 0) {
        (void)close(self->fd);
    }
    free(self->known);
    free(self);
    *emitted = NULL;
}

bool emitted_is_known(const struct emitted *self, struct slice key)
{
    char text[EMITTED_KEY_MAX + 1];

    if (key.len > EMITTED_KEY_MAX || self->known_count == 0) {
        return false;
    }
    slice_to_cstr(key, text, sizeof(text));
    return bsearch(text, self->known, self->known_count, sizeof(self->known[0]), compare) != NULL;
}

struct status emitted_add(struct emitted *self, struct slice key, uint64_t epoch, uint64_t seq)
{
    CLEANUP(buf_done) struct buf payload = { 0 };
    CLEANUP(buf_done) struct buf record = { 0 };

    if (self->added == EMITTED_MAX || key.len > EMITTED_KEY_MAX) {
        return status_error(STATUS_EXHAUSTED, "over %d detections since the last checkpoint",
                            (int)EMITTED_MAX);
    }
    buf_add(&payload, &epoch, sizeof(epoch));
    buf_add(&payload, &seq, sizeof(seq));
    buf_add_slice(&payload, key);
    record_add(&record, buf_slice(&payload));
    TRY(file_write_all(self->fd, record.ptr, record.len));
    self->added++;
    return STATUS_SUCCESS;
}

struct status emitted_checkpoint(struct emitted *self, bool caught_up)
{
    if (caught_up) {
        self->known_count = 0;
        self->old_bytes = 0;
    }
    if (ftruncate(self->fd, (off_t)self->old_bytes) != 0) {
        return status_error(STATUS_UNAVAILABLE, "emitted keys: %s", strerrordesc_np(errno));
    }
    self->added = 0;
    return STATUS_SUCCESS;
}
