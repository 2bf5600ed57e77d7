/* sla/emit_store.h - the lifecycle of objects in S3: when they move to another storage class, and
 * when they end. One configuration a bucket, since each call replaces the one before. For
 * sla/emit_store*.c only. */
#ifndef REDAN_SLA_EMIT_STORE_H
#define REDAN_SLA_EMIT_STORE_H

#include "sla/emit_priv.h"

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

/* Into the open object; nothing when nothing ends (INT64_MAX) or moves. What S3 cannot do within so
 * few days fails. */
void emit_s3_lifecycle(struct emit *emit, struct json_writer *writer, int64_t gone_days,
                       const struct s3_moves *moves, bool is_versioned);

#endif
