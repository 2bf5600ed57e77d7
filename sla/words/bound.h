/* sla/words/bound.h - how people write "at least" and "at most": `≥`, `=<`, `no more than`, `or
 * higher`. Proposed, never read. Pure. */
#ifndef REDAN_SLA_WORDS_BOUND_H
#define REDAN_SLA_WORDS_BOUND_H

#include <stdbool.h>

#include "base/slice.h"
#include "sla/values/value.h"

struct sla_bound {
    enum sla_op op;
    bool same;         /* says the same; else the value itself was left out, as `<` does */
    struct slice rest; /* what is bounded, as it stands in the text; empty: nothing */
};

/* A bound before or behind a value, or alone. False: there is none. */
bool sla_bound_take(struct slice text, struct sla_bound *out);

#endif
