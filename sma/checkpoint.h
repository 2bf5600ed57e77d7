/* sma/checkpoint.h - what the sensing half knows over a restart: per sensor where to read again and
 * what was handled, and what the detector cannot win back by reading. One JSON file, written
 * whole. */
#ifndef REDAN_SMA_CHECKPOINT_H
#define REDAN_SMA_CHECKPOINT_H

#include "base/arena.h"
#include "base/status.h"
#include "sma/tail.h"

enum { CHECKPOINT_SENSORS_MAX = 64, CHECKPOINT_BYTES_MAX = 20 * 1024 * 1024 };

struct checkpoint_sensor {
    struct slice name;
    struct tail_resume resume;
};

struct checkpoint {
    struct checkpoint_sensor sensors[CHECKPOINT_SENSORS_MAX];
    size_t sensor_count;
    struct slice detector; /* detect_save's JSON; "" none */
};

/* A missing file gives an empty checkpoint. Errors: STATUS_CORRUPT, those of base/file.h. */
struct status checkpoint_load(struct arena *arena, const char *path,
                              struct checkpoint *out) MUST_USE;
struct status checkpoint_store(const char *path, const struct checkpoint *checkpoint) MUST_USE;
/* NULL when unknown. */
const struct tail_resume *checkpoint_of(const struct checkpoint *checkpoint, struct slice name);

#endif
