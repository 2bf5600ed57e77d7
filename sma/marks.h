/* sma/marks.h - which arrival lies where: so that a checkpoint can name the place of the oldest
 * record still needed.
 *
 * A bounded list of (arrival, place) in order. When it is full every second mark is forgotten: the
 * answer is then a little older than needed, never younger. Pure. */
#ifndef REDAN_SMA_MARKS_H
#define REDAN_SMA_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sma/tail.h"

enum { MARKS_KEPT_MAX = 1024 };

struct arrival_mark {
    uint64_t arrival;
    struct tail_place place;
};

/* All zero is ready. */
struct marks {
    struct arrival_mark *items; /* MARKS_KEPT_MAX; NULL until the first */
    size_t first, count;        /* of items in use */
    uint64_t last_arrival;      /* of the last one added, also when it was thinned out */
};

void marks_done(struct marks *marks);
/* `arrival` grows from call to call. */
void marks_add(struct marks *marks, uint64_t arrival, const struct tail_place *place);
/* Records before `arrival` are not needed: forgets what stands for them alone. */
void marks_release(struct marks *marks, uint64_t arrival);
/* The oldest mark; false: none. */
bool marks_oldest(const struct marks *marks, struct tail_place *out);

#endif
