#include "sla/certificate/value.h"

#include "sla/conflict/quorum.h"
#include "sla/values/guard.h"

#include <string.h>

/* Copies, holders and faults, read again: for each number all clauses of the world are asked, and
 * the rule is written out. Shares nothing with the search but the names of the rules. */

/* The most that requirements of the term ask for there and then; of thresholds by `part`. */
static int64_t most_asked(const struct sla_world *world, const struct sla_conflict *conflict,
                          bool all, const char *term, int part)
{
    size_t resource = conflict->certificate.resource;
    size_t count = all ? world->clause_count : conflict->clause_count;
    int64_t most = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sla_clause *clause = all ? world->clauses[i] : conflict->clauses[i];
        if (clause->term == NULL || clause->stance != SLA_REQUIRES ||
            strcmp(clause->term->name, term) != 0 || !sla_clause_covers(clause, resource) ||
            !sla_guards_covers(world->guards, clause->guard, conflict->certificate.guard)) {
            continue;
        }
        int64_t k = clause->value.threshold.k;
        int64_t amount = part == 0   ? clause->value.range.least
                         : part == 1 ? k
                                     : clause->value.threshold.n - k;
        most = amount > most ? amount : most;
    }
    return most;
}

/* By provider (the fifth of the words) or by anything. */
static int64_t most_spread(const struct sla_world *world, const struct sla_conflict *conflict,
                           bool all, bool by_provider)
{
    size_t count = all ? world->clause_count : conflict->clause_count;
    int64_t most = 0;

    for (size_t i = 0; i < count; i++) {
        const struct sla_clause *clause = all ? world->clauses[i] : conflict->clauses[i];
        if (clause->term != NULL && clause->stance == SLA_REQUIRES &&
            strcmp(clause->term->name, "replication.spread") == 0 &&
            sla_clause_covers(clause, conflict->certificate.resource) &&
            sla_guards_covers(world->guards, clause->guard, conflict->certificate.guard) &&
            (!by_provider || clause->value.unit == 4) && clause->value.range.least > most) {
            most = clause->value.range.least;
        }
    }
    return most;
}

struct numbers {
    int64_t f, model, integrity, k, spare, copies, spread, providers;
};
enum { MODEL_BYZANTINE = 2, INTEGRITY_QUORUM = 3 };

static struct numbers read_numbers(const struct sla_world *world,
                                   const struct sla_conflict *conflict, bool all)
{
    return (struct numbers){
        .f = most_asked(world, conflict, all, "faults.count", 0),
        .model = most_asked(world, conflict, all, "faults.model", 0),
        .integrity = most_asked(world, conflict, all, "integrity.level", 0),
        .k = most_asked(world, conflict, all, "confidentiality.threshold", 1),
        .spare = most_asked(world, conflict, all, "confidentiality.threshold", 2),
        .copies = most_asked(world, conflict, all, "replication.copies", 0),
        .spread = most_spread(world, conflict, all, false),
        .providers = most_spread(world, conflict, all, true),
    };
}

static bool outlasts(const struct numbers *of, int64_t count)
{
    if (of->f == 0) {
        return true;
    }
    if (of->model == MODEL_BYZANTINE) {
        return count > 3 * of->f;
    }
    return of->integrity == INTEGRITY_QUORUM ? count > 2 * of->f : count > of->f;
}

/* What the numbers do not ask for is not broken. */
static bool is_broken(const struct numbers *of, enum sla_quorum_rule rule)
{
    bool shared = of->k > 0;
    int64_t n = of->k + of->spare;

    switch (rule) {
    case SLA_QUORUM_COPIES_FAULTS:
        return of->copies > 0 && !outlasts(of, of->copies);
    case SLA_QUORUM_HOLDERS_FAULTS:
        return shared && !outlasts(of, n);
    case SLA_QUORUM_SPARE_FAULTS:
        return shared && of->spare < of->f;
    case SLA_QUORUM_SECRET_FAULTS:
        return shared && of->f > 0 && of->model == MODEL_BYZANTINE && of->k <= of->f;
    case SLA_QUORUM_COPIES_HOLDERS:
        return shared && of->copies > 0 && of->copies < n;
    case SLA_QUORUM_COPIES_SPREAD:
        return of->copies > 0 && of->copies < of->spread;
    case SLA_QUORUM_HOLDERS_SPREAD:
        return shared && of->copies == 0 && n < of->spread;
    case SLA_QUORUM_PROVIDERS_HOLDERS:
        return shared && of->providers > 0 && of->providers < n;
    case SLA_QUORUM_PLACES_SPREAD:
        return false; /* no other clause has to do with it */
    }
    return false;
}

static bool is_needed(const struct sla_world *world, const struct sla_conflict *conflict,
                      size_t left_out)
{
    struct sla_conflict rest = *conflict;
    enum sla_quorum_rule rule = (enum sla_quorum_rule)conflict->certificate.rule;
    size_t count = 0;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (i != left_out) {
            rest.clauses[count++] = conflict->clauses[i];
        }
    }
    rest.clause_count = count;
    struct numbers with = read_numbers(world, conflict, false);
    struct numbers without = read_numbers(world, &rest, false);
    bool same_shares = with.k == without.k && with.spare == without.spare;
    return !is_broken(&without, rule) || !same_shares;
}

/* --- places ----------------------------------------------------------------------------------- */

