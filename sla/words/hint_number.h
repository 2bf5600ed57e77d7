/* sla/words/hint_number.h - numbers as people and other formats write them: "012", "1e3", "1_000",
 * "1,5". For sla/words/hint.c and its tests. Pure. */
#ifndef REDAN_SLA_WORDS_HINT_NUMBER_H
#define REDAN_SLA_WORDS_HINT_NUMBER_H

#include <stdbool.h>

#include "base/slice.h"

enum { SLA_ODD_NUMBER_BYTES = 40 };

struct sla_odd_number {
    char digits[SLA_ODD_NUMBER_BYTES]; /* plain: digits, at most one point; empty: none was there */
    size_t len;
    size_t used;     /* bytes of the text */
    const char *why; /* what is odd; NULL: nothing */
    bool same;       /* every reader takes it for these digits */
};

/* The number at the start of a text. */
void sla_take_odd_number(struct slice text, struct sla_odd_number *out);

#endif
