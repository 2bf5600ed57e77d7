/* sla/terms/quantity.h - kinds of amounts: how each is written, and in which unit it is kept. One
 * row a kind; the domain of amounts (sla/terms/domain_amount.c) takes a row as its parameter. Pure;
 * for sla/ and its tests. */
#ifndef REDAN_SLA_TERMS_QUANTITY_H
#define REDAN_SLA_TERMS_QUANTITY_H

#include "base/parse.h"
#include "sla/read/field.h"

struct sla_quantity {
    const char *name; /* "duration" */
    const char *unit; /* what is kept is counted in: "ms" */
    int64_t most;     /* the largest there is; the smallest is 0 */
    /* One scalar into `out`. False: reported. */
    bool (*read)(struct draft *draft, const struct yaml_node *node, int64_t *out);
    /* The shortest text that reads back to the same. */
    void (*format)(int64_t amount, char out[PARSE_TEXT_MAX]);
};

extern const struct sla_quantity sla_quantity_duration; /* ms */
extern const struct sla_quantity sla_quantity_share;    /* parts per billion */
extern const struct sla_quantity sla_quantity_count;    /* 0 .. SLA_COUNT_MAX */
extern const struct sla_quantity sla_quantity_bytes;
extern const struct sla_quantity sla_quantity_bit_rate; /* bits a second */

#endif
