/* wire/doc_priv.h - the small YAML files of this folder: identity, trust, registry. Each is
 * described by a table of base/config.h, which reads and prints it. For this folder. */
#ifndef REDAN_WIRE_DOC_PRIV_H
#define REDAN_WIRE_DOC_PRIV_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/slice.h"
#include "base/status.h"

extern const char *const doc_api_names[]; /* "redan/v1" */

/* Errors: those of file_load or file_load_private; STATUS_INVALID, "PATH:LINE:COL: what". */
struct status doc_load(struct arena *arena, const char *path, size_t max_bytes,
                       const struct config_table *table, void *out) MUST_USE;
/* One that holds secrets: its text is wiped, what was read from it is the caller's to wipe. */
struct status doc_load_private(struct arena *arena, const char *path, size_t max_bytes,
                               const struct config_table *table, void *out) MUST_USE;
struct status doc_store(const char *path, const struct config_table *table, const void *values,
                        mode_t mode) MUST_USE;

/* Keys in hex. */
struct slice doc_hex(struct arena *arena, const void *bytes, size_t len);
struct status doc_check_key(struct slice hex) MUST_USE; /* 32 bytes */
struct status doc_check_name(struct slice name) MUST_USE;
struct status doc_check_service(struct slice text) MUST_USE;

#endif
