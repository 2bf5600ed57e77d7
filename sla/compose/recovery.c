#include "sla/compose/recovery.h"

#include "sla/agree/promise.h"
#include "sla/sla.h"
#include "sla/values/guard.h"

#include <stdlib.h>

enum { STEPS_PER_EXPANSION = 64 }; /* a step: one resource, service or offer looked at */

/* What is known of each service for one term and guard, whoever asks: services stand on lower ones,
 * so they are done from the lowest depth up. */
struct recovering {
    struct arena *arena;  /* of what is found */
    struct arena scratch; /* of one term and guard */
    const struct sla_world *world;
    uint64_t budget;
    const struct sla_clause **offers; /* of all recovery */
    size_t offer_count;
    const struct sla_service **by_depth;
    uint32_t *turns; /* by sla_service.index: in which it was last come to */
    uint32_t turn;
    const struct sla_service **stack;
    const struct sla_clause *requirement; /* its term and guard choose the offers, its party says
                                           * which of them are promises */
    bool is_time;
    const struct sla_clause **best_offers;   /* by resource; NULL: nobody offers */
    const struct sla_clause **best_promises; /* likewise, of those that are promises */
    int64_t *offered, *promised;             /* by resource; or SLA_RECOVERY_NEVER */
    int64_t *proven, *assumed, *best;        /* by sla_service.index */
    int64_t *advertised;                     /* likewise: by all offers, not by promises alone */
    bool *lags;                              /* likewise: there is a `replication.lag` in them */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* --- resources ------------------------------------------------------------------------------- */

static bool spend(struct recovering *self, size_t steps)
{
    uint64_t price = 1 + steps / STEPS_PER_EXPANSION;

    if (self->budget < price) {
        return false;
    }
    self->budget -= price;
    return true;
}

static bool is_of_recovery(const struct sla_clause *clause)
{
    return clause->term != NULL && slice_starts(slice_from(clause->term->name), SLICE("recovery."));
}

static void gather_offers(struct recovering *self)
{
    const struct sla_world *world = self->world;

    self->offers = ARENA_NEW(self->arena, const struct sla_clause *, world->clause_count + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        if (is_of_recovery(world->clauses[i]) && world->clauses[i]->stance == SLA_OFFERS) {
            self->offers[self->offer_count++] = world->clauses[i];
        }
    }
}

static void take_offer(struct recovering *self, const struct sla_clause *offer)
{
    const struct sla_world *world = self->world;
    int64_t most = offer->value.range.most;
    bool promised = sla_document_is_promised(world, offer->document, self->requirement->ref.party);

    for (size_t i = 0; i < offer->resource_count; i++) {
        size_t at = offer->resources[i];
        if (!slice_eq(world->policies.resources[at].provider, offer->ref.party)) {
            continue;
        }
        if (most < self->offered[at]) {
            self->offered[at] = most;
            self->best_offers[at] = offer;
        }
        if (promised && most < self->promised[at]) {
            self->promised[at] = most;
            self->best_promises[at] = offer;
        }
    }
}

/* False: the budget ended it. */
static bool take_offers(struct recovering *self)
{
    const struct sla_world *world = self->world;

    if (!spend(self, world->policies.resource_count)) {
        return false;
    }
    size_t count = world->policies.resource_count + 1;
    self->offered = ARENA_NEW(&self->scratch, int64_t, count);
    self->promised = ARENA_NEW(&self->scratch, int64_t, count);
    self->best_offers = ARENA_NEW(&self->scratch, const struct sla_clause *, count);
    self->best_promises = ARENA_NEW(&self->scratch, const struct sla_clause *, count);
    for (size_t i = 0; i < world->policies.resource_count; i++) {
        self->offered[i] = self->promised[i] = SLA_RECOVERY_NEVER;
    }
    for (size_t i = 0; i < self->offer_count; i++) {
        const struct sla_clause *offer = self->offers[i];
        if (offer->term == self->requirement->term &&
            sla_guards_covers(world->guards, offer->guard, self->requirement->guard)) {
            if (!spend(self, offer->resource_count)) {
                return false;
            }
            take_offer(self, offer);
        }
    }
    return true;
}

/* A resource that the term does not speak of (a host has no data) stands in no way. */
static bool is_of_term(const struct recovering *self, size_t resource)
{
    enum plane_kind plane = self->world->policies.resources[resource].plane;

    return (self->requirement->term->planes & SLA_BIT(plane)) != 0;
}

/* --- services -------------------------------------------------------------------------------- */

/* How the figures of parts become one. */
struct joining {
    int64_t parts[SLA_SERVICE_PARTS_MAX];
    bool add; /* one after the other; else the largest */
};

static int64_t joined(int64_t a, int64_t b, bool add)
{
    return add ? smaller(a + b, SLA_RECOVERY_NEVER) : larger(a, b);
}

static int amount_order(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Of k of n the k least. */
static int64_t join(struct joining *joining, const struct sla_service *service)
{
    int64_t sum = 0;

    qsort(joining->parts, service->part_count, sizeof(joining->parts[0]), amount_order);
    for (size_t i = 0; i < service->need; i++) {
        sum = joined(sum, joining->parts[i], joining->add);
    }
    return sum;
}

/* Data lost is that of every part in use: which k are in use we do not choose. */
static int64_t join_all(struct joining *joining, const struct sla_service *service)
{
    int64_t most = 0;

    for (size_t i = 0; i < service->part_count; i++) {
        most = larger(most, joining->parts[i]);
    }
    return most;
}

/* How figures of resources and services are put together. */
struct reading {
    const int64_t *resources, *services;
    bool add; /* one after the other */
    bool silent_is_nothing;
};

static int64_t of_part(const struct recovering *self, const struct sla_part *part,
                       const struct reading *reading)
{
    int64_t sum = 0;

    if (part->service != NULL) {
        return reading->services[part->service->index];
    }
    for (size_t i = 0; i < part->resource_count; i++) {
        size_t at = part->resources[i];
        int64_t own = is_of_term(self, at) ? reading->resources[at] : 0;
        bool silent = own == SLA_RECOVERY_NEVER && reading->silent_is_nothing;
        sum = joined(sum, silent ? 0 : own, reading->add);
    }
    return sum;
}

static int64_t compose(const struct recovering *self, const struct sla_service *service,
                       const struct reading *reading)
{
    struct joining joining = { .add = reading->add };

    for (size_t i = 0; i < service->part_count; i++) {
        joining.parts[i] = of_part(self, &service->parts[i], reading);
    }
    return self->is_time || reading->silent_is_nothing ? join(&joining, service)
                                                       : join_all(&joining, service);
}

static void compose_service(struct recovering *self, const struct sla_service *service)
{
    const struct sla_world *world = self->world;
    size_t at = service->index;
    bool parallel = sla_assumed_of_service(world, SLA_ASSUME_PARALLEL, service) != NULL;
    const struct sla_assumption *lag = sla_assumed_of_service(world, SLA_ASSUME_LAG, service);

    const struct reading by_promise = { self->promised, self->proven, self->is_time, false };
    const struct reading by_offer = { self->offered, self->advertised, self->is_time, false };
    const struct reading assuming = { self->offered, self->assumed, self->is_time && !parallel,
                                      false };
    const struct reading at_best = { self->offered, self->best, false, true };

    self->proven[at] = compose(self, service, &by_promise);
    self->advertised[at] = compose(self, service, &by_offer);
    self->assumed[at] = compose(self, service, &assuming);
    self->best[at] = compose(self, service, &at_best);
    for (size_t i = 0; i < service->part_count; i++) {
        const struct sla_service *below = service->parts[i].service;
        self->lags[at] |= below != NULL && self->lags[below->index];
    }
    if (!self->is_time && lag != NULL) {
        self->lags[at] = true;
        self->advertised[at] = smaller(self->advertised[at] + lag->value, SLA_RECOVERY_NEVER);
        self->assumed[at] = self->advertised[at];
    }
}

static int depth_order(const void *left, const void *right)
{
    const struct sla_service *a = *(const struct sla_service *const *)left;
    const struct sla_service *b = *(const struct sla_service *const *)right;

    return a->depth != b->depth ? (a->depth > b->depth) - (a->depth < b->depth)
                                : (a->index > b->index) - (a->index < b->index);
}

static void sort_services(struct recovering *self)
{
    size_t count = self->world->service_count;

    self->by_depth = ARENA_NEW(self->arena, const struct sla_service *, count + 1);
    self->stack = ARENA_NEW(self->arena, const struct sla_service *, count + 1);
    self->turns = ARENA_NEW(self->arena, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        self->by_depth[i] = self->world->services[i];
    }
    qsort(self->by_depth, count, sizeof(const struct sla_service *), depth_order);
}

/* All services, for the term, guard and party of a requirement. False: the budget ended it. */
static bool recover(struct recovering *self, const struct sla_clause *requirement)
{
    size_t count = self->world->service_count;

    arena_reset(&self->scratch);
    self->requirement = requirement;
    self->is_time = slice_is(slice_from(requirement->term->name), "recovery.time");
    if (!take_offers(self)) {
        return false;
    }
    self->proven = ARENA_NEW(&self->scratch, int64_t, count + 1);
    self->advertised = ARENA_NEW(&self->scratch, int64_t, count + 1);
    self->assumed = ARENA_NEW(&self->scratch, int64_t, count + 1);
    self->best = ARENA_NEW(&self->scratch, int64_t, count + 1);
    self->lags = ARENA_NEW(&self->scratch, bool, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!spend(self, self->by_depth[i]->part_count + self->by_depth[i]->resource_count)) {
            return false;
        }
        compose_service(self, self->by_depth[i]);
    }
    return true;
}

/* --- requirements ---------------------------------------------------------------------------- */

static void come_to(struct recovering *self, const struct sla_service *service, size_t *count)
{
    if (self->turns[service->index] != self->turn) {
        self->turns[service->index] = self->turn;
        self->stack[(*count)++] = service;
    }
}

static int canonical_order(const void *left, const void *right)
{
    return sla_clause_ref_cmp(&(*(const struct sla_assumption *const *)left)->clause->ref,
                              &(*(const struct sla_assumption *const *)right)->clause->ref);
}

/* The service and those it stands on, onto the stack: how many. 0: the budget ended it. */
static size_t come_to_all(struct recovering *self, const struct sla_service *service)
{
    size_t count = 0;

    self->turn++;
    come_to(self, service, &count);
    for (size_t i = 0; i < count; i++) {
        const struct sla_service *at = self->stack[i];
        if (!spend(self, at->part_count)) {
            return 0;
        }
        for (size_t j = 0; j < at->part_count; j++) {
            if (at->parts[j].service != NULL) {
                come_to(self, at->parts[j].service, &count);
            }
        }
    }
    return count;
}

/* What is assumed of the service and of those it stands on, each once. False: the budget ended it.
 */
static bool take_assumptions(struct recovering *self, struct sla_recovery *out)
{
    enum sla_assuming what = self->is_time ? SLA_ASSUME_PARALLEL : SLA_ASSUME_LAG;
    size_t count = come_to_all(self, out->service), kept = 0;
    const struct sla_assumption **found =
        ARENA_NEW(self->arena, const struct sla_assumption *, count + 1);

    for (size_t i = 0; i < count; i++) {
        found[kept] = sla_assumed_of_service(self->world, what, self->stack[i]);
        kept += found[kept] != NULL ? 1 : 0;
    }
    qsort(found, kept, sizeof(const struct sla_assumption *), canonical_order);
    for (size_t i = 0; i < kept; i++) { /* one may speak of several services */
        if (i == 0 || found[i] != found[i - 1]) {
            found[out->assumption_count++] = found[i];
        }
    }
    out->assumptions = found;
    return count > 0;
}

/* Of the best ones for all resources of the service what nobody agreed to is told. */
static void rest_on(const struct recovering *self, const struct sla_clause *const *offers,
                    struct sla_recovery *out)
{
    for (size_t i = 0; i < out->service->resource_count; i++) {
        size_t at = out->service->resources[i];
        if (is_of_term(self, at) && offers[at] != NULL) {
            (void)sla_rest_on(self->world, out->requirement, offers[at]);
            out->evidence = sla_evidence_least(
                out->evidence, sla_offer_evidence(self->world, offers[at]->document));
        }
    }
}

/* Without anything assumed. False: that does not do. */
static bool conclude_by_offers(const struct recovering *self, struct sla_recovery *out)
{
    size_t at = out->service->index;

    if (self->lags[at] || self->advertised[at] > out->allowed_ms) {
        return false;
    }
    if (self->proven[at] <= out->allowed_ms) {
        out->figure_ms = self->proven[at];
        out->verdict = SLA_PROVEN;
        rest_on(self, self->best_promises, out);
        return true;
    }
    out->figure_ms = self->advertised[at];
    out->verdict = SLA_ADVERTISED;
    rest_on(self, self->best_offers, out);
    return true;
}

/* Where every part stands in no way, their least is 0: of nothing, which proves nothing. */
static bool is_of_nothing(const struct recovering *self, const struct sla_service *service)
{
    for (size_t i = 0; i < service->resource_count; i++) {
        if (is_of_term(self, service->resources[i])) {
            return false;
        }
    }
    return true;
}

static bool conclude(struct recovering *self, struct sla_recovery *out)
{
    size_t at = out->service->index;
    bool always = self->requirement->guard == SLA_GUARD_ALWAYS;

    out->best_ms = self->best[at];
    out->of_nothing = is_of_nothing(self, out->service);
    if (out->of_nothing) {
        return true; /* unproven, as it stands */
    }
    if (out->best_ms > out->allowed_ms && always) {
        out->figure_ms = out->best_ms;
        out->verdict = SLA_IMPOSSIBLE;
        return true;
    }
    if (conclude_by_offers(self, out)) {
        return true;
    }
    if (!take_assumptions(self, out)) {
        out->figure_ms = SLA_RECOVERY_NEVER;
        return false;
    }
    out->figure_ms = self->assumed[at];
    out->verdict = self->assumed[at] <= out->allowed_ms ? SLA_ASSUMED : SLA_UNPROVEN;
    if (out->verdict == SLA_ASSUMED) {
        rest_on(self, self->best_offers, out);
    }
    return true;
}

/* A requirement, and its first row of the result. */
struct asked {
    const struct sla_clause *clause;
    size_t at;
};

static int asked_order(const void *left, const void *right)
{
    const struct asked *a = left, *b = right;
    size_t term_a = sla_term_index(a->clause->term), term_b = sla_term_index(b->clause->term);

    if (term_a != term_b || a->clause->guard != b->clause->guard) {
        return term_a != term_b
                   ? (term_a > term_b) - (term_a < term_b)
                   : (a->clause->guard > b->clause->guard) - (a->clause->guard < b->clause->guard);
    }
    return (a->at > b->at) - (a->at < b->at);
}

static bool is_asked(const struct sla_clause *clause)
{
    return clause->service_count > 0 && clause->stance == SLA_REQUIRES && is_of_recovery(clause);
}

/* One row a requirement and service, of which nothing is known yet; NULL: none is asked for. */
static struct asked *list_asked(struct recovering *self, struct sla_world *world, size_t *out_count,
                                struct sla_recovery **out_rows)
{
    size_t room = 0, rows = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        room += is_asked(world->clauses[i]) ? 1 : 0;
        rows += is_asked(world->clauses[i]) ? world->clauses[i]->service_count : 0;
    }
    struct asked *asked = ARENA_NEW(self->arena, struct asked, room + 1);
    struct sla_recovery *all = ARENA_NEW(self->arena, struct sla_recovery, rows + 1);
    for (size_t i = 0; i < world->clause_count && *out_count < room; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (!is_asked(clause)) {
            continue;
        }
        asked[(*out_count)++] = (struct asked){ clause, world->recovery_count };
        for (size_t j = 0; j < clause->service_count; j++) {
            all[world->recovery_count++] =
                (struct sla_recovery){ .requirement = clause,
                                       .service = clause->services[j],
                                       .allowed_ms = clause->value.range.most,
                                       .figure_ms = SLA_RECOVERY_NEVER,
                                       .verdict = SLA_UNPROVEN };
        }
    }
    world->recoveries = all;
    *out_rows = all;
    return asked;
}

