#include "sla/conflict/settled.h"

#include "sla/policy/delegation.h"
#include "sla/policy/standing.h"
#include "sla/terms/party.h"
#include "sla/values/guard.h"

static bool is_right(const struct sla_clause *clause)
{
    return clause->reaction != NULL || clause->stance == SLA_RESERVES;
}

/* --- most specific ---------------------------------------------------------------------------- */

/* How closely a clause names the party: by name, by role, or as one of all others. */
static enum sla_rank rank_of(const struct sla_world *world, const struct sla_clause *clause,
                             const struct sla_disagreement *between)
{
    const struct sla_parties *parties = &clause->subjects;
    enum sla_rank rank = SLA_RANK_ANYONE;

    for (size_t i = 0; i < parties->count; i++) {
        const struct sla_parties one = { &parties->items[i], 1 };
        if (sla_party_is_meant(world, &one, between->party, between->resource)) {
            enum sla_rank here = sla_party_rank(&parties->items[i]);
            rank = here < rank ? here : rank;
        }
    }
    return rank;
}

static bool speaks_of_no_more(const struct sla_clause *a, const struct sla_clause *b)
{
    size_t at = 0;

    for (size_t i = 0; i < a->resource_count; i++) {
        while (at < b->resource_count && b->resources[at] < a->resources[i]) {
            at++;
        }
        if (at == b->resource_count || b->resources[at] != a->resources[i]) {
            return false;
        }
    }
    return true;
}

bool sla_is_closer(const struct sla_world *world, const struct sla_disagreement *between,
                   const struct sla_clause *a, const struct sla_clause *b)
{
    enum sla_rank rank_a = rank_of(world, a, between);
    enum sla_rank rank_b = rank_of(world, b, between);

    return rank_a <= rank_b && speaks_of_no_more(a, b) &&
           (rank_a < rank_b || a->resource_count < b->resource_count);
}

/* --- pass ------------------------------------------------------------------------------------- */

/* A clause of the same tier says that it does not decide about this, whenever both speak. */
static bool is_passed(const struct sla_search *search, const struct sla_disagreement *between)
{
    const struct sla_world *world = search->world;
    const struct sla_clause *root = sla_delegation_root(between->a);

    for (size_t i = search->start[between->resource]; i < search->start[between->resource + 1];
         i++) {
        const struct sla_clause *clause = world->clauses[search->items[i]];
        if (clause->term != NULL && clause->op == SLA_OP_PASS &&
            (sla_clause_acts(clause) >> between->action & 1U) != 0 && clause->tier == root->tier &&
            slice_eq(clause->ref.party, root->ref.party) &&
            sla_guards_covers(world->guards, clause->guard, between->guard) &&
            sla_party_is_meant(world, &clause->subjects, between->party, between->resource)) {
            return true;
        }
    }
    return false;
}

static bool is_settled_in_tier(const struct sla_search *search,
                               const struct sla_disagreement *between)
{
    const struct sla_world *world = search->world;
    const struct sla_clause *root = sla_delegation_root(between->a);
    const struct sla_party_tiers *tiers =
        &world->party_tiers[sla_party_find(world, root->ref.party)];
    size_t tier = root->tier;
    enum sla_strategy strategy =
        tier < tiers->count ? tiers->items[tier].strategy : SLA_STRATEGY_NONE;

    if (strategy == SLA_STRATEGY_MOST_SPECIFIC) {
        return sla_is_closer(world, between, between->a, between->b) ||
               sla_is_closer(world, between, between->b, between->a) || is_passed(search, between);
    }
    return strategy != SLA_STRATEGY_NONE || is_passed(search, between);
}

bool sla_is_settled(const struct sla_search *search, const struct sla_disagreement *between)
{
    if (is_right(between->a) || is_right(between->b)) {
        return false;
    }
    const struct sla_clause *a = sla_delegation_root(between->a);
    const struct sla_clause *b = sla_delegation_root(between->b);
    if (!slice_eq(a->ref.party, b->ref.party)) {
        const struct sla_standing standing = sla_standing_of(search->world, between->resource);
        size_t place_a = sla_standing_place(search->world, &standing, a);
        size_t place_b = sla_standing_place(search->world, &standing, b);
        return place_a < SLA_STANDING_MAX && place_b < SLA_STANDING_MAX;
    }
    return a->tier != b->tier || is_settled_in_tier(search, between);
}
