#include "sla/policy/flow_order.h"

#include <assert.h>

#include "sla/policy/standing.h"
#include "sla/terms/domain.h"

static_assert(SLA_FLOW_NOBODY == SLA_STANDING_MAX + 1, "reserved rights stand behind who rules");

bool sla_is_flow(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->term->domain == &sla_domain_flow &&
           clause->stance != SLA_OFFERS;
}

uint32_t sla_flow_place(const struct sla_world *world, const struct sla_clause *clause,
                        size_t resource)
{
    const struct sla_standing standing = sla_standing_of(world, resource);
    size_t place = sla_standing_place(world, &standing, clause);

    if (clause->stance == SLA_RESERVES) {
        return SLA_STANDING_MAX;
    }
    return place < SLA_STANDING_MAX ? (uint32_t)place : SLA_FLOW_NOBODY;
}

bool sla_flow_closes(const struct sla_clause *clause)
{
    return clause->op == SLA_OP_PERMIT && clause->stance == SLA_REQUIRES;
}
