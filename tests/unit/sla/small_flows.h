/* tests/unit/sla/small_flows.h - flow rules of one host by chance, and a reading of every packet of
 * their small world: 8 peers, and 3 ports of TCP beside what has none. */
#ifndef REDAN_TESTS_SMALL_FLOWS_H
#define REDAN_TESTS_SMALL_FLOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { SMALL_FLOWS = 5, SMALL_PEERS = 8, SMALL_PORTS = 4 };

struct small_flow {
    bool permit;
    unsigned first, bits; /* peers 10.0.0.first / (32 - bits) */
    unsigned low, high;   /* tcp ports; 0: all, also of other protocols */
};

/* Rules, and the clauses `r0` .. that say so of the target; the same ones in every run. */
void small_flows_draw(struct small_flow *rules, const char *target, struct buf *clauses);

/* Whether the packet passes when the rule `without` is taken out (SMALL_FLOWS: none is): of those
 * that speak of it a deny comes first, and what nobody speaks of is closed as soon as there is a
 * permit. */
bool small_flows_pass(const struct small_flow *rules, size_t without, unsigned peer, unsigned port);

#endif
