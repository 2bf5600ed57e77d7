#include "sla/certificate/recovery.h"

#include "sla/agree/promise.h"
#include "sla/values/guard.h"

#include <inttypes.h>

/* Shares nothing with the composition but the data. */

/* What a service comes to: by what is promised alone; by all that is offered; with all that is
 * assumed; at least. */
enum reading { BY_PROMISE, BY_OFFER, BY_ASSUMPTION, AT_LEAST };

struct checking {
    const struct sla_world *world;
    const struct sla_clause *requirement;
    bool is_time;
    struct arena arena;
    int64_t *known[AT_LEAST + 1]; /* by sla_service.index: the figure and one more; 0: not yet */
};

/* --- what there is ---------------------------------------------------------------------------- */

static bool is_about(const struct sla_clause *clause, const struct sla_service *service)
{
    for (size_t i = 0; i < clause->service_count; i++) {
        if (clause->services[i] == service) {
            return true;
        }
    }
    return false;
}

/* Of all that is assumed of the service the most; -1: nothing. */
static int64_t assumed_of(const struct sla_world *world, enum sla_assuming what,
                          const struct sla_service *service)
{
    int64_t most = -1;

    for (size_t i = 0; i < world->assumption_count; i++) {
        const struct sla_assumption *at = &world->assumptions[i];
        if (at->what == what && is_about(at->clause, service) && at->value > most) {
            most = at->value;
        }
    }
    return most;
}

static bool lists(const struct sla_clause *clause, size_t resource)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        if (clause->resources[i] == resource) {
            return true;
        }
    }
    return false;
}

/* The best that who it stands at offers, or promises; SLA_RECOVERY_NEVER: nothing. */
static int64_t offered_of(const struct checking *self, size_t resource, bool promised)
{
    const struct sla_world *world = self->world;
    const struct resource *at = &world->policies.resources[resource];
    int64_t least = SLA_RECOVERY_NEVER;

    if ((self->requirement->term->planes >> (unsigned)at->plane & 1U) == 0) {
        return 0; /* a host has no data */
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *offer = world->clauses[i];
        if (offer->term == self->requirement->term && offer->stance == SLA_OFFERS &&
            slice_eq(offer->ref.party, at->provider) && lists(offer, resource) &&
            sla_guards_covers(world->guards, offer->guard, self->requirement->guard) &&
            offer->value.range.most < least &&
            (!promised ||
             sla_document_is_promised(world, offer->document, self->requirement->ref.party))) {
            least = offer->value.range.most;
        }
    }
    return least;
}

/* --- services --------------------------------------------------------------------------------- */

static int64_t of_service(struct checking *self, const struct sla_service *service,
                          enum reading reading);

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static int64_t of_part(struct checking *self, const struct sla_part *part, enum reading reading,
                       bool one_by_one)
{
    int64_t all = 0;

    if (part->service != NULL) {
        return of_service(self, part->service, reading);
    }
    for (size_t i = 0; i < part->resource_count; i++) {
        int64_t own = offered_of(self, part->resources[i], reading == BY_PROMISE);
        own = reading == AT_LEAST && own == SLA_RECOVERY_NEVER ? 0 : own;
        all = one_by_one ? all + own : own > all ? own : all;
        all = all < SLA_RECOVERY_NEVER ? all : SLA_RECOVERY_NEVER;
    }
    return all;
}

/* The least that was not taken; `count`: none. */
static size_t next_least(const int64_t *parts, const bool *taken, size_t count)
{
    size_t least = count;

    for (size_t i = 0; i < count; i++) {
        if (!taken[i] && (least == count || parts[i] < parts[least])) {
            least = i;
        }
    }
    return least;
}

/* Time: the quickest that are needed, one after the other or at once. Data: all that are in use,
 * which k of n these are we do not choose; at least, the best of them. */
// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static int64_t join(struct checking *self, const struct sla_service *service, enum reading reading)
{
    bool parallel =
        reading >= BY_ASSUMPTION &&
        (reading == AT_LEAST || assumed_of(self->world, SLA_ASSUME_PARALLEL, service) >= 0);
    bool one_by_one = self->is_time && !parallel;
    size_t needed = self->is_time || reading == AT_LEAST ? service->need : service->part_count;
    int64_t *parts = ARENA_NEW(&self->arena, int64_t, service->part_count);
    bool *taken = ARENA_NEW(&self->arena, bool, service->part_count);
    int64_t all = 0;

    for (size_t i = 0; i < service->part_count; i++) {
        parts[i] = of_part(self, &service->parts[i], reading, one_by_one);
    }
    for (size_t i = 0; i < needed; i++) {
        size_t at = next_least(parts, taken, service->part_count);
        taken[at] = true;
        all = one_by_one ? all + parts[at] : parts[at] > all ? parts[at] : all;
        all = all < SLA_RECOVERY_NEVER ? all : SLA_RECOVERY_NEVER;
    }
    return all;
}

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static int64_t of_service(struct checking *self, const struct sla_service *service,
                          enum reading reading)
{
    int64_t *known = &self->known[reading][service->index];