static bool answer(struct recovering *self, const struct asked *asked, size_t count,
                   struct sla_recovery *all)
{
    for (size_t i = 0; i < count; i++) {
        const struct sla_clause *clause = asked[i].clause;
        bool again = i > 0 && clause->term == asked[i - 1].clause->term &&
                     clause->guard == asked[i - 1].clause->guard &&
                     slice_eq(clause->ref.party, asked[i - 1].clause->ref.party);
        if (!again && !recover(self, clause)) {
            return false;
        }
        for (size_t j = 0; j < clause->service_count; j++) {
            if (!conclude(self, &all[asked[i].at + j])) {
                return false;
            }
        }
    }
    return true;
}

bool sla_compose_recovery(struct arena *arena, struct sla_world *world, uint64_t max_expansions)
{
    uint64_t budget = max_expansions > world->expansions ? max_expansions - world->expansions : 0;
    struct recovering self = { .arena = arena, .world = world, .budget = budget };
    size_t count = 0;
    struct sla_recovery *rows = NULL;
    struct asked *asked = list_asked(&self, world, &count, &rows);

    if (count == 0) {
        return true;
    }
    qsort(asked, count, sizeof(*asked), asked_order);
    gather_offers(&self);
    sort_services(&self);
    bool whole = answer(&self, asked, count, rows);
    arena_done(&self.scratch);
    world->expansions += budget - self.budget;
    return whole;
}

bool sla_recovery_asked(struct arena *arena, const struct sla_world *world,
                        const struct sla_clause *requirement, const struct sla_service *service,
                        struct sla_recovery *out)
{
    struct recovering self = { .arena = arena, .world = world, .budget = SLA_EXPANSIONS_DEFAULT };

    *out = (struct sla_recovery){ .requirement = requirement,
                                  .service = service,
                                  .allowed_ms = requirement->value.range.most,
                                  .figure_ms = SLA_RECOVERY_NEVER,
                                  .verdict = SLA_UNPROVEN };
    gather_offers(&self);
    sort_services(&self);
    bool whole = recover(&self, requirement) && conclude(&self, out);
    arena_done(&self.scratch);
    return whole;
}
