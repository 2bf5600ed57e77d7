#include "planner/contract.h"

#include <assert.h>

enum { PPM = 1000 * 1000 };

static const struct contract contracts[ACTION_KINDS] = {
    [ACTION_NETWORK_DENY] = { .kind = ACTION_NETWORK_DENY,
                              .resource_plane = PLANE_NETWORK,
                              .adds = CONDITION_SOURCE_CUT | CONDITION_ATTACK_STOPPED,
                              .needs_corroborated_source = true,
                              .reversible = true,
                              .settle_ms = 5 },
    [ACTION_NETWORK_ISOLATE] = { .kind = ACTION_NETWORK_ISOLATE,
                                 .resource_plane = PLANE_NETWORK,
                                 .adds = CONDITION_SOURCE_CUT | CONDITION_ATTACK_STOPPED,
                                 .needs_corroborated_source = true,
                                 .reversible = true,
                                 .availability_share_ppm = PPM,
                                 .settle_ms = 5 },
    /* The memory is worth keeping only while it is live. */
    [ACTION_COMPUTE_SNAPSHOT] = { .kind = ACTION_COMPUTE_SNAPSHOT,
                                  .resource_plane = PLANE_COMPUTE,
                                  .needs = CONDITION_RUNNING,
                                  .adds = CONDITION_KEPT,
                                  .reversible = true,
                                  .is_evidence = true,
                                  .money_micro = 20000,
                                  .settle_ms = 2000 },
    [ACTION_COMPUTE_SUSPEND] = { .kind = ACTION_COMPUTE_SUSPEND,
                                 .resource_plane = PLANE_COMPUTE,
                                 .needs = CONDITION_RUNNING,
                                 .adds = CONDITION_QUIET,
                                 .adds_on_host = CONDITION_ATTACK_STOPPED,
                                 .needs_corroborated_source = true,
                                 .removes = CONDITION_RUNNING,
                                 .reversible = true,
                                 .availability_share_ppm = PPM,
                                 .settle_ms = 50 },
    /* Reads go on; half of the use of a bucket is counted as lost. */
    [ACTION_DATA_FREEZE] = { .kind = ACTION_DATA_FREEZE,
                             .resource_plane = PLANE_DATA,
                             .adds = CONDITION_FROZEN,
                             .needs_corroborated_source = true,
                             .reversible = true,
                             .availability_share_ppm = PPM / 2,
                             .settle_ms = 20 },
};

const struct contract *contract_of(enum action_kind kind)
{
    assert((size_t)kind < ACTION_KINDS);
    return &contracts[kind];
}

/* a * b / PPM without overflow: leases are below a century in ms, shares at most PPM. */
static int64_t share_of(int64_t lease_ms, int64_t share_ppm)
{
    return lease_ms / PPM * share_ppm + lease_ms % PPM * share_ppm / PPM;
}

struct cost contract_cost(const struct contract *contract, int64_t lease_ms)
{
    return (struct cost){ .availability_ms = share_of(lease_ms, contract->availability_share_ppm),
                          .evidence_loss = contract->evidence_loss,
                          .money_micro = contract->money_micro,
                          .blast = 1,
                          .settle_ms = contract->settle_ms };
}

int64_t contract_budget_ms(const struct objective *objective)
{
    enum { PPB = 1000 * 1000 * 1000 };
    int64_t lost_ppb = PPB - objective->limit;

    return objective->window_ms / PPB * lost_ppb + objective->window_ms % PPB * lost_ppb / PPB;
}

static int cmp(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int cost_cmp(const struct cost *a, const struct cost *b)
{
    const int tiers[] = { cmp(a->availability_ms, b->availability_ms),
                          cmp(a->evidence_loss, b->evidence_loss), cmp(a->blast, b->blast),
                          cmp(a->money_micro, b->money_micro), cmp(a->settle_ms, b->settle_ms) };

    for (size_t i = 0; i < COUNT_OF(tiers); i++) {
        if (tiers[i] != 0) {
            return tiers[i];
        }
    }
    return 0;
}

struct cost cost_add(const struct cost *a, const struct cost *b)
{
    return (struct cost){ .availability_ms = a->availability_ms + b->availability_ms,
                          .evidence_loss = a->evidence_loss + b->evidence_loss,
                          .money_micro = a->money_micro + b->money_micro,
                          .blast = a->blast + b->blast,
                          .settle_ms = a->settle_ms + b->settle_ms };
}
