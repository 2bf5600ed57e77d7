#include "sla/certificate/certificate.h"

#include "sla/certificate/modality.h"
#include "sla/certificate/value.h"
#include "sla/terms/domain.h"
#include "sla/values/guard.h"

#include <inttypes.h>

/* Shares nothing with the search but the data: what follows is written from the meaning of the
 * language, not from the code that finds conflicts. */

static bool lists(const struct sla_clause *clause, size_t resource)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        if (clause->resources[i] == resource) {
            return true;
        }
    }
    return false;
}

static struct status check_frame(const struct sla_world *world, const struct sla_conflict *conflict)
{
    size_t resource = conflict->certificate.resource;

    if (resource >= world->policies.resource_count || conflict->clause_count == 0 ||
        conflict->clause_count > SLA_CONFLICT_CLAUSES_MAX) {
        return status_error(STATUS_INVALID, "the certificate is malformed");
    }
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (!lists(conflict->clauses[i], resource)) {
            return status_error(STATUS_INVALID, "clause `%.*s` does not speak of the resource",
                                SLICE_ARG(conflict->clauses[i]->ref.clause));
        }
    }
    return STATUS_SUCCESS;
}

/* There is a moment, and data that the resource holds, of which all of them speak. */
static bool speak_together(const struct sla_world *world, const struct sla_conflict *conflict)
{
    const struct resource *at = &world->policies.resources[conflict->certificate.resource];
    uint32_t when = SLA_GUARD_ALWAYS;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        when = sla_guards_meet(world->guards, when, conflict->clauses[i]->guard);
    }
    uint64_t classes = sla_guards_at(world->guards, when)->classes;
    bool held = at->plane != PLANE_DATA || classes == SLA_MASK_ALL;
    for (size_t i = 0; i < at->class_count; i++) {
        held |= (sla_guards_class(world->guards, at->classes[i]) & classes) != 0;
    }
    return when != SLA_GUARD_NEVER && held;
}

/* --- arithmetic ------------------------------------------------------------------------------ */

/* 128-bit products in two halves: the inequalities below are checked without any division. */
struct wide {
    uint64_t high, low;
};

static struct wide product(uint64_t a, uint64_t b)
{
    uint64_t a_low = a & UINT32_MAX;
    uint64_t b_low = b & UINT32_MAX;
    uint64_t middle = (a >> 32) * b_low + ((a_low * b_low) >> 32);
    uint64_t other = a_low * (b >> 32) + (middle & UINT32_MAX);

    return (struct wide){ (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32), a * b };
}

static bool is_less(struct wide a, struct wide b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

/* allowed = floor(window * lost / 10^9) */
static bool is_floor(int64_t value, int64_t window_ms, int64_t lost_ppb)
{
    struct wide exact = product((uint64_t)window_ms, (uint64_t)lost_ppb);

    return value >= 0 && !is_less(exact, product((uint64_t)value, SLA_PPB)) &&
           is_less(exact, product((uint64_t)value + 1, SLA_PPB));
}

/* The least whole number of milliseconds that is not below window * lost / 10^9, by bisection. */
static int64_t least_above(int64_t window_ms, int64_t lost_ppb)
{
    struct wide exact = product((uint64_t)window_ms, (uint64_t)lost_ppb);
    int64_t low = 0;
    int64_t high = window_ms;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (is_less(product((uint64_t)middle, SLA_PPB), exact)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Down time in [0, length) when each window of the offer, the first one starting at -phase, is down
 * either at its end (the one cut by 0) or at its start (all others). */
static int64_t downtime_at(int64_t phase_ms, int64_t spent_ms, int64_t offer_ms, int64_t length_ms)
{
    int64_t first_end = offer_ms - phase_ms;
    int64_t first = spent_ms < first_end ? spent_ms : first_end;

    if (first_end >= length_ms) {
        return spent_ms < length_ms ? spent_ms : length_ms;
    }
    int64_t rest = length_ms - first_end;
    int64_t tail = rest % offer_ms;
    return first + rest / offer_ms * spent_ms + (tail < spent_ms ? tail : spent_ms);
}

/* A phase under which the offer is down as long as the certificate says: then the claim is no
 * exaggeration. The worst phases leave a first window just as long as it can be down, or whole. */
static bool is_reachable(int64_t claimed_ms, int64_t spent_ms, int64_t offer_ms, int64_t length_ms)
{
    const int64_t phases[] = { 0, offer_ms - spent_ms, offer_ms - length_ms % offer_ms };

    for (size_t i = 0; i < COUNT_OF(phases); i++) {
        int64_t phase_ms = phases[i] < 0 || phases[i] >= offer_ms ? 0 : phases[i];
        if (downtime_at(phase_ms, spent_ms, offer_ms, length_ms) >= claimed_ms) {
            return true;
        }
    }
    return false;
}

static struct status check_arithmetic(const struct sla_conflict *conflict)
{
    const struct sla_certificate *claim = &conflict->certificate;
    const struct sla_clause *requirement = conflict->clauses[0];
    const struct sla_clause *offer = conflict->clauses[1];

    if (conflict->clause_count != 2 || requirement->stance != SLA_REQUIRES ||
        offer->stance != SLA_OFFERS || requirement->term->domain != &sla_domain_downtime ||
        offer->term != requirement->term) {
        return status_error(STATUS_INVALID, "not a requirement and an offer of one term");
    }
    if (!is_floor(claim->allowed_ms, requirement->value.window_ms,
                  SLA_PPB - requirement->value.range.least)) {
        return status_error(STATUS_INVALID, "%" PRId64 " ms is not what is allowed",
                            claim->allowed_ms);
    }
    int64_t spent_ms = least_above(offer->value.window_ms, SLA_PPB - offer->value.range.least) +
                       offer->value.planned_ms;
    spent_ms = spent_ms > offer->value.window_ms ? offer->value.window_ms : spent_ms;
    bool reachable = requirement->value.window_ms == offer->value.window_ms
                         ? claim->offered_ms <= spent_ms
                         : is_reachable(claim->offered_ms, spent_ms, offer->value.window_ms,
                                        requirement->value.window_ms);
    if (!reachable) {
        return status_error(STATUS_INVALID, "the offer keeps within less than %" PRId64 " ms",
                            claim->offered_ms);
    }
    if (claim->offered_ms <= claim->allowed_ms) {
        return status_error(STATUS_INVALID, "what is offered fits what is allowed");
    }
    return STATUS_SUCCESS;
}

struct status sla_certificate_check(const struct sla_world *world,
                                    const struct sla_conflict *conflict)
{
    TRY(check_frame(world, conflict));
    if (!speak_together(world, conflict)) {
        return status_error(STATUS_INVALID, "the clauses do not speak at the same time");
    }
    switch (conflict->class) {
    case SLA_CONFLICT_MODALITY:
        return sla_certificate_modality(world, conflict);
    case SLA_CONFLICT_DUTY:
        return sla_certificate_duty(world, conflict);
    case SLA_CONFLICT_SET:
        return conflict->clauses[0]->term->domain == &sla_domain_set
                   ? sla_certificate_set(conflict)
                   : sla_certificate_clash(conflict);
    case SLA_CONFLICT_QUORUM:
        return sla_certificate_quorum(world, conflict);
    case SLA_CONFLICT_ARITHMETIC:
        break;
    }
    return conflict->clauses[0]->term->domain == &sla_domain_downtime
               ? check_arithmetic(conflict)
               : sla_certificate_shortfall(conflict);
}
