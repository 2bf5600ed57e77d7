#include "sla/conflict.h"
#include "sla/delegation.h"
#include "sla/domain.h"
#include "sla/guard.h"
#include "sla/held.h"
#include "sla/party.h"
#include "sla/rule.h"
#include "sla/settled.h"
#include "sla/standing.h"

/* One subject would hold two acts that must be apart: two clauses permit it, in force together, and
 * no rule that comes first takes either away. Groups are not opened: whoever two clauses mean by
 * name, party or role is known here, who is in two groups is not. */

struct holding {
    struct sla_search *search;
    const struct sla_clause *duty;
    size_t resource;
    struct sla_standing standing;
    uint32_t held; /* when there is something to speak of */
    /* of the pair at hand */
    uint32_t guard; /* when the duty and both permits speak of it */
    uint32_t party;
};

/* --- what comes first ------------------------------------------------------------------------- */

/* The order in which clauses are asked: by party with standing, then tier; SLA_STANDING_MAX: after
 * them all, as reserved rights are, or never. */
static size_t place_of(const struct holding *self, const struct sla_clause *clause)
{
    return clause->stance == SLA_RESERVES ? SLA_STANDING_MAX
                                          : sla_standing_place(self->search->world, &self->standing,
                                                               sla_delegation_root(clause));
}

/* Of two clauses in one tier, by how the tier combines them. */
static bool prevails(const struct holding *self, const struct sla_clause *forbid,
                     const struct sla_clause *root, enum sla_strategy strategy)
{
    const struct sla_disagreement between = { .party = self->party, .resource = self->resource };

    switch (strategy) {
    case SLA_STRATEGY_FORBID_OVERRIDES:
    case SLA_STRATEGY_PERMIT_UNLESS_FORBID:
        return true;
    case SLA_STRATEGY_FIRST_APPLICABLE:
        return forbid->order < root->order;
    case SLA_STRATEGY_MOST_SPECIFIC:
        return sla_is_closer(self->search->world, &between, forbid, root);
    case SLA_STRATEGY_NONE: /* told as a conflict */
    case SLA_STRATEGY_PERMIT_OVERRIDES:
    case SLA_STRATEGY_FORBID_UNLESS_PERMIT:
        break;
    }
    return false;
}

static bool is_first(const struct holding *self, const struct sla_clause *forbid,
                     const struct sla_clause *permit)
{
    const struct sla_world *world = self->search->world;
    const struct sla_clause *root = sla_delegation_root(permit);
    size_t place = place_of(self, forbid);

    if (place != place_of(self, permit) || place == SLA_STANDING_MAX) {
        return place < place_of(self, permit);
    }
    const struct sla_party_tiers *tiers = &world->party_tiers[self->standing.parties[place]];
    return forbid->tier < root->tier ||
           (forbid->tier == root->tier && forbid->tier < tiers->count &&
            prevails(self, forbid, root, tiers->items[forbid->tier].strategy));
}

static bool forbids(const struct sla_world *world, const struct sla_clause *clause, uint32_t party,
                    size_t resource)
{
    if (clause->reaction != NULL || sla_rule_needs_consent(clause) || clause->op == SLA_OP_APART) {
        return false; /* the last two: not always */
    }
    bool meant = sla_party_is_meant(world, &clause->subjects, party, resource);
    return meant ? sla_rule_forbids(clause) : clause->op == SLA_OP_ONLY;
}

