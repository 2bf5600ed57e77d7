#include "planes/data/freeze_record.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

enum { RECORD_MODE = 0600 };

void freeze_record_name(const char *bucket, char out[FREEZE_NAME_MAX])
{
    (void)snprintf(out, FREEZE_NAME_MAX, "%s" FREEZE_SUFFIX, bucket);
}

void freeze_lock_name(const char *bucket, char out[FREEZE_NAME_MAX])
{
    (void)snprintf(out, FREEZE_NAME_MAX, "%s.lock", bucket);
}

static const char *path_of(struct arena *arena, const char *root, const char *bucket)
{
    char name[FREEZE_NAME_MAX];

    freeze_record_name(bucket, name);
    return file_path(arena, file_path(arena, root, FREEZE_FOLDER), name);
}

struct status freeze_load(const char *root, const char *bucket, struct holds *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { 0 };
    struct status status =
        file_load(&arena, path_of(&arena, root, bucket), HOLD_TEXT_MAX_BYTES, &text);

    if (status.code == STATUS_NOT_FOUND) {
        *out = (struct holds){ 0 };
        return STATUS_SUCCESS;
    }
    if (status.code == STATUS_EXHAUSTED) {
        status.code = STATUS_CORRUPT;
    }
    TRY(status);
    TRY(status_wrap(holds_parse(text, out), "freeze record of `%s`", bucket));
    return holds_claim(out, ACTION_DATA_FREEZE, bucket);
}

struct status freeze_store(const char *root, const char *bucket, const struct holds *holds)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    const char *path = path_of(&arena, root, bucket);

    if (holds->count > 0) {
        holds_print(holds, &text);
        return file_store(path, buf_slice(&text), RECORD_MODE);
    }
    if (unlink(path) != 0 && errno != ENOENT) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    return file_sync_folder(file_path(&arena, root, FREEZE_FOLDER));
}

struct status freeze_buckets(struct arena *arena, const char *root, const char ***out_buckets,
                             size_t *out_count)
{
    const char **names = NULL;
    size_t count = 0;
    size_t kept = 0;

    TRY(file_list(arena, file_path(arena, root, FREEZE_FOLDER), 2 * (size_t)FREEZE_RECORDS_MAX,
                  &names, &count));
    for (size_t i = 0; i < count; i++) {
        struct slice name = slice_from(names[i]);
        if (slice_ends(name, SLICE(FREEZE_SUFFIX))) {
            struct slice bucket = slice_sub(name, 0, name.len - (sizeof(FREEZE_SUFFIX) - 1));
            names[kept++] = arena_cstr(arena, bucket);
        }
    }
    *out_buckets = names;
    *out_count = kept;
    return STATUS_SUCCESS;
}
