#include "sla/recovery.h"

#include "sla/guard.h"

#include <stdlib.h>

/* What is known of each service, whoever asks: services stand on lower ones, so they are done from
 * the lowest depth up. */
struct recovering {
    struct arena *arena;
    const struct sla_world *world;
    const struct sla_clause *requirement; /* its term and guard choose the offers */
    bool is_time;
    int64_t *offered;                 /* by resource: the best offer, or SLA_RECOVERY_NEVER */
    int64_t *proven, *assumed, *best; /* by sla_service.index */
    const struct sla_service **by_depth;
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

static void take_offers(struct recovering *self)
{
    const struct sla_world *world = self->world;

    self->offered = ARENA_NEW(self->arena, int64_t, world->policies.resource_count + 1);
    for (size_t i = 0; i < world->policies.resource_count; i++) {
        self->offered[i] = SLA_RECOVERY_NEVER;
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->term != self->requirement->term || clause->stance != SLA_OFFERS ||
            !sla_guards_covers(world->guards, clause->guard, self->requirement->guard)) {
            continue;
        }
        for (size_t j = 0; j < clause->resource_count; j++) {
            size_t at = clause->resources[j];
            if (slice_eq(world->policies.resources[at].provider, clause->ref.party)) {
                self->offered[at] = smaller(self->offered[at], clause->value.range.most);
            }
        }
    }
}

/* A resource that the term does not speak of (a host has no data) stands in no way. */
static int64_t of_resource(const struct recovering *self, size_t resource)
{
    enum plane_kind plane = self->world->policies.resources[resource].plane;

    return (self->requirement->term->planes & SLA_BIT(plane)) != 0 ? self->offered[resource] : 0;
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

static int64_t of_part(const struct recovering *self, const struct sla_part *part,
                       const int64_t *of_services, bool add, bool silent_is_nothing)
{
    int64_t sum = 0;

    if (part->service != NULL) {
        return of_services[part->service->index];
    }
    for (size_t i = 0; i < part->resource_count; i++) {
        int64_t own = of_resource(self, part->resources[i]);
        sum = joined(sum, own == SLA_RECOVERY_NEVER && silent_is_nothing ? 0 : own, add);
    }
    return sum;
}

static int64_t compose(const struct recovering *self, const struct sla_service *service,
                       const int64_t *of_services, bool add, bool silent_is_nothing)
{
    struct joining joining = { .add = add };

    for (size_t i = 0; i < service->part_count; i++) {
        joining.parts[i] = of_part(self, &service->parts[i], of_services, add, silent_is_nothing);
    }
    return self->is_time || silent_is_nothing ? join(&joining, service)
                                              : join_all(&joining, service);
}

static void compose_service(struct recovering *self, const struct sla_service *service)
{
    const struct sla_world *world = self->world;
    size_t at = service->index;
    bool parallel = sla_assumed_of_service(world, SLA_ASSUME_PARALLEL, service) != NULL;
    const struct sla_assumption *lag = sla_assumed_of_service(world, SLA_ASSUME_LAG, service);

    self->proven[at] = compose(self, service, self->proven, self->is_time, false);
    self->assumed[at] = compose(self, service, self->assumed, self->is_time && !parallel, false);
    self->best[at] = compose(self, service, self->best, false, true);
    if (!self->is_time && lag != NULL) {
        self->proven[at] = smaller(self->proven[at] + lag->value, SLA_RECOVERY_NEVER);
        self->assumed[at] = self->proven[at];
    }
}

static int depth_order(const void *left, const void *right)
{
    const struct sla_service *a = *(const struct sla_service *const *)left;
    const struct sla_service *b = *(const struct sla_service *const *)right;

    return a->depth != b->depth ? (a->depth > b->depth) - (a->depth < b->depth)
                                : (a->index > b->index) - (a->index < b->index);
}

static void recover(struct recovering *self)
{
    const struct sla_world *world = self->world;
    size_t count = world->service_count;

    take_offers(self);
    self->proven = ARENA_NEW(self->arena, int64_t, count + 1);
    self->assumed = ARENA_NEW(self->arena, int64_t, count + 1);
    self->best = ARENA_NEW(self->arena, int64_t, count + 1);
    self->by_depth = ARENA_NEW(self->arena, const struct sla_service *, count + 1);
    for (size_t i = 0; i < count; i++) {
        self->by_depth[i] = world->services[i];
    }
    qsort(self->by_depth, count, sizeof(const struct sla_service *), depth_order);
    for (size_t i = 0; i < count; i++) {
        compose_service(self, self->by_depth[i]);
    }
}

/* --- requirements ---------------------------------------------------------------------------- */

/* What is assumed of the service and of those it stands on. */
static void take_assumptions(struct recovering *self, struct sla_recovery *out)
{
    const struct sla_world *world = self->world;
    enum sla_assuming what = self->is_time ? SLA_ASSUME_PARALLEL : SLA_ASSUME_LAG;
    const struct sla_assumption **found =
        ARENA_NEW(self->arena, const struct sla_assumption *, world->service_count + 1);
    bool *needed = ARENA_NEW(self->arena, bool, world->service_count + 1);

    needed[out->service->index] = true;
    for (size_t i = world->service_count; i-- > 0;) {
        const struct sla_service *at = self->by_depth[i];
        const struct sla_assumption *assumption =
            needed[at->index] ? sla_assumed_of_service(world, what, at) : NULL;
        if (assumption != NULL) {
            found[out->assumption_count++] = assumption;
        }
        for (size_t j = 0; needed[at->index] && j < at->part_count; j++) {
            if (at->parts[j].service != NULL) {
                needed[at->parts[j].service->index] = true;
            }
        }
    }
    out->assumptions = found;
}

static void conclude(struct recovering *self, struct sla_recovery *out)
{
    size_t at = out->service->index;
    bool always = self->requirement->guard == SLA_GUARD_ALWAYS;

    take_assumptions(self, out);
    out->figure_ms = self->proven[at];
    out->best_ms = self->best[at];
    if (out->best_ms > out->allowed_ms && always) {
        out->figure_ms = out->best_ms;
        out->verdict = SLA_IMPOSSIBLE;
    } else if (self->proven[at] <= out->allowed_ms &&
               (self->is_time || out->assumption_count == 0)) {
        out->assumption_count = 0;
        out->verdict = SLA_PROVEN;
    } else {
        out->figure_ms = self->assumed[at];
        out->verdict = self->assumed[at] <= out->allowed_ms ? SLA_ASSUMED : SLA_UNPROVEN;
    }
}

static bool is_asked(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->stance == SLA_REQUIRES && clause->service_count > 0 &&
           slice_starts(slice_from(clause->term->name), SLICE("recovery."));
}

void sla_compose_recovery(struct arena *arena, struct sla_world *world)
{
    struct sla_recovery *all = NULL;
    size_t room = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        room += is_asked(world->clauses[i]) ? world->clauses[i]->service_count : 0;
    }
    all = ARENA_NEW(arena, struct sla_recovery, room + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        struct recovering self = { .arena = arena, .world = world, .requirement = clause };
        if (!is_asked(clause)) {
            continue;
        }
        self.is_time = slice_is(slice_from(clause->term->name), "recovery.time");
        recover(&self);
        for (size_t j = 0; j < clause->service_count; j++) {
            struct sla_recovery *out = &all[world->recovery_count++];
            *out = (struct sla_recovery){ .requirement = clause,
                                          .service = clause->services[j],
                                          .allowed_ms = clause->value.range.most };
            conclude(&self, out);
        }
    }
    world->recoveries = all;
}
