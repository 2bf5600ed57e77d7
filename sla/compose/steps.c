#include "sla/compose/steps.h"

#include "sla/compose/kofn.h"
#include "sla/values/downtime.h"
#include "sla/values/guard.h"

#include <assert.h>
#include <stdlib.h>

/* --- the basis ------------------------------------------------------------------------------- */

/* An offer about what stands at the party that makes it. */
static bool is_offer_for(const struct sla_world *world, const struct sla_clause *clause,
                         size_t resource)
{
    return slice_eq(world->policies.resources[resource].provider, clause->ref.party);
}

static bool is_offer(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->stance == SLA_OFFERS &&
           slice_is(slice_from(clause->term->name), "availability");
}

/* `next` NULL: counts them. */
static void enter_offers(struct sla_basis *basis, const struct sla_clause *clause, size_t *next)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        size_t at = clause->resources[i];
        if (!is_offer_for(basis->world, clause, at)) {
            continue;
        }
        if (next == NULL) {
            basis->start[at + 1]++;
        } else {
            basis->offers[next[at]++] = clause;
        }
    }
}

static void enter_all_offers(struct sla_basis *basis, size_t *next)
{
    for (size_t i = 0; i < basis->world->clause_count; i++) {
        if (is_offer(basis->world->clauses[i])) {
            enter_offers(basis, basis->world->clauses[i], next);
        }
    }
}

static void index_offers(struct sla_basis *basis)
{
    size_t resources = basis->world->policies.resource_count;
    size_t *next = ARENA_NEW(basis->arena, size_t, resources + 1);

    basis->start = ARENA_NEW(basis->arena, size_t, resources + 2);
    enter_all_offers(basis, NULL);
    for (size_t i = 0; i < resources; i++) {
        basis->start[i + 1] += basis->start[i];
        next[i] = basis->start[i];
    }
    basis->offers = ARENA_NEW(basis->arena, const struct sla_clause *, basis->start[resources] + 1);
    enter_all_offers(basis, next);
}

/* While it lasts, a part does not serve. Of a frozen bucket reads go on: against us it counts. */
static bool stops(const struct reaction *reaction, enum plane_kind plane)
{
    for (size_t i = 0; i < reaction->respond_count; i++) {
        enum action_kind kind = reaction->respond[i];
        if (action_type(kind)->plane == plane &&
            (kind == ACTION_NETWORK_ISOLATE || kind == ACTION_COMPUTE_SUSPEND ||
             kind == ACTION_DATA_FREEZE)) {
            return true;
        }
    }
    return false;
}

static void index_pauses(struct sla_basis *basis)
{
    const struct sla_world *world = basis->world;
    const struct resource *resources = world->policies.resources;

    basis->pauses =
        ARENA_NEW(basis->arena, const struct sla_clause *, world->policies.resource_count + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        for (size_t j = 0; clause->reaction != NULL && j < clause->resource_count; j++) {
            size_t at = clause->resources[j];
            const struct sla_clause *longest = basis->pauses[at];
            if (stops(clause->reaction, resources[at].plane) &&
                (longest == NULL || clause->reaction->lease_ms > longest->reaction->lease_ms)) {
                basis->pauses[at] = clause;
            }
        }
    }
}

void sla_basis_init(struct sla_basis *basis, struct arena *arena, const struct sla_world *world)
{
    *basis = (struct sla_basis){ .arena = arena, .world = world };
    index_offers(basis);
    index_pauses(basis);
    basis->step_of_resource = ARENA_NEW(arena, uint32_t, world->policies.resource_count + 1);
    basis->step_of_service = ARENA_NEW(arena, uint32_t, world->service_count + 1);
    basis->marks = ARENA_NEW(arena, uint32_t, world->service_count + 1);
}

