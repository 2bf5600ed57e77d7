/* planes/data/folder_gate.h - the one door to a folder store: a bucket is a folder below the root,
 * an object a file in it.
 *
 * Objects appear whole or not at all (written beside, renamed over). Nothing is written or deleted
 * while the bucket is frozen: a freeze is a record in ROOT/.redan, every change holds the bucket's
 * lock between looking there and its rename, and folder_gate_settle waits for those that looked
 * before. Names are one plain component (file_name_is_plain); every open is resolved beneath the
 * root by openat2(2), so a symbolic link in a bucket leads nowhere.
 *
 * Blocking. A gate may be used by several threads; any number of processes may have one on a root.
 * What goes around the gate is not stopped by it: planes/data/folder_plane.h. */
#ifndef REDAN_PLANES_DATA_FOLDER_GATE_H
#define REDAN_PLANES_DATA_FOLDER_GATE_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

enum { FOLDER_PATH_MAX = 512 };

struct folder_gate;

/* The root must exist; ROOT/.redan is made. Errors: STATUS_NOT_FOUND, STATUS_UNAVAILABLE,
 * STATUS_DENIED, STATUS_UNSUPPORTED (a kernel without openat2). */
struct status folder_gate_open(const char *root, struct folder_gate **out) MUST_USE;
/* Would folder_gate_open take this root? Changes nothing. Errors: the same. */
struct status folder_gate_check(const char *root) MUST_USE;
void folder_gate_close(struct folder_gate **gate);            /* NULL is fine */
const char *folder_gate_root(const struct folder_gate *gate); /* absolute, no links */

/* All: STATUS_INVALID (a name that is not plain), STATUS_NOT_FOUND (no such bucket or object),
 * STATUS_DENIED (no permission; for changes: the bucket is frozen), STATUS_UNAVAILABLE. */
struct status folder_gate_put(struct folder_gate *gate, const char *bucket, const char *name,
                              struct slice bytes) MUST_USE;
struct status folder_gate_delete(struct folder_gate *gate, const char *bucket,
                                 const char *name) MUST_USE;
/* Over `max_bytes`: STATUS_EXHAUSTED. */
struct status folder_gate_get(struct folder_gate *gate, struct arena *arena, const char *bucket,
                              const char *name, size_t max_bytes, struct slice *out) MUST_USE;
/* Sorted. Over `max_names`: STATUS_EXHAUSTED. */
struct status folder_gate_list(struct folder_gate *gate, struct arena *arena, const char *bucket,
                               size_t max_names, const char ***out_names,
                               size_t *out_count) MUST_USE;

/* Cannot tell is an error, and changes treat it as frozen. */
struct status folder_gate_frozen(struct folder_gate *gate, const char *bucket, bool *out) MUST_USE;

/* For the plane: an O_PATH descriptor of the bucket's folder, the caller's to close. */
struct status folder_gate_bucket(struct folder_gate *gate, const char *bucket,
                                 int *out_fd) MUST_USE;
/* Returns when every change that found the bucket unfrozen is over. STATUS_UNAVAILABLE: one is not
 * after `wait_ms`. */
struct status folder_gate_settle(struct folder_gate *gate, const char *bucket,
                                 int64_t wait_ms) MUST_USE;

#endif
