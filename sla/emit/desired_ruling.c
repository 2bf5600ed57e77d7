#include "sla/emit/derive.h"

#include "sla/policy/delegation.h"
#include "sla/policy/standing.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/terms/rule.h"
#include "sla/values/acts.h"
#include "sla/values/guard.h"

/* Rulings: what decisions about people and parties look up, clause by clause, in the words that
 * were written, on the resources where the clause is asked. */

static bool is_ruling(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->term->becomes == SLA_BECOMES_POLICY &&
           clause->guard != SLA_GUARD_NEVER;
}

static const char *effect_of(const struct sla_clause *clause)
{
    if (sla_rule_forbids(clause)) {
        return clause->op == SLA_OP_APART ? "apart" : "forbid";
    }
    switch (clause->op) {
    case SLA_OP_ONLY:
    case SLA_OP_OBLIGE:
    case SLA_OP_PASS:
        return sla_op_name(clause->op);
    case SLA_OP_PERMIT:
    case SLA_OP_DENY:
    case SLA_OP_IN:
    case SLA_OP_NOT_IN:
    case SLA_OP_AT_LEAST:
    case SLA_OP_AT_MOST:
    case SLA_OP_IS:
    case SLA_OP_INCLUDES:
    case SLA_OP_NEEDED:
    case SLA_OP_APART:
        break;
    }
    return "permit";
}

static void fill_acts(struct arena *arena, const struct sla_clause *clause,
                      struct desired_ruling *ruling)
{
    uint64_t acts = clause->op == SLA_OP_APART ? sla_rule_kept_apart(clause) : clause->acts;
    struct slice *names = ARENA_NEW(arena, struct slice, (size_t)__builtin_popcountll(acts) + 1);

    for (unsigned i = 0; i < SLA_ACTS; i++) {
        if ((acts >> i & 1U) != 0) {
            names[ruling->act_count++] = slice_from(sla_act_name((enum sla_act)i));
        }
    }
    ruling->acts = names;
}

static void fill_subjects(struct arena *arena, const struct sla_clause *clause,
                          struct desired_ruling *ruling)
{
    struct slice *names = ARENA_NEW(arena, struct slice, clause->subjects.count + 1);

    for (size_t i = 0; i < clause->subjects.count; i++) {
        const struct sla_party_ref *ref = &clause->subjects.items[i];
        names[i] = ref->by_role ? slice_from(party_role_name(ref->role)) : ref->name;
    }
    ruling->subjects = names;
    ruling->subject_count = clause->subjects.count;
}

/* That of the clause at the end of its chain, in whose place it counts. */
static struct slice tier_of(const struct sla_world *world, const struct sla_clause *clause)
{
    const struct sla_clause *root = sla_delegation_root(clause);
    uint32_t party = sla_party_find(world, root->ref.party);
    bool is_known = party != SLA_NOBODY && root->tier < world->party_tiers[party].count;

    return is_known ? world->party_tiers[party].items[root->tier].id : (struct slice){ 0 };
}

static void fill(struct derive *derive, const struct sla_clause *clause,
                 struct desired_ruling *ruling)
{
    *ruling = (struct desired_ruling){
        .clause = &clause->ref,
        .effect = effect_of(clause),
        .tier = tier_of(derive->world, clause),
        .under = clause->under != NULL ? &clause->under->ref : NULL,
        .delegate = clause->delegate,
        .notice_ms = clause->notice_ms,
        .within_ms = clause->value.within_ms,
    };
    fill_acts(derive->arena, clause, ruling);
    fill_subjects(derive->arena, clause, ruling);
    if (sla_rule_needs_consent(clause)) {
        ruling->purposes = clause->value.names.names;
        ruling->purpose_count = clause->value.names.count;
    }
    if (clause->op == SLA_OP_APART) {
        ruling->per = sla_per_words.names[clause->value.unit];
    }
}

/* Where it counts and is asked; what is not was noted, unless its other part did so. */
static void fill_resources(struct derive *derive, const struct sla_clause *clause,
                           struct desired_ruling *ruling)
{
    size_t *resources = ARENA_NEW(derive->arena, size_t, clause->resource_count + 1);

    for (size_t i = 0; i < clause->resource_count; i++) {
        size_t resource = clause->resources[i];
        if (clause->term->emit != 0 ? derive_is_disputed(derive, clause, resource)
                                    : !derive_counts(derive, clause, resource)) {
            continue;
        }
        if (sla_is_asked(derive->world, clause, resource)) {
            resources[ruling->resource_count++] = resource;
        } else {
            derive_not_held(derive, clause, DESIRED_NO_STANDING, resource);
        }
    }
    ruling->resources = resources;
}

void derive_rulings(struct derive *derive)
{
    const struct sla_world *world = derive->world;
    uint32_t *at = ARENA_NEW(derive->arena, uint32_t, world->clause_count + 1);
    size_t room = 0;
    size_t count = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        at[room] = (uint32_t)i;
        room += is_ruling(world->clauses[i]) ? 1 : 0;
    }
    struct desired_ruling *rulings = ARENA_NEW(derive->arena, struct desired_ruling, room + 1);
    for (size_t i = 0; i < room; i++) {
        const struct sla_clause *clause = world->clauses[at[i]];
        fill(derive, clause, &rulings[count]);
        fill_resources(derive, clause, &rulings[count]);
        count += rulings[count].resource_count > 0 ? 1 : 0;
    }
    derive->out->rulings = rulings;
    derive->out->ruling_count = count;
}
