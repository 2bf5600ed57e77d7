/* sla/values/intern.h - equal bytes have one number: 0 for the first, then counting up. For sla/
 * only.
 *
 * The bytes are copied to the arena, aligned for any type, and stay where they are. Open addressing
 * with a hash that mixes well but has no secret: a caller keeps a limit on what it takes from
 * documents. Pure. */
#ifndef REDAN_SLA_VALUES_INTERN_H
#define REDAN_SLA_VALUES_INTERN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* All-zero is empty and ready. */
struct sla_intern {
    struct slice *keys; /* by number */
    uint32_t *slots;    /* number + 1; 0: free */
    size_t count, room; /* room: of keys; twice as many slots */
};

uint32_t sla_intern(struct sla_intern *table, struct arena *arena, struct slice bytes);

#endif
