#include "sla/certificate.h"

#include "sla/certificate_value.h"
#include "sla/domain.h"
#include "sla/guard.h"

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

/* --- modality -------------------------------------------------------------------------------- */

static bool owns(const struct sla_world *world, struct slice party, struct slice ucloud)
{
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        if (document->kind == SLA_UCLOUD && slice_eq(document->name, ucloud) &&
            slice_eq(document->party, party)) {
            return true;
        }
    }
    return false;
}

static bool speaks_as(const struct sla_world *world, struct slice party, enum party_role role)
{
    for (size_t i = 0; i < world->document_count; i++) {
        if (world->documents[i]->role == role && slice_eq(world->documents[i]->party, party)) {
            return true;
        }
    }
    return false;
}

/* Does the party count as what one word of the clause names, towards the resource? */
static bool fits(const struct sla_world *world, const struct sla_party_ref *ref, struct slice party,
                 const struct resource *resource)
{
    struct slice rest = party;
    struct slice base = slice_cut(&rest, '/');

    if (!ref->by_role) {
        return slice_is(ref->name, "anyone") || slice_eq(ref->name, party) ||
               slice_eq(ref->name, base);
    }
    if (ref->role == PARTY_PROVIDER) {
        return slice_eq(resource->provider, base);
    }
    if (ref->role == PARTY_USER && slice_eq(resource->owner, base) &&
        !owns(world, base, resource->ucloud)) {
        return true; /* whether it writes documents or not */
    }
    return speaks_as(world, base, ref->role) &&
           (ref->role == PARTY_OPERATOR || owns(world, base, resource->ucloud) ||
            slice_eq(resource->owner, base));
}

static bool is_named(const struct sla_world *world, const struct sla_clause *clause,
                     struct slice party, const struct resource *resource)
{
    for (size_t i = 0; i < clause->value.parties.count; i++) {
        if (fits(world, &clause->value.parties.items[i], party, resource)) {
            return true;
        }
    }
    return false;
}

/* A rule that names nobody forbids everybody: what its set leaves out, or does not. A reserved
 * choice of actions lets its own party. */
static bool speaks_of(const struct sla_clause *clause, enum sla_act action)
{
    const struct sla_universe *universe = clause->term->of;
    uint32_t element = 0;

    if (clause->term->domain != &sla_domain_set && clause->term->domain != &sla_domain_cover) {
        return true;
    }
    bool listed = sla_universe_find(universe, slice_from(sla_act_name(action)), &element) &&
                  sla_set_has(&clause->value.set, element);
    bool forbids_others = clause->term->domain == &sla_domain_set && clause->stance == SLA_REQUIRES;
    return listed != forbids_others;
}

/* Data that is let go is deleted. */
static bool lets_go(const struct sla_clause *clause, enum sla_act action)
{
    return action == SLA_ACT_DATA_DELETE && clause->term->becomes == SLA_BECOMES_DESIRED &&
           clause->term->domain == &sla_domain_amount && clause->op == SLA_OP_AT_MOST;
}

enum stand { STAND_SILENT, STAND_LETS, STAND_FORBIDS };

static enum stand stand_of_reaction(const struct sla_clause *clause,
                                    const struct sla_certificate *act)
{
    bool responds = false;

    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        responds |= sla_act_of_action(clause->reaction->respond[i]) == act->action;
    }
    return responds && slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
}

static enum stand stand_of_nameless(const struct sla_clause *clause,
                                    const struct sla_certificate *act)
{
    if (!speaks_of(clause, act->action)) {
        return STAND_SILENT;
    }
    if (clause->stance == SLA_REQUIRES) {
        return STAND_FORBIDS;
    }
    return slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
}

static enum stand stand_of_named(const struct sla_world *world, const struct sla_clause *clause,
                                 const struct sla_certificate *act)
{
    bool named = is_named(world, clause, act->subject, &world->policies.resources[act->resource]);

    if (clause->op == SLA_OP_ONLY) {
        return named ? STAND_LETS : STAND_FORBIDS;
    }
    if (!named || clause->op == SLA_OP_PASS) {
        return STAND_SILENT;
    }
    return clause->op == SLA_OP_DENY ? STAND_FORBIDS : STAND_LETS;
}

/* What one clause says of the act. */
static enum stand stand_of(const struct sla_world *world, const struct sla_clause *clause,
                           const struct sla_certificate *act)
{
    if (clause->reaction != NULL) {
        return stand_of_reaction(clause, act);
    }
    if (lets_go(clause, act->action)) {
        return slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
    }
    if (clause->term->becomes != SLA_BECOMES_POLICY ||
        (sla_clause_acts(clause) >> act->action & 1U) == 0) {
        return STAND_SILENT;
    }
    return clause->term->domain == &sla_domain_parties ? stand_of_named(world, clause, act)
                                                       : stand_of_nameless(clause, act);
}

/* Both are rules of one party, in different tiers or in one that says how to combine them. */
static bool is_ordered(const struct sla_world *world, const struct sla_clause *a,
                       const struct sla_clause *b)
{
    size_t party = 0;

    if (a->reaction != NULL || b->reaction != NULL || a->stance == SLA_RESERVES ||
        b->stance == SLA_RESERVES || !slice_eq(a->ref.party, b->ref.party)) {
        return false;
    }
    while (!slice_eq(world->parties[party].name, a->ref.party)) {
        party++;
    }
    const struct sla_party_tiers *tiers = &world->party_tiers[party];
    return a->tier != b->tier ||
           (a->tier < tiers->count && tiers->items[a->tier].strategy != SLA_STRATEGY_NONE &&
            tiers->items[a->tier].strategy != SLA_STRATEGY_MOST_SPECIFIC);
}

static struct status check_modality(const struct sla_world *world,
                                    const struct sla_conflict *conflict)
{
    const struct sla_certificate *act = &conflict->certificate;

    if (conflict->clause_count != 2) {
        return status_error(STATUS_INVALID, "two clauses collide over an act, not %zu",
                            conflict->clause_count);
    }
    enum stand first = stand_of(world, conflict->clauses[0], act);
    enum stand second = stand_of(world, conflict->clauses[1], act);
    if (first == STAND_SILENT || second == STAND_SILENT || first == second) {
        return status_error(STATUS_INVALID, "the clauses do not disagree about %s by `%.*s`",
                            sla_act_name(act->action), SLICE_ARG(act->subject));
    }
    if (is_ordered(world, conflict->clauses[0], conflict->clauses[1])) {
        return status_error(STATUS_INVALID, "the clauses' party says which of them holds");
    }
    if (act->guard == SLA_GUARD_NEVER ||
        !sla_guards_covers(world->guards, conflict->clauses[0]->guard, act->guard) ||
        !sla_guards_covers(world->guards, conflict->clauses[1]->guard, act->guard)) {
        return status_error(STATUS_INVALID, "the clauses do not speak at the same time");
    }
    return STATUS_SUCCESS;
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
        return check_modality(world, conflict);
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