/* --- amounts --------------------------------------------------------------------------------- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t sla_share_up_ms(int64_t share_ppb, int64_t window_ms)
{
    return sla_downtime_offered_ms(SLA_PPB - share_ppb, window_ms);
}

int64_t sla_share_down_ms(int64_t share_ppb, int64_t window_ms)
{
    return sla_downtime_allowed_ms(SLA_PPB - share_ppb, window_ms);
}

int64_t sla_most_within_ms(int64_t spent_ms, int64_t every_ms, int64_t window_ms)
{
    return window_ms / every_ms * spent_ms + smaller(spent_ms, window_ms % every_ms);
}

/* Of windows that lie end to end with unknown phase, or begin with ours. */
static int64_t worst_ms(int64_t spent_ms, int64_t every_ms, int64_t window_ms, bool aligned)
{
    spent_ms = smaller(spent_ms, every_ms);
    if (every_ms == window_ms) {
        return aligned ? spent_ms : smaller(2 * spent_ms, window_ms);
    }
    return sla_worst_downtime_ms(spent_ms, every_ms, window_ms);
}

/* --- steps ----------------------------------------------------------------------------------- */

static const struct sla_assumption pretended; /* stands for what nobody said */

static bool is_pretended(const struct sla_composing *composing, enum sla_assuming what)
{
    return (composing->pretended & SLA_BIT(what)) != 0;
}

const struct sla_assumption *sla_assumed_for(const struct sla_composing *composing,
                                             enum sla_assuming what, size_t resource)
{
    const struct sla_world *world = composing->basis->world;
    const struct sla_assumption *found = sla_assumed_of_resource(world, what, resource);

    if (found == NULL) {
        found = sla_assumed_of_service(world, what, composing->service);
    }
    return found == NULL && is_pretended(composing, what) ? &pretended : found;
}

static const struct sla_assumption *assumed_of(const struct sla_composing *composing,
                                               enum sla_assuming what,
                                               const struct sla_service *service)
{
    const struct sla_assumption *found =
        service == NULL ? NULL : sla_assumed_of_service(composing->basis->world, what, service);

    return service != NULL && found == NULL && is_pretended(composing, what) ? &pretended : found;
}

static uint32_t add_step(struct sla_composing *composing, const struct sla_step *step)
{
    if (composing->count == composing->room) {
        size_t room = composing->room == 0 ? 16 : composing->room * 2;
        struct sla_step *grown = ARENA_NEW(composing->basis->arena, struct sla_step, room);
        for (size_t i = 0; i < composing->count; i++) {
            grown[i] = composing->steps[i];
        }
        composing->steps = grown;
        composing->room = room;
    }
    composing->steps[composing->count] = *step;
    return (uint32_t)composing->count++;
}

static bool spend(struct sla_composing *composing, uint64_t amount)
{
    if (*composing->budget < amount) {
        composing->is_exhausted = true;
        return false;
    }
    *composing->budget -= amount;
    return true;
}

/* What one offer gives; each figure takes the best of them, since all stand. */
static void take_offer(const struct sla_composing *composing, const struct sla_clause *offer,
                       struct sla_step *step)
{
    int64_t window_ms = composing->window_ms, every_ms = offer->value.window_ms;
    int64_t share_ppb = SLA_PPB - offer->value.range.least;
    int64_t planned_ms = offer->value.planned_ms;
    int64_t spent_ms = sla_share_up_ms(share_ppb, every_ms) + planned_ms;
    bool aligned = step->aligned != NULL;
    int64_t bound_ms = worst_ms(spent_ms, every_ms, window_ms, false);
    int64_t assumed_ms = worst_ms(spent_ms, every_ms, window_ms, aligned);
    int64_t left_out_ms = worst_ms(planned_ms, every_ms, window_ms, aligned);
    int64_t best_ms = smaller(
        sla_share_down_ms(share_ppb, window_ms) + window_ms / every_ms * planned_ms, window_ms);

    step->best_ms = step->by_bound == NULL ? best_ms : smaller(step->best_ms, best_ms);
    if (step->by_bound == NULL || bound_ms < step->bound_ms) {
        step->by_bound = offer;
        step->bound_ms = bound_ms;
    }
    if (step->by_assumed == NULL || assumed_ms < step->assumed_ms) {
        step->by_assumed = offer;
        step->assumed_ms = assumed_ms;
    }
    if (step->by_mean == NULL ||
        sla_share_up_ms(share_ppb, window_ms) + left_out_ms <
            sla_share_up_ms(step->mean_ppb, window_ms) + step->planned_ms) {
        step->by_mean = offer;
        step->mean_ppb = share_ppb;
        step->apart_ppb = share_ppb;
        step->planned_ms = left_out_ms;
    }
}

