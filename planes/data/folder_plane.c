#include "planes/data/folder_plane.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "planes/blocking.h"
#include "planes/data/freeze.h"
#include "planes/data/freeze_record.h"

enum { FREEZE_SETTLE_MS = 50, OWNER_MODE = 0600 };

struct backend {
    struct folder_store store;
    int owner_fd; /* locked: the root's one plane */
};

static void capabilities(const void *backend, struct plane_capability out[ACTION_KINDS])
{
    (void)backend;
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        out[i] = (struct plane_capability){ .kind = (enum action_kind)i,
                                            .why_not = "not an action of the data plane" };
    }
    out[ACTION_DATA_FREEZE] = (struct plane_capability){ .kind = ACTION_DATA_FREEZE,
                                                         .supported = true,
                                                         .reversible = true,
                                                         .verified_by = VERIFIED_SELF,
                                                         .settle_ms = FREEZE_SETTLE_MS };
}

static struct folder_store *store_of(void *backend)
{
    return &((struct backend *)backend)->store;
}

static struct status apply(void *backend, const struct action *action)
{
    return freeze_apply(store_of(backend), action, clock_wall_ms(&clock_real));
}

static struct status undo(void *backend, const struct action *action)
{
    return freeze_undo(store_of(backend), action);
}

static struct status read_back(void *backend, const struct action *action,
                               struct plane_reading *out)
{
    return freeze_read(store_of(backend), action, out);
}

static struct status observe(void *backend, struct blocking_controls *out)
{
    return freeze_observe(store_of(backend), clock_wall_ms(&clock_real), out);
}

static void free_backend(void *backend)
{
    struct backend *self = backend;

    for (size_t i = 0; i < self->store.writer_count; i++) {
        writer_done(&self->store.writers[i]);
    }
    folder_gate_close(&self->store.gate);
    cleanup_close(&self->owner_fd);
    free(self);
}

static const struct blocking_ops ops = { .name = "folder",
                                         .kind = PLANE_DATA,
                                         .capabilities = capabilities,
                                         .apply = apply,
                                         .undo = undo,
                                         .read_back = read_back,
                                         .observe = observe,
                                         .free = free_backend };

/* The record has one writer. The lock ends with the process, however it ends. */
static struct status own_root(struct backend *self)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *root = folder_gate_root(self->store.gate);
    const char *path = file_path(&arena, file_path(&arena, root, FREEZE_FOLDER), "owner");

    self->owner_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, OWNER_MODE);
    if (self->owner_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    if (flock(self->owner_fd, LOCK_EX | LOCK_NB) != 0) {
        return status_error(STATUS_CONFLICT, "%s: another data plane has this store", root);
    }
    return STATUS_SUCCESS;
}

static struct status open_store(struct backend *self, const char *root)
{
    TRY(folder_gate_open(root, &self->store.gate));
    return own_root(self);
}

struct status folder_plane_check(const char *root)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    TRY(folder_gate_check(root));
    return file_check_writable(file_path(&arena, file_path(&arena, root, FREEZE_FOLDER), "owner"));
}

struct status folder_plane_open(const struct folder_plane_spec *spec, struct plane **out)
{
    static const struct blocking_limits limits = { FOLDER_CHANGE_MS, FOLDER_READ_MS };
    struct backend *self = calloc(1, sizeof(*self));
    struct status status = STATUS_SUCCESS;

    if (self == NULL) {
        abort();
    }
    self->owner_fd = -1;
    for (size_t i = 0; i < spec->writer_count; i++) {
        struct writer writer = spec->writers[i];
        if (i < FOLDER_WRITERS_MAX) {
            self->store.writers[self->store.writer_count++] = writer;
        } else {
            status = status_error(STATUS_EXHAUSTED, "over %d writers", FOLDER_WRITERS_MAX);
            writer_done(&writer);
        }
    }
    if (status_ok(&status)) {
        status = open_store(self, spec->root);
    }
    if (!status_ok(&status)) {
        free_backend(self);
        return status;
    }
    return blocking_new(&ops, limits, self, out);
}
