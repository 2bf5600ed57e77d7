#include "sla/emit/derive.h"

#include "sla/values/guard.h"

/* Conditions in the desired state. A plane knows nothing of incidents, hours or purposes. Of what
 * such conditions leave (sla/terms/held.h) a prohibition stands at all times, and so does what
 * detectors heed, since neither opens anything; a permit and a setting are left out. Each is told.
 */

static bool is_of_policies(const struct sla_clause *clause)
{
    enum sla_becomes becomes =
        clause->term != NULL ? clause->term->becomes : SLA_BECOMES_ASSUMPTION;

    return becomes == SLA_BECOMES_POLICY || becomes == SLA_BECOMES_OBJECTIVE;
}

void derive_conditions(struct derive *derive)
{
    const struct sla_world *world = derive->world;
    struct desired_condition *conditions =
        ARENA_NEW(derive->arena, struct desired_condition, world->clause_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->guard != SLA_GUARD_ALWAYS && is_of_policies(clause)) {
            conditions[count++] = (struct desired_condition){ &clause->ref, clause->conditions };
        }
    }
    derive->out->conditions = conditions;
    derive->out->condition_count = count;
}
