/* planes/data/folder_plane.h - the data plane of a folder store: freezes buckets.
 *
 * data.freeze makes the gate refuse every change (a durable record, planes/data/freeze_record.h)
 * and turns the mount through which each registered writer reaches the bucket read-only, inside the
 * writer's own mount namespace. In force means: the gate refused a real write, and in each writer's
 * view the mount is read-only, refused a real write with EROFS, and the store's own folder is not
 * writable by another way. A file that stays open for writing keeps a mount writable: apply then
 * ends with STATUS_UNAVAILABLE, the gate is shut, the reading is partial, and a repeated apply
 * tries again. Undo gives back the mounts that were writable before, once no other action holds the
 * bucket.
 *
 * A writer that is not registered and does not use the gate is not stopped. A writer that may
 * change its own mounts can open them again; the next reading says so. See
 * docs/adr/0007-folder-store-freeze.md. */
#ifndef REDAN_PLANES_DATA_FOLDER_PLANE_H
#define REDAN_PLANES_DATA_FOLDER_PLANE_H

#include "planes/data/writer.h"
#include "planes/plane.h"

enum { FOLDER_WRITERS_MAX = 32, FOLDER_CHANGE_MS = 60000, FOLDER_READ_MS = 30000 };

struct folder_plane_spec {
    const char *root;             /* copied */
    const struct writer *writers; /* taken, also on failure: their descriptors are the plane's */
    size_t writer_count;          /* at most FOLDER_WRITERS_MAX */
};

/* Would folder_plane_open take this root, were it no other plane's? Changes nothing. */
struct status folder_plane_check(const char *root) MUST_USE;
/* One plane a root. Errors: those of folder_gate_open; STATUS_CONFLICT (another plane has this
 * root), STATUS_EXHAUSTED (too many writers). */
struct status folder_plane_open(const struct folder_plane_spec *spec, struct plane **out) MUST_USE;

#endif
