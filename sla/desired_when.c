#include "sla/derive.h"

#include "sla/guard.h"

/* Conditions in the desired state. A plane knows nothing of incidents, hours or purposes; it knows
 * what a bucket holds. So a class of data is settled here, resource by resource. Of what is left a
 * prohibition stands at all times, and so does what detectors heed, since neither opens anything; a
 * permit and a setting are left out. Each is told. */

static bool is_everything(const struct sla_guard *box)
{
    const struct sla_guard all = sla_guard_all();

    return box->from_day == all.from_day && box->until_day == all.until_day &&
           box->times == all.times && box->places == all.places &&
           box->severities == all.severities && box->phases == all.phases &&
           box->classes == all.classes && box->purposes == all.purposes;
}

static uint64_t classes_of(const struct sla_guards *guards, const struct resource *resource)
{
    uint64_t classes = 0;

    for (size_t i = 0; i < resource->class_count; i++) {
        classes |= sla_guards_class(guards, resource->classes[i]);
    }
    return classes;
}

enum derive_speech derive_speech(const struct sla_world *world, const struct sla_clause *clause,
                                 size_t resource)
{
    const struct resource *at = &world->policies.resources[resource];

    if (clause->guard == SLA_GUARD_ALWAYS || clause->guard == SLA_GUARD_NEVER) {
        return clause->guard == SLA_GUARD_ALWAYS ? DERIVE_ALWAYS : DERIVE_NEVER;
    }
    struct sla_guard box = *sla_guards_at(world->guards, clause->guard);
    if (at->plane == PLANE_DATA && box.classes != SLA_MASK_ALL) {
        uint64_t held = classes_of(world->guards, at);
        if ((held & box.classes) == 0) {
            return DERIVE_NEVER;
        }
        box.classes = (held & ~box.classes) == 0 ? SLA_MASK_ALL : box.classes;
    }
    return is_everything(&box) ? DERIVE_ALWAYS : DERIVE_AT_TIMES;
}

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