static uint32_t step_resource(struct sla_composing *composing, size_t resource)
{
    struct sla_basis *basis = composing->basis;
    size_t from = basis->start[resource], to = basis->start[resource + 1];
    struct sla_step step = {
        .kind = SLA_STEP_RESOURCE,
        .resource = resource,
        .bound_ms = composing->window_ms,
        .assumed_ms = composing->window_ms,
        .mean_ppb = SLA_PPB,
        .apart_ppb = SLA_PPB,
    };

    if (basis->step_of_resource[resource] != 0) {
        return basis->step_of_resource[resource] - 1;
    }
    if (!spend(composing, 1 + (to - from))) {
        return 0;
    }
    step.aligned = sla_assumed_for(composing, SLA_ASSUME_ALIGNED, resource);
    for (size_t i = from; i < to; i++) {
        const struct sla_clause *offer = basis->offers[i];
        if (sla_guards_covers(basis->world->guards, offer->guard, composing->guard)) {
            take_offer(composing, offer, &step);
        }
    }
    if (step.assumed_ms == step.bound_ms && step.planned_ms == 0) {
        step.aligned = NULL; /* of no use here */
    }
    uint32_t at = add_step(composing, &step);
    basis->step_of_resource[resource] = at + 1;
    return at;
}

/* The mean speaks for a window of this service, when somebody says so. */
static void take_mean(const struct sla_composing *composing, struct sla_step *step)
{
    const struct sla_assumption *mean = assumed_of(composing, SLA_ASSUME_MEAN, step->service);
    int64_t mean_ms =
        smaller(sla_share_up_ms(step->mean_ppb, composing->window_ms) + step->planned_ms,
                composing->window_ms);

    if (mean != NULL && mean_ms < step->assumed_ms) {
        step->mean = mean;
        step->assumed_ms = mean_ms;
    }
}

/* F1 */
static void add_up(const struct sla_composing *composing, struct sla_step *step)
{
    for (size_t i = 0; i < step->part_count; i++) {
        const struct sla_step *part = &composing->steps[step->parts[i]];
        step->bound_ms = smaller(step->bound_ms + part->bound_ms, composing->window_ms);
        step->assumed_ms = smaller(step->assumed_ms + part->assumed_ms, composing->window_ms);
        step->planned_ms = smaller(step->planned_ms + part->planned_ms, composing->window_ms);
        step->mean_ppb = smaller(step->mean_ppb + part->mean_ppb, SLA_PPB);
        step->apart_ppb = smaller(step->apart_ppb + part->apart_ppb, SLA_PPB);
        step->best_ms = part->best_ms > step->best_ms ? part->best_ms : step->best_ms;
    }
}

static uint32_t step_all(struct sla_composing *composing, const struct sla_service *service,
                         const uint32_t *parts, size_t count)
{
    struct sla_step step = {
        .kind = SLA_STEP_ALL, .service = service, .parts = parts, .part_count = count, .need = count
    };

    if (!spend(composing, 1 + count)) {
        return 0;
    }
    add_up(composing, &step);
    take_mean(composing, &step);
    return add_step(composing, &step);
}

/* Parts that share a resource do not fail independently, whatever anybody says. */
static bool are_apart(const struct sla_service *service)
{
    size_t count = 0;

    for (size_t i = 0; i < service->part_count; i++) {
        const struct sla_part *part = &service->parts[i];
        count += part->service != NULL ? part->service->resource_count : part->resource_count;
    }
    return count == service->resource_count;
}

/* One of the figures of all parts, which lie in their steps at `offset`. */
static struct sla_kofn group_of(const struct sla_composing *composing, const struct sla_step *step,
                                size_t offset, int64_t whole, int64_t *out_down)
{
    for (size_t i = 0; i < step->part_count; i++) {
        const char *part = (const char *)&composing->steps[step->parts[i]];
        out_down[i] = *(const int64_t *)(const void *)(part + offset);
    }
    return (struct sla_kofn){ out_down, step->part_count, step->need, whole };
}

