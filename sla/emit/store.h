/* sla/emit/store.h - the lifecycle of objects in S3: when they move to another storage class, and
 * when they end. One configuration a bucket, since each call replaces the one before. For
 * sla/emit/store*.c only. */
#ifndef REDAN_SLA_EMIT_STORE_H
#define REDAN_SLA_EMIT_STORE_H

#include "sla/emit/priv.h"

struct s3_move {
    int64_t day; /* of the object's age */
    const char *class;
};

struct s3_moves {
    const struct s3_move *items; /* ascending */
    size_t count;
};

/* The moves that keep a bucket to a fact of `tiering`. False: S3 has none that do. */
bool emit_s3_plan(struct arena *arena, const struct desired_fact *fact, struct s3_moves *out);

/* The day of its age on which an object is to end, so that it is gone in time. False: S3 counts by
 * days, and so few are not enough. */
bool emit_s3_end(int64_t gone_days, bool is_versioned, int64_t *out_day);

/* Into the open object; nothing when nothing ends (INT64_MAX) or moves. */
void emit_s3_lifecycle(struct json_writer *writer, int64_t end_day, const struct s3_moves *moves,
                       bool is_versioned);

#endif
