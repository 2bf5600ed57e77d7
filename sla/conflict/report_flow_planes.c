#include "sla/conflict/satisfy.h"

#include "sla/code.h"
#include "sla/policy/flow_order.h"
#include "sla/policy/standing.h"
#include "sla/terms/held.h"

/* Flows of which planes hold less than was written. They are rules, and so have no verdict: what no
 * plane holds of them is told here. */

static void label(const struct resource *at, struct diag *diag, struct diag_list *diags)
{
    diag_label(diags, diag, "of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
}

/* --- what stands at all hours ----------------------------------------------------------------- */

/* On a host, by a party that rules there, and under a condition that no plane can tell: a permit
 * opens nothing and closes the rest, a deny takes away always. */
static bool stands_always(const struct sla_world *world, const struct sla_clause *clause,
                          size_t resource)
{
    if (world->policies.resources[resource].kind != KIND_HOST ||
        sla_speech_on(world, clause, resource) != SLA_SPEAKS_AT_TIMES) {
        return false;
    }
    const struct sla_standing standing = sla_standing_of(world, resource);
    return sla_standing_place(world, &standing, clause) < SLA_STANDING_MAX;
}

static void report_always(const struct sla_clause *clause, const struct resource *at,
                          struct diag_list *diags)
{
    const bool denies = clause->op == SLA_OP_DENY;
    struct diag *diag = diag_add(diags, DIAG_NOTE, SLA_CODE_NO_PLANE, clause->span,
                                 denies ? "on a plane clause `%.*s` denies at all hours"
                                        : "on a plane clause `%.*s` opens nothing, and closes the "
                                          "rest at all hours",
                                 SLICE_ARG(clause->ref.clause));

    label(at, diag, diags);
    if (denies) {
        diag_note(diags, diag, "no plane can tell when {%.*s}", SLICE_ARG(clause->conditions));
        diag_help(diags, diag, "deny it without the condition, or not at all");
        return;
    }
    diag_note(diags, diag,
              "no plane can tell when {%.*s}; where some flow is permitted, no other passes",
              SLICE_ARG(clause->conditions));
    diag_help(diags, diag,
              "permit it without the condition, or take away with `op: deny` what must "
              "not pass");
}

static void check_always(const struct sla_world *world, const struct sla_clause *clause,
                         struct diag_list *diags)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        if (stands_always(world, clause, clause->resources[i])) {
            report_always(clause, &world->policies.resources[clause->resources[i]], diags);
            return;
        }
    }
}

/* --- what nothing holds ----------------------------------------------------------------------- */

static bool is_held(const struct sla_world *world, const struct sla_clause *clause, size_t resource)
{
    return world->policies.resources[resource].kind == KIND_HOST &&
           sla_flow_place(world, clause, resource) != SLA_FLOW_NOBODY;
}

static bool is_held_somewhere(const struct sla_world *world, const struct sla_clause *clause)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        if (is_held(world, clause, clause->resources[i])) {
            return true;
        }
    }
    return clause->resource_count == 0; /* told elsewhere */
}

static void report_not_held(const struct sla_clause *clause, const struct resource *at,
                            struct diag_list *diags)
{
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_NO_PLANE, clause->span,
                                 "no plane enforces clause `%.*s`", SLICE_ARG(clause->ref.clause));

    label(at, diag, diags);
    if (at->kind != KIND_HOST) {
        diag_note(diags, diag, "a segment takes and sends nothing itself: its hosts do");
        diag_help(diags, diag, "speak of the hosts in it: `select: {segment: %.*s}`",
                  SLICE_ARG(at->name));
    } else {
        diag_note(diags, diag,
                  "`%.*s` does not rule there: at L0 the provider does, above it the party of the "
                  "U-Cloud and the owner",
                  SLICE_ARG(clause->ref.party));
        diag_help(diags, diag, "ask who rules there to say it, or leave the resource out");
    }
}

void sla_report_flow_planes(const struct sla_world *world, struct diag_list *diags)
{
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (!sla_is_flow(clause)) {
            continue;
        }
        if (!is_held_somewhere(world, clause)) {
            report_not_held(clause, &world->policies.resources[clause->resources[0]], diags);
        } else if (clause->stance == SLA_REQUIRES) {
            check_always(world, clause, diags);
        }
    }
}
