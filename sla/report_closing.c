#include "sla/satisfy.h"

#include "sla/code.h"
#include "sla/domain.h"
#include "sla/held.h"
#include "sla/standing.h"

/* On a host, by a party that rules there, so that what is not permitted is closed; and under a
 * condition that no plane can tell, so that nothing is opened. */
static bool only_closes(const struct sla_world *world, const struct sla_clause *clause,
                        size_t resource)
{
    if (world->policies.resources[resource].kind != KIND_HOST ||
        sla_speech_on(world, clause, resource) != SLA_SPEAKS_AT_TIMES) {
        return false;
    }
    const struct sla_standing standing = sla_standing_of(world, resource);
    return sla_standing_place(world, &standing, clause) < SLA_STANDING_MAX;
}

static void report(const struct sla_clause *clause, const struct resource *at,
                   struct diag_list *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_NOTE, SLA_CODE_NO_PLANE, clause->span,
                 "on a plane clause `%.*s` opens nothing, and closes the rest at all hours",
                 SLICE_ARG(clause->ref.clause));

    diag_label(diags, diag, "of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    diag_note(diags, diag,
              "no plane can tell when {%.*s}; where some flow is permitted, no other passes",
              SLICE_ARG(clause->conditions));
    diag_help(diags, diag,
              "permit it without the condition, or take away with `op: deny` what must "
              "not pass");
}

void sla_report_closing(const struct sla_world *world, struct diag_list *diags)
{
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->term == NULL || clause->term->domain != &sla_domain_flow ||
            clause->op != SLA_OP_PERMIT || clause->stance == SLA_RESERVES) {
            continue;
        }
        size_t at = 0;
        while (at < clause->resource_count && !only_closes(world, clause, clause->resources[at])) {
            at++;
        }
        if (at < clause->resource_count) {
            report(clause, &world->policies.resources[clause->resources[at]], diags);
        }
    }
}