static struct sla_range bounds_of(const struct sla_kofn *group)
{
    struct sla_range out = { 0 };
    struct status status = sla_kofn_bounds(group, &out);

    assert(status_ok(&status)); /* parts lie within the window */
    (void)status;
    return out;
}

static int64_t independent_of(const struct sla_kofn *group)
{
    struct sla_range out = { 0 };
    struct status status = sla_kofn_independent(group, &out);

    assert(status_ok(&status));
    (void)status;
    return out.most;
}

static int64_t common_of(const struct sla_kofn *group, int64_t share_ppb)
{
    int64_t out = 0;
    struct status status = sla_kofn_common(group, share_ppb, &out);

    assert(status_ok(&status));
    (void)status;
    return out;
}

/* F2, and F3 or F4 for the mean. */
static void choose(const struct sla_composing *composing, struct sla_step *step)
{
    int64_t down[SLA_KOFN_PARTS_MAX];
    int64_t window_ms = composing->window_ms;
    struct sla_kofn group =
        group_of(composing, step, offsetof(struct sla_step, bound_ms), window_ms, down);

    step->bound_ms = bounds_of(&group).most;
    group = group_of(composing, step, offsetof(struct sla_step, best_ms), window_ms, down);
    step->best_ms = bounds_of(&group).least;
    group = group_of(composing, step, offsetof(struct sla_step, assumed_ms), window_ms, down);
    step->assumed_ms = bounds_of(&group).most;
    for (size_t i = 0; i < step->part_count; i++) {
        step->planned_ms =
            smaller(step->planned_ms + composing->steps[step->parts[i]].planned_ms, window_ms);
    }
    group = group_of(composing, step, offsetof(struct sla_step, apart_ppb), SLA_PPB, down);
    step->apart_ppb = step->independent != NULL ? independent_of(&group) : bounds_of(&group).most;
    group = group_of(composing, step, offsetof(struct sla_step, mean_ppb), SLA_PPB, down);
    step->mean_ppb = bounds_of(&group).most;
    if (step->independent != NULL) {
        step->mean_ppb =
            step->common != NULL ? common_of(&group, step->common->value) : independent_of(&group);
    }
}

static uint32_t step_some(struct sla_composing *composing, const struct sla_service *service,
                          const uint32_t *parts)
{
    struct sla_step step = { .kind = SLA_STEP_SOME,
                             .service = service,
                             .parts = parts,
                             .part_count = service->part_count,
                             .need = service->need };

    if (!spend(composing, service->part_count * service->part_count)) {
        return 0;
    }
    if (are_apart(service)) {
        step.independent = assumed_of(composing, SLA_ASSUME_INDEPENDENT, service);
    }
    if (step.independent != NULL) {
        step.common = sla_assumed_of_service(composing->basis->world, SLA_ASSUME_COMMON, service);
    }
    choose(composing, &step);
    take_mean(composing, &step);
    return add_step(composing, &step);
}

/* --- the tree -------------------------------------------------------------------------------- */

static uint32_t step_service(struct sla_composing *composing, const struct sla_service *service);

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static uint32_t step_part(struct sla_composing *composing, const struct sla_part *part)
{
    if (part->service != NULL) {
        return step_service(composing, part->service);
    }
    if (part->resource_count == 1) {
        return step_resource(composing, part->resources[0]);
    }
    uint32_t *parts = ARENA_NEW(composing->basis->arena, uint32_t, part->resource_count);
    for (size_t i = 0; i < part->resource_count; i++) {
        parts[i] = step_resource(composing, part->resources[i]);
    }
    return step_all(composing, NULL, parts, part->resource_count);
}

static bool needs_all(const struct sla_service *service)
{
    return service->need == service->part_count;
}

/* What a service needs all of, also through services that need all of theirs: so that a resource
 * counts once. */
struct series {
    const struct sla_service *service;
    const struct sla_service **flat; /* their parts are needed themselves; the first is `service` */
    size_t flat_count, flat_room;
    uint32_t *steps;
    size_t step_count, step_room;
};

