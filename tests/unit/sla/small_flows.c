#include "tests/unit/sla/small_flows.h"

#include <stdint.h>

static uint64_t state = 7;

static unsigned below(unsigned limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33U) % limit;
}

static bool speaks_of(const struct small_flow *rule, unsigned peer, unsigned port)
{
    return peer >> rule->bits == rule->first >> rule->bits &&
           (rule->low == 0 || (port > 0 && rule->low <= port && port <= rule->high));
}

bool small_flows_pass(const struct small_flow *rules, size_t without, unsigned peer, unsigned port)
{
    bool permitted = false, denied = false, closed = false;

    for (size_t i = 0; i < SMALL_FLOWS; i++) {
        closed |= i != without && rules[i].permit;
        if (i != without && speaks_of(&rules[i], peer, port)) {
            permitted |= rules[i].permit;
            denied |= !rules[i].permit;
        }
    }
    return !denied && (permitted || !closed);
}

void small_flows_draw(struct small_flow *rules, const char *target, struct buf *clauses)
{
    for (size_t i = 0; i < SMALL_FLOWS; i++) {
        rules[i].permit = below(3) > 0;
        rules[i].bits = below(4);
        rules[i].first = below(SMALL_PEERS) >> rules[i].bits << rules[i].bits;
        rules[i].low = below(SMALL_PORTS);
        rules[i].high = rules[i].low + below(SMALL_PORTS - rules[i].low);
        buf_printf(clauses,
                   "    - {id: r%zu, on: %s, term: flow, op: %s, value: {from: 10.0.0.%u/%u", i,
                   target, rules[i].permit ? "permit" : "deny", rules[i].first, 32 - rules[i].bits);
        if (rules[i].low > 0) {
            buf_printf(clauses, ", ports: [%u-%u/tcp]", rules[i].low, rules[i].high);
        }
        buf_add_cstr(clauses, "}}\n");
    }
}