    if (*known == 0) {
        int64_t all = join(self, service, reading);
        int64_t lag = assumed_of(self->world, SLA_ASSUME_LAG, service);
        if (!self->is_time && reading != AT_LEAST && lag > 0) {
            all = all + lag < SLA_RECOVERY_NEVER ? all + lag : SLA_RECOVERY_NEVER;
        }
        *known = all + 1;
    }
    return *known - 1;
}

/* --- the row ---------------------------------------------------------------------------------- */

// NOLINTNEXTLINE(misc-no-recursion): services are 16 deep
static bool stands_on(const struct sla_service *service, const struct sla_clause *clause)
{
    bool found = is_about(clause, service);

    for (size_t i = 0; i < service->part_count && !found; i++) {
        found = service->parts[i].service != NULL && stands_on(service->parts[i].service, clause);
    }
    return found;
}

/* Some of what is assumed is behind the figure; and what is named is there. */
static struct status check_assumptions(const struct checking *self,
                                       const struct sla_recovery *recovery, bool *out_any)
{
    enum sla_assuming what = self->is_time ? SLA_ASSUME_PARALLEL : SLA_ASSUME_LAG;
    const struct sla_world *world = self->world;

    for (size_t i = 0; i < world->assumption_count; i++) {
        *out_any |= world->assumptions[i].what == what &&
                    stands_on(recovery->service, world->assumptions[i].clause);
    }
    for (size_t i = 0; i < recovery->assumption_count; i++) {
        const struct sla_assumption *at = recovery->assumptions[i];
        bool there = at >= world->assumptions && at < world->assumptions + world->assumption_count;
        if (!there || at->what != what || !stands_on(recovery->service, at->clause)) {
            return status_error(STATUS_INVALID, "an assumption that nobody makes of it");
        }
    }
    return STATUS_SUCCESS;
}

/* Nothing is said of a service of hosts alone by a term of data. */
static bool has_of_term(const struct checking *self, const struct sla_service *service)
{
    unsigned found = 0;

    for (size_t i = 0; i < service->resource_count; i++) {
        size_t at = service->resources[i];
        found |= 1U << (unsigned)self->world->policies.resources[at].plane;
    }
    return (found & self->requirement->term->planes) != 0;
}

static struct status check_verdict(struct checking *self, const struct sla_recovery *recovery)
{
    int64_t promised = of_service(self, recovery->service, BY_PROMISE);
    int64_t offered = of_service(self, recovery->service, BY_OFFER);
    int64_t assumed = of_service(self, recovery->service, BY_ASSUMPTION);
    int64_t best = of_service(self, recovery->service, AT_LEAST);
    int64_t allowed = self->requirement->value.range.most;
    bool never = best > allowed && self->requirement->guard == SLA_GUARD_ALWAYS;
    bool any = false;
    enum sla_verdict verdict = promised <= allowed ? SLA_PROVEN : SLA_ADVERTISED;
    int64_t figure = promised <= allowed ? promised : offered;

    TRY(check_assumptions(self, recovery, &any));
    if (!has_of_term(self, recovery->service)) {
        verdict = SLA_UNPROVEN;
        figure = SLA_RECOVERY_NEVER;
    } else if (never) {
        verdict = SLA_IMPOSSIBLE;
        figure = best;
    } else if (offered > allowed || (any && !self->is_time)) {
        verdict = assumed <= allowed ? SLA_ASSUMED : SLA_UNPROVEN;
        figure = assumed;
    }
    bool named = recovery->assumption_count > 0;
    bool words = verdict == SLA_ASSUMED ? named : verdict == SLA_UNPROVEN || !named;
    if (recovery->figure_ms != figure || recovery->best_ms != best ||
        recovery->allowed_ms != allowed || recovery->verdict != verdict || !words) {
        return status_error(STATUS_INVALID,
                            "`%s` at %" PRId64 " ms: it is `%s` at %" PRId64 " ms, %" PRId64
                            " ms at least",
                            sla_verdict_name(recovery->verdict), recovery->figure_ms,
                            sla_verdict_name(verdict), figure, best);
    }
    return STATUS_SUCCESS;
}

struct status sla_recovery_check(const struct sla_world *world, const struct sla_recovery *recovery)
{
    struct checking self = { .world = world,
                             .requirement = recovery->requirement,
                             .is_time = slice_is(slice_from(recovery->requirement->term->name),
                                                 "recovery.time") };

    for (size_t i = 0; i <= AT_LEAST; i++) {
        self.known[i] = ARENA_NEW(&self.arena, int64_t, world->service_count + 1);
    }
    struct status status = check_verdict(&self, recovery);
    arena_done(&self.arena);
    return status;
}