enum { BY_NODE = 0, BY_PROVIDER = 4 };

/* Its provider, or the node it runs on; empty: it is not said. */
static struct slice place_of(const struct resource *at, size_t by)
{
    bool runs_there = by == BY_NODE && (at->kind == KIND_VM || at->kind == KIND_CONTAINER ||
                                        at->kind == KIND_VOLUME);

    return by == BY_PROVIDER ? at->provider : runs_there ? at->node : (struct slice){ 0 };
}

static bool holds(const struct resource *at, struct slice class)
{
    for (size_t i = 0; i < at->class_count; i++) {
        if (slice_eq(at->classes[i], class)) {
            return true;
        }
    }
    return false;
}

static bool speaks_of(const struct sla_world *world, const struct sla_clause *clause,
                      struct slice class)
{
    uint64_t bit = sla_guards_class(world->guards, class);

    return (sla_guards_at(world->guards, clause->guard)->classes & bit) != 0;
}

/* Of what the clause speaks of, `a` holds what `b` does. */
static bool holds_all(const struct sla_world *world, const struct sla_clause *clause,
                      const struct resource *a, const struct resource *b)
{
    for (size_t i = 0; i < b->class_count; i++) {
        if (speaks_of(world, clause, b->classes[i]) && !holds(a, b->classes[i])) {
            return false;
        }
    }
    return true;
}

static bool are_copies(const struct sla_world *world, const struct sla_clause *clause,
                       const struct resource *a, const struct resource *b)
{
    return a->plane == b->plane && (a->plane != PLANE_DATA || (holds_all(world, clause, a, b) &&
                                                               holds_all(world, clause, b, a)));
}

static bool has_before(const struct sla_world *world, const struct sla_clause *clause, size_t end,
                       const struct resource *like)
{
    size_t by = clause->value.unit;
    struct slice place = place_of(like, by);

    for (size_t i = 0; i < end && place.len > 0; i++) {
        const struct resource *at = &world->policies.resources[clause->resources[i]];
        if (are_copies(world, clause, at, like) && slice_eq(place, place_of(at, by))) {
            return true;
        }
    }
    return false;
}

/* As many places as there can be for it and its copies: who names none is at one of its own. */
static int64_t places_at_most(const struct sla_world *world, const struct sla_clause *clause,
                              size_t resource, size_t *out_copies)
{
    const struct resource *one = &world->policies.resources[resource];
    int64_t count = 0;

    *out_copies = 0;
    for (size_t i = 0; i < clause->resource_count; i++) {
        const struct resource *at = &world->policies.resources[clause->resources[i]];
        if (are_copies(world, clause, one, at)) {
            count += has_before(world, clause, i, at) ? 0 : 1;
            ++*out_copies;
        }
    }
    return count;
}

static bool is_offered(const struct sla_world *world, const struct sla_conflict *conflict)
{
    const struct sla_clause *wanted = conflict->clauses[0];
    size_t resource = conflict->certificate.resource;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *offer = world->clauses[i];
        if (offer->term == wanted->term && offer->stance == SLA_OFFERS &&
            sla_clause_covers(offer, resource) && offer->value.unit == wanted->value.unit &&
            offer->value.range.least >= wanted->value.range.least &&
            sla_guards_covers(world->guards, offer->guard, conflict->certificate.guard)) {
            return true;
        }
    }
    return false;
}

static struct status check_places(const struct sla_world *world,
                                  const struct sla_conflict *conflict)
{
    const struct sla_clause *clause = conflict->clauses[0];
    size_t copies = 0;
    bool is_spread = conflict->clause_count == 1 && clause->term != NULL &&
                     strcmp(clause->term->name, "replication.spread") == 0 &&
                     clause->stance == SLA_REQUIRES &&
                     sla_clause_covers(clause, conflict->certificate.resource);

    if (!is_spread ||
        places_at_most(world, clause, conflict->certificate.resource, &copies) >=
            clause->value.range.least ||
        copies < 2) {
        return status_error(STATUS_INVALID, "there are places enough");
    }
    if (is_offered(world, conflict)) {
        return status_error(STATUS_INVALID, "it is offered");
    }
    return STATUS_SUCCESS;
}

struct status sla_certificate_quorum(const struct sla_world *world,
                                     const struct sla_conflict *conflict)
{
    enum sla_quorum_rule rule = (enum sla_quorum_rule)conflict->certificate.rule;
    struct numbers all = read_numbers(world, conflict, true);
    struct numbers named = read_numbers(world, conflict, false);

    if (rule == SLA_QUORUM_PLACES_SPREAD && conflict->certificate.guard != SLA_GUARD_NEVER) {
        return check_places(world, conflict);
    }
    if (conflict->certificate.guard == SLA_GUARD_NEVER ||
        conflict->certificate.rule >= SLA_QUORUM_RULES || !is_broken(&named, rule)) {
        return status_error(STATUS_INVALID, "the numbers fit each other");
    }
    if (!is_broken(&all, rule)) {
        return status_error(STATUS_INVALID, "other clauses ask for enough");
    }
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (!is_needed(world, conflict, i)) {
            return status_error(STATUS_INVALID, "clause `%.*s` can be left out",
                                SLICE_ARG(conflict->clauses[i]->ref.clause));
        }
    }
    return STATUS_SUCCESS;
}