/* A tier that may pass on decides nothing for sure. */
static bool passes(const struct holding *self, const struct sla_clause *forbid, enum sla_act act)
{
    const struct sla_search *search = self->search;

    for (size_t i = search->start[self->resource]; i < search->start[self->resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (clause->term != NULL && clause->op == SLA_OP_PASS && clause->tier == forbid->tier &&
            slice_eq(clause->ref.party, forbid->ref.party) && (clause->acts >> act & 1U) != 0) {
            return true;
        }
    }
    return false;
}

/* Some clause of the tier may let the party do it, or pass on. */
static bool is_open(const struct holding *self, size_t place, size_t tier, enum sla_act act)
{
    const struct sla_search *search = self->search;
    const struct sla_world *world = search->world;

    for (size_t i = search->start[self->resource]; i < search->start[self->resource + 1]; i++) {
        const struct sla_clause *clause = world->clauses[search->items[i]];
        if (clause->reaction == NULL && (sla_clause_acts(clause) >> act & 1U) != 0 &&
            sla_delegation_root(clause)->tier == tier && place_of(self, clause) == place &&
            (clause->op == SLA_OP_PASS ||
             (!sla_rule_forbids(clause) &&
              sla_party_is_meant(world, &clause->subjects, self->party, self->resource) &&
              sla_guards_meet(world->guards, clause->guard, self->guard) != SLA_GUARD_NEVER))) {
            return true;
        }
    }
    return false;
}

/* An earlier tier forbids whatever nobody permits in it. */
static bool is_closed(const struct holding *self, const struct sla_clause *permit, enum sla_act act)
{
    size_t last = place_of(self, permit);

    for (size_t place = 0; place < self->standing.count && place <= last; place++) {
        const struct sla_party_tiers *tiers =
            &self->search->world->party_tiers[self->standing.parties[place]];
        size_t end = place < last ? tiers->count : sla_delegation_root(permit)->tier;
        for (size_t tier = 0; tier < end; tier++) {
            if (tiers->items[tier].strategy == SLA_STRATEGY_FORBID_UNLESS_PERMIT &&
                !is_open(self, place, tier, act)) {
                return true;
            }
        }
    }
    return false;
}

/* Whenever all speak, a clause that is asked before the permit takes the act away, or a tier. */
static bool is_taken(const struct holding *self, const struct sla_clause *permit, enum sla_act act)
{
    const struct sla_search *search = self->search;
    const struct sla_world *world = search->world;

    for (size_t i = search->start[self->resource]; i < search->start[self->resource + 1]; i++) {
        const struct sla_clause *clause = world->clauses[search->items[i]];
        if ((sla_clause_acts(clause) >> act & 1U) != 0 &&
            sla_guards_covers(world->guards, clause->guard, self->guard) &&
            forbids(world, clause, self->party, self->resource) && is_first(self, clause, permit) &&
            !passes(self, clause, act)) {
            return true;
        }
    }
    return is_closed(self, permit, act);
}

/* --- pairs ------------------------------------------------------------------------------------ */

/* A permit that is asked at all: of who has standing, or a right that is taken. */
static bool is_permit(const struct holding *self, const struct sla_clause *clause)
{
    return clause->reaction == NULL && clause->term->domain == &sla_domain_parties &&
           clause->term->becomes == SLA_BECOMES_POLICY &&
           (clause->op == SLA_OP_PERMIT || clause->op == SLA_OP_ONLY ||
            clause->op == SLA_OP_OBLIGE) &&
           (clause->stance == SLA_RESERVES || place_of(self, clause) < SLA_STANDING_MAX);
}

/* An act of the first clause, and another one of the second, that are to be apart. */
static bool find_acts(const struct holding *self, const struct sla_clause *first,
                      const struct sla_clause *second, struct sla_certificate *out)
{
    uint64_t apart = sla_rule_kept_apart(self->duty);

    for (unsigned a = 0; a < SLA_ACTS; a++) {
        uint64_t others = second->acts & apart & ~(UINT64_C(1) << a);
        if (((first->acts & apart) >> a & 1U) != 0 && others != 0) {
            unsigned b = 0;
            while ((others >> b & 1U) == 0) {
                b++;
            }
            out->action = (enum sla_act)a;
            out->other = (enum sla_act)b;
            return true;
        }
    }
    return false;
}

/* The first subject, by name, whom both permit. */
static bool find_subject(struct holding *self, const struct sla_clause *first,
                         const struct sla_clause *second, const struct sla_certificate *acts)
{
    const struct sla_world *world = self->search->world;

    for (uint32_t i = 0; i < world->party_count && sla_search_spend(self->search, 1); i++) {
        self->party = i;
        if (sla_party_is_meant(world, &first->subjects, i, self->resource) &&
            sla_party_is_meant(world, &second->subjects, i, self->resource) &&
            !is_taken(self, first, acts->action) && !is_taken(self, second, acts->other)) {
            return true;
        }
    }
    return false;
}

static void try_pair(struct holding *self, const struct sla_clause *first,
                     const struct sla_clause *second)
{
    const struct sla_world *world = self->search->world;
    struct sla_certificate certificate = { .resource = self->resource };

    if (!find_acts(self, first, second, &certificate)) {
        return;
    }
    certificate.guard =
        sla_guards_meet(world->guards, self->duty->guard,
                        sla_guards_meet(world->guards, first->guard, second->guard));
    self->guard = sla_guards_meet(world->guards, certificate.guard, self->held);
    if (self->guard == SLA_GUARD_NEVER || !find_subject(self, first, second, &certificate)) {
        return;
    }
    certificate.subject = world->parties[self->party].name;
    const struct sla_clause *all[] = { first, second, self->duty };
    for (size_t i = 2; i > 0 && sla_clause_ref_cmp(&all[i]->ref, &all[i - 1]->ref) < 0; i--) {
        const struct sla_clause *later = all[i - 1];
        all[i - 1] = all[i];
        all[i] = later;
    }
    sla_search_add(self->search, SLA_CONFLICT_DUTY, all, COUNT_OF(all), &certificate);
}

static void search_duty(struct sla_search *search, const struct sla_clause *duty, size_t resource)
{
    struct holding self = { .search = search,
                            .duty = duty,
                            .resource = resource,
                            .standing = sla_standing_of(search->world, resource),
                            .held = sla_held_when(search->world, resource) };
    size_t count = 0;

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if ((sla_clause_acts(clause) & sla_rule_kept_apart(duty)) != 0 &&
            is_permit(&self, clause)) {
            search->speakers[count++] = clause;
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && !search->is_over; j++) {
            if (sla_search_spend(search, 1)) {
                try_pair(&self, search->speakers[i], search->speakers[j]);
            }
        }
    }
}

void sla_search_duties(struct sla_search *search, size_t resource)
{
    for (size_t i = search->start[resource]; i < search->start[resource + 1] && !search->is_over;
         i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (sla_rule_is_held(clause)) {
            search_duty(search, clause, resource);
        }
    }
}