static void add_flat(struct sla_composing *composing, struct series *series,
                     const struct sla_service *service)
{
    struct sla_basis *basis = composing->basis;

    if (basis->marks[service->index] == basis->turn) {
        return;
    }
    basis->marks[service->index] = basis->turn;
    if (series->flat_count == series->flat_room) {
        size_t room = series->flat_room == 0 ? 8 : series->flat_room * 2;
        const struct sla_service **grown =
            ARENA_NEW(basis->arena, const struct sla_service *, room);
        for (size_t i = 0; i < series->flat_count; i++) {
            grown[i] = series->flat[i];
        }
        series->flat = grown;
        series->flat_room = room;
    }
    series->flat[series->flat_count++] = service;
}

/* Before any step is made, since that begins another turn. */
static bool gather_flat(struct sla_composing *composing, struct series *series)
{
    composing->basis->turn++;
    add_flat(composing, series, series->service);
    for (size_t i = 0; i < series->flat_count; i++) {
        const struct sla_service *at = series->flat[i];
        if (!spend(composing, 1 + at->part_count)) {
            return false;
        }
        for (size_t j = 0; j < at->part_count; j++) {
            const struct sla_service *below = at->parts[j].service;
            if (below != NULL && needs_all(below)) {
                add_flat(composing, series, below);
            }
            series->step_room += below != NULL ? 1 : at->parts[j].resource_count;
        }
    }
    return spend(composing, series->step_room);
}

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static void add_steps(struct sla_composing *composing, struct series *series,
                      const struct sla_part *part)
{
    if (part->service == NULL) {
        for (size_t i = 0; i < part->resource_count; i++) {
            series->steps[series->step_count++] = step_resource(composing, part->resources[i]);
        }
    } else if (!needs_all(part->service)) {
        series->steps[series->step_count++] = step_service(composing, part->service);
    }
}

static int step_order(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static uint32_t step_series(struct sla_composing *composing, const struct sla_service *service)
{
    struct series series = { .service = service };
    size_t kept = 0;

    if (!gather_flat(composing, &series)) {
        return 0;
    }
    series.steps = ARENA_NEW(composing->basis->arena, uint32_t, series.step_room + 1);
    for (size_t i = 0; i < series.flat_count; i++) {
        for (size_t j = 0; j < series.flat[i]->part_count && !composing->is_exhausted; j++) {
            add_steps(composing, &series, &series.flat[i]->parts[j]);
        }
    }
    qsort(series.steps, series.step_count, sizeof(*series.steps), step_order);
    for (size_t i = 0; i < series.step_count; i++) {
        if (kept == 0 || series.steps[kept - 1] != series.steps[i]) {
            series.steps[kept++] = series.steps[i];
        }
    }
    return composing->is_exhausted ? 0 : step_all(composing, service, series.steps, kept);
}

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static uint32_t step_choice(struct sla_composing *composing, const struct sla_service *service)
{
    uint32_t *parts = ARENA_NEW(composing->basis->arena, uint32_t, service->part_count);

    for (size_t i = 0; i < service->part_count && !composing->is_exhausted; i++) {
        parts[i] = step_part(composing, &service->parts[i]);
    }
    return composing->is_exhausted ? 0 : step_some(composing, service, parts);
}

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static uint32_t step_service(struct sla_composing *composing, const struct sla_service *service)
{
    uint32_t *known = &composing->basis->step_of_service[service->index];

    if (*known == 0 && !composing->is_exhausted) {
        uint32_t at =
            needs_all(service) ? step_series(composing, service) : step_choice(composing, service);
        *known = composing->is_exhausted ? 0 : at + 1;
    }
    return *known > 0 ? *known - 1 : 0;
}

/* The next figure begins with nothing known. */
static void forget(struct sla_composing *composing)
{
    struct sla_basis *basis = composing->basis;

    for (size_t i = 0; i < composing->count; i++) {
        const struct sla_step *step = &composing->steps[i];
        if (step->kind == SLA_STEP_RESOURCE) {
            basis->step_of_resource[step->resource] = 0;
        } else if (step->service != NULL) {
            basis->step_of_service[step->service->index] = 0;
        }
    }
}

bool sla_compose_steps(struct sla_composing *composing)
{
    uint32_t last = step_service(composing, composing->service);

    assert(composing->is_exhausted || last + 1 == composing->count);
    (void)last;
    forget(composing);
    return !composing->is_exhausted;
}
