/* planner/contract.h - actions as contracts: what must hold before, what holds after, what it
 * costs.
 *
 * One row an action; the search, the legality checker and the documentation read the same rows. The
 * conditions are about one resource of the incident's unit (a host, a domain or a bucket). Pure. */
#ifndef REDAN_PLANNER_CONTRACT_H
#define REDAN_PLANNER_CONTRACT_H

#include <stdint.h>

#include "model/action.h"
#include "model/plan.h"

/* Facts about one resource, as bits. */
enum condition {
    CONDITION_SOURCE_CUT = 1U << 0,     /* host: the incident's source reaches it no more */
    CONDITION_ATTACK_STOPPED = 1U << 1, /* host: nothing of it answers the source */
    CONDITION_FROZEN = 1U << 0,         /* bucket: nobody writes */
    CONDITION_RUNNING = 1U << 1,        /* domain executes, its memory is live */
    CONDITION_QUIET = 1U << 2,          /* domain executes nothing */
    CONDITION_KEPT = 1U << 3            /* domain's state is kept as evidence */
};
enum { CONDITIONS_PER_RESOURCE = 4 };

struct contract {
    enum action_kind kind;
    enum plane_kind resource_plane; /* of the resource it acts on */
    uint32_t needs;                 /* conditions of that resource before */
    uint32_t adds;
    uint32_t adds_on_host; /* of the attacked host of the same unit: a paused unit serves nobody */
    uint32_t removes;
    bool needs_corroborated_source; /* the kernel saw the peer: text in a log alone takes nothing
                                       from anybody, neither a peer nor the unit itself */
    bool reversible;
    bool is_evidence;               /* must come before what destroys the evidence */
    int64_t availability_share_ppm; /* of the lease that innocent users lose the resource */
    int64_t evidence_loss;          /* 0..100 */
    int64_t money_micro;
    int64_t settle_ms;
};

const struct contract *contract_of(enum action_kind kind);

/* What one step under a lease of `lease_ms` costs. */
struct cost contract_cost(const struct contract *contract, int64_t lease_ms);

/* What an availability objective leaves to spend in its window: window x (1 - availability). */
int64_t contract_budget_ms(const struct objective *objective);

/* The declared order: lost availability, then lost evidence, resources touched, money, time to
 * settle. Lexicographic, so no price ever buys a tier above it. */
int cost_cmp(const struct cost *a, const struct cost *b);
struct cost cost_add(const struct cost *a, const struct cost *b);

#endif
