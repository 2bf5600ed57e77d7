/* planes/data/freeze_record.h - which actions hold a bucket frozen, durably, in
 * ROOT/.redan/BUCKET.holds (planes/hold.h). The bucket is frozen exactly as long as that file
 * exists, whatever it says.
 *
 * Blocking. One writer a root: the folder plane. */
#ifndef REDAN_PLANES_DATA_FREEZE_RECORD_H
#define REDAN_PLANES_DATA_FREEZE_RECORD_H

#include "base/arena.h"
#include "planes/hold.h"

#define FREEZE_FOLDER ".redan"
#define FREEZE_SUFFIX ".holds"

enum { FREEZE_NAME_MAX = 128 + 16, FREEZE_RECORDS_MAX = 65536 };

/* Names below ROOT/.redan; the bucket's name is plain. */
void freeze_record_name(const char *bucket, char out[FREEZE_NAME_MAX]);
void freeze_lock_name(const char *bucket, char out[FREEZE_NAME_MAX]);

/* No record gives an empty list. Errors: STATUS_CORRUPT, STATUS_UNAVAILABLE; `out` is worth nothing
 * then. */
struct status freeze_load(const char *root, const char *bucket, struct holds *out) MUST_USE;
/* On disk when it returns. Without a hold the record is removed. */
struct status freeze_store(const char *root, const char *bucket,
                           const struct holds *holds) MUST_USE;
/* Buckets that have a record, sorted. */
struct status freeze_buckets(struct arena *arena, const char *root, const char ***out_buckets,
                             size_t *out_count) MUST_USE;

#endif
