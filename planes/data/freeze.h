/* planes/data/freeze.h - data.freeze on one bucket of a store. Blocking; see folder_plane.h. */
#ifndef REDAN_PLANES_DATA_FREEZE_H
#define REDAN_PLANES_DATA_FREEZE_H

#include "planes/blocking.h"
#include "planes/data/folder_gate.h"
#include "planes/data/folder_plane.h"

struct folder_store {
    struct folder_gate *gate;
    struct writer writers[FOLDER_WRITERS_MAX];
    size_t writer_count;
};

struct status freeze_apply(struct folder_store *store, const struct action *action,
                           int64_t now_ms) MUST_USE;
struct status freeze_undo(struct folder_store *store, const struct action *action) MUST_USE;
struct status freeze_read(struct folder_store *store, const struct action *action,
                          struct plane_reading *out) MUST_USE;
/* Adds what holds any bucket; a damaged record adds nothing, though its bucket stays frozen. */
struct status freeze_observe(struct folder_store *store, int64_t now_ms,
                             struct blocking_controls *out) MUST_USE;

#endif
