/* sla/read/gather.h - lists of resources, put together from several places. For sla/ only. */
#ifndef REDAN_SLA_READ_GATHER_H
#define REDAN_SLA_READ_GATHER_H

#include "sla/draft.h"

/* Begins a new list; one at a time. */
void sla_gather_start(struct draft *draft);
/* Once each; the work is that of what is gathered, not of what is there. A resource is left out
 * again when its mark is set to 0. */
void sla_gather(struct draft *draft, size_t resource);
/* What is still marked, ascending, as a list of its own; empty past SLA_PAIRS_MAX, which is
 * reported once. */
/* So many more of what clauses speak of, bounded in all: `count`, or 0 when that is too many
 * (reported once). */
size_t sla_take_pairs(struct draft *draft, struct diag_span span, size_t count);

struct draft_list sla_gather_take(struct draft *draft, struct diag_span span);

/* A list that is there already, for one more to speak of; empty past the same limit. */
struct draft_list sla_gather_share(struct draft *draft, struct draft_list list,
                                   struct diag_span span);

#endif
